package vector

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"zhuanhua/match/vector/kernel"
)

// The benchmarks run on made vectors, all on one thread, and print MB/s of what a search reads:
// codes where it is by codes, else values. BenchmarkYardstick does nothing but read as much. What
// real encodings give stands in docs/bench.md (`bin/bench -kind vectors`).

// benchIndex makes an index of mixes of a few thousand vectors.
func benchIndex(b *testing.B, rows int, set kernel.Set) *Index {
	b.Helper()
	rnd := rand.New(rand.NewPCG(2, 2))
	base := clusters(rnd, 4000, wideModel.Dim)
	x := NewIndexWith(wideModel, set)
	entries := make([]Entry, 0, 1<<16)
	q := make([]float32, wideModel.Dim)
	for i := range rows {
		v, w := base[rnd.IntN(len(base))], base[rnd.IntN(len(base))]
		for j := range q {
			q[j] = float32(2*int(v.Q[j]) + int(w.Q[j]))
		}
		normalize(q)
		entries = append(entries, Entry{fmt.Sprint(i), []Vec{Quantize(q)}})
		if len(entries) == cap(entries) || i == rows-1 {
			if _, err := x.AddAll(entries); err != nil {
				b.Fatal(err)
			}
			entries = entries[:0]
		}
	}
	return x
}

func benchQueries(b *testing.B, x *Index, n int) []Query {
	b.Helper()
	rnd := rand.New(rand.NewPCG(3, 3))
	out := make([]Query, n)
	for i := range out {
		out[i], _ = x.PrepareVec(x.Vectors(rnd.IntN(x.Docs()))[0])
	}
	return out
}

// eachScale runs a benchmark with 100,000 rows and with a million, on an index of each set of kernels.
func eachScale(b *testing.B, run func(b *testing.B, x *Index, queries []Query)) {
	for _, rows := range []int{100_000, 1_000_000} {
		for _, set := range kernel.All() {
			b.Run(fmt.Sprintf("%d/%v", rows, set), func(b *testing.B) {
				x := benchIndex(b, rows, set)
				queries := benchQueries(b, x, 64)
				b.ResetTimer()
				run(b, x, queries)
			})
		}
	}
}

func BenchmarkFind(b *testing.B) {
	eachScale(b, func(b *testing.B, x *Index, queries []Query) {
		b.SetBytes(int64(x.Len() * 8 * codeWords(wideModel.Dim)))
		for i := 0; b.Loop(); i++ {
			x.View().Find(queries[i%len(queries)], Ask{K: 10, Threads: 1})
		}
	})
}

func BenchmarkFindExact(b *testing.B) {
	eachScale(b, func(b *testing.B, x *Index, queries []Query) {
		b.SetBytes(int64(x.Len() * wideModel.Dim))
		for i := 0; b.Loop(); i++ {
			x.View().Find(queries[i%len(queries)], Ask{K: 10, Threads: 1, Exact: true})
		}
	})
}

// BenchmarkFindAll prints the time of a query among 64.
func BenchmarkFindAll(b *testing.B) {
	x := benchIndex(b, 100_000, kernel.Best())
	queries := benchQueries(b, x, 64)
	b.SetBytes(int64(x.Len() * wideModel.Dim))
	for i := 0; b.Loop(); i += len(queries) {
		x.View().FindAll(queries, Ask{K: 20, Threads: 1})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(queries)*x.Len()), "ns/pair")
}

// BenchmarkScoreDocs scores 1,000 documents that lie anywhere among a million.
func BenchmarkScoreDocs(b *testing.B) {
	x := benchIndex(b, 1_000_000, kernel.Best())
	queries := benchQueries(b, x, 64)
	rnd := rand.New(rand.NewPCG(4, 4))
	docs := make([]int, 1000)
	out := make([]float32, len(docs))
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		for j := range docs {
			docs[j] = rnd.IntN(x.Docs())
		}
		b.StartTimer()
		x.View().ScoreDocs(out, queries[i%len(queries)], docs)
	}
}

// BenchmarkFile saves and opens a million documents.
func BenchmarkFile(b *testing.B) {
	x := benchIndex(b, 1_000_000, kernel.Best())
	path := filepath.Join(b.TempDir(), "x.idx")
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			if err := x.Save(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			y, err := LoadIndex(path, wideModel)
			if err != nil {
				b.Fatal(err)
			}
			y.Close()
		}
	})
}

func BenchmarkYardstick(b *testing.B) {
	for name, rows := range map[string]int{"codes": 1_000_000, "values": 8_000_000} {
		words := make([]uint64, rows*codeWords(wideModel.Dim))
		for i := range words {
			words[i] = uint64(i)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(8 * len(words)))
			for b.Loop() {
				if read(words) == 1 {
					b.Fatal("the sum cannot be 1")
				}
			}
		})
	}
}

// read adds up eight words a round, independently, so that reading is what takes the time.
func read(words []uint64) uint64 {
	var a, b, c, d uint64
	for ; len(words) >= 8; words = words[8:] {
		x := (*[8]uint64)(words)
		a += x[0] + x[4]
		b += x[1] + x[5]
		c += x[2] + x[6]
		d += x[3] + x[7]
	}
	return a + b + c + d
}
