package zhuanhua

import (
	"fmt"
	"time"
)

// Step is one thing that was done in a case (办理记录). Steps are only added.
type Step struct {
	ID      string              `json:"id"` // "<case>#<n>"
	Case    string              `json:"case"`
	N       int                 `json:"n"` // 1, 2, …
	Action  string              `json:"action"`
	By      string              `json:"by"` // a user, or ByClock
	Role    string              `json:"role,omitempty"`
	At      time.Time           `json:"at"`
	From    string              `json:"from,omitempty"`
	To      string              `json:"to"`
	Note    string              `json:"note,omitempty"`
	Form    string              `json:"form,omitempty"`
	Values  map[string]string   `json:"values,omitempty"` // nothing that is sealed
	Files   map[string][]string `json:"files,omitempty"`
	Marks   []Mark              `json:"marks,omitempty"`
	Amount  *Money              `json:"amount_fen,omitempty"`
	Entries []string            `json:"entries,omitempty"` // ids of what it wrote into the ledger
	Reasons []Reason            `json:"reasons,omitempty"` // what was checked, and what was found
}

// Reason is one thing that was checked before a step, in words.
type Reason struct {
	Check string `json:"check"`
	Met   bool   `json:"met"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// ByClock is who acts when a period runs out.
const ByClock = "clock"

// StepID is the id of the nth step of a case.
func StepID(caseID string, n int) string { return fmt.Sprintf("%s#%03d", caseID, n) }

// Noun says that it is a step.
func (s Step) Noun() Noun { return NounStep }

// Key is the id.
func (s Step) Key() string { return s.ID }
