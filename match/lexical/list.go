package lexical

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// How the list of a term is packed. A place is 32 bits:
//
//	one posting     1<<31 | (tf−1)<<16 | document, for tf up to 32,768
//	long list       1<<30 | offset in data / 4
//	short list      offset in data / 4
//
// A short list has at most as many postings as the segment has ranges:
//
//	n uint16, n documents uint16, n frequencies of 4 bits
//
// A long list is cut into ranges of 256 documents, the same ones in every list, so that the best
// that a range can hold under any query is a sum of bytes, and so that a document is found with one
// look at its range:
//
//	n uint32
//	by range, padded to a multiple of 8: the highest impact, tf/(tf+norm) for avgdl = refLen, × 255, rounded up
//	by range, and one more, uint16: where its chunk begins
//	chunks: documents, low 8 bits each, or from 33 on a bitmap of 32 bytes; then frequencies of 4 bits
//
// A frequency of 0 stands for one above maxNibble, which is found in wide.
const (
	rangeBits = 8
	rangeDocs = 1 << rangeBits
	rowBytes  = rangeDocs / 8 // of a bitmap; also the most documents that are written as bytes

	placeOne  = 1 << 31
	placeLong = 1 << 30
	maxOneTF  = 1 << 15
	maxNibble = 15
)

// isLong reports whether the list at a place is cut into ranges.
func isLong(place uint32) bool { return place>>30 == 1 }

// nibbles is how many bytes n frequencies take.
func nibbles(n int) int { return (n + 1) / 2 }

// nibble is the i-th of packed frequencies.
func nibble(b []byte, i int) uint32 { return uint32(b[i>>1]>>(i&1<<2)) & maxNibble }

// size is the number of postings of a term, those of dead documents too.
func (s *segment) size(term int) int {
	place := s.places[term]
	switch {
	case place&placeOne != 0:
		return 1
	case isLong(place):
		return int(binary.LittleEndian.Uint32(s.data[4*int(place&^placeLong):]))
	}
	return int(binary.LittleEndian.Uint16(s.data[4*int(place):]))
}

// wideTF is a frequency that did not fit 4 bits.
func (s *segment) wideTF(term, doc int) uint32 {
	key := uint64(term)<<32 | uint64(doc)<<16
	i, _ := slices.BinarySearch(s.wide, key)
	if i < len(s.wide) && s.wide[i]>>16 == key>>16 {
		return uint32(s.wide[i] & maxTF)
	}
	return 1 // only in a snapshot that was altered and sealed again
}

// short is a list of few postings, or of one.
type short struct {
	seg  *segment
	term int
	one  uint32 // a place with its posting, or 0
	docs []byte
	tfs  []byte
}

func (s *segment) short(term int) short {
	place := s.places[term]
	if place&placeOne != 0 {
		return short{one: place}
	}
	b := s.data[4*int(place):]
	n := int(binary.LittleEndian.Uint16(b))
	return short{seg: s, term: term, docs: b[2 : 2+2*n], tfs: b[2+2*n : 2+2*n+nibbles(n)]}
}

func (l *short) len() int {
	if l.one != 0 {
		return 1
	}
	return len(l.docs) / 2
}

// doc is the document of posting i.
func (l *short) doc(i int) int {
	if l.one != 0 {
		return int(l.one & 0xffff)
	}
	return int(binary.LittleEndian.Uint16(l.docs[2*i:]))
}

// tf is the frequency of posting i.
func (l *short) tf(i int) uint32 {
	if l.one != 0 {
		return l.one&^placeOne>>16 + 1
	}
	if tf := nibble(l.tfs, i); tf != 0 {
		return tf
	}
	return l.seg.wideTF(l.term, l.doc(i))
}

