package store

import (
	"encoding/json"

	"zhuanhua"
)

// steps are history: none is changed or deleted.
func steps() noun {
	return noun{kind: zhuanhua.NounStep, table: "steps", casework: true, fixed: true,
		search: []column{{"case_id", text}, {"action", text}},
		values: func(image []byte) (string, []any, error) {
			var s zhuanhua.Step
			err := json.Unmarshal(image, &s)
			return s.ID, []any{s.Case, s.Action}, err
		},
		files: func(image []byte) []string {
			var s zhuanhua.Step
			if json.Unmarshal(image, &s) != nil {
				return nil // compare says that it is no step
			}
			var sums []string
			for _, list := range s.Files {
				sums = append(sums, list...)
			}
			return sums
		}}
}
