package store

import (
	"encoding/json"

	"zhuanhua"
)

func payments() noun {
	return noun{kind: zhuanhua.NounPayment, table: "payments", casework: true,
		search: []column{{"exported", integer}, {"settled", integer}},
		values: func(image []byte) (string, []any, error) {
			var p zhuanhua.Payment
			err := json.Unmarshal(image, &p)
			return p.ID, []any{flag(!p.Exported.IsZero()), flag(!p.Settled.IsZero())}, err
		}}
}
