package match

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"zhuanhua/match/lexical"
	"zhuanhua/match/text"
)

// sampleSize is how many documents of a large library stand for its background.
const sampleSize = 256

// sample is the documents of a library whose ids have the least hashes: which these are depends on
// nothing but the library, and they are as good as drawn by lot. Their terms are kept, so that what
// they score for a query costs next to nothing.
type sample struct {
	members []member
	terms   func() *sampleTerms // made when first asked for
}

type member struct {
	hash   uint32
	number int    // in the library
	body   string // tells when a document has changed
	id     string
}

func compareMembers(a, b member) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), strings.Compare(a.id, b.id))
}

// sampleTerms is an inverted index of the sample: term by term the documents that have it.
type sampleTerms struct {
	at   map[text.Term]int32 // where a term's list begins
	list []sampleTerm        // a list ends before the next one's first
	dl   []float64           // by document
}

type sampleTerm struct {
	doc  int32
	tf   int32
	last bool // of its list
}

// sampleFor draws the sample of a state, keeping that of the state before where nothing in it has
// changed.
func (e *Engine) sampleFor(s, old *state) *sample {
	if s.lex.Len() <= e.opt.full {
		return nil
	}
	drawn := &sample{members: s.draw()}
	if old != nil && old.sample != nil && slices.Equal(old.sample.members, drawn.members) {
		return old.sample
	}
	drawn.terms = sync.OnceValue(func() *sampleTerms { return drawn.index() })
	return drawn
}

// draw finds the members. Only ids that may be among them are read.
func (s *state) draw() []member {
	// So few hashes are this low that twice as many as wanted are; if chance is against it, all are looked at.
	bound := uint32(math.MaxUint32)
	if n := s.lib.Len(); n > 2*sampleSize {
		bound = uint32(uint64(math.MaxUint32) * 2 * sampleSize / uint64(n))
	}
	members := s.below(bound)
	if len(members) < sampleSize {
		members = s.below(math.MaxUint32)
	}
	slices.SortFunc(members, compareMembers)
	members = members[:min(sampleSize, len(members))]
	for i := range members {
		body, _ := s.lib.Body(members[i].number, nil)
		members[i].body = string(body)
	}
	return members
}

func (s *state) below(bound uint32) []member {
	var out []member
	for n := range s.lib.Numbers() {
		if h := s.lib.Hash(n); h <= bound && s.lib.Has(n) {
			out = append(out, member{hash: h, number: n, id: s.lib.ID(n)})
		}
	}
	return out
}

func (p *sample) index() *sampleTerms {
	type one struct {
		term text.Term
		sampleTerm
	}
	var all []one
	x := &sampleTerms{at: map[text.Term]int32{}, dl: make([]float64, len(p.members))}
	for i, m := range p.members {
		tf := map[text.Term]int32{}
		for field, terms := range decodeDocument(m.id, []byte(m.body)).fields() {
			weight := fieldWeights()[field]
			x.dl[i] += float64(weight * len(terms))
			for _, t := range terms {
				tf[t] += int32(weight)
			}
		}
		for t, n := range tf {
			all = append(all, one{t, sampleTerm{doc: int32(i), tf: n}})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(a.doc, b.doc)) })
	for i, o := range all {
		if i == 0 || all[i-1].term != o.term {
			x.at[o.term] = int32(i)
		}
		o.last = i+1 == len(all) || all[i+1].term != o.term
		x.list = append(x.list, o.sampleTerm)
	}
	return x
}

// scores are what the documents of the sample score for a query, as the lexical index scores them.
func (x *sampleTerms) scores(lex *lexical.View, q lexical.Query) []float64 {
	out := make([]float64, len(x.dl))
	avg := max(lex.AvgLen(), 1e-9)
	for _, t := range q {
		at, ok := x.at[t.Term]
		if !ok {
			continue
		}
		weight := float64(t.Weight) * lex.IDF(t.Term) * (bm25K1 + 1)
		for i := at; ; i++ {
			p := x.list[i]
			tf := float64(p.tf)
			out[p.doc] += weight * tf / (tf + bm25K1*(1-bm25B+bm25B*x.dl[p.doc]/avg))
			if p.last {
				break
			}
		}
	}
	return out
}
