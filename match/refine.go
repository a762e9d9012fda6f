package match

import (
	"context"
	"math"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanhua/match/rank"
	"zhuanhua/match/text"
	"zhuanhua/match/vector"
)

// refined is how many of the documents that come first by the fused value are judged one by one at
// least: of the ten best by the ranker nearly all are among them (docs/quality.md).
const refined = 100

// feedbackDocs is how many of the first documents tell what words go with a need.
const feedbackDocs = 10

// modelFor is the part of a ranker that fits an engine's mode, nil where the fused value decides: in
// dense mode, and with vectors of another encoder than the weights were learned with.
func modelFor(r *rank.Ranker, opt *Options) *rank.Model {
	switch {
	case r == nil || opt.Mode == Dense:
		return nil
	case opt.Mode == Lexical && r.Lexical.Net != nil:
		return &r.Lexical
	case opt.Mode == Lexical || r.Hybrid.Net == nil:
		return nil
	}
	if m := opt.Encoder.Model(); rank.StampOf(m.Revision) != r.Encoder || len(r.Centre) != m.Dim {
		return nil
	}
	return &r.Hybrid
}

// fewestJudged is how many documents a library has at least for the ranker to judge: what the first ten
// have in common and how far one stands out says nothing of three documents.
const fewestJudged = 50

// modelOf is what judges pairs of a state, nil where the fused value decides.
func (e *Engine) modelOf(s *state) *rank.Model {
	if s.lex.Len() < e.opt.fewest {
		return nil
	}
	return e.model
}

// levelsOf are the levels of needs like this one, nil where the fused value decides.
func (e *Engine) levelsOf(s *state, need *Document) *rank.Levels {
	m := e.modelOf(s)
	if m == nil {
		return nil
	}
	return &m.Levels[FormOf(need)]
}

// longestLine is how many characters a need without a title has at most to be read as one: who types a line
// names what is wanted.
const longestLine = 36

// FormOf is the form of a need, as the ranker reads it.
func FormOf(need *Document) rank.Form { return rank.FormOf(needTexts(need)) }

// needTexts are the texts of a need as the ranker reads them.
func needTexts(d *Document) []rank.Text {
	out := rankTexts(d)
	if rank.FormOf(out) != rank.Told {
		return out
	}
	length := 0
	for _, t := range out {
		length += utf8.RuneCountInString(strings.TrimSpace(t.Raw))
	}
	for i := range out {
		out[i].Title = length <= longestLine
	}
	return out
}

// refiner computes the features of pairs of one need: what the library says of the need, held still.
type refiner struct {
	e        *Engine
	ask      asked
	model    *rank.Model // nil: features alone are wanted
	q        *rank.Query
	form     rank.Form
	bg       spreads
	best     rank.Signals // of the library
	feedback *rank.Feedback
	centre   vector.Vec // sum of the first documents' vectors
	hub      vector.Query
	first    map[string]firstDoc // the first documents by id
}

// firstDoc is one of the first documents. It does not count for itself in what they have in common.
type firstDoc struct {
	vec    vector.Vec
	length float64 // of the centre without it
}

// leastLibrary is how many documents rarity is measured against at least: where there are three, a word
// that one of them has is no commoner for that.
const leastLibrary = 150

// rarity is how rare a term is in the library, as the ranker sees it.
func (s *state) rarity(t text.Term) float64 {
	df := s.lex.DF(t)
	return math.Log1p((float64(max(s.lex.Len(), leastLibrary)-df) + 0.5) / (float64(df) + 0.5))
}

