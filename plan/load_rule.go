package plan

import (
	"fmt"

	"zhuanhua"
)

// readRule reads one file of incentives/.
func (l *loader) readRule(n node) {
	r := &Rule{At: n.pos()}
	n.object(append([]field{
		must("rule", func(v node) { r.ID = v.id() }),
		must("title", func(v node) { r.Title = v.text() }),
		must("measure", func(v node) { r.Measure = v.ref() }),
		may("also", func(v node) { r.Also = v.refs() }),
		must("beneficiary", func(v node) { r.Beneficiary = v.text() }),
		must("source", func(v node) { r.Source = v.source() }),
		must("facts", func(v node) { r.Facts = v.refs() }),
		may("parameters", func(v node) {
			v.each(func(key, v node) { r.Parameters = append(r.Parameters, v.parameter(key)) })
		}),
		must("conditions", func(v node) {
			v.items(func(v node) { r.Conditions = append(r.Conditions, v.condition()) })
		}),
		must("amount", func(v node) { v.amount(r) }),
		may("years", func(v node) { r.Years = v.ref() }),
		may("once", func(v node) { r.Once = v.flag() }),
		may("yearly_gate", func(v node) { r.YearlyGate = v.ref() }),
		may("tranches", func(v node) {
			v.items(func(v node) { r.Tranches = append(r.Tranches, v.tranche()) })
		}),
		may("open", func(v node) {
			v.each(func(key, v node) { r.Open = append(r.Open, Open{key.id(), v.notSet()}) })
		}),
		may("workflow", func(v node) { r.Workflow = v.ref() }),
		may("form", func(v node) { r.Form = v.ref() }),
	}, n.period(&r.Valid)...)...)
	n.forward(r.Valid)
	l.pack.Rules = append(l.pack.Rules, r)
}

// parameter reads one parameter. Exactly one of values, not_set and assumed says where it stands.
func (n node) parameter(key node) *Parameter {
	p := &Parameter{Name: key.variable(), At: key.pos()}
	// A figure is stated, open, or assumed: two of these at once would leave open which one pays.
	states := 0
	for _, k := range []string{"values", "not_set", "assumed"} {
		if n.has(k) {
			states++
		}
	}
	if states != 1 {
		key.fault(say("参数 "+p.Name+" 应有且只有 values、not_set、assumed 之一", "the parameter "+p.Name+" needs exactly one of values, not_set and assumed"),
			say("方案写明的用 values，没有写明的用 not_set，没有写明而暂定的用 assumed", "values where the plan states it, not_set where it does not, assumed where a value stands in for now"))
	}
	n.object(
		must("kind", func(v node) {
			p.Type = parameterType(v.choice("rate", "money", "count", "bool", "choice"))
		}),
		must("title", func(v node) { p.Title = v.text() }),
		may("choices", func(v node) {
			v.items(func(v node) { p.Choices = append(p.Choices, v.choiceWord()) })
		}),
		may("values", func(v node) {
			v.items(func(v node) { p.Values = append(p.Values, v.setting(p)) })
		}),
		may("not_set", func(v node) { p.NotSet = v.notSet() }),
		may("assumed", func(v node) { v.assumed(p) }))
	return p
}

// parameterType is the type of a kind: packs say rate and choice, as officials do.
func parameterType(kind string) Type {
	switch kind {
	case "rate":
		return TypeShare
	case "choice":
		return TypeEnum
	}
	return Type(kind)
}

// choiceWord reads one way in which a choice can be made.
func (n node) choiceWord() *Word {
	w := &Word{At: n.pos()}
	n.object(
		must("code", func(v node) { w.Code = v.id() }),
		must("name", func(v node) { w.Name = v.text() }))
	return w
}

// setting reads a value that the plan states, with its days and its source.
func (n node) setting(p *Parameter) *Setting {
	s := &Setting{At: n.pos()}
	n.object(append([]field{
		must("value", func(v node) { s.Value = v.parameterValue(p) }),
		must("source", func(v node) { s.Source = v.source() }),
	}, n.period(&s.Valid)...)...)
	n.forward(s.Valid)
	return s
}

