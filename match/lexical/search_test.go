package lexical

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/match/text"
)

// TestFormula checks scores worked out by hand: N 3, lengths 4, 5 and 1 (titles twice), mean
// 10/3; both terms are in two documents, so idf = ln(1 + 1.5/2.5) = ln 1.6 = 0.4700036.
func TestFormula(t *testing.T) {
	const a, b, c = 1, 2, 3
	v := newIndex(t,
		Doc{"d1", [][]text.Term{{a}, {b, c}}},    // norm 1.2·(0.25 + 0.75·1.2) = 1.38
		Doc{"d2", [][]text.Term{{b}, {a, a, b}}}, // norm 1.2·(0.25 + 0.75·1.5) = 1.65
		Doc{"d3", [][]text.Term{nil, {c}}},       // norm 1.2·(0.25 + 0.75·0.3) = 0.57
	).View()
	want := []Hit{
		{0, "d1", 0.8290676}, // ln 1.6·2.2·(2/(2+1.38) + 0.5·1/(1+1.38))
		{1, "d2", 0.5665797}, // ln 1.6·2.2·2/(2+1.65)
		{2, "d3", 0.3293019}, // ln 1.6·2.2·0.5·1/(1+0.57)
	}
	got := v.Search(Query{{a, 1}, {c, 0.5}}, 10, nil)
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i, h := range got {
		if h.ID != want[i].ID || h.Doc != want[i].Doc || math.Abs(float64(h.Score-want[i].Score)) > 1e-6 {
			t.Errorf("hit %d: %v, want %v", i, h, want[i])
		}
	}
	if math.Abs(v.IDF(a)-math.Log(1.6)) > 1e-12 || v.DF(a) != 2 || math.Abs(v.AvgLen()-10.0/3) > 1e-12 {
		t.Errorf("idf %v df %d mean length %v", v.IDF(a), v.DF(a), v.AvgLen())
	}
}

func TestPrunedEqualsExhaustive(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 1))
		docs := make([]Doc, 6000) // 24 ranges
		for i := range docs {
			docs[i] = randomDoc(rng, id(i))
			if i > 0 && rng.IntN(4) == 0 { // ties
				docs[i].Fields = docs[rng.IntN(i)].Fields
			}
		}
		v := newIndex(t, docs...).View()
		for range 10 {
			checkSearch(t, v, randomQuery(rng))
		}
		checkSearch(t, v, Terms(randomTerms(rng, 300, 320)...))
	}
}

// TestManySegments has more documents than a segment takes, of very different lengths, so that
// bounds are carried from one mean length to another.
func TestManySegments(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	docs := make([]Doc, maxDocs+3000)
	for i := range docs {
		n := 3
		if i >= maxDocs {
			n = 40
		}
		docs[i] = Doc{ID: id(i), Fields: [][]text.Term{nil, randomTerms(rng, n, 200)}}
	}
	docs[maxDocs-1].Fields[1] = slices.Repeat([]text.Term{999}, 70_000) // the highest posting there is
	ix := newIndex(t, docs...)
	if n := ix.View().Segments(); n != 2 {
		t.Errorf("%d segments, want 2", n)
	}
	if got := ix.View().Search(Terms(999), 10, nil); len(got) != 1 || got[0].Doc != maxDocs-1 {
		t.Errorf("the last document of a full segment: %v", got)
	}
	for range 2 {
		checkSearch(t, ix.View(), Terms(randomTerms(rng, 12, 200)...))
	}
	if n := ix.Delete(id(0), id(maxDocs), id(0), "nobody"); n != 2 {
		t.Errorf("%d deleted, want 2", n)
	}
	checkSearch(t, ix.View(), Terms(randomTerms(rng, 12, 200)...))
	var ids []string
	for i := range maxDocs + 3000 {
		ids = append(ids, id(i))
	}
	if n := ix.Delete(ids...); n != maxDocs+2998 || ix.View().Slots() != 0 {
		t.Errorf("%d deleted, %d slots left", n, ix.View().Slots())
	}
}

