package match

import (
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/match/vector"
)

// Filter narrows a library. Conditions of one kind are alternatives, kinds add up. A document that
// does not state what a condition asks for is left out: a filter shows what surely fits.
type Filter struct {
	Regions     []zhuanhua.Region // any region of the record lies in one of these
	TechFields  []string          // the technology field contains one of these words
	MinMaturity zhuanhua.TRL
	Modes       []zhuanhua.Mode
	MaxPrice    *zhuanhua.Money
}

// Empty reports whether the filter keeps everything.
func (f *Filter) Empty() bool {
	return len(f.Regions) == 0 && len(f.TechFields) == 0 && f.MinMaturity == 0 && len(f.Modes) == 0 && f.MaxPrice == nil
}

// Keep reports whether a document passes.
func (f *Filter) Keep(d *Document) bool {
	x := &d.Facts
	return (len(f.Regions) == 0 || slices.ContainsFunc(f.Regions, func(outer zhuanhua.Region) bool {
		return slices.ContainsFunc(x.Regions, func(r zhuanhua.Region) bool { return r.Within(outer) })
	})) &&
		(len(f.TechFields) == 0 || slices.ContainsFunc(f.TechFields, func(w string) bool { return strings.Contains(x.TechField.Value, w) })) &&
		(f.MinMaturity == 0 || x.Maturity >= f.MinMaturity) &&
		(len(f.Modes) == 0 || slices.ContainsFunc(f.Modes, func(m zhuanhua.Mode) bool { return slices.Contains(x.Modes, m) })) &&
		(f.MaxPrice == nil || x.Price != nil && *x.Price <= *f.MaxPrice)
}

// among is the documents of a state that a search may find; nil: all.
type among struct {
	docs, vecs vector.Bits        // by number of the lexical view, and among the vectors; nil: all
	n          int                // how many are in docs
	also       func(doc int) bool // what else is asked of few of them; nil: nothing
}

// among goes through the cards of all documents once. nil when everything passes.
func (e *Engine) among(s *state, f *Filter) *among {
	if f == nil || f.Empty() {
		return nil
	}
	a := &among{docs: make(vector.Bits, (s.lex.Slots()+63)/64)}
	if s.vec != nil {
		a.vecs = make(vector.Bits, (s.vec.Docs()+63)/64)
	}
	on := f.onCards(e.lib.Words())
	for i, places := range s.places {
		seg := s.lex.Segment(i)
		for at, number := range places.lib {
			if number < 0 || !seg.Live(at) || !on.keep(s.lib.Card(int(number)), func() *Document { return s.documentOf(seg.Base() + at) }) {
				continue
			}
			doc := seg.Base() + at
			a.docs[doc/64] |= 1 << (doc % 64)
			a.n++
			if a.vecs != nil && places.vec[at] >= 0 {
				a.vecs[places.vec[at]/64] |= 1 << (places.vec[at] % 64)
			}
		}
	}
	return a
}

// accepts reports whether a document of the lexical view may be found.
func (a *among) accepts(doc int) bool {
	return a == nil || (a.docs == nil || a.docs.Has(doc)) && (a.also == nil || a.also(doc))
}

// keep is accepts as the lexical index asks it.
func (a *among) keep() func(doc int) bool {
	if a == nil {
		return nil
	}
	return a.accepts
}

// ask restricts a search among the vectors. What is asked of few is asked of what it finds.
func (a *among) ask(depth int) vector.Ask {
	if a == nil {
		return vector.Ask{K: depth}
	}
	return vector.Ask{K: depth, Among: a.vecs}
}
