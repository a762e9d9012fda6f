package rank

import "slices"

// Signals are what the indexes say of a pair, and how the library as a whole stands to the need.
type Signals struct {
	Raw, Coverage, Cosine       float64 // the fused value and its two parts
	ZRaw, ZCoverage, ZCosine    float64 // distances from the library's means in its spreads
	TopRaw, TopCoverage, TopCos float64 // the best of the library
	Feedback, FeedbackLexical   float64 // likeness to the documents that come first
	Hub                         float64 // cosine to the mean of needs: some documents are near to everything
	Dense                       bool    // the signals of vectors are there
}

// The features of a pair, by number. Their names are in names; a change of either makes weights that
// were learned before useless, which their hash of the names tells.
const (
	fRaw = iota
	fCoverage
	fCosine
	fZRaw
	fZCoverage
	fZCosine
	fRawOfTop
	fCoverageOfTop
	fCosineToTop
	fFeedback
	fFeedbackLexical
	fHub
	fBeyondHub
	fTopRaw
	fTopCoverage
	fTopCosine
	fNeedTerms
	fNeedBody
	fNeedUnits
	fDocLength
	fDocTitle
	fTerms
	fTermsOfTitle
	fTermsInTitle
	fBack
	fRarest
	fRarestNext
	fMatched
	fLongest
	fLongestOfTitle
	fLongestInTitle
	fWindow
	fRepeats
	fPhrase
	fBounds
	fFirst
	fLast
	fDensity
	fUnits
	fUnitLeast
	fUnitMean
	fChars
	fCharWindow
	Features // how many there are
)

// names are those of the features, with the group that an ablation takes out together.
var names = [Features]struct{ name, group string }{
	fRaw: {"raw", "fused"}, fCoverage: {"coverage", "fused"}, fCosine: {"cosine", "dense"},
	fZRaw: {"raw, distance", "distance"}, fZCoverage: {"coverage, distance", "distance"}, fZCosine: {"cosine, distance", "distance"},
	fRawOfTop: {"raw of best", "best"}, fCoverageOfTop: {"coverage of best", "best"}, fCosineToTop: {"cosine to best", "best"},
	fFeedback: {"feedback by vectors", "feedback"}, fFeedbackLexical: {"feedback by words", "feedback"},
	fHub: {"hub", "hub"}, fBeyondHub: {"cosine beyond hub", "hub"},
	fTopRaw: {"best raw", "kind"}, fTopCoverage: {"best coverage", "kind"}, fTopCosine: {"best cosine", "kind"},
	fNeedTerms: {"need terms", "kind"}, fNeedBody: {"need body", "kind"}, fNeedUnits: {"need units", "kind"},
	fDocLength: {"length", "length"}, fDocTitle: {"title length", "length"},
	fTerms: {"terms", "terms"}, fTermsOfTitle: {"terms of title", "terms"}, fTermsInTitle: {"terms in title", "terms"}, fBack: {"terms back", "terms"},
	fRarest: {"rarest", "terms"}, fRarestNext: {"second rarest", "terms"}, fMatched: {"matched", "terms"},
	fLongest: {"longest run", "nearness"}, fLongestOfTitle: {"longest run of title", "nearness"}, fLongestInTitle: {"longest run in title", "nearness"},
	fWindow: {"densest passage", "nearness"}, fRepeats: {"repeats", "phrase"},
	fPhrase: {"phrase", "phrase"}, fBounds: {"phrase edges", "phrase"}, fFirst: {"phrase first", "phrase"}, fLast: {"phrase last", "phrase"}, fDensity: {"phrase density", "phrase"},
	fUnits: {"units", "units"}, fUnitLeast: {"least unit", "units"}, fUnitMean: {"mean unit", "units"},
	fChars: {"characters", "characters"}, fCharWindow: {"characters together", "characters"},
}

// Row is the features of a pair.
type Row [Features]float32

