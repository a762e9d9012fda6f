package plan

import (
	"math/big"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"zhuanhua"
)

// leastChange is the least change of a fact that satisfies an unmet condition, read off the
// condition's own comparison, so that it can never contradict it. It is nil where the condition is
// no comparison of one fact with a bound (or with another fact), or where no least change exists.
func (e *evaluation) leastChange(x *compiledExpr) (*string, Text) {
	d, f := e.distance(x.tree)
	if d == nil || d.Sign() == 0 {
		return nil, Text{}
	}
	// Decimals only: a third of a fen is nobody's next step.
	digits, ends := d.FloatPrec()
	if !ends {
		return nil, Text{}
	}
	s := d.FloatString(digits)
	unit := f.Unit
	if f.Type == TypeDate {
		unit = say("天", "days")
	}
	return &s, unit
}

// distance is how far an expression is from being true, and the fact that would have to change: nil
// when no number says it, zero when it is true.
func (e *evaluation) distance(x ast.Expr) (*big.Rat, *Fact) {
	if x.Kind() != ast.CallKind {
		return nil, nil
	}
	// "Not" and "or" have no least change of their own: which branch to take is the applicant's choice.
	call := x.AsCall()
	if call.FunctionName() == "_&&_" {
		return e.both(call.Args())
	}
	if len(call.Args()) != 2 {
		return nil, nil
	}
	a, b := call.Args()[0], call.Args()[1]
	f, g := e.factOf(a), e.factOf(b)
	if f == nil {
		f = g
	}
	left, right := e.scalar(a), e.scalar(b)
	if f == nil || left == nil || right == nil {
		return nil, nil
	}
	// A fact compared with a fact (an agreement before a contract) is measured by the one on the left: that
	// is the one that the condition is about.
	gap := new(big.Rat).Sub(right, left) // what the left side lacks
	switch call.FunctionName() {
	case "_>=_":
		return positive(gap), f
	case "_<=_":
		return positive(gap.Neg(gap)), f
	case "_>_":
		return e.beyond(gap, f), f
	case "_<_":
		return e.beyond(gap.Neg(gap), f), f
	// Words have no distance and do not come here: scalar knows none.
	case "_==_":
		return gap.Abs(gap), f
	}
	return nil, nil
}

// both is the distance of two comparisons of one fact that have to hold together.
func (e *evaluation) both(args []ast.Expr) (*big.Rat, *Fact) {
	a, f := e.distance(args[0])
	b, g := e.distance(args[1])
	switch {
	case a == nil || b == nil:
		return nil, nil
	case a.Sign() == 0:
		return b, g
	case b.Sign() == 0:
		return a, f
	// The larger of the two distances is enough only where one fact covers both.
	case f != g:
		return nil, nil // two facts would have to change
	case a.Cmp(b) > 0:
		return a, f
	}
	return b, g
}

// positive is a distance: what is more than enough lacks nothing.
func positive(r *big.Rat) *big.Rat {
	if r.Sign() < 0 {
		return new(big.Rat)
	}
	return r
}

// beyond is the distance to the next value past a bound: one fen, one year, one day more. Shares have
// no next value.
func (e *evaluation) beyond(gap *big.Rat, f *Fact) *big.Rat {
	switch {
	case gap.Sign() < 0:
		return new(big.Rat)
	case f.Type == TypeShare:
		return nil
	}
	return gap.Add(gap, big.NewRat(1, 1))
}

// factOf is the fact that an expression is, nil when it is anything else.
func (e *evaluation) factOf(x ast.Expr) *Fact {
	if x.Kind() != ast.IdentKind || !e.rule.Asks(x.AsIdent()) {
		return nil
	}
	return e.pack.Fact(x.AsIdent())
}

// scalar is the number that a name or a constant stands for, days for dates; nil when it has none.
func (e *evaluation) scalar(x ast.Expr) *big.Rat {
	var v ref.Val
	switch x.Kind() {
	case ast.IdentKind:
		v, _ = e.vars[x.AsIdent()].(ref.Val)
	case ast.LiteralKind:
		v = x.AsLiteral()
	case ast.CallKind:
		return e.branch(x.AsCall())
	}
	switch v := v.(type) {
	case exact:
		return v.Rat
	case types.Int:
		return new(big.Rat).SetInt64(int64(v))
	case day:
		return new(big.Rat).SetInt64(dayNumber(v.Date))
	}
	return nil
}

// branch is the number of the branch that a choice takes, such as the bound for a firm of this size; nil where the
// choice hangs on more than a comparison.
func (e *evaluation) branch(x ast.CallExpr) *big.Rat {
	if x.FunctionName() != "_?_:_" {
		return nil
	}
	d, _ := e.distance(x.Args()[0])
	switch {
	case d == nil:
		return nil
	case d.Sign() == 0:
		return e.scalar(x.Args()[1])
	}
	return e.scalar(x.Args()[2])
}

// dayNumber counts days from a fixed one.
func dayNumber(d zhuanhua.Date) int64 {
	// In UTC every day has the same length; days are counted, not hours.
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

// daysBetween is how many days b comes after a.
func daysBetween(a, b zhuanhua.Date) int64 { return dayNumber(b) - dayNumber(a) }

// Short is what the condition falls short by, in words, money in yuan; zero where no number fits.
func (a *Answer) Short() Text {
	if a.ShortBy == nil {
		return Text{}
	}
	if fen, ok := new(big.Rat).SetString(*a.ShortBy); ok && a.Unit.EN == "fen" {
		return ExactMoneyText(fen)
	}
	if share, ok := new(big.Rat).SetString(*a.ShortBy); ok && a.Unit.EN == "share" {
		points := decimal(share.Mul(share, big.NewRat(100, 1)))
		return say(points+" 个百分点", points+" percentage points")
	}
	return say(*a.ShortBy+" "+a.Unit.ZH, *a.ShortBy+" "+a.Unit.EN)
}
