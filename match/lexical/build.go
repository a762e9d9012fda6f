package lexical

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"zhuanhua/match/text"
)

// builder turns a batch of documents into a segment: first the terms of each document, counted,
// in the order they come; then a counting sort of those pairs by term.
type builder struct {
	opt    Options
	slots  []slot // hash table of terms, open addressing, at most half full
	keys   []uint64
	df     []uint32
	pairID []uint32 // one entry for each term of each document: the term's number by first sight
	pairTF []uint16 // its weighted frequency
	ends   []uint32 // by document: where its pairs end
	lens   []uint32
}

// slot is one term of the table. pair lies one past the term's latest entry in pairID, which tells
// in the same cache line whether the current document has the term already.
type slot struct {
	key  uint64
	id   uint32 // number by first sight, plus one; 0 is an empty slot
	pair uint32
}

// build makes one segment of documents with distinct ids, at most maxDocs of them and at most
// maxPostings terms.
func build(docs []Doc, o Options) *segment {
	tokens := 0
	for _, d := range docs {
		tokens += d.size()
	}
	size := 64
	for size < 2*tokens && size < 1<<16 {
		size *= 2
	}
	b := &builder{
		opt: o, slots: make([]slot, size),
		pairID: make([]uint32, 0, tokens), pairTF: make([]uint16, 0, tokens),
	}
	for _, d := range docs {
		b.count(d)
	}
	return b.pack(docs)
}

// size is the number of terms of d, all fields together.
func (d Doc) size() int {
	n := 0
	for _, f := range d.Fields {
		n += len(f)
	}
	return n
}

// count adds the pairs of one document.
func (b *builder) count(d Doc) {
	start, length := uint32(len(b.pairID)), uint64(0)
	for f, terms := range d.Fields {
		w := b.opt.Weights[f]
		if w == 0 {
			continue
		}
		length += uint64(w) * uint64(len(terms))
		for _, t := range terms {
			b.add(t, start, w)
		}
	}
	b.ends = append(b.ends, uint32(len(b.pairID)))
	b.lens = append(b.lens, uint32(min(length, math.MaxUint32)))
}

// add counts one occurrence of t, w times, in the document whose pairs start at start.
func (b *builder) add(t text.Term, start uint32, w int) {
	sl := b.slot(mix(t))
	if sl.pair > start {
		tf := &b.pairTF[sl.pair-1]
		*tf = uint16(min(int(*tf)+w, maxTF))
		return
	}
	b.pairID = append(b.pairID, sl.id-1)
	b.pairTF = append(b.pairTF, uint16(w))
	b.df[sl.id-1]++
	sl.pair = uint32(len(b.pairID))
}

// slot finds the slot of a term, making it at first sight.
func (b *builder) slot(key uint64) *slot {
	mask := uint64(len(b.slots) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		sl := &b.slots[i]
		if sl.key == key && sl.id != 0 {
			return sl
		}
		if sl.id != 0 {
			continue
		}
		if 2*(len(b.keys)+1) > len(b.slots) {
			b.grow()
			return b.slot(key)
		}
		b.keys = append(b.keys, key)
		b.df = append(b.df, 0)
		*sl = slot{key: key, id: uint32(len(b.keys))}
		return sl
	}
}

func (b *builder) grow() {
	old := b.slots
	b.slots = make([]slot, 2*len(old))
	mask := uint64(len(b.slots) - 1)
	for _, sl := range old {
		if sl.id == 0 {
			continue
		}
		i := sl.key & mask
		for b.slots[i].id != 0 {
			i = (i + 1) & mask
		}
		b.slots[i] = sl
	}
}

// pack orders the terms by key, deals the pairs out to them, and packs their lists.
func (b *builder) pack(docs []Doc) *segment {
	type named struct {
		key uint64
		id  uint32
	}
	order := make([]named, len(b.keys))
	for id, k := range b.keys {
		order[id] = named{k, uint32(id)}
	}
	b.slots = nil // the largest array but for the pairs; free it before the postings come
	slices.SortFunc(order, func(x, y named) int { return cmp.Compare(x.key, y.key) })

	next := make([]uint32, len(order)) // by number at first sight: where its next posting goes
	at := uint32(0)
	for _, n := range order {
		next[n.id] = at
		at += b.df[n.id]
	}
	postings := make([]uint32, at)
	pair := uint32(0)
	for doc, end := range b.ends {
		for ; pair < end; pair++ {
			n := &next[b.pairID[pair]]
			postings[*n] = uint32(doc)<<16 | uint32(b.pairTF[pair])
			*n++
		}
	}
	b.pairID, b.pairTF = nil, nil
	p := newPacker(b.lens, b.opt)
	for _, n := range order {
		end := next[n.id]
		p.add(n.key, postings[end-b.df[n.id]:end])
	}
	return p.finish(func(yield func(string) bool) {
		for _, d := range docs {
			if !yield(d.ID) {
				return
			}
		}
	})
}

// setNames stores the ids, in the order of the documents.
func (s *segment) setNames(ids func(func(string) bool)) {
	var all strings.Builder
	s.nameAt = append(make([]uint32, 0, s.docs+1), 0)
	for id := range ids {
		all.WriteString(id)
		s.nameAt = append(s.nameAt, uint32(all.Len()))
	}
	s.names = all.String()
}
