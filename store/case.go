package store

import (
	"encoding/json"

	"zhuanhua"
)

func cases() noun {
	return noun{kind: zhuanhua.NounCase, table: "cases", casework: true,
		search: []column{{"title", text}, {"workflow", text}, {"rule", text}, {"state", text}, {"organisation", text}, {"outcome", text}, {"closed", integer}},
		values: func(image []byte) (string, []any, error) {
			var c zhuanhua.Case
			err := json.Unmarshal(image, &c)
			return c.ID, []any{c.Title, c.Workflow, c.Rule, c.State, c.Organisation, c.Outcome, flag(!c.Closed.IsZero())}, err
		}}
}
