package main

import (
	"context"
	"math"
	"math/rand/v2"

	"zhuanhua/match/vector"
	"zhuanhua/match/vector/kernel"
)

// codeWay is a way to make binary codes and to compare them. The product's is one of them; the others
// were tried against it.
type codeWay struct {
	name     string
	centre   bool // take the mean of all vectors off first
	turn     bool // turn vectors first, so that every bit tells of every value
	weighted bool // bits count by the size of the query's value, else all alike
}

var codeWays = []codeWay{
	{name: "sign of each value, bits count alike"},
	{name: "the same, mean taken off", centre: true},
	{name: "the same, turned at random", turn: true},
	{name: "the same, mean taken off and turned", centre: true, turn: true},
	{name: "sign of each value, weights 0 to 3 (the product's)", weighted: true},
	{name: "the same, mean taken off", centre: true, weighted: true},
}

// codeDepths are the numbers of nearest codes that are looked into.
var codeDepths = []int{100, 200, 400, 800, 1600}

// codes compares ways to make codes by how many of the nearest ten are among the nearest codes.
func (r *scanReport) codes(context.Context, options) error {
	step("comparing %d ways to make codes", len(codeWays))
	x, err := indexOf(r.real)
	if err != nil {
		return err
	}
	some := r.queries[:min(askedMixed, len(r.queries))]
	queries, err := prepareAll(x, some)
	if err != nil {
		return err
	}
	want := x.View().FindAll(queries, vector.Ask{K: top})
	r.line("\n| of the nearest 10, among so many nearest codes | 100 | 200 | 400 | 800 | 1,600 |\n| --- | --- | --- | --- | --- | --- |")
	mean := meanOf(r.real)
	for _, w := range codeWays {
		found := w.measure(r.real, some, mean, want)
		r.line("| %s | %.4f | %.4f | %.4f | %.4f | %.4f |", w.name, found[0], found[1], found[2], found[3], found[4])
	}
	return nil
}

func meanOf(vecs []vector.Vec) []float32 {
	out := make([]float32, dim)
	for _, v := range vecs {
		for i, q := range v.Q {
			out[i] += v.Scale * float32(q) / float32(len(vecs))
		}
	}
	return out
}

// measure returns the share that is found for each depth.
func (w codeWay) measure(docs, queries []vector.Vec, mean []float32, want [][]vector.Hit) []float64 {
	codes := make([]uint64, len(docs)*kernel.CodeWords)
	eachPart(len(docs), func(i int) { signs(codes[i*kernel.CodeWords:], w.change(docs[i].Float(), mean)) })
	found := make([]float64, len(codeDepths))
	dist := make([]uint16, len(docs))
	for i, q := range queries {
		kernel.Best().Distances(dist, w.query(w.change(q.Float(), mean)), codes)
		var counts [3*dim + 1]int
		for _, d := range dist {
			counts[d]++
		}
		for _, h := range want[i] {
			nearer := 0
			for d := range dist[h.Doc] {
				nearer += counts[d]
			}
			for j, depth := range codeDepths {
				if nearer < depth { // codes equally near count together, as in the product
					found[j] += 1 / float64(top*len(queries))
				}
			}
		}
	}
	return found
}

func signs(code []uint64, v []float32) {
	for i, x := range v {
		if x < 0 {
			code[i/64] |= 1 << (i % 64)
		}
	}
}

// query is what the kernel compares codes with: bits, those that count once, those that count twice.
func (w codeWay) query(v []float32) []uint64 {
	out := make([]uint64, 3*kernel.CodeWords)
	signs(out, v)
	squares := 0.0
	for _, x := range v {
		squares += float64(x) * float64(x)
	}
	usual := math.Sqrt(squares / dim)
	for i, x := range v {
		weight := uint64(1)
		if w.weighted {
			weight = min(3, uint64(math.Round(math.Abs(float64(x))/usual*2)))
		}
		out[kernel.CodeWords+i/64] |= weight & 1 << (i % 64)
		out[2*kernel.CodeWords+i/64] |= weight >> 1 << (i % 64)
	}
	return out
}

func (w codeWay) change(v, mean []float32) []float32 {
	if w.centre {
		for i := range v {
			v[i] -= mean[i]
		}
	}
	if w.turn {
		turn(v)
	}
	return v
}

// turn multiplies with a fixed matrix of unit length: signs at random and sums and differences of
// pairs at all distances (Walsh and Hadamard), three times.
func turn(v []float32) {
	rnd := rand.New(rand.NewPCG(mixSeed, 2))
	for range 3 {
		for i := range v {
			if rnd.IntN(2) == 0 {
				v[i] = -v[i]
			}
		}
		for half := 1; half < len(v); half *= 2 {
			for i := range v {
				if i&half == 0 {
					v[i], v[i+half] = v[i]+v[i+half], v[i]-v[i+half]
				}
			}
		}
		for i := range v {
			v[i] /= float32(math.Sqrt(float64(len(v))))
		}
	}
}
