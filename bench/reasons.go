package main

import (
	"context"
	"time"

	"zhuanhua/match"
	"zhuanhua/match/vector"
)

// reasonsSearcher asks the engine as people do: the ten best of what passes a filter, with reasons and
// objections. The filter of a query is one that the document passes which the query was made for.
type reasonsSearcher struct {
	engine *match.Engine
	enc    *sentenceEncoder
}

func buildReasons(ctx context.Context, o options) (searcher, error) {
	docs, err := loadDocs(o.work)
	if err != nil {
		return nil, err
	}
	short, long, err := loadQueries(o.work)
	if err != nil {
		return nil, err
	}
	known := matchDocs(docs)
	for i := range known {
		known[i].Facts = factsOf(i)
	}
	given, err := newKnownVectors(o.work, known, queryDocs(append(short, long...)))
	if err != nil {
		return nil, err
	}
	enc, err := newSentenceEncoder(o, given)
	if err != nil {
		return nil, err
	}
	opt, err := judged(enc)
	if err != nil {
		return nil, err
	}
	e, err := match.New(opt)
	if err != nil {
		return nil, err
	}
	if err := e.Add(ctx, known); err != nil {
		return nil, err
	}
	e.Settle()
	return &reasonsSearcher{e, enc}, nil
}

func (r *reasonsSearcher) search(i int, q query) ([]int, error) {
	found, err := r.engine.Match(context.Background(), []match.Document{needOf(i, q)}, match.Ask{Top: top, Filter: filterFor(q.Doc)})
	if err != nil {
		return nil, err
	}
	out := make([]int, len(found[0].Matches))
	for i, m := range found[0].Matches {
		if out[i], err = number(m.AchievementID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *reasonsSearcher) size() (int64, error) { return 0, nil }

func (r *reasonsSearcher) close() error { return r.enc.Close() }

// sentenceEncoder answers for texts whose vectors are given, and encodes sentences with the product's
// own encoder, which remembers them from run to run. It tells how long that took.
type sentenceEncoder struct {
	vector.Encoder // of the given ones
	local          *vector.Local
	cache          *vector.Cache
	texts          int
	took           time.Duration
}

func newSentenceEncoder(o options, given vector.Encoder) (*sentenceEncoder, error) {
	local, cache, err := openEncoder(o.cache)
	if err != nil {
		return nil, err
	}
	return &sentenceEncoder{Encoder: given, local: local, cache: cache}, nil
}

// Encode encodes what is not given.
func (s *sentenceEncoder) Encode(ctx context.Context, kind vector.Kind, texts []string) ([][]float32, error) {
	out, err := s.Encoder.Encode(ctx, kind, texts)
	if err == nil {
		return out, nil
	}
	begun := time.Now()
	vecs, err := vector.EncodeAll(ctx, s.local, s.cache, kind, texts, nil)
	if err != nil {
		return nil, err
	}
	s.texts += len(texts)
	s.took += time.Since(begun)
	out = make([][]float32, len(vecs))
	for i, v := range vecs {
		out[i] = v.Float()
	}
	return out, nil
}

// Close closes the encoder and its cache.
func (s *sentenceEncoder) Close() error {
	_ = s.cache.Close() // all that matters is written
	return s.local.Close()
}

// pairsName names the child that ranks needs and documents for each other.
const pairsName = "pairs"

// pairing is the time that needs and documents take to be ranked for each other.
type pairing struct {
	Needs, Docs    int
	Seconds        float64
	Pairs, Reached int // related pairs told, documents with a need
}

// measurePairs ranks needs against all documents, the best twenty in both directions, on all cores.
func measurePairs(ctx context.Context, o options) (*pairing, error) {
	s, err := buildReasons(ctx, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	e := s.(*reasonsSearcher).engine
	short, long, err := loadQueries(o.work)
	if err != nil {
		return nil, err
	}
	asked := append(short, long...)
	var needs []match.Document
	for i := range pairNeeds {
		needs = append(needs, needOf(i, asked[i%len(asked)]))
	}
	if err := e.Prepare(ctx, needs); err != nil {
		return nil, err
	}
	begun := time.Now()
	both, err := e.Both(ctx, needs, match.Ask{Top: pairDepth})
	if err != nil {
		return nil, err
	}
	p := &pairing{Needs: len(needs), Docs: e.Len(), Seconds: time.Since(begun).Seconds(), Reached: len(both.Achievements)}
	for _, found := range both.Needs {
		p.Pairs += len(found)
	}
	return p, nil
}
