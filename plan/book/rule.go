package book

import (
	"slices"
	"strconv"

	"zhuanhua"
	"zhuanhua/plan"
)

// rule is a money rule as the book shows it.
type rule struct {
	*plan.Rule
	Outline  *plan.Outline
	Items    []plan.Ref // of the plan, that the rule carries
	Params   []parameter
	Pairs    []pair
	Examples []example
	Trials   []trial
}

// parameter is a figure of a rule with all its values.
type parameter struct {
	*plan.Parameter
	Full, Role string // Role: what bound of the rule it is
	Rows       []setting
	Assumed    string // the value that stands in
	Headline   string // the value for the strip of figures; "" when it is not set
}

// setting is a value, the days on which it holds, and where it is written.
type setting struct {
	Value, Exact, Valid string
	Source              plan.Source
}

// pair is another rule and whether both may be claimed on one contract.
type pair struct {
	Other string
	plan.Stacking
}

func (b *builder) rule(r *plan.Rule, results []plan.TrialResult) (*rule, error) {
	o, err := b.pack.Outline(r.ID, b.first(r))
	if err != nil {
		return nil, err
	}
	v := &rule{Rule: r, Outline: o, Items: append([]plan.Ref{r.Measure}, r.Also...), Pairs: b.pairs(r)}
	for _, x := range r.Parameters {
		v.Params = append(v.Params, b.parameter(r, x))
	}
	var own []plan.TrialResult
	for _, t := range results {
		if t.Trial.Rule.ID == r.ID && t.Quote != nil {
			own = append(own, t)
			v.Trials = append(v.Trials, b.trial(t))
		}
	}
	for _, t := range chosen(own) {
		v.Examples = append(v.Examples, b.example(r, t))
	}
	return v, nil
}

func (b *builder) parameter(r *plan.Rule, x *plan.Parameter) parameter {
	v := parameter{Parameter: x, Full: r.ID + "." + x.Name, Role: b.role(r, x.Name)}
	unit := ""
	if x.Name == r.Years.ID {
		unit = b.say("年", " years")
	}
	for _, s := range x.Values {
		row := setting{Value: b.value(x, s.Value) + unit, Valid: b.period(s.Valid), Source: s.Source}
		if s.Value.Type == plan.TypeMoney {
			row.Exact = b.exact(s.Value.Money)
		}
		v.Rows = append(v.Rows, row)
	}
	if x.Assumed != nil {
		v.Assumed = b.value(x, x.Assumed.Value)
	}
	if s := x.On(b.first(r)); s != nil {
		v.Headline = b.value(x, s.Value) + unit
	}
	return v
}

// Figure reports whether a parameter is a number that belongs into the strip of figures.
func (p parameter) Figure() bool {
	return p.Type == plan.TypeMoney || p.Type == plan.TypeShare || p.Type == plan.TypeCount
}

// role says what bound of a rule a parameter is.
func (b *builder) role(r *plan.Rule, name string) string {
	switch name {
	case r.Cap.ID:
		return b.say("上限", "cap")
	case r.Floor.ID:
		return b.say("下限", "floor")
	case r.Years.ID:
		return b.say("最长年数", "most years")
	}
	return ""
}

// pairs are the pairs of the stacking table that name a rule.
func (b *builder) pairs(r *plan.Rule) []pair {
	var out []pair
	for _, s := range b.pack.Stacking.Pairs {
		if i := slices.IndexFunc(s.Rules[:], func(x plan.Ref) bool { return x.ID == r.ID }); i >= 0 {
			other := s.Rules[1-i].ID
			out = append(out, pair{other, b.pack.Stack(r.ID, other)})
		}
	}
	return out
}

// trial is a trial and its answer in one line.
type trial struct {
	*plan.Trial
	Set      []change
	Eligible bool
	Answer   string
	Why      []string // what is not met
}

// change is a parameter that a trial sets.
type change struct{ Name, Title, Value string }

func (b *builder) trial(t plan.TrialResult) trial {
	v := trial{Trial: t.Trial, Set: b.changes(t.Trial), Eligible: t.Quote.Eligible, Answer: b.answer(t.Quote)}
	for _, a := range t.Quote.Conditions {
		if !a.Met {
			v.Why = append(v.Why, b.in(a.Text))
		}
	}
	return v
}

