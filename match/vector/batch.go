package vector

import "runtime"

// Tiles of an index and of the queries that lie in the processor's caches together: rows in the nearest,
// queries in the next.
const (
	batchRows    = 64
	batchQueries = 512
)

// FindAll is Find for many queries at once, always exact: each part of the index is read from memory
// once for hundreds of queries, and all cores work.
func (v *View) FindAll(queries []Query, a Ask) [][]Hit {
	out := make([][]Hit, len(queries))
	if a.K = min(a.K, v.live); a.K <= 0 || v.rows == 0 {
		return out
	}
	threads := a.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	threads = max(1, min(threads, len(queries)))
	together(threads, func(p int) {
		from, until := p*len(queries)/threads, (p+1)*len(queries)/threads
		for ; from < until; from += batchQueries {
			end := min(until, from+batchQueries)
			v.findAll(queries[from:end], a, out[from:end])
		}
	})
	return out
}

func (v *View) findAll(queries []Query, a Ask, out [][]Hit) {
	tops := make([]*top, len(queries))
	for i := range tops {
		tops[i] = newTop(v, a.K, a.accept())
	}
	dots := make([]int32, batchRows)
	v.each(0, v.rows, batchRows, func(chunk, at, n int) {
		rows := v.chunks[chunk].q[at*v.model.Dim:]
		for i, q := range queries {
			v.kernel.Dots(dots[:n], q.vec.Q, rows)
			tops[i].scan(q.vec, chunk, at, dots[:n])
		}
	})
	for i, t := range tops {
		t.settle()
		out[i] = merge([]*top{t}, a.K)
	}
}