// refiner makes ready to judge documents for a need. list is the library by the fused value, best first.
func (e *Engine) refiner(s asked, bg spreads, list []Ranked) (*refiner, error) {
	texts := needTexts(s.need)
	r := &refiner{e: e, ask: s, model: e.modelOf(s.state), q: rank.NewQuery(texts, s.rarity), form: rank.FormOf(texts), bg: bg, first: map[string]firstDoc{}}
	for _, x := range list[:min(refined, len(list))] {
		r.best.TopRaw = max(r.best.TopRaw, x.Raw)
		r.best.TopCoverage = max(r.best.TopCoverage, x.signals.coverage)
		r.best.TopCos = max(r.best.TopCos, x.signals.cosine)
	}
	list = list[:min(feedbackDocs, len(list))]
	docs := make([]*rank.Doc, len(list))
	for i, x := range list {
		docs[i] = rank.NewDoc(rankTexts(s.documentOf(x.doc)))
		r.first[x.ID] = firstDoc{}
	}
	r.feedback = rank.NewFeedback(r.q, docs, s.rarity)
	if !s.dense {
		return r, nil
	}
	if e.ranker != nil && len(e.ranker.Centre) == e.vec.Model().Dim {
		var err error
		if r.hub, err = e.vec.Prepare(e.ranker.Centre); err != nil {
			return nil, err
		}
	}
	r.addCentre(list)
	return r, nil
}

// addCentre sums the vectors of the first documents.
func (r *refiner) addCentre(list []Ranked) {
	var sum []float32
	for _, x := range list {
		vec, ok := r.ask.vec.First(r.ask.vecOfDoc(x.doc))
		if !ok {
			continue
		}
		r.first[x.ID] = firstDoc{vec: vec}
		if sum == nil {
			sum = make([]float32, len(vec.Q))
		}
		for i, n := range vec.Q {
			sum[i] += float32(n) * vec.Scale
		}
	}
	if sum == nil {
		return
	}
	r.centre = vector.Quantize(sum)
	whole := float64(r.centre.Dot(r.centre))
	for id, f := range r.first {
		if f.vec.Q != nil {
			f.length = math.Sqrt(max(0, whole-2*float64(f.vec.Dot(r.centre))+float64(f.vec.Dot(f.vec))))
			r.first[id] = f
		}
	}
}

// nearness is the cosine to the mean of the first documents, without the document itself.
func (r *refiner) nearness(id string, vec vector.Vec) float64 {
	if r.centre.Q == nil || vec.Q == nil {
		return 0
	}
	dot := float64(vec.Dot(r.centre))
	f, among := r.first[id]
	if !among || f.vec.Q == nil {
		if whole := float64(r.centre.Dot(r.centre)); whole > 0 {
			return dot / math.Sqrt(whole)
		}
		return 0
	}
	if f.length < 1e-6 {
		return 0
	}
	return (dot - float64(vec.Dot(f.vec))) / f.length
}

// reading is the working memory of judging one document after the other.
type reading struct {
	doc    rank.Doc
	sc     rank.Scratch
	row    rank.Row
	hidden []float32
}

// told is what the indexes say of a document.
type told struct {
	raw     float64
	signals signals
	hub     float32
	first   vector.Vec // of its first passage
}

// features computes those of a pair into m.row.
func (r *refiner) features(d *Document, k told, m *reading) {
	m.doc.Read(rankTexts(d))
	g := r.best
	g.Raw, g.Coverage, g.Cosine, g.Dense = k.raw, k.signals.coverage, k.signals.cosine, r.ask.dense
	g.ZRaw, g.ZCoverage, g.ZCosine = r.bg.raw.distance(k.raw), r.bg.coverage.distance(k.signals.coverage), r.bg.cosine.distance(k.signals.cosine)
	_, among := r.first[d.ID]
	g.FeedbackLexical = r.feedback.Coverage(&m.doc, among)
	if g.Dense {
		g.Hub = float64(k.hub)
		g.Feedback = r.nearness(d.ID, k.first)
	}
	rank.Of(r.q, &m.doc, &g, &m.sc, &m.row)
}

