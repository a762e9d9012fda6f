package plan

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"

	"zhuanhua"
)

// inForce is the condition that every rule has: the day lies in the rule's validity.
const inForce = "in_force"

// Fen is an amount of an answer. As JSON it is a decimal string: numbers of JSON lose large amounts.
type Fen int64

// MarshalText writes the amount in fen.
func (f Fen) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(f), 10), nil }

// UnmarshalText reads an amount in fen.
func (f *Fen) UnmarshalText(b []byte) error {
	n, bad := parseFen(raw{'s', string(b)})
	if bad != nil {
		return invalid("", bad.what, bad.do)
	}
	*f = Fen(n)
	return nil
}

// Quote is the answer of one rule for one case: eligible or not, how much, why, and where it is
// written. Plan, Version and Sum say what it was made under. Unset and Assumed say what it hangs on besides
// the facts and the plan: figures that nobody has set, and figures that stand in.
type Quote struct {
	Plan       string        `json:"plan"`
	Version    string        `json:"version"`
	Sum        string        `json:"sum"`
	Rule       string        `json:"rule"`
	Title      Text          `json:"title"`
	On         zhuanhua.Date `json:"on"`
	Eligible   bool          `json:"eligible"`
	AmountFen  *Fen          `json:"amount_fen"`
	MinFen     *Fen          `json:"min_fen"`
	MaxFen     *Fen          `json:"max_fen"`
	YearsMax   *int64        `json:"years_max"`
	Unset      []string      `json:"unset"`
	Settings   Settings      `json:"settings,omitempty"`
	Assumed    []Assumption  `json:"assumed"`
	Conditions []Answer      `json:"conditions"`
	Trace      []TraceStep   `json:"trace"`
	Unused     []string      `json:"unused,omitempty"` // facts that were given and that the rule does not ask for
	Source     Source        `json:"source"`
}

// Assumption is a parameter on which the plan is silent, with the value that stands in.
type Assumption struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Note  Text   `json:"note"`
}

// Answer is one condition with what is there, what is needed and what is missing.
type Answer struct {
	ID      string
	Text    Text
	Met     bool
	Have    Text
	Need    Text
	ShortBy *string  // the least change that satisfies the condition, in Unit; nil where no number fits
	Unit    Text     // of ShortBy
	Missing []string // facts that are not stated
	Next    Text     // the cheapest next step; zero when the condition is met
	Reach   Reach    // how near that is; "" when the condition is met
	Source  Source
}

// MarshalJSON writes the English words under the plain names and the Chinese ones beside them.
func (a Answer) MarshalJSON() ([]byte, error) {
	// The order and the names are fixed here: other programs read them.
	type words struct {
		ID      string   `json:"id"`
		Text    string   `json:"text"`
		TextZH  string   `json:"text_zh"`
		Met     bool     `json:"met"`
		Have    string   `json:"have"`
		HaveZH  string   `json:"have_zh"`
		Need    string   `json:"need"`
		NeedZH  string   `json:"need_zh"`
		ShortBy *string  `json:"short_by"`
		Unit    string   `json:"unit,omitempty"`
		UnitZH  string   `json:"unit_zh,omitempty"`
		Missing []string `json:"missing,omitempty"`
		Next    string   `json:"next,omitempty"`
		NextZH  string   `json:"next_zh,omitempty"`
		Reach   Reach    `json:"reach,omitempty"`
		Source  Source   `json:"source"`
	}
	return json.Marshal(words{a.ID, a.Text.EN, a.Text.ZH, a.Met, a.Have.EN, a.Have.ZH, a.Need.EN, a.Need.ZH,
		a.ShortBy, a.Unit.EN, a.Unit.ZH, a.Missing, a.Next.EN, a.Next.ZH, a.Reach, a.Source})
}

// Quote answers one rule for the facts of a case on a day. Facts must come from ReadFacts (or be of
// the declared types). A day outside the validity, a missing fact and an unmet condition are answers;
// an error means that the question itself is wrong.
func (p *Pack) Quote(rule string, facts Facts, on zhuanhua.Date, set Settings) (*Quote, error) {
	r := p.Rule(rule)
	if r == nil {
		return nil, p.noRule(rule)
	}
	values, unset, err := p.parameters(r, on, set)
	if err != nil {
		return nil, err
	}
	// The answer carries what it was made under; without that, nobody could make it again.
	q := &Quote{Plan: p.ID, Version: p.Version, Sum: p.Sum, Rule: r.ID, Title: r.Title, On: on, Settings: set, Unset: append([]string{}, unset...), Source: r.Source}
	e := &evaluation{pack: p, rule: r, on: on, facts: facts, params: values, vars: map[string]any{}}
	e.bind()
	if err := e.conditions(q); err != nil {
		return nil, err
	}
	q.bounds(r, values)
	q.Assumed = assumptions(r, set)
	// Facts that the rule does not ask for are named, not refused: one file of facts serves all rules.
	for id := range facts {
		if !r.Asks(id) {
			q.Unused = append(q.Unused, id)
		}
	}
	slices.Sort(q.Unused)
	return q, e.amount(q)
}

