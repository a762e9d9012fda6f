package match

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"zhuanhua/match/lexical"
	"zhuanhua/match/rank"
	"zhuanhua/match/vector"
)

// FullDepth is the size of a library up to which every document is ranked for every query.
const FullDepth = 10_000

// candidateSpare is how many more documents than are wanted each of the two signals proposes in larger
// libraries: among 100,000 real texts these hold all of the ten best by both, and 0.99 of the hundred
// best (docs/bench.md).
const candidateSpare = 100

// nearCodes is how many passages are compared after their binary codes, for the documents that vectors
// propose: the last of these decide nothing.
const nearCodes = 1024

// Ranked is one document of the library with its place value.
type Ranked struct {
	ID      string
	Raw     float64 // orders
	doc     int     // number in the lexical view
	signals signals
	score   float64     // where the ranker judged it
	judged  rank.Judged // by the ranker
}

// Rank orders the library for one query, best first, at most depth documents of those that keep
// accepts (nil: all). Equal values stand in the order of their ids.
func (e *Engine) Rank(ctx context.Context, q *Document, depth int, keep func(id string) bool) ([]Ranked, error) {
	s := e.state()
	vecs, err := e.needVectorsOf(ctx, q)
	if err != nil {
		return nil, err
	}
	ask, err := e.ask(s, q, vecs)
	if err != nil {
		return nil, err
	}
	var only *among
	if keep != nil {
		only = &among{also: func(doc int) bool { return keep(s.lex.ID(doc)) }}
	}
	ask.alone = true
	list, _, err := e.order(ask, depth, depth, only)
	return list, err
}

// needVectors are the vectors of a need.
type needVectors struct {
	whole []float32
}

func (e *Engine) needVectorsOf(ctx context.Context, q *Document) (needVectors, error) {
	vecs, err := e.queryVectors(ctx, []Document{*q})
	if err != nil || vecs == nil {
		return needVectors{}, err
	}
	return needVectors{whole: vecs[0].Float()}, nil
}

// spreads are the background of each signal: how the library as a whole stands to a query.
type spreads struct{ raw, coverage, cosine background }

// first orders the library for a typed query, its first hundred as the ranker says and the others behind them by
// the fused value, and tells the background of the query: a search looks for far more than anybody reads.
func (e *Engine) first(s *state, q *Document, vecs needVectors, depth int, only *among) ([]Ranked, asked, spreads, error) {
	ask, err := e.ask(s, q, vecs)
	if err != nil {
		return nil, ask, spreads{}, err
	}
	ask.alone, ask.quick = true, true
	list, bg, err := e.order(ask, depth, depth, only)
	return list, ask, bg, err
}

// asked is one query against one state.
type asked struct {
	*state
	need  *Document
	query lexical.Query
	bound float64
	asks  vector.Query
	dense bool         // there is a vector
	near  []vector.Hit // what is nearest, where that is known already
	alone bool         // no other need is ranked beside this one
	quick bool         // no more are judged one by one than the first refined
}

// nearest is what vectors find.
func (s *asked) nearest(ask vector.Ask) []vector.Hit {
	if !s.dense || s.near != nil {
		return s.near
	}
	return s.vec.Find(s.asks, ask)
}

// meanwhile begins something on another core, where there is one, and returns what waits for it.
func meanwhile[T any](do func() T) func() T {
	if runtime.GOMAXPROCS(0) == 1 {
		return do
	}
	done := make(chan T, 1)
	go func() { done <- do() }()
	return func() T { return <-done }
}

func (e *Engine) ask(s *state, q *Document, vecs needVectors) (asked, error) {
	query, bound := e.query(s, q)
	a := asked{state: s, need: q, query: query, bound: bound, dense: vecs.whole != nil}
	if !a.dense {
		return a, nil
	}
	var err error
	a.asks, err = e.vec.Prepare(vecs.whole)
	return a, err
}

// judges reports whether the ranker has anything to say of what is asked.
func (e *Engine) judges(s asked) bool {
	return e.modelOf(s.state) != nil && (len(s.query) > 0 || s.dense)
}

