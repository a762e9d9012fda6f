package store

import (
	"encoding/json"

	"zhuanhua"
)

func organisations() noun {
	return noun{kind: zhuanhua.NounOrganisation, table: "organisations",
		search: []column{{"title", text}, {"region", text}, {"uscc", text}, {"kind", text}},
		values: func(image []byte) (string, []any, error) {
			var o zhuanhua.Organisation
			err := json.Unmarshal(image, &o)
			return o.ID, []any{o.Name, string(o.Region), o.USCC, string(o.Kind)}, err
		}}
}
