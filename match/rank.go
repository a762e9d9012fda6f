package match

import (
	"cmp"
	"context"
	"slices"

	"zhuanhua/match/lexical"
	"zhuanhua/match/vector"
)

// FullDepth is the size of a library up to which every document is ranked for every query.
const FullDepth = 10_000

// candidateDepth is how many documents each of the two signals proposes in larger libraries.
const candidateDepth = 1000

// Ranked is one document of the library with its place value.
type Ranked struct {
	ID      string
	Raw     float64 // orders; comparable between queries
	signals signals
}

// Rank orders the library for one query, best first, at most depth documents of those that keep
// accepts (nil: all). Equal values stand in the order of their ids.
func (e *Engine) Rank(ctx context.Context, q *Document, depth int, keep func(id string) bool) ([]Ranked, error) {
	var vec vector.Vec
	if e.opt.Mode != Lexical {
		vecs, err := e.queryVectors(ctx, []Document{*q})
		if err != nil {
			return nil, err
		}
		vec = vecs[0]
	}
	list, _, err := e.rank(e.state(), q, vec, depth, keep)
	return list, err
}

// rank is Rank with the query's vector given; it also tells the background of the query.
func (e *Engine) rank(s *state, q *Document, vec vector.Vec, depth int, keep func(id string) bool) ([]Ranked, background, error) {
	query, bound := e.query(s, q)
	ask := asked{s, query, bound, vec.Float()}
	wanted := depth
	var out []Ranked
	var bg background
	var err error
	if s.lex.Len() <= FullDepth {
		out, bg, err = e.rankAll(ask, keep)
	} else {
		if e.opt.Mode == Hybrid {
			depth = max(depth, candidateDepth) // the best of both may be deep in either
		}
		out, bg, err = e.rankCandidates(ask, depth, keep)
	}
	if err != nil {
		return nil, bg, err
	}
	slices.SortFunc(out, func(a, b Ranked) int {
		return cmp.Or(cmp.Compare(b.Raw, a.Raw), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(wanted, len(out))], bg, nil
}

// asked is one query against one state.
type asked struct {
	*state
	query lexical.Query
	bound float64
	vec   []float32
}

// rankAll gives every document of the library a value.
func (e *Engine) rankAll(s asked, keep func(id string) bool) ([]Ranked, background, error) {
	scores := s.lex.Scores(s.query, nil)
	var cosines []float32
	if e.opt.Mode != Lexical {
		var err error
		if cosines, err = e.vec.Scores(s.vec); err != nil {
			return nil, background{}, err
		}
	}
	out := make([]Ranked, 0, s.lex.Len())
	values := make([]float64, 0, s.lex.Len())
	for d, score := range scores {
		if !s.lex.Live(d) {
			continue
		}
		cosine := float32(0)
		if cosines != nil && s.vecOf[d] >= 0 {
			cosine = cosines[s.vecOf[d]]
		}
		r := e.ranked(s, d, score, cosine)
		values = append(values, r.Raw)
		if keep == nil || keep(r.ID) {
			out = append(out, r)
		}
	}
	return out, judgeOf(e.opt.Mode).settle(values), nil
}

// sampleSize is how many documents of a large library stand for its background.
const sampleSize = 256

// sample values documents spread evenly over the library.
func (e *Engine) sample(s asked) (background, error) {
	docs := make([]int, 0, sampleSize)
	for i := range sampleSize {
		if d := i * s.lex.Slots() / sampleSize; s.lex.Live(d) {
			docs = append(docs, d)
		}
	}
	list, err := e.value(s, docs)
	values := make([]float64, len(list))
	for i, r := range list {
		values[i] = r.Raw
	}
	return judgeOf(e.opt.Mode).settle(values), err
}

// rankCandidates values the documents that either signal proposes.
func (e *Engine) rankCandidates(s asked, depth int, keep func(id string) bool) ([]Ranked, background, error) {
	var docs []int
	if e.opt.Mode != Dense {
		var keepDoc func(doc int) bool
		if keep != nil {
			keepDoc = func(d int) bool { return keep(s.lex.ID(d)) }
		}
		for _, h := range s.lex.Search(s.query, depth, keepDoc) {
			docs = append(docs, h.Doc)
		}
	}
	if e.opt.Mode != Lexical {
		var keepVec func(doc int) bool
		if keep != nil {
			keepVec = func(doc int) bool { return keep(e.vec.ID(doc)) }
		}
		near, err := e.vec.Search(s.vec, depth, keepVec)
		if err != nil {
			return nil, background{}, err
		}
		for _, h := range near {
			if d, ok := s.lex.Doc(h.ID); ok {
				docs = append(docs, d)
			}
		}
	}
	slices.Sort(docs)
	out, err := e.value(s, slices.Compact(docs))
	if err != nil {
		return nil, background{}, err
	}
	bg, err := e.sample(s)
	return out, bg, err
}

// value gives chosen documents, in ascending order, their values.
func (e *Engine) value(s asked, docs []int) ([]Ranked, error) {
	out := make([]Ranked, len(docs))
	for i, score := range s.lex.ScoreDocs(s.query, docs, nil) {
		cosine := float32(0)
		if v := s.vecOfDoc(docs[i]); v >= 0 {
			var err error
			if cosine, _, err = e.vec.Score(s.vec, v); err != nil {
				return nil, err
			}
		}
		out[i] = e.ranked(s, docs[i], score, cosine)
	}
	return out, nil
}

func (s *state) vecOfDoc(doc int) int {
	if s.vecOf == nil {
		return -1
	}
	return int(s.vecOf[doc])
}

func (e *Engine) ranked(s asked, doc int, score, cosine float32) Ranked {
	g := signals{cosine: float64(cosine), dense: e.opt.Mode != Lexical}
	if s.bound > 0 {
		g.coverage = float64(score) / s.bound
	}
	r := Ranked{ID: s.lex.ID(doc), Raw: g.raw(), signals: g}
	if e.opt.Mode == Dense {
		r.Raw = g.cosine
	}
	if score == 0 && e.opt.Mode == Lexical {
		// Nothing in common: a fuller text is likelier to fit than a bare one. Below any real score.
		r.Raw = 1e-9 * float64(s.lex.DocLen(doc)) / float64(s.lex.DocLen(doc)+100)
	}
	return r
}

// Prepare encodes queries ahead of Rank, all in one go.
func (e *Engine) Prepare(ctx context.Context, queries []Document) error {
	_, err := e.queryVectors(ctx, queries)
	return err
}
