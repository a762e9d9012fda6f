package store

import (
	"encoding/json"

	"zhuanhua"
)

func settings() noun {
	return noun{kind: zhuanhua.NounSetting, table: "settings", casework: true,
		search: []column{{"value", text}},
		values: func(image []byte) (string, []any, error) {
			var s zhuanhua.Setting
			err := json.Unmarshal(image, &s)
			return s.ID, []any{s.Value}, err
		}}
}
