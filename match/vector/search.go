package vector

import (
	"runtime"
	"sync"
)

// Ask says what a search is to find, and how.
type Ask struct {
	K     int                // how many documents
	Among Bits               // of which numbers; nil: of all
	Keep  func(doc int) bool // which of those; nil: all. Asked from several goroutines, and about many

	Exact   bool // look at every vector, not only at those whose binary codes are near
	Depth   int  // passages that are looked at after their codes, at least; 0: enough for K
	Threads int  // 0: one, or all cores where there is enough to do for them
}

// How large things are that change the way of a search. All depend on what the index holds, never on
// how it came about, so that equal indexes give equal answers.
const (
	parallelRows  = 1 << 16 // rows from which on an exact scan uses all cores
	parallelCodes = 1 << 18 // and a scan of codes
	fewRows       = 8192    // rows up to which codes save nothing
	scanRows      = 1024    // rows that are multiplied at a time
	partRows      = 4096    // rows that a part of a scan is a multiple of
)

// depthFor is how many passages are looked at for k documents of an index. On encodings of real texts
// it finds 0.9999 of the ten nearest of 100,000 and 0.997 of the thousand nearest (docs/bench.md).
func depthFor(k, rows int) int { return max(1024, rows/256) + 8*k }

// Search returns the k documents nearest to q, the best first, equal scores by id. Where keep is not
// nil only documents that it accepts are found; it is asked about few, and from several goroutines.
func (x *Index) Search(q []float32, k int, keep func(doc int) bool) ([]Hit, error) {
	query, err := x.Prepare(q)
	if err != nil {
		return nil, err
	}
	return x.View().Find(query, Ask{K: k, Keep: keep, Exact: true}), nil
}

// Find returns the documents nearest to q, the best first, equal scores by id. Unless asked to be
// exact it may miss some of them in a large index; the scores of those it finds are exact.
func (v *View) Find(q Query, a Ask) []Hit {
	if a.K = min(a.K, v.live); a.K <= 0 || v.rows == 0 {
		return nil
	}
	if a.Depth <= 0 {
		a.Depth = depthFor(a.K, v.rows-v.dead)
	}
	if a.Among != nil {
		if n := a.Among.Len(); n <= 2*a.Depth {
			return v.findAmong(q, a, n)
		}
	}
	if a.Exact || v.rows-v.dead <= max(fewRows, 2*a.Depth) {
		return v.findExact(q, a)
	}
	return v.findNear(q, a)
}

// accept joins the two ways to restrict a search.
func (a *Ask) accept() func(doc int) bool {
	among, keep := a.Among, a.Keep
	switch {
	case among == nil:
		return keep
	case keep == nil:
		return among.Has
	}
	return func(doc int) bool { return among.Has(doc) && keep(doc) }
}

// parts divides the rows for several threads.
func (v *View) parts(threads, enough int) int {
	if threads <= 0 {
		threads = 1
		if v.rows >= enough {
			threads = runtime.GOMAXPROCS(0)
		}
	}
	return max(1, min(threads, v.rows/partRows))
}

// part returns the rows of the p-th of so many parts.
func (v *View) part(p, parts int) (from, until int) {
	cut := func(p int) int { return p * (v.rows / partRows) / parts * partRows }
	if p+1 == parts {
		return cut(p), v.rows
	}
	return cut(p), cut(p + 1)
}

// each calls do with runs of at most step rows, which divides chunkRows; each lies in one chunk.
func (v *View) each(from, until, step int, do func(chunk, at, n int)) {
	for row := from; row < until; row += step {
		do(row/chunkRows, row%chunkRows, min(step, until-row))
	}
}

// together does n things at once.
func together(n int, do func(p int)) {
	if n == 1 {
		do(0)
		return
	}
	var all sync.WaitGroup
	for p := range n {
		all.Go(func() { do(p) })
	}
	all.Wait()
}

// findExact looks at every vector.
func (v *View) findExact(q Query, a Ask) []Hit {
	parts := v.parts(a.Threads, parallelRows)
	tops := make([]*top, parts)
	together(parts, func(p int) {
		t := newTop(v, a.K, a.accept())
		from, until := v.part(p, parts)
		dots := make([]int32, scanRows)
		v.each(from, until, scanRows, func(chunk, at, n int) {
			v.kernel.Dots(dots[:n], q.vec.Q, v.chunks[chunk].q[at*v.model.Dim:])
			t.scan(q.vec, chunk, at, dots[:n])
		})
		t.settle()
		tops[p] = t
	})
	return merge(tops, a.K)
}

// findAmong looks at the vectors of few documents.
func (v *View) findAmong(q Query, a Ask, n int) []Hit {
	docs := make([]int, 0, n)
	a.Among.All(func(doc int) {
		if _, count := v.rowsOf(doc); count > 0 && (a.Keep == nil || a.Keep(doc)) {
			docs = append(docs, doc)
		}
	})
	return v.best(q, a.K, docs, make([]float32, len(docs)), make([]int32, len(docs)))
}

// best scores documents that have passages and returns the k best.
func (v *View) best(q Query, k int, docs []int, scores []float32, passages []int32) []Hit {
	v.scoreDocs(q, docs, scores, passages)
	t := newTop(v, k, nil)
	for i, doc := range docs {
		t.offer(Hit{Doc: doc, Score: scores[i], Passage: int(passages[i])})
	}
	return merge([]*top{t}, k)
}
