package sandbox

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/diff"
)

// What a change does to a case.
const (
	Wins   = "wins"
	Loses  = "loses"
	Other  = "other" // the answer changes, and neither the money nor whether there is any
	capped = "cap"   // the bound of a rule's cap, in place of a condition
)

var order = map[string]int{Wins: 0, Loses: 1, Other: 2}

// Effect is a case that the plans answer otherwise.
type Effect struct {
	Case string        `json:"case"`
	Rule string        `json:"rule"`
	On   zhuanhua.Date `json:"on"`
	Kind string        `json:"kind"`
	Was  diff.Outcome  `json:"was"`
	Is   diff.Outcome  `json:"is"`
	By   *Sum          `json:"by_fen"` // new less old; null where an amount is not known
	Why  []plan.Text   `json:"why"`
}

// size is how much an effect weighs when effects are put in order.
func (e *Effect) size() *big.Int {
	if e.By == nil {
		return new(big.Int)
	}
	return &e.By.fen
}

// effect says what a change does to a case.
func (r *run) effect(p *pair, was, is diff.Outcome) *Effect {
	e := &Effect{Case: p.c.ID, Rule: p.rule, On: p.c.On, Was: was, Is: is, Kind: Other}
	before, knownBefore := money(was)
	after, knownAfter := money(is)
	if knownBefore && knownAfter {
		e.By = &Sum{}
		e.By.fen.Sub(after, before)
	}
	// Who gains eligibility without a known amount has won as well, by how much nobody knows.
	switch {
	case e.By != nil && e.By.Sign() > 0, e.By == nil && standing(is) > standing(was):
		e.Kind = Wins
	case e.By != nil && e.By.Sign() < 0, e.By == nil && standing(is) < standing(was):
		e.Kind = Loses
	}
	e.Why = r.why(p, was)
	return e
}

// money is what an answer pays: nothing to who is not eligible; unknown where the amount is open.
func money(o diff.Outcome) (*big.Int, bool) {
	switch {
	case !o.Eligible:
		return new(big.Int), true
	case o.AmountFen == nil:
		return new(big.Int), false
	}
	return big.NewInt(int64(*o.AmountFen)), true
}

// standing orders answers where no difference can be computed: an amount that is known is worth more
// than one that is open, and that more than a refusal.
func standing(o diff.Outcome) int {
	switch {
	case !o.Eligible:
		return 0
	case o.AmountFen == nil:
		return 1
	}
	return 2
}

// why names the conditions and the parameters that make the difference for this case.
func (r *run) why(p *pair, was diff.Outcome) []plan.Text {
	switch {
	case p.old == nil:
		return []plan.Text{say("新方案新增这条规则", "the rule is new")}
	case p.new == nil:
		return []plan.Text{say("新方案取消了这条规则", "the new plan has no such rule")}
	}
	out := flips(p.old, p.new)
	values := r.values(p, was)
	out = append(out, values...)
	if len(out) > 0 {
		return out
	}
	for _, c := range r.diffs { // the calculation itself, or a bound
		if c.Area == "rule" && c.ID == p.rule && (strings.HasPrefix(c.Key, "step.") || c.Key == "cap" || c.Key == "amount") {
			out = append(out, c.Words)
		}
	}
	return out
}

// flips are the conditions that one plan finds met and the other does not.
func flips(old, new *plan.Quote) []plan.Text {
	var out []plan.Text
	// What is left over in before at the end are conditions that are gone.
	before := map[string]plan.Answer{}
	for _, a := range old.Conditions {
		before[a.ID] = a
	}
	for _, a := range new.Conditions {
		b, there := before[a.ID]
		delete(before, a.ID)
		switch {
		case !there && !a.Met:
			out = append(out, say("新增条件“"+a.Text.ZH+"”未满足："+stands(a).ZH, "the new condition \""+a.Text.EN+"\" is not met: "+stands(a).EN))
		case there && b.Met && !a.Met:
			out = append(out, say("条件“"+a.Text.ZH+"”不再满足："+stands(a).ZH, "the condition \""+a.Text.EN+"\" is no longer met: "+stands(a).EN))
		case there && !b.Met && a.Met:
			out = append(out, say("条件“"+b.Text.ZH+"”现已满足："+stands(a).ZH, "the condition \""+b.Text.EN+"\" is met now: "+stands(a).EN))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if b := before[id]; !b.Met {
			out = append(out, say("条件“"+b.Text.ZH+"”已取消", "the condition \""+b.Text.EN+"\" is gone"))
		}
	}
	return out
}

// stands is what is there and what is needed.
func stands(a plan.Answer) plan.Text {
	return say("现有 "+a.Have.ZH+"，需要 "+a.Need.ZH, "there is "+a.Have.EN+", needed is "+a.Need.EN)
}

// values are the parameters that differ on the day and matter to this case. Whether one matters is tried
// out: the old plan answers once more with that one value of the new plan. Where no single value makes a
// difference (two of them do together), all that differ are named.
func (r *run) values(p *pair, was diff.Outcome) []plan.Text {
	oldRule, newRule := r.Old.Rule(p.rule), r.New.Rule(p.rule)
	var matter, differ []plan.Text
	for _, x := range newRule.Parameters {
		// A parameter that only one plan has came or went with a condition or a step, which is named itself.
		y := oldRule.Parameter(x.Name)
		is, isWords := worth(r.New, newRule, x, p.c.On, r.Set)
		if y == nil {
			continue
		}
		before, wasWords := worth(r.Old, oldRule, y, p.c.On, nil)
		if before == is {
			continue
		}
		words := say(x.Title.ZH+"（"+p.rule+"."+x.Name+"）："+wasWords.ZH+" → "+isWords.ZH, x.Title.EN+" ("+p.rule+"."+x.Name+"): "+wasWords.EN+" → "+isWords.EN)
		differ = append(differ, words)
		if is == "" {
			matter = append(matter, words)
			continue
		}
		q, err := r.Old.Quote(p.rule, p.oldFacts, p.c.On, plan.Settings{p.rule + "." + x.Name: is})
		if err == nil && !diff.OutcomeOf(q).Same(was) {
			matter = append(matter, words)
		}
	}
	if len(matter) == 0 {
		return differ
	}
	return matter
}

// worth is the value of a parameter on a day, as it is set and in words; "" where there is none.
func worth(p *plan.Pack, r *plan.Rule, x *plan.Parameter, on zhuanhua.Date, set plan.Settings) (string, plan.Text) {
	if v, ok := set[r.ID+"."+x.Name]; ok {
		return v, say(v, v)
	}
	if s := x.On(on); s != nil {
		return s.Value.String(), p.ParameterText(x, s.Value)
	}
	return "", say("未设定", "not set")
}
