package sandbox

import (
	"math/big"
	"regexp"

	"zhuanhua/plan"
	"zhuanhua/plan/diff"
)

// Boundary is a case that the new plan leaves close to a bound and the old one did not: the next small
// change of the bound, or of the case, turns its answer.
type Boundary struct {
	Case      string    `json:"case"`
	Rule      string    `json:"rule"`
	Condition string    `json:"condition"` // "cap" for the cap of the amount
	Fact      string    `json:"fact,omitempty"`
	Have      plan.Text `json:"have"`
	Bound     plan.Text `json:"bound"`
	Gap       string    `json:"gap"` // have less bound, in fen, days, years, or as a share
	Met       bool      `json:"met"`
}

// boundary finds the bounds that a case has come close to.
func (r *run) boundary(p *pair) error {
	if p.new == nil {
		return nil
	}
	near, err := r.nearBounds(r.New, p.rule, p.newFacts, p.new, diff.FitSettings(r.New.Rule(p.rule), r.Set))
	if err != nil || len(near) == 0 {
		return err
	}
	// A case that was close before is nothing that this change has brought about.
	before := map[string]bool{}
	if p.old != nil {
		old, err := r.nearBounds(r.Old, p.rule, p.oldFacts, p.old, nil)
		if err != nil {
			return err
		}
		for _, b := range old {
			before[b.Condition+" "+b.Fact] = true
		}
	}
	for _, b := range near {
		if !before[b.Condition+" "+b.Fact] {
			b.Case, b.Rule = p.c.ID, p.rule
			r.report.Boundary = append(r.report.Boundary, b)
		}
	}
	return nil
}

// nearBounds lists the bounds near a case under one plan. A bound counts only where it decides: every other
// condition is met.
func (r *run) nearBounds(p *plan.Pack, rule string, facts plan.Facts, q *plan.Quote, set plan.Settings) ([]Boundary, error) {
	margins, err := p.Margins(rule, facts, q.On, set)
	if err != nil {
		return nil, err
	}
	var out []Boundary
	for _, m := range margins {
		// Close to one bound and failing another is not close to anything.
		unmet := q.Unmet()
		if len(unmet) > 1 || len(unmet) == 1 && unmet[0] != m.Condition || !r.isNear(m) {
			continue
		}
		gap := new(big.Rat).Sub(m.Value, m.Bound)
		out = append(out, Boundary{Condition: m.Condition, Fact: m.Fact.ID, Have: m.Have, Bound: m.At, Gap: exact(gap), Met: len(unmet) == 0})
	}
	if b, ok := r.nearCap(q); ok {
		out = append(out, b)
	}
	return out, nil
}

// isNear reports whether a value lies within the share of its bound, or one step from it: one fen, one
// year, one day. Days have no share: a tenth of a date means nothing.
func (r *run) isNear(m plan.Margin) bool {
	gap := new(big.Rat).Sub(m.Value, m.Bound)
	gap.Abs(gap)
	if m.Value.Sign() == 0 && m.Bound.Sign() == 0 {
		return false // nothing, where nothing is allowed: everybody without it would be listed
	}
	if m.Fact.Type != plan.TypeShare && gap.Cmp(big.NewRat(1, 1)) <= 0 {
		return true
	}
	if m.Fact.Type == plan.TypeDate {
		return false
	}
	return gap.Cmp(new(big.Rat).Mul(r.Near, new(big.Rat).Abs(m.Bound))) <= 0
}

// nearCap looks at the amount before the cap.
func (r *run) nearCap(q *plan.Quote) (Boundary, bool) {
	for i, s := range q.Trace {
		if s.ID != capped || i == 0 || q.MaxFen == nil {
			continue
		}
		value, ok := new(big.Rat).SetString(q.Trace[i-1].ValueFen)
		if !ok {
			continue
		}
		bound := new(big.Rat).SetInt64(int64(*q.MaxFen))
		gap := new(big.Rat).Sub(value, bound)
		if new(big.Rat).Abs(gap).Cmp(new(big.Rat).Mul(r.Near, bound)) > 0 {
			continue
		}
		return Boundary{Condition: capped, Have: plan.ExactMoneyText(value), Bound: plan.ExactMoneyText(bound), Gap: exact(gap), Met: true}, true
	}
	return Boundary{}, false
}

// exact writes a number as a decimal, or as a fraction where no decimal ends.
func exact(r *big.Rat) string {
	if digits, ends := r.FloatPrec(); ends {
		return r.FloatString(digits)
	}
	return r.RatString()
}

// nearForm is a plain decimal with or without a per cent sign.
var nearForm = regexp.MustCompile(`^([0-9]{1,3}(?:\.[0-9]{1,6})?) ?(%?)$`)

// ParseNear reads how close to a bound is near: "5%" or "0.05", at most 100%.
func ParseNear(s string) (*big.Rat, error) {
	if m := nearForm.FindStringSubmatch(s); m != nil {
		if x, ok := new(big.Rat).SetString(m[1]); ok {
			if m[2] == "%" {
				x.Quo(x, big.NewRat(100, 1))
			}
			if x.Cmp(big.NewRat(1, 1)) <= 0 {
				return x, nil
			}
		}
	}
	return nil, invalid("--near "+s, "不是 0 到 100% 的比例 (this is no share from 0 to 100%)", "写成 5% 或 0.05 (write 5% or 0.05)")
}
