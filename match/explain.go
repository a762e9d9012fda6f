package match

import (
	"cmp"
	"slices"
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

// tellingTerms: so is one that weighs as much as so many terms that a single document has. A name that several
// wordings or makers of one thing share is no accident, however often it stands.
const tellingTerms = 2.5

// sentence is a span of a part.
type sentence struct {
	part       *analysedPart
	start, end int // raw code points
	text       string
}

// evidence is all that was found to say about a pair.
type evidence struct {
	reasons []Reason
	against []Objection
	strong  bool // a telling phrase, or a passage pair of the encoder
}

// explain gathers what speaks for and against a pair, the plainest first: figures, common words,
// passages alike, fields. vecs are the vectors of all sentences; nil without the encoder.
func (e *Engine) explain(s *state, need, ach *analysed, vecs map[string]vector.Vec) evidence {
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
		ev.strong = ev.strong || s.telling(&phrases[i])
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

// telling reports whether two texts do not share a phrase by accident.
func (s *state) telling(c *shared) bool {
	return c.minDF <= s.rarest() || c.weight >= tellingTerms*s.lex.IDFOf(1)
}

// passagePairs are the nearest sentences of both texts, each sentence once.
func passagePairs(need, ach *analysed, vecs map[string]vector.Vec) []Reason {
	var near []pair
	for i := range need.sentences {
		x, ok := vecs[need.sentences[i].text]
		for j := range ach.sentences {
			if y, there := vecs[ach.sentences[j].text]; ok && there {
				if c := x.Dot(y); c > leastPassage {
					near = append(near, pair{i, j, c})
				}
			}
		}
	}
	slices.SortStableFunc(near, func(a, b pair) int { return cmp.Compare(b.cosine, a.cosine) })
	var out []Reason
	usedN, usedA := map[int]bool{}, map[int]bool{}
	for _, p := range near {
		if usedN[p.need] || usedA[p.ach] || len(out) == mostPassages {
			continue
		}
		usedN[p.need], usedA[p.ach] = true, true
		out = append(out, Reason{Kind: ReasonPassage, Need: need.sentences[p.need].quote(), Achievement: ach.sentences[p.ach].quote(), Note: "两段文字意思相近"})
	}
	return out
}

// pair is a sentence of each text with their cosine.
type pair struct {
	need, ach int
	cosine    float32
}

func (s *sentence) quote() Span {
	return Span{Field: s.part.Column, Start: s.start, End: s.end, Text: s.text}
}

// Sentences shorter than this say too little to be near anything for a reason.
const shortestSentence = 6

// mostSentences of a document are compared with those of another: encoding the thousands of a book
// would take minutes.
const mostSentences = 64

// sentencesOf are the sentences of a document that can be evidence: of texts, not of lists of
// keywords, and not boilerplate.
func sentencesOf(d *analysed) []sentence {
	var out []sentence
	for i := range d.parts {
		p := &d.parts[i]
		if p.Listed || p.Role == RoleKeywords {
			continue
		}
		spans := vector.Sentences(p.read)
		for k, t := range cut(p.read, spans) {
			if len(out) == mostSentences {
				return out
			}
			from, to := p.folded.Span(spans[k].Start, spans[k].End)
			if to-from >= shortestSentence && !text.Boilerplate(string(p.folded.Runes[from:to])) {
				out = append(out, sentence{p, spans[k].Start, spans[k].End, t})
			}
		}
	}
	return out
}

// cut returns the pieces of a text that ascending spans stand for.
func cut(s string, spans []vector.Span) []string {
	out := make([]string, 0, len(spans))
	start, n := 0, 0
	for i := range s {
		for len(out) < len(spans) && spans[len(out)].End == n {
			out = append(out, s[start:i])
		}
		if len(out) < len(spans) && spans[len(out)].Start == n {
			start = i
		}
		n++
	}
	for len(out) < len(spans) {
		out = append(out, s[start:])
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
