package learn

import (
	"math"
	"math/rand/v2"

	"zhuanhua/match/rank"
)

// batch is how many lists are looked at between two steps.
const batch = 64

// fit learns one network: the chance of a document to be named for a need is soft in the network's
// values over the need's list (ListNet with top one, Cao and others 2007), steps by Adam.
func fit(lists []list, opt Options, random *rand.Rand) *rank.Net {
	l := &learner{net: start(lists, opt, random), decay: float32(opt.Decay)}
	for _, w := range l.weights() {
		l.gradient, l.mean, l.square = append(l.gradient, make([]float32, len(w))), append(l.mean, make([]float32, len(w))), append(l.square, make([]float32, len(w)))
	}
	steps := opt.Epochs * (expected(lists)/batch + 1)
	for range opt.Epochs {
		order := drawn(lists, random)
		for from := 0; from < len(order); from += batch {
			l.batch(lists, order[from:min(len(order), from+batch)])
			l.step(opt.Rate * (1 - 0.9*min(1, float64(l.steps)/float64(steps))))
		}
	}
	return l.net
}

// drawn are the lists of one round in random order. One that weighs less than 1 is there so often in
// place of weighing less.
func drawn(lists []list, random *rand.Rand) []int {
	order := random.Perm(len(lists))
	kept := order[:0]
	for _, i := range order {
		if random.Float32() < lists[i].weight {
			kept = append(kept, i)
		}
	}
	return kept
}

// expected is how many lists a round has on the mean.
func expected(lists []list) int {
	sum := 0.0
	for _, l := range lists {
		sum += min(1, float64(l.weight))
	}
	return int(sum)
}

// start is a network that knows nothing but in what its features are measured.
func start(lists []list, opt Options, random *rand.Rand) *rank.Net {
	n := &rank.Net{Hidden: opt.Hidden, In: make([]float32, rank.Features*opt.Hidden), Bias: make([]float32, opt.Hidden), Out: make([]float32, opt.Hidden)}
	var sum, square [rank.Features]float64
	count := 0.0
	for _, l := range lists {
		for _, row := range l.rows {
			for f, x := range row {
				sum[f] += float64(x)
				square[f] += float64(x) * float64(x)
			}
		}
		count += float64(len(l.rows))
	}
	for f := range sum {
		mean := sum[f] / count
		spread := math.Sqrt(max(0, square[f]/count-mean*mean))
		n.Mean[f] = float32(mean)
		if spread > 1e-4 && (opt.Without == nil || !opt.Without(f)) {
			n.Inverse[f] = float32(1 / spread)
		}
	}
	width := 1 / math.Sqrt(rank.Features)
	for i := range n.In {
		// What is the same everywhere tells nothing. Its weights would decay towards 0 through numbers so small that
		// processors, and threads, differ in how they round them.
		if w := float32(random.NormFloat64() * width); n.Inverse[i/n.Hidden] != 0 {
			n.In[i] = w
		}
	}
	return n
}

// learner is a network with what Adam remembers of its steps.
type learner struct {
	net                    *rank.Net
	decay                  float32
	gradient, mean, square [][]float32
	steps                  int

	z     []rank.Row // of the list at hand
	h     []float32
	delta []float32 // of the hidden units
	soft  []float64
}

// weights are all that is learned.
func (l *learner) weights() [][]float32 {
	return [][]float32{l.net.In, l.net.Bias, l.net.Out, l.net.Linear[:]}
}

func (l *learner) batch(lists []list, some []int) {
	sum := float32(0)
	for _, i := range some {
		sum += max(1, lists[i].weight)
	}
	for _, i := range some {
		l.list(&lists[i], max(1, lists[i].weight)/sum)
	}
}

// least is the slope of a document's value below which it moves nothing.
const least = 1e-4

// list adds the slopes of one list to the gradient.
func (l *learner) list(s *list, weight float32) {
	n, units := l.net, l.net.Hidden
	if len(l.z) < len(s.rows) {
		l.z, l.h, l.soft = make([]rank.Row, 2*len(s.rows)), make([]float32, 2*len(s.rows)*units), make([]float64, 2*len(s.rows))
		l.delta = make([]float32, units)
	}
	soft := l.soft[:len(s.rows)]
	most := math.Inf(-1)
	for i, row := range s.rows {
		n.Normal(row, &l.z[i])
		soft[i] = float64(n.Forward(&l.z[i], l.h[i*units:]))
		most = max(most, soft[i])
	}
	sum := 0.0
	for i, v := range soft {
		soft[i] = math.Exp(v - most)
		sum += soft[i]
	}
	for i := range s.rows {
		d := float32(soft[i]/sum) - s.share[i]
		if d < least && d > -least {
			continue
		}
		l.back(&l.z[i], l.h[i*units:(i+1)*units], d*weight)
	}
}

// back adds the slopes of one document.
func (l *learner) back(z *rank.Row, h []float32, d float32) {
	in, bias, out, linear := l.gradient[0], l.gradient[1], l.gradient[2], l.gradient[3]
	for j, v := range h {
		out[j] += float32(d * v)
		l.delta[j] = float32(d*l.net.Out[j]) * (1 - float32(v*v))
		bias[j] += l.delta[j]
	}
	for f, v := range z {
		if v == 0 {
			continue
		}
		linear[f] += float32(d * v)
		row := in[f*len(h):][:len(h)]
		for j, delta := range l.delta[:len(h)] {
			row[j] += float32(delta * v)
		}
	}
}

// Adam's usual rates of forgetting (Kingma and Ba 2015), the second a little quicker.
const (
	keepMean   = 0.9
	keepSquare = 0.99
)

func (l *learner) step(rate float64) {
	l.steps++
	ofMean := float32(1 / (1 - math.Pow(keepMean, float64(l.steps))))
	ofSquare := float32(1 / (1 - math.Pow(keepSquare, float64(l.steps))))
	for k, w := range l.weights() {
		for i, g := range l.gradient[k] {
			if k != 1 {
				g += float32(l.decay * w[i])
			}
			l.mean[k][i] = float32(keepMean*l.mean[k][i]) + float32((1-keepMean)*g)
			l.square[k][i] = float32(keepSquare*l.square[k][i]) + float32((1-keepSquare)*float32(g*g))
			w[i] -= float32(rate) * float32(l.mean[k][i]*ofMean) / (float32(math.Sqrt(float64(l.square[k][i]*ofSquare))) + 1e-8)
			l.gradient[k][i] = 0
		}
	}
}
