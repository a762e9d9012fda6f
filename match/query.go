package match

import (
	"cmp"
	"slices"

	"zhuanhua/match/lexical"
	"zhuanhua/match/text"
)

// bm25K1 and bm25B are what the index scores with: no term can give more than idf·(k1+1).
const (
	bm25K1 = 1.2
	bm25B  = 0.75
)

// mostTerms is how many terms a query has at most. A need of two pages has about 1,500; of a need of
// 200,000 characters those count that weigh most, so that its answer takes a bounded time.
const mostTerms = 2000

// LexicalOptions are those of the index of words in a saved library, for who looks into one. The tag changes whenever the same text gives other
// terms, so that an index made of the former ones is made again.
func LexicalOptions() lexical.Options {
	return lexical.Options{Weights: fieldWeights(), K1: bm25K1, B: bm25B, Tag: "terms 1"}
}

// query is the weighted terms of a document that asks, and the highest score they could give.
func (e *Engine) query(s *state, d *Document) (lexical.Query, float64) {
	terms := d.queryTerms()
	gains := make([]float64, len(terms))
	for i, t := range terms {
		gains[i] = float64(t.Weight) * s.lex.IDF(t.Term)
	}
	if len(terms) > mostTerms {
		terms, gains = heaviest(terms, gains, mostTerms)
	}
	bound := 0.0
	for _, g := range gains {
		bound += g
	}
	return terms, bound * (1 + bm25K1)
}

// queryTerms are the different terms of a document in the order in which they come, each weighing as
// often as it stands there.
func (d *Document) queryTerms() lexical.Query {
	at := map[text.Term]int{}
	var q lexical.Query
	add := func(t text.Term, w float32) {
		i, ok := at[t]
		if !ok {
			i = len(q)
			at[t] = i
			q = append(q, lexical.QueryTerm{Term: t})
		}
		q[i].Weight += w
	}
	for _, p := range d.Parts {
		f := text.Fold(p.Raw)
		for _, t := range text.Tokens(&f) {
			add(t.Term, 1)
		}
		for _, t := range text.AppendCharacters(nil, &f) {
			add(t, charWeight)
		}
	}
	return q
}

// heaviest keeps the n terms that gain most, in their order.
func heaviest(terms lexical.Query, gains []float64, n int) (lexical.Query, []float64) {
	order := make([]int, len(terms))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(gains[b], gains[a]), cmp.Compare(a, b)) })
	order = order[:n]
	slices.Sort(order)
	for i, at := range order { // i is never after at
		terms[i], gains[i] = terms[at], gains[at]
	}
	return terms[:n], gains[:n]
}
