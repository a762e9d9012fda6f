package store

import (
	"encoding/json"

	"zhuanhua"
)

func contracts() noun {
	return noun{kind: zhuanhua.NounContract, table: "contracts",
		search: []column{{"title", text}, {"field", text}, {"region", text}, {"national_no", text}, {"type", text},
			{"seller", text}, {"buyer", text}, {"signed", text}, {"amount", integer}},
		values: func(image []byte) (string, []any, error) {
			var c zhuanhua.Contract
			err := json.Unmarshal(image, &c)
			return c.ID, []any{c.Title, c.TechField, string(c.Region), c.NationalNo, string(c.Type), c.Seller, c.Buyer,
				c.Signed.String(), amount(c.Amount)}, err
		}}
}
