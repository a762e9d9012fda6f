package zhuanhua

import "time"

// Payment is a batch of payments (支付批次) that goes to the bank together.
type Payment struct {
	ID       string        `json:"id"` // "P-2026-0001"
	Lines    []PaymentLine `json:"lines"`
	Exported time.Time     `json:"exported,omitzero"` // closed for further lines from then on
	Settled  time.Time     `json:"settled,omitzero"`  // every line is paid or returned
}

// PaymentLine is one payment of a batch.
type PaymentLine struct {
	N            int       `json:"n"`
	Case         string    `json:"case"`
	Tranche      int       `json:"tranche"`
	Entry        string    `json:"entry"`
	Organisation string    `json:"organisation"`
	Name         string    `json:"name"`    // of the payee
	Account      string    `json:"account"` // of the payee
	Amount       Money     `json:"amount_fen"`
	State        string    `json:"state"` // ordered, paid, returned
	Reason       string    `json:"reason,omitempty"`
	At           time.Time `json:"at,omitzero"`
}

// Noun says that it is a batch of payments.
func (p Payment) Noun() Noun { return NounPayment }

// Key is the id.
func (p Payment) Key() string { return p.ID }