// order ranks the library to a depth: first by the fused value, then the best of these by the ranker,
// kept and refined of them at least. The first kept come back.
func (e *Engine) order(s asked, depth, kept int, only *among) ([]Ranked, spreads, error) {
	if !e.judges(s) {
		list, bg := e.fused(s, depth, kept, only)
		return list, bg, nil
	}
	list, bg := e.fused(s, depth, max(kept, refined), only)
	r, err := e.refiner(s, bg, list)
	if err != nil {
		return nil, bg, err
	}
	judged := list
	if s.quick {
		judged = list[:min(refined, len(list))]
	}
	r.refine(judged)
	return list[:min(kept, len(list))], bg, nil
}

// fused ranks the library by the fused value, all of it where it is small or where nothing is asked but
// conditions.
func (e *Engine) fused(s asked, depth, kept int, only *among) ([]Ranked, spreads) {
	var out []Ranked
	var bg spreads
	if s.sample == nil || len(s.query) == 0 && !s.dense {
		out, bg = e.rankAll(s, only)
	} else {
		out, bg = e.rankCandidates(s, depth, only), e.sampled(s)
	}
	return best(out, kept), bg
}

func compareRanked(a, b Ranked) int {
	return cmp.Or(cmp.Compare(b.Raw, a.Raw), cmp.Compare(a.ID, b.ID))
}

// best sorts the depth best of a list and drops the others.
func best(list []Ranked, depth int) []Ranked {
	if depth < len(list)/4 {
		// What is not above the value of the last one wanted need not be sorted.
		values := make([]float64, len(list))
		for i := range list {
			values[i] = list[i].Raw
		}
		slices.Sort(values)
		least := values[len(values)-max(depth, 1)]
		list = slices.DeleteFunc(list, func(r Ranked) bool { return r.Raw < least })
	}
	slices.SortFunc(list, compareRanked)
	return list[:min(depth, len(list))]
}

// rankAll gives every document of the library a value; those of all make the background.
func (e *Engine) rankAll(s asked, only *among) ([]Ranked, spreads) {
	scores := s.lex.Scores(s.query, nil)
	var cosines []float32
	if s.dense {
		cosines = s.vec.Scores(s.asks)
	}
	var out []Ranked
	all := newValues(s.lex.Len())
	for i, places := range s.places {
		seg := s.lex.Segment(i)
		for at := range seg.Docs() {
			if !seg.Live(at) {
				continue
			}
			doc, cosine := seg.Base()+at, float32(0)
			if cosines != nil && places.vec[at] >= 0 {
				cosine = cosines[places.vec[at]]
			}
			r := e.ranked(s, doc, scores[doc], cosine)
			all.add(r.Raw, r.signals)
			if only.accepts(doc, i, at) {
				r.ID = seg.ID(at)
				out = append(out, r)
			}
		}
	}
	return out, all.spreads(e.opt.Mode)
}

// values are those of many documents, of which backgrounds are made.
type values struct{ raw, coverage, cosine []float64 }

func newValues(n int) *values {
	return &values{make([]float64, 0, n), make([]float64, 0, n), make([]float64, 0, n)}
}

func (v *values) add(raw float64, g signals) {
	v.raw, v.coverage, v.cosine = append(v.raw, raw), append(v.coverage, g.coverage), append(v.cosine, g.cosine)
}

func (v *values) spreads(m Mode) spreads {
	return spreads{raw: judgeOf(m).settle(v.raw), coverage: lexicalJudge.settle(v.coverage), cosine: denseJudge.settle(v.cosine)}
}

// sampled is the background of a query in a large library.
func (e *Engine) sampled(s asked) spreads {
	x := s.sample.terms()
	scores := x.scores(s.lex, s.query)
	cosines := make([]float32, len(scores))
	if s.dense {
		s.vec.ScoreDocs(cosines, s.asks, s.sampleVecs())
	}
	all := newValues(len(scores))
	for i, score := range scores {
		g := e.signals(s, score, cosines[i])
		all.add(e.raw(g, score, x.dl[i]), g)
	}
	return all.spreads(e.opt.Mode)
}

// fewKept is how many documents of a large library may pass a filter for all of them to be valued.
const fewKept = 1500

