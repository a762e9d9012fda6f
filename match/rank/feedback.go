package rank

import (
	"cmp"
	"slices"

	"zhuanhua/match/text"
)

// Feedback is what the documents that come first have in common beyond the need's own words: a need's
// authors and an achievement's often use different words for one thing, and the nearest documents
// know both (pseudo-relevance feedback, Lavrenko and Croft 2001, here with presence instead of counts).
type Feedback struct {
	table  table
	weight []float64 // by term: rarity
	count  []float64 // by term: documents that have it
	sum    float64
}

const feedbackTerms = 40

// common is a term with how many of the first documents have it.
type common struct {
	term text.Term
	n    int32
	last int32 // the document that was counted last
	idf  float64
}

// NewFeedback reads the documents that come first.
func NewFeedback(q *Query, first []*Doc, idf IDF) *Feedback {
	seen := newTable(4096)
	var list []common
	for no, d := range first {
		for _, t := range d.terms {
			if q.table.get(t.Term) >= 0 {
				continue
			}
			i, fresh := seen.put(t.Term, int32(len(list)))
			if fresh {
				list = append(list, common{term: t.Term, n: 1, last: int32(no)})
			} else if list[i].last != int32(no) {
				list[i].n++
				list[i].last = int32(no)
			}
		}
	}
	list = slices.DeleteFunc(list, func(c common) bool { return c.n < 2 })
	for i := range list {
		list[i].idf = idf(list[i].term)
	}
	slices.SortFunc(list, func(a, b common) int {
		return cmp.Or(cmp.Compare(float64(b.n)*b.idf, float64(a.n)*a.idf), cmp.Compare(a.term, b.term))
	})
	f := &Feedback{table: newTable(256)}
	for _, c := range list[:min(feedbackTerms, len(list))] {
		f.table.put(c.term, int32(len(f.weight)))
		f.weight, f.count = append(f.weight, c.idf), append(f.count, float64(c.n))
		f.sum += c.idf * float64(c.n)
	}
	return f
}

// Coverage is the share of what the first documents have in common that a document says too. One that
// is among them does not count for itself.
func (f *Feedback) Coverage(d *Doc, among bool) float64 {
	if f.sum == 0 {
		return 0
	}
	own := 0.0
	if among {
		own = 1
	}
	var seen [feedbackTerms]bool
	got := 0.0
	for i := range d.terms {
		if n := f.table.get(d.terms[i].Term); n >= 0 && !seen[n] {
			seen[n] = true
			got += max(0, f.count[n]-own) * f.weight[n]
		}
	}
	return got / f.sum
}
