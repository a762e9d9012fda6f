package classify

import "math"

// opinion is what one part of the classifier says: a value a text (row) and label (column).
type opinion struct {
	name   string
	values *matrix
}

// stack joins opinions into one: the chance of a label is in proportion to e to the power of the
// weighted sum of what they say. The weights are few and none is below 0, so that they can be
// learned from texts that the parts did not see.
type stack struct {
	names  []string
	scale  []float64 // one over an opinion's spread when the weights were learned
	weight []float64
}

// stackPenalty keeps the weights of opinions that say the same finite.
const stackPenalty = 1e-4

// fitStack learns the weights by maximum likelihood from targets: a row a text, a column a label,
// each row adding up to 1. It also returns the mean negative log likelihood.
func fitStack(ops []opinion, targets *matrix) (*stack, float64) {
	s := &stack{}
	for _, o := range ops {
		s.names = append(s.names, o.name)
		s.scale = append(s.scale, 1/max(spread(o.values.v), 1e-9))
		s.weight = append(s.weight, 0.5)
	}
	loss, slope, bend := s.derive(ops, targets)
	for range 40 {
		step := newton(slope, bend, s.weight)
		size, moved := 1.0, false
		before := append([]float64(nil), s.weight...)
		for range 12 {
			for i := range s.weight {
				s.weight[i] = max(before[i]-size*step[i], 0)
			}
			l, sl, be := s.derive(ops, targets)
			if l < loss-1e-9 {
				loss, slope, bend, moved = l, sl, be, true
				break
			}
			size /= 2
		}
		if !moved {
			copy(s.weight, before)
			break
		}
	}
	return s, loss
}

func spread(v []float32) float64 {
	var sum, squares float64
	for _, x := range v {
		sum += float64(x)
		squares += float64(x) * float64(x)
	}
	n := float64(max(1, len(v)))
	return math.Sqrt(max(squares/n-sum/n*sum/n, 0))
}

// derive is the loss and its first and second derivatives by the weights. Each text's share is
// added in the order of texts, so that the sum does not depend on the number of cores.
func (s *stack) derive(ops []opinion, targets *matrix) (float64, []float64, [][]float64) {
	n, k := targets.n, len(ops)
	const strip = 256
	parts := make([]derivatives, (n+strip-1)/strip)
	parallel(len(parts), func(p int) {
		parts[p] = newDerivatives(k)
		chance := make([]float64, targets.m)
		for i := p * strip; i < min((p+1)*strip, n); i++ {
			s.chances(ops, i, chance)
			s.addText(&parts[p], ops, targets.row(i), i, chance)
		}
	})
	all := newDerivatives(k)
	for _, p := range parts {
		all.add(p, 1/float64(n))
	}
	for a, w := range s.weight {
		all.loss += stackPenalty * w * w
		all.slope[a] += 2 * stackPenalty * w
		all.bend[a][a] += 2 * stackPenalty
	}
	return all.loss, all.slope, all.bend
}

type derivatives struct {
	loss  float64
	slope []float64
	bend  [][]float64
}

func newDerivatives(k int) derivatives {
	d := derivatives{slope: make([]float64, k), bend: make([][]float64, k)}
	for i := range d.bend {
		d.bend[i] = make([]float64, k)
	}
	return d
}

func (d *derivatives) add(o derivatives, by float64) {
	d.loss += by * o.loss
	for a := range d.slope {
		d.slope[a] += by * o.slope[a]
		for b := range d.bend {
			d.bend[a][b] += by * o.bend[a][b]
		}
	}
}

func (s *stack) addText(d *derivatives, ops []opinion, target []float32, i int, chance []float64) {
	k := len(ops)
	mean := make([]float64, k) // what the opinions say of the labels, by chance
	for a := range ops {
		for l, v := range ops[a].values.row(i) {
			x := float64(v) * s.scale[a]
			mean[a] += chance[l] * x
			d.slope[a] -= float64(target[l]) * x
		}
		d.slope[a] += mean[a]
	}
	for l, t := range target {
		if t > 0 {
			d.loss -= float64(t) * math.Log(max(chance[l], 1e-300))
		}
	}
	for a := range k {
		va := ops[a].values.row(i)
		for b := a; b < k; b++ {
			vb := ops[b].values.row(i)
			var sum float64
			for l, c := range chance {
				sum += c * float64(va[l]) * float64(vb[l])
			}
			share := sum*s.scale[a]*s.scale[b] - mean[a]*mean[b]
			d.bend[a][b] += share
			if a != b {
				d.bend[b][a] += share
			}
		}
	}
}

// chances writes the chance of each label for text i.
func (s *stack) chances(ops []opinion, i int, out []float64) {
	clear(out)
	for a := range ops {
		by := s.weight[a] * s.scale[a]
		if by == 0 {
			continue
		}
		for l, v := range ops[a].values.row(i) {
			out[l] += by * float64(v)
		}
	}
	top := math.Inf(-1)
	for _, x := range out {
		top = max(top, x)
	}
	var sum float64
	for l, x := range out {
		out[l] = math.Exp(x - top)
		sum += out[l]
	}
	for l := range out {
		out[l] /= sum
	}
}

// newton solves bend · step = slope for the weights that are free to move; one that stands at 0 and
// would go below stays.
func newton(slope []float64, bend [][]float64, weight []float64) []float64 {
	var free []int
	for i, w := range weight {
		if w > 0 || slope[i] < 0 {
			free = append(free, i)
		}
	}
	n := len(free)
	a := make([][]float64, n)
	for r, i := range free {
		a[r] = make([]float64, n+1)
		for c, j := range free {
			a[r][c] = bend[i][j]
		}
		a[r][n] = slope[i]
	}
	step := make([]float64, len(weight))
	for i, x := range gauss(a) {
		step[free[i]] = x
	}
	return step
}

// gauss solves a symmetric positive system, the right side in the last column.
func gauss(a [][]float64) []float64 {
	n := len(a)
	for c := range n {
		for r := c + 1; r < n; r++ {
			by := a[r][c] / max(a[c][c], 1e-12)
			for k := c; k <= n; k++ {
				a[r][k] -= by * a[c][k]
			}
		}
	}
	x := make([]float64, n)
	for r := n - 1; r >= 0; r-- {
		sum := a[r][n]
		for k := r + 1; k < n; k++ {
			sum -= a[r][k] * x[k]
		}
		x[r] = sum / max(a[r][r], 1e-12)
	}
	return x
}
