package lexical

import (
	"cmp"
	"math"
	"slices"
)

// fanIn is how many segments of a size may stand side by side before they are merged. Eight keeps
// a million documents added one by one at about thirty segments, each posting written five times.
const fanIn = 8

// settle brings parts in order after a write: it drops the dead, rewrites what is more than a
// quarter dead, and merges small segments that have piled up. It runs in the write itself: the
// largest merge takes about a second and only writers wait for it.
func settle(parts []part, o Options) []part {
	for {
		parts = slices.DeleteFunc(parts, func(p part) bool { return p.liveDocs() == 0 })
		due := nextMerge(parts)
		if len(due) == 0 {
			return parts
		}
		old := make([]part, len(due))
		for i, at := range due {
			old[i] = parts[at]
		}
		slices.Sort(due)
		for _, at := range slices.Backward(due) {
			parts = slices.Delete(parts, at, at+1)
		}
		parts = append(parts, whole(merge(old, o)))
	}
}

// nextMerge picks the parts to make one of, nil when there is nothing to do.
func nextMerge(parts []part) []int {
	var tiers [4][]int
	for i := range parts {
		p := &parts[i]
		if 4*p.deadDocs > p.docs() {
			return []int{i}
		}
		if t := tier(p.liveDocs()); t < len(tiers) {
			tiers[t] = append(tiers[t], i)
		}
	}
	for _, t := range tiers {
		if len(t) < fanIn {
			continue
		}
		slices.SortFunc(t, func(a, b int) int { return cmp.Compare(parts[a].liveDocs(), parts[b].liveDocs()) })
		docs, postings, n := 0, 0, 0
		for _, i := range t {
			docs += parts[i].liveDocs()
			postings += len(parts[i].postings)
			if docs > maxDocs || postings > maxPostings {
				break
			}
			n++
		}
		if n > 1 {
			return t[:n]
		}
	}
	return nil
}

// tier is the size class of a segment: under 64 documents, 512, 4,096, 32,768; above, two
// together would be too large to merge.
func tier(docs int) int {
	t := 0
	for limit := 64; docs >= limit && t < 4; limit *= fanIn {
		t++
	}
	return t
}

// merge makes one segment of the live documents of parts, which fit one.
func merge(parts []part, o Options) *segment {
	s := &segment{}
	to := make([][]uint16, len(parts)) // by part and document: its new number
	postings := 0
	for i := range parts {
		p := &parts[i]
		to[i] = make([]uint16, p.docs())
		postings += p.livePostings()
		for d, l := range p.lens {
			to[i][d] = uint16(len(s.lens))
			if p.isLive(d) {
				s.lens = append(s.lens, l)
			}
		}
	}
	s.setNames(func(yield func(string) bool) {
		for i := range parts {
			for d := range parts[i].docs() {
				if parts[i].isLive(d) && !yield(parts[i].name(d)) {
					return
				}
			}
		}
	})
	s.postings = make([]uint32, 0, postings)
	eachKey(parts, func(key uint64, terms []int) {
		start := len(s.postings)
		for i, t := range terms {
			if t >= 0 {
				s.postings = parts[i].appendLive(s.postings, t, to[i])
			}
		}
		if len(s.postings) > start {
			s.keys = append(s.keys, key)
			s.starts = append(s.starts, uint32(start))
		}
	})
	s.starts = append(s.starts, uint32(len(s.postings)))
	s.finish(o)
	return s
}

// appendLive appends the postings of live documents with the term under their new numbers.
func (p *part) appendLive(dst []uint32, term int, to []uint16) []uint32 {
	for _, q := range p.list(term) {
		if d := q >> 16; p.isLive(int(d)) {
			dst = append(dst, uint32(to[d])<<16|q&maxTF)
		}
	}
	return dst
}

// livePostings is the number of postings of live documents.
func (p *part) livePostings() int {
	n := len(p.postings)
	for _, pg := range p.gone.pages {
		if pg == nil {
			continue
		}
		for _, c := range pg {
			n -= int(c)
		}
	}
	return n
}

// eachKey calls f for every key of any part, ascending, with the number of the term in each part,
// -1 where it has none. The slice is reused from call to call.
func eachKey(parts []part, f func(key uint64, terms []int)) {
	at := make([]int, len(parts))
	terms := make([]int, len(parts))
	for {
		least, left := uint64(math.MaxUint64), false
		for i := range parts {
			if at[i] < len(parts[i].keys) {
				least, left = min(least, parts[i].keys[at[i]]), true
			}
		}
		if !left {
			return
		}
		for i := range parts {
			terms[i] = -1
			if at[i] < len(parts[i].keys) && parts[i].keys[at[i]] == least {
				terms[i] = at[i]
				at[i]++
			}
		}
		f(least, terms)
	}
}
