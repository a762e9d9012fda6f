package plan

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"zhuanhua"
)

// Type is what sort of value a fact or a parameter holds.
type Type string

// The types of facts and parameters.
const (
	TypeMoney  Type = "money"  // whole fen, never negative
	TypeShare  Type = "share"  // an exact decimal from 0 to 1; of parameters: rate
	TypeCount  Type = "count"  // a whole number, never negative
	TypeYear   Type = "year"   // which year of support it is: 1 is the first
	TypeBool   Type = "bool"   // true or false
	TypeRegion Type = "region" // GB/T 2260 code or ISO 3166 country
	TypeDate   Type = "date"
	TypeEnum   Type = "enum"  // a code of a vocabulary; of parameters: choice
	TypeNamed  Type = "named" // true, false, or the name or number of the thing
)

// Value is one value of one type, exact.
type Value struct {
	Type  Type
	Money zhuanhua.Money // TypeMoney
	Share *big.Rat       // TypeShare
	Count int64          // TypeCount, TypeYear
	Bool  bool           // TypeBool, TypeNamed
	Code  string         // TypeEnum, TypeRegion; TypeNamed: the name, if one was given
	Date  zhuanhua.Date  // TypeDate
}

// String is the value as it is written in facts: fen, decimal, code or day.
func (v Value) String() string {
	switch v.Type {
	case TypeMoney:
		return strconv.FormatInt(int64(v.Money), 10)
	case TypeShare:
		return decimal(v.Share)
	case TypeCount, TypeYear:
		return strconv.FormatInt(v.Count, 10)
	case TypeDate:
		return v.Date.String()
	case TypeBool:
		return strconv.FormatBool(v.Bool)
	case TypeNamed:
		if v.Code != "" {
			return v.Code
		}
		return strconv.FormatBool(v.Bool)
	}
	return v.Code
}

// Equal reports whether two values are the same.
// Rates that are written differently, 25 % and 0.25, are the same value.
func (v Value) Equal(w Value) bool { return v.Type == w.Type && v.String() == w.String() }

// decimalForm is a plain decimal: no sign, no exponent, no leading zeros, at most 30 digits on a side.
var decimalForm = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?$`)

// parseDecimal reads a plain decimal exactly.
func parseDecimal(s string) (*big.Rat, bool) {
	if !decimalForm.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// decimal writes an exact number as a decimal, or as a fraction where no decimal ends.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	if digits, exact := r.FloatPrec(); exact {
		return r.FloatString(digits)
	}
	return r.RatString()
}

// Percent writes a rate for people, "25%".
func Percent(r *big.Rat) string {
	return decimal(new(big.Rat).Mul(r, big.NewRat(100, 1))) + "%"
}

// parseRate reads "25 %", "25%" or "0.25"; the rate lies between 0 and 1.
func parseRate(s string) (*big.Rat, Text) {
	// 25 without a sign is refused below rather than taken for 25 %: nobody could tell it from 2500 %.
	number, percent := strings.CutSuffix(s, "%")
	r, ok := parseDecimal(strings.TrimRight(number, " "))
	if !ok {
		shown := raw{'s', s}.shown()
		return nil, say(shown+" 不是比例", shown+" is no rate")
	}
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	if r.Cmp(big.NewRat(1, 1)) > 0 {
		return nil, say(fmt.Sprintf("比例 %s 大于 1（100%%）", s), fmt.Sprintf("the rate %s is above 1 (100%%)", s))
	}
	return r, Text{}
}

// rateForm says how to write a rate.
func rateForm() Text { return say("写成 25% 或 0.25", "write it as 25% or 0.25") }

// moneyForm asks for the unit: 500 alone is five hundred of something.
var moneyForm = regexp.MustCompile(`^([0-9][0-9.]*) ?(亿元|万元|元|分)$`)

// parseAmount reads money as people write it, with its unit: "500 万元", "0.01 元".
func parseAmount(s string) (zhuanhua.Money, Text) {
	bad := func(zh, en string) (zhuanhua.Money, Text) {
		shown := raw{'s', s}.shown()
		return 0, say("金额 "+shown+" "+zh, "the amount "+shown+" "+en)
	}
	m := moneyForm.FindStringSubmatch(s)
	if m == nil {
		return bad("没有单位或写法不对", "has no unit or is not written rightly")
	}
	r, ok := parseDecimal(m[1])
	if !ok {
		return bad("的数字写法不对", "is no plain number with a unit")
	}
	unit := map[string]zhuanhua.Money{"亿元": zhuanhua.YiYuan, "万元": zhuanhua.WanYuan, "元": zhuanhua.Yuan, "分": 1}[m[2]]
	// Exact: 0.1 亿元 is ten million yuan and not nearly so.
	r.Mul(r, new(big.Rat).SetInt64(int64(unit)))
	switch {
	case !r.IsInt():
		return bad("比一分还细", "is finer than a fen")
	case !r.Num().IsInt64():
		return bad("太大", "is too large")
	}
	return zhuanhua.Money(r.Num().Int64()), Text{}
}

// amountForm says how to write money in a pack.
func amountForm() Text {
	return say("写成 500 万元 或 0.01 元", "write it as 500 万元 or 0.01 元")
}

// dayForm is stricter than the date parser, which reads 2027.12.31 and 2027年12月31日 too.
var dayForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

// parseDay reads 2027-12-31 and nothing else.
func parseDay(s string) (zhuanhua.Date, bool) {
	if !dayForm.MatchString(s) {
		return zhuanhua.Date{}, false
	}
	return zhuanhua.ParseDate(s)
}

// ParseDay reads a day written 2027-12-31, and nothing else.
func ParseDay(s string) (zhuanhua.Date, bool) { return parseDay(s) }

// wholeForm has no sign, no separators and no leading zeros: 0100 is octal to some readers.
var wholeForm = regexp.MustCompile(`^(?:0|[1-9][0-9]*)$`)

// parseWhole reads a whole number that is not negative.
func parseWhole(s string) (int64, bool) {
	if !wholeForm.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
