package lexical

import (
	"math/bits"
	"slices"
)

// part is a segment as one View sees it: with its place in the number space of documents, and
// with what has died since it was built. Parts are values; a write makes new ones.
type part struct {
	*segment
	base int // number of its first document in the View

	dead     []uint64 // bitmap of dead documents; nil when all live
	deadDocs int
	liveLen  int64 // sum of the lengths of live documents
	gone     tally // by term: how many of its postings are of dead documents
}

// whole makes the part of a segment in which nothing has died.
func whole(s *segment) part {
	p := part{segment: s}
	for _, l := range s.lens {
		p.liveLen += int64(l)
	}
	return p
}

func (p *part) liveDocs() int { return p.docs - p.deadDocs }

func (p *part) isLive(doc int) bool {
	return p.dead == nil || p.dead[doc>>6]&(1<<(doc&63)) == 0
}

// df is the number of live documents with the term.
func (p *part) df(term int) int { return max(0, p.size(term)-p.gone.get(term)) }

// edit is a part being changed by one write: everything it alters is its own copy.
type edit struct {
	part
	killed []int
}

func (p part) edit() *edit {
	e := &edit{part: p}
	if p.dead == nil {
		e.dead = make([]uint64, (p.docs+63)/64)
	} else {
		e.dead = slices.Clone(p.dead)
	}
	return e
}

// kill marks a live document as dead.
func (e *edit) kill(doc int) {
	e.dead[doc>>6] |= 1 << (doc & 63)
	e.deadDocs++
	e.liveLen -= int64(e.lens[doc])
	e.killed = append(e.killed, doc)
}

// fewKilled is how many dead documents of a write are looked up in every long list one by one: above
// it, walking all lists once is quicker.
const fewKilled = 32

// done takes the terms of the killed out of the counts and returns the part.
func (e *edit) done() part {
	gone := e.gone.edit(len(e.keys))
	switch {
	case e.liveDocs() == 0: // nobody asks any more
	case len(e.killed) > fewKilled:
		e.countAll(gone)
	default:
		e.countEach(gone)
	}
	e.gone = gone.tally
	return e.part
}

// countEach counts the terms of the killed document by document.
func (e *edit) countEach(gone tallyEdit) {
	for _, d := range e.killed {
		e.eachRare(d, func(t int) { gone.add(t, 1) })
	}
	for _, t := range e.long {
		l := e.longList(int(t))
		for _, d := range e.killed {
			if l.find(d) > 0 {
				gone.add(int(t), 1)
			}
		}
	}
}

// countAll counts the terms of the killed by walking every list.
func (e *edit) countAll(gone tallyEdit) {
	var fresh [maxDocs]bool
	for _, d := range e.killed {
		fresh[d] = true
	}
	for t, place := range e.places {
		n := 0
		if isLong(place) {
			l := e.longList(t)
			for r := range e.ranges() {
				n += l.count(r, &fresh)
			}
		} else {
			l := e.short(t)
			for i := range l.len() {
				if fresh[l.doc(i)] {
					n++
				}
			}
		}
		if n > 0 {
			gone.add(t, n)
		}
	}
}

// numDead counts the set bits of a bitmap.
func numDead(bitmap []uint64) int {
	n := 0
	for _, w := range bitmap {
		n += bits.OnesCount64(w)
	}
	return n
}

const page = 256 // counters: a delete copies a page for each of its terms, 512 bytes

// tally is a list of small counters in pages, so that a write copies the pages that it alters
// rather than a counter for each of a million terms. A nil page is all zeros. A counter cannot
// pass 65,535: a segment whose 65,536 documents are all dead is dropped, not published.
type tally struct{ pages []*[page]uint16 }

func (t tally) get(i int) int {
	if t.pages == nil || t.pages[i/page] == nil {
		return 0
	}
	return int(t.pages[i/page][i%page])
}

// tallyEdit is a tally under change; mine tells the pages already copied.
type tallyEdit struct {
	tally
	mine []bool
}

func (t tally) edit(n int) tallyEdit {
	pages := make([]*[page]uint16, (n+page-1)/page)
	copy(pages, t.pages)
	return tallyEdit{tally{pages}, make([]bool, len(pages))}
}

func (e tallyEdit) add(i, n int) {
	p := i / page
	if !e.mine[p] {
		fresh := new([page]uint16)
		if e.pages[p] != nil {
			*fresh = *e.pages[p]
		}
		e.pages[p], e.mine[p] = fresh, true
	}
	e.pages[p][i%page] += uint16(n)
}
