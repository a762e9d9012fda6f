package lexical

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zhuanhua/match/text"
)

// corpus is what an index should hold, kept in the simplest way there is.
type corpus map[string]Doc

func (c corpus) docs() []Doc {
	var docs []Doc
	for _, id := range slices.Sorted(maps.Keys(c)) {
		docs = append(docs, c[id])
	}
	return docs
}

// tf is the weighted frequency of t in d.
func tf(d Doc, weights []int, t text.Term) float64 {
	n := 0
	for f, terms := range d.Fields {
		for _, x := range terms {
			if x == t {
				n += weights[f]
			}
		}
	}
	return float64(n)
}

func length(d Doc, weights []int) float64 {
	n := 0
	for f, terms := range d.Fields {
		n += weights[f] * len(terms)
	}
	return float64(n)
}

// scores computes BM25 from the formula, in double precision, from nothing but the documents.
func (c corpus) scores(q Query, weights []int) map[string]float64 {
	const k1, b = 1.2, 0.75
	total := 0.0
	for _, d := range c {
		total += length(d, weights)
	}
	avg, n := total/float64(len(c)), float64(len(c))
	out := make(map[string]float64)
	for _, t := range q {
		df := 0.0
		for _, d := range c {
			if tf(d, weights, t.Term) > 0 {
				df++
			}
		}
		idf := math.Log(1 + (n-df+0.5)/(df+0.5))
		for id, d := range c {
			if f := tf(d, weights, t.Term); f > 0 {
				norm := k1 * (1 - b + b*length(d, weights)/avg)
				out[id] += float64(t.Weight) * idf * f * (k1 + 1) / (f + norm)
			}
		}
	}
	return out
}

// randomTerms draws n terms of about vocabulary many, the low ones often.
func randomTerms(rng *rand.Rand, n, vocabulary int) []text.Term {
	terms := make([]text.Term, n)
	for i := range terms {
		terms[i] = text.Term(rng.Float64() * rng.Float64() * rng.Float64() * float64(vocabulary))
	}
	return terms
}

func randomDoc(rng *rand.Rand, id string) Doc {
	return Doc{ID: id, Fields: [][]text.Term{
		randomTerms(rng, rng.IntN(6), 300), randomTerms(rng, rng.IntN(60), 300),
	}}
}

func randomQuery(rng *rand.Rand) Query {
	q := Terms(randomTerms(rng, rng.IntN(25), 320)...)
	for i := range q {
		q[i].Weight = float32(1+rng.IntN(4)) / 2
	}
	return q
}

var weights = []int{2, 1}

func newIndex(t testing.TB, docs ...Doc) *Index {
	t.Helper()
	ix, err := New(Options{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.Add(docs...); err != nil {
		t.Fatal(err)
	}
	return ix
}

// exhaustive is what Search should return, from Scores.
func exhaustive(v *View, q Query, k int, keep func(int) bool) []Hit {
	var hits []Hit
	for d, s := range v.Scores(q, nil) {
		if s > 0 && (keep == nil || keep(d)) {
			hits = append(hits, Hit{d, v.ID(d), s})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return hits[:min(max(k, 0), len(hits))]
}

// checkSearch compares all ways to the scores of q with each other.
func checkSearch(t *testing.T, v *View, q Query) {
	t.Helper()
	third := func(d int) bool { return d%3 == 0 }
	for _, keep := range []func(int) bool{nil, third} {
		ranking := exhaustive(v, q, v.Slots(), keep)
		for _, k := range []int{1, 3, 10, 100, v.Slots() + 5} {
			want := ranking[:min(k, len(ranking))]
			if got := v.Search(q, k, keep); !slices.Equal(got, want) {
				t.Fatalf("k %d, filtered %v: pruned and exhaustive differ:\n%v\n%v", k, keep != nil, got, want)
			}
		}
	}
	docs := make([]int, v.Slots()+2) // with a number too low and one too high, descending
	for i := range docs {
		docs[i] = v.Slots() - i
	}
	all := v.Scores(q, nil)
	slices.Reverse(all)
	if got := v.ScoreDocs(q, docs, nil); !slices.Equal(got[1:len(got)-1], all) || got[0] != 0 || got[len(got)-1] != 0 {
		t.Fatal("ScoreDocs and Scores differ")
	}
}

// checkView compares v with the corpus it should hold: with the formula, and bit for bit with an
// index made afresh.
func checkView(t *testing.T, v *View, c corpus, rng *rand.Rand) {
	t.Helper()
	fresh := newIndex(t, c.docs()...).View()
	if v.Len() != len(c) || fresh.AvgLen() != v.AvgLen() {
		t.Fatalf("%d documents of mean length %v, want %d of %v", v.Len(), v.AvgLen(), len(c), fresh.AvgLen())
	}
	for range 5 {
		q := randomQuery(rng)
		checkSearch(t, v, q)
		for _, x := range q {
			if v.DF(x.Term) != fresh.DF(x.Term) {
				t.Fatalf("df %d, want %d", v.DF(x.Term), fresh.DF(x.Term))
			}
		}
		want := c.scores(q, weights)
		got := v.Scores(q, nil)
		for id := range c {
			d, ok := v.Doc(id)
			f, _ := fresh.Doc(id)
			if !ok || !v.Live(d) || v.ID(d) != id || v.DocLen(d) != fresh.DocLen(f) {
				t.Fatalf("document %s is not as it was put in", id)
			}
			if math.Abs(float64(got[d])-want[id]) > 1e-5*max(1, want[id]) {
				t.Fatalf("document %s scores %v, want %v", id, got[d], want[id])
			}
		}
		checkSame(t, v, fresh, q)
	}
	for _, p := range []float64{0, 0.1, 0.5, 0.9, 1} {
		if v.DFQuantile(p) != fresh.DFQuantile(p) || v.DFShare(p) != fresh.DFShare(p) {
			t.Fatalf("quantile %v: %d %d, want %d %d", p, v.DFQuantile(p), v.DFShare(p), fresh.DFQuantile(p), fresh.DFShare(p))
		}
	}
}

// checkSame compares the answers of two Views, bit for bit but for the document numbers.
func checkSame(t *testing.T, a, b *View, q Query) {
	t.Helper()
	x, y := a.Search(q, 50, nil), b.Search(q, 50, nil)
	for i := range x {
		x[i].Doc = 0
	}
	for i := range y {
		y[i].Doc = 0
	}
	if !slices.Equal(x, y) {
		t.Fatalf("two indexes of the same documents answer differently:\n%v\n%v", x, y)
	}
}

func id(n int) string { return fmt.Sprintf("doc-%d", n) }
