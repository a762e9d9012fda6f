package match

import (
	"runtime"
	"sync"

	"zhuanhua/match/lexical"
	"zhuanhua/match/library"
	"zhuanhua/match/vector"
)

// state is what one search sees: all three indexes at one moment, and how the numbers of the lexical
// view relate to those of the others, where a number stays with its document.
type state struct {
	lex    *lexical.View
	vec    *vector.View // nil without an encoder
	lib    *library.View
	places []*places // by segment of lex

	rarest func() int // a term in at most so many documents is among the rarest tenth
	sample *sample    // nil in a library that is ranked whole

	sampleVecs func() []int // numbers of the sample among the vectors
}

// places are the numbers of the documents of a segment. They are looked up once: a document that has
// another number later is dead in the segment.
type places struct {
	key lexical.SegmentKey
	lib []int32
	vec []int32 // nil without an encoder

	cards cards
}

// refresh makes what was written visible to searches. Who calls it holds e.writing.
func (e *Engine) refresh() {
	old := e.now.Load()
	s := &state{lex: e.lex.View(), lib: e.lib.View()}
	if e.vec != nil {
		s.vec = e.vec.View()
	}
	known := map[lexical.SegmentKey]*places{}
	if old != nil {
		for _, p := range old.places {
			known[p.key] = p
		}
	}
	s.places = make([]*places, s.lex.Segments())
	parallel(len(s.places), func(i int) {
		seg := s.lex.Segment(i)
		if s.places[i] = known[seg.Key()]; s.places[i] == nil {
			s.places[i] = e.placesOf(s.lib, seg)
		}
	})
	s.rarest = sync.OnceValue(func() int { return s.lex.DFShare(rarestShare) })
	s.sample = e.sampleFor(s, old)
	s.sampleVecs = sync.OnceValue(func() []int {
		vecs := make([]int, len(s.sample.members))
		for i, m := range s.sample.members {
			vecs[i] = -1
			if doc, ok := s.lex.Doc(m.id); ok {
				vecs[i] = s.vecOfDoc(doc)
			}
		}
		return vecs
	})
	e.now.Store(s)
}

func (e *Engine) placesOf(lib *library.View, seg lexical.Segment) *places {
	ids := make([]string, seg.Docs())
	for at := range ids {
		if seg.Live(at) {
			ids[at] = seg.ID(at)
		}
	}
	p := &places{key: seg.Key(), lib: small(e.lib.Numbers(ids))}
	if e.vec != nil {
		p.vec = small(e.vec.Numbers(ids))
	}
	p.cards = cardsOf(lib, p.lib)
	return p
}

func small(numbers []int) []int32 {
	out := make([]int32, len(numbers))
	for i, n := range numbers {
		out[i] = int32(n)
	}
	return out
}

// libOfDoc is the number in the library of a document of the lexical view, −1 for none.
func (s *state) libOfDoc(doc int) int {
	seg, at := s.lex.Place(doc)
	return int(s.places[seg].lib[at])
}

// vecOfDoc is the number among the vectors of a document of the lexical view, −1 for none.
func (s *state) vecOfDoc(doc int) int {
	if s.vec == nil {
		return -1
	}
	seg, at := s.lex.Place(doc)
	return int(s.places[seg].vec[at])
}

// vecsOf is vecOfDoc for many.
func (s *state) vecsOf(docs []int) []int {
	out := make([]int, len(docs))
	for i, doc := range docs {
		out[i] = s.vecOfDoc(doc)
	}
	return out
}

// numberOf is the number in the library of the document with an id, −1 for none.
func (s *state) numberOf(id string) int {
	doc, ok := s.lex.Doc(id)
	if !ok {
		return -1
	}
	return s.libOfDoc(doc)
}

// document returns a document, nil when it is not there.
func (s *state) document(id string) *Document { return s.documentAt(s.numberOf(id), id) }

// documentOf returns the document with a number of the lexical view, nil when it is not there.
func (s *state) documentOf(doc int) *Document { return s.documentAt(s.libOfDoc(doc), s.lex.ID(doc)) }

func (s *state) documentAt(number int, id string) *Document {
	body, ok := s.lib.Body(number, nil)
	if !ok {
		return nil
	}
	d := decodeDocument(id, body)
	runtime.KeepAlive(s)
	return d
}
