package plan

import (
	"fmt"
	"math/big"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// TraceStep is one step of a calculation, in words and in figures.
type TraceStep struct {
	ID       string
	Text     Text   // what is computed
	Words    Text   // how: "比例 × 计算基数"
	Figures  Text   // with the values in it: "25% × 100.00 元 = 25.00 元"
	ValueFen string // the exact result in fen, "" for a step that is only words
}

// MarshalJSON writes the English words under the plain names and the Chinese ones beside them.
func (s TraceStep) MarshalJSON() ([]byte, error) {
	return marshalPairs([]pair{{"id", same(s.ID), false}, {"text", s.Text, true}, {"words", s.Words, true}, {"figures", s.Figures, true}, {"value_fen", same(s.ValueFen), false}})
}

// amount computes the amount of an eligible case: steps, cap, and one rounding down to the fen.
func (e *evaluation) amount(q *Quote) error {
	q.Trace = []TraceStep{}
	switch {
	// No amount for who is not eligible, not even "what it would have been": it would be quoted back.
	case !q.Eligible:
		q.Trace = append(q.Trace, notEligible(q.Conditions))
		return nil
	case e.rule.Amount == nil:
		q.Trace = append(q.Trace, TraceStep{ID: "none", Text: e.rule.NoAmount})
		return nil
	}
	// The steps' exact results are kept beside the variables: a trace writes them with all their decimals.
	e.steps = make(map[string]*big.Rat, len(e.rule.Amount.Steps))
	var last *big.Rat
	for _, s := range e.rule.compiled.steps {
		// The first figure that is missing ends the calculation; the steps before it are shown.
		if open := e.unset(s.compiledExpr); open != "" {
			q.Trace = append(q.Trace, TraceStep{ID: s.ID, Text: s.Text, Words: e.words(s.tree), Figures: say(open+" 未设定，金额无法计算", open+" is not set, the amount cannot be computed")})
			return nil
		}
		out, _, err := s.program.Eval(e.vars)
		if err != nil {
			return fmt.Errorf("rule %s, step %s: %w", e.rule.ID, s.ID, err)
		}
		// The compiler has made sure of the type; this is for a compiler that is wrong.
		value, ok := out.(exact)
		if !ok {
			return fmt.Errorf("rule %s, step %s: the result %v is no amount", e.rule.ID, s.ID, out)
		}
		e.vars[s.ID], e.steps[s.ID] = value, value.Rat
		last = value.Rat
		q.Trace = append(q.Trace, e.traced(s, last))
	}
	return e.finish(q, last)
}

// notEligible is the trace of a case without an amount: it repeats why.
func notEligible(conditions []Answer) TraceStep {
	var zh, en []string
	for _, a := range conditions {
		if !a.Met {
			zh, en = append(zh, a.Text.ZH), append(en, a.Text.EN)
		}
	}
	return TraceStep{ID: "not_eligible", Text: say("不符合条件，没有金额", "Not eligible, no amount"),
		Words: say("未满足："+strings.Join(zh, "；"), "not met: "+strings.Join(en, "; "))}
}

// unset names a parameter without a value that an expression needs.
func (e *evaluation) unset(x *compiledExpr) string {
	for _, p := range x.params {
		if _, ok := e.params[p.Name]; !ok {
			return e.rule.ID + "." + p.Name
		}
	}
	return ""
}

// traced writes a step down. A step that only takes a value over needs no equation.
func (e *evaluation) traced(s *compiledStep, value *big.Rat) TraceStep {
	t := TraceStep{ID: s.ID, Text: s.Text, Words: s.words, ValueFen: decimal(value)}
	if t.Words.IsZero() {
		t.Words = e.words(s.tree)
	}
	// "base = base" teaches nobody; only what is computed gets an equation.
	result := ratMoneyText(value)
	t.Figures = result
	if e.chosen(s.tree).Kind() == ast.CallKind {
		f := e.figures(s.tree)
		t.Figures = say(f.ZH+" = "+result.ZH, f.EN+" = "+result.EN)
	}
	return t
}

// finish applies the cap, rounds down to the fen, and refuses what no amount can hold.
func (e *evaluation) finish(q *Quote, value *big.Rat) error {
	// The cap comes before the rounding: cutting first and rounding then is what "at most" means, and with a
	// cap of whole fen both orders agree.
	if q.MaxFen != nil {
		limit := new(big.Rat).SetInt64(int64(*q.MaxFen))
		before, bound := ratMoneyText(value), ratMoneyText(limit)
		if limit.Cmp(value) < 0 {
			value = limit
		}
		after := ratMoneyText(value)
		q.Trace = append(q.Trace, TraceStep{ID: "cap", Text: say("封顶", "Cap"), Words: say("计算结果与上限中较小者", "the smaller of the result and the cap"),
			Figures:  say("min("+before.ZH+", "+bound.ZH+") = "+after.ZH, "min("+before.EN+", "+bound.EN+") = "+after.EN),
			ValueFen: decimal(value)})
	}
	whole := new(big.Int).Div(value.Num(), value.Denom()) // Euclidean: down, for the negative too
	// A subtraction can go below zero and a product above what an amount holds; either is a fault of the
	// rule or of the facts, and an amount that wraps around would be paid.
	if whole.Sign() < 0 || !whole.IsInt64() {
		return invalid("", say("规则 "+e.rule.ID+" 算出的金额超出范围", "the amount that rule "+e.rule.ID+" gives is out of range"), say("检查事实中的金额", "check the amounts among the facts"))
	}
	// From here on the amount is whole.
	fen := Fen(whole.Int64())
	q.AmountFen = &fen
	from, to := ratMoneyText(value), ratMoneyText(new(big.Rat).SetInt(whole))
	q.Trace = append(q.Trace, TraceStep{ID: "rounding", Text: say("舍到分", "Down to the fen"), Words: say("只在最后舍一次，不足一分的舍去", "once, at the end; parts of a fen are dropped"),
		Figures: say(from.ZH+" → "+to.ZH, from.EN+" → "+to.EN), ValueFen: whole.String()})
	return nil
}

// chosen is the branch that holds where an expression is a choice by a parameter.
func (e *evaluation) chosen(x ast.Expr) ast.Expr {
	// A trace that shows all branches shows the reader what did not happen.
	for x.Kind() == ast.CallKind && x.AsCall().FunctionName() == "_?_:_" {
		args := x.AsCall().Args()
		holds, ok := e.isWord(args[0])
		if !ok {
			return x
		}
		if holds {
			x = args[1]
		} else {
			x = args[2]
		}
	}
	return x
}

// isWord judges a comparison of a name with a word.
func (e *evaluation) isWord(x ast.Expr) (holds, ok bool) {
	if x.Kind() != ast.CallKind || x.AsCall().FunctionName() != "_==_" {
		return false, false
	}
	// Choices are written name == 'word'; any other test is left in the words as it is.
	a, b := x.AsCall().Args()[0], x.AsCall().Args()[1]
	if a.Kind() != ast.IdentKind || b.Kind() != ast.LiteralKind {
		return false, false
	}
	word, isText := e.vars[a.AsIdent()].(types.String)
	return isText && word == b.AsLiteral(), isText
}

// words says an expression with the names of its parts, figures with their values.
// Two renderings of one tree: what is computed, and with which values.
func (e *evaluation) words(x ast.Expr) Text   { return e.render(x, e.nameText, true) }
func (e *evaluation) figures(x ast.Expr) Text { return e.render(x, e.figureText, false) }

// signs are how people write the operators.
var signs = map[string]string{"_+_": " + ", "_-_": " − ", "_*_": " × "}

// render writes an expression for people, with brackets only where a sum stands in a product: formulas
// of rules are short.
func (e *evaluation) render(x ast.Expr, name func(string) Text, named bool) Text {
	x = e.chosen(x)
	switch x.Kind() {
	case ast.IdentKind:
		return name(x.AsIdent())
	case ast.CallKind:
		call := x.AsCall()
		var zh, en []string
		for _, a := range call.Args() {
			t := e.render(a, name, named)
			if sign := signs[call.FunctionName()]; sign == " × " && sum(a) {
				t = say("("+t.ZH+")", "("+t.EN+")")
			}
			zh, en = append(zh, t.ZH), append(en, t.EN)
		}
		if sign := signs[call.FunctionName()]; sign != "" {
			return say(strings.Join(zh, sign), strings.Join(en, sign))
		}
		return applied(call.FunctionName(), zh, en, named)
	case ast.LiteralKind:
		return same(fmt.Sprint(x.AsLiteral().Value()))
	}
	return Text{}
}

// applied is a function with its arguments: in a sentence where they are named, as a formula where they
// are figures.
func applied(function string, zh, en []string, named bool) Text {
	switch {
	case named && function == "min":
		return say(strings.Join(zh, "与")+"中较小者", "the smaller of "+strings.Join(en, " and "))
	case named && function == "max":
		return say(strings.Join(zh, "与")+"中较大者", "the larger of "+strings.Join(en, " and "))
	}
	return say(function+"("+strings.Join(zh, ", ")+")", function+"("+strings.Join(en, ", ")+")")
}

// sum reports whether an expression adds or subtracts, and so needs brackets inside a product.
func sum(x ast.Expr) bool {
	return x.Kind() == ast.CallKind && (x.AsCall().FunctionName() == "_+_" || x.AsCall().FunctionName() == "_-_")
}

// nameText is what people call a variable.
func (e *evaluation) nameText(id string) Text {
	if p := e.rule.Parameter(id); p != nil {
		return p.Title
	}
	if e.rule.Asks(id) {
		return e.pack.Fact(id).Title
	}
	for _, s := range e.rule.Amount.Steps {
		if s.ID == id {
			return s.Text
		}
	}
	return same(id)
}

// figureText is the value of a variable.
func (e *evaluation) figureText(id string) Text {
	// Steps first: they are the only names that have no declaration in the pack to look up.
	if r, ok := e.steps[id]; ok {
		return ratMoneyText(r)
	}
	if e.rule.Parameter(id) != nil {
		return e.parameterText(id)
	}
	if f := e.pack.Fact(id); f != nil {
		return e.pack.valueText(e.facts[id], f.Vocabulary.ID)
	}
	return same(id)
}
