package store

import (
	"encoding/json"

	"zhuanhua"
)

func claims() noun {
	return noun{kind: zhuanhua.NounClaim, table: "claims", casework: true,
		search: []column{{"rule", text}, {"base", text}, {"case_id", text}, {"organisation", text}, {"released", integer}},
		values: func(image []byte) (string, []any, error) {
			var c zhuanhua.Claim
			err := json.Unmarshal(image, &c)
			return c.ID, []any{c.Rule, c.Base, c.Case, c.Organisation, flag(c.Released)}, err
		}}
}
