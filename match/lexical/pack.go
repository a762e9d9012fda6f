package lexical

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// packer makes a segment of its lists, given term by term in the order of keys.
type packer struct {
	*segment
	norm  norm
	stats []rangeStat // of the list in hand
	tfs   []byte      // of the chunk in hand
}

// rangeStat is what a list has in a range.
type rangeStat struct {
	n      int
	impact float32
}

// newPacker makes a packer for documents of these lengths.
func newPacker(lens []uint32, o Options) *packer {
	s := &segment{docs: len(lens)}
	s.lens = append(make([]uint32, 0, s.ranges()*rangeDocs), lens...)[:s.ranges()*rangeDocs]
	total := uint64(0)
	for _, l := range lens {
		total += uint64(l)
	}
	p := &packer{segment: s, stats: make([]rangeStat, s.ranges())}
	p.norm = o.norm(float64(total) / float64(max(1, len(lens))))
	return p
}

// add packs the list of the next term: document<<16 | tf, ascending, at least one.
func (p *packer) add(key uint64, postings []uint32) {
	term := uint32(len(p.keys))
	p.keys = append(p.keys, key)
	for _, q := range postings {
		if q&maxTF > maxNibble {
			p.wide = append(p.wide, uint64(term)<<32|uint64(q))
		}
	}
	first := postings[0]
	switch {
	case len(postings) == 1 && first&maxTF <= maxOneTF:
		p.places = append(p.places, placeOne|(first&maxTF-1)<<16|first>>16)
		return
	case len(postings) > p.ranges():
		p.long = append(p.long, term)
		p.places = append(p.places, placeLong|uint32(len(p.data)/4))
		p.addLong(postings)
	default:
		p.places = append(p.places, uint32(len(p.data)/4))
		p.addShort(postings)
	}
	for len(p.data)%4 != 0 {
		p.data = append(p.data, 0)
	}
}

func (p *packer) addShort(postings []uint32) {
	p.data = binary.LittleEndian.AppendUint16(p.data, uint16(len(postings)))
	for _, q := range postings {
		p.data = binary.LittleEndian.AppendUint16(p.data, uint16(q>>16))
	}
	p.addTFs(postings)
}

// addTFs appends frequencies, two a byte.
func (p *packer) addTFs(postings []uint32) {
	p.tfs = append(p.tfs[:0], make([]byte, nibbles(len(postings)))...)
	for i, q := range postings {
		if tf := q & maxTF; tf <= maxNibble {
			p.tfs[i>>1] |= byte(tf << (i & 1 << 2))
		}
	}
	p.data = append(p.data, p.tfs...)
}

func (p *packer) addLong(postings []uint32) {
	clear(p.stats)
	for _, q := range postings {
		st := &p.stats[q>>(16+rangeBits)]
		st.n++
		st.impact = max(st.impact, p.norm.share(q&maxTF, p.lens[q>>16]))
	}
	p.data = binary.LittleEndian.AppendUint32(p.data, uint32(len(postings)))
	for _, st := range p.stats {
		p.data = append(p.data, byte(min(255, math.Ceil(float64(st.impact)*255))))
	}
	for n := len(p.stats); n%8 != 0; n++ {
		p.data = append(p.data, 0)
	}
	at := uint16(0)
	p.data = binary.LittleEndian.AppendUint16(p.data, at)
	for _, st := range p.stats {
		at += uint16(min(st.n, rowBytes) + nibbles(st.n))
		p.data = binary.LittleEndian.AppendUint16(p.data, at)
	}
	for _, st := range p.stats {
		p.addChunk(postings[:st.n])
		postings = postings[st.n:]
	}
}

// addChunk appends the postings of one range.
func (p *packer) addChunk(postings []uint32) {
	if len(postings) <= rowBytes {
		for _, q := range postings {
			p.data = append(p.data, byte(q>>16))
		}
	} else {
		var row [rowBytes]byte
		for _, q := range postings {
			d := q >> 16 % rangeDocs
			row[d/8] |= 1 << (d % 8)
		}
		p.data = append(p.data, row[:]...)
	}
	p.addTFs(postings)
}

// finish completes the segment with the ids of its documents.
func (p *packer) finish(ids func(func(string) bool)) *segment {
	s := p.segment
	s.setNames(ids)
	s.fences = fencesOf(s.keys)
	s.listRare()
	s.derive()
	s.move()
	return s
}

// listRare writes for each document which of its terms have no long list. Walking term by term
// hands each document its terms in order, so nothing is sorted; the first walk measures, the
// second writes.
func (s *segment) listRare() {
	last := make([]uint32, s.docs)
	s.rareAt = make([]uint32, s.docs+1)
	s.eachRarePosting(func(t uint32, d int) {
		s.rareAt[d+1] += uint32(bits.Len32((t-last[d])|1)+6) / 7
		last[d] = t
	})
	for d := range last {
		s.rareAt[d+1] += s.rareAt[d]
	}
	s.rare = make([]byte, s.rareAt[s.docs])
	clear(last)
	at := slices.Clone(s.rareAt)
	s.eachRarePosting(func(t uint32, d int) {
		at[d] += uint32(binary.PutUvarint(s.rare[at[d]:], uint64(t-last[d])))
		last[d] = t
	})
}

func (s *segment) eachRarePosting(f func(term uint32, doc int)) {
	for t, place := range s.places {
		if isLong(place) {
			continue
		}
		l := s.short(t)
		for i := range l.len() {
			f(uint32(t), l.doc(i))
		}
	}
}

// eachRare calls f with the number of every term of the document that has no long list, ascending.
// It stops at numbers that no sound segment has.
func (s *segment) eachRare(doc int, f func(term int)) {
	b := s.rare[s.rareAt[doc]:s.rareAt[doc+1]]
	term := uint64(0)
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		term += d
		if n <= 0 || term >= uint64(len(s.keys)) {
			return
		}
		f(int(term))
		b = b[n:]
	}
}
