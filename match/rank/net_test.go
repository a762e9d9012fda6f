package rank

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTanh(t *testing.T) {
	last := float32(-2)
	for x := -8.0; x <= 8; x += 0.01 {
		got := tanh(float32(x))
		if math.Abs(float64(got)-math.Tanh(x)) > 2e-4 {
			t.Fatalf("tanh(%v) is %v, want %v", x, got, math.Tanh(x))
		}
		if got < last {
			t.Fatalf("tanh falls at %v", x)
		}
		last = got
	}
}

// TestValue: a network worked out by hand.
func TestValue(t *testing.T) {
	n := &Net{Hidden: 1, In: make([]float32, Features), Bias: []float32{0.5}, Out: []float32{2}}
	n.Mean[0], n.Inverse[0], n.Linear[0], n.In[0] = 1, 2, 3, 1
	for _, c := range []struct{ x, want float64 }{
		{1, 2 * math.Tanh(0.5)},
		{1.5, 3 + 2*math.Tanh(1.5)},
		{100, 3*4 + 2*math.Tanh(4.5)}, // no farther than four spreads
	} {
		got := n.Value(&Row{0: float32(c.x), 1: 77}, make([]float32, 1))
		if math.Abs(float64(got)-c.want) > 1e-3 {
			t.Errorf("value at %v is %v, want %v", c.x, got, c.want)
		}
	}
}

func TestMergeIsTheMean(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	nets := []*Net{anyNet(r, 5), anyNet(r, 7), anyNet(r, 3)}
	m := Merge(nets)
	h := make([]float32, m.Hidden)
	for range 50 {
		var x Row
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		want := 0.0
		for _, n := range nets {
			want += float64(n.Value(&x, h)) / 3
		}
		if got := float64(m.Value(&x, h)); math.Abs(got-want) > 1e-4 {
			t.Fatalf("merged value %v, mean of the three %v", got, want)
		}
	}
}

func TestChances(t *testing.T) {
	l := Levels{Slope: 1, Above: [3]float64{1, -1, -3}}
	last := -1.0
	for place := -6.0; place <= 6; place += 0.25 {
		c, sum := l.At(place), 0.0
		for _, p := range c {
			if p < 0 {
				t.Fatalf("at %v: chances %v", place, c)
			}
			sum += p
		}
		if good := l.Good(place); math.Abs(sum-1) > 1e-9 || math.Abs(good-c[2]-c[3]) > 1e-9 || good <= last {
			t.Fatalf("at %v: chances %v sum to %v, good %v after %v", place, c, sum, good, last)
		}
		last = l.Good(place)
		for k, p := range l.Of(last) {
			if math.Abs(p-c[k]) > 1e-9 {
				t.Fatalf("at %v: chances %v, from the score %v", place, c, l.Of(last))
			}
		}
	}
	for level, c := range []Chances{{0.6, 0.2, 0.1, 0.1}, {0.3, 0.4, 0.2, 0.1}, {0.2, 0.2, 0.5, 0.1}, {0.1, 0.1, 0.1, 0.7}} {
		if got := c.Median(); got != level {
			t.Errorf("median of %v is %d, want %d", c, got, level)
		}
	}
}

// TestKindMovesNobody: what a need is like moves all its documents alike.
func TestKindMovesNobody(t *testing.T) {
	l := Levels{Slope: 0.5, Kind: [Kinds]float64{1, 2, 3, 4, 5}}
	a := Row{fTopRaw: 0.5, fNeedTerms: 3, fCosine: 0.9, fTerms: 1}
	b := Row{fTopRaw: 0.5, fNeedTerms: 3, fCosine: 0.1}
	if d := l.Place(3, &a) - l.Place(1, &b); math.Abs(d-1) > 1e-6 {
		t.Errorf("two pairs of one need lie %v apart, want the slope times 2", d)
	}
}

func TestFormOf(t *testing.T) {
	title, text, blank := Text{"题目", true}, Text{"正文", false}, Text{" \n", false}
	for _, c := range []struct {
		texts []Text
		want  Form
	}{
		{[]Text{title, text}, Whole}, {[]Text{text, title}, Whole}, {[]Text{title}, Titled}, {[]Text{title, blank}, Titled},
		{[]Text{text}, Told}, {[]Text{text, {" ", true}}, Told}, {[]Text{blank}, Titled}, {nil, Titled},
	} {
		if got := FormOf(c.texts); got != c.want {
			t.Errorf("%v has form %d, want %d", c.texts, got, c.want)
		}
	}
}
