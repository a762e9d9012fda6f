package store

import (
	"encoding/json"

	"zhuanhua"
)

func budgets() noun {
	return noun{kind: zhuanhua.NounBudget, table: "budgets", casework: true,
		search: []column{{"programme", text}, {"year", integer}, {"unit", text}},
		values: func(image []byte) (string, []any, error) {
			var b zhuanhua.Budget
			err := json.Unmarshal(image, &b)
			return b.ID, []any{b.Programme, int64(b.Year), string(b.Unit)}, err
		}}
}
