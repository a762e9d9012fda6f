package lexical

import (
	"math"
	"math/bits"
)

// Hit is one answer to a search.
type Hit struct {
	Doc   int // its number in the View searched
	ID    string
	Score float32 // > 0
}

// Search returns the k best documents that have a term of the query, best first, equal scores in
// the order of their ids: exactly what sorting Scores would give. With keep, only documents for
// which it returns true count; it is asked for documents that may be among the best, in ascending
// order and once each.
//
// The method is MaxScore (Turtle and Flood, "Query evaluation: strategies and optimizations",
// Information Processing & Management 31(6), 1995), a window of documents at a time: lists whose
// scores together cannot lift a document among the k best are not walked, only looked up for the
// documents that the other lists bring.
func (v *View) Search(q Query, k int, keep func(doc int) bool) []Hit {
	if k <= 0 || v.live == 0 {
		return nil
	}
	sc := v.scratch()
	v.plan(q, sc)
	sc.top.reset(v, min(k, v.live), len(sc.wanted))
	for i := range v.parts {
		s := scan{view: v, part: &v.parts[i], sc: sc, keep: keep, norm: v.opt.norm(v.avgLen)}
		s.open(i)
		s.run()
	}
	hits := sc.top.hits()
	v.release(sc)
	return hits
}

// windowDocs is how many documents are scored together: their sums and lengths fit the first
// cache beside the postings.
const windowDocs = 2048

// window holds the sums of the current window. Between windows sums and seen are zero.
type window struct {
	sums [windowDocs]float32
	seen bitmap             // documents that a list to be walked has
	idle bitmap             // takes the notes of the other lists, which bring no documents in
	left [windowDocs]uint16 // documents that can still be among the best, ascending
}

type bitmap [windowDocs / 64]uint64

// list is one query term in one segment.
type list struct {
	postings []uint32
	weight   float32
	at       int // the first posting not yet passed
}

// scan is the search of one segment.
type scan struct {
	view *View
	part *part
	sc   *scratch
	keep func(doc int) bool
	norm norm

	lists []list    // heaviest first
	rest  []float32 // by list, and one more: the most that it and those after it can add
	walk  int       // lists[:walk] are walked, the others looked up
}

// open collects the lists of the part with number i.
func (s *scan) open(i int) {
	sc := s.sc
	s.lists, s.rest = sc.lists[:0], sc.rest[:0]
	growth := 1.0
	if s.part.refLen > 0 {
		growth = max(1, s.view.avgLen/s.part.refLen)
	}
	for _, w := range sc.wanted {
		t := sc.terms[w.at+i]
		if t < 0 {
			continue
		}
		s.lists = append(s.lists, list{postings: s.part.list(int(t)), weight: w.weight})
		s.rest = append(s.rest, w.weight*grown(s.part.bounds[t], growth))
	}
	s.rest = append(s.rest, 0)
	for j := len(s.lists) - 1; j >= 0; j-- {
		s.rest[j] += s.rest[j+1]
	}
	s.walk = len(s.lists)
	sc.lists, sc.rest = s.lists, s.rest
}

// grown carries a bound x = tf/(tf+norm) over to a mean length that is growth ≥ 1 times the one
// it was made with. Norms shrink at most by that factor, and tf/(tf+norm/g) = x/(x + (1−x)/g)
// rises with x, so the best document's x gives a bound for all. With a smaller mean length norms
// only rise and x itself holds.
func grown(x float32, growth float64) float32 {
	if growth <= 1 {
		return x
	}
	y := float64(x)
	return float32(y / (y + (1-y)/growth))
}

// run scores the part window by window.
func (s *scan) run() {
	for {
		for s.walk > 0 && s.rest[s.walk-1] < s.sc.top.floor {
			s.walk--
		}
		first := uint32(math.MaxUint32)
		for i := range s.lists[:s.walk] {
			if l := &s.lists[i]; l.at < len(l.postings) {
				first = min(first, l.postings[l.at])
			}
		}
		if first == math.MaxUint32 && s.exhausted() {
			return
		}
		start := first >> 16 &^ (windowDocs - 1)
		lens := s.part.lens[start:min(int(start)+windowDocs, s.part.docs())]
		for i := range s.lists[:s.walk] {
			s.sc.window.walk(&s.lists[i], s.norm, start, lens, &s.sc.window.seen)
		}
		s.collect(start, lens)
	}
}

