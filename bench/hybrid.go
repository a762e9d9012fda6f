package main

import (
	"context"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"

	"zhuanhua/match"
	"zhuanhua/match/vector"
)

// engineSearcher is the product's engine as commands use it.
type engineSearcher struct {
	engine *match.Engine
	work   string
}

func buildEngineLexical(ctx context.Context, o options) (searcher, error) {
	e, err := match.New(match.Options{Mode: match.Lexical})
	if err != nil {
		return nil, err
	}
	docs, err := loadDocs(o.work)
	if err != nil {
		return nil, err
	}
	return &engineSearcher{engine: e, work: o.work}, e.Add(ctx, matchDocs(docs))
}

// buildHybrid gives the engine an encoder that knows the vectors of this corpus, and a cache on
// disk, as the commands do.
func buildHybrid(ctx context.Context, o options) (searcher, error) {
	docs, err := loadDocs(o.work)
	if err != nil {
		return nil, err
	}
	short, long, err := loadQueries(o.work)
	if err != nil {
		return nil, err
	}
	asked := queryDocs(append(short, long...))
	known := matchDocs(docs)
	enc, err := newKnownVectors(o.work, known, asked)
	if err != nil {
		return nil, err
	}
	cache := vector.OpenCache(filepath.Join(o.work, "vectors"), enc.Model())
	if err := cache.Trouble(); err != nil {
		return nil, err
	}
	opt, err := judged(enc)
	if err != nil {
		return nil, err
	}
	opt.Cache = cache
	e, err := match.New(opt)
	if err != nil {
		return nil, err
	}
	if err := e.Add(ctx, known); err != nil {
		return nil, err
	}
	return &engineSearcher{engine: e, work: o.work}, e.Prepare(ctx, asked)
}

func matchDocs(docs []document) []match.Document {
	out := make([]match.Document, len(docs))
	for i, d := range docs {
		out[i] = match.Document{ID: d.ID, Parts: []match.Part{
			{Column: "title", Role: match.RoleTitle, Raw: d.Title}, {Column: "text", Role: match.RoleText, Raw: d.Text}}}
	}
	return out
}

func queryDocs(queries []query) []match.Document {
	out := make([]match.Document, len(queries))
	for i, q := range queries {
		out[i] = queryDoc(q)
	}
	return out
}

func queryDoc(q query) match.Document {
	return match.Document{ID: "q", Parts: []match.Part{{Column: "text", Role: match.RoleText, Raw: q.Text}}}
}

func (e *engineSearcher) search(_ int, q query) ([]int, error) {
	d := queryDoc(q)
	list, err := e.engine.Rank(context.Background(), &d, top, nil)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(list))
	for i, r := range list {
		if out[i], err = number(r.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// size is not told: the engine's indexes are those that stand in rows of their own.
func (e *engineSearcher) size() (int64, error) { return 0, nil }

func (e *engineSearcher) close() error { return nil }

// knownVectors is an encoder that looks vectors up instead of making them.
type knownVectors struct {
	seed    maphash.Seed
	at      map[uint64]int // by hash of a text: which vector; queries count down from −1
	docs    *vectorFile
	queries *vectorFile
}

func newKnownVectors(work string, docs, queries []match.Document) (*knownVectors, error) {
	k := &knownVectors{seed: maphash.MakeSeed(), at: make(map[uint64]int, len(docs)+len(queries))}
	var err error
	if k.docs, err = openVectors(work, docVectors); err != nil {
		return nil, err
	}
	if k.queries, err = openVectors(work, queryVectors); err != nil {
		return nil, err
	}
	for i, d := range docs {
		k.at[maphash.String(k.seed, d.Parts[0].Raw+"\n"+d.Parts[1].Raw)] = i
	}
	for i, d := range queries {
		k.at[maphash.String(k.seed, d.Parts[0].Raw)] = -1 - i
	}
	return k, nil
}

func (k *knownVectors) Model() vector.Model {
	return vector.Model{Name: "bench", Revision: "bench", Dim: dim}
}

// Encode answers for the texts of this corpus; any other is an error rather than a guess.
func (k *knownVectors) Encode(_ context.Context, _ vector.Kind, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		at, ok := k.at[maphash.String(k.seed, t)]
		if !ok {
			return nil, fmt.Errorf("a text of %d bytes is not of this corpus", len(t))
		}
		file := k.docs
		if at < 0 {
			file, at = k.queries, -1-at
		}
		v, err := file.at(at)
		if err != nil {
			return nil, err
		}
		out[i] = v.Float()
	}
	return out, nil
}

func (k *knownVectors) Close() error { return nil }

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
