package lexical

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Scores returns the score of every document by number, 0 for the dead and for those that share
// no term with the query. It walks all lists: for rankings of the whole corpus. The result lies
// in dst if that has room for Slots() numbers.
func (v *View) Scores(q Query, dst []float32) []float32 {
	dst = slices.Grow(dst[:0], v.slots)[:v.slots]
	sc := v.scratch()
	v.plan(q, sc)
	for i := range v.parts {
		p, norms := &v.parts[i], v.norms(i)
		sums := sc.sums(len(p.lens))
		for _, w := range sc.wanted {
			if t := sc.terms[w.at+i]; t >= 0 {
				p.addPoints(sums, int(t), norms, w.weight)
			}
		}
		for d, points := range sums[:p.docs] {
			if points > 0 && !p.isLive(d) {
				points = 0
			}
			dst[p.base+d] = sc.score(points)
		}
	}
	v.release(sc)
	return dst
}

// sums returns n zeros.
func (sc *scratch) sums(n int) []uint32 {
	sc.points = slices.Grow(sc.points[:0], n)[:n]
	clear(sc.points)
	return sc.points
}

// addPoints adds what a term gives to the sums of all documents.
func (p *part) addPoints(sums []uint32, term int, norms []float32, weight float32) {
	if !isLong(p.places[term]) {
		l := p.short(term)
		for i := range l.len() {
			d := l.doc(i)
			sums[d] += points(weight, l.tf(i), norms[d])
		}
		return
	}
	l := p.longList(term)
	for r := range p.ranges() {
		l.addPoints(r, (*[rangeDocs]uint32)(sums[r<<rangeBits:]), (*[rangeDocs]float32)(norms[r<<rangeBits:]), weight)
	}
}

// addPoints adds what the list gives to the sums of the documents of a range, whose norms are given.
// The loop takes a frequency of 0 as it stands, which adds one point, and leaves it to mend to put
// that right: a call in it would cost more than all the rest.
func (l *long) addPoints(r int, sums *[rangeDocs]uint32, norms *[rangeDocs]float32, weight float32) {
	chunk := l.chunk(r)
	var row [rangeDocs]uint8
	docs, tfs := unpack(chunk, &row)
	least := uint32(1)
	for len(docs) >= 2 && len(tfs) > 0 {
		d, e, pair := docs[0], docs[1], uint32(tfs[0])
		docs, tfs = docs[2:], tfs[1:]
		sums[d] += points(weight, pair&maxNibble, norms[d])
		sums[e] += points(weight, pair>>4, norms[e])
		least = min(least, pair&maxNibble, pair>>4)
	}
	if len(docs) > 0 {
		d, tf := docs[0], nibble(tfs, 0)
		sums[d] += points(weight, tf, norms[d])
		least = min(least, tf)
	}
	if least == 0 {
		l.mend(r, sums, norms, weight)
	}
}

// unpack returns the documents of a chunk, in row if they are not written as bytes, and the
// frequencies.
func unpack(chunk []byte, row *[rangeDocs]uint8) (docs, tfs []byte) {
	if n := written(chunk); n >= 0 {
		return chunk[:n], chunk[n:]
	}
	n := uint8(0) // 256 documents make 0 again, after which nothing is written
	for w := range rowBytes / 8 {
		for word := binary.LittleEndian.Uint64(chunk[8*w:]); word != 0; word &= word - 1 {
			row[n] = uint8(w<<6 | bits.TrailingZeros64(word))
			n++
		}
	}
	if n == 0 {
		return row[:], chunk[rowBytes:]
	}
	return row[:n], chunk[rowBytes:]
}

// mend replaces the single points of frequencies that did not fit 4 bits.
func (l *long) mend(r int, sums *[rangeDocs]uint32, norms *[rangeDocs]float32, weight float32) {
	wide := l.seg.wide
	first := uint64(l.term)<<32 | uint64(r)<<(16+rangeBits)
	i, _ := slices.BinarySearch(wide, first)
	for ; i < len(wide) && wide[i]-first < 1<<(16+rangeBits); i++ {
		d := wide[i] >> 16 % rangeDocs
		sums[d] += points(weight, uint32(wide[i]&maxTF), norms[d]) - 1
	}
}

// ScoreDocs returns the scores of the documents with these numbers, in the order given, 0 for a
// number that is not a live document's. It looks each document up in each list. The result lies in
// dst if that has room for len(docs) numbers.
func (v *View) ScoreDocs(q Query, docs []int, dst []float32) []float32 {
	dst = slices.Grow(dst[:0], len(docs))[:len(docs)]
	sc := v.scratch()
	v.plan(q, sc)
	sums := sc.sums(len(docs))
	for _, w := range sc.wanted {
		in := -1 // the part that find is of
		var find func(doc int) uint32
		var norms []float32
		for i, doc := range docs {
			p, d, ok := v.at(doc)
			if !ok {
				continue
			}
			if at := v.partOf(doc); at != in {
				in, norms, find = at, v.norms(at), p.finder(int(sc.terms[w.at+at]))
			}
			if tf := find(d); tf > 0 {
				sums[i] += points(w.weight, tf, norms[d])
			}
		}
	}
	for i, points := range sums {
		dst[i] = sc.score(points)
	}
	v.release(sc)
	return dst
}

// finder returns what looks documents up in the list of a term, −1 for none.
func (p *part) finder(term int) func(doc int) uint32 {
	switch {
	case term < 0:
		return func(int) uint32 { return 0 }
	case isLong(p.places[term]):
		l := p.longList(term)
		return l.find
	}
	l := p.short(term)
	return l.find
}
