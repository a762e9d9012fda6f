package match

import (
	mathbits "math/bits"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/match/lexical"
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
	docs lexical.Among      // nil: all
	vecs vector.Bits        // numbers among the vectors
	n    int                // how many are in docs
	also func(doc int) bool // what else is asked of few of them; nil: nothing
}

// among goes through the cards of all documents once. nil when everything passes.
func (e *Engine) among(s *state, f *Filter) *among {
	if f == nil || f.Empty() {
		return nil
	}
	a := &among{docs: make(lexical.Among, len(s.places))}
	if s.vec != nil {
		a.vecs = make(vector.Bits, (s.vec.Docs()+63)/64)
	}
	on := f.onCards(e.lib.Words())
	for i, places := range s.places {
		a.docs[i] = a.look(s, on, s.lex.Segment(i), places)
	}
	return a
}

// look goes through the cards of a segment and returns which pass.
func (a *among) look(s *state, on *cardFilter, seg lexical.Segment, p *places) []uint64 {
	bits := make([]uint64, (len(p.lib)+63)/64)
	on.prepare(&p.cards)
	for w := range bits {
		pass, odd := on.keep(&p.cards, w*64), p.cards.odd[w]
		for left := pass | odd; left != 0; left &= left - 1 {
			i := mathbits.TrailingZeros64(left)
			at := w*64 + i
			if !seg.Live(at) || odd>>i&1 != 0 && !on.keepWhole(s, seg.Base()+at) {
				pass &^= 1 << i
				continue
			}
			pass |= 1 << i
			if p.vec != nil && p.vec[at] >= 0 {
				a.vecs[p.vec[at]/64] |= 1 << (p.vec[at] % 64)
			}
		}
		bits[w] = pass
		a.n += mathbits.OnesCount64(pass)
	}
	return bits
}

// has reports whether a document passes the filter.
func (a *among) has(segment, at int) bool { return a.docs[segment][at/64]>>(at%64)&1 != 0 }

// accepts reports whether a document of the lexical view may be found.
func (a *among) accepts(doc, segment, at int) bool {
	return a == nil || (a.docs == nil || a.has(segment, at)) && (a.also == nil || a.also(doc))
}

// search finds documents by their words.
func (a *among) search(s asked, depth int) []lexical.Hit {
	if a == nil {
		return s.lex.Search(s.query, depth, nil)
	}
	return s.lex.SearchAmong(s.query, depth, a.docs, a.also)
}

// all are the documents that may be found, where a filter lets few pass.
func (a *among) all(s *state) []candidate {
	var out []candidate
	for i, bits := range a.docs {
		base := s.lex.Segment(i).Base()
		vector.Bits(bits).All(func(at int) {
			if a.also == nil || a.also(base+at) {
				out = append(out, candidate{doc: base + at})
			}
		})
	}
	return out
}

// ask restricts a search among the vectors. What is asked of few is asked of what it finds.
func (a *among) ask(depth int) vector.Ask {
	if a == nil {
		return vector.Ask{K: depth, Depth: depth + nearCodes}
	}
	return vector.Ask{K: depth, Depth: depth + nearCodes, Among: a.vecs}
}