// TestWideVocabulary has more distinct terms than the first hash table of a build takes.
func TestWideVocabulary(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	c := corpus{}
	for i := range 30 {
		c[id(i)] = Doc{ID: id(i), Fields: [][]text.Term{nil, randomTerms(rng, 5000, 1<<30)}}
		c[id(i)].Fields[1][0] = 7
	}
	v := newIndex(t, c.docs()...).View()
	if v.DF(7) != len(c) {
		t.Errorf("df %d, want %d", v.DF(7), len(c))
	}
	checkView(t, v, c, rng)
	var some []text.Term // more than are bounded together
	for _, d := range c {
		some = append(some, d.Fields[1][:20]...)
	}
	checkSearch(t, v, Terms(some...))
}

// TestManyLists has a range whose bound is the sum of more lists than 16 bits hold, and is best:
// were the sum to wrap, it would fall behind the other range for some of these numbers.
func TestManyLists(t *testing.T) {
	for n := 260; n <= 600; n += 20 {
		var terms []text.Term
		for i := range n {
			terms = append(terms, slices.Repeat([]text.Term{text.Term(i)}, 15)...)
		}
		docs := make([]Doc, 2*rangeDocs)
		for i := range docs {
			docs[i] = Doc{ID: id(i)}
			if i%64 == 0 {
				docs[i].Fields = append(docs[i].Fields, terms[:15*150])
			} else if i > rangeDocs && i%64 == 1 {
				docs[i].Fields = append(docs[i].Fields, terms)
			}
		}
		ix, err := New(Options{Weights: weights, K1: 1.2, B: 0})
		if err != nil {
			t.Fatal(err)
		}
		if err := ix.Add(docs...); err != nil {
			t.Fatal(err)
		}
		checkSearch(t, ix.View(), Terms(terms...))
	}
}

// TestUnevenSegments searches segments whose mean lengths differ widely, so that the bounds of each
// have to be carried over to the mean of all, and in which one document outdoes its range.
func TestUnevenSegments(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 6))
	ix := newIndex(t)
	for part, length := range []int{3, 40, 700} {
		docs := make([]Doc, 600)
		for i := range docs {
			docs[i] = Doc{id(1000*part + i), [][]text.Term{randomTerms(rng, rng.IntN(3), 300), randomTerms(rng, rng.IntN(length), 300)}}
		}
		docs[rng.IntN(len(docs))].Fields[1] = slices.Repeat(randomTerms(rng, 5, 300), 200)
		if err := ix.Add(docs...); err != nil {
			t.Fatal(err)
		}
	}
	v := ix.View()
	if v.Segments() != 3 || v.parts[0].refLen*50 > v.parts[2].refLen {
		t.Fatalf("%d segments, mean lengths %v and %v", v.Segments(), v.parts[0].refLen, v.parts[2].refLen)
	}
	for range 40 {
		checkSearch(t, v, randomQuery(rng))
	}
	checkSearch(t, v, Terms(randomTerms(rng, 600, 300)...))
}

func TestOddQueries(t *testing.T) {
	v := newIndex(t, Doc{"a", [][]text.Term{{1, 2}}}, Doc{"b", [][]text.Term{{2}}}, Doc{"nothing", nil}).View()
	inf := float32(math.Inf(1))
	for name, c := range map[string]struct {
		q    Query
		k    int
		want int
	}{
		"empty":           {nil, 10, 0},
		"k 0":             {Terms(1), 0, 0},
		"k below 0":       {Terms(1), -1, 0},
		"k above n":       {Terms(2), 1 << 40, 2},
		"unknown":         {Terms(9), 10, 0},
		"one unknown":     {Terms(9, 1), 10, 1},
		"weight 0":        {Query{{1, 0}}, 10, 0},
		"weight below 0":  {Query{{1, -1}, {2, 1}}, 10, 2},
		"weight infinite": {Query{{1, inf}, {2, 1}}, 10, 2},
		"weight NaN":      {Query{{1, inf - inf}}, 10, 0},
		"weights huge":    {Query{{1, math.MaxFloat32}, {2, math.MaxFloat32}}, 10, 2},
		"weight tiny":     {Query{{1, math.SmallestNonzeroFloat32}}, 10, 1},
	} {
		if got := v.Search(c.q, c.k, nil); len(got) != c.want {
			t.Errorf("%s: %v, want %d hits", name, got, c.want)
		}
	}
	if got, want := v.Search(Terms(2, 1, 2), 9, nil), v.Search(Query{{1, 1}, {2, 2}}, 9, nil); !slices.Equal(got, want) {
		t.Errorf("a term twice: %v, want %v", got, want)
	}
	if got := v.ScoreDocs(Terms(1), []int{-1, 0, 2, 3}, nil); got[1] <= 0 || got[0]+got[2]+got[3] != 0 {
		t.Errorf("ScoreDocs of numbers out of range: %v", got)
	}
}

