package diff

import (
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// Answer is a trial that the two plans answer otherwise.
type Answer struct {
	Rule  string    `json:"rule"` // of a stacking trial: "R01+R07"
	Trial plan.Text `json:"trial"`
	Was   Outcome   `json:"was"`
	Is    Outcome   `json:"is"`
}

// Outcome is what of an answer counts: eligible or not, how much, and what stands in the way.
type Outcome struct {
	None      bool      `json:"none,omitempty"` // this plan has no such rule, or cannot answer
	Eligible  bool      `json:"eligible"`
	AmountFen *plan.Fen `json:"amount_fen"`
	Unmet     []string  `json:"unmet"`
	Stacking  string    `json:"stacking,omitempty"` // allow, refuse or flag, of two rules on one contract
	Words     plan.Text `json:"words"`
}

// Same reports whether two outcomes say the same. Words are left out of it: a threshold in a condition's
// text may move without the answer of this case.
func (o Outcome) Same(b Outcome) bool {
	amounts := o.AmountFen == b.AmountFen || o.AmountFen != nil && b.AmountFen != nil && *o.AmountFen == *b.AmountFen
	return o.None == b.None && o.Eligible == b.Eligible && amounts && slices.Equal(o.Unmet, b.Unmet) && o.Stacking == b.Stacking
}

// answers asks every trial of both plans. A trial that stands in both is asked as the old plan has it:
// the same case under both.
func (r *Report) answers(old, new *plan.Pack) {
	seen := map[string]bool{}
	for _, t := range slices.Concat(old.Trials, new.Trials) {
		key := t.Rule.ID + t.Pair[0].ID + t.Pair[1].ID + " " + t.Name.ZH
		if seen[key] {
			continue
		}
		seen[key] = true
		r.Trials++
		was, is := outcome(old, t), outcome(new, t)
		if was.Same(is) {
			continue
		}
		name := t.Rule.ID
		if name == "" {
			name = t.Pair[0].ID + "+" + t.Pair[1].ID
		}
		r.Answers = append(r.Answers, Answer{name, t.Name, was, is})
	}
}

// outcome asks one plan a trial of either.
func outcome(p *plan.Pack, t *plan.Trial) Outcome {
	if t.Expect.Answer != "" {
		if p.Rule(t.Pair[0].ID) == nil || p.Rule(t.Pair[1].ID) == nil {
			return none()
		}
		s := p.Stack(t.Pair[0].ID, t.Pair[1].ID)
		return Outcome{Eligible: s.Answer == "allow", Unmet: []string{}, Stacking: s.Answer, Words: answerText(s.Answer)}
	}
	rule := p.Rule(t.Rule.ID)
	if rule == nil {
		return none()
	}
	// What this plan does not understand is not stated to it; refusing the whole question would hide what
	// it does answer.
	q, err := p.Quote(rule.ID, Fit(p, t.Facts), t.On, FitSettings(rule, t.Set))
	if err != nil {
		return Outcome{None: true, Unmet: []string{}, Words: say("无法计算："+err.Error(), "cannot be answered: "+err.Error())}
	}
	return OutcomeOf(q)
}

// none is the answer of a plan that has no such rule.
func none() Outcome {
	return Outcome{None: true, Unmet: []string{}, Words: say("没有这条规则", "no such rule")}
}

// OutcomeOf is what of a quote counts.
func OutcomeOf(q *plan.Quote) Outcome {
	o := Outcome{Eligible: q.Eligible, AmountFen: q.AmountFen, Unmet: append([]string{}, q.Unmet()...)}
	switch {
	case !q.Eligible:
		var zh, en []string
		for _, a := range q.Conditions {
			if !a.Met {
				zh, en = append(zh, a.Text.ZH), append(en, a.Text.EN)
			}
		}
		o.Words = say("不符合（"+strings.Join(zh, "；")+"）", "not eligible ("+strings.Join(en, "; ")+")")
	case q.AmountFen == nil:
		o.Words = say("符合，没有金额", "eligible, no amount")
	default:
		money := plan.MoneyText(zhuanhua.Money(*q.AmountFen))
		o.Words = say("符合，"+money.ZH, "eligible, "+money.EN)
	}
	return o
}

// Fit leaves out the facts that a plan does not know, or knows as something else: to that plan they are
// not stated.
func Fit(p *plan.Pack, facts plan.Facts) plan.Facts {
	out := plan.Facts{}
	for id, v := range facts {
		f := p.Fact(id)
		if f == nil || f.Type != v.Type || f.Type == plan.TypeEnum && p.Vocabulary(f.Vocabulary.ID).Find(v.Code) == nil {
			continue
		}
		out[id] = v
	}
	return out
}

// FitSettings leaves out the settings of parameters that a rule does not have.
func FitSettings(r *plan.Rule, set plan.Settings) plan.Settings {
	out := plan.Settings{}
	for name, v := range set {
		if rule, param, _ := strings.Cut(name, "."); rule == r.ID && r.Parameter(param) != nil {
			out[name] = v
		}
	}
	return out
}
