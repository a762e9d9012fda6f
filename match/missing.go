package match

import (
	"slices"
	"strings"

	"zhuanhua/match/text"
)

// NoGood says that nothing in the library is a good match for a need, and what the library lacks.
type NoGood struct {
	// Best is the score of the best match, 0 without any.
	Best float64 `json:"best_score"`
	// Missing are words of the need that no document of the library has, Indicators the names of figures
	// that the need binds and no document gives.
	Missing    []string `json:"missing"`
	Indicators []string `json:"missing_indicators"`
}

// mostMissing is how many words are named, and how many indicators.
const mostMissing = 8

// noGood is what is said of a need whose best match is not good enough; nil for one that has a good match.
func (s *state) noGood(need *Document, matches []Match) *NoGood {
	n := &NoGood{Missing: []string{}, Indicators: []string{}}
	if len(matches) > 0 {
		n.Best = matches[0].Score
	}
	if n.Best >= leastFair {
		return nil
	}
	a := figured(need)
	for i := range a.parts {
		p := &a.parts[i]
		p.tokens = text.Tokens(&p.folded)
		s.missingWords(p, &n.Missing)
		for _, w := range p.quantities {
			if w.Comparator != text.Equal && w.Label != "" && s.unknown(w.Label) {
				n.Indicators = appendNew(n.Indicators, w.Label)
			}
		}
	}
	n.Missing = slices.DeleteFunc(n.Missing, func(w string) bool { return slices.Contains(n.Indicators, w) })
	return n
}

// missingWords adds the words of a part that no document has: those between marks of a list of keywords
// whole, elsewhere known words and Latin ones.
func (s *state) missingWords(p *analysedPart, out *[]string) {
	if p.Role == RoleKeywords {
		for _, w := range strings.FieldsFunc(string(p.folded.Runes), func(r rune) bool { return strings.ContainsRune(";,、|/ ", r) }) {
			if len([]rune(w)) > 1 && s.unknown(w) {
				*out = appendNew(*out, w)
			}
		}
		return
	}
	for i := 0; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.Kind == text.TokenQuantity || s.lex.DF(t.Term) > 0 {
			continue
		}
		start, end := int(t.Start), int(t.End)
		if t.Kind == text.TokenGram {
			// Neighbouring pairs that nobody has are one longer word, if any of them is a word.
			for i+1 < len(p.tokens) && p.tokens[i+1].Kind == text.TokenGram && int(p.tokens[i+1].Start) == end-1 && s.lex.DF(p.tokens[i+1].Term) == 0 {
				i++
				end = int(p.tokens[i].End)
			}
		}
		for _, w := range words(p.folded.Runes, start, end) {
			if names(w) {
				*out = appendNew(*out, w)
			}
		}
	}
}

// longestMissing is how many characters of a word are told at most; what is longer is no word.
const longestMissing = 8

// words cuts a stretch of a text that nobody has into words: at characters that join words, without the
// halves of words at its ends (of 报废汽车的电 before 池 remain 报废汽车).
func words(r []rune, start, end int) []string {
	if start > 0 && halfAtHead(r, start) {
		start++
	}
	if end < len(r) && end > start && known(r[end-1:end+1]) {
		end--
	}
	var out []string
	for _, w := range strings.FieldsFunc(string(r[start:end]), text.IsFunction) {
		if n := []rune(w); len(n) > 1 && len(n) <= longestMissing || text.IsWord(n[0]) {
			out = append(out, w)
		}
	}
	return out
}

// names reports whether a word names something: a known word or one with letters.
func names(w string) bool {
	r := []rune(w)
	if len(r) < 2 || text.Boilerplate(w) || text.IsUnit(w) {
		return false
	}
	if text.IsWord(r[0]) {
		return strings.ContainsFunc(w, func(r rune) bool { return r > '9' })
	}
	for i := range r {
		for n := 2; n <= 6 && i+n <= len(r); n++ {
			if text.IsTerm(string(r[i : i+n])) {
				return true
			}
		}
	}
	return false
}

// unknown reports whether no document has any term of a phrase.
func (s *state) unknown(phrase string) bool {
	terms := text.Terms(phrase)
	return len(terms) > 0 && !slices.ContainsFunc(terms, func(t text.Term) bool { return s.lex.DF(t) > 0 })
}

// appendNew appends a word that is not there yet, as long as there is room.
func appendNew(list []string, w string) []string {
	if len(list) >= mostMissing || slices.Contains(list, w) {
		return list
	}
	return append(list, w)
}

// figured is a document with its figures and nothing else that explanations need.
func figured(d *Document) *analysed {
	a := &analysed{doc: d, parts: make([]analysedPart, len(d.Parts))}
	for i := range d.Parts {
		p := &a.parts[i]
		p.Part, p.read = &d.Parts[i], d.Parts[i].Raw
		if len(p.read) > mostRead {
			p.read = sliceRunes(p.read, 0, mostRead)
		}
		p.folded = text.Fold(p.read)
		p.quantities = text.Quantities(&p.folded)
	}
	return a
}
