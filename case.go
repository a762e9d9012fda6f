package zhuanhua

import "time"

// Case is one matter (办件) that somebody applies for and an authority decides: its state now. What led
// there are its Steps. Times are UTC.
type Case struct {
	ID          string `json:"id"` // "after-subsidy-2026-00001"
	Workflow    string `json:"workflow"`
	Rule        string `json:"rule,omitempty"` // the money rule it is about
	Plan        string `json:"plan"`
	PlanVersion string `json:"plan_version"`
	PlanSum     string `json:"plan_sum"` // of the pack that it was begun under
	Title       string `json:"title"`

	Organisation string   `json:"organisation"` // the applicant
	User         string   `json:"user"`         // who began it
	Parties      []string `json:"parties,omitempty"`
	Links        []Link   `json:"links,omitempty"`

	State   string    `json:"state"`
	Since   time.Time `json:"since"` // when the state was entered
	Opened  time.Time `json:"opened"`
	Closed  time.Time `json:"closed,omitzero"`
	Outcome string    `json:"outcome,omitempty"` // of a closed case: granted, refused, withdrawn, failed, revoked, done
	Year    int       `json:"year,omitempty"`    // of rolling support: 1, 2, …
	Steps   int       `json:"steps"`             // how many there are

	// Actors says who took which action, so that nobody examines what they did themselves.
	Actors map[string][]string `json:"actors,omitempty"`

	Forms   map[string]Filled `json:"forms,omitempty"`
	Marks   []Mark            `json:"marks,omitempty"` // what has to be corrected
	Clocks  []CaseClock       `json:"clocks,omitempty"`
	Numbers map[string]string `json:"numbers,omitempty"` // issued, by kind

	Reviews    []Review       `json:"reviews,omitempty"`
	Rounds     []ReviewRound  `json:"rounds,omitempty"`   // of reviews, closed
	Recusals   []Recusal      `json:"recusals,omitempty"` // who declared a relation to the case
	Publicity  *Publicity     `json:"publicity,omitempty"`
	Objections []Objection    `json:"objections,omitempty"`
	Decisions  []CaseDecision `json:"decisions,omitempty"`

	Amount     *Money        `json:"amount_fen,omitempty"` // as decided
	Tranches   []Tranche     `json:"tranches,omitempty"`
	Claims     []string      `json:"claims,omitempty"` // ids of the claims that it holds
	Milestones []Milestone   `json:"milestones,omitempty"`
	Entitles   []Entitlement `json:"entitles,omitempty"`

	// Register is the register that the case brings an entry into or changes an entry of; Accreditation the
	// entry, once there is one. Holder and Person are whose entry it is.
	Register      string      `json:"register,omitempty"`
	Accreditation string      `json:"accreditation,omitempty"`
	Holder        string      `json:"holder,omitempty"`
	Person        string      `json:"person,omitempty"`
	Readers       []string    `json:"readers,omitempty"` // of a confidential register: who alone may know of the case
	Evaluation    *Evaluation `json:"evaluation,omitempty"`

	Officers []string `json:"officers,omitempty"` // who hold parts of the key of sealed bids
	Seal     *Seal    `json:"seal,omitempty"`
	Bids     []Bid    `json:"bids,omitempty"`
}

// Noun says that it is a case.
func (c Case) Noun() Noun { return NounCase }

// Key is the id.
func (c Case) Key() string { return c.ID }

// Link names a record that a case is about.
type Link struct {
	Kind string `json:"kind"` // contract, achievement, need, case, organisation
	ID   string `json:"id"`
}

// Filled is a form as it was last submitted; earlier versions stand in the steps.
type Filled struct {
	Version int                 `json:"version"`          // 1 for the first
	Values  map[string]string   `json:"values,omitempty"` // machine form, by field
	Files   map[string][]string `json:"files,omitempty"`  // SHA-256 of attachments, by field
	By      string              `json:"by"`
	At      time.Time           `json:"at"`
	Done    bool                `json:"done,omitempty"` // of a year that is over: the next filling begins anew
}

// Mark is a field that was sent back for correction, and why.
type Mark struct {
	Form  string `json:"form"`
	Field string `json:"field"`
	Note  string `json:"note"`
}

// CaseClock is a period that runs, stands or has ended.
type CaseClock struct {
	ID          string    `json:"id"`
	Started     time.Time `json:"started"`
	Since       time.Time `json:"since"`           // when it began to run, or went on after a pause
	Due         Date      `json:"due,omitzero"`    // its last day; zero while paused
	Paused      time.Time `json:"paused,omitzero"` // since when it stands
	Spent       int       `json:"spent,omitempty"` // days used up before the pause
	Stopped     bool      `json:"stopped,omitempty"`
	Over        bool      `json:"over,omitempty"`        // it ran out
	Provisional bool      `json:"provisional,omitempty"` // counted over a year whose holidays are not announced yet
}

