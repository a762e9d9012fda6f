package store

import (
	"encoding/json"

	"zhuanhua"
)

// noDue stands in the column of cases in which no period runs: after every day that there is.
const noDue = "9999-12-31"

// cases are found by what they wait for, too: sheets of experts, the end of a period.
func cases() noun {
	return noun{kind: zhuanhua.NounCase, table: "cases", casework: true,
		search: []column{{"title", text}, {"workflow", text}, {"rule", text}, {"state", text}, {"organisation", text}, {"outcome", text},
			{"closed", integer}, {"reviewing", integer}, {"due", text}},
		values: func(image []byte) (string, []any, error) {
			var c zhuanhua.Case
			err := json.Unmarshal(image, &c)
			return c.ID, []any{c.Title, c.Workflow, c.Rule, c.State, c.Organisation, c.Outcome, flag(!c.Closed.IsZero()), flag(reviewing(&c)), firstDue(&c)}, err
		},
		files: func(image []byte) []string {
			var c zhuanhua.Case
			if json.Unmarshal(image, &c) != nil {
				return nil // compare says that it is no case
			}
			var sums []string
			for _, b := range c.Bids {
				sums = append(sums, b.File)
				for _, list := range b.Files {
					sums = append(sums, list...)
				}
			}
			return sums
		}}
}

// reviewing reports whether an expert may still owe a sheet.
func reviewing(c *zhuanhua.Case) bool {
	for _, r := range c.Reviews {
		if r.At.IsZero() && r.Recused == "" {
			return c.Closed.IsZero()
		}
	}
	return false
}

// firstDue is the first day on which a running period ends.
func firstDue(c *zhuanhua.Case) string {
	due := noDue
	for _, k := range c.Clocks {
		if !k.Stopped && !k.Over && !k.Due.IsZero() && c.Closed.IsZero() {
			due = min(due, k.Due.String())
		}
	}
	return due
}
