package vector

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"zhuanhua/match/vector/kernel"
)

// clusters makes vectors that lie together in groups, as those of texts on the same matter do, with
// a mean that is not 0.
func clusters(rnd *rand.Rand, n, dim int) []Vec {
	mean := randomVec(rnd, dim)
	centres := make([][]float32, 1+n/50)
	for i := range centres {
		centres[i] = randomVec(rnd, dim)
	}
	out := make([]Vec, n)
	for i := range out {
		v, c := randomVec(rnd, dim), centres[rnd.IntN(len(centres))]
		for j := range v {
			v[j] += c[j] + mean[j]
		}
		normalize(v)
		out[i] = Quantize(v)
	}
	return out
}

var wideModel = Model{Name: "wide", Revision: "w", Dim: 512}

func wideIndex(t testing.TB, vecs []Vec, set kernel.Set) *Index {
	t.Helper()
	x := NewIndexWith(wideModel, set)
	entries := make([]Entry, len(vecs))
	for i := range entries {
		entries[i] = Entry{fmt.Sprintf("d%07d", i), vecs[i : i+1]}
	}
	if _, err := x.AddAll(entries); err != nil {
		t.Fatal(err)
	}
	return x
}

// TestFindRecall: by codes nearly all of the nearest are found, whatever computes, and by all alike.
// The figures of real encodings are in docs/bench.md.
func TestFindRecall(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	vecs := clusters(rnd, 12_020, wideModel.Dim)
	var first [][]Hit
	for _, set := range kernel.All() {
		x := wideIndex(t, vecs[:12_000], set)
		v := x.View()
		queries := make([]Query, 20)
		for i := range queries {
			queries[i], _ = x.PrepareVec(vecs[12_000+i])
		}
		exact := v.FindAll(queries, Ask{K: 10})
		near := make([][]Hit, len(queries))
		found := 0
		for i, q := range queries {
			near[i] = v.Find(q, Ask{K: 10, Depth: 500})
			for _, h := range near[i] {
				if slices.Contains(exact[i], h) {
					found++
				}
			}
			if one := v.Find(q, Ask{K: 10, Exact: true, Threads: 2}); !slices.Equal(one, exact[i]) {
				t.Fatalf("%v: alone %v, among others %v", set, one, exact[i])
			}
		}
		if found < 199 {
			t.Errorf("%v: %d of 200 found", set, found)
		}
		if first == nil {
			first = near
		}
		if !slices.EqualFunc(first, near, slices.Equal) {
			t.Errorf("%v finds others than %v", set, kernel.Set{})
		}
	}
}

// TestFindThreads: how many threads work changes nothing.
func TestFindThreads(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	vecs := clusters(rnd, 20_000, wideModel.Dim)
	x := wideIndex(t, vecs, kernel.Best())
	x.DeleteAll("d0000007", "d0004097", "d0019999")
	v := x.View()
	for i := range 20 {
		q, _ := x.PrepareVec(vecs[rnd.IntN(len(vecs))])
		want := v.findNear(q, Ask{K: 5 + i, Depth: 300, Threads: 1})
		for threads := 2; threads < 7; threads++ {
			if got := v.findNear(q, Ask{K: 5 + i, Depth: 300, Threads: threads}); !slices.Equal(got, want) {
				t.Fatalf("%d threads: %v, want %v", threads, got, want)
			}
		}
	}
}

// TestFindFilter: what is found is among what may be, and the best of that.
func TestFindFilter(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 6))
	vecs := clusters(rnd, 20_000, wideModel.Dim)
	x := wideIndex(t, vecs, kernel.Best())
	v := x.View()
	q, _ := x.PrepareVec(vecs[11])
	for _, share := range []int{1, 3, 4000} { // every so manyth may be found
		var among Bits
		for doc := 0; doc < len(vecs); doc += share {
			among.Add(doc)
		}
		odd := func(doc int) bool { return doc%2 == 1 || share%2 == 0 }
		for name, keep := range map[string]func(int) bool{"all": nil, "odd": odd} {
			want := v.Find(q, Ask{K: 10, Exact: true, Keep: func(doc int) bool { return doc%share == 0 && (keep == nil || keep(doc)) }})
			got := v.Find(q, Ask{K: 10, Among: among, Keep: keep})
			batch := v.FindAll([]Query{q}, Ask{K: 10, Among: among, Keep: keep})[0]
			if !slices.Equal(got, want) || !slices.Equal(batch, want) {
				t.Errorf("every %dth, %s: %v and %v, want %v", share, name, got, batch, want)
			}
		}
	}
	if got := v.Find(q, Ask{K: 10, Among: Bits{}}); len(got) != 0 {
		t.Errorf("among none: %v", got)
	}
}

// TestFindSame: where more documents are alike than are looked at, all count.
func TestFindSame(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	vecs := clusters(rnd, 20_000, wideModel.Dim)
	for i := range vecs[:5000] {
		vecs[i] = vecs[0]
	}
	x := wideIndex(t, vecs, kernel.Best())
	q, _ := x.PrepareVec(vecs[0])
	hits := x.View().findNear(q, Ask{K: 4999, Depth: 10})
	for i, h := range hits {
		if h.Doc != i {
			t.Fatalf("hit %d is %v", i, h)
		}
	}
	if len(hits) != 4999 {
		t.Errorf("%d hits", len(hits))
	}
}