func TestEmptyIndex(t *testing.T) {
	ix := newIndex(t)
	v := ix.View()
	if len(v.Search(Terms(1), 10, nil)) != 0 || len(v.Scores(Terms(1), nil)) != 0 || v.Len() != 0 ||
		v.Slots() != 0 || v.AvgLen() != 0 || v.DF(1) != 0 || v.DFQuantile(0.1) != 0 || v.Live(0) || v.ID(0) != "" {
		t.Error("an empty index is not empty")
	}
	if _, ok := v.Doc("x"); ok || ix.Delete("x") != 0 {
		t.Error("an empty index has a document")
	}
	checkView(t, newIndex(t, Doc{ID: "a"}, Doc{ID: "b"}).View(), corpus{"a": {ID: "a"}, "b": {ID: "b"}}, rand.New(rand.NewPCG(1, 1)))
}

// TestSpam repeats one term: the score stays under idf·(k1+1) and the count does not overflow.
func TestSpam(t *testing.T) {
	for _, times := range []int{10_000, 100_000} {
		spam := slices.Repeat([]text.Term{1}, times)
		v := newIndex(t, Doc{"spam", [][]text.Term{spam, spam}}, Doc{"fair", [][]text.Term{{1, 2}}}, Doc{"other", [][]text.Term{{2}}}).View()
		limit := v.IDF(1) * 2.2
		for _, h := range v.Search(Terms(1), 10, nil) {
			if s := float64(h.Score); !(s > 0 && s < limit) {
				t.Errorf("%s scores %v, limit %v", h.ID, s, limit)
			}
		}
		if d, _ := v.Doc("spam"); v.DocLen(d) != 3*times {
			t.Errorf("length %d, want %d", v.DocLen(d), 3*times)
		}
	}
}

// TestTies checks that equal scores come in the order of ids, whatever the order of adding.
func TestTies(t *testing.T) {
	var docs []Doc
	for i := range 5000 {
		docs = append(docs, Doc{fmt.Sprintf("%04d", (i*2741)%5000), [][]text.Term{{7}}})
	}
	for i, h := range newIndex(t, docs...).View().Search(Terms(7), 100, nil) {
		if h.ID != fmt.Sprintf("%04d", i) {
			t.Fatalf("place %d has %s", i, h.ID)
		}
	}
}

// TestKeep checks that a filter is asked for no document twice, and that its panic leaves no trace.
func TestKeep(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	docs := make([]Doc, 5000)
	for i := range docs {
		docs[i] = randomDoc(rng, id(i))
	}
	v := newIndex(t, docs...).View()
	q := Terms(0, 1, 2, 3, 50)
	asked := make(map[int]bool)
	v.Search(q, 5, func(d int) bool {
		if asked[d] {
			t.Fatalf("%d asked twice", d)
		}
		asked[d] = true
		return d%2 == 0
	})
	if len(asked) < 5 || len(asked) > 1000 {
		t.Errorf("%d of 5000 documents asked for the five best", len(asked))
	}
	func() {
		defer func() { recover() }()
		v.Search(q, 5, func(d int) bool { panic("the caller's") })
	}()
	checkSearch(t, v, q)
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no weights":      {},
		"negative weight": {Weights: []int{-1}},
		"large weight":    {Weights: []int{1001}},
		"K1":              {Weights: weights, K1: -1},
		"K1 NaN":          {Weights: weights, K1: math.NaN()},
		"K1 infinite":     {Weights: weights, K1: math.Inf(1), B: 0.5},
		"B":               {Weights: weights, B: 1.5},
		"tag":             {Weights: weights, Tag: string(make([]byte, 5000))},
	} {
		if _, err := New(o); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	rng := rand.New(rand.NewPCG(9, 9))
	for _, o := range []Options{ // the ends of the ranges
		{Weights: []int{0, 1}, K1: 1.2, B: 0}, {Weights: []int{1000, 1}, B: 1}, {Weights: weights, K1: 1e6, B: 1},
	} {
		ix, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 300 {
			if err := ix.Add(randomDoc(rng, id(i))); err != nil {
				t.Fatal(err)
			}
		}
		for range 20 {
			checkSearch(t, ix.View(), randomQuery(rng))
		}
	}
}