// judge is features, and what the model says of them.
func (r *refiner) judge(d *Document, k told, m *reading) rank.Judged {
	r.features(d, k, m)
	if len(m.hidden) < r.model.Net.Hidden {
		m.hidden = make([]float32, r.model.Net.Hidden)
	}
	return r.model.Judge(&m.row, r.form, m.hidden)
}

// hubs is how near documents are to needs in general.
func (r *refiner) hubs(list []Ranked) []float32 {
	out := make([]float32, len(list))
	if !r.ask.dense || r.e.ranker == nil || len(r.e.ranker.Centre) != r.e.vec.Model().Dim {
		return out
	}
	docs := make([]int, len(list))
	for i, x := range list {
		docs[i] = r.ask.vecOfDoc(x.doc)
	}
	r.ask.vec.ScoreDocs(out, r.hub, docs)
	return out
}

// refine judges documents one by one and puts them into the order of what the model says. Where no other
// need is ranked meanwhile, all cores do.
func (r *refiner) refine(list []Ranked) {
	hubs := r.hubs(list)
	width := 1
	if r.ask.alone {
		width = runtime.GOMAXPROCS(0)
	}
	parallel(width, func(part int) {
		m := r.e.reading()
		defer r.e.readings.Put(m)
		for i := part; i < len(list); i += width {
			x := &list[i]
			j := r.judge(r.ask.documentOf(x.doc), r.told(x, hubs[i]), m)
			x.Raw, x.score, x.judged = float64(j.Value), r.model.Levels[r.form].Good(j.Place), j
		}
	})
	slices.SortFunc(list, compareRanked)
}

// reading is working memory that judging left behind, or new one.
func (e *Engine) reading() *reading {
	if m, ok := e.readings.Get().(*reading); ok {
		return m
	}
	return new(reading)
}

func (r *refiner) told(x *Ranked, hub float32) told {
	k := told{raw: x.Raw, signals: x.signals, hub: hub}
	if r.ask.dense {
		k.first, _ = r.ask.vec.First(r.ask.vecOfDoc(x.doc))
	}
	return k
}

// distance is how many spreads a value lies above the mean.
func (b background) distance(x float64) float64 {
	if b.spread <= 1e-9 {
		return 0
	}
	return (x - b.mean) / b.spread
}

// rankTexts are the texts of a document as the ranker reads them.
func rankTexts(d *Document) []rank.Text {
	if d == nil {
		return nil
	}
	out := make([]rank.Text, len(d.Parts))
	for i, p := range d.Parts {
		out[i] = rank.Text{Raw: p.Raw, Title: p.Role == RoleTitle || p.Role == RoleKeywords}
	}
	return out
}

// Pair is one document with the features of its pair with a need.
type Pair struct {
	ID   string
	Row  rank.Row
	Find int // its place by the fused value, from 0
}

// Rows computes the features of the documents that come first for a need by the fused value: what a
// ranker learns from.
func (e *Engine) Rows(ctx context.Context, q *Document, depth int) ([]Pair, error) {
	s := e.state()
	vecs, err := e.needVectorsOf(ctx, q)
	if err != nil {
		return nil, err
	}
	ask, err := e.ask(s, q, vecs)
	if err != nil {
		return nil, err
	}
	wide := max(depth, refined)
	list, bg := e.fused(ask, wide, wide, nil)
	r, err := e.refiner(ask, bg, list)
	if err != nil {
		return nil, err
	}
	list = list[:min(depth, len(list))]
	var m reading
	hubs := r.hubs(list)
	out := make([]Pair, len(list))
	for i := range list {
		x := &list[i]
		r.features(s.documentOf(x.doc), r.told(x, hubs[i]), &m)
		out[i] = Pair{x.ID, m.row, i}
	}
	return out, nil
}

// NeedVector is the vector of a need, nil without the encoder.
func (e *Engine) NeedVector(ctx context.Context, q *Document) ([]float32, error) {
	vecs, err := e.needVectorsOf(ctx, q)
	return vecs.whole, err
}