// assumed reads a value that stands in where the plan is silent.
func (n node) assumed(p *Parameter) {
	p.Assumed, p.NotSet = &Setting{At: n.pos()}, &NotSet{At: n.pos()}
	n.object(
		must("value", func(v node) { p.Assumed.Value = v.parameterValue(p) }),
		must("note", func(v node) { p.NotSet.Note = v.text() }),
		must("set_by", func(v node) { p.NotSet.SetBy = v.refs() }))
}

// parameterValue reads a figure in the form of its kind; a choice has to be among the choices, which are
// read before the value.
func (n node) parameterValue(p *Parameter) Value {
	s, ok := n.scalar()
	if !ok {
		return Value{Type: p.Type}
	}
	if p.Type == TypeEnum {
		var codes []string
		for _, w := range p.Choices {
			codes = append(codes, w.Code)
		}
		return Value{Type: TypeEnum, Code: n.choice(codes...)}
	}
	return n.value(p.Type, s)
}

// condition reads one condition.
func (n node) condition() *Condition {
	c := &Condition{At: n.pos(), Reach: ReachLater}
	n.object(
		must("id", func(v node) { c.ID = v.id() }),
		must("text", func(v node) { c.Text = v.text() }),
		must("when", func(v node) { c.When = v.expr() }),
		must("need", func(v node) { c.Need = v.text() }),
		must("next", func(v node) { c.Next = v.text() }),
		may("reach", func(v node) { c.Reach = Reach(v.choice("now", "later", "never")) }),
		must("source", func(v node) { c.Source = v.source() }))
	return c
}

// expr reads an expression; it is compiled when all is read.
func (n node) expr() Expr {
	s, _ := n.scalar()
	return Expr{s, n.pos()}
}

// amount reads the steps of a calculation with its bounds, or why a rule has no amount of its own.
func (n node) amount(r *Rule) {
	// A rule without an amount says why; silence would look like a gap.
	if n.has("none") {
		n.object(must("none", func(v node) { r.NoAmount = v.text() }))
		return
	}
	r.Amount = &Amount{At: n.pos()}
	n.object(
		must("steps", func(v node) {
			v.items(func(v node) { r.Amount.Steps = append(r.Amount.Steps, v.step()) })
		}),
		may("cap", func(v node) { r.Cap = v.ref() }),
		may("floor", func(v node) { r.Floor = v.ref() }))
	if len(r.Amount.Steps) == 0 {
		n.fault(say("计算没有步骤", "the calculation has no steps"), say("补上步骤，或写 none 说明为什么没有金额", "add steps, or say with none why there is no amount"))
	}
}

// step reads one step of a calculation.
func (n node) step() *Step {
	s := &Step{At: n.pos()}
	n.object(
		must("id", func(v node) { s.ID = v.variable() }),
		must("text", func(v node) { s.Text = v.text() }),
		must("value", func(v node) { s.Value = v.expr() }))
	return s
}

// tranche reads one part of a payment.
func (n node) tranche() (t Tranche) {
	t.At = n.pos()
	n.object(
		must("share", func(v node) {
			if s, ok := v.scalar(); ok {
				t.Share = v.value(TypeShare, s).Share
			}
		}),
		must("when", func(v node) { t.When = v.text() }))
	return t
}

// readTrials reads one file of trials/: the usual case of a rule, and trials that differ from it.
func (l *loader) readTrials(n node) {
	if n.has("stacking") {
		n.object(must("stacking", func(v node) { v.items(l.readStackingTrial) }))
		return
	}
	var rule Ref
	var on zhuanhua.Date
	base := &Trial{Facts: Facts{}, factsAt: map[string]Pos{}}
	n.object(
		must("rule", func(v node) { rule = v.ref() }),
		must("on", func(v node) { on = v.date() }),
		must("base", func(v node) { l.trialFacts(v, base) }),
		must("trials", func(v node) {
			v.items(func(v node) { l.readTrial(v, rule, on, base) })
		}))
}

// readStackingTrial reads a trial about two rules on one contract.
func (l *loader) readStackingTrial(n node) {
	t := &Trial{At: n.pos()}
	n.object(
		must("trial", func(v node) { t.Name = v.text() }),
		must("rules", func(v node) { t.Pair = v.pair() }),
		must("answer", func(v node) { t.Expect.Answer = v.choice("allow", "refuse", "flag") }))
	l.pack.Trials = append(l.pack.Trials, t)
}

