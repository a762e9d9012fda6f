package learn

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"zhuanhua/match/rank"
)

// invented makes a set of needs where the relevant document is the one with the highest sum of features
// 2 and 5 (or 2 alone), and feature 9 says nothing.
func invented(seed uint64, needs int, judged bool) Set {
	r := rand.New(rand.NewPCG(seed, 1))
	s := Set{Name: "示例", Judged: judged}
	for i := range needs {
		n := Need{ID: fmt.Sprint("n", i), Fold: i % Folds}
		best, at := -1e9, 0
		for j := range 20 {
			p := Pair{ID: fmt.Sprint("d", j), Find: j, Known: judged && j%2 == 0}
			for _, f := range []int{2, 5, 9} {
				p.Row[f] = float32(r.NormFloat64())
			}
			if v := float64(p.Row[2] + p.Row[5]); v > best && (!judged || p.Known) {
				best, at = v, j
			}
			n.Pairs = append(n.Pairs, p)
		}
		n.Pairs[at].Grade = 1
		if judged {
			n.Pairs[at].Grade = 3
		}
		s.Needs = append(s.Needs, n)
	}
	return s
}

func quick() Options {
	return Options{Seed: 1, Nets: 2, Hidden: 4, Epochs: 12, Rate: 2e-2, Decay: 1e-4, Further: 1}
}

// firsts is the share of needs whose relevant document comes first.
func firsts(s *Set, values [][]float32) float64 {
	right := 0
	for i := range s.Needs {
		order := Order(&s.Needs[i], values[i])
		for _, p := range s.Needs[i].Pairs {
			if p.Grade > 0 && p.ID == order[0] {
				right++
			}
		}
	}
	return float64(right) / float64(len(s.Needs))
}

func TestLearnsWhatThereIs(t *testing.T) {
	sets := []Set{invented(1, 200, false)}
	if got := firsts(&sets[0], CrossValidated(sets, quick())[0]); got < 0.9 {
		t.Errorf("%.2f of the needs of other folds have their document first, want 0.9", got)
	}
	blind := quick()
	blind.Without = func(f int) bool { return f == 2 || f == 5 }
	if got := firsts(&sets[0], CrossValidated(sets, blind)[0]); got > 0.15 {
		t.Errorf("%.2f come first without the features that tell, want about 0.05", got)
	}
}

// TestWithoutMeansNothing: of what is the same everywhere, or left out, no weight remains.
func TestWithoutMeansNothing(t *testing.T) {
	blind := quick()
	blind.Without = func(f int) bool { return f == 2 || f == 5 }
	n := Whole([]Set{invented(1, 50, false)}, blind)
	for i, w := range n.In {
		if f := i / n.Hidden; n.Inverse[f] == 0 && (w != 0 || n.Linear[f] != 0) {
			t.Fatalf("feature %d tells nothing and weighs %v, %v", f, w, n.Linear[f])
		}
	}
	if n.Inverse[2] != 0 || !slices.ContainsFunc(n.In, func(w float32) bool { return w != 0 }) {
		t.Errorf("measure %v of what is left out, weights %v", n.Inverse[2], n.In[:n.Hidden])
	}
}

// TestUnseen: where grades are drawn by lot nothing can be learned, so whoever does better than chance
// has seen the needs that are measured.
func TestUnseen(t *testing.T) {
	s := invented(2, 200, false)
	r := rand.New(rand.NewPCG(9, 9))
	for i := range s.Needs {
		for j := range s.Needs[i].Pairs {
			s.Needs[i].Pairs[j].Grade = 0
		}
		s.Needs[i].Pairs[r.IntN(20)].Grade = 1
	}
	if got := firsts(&s, CrossValidated([]Set{s}, quick())[0]); got > 0.13 {
		t.Errorf("%.2f come first where only chance decides", got)
	}
}

// TestFoldsAreKept: needs of the fold and needs that shun it are not learned from.
func TestFoldsAreKept(t *testing.T) {
	s := invented(3, 50, false)
	s.Needs[7].Shun[0] = true // it stands in fold 2
	further := invented(4, 10, false)
	further.Further = true
	further.Needs[3].Shun[0] = true
	if got := len(lists([]Set{s, further}, quick(), 0)); got != 50-10-1+10-1 {
		t.Errorf("%d lists for fold 0, want 48", got)
	}
	if got := len(lists([]Set{s, further}, quick(), -1)); got != 60 {
		t.Errorf("%d lists for all, want 60", got)
	}
}

// TestJudgedSetsGiveTwoOrders: that of the judged documents, and that of all with what nobody judged as
// weak evidence.
func TestJudgedSetsGiveTwoOrders(t *testing.T) {
	got := lists([]Set{invented(5, 10, true)}, quick(), -1)
	if len(got) != 20 || len(got[0].rows) != 10 || len(got[1].rows) != 20 {
		t.Fatalf("%d lists, the first of %d and %d documents", len(got), len(got[0].rows), len(got[1].rows))
	}
	if share := slices.Max(got[0].share); share != 1 {
		t.Errorf("the one relevant document has %v of the gain", share)
	}
	weight := float32(0)
	for _, l := range got {
		weight += l.weight
	}
	if math.Abs(float64(weight)-2.5*usualSet) > 1e-1 {
		t.Errorf("the set weighs %v, want %v", weight, 2.5*usualSet)
	}
}

