package text

import (
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