// find returns the frequency of a document, 0 if it is not in the list.
func (l *short) find(doc int) uint32 {
	lo, hi := 0, l.len()
	for lo < hi {
		if mid := (lo + hi) / 2; l.doc(mid) < doc {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < l.len() && l.doc(lo) == doc {
		return l.tf(lo)
	}
	return 0
}

// long is a list cut into ranges: from the bytes of impacts on.
type long struct {
	seg  *segment
	body []byte
	term uint32
	at   uint32 // where the starts of chunks stand in body
	from uint32 // where the chunks begin
}

func (s *segment) longList(term int) long {
	l := long{seg: s, term: uint32(term)}
	l.body = s.data[4*int(s.places[term]&^placeLong)+4:]
	l.at = uint32(s.ranges()+7) &^ 7
	l.from = l.at + uint32(2*(s.ranges()+1))
	return l
}

// chunk is the part of the list in a range, empty where there is none.
func (l *long) chunk(r int) []byte {
	b := l.body[int(l.at)+2*r:][:4]
	return l.body[int(l.from)+int(binary.LittleEndian.Uint16(b)) : int(l.from)+int(binary.LittleEndian.Uint16(b[2:]))]
}

// chunkSize is the length of a chunk in bytes.
func (l *long) chunkSize(r int) int {
	b := l.body[int(l.at)+2*r:][:4]
	return int(binary.LittleEndian.Uint16(b[2:]) - binary.LittleEndian.Uint16(b))
}

// written is the number of documents of a chunk that are written as bytes, −1 for a bitmap. It
// follows from the length: n documents take n + ⌈n/2⌉ bytes.
func written(chunk []byte) int {
	if len(chunk) > rowBytes+rowBytes/2 {
		return -1
	}
	return 2 * len(chunk) / 3
}

// find returns the frequency of a document, 0 if it is not in the list.
func (l *long) find(doc int) uint32 {
	chunk := l.chunk(doc >> rangeBits)
	n, i := written(chunk), 0
	if n < 0 {
		if i = rank(chunk, doc%rangeDocs); i < 0 {
			return 0
		}
		n = rowBytes
	} else if i = bytes.IndexByte(chunk[:n], byte(doc)); i < 0 {
		return 0
	}
	if tf := nibble(chunk[n:], i); tf != 0 {
		return tf
	}
	return l.seg.wideTF(int(l.term), doc)
}

// rank is the number of bits of a bitmap that are set below bit d, −1 if d itself is not.
func rank(bitmap []byte, d int) int {
	w := binary.LittleEndian.Uint64(bitmap[d>>6<<3:])
	if w>>(d&63)&1 == 0 {
		return -1
	}
	n := bits.OnesCount64(w & (1<<(d&63) - 1))
	for i := range d >> 6 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(bitmap[8*i:]))
	}
	return n
}

// each calls f for the postings of a range, ascending; d is the document's number in the range.
func (l *long) each(r int, f func(d int, tf uint32)) {
	chunk := l.chunk(r)
	at := func(b []byte, i, d int) {
		tf := nibble(b, i)
		if tf == 0 {
			tf = l.seg.wideTF(int(l.term), r<<rangeBits|d)
		}
		f(d, tf)
	}
	n := written(chunk)
	for i := range max(n, 0) {
		at(chunk[n:], i, int(chunk[i]))
	}
	if n >= 0 {
		return
	}
	for w, i := 0, 0; w < rowBytes/8; w++ {
		for word := binary.LittleEndian.Uint64(chunk[8*w:]); word != 0; word &= word - 1 {
			at(chunk[rowBytes:], i, w<<6|bits.TrailingZeros64(word))
			i++
		}
	}
}

// appendList appends the postings of a term as document<<16 | tf, ascending.
func (s *segment) appendList(dst []uint32, term int) []uint32 {
	if !isLong(s.places[term]) {
		l := s.short(term)
		for i := range l.len() {
			dst = append(dst, uint32(l.doc(i))<<16|l.tf(i))
		}
		return dst
	}
	l := s.longList(term)
	for r := range s.ranges() {
		l.each(r, func(d int, tf uint32) {
			dst = append(dst, uint32(r<<rangeBits|d)<<16|tf)
		})
	}
	return dst
}

// count is how many documents of a range are among the marked.
func (l *long) count(r int, marked *[maxDocs]bool) int {
	chunk := l.chunk(r)
	row := (*[rangeDocs]bool)(marked[r<<rangeBits:])
	total, n := 0, written(chunk)
	for i := range max(n, 0) {
		if row[chunk[i]] {
			total++
		}
	}
	for w := 0; n < 0 && w < rowBytes/8; w++ {
		for word := binary.LittleEndian.Uint64(chunk[8*w:]); word != 0; word &= word - 1 {
			if row[w<<6|bits.TrailingZeros64(word)] {
				total++
			}
		}
	}
	return total
}
