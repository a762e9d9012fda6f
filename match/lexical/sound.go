package lexical

import (
	"encoding/binary"
	"math/bits"
)

// sound checks the arrays of an opened segment against each other, and its lists, so that reading
// them stays within them. Impacts and frequencies may be anything: they only move scores.
func (s *segment) sound(names int) bool {
	n := s.docs
	if n == 0 || n > maxDocs || len(s.lens) != s.ranges()*rangeDocs || len(s.places) != len(s.keys) ||
		len(s.fences) != 1<<fenceBits(len(s.keys))+1 || !offsets(s.fences, len(s.fences)-1, len(s.keys)) ||
		!offsets(s.nameAt, n, names) || !offsets(s.rareAt, n, len(s.rare)) {
		return false
	}
	for _, l := range s.lens[n:] {
		if l != 0 {
			return false
		}
	}
	for i := 1; i < len(s.wide); i++ {
		if s.wide[i-1] >= s.wide[i] {
			return false
		}
	}
	long := s.long
	for t, place := range s.places {
		if t > 0 && s.keys[t-1] >= s.keys[t] || !s.soundList(place) {
			return false
		}
		if isLong(place) {
			if len(long) == 0 || int(long[0]) != t {
				return false
			}
			long = long[1:]
		}
	}
	return len(long) == 0
}

// offsets reports whether at holds n starts and an end, ascending from 0 to total.
func offsets(at []uint32, n, total int) bool {
	if len(at) != n+1 || at[0] != 0 || uint64(at[n]) != uint64(total) {
		return false
	}
	for i := range n {
		if at[i] > at[i+1] {
			return false
		}
	}
	return true
}

// soundList checks one list.
func (s *segment) soundList(place uint32) bool {
	if place&placeOne != 0 {
		return int(place&0xffff) < s.docs
	}
	at := 4 * int(place&^placeLong)
	if at > len(s.data) {
		return false
	}
	if isLong(place) {
		return s.soundLong(s.data[at:])
	}
	return s.soundShort(s.data[at:])
}

func (s *segment) soundShort(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	n := int(binary.LittleEndian.Uint16(b))
	if n == 0 || len(b) < 2+2*n+nibbles(n) {
		return false
	}
	last := -1
	for i := range n {
		d := int(binary.LittleEndian.Uint16(b[2+2*i:]))
		if d <= last || d >= s.docs {
			return false
		}
		last = d
	}
	return true
}

func (s *segment) soundLong(b []byte) bool {
	impacts := (s.ranges() + 7) &^ 7
	starts := 4 + impacts
	chunks := starts + 2*(s.ranges()+1)
	if len(b) < chunks {
		return false
	}
	total, last := 0, int(binary.LittleEndian.Uint16(b[starts:]))
	if last != 0 {
		return false
	}
	for r := range s.ranges() {
		end := int(binary.LittleEndian.Uint16(b[starts+2*r+2:]))
		if end < last || chunks+end > len(b) {
			return false
		}
		n := soundChunk(b[chunks+last:chunks+end], min(rangeDocs, s.docs-r*rangeDocs))
		if n < 0 {
			return false
		}
		total, last = total+n, end
	}
	return total > 0 && uint32(total) == binary.LittleEndian.Uint32(b)
}

// soundChunk returns the number of postings of a chunk whose documents must lie below limit, −1 if
// it is not sound.
func soundChunk(chunk []byte, limit int) int {
	n := written(chunk)
	if n < 0 {
		return soundRow(chunk, limit)
	}
	if n+nibbles(n) != len(chunk) {
		return -1
	}
	last := -1
	for _, d := range chunk[:n] {
		if int(d) <= last {
			return -1
		}
		last = int(d)
	}
	if last >= limit {
		return -1
	}
	return n
}

func soundRow(chunk []byte, limit int) int {
	n, most := 0, 0
	for w := range rowBytes / 8 {
		word := binary.LittleEndian.Uint64(chunk[8*w:])
		n += bits.OnesCount64(word)
		if word != 0 {
			most = w<<6 | bits.Len64(word) - 1
		}
	}
	if n <= rowBytes || most >= limit || rowBytes+nibbles(n) != len(chunk) {
		return -1
	}
	return n
}
