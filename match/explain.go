package match

import (
	"strings"

	"zhuanhua/match/text"
	"zhuanhua/match/vector"
)

// Bounds of an explanation: enough to see why, few enough to read.
const (
	mostPhrases  = 4
	mostNumbers  = 4
	mostPassages = 2
	// leastPassage is the cosine from which two sentences are shown as saying alike: below it the
	// encoder's nearest pair is near by accident (docs/quality.md).
	leastPassage = 0.55
)

// rarestShare: a phrase is evidence when it holds a term among the rarest tenth of what one meets
// reading the library through.
const rarestShare = 0.1

// sentence is a span of a part with its vector.
type sentence struct {
	part       *analysedPart
	start, end int // raw code points
	vec        vector.Vec
}

// evidence is all that was found to say about a pair.
type evidence struct {
	reasons []Reason
	against []Objection
	strong  bool // a phrase among the rarest tenth, or a passage pair of the encoder
}

// explain gathers what speaks for and against a pair, the plainest first: figures, common words,
// passages alike, fields. vecs gives the vector of a sentence; nil
// without the encoder.
func (e *Engine) explain(s *state, need, ach *analysed, vecs func(string) (vector.Vec, bool)) evidence {
	ev := evidence{reasons: []Reason{}}
	numbers := compareNumbers(need, ach)
	shown := 0
	for i := range numbers {
		if numbers[i].verdict == text.Meets && shown < mostNumbers {
			ev.reasons = append(ev.reasons, numbers[i].reason())
			shown++
		}
	}
	phrases := sharedPhrases(s, need, ach)
	for i := range phrases[:min(mostPhrases, len(phrases))] {
		ev.reasons = append(ev.reasons, phrases[i].reason())
		ev.strong = ev.strong || phrases[i].minDF <= s.rarestDF
	}
	if vecs != nil {
		pairs := passagePairs(need, ach, vecs)
		ev.reasons = append(ev.reasons, pairs...)
		ev.strong = ev.strong || len(pairs) > 0
	}
	ev.reasons = append(ev.reasons, commonFields(&need.doc.Facts, &ach.doc.Facts)...)
	ev.against = objections(need, ach, numbers, e.opt.RegionName)
	return ev
}

// passagePairs are the nearest sentences of both texts, each sentence once.
func passagePairs(need, ach *analysed, vecs func(string) (vector.Vec, bool)) []Reason {
	var out []Reason
	ns, as := sentencesOf(need, vecs), sentencesOf(ach, vecs)
	usedN, usedA := map[int]bool{}, map[int]bool{}
	for len(out) < mostPassages {
		bi, bj, best := -1, -1, float32(leastPassage)
		for i := range ns {
			for j := range as {
				if usedN[i] || usedA[j] {
					continue
				}
				if c := ns[i].vec.Dot(as[j].vec); c > best {
					bi, bj, best = i, j, c
				}
			}
		}
		if bi < 0 {
			break
		}
		usedN[bi], usedA[bj] = true, true
		out = append(out, Reason{Kind: ReasonPassage, Need: ns[bi].quote(), Achievement: as[bj].quote(), Note: "两段文字意思相近"})
	}
	return out
}

func (s *sentence) quote() Span {
	return Span{Field: s.part.Column, Start: s.start, End: s.end, Text: sliceRunes(s.part.Raw, s.start, s.end)}
}

// Sentences shorter than this say too little to be near anything for a reason.
const shortestSentence = 6

// sentencesOf are the sentences of a document that have a vector and say something.
func sentencesOf(d *analysed, vecs func(string) (vector.Vec, bool)) []sentence {
	var out []sentence
	for i := range d.parts {
		p := &d.parts[i]
		for _, sp := range quotableSentences(p.Part) {
			if v, ok := vecs(sliceRunes(p.Raw, sp.Start, sp.End)); ok {
				out = append(out, sentence{p, sp.Start, sp.End, v})
			}
		}
	}
	return out
}

// quotableSentences are the sentences of a part that can be evidence: texts, not lists of keywords,
// and not boilerplate.
func quotableSentences(p *Part) []vector.Span {
	if p.Listed || p.Role == RoleKeywords {
		return nil
	}
	var out []vector.Span
	for _, sp := range vector.Sentences(p.Raw) {
		t := sliceRunes(p.Raw, sp.Start, sp.End)
		f := text.Fold(t)
		if len(f.Runes) >= shortestSentence && !text.Boilerplate(string(f.Runes)) {
			out = append(out, sp)
		}
	}
	return out
}

// commonFields are equal technology fields, IPC subclasses and industries (to the third digit).
func commonFields(n, a *Facts) []Reason {
	var out []Reason
	add := func(x, y Fact, note string) {
		if x.Column != "" && y.Column != "" {
			out = append(out, Reason{Kind: ReasonField, Need: x.span(), Achievement: y.span(), Note: note})
		}
	}
	if n.TechField.Value != "" && n.TechField.Value == a.TechField.Value {
		add(n.TechField, a.TechField, "技术领域相同")
	}
	for _, x := range n.Industries {
		for _, y := range a.Industries {
			if len(x.Value) >= 4 && len(y.Value) >= 4 && x.Value[:4] == y.Value[:4] {
				add(x, y, "国民经济行业相同")
				return out
			}
		}
	}
	return out
}

// span quotes the fact in its column.
func (f Fact) span() Span {
	at := strings.Index(f.Raw, f.Value)
	if at < 0 {
		n := len([]rune(f.Raw))
		return Span{f.Column, 0, n, f.Raw}
	}
	start := len([]rune(f.Raw[:at]))
	return Span{f.Column, start, start + len([]rune(f.Value)), f.Value}
}
