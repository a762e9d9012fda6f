package store

import (
	"encoding/json"

	"zhuanhua"
)

func needs() noun {
	return noun{kind: zhuanhua.NounNeed, table: "needs",
		search: []column{{"title", text}, {"field", text}, {"region", text}, {"organisation", text}, {"budget", integer}, {"deadline", text}},
		values: func(image []byte) (string, []any, error) {
			var n zhuanhua.Need
			err := json.Unmarshal(image, &n)
			return n.ID, []any{n.Title, n.TechField, string(n.Region), n.Organisation, amount(n.Budget), n.Deadline.String()}, err
		}}
}