// exhausted tells the end of all walked lists from the one posting that looks like it: document
// 65,535 with the highest frequency.
func (s *scan) exhausted() bool {
	for i := range s.lists[:s.walk] {
		if s.lists[i].at < len(s.lists[i].postings) {
			return false
		}
	}
	return true
}

// collect completes the scores of the window's documents that can still be among the best, list by
// list, dropping documents on the way; then it clears the window.
func (s *scan) collect(start uint32, lens []uint32) {
	w, t := &s.sc.window, &s.sc.top
	left, steps := s.touched(start), 0
	for j := s.walk; j < len(s.lists) && len(left) > 0; j++ {
		l := &s.lists[j]
		// A look-up costs about as much as eight steps along a list. Where many documents are
		// left, or the list is thin, it is cheaper to walk it through the window after all.
		if here := len(l.postings) * windowDocs / s.part.docs(); here < 8*len(left) {
			l.seek(start)
			w.walk(l, s.norm, start, lens, &w.idle)
			if steps += here; steps > 4*len(left) { // pruning costs a step a document
				left, steps = w.prune(left, t.floor-s.rest[j+1]), 0
			}
			continue
		}
		for _, d := range left {
			if tf := l.seek(start + uint32(d)); tf > 0 {
				w.sums[d] += s.norm.score(l.weight, tf, lens[d])
			}
		}
		left = w.prune(left, t.floor-s.rest[j+1])
	}
	for _, d := range left {
		sum, doc := w.sums[d], s.part.base+int(start)+int(d)
		if sum >= t.floor && (s.keep == nil || s.keep(doc)) {
			t.offer(sum, doc)
		}
	}
	clear(w.sums[:])
}

// touched returns the live documents of the window that can be among the best.
func (s *scan) touched(start uint32) []uint16 {
	w := &s.sc.window
	least := s.sc.top.floor - s.rest[s.walk]
	n := 0
	for i, word := range w.seen {
		w.seen[i] = 0
		for ; word != 0; word &= word - 1 {
			d := i<<6 + bits.TrailingZeros64(word)
			if w.sums[d] >= least && s.part.isLive(int(start)+d) {
				w.left[n] = uint16(d)
				n++
			}
		}
	}
	return w.left[:n]
}

// prune keeps the documents whose sum is at least least.
func (w *window) prune(left []uint16, least float32) []uint16 {
	n := 0
	for _, d := range left {
		if w.sums[d%windowDocs] >= least {
			left[n] = d
			n++
		}
	}
	return left[:n]
}

// walk moves a list through the window that starts at start, adds what it gives to the sums and
// notes its documents in seen.
func (w *window) walk(l *list, n norm, start uint32, lens []uint32, seen *bitmap) {
	end, i := uint64(start+windowDocs)<<16, 0
	postings := l.postings[l.at:]
	for ; i < len(postings) && uint64(postings[i]) < end; i++ {
		p := postings[i]
		d := p >> 16 % windowDocs
		w.sums[d] += n.score(l.weight, p&maxTF, lens[d])
		seen[d/64] |= 1 << (d % 64)
	}
	l.at += i
}

// seek moves forward to doc and returns the term's frequency there, 0 if it has none. It gallops:
// the cost is the logarithm of the distance.
func (l *list) seek(doc uint32) uint32 {
	lo, want := l.at, doc<<16
	step := 1
	for lo+step < len(l.postings) && l.postings[lo+step] < want {
		lo += step
		step *= 2
	}
	hi := min(lo+step, len(l.postings))
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); l.postings[mid] < want {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	l.at = lo
	if lo < len(l.postings) && l.postings[lo]>>16 == doc {
		return l.postings[lo] & maxTF
	}
	return 0
}
