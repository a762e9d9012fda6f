package plan

import (
	"math/big"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Bounds of one expression.
// They lie above what the longest rule of the real plan needs, and far below what anybody would
// notice: a pack is somebody else's text, and loading it must not cost more than reading it.
const (
	maxExprBytes = 600
	maxExprDepth = 24
	maxExprCost  = 200 // as CEL counts: about one a step, and one for each entry of a list
)

// newEnv is the language of a pack's rules: comparisons, logic, exact money and rates, and nothing
// that loops, converts or knows fractions other than exact ones. The standard library is left out but
// for logic, equality and lists of words; macros do not exist, so there is nothing to iterate with.
func (p *Pack) newEnv(k kinds) (*cel.Env, error) {
	logic := &env.LibrarySubset{DisableMacros: true}
	for _, f := range []string{"_&&_", "_||_", "!_", "_?_:_", "_==_", "_!=_", "@in"} {
		logic.IncludeFunctions = append(logic.IncludeFunctions, &env.Function{Name: f})
	}
	// The parser counts depth and length before it builds anything, so a hostile expression costs its bytes.
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(logic)),
		cel.ParserRecursionLimit(maxExprDepth), cel.ParserExpressionSizeLimit(maxExprBytes),
		cel.Variable("on", k.date),
	}
	options = append(options, k.comparisons()...)
	options = append(options, k.arithmetic()...)
	return cel.NewCustomEnv(append(options, p.regionFunctions(k)...)...)
}

// comparisons declares < <= > >= for values of one type.
func (k kinds) comparisons() []cel.EnvOption {
	ordered := []struct {
		name    string
		of      *cel.Type
		compare func(a, b ref.Val) int
	}{
		{"money", k.money, compareExact}, {"share", k.share, compareExact},
		{"date", k.date, func(a, b ref.Val) int { return compareDates(a.(day).Date, b.(day).Date) }},
		{"int", cel.IntType, func(a, b ref.Val) int { return int(int64(a.(types.Int).Compare(b).(types.Int))) }},
	}
	// Every overload takes two values of one type: an amount is never compared with a rate or a day with a
	// number, which CEL's own comparisons of mixed numbers would allow.
	var out []cel.EnvOption
	for op, holds := range map[string]func(int) bool{
		"_<_": func(c int) bool { return c < 0 }, "_<=_": func(c int) bool { return c <= 0 },
		"_>_": func(c int) bool { return c > 0 }, "_>=_": func(c int) bool { return c >= 0 },
	} {
		var overloads []cel.FunctionOpt
		for _, o := range ordered {
			overloads = append(overloads, cel.Overload(op+o.name, []*cel.Type{o.of, o.of}, cel.BoolType,
				cel.BinaryBinding(func(a, b ref.Val) ref.Val { return types.Bool(holds(o.compare(a, b))) })))
		}
		out = append(out, cel.Function(op, overloads...))
	}
	return out
}

// compareExact orders exact numbers; the type check has made sure that they are of one kind.
func compareExact(a, b ref.Val) int { return a.(exact).Cmp(b.(exact).Rat) }

// arithmetic declares what may be done with money: add, subtract, take a share, the smaller, the
// larger, so many times. Nothing rounds.
func (k kinds) arithmetic() []cel.EnvOption {
	two := func(id string, a, b, out *cel.Type, do func(a, b *big.Rat) *big.Rat) cel.FunctionOpt {
		return cel.Overload(id, []*cel.Type{a, b}, out, cel.BinaryBinding(func(x, y ref.Val) ref.Val {
			return exact{do(number(x), number(y)), out}
		}))
	}
	times := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
	pick := func(sign int) func(a, b *big.Rat) *big.Rat {
		return func(a, b *big.Rat) *big.Rat {
			if a.Cmp(b)*sign > 0 {
				return b
			}
			return a
		}
	}
	return []cel.EnvOption{
		cel.Function("_+_", two("money+money", k.money, k.money, k.money, func(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) })),
		cel.Function("_-_", two("money-money", k.money, k.money, k.money, func(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) })),
		// A product of two amounts has no meaning and is not declared; int*money is "so much for each year".
		cel.Function("_*_",
			two("share*money", k.share, k.money, k.money, times), two("money*share", k.money, k.share, k.money, times),
			two("share*share", k.share, k.share, k.share, times), two("int*money", cel.IntType, k.money, k.money, times)),
		cel.Function("min", two("min_money", k.money, k.money, k.money, pick(1))),
		cel.Function("max", two("max_money", k.money, k.money, k.money, pick(-1))),
	}
}

// number is the exact number of an argument that the checker let through.
func number(v ref.Val) *big.Rat {
	if n, ok := v.(types.Int); ok {
		return new(big.Rat).SetInt64(int64(n))
	}
	return v.(exact).Rat
}

// regionFunctions declares inside(region), outside(region) of the plan's region, and stated(fact):
// a condition that only asks for a fact to be there.
func (p *Pack) regionFunctions(k kinds) []cel.EnvOption {
	anything := cel.TypeParamType("T")
	test := func(name string, holds func(string) bool) cel.EnvOption {
		return cel.Function(name, cel.Overload(name+"_region", []*cel.Type{k.region}, cel.BoolType,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Bool(holds(v.(place).code)) })))
	}
	return []cel.EnvOption{
		test("inside", p.inside),
		test("outside", func(code string) bool { return !p.inside(code) }),
		// Evaluation is reached only when the fact is there (see evaluation.condition), so the answer is true.
		cel.Function("stated", cel.Overload("stated_any", []*cel.Type{anything}, cel.BoolType,
			cel.UnaryBinding(func(ref.Val) ref.Val { return types.True }))),
	}
}
