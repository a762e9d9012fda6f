package classify

import (
	"math"
	"math/rand/v2"
)

// space holds texts as the kernel sees them.
type space struct {
	terms int     // how many terms there are
	rows  []row   // by their terms
	told  []row   // by the terms of texts and descriptions of labels; nil where labels are not described
	dense *matrix // by their meaning: unit vectors, the mean of the training texts taken off; nil without an encoder
	// coarse is what the model of coarser labels says of them, a column a label; nil without one.
	coarse *matrix
}

func (s *space) len() int { return len(s.rows) }

// pick is the space of some of the texts.
func (s *space) pick(at []int) *space {
	out := &space{terms: s.terms, rows: make([]row, len(at))}
	out.dense, out.coarse = s.dense.pick(at), s.coarse.pick(at)
	for i, from := range at {
		out.rows[i] = s.rows[from]
		if s.told != nil {
			out.told = append(out.told, s.told[from])
		}
	}
	return out
}

// pick is the matrix of some of the rows; nil of nil.
func (a *matrix) pick(rows []int) *matrix {
	if a == nil {
		return nil
	}
	out := newMatrix(len(rows), a.m)
	for i, from := range rows {
		copy(out.row(i), a.row(from))
	}
	return out
}

// part is the rows from … to−1, not copied; nil of nil.
func (a *matrix) part(from, to int) *matrix {
	if a == nil {
		return nil
	}
	return &matrix{n: to - from, m: a.m, v: a.v[from*a.m : to*a.m]}
}

// part is the texts from … to−1, not copied.
func (s *space) part(from, to int) *space {
	out := &space{terms: s.terms, rows: s.rows[from:to], dense: s.dense.part(from, to), coarse: s.coarse.part(from, to)}
	if s.told != nil {
		out.told = s.told[from:to]
	}
	return out
}

// shape is what is chosen by cross-validation: texts a and b are alike by
// terms·terms + Dense · exp(Sharp · (cosine − 1)), and Ridge holds the weights small.
type shape struct {
	Dense, Sharp, Ridge float32
}

// likeness is the two parts of the kernel between two lots of texts.
type likeness struct{ terms, cosine *matrix }

func compare(a, b *space) likeness {
	out := likeness{terms: newMatrix(a.len(), b.len())}
	strips := (a.len() + tile - 1) / tile
	parallel(strips, func(s int) {
		weights := make([]float32, a.terms)
		for i := s * tile; i < min((s+1)*tile, a.len()); i++ {
			to := out.terms.row(i)
			for k, id := range a.rows[i].id {
				weights[id] = a.rows[i].w[k]
			}
			for j, r := range b.rows {
				to[j] = r.dot(weights)
			}
			for _, id := range a.rows[i].id {
				weights[id] = 0
			}
		}
	})
	if a.dense != nil && b.dense != nil {
		out.cosine = newMatrix(a.len(), b.len())
		product{a: a.dense, b: b.dense, an: a.len(), bn: b.len(), to: a.dense.m, c: out.cosine, sign: 1}.run()
	}
	return out
}

// mix makes the kernel; it may use the room of the part by terms.
func (l likeness) mix(s shape, reuse bool) *matrix {
	out := l.terms
	if !reuse {
		out = newMatrix(l.terms.n, l.terms.m)
		copy(out.v, l.terms.v)
	}
	if l.cosine == nil || s.Dense == 0 {
		return out
	}
	parallel(out.n, func(i int) {
		to, c := out.row(i), l.cosine.row(i)
		for j := range to {
			to[j] += s.Dense * float32(math.Exp(float64(s.Sharp*(c[j]-1))))
		}
	})
	return out
}

// exactLimit is up to how many texts every text is compared with every other. Beyond, the kernel is
// spanned by a sample of texts, whose number keeps the work within minutes.
const exactLimit = 6000

func landmarkCount(n int) int { return min(max(int(math.Sqrt(4e11/float64(n))), 500), 4000) }

