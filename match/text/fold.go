// Package text turns raw Chinese technical text into what can be compared: folded characters that
// remember where they stood, index terms, quantities with their units, and rare phrases. It knows
// nothing of documents or scores.
package text

import (
	_ "embed"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Folded is a text made comparable: NFKC (full and half width, ligatures, circled figures, Kangxi
// radicals), lower case, traditional and variant characters simplified, the private-use code points
// of older GB 18030 files replaced (GB 18030-2022), invisible characters dropped, every kind of
// blank and control character a plain blank.
//
// From[i] and To[i] are the code points [From, To) of the raw text that Runes[i] came from, so each
// span of folded characters has its place in the raw text.
type Folded struct {
	Runes []rune
	From  []int32
	To    []int32
}

// Raw returns the raw code point range of the folded characters [start, end).
func (f *Folded) Raw(start, end int) (int, int) {
	if start >= end {
		return 0, 0
	}
	return int(f.From[start]), int(f.To[end-1])
}

// Span returns the folded characters that came from the raw code points [from, to).
func (f *Folded) Span(from, to int) (int, int) {
	start, _ := slices.BinarySearch(f.From, int32(from))
	end, _ := slices.BinarySearch(f.From, int32(to))
	return start, end
}

// Fold folds a text. Invalid UTF-8 bytes count as one code point each and become blanks.
func Fold(s string) Folded {
	f := Folded{
		Runes: make([]rune, 0, len(s)/2+1),
		From:  make([]int32, 0, len(s)/2+1),
		To:    make([]int32, 0, len(s)/2+1),
	}
	f.Fold(s)
	return f
}

// Fold folds a text in the place of the one before, in its memory.
func (f *Folded) Fold(s string) {
	f.Runes, f.From, f.To = f.Runes[:0], f.From[:0], f.To[:0]
	var at int32 // code point index in s
	table := simplifiedForms()
	for len(s) > 0 {
		if r, ok := plainHan(s, table); ok {
			f.add(r, at, at+1)
			s = s[3:]
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if isPlain(r) && !combines(s[size:]) {
			f.add(lower(r), at, at+1)
			s = s[size:]
			at++
			continue
		}
		n := segment(s, size)
		points := int32(utf8.RuneCountInString(s[:n]))
		f.addSegment(s[:n], at, at+points)
		s = s[n:]
		at += points
	}
}

// plainHan is the first character of a text if it is one of the main block that folds to itself and what
// follows surely does not join it: nearly all are, and need not be looked at twice.
func plainHan(s string, table *forms) (rune, bool) {
	const first, last = 0xe4, 0xe9 // bytes that begin U+4000 to U+9FFF
	if len(s) < 3 || s[0] < first || s[0] > last || s[1]&0xc0 != 0x80 || s[2]&0xc0 != 0x80 {
		return 0, false
	}
	r := rune(s[0]&0xf)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
	if r < 0x4e00 || table.main[r-0x4e00] != 0 {
		return 0, false
	}
	if len(s) > 3 && s[3] >= utf8.RuneSelf && (s[3] < first || s[3] > last) && combines(s[3:]) {
		return 0, false
	}
	return r, true
}

func (f *Folded) add(r rune, from, to int32) {
	f.Runes = append(f.Runes, r)
	f.From = append(f.From, from)
	f.To = append(f.To, to)
}

// addSegment folds one normalisation segment: a starter with its combining marks.
func (f *Folded) addSegment(seg string, from, to int32) {
	first, size := utf8.DecodeRuneInString(seg)
	if first == utf8.RuneError && size <= 1 {
		f.add(' ', from, to)
		return
	}
	if power, ok := superscript(first); ok && size == len(seg) {
		if n := len(f.Runes); n > 0 && isDigit(f.Runes[n-1]) {
			f.add('^', from, to) // 10⁵ is a power, not 105
		}
		f.add(power, from, to)
		return
	}
	if r, ok := oldGB18030(first); ok && size == len(seg) {
		f.add(r, from, to)
		return
	}
	for _, r := range norm.NFKC.String(seg) {
		switch {
		case invisible(r):
		case unicode.IsSpace(r) || unicode.IsControl(r):
			f.add(' ', from, to)
		default:
			f.add(simplify(unicode.ToLower(r)), from, to)
		}
	}
}

// isPlain is the fast path: characters that NFKC and simplification leave alone, or ASCII.
func isPlain(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r != 0x7f
	}
	if r >= 0x4e00 && r <= 0x9fff {
		return simplifiedForms().main[r-0x4e00] == 0
	}
	return r == '，' || r == '。' || r == '、' || r == '；' || r == '：'
}

// combines reports whether the rest begins with something that may join the character before it:
// Chinese and ASCII text goes on with characters that surely do not.
func combines(rest string) bool {
	if len(rest) == 0 || rest[0] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return !(r >= 0x2e80 && r <= 0x9fff || r >= 0xff00 && r <= 0xff9d) || r >= 0x302a && r <= 0x302f || r == 0x3099 || r == 0x309a
}

// segment is the length in bytes of the normalisation segment at the start of s, whose first
// character has the given size. A segment of more marks than any script uses is cut: a hostile
// text must not make one segment of a megabyte.
func segment(s string, size int) int {
	const most = 32
	n := size
	for i := 0; i < most && n < len(s); i++ {
		p := norm.NFKC.PropertiesString(s[n:])
		if p.BoundaryBefore() || p.Size() == 0 {
			break
		}
		n += p.Size()
	}
	return n
}

// lower folds the case of a plain character; full-width punctuation stays as it is.
func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	switch r {
	case '，':
		return ','
	case '；':
		return ';'
	case '：':
		return ':'
	}
	return r
}

// invisible reports characters that take no part in a word: zero-width joiners and blanks, soft
// hyphens, direction marks, variation selectors, byte-order marks.
func invisible(r rune) bool {
	switch {
	case r == 0xad, r == 0x34f, r == 0x61c, r == 0xfeff:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return true
	}
	return false
}

// superscript is the digit that a superscript stands for.
func superscript(r rune) (rune, bool) {
	switch r {
	case '²', '³':
		return r - '²' + '2', true
	case '¹':
		return '1', true
	case '⁰':
		return '0', true
	case '⁻':
		return '-', true
	}
	if r >= '⁴' && r <= '⁹' {
		return r - '⁴' + '4', true
	}
	return 0, false
}

// oldGB18030 replaces the private-use code points that GB 18030-2000 and -2005 gave to characters
// which now have their own (GB 18030-2022, annex: 18 characters; and the 6 ideographs and ḿ moved earlier).
func oldGB18030(r rune) (rune, bool) {
	if r >= 0xe78d && r <= 0xe796 { // vertical punctuation
		return [...]rune{',', '、', '。', ':', ';', '!', '?', '〖', '〗', '…'}[verticalOrder[r-0xe78d]], true
	}
	to, ok := oldPrivate[r]
	return to, ok
}

// verticalOrder maps E78D–E796 (︐︒︑︓︔︕︖︗︘︙) onto the plain marks above.
var verticalOrder = [...]int{0, 2, 1, 3, 4, 5, 6, 7, 8, 9}

var oldPrivate = map[rune]rune{
	0xe7c7: 0x1e3f,
	0xe81e: 0x9fb4, 0xe826: 0x9fb5, 0xe82b: 0x9fb6, 0xe82c: 0x9fb7,
	0xe832: 0x9fb8, 0xe843: 0x9fb9, 0xe854: 0x9fba, 0xe864: 0x9fbb,
	0xe816: 0x20087, 0xe817: 0x20089, 0xe818: 0x200cc, 0xe831: 0x215d7, 0xe83b: 0x2298f, 0xe855: 0x241fe,
}

//go:embed simplified.txt
var simplifiedTable string

// forms maps traditional and regional characters to their simplified form. The pairs are taken from
// OpenCC's character tables (Apache-2.0, see NOTICE). Nearly every character of a text is asked for,
// so those of the main block stand in an array.
type forms struct {
	main [0xa000 - 0x4e00]rune // 0: stays as it is
	rest map[rune]rune
}

var simplifiedForms = sync.OnceValue(func() *forms {
	f := &forms{rest: make(map[rune]rune, 1000)}
	var from rune
	for _, r := range simplifiedTable {
		switch {
		case r == '\n':
			from = 0
		case from == 0:
			from = r
		case from >= 0x4e00 && from <= 0x9fff:
			f.main[from-0x4e00] = r
		default:
			f.rest[from] = r
		}
	}
	return f
})

func simplify(r rune) rune {
	f := simplifiedForms()
	if r >= 0x4e00 && r <= 0x9fff {
		if s := f.main[r-0x4e00]; s != 0 {
			return s
		}
		return r
	}
	if s, ok := f.rest[r]; ok {
		return s
	}
	return r
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// IsHan reports whether a folded character is written without blanks between words: Chinese
// characters of every block, and the kana and 〇 that stand among them.
func IsHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r == '〇' ||
		r >= 0x3400 && r <= 0x4dbf || r >= 0x20000 && r <= 0x323af || r >= 0x3041 && r <= 0x30ff
}

// IsWord reports whether a folded character belongs to a word of letters or digits.
func IsWord(r rune) bool {
	if r < utf8.RuneSelf {
		return isDigit(r) || r >= 'a' && r <= 'z'
	}
	return !IsHan(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