// candidate is a document that either signal proposes, with what that signal says of it.
type candidate struct {
	doc              int
	score, cosine    float32
	scored, compared bool
}

// rankCandidates values the documents that either signal proposes.
func (e *Engine) rankCandidates(s asked, depth int, only *among) []Ranked {
	var found []candidate
	if only != nil && only.docs != nil && only.n <= fewKept {
		found = only.all(s.state)
	} else {
		found = e.candidates(s, depth, only)
	}
	s.complete(found)
	out := make([]Ranked, len(found))
	for i, c := range found {
		out[i] = e.ranked(s, c.doc, c.score, c.cosine)
		out[i].ID = s.lex.ID(c.doc)
	}
	return out
}

// candidates are the documents that either signal proposes, each once, in ascending order.
func (e *Engine) candidates(s asked, depth int, only *among) []candidate {
	if e.opt.Mode == Hybrid {
		depth += candidateSpare // the best of both may be deep in either
	}
	var found []candidate
	near := func() []vector.Hit { return s.nearest(only.ask(depth)) }
	if s.alone {
		near = meanwhile(near)
	}
	if e.opt.Mode != Dense {
		for _, h := range only.search(s, depth) {
			found = append(found, candidate{doc: h.Doc, score: h.Score, scored: true})
		}
	}
	if s.dense {
		for _, h := range near() {
			if doc, ok := s.lex.Doc(h.ID); ok && (only == nil || only.also == nil || only.also(doc)) {
				found = append(found, candidate{doc: doc, cosine: h.Score, compared: true})
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int { return cmp.Compare(a.doc, b.doc) })
	kept := found[:0]
	for _, c := range found {
		if n := len(kept); n > 0 && kept[n-1].doc == c.doc {
			kept[n-1].score, kept[n-1].cosine = kept[n-1].score+c.score, kept[n-1].cosine+c.cosine // one of each is 0
			kept[n-1].scored, kept[n-1].compared = true, true
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

// complete asks each signal about the documents that only the other one proposed.
func (s *asked) complete(found []candidate) {
	var unscored, uncompared []int
	for i, c := range found {
		if !c.scored {
			unscored = append(unscored, i)
		}
		if !c.compared && s.dense {
			uncompared = append(uncompared, i)
		}
	}
	docsOf := func(places []int) []int {
		docs := make([]int, len(places))
		for i, at := range places {
			docs[i] = found[at].doc
		}
		return docs
	}
	for i, score := range s.lex.ScoreDocs(s.query, docsOf(unscored), nil) {
		found[unscored[i]].score = score
	}
	if len(uncompared) == 0 {
		return
	}
	vecs := s.vecsOf(docsOf(uncompared))
	cosines := make([]float32, len(vecs))
	s.vec.ScoreDocs(cosines, s.asks, vecs)
	for i, cosine := range cosines {
		if vecs[i] >= 0 {
			found[uncompared[i]].cosine = cosine
		}
	}
}

// ranked values a document; its id is left out.
func (e *Engine) ranked(s asked, doc int, score, cosine float32) Ranked {
	g := e.signals(s, float64(score), cosine)
	dl := 0.0
	if score == 0 && e.opt.Mode == Lexical {
		dl = float64(s.lex.DocLen(doc))
	}
	return Ranked{Raw: e.raw(g, float64(score), dl), doc: doc, signals: g}
}

func (e *Engine) signals(s asked, score float64, cosine float32) signals {
	g := signals{cosine: float64(cosine), dense: e.opt.Mode != Lexical}
	if s.bound > 0 {
		g.coverage = score / s.bound
	}
	return g
}

// raw is the ranking value of a document of a length.
func (e *Engine) raw(g signals, score, dl float64) float64 {
	switch {
	case e.opt.Mode == Dense:
		return g.cosine
	case score == 0 && e.opt.Mode == Lexical:
		// Nothing in common: a fuller text is likelier to fit than a bare one. Below any real score.
		return 1e-9 * dl / (dl + 100)
	}
	return g.raw()
}

// Prepare encodes queries ahead of Rank, all in one go.
func (e *Engine) Prepare(ctx context.Context, queries []Document) error {
	_, err := e.queryVectors(ctx, queries)
	return err
}
