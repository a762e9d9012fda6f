package store

import (
	"encoding/json"

	"zhuanhua"
)

func achievements() noun {
	return noun{kind: zhuanhua.NounAchievement, table: "achievements",
		search: []column{{"title", text}, {"field", text}, {"region", text}, {"maturity", integer}, {"price", integer}},
		values: func(image []byte) (string, []any, error) {
			var a zhuanhua.Achievement
			err := json.Unmarshal(image, &a)
			return a.ID, []any{a.Title, a.TechField, string(a.Regions.Source), int64(a.Maturity), amount(a.Price)}, err
		}}
}
