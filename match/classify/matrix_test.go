package classify

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func random(rng *rand.Rand, n, m int) *matrix {
	a := newMatrix(n, m)
	for i := range a.v {
		a.v[i] = float32(rng.NormFloat64())
	}
	return a
}

// TestProduct compares every size around the edges of the tiles with the definition.
func TestProduct(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 2, 3, 63, 64, 65, 130} {
		for _, m := range []int{1, 3, 4, 5, 67, 129} {
			for _, k := range []int{1, 7, 8, 9, 511, 513} {
				a, b := random(rng, n, k), random(rng, m, k)
				c := random(rng, n, m)
				want := slices.Clone(c.v)
				for i := range n {
					for j := range m {
						var sum float64
						for x := range k {
							sum += float64(a.row(i)[x]) * float64(b.row(j)[x])
						}
						want[i*m+j] -= float32(sum)
					}
				}
				product{a: a, b: b, an: n, bn: m, to: k, c: c, sign: -1}.run()
				for i := range want {
					if math.Abs(float64(c.v[i]-want[i])) > 1e-3 {
						t.Fatalf("%d×%d×%d: at %d %v, want %v", n, m, k, i, c.v[i], want[i])
					}
				}
			}
		}
	}
}

// TestDots holds the assembly to the loop in Go, at every length around its step.
func TestDots(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for n := range 40 {
		m := random(rng, 6, n)
		var fast, plain [8]float32
		dots(m.row(0), m.row(1), m.row(2), m.row(3), m.row(4), m.row(5), &fast)
		dotsGo(m.row(0), m.row(1), m.row(2), m.row(3), m.row(4), m.row(5), &plain)
		for i := range fast {
			if math.Abs(float64(fast[i]-plain[i])) > 1e-4 {
				t.Fatalf("length %d: %v, want %v", n, fast, plain)
			}
		}
	}
}

// TestSolve: what solve returns solves the system, at sizes around the tiles.
func TestSolve(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, n := range []int{1, 2, 63, 64, 65, 150} {
		a := random(rng, n, 40)
		k := newMatrix(n, n)
		product{a: a, b: a, an: n, bn: n, to: 40, c: k, sign: 1.0 / 40}.run()
		before := newMatrix(n, n)
		copy(before.v, k.v)
		y := random(rng, 17, n)
		x := solve(k, y, 0.1)
		for r := range y.n {
			for i := range n {
				got := dot(before.row(i), x.row(r)) + 0.1*x.row(r)[i]
				if math.Abs(float64(got-y.row(r)[i])) > 2e-3 {
					t.Fatalf("size %d: row %d gives %v, want %v", n, i, got, y.row(r)[i])
				}
			}
		}
	}
}

// TestSolveSingular: twins without any ridge give finite numbers.
func TestSolveSingular(t *testing.T) {
	k := newMatrix(3, 3)
	for i := range k.v {
		k.v[i] = 1
	}
	y := newMatrix(1, 3)
	y.v[0] = 1
	for _, x := range solve(k, y, 0).v {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			t.Fatalf("got %v", x)
		}
	}
}

// TestLinear holds the support vector machines to their optimum: at the least loss no weight can be
// moved without loss.
func TestLinear(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	const n, terms, cost = 60, 12, 0.7
	var rows []row
	var labels [][]int32
	for i := range n {
		r := row{}
		for id := range int32(terms) {
			if rng.IntN(3) == 0 || int(id) == i%3 {
				r.id, r.w = append(r.id, id), append(r.w, float32(rng.Float64()))
			}
		}
		rows = append(rows, r)
		labels = append(labels, []int32{int32(i % 3)})
	}
	m := fitLinear(rows, labels, 3, terms, cost, 1)
	loss := func(l int, w []float32) float64 {
		sum := 0.0
		for _, x := range w {
			sum += float64(x) * float64(x) / 2
		}
		for i, r := range rows {
			y := -1.0
			if labels[i][0] == int32(l) {
				y = 1
			}
			slack := max(0, 1-y*float64(r.dot(w)+w[terms]))
			sum += cost * slack * slack
		}
		return sum
	}
	for l, w := range m.w {
		least := loss(l, w)
		for k := range w {
			for _, by := range []float32{-0.05, 0.05} {
				moved := slices.Clone(w)
				moved[k] += by
				if loss(l, moved) < least {
					t.Errorf("label %d: weight %d is not where the loss is least", l, k)
				}
			}
		}
	}
}

// TestStack: of an opinion that knows and one that guesses, the first gets the weight, and the
// weights stand where the likelihood is greatest.
func TestStack(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	const n, labels = 400, 5
	knows, guesses, against, targets := random(rng, n, labels), random(rng, n, labels), newMatrix(n, labels), newMatrix(n, labels)
	for i := range n {
		truth := rng.IntN(labels)
		targets.row(i)[truth] = 1
		knows.row(i)[truth] += 2
		against.row(i)[truth] = -1
	}
	ops := []opinion{{"knows", knows}, {"guesses", guesses}, {"against", against}}
	s, least := fitStack(ops, targets)
	if s.weight[0] < 1 || s.weight[1] > 0.2 || s.weight[2] != 0 {
		t.Errorf("weights %v", s.weight)
	}
	for i, w := range s.weight {
		for _, to := range []float64{w - 0.02, w + 0.02} {
			if to < 0 {
				continue
			}
			s.weight[i] = to
			if loss, _, _ := s.derive(ops, targets); loss < least {
				t.Errorf("weight %d: %v has less loss than %v", i, to, w)
			}
			s.weight[i] = w
		}
	}
	chance := make([]float64, labels)
	s.chances(ops, 0, chance)
	sum := 0.0
	for _, c := range chance {
		sum += c
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("chances add up to %v", sum)
	}
}

// TestRounds: small files are learned to the end, huge ones within bounds.
func TestRounds(t *testing.T) {
	rows := make([]row, 1000)
	for i := range rows {
		rows[i].id = make([]int32, 100)
	}
	for labels, want := range map[int]int{2: 200, 3000: 199, 6000: 99, 1_000_000: 8} {
		if got := rounds(rows, labels); got != want {
			t.Errorf("%d labels: %d rounds, want %d", labels, got, want)
		}
	}
}
