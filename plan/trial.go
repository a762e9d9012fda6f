package plan

import (
	"fmt"
	"slices"
	"strings"
)

// TrialResult is what became of one trial; Differences is empty when it came out as expected.
type TrialResult struct {
	Trial       *Trial
	Quote       *Quote // nil of a stacking trial, and when the question itself was refused
	Differences []Text
}

// Passed reports whether the trial came out as expected.
func (r TrialResult) Passed() bool { return len(r.Differences) == 0 }

// RunTrials runs all trials of the pack.
func (p *Pack) RunTrials() []TrialResult {
	out := make([]TrialResult, 0, len(p.Trials))
	for _, t := range p.Trials {
		out = append(out, p.RunTrial(t))
	}
	return out
}

// RunTrial runs one trial.
func (p *Pack) RunTrial(t *Trial) TrialResult {
	r := TrialResult{Trial: t}
	// A trial about two rules asks the table; everything else asks the engine, as people do.
	if t.Expect.Answer != "" {
		s := p.Stack(t.Pair[0].ID, t.Pair[1].ID)
		r.differ("叠加", "stacking", t.Expect.Answer, s.Answer)
		return r
	}
	q, err := p.Quote(t.Rule.ID, t.Facts, t.On, t.Set)
	if err != nil {
		r.Differences = append(r.Differences, say("无法计算："+err.Error(), "cannot be answered: "+err.Error()))
		return r
	}
	r.Quote = q
	r.compare(&t.Expect, q)
	return r
}

// differ notes a difference in words; what agrees is not noted.
func (r *TrialResult) differ(zh, en, want, got string) {
	if want != got {
		r.Differences = append(r.Differences, say(fmt.Sprintf("%s：应为 %s，实为 %s", zh, want, got), fmt.Sprintf("%s: should be %s and is %s", en, want, got)))
	}
}

// compare holds an answer against what the trial expects. An eligible case is always held against "nothing
// unmet", whether the trial says so or not.
func (r *TrialResult) compare(e *Expectation, q *Quote) {
	r.differ("是否符合", "eligible", fmt.Sprint(*e.Eligible), fmt.Sprint(q.Eligible))
	r.amount("金额", "amount", e.Amount, q.AmountFen)
	r.amount("下限", "min", e.Min, q.MinFen)
	r.amount("上限", "max", e.Max, q.MaxFen)
	if e.HasUnmet || *e.Eligible {
		r.differ("未满足的条件", "unmet", names(e.Unmet), strings.Join(q.Unmet(), ", "))
	}
	if e.HasUnset {
		r.differ("未设定", "unset", names(e.Unset), strings.Join(q.Unset, ", "))
	}
	if e.Years != nil {
		got := "none"
		if q.YearsMax != nil {
			got = fmt.Sprint(*q.YearsMax)
		}
		r.differ("最长年数", "years", fmt.Sprint(*e.Years), got)
	}
	for _, a := range q.Conditions {
		if want, ok := e.ShortBy[a.ID]; ok {
			r.differ(a.ID+" 差额", a.ID+" short by", want, shortText(a))
		}
		if want, ok := e.Have[a.ID]; ok && want != a.Have.ZH {
			r.differ(a.ID+" 现有", a.ID+" has", want, a.Have.EN)
		}
	}
}

// shortText is a shortfall, "none" where no number says it.
func shortText(a Answer) string {
	if a.ShortBy == nil {
		return "none"
	}
	return *a.ShortBy
}

// amount compares an amount; an expectation that is not given is not compared.
func (r *TrialResult) amount(zh, en string, want *ExpectedAmount, got *Fen) {
	switch {
	// Three cases: not looked at, expected to be none, expected to be so much.
	case want == nil:
	case got == nil && !want.Null:
		r.differ(zh, en, MoneyText(want.Fen).EN, "none")
	case got != nil && want.Null:
		r.differ(zh, en, "none", fmt.Sprintf("%d fen", *got))
	case got != nil:
		r.differ(zh, en, fmt.Sprintf("%d fen", want.Fen), fmt.Sprintf("%d fen", *got))
	}
}

// names lists references in alphabetical order.
func names(refs []Ref) string {
	// Sorted, because the order in which a trial names conditions says nothing.
	var out []string
	for _, r := range refs {
		out = append(out, r.ID)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// Unmet lists the conditions that are not met, in alphabetical order.
func (q *Quote) Unmet() []string {
	var out []string
	for _, a := range q.Conditions {
		if !a.Met {
			out = append(out, a.ID)
		}
	}
	slices.Sort(out)
	return out
}
