// Package sandbox tries a changed plan on a file of cases before anything is published: what it would
// cost by year and rule, who gains and who loses and why, and whom the next small change would reach.
// Every case is answered under the old plan and under the new one by the same engine that answers
// people; sums are exact, in fen.
package sandbox

import (
	"cmp"
	"math/big"
	"slices"

	"zhuanhua/plan"
	"zhuanhua/plan/diff"
)

// Question is what to try.
type Question struct {
	Old, New *plan.Pack
	Set      plan.Settings // of the new plan: a value that is tried before it is written down
	Near     *big.Rat      // how close to a bound, as a share of it, makes a boundary case
	Cases    []*Case
}

// Report is what a changed plan would do.
type Report struct {
	Old      diff.Version  `json:"old"`
	New      diff.Version  `json:"new"`
	Settings plan.Settings `json:"settings,omitempty"`
	Cases    int           `json:"cases"`
	Costs    []*Cost       `json:"costs"`
	Total    Cost          `json:"total"`
	Effects  []*Effect     `json:"effects"` // winners first, then losers, then answers that change without money
	Boundary []Boundary    `json:"boundary"`
	Unset    []Unset       `json:"unset"`
	Stacking []Together    `json:"stacking"`
	Notes    []Note        `json:"notes"`
}

// Cost is what one rule costs in one year under both plans.
type Cost struct {
	Year   int       `json:"year,omitempty"`
	Rule   string    `json:"rule,omitempty"`
	Title  plan.Text `json:"title,omitzero"`
	Old    Side      `json:"old"`
	New    Side      `json:"new"`
	Change Sum       `json:"change_fen"`
}

// Side is one plan's part of a cost. Open counts answers that are eligible and have no amount: what they
// will cost is not known, and they are not in the sum.
type Side struct {
	Eligible int `json:"eligible"`
	Open     int `json:"no_amount"`
	Amount   Sum `json:"amount_fen"`
}

// Sum is an exact sum of fen, of any size and sign. As JSON it is a decimal string.
type Sum struct{ fen big.Int }

// MarshalJSON writes the sum as a string: numbers of JSON lose large amounts.
func (s Sum) MarshalJSON() ([]byte, error) { return []byte(`"` + s.fen.String() + `"`), nil }

// Sign is -1, 0 or 1.
func (s *Sum) Sign() int { return s.fen.Sign() }

// Text is the sum in words.
func (s *Sum) Text() plan.Text { return plan.ExactMoneyText(new(big.Rat).SetInt(&s.fen)) }

// add books one amount.
func (s *Sum) add(f plan.Fen) { s.fen.Add(&s.fen, big.NewInt(int64(f))) }

// settle computes the change once all is booked.
func (c *Cost) settle() { c.Change.fen.Sub(&c.New.Amount.fen, &c.Old.Amount.fen) }

// count books one answer; one without an amount is counted and adds nothing to the sum.
func (s *Side) count(o diff.Outcome) {
	switch {
	case !o.Eligible:
		return
	case o.AmountFen == nil:
		s.Open++
	default:
		s.Amount.add(*o.AmountFen)
	}
	s.Eligible++
}

// Unset is a parameter without a value, and how many eligible answers have no amount because of it.
type Unset struct {
	Name string `json:"name"`
	Old  int    `json:"old"`
	New  int    `json:"new"`
}

// Together is a case that gets money under two rules which may not, or not without a decision, be
// claimed on one contract. The costs have both in them.
type Together struct {
	Case   string    `json:"case"`
	Rules  [2]string `json:"rules"`
	Answer string    `json:"answer"` // refuse or flag
	Why    plan.Text `json:"why"`
}

// Note is something about a case that the figures do not show.
type Note struct {
	Case string    `json:"case"`
	Text plan.Text `json:"text"`
}

// run is a question being answered.
type run struct {
	*Question
	report *Report
	costs  map[costKey]*Cost
	unset  map[string]*Unset
	diffs  []diff.Change
}

// costKey is a line of the table of costs. The year is that of the day the case is of: budgets are made
// by year.
type costKey struct {
	year int
	rule string
}

// Run answers the cases under both plans. An error means that a case or a setting is wrong.
func Run(q *Question) (*Report, error) {
	d := diff.Between(q.Old, q.New)
	r := &run{Question: q, costs: map[costKey]*Cost{}, unset: map[string]*Unset{}, diffs: d.Changes,
		report: &Report{Old: d.Old, New: d.New, Settings: q.Set, Cases: len(q.Cases), Costs: []*Cost{}, Effects: []*Effect{}, Boundary: []Boundary{}, Unset: []Unset{}, Stacking: []Together{}, Notes: []Note{}}}
	if err := r.settings(); err != nil {
		return nil, err
	}
	for _, c := range q.Cases {
		if err := r.one(c); err != nil {
			return nil, err
		}
	}
	r.close()
	return r.report, nil
}

