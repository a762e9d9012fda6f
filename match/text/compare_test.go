package text

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestBoundCharacters: no word of comparison is missed for the character that it ends or begins with.
func TestBoundCharacters(t *testing.T) {
	for _, b := range before {
		if last, _ := utf8.DecodeLastRuneInString(b.word); !strings.ContainsRune(boundEnds, last) {
			t.Errorf("%s ends with what is not looked for", b.word)
		}
		f := Fold("示例 " + b.word + " 5 m")
		q := Quantities(&f)
		if len(q) != 1 || q[0].Comparator != b.cmp || q[0].Label != "示例" {
			t.Errorf("%s: %+v", b.word, q)
		}
	}
	for _, b := range after {
		if first, _ := utf8.DecodeRuneInString(b.word); !strings.ContainsRune(boundStarts, first) {
			t.Errorf("%s begins with what is not looked for", b.word)
		}
		blank := ""
		if b.word[0] < 0x80 {
			blank = " "
		}
		f := Fold("示例 5 m" + blank + b.word)
		if q := Quantities(&f); len(q) != 1 || q[0].Comparator != b.cmp {
			t.Errorf("%s: %+v", b.word, q)
		}
	}
}

// TestQuantitiesOfAnything: whatever stands around figures, a quantity lies in its text, does not overlap
// the next, and its bounds are in order.
func TestQuantitiesOfAnything(t *testing.T) {
	pool := []string{"0", "12", "3.5", "1,200", "-", "--", "±", "~", "至", "to ", " ", "≥", "不低于", "至少", "at least ", "以上", "or more", "%", "℃", "K", "万", "亿", "千", "吨", "W", "/", "(", ")", "·", "m", "³", "g/cm³", "×10⁵", "^", "收率", "误差", "零下", "为", "。", "a", "个百分点", "h"}
	rng := rand.New(rand.NewPCG(31, 32))
	found := 0
	for range 20_000 {
		var b strings.Builder
		for range 1 + rng.IntN(14) {
			b.WriteString(pool[rng.IntN(len(pool))])
		}
		f := Fold(b.String())
		end := 0
		for _, q := range Quantities(&f) {
			found++
			if q.LabelStart < 0 || q.LabelStart > q.Start || q.Start >= q.End || q.End > len(f.Runes) || q.End <= end {
				t.Fatalf("%q: %+v after %d", b.String(), q, end)
			}
			if !(q.BaseLow <= q.BaseHigh) || !(q.Low <= q.High) && q.Dims == "" {
				t.Fatalf("%q: bounds of %+v", b.String(), q)
			}
			if Judge(q, q) == Misses && (q.Comparator == AtLeast || q.Comparator == AtMost || q.Comparator == Between) {
				t.Fatalf("%q: %+v misses itself", b.String(), q)
			}
			end = q.End
		}
	}
	if found < 5000 {
		t.Errorf("only %d quantities", found)
	}
}
