package store

import (
	"encoding/json"

	"zhuanhua"
)

func needs() noun {
	return noun{kind: zhuanhua.NounNeed, table: "needs",
		search: []column{{"title", text}, {"field", text}, {"region", text}, {"organisation", text}, {"budget", integer}, {"deadline", text}},
		values: func(image string) ([]any, error) {
			var n zhuanhua.Need
			err := json.Unmarshal([]byte(image), &n)
			return []any{n.Title, n.TechField, string(n.Region), n.Organisation, amount(n.Budget), n.Deadline.String()}, err
		}}
}
