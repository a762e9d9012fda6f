package match

import (
	"cmp"
	"slices"
	"strings"

	"zhuanhua/match/text"
)

// analysed is a document taken apart for explanation.
type analysed struct {
	doc       *Document
	parts     []analysedPart
	sentences []sentence
	stage     said // the furthest stage that its texts name
}

type analysedPart struct {
	*Part
	read       string // the beginning of Raw that is read
	folded     text.Folded
	tokens     []text.Token
	quantities []text.Quantity
}

// mostRead is how many characters of a part are read for reasons: a book is not searched for quotations
// as a whole.
const mostRead = 20_000

func analyse(d *Document) *analysed {
	a := &analysed{doc: d, parts: make([]analysedPart, len(d.Parts))}
	for i := range d.Parts {
		p := &a.parts[i]
		p.Part = &d.Parts[i]
		p.read = p.Raw
		if len(p.read) > mostRead {
			p.read = sliceRunes(p.read, 0, mostRead)
		}
		p.folded = text.Fold(p.read)
		p.tokens = text.Tokens(&p.folded)
		p.quantities = text.Quantities(&p.folded)
	}
	a.sentences = sentencesOf(a)
	a.stage = furthest(a)
	return a
}

// span quotes the folded characters [start, end) of a part as they stand in the file.
func (p *analysedPart) span(start, end int) Span {
	from, to := p.folded.Raw(start, end)
	return Span{Field: p.Column, Start: from, End: to, Text: sliceRunes(p.Raw, from, to)}
}

// sliceRunes is s[from:to] counted in code points, invalid bytes as one each.
func sliceRunes(s string, from, to int) string {
	start, end, n := len(s), len(s), 0
	for i := range s {
		if n == from {
			start = i
		}
		if n == to {
			end = i
			break
		}
		n++
	}
	return s[start:max(start, end)]
}

// shared is a phrase that stands in both texts: folded characters, and one place in each.
type shared struct {
	phrase        string
	need, ach     *analysedPart
	needAt, achAt int
	length, minDF int
	weight        float64 // sum of the rarities of its pairs
	known, latin  bool    // a word of the lexicon or of somebody's keywords; a Latin word
	titles        bool
}

// place is where a term stands in the achievement.
type place struct{ part, at int32 }

// maxPlaces bounds how often one term of an achievement is looked at: a text that repeats a word ten
// thousand times must not cost ten thousand times as much.
const maxPlaces = 8

// sharedPhrases finds the longest phrases that need and achievement have in common, rarest first.
func sharedPhrases(s *state, need, ach *analysed) []shared {
	places := termPlaces(ach)
	best := map[string]shared{}
	for i := range need.parts {
		np := &need.parts[i]
		if np.Listed {
			continue
		}
		for _, t := range np.tokens {
			for _, at := range places[t.Term] {
				ap := &ach.parts[at.part]
				c, ok := extend(s, np, ap, int(t.Start), int(at.at))
				if old, seen := best[c.phrase]; ok && (!seen || betterPlace(&c, &old)) {
					best[c.phrase] = c
				}
			}
		}
	}
	return rarestFirst(best)
}

func termPlaces(d *analysed) map[text.Term][]place {
	n := 0
	for i := range d.parts {
		n += len(d.parts[i].tokens)
	}
	places := make(map[text.Term][]place, n)
	for i := range d.parts {
		if d.parts[i].Listed {
			continue
		}
		for _, t := range d.parts[i].tokens {
			if l := places[t.Term]; len(l) < maxPlaces {
				places[t.Term] = append(l, place{int32(i), t.Start})
			}
		}
	}
	return places
}

// longestPhrase is how many characters of a common phrase are quoted: enough to see that a text was
// copied.
const longestPhrase = 60

// extend grows a common token at a and b into the longest common phrase that begins there; it
// refuses when the phrase begins earlier, says nothing, or is a piece of a longer Latin word.
func extend(s *state, np, ap *analysedPart, a, b int) (shared, bool) {
	x, y := np.folded.Runes, ap.folded.Runes
	if a > 0 && b > 0 && x[a-1] == y[b-1] && joins(x[a-1]) {
		return shared{}, false
	}
	n := 0
	for n < longestPhrase && a+n < len(x) && b+n < len(y) && x[a+n] == y[b+n] && joins(x[a+n]) {
		n++
	}
	if !text.IsTerm(string(x[a : a+n])) {
		head, tail := loose(x, y, a, b, n)
		a, b, n = a+head, b+head, n-head-tail
	}
	if n < 2 || brokenWord(x, a, a+n) || brokenWord(y, b, b+n) {
		return shared{}, false
	}
	c := shared{phrase: string(x[a : a+n]), need: np, ach: ap, needAt: a, achAt: b, length: n}
	if text.Boilerplate(c.phrase) || text.IsUnit(c.phrase) || isFigure(x[a]) || !c.rate(s, x[a:a+n]) {
		return shared{}, false
	}
	c.titles = np.Role == RoleTitle || ap.Role == RoleTitle || np.Role == RoleKeywords || ap.Role == RoleKeywords
	return c, true
}

