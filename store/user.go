package store

import (
	"encoding/json"

	"zhuanhua"
)

func users() noun {
	return noun{kind: zhuanhua.NounUser, table: "users", casework: true,
		search: []column{{"title", text}, {"organisation", text}},
		values: func(image []byte) (string, []any, error) {
			var u zhuanhua.User
			err := json.Unmarshal(image, &u)
			return u.ID, []any{u.Name, u.Organisation}, err
		}}
}
