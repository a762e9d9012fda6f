package lexical

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Hit is one answer to a search.
type Hit struct {
	Doc   int // its number in the View searched
	ID    string
	Score float32 // > 0
}

// Search returns the k best documents that have a term of the query, best first, equal scores in
// the order of their ids: exactly what sorting Scores would give. With keep, only documents for
// which it returns true count; it is asked once each for documents that may be among the best.
//
// The method is block-max pruning (Mallia, Suel and Tonellotto, "Faster Learned Sparse Retrieval
// with Block-Max Pruning", SIGIR 2024): for every range of 256 documents the most that one of them
// could score is summed up from a byte a list, and the ranges are visited from the most promising
// on, until none is left that could hold one of the k best. In a range MaxScore (Turtle and Flood,
// "Query evaluation: strategies and optimizations", Information Processing & Management 31(6),
// 1995) does the same once more: the heaviest lists bring documents in, the others are only looked
// up for those that can still be among the best.
func (v *View) Search(q Query, k int, keep func(doc int) bool) []Hit {
	return v.SearchAmong(q, k, nil, keep)
}

// Among is a set of documents of a View: by segment a bitmap of places, of which those that are
// missing at the end are not in the set.
type Among [][]uint64

// SearchAmong is Search for the documents of a set alone; nil is all. Ranges of documents that have
// none of them are not looked at.
func (v *View) SearchAmong(q Query, k int, among Among, keep func(doc int) bool) []Hit {
	if k <= 0 || v.live == 0 {
		return nil
	}
	sc := v.scratch()
	v.plan(q, sc)
	sc.top.reset(v, min(k, v.live))
	s := search{view: v, scratch: sc, keep: keep, among: among}
	s.open()
	s.rank()
	primed := s.prime()
	for i, sp := range sc.ranked {
		if s.within(sp) && s.let(sp) {
			done := -1
			if i < len(primed) {
				done = primed[i]
			}
			s.visit(sp, done)
		}
	}
	hits := sc.hits()
	v.release(sc)
	return hits
}

// search is one search under way.
type search struct {
	*scratch
	view   *View
	keep   func(doc int) bool
	among  Among
	coarse uint64 // points in a unit of the bounds of ranges

	part  *part     // that is visited
	norms []float32 // of its documents
	rest  uint32    // the most points that the lists not yet walked can add there

	mask [rangeDocs / 64]uint64 // which of them may be found
}

// list is a long list of a term of the query.
type list struct {
	long
	weight float32 // the most points it can give
	bound  uint32  // the most points it can give for each step of an impact
	step   uint64  // the same in 1/256 coarse units, 1 to 255
}

// span is what a search has of a part.
type span struct {
	part     *part
	norms    []float32
	from, to int // its lists
	first    int // number of its first range among those of the View
}

// event is a posting of a list too short to be cut into ranges.
type event struct {
	next   uint32 // the one before it in the same range, 0 for none
	points uint32
	doc    uint8
}

// spot is a range with the most that a document in it can score, in coarse units.
type spot struct{ bound, span, r uint32 }

// window is where the documents of one range are scored. Between visits all is zero.
type window struct {
	sums [rangeDocs]uint32
	seen [rangeDocs / 64]uint64
	left [rangeDocs]uint8 // documents that can still be among the best, ascending
}

// open collects the lists of all parts, plays the short ones, and bounds every range.
func (s *search) open() {
	sc := s.scratch
	sc.lists, sc.spans, sc.events = sc.lists[:0], sc.spans[:0], append(sc.events[:0], event{})
	sc.heads = zeros(sc.heads, s.view.ranges)
	sc.bounds = zeros(sc.bounds, s.view.ranges)
	first, most := 0, uint32(0)
	for i := range s.view.parts {
		p := &s.view.parts[i]
		sp := span{part: p, norms: s.view.norms(i), from: len(sc.lists), first: first}
		growth := 1.0
		if p.refLen > 0 {
			growth = max(1, s.view.avgLen/p.refLen)
		}
		for _, w := range sc.wanted {
			if t := sc.terms[w.at+i]; t >= 0 && isLong(p.places[t]) {
				l := list{long: p.longList(int(t)), weight: w.weight, bound: boundOf(w.weight, growth)}
				sc.lists = append(sc.lists, l)
				most = max(most, l.bound)
			}
		}
		sp.to = len(sc.lists)
		sc.spans = append(sc.spans, sp)
		first += p.ranges()
	}
	fine := uint64(most)/255 + 1
	s.coarse = fine << 8
	for i := range sc.lists {
		sc.lists[i].step = (uint64(sc.lists[i].bound) + fine - 1) / fine
	}
	for i := range sc.spans {
		s.play(i)
		s.add(&sc.spans[i])
	}
}

