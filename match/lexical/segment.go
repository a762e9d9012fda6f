package lexical

import (
	"math/bits"

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

// segment is an immutable inverted index of up to maxDocs documents, all in flat arrays that lie
// in memory as they do in a snapshot, so that a mapped file needs no decoding. Documents have local
// numbers from 0 up, terms have local numbers in the order of their keys. How a term's list is
// packed stands in list.go.
type segment struct {
	docs   int
	keys   []uint64 // by term, ascending: mix(term)
	places []uint32 // by term: a place, which says where its list is
	fences []uint32 // by the top bits of a key: the first term at or after them
	long   []uint32 // the terms with a long list, ascending
	data   []byte   // the lists of terms, each from a multiple of 4 bytes on
	wide   []uint64 // term<<32 | document<<16 | tf of frequencies above maxNibble, ascending
	lens   []uint32 // by document: dl, the weighted length; zeros up to whole ranges
	nameAt []uint32 // by document, and one more: where its id starts in names
	rareAt []uint32 // by document, and one more: where its rare terms start in rare
	rare   []byte   // numbers of a document's terms without a long list, ascending, as varints of the difference

	// Derived from the above when the segment is built or opened.
	names  string  // all ids, end to end; never in a mapping, since callers keep ids
	refLen float64 // mean of lens
	ids    idTable
	hold   *mapping // what the arrays lie in, nil for the heap
}

// mix spreads the bits of a term evenly and loses none (the finaliser of MurmurHash3, Austin
// Appleby, public domain), so that the top bits of a key say where to look for it.
func mix(t text.Term) uint64 {
	x := uint64(t)
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func (s *segment) name(doc int) string { return s.names[s.nameAt[doc]:s.nameAt[doc+1]] }

// ranges is the number of ranges of documents in the segment.
func (s *segment) ranges() int { return rangesOf(s.docs) }

func rangesOf(docs int) int { return (docs + rangeDocs - 1) / rangeDocs }

// fenceBits is how many top bits of a key choose between fences: two to four terms lie between two.
func fenceBits(terms int) int { return max(1, bits.Len(uint(terms))-2) }

// fencesOf makes the fences of ascending keys.
func fencesOf(keys []uint64) []uint32 {
	wide := fenceBits(len(keys))
	fences := make([]uint32, 1<<wide+1)
	for _, k := range keys {
		fences[k>>(64-wide)+1]++
	}
	for i := 1; i < len(fences); i++ {
		fences[i] += fences[i-1]
	}
	return fences
}

// find returns the number of the term with this key, or -1.
func (s *segment) find(key uint64) int {
	b := key >> (64 - fenceBits(len(s.keys)))
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

// derive makes the parts that are not stored.
func (s *segment) derive() {
	total := uint64(0)
	for _, l := range s.lens {
		total += uint64(l)
	}
	if s.docs > 0 {
		s.refLen = float64(total) / float64(s.docs)
	}
	s.ids = newIDTable(s)
}

// findName returns the document with this id, or -1; hash is hashID(id).
func (s *segment) findName(id string, hash uint64) int {
	for _, e := range s.ids.bucket(hash) {
		if uint16(e>>16) == uint16(hash) && s.name(int(e&0xffff)) == id {
			return int(e & 0xffff)
		}
	}
	return -1
}

// idTable finds documents by id: a hash table in two flat arrays, about one document a bucket.
type idTable struct {
	at      []uint32 // by bucket, and one more: where its entries start
	entries []uint32 // low 16 bits of the id's hash << 16 | document
}

// hashID is FNV-1a with its bits spread once more.
func hashID(id string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	return mix(text.Term(h))
}

func (t idTable) bucket(hash uint64) []uint32 {
	b := t.index(hash)
	return t.entries[t.at[b]:t.at[b+1]]
}

// index maps the top 32 bits of a hash evenly to the buckets.
func (t idTable) index(hash uint64) uint64 { return hash >> 32 * uint64(len(t.at)-1) >> 32 }

func newIDTable(s *segment) idTable {
	t := idTable{at: make([]uint32, s.docs+1), entries: make([]uint32, s.docs)}
	hashes := make([]uint64, s.docs)
	for d := range hashes {
		hashes[d] = hashID(s.name(d))
		t.at[t.index(hashes[d])]++
	}
	for i, n := 0, uint32(0); i < len(t.at); i++ {
		n += t.at[i]
		t.at[i] = n
	}
	for d, h := range hashes { // fills each bucket from its end
		b := t.index(h)
		t.at[b]--
		t.entries[t.at[b]] = uint32(h)<<16 | uint32(d)
	}
	return t
}
