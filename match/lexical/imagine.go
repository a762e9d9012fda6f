package lexical

import "zhuanhua/match/text"

// ScoreText is what a document of these fields would score for a query if it stood in the index in the
// place of another, all statistics held still: bit by bit the score of one that does stand there.
func (v *View) ScoreText(q Query, fields [][]text.Term) float32 {
	tf, length := map[uint64]uint32{}, uint32(0)
	for field, terms := range fields {
		if field >= len(v.opt.Weights) || v.opt.Weights[field] == 0 {
			continue
		}
		weight := uint32(v.opt.Weights[field])
		length += weight * uint32(len(terms))
		for _, t := range terms {
			tf[mix(t)] += weight
		}
	}
	sc := v.scratch()
	v.plan(q, sc)
	norm, sum := v.opt.norm(v.avgLen).of(length), uint32(0)
	for _, w := range sc.wanted {
		if n := tf[w.key]; n > 0 {
			sum += points(w.weight, min(n, maxTF), norm)
		}
	}
	score := sc.score(sum)
	v.release(sc)
	return score
}
