package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"

	"zhuanhua/match/vector"
)

// mixture makes many vectors out of fewer real ones: a real one, moved by differences of others, of
// which several are added up, for a single one would too often happen to point at a query. How far is
// Most·(1 − u^Power), u being uniform from 0 to 1: with a large Power few stay near to a real one. Most and Power are chosen so that the ten nearest of real queries among a
// million are as near as among the real vectors.
type mixture struct{ Most, Power float64 }

// usualMixture is what fitMixture found for 100,000 real vectors and a million mixed ones.
var usualMixture = mixture{1.22, 4}

// mixPairs is how many differences a vector is moved by.
const mixPairs = 4

const mixSeed = 20261124

// vectors makes n of them; the first ones are the same for every n.
func (m mixture) vectors(real []vector.Vec, n int) []vector.Vec {
	out := make([]vector.Vec, n)
	const step = 1 << 12
	eachPart((n+step-1)/step, func(part int) {
		rnd := rand.New(rand.NewPCG(mixSeed, uint64(part)))
		sum := make([]float32, dim)
		for i := part * step; i < min(n, (part+1)*step); i++ {
			v := real[i%len(real)]
			addTo(sum, v, 0, 1)
			move := float32(m.Most * (1 - math.Pow(rnd.Float64(), m.Power)) / math.Sqrt(mixPairs))
			for range mixPairs {
				addTo(sum, real[rnd.IntN(len(real))], 1, move)
				addTo(sum, real[rnd.IntN(len(real))], 1, -move)
			}
			unit(sum)
			out[i] = vector.Quantize(sum)
		}
	})
	return out
}

// addTo makes sum keep times itself and times times a vector.
func addTo(sum []float32, v vector.Vec, keep, times float32) {
	times *= v.Scale
	for i, q := range v.Q {
		sum[i] = keep*sum[i] + times*float32(q)
	}
}

func unit(v []float32) {
	length := 0.0
	for _, x := range v {
		length += float64(x) * float64(x)
	}
	f := float32(1 / math.Sqrt(max(length, math.SmallestNonzeroFloat32)))
	for i := range v {
		v[i] *= f
	}
}

// eachPart does n things on all cores.
func eachPart(n int, do func(part int)) {
	var all sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for part := range next {
				do(part)
			}
		})
	}
	for part := range n {
		next <- part
	}
	close(next)
	all.Wait()
}

// shares are the quantiles that distributions are compared by.
var shares = []float64{0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99}

// nearness holds quantiles of the cosines of the ten nearest of each query.
type nearness []float64

func nearnessOf(view *vector.View, queries []vector.Query) nearness {
	var all []float64
	for _, hits := range view.FindAll(queries, vector.Ask{K: top}) {
		for _, h := range hits {
			all = append(all, float64(h.Score))
		}
	}
	slices.Sort(all)
	out := make(nearness, len(shares))
	for i, p := range shares {
		out[i] = all[min(int(p*float64(len(all))), len(all)-1)]
	}
	return out
}

func (n nearness) String() string {
	cells := make([]string, len(n))
	for i, x := range n {
		cells[i] = fmt.Sprintf("%.3f", x)
	}
	return strings.Join(cells, " | ")
}

// The quantiles that the two numbers of a mixture are fitted to, as places in shares.
const (
	fitMost  = 3 // the median falls as vectors are moved farther
	fitPower = 5 // the nearest twentieth falls as fewer stay near
)

// near enough: nobody would tell such cosines apart.
const fitTolerance = 0.003

// fitMixture finds the mixture whose n vectors are to queries as far as wanted, by bisection of one
// number after the other.
func fitMixture(real []vector.Vec, queries []vector.Vec, n int, want nearness) (mixture, nearness, error) {
	m := usualMixture
	try := func() (nearness, error) {
		x, err := indexOf(m.vectors(real, n))
		if err != nil {
			return nil, err
		}
		asked, err := prepareAll(x, queries)
		if err != nil {
			return nil, err
		}
		got := nearnessOf(x.View(), asked)
		step("mixing %.3f to the power %.2f gives %v", m.Most, m.Power, got)
		return got, nil
	}
	got, err := try()
	for round := 0; round < 3 && err == nil; round++ {
		if got, err = bisect(&m.Most, m.Most*0.7, m.Most*1.4, fitMost, want, got, try); err != nil {
			break
		}
		got, err = bisect(&m.Power, m.Power/3, m.Power*3, fitPower, want, got, try)
	}
	return m, got, err
}

// bisect moves x between two bounds, geometrically, until the quantile fits; more of x makes less of
// it.
func bisect(x *float64, low, high float64, share int, want, got nearness, try func() (nearness, error)) (nearness, error) {
	var err error
	for range 6 {
		if math.Abs(got[share]-want[share]) < fitTolerance {
			return got, nil
		}
		if got[share] > want[share] {
			low = *x
		} else {
			high = *x
		}
		*x = math.Sqrt(low * high)
		if got, err = try(); err != nil {
			return nil, err
		}
	}
	return got, nil
}

// indexOf makes an index of vectors, document by document.
func indexOf(vecs []vector.Vec) (*vector.Index, error) {
	x := vector.NewIndex(vector.Model{Name: "bench", Revision: "bench", Dim: dim})
	_, err := x.AddAll(entriesOf(vecs))
	return x, err
}

func entriesOf(vecs []vector.Vec) []vector.Entry {
	out := make([]vector.Entry, len(vecs))
	for i := range vecs {
		out[i] = vector.Entry{ID: fmt.Sprintf("d%07d", i), Vecs: vecs[i : i+1]}
	}
	return out
}

func prepareAll(x *vector.Index, vecs []vector.Vec) ([]vector.Query, error) {
	out := make([]vector.Query, len(vecs))
	for i, v := range vecs {
		var err error
		if out[i], err = x.PrepareVec(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}
