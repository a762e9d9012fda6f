package classify

import (
	"context"
	"math"
)

// Coarser labels: where texts with fine labels are few, there may be many with labels of a higher
// level, such as disciplines and fields of study. A model of the higher level, learned apart, says
// of each text what it is; what it says of a fine label's examples shows what that falls under.

// coarseLogs is what the model of coarser labels says of texts: the logarithm of each label's
// chance; nil without such a model.
func (m *Model) coarseLogs(ctx context.Context, texts []string) (*matrix, error) {
	if m.coarse == nil {
		return nil, nil
	}
	out := newMatrix(len(texts), len(m.coarse.labels))
	err := m.coarse.eachChance(ctx, texts, func(i int, chance []float64) {
		for c, x := range chance {
			out.row(i)[c] = float32(math.Log(x + chanceFloor))
		}
	})
	return out, err
}

// nothing stands for the coarse label of a label that no text shows.
const nothing = -1

// learnUnder finds for each label the coarse label that its texts are most often said to bear. A
// firm choice: shares among several, as an example or two would give them, cost more than they tell.
func (l *lesson) learnUnder(s *space, at []int) []int32 {
	if s.coarse == nil {
		return nil
	}
	sums := newMatrix(len(l.labels), s.coarse.m)
	for i, text := range at {
		for _, label := range l.own[text] {
			for c, v := range s.coarse.row(i) {
				sums.row(int(label))[c] += l.share[text][label] * float32(math.Exp(float64(v)))
			}
		}
	}
	under := make([]int32, len(l.labels))
	for label := range under {
		under[label] = nothing
		most := float32(0)
		for c, v := range sums.row(label) {
			if v > most {
				most, under[label] = v, int32(c)
			}
		}
	}
	return under
}

// coarseOpinion gives each label what is said of the coarse label it falls under; to one that falls
// under nothing, the mean.
func coarseOpinion(s *space, under []int32) *matrix {
	out := newMatrix(s.len(), len(under))
	for i := range s.len() {
		said := s.coarse.row(i)
		var mean float32
		for _, v := range said {
			mean += v / float32(len(said))
		}
		for label, c := range under {
			out.row(i)[label] = mean
			if c != nothing {
				out.row(i)[label] = said[c]
			}
		}
	}
	return out
}

// Without leaves out the records that give away what others are: those of the same text but for
// blanks and punctuation, and those of the same group.
func Without(records, others []Record) []Record {
	known := map[string]bool{}
	for _, r := range others {
		for _, key := range keysOf(r) {
			known[key] = true
		}
	}
	var kept []Record
	for _, r := range records {
		told := false
		for _, key := range keysOf(r) {
			told = told || known[key]
		}
		if !told {
			kept = append(kept, r)
		}
	}
	return kept
}
