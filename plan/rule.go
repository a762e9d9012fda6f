package plan

import (
	"math/big"

	"zhuanhua"
)

// Rule is one money rule: who may claim, on which conditions, how much.
type Rule struct {
	ID          string
	Title       Text
	Measure     Ref   // the item of the plan
	Also        []Ref // further items that the rule carries
	Beneficiary Text
	Source      Source
	Valid       zhuanhua.Period
	Facts       []Ref
	Parameters  []*Parameter
	Conditions  []*Condition
	Amount      *Amount // nil: the rule gives no amount of its own, see NoAmount
	NoAmount    Text    // why there is none
	Cap         Ref     // parameters that bound the answer; ID "" where the plan states none
	Floor       Ref
	Years       Ref
	YearlyGate  Ref // the condition that is judged anew each year
	Once        bool
	Tranches    []Tranche
	Open        []Open // what the plan leaves open beside the parameters: budget, tranches, deduction …
	Workflow    Ref    // how a claim under it goes; ID "": no workflow yet
	Form        Ref    // what a claim under it asks
	At          Pos

	compiled *compiledRule
}

// Parameter is a figure of a rule that may change in time or may not be set. Its full name is
// "R01.rate".
type Parameter struct {
	Name    string
	Title   Text
	Type    Type
	Choices []*Word // of TypeEnum
	Values  []*Setting
	Assumed *Setting // the plan is silent and the pack assumes a value, until somebody sets one
	NotSet  *NotSet  // why there is no value, or why one is assumed
	At      Pos
}

// Setting is a value and the days on which it holds.
type Setting struct {
	Value  Value
	Valid  zhuanhua.Period
	Source Source
	At     Pos
}

// On is the setting that holds on a day: the stated one, else the assumed one, else nil.
func (p *Parameter) On(day zhuanhua.Date) *Setting {
	for _, s := range p.Values {
		if s.Valid.Holds(day) {
			return s
		}
	}
	return p.Assumed
}

// Condition is one named condition of a rule.
type Condition struct {
	ID     string
	Text   Text
	When   Expr
	Need   Text // may name parameters as {{cap}}
	Next   Text // the cheapest next step for who does not meet it
	Reach  Reach
	Source Source
	At     Pos
}

// Reach says how near a condition is to who does not meet it. Only the owner of the rule knows: that a
// contract is registered in a day, an acceptance takes a year, and a broker's agreement that came too
// late stays too late.
type Reach string

// How near an unmet condition is.
const (
	ReachNow   Reach = "now"   // the applicant can mend it today
	ReachLater Reach = "later" // it takes an event, or time; what holds where a pack says nothing
	ReachNever Reach = "never" // not in this case; another rule may fit
)

// Expr is an expression as written, and where.
type Expr struct {
	Code string
	At   Pos
}

// Amount is how a rule's amount comes about, step by step; the last step is the amount before the cap.
type Amount struct {
	Steps []*Step
	At    Pos
}

// Step is one named step of a calculation.
type Step struct {
	ID    string
	Text  Text
	Value Expr
	At    Pos
}

// Tranche is one part of a payment.
type Tranche struct {
	Share *big.Rat
	When  Text
	At    Pos
}

// Open is an attribute of a rule that the plan does not state.
type Open struct {
	Name   string // budget, tranches, deducts, stacking …
	NotSet *NotSet
}

// Parameter is the parameter with a name, nil when there is none.
func (r *Rule) Parameter(name string) *Parameter {
	return find(r.Parameters, func(p *Parameter) bool { return p.Name == name })
}

// Asks reports whether the rule asks for a fact.
func (r *Rule) Asks(fact string) bool {
	for _, f := range r.Facts {
		if f.ID == fact {
			return true
		}
	}
	return false
}

// StackingTable says which rules may be claimed on one contract.
type StackingTable struct {
	Default string // allow, refuse or flag
	Note    Text
	NotSet  *NotSet
	Pairs   []*StackingPair
}

// StackingPair is the answer for two rules.
type StackingPair struct {
	Rules  [2]Ref
	Answer string // allow, refuse or flag
	Why    Text
	Source Source
	NotSet *NotSet
	At     Pos
}

// Trial is a situation and the answer that is expected, readable by who owns the rule.
type Trial struct {
	Name    Text
	Rule    Ref
	On      zhuanhua.Date
	Set     map[string]string
	Facts   Facts
	Pair    [2]Ref // of a stacking trial; Rule is then empty
	Expect  Expectation
	At      Pos
	setAt   map[string]Pos
	factsAt map[string]Pos
}

// Expectation is what a trial expects; fields that are not given are not compared.
type Expectation struct {
	Eligible *bool
	Amount   *ExpectedAmount
	Unmet    []Ref
	HasUnmet bool
	ShortBy  map[string]string
	Have     map[string]string
	Unset    []Ref
	HasUnset bool
	Min, Max *ExpectedAmount
	Years    *int64
	Answer   string // of a stacking trial
}

// ExpectedAmount is an amount that a trial expects, or the expectation that there is none.
type ExpectedAmount struct {
	Null bool
	Fen  zhuanhua.Money
}
