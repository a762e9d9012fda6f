// Package advice puts the answers of all rules into the order in which they help: what can be claimed
// now, what needs a word or a step more, cheapest step first, and what does not fit at all.
package advice

import (
	"cmp"
	"slices"
	"strings"

	"zhuanhua/plan"
)

// Standing is where a case stands with a rule.
type Standing string

// The standings, nearest first.
const (
	Claim  Standing = "claim"  // eligible
	Say    Standing = "say"    // only facts are missing, and some are stated
	Now    Standing = "now"    // every unmet condition can be mended today
	Later  Standing = "later"  // it takes an event, or time
	Silent Standing = "silent" // nothing that the rule asks for is stated
	Never  Standing = "never"  // the case does not fit
)

// Standings lists the standings, nearest first.
func Standings() []Standing { return []Standing{Claim, Say, Now, Later, Silent, Never} }

// Advice is an answer with where the case stands and the one next step.
type Advice struct {
	*plan.Quote
	Standing Standing    `json:"standing"`
	Step     *plan.Text  `json:"next_step"` // the cheapest; nil when the rule can be claimed
	Steps    int         `json:"steps"`     // how many conditions are unmet
	first    plan.Answer // the unmet condition that the step belongs to
}

// First is the unmet condition that the next step belongs to.
func (a *Advice) First() *plan.Answer { return &a.first }

// Rank puts answers of one case into order. The answers keep the order of the plan where nothing else
// tells them apart.
func Rank(p *plan.Pack, quotes []*plan.Quote, facts plan.Facts) []*Advice {
	out := make([]*Advice, 0, len(quotes))
	for _, q := range quotes {
		out = append(out, advise(p, q, facts))
	}
	slices.SortStableFunc(out, func(a, b *Advice) int {
		return cmp.Or(
			slices.Index(Standings(), a.Standing)-slices.Index(Standings(), b.Standing),
			byAmount(a, b),
			cmp.Compare(a.Steps, b.Steps))
	})
	return out
}

// byAmount puts known amounts first, the largest at the top.
func byAmount(a, b *Advice) int {
	switch {
	case a.AmountFen == nil && b.AmountFen == nil:
		return 0
	case a.AmountFen == nil:
		return 1
	case b.AmountFen == nil:
		return -1
	}
	return cmp.Compare(*b.AmountFen, *a.AmountFen)
}

// cost orders unmet conditions by what it takes: a word, a step, time. A fact that is missing costs a
// word whatever the condition is about: nobody knows yet whether more is needed.
func cost(a *plan.Answer) int {
	switch {
	case len(a.Missing) > 0:
		return 0
	case a.Reach == plan.ReachNow:
		return 1
	case a.Reach == plan.ReachNever:
		return 3
	}
	return 2
}

func advise(p *plan.Pack, q *plan.Quote, facts plan.Facts) *Advice {
	a := &Advice{Quote: q, Standing: Claim}
	if q.Eligible {
		return a
	}
	var unmet []plan.Answer
	for _, x := range q.Conditions {
		if !x.Met {
			unmet = append(unmet, x)
		}
	}
	slices.SortStableFunc(unmet, func(x, y plan.Answer) int { return cost(&x) - cost(&y) })
	a.Steps = len(unmet)
	// All conditions have to be met, so the dearest one says how far the rule is, and the cheapest one
	// what to do first; but where the case does not fit, no other step is worth taking.
	last := unmet[len(unmet)-1]
	a.Standing, a.first = []Standing{Say, Now, Later, Never}[cost(&last)], unmet[0]
	switch {
	case a.Standing == Never:
		a.first = last
	case !states(p, q.Rule, facts):
		a.Standing = Silent
	}
	step := a.first.Next
	if len(a.first.Missing) > 0 {
		step = missing(p, unmet)
	}
	a.Step = &step
	return a
}

// states reports whether the case states anything that a rule asks for.
func states(p *plan.Pack, rule string, facts plan.Facts) bool {
	r := p.Rule(rule)
	for id := range facts {
		if r != nil && r.Asks(id) {
			return true
		}
	}
	return false
}

// missing asks for everything that is not stated at once: one message, not one a condition.
func missing(p *plan.Pack, unmet []plan.Answer) plan.Text {
	var ids, zh, en []string
	for _, a := range unmet {
		for _, id := range a.Missing {
			if !slices.Contains(ids, id) {
				f := p.Fact(id)
				ids, zh, en = append(ids, id), append(zh, f.Title.ZH), append(en, f.Title.EN)
			}
		}
	}
	return plan.Text{ZH: "请说明：" + strings.Join(zh, "、"), EN: "state: " + strings.Join(en, "; ")}
}
