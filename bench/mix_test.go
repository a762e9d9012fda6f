package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"zhuanhua/match/vector"
)

func someVectors(n int) []vector.Vec {
	rnd := rand.New(rand.NewPCG(1, 1))
	out := make([]vector.Vec, n)
	for i := range out {
		v := make([]float32, dim)
		for j := range v {
			v[j] = float32(rnd.NormFloat64()) + 0.5
		}
		unit(v)
		out[i] = vector.Quantize(v)
	}
	return out
}

// TestMixture: unit vectors, the same every time and for every number; none moved is the real one; the
// farther they are moved the farther they are from queries.
func TestMixture(t *testing.T) {
	real := someVectors(300)
	few, many := mixture{0.9, 5}.vectors(real, 5000), mixture{0.9, 5}.vectors(real, 9000)
	for i, v := range few {
		if v.Dot(many[i]) != many[i].Dot(many[i]) || math.Abs(float64(v.Dot(v))-1) > 1e-5 {
			t.Fatalf("vector %d differs, or has not length 1", i)
		}
	}
	if still := (mixture{0, 5}).vectors(real, 600)[301]; still.Dot(real[1]) < 0.9999 {
		t.Error("a vector that is not moved is another")
	}
	far := 2.0
	for _, most := range []float64{0.2, 0.6, 1.5} {
		x, err := indexOf(mixture{most, 20}.vectors(real, 3000))
		if err != nil {
			t.Fatal(err)
		}
		queries, err := prepareAll(x, real[:20])
		if err != nil {
			t.Fatal(err)
		}
		if n := nearnessOf(x.View(), queries)[fitMost]; n >= far {
			t.Errorf("moved by %v: median %v, not below %v", most, n, far)
		} else {
			far = n
		}
	}
}

// TestBisect finds the number whose quantile is wanted.
func TestBisect(t *testing.T) {
	x := 5.0
	try := func() (nearness, error) { return nearness{1 / x}, nil }
	got, err := bisect(&x, 1, 25, 0, nearness{0.5}, nearness{0.2}, try)
	if err != nil || math.Abs(got[0]-0.5) > 0.05 {
		t.Errorf("%v at %v, %v", got, x, err)
	}
}

func TestSlope(t *testing.T) {
	if s := slope([]float64{10, 100, 1000}, []float64{3, 30, 300}); math.Abs(s-1) > 1e-9 {
		t.Error(s)
	}
}

// TestCodeWays: every way finds the vectors themselves, and turning keeps what vectors are to each other.
func TestCodeWays(t *testing.T) {
	docs := someVectors(400)
	x, err := indexOf(docs)
	if err != nil {
		t.Fatal(err)
	}
	queries, err := prepareAll(x, docs[:10])
	if err != nil {
		t.Fatal(err)
	}
	want := x.View().FindAll(queries, vector.Ask{K: top})
	for _, w := range codeWays {
		found := w.measure(docs, docs[:10], meanOf(docs), want)
		if found[0] < 0.5 || math.Abs(found[len(found)-1]-1) > 1e-9 {
			t.Errorf("%+v: %v", w, found)
		}
	}
	a, b := docs[0].Float(), docs[1].Float()
	before, after := dotOf(a, b), 0.0
	turn(a)
	turn(b)
	if after = dotOf(a, b); math.Abs(before-after) > 1e-5 {
		t.Errorf("%v became %v", before, after)
	}
}

func dotOf(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
