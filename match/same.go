package match

import (
	"slices"

	"zhuanhua/match/text"
	"zhuanhua/match/vector"
)

// The same achievement stands in a library in several wordings: registered again in another year, by
// another unit, for another programme. In results one line stands for all of them and names the others.

// Same is a document that words another one's achievement anew.
type Same struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"` // what ranks it, before its evidence is looked at
	Why   SameWhy `json:"why"`
}

// SameWhy says what links two wordings.
type SameWhy string

// The links, the surest first.
const (
	SameDeclared SameWhy = "declared" // a record names the other as the same
	SameRight    SameWhy = "right"    // the number of a patent or registration is the same
	SameTitle    SameWhy = "title"    // the titles are nearly the same, and the holder or the texts too
	SameOwner    SameWhy = "owner"    // the texts mean much the same and a holder is the same
	SameText     SameWhy = "text"     // the texts are nearly the same
)

// Thresholds of links, those that match/family proposes families by (docs/intake.md), and for libraries
// without vectors the share of common pairs of characters.
const (
	sameTitle      = 0.80 // of the titles' pairs
	sameMaker      = 0.74 // cosine where a holder and a completer are the same
	sameHolder     = 0.84 // cosine where a holder is the same, or the title
	sameText       = 0.90 // cosine of any, where as many words are common as below
	sameWords      = 0.60 // share of common pairs of any
	sameHeldWords  = 0.30 // of those of one holder or one title
	sketchText     = 160  // characters that a sketch is made of
	fewTitlePairs  = 5    // titles with fewer pairs say too little
	mostSameLooked = 256  // ranked documents that are set beside each other
	sameSpare      = 64   // ranked documents beyond those wanted, for lines in place of those that are joined
)

// wording is a document as far as its being the same as another is concerned.
type wording struct {
	doc    *Document
	vec    vector.Vec  // of the first passage; without values where there is none
	title  []text.Term // pairs of the title, each once, sorted; nil until asked for
	sketch []text.Term // pairs of the beginning of the texts
}

// titlePairs are the pairs of a title without remarks in brackets and without figures, which tell years
// and editions.
func (w *wording) titlePairs() []text.Term {
	if w.title == nil {
		w.title = pairsOf(w.doc.Title(), sketchText, true)
	}
	return w.title
}

func (w *wording) textPairs() []text.Term {
	if w.sketch == nil {
		for _, p := range w.doc.Parts {
			if p.Role == RoleText {
				w.sketch = pairsOf(p.Raw, sketchText, false)
				break
			}
		}
	}
	return w.sketch
}

// texts reports whether a document says more than its title.
func (w *wording) texts() bool {
	return slices.ContainsFunc(w.doc.Parts, func(p Part) bool { return p.Role == RoleText && p.Raw != "" })
}

// pairsOf are the pairs of neighbouring characters of the beginning of a text, each once, sorted; never
// nil. core leaves figures out and what stands in brackets.
func pairsOf(s string, most int, core bool) []text.Term {
	if len(s) > 4*most {
		s = sliceRunes(s, 0, most)
	}
	f := text.Fold(s)
	pairs := make([]text.Term, 0, len(f.Runes))
	last, depth := rune(0), 0
	for _, r := range f.Runes {
		switch r {
		case '(', '[', '【', '〔', '「':
			depth++
		case ')', ']', '】', '〕', '」':
			depth = max(0, depth-1)
		}
		if !text.IsHan(r) && !text.IsWord(r) || core && (depth > 0 || isFigure(r)) {
			continue
		}
		if last != 0 {
			pairs = append(pairs, text.Gram(last, r))
		}
		last = r
	}
	slices.Sort(pairs)
	return slices.Compact(pairs)
}

// likeness is the share of common pairs of two sorted lists.
func likeness(a, b []text.Term) float64 {
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			common, i, j = common+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(common) / float64(max(1, len(a)+len(b)-common))
}

// same says why two documents word one achievement, "" where they do not.
func same(a, b *wording) SameWhy {
	f, g := &a.doc.Facts, &b.doc.Facts
	if f.Same == b.doc.ID || g.Same == a.doc.ID || f.Same != "" && f.Same == g.Same {
		return SameDeclared
	}
	if slices.ContainsFunc(f.Rights, func(r Right) bool {
		return r.Number != "" && slices.ContainsFunc(g.Rights, func(s Right) bool { return s.Number == r.Number })
	}) {
		return SameRight
	}
	held := common(f.Holders, g.Holders)
	if len(a.vec.Q) == 0 || len(a.vec.Q) != len(b.vec.Q) {
		return sameByWords(a, b, held)
	}
	cosine := float64(a.vec.Dot(b.vec))
	switch {
	case cosine >= sameText && likeness(a.textPairs(), b.textPairs()) >= sameHeldWords:
		return SameText
	case held && (cosine >= sameHolder || cosine >= sameMaker && common(f.People, g.People)):
		return SameOwner
	case (held || cosine >= sameHolder || !a.texts() && !b.texts()) && sameTitles(a, b):
		return SameTitle
	}
	return ""
}

// sameByWords is same for documents without vectors.
func sameByWords(a, b *wording, held bool) SameWhy {
	titled := sameTitles(a, b)
	switch {
	case titled && (held || !a.texts() && !b.texts()):
		return SameTitle
	case !a.texts() || !b.texts():
		return ""
	}
	like := likeness(a.textPairs(), b.textPairs())
	switch {
	case like >= sameWords:
		return SameText
	case like >= sameHeldWords && held:
		return SameOwner
	case like >= sameHeldWords && titled:
		return SameTitle
	}
	return ""
}

func sameTitles(a, b *wording) bool {
	x, y := a.titlePairs(), b.titlePairs()
	return len(x) >= fewTitlePairs && len(y) >= fewTitlePairs && likeness(x, y) >= sameTitle
}

func common(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return s != "" && slices.Contains(b, s) })
}

// line is a document that stands in results by itself, with the others that word the same.
type line struct {
	scored
	doc  *Document
	same []Same
}

// lines makes at most so many lines of ranked documents. Where wordings are grouped, the best ranked
// stands for all; each of the documents down to the last line is in exactly one.
func (s *state) lines(ranked []scored, most int, apart bool) []line {
	out := make([]line, 0, min(most, len(ranked)))
	var words []wording // of out, as far as they were looked at
	for i, r := range ranked {
		if len(out) == most {
			break
		}
		l := line{scored: r, doc: s.documentOf(r.doc)}
		if l.doc == nil {
			l.doc = &Document{ID: r.id} // cannot be: both are of one moment
		}
		if !apart && i < mostSameLooked {
			w := wording{doc: l.doc}
			if s.vec != nil {
				if vecs := s.vec.Vectors(s.vecOfDoc(r.doc)); len(vecs) > 0 {
					w.vec = vecs[0]
				}
			}
			if at, why := firstSame(words, &w); why != "" {
				out[at].same = append(out[at].same, Same{r.id, r.score, why})
				continue
			}
			words = append(words, w)
		}
		out = append(out, l)
	}
	return out
}

// Joined tells which documents of a ranked list word the achievement of one before them: by their ids, the
// id of that one.
func (e *Engine) Joined(found []Other) map[string]string {
	s := e.state()
	out := map[string]string{}
	for _, l := range s.lines(s.found(found), len(found), false) {
		for _, other := range l.same {
			out[other.ID] = l.id
		}
	}
	return out
}

// firstSame finds the first of the lines that words the same.
func firstSame(words []wording, w *wording) (int, SameWhy) {
	for i := range words {
		if why := same(&words[i], w); why != "" {
			return i, why
		}
	}
	return 0, ""
}
