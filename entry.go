package zhuanhua

import "time"

// Entry is one line of the ledger (台账): an amount goes from one account to another. Entries are only
// added; a correction is the opposite entry.
type Entry struct {
	ID           string    `json:"id"`
	At           time.Time `json:"at"`
	Unit         Unit      `json:"unit"`
	Amount       int64     `json:"amount"` // > 0; fen, points or pieces
	Debit        Account   `json:"debit"`  // where it goes
	Credit       Account   `json:"credit"` // where it comes from
	Programme    string    `json:"programme"`
	Year         int       `json:"year"`
	Organisation string    `json:"organisation,omitempty"`
	Case         string    `json:"case,omitempty"`
	Step         string    `json:"step,omitempty"`
	Tranche      int       `json:"tranche,omitempty"`
	Payment      string    `json:"payment,omitempty"`
	Reverses     string    `json:"reverses,omitempty"`
	By           string    `json:"by"`
	Note         string    `json:"note,omitempty"`
}

// Noun says that it is an entry.
func (e Entry) Noun() Noun { return NounEntry }

// Key is the id.
func (e Entry) Key() string { return e.ID }

// Unit is what an entry counts in.
type Unit string

// The units.
const (
	UnitCNY   Unit = "CNY" // in fen
	UnitPoint Unit = "point"
	UnitCount Unit = "count"
)

// Account is one side of an entry.
type Account string

// The accounts, in the order in which money moves through them.
const (
	Appropriation Account = "appropriation" // 预算来源
	Available     Account = "available"     // 可用预算
	Committed     Account = "committed"     // 已批复
	Ordered       Account = "ordered"       // 支付中
	Paid          Account = "paid"          // 已支付
	Receivable    Account = "receivable"    // 应追回
	Recovered     Account = "recovered"     // 已追回
)

// Accounts lists every account.
func Accounts() []Account {
	return []Account{Appropriation, Available, Committed, Ordered, Paid, Receivable, Recovered}
}

// Opposite is the entry that takes e back.
func (e Entry) Opposite(id string, at time.Time, by, note string) Entry {
	o := e
	o.ID, o.At, o.By, o.Note, o.Reverses = id, at, by, note, e.ID
	o.Debit, o.Credit = e.Credit, e.Debit
	return o
}