// zeros returns n zeros, in old if they fit.
func zeros(old []uint32, n int) []uint32 {
	old = slices.Grow(old[:0], n)[:n]
	clear(old)
	return old
}

// boundOf is the most points that a posting gives for each step of its impact, which was rounded up
// for a mean length; the present one is growth ≥ 1 times that. Norms are then smaller by at most
// that factor g, and tf/(tf+norm/g) is at most g times tf/(tf+norm). With a smaller mean length
// norms are larger and the impact holds as it is. The rest is for rounding.
func boundOf(weight float32, growth float64) uint32 {
	return uint32(min(float64(weight)*growth/255*(1+1e-6), float64(weight))) + 2
}

// play makes events of the short lists of a part and counts them in the bounds.
func (s *search) play(i int) {
	p, norms, first := s.spans[i].part, s.spans[i].norms, s.spans[i].first
	for _, w := range s.wanted {
		t := s.terms[w.at+i]
		if t < 0 || isLong(p.places[t]) {
			continue
		}
		l := p.short(int(t))
		last, best := -1, uint32(0)
		for j := range l.len() {
			d := l.doc(j)
			points := points(w.weight, l.tf(j), norms[d])
			if r := first + d>>rangeBits; r != last {
				s.raise(last, best)
				last, best = r, 0
			}
			best = max(best, points)
			s.events = append(s.events, event{s.heads[last], points, uint8(d)})
			s.heads[last] = uint32(len(s.events) - 1)
		}
		s.raise(last, best)
	}
}

// raise adds points to the bound of a range.
func (s *search) raise(r int, points uint32) {
	if r >= 0 {
		s.bounds[r] += uint32(uint64(points)/s.coarse) + 1
	}
}

// add adds what the long lists of a part can give to the bounds of its ranges: eight ranges in a
// word at a time, their impacts times a step, shifted down to a byte and summed in 16 bits.
func (s *search) add(sp *span) {
	const (
		lanes    = 0x00ff00ff00ff00ff
		together = 256 // lists whose sums fit 16 bits
	)
	n := sp.part.ranges()
	bounds := s.bounds[sp.first : sp.first+n]
	for lists := s.lists[sp.from:sp.to]; len(lists) > 0; {
		var even, odd [maxDocs / rangeDocs / 8]uint64
		some := lists[:min(len(lists), together)]
		lists = lists[len(some):]
		for i := range some {
			step, impacts := some[i].step, some[i].body[:(n+7)&^7]
			for w := range len(impacts) / 8 {
				x := binary.LittleEndian.Uint64(impacts[8*w:])
				even[w] += x & lanes * step >> 8 & lanes
				odd[w] += x >> 8 & lanes * step >> 8 & lanes
			}
		}
		for r := range bounds {
			word := &even
			if r%2 == 1 {
				word = &odd
			}
			// What the shift cut off is less than one for each list.
			bounds[r] += uint32(uint16(word[r/8]>>(r%8/2*16))) + uint32(len(some))
		}
	}
}

// rank orders the ranges by falling bound, as far as 256 classes go.
func (s *search) rank() {
	most := slices.Max(s.bounds)
	shift := max(0, bits.Len32(most)-8)
	var at [257]int
	for _, b := range s.bounds {
		at[255-b>>shift+1]++
	}
	for c := range 256 {
		at[c+1] += at[c]
	}
	s.ranked = slices.Grow(s.ranked[:0], len(s.bounds))[:len(s.bounds)]
	for i, sp := range s.spans {
		for r := range sp.part.ranges() {
			b := s.bounds[sp.first+r]
			c := &at[255-b>>shift]
			s.ranked[*c] = spot{b, uint32(i), uint32(r)}
			*c++
		}
	}
}