// Review is one expert's assignment and sheet.
type Review struct {
	Expert   string            `json:"expert"`
	Round    int               `json:"round"`         // 1 for the first
	Bid      int               `json:"bid,omitempty"` // of which bid; 0: of the case
	Assigned time.Time         `json:"assigned"`
	Recused  string            `json:"recused,omitempty"` // why the expert stepped back
	Values   map[string]string `json:"values,omitempty"`
	Score    int64             `json:"score_centi,omitempty"` // hundredths of a point
	Opinion  string            `json:"opinion,omitempty"`
	At       time.Time         `json:"at,omitzero"` // when it was handed in
}

// ReviewRound is what the sheets of one round come to.
type ReviewRound struct {
	Round    int       `json:"round"`
	Bid      int       `json:"bid,omitempty"`
	Sheets   int       `json:"sheets"`
	Mean     int64     `json:"mean_centi"`
	Median   int64     `json:"median_centi"`
	Outliers []string  `json:"outliers,omitempty"` // experts whose sheets lie far from the others
	Closed   time.Time `json:"closed"`
}

// Recusal is a declared relation: who declares it takes no part in the case any more.
type Recusal struct {
	User string    `json:"user"`
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// Publicity is what was shown to the public (公示), and for how long.
type Publicity struct {
	Clock    string    `json:"clock"`
	From     time.Time `json:"from"`
	Due      Date      `json:"due"`
	Text     string    `json:"text"`
	TextHash string    `json:"text_hash"`
	Restarts int       `json:"restarts,omitempty"`
	Done     bool      `json:"done,omitempty"`
}

// Objection (异议) is named: rules.md §6.
type Objection struct {
	N            int       `json:"n"`
	By           string    `json:"by"`
	Organisation string    `json:"organisation,omitempty"`
	Text         string    `json:"text"`
	Files        []string  `json:"files,omitempty"`
	At           time.Time `json:"at"`
	Answer       string    `json:"answer,omitempty"`
	AnsweredBy   string    `json:"answered_by,omitempty"`
	Upheld       bool      `json:"upheld,omitempty"`
	Closed       time.Time `json:"closed,omitzero"`
}

// CaseDecision is what an authority decided, and why.
type CaseDecision struct {
	Action   string    `json:"action"`
	Decides  string    `json:"decides"` // grant, refuse
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Amount   *Money    `json:"amount_fen,omitempty"`
	Computed *Money    `json:"computed_fen,omitempty"` // by the rule, where it gives one
	Reasons  string    `json:"reasons,omitempty"`
	Batch    string    `json:"batch,omitempty"` // approved together
}

// Tranche is one part of what is paid.
type Tranche struct {
	N       int       `json:"n"`
	Year    int       `json:"year,omitempty"`   // of rolling support
	Budget  int       `json:"budget,omitempty"` // the budget's year that it is committed in; 0: not committed
	Amount  Money     `json:"amount_fen"`
	For     string    `json:"for,omitempty"`   // the milestone it waits for
	State   string    `json:"state"`           // planned, ordered, paid, released, claimed_back, recovered
	Entry   string    `json:"entry,omitempty"` // the last entry that moved it
	Payment string    `json:"payment,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// Milestone is one line of a task book (任务书).
type Milestone struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Due   Date      `json:"due,omitzero"`
	State string    `json:"state"` // open, done, failed
	Note  string    `json:"note,omitempty"`
	At    time.Time `json:"at,omitzero"`
}

// Entitlement lets the applicant claim under another rule.
type Entitlement struct {
	Rule string `json:"rule"`
	Used string `json:"used,omitempty"` // the case that used it
}

// Seal is the key of sealed bids: the recipient that they are encrypted to, and the encrypted parts of
// the identity that opens them. Any two officers hold it, one alone does not; see flow/seal.
type Seal struct {
	Recipient string       `json:"recipient"`
	Parts     []SealedPart `json:"parts"`
	Opened    time.Time    `json:"opened,omitzero"`
}

// SealedPart is one officer's parts, readable for one officer.
type SealedPart struct {
	Of     string `json:"of"`  // whose parts
	For    string `json:"for"` // who can read them
	Cipher string `json:"cipher"`
}

// Bid is a submission to a posted challenge (揭榜). Until the bids are opened only its ciphertext exists.
type Bid struct {
	N            int                 `json:"n"`
	User         string              `json:"user"`
	Organisation string              `json:"organisation"`
	At           time.Time           `json:"at"`
	File         string              `json:"file"` // SHA-256 of the ciphertext
	Withdrawn    bool                `json:"withdrawn,omitempty"`
	Values       map[string]string   `json:"values,omitempty"`
	Files        map[string][]string `json:"files,omitempty"`     // opened attachments, by field
	Qualified    string              `json:"qualified,omitempty"` // yes, no
	Note         string              `json:"note,omitempty"`
	Score        int64               `json:"score_centi,omitempty"`
	Rank         int                 `json:"rank,omitempty"`
	Won          bool                `json:"won,omitempty"`
}
