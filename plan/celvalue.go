package plan

import (
	"errors"
	"math/big"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"zhuanhua"
)

// kinds are the types of the expression language beside text, whole numbers and truth. Money and
// shares are different types, so that an expression that adds a rate to an amount does not compile.
type kinds struct{ money, share, date, region *types.Type }

// celKinds makes the types once a pack; environments of its rules share them, else values of one rule
// would not be values of the other.
func celKinds() kinds {
	return kinds{cel.OpaqueType("money"), cel.OpaqueType("share"), cel.OpaqueType("date"), cel.OpaqueType("region")}
}

// exact is money in fen or a share, as an exact number.
type exact struct {
	*big.Rat
	of *types.Type
}

// day is a date.
type day struct {
	zhuanhua.Date
	of *types.Type
}

// place is the code of a region.
type place struct {
	code string
	of   *types.Type
}

// errConvert answers requests to turn a value into something of another kind.
var errConvert = errors.New("values of a plan do not convert")

// The methods that CEL asks of values: they have one type, equal their like, and do not convert.

func (v exact) ConvertToNative(reflect.Type) (any, error) { return nil, errConvert }
func (v exact) ConvertToType(t ref.Type) ref.Val          { return noConversion(v, t) }
func (v exact) Type() ref.Type                            { return v.of }
func (v exact) Value() any                                { return v.Rat }
func (v exact) Equal(o ref.Val) ref.Val {
	w, ok := o.(exact)
	return types.Bool(ok && w.of == v.of && v.Cmp(w.Rat) == 0)
}

func (v day) ConvertToNative(reflect.Type) (any, error) { return nil, errConvert }
func (v day) ConvertToType(t ref.Type) ref.Val          { return noConversion(v, t) }
func (v day) Type() ref.Type                            { return v.of }
func (v day) Value() any                                { return v.Date }
func (v day) Equal(o ref.Val) ref.Val {
	w, ok := o.(day)
	return types.Bool(ok && w.Date == v.Date)
}

func (v place) ConvertToNative(reflect.Type) (any, error) { return nil, errConvert }
func (v place) ConvertToType(t ref.Type) ref.Val          { return noConversion(v, t) }
func (v place) Type() ref.Type                            { return v.of }
func (v place) Value() any                                { return v.code }
func (v place) Equal(o ref.Val) ref.Val {
	w, ok := o.(place)
	return types.Bool(ok && w.code == v.code)
}

// noConversion answers the one conversion that CEL itself needs, to the type, and refuses the others: a
// value that could become a text or a double would find a way around exactness.
func noConversion(v ref.Val, t ref.Type) ref.Val {
	if t == types.TypeType {
		return v.Type().(ref.Val)
	}
	return types.NewErr("%v", errConvert)
}

// cel is the value as expressions see it.
func (k kinds) cel(v Value) ref.Val {
	switch v.Type {
	case TypeMoney:
		return exact{fenRat(v.Money), k.money}
	case TypeShare:
		return exact{v.Share, k.share}
	case TypeCount, TypeYear:
		return types.Int(v.Count)
	// The name of a thing is for people; rules only ask whether there is one.
	case TypeBool, TypeNamed:
		return types.Bool(v.Bool)
	case TypeDate:
		return day{v.Date, k.date}
	case TypeRegion:
		return place{v.Code, k.region}
	}
	return types.String(v.Code)
}

// typeOf is the type of a value as expressions see it.
func (k kinds) typeOf(t Type) *cel.Type {
	switch t {
	case TypeMoney:
		return k.money
	case TypeShare:
		return k.share
	case TypeCount, TypeYear:
		return cel.IntType
	case TypeBool, TypeNamed:
		return cel.BoolType
	case TypeDate:
		return k.date
	case TypeRegion:
		return k.region
	}
	return cel.StringType
}
