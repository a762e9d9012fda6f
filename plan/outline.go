package plan

import (
	"slices"

	"cel.dev/cel-go/common/ast"

	"zhuanhua"
)

// Outline is a rule in words before anybody asks with facts: its conditions and the way to its amount,
// with the parameters of one day.
type Outline struct {
	On         zhuanhua.Date
	Valid      zhuanhua.Period // the rule's own within the plan's
	Conditions []ConditionWords
	Steps      []StepWords // in the order in which they are computed
}

// ConditionWords is a condition with the values of parameters in its texts.
type ConditionWords struct {
	*Condition
	Text, Need, Next Text
}

// StepWords is a step of a calculation and what it computes in words; Words is zero where that hangs on
// a choice that nobody has made.
type StepWords struct {
	*Step
	Words Text
}

// Outline says a rule in words, with the parameters that hold on a day.
func (p *Pack) Outline(rule string, on zhuanhua.Date) (*Outline, error) {
	r := p.Rule(rule)
	if r == nil {
		return nil, p.noRule(rule)
	}
	values, _, err := p.parameters(r, on, nil)
	if err != nil {
		return nil, err
	}
	e := &evaluation{pack: p, rule: r, on: on, params: values, vars: map[string]any{}}
	e.bind()
	out := &Outline{On: on, Valid: r.compiled.validity}
	for _, c := range r.Conditions {
		out.Conditions = append(out.Conditions, ConditionWords{c, e.fill(c.Text), e.fill(c.Need), e.fill(c.Next)})
	}
	for _, s := range r.compiled.steps {
		w := StepWords{Step: s.Step}
		if !e.undecided(s.tree) {
			w.Words = e.words(s.tree)
		}
		out.Steps = append(out.Steps, w)
	}
	return out, nil
}

// undecided reports whether an expression hangs on a choice by a parameter without a value.
func (e *evaluation) undecided(x ast.Expr) bool {
	if x = e.chosen(x); x.Kind() != ast.CallKind {
		return false
	}
	return x.AsCall().FunctionName() == "_?_:_" || slices.ContainsFunc(x.AsCall().Args(), e.undecided)
}

// FactText is a fact's value in words; codes are looked up in the pack.
func (p *Pack) FactText(f *Fact, v Value) Text { return p.valueText(v, f.Vocabulary.ID) }

// ParameterText is a parameter's value in words.
func (p *Pack) ParameterText(x *Parameter, v Value) Text {
	if w := (&Vocabulary{Values: x.Choices}).Find(v.Code); x.Type == TypeEnum && w != nil {
		return w.Name
	}
	return p.valueText(v, "")
}
