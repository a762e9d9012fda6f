package lexical

import (
	"math"
	"runtime"
	"sort"
	"sync"

	"zhuanhua/match/text"
)

// View is the index at one moment. It stays as it is while writers go on, and may be used by any
// number of goroutines. Document numbers run from 0 to Slots()−1, with gaps where documents have
// died; they mean nothing in another View.
type View struct {
	index   *Index
	opt     Options
	parts   []part
	slots   int
	ranges  int // of all parts together
	live    int
	liveLen int64
	avgLen  float64
	changed int // documents put in and taken out up to here

	once sync.Once
	dist *distribution

	normOnce sync.Once
	normOf   [][]float32 // by part and document
}

// norms returns the norms of the documents of part i, up to a whole range. They depend on the mean
// length, hence on the View; the first search of a View computes them, a millisecond for a million.
func (v *View) norms(i int) []float32 {
	v.normOnce.Do(func() {
		n := v.opt.norm(v.avgLen)
		v.normOf = make([][]float32, len(v.parts))
		for i := range v.parts {
			norms := make([]float32, len(v.parts[i].lens))
			for d, l := range v.parts[i].lens {
				norms[d] = n.of(l)
			}
			v.normOf[i] = norms
		}
	})
	return v.normOf[i]
}

// Len is the number of live documents.
func (v *View) Len() int { return v.live }

// Slots is the size of the number space of documents, at least Len.
func (v *View) Slots() int { return v.slots }

// AvgLen is the mean weighted length of the live documents in terms, 0 without documents.
func (v *View) AvgLen() float64 { return v.avgLen }

// Segments is the number of segments, for those who measure.
func (v *View) Segments() int { return len(v.parts) }

// at returns the part that a document number lies in and its number there; ok is false for a
// number out of range or of a dead document.
func (v *View) at(doc int) (p *part, local int, ok bool) {
	if doc < 0 || doc >= v.slots {
		return nil, 0, false
	}
	p = &v.parts[v.partOf(doc)]
	return p, doc - p.base, p.isLive(doc - p.base)
}

// partOf returns the number of the part that a document number in range lies in.
func (v *View) partOf(doc int) int {
	return sort.Search(len(v.parts), func(i int) bool { return v.parts[i].base > doc }) - 1
}

// Live reports whether doc is the number of a live document.
func (v *View) Live(doc int) bool {
	_, _, ok := v.at(doc)
	return ok
}

// ID returns the id of a document, "" if it is not live.
func (v *View) ID(doc int) string {
	p, d, ok := v.at(doc)
	if !ok {
		return ""
	}
	name := p.name(d)
	runtime.KeepAlive(v)
	return name
}

// DocLen returns the weighted length of a document in terms, 0 if it is not live.
func (v *View) DocLen(doc int) int {
	p, d, ok := v.at(doc)
	if !ok {
		return 0
	}
	n := int(p.lens[d])
	runtime.KeepAlive(v)
	return n
}

// Doc returns the number of the live document with this id.
func (v *View) Doc(id string) (doc int, ok bool) {
	doc = v.number(id)
	runtime.KeepAlive(v)
	return max(doc, 0), doc >= 0
}

// number is the number of the live document with this id, −1 for none.
func (v *View) number(id string) int {
	hash := hashID(id)
	for i := range v.parts {
		p := &v.parts[i]
		if d := p.findName(id, hash); d >= 0 && p.isLive(d) {
			return p.base + d
		}
	}
	return -1
}

// DF is the number of live documents with the term.
func (v *View) DF(t text.Term) int {
	key, df := mix(t), 0
	for i := range v.parts {
		p := &v.parts[i]
		if term := p.find(key); term >= 0 {
			df += p.df(term)
		}
	}
	runtime.KeepAlive(v)
	return df
}

// IDF is the inverse document frequency of the term: ln(1 + (N − df + 0.5)/(df + 0.5)), highest
// for a term that no document has.
func (v *View) IDF(t text.Term) float64 { return v.IDFOf(v.DF(t)) }

// IDFOf is the rarity of a term that df documents have.
func (v *View) IDFOf(df int) float64 {
	return math.Log1p((float64(v.live-df) + 0.5) / (float64(df) + 0.5))
}
