package classify

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls do for each number below n, on all cores. Each call has results of its own, so
// that the outcome does not depend on the number of cores.
func parallel(n int, do func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wait.Wait()
}

// matrix is a dense matrix, row after row.
type matrix struct {
	n, m int // rows, columns
	v    []float32
}

func newMatrix(n, m int) *matrix { return &matrix{n: n, m: m, v: make([]float32, n*m)} }

func (a *matrix) row(i int) []float32 { return a.v[i*a.m : (i+1)*a.m : (i+1)*a.m] }

// tile is the side of the blocks in which products are made: a block of a stays in the first cache
// and a block of b in the second.
const tile = 64

// product adds sign times the products of rows of a with rows of b to a block of c.
type product struct {
	a, b       *matrix
	ai, an     int // rows of a: first, how many
	bj, bn     int // rows of b
	from, to   int // columns of both that are multiplied
	c          *matrix
	ci, cj     int // where the first result goes
	sign       float32
	lower      bool // only results on and below the diagonal of c are wanted
	sequential bool
}

// run makes the product, one block of rows of a after the other, on all cores.
func (p product) run() {
	blocks := (p.an + tile - 1) / tile
	if p.sequential {
		for i := range blocks {
			p.strip(i * tile)
		}
		return
	}
	parallel(blocks, func(i int) { p.strip((blocks - 1 - i) * tile) })
}

func (p product) strip(i0 int) {
	const depth = 512
	i1 := min(i0+tile, p.an)
	for k0 := p.from; k0 < p.to; k0 += depth {
		k1 := min(k0+depth, p.to)
		for j0 := 0; j0 < p.bn; j0 += tile {
			if p.lower && p.cj+j0 > p.ci+i1-1 {
				break
			}
			p.block(i0, i1, j0, min(j0+tile, p.bn), k0, k1)
		}
	}
}

func (p product) block(i0, i1, j0, j1, k0, k1 int) {
	i := i0
	for ; i+2 <= i1; i += 2 {
		a0, a1 := p.a.row(p.ai + i)[k0:k1], p.a.row(p.ai + i + 1)[k0:k1]
		c0, c1 := p.c.row(p.ci+i), p.c.row(p.ci+i+1)
		j := j0
		for ; j+4 <= j1; j += 4 {
			var s [8]float32
			dots(a0, a1, p.b.row(p.bj + j)[k0:k1], p.b.row(p.bj + j + 1)[k0:k1], p.b.row(p.bj + j + 2)[k0:k1], p.b.row(p.bj + j + 3)[k0:k1], &s)
			at := p.cj + j
			for x := range 4 {
				c0[at+x] += p.sign * s[x]
				c1[at+x] += p.sign * s[4+x]
			}
		}
		for ; j < j1; j++ {
			b := p.b.row(p.bj + j)[k0:k1]
			c0[p.cj+j] += p.sign * dot(a0, b)
			c1[p.cj+j] += p.sign * dot(a1, b)
		}
	}
	for ; i < i1; i++ {
		a, c := p.a.row(p.ai + i)[k0:k1], p.c.row(p.ci+i)
		for j := j0; j < j1; j++ {
			c[p.cj+j] += p.sign * dot(a, p.b.row(p.bj + j)[k0:k1])
		}
	}
}

// dotsGo is the product of two rows with four.
func dotsGo(a0, a1, b0, b1, b2, b3 []float32, s *[8]float32) {
	n := len(a0)
	a1, b0, b1, b2, b3 = a1[:n], b0[:n], b1[:n], b2[:n], b3[:n]
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for k, x := range a0 {
		y := a1[k]
		p, q, r, t := b0[k], b1[k], b2[k], b3[k]
		s0 += x * p
		s1 += x * q
		s2 += x * r
		s3 += x * t
		s4 += y * p
		s5 += y * q
		s6 += y * r
		s7 += y * t
	}
	*s = [8]float32{s0, s1, s2, s3, s4, s5, s6, s7}
}

func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s, t float32
	k := 0
	for ; k+2 <= len(a); k += 2 {
		s += a[k] * b[k]
		t += a[k+1] * b[k+1]
	}
	if k < len(a) {
		s += a[k] * b[k]
	}
	return s + t
}

// factor is the Cholesky factor of a symmetric matrix: lower triangle L, and its mirror image above
// the diagonal, so that both L and its transpose can be read along rows.
type factor struct{ l *matrix }

// cholesky factors a symmetric, positive matrix in place; only its lower triangle is read. Where
// rounding has made a pivot vanish it is held above zero, which is a little more regularisation.
func cholesky(a *matrix) factor {
	for at := 0; at < a.n; at += tile {
		end := min(at+tile, a.n)
		factorBlock(a, at, end)
		parallel(a.n-end, func(i int) { reduceRow(a, end+i, at, end) })
		rest := a.n - end
		product{a: a, b: a, ai: end, an: rest, bj: end, bn: rest, from: at, to: end, c: a, ci: end, cj: end, sign: -1, lower: true}.run()
	}
	parallel(a.n, func(i int) {
		r := a.row(i)
		for j := i + 1; j < a.n; j++ {
			r[j] = a.v[j*a.m+i]
		}
	})
	return factor{a}
}

// factorBlock factors the block of rows and columns [at, end) from which all before was taken off.
func factorBlock(a *matrix, at, end int) {
	for i := at; i < end; i++ {
		reduceRow(a, i, at, i)
		r := a.row(i)
		var sum float64
		for _, x := range r[at:i] {
			sum += float64(x) * float64(x)
		}
		r[i] = float32(math.Sqrt(max(float64(r[i])-sum, 1e-6)))
	}
}

// reduceRow solves for the part [at, end) of row i, given the factored rows at … end−1.
func reduceRow(a *matrix, i, at, end int) {
	r := a.row(i)
	for j := at; j < end; j++ {
		f := a.row(j)
		r[j] = (r[j] - dot(r[at:j], f[at:j])) / f[j]
	}
}

// forward solves L x = y for each row y of b, in place.
func (f factor) forward(b *matrix) {
	f.each(b, func(part *matrix) {
		for at := 0; at < f.l.n; at += tile {
			end := min(at+tile, f.l.n)
			product{a: part, b: f.l, an: part.n, bj: at, bn: end - at, to: at, c: part, cj: at, sign: -1, sequential: true}.run()
			for r := range part.n {
				x := part.row(r)
				for i := at; i < end; i++ {
					l := f.l.row(i)
					x[i] = (x[i] - dot(l[at:i], x[at:i])) / l[i]
				}
			}
		}
	})
}

// backward solves Lᵀ x = y for each row y of b, in place.
func (f factor) backward(b *matrix) {
	n := f.l.n
	f.each(b, func(part *matrix) {
		for end := n; end > 0; end = (end - 1) / tile * tile {
			at := (end - 1) / tile * tile
			product{a: part, b: f.l, an: part.n, bj: at, bn: end - at, from: end, to: n, c: part, cj: at, sign: -1, sequential: true}.run()
			for r := range part.n {
				x := part.row(r)
				for i := end - 1; i >= at; i-- {
					l := f.l.row(i)
					x[i] = (x[i] - dot(l[i+1:end], x[i+1:end])) / l[i]
				}
			}
		}
	})
}

// each hands strips of the rows of b to all cores.
func (f factor) each(b *matrix, do func(part *matrix)) {
	const strip = 16
	parallel((b.n+strip-1)/strip, func(i int) {
		from, to := i*strip, min((i+1)*strip, b.n)
		do(&matrix{n: to - from, m: b.m, v: b.v[from*b.m : to*b.m]})
	})
}
