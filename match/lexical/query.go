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

// wanted is a query term that some live document has.
type wanted struct {
	key    uint64
	weight float32 // weight in the query × idf × (k1+1), in points: what its score tends to
	exact  float64 // the same before it is made points
	at     int     // where its numbers by part start in scratch.terms
}

// full is how many points a document would have that earned the whole weight of every term. Points
// are whole numbers, so that their sum is the same in whatever order and from whatever segments it
// is made.
const full = 1 << 30

// scratch is the working memory of one search, kept from query to query.
type scratch struct {
	asked  []asked
	wanted []wanted // heaviest first
	terms  []int32  // by wanted term and part: the number of the term there, −1 for none
	unit   float64  // the score that a point stands for
	points []uint32 // by document

	lists  []list
	spans  []span
	events []event
	heads  []uint32 // by range of the View: its latest event, 0 for none
	bounds []uint32 // by range of the View: the most that a document in it can score, in coarse units
	ranked []spot
	active []active
	primed []int // by rank: the document done before the visit, −1 for none
	window window
	top    top
}

type asked struct {
	key    uint64
	weight float64
}

// maxKept is how many terms or hits a search may have for its working memory to be kept: enough
// for any page, too few for a book to hold memory for good.
const maxKept = 1 << 14

func (v *View) scratch() *scratch {
	if sc, ok := v.index.pool.Get().(*scratch); ok {
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
	v.index.pool.Put(sc)
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
		return cmp.Or(cmp.Compare(b.exact, a.exact), cmp.Compare(a.key, b.key))
	})
	sc.scale()
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
	if df == 0 {
		sc.terms = sc.terms[:at]
		return
	}
	sc.wanted = append(sc.wanted, wanted{key: a.key, exact: a.weight * v.IDFOf(df) * (v.opt.K1 + 1), at: at})
}

// The sums of weights for which points keep the precision of scores as float32. Beyond them scores
// still rank.
const (
	leastSum = 1e-18
	mostSum  = math.MaxFloat32 / 2
)

// scale turns the weights into points.
func (sc *scratch) scale() {
	sum := 0.0
	for _, w := range sc.wanted {
		sum += w.exact
	}
	sc.unit = min(max(sum, leastSum), mostSum) / full
	for i := range sc.wanted {
		sc.wanted[i].weight = float32(sc.wanted[i].exact / sum * full)
	}
}

// score is the score that points stand for. It rises with them, but not with every single one.
func (sc *scratch) score(points uint32) float32 { return float32(float64(points) * sc.unit) }
