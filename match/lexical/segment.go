package lexical

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"

	"zhuanhua/match/text"
)

const (
	// maxDocs is the most documents of a segment: a local number fits 16 bits, and so does a
	// posting with its frequency in 32. It also bounds what one merge can cost.
	maxDocs = 1 << 16

	// maxPostings keeps every offset of a segment inside 32 bits. Only texts of megabytes reach it.
	maxPostings = 1 << 28

	maxTF = 1<<16 - 1 // a weighted frequency above this counts as this
)

// segment is an immutable inverted index of up to maxDocs documents, all in flat arrays.
// Documents have local numbers from 0 up, terms have local numbers in the order of their keys.
type segment struct {
	keys     []uint64  // by term, ascending: mix(term)
	starts   []uint32  // by term, and one more: where its postings start
	bounds   []float32 // by term: the largest tf/(tf+norm) of its postings, for avgdl = refLen
	postings []uint32  // document<<16 | tf, ascending within a term

	lens      []uint32 // by document: dl, the weighted length
	names     string   // all ids, end to end
	nameAt    []uint32 // by document, and one more: where its id starts in names
	byName    []uint16 // documents in the order of their ids
	termAt    []uint32 // by document, and one more: where its terms start in termBytes
	termBytes []byte   // term numbers of a document, ascending, as varints of the difference

	// Derived from the above when the segment is built or opened.
	refLen float64  // mean of lens
	fences []uint32 // by the top bits of a key: the first term at or after them
	shift  uint     // how far to shift a key to get those bits
}

// mix spreads the bits of a term evenly and loses none (the finaliser of MurmurHash3, Austin
// Appleby, public domain), so that the top bits of a key say where to look for it.
func mix(t text.Term) uint64 {
	x := uint64(t)
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func (s *segment) docs() int { return len(s.lens) }

func (s *segment) name(doc int) string { return s.names[s.nameAt[doc]:s.nameAt[doc+1]] }

func (s *segment) list(term int) []uint32 { return s.postings[s.starts[term]:s.starts[term+1]] }

// find returns the number of the term with this key, or -1.
func (s *segment) find(key uint64) int {
	b := key >> s.shift
	lo, hi := s.fences[b], s.fences[b+1]
	for hi-lo > 8 {
		if mid := lo + (hi-lo)/2; s.keys[mid] <= key {
			lo = mid
		} else {
			hi = mid
		}
	}
	for ; lo < hi; lo++ {
		if s.keys[lo] == key {
			return int(lo)
		}
	}
	return -1
}

// findName returns the document with this id, or -1.
func (s *segment) findName(id string) int {
	i, ok := slices.BinarySearchFunc(s.byName, id, func(d uint16, id string) int {
		return strings.Compare(s.name(int(d)), id)
	})
	if !ok {
		return -1
	}
	return int(s.byName[i])
}

// finish fills in everything that follows from keys, starts, postings, lens and names.
func (s *segment) finish(o Options) {
	s.derive()
	s.bounds = make([]float32, len(s.keys))
	n := o.norm(s.refLen)
	for t := range s.keys {
		most := float32(0)
		for _, p := range s.list(t) {
			most = max(most, n.score(1, p&maxTF, s.lens[p>>16]))
		}
		s.bounds[t] = most
	}
	s.byName = make([]uint16, s.docs())
	for d := range s.byName {
		s.byName[d] = uint16(d)
	}
	slices.SortFunc(s.byName, func(a, b uint16) int {
		return cmp.Compare(s.name(int(a)), s.name(int(b)))
	})
	s.listTerms()
}

// derive makes the parts that are not stored.
func (s *segment) derive() {
	total := uint64(0)
	for _, l := range s.lens {
		total += uint64(l)
	}
	if n := s.docs(); n > 0 {
		s.refLen = float64(total) / float64(n)
	}
	wide := max(1, bits.Len(uint(len(s.keys)))-2) // two to four terms between fences
	s.shift = uint(64 - wide)
	s.fences = make([]uint32, 1<<wide+1)
	for _, k := range s.keys {
		s.fences[k>>s.shift+1]++
	}
	for i := 1; i < len(s.fences); i++ {
		s.fences[i] += s.fences[i-1]
	}
}

// listTerms writes the term list of every document. Walking the postings term by term hands each
// document its terms in order, so nothing is sorted; the first walk measures, the second writes.
func (s *segment) listTerms() {
	last := make([]uint32, s.docs())
	s.termAt = make([]uint32, s.docs()+1)
	for t := range s.keys {
		for _, p := range s.list(t) {
			d := p >> 16
			s.termAt[d+1] += uint32(bits.Len32((uint32(t)-last[d])|1)+6) / 7
			last[d] = uint32(t)
		}
	}
	for d := range last {
		s.termAt[d+1] += s.termAt[d]
	}
	s.termBytes = make([]byte, s.termAt[s.docs()])
	clear(last)
	at := slices.Clone(s.termAt)
	for t := range s.keys {
		for _, p := range s.list(t) {
			d := p >> 16
			at[d] += uint32(binary.PutUvarint(s.termBytes[at[d]:], uint64(uint32(t)-last[d])))
			last[d] = uint32(t)
		}
	}
}

// eachTerm calls f with the number of every term of the document, ascending. It returns false if
// the list does not end where it should, which only a damaged snapshot can bring about.
func (s *segment) eachTerm(doc int, f func(term int)) bool {
	b := s.termBytes[s.termAt[doc]:s.termAt[doc+1]]
	term := uint64(0)
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		term += d
		if n <= 0 || term >= uint64(len(s.keys)) {
			return false
		}
		f(int(term))
		b = b[n:]
	}
	return true
}
