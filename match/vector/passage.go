package vector

import (
	"strings"
	"unicode"
)

// Span is a part of a text by Unicode code points: Start is the first, End the one after the last.
type Span struct{ Start, End int }

// Of returns the part of the text that the span stands for.
func (s Span) Of(text string) string {
	from, to, n := len(text), len(text), 0
	for i := range text {
		if n == s.Start {
			from = i
		}
		if n == s.End {
			to = i
			break
		}
		n++
	}
	return text[from:max(from, to)]
}

// PassageTokens is how long a passage may be by default, in the tokens of newSplitter. It leaves room
// below the 512 tokens that the models read for what the estimate misses.
const PassageTokens = 450

// Passages splits a text into parts that a model can read whole, at ends of sentences, each part
// but the first beginning with the sentence that the one before ended with (unless that is too long
// to be said twice). A text of up to limit tokens is one passage; limit 0 means PassageTokens. A text
// without content has none.
func Passages(text string, limit int) []Span {
	if limit <= 0 {
		limit = PassageTokens
	}
	p := newSplitter([]rune(text), limit)
	whole := trimSpan(p.runes, Span{0, len(p.runes)})
	if whole.Start == whole.End {
		return nil
	}
	if p.fits(whole) {
		return []Span{whole}
	}
	return p.join(p.shorten(sentences(p.runes)))
}

// splitter knows how long each part of a text is.
type splitter struct {
	runes  []rune
	halves []int // half tokens before each rune, and in all
	limit  int   // in tokens
}

// newSplitter estimates the tokens of a text for a Chinese model: one a Chinese character or sign,
// one for two letters or digits of a word. That is rather high for words, so that a passage fits.
func newSplitter(runes []rune, limit int) *splitter {
	p := &splitter{runes: runes, halves: make([]int, len(runes)+1), limit: limit}
	for i, r := range runes {
		n := 2
		switch {
		case r <= ' ':
			n = 0
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			n = 1
		}
		p.halves[i+1] = p.halves[i] + n
	}
	return p
}

func (p *splitter) tokens(s Span) int { return (p.halves[s.End] - p.halves[s.Start] + 1) / 2 }

func (p *splitter) fits(s Span) bool { return p.tokens(s) <= p.limit }

// join puts neighbouring pieces, each of which fits, together to passages.
func (p *splitter) join(pieces []Span) []Span {
	var out []Span
	now := pieces[0]
	for i, piece := range pieces {
		if p.fits(Span{now.Start, piece.End}) {
			now.End = piece.End
			continue
		}
		out = append(out, now)
		now = piece
		// i > 0, since the first piece fits. What was said twice must not fill the passage.
		again := pieces[i-1]
		if p.tokens(again) <= p.limit/4 && p.fits(Span{again.Start, piece.End}) {
			now.Start = again.Start
		}
	}
	return append(out, now)
}

// shorten cuts sentences that do not fit at a comma, or anywhere if there is none.
func (p *splitter) shorten(sentences []Span) []Span {
	var out []Span
	for _, s := range sentences {
		for !p.fits(s) {
			cut := p.cut(s)
			out = append(out, trimSpan(p.runes, Span{s.Start, cut}))
			s = trimSpan(p.runes, Span{cut, s.End})
		}
		if s.Start < s.End {
			out = append(out, s)
		}
	}
	return out
}

// cut finds where the part of a sentence ends that fits: after its last comma if that is in the
// second half.
func (p *splitter) cut(s Span) int {
	comma, i := 0, s.Start+1
	for ; i < s.End && p.fits(Span{s.Start, i + 1}); i++ {
		if strings.ContainsRune("，,、：: ", p.runes[i]) {
			comma = i + 1
		}
	}
	if comma > (s.Start+i)/2 {
		return comma
	}
	return i
}

// Sentences splits a text after 。！？； and line ends, and after . ! ? ; where a space follows or that
// stand between Chinese characters, with the quotes and brackets that close there. White space around a sentence does not belong to it.
func Sentences(text string) []Span { return sentences([]rune(text)) }

func sentences(runes []rune) []Span {
	var out []Span
	start := 0
	for i := 0; i < len(runes); i++ {
		if !endsSentence(runes, i) {
			continue
		}
		for i+1 < len(runes) && (strings.ContainsRune("”’」』）》】)\"'", runes[i+1]) || endsSentence(runes, i+1)) {
			i++
		}
		if s := trimSpan(runes, Span{start, i + 1}); s.Start < s.End {
			out = append(out, s)
		}
		start = i + 1
	}
	if s := trimSpan(runes, Span{start, len(runes)}); s.Start < s.End {
		out = append(out, s)
	}
	return out
}

func endsSentence(runes []rune, i int) bool {
	switch runes[i] {
	case '。', '！', '？', '；', '\n', '\r', '\u2028', '\u2029', '．':
		return true
	case '.', '!', '?', ';':
		if i+1 == len(runes) || unicode.IsSpace(runes[i+1]) {
			return true
		}
		// Many journals set half-width points between Chinese sentences, without a blank.
		return i > 0 && unicode.Is(unicode.Han, runes[i-1]) && unicode.Is(unicode.Han, runes[i+1])
	}
	return false
}

func trimSpan(runes []rune, s Span) Span {
	for s.Start < s.End && unicode.IsSpace(runes[s.Start]) {
		s.Start++
	}
	for s.End > s.Start && unicode.IsSpace(runes[s.End-1]) {
		s.End--
	}
	return s
}