// changes are the parameters that a trial sets, in the order of the rule.
func (b *builder) changes(t *plan.Trial) []change {
	var out []change
	for _, x := range b.pack.Rule(t.Rule.ID).Parameters {
		full := t.Rule.ID + "." + x.Name
		v, ok := t.Set[full]
		if !ok {
			continue
		}
		if w := (&plan.Vocabulary{Values: x.Choices}).Find(v); w != nil {
			v = b.in(w.Name)
		}
		out = append(out, change{full, b.in(x.Title), v})
	}
	return out
}

// answer is what a quote comes to, in a word or an amount.
func (b *builder) answer(q *plan.Quote) string {
	switch {
	case !q.Eligible:
		return b.say("不符合", "not eligible")
	case q.AmountFen == nil:
		return b.say("符合，金额未定", "eligible, no amount")
	}
	return b.exact(zhuanhua.Money(*q.AmountFen))
}

// example is a trial in full: facts in words, answer, calculation.
type example struct {
	trial
	Facts []named
	Quote *plan.Quote
	Unmet []unmet
}

// named is something with its value in words.
type named struct{ Title, Value string }

// unmet is a condition that is not met, with what is missing.
type unmet struct {
	plan.Answer
	Short string
}

func (b *builder) example(r *plan.Rule, t plan.TrialResult) example {
	v := example{trial: b.trial(t), Quote: t.Quote}
	for _, ref := range r.Facts {
		f := b.pack.Fact(ref.ID)
		value := b.say("未说明", "not stated")
		if x, ok := t.Trial.Facts[f.ID]; ok {
			value = b.in(b.pack.FactText(f, x))
		}
		v.Facts = append(v.Facts, named{b.in(f.Title), value})
	}
	for _, a := range t.Quote.Conditions {
		if !a.Met {
			v.Unmet = append(v.Unmet, unmet{a, b.shortBy(a)})
		}
	}
	return v
}

// shortBy is the least change that would satisfy a condition, in words; "" where no number says it.
func (b *builder) shortBy(a plan.Answer) string {
	if a.ShortBy == nil {
		return ""
	}
	if fen, err := strconv.ParseInt(*a.ShortBy, 10, 64); err == nil && a.Unit.EN == "fen" {
		return b.exact(zhuanhua.Money(fen))
	}
	return *a.ShortBy + " " + b.in(a.Unit)
}

// chosen picks at most three trials that show a rule at work: an amount below its bounds, one that meets
// the cap or waits for a rate, and one that falls short by a number. Trials that set no parameter
// come first: they show the plan as it stands.
func chosen(results []plan.TrialResult) []plan.TrialResult {
	pick := func(ok func(*plan.Quote) bool) func(plan.TrialResult) bool {
		return func(t plan.TrialResult) bool { return ok(t.Quote) }
	}
	paid := func(q *plan.Quote) bool { return q.AmountFen != nil && (q.MaxFen == nil || *q.AmountFen < *q.MaxFen) }
	bounded := func(q *plan.Quote) bool { return q.AmountFen != nil && q.MaxFen != nil && *q.AmountFen == *q.MaxFen }
	open := func(q *plan.Quote) bool { return q.Eligible && q.AmountFen == nil }
	short := func(q *plan.Quote) bool { return slices.ContainsFunc(q.Conditions, fallsShort) }
	refused := func(q *plan.Quote) bool { return !q.Eligible && q.Conditions[0].Met }
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(x, y plan.TrialResult) int { return min(len(x.Trial.Set), 1) - min(len(y.Trial.Set), 1) })
	var out []plan.TrialResult
	for _, kinds := range [][]func(*plan.Quote) bool{{paid, open}, {bounded, open}, {short, refused}} {
		for _, k := range kinds {
			i := slices.IndexFunc(sorted, pick(k))
			if i >= 0 && !slices.ContainsFunc(out, func(t plan.TrialResult) bool { return t.Trial == sorted[i].Trial }) {
				out = append(out, sorted[i])
				break
			}
		}
	}
	return out
}

// fallsShort reports whether a number says what a condition of the rule's own lacks. The first condition
// of a quote is the day, and it teaches little.
func fallsShort(a plan.Answer) bool { return a.ShortBy != nil && a.ID != "in_force" }