// TestReadersDoNotWait searches, saves and looks up while a writer holds the index.
func TestReadersDoNotWait(t *testing.T) {
	ix := newIndex(t, Doc{"a", [][]text.Term{{1}}})
	ix.mu.Lock()
	defer ix.mu.Unlock()
	done := make(chan int)
	go func() {
		v := ix.View()
		n := len(v.Search(Terms(1), 10, nil)) + len(v.Scores(Terms(1), nil)) + v.DF(1) + v.DFQuantile(1)
		if ix.Save(filepath.Join(t.TempDir(), "index")) == nil {
			n++
		}
		done <- n
	}()
	select {
	case n := <-done:
		if n != 5 {
			t.Errorf("the readers found %d, want 5", n)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("a reader waits for the writer")
	}
}

// TestReaders searches from several goroutines what others change, merge, save and open, and checks
// that a View of a mapped file, held all the while, answers as on the first day, though its segments
// are long gone from the index and the collector runs. Its point is the race detector.
func TestReaders(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var docs []Doc
	for i := range 3000 {
		docs = append(docs, randomDoc(rng, id(i)))
	}
	path := filepath.Join(t.TempDir(), "index")
	if err := newIndex(t, docs...).Save(path); err != nil {
		t.Fatal(err)
	}
	ix, err := Open(path, Options{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for w := range 2 {
		writers.Go(func() { change(t, ix, path, rand.New(rand.NewPCG(uint64(w), 6))) })
	}
	held, q := ix.View(), Terms(0, 1, 5, 20, 100)
	first := held.Search(q, 20, nil)
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				v := ix.View()
				if got, want := v.Search(q, 20, nil), exhaustive(v, q, 20, nil); !slices.Equal(got, want) {
					t.Errorf("%v, want %v", got, want)
					return
				}
				if !slices.Equal(held.Search(q, 20, nil), first) {
					t.Error("a View has changed")
					return
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	ix.Settle()
	if ix.View().parts[0].segment == held.parts[0].segment {
		t.Error("the segment held was never merged: nothing is tried")
	}
}

// change writes to ix for a while, and saves and opens it now and then.
func change(t *testing.T, ix *Index, path string, rng *rand.Rand) {
	for i := range 300 {
		if err := ix.Add(randomDoc(rng, id(rng.IntN(4000))), randomDoc(rng, id(rng.IntN(4000)))); err != nil {
			t.Error(err)
		}
		var gone []string
		for range rng.IntN(6) {
			gone = append(gone, id(rng.IntN(4000)))
		}
		ix.Delete(gone...)
		if i%100 != 0 {
			continue
		}
		ix.View().DFQuantile(0.1)
		runtime.GC() // frees the mappings that nobody holds
		if err := ix.Save(path); err != nil {
			t.Error(err)
		}
		opened, err := Open(path, Options{Weights: weights})
		if err != nil {
			t.Error(err)
			return
		}
		if v := opened.View(); !slices.Equal(v.Search(Terms(0, 5), 5, nil), exhaustive(v, Terms(0, 5), 5, nil)) {
			t.Error("a snapshot taken meanwhile answers wrongly")
		}
	}
}
