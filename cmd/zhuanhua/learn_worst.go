package main

import (
	"cmp"
	"slices"

	"zhuanhua/match/measure"
	"zhuanhua/match/rank/learn"
)

// mostWorst is how many badly answered needs of a set are named.
const mostWorst = 30

// worstOf names the needs of a set that are answered worst, with what went wrong.
func worstOf(s *gathered, pairs *learn.Set, by []measure.Figures, orders [][]string) []worst {
	var out []worst
	for i := range s.needs {
		out = append(out, worst{s.needs[i].ID, round4(by[i].NDCG10), kindOfError(s.grades[s.needs[i].ID], orders[i], &pairs.Needs[i])})
	}
	slices.SortStableFunc(out, func(a, b worst) int { return cmp.Compare(a.NDCG10, b.NDCG10) })
	return out[:min(mostWorst, len(out))]
}

// kindOfError says where the best document of a need went wrong.
func kindOfError(grades measure.Grades, order []string, n *learn.Need) string {
	best := 0
	for _, g := range grades {
		best = max(best, g)
	}
	at := slices.IndexFunc(order, func(id string) bool { return grades[id] == best })
	found := slices.IndexFunc(n.Pairs, func(p learn.Pair) bool { return p.Grade == best })
	_, known := grades[order[0]]
	switch {
	case found < 0 || at >= learn.Depth:
		return "best not among the first 100"
	case at >= 10 && n.Pairs[found].Find < 10:
		return "put back by the ranker"
	case at >= 10:
		return "best among the first 100, not among ten"
	case !known:
		return "others first that nobody judged"
	case grades[order[0]] == 0:
		return "an unrelated one first"
	}
	return "right ones in the wrong order"
}
