package zhuanhua

import "fmt"

// Budget is how a programme stands in a year and unit: the balance of each account. It is written with
// every entry, on the version that was read, so that no two commitments can overdraw it.
type Budget struct {
	ID        string            `json:"id"` // "R05/2026/CNY"
	Programme string            `json:"programme"`
	Year      int               `json:"year"`
	Unit      Unit              `json:"unit"`
	Balance   map[Account]int64 `json:"balance"` // debits less credits
	Entries   int               `json:"entries"` // how many made it
}

// BudgetID is the id of a programme's budget.
func BudgetID(programme string, year int, unit Unit) string {
	return fmt.Sprintf("%s/%d/%s", programme, year, unit)
}

// Noun says that it is a budget.
func (b Budget) Noun() Noun { return NounBudget }

// Key is the id.
func (b Budget) Key() string { return b.ID }
