package vector

import (
	"math"
	"math/rand/v2"
	"testing"
)

func randomVec(rnd *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(rnd.NormFloat64())
	}
	normalize(v)
	return v
}

func TestQuantizeError(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	worst := 0.0
	for n := range 2000 {
		dim := 1 + rnd.IntN(700)
		a, b := randomVec(rnd, dim), randomVec(rnd, dim)
		if n%3 == 0 { // near ones too
			for i := range b {
				b[i] = a[i] + b[i]/10
			}
			normalize(b)
		}
		exact := 0.0
		for i := range a {
			exact += float64(a[i]) * float64(b[i])
		}
		off := math.Abs(float64(Quantize(a).Dot(Quantize(b))) - exact)
		if bound := QuantError(a, b); off > bound {
			t.Fatalf("dimension %d: off by %v, bound %v", dim, off, bound)
		}
		if dim > 400 {
			worst = max(worst, off)
		}
	}
	t.Logf("worst error above 400 dimensions: %.5f", worst)
	if worst > 0.003 {
		t.Errorf("worst error %v", worst)
	}
}

func TestQuantizeEdges(t *testing.T) {
	for _, v := range [][]float32{nil, {0, 0, 0}, {float32(math.NaN()), 1}, {float32(math.Inf(1)), 1}} {
		q := Quantize(v)
		if q.Scale != 0 || len(q.Q) != len(v) || q.Dot(q) != 0 {
			t.Errorf("%v gives %v", v, q)
		}
	}
	for _, v := range [][]float32{{1}, {-1, 0}, {0.6, -0.8}, {1e-20, 1e-20}, {1e18, 1}} {
		q := Quantize(v)
		if got, want := length(q.Float()), length(v); math.Abs(got/want-1) > 1e-5 {
			t.Errorf("%v: length %v becomes %v", v, want, got)
		}
	}
}

func BenchmarkDot512(b *testing.B) {
	rnd := rand.New(rand.NewPCG(5, 6))
	v, w := Quantize(randomVec(rnd, 512)), Quantize(randomVec(rnd, 512))
	var sum float32
	for b.Loop() {
		sum += v.Dot(w)
	}
	_ = sum
}
