package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The benchmarks print GB/s of vectors read, to stand beside BenchmarkRead, which does nothing but
// read. "far" is more than a processor's caches hold, "near" fits the first of them.
const (
	farRows  = 1 << 20
	nearRows = 64
	dim      = 512
)

func eachSize(b *testing.B, bytes int, do func(b *testing.B, rows int)) {
	for _, rows := range []int{nearRows, farRows} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			b.SetBytes(int64(rows * bytes))
			do(b, rows)
		})
	}
}

func int8s(n int) []int8 {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]int8, n)
	for i := range out {
		out[i] = int8(rnd.Uint32())
	}
	return out
}

func uint64s(n int) []uint64 {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]uint64, n)
	for i := range out {
		out[i] = rnd.Uint64()
	}
	return out
}

// BenchmarkRead is the yardstick: plain sums over the same memory.
func BenchmarkRead(b *testing.B) {
	for name, bytes := range map[string]int{"vectors": dim, "codes": dim / 8} {
		words := uint64s(farRows * bytes / 8)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(words) * 8))
			var sum uint64
			for b.Loop() {
				for w := words; len(w) >= 8; w = w[8:] {
					x := (*[8]uint64)(w)
					sum += x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7]
				}
			}
			if sum == 1 {
				b.Log(sum)
			}
		})
	}
}

func BenchmarkDots(b *testing.B) {
	q, rows, out := int8s(dim), int8s(farRows*dim), make([]int32, farRows)
	for _, s := range All() {
		b.Run(s.String(), func(b *testing.B) {
			eachSize(b, dim, func(b *testing.B, n int) {
				for b.Loop() {
					s.Dots(out[:n], q, rows)
				}
			})
		})
	}
}

// BenchmarkDotsAt reads one row in 200, as rescoring does.
func BenchmarkDotsAt(b *testing.B) {
	const each = 200
	q, rows := int8s(dim), int8s(farRows*dim)
	var at [][]int8
	for i := 0; i+each < farRows; i += each {
		at = append(at, rows[i*dim:][:dim])
	}
	out := make([]int32, len(at))
	for _, s := range All() {
		b.Run(s.String(), func(b *testing.B) {
			b.SetBytes(int64(len(at) * dim))
			for b.Loop() {
				s.DotsAt(out, q, at)
			}
		})
	}
}

func BenchmarkDistances(b *testing.B) {
	q, codes, dist := uint64s(3*CodeWords), uint64s(farRows*CodeWords), make([]uint16, farRows)
	for _, s := range All() {
		b.Run(s.String(), func(b *testing.B) {
			eachSize(b, 8*CodeWords, func(b *testing.B, n int) {
				for b.Loop() {
					s.Distances(dist[:n], q, codes)
				}
			})
		})
	}
}

func BenchmarkWithin(b *testing.B) {
	dist, masks := make([]uint16, 4096), make([]uint64, 64)
	for _, s := range All() {
		b.Run(s.String(), func(b *testing.B) {
			b.SetBytes(2 * 4096)
			for b.Loop() {
				s.Within(masks, dist, 200)
			}
		})
	}
}
