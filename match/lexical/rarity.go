package lexical

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// distribution is that of the document frequencies of a View.
type distribution struct {
	changed int // of the View

	steps    []step // by df, ascending
	terms    int    // distinct terms of live documents
	postings int    // pairs of a live document and a term that it has
}

// step is one document frequency with the numbers of terms and postings up to and with it.
type step struct{ df, terms, postings int }

// DFQuantile returns the document frequency at or below which the rarest p share (0 to 1) of the
// distinct terms lie, 0 for an empty index. Half of the distinct terms of any large corpus occur
// once, so this is 1 for small p; DFShare weighs terms by how often one meets them.
//
// The first call on a View walks all its terms, about 10 ms for 100,000 documents. From largeIndex
// documents on it may therefore answer for an earlier View, as long as not more than one document in
// a hundred has come or gone since.
func (v *View) DFQuantile(p float64) int {
	r := v.distribution()
	return r.find(share(p, r.terms), func(s step) int { return s.terms })
}

// DFShare returns the document frequency at or below which the rarest p share (0 to 1) of all
// pairs of a document and a term in it lie, 0 for an empty index: of the different terms that one
// meets reading the corpus through, a share p is this rare or rarer. It costs what DFQuantile does.
func (v *View) DFShare(p float64) int {
	r := v.distribution()
	return r.find(share(p, r.postings), func(s step) int { return s.postings })
}

// share is p of n, rounded up, at least 1.
func share(p float64, n int) int {
	return max(1, int(math.Ceil(min(max(p, 0), 1)*float64(n))))
}

func (r *distribution) find(rank int, upTo func(step) int) int {
	if len(r.steps) == 0 {
		return 0
	}
	i, _ := slices.BinarySearchFunc(r.steps, rank, func(s step, rank int) int {
		return cmp.Compare(upTo(s), rank)
	})
	return r.steps[min(i, len(r.steps)-1)].df
}

const largeIndex = 100_000

// distribution counts the terms of each frequency, once a View.
func (v *View) distribution() *distribution {
	v.once.Do(func() {
		old := v.index.dist.Load()
		if old != nil && v.live >= largeIndex && max(v.changed-old.changed, old.changed-v.changed) <= v.live/100 {
			v.dist = old
			return
		}
		v.dist = v.count()
		v.index.dist.Store(v.dist)
	})
	return v.dist
}

func (v *View) count() *distribution {
	count := make(map[int]int)
	eachKey(v.parts, func(_ uint64, terms []int) {
		df := 0
		for i, t := range terms {
			if t >= 0 {
				df += v.parts[i].df(t)
			}
		}
		if df > 0 {
			count[df]++
		}
	})
	r := &distribution{changed: v.changed}
	for _, df := range slices.Sorted(maps.Keys(count)) {
		r.terms += count[df]
		r.postings += df * count[df]
		r.steps = append(r.steps, step{df, r.terms, r.postings})
	}
	return r
}