// QuoteAll answers every rule of the pack: what applies to me. Settings go to the rules they name; one
// that no rule has is refused.
func (p *Pack) QuoteAll(facts Facts, on zhuanhua.Date, set Settings) ([]*Quote, error) {
	// A setting goes to its own rule alone: other rules would refuse a parameter that they do not have.
	split := map[string]Settings{}
	for _, name := range sortedKeys(set) {
		rule, _, _ := strings.Cut(name, ".")
		if p.Rule(rule) == nil {
			return nil, p.noRule(rule)
		}
		if split[rule] == nil {
			split[rule] = Settings{}
		}
		split[rule][name] = set[name]
	}
	out := make([]*Quote, 0, len(p.Rules))
	for _, r := range p.Rules {
		q, err := p.Quote(r.ID, facts, on, split[r.ID])
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

// noRule refuses a rule that is not there; it suggests the nearest.
func (p *Pack) noRule(id string) error {
	var ids []string
	for _, r := range p.Rules {
		ids = append(ids, r.ID)
	}
	do := meant(id, ids)
	shown := raw{'s', id}.shown()
	return invalid("", say("没有规则 "+shown, "there is no rule "+shown), do)
}

// assumptions lists the parameters that nobody set and that the plan does not state.
func assumptions(r *Rule, set Settings) []Assumption {
	// Once an officer has set a value it is an assumption no more.
	out := []Assumption{}
	for _, x := range r.Parameters {
		if _, ok := set[r.ID+"."+x.Name]; !ok && x.Assumed != nil {
			out = append(out, Assumption{r.ID + "." + x.Name, x.Assumed.Value.String(), x.NotSet.Note})
		}
	}
	return out
}

// bounds shows floor, cap and years whether or not the case is eligible: they are what people ask first.
func (q *Quote) bounds(r *Rule, values map[string]Value) {
	money := func(ref Ref) *Fen {
		if v, ok := values[ref.ID]; ok && ref.ID != "" {
			f := Fen(v.Money)
			return &f
		}
		return nil
	}
	q.MinFen, q.MaxFen = money(r.Floor), money(r.Cap)
	if v, ok := values[r.Years.ID]; ok && r.Years.ID != "" {
		q.YearsMax = &v.Count
	}
}

// evaluation is one rule being answered.
// It lives for one question; nothing in it is shared, so that many questions can be asked at once.
type evaluation struct {
	pack   *Pack
	rule   *Rule
	on     zhuanhua.Date
	facts  Facts
	params map[string]Value
	vars   map[string]any      // what expressions see
	steps  map[string]*big.Rat // results of the calculation so far
}

// bind puts facts and parameters where expressions find them. What is missing is left out and never given
// a zero value, which an expression could not tell from a stated one.
func (e *evaluation) bind() {
	k := e.rule.compiled.kinds
	e.vars["on"] = day{e.on, k.date}
	for _, f := range e.rule.Facts {
		if v, ok := e.facts[f.ID]; ok {
			e.vars[f.ID] = k.cel(v)
		}
	}
	for name, v := range e.params {
		e.vars[name] = k.cel(v)
	}
}

// conditions judges all conditions; every one has to be met.
func (e *evaluation) conditions(q *Quote) error {
	// All are judged even when the first is unmet: who is told one reason at a time comes back each time.
	q.Conditions = make([]Answer, 0, len(e.rule.Conditions)+1)
	q.Conditions = append(q.Conditions, e.inForce())
	for i, c := range e.rule.Conditions {
		a, err := e.condition(c, e.rule.compiled.conditions[i])
		if err != nil {
			return err
		}
		q.Conditions = append(q.Conditions, a)
	}
	q.Eligible = !slices.ContainsFunc(q.Conditions, func(a Answer) bool { return !a.Met })
	return nil
}

// Validity is the rule's own period within the plan's.
func (p *Pack) Validity(r *Rule) zhuanhua.Period {
	v := p.Valid
	if !r.Valid.From.IsZero() {
		v.From = r.Valid.From
	}
	if !r.Valid.To.IsZero() {
		v.To = r.Valid.To
	}
	return v
}

// inForce is the condition that nobody has to write. Out of force is an answer and no error: people ask
// about last year and about next year.
func (e *evaluation) inForce() Answer {
	v := e.rule.compiled.validity
	a := Answer{ID: inForce, Text: say("当日在有效期内", "The rule is in force on the day"), Met: v.Holds(e.on), Have: same(e.on.String()),
		Need: e.rule.compiled.holds, Source: e.pack.ValidSource}
	if a.Met {
		return a
	}
	// Only one of the two is positive: the day lies on one side of the validity.
	short := strconv.FormatInt(max(daysBetween(e.on, v.From), daysBetween(v.To, e.on)), 10)
	a.ShortBy, a.Unit, a.Reach = &short, say("天", "days"), ReachNever
	if e.on.Before(v.From) {
		a.Reach = ReachLater
	}
	a.Next = say("按有效期内的日期办理，或查阅后续政策", "ask for a day within the validity, or look for the rule that follows")
	return a
}

// condition judges one condition. It is unmet when a fact is missing or a parameter is not set.
func (e *evaluation) condition(c *Condition, x *compiledExpr) (Answer, error) {
	a := Answer{ID: c.ID, Text: e.fill(c.Text), Need: e.fill(c.Need), Source: c.Source}
	// Everything that the expression names has to be there, even behind an || that would not look at it:
	// otherwise the answer would hang on the order in which somebody wrote the terms.
	for _, f := range x.facts {
		if _, ok := e.facts[f.ID]; !ok {
			a.Missing = append(a.Missing, f.ID)
		}
	}
	// A parameter that is not set makes the condition unmet as well: an unknown bound is not kept by anybody.
	ready := len(a.Missing) == 0
	for _, p := range x.params {
		if _, ok := e.params[p.Name]; !ok {
			ready = false
		}
	}
	// "Not stated" even where a second fact of the condition is there: half of what is needed decides nothing.
	if a.Have = e.have(x.facts); len(a.Missing) > 0 {
		a.Have = notStated()
	}
	if ready {
		out, _, err := x.program.Eval(e.vars)
		if err != nil {
			return a, fmt.Errorf("rule %s, condition %s: %w", e.rule.ID, c.ID, err)
		}
		a.Met = out == types.True
	}
	if !a.Met {
		a.Next, a.Reach = e.next(c, a.Missing), c.Reach
	}
	// A met condition falls short of nothing, and what is missing cannot be measured.
	if ready && !a.Met {
		a.ShortBy, a.Unit = e.leastChange(x)
	}
	return a, nil
}

// next is the cheapest next step: say what is missing, else what the condition advises.
func (e *evaluation) next(c *Condition, missing []string) Text {
	// The pack's advice is about a value that is there; before that, somebody has to state it.
	if len(missing) == 0 {
		return e.fill(c.Next)
	}
	var zh, en []string
	for _, id := range missing {
		f := e.pack.Fact(id)
		zh, en = append(zh, f.Title.ZH), append(en, f.Title.EN)
	}
	return say("请说明："+strings.Join(zh, "、"), "state: "+strings.Join(en, ", "))
}

// have says what is there: the value, or the values with their names where a condition looks at several.
func (e *evaluation) have(facts []*Fact) Text {
	var zh, en strings.Builder
	for i, f := range facts {
		v, ok := e.facts[f.ID]
		if !ok {
			continue
		}
		t := e.pack.valueText(v, f.Vocabulary.ID)
		if len(facts) == 1 {
			return t
		}
		if i > 0 {
			zh.WriteString("；")
			en.WriteString("; ")
		}
		zh.WriteString(f.Title.ZH + "：" + t.ZH)
		en.WriteString(f.Title.EN + ": " + t.EN)
	}
	return say(zh.String(), en.String())
}

// fill puts the values of parameters in place of {{name}}.
func (e *evaluation) fill(t Text) Text {
	if !strings.Contains(t.ZH, "{{") && !strings.Contains(t.EN, "{{") {
		return t
	}
	// The two languages write values in their own way: 元 and yuan, 是 and yes.
	in := func(s string, l Lang) string {
		return placeholder.ReplaceAllStringFunc(s, func(m string) string {
			return e.parameterText(strings.Trim(m, "{}")).In(l)
		})
	}
	return say(in(t.ZH, ZH), in(t.EN, EN))
}

// parameterText is a parameter's value in words.
func (e *evaluation) parameterText(name string) Text {
	v, ok := e.params[name]
	p := e.rule.Parameter(name)
	if !ok || p == nil {
		return say("未设定的 "+e.rule.ID+"."+name, e.rule.ID+"."+name+" (not set)")
	}
	return e.pack.ParameterText(p, v)
}
