// Package measure says how good a ranking is against human grades. It ranks nothing itself.
//
// The definitions are those of trec_eval as the project's evaluation sets use them: gain 2^g − 1,
// discount log2(rank + 1), an ideal list made of all judged documents (Järvelin & Kekäläinen 2002).
package measure

import (
	"math"
	"sort"
)

// Grades are the judged documents of one query: document id to gain, zeros included.
type Grades map[string]int

// Figures are the measures of one query, or their means over queries. A negative PairAcc means that
// no pair of differently graded documents exists.
type Figures struct {
	NDCG10, MRR10, Recall10, Recall100 float64
	// Condensed: the run with all unjudged documents taken out before scoring.
	CondensedNDCG10, PairAcc float64
}

// Relevant reports whether any document has a gain above zero: queries without one are left out.
func (g Grades) Relevant() bool {
	for _, gain := range g {
		if gain > 0 {
			return true
		}
	}
	return false
}

// Query measures one ranking, best first. Repeated ids count once.
func Query(ranking []string, g Grades) Figures {
	ranking = distinct(ranking)
	var judged []string
	for _, id := range ranking {
		if _, ok := g[id]; ok {
			judged = append(judged, id)
		}
	}
	return Figures{
		NDCG10: ndcg(ranking, g, 10), MRR10: mrr(ranking, g, 10),
		Recall10: recall(ranking, g, 10), Recall100: recall(ranking, g, 100),
		CondensedNDCG10: ndcg(judged, g, 10), PairAcc: pairAcc(ranking, g),
	}
}

// Mean averages the figures of queries; queries without a pair are left out of PairAcc.
func Mean(all []Figures) Figures {
	var m Figures
	pairs := 0
	for _, f := range all {
		m.NDCG10 += f.NDCG10
		m.MRR10 += f.MRR10
		m.Recall10 += f.Recall10
		m.Recall100 += f.Recall100
		m.CondensedNDCG10 += f.CondensedNDCG10
		if f.PairAcc >= 0 {
			m.PairAcc += f.PairAcc
			pairs++
		}
	}
	n := math.Max(1, float64(len(all)))
	m.NDCG10, m.MRR10, m.Recall10, m.Recall100, m.CondensedNDCG10 = m.NDCG10/n, m.MRR10/n, m.Recall10/n, m.Recall100/n, m.CondensedNDCG10/n
	if pairs == 0 {
		m.PairAcc = -1
		return m
	}
	m.PairAcc /= float64(pairs)
	return m
}

func distinct(ranking []string) []string {
	seen := make(map[string]bool, len(ranking))
	out := make([]string, 0, len(ranking))
	for _, id := range ranking {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

func dcg(gains []int) float64 {
	s := 0.0
	for i, g := range gains {
		if g > 0 {
			s += (math.Exp2(float64(g)) - 1) / math.Log2(float64(i+2))
		}
	}
	return s
}

func ndcg(ranking []string, g Grades, k int) float64 {
	ideal := make([]int, 0, len(g))
	for _, gain := range g {
		ideal = append(ideal, gain)
	}
	sort.Sort(sort.Reverse(sort.IntSlice(ideal)))
	best := dcg(ideal[:min(k, len(ideal))])
	if best == 0 {
		return 0
	}
	gains := make([]int, 0, k)
	for _, id := range ranking[:min(k, len(ranking))] {
		gains = append(gains, g[id])
	}
	return dcg(gains) / best
}

func mrr(ranking []string, g Grades, k int) float64 {
	for i, id := range ranking[:min(k, len(ranking))] {
		if g[id] > 0 {
			return 1 / float64(i+1)
		}
	}
	return 0
}

func recall(ranking []string, g Grades, k int) float64 {
	total, found := 0, 0
	for _, gain := range g {
		if gain > 0 {
			total++
		}
	}
	for _, id := range ranking[:min(k, len(ranking))] {
		if g[id] > 0 {
			found++
		}
	}
	if total == 0 {
		return 0
	}
	return float64(found) / float64(total)
}

// pairAcc is the share of pairs of judged documents with different gains that the ranking puts in
// the right order. A document that the ranking lacks stands last; two such count one half.
func pairAcc(ranking []string, g Grades) float64 {
	at := make(map[string]int, len(ranking))
	for i, id := range ranking {
		at[id] = i + 1
	}
	place := func(id string) int {
		if p := at[id]; p > 0 {
			return p
		}
		return math.MaxInt
	}
	byGain := map[int][]int{}
	for id, gain := range g {
		byGain[gain] = append(byGain[gain], place(id))
	}
	good, pairs := 0.0, 0
	for high, betters := range byGain {
		for low, worses := range byGain {
			if low >= high {
				continue
			}
			for _, b := range betters {
				for _, w := range worses {
					pairs++
					if b < w {
						good++
					} else if b == w {
						good += 0.5
					}
				}
			}
		}
	}
	if pairs == 0 {
		return -1
	}
	return good / float64(pairs)
}

// HasZeros reports whether the grades hold a pair that somebody judged as not related: only then do
// the condensed figures mean anything.
func HasZeros(all map[string]Grades) bool {
	for _, g := range all {
		for _, gain := range g {
			if gain == 0 {
				return true
			}
		}
	}
	return false
}