// Of computes the features of a pair.
func Of(q *Query, d *Doc, s *Signals, sc *Scratch, out *Row) {
	*out = Row{}
	out[fRaw], out[fCoverage], out[fZCoverage] = float32(s.Raw), float32(s.Coverage), float32(s.ZCoverage)
	out[fZRaw], out[fRawOfTop], out[fCoverageOfTop] = float32(s.ZRaw), ratio(s.Raw, s.TopRaw), ratio(s.Coverage, s.TopCoverage)
	out[fTopRaw], out[fTopCoverage] = float32(s.TopRaw), float32(s.TopCoverage)
	out[fFeedbackLexical] = float32(s.FeedbackLexical)
	if s.Dense {
		out[fCosine], out[fZCosine], out[fCosineToTop] = float32(s.Cosine), float32(s.ZCosine), float32(s.Cosine-s.TopCos)
		out[fFeedback], out[fHub], out[fBeyondHub] = float32(s.Feedback), float32(s.Hub), float32(s.Cosine-s.Hub)
		out[fTopCosine] = float32(s.TopCos)
	}
	out[fNeedTerms], out[fNeedUnits] = log1p(len(q.terms)), log1p(len(q.units))
	if q.body {
		out[fNeedBody] = 1
	}
	out[fDocLength], out[fDocTitle] = log1p(d.length), log1p(d.titled)
	words(q, d, sc, out)
	phrases(q, d, out)
	characters(q, d, sc, out)
}

// found sums up the terms that a pair has in common.
type found struct {
	all, named, inTitle                float64 // rarity of different ones
	rarest, next                       float32
	matched, repeats, places           int
	longest, longestNamed, longestHere int32 // common runs; of the need's title, in the document's
}

// words fills the features of common terms: how much of either text the other says, the rarest terms,
// the longest common runs, the closest passage.
func words(q *Query, d *Doc, sc *Scratch, out *Row) {
	sc.reset(q, d)
	var f found
	for i := range d.terms {
		if n := q.table.get(d.terms[i].Term); n >= 0 {
			f.add(q, sc, n, d.terms[i].At, i < d.titles)
		}
	}
	out[fTerms], out[fTermsOfTitle], out[fTermsInTitle] = ratio(f.all, q.idf), ratio(f.named, q.named), ratio(f.inTitle, q.idf)
	out[fBack] = ratio(float64(f.places), float64(len(d.terms)))
	out[fRarest], out[fRarestNext], out[fMatched] = f.rarest, f.next, log1p(f.matched)
	out[fLongest] = log1p(f.longest)
	out[fLongestOfTitle] = ratio(float64(f.longestNamed), float64(q.titles))
	out[fLongestInTitle] = ratio(float64(f.longestHere), float64(d.titled))
	out[fRepeats] = log1p(f.repeats)
	out[fWindow] = ratio(sc.densest(q), q.idf)
}

// mostRepeats is how often a word of the need's title counts: who says it ten thousand times says it no more.
const mostRepeats = 8

// add counts term n of the need, which stands at a place of the document.
func (f *found) add(q *Query, sc *Scratch, n, at int32, inTitle bool) {
	a := &q.terms[n]
	sc.hits = append(sc.hits, hit{at, n})
	f.places++
	if sc.seen[n] != sc.mark {
		sc.seen[n], sc.count[n] = sc.mark, 0
		f.matched++
		f.all += float64(a.idf)
		if a.named {
			f.named += float64(a.idf)
		}
		if inTitle {
			f.inTitle += float64(a.idf)
		}
		switch {
		case a.idf > f.rarest:
			f.rarest, f.next = a.idf, f.rarest
		case a.idf > f.next:
			f.next = a.idf
		}
	}
	if sc.count[n]++; a.named && sc.count[n] <= mostRepeats {
		f.repeats++
	}
	run := sc.runs(a.at, at)
	f.longest = max(f.longest, run)
	if a.named {
		f.longestNamed = max(f.longestNamed, run)
	}
	if inTitle {
		f.longestHere = max(f.longestHere, run)
	}
}

// GroupOf is the group of a feature.
func GroupOf(feature int) string { return names[feature].group }

// Groups are the groups of features, in their order.
func Groups() []string {
	var out []string
	for _, f := range names {
		if !slices.Contains(out, f.group) {
			out = append(out, f.group)
		}
	}
	return out
}
