package zhuanhua

import (
	"math/big"
	"strings"
)

// Money is an amount in fen (分), one hundredth of a yuan.
type Money int64

// Units of money in fen.
const (
	Yuan    Money = 100
	WanYuan Money = 10_000 * Yuan
	YiYuan  Money = 100_000_000 * Yuan
)

// Wan is the amount in 万元 with two decimals, as officials write it: 3800000 fen is "3.80".
// The third decimal is rounded half away from zero.
func (m Money) Wan() string {
	r := new(big.Rat).SetFrac64(int64(m), int64(WanYuan))
	return r.FloatString(2)
}

// ParseMoney reads an amount such as "200万元", "1,200.50 元", "0.3亿元" or "￥50万". A number without
// a unit is taken in yuan. It returns false when s holds no amount ("面议", "").
// Amounts finer than a fen or beyond int64 are refused.
func ParseMoney(s string) (Money, bool) {
	s = strings.NewReplacer(",", "", "，", "", " ", "", "　", "", "￥", "", "¥", "", "人民币", "", "约", "", "RMB", "").Replace(s)
	unit := Yuan
	for _, u := range []struct {
		suffix string
		fen    Money
	}{{"亿元", YiYuan}, {"亿", YiYuan}, {"万元", WanYuan}, {"万", WanYuan}, {"元", Yuan}, {"分", 1}} {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			s, unit = rest, u.fen
			break
		}
	}
	if !plainDecimal(s) {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(int64(unit)))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return Money(r.Num().Int64()), true
}

// plainDecimal reports whether s is digits with at most one point and an optional sign: big.Rat
// alone would also take fractions, exponents and hexadecimal, and an exponent can cost gigabytes.
func plainDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if len(s) > 40 {
		return false
	}
	digits, points := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}