// TestSameBytes: the same input gives the same weights, however many cores learn; another seed others.
func TestSameBytes(t *testing.T) {
	sets := []Set{invented(6, 40, false), invented(7, 20, true)}
	bytesOf := func(o Options) []byte {
		m := rank.Model{Net: Whole(sets, o)}
		return (&rank.Ranker{Hybrid: m, Lexical: m}).Write()
	}
	o := quick()
	o.Epochs = 2
	first := bytesOf(o)
	old := runtime.GOMAXPROCS(1)
	again := bytesOf(o)
	runtime.GOMAXPROCS(old)
	if !bytes.Equal(first, again) {
		t.Error("one core gives other weights")
	}
	o.Seed = 2
	if bytes.Equal(first, bytesOf(o)) {
		t.Error("another seed gives the same weights")
	}
}

func TestOrder(t *testing.T) {
	n := Need{Pairs: []Pair{{ID: "a"}, {ID: "b"}, {ID: "c"}}}
	got := Order(&n, []float32{1, 3, 3})
	if want := []string{"b", "c", "a"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestRandomisation(t *testing.T) {
	for _, c := range []struct {
		name       string
		difference []float64
		low, high  float64
	}{
		{"nothing", nil, 1, 1},
		{"ten of one sign: 2 of 1024 throws", []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 0.0005, 0.0045},
		{"balanced", []float64{1, -1, 1, -1}, 1, 1},
		{"one", []float64{0.5}, 1, 1},
		{"three of four: |sum| ≥ 2 in 10 of 16 throws", []float64{1, 1, 1, -1}, 0.6, 0.65},
	} {
		if p := Randomisation(c.difference, 1); p < c.low || p > c.high {
			t.Errorf("%s: p %v, want %v to %v", c.name, p, c.low, c.high)
		}
	}
}

// TestLevelsAreFound: samples drawn from a known ordinal model give its chances back.
func TestLevelsAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	true1 := rank.Levels{Slope: 1.5, Above: [3]float64{1, -1, -2.5}}
	var samples []Sample
	for i := range 4000 {
		s := Sample{Value: float32(r.NormFloat64()), Row: &rank.Row{}, Fold: i % Folds, Weight: 1}
		c, u := true1.At(true1.Place(s.Value, s.Row)), r.Float64()
		for u > c[s.Grade] && s.Grade < 3 {
			u -= c[s.Grade]
			s.Grade++
		}
		samples = append(samples, s)
	}
	got := FitLevels(samples, -1)[rank.Whole]
	if math.Abs(got.Slope-1.5) > 0.1 {
		t.Errorf("slope %.2f, want 1.5", got.Slope)
	}
	for i, a := range got.Above {
		if math.Abs(a-true1.Above[i]) > 0.15 {
			t.Errorf("added %.2f, want %.2f", a, true1.Above[i])
		}
	}
	c := FitFolds(samples).Calibrate(samples, func(*Sample) bool { return true })
	if c.Error > 0.03 || c.Pairs != 4000 {
		t.Errorf("calibration error %.3f over %d pairs", c.Error, c.Pairs)
	}
	for k := range c.Chances {
		if math.Abs(c.Chances[k]-c.Shares[k]) > 0.02 {
			t.Errorf("level %d: said %.3f, was %.3f", k, c.Chances[k], c.Shares[k])
		}
	}
}

// TestThresholds counts by hand.
func TestThresholds(t *testing.T) {
	got := threshold(0.5, []float64{0.9, 0.6, 0.5, 0.4, 0.1}, []int{3, 1, 0, 2, 0})
	want := Threshold{Score: 0.5, Shown: 3, Good: 1. / 3, Any: 2. / 3, Missed: 0.5}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestLevelsOfForms: each form of need gets the levels of its own samples, and one that nobody graded those
// of all the others.
func TestLevelsOfForms(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	above := map[rank.Form]float64{rank.Whole: 1, rank.Titled: -1}
	var samples []Sample
	for i := range 1500 {
		s := Sample{Value: float32(r.NormFloat64()), Row: &rank.Row{}, Fold: i % Folds, Weight: 1, Form: rank.Whole}
		if i%2 == 1 {
			s.Form = rank.Titled
		}
		l := rank.Levels{Slope: 1, Above: [3]float64{above[s.Form], above[s.Form] - 2, above[s.Form] - 3}}
		c, u := l.At(l.Place(s.Value, s.Row)), r.Float64()
		for u > c[s.Grade] && s.Grade < 3 {
			u -= c[s.Grade]
			s.Grade++
		}
		samples = append(samples, s)
	}
	got := FitLevels(samples, -1)
	for form, want := range above {
		if math.Abs(got[form].Above[0]-want) > 0.3 {
			t.Errorf("form %d: added %.2f, want %.2f", form, got[form].Above[0], want)
		}
	}
	if a := got[rank.Told].Above[0]; math.Abs(a) > 0.3 {
		t.Errorf("the form without grades: added %.2f, want what both teach, 0", a)
	}
	if FitLevels(samples, 0) == got {
		t.Error("levels without a fold are those of all")
	}
}
