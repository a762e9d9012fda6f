package rank

// Scratch is the working memory of judging; one a goroutine.
type Scratch struct {
	seen  []int32 // by need term: mark of the last pair that had it
	count []int32 // by need term
	run   []int32 // by place in the need: length of the common run that ends there
	stamp []int32 // by place in the need: the place in the document at which run was set, after base
	base  int32   // of this document's places
	next  int32   // of the next document's
	hits  []hit
	mark  int32
	chars []int32 // by character of the title: how often it stands in the window
}

// hit is a term of the need at a place of the document.
type hit struct{ at, term int32 }

// window is how many characters a passage has in which the need's words stand close.
const window = 40

func (sc *Scratch) reset(q *Query, d *Doc) {
	sc.mark++
	if len(sc.seen) < len(q.terms) {
		sc.seen, sc.count = make([]int32, 2*len(q.terms)), make([]int32, 2*len(q.terms))
		sc.mark = 1
	}
	if n := q.length + 16*gap; len(sc.run) < n {
		sc.run, sc.stamp, sc.next = make([]int32, 2*n), make([]int32, 2*n), 0
	}
	if sc.next > 1<<30 {
		clear(sc.stamp)
		sc.next = 0
	}
	// What the pair before set is never one place before a place of this one, and 0 is no place.
	sc.base = sc.next + 2
	sc.next = sc.base + int32(len(d.runes))
	sc.hits = sc.hits[:0]
}

// runs grows the common runs that reach the document's place at, and returns the longest, in
// characters. A run at a place of the need goes on if it was one character shorter one character before,
// in both texts.
func (sc *Scratch) runs(places []int32, at int32) int32 {
	at += sc.base
	longest := int32(0)
	for i := len(places) - 1; i >= 0; i-- {
		p := places[i]
		if int(p) >= len(sc.run) {
			continue
		}
		n := int32(2)
		if p > 0 && sc.stamp[p-1] == at-1 {
			n = sc.run[p-1] + 1
		}
		sc.run[p], sc.stamp[p] = n, at
		longest = max(longest, n)
	}
	return longest
}

// densest is the highest sum of rarity of different terms of the need in one passage.
func (sc *Scratch) densest(q *Query) float64 {
	for _, h := range sc.hits {
		sc.count[h.term] = 0
	}
	best, sum, from := 0.0, 0.0, 0
	for _, h := range sc.hits {
		if sc.count[h.term]++; sc.count[h.term] == 1 {
			sum += float64(q.terms[h.term].idf)
		}
		for sc.hits[from].at < h.at-window {
			old := sc.hits[from].term
			if sc.count[old]--; sc.count[old] == 0 {
				sum -= float64(q.terms[old].idf)
			}
			from++
		}
		best = max(best, sum)
	}
	return best
}
