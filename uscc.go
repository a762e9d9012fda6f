package zhuanhua

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// usccAlphabet are the characters of a unified social credit code by value: no I, O, S, V and Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// usccLength is the length of a code, its check character included.
const usccLength = 18

// CheckUSCC reports what is wrong with a unified social credit code (统一社会信用代码, GB 32100), or "".
// The check character is the one that makes the weighted sum of all, with weights 3⁰, 3¹, 3², … modulo
// 31, a multiple of 31.
func CheckUSCC(code string) string {
	if n := utf8.RuneCountInString(code); n != usccLength {
		return fmt.Sprintf("a unified social credit code has 18 characters, this has %d", n)
	}
	sum, weight := 0, 1
	for i, r := range []rune(code)[:usccLength-1] {
		v := strings.IndexRune(usccAlphabet, r)
		if v < 0 {
			return fmt.Sprintf("character %d, %q, cannot be in a unified social credit code", i+1, r)
		}
		sum += v * weight
		weight = weight * 3 % len(usccAlphabet)
	}
	want := usccAlphabet[(len(usccAlphabet)-sum%len(usccAlphabet))%len(usccAlphabet)]
	if got := code[len(code)-1]; got != want {
		return fmt.Sprintf("the check character is %q, the others ask for %q: one of them is mistyped", got, want)
	}
	return ""
}
