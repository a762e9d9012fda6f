package flow

import (
	"time"

	"zhuanhua"
	"zhuanhua/plan"
)

// Actor is who acts, and when. A nil User is the clock.
type Actor struct {
	User *zhuanhua.User
	Now  time.Time // one time a transaction
}

// Situation is all that a decision looks at. Needs says what has to be gathered.
type Situation struct {
	Plan        *plan.Pack // the version that the case was begun under
	Settings    plan.Settings
	Case        *zhuanhua.Case // nil: a case begins
	CaseVersion int64

	Users   map[string]*zhuanhua.User // everybody whom Needs names
	Budgets []BudgetSeen
	Claims  []ClaimSeen
	Linked  []CaseSeen
	Experts []ExpertLoad
	Files   map[string]FileSeen // attachments of the act, by SHA-256
	Number  int64               // the next number of the kind that Needs names
	Seed    uint64              // decides between experts of equal load

	Entry   *EntrySeen             // the case's entry of a register; nil: none yet
	Entries []EntrySeen            // those that Needs names, and those alike
	EntryID string                 // of the entry that an act brings in
	Holder  *zhuanhua.Organisation // whom a new entry is for, where the records have them
	Persons map[string]bool        // the persons that Needs names and the records have

	Payment        *zhuanhua.Payment // the batch that Needs names
	PaymentVersion int64             // zhuanhua.NewOnly for a new batch
	Payee          Payee

	Keys Keys // of sealed bids; nil where no action of the workflow seals
}

// BudgetSeen is a budget and the version that was read.
type BudgetSeen struct {
	zhuanhua.Budget
	Version int64
}

// ClaimSeen is a claim and the version that was read.
type ClaimSeen struct {
	zhuanhua.Claim
	Version int64
}

// CaseSeen is another case and the version that was read.
type CaseSeen struct {
	zhuanhua.Case
	Version int64
}

// EntrySeen is an entry of a register and the version that was read.
type EntrySeen struct {
	zhuanhua.Accreditation
	Version int64
}

// ExpertLoad is an expert and how many sheets they still owe.
type ExpertLoad struct {
	User zhuanhua.User
	Open int
}

// FileSeen is what the program found in an attachment.
type FileSeen struct {
	Name string
	Type string // by its contents: pdf, xlsx, png …
	Size int64
}

// Payee is where money of the applicant goes.
type Payee struct {
	Name    string
	Account string
}

// Keys does what sealed bids need of cryptography. It is called after every guard has held, and never
// keeps a key.
type Keys interface {
	// Draw makes a key for the holders (user id to recipient) and forgets it.
	Draw(holders map[string]string) (zhuanhua.Seal, error)
	// Seal encrypts a bid to the seal's recipient and returns the SHA-256 of the ciphertext.
	Seal(seal zhuanhua.Seal, values map[string]string, files map[string][]string) (string, error)
	// Enter takes the part of one holder. The second one makes the key whole, until Enter is called again.
	Enter(seal zhuanhua.Seal, holder string) (entered zhuanhua.Seal, whole bool, err error)
	// Open reads a bid by the SHA-256 of its ciphertext, while the key is whole.
	Open(file string) (values map[string]string, files map[string][]string, err error)
}

// Act is what somebody wants to do.
type Act struct {
	Action  string
	Values  map[string]string // fields of the action's form, and what Parameters names
	Files   map[string][]string
	Note    string
	Marks   []zhuanhua.Mark
	Batch   string // decided together with other cases
	Version int64  // of the case that the actor saw; 0: whatever is there
}

// Beginning is a case that somebody wants to begin.
type Beginning struct {
	ID           string // of the new case
	Workflow     string
	Rule         string
	Register     string // that an entry is to come into
	Entry        string // that the case is to be about: Situation.Entry
	Title        string
	Organisation string // the applicant; "": that of the actor
	Parties      []string
	Links        []zhuanhua.Link
}

// Decided is what a decision comes to.
type Decided struct {
	Case    zhuanhua.Case
	Step    zhuanhua.Step
	Entries []zhuanhua.Entry
	Change  zhuanhua.Change
	Quote   *plan.Quote             // of the case's rule, where a guard or effect asked for it
	Number  string                  // the number that was issued; the counter is the caller's to move
	Archive bool                    // the case's package is to be made
	Entry   *zhuanhua.Accreditation // the entry that came in or changed
}

// Offer is an action of the state that a case is in: allowed, or why not and what to do.
type Offer struct {
	Action  *plan.Action
	Allowed bool
	Reasons []zhuanhua.Reason // every check, met or not
}

// Alike asks for the entries of a register that agree in one thing: a column is organisation, person or "",
// which is every entry.
type Alike struct{ Register, Column, Value string }

// Needs is what has to be gathered before Do.
type Needs struct {
	Users    []string // every one that is kept
	Bases    []string // every claim on these records, of every rule
	Linked   []string // cases
	Budgets  []string
	Files    []string
	Experts  bool   // every expert with the sheets they owe
	Payment  string // "open": the batch that takes lines; else the id of one; "": none
	Payee    bool
	Number   string   // the kind whose next number is wanted
	Entry    string   // the case's entry of a register
	Entries  []string // further entries
	Alike    []Alike  // every entry like these
	NewEntry string   // the register that an entry comes into: an id for it is wanted
	Holder   string   // an organisation
	Persons  []string
}