// within reports whether a range can hold one of the k best.
func (s *search) within(sp spot) bool {
	return sp.bound > 0 && uint64(sp.bound)*s.coarse >= uint64(s.top.floor)
}

// let reports whether any document of a range may be found, and notes which.
func (s *search) let(sp spot) bool {
	if s.among == nil {
		s.mask = [rangeDocs / 64]uint64{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
		return true
	}
	var words []uint64
	if in := s.among[sp.span]; int(sp.r)*len(s.mask) < len(in) {
		words = in[int(sp.r)*len(s.mask):]
	}
	n := copy(s.mask[:], words)
	clear(s.mask[n:])
	any := uint64(0)
	for _, w := range s.mask {
		any |= w
	}
	return any != 0
}

// active is a list that has documents in the range visited.
type active struct {
	list  *list
	bound uint32 // the most points it can give there
}

// maxPrimed is how many ranges are primed at most.
const maxPrimed = 64

// prime offers one good document of each of the most promising ranges, as many as are wanted, and
// returns their numbers in their ranges, −1 for none. The floor is then nearly where it ends, and
// all visits are short.
func (s *search) prime() []int {
	s.primed = s.primed[:0]
	for _, sp := range s.ranked[:min(len(s.ranked), 2*s.top.k, maxPrimed)] {
		if len(s.top.heap) == s.top.k || sp.bound == 0 {
			break
		}
		if !s.let(sp) {
			s.primed = append(s.primed, -1)
			continue
		}
		s.enter(sp)
		n := 0
		if s.heads[s.spans[sp.span].first+int(sp.r)] == 0 && len(s.active) > 0 {
			s.walk(s.active[0].list, int(sp.r))
			s.rest -= s.active[0].bound
			n = 1
		}
		best := -1
		for w, word := range s.window.seen {
			for word &= s.mask[w]; word != 0; word &= word - 1 {
				d := w<<6 | bits.TrailingZeros64(word)
				if (best < 0 || s.window.sums[d] > s.window.sums[best]) && s.part.isLive(int(sp.r)<<rangeBits|d) {
					best = d
				}
			}
		}
		s.primed = append(s.primed, best)
		if best >= 0 {
			s.complete(int(sp.r)<<rangeBits|best, s.window.sums[best], s.active[n:], s.rest)
		}
		clear(s.window.sums[:])
		clear(s.window.seen[:])
	}
	return s.primed
}

// enter begins a visit: it plays the events of the range and finds the lists that are active in it.
func (s *search) enter(sp spot) {
	in, r := &s.spans[sp.span], int(sp.r)
	s.part, s.norms = in.part, in.norms
	for e := s.heads[in.first+r]; e != 0; e = s.events[e].next {
		d := s.events[e].doc
		s.window.sums[d] += s.events[e].points
		s.window.seen[d/64] |= 1 << (d % 64)
	}
	s.active, s.rest = s.active[:0], 0
	lists := s.lists[in.from:in.to]
	for i := range lists {
		if impact := lists[i].body[r]; impact > 0 {
			b := uint32(min(uint64(lists[i].bound)*uint64(impact), uint64(lists[i].weight)+1))
			s.active = append(s.active, active{&lists[i], b})
			s.rest += b
		}
	}
}

// visit offers the documents of a range that can be among the best, but for the one that is done.
func (s *search) visit(sp spot, done int) {
	s.enter(sp)
	n := 0
	if s.among != nil && s.sparse() {
		s.window.seen = s.mask // so few may be found that looking each up is quicker than walking lists
		s.collect(int(sp.r), s.active, done)
		return
	}
	// As long as documents that only the rest of the lists have could be among the best, walk on.
	for ; n < len(s.active) && s.rest >= s.top.floor; n++ {
		s.walk(s.active[n].list, int(sp.r))
		s.rest -= s.active[n].bound
	}
	s.collect(int(sp.r), s.active[n:], done)
}

// sparseDocs is how many documents of a range may be found for each to be looked up.
const sparseDocs = 12

// sparse reports whether few documents of the range may be found.
func (s *search) sparse() bool {
	n := 0
	for _, w := range s.mask {
		n += bits.OnesCount64(w)
	}
	return n <= sparseDocs
}

// fewLeft is how many documents are completed one by one.
const fewLeft = 4

// collect offers the documents seen in a range, completed from the lists that were not walked, and
// clears the window.
func (s *search) collect(r int, lists []active, done int) {
	left := s.touched(r, done)
	for len(left) > fewLeft && len(lists) > 0 {
		l := lists[0].list
		if s.rest -= lists[0].bound; l.chunkSize(r) < walkSteps*len(left) {
			l.addPoints(r, &s.window.sums, s.rangeNorms(r), l.weight)
		} else {
			for _, d := range left {
				if tf := l.find(r<<rangeBits | int(d)); tf > 0 {
					s.window.sums[d] += points(l.weight, tf, s.norms[r<<rangeBits|int(d)])
				}
			}
		}
		lists = lists[1:]
		left = s.prune(left)
	}
	for _, d := range left {
		s.complete(r<<rangeBits|int(d), s.window.sums[d], lists, s.rest)
	}
	clear(s.window.sums[:])
}

// walkSteps is how many bytes of a chunk may be walked rather than look a document up in it.
const walkSteps = 6

// touched returns the live documents seen that can be among the best, and forgets what was seen.
func (s *search) touched(r, done int) []uint8 {
	n := 0
	for w, word := range s.window.seen {
		s.window.seen[w] = 0
		for word &= s.mask[w]; word != 0; word &= word - 1 {
			d := w<<6 | bits.TrailingZeros64(word)
			if s.window.sums[d]+s.rest >= s.top.floor && d != done && s.part.isLive(r<<rangeBits|d) {
				s.window.left[n] = uint8(d)
				n++
			}
		}
	}
	return s.window.left[:n]
}

// prune keeps the documents that can still be among the best.
func (s *search) prune(left []uint8) []uint8 {
	n := 0
	for _, d := range left {
		if s.window.sums[d]+s.rest >= s.top.floor {
			left[n] = d
			n++
		}
	}
	return left[:n]
}

// complete looks a document up in lists, which can add rest to its points, and offers it if it
// still can be among the best at the end.
func (s *search) complete(local int, sum uint32, lists []active, rest uint32) {
	for i := range lists {
		l := lists[i].list
		if tf := l.find(local); tf > 0 {
			sum += points(l.weight, tf, s.norms[local])
		}
		rest -= lists[i].bound
		if sum+rest < s.top.floor {
			return
		}
	}
	if doc := s.part.base + local; sum > 0 && (s.keep == nil || s.keep(doc)) {
		s.top.offer(ranked{sum, s.score(sum), doc})
	}
}

// walk adds what a list gives to the documents of a range.
func (s *search) walk(l *list, r int) {
	chunk := l.chunk(r)
	if n := written(chunk); n >= 0 {
		for _, d := range chunk[:n] {
			s.window.seen[d/64] |= 1 << (d % 64)
		}
	} else {
		for w := range s.window.seen {
			s.window.seen[w] |= binary.LittleEndian.Uint64(chunk[8*w:])
		}
	}
	l.addPoints(r, &s.window.sums, s.rangeNorms(r), l.weight)
}

// rangeNorms are the norms of the documents of a range.
func (s *search) rangeNorms(r int) *[rangeDocs]float32 {
	return (*[rangeDocs]float32)(s.norms[r<<rangeBits:])
}

// hits empties the heap into a list, best first.
func (sc *scratch) hits() []Hit {
	t := &sc.top
	hits := make([]Hit, len(t.heap))
	for n := len(t.heap) - 1; n >= 0; n-- {
		r := t.heap[0]
		hits[n] = Hit{Doc: r.doc, ID: t.view.ID(r.doc), Score: r.score}
		t.sink(t.heap[n], n)
	}
	return hits
}