// loose counts the characters at the head and the tail of a common phrase that belong to the words
// around it rather than to the phrase: function words, and halves of words (in 形成报关草案 and 生成报关草单
// the common part is 报关, not 成报关草).
func loose(x, y []rune, a, b, n int) (head, tail int) {
	for head < n && (text.IsFunction(x[a+head]) || halfAtHead(x, a+head) || halfAtHead(y, b+head)) {
		head++
	}
	for tail < n-head {
		last := x[a+n-1-tail]
		if !text.IsFunction(last) && last != '计' && last != '-' && !halfAtTail(x, a+n-1-tail) && !halfAtTail(y, b+n-1-tail) {
			break
		}
		tail++
	}
	return head, tail
}

// halfAtHead reports whether the character at i ends a known word that began before it, and does not
// begin one itself.
func halfAtHead(r []rune, i int) bool {
	return i > 0 && i+1 < len(r) && known(r[i-1:i+1]) && !known(r[i:i+2])
}

// halfAtTail is halfAtHead for the last character of a phrase.
func halfAtTail(r []rune, i int) bool {
	return i > 0 && i+1 < len(r) && known(r[i:i+2]) && !known(r[i-1:i+1])
}

func known(pair []rune) bool {
	return text.IsHan(pair[0]) && text.IsHan(pair[1]) && text.IsWordPair(pair[0], pair[1])
}

// joins reports whether a folded character may stand inside a phrase.
func joins(r rune) bool { return text.IsHan(r) || text.IsWord(r) || r == '-' }

// brokenWord reports whether [start, end) cuts a Latin word or a number.
func brokenWord(r []rune, start, end int) bool {
	return start > 0 && text.IsWord(r[start-1]) && text.IsWord(r[start]) ||
		end < len(r) && text.IsWord(r[end-1]) && (text.IsWord(r[end]) || r[end] == '.')
}

// isFigure reports whether a phrase begins with a figure: 5万吨 in both texts is a coincidence, and
// figures that matter are compared as figures.
func isFigure(r rune) bool { return r >= '0' && r <= '9' }

// commonShare is the share of the library above which a phrase is too common to tell anything.
const commonShare = 0.1

// rate looks up how rare the phrase is. It says false for bare numbers, and for pairs of characters
// that no list of words knows: two texts share many of those by accident (度高, 量大).
func (c *shared) rate(s *state, r []rune) bool {
	c.minDF = s.lex.Len() + 1
	for _, t := range text.Terms(c.phrase) {
		df := s.lex.DF(t)
		c.weight += s.lex.IDF(t)
		if df > 0 {
			c.minDF = min(c.minDF, df)
		}
	}
	if c.minDF > 3 && float64(c.minDF) > commonShare*float64(s.lex.Len()) {
		return false
	}
	letters := strings.ContainsFunc(c.phrase, func(r rune) bool { return r > '9' })
	c.latin = letters && text.IsWord(r[0])
	c.known = text.IsTerm(c.phrase)
	return letters && (c.length > 2 || c.known || c.latin)
}

// betterPlace prefers a place in a title or among keywords.
func betterPlace(a, b *shared) bool { return a.titles && !b.titles }

// rarestFirst orders phrases by what they weigh and drops those that lie inside a better one.
func rarestFirst(best map[string]shared) []shared {
	out := make([]shared, 0, len(best))
	for _, c := range best {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b shared) int {
		return cmp.Or(cmp.Compare(b.value(), a.value()), cmp.Compare(a.phrase, b.phrase))
	})
	kept := out[:0]
	for _, c := range out {
		if !slices.ContainsFunc(kept, func(k shared) bool { return strings.Contains(k.phrase, c.phrase) }) {
			kept = append(kept, c)
		}
	}
	return kept
}

// value is how much a phrase tells: its rarity, more when it is a known word or stands in a title.
func (c *shared) value() float64 {
	v := c.weight
	if c.known || c.latin {
		v *= 1.3
	}
	if c.titles {
		v *= 1.2
	}
	return v
}

func (c *shared) reason() Reason {
	return Reason{
		Kind: ReasonPhrase,
		Need: c.need.span(c.needAt, c.needAt+c.length), Achievement: c.ach.span(c.achAt, c.achAt+c.length),
		Note: "两份材料都提到“" + c.need.span(c.needAt, c.needAt+c.length).Text + "”",
	}
}
