package match

import (
	"context"
	"errors"
	"slices"
	"sync"

	"zhuanhua/match/rank"
	"zhuanhua/match/vector"
)

// Ask is what Match is asked for.
type Ask struct {
	Top      int     // matches a need, at most
	Filter   *Filter // of achievements; nil: all
	Apart    bool    // each wording of an achievement as a match of its own; else one stands for all
	Prove    int     // reasons of each match that are told with how much the score falls without them
	Progress func(done, total int)
}

// matchBlock is how many needs are ranked before they are explained: vectors of all sentences of
// thousands of needs would not fit the memory.
const matchBlock = 256

// Match finds the achievements of the library for each need, with scores, levels, reasons and
// objections. Results stand in the order of the needs.
func (e *Engine) Match(ctx context.Context, needs []Document, ask Ask) ([]Result, error) {
	s := e.state()
	only := e.among(s, ask.Filter)
	done := counter(len(needs), ask.Progress)
	results := make([]Result, 0, len(needs))
	for block := range slices.Chunk(needs, matchBlock) {
		ranked, err := e.rankNeeds(ctx, s, block, ask.Top+spare, ask.kept(ask.Top+spare), only, done)
		if err != nil {
			return nil, err
		}
		some, err := e.explainNeeds(ctx, s, block, ranked, ask)
		if err != nil {
			return nil, err
		}
		if err := e.proveReasons(ctx, s, block, some, ask, only); err != nil {
			return nil, err
		}
		results = append(results, some...)
	}
	return results, nil
}

// spare is how many documents beyond the wanted ones may be explained: those that lose their level for
// want of evidence make room.
const spare = 5

// kept is how many ranked documents are handed on: of wordings of one achievement one match is made.
func (a *Ask) kept(depth int) int {
	if a.Apart {
		return depth
	}
	return depth + sameSpare
}

// rankNeeds ranks each need on all cores to a depth, and gives scores to what is related of the first kept.
func (e *Engine) rankNeeds(ctx context.Context, s *state, needs []Document, depth, kept int, only *among, done func()) ([][]scored, error) {
	vecs, err := e.queryVectors(ctx, needs)
	if err != nil {
		return nil, err
	}
	near, err := e.nearAll(s, vecs, depth, only)
	if err != nil {
		return nil, err
	}
	ranked := make([][]scored, len(needs))
	errs := make([]error, len(needs))
	parallel(len(needs), func(i int) {
		defer done()
		if errs[i] = ctx.Err(); errs[i] != nil {
			return
		}
		var n needVectors
		if vecs != nil {
			n.whole = vecs[i].Float()
		}
		a, err := e.ask(s, &needs[i], n)
		if err != nil {
			errs[i] = err
			return
		}
		a.alone = len(needs) == 1
		if near != nil {
			a.near = near[i]
		}
		list, bg, err := e.order(a, depth, kept, only)
		ranked[i], errs[i] = e.scored(list, bg), err
	})
	return ranked, errors.Join(errs...)
}

// manyNeeds is from how many needs on the vectors are searched for all of them together.
const manyNeeds = 32

// nearAll finds what is nearest to many needs: each part of the index is read once for all. nil where
// needs are better asked one by one.
func (e *Engine) nearAll(s *state, vecs []vector.Vec, depth int, only *among) ([][]vector.Hit, error) {
	if len(vecs) < manyNeeds || s.sample == nil {
		return nil, nil
	}
	queries := make([]vector.Query, len(vecs))
	for i, v := range vecs {
		var err error
		if queries[i], err = e.vec.PrepareVec(v); err != nil {
			return nil, err
		}
	}
	return s.vec.FindAll(queries, only.ask(depth+candidateSpare)), nil
}

// scored is a ranked document with its score.
type scored struct {
	doc   int // number in the lexical view
	id    string
	score float64
}

// scored gives scores and drops what is unrelated.
func (e *Engine) scored(list []Ranked, bg spreads) []scored {
	out := make([]scored, 0, len(list))
	for i := range list {
		if score := e.score(&list[i], bg); LevelOf(score) != None {
			out = append(out, scored{list[i].doc, list[i].ID, score})
		}
	}
	return out
}

// score is the chance that a person who works in technology transfer calls the pair 强相关 or 较强相关.
func (e *Engine) score(r *Ranked, bg spreads) float64 {
	if r.judged != (rank.Judged{}) {
		return r.score
	}
	return judgeOf(e.opt.Mode).score(r.Raw, bg.raw)
}

// queryVectors encodes the needs, nil without the encoder.
func (e *Engine) queryVectors(ctx context.Context, needs []Document) ([]vector.Vec, error) {
	if e.opt.Mode == Lexical {
		return nil, nil
	}
	texts := make([]string, len(needs))
	for i := range needs {
		texts[i] = needs[i].whole()
	}
	return e.encode(ctx, vector.KindQuery, texts)
}

// counter returns a function that counts calls and tells progress.
func counter(total int, progress func(done, total int)) func() {
	if progress == nil {
		return func() {}
	}
	var mu sync.Mutex
	n := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		n++
		progress(n, total)
	}
}
