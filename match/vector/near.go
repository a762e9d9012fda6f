package vector

import (
	"math/bits"
	"slices"
)

// findNear scans the codes and looks at the vectors of documents with one of the nearest. All codes as
// near as the last that is wanted count, so that the order of rows makes no difference.
func (v *View) findNear(q Query, a Ask) []Hit {
	s := v.pool.Get().(*scratch)
	defer v.pool.Put(s)
	parts := v.parts(a.Threads, parallelCodes)
	s.sieves = slices.Grow(s.sieves[:0], parts)[:parts]
	accept := a.accept()
	together(parts, func(p int) {
		if s.sieves[p] == nil {
			s.sieves[p] = new(sieve)
		}
		from, until := v.part(p, parts)
		s.sieves[p].scan(v, q, a.Depth, accept, from, until)
	})
	docs := s.nearest(a.Depth)
	s.scores = slices.Grow(s.scores[:0], len(docs))[:len(docs)]
	s.passages = slices.Grow(s.passages[:0], len(docs))[:len(docs)]
	return v.best(q, a.K, docs, s.scores, s.passages)
}

// scratch is memory that searches leave for the next one.
type scratch struct {
	sieves   []*sieve
	docs     []int
	scores   []float32
	passages []int32
}

// nearest returns the documents of the rows that several parts kept, up to the distance that leaves
// at least so many rows.
func (s *scratch) nearest(want int) []int {
	limit, kept := 0, 0
	for ; limit < len(s.sieves[0].counts)-1; limit++ {
		for _, part := range s.sieves {
			kept += int(part.counts[limit])
		}
		if kept >= want {
			break
		}
	}
	s.docs = s.docs[:0]
	for _, part := range s.sieves {
		for _, k := range part.kept {
			// The rows of a document follow each other.
			if int(k.distance) <= limit && (len(s.docs) == 0 || s.docs[len(s.docs)-1] != int(k.doc)) {
				s.docs = append(s.docs, int(k.doc))
			}
		}
	}
	return s.docs
}

// sieve keeps the rows of a part whose codes are nearest: all up to a limit, which sinks as soon as
// enough are nearer.
type sieve struct {
	v        *View
	accept   func(doc int) bool
	want     int
	limit    int
	within   int     // rows kept up to limit
	counts   []int32 // rows kept, by distance
	kept     []keptRow
	distance [sieveRows]uint16
	masks    [sieveRows / 64]uint64
}

type keptRow struct {
	doc      int32
	distance uint16
}

const sieveRows = 4096 // rows between two looks at the limit

func (s *sieve) scan(v *View, q Query, want int, accept func(doc int) bool, from, until int) {
	words := codeWords(v.model.Dim)
	s.v, s.accept, s.want, s.within, s.kept = v, accept, want, 0, s.kept[:0]
	s.limit = 3 * 64 * words // no code is farther
	s.counts = slices.Grow(s.counts[:0], s.limit+1)[:s.limit+1]
	clear(s.counts)
	v.each(from, until, sieveRows, func(chunk, at, n int) {
		v.kernel.Distances(s.distance[:n], q.code, v.chunks[chunk].code[at*words:])
		v.kernel.Within(s.masks[:(n+63)/64], s.distance[:n], uint16(s.limit))
		s.take(chunk, at, n)
		for s.limit > 0 && s.within-int(s.counts[s.limit]) >= s.want {
			s.within -= int(s.counts[s.limit])
			s.limit--
		}
	})
	s.v, s.accept = nil, nil // what waits for the next search holds no index
}

// take keeps the rows that are within the limit, alive, and accepted.
func (s *sieve) take(chunk, from, n int) {
	docs, dead := s.v.chunks[chunk].doc[from:], s.v.masks[chunk]
	for i, m := range s.masks[:(n+63)/64] {
		if dead != nil {
			m &^= dead[from/64+i]
		}
		for ; m != 0; m &= m - 1 {
			at := i*64 + bits.TrailingZeros64(m)
			if doc := docs[at]; s.accept == nil || s.accept(int(doc)) {
				s.kept = append(s.kept, keptRow{doc, s.distance[at]})
				s.counts[s.distance[at]]++
				s.within++
			}
		}
	}
}