// settings refuses a setting that the new plan does not have: it would change nothing, silently.
func (r *run) settings() error {
	if len(r.Set) == 0 {
		return nil
	}
	_, err := r.New.QuoteAll(plan.Facts{}, r.New.Valid.From, r.Set)
	return err
}

// pair is a case under one rule of both plans.
type pair struct {
	c        *Case
	rule     string
	old, new *plan.Quote // nil where the plan has no such rule
	oldFacts plan.Facts
	newFacts plan.Facts
}

// one answers a case under all its rules.
func (r *run) one(c *Case) error {
	oldFacts, newFacts, notes, err := c.facts(r.Old, r.New)
	if err != nil {
		return err
	}
	for _, n := range notes {
		r.report.Notes = append(r.report.Notes, Note{c.ID, n})
	}
	rules, err := c.rules(r.Old, r.New)
	if err != nil {
		return err
	}
	var paid []string
	for _, rule := range rules {
		p := &pair{c: c, rule: rule, oldFacts: oldFacts, newFacts: newFacts}
		if err := r.answer(p); err != nil {
			return err
		}
		if p.new != nil && p.new.AmountFen != nil && *p.new.AmountFen > 0 {
			paid = append(paid, rule)
		}
	}
	r.together(c, paid)
	return nil
}

// answer asks both plans and books what they say.
func (r *run) answer(p *pair) (err error) {
	if r.Old.Rule(p.rule) != nil {
		if p.old, err = r.Old.Quote(p.rule, p.oldFacts, p.c.On, nil); err != nil {
			return p.c.wrong(err)
		}
	}
	if rule := r.New.Rule(p.rule); rule != nil {
		if p.new, err = r.New.Quote(p.rule, p.newFacts, p.c.On, diff.FitSettings(rule, r.Set)); err != nil {
			return p.c.wrong(err)
		}
	}
	was, is := outcomeOf(p.old), outcomeOf(p.new)
	cost := r.cost(p)
	// The same figures go to the line and to the total, so that the one cannot disagree with the other.
	for _, total := range []*Cost{cost, &r.report.Total} {
		total.Old.count(was)
		total.New.count(is)
	}
	r.open(p)
	if !was.Same(is) {
		r.report.Effects = append(r.report.Effects, r.effect(p, was, is))
	}
	return r.boundary(p)
}

// outcomeOf is an answer, also that of a plan without the rule.
func outcomeOf(q *plan.Quote) diff.Outcome {
	if q == nil {
		return diff.Outcome{None: true, Unmet: []string{}, Words: say("没有这条规则", "no such rule")}
	}
	return diff.OutcomeOf(q)
}

func say(zh, en string) plan.Text { return plan.Text{ZH: zh, EN: en} }

// cost is the line of a rule in a year.
func (r *run) cost(p *pair) *Cost {
	key := costKey{p.c.On.Year, p.rule}
	if r.costs[key] == nil {
		r.costs[key] = &Cost{Year: key.year, Rule: key.rule, Title: r.title(p.rule)}
	}
	return r.costs[key]
}

// title is what the new plan calls a rule, or the old one where the rule is gone.
func (r *run) title(rule string) plan.Text {
	if x := r.New.Rule(rule); x != nil {
		return x.Title
	}
	return r.Old.Rule(rule).Title
}

// open counts the parameters whose absence keeps an eligible case from having an amount.
func (r *run) open(p *pair) {
	count := func(q *plan.Quote, add func(*Unset)) {
		if q == nil || !q.Eligible || q.AmountFen != nil {
			return
		}
		for _, name := range q.Unset {
			if r.unset[name] == nil {
				r.unset[name] = &Unset{Name: name}
			}
			add(r.unset[name])
		}
	}
	count(p.old, func(u *Unset) { u.Old++ })
	count(p.new, func(u *Unset) { u.New++ })
}

// together finds money for one case under rules that do not simply go together.
func (r *run) together(c *Case, paid []string) {
	for i, a := range paid {
		for _, b := range paid[i+1:] {
			if s := r.New.Stack(a, b); s.Answer != "allow" {
				r.report.Stacking = append(r.report.Stacking, Together{c.ID, [2]string{a, b}, s.Answer, s.Why})
			}
		}
	}
}

// close puts the report in order: years and rules, the largest gains, the largest losses.
func (r *run) close() {
	for _, c := range r.costs {
		c.settle()
		r.report.Costs = append(r.report.Costs, c)
	}
	r.report.Total.settle()
	slices.SortFunc(r.report.Costs, func(a, b *Cost) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Rule, b.Rule))
	})
	for _, u := range r.unset {
		r.report.Unset = append(r.report.Unset, *u)
	}
	slices.SortFunc(r.report.Unset, func(a, b Unset) int { return cmp.Compare(a.Name, b.Name) })
	// Whoever reads the first lines alone has seen the largest gains; the rest of the order makes two runs
	// comparable.
	slices.SortStableFunc(r.report.Effects, func(a, b *Effect) int {
		return cmp.Or(cmp.Compare(order[a.Kind], order[b.Kind]), b.size().CmpAbs(a.size()), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Rule, b.Rule))
	})
}
