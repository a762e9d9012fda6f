package plan

import (
	"math/big"

	"cel.dev/cel-go/common/ast"

	"zhuanhua"
)

// Margin is how far a case stands from a bound that a condition compares one of its facts with. Who
// moves a bound wants to know whom the next small move concerns.
type Margin struct {
	Condition string
	Fact      *Fact
	Value     *big.Rat // of the fact: fen, days, years, or the share
	Bound     *big.Rat
	Have, At  Text // both in words
}

// Margins finds the bounds that a case is held against: every comparison of a fact with a number, a
// day or another fact, whether it holds or not. What is missing or not set has no margin.
func (p *Pack) Margins(rule string, facts Facts, on zhuanhua.Date, set Settings) ([]Margin, error) {
	r := p.Rule(rule)
	if r == nil {
		return nil, p.noRule(rule)
	}
	values, _, err := p.parameters(r, on, set)
	if err != nil {
		return nil, err
	}
	e := &evaluation{pack: p, rule: r, on: on, facts: facts, params: values, vars: map[string]any{}}
	e.bind()
	var out []Margin
	for i, c := range r.Conditions {
		for _, m := range e.margins(r.compiled.conditions[i].tree) {
			m.Condition = c.ID
			out = append(out, m)
		}
	}
	return out, nil
}

// margins walks through and, or and not down to the comparisons.
func (e *evaluation) margins(x ast.Expr) []Margin {
	if x.Kind() != ast.CallKind {
		return nil
	}
	args := x.AsCall().Args()
	// Equality has no margin: a grade is not nearly outstanding.
	switch x.AsCall().FunctionName() {
	case "_<_", "_<=_", "_>_", "_>=_":
		if m, ok := e.margin(args[0], args[1]); ok {
			return []Margin{m}
		}
		return nil
	}
	var out []Margin
	for _, a := range args {
		out = append(out, e.margins(a)...)
	}
	return out
}

// margin compares the fact with the other side, whichever side of the sign the fact stands on.
func (e *evaluation) margin(a, b ast.Expr) (Margin, bool) {
	// threshold < received_fen says the same as received_fen > threshold.
	if e.factOf(a) == nil {
		a, b = b, a
	}
	f, value, bound := e.factOf(a), e.scalar(a), e.scalar(b)
	if f == nil || value == nil || bound == nil {
		return Margin{}, false
	}
	m := Margin{Fact: f, Value: value, Bound: bound, Have: e.pack.FactText(f, e.facts[f.ID]), At: same(decimal(bound))}
	if b.Kind() == ast.IdentKind {
		m.At = e.operandText(b.AsIdent())
	}
	return m, true
}

// operandText is the value of what a fact is compared with.
func (e *evaluation) operandText(id string) Text {
	if id == "on" {
		return same(e.on.String())
	}
	if e.rule.Parameter(id) != nil {
		return e.parameterText(id)
	}
	return e.pack.FactText(e.pack.Fact(id), e.facts[id])
}