// ridge is kernel ridge regression onto each label: 1 for the texts that bear it, else 0.
type ridge struct {
	shape  shape
	marks  *space
	span   *factor // nil where every text is a landmark
	weight *matrix // a row a label
}

// fitRidge learns targets, a row a label and a column a text, from the kernel among all texts, which
// is destroyed.
func fitRidge(sh shape, s *space, targets, kernel *matrix) *ridge {
	return &ridge{shape: sh, marks: s, weight: solve(kernel, targets, sh.Ridge)}
}

// fitSampled learns from the likeness to some of the texts, drawn by the seed.
func fitSampled(sh shape, s *space, targets *matrix, marks int, seed uint64) *ridge {
	rng := rand.New(rand.NewPCG(seed, 0x1a2d))
	m := &ridge{shape: sh, marks: s.pick(rng.Perm(s.len())[:marks])}
	among := compare(m.marks, m.marks).mix(sh, true)
	for i := range among.n {
		among.row(i)[i] += 1e-3 // near twins among the landmarks
	}
	span := cholesky(among)
	m.span = &span
	m.fitSpanned(s, targets)
	return m
}

// fitSpanned makes the normal equations in the space that the landmarks span, a strip of texts at
// a time, and solves them.
func (m *ridge) fitSpanned(s *space, targets *matrix) {
	const strip = 1024
	n := m.marks.len()
	squares, sums := newMatrix(n, n), newMatrix(targets.n, n)
	for from := 0; from < s.len(); from += strip {
		to := min(from+strip, s.len())
		across := transpose(m.features(s.part(from, to)))
		product{a: across, b: across, an: n, bn: n, to: to - from, c: squares, sign: 1, lower: true}.run()
		part := newMatrix(targets.n, to-from)
		for l := range targets.n {
			copy(part.row(l), targets.row(l)[from:to])
		}
		product{a: part, b: across, an: targets.n, bn: n, to: to - from, c: sums, sign: 1}.run()
	}
	m.weight = solve(squares, sums, m.shape.Ridge)
}

// features is what the weights multiply: likeness to the landmarks, made independent where these
// are a sample.
func (m *ridge) features(s *space) *matrix {
	out := compare(s, m.marks).mix(m.shape, true)
	if m.span != nil {
		m.span.forward(out)
	}
	return out
}

// scores is the value of each label (column) for each text (row): about the chance that it is right.
func (m *ridge) scores(s *space) *matrix {
	const strip = 1024
	out := newMatrix(s.len(), m.weight.n)
	for from := 0; from < s.len(); from += strip {
		to := min(from+strip, s.len())
		f := m.features(s.part(from, to))
		product{a: f, b: m.weight, an: f.n, bn: m.weight.n, to: f.m, c: out, ci: from, sign: 1}.run()
	}
	return out
}

// solve finds x with (a + ridge·1) x = y for each row y of targets; a is destroyed.
func solve(a, targets *matrix, ridge float32) *matrix {
	for i := range a.n {
		a.row(i)[i] += ridge
	}
	f := cholesky(a)
	x := newMatrix(targets.n, targets.m)
	copy(x.v, targets.v)
	f.forward(x)
	f.backward(x)
	return x
}

func transpose(a *matrix) *matrix {
	out := newMatrix(a.m, a.n)
	parallel((a.m+tile-1)/tile, func(s int) {
		for i := range a.n {
			r := a.row(i)
			for j := s * tile; j < min((s+1)*tile, a.m); j++ {
				out.v[j*a.n+i] = r[j]
			}
		}
	})
	return out
}

// sub is the matrix of some rows and columns.
func (a *matrix) sub(rows, cols []int) *matrix {
	out := newMatrix(len(rows), len(cols))
	parallel(len(rows), func(i int) {
		from, to := a.row(rows[i]), out.row(i)
		for j, c := range cols {
			to[j] = from[c]
		}
	})
	return out
}
