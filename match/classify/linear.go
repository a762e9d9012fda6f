package classify

import (
	"math"
	"math/rand/v2"
)

// linear is a linear support vector machine for each label against all others: squared hinge loss,
// the length of the weights penalised, a constant as one more term. It is what "TF-IDF + linear"
// means; Hsieh et al., A dual coordinate descent method for large-scale linear SVM, ICML 2008.
type linear struct {
	w [][]float32 // a label: a weight a term, the constant's last
}

// How long the descent goes on: until no step would be longer than svmGap, or some rounds through the
// texts, fewer where there are so many that svmWork terms would be looked at.
const (
	svmGap    = 0.01
	svmRounds = 200
	svmLeast  = 8
	svmWork   = 60_000_000_000
)

// rounds is how many times the texts are gone through at most.
func rounds(rows []row, labels int) int {
	size := 1
	for _, r := range rows {
		size += len(r.id)
	}
	return max(svmLeast, min(svmRounds, svmWork/size/labels))
}

// fitLinear learns from rows whose labels are given as sorted numbers below labels. cost is the
// price of an error (C).
func fitLinear(rows []row, labels [][]int32, count, terms int, cost float64, seed uint64) *linear {
	m := &linear{w: make([][]float32, count)}
	squares := make([]float64, len(rows))
	for i, r := range rows {
		squares[i] = 1
		for _, x := range r.w {
			squares[i] += float64(x) * float64(x)
		}
	}
	// A label's own texts are listed once; the rest are the same for all labels.
	own := make([][]int32, count)
	for i, ls := range labels {
		for _, l := range ls {
			own[l] = append(own[l], int32(i))
		}
	}
	most := rounds(rows, count)
	parallel(count, func(l int) {
		d := descent{rows: rows, squares: squares, w: make([]float32, terms+1), sign: make([]int8, len(rows)), slack: 0.5 / cost}
		for i := range d.sign {
			d.sign[i] = -1
		}
		for _, i := range own[l] {
			d.sign[i] = 1
		}
		d.run(rand.New(rand.NewPCG(seed, uint64(l))), most)
		m.w[l] = d.w
	})
	return m
}

// scores is the value of each label for a row: above 0 where the label seems right.
func (m *linear) scores(r row, out []float32) {
	for l, w := range m.w {
		out[l] = r.dot(w) + w[len(w)-1]
	}
}

// descent is the search for one label's weights.
type descent struct {
	rows    []row
	squares []float64 // length² of each row, the constant's share included
	sign    []int8
	w       []float32
	slack   float64 // 1/(2C)
	alpha   []float64
}

// run goes through the texts in ever new order. Texts that have nothing to say (alpha 0, safely on
// their side) are put aside and looked at again at the end.
func (d *descent) run(rng *rand.Rand, most int) {
	n := len(d.rows)
	d.alpha = make([]float64, n)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	active, limit := n, math.Inf(1)
	for range most {
		rng.Shuffle(active, func(i, j int) { order[i], order[j] = order[j], order[i] })
		top, low := math.Inf(-1), math.Inf(1)
		for s := 0; s < active; s++ {
			i := order[s]
			g := d.gradient(i)
			if d.alpha[i] == 0 && g > limit {
				active--
				order[s], order[active] = order[active], order[s]
				s--
				continue
			}
			pg := g
			if d.alpha[i] == 0 {
				pg = min(g, 0)
			}
			top, low = max(top, pg), min(low, pg)
			if math.Abs(pg) > 1e-12 {
				d.step(i, g)
			}
		}
		if top-low <= svmGap {
			if active == n {
				return
			}
			active, limit = n, math.Inf(1)
			continue
		}
		if limit = top; limit <= 0 {
			limit = math.Inf(1)
		}
	}
}

func (d *descent) gradient(i int) float64 {
	return float64(d.sign[i])*float64(d.rows[i].dot(d.w)+d.w[len(d.w)-1]) - 1 + d.alpha[i]*d.slack
}

func (d *descent) step(i int, g float64) {
	old := d.alpha[i]
	d.alpha[i] = max(old-g/(d.squares[i]+d.slack), 0)
	by := float32((d.alpha[i] - old) * float64(d.sign[i]))
	for k, id := range d.rows[i].id {
		d.w[id] += by * d.rows[i].w[k]
	}
	d.w[len(d.w)-1] += by
}
