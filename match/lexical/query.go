package lexical

import (
	"cmp"
	"math"
	"slices"

	"zhuanhua/match/text"
)

// Query is what to look for: any of these terms, each adding to the score by its weight. A term
// that stands there twice counts with the sum of its weights.
type Query []QueryTerm

// QueryTerm is one term and its weight. Weights that are not positive and finite count as 0.
type QueryTerm struct {
	Term   text.Term
	Weight float32
}

// Terms makes the query in which each term weighs as often as it occurs.
func Terms(terms ...text.Term) Query {
	q := make(Query, len(terms))
	for i, t := range terms {
		q[i] = QueryTerm{t, 1}
	}
	return q
}

// wanted is a query term that some live document has. The scores of all methods are sums over
// wanted terms in one order, heaviest first, so that every way to a score gives the same bits.
type wanted struct {
	key    uint64
	weight float32 // weight in the query × idf × (k1+1): what its score tends to
	at     int     // where its numbers by part start in scratch.terms
}

// scratch is the working memory of one search, kept from query to query.
type scratch struct {
	asked  []asked
	wanted []wanted
	terms  []int32 // by wanted term and part: the number of the term there, −1 for none
	lists  []list
	rest   []float32
	top    top
	window window
}

type asked struct {
	key    uint64
	weight float64
}

// maxKept is how many terms or hits a search may have for its working memory to be kept: enough
// for any page, too few for a book to hold memory for good.
const maxKept = 1 << 14

func (v *View) scratch() *scratch {
	if sc, ok := v.pool.Get().(*scratch); ok {
		return sc
	}
	return new(scratch)
}

// release keeps sc for the next search, without what it knows of this one's segments. It is not
// deferred: after a panic of the caller's keep the window is not clean and must not be used again.
func (v *View) release(sc *scratch) {
	if cap(sc.asked) > maxKept || cap(sc.top.heap) > maxKept {
		return
	}
	clear(sc.lists[:cap(sc.lists)])
	sc.top.view = nil
	v.pool.Put(sc)
}

// plan finds the terms of q in every part and orders them for scoring.
func (v *View) plan(q Query, sc *scratch) {
	sc.asked = sc.asked[:0]
	for _, t := range q {
		if w := float64(t.Weight); w > 0 && !math.IsInf(w, 0) {
			sc.asked = append(sc.asked, asked{mix(t.Term), w})
		}
	}
	slices.SortFunc(sc.asked, func(a, b asked) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.weight, b.weight))
	})
	sc.wanted, sc.terms = sc.wanted[:0], sc.terms[:0]
	for i := 0; i < len(sc.asked); {
		a := sc.asked[i]
		for i++; i < len(sc.asked) && sc.asked[i].key == a.key; i++ {
			a.weight += sc.asked[i].weight
		}
		v.want(a, sc)
	}
	slices.SortFunc(sc.wanted, func(a, b wanted) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.key, b.key))
	})
}

// want adds a term to the plan if a live document has it.
func (v *View) want(a asked, sc *scratch) {
	at, df := len(sc.terms), 0
	for i := range v.parts {
		p := &v.parts[i]
		t := p.find(a.key)
		sc.terms = append(sc.terms, int32(t))
		if t >= 0 {
			df += p.df(t)
		}
	}
	w := float32(min(a.weight*v.idf(df)*(v.opt.K1+1), math.MaxFloat32))
	if df == 0 || w == 0 {
		sc.terms = sc.terms[:at]
		return
	}
	sc.wanted = append(sc.wanted, wanted{a.key, w, at})
}