// trialFacts reads facts as people write them: money with its unit.
func (l *loader) trialFacts(n node, t *Trial) {
	n.each(func(key, v node) {
		f := l.pack.Fact(key.y.Value)
		if f == nil {
			key.fault(say(fmt.Sprintf("未知的事实 %q", key.y.Value), fmt.Sprintf("unknown fact %q", key.y.Value)), meant(key.y.Value, factIDs(l.pack.Facts)).or(say("可用的事实见 facts.yaml", "facts.yaml lists the facts")))
			return
		}
		// A value that is refused is left out; its fault stands where it is written.
		if value, ok := v.fact(l.pack, f); ok {
			t.Facts[f.ID], t.factsAt[f.ID] = value, key.pos()
		}
	})
}

func factIDs(facts []*Fact) []string {
	var out []string
	for _, f := range facts {
		out = append(out, f.ID)
	}
	return out
}

func (l *loader) readTrial(n node, rule Ref, on zhuanhua.Date, base *Trial) {
	t := &Trial{Rule: rule, On: on, At: n.pos(), Facts: Facts{}, Set: map[string]string{}, factsAt: map[string]Pos{}, setAt: map[string]Pos{}}
	// A trial says only what differs from the usual case, so that its reader sees at once what it is about.
	for id, v := range base.Facts {
		t.Facts[id], t.factsAt[id] = v, base.factsAt[id]
	}
	n.object(
		must("trial", func(v node) { t.Name = v.text() }),
		may("on", func(v node) { t.On = v.date() }),
		may("set", func(v node) {
			v.each(func(key, v node) {
				t.Set[key.y.Value], _ = v.scalar()
				t.setAt[key.y.Value] = key.pos()
			})
		}),
		may("facts", func(v node) { l.trialFacts(v, t) }),
		may("without", func(v node) { v.without(t) }),
		must("expect", func(v node) { v.expectation(&t.Expect) }))
	l.pack.Trials = append(l.pack.Trials, t)
}

// without takes facts out of the usual case. One that is not there is refused: the trial would test
// nothing.
func (n node) without(t *Trial) {
	for _, r := range n.refs() {
		if _, ok := t.Facts[r.ID]; !ok {
			n.list.add(r.At, say("通常情形里没有 "+r.ID, "the usual case has no "+r.ID), say("删去这一项", "remove it here"))
		}
		delete(t.Facts, r.ID)
	}
}

// expectation reads what a trial expects; what it does not name is not compared.
func (n node) expectation(e *Expectation) {
	n.object(
		must("eligible", func(v node) { b := v.flag(); e.Eligible = &b }),
		may("amount", func(v node) { e.Amount = v.expectedAmount() }),
		may("unmet", func(v node) { e.Unmet, e.HasUnmet = v.refs(), true }),
		may("short_by", func(v node) { e.ShortBy = v.texts() }),
		may("have", func(v node) { e.Have = v.texts() }),
		may("unset", func(v node) { e.Unset, e.HasUnset = v.refs(), true }),
		may("min", func(v node) { e.Min = v.expectedAmount() }),
		may("max", func(v node) { e.Max = v.expectedAmount() }),
		may("years", func(v node) {
			if s, ok := v.scalar(); ok {
				years := v.value(TypeCount, s).Count
				e.Years = &years
			}
		}))
}

// expectedAmount reads money, or "none".
func (n node) expectedAmount() *ExpectedAmount {
	s, ok := n.scalar()
	switch {
	case !ok:
		return nil
	// "none" and nothing at all differ: the first expects that there is no amount, the second does not look.
	case s == "none":
		return &ExpectedAmount{Null: true}
	}
	return &ExpectedAmount{Fen: n.value(TypeMoney, s).Money}
}

// texts reads words by the id of a condition.
func (n node) texts() map[string]string {
	out := map[string]string{}
	n.each(func(key, v node) { out[key.y.Value], _ = v.scalar() })
	return out
}
