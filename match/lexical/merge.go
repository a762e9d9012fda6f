package lexical

import (
	"cmp"
	"math"
	"slices"
)

// tiers is the number of size classes of segments that are merged.
const tiers = 6

// fanIn is how many segments of a size may stand side by side before they are merged. Four keeps
// a million documents added one by one at about thirty segments, each posting written eight times.
const fanIn = 4

// maxSmall is how many segments that are not full an index may have before writers wait for the
// merging to catch up.
const maxSmall = 48

func crowded(parts []part) bool {
	small := 0
	for i := range parts {
		if 2*parts[i].docs < maxDocs {
			small++
		}
	}
	return small > maxSmall
}

// merge makes fewer segments of many until nothing is due. It runs in a goroutine of its own and
// holds the lock only to choose and to publish: writes go on meanwhile, and what they kill in the
// segments being merged dies in the merged one too.
func (ix *Index) merge() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	for {
		parts := ix.View().parts
		due := nextMerge(parts)
		if len(due) == 0 {
			ix.merging = false
			ix.merged.Broadcast()
			return
		}
		old := make([]part, len(due))
		for i, at := range due {
			old[i] = parts[at]
		}
		ix.mu.Unlock()
		s, to := merge(old, ix.opt)
		ix.mu.Lock()
		ix.publish(replaced(ix.View().parts, old, s, to))
		ix.merged.Broadcast()
	}
}

// replaced returns parts with s in the place of old, whose documents now have the numbers to.
func replaced(parts, old []part, s *segment, to [][]uint16) []part {
	e := whole(s).edit()
	kept := make([]part, 0, len(parts))
	for _, p := range parts {
		i := slices.IndexFunc(old, func(o part) bool { return o.segment == p.segment })
		if i < 0 {
			kept = append(kept, p)
			continue
		}
		for d := range p.docs {
			if old[i].isLive(d) && !p.isLive(d) {
				e.kill(int(to[i][d]))
			}
		}
		old[i].segment = nil
	}
	for i := range old { // what is not there any more has died as a whole
		for d := 0; old[i].segment != nil && d < old[i].docs; d++ {
			if old[i].isLive(d) {
				e.kill(int(to[i][d]))
			}
		}
	}
	switch {
	case e.liveDocs() == 0:
		return kept
	case e.deadDocs == 0:
		return append(kept, whole(s))
	}
	return append(kept, e.done())
}

// nextMerge picks the parts to make one of, nil when there is nothing to do.
func nextMerge(parts []part) []int {
	var sizes [tiers][]int
	for i := range parts {
		p := &parts[i]
		if 4*p.deadDocs > p.docs {
			return []int{i}
		}
		if t := tier(p.liveDocs()); t < tiers {
			sizes[t] = append(sizes[t], i)
		}
	}
	for tierAt, t := range sizes {
		if len(t) < fanIn && (tierAt < tiers-1 || len(t) < 2) {
			continue
		}
		slices.SortFunc(t, func(a, b int) int { return cmp.Compare(parts[a].liveDocs(), parts[b].liveDocs()) })
		docs, bytes, n := 0, 0, 0
		for _, i := range t {
			docs += parts[i].liveDocs()
			bytes += len(parts[i].data)
			if docs > maxDocs || bytes > maxPostings {
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

// tier is the size class of a segment: under 64 documents, 256, 1,024, 4,096, 16,384, 57,344; above,
// there is too little to gain.
func tier(docs int) int {
	t := 0
	for limit := 64; docs >= limit && t < tiers-1; limit *= fanIn {
		t++
	}
	if docs >= maxDocs*7/8 {
		return tiers
	}
	return t
}

// merge makes one segment of the live documents of parts, which fit one, and tells the new number
// of each document by part.
func merge(parts []part, o Options) (*segment, [][]uint16) {
	to := make([][]uint16, len(parts))
	var lens []uint32
	for i := range parts {
		p := &parts[i]
		to[i] = make([]uint16, p.docs)
		for d := range p.docs {
			to[i][d] = uint16(len(lens))
			if p.isLive(d) {
				lens = append(lens, p.lens[d])
			}
		}
	}
	pack := newPacker(lens, o)
	var list, from []uint32
	eachKey(parts, func(key uint64, terms []int) {
		list = list[:0]
		for i, t := range terms {
			if t < 0 {
				continue
			}
			from = parts[i].appendList(from[:0], t)
			for _, q := range from {
				if d := q >> 16; parts[i].isLive(int(d)) {
					list = append(list, uint32(to[i][d])<<16|q&maxTF)
				}
			}
		}
		if len(list) > 0 {
			pack.add(key, list)
		}
	})
	return pack.finish(func(yield func(string) bool) {
		for i := range parts {
			for d := range parts[i].docs {
				if parts[i].isLive(d) && !yield(parts[i].name(d)) {
					return
				}
			}
		}
	}), to
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
