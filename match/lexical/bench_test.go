package lexical

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"zhuanhua/match/text"
)

// The corpus of the benchmarks has the shape of 100,000 short Chinese abstracts cut into character
// bigrams: titles of 15 to 24 terms and texts of about 200 made of sentences drawn from a stock of
// 8,000, whose terms follow a Zipf law over a million. Queries are runs of 13 to 27 terms out of
// such sentences. Drawing whole sentences matters: terms that stand together in a query stand
// together in documents too, which is what pruning lives on, in real text as here.
const (
	benchDocs    = 100_000
	benchQueries = 500
)

var benchCorpus = sync.OnceValues(func() ([]Doc, []Query) {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 60, 1<<20)
	stock := make([][]text.Term, 8000)
	for i := range stock {
		for range 28 + rng.IntN(24) {
			stock[i] = append(stock[i], text.Term(zipf.Uint64()))
		}
	}
	sentence := func() []text.Term { return stock[rng.IntN(len(stock))] }
	docs := make([]Doc, benchDocs)
	for i := range docs {
		var body []text.Term
		for len(body) < 180 {
			body = append(body, sentence()...)
		}
		docs[i] = Doc{ID: fmt.Sprintf("doc-%06d", i), Fields: [][]text.Term{sentence()[:15+rng.IntN(10)], body}}
	}
	queries := make([]Query, benchQueries)
	for i := range queries {
		s, n := sentence(), 13+rng.IntN(15)
		at := rng.IntN(len(s) - n + 1)
		queries[i] = Terms(s[at : at+n]...)
	}
	return docs, queries
})

var benchIndex = sync.OnceValue(func() *Index {
	docs, _ := benchCorpus()
	ix, err := New(Options{Weights: []int{2, 1}})
	if err == nil {
		err = ix.Add(docs...)
	}
	if err != nil {
		return nil
	}
	ix.Settle()
	return ix
})

func BenchmarkBuild(b *testing.B) {
	docs, _ := benchCorpus()
	tokens := 0
	for _, d := range docs {
		tokens += d.size()
	}
	for b.Loop() {
		ix, err := New(Options{Weights: []int{2, 1}})
		if err != nil {
			b.Fatal(err)
		}
		if err := ix.Add(docs...); err != nil {
			b.Fatal(err)
		}
		ix.Settle()
		postings, bytes := size(ix.View())
		b.ReportMetric(float64(postings)/1e6, "Mpostings")
		b.ReportMetric(float64(bytes)/float64(postings), "bytes/posting")
	}
	b.ReportMetric(float64(tokens)/1e6, "Mtokens")
}

// size is the number of postings of v and the bytes of all its arrays, dictionary and ids included.
func size(v *View) (postings, bytes int) {
	for _, p := range v.parts {
		for t := range p.keys {
			postings += p.size(t)
		}
		bytes += len(p.data) + 12*len(p.keys) + 4*len(p.fences) + 4*len(p.long) + 8*len(p.wide) +
			20*p.docs + len(p.names) + len(p.rare)
	}
	return postings, bytes
}

// latencies runs each query alone and reports the median and the 99th percentile.
func latencies(b *testing.B, queries []Query, run func(Query)) {
	for _, q := range queries { // warm
		run(q)
	}
	var all []time.Duration
	for b.Loop() {
		for _, q := range queries {
			start := time.Now()
			run(q)
			all = append(all, time.Since(start))
		}
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Nanoseconds())/1e6, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds())/1e6, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkSearch(b *testing.B) {
	_, queries := benchCorpus()
	v := benchIndex().View()
	for _, k := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("k%d", k), func(b *testing.B) {
			b.ReportAllocs()
			latencies(b, queries, func(q Query) { v.Search(q, k, nil) })
		})
	}
	b.Run("filter-tenth", func(b *testing.B) {
		latencies(b, queries, func(q Query) { v.Search(q, 10, func(d int) bool { return d%10 == 0 }) })
	})
}

// BenchmarkSearchAmong asks for as many as the engine does, among one in so many documents.
func BenchmarkSearchAmong(b *testing.B) {
	_, queries := benchCorpus()
	v := benchIndex().View()
	for _, share := range []int{2, 8, 20, 50} {
		rng := rand.New(rand.NewPCG(1, 1))
		among := make(Among, v.Segments())
		for i := range among {
			among[i] = make([]uint64, (v.Segment(i).Docs()+63)/64)
			for at := range v.Segment(i).Docs() {
				if rng.IntN(share) == 0 {
					among[i][at/64] |= 1 << (at % 64)
				}
			}
		}
		b.Run(fmt.Sprintf("one-in-%d", share), func(b *testing.B) {
			latencies(b, queries, func(q Query) { v.SearchAmong(q, 115, among, nil) })
		})
	}
}

func BenchmarkSearchLong(b *testing.B) {
	docs, _ := benchCorpus()
	var queries []Query
	for i := range 50 {
		a, c := docs[i*1999].Fields[1], docs[i*1999+1].Fields[1]
		queries = append(queries, Terms(append(slices.Clone(a[:150]), c[:150]...)...))
	}
	v := benchIndex().View()
	b.Run("pruned", func(b *testing.B) {
		latencies(b, queries, func(q Query) { v.Search(q, 10, nil) })
	})
	b.Run("exhaustive", func(b *testing.B) {
		var dst []float32
		latencies(b, queries, func(q Query) { dst = v.Scores(q, dst) })
	})
}

func BenchmarkScores(b *testing.B) {
	_, queries := benchCorpus()
	v := benchIndex().View()
	var dst []float32
	latencies(b, queries, func(q Query) { dst = v.Scores(q, dst) })
}

func BenchmarkScoreDocs(b *testing.B) {
	_, queries := benchCorpus()
	v := benchIndex().View()
	docs := make([]int, 200)
	for i := range docs {
		docs[i] = i * 499
	}
	var dst []float32
	latencies(b, queries, func(q Query) { dst = v.ScoreDocs(q, docs, dst) })
}

// BenchmarkUpdate replaces one document of the large index at a time, merges included.
func BenchmarkUpdate(b *testing.B) {
	docs, _ := benchCorpus()
	ix, err := New(Options{Weights: []int{2, 1}})
	if err != nil {
		b.Fatal(err)
	}
	if err := ix.Add(docs...); err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		if err := ix.Add(docs[i%len(docs)]); err != nil {
			b.Fatal(err)
		}
		i += 7919
	}
	b.ReportMetric(float64(ix.View().Segments()), "segments")
}

func BenchmarkSnapshot(b *testing.B) {
	ix := benchIndex()
	path := filepath.Join(b.TempDir(), "index")
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			if err := ix.Save(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := Open(path, Options{Weights: []int{2, 1}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDFQuantile(b *testing.B) {
	ix := benchIndex()
	for b.Loop() {
		v := &View{index: &Index{}, parts: ix.View().parts}
		runtime.KeepAlive(v.DFQuantile(0.1))
	}
}