// TestScoreDocs: any order, repeated, missing, deleted, without passages.
func TestScoreDocs(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	x := NewIndex(testModel)
	for i := range 1000 {
		if _, err := x.Add(fmt.Sprint(i), passages(rnd, 5)...); err != nil {
			t.Fatal(err)
		}
	}
	x.Delete("13")
	q := testQuery(t, x, rnd)
	docs := []int{-1, 13, 1000, 5, 5}
	for range 600 {
		docs = append(docs, rnd.IntN(1000))
	}
	out := make([]float32, len(docs))
	x.View().ScoreDocs(out, q, docs)
	for i, doc := range docs {
		want := float32(-1)
		for _, v := range x.Vectors(doc) {
			want = max(want, v.Dot(q.vec))
		}
		if out[i] != want {
			t.Fatalf("document %d: %v, want %v", doc, out[i], want)
		}
	}
}

// TestQueryCode: signs and weights of a small vector, by hand. Its root mean square is 4.
func TestQueryCode(t *testing.T) {
	q := []int8{0, 1, -1, 2, 3, -4, 5, -6, 8, 2}
	words := codeWords(len(q))
	code := queryCode(q)
	if words != kernel.CodeWords || len(code) != 3*words {
		t.Fatalf("%d words, %d in all", words, len(code))
	}
	for i, want := range []struct{ negative, weight uint64 }{{0, 0}, {0, 0}, {1, 0}, {0, 1}, {0, 1}, {1, 2}, {0, 2}, {1, 3}, {0, 3}, {0, 1}} {
		negative, weight := code[0]>>i&1, code[words]>>i&1+2*(code[2*words]>>i&1)
		if negative != want.negative || weight != want.weight {
			t.Errorf("value %d: sign %d, weight %d, want %+v", q[i], negative, weight, want)
		}
	}
	for _, w := range []int{0, words, 2 * words} {
		if code[w]>>len(q) != 0 || slices.ContainsFunc(code[w+1:w+words], func(x uint64) bool { return x != 0 }) {
			t.Error("a code is not filled up with zeros")
		}
	}
	for dim, want := range map[int]int{1: 8, 512: 8, 513: 16, 768: 16, 1024: 16, 1025: 24} {
		if codeWords(dim) != want {
			t.Errorf("dimension %d: %d words, want %d", dim, codeWords(dim), want)
		}
	}
}

// TestFindAllTiles: more queries than go at a time, on more and fewer threads.
func TestFindAllTiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 11))
	x := NewIndex(testModel)
	for i := range 150 {
		if _, err := x.Add(fmt.Sprint(i), passages(rnd, 3)...); err != nil {
			t.Fatal(err)
		}
	}
	queries := make([]Query, 2*batchQueries+3)
	for i := range queries {
		queries[i] = testQuery(t, x, rnd)
	}
	for _, threads := range []int{1, 2, 5000} {
		for i, hits := range x.View().FindAll(queries, Ask{K: 7, Threads: threads}) {
			if want := x.View().Find(queries[i], Ask{K: 7}); !slices.Equal(hits, want) {
				t.Fatalf("%d threads, query %d: %v, want %v", threads, i, hits, want)
			}
		}
	}
	if got := x.View().FindAll(nil, Ask{K: 3}); len(got) != 0 {
		t.Error(got)
	}
}

func TestBits(t *testing.T) {
	var b Bits
	for _, n := range []int{700, 0, 63, 64, 700} {
		b.Add(n)
	}
	var all []int
	b.All(func(n int) { all = append(all, n) })
	if !slices.Equal(all, []int{0, 63, 64, 700}) || b.Len() != 4 {
		t.Errorf("%v, %d", all, b.Len())
	}
	for n, want := range map[int]bool{-1: false, 0: true, 1: false, 64: true, 700: true, 701: false, 100_000: false} {
		if b.Has(n) != want {
			t.Errorf("%d: %v", n, !want)
		}
	}
}

// TestSieve: what is kept are all live, accepted rows up to the distance that leaves enough of them,
// by the plain definition.
func TestSieve(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	vecs := clusters(rnd, 9000, testModel.Dim)
	x := NewIndex(testModel)
	for i := range vecs {
		if _, err := x.Add(fmt.Sprint(i), vecs[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < 9000; i += 7 {
		x.Delete(fmt.Sprint(i))
	}
	v := x.View()
	q := testQuery(t, x, rnd)
	dist := make([]uint16, len(vecs))
	kernel.Set{}.Distances(dist, q.code, v.chunks[0].code)
	for _, want := range []int{1, 2, 50, 999, 5000, 100_000} {
		accept := func(doc int) bool { return doc%3 != 0 || want == 50 }
		var far []uint16 // distances of the rows that may be kept
		for row, d := range dist {
			if row%7 != 0 && accept(row) {
				far = append(far, d)
			}
		}
		slices.Sort(far)
		var docs []int
		for row, d := range dist {
			if row%7 != 0 && accept(row) && d <= far[min(want, len(far))-1] {
				docs = append(docs, row)
			}
		}
		for parts := 1; parts < 3; parts++ {
			s := scratch{}
			for p := range parts {
				from, until := v.part(p, parts)
				s.sieves = append(s.sieves, new(sieve))
				s.sieves[p].scan(v, q, want, accept, from, until)
			}
			if got := s.nearest(want); !slices.Equal(got, docs) {
				t.Errorf("%d wanted, %d parts: %d documents, want %d", want, parts, len(got), len(docs))
			}
		}
	}
}
