package main

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"

	"zhuanhua/match"
	"zhuanhua/match/vector"
)

// askedFused is how many real queries the fused ranking is compared for; exact answers take long.
const askedFused = 300

// givenVectors is an encoder that looks vectors up instead of making them.
type givenVectors struct {
	seed maphash.Seed
	of   map[uint64]vector.Vec
}

func newGiven(docs []string, docVecs []vector.Vec, queries []string, queryVecs []vector.Vec) *givenVectors {
	g := &givenVectors{seed: maphash.MakeSeed(), of: make(map[uint64]vector.Vec, len(docs)+len(queries))}
	for i, t := range docs {
		g.give(vector.KindPassage, t, docVecs[i])
	}
	for i, t := range queries {
		g.give(vector.KindQuery, t, queryVecs[i])
	}
	return g
}

func (g *givenVectors) give(kind vector.Kind, text string, v vector.Vec) { g.of[g.key(kind, text)] = v }

func (g *givenVectors) key(kind vector.Kind, text string) uint64 {
	return maphash.String(g.seed, text)<<1 | uint64(kind)
}

func (g *givenVectors) Model() vector.Model {
	return vector.Model{Name: "bench", Revision: "bench", Dim: dim}
}

// Encode answers for the texts that it was given.
func (g *givenVectors) Encode(_ context.Context, kind vector.Kind, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		v, ok := g.of[g.key(kind, t)]
		if !ok {
			return nil, fmt.Errorf("a text of %d bytes has no vector", len(t))
		}
		out[i] = v.Float()
	}
	return out, nil
}

func (g *givenVectors) Close() error { return nil }

// fused compares the engine's answers with the ranking of all documents by both signals.
func (r *scanReport) fused(ctx context.Context, o options) error {
	texts, err := readReal(o.shared)
	if err != nil {
		return err
	}
	docs := texts.docs[:len(r.real)]
	step("fused ranking of %d real texts", len(docs))
	enc := newGiven(docs, r.real, texts.queries, r.allQueries)
	e, err := match.New(match.Options{Encoder: enc})
	if err != nil {
		return err
	}
	list := make([]match.Document, len(docs))
	for i, t := range docs {
		list[i] = match.Document{ID: fmt.Sprintf("d%06d", i), Parts: []match.Part{{Column: "text", Raw: t}}}
	}
	if err := e.Add(ctx, list); err != nil {
		return err
	}
	e.Settle()
	var found [2]float64
	depths := [2]int{10, 100}
	some := rand.New(rand.NewPCG(mixSeed, 2)).Perm(len(texts.queries))[:min(askedFused, len(texts.queries))]
	for _, i := range some {
		q := match.Document{ID: "q", Parts: []match.Part{{Column: "text", Role: match.RoleText, Raw: texts.queries[i]}}}
		exact, err := e.Rank(ctx, &q, len(docs), nil)
		if err != nil {
			return err
		}
		for k, depth := range depths {
			got, err := e.Rank(ctx, &q, depth, nil)
			if err != nil {
				return err
			}
			found[k] += shareOf(got, exact[:depth]) / float64(len(some))
		}
	}
	r.line("- Words and vectors together, %d of the real queries among %d real texts: %.4f of the ten best and %.4f of the hundred best by both are found.",
		len(some), len(docs), found[0], found[1])
	return nil
}

func shareOf(got, want []match.Ranked) float64 {
	have := map[string]bool{}
	for _, g := range got {
		have[g.ID] = true
	}
	n := 0
	for _, w := range want {
		if have[w.ID] {
			n++
		}
	}
	return float64(n) / float64(len(want))
}
