package classify

import (
	"context"
	"fmt"
)

// Baseline is what a practised user of common tools would try first: TF-IDF over runs of characters
// and words, and a linear support vector machine for each label against all others.
type Baseline struct {
	labels []string
	vocab  *vocabulary
	linear *linear
	// Longest is the longest run of characters, Cost the price of an error; both were chosen by
	// cross-validation.
	Longest int
	Cost    float64
}

// TrainBaseline learns the baseline from records; its settings are chosen by three-fold
// cross-validation on 5,000 texts at most.
func TrainBaseline(ctx context.Context, records []Record, seed uint64) (*Baseline, error) {
	l, _, err := newChecked(records)
	if err != nil {
		return nil, err
	}
	b := &Baseline{labels: l.labels}
	best := -1.0
	at := l.sample(5000, seed)
	folds := l.divide(at, min(3, len(at)), seed+1)
	for _, longest := range []int{2, 3} {
		counts := countAll(l.texts, longest)
		for _, cost := range []float64{0.1, 0.3, 1, 3, 10} {
			right := 0
			for _, f := range folds {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				m := fitBaseline(l, counts, f.learn, cost, seed)
				for _, i := range f.look {
					if l.share[i][m.label(counts[i])] > 0 {
						right++
					}
				}
			}
			if r := share(right, len(at)); r > best {
				best, b.Longest, b.Cost = r, longest, cost
			}
		}
	}
	m := fitBaseline(l, countAll(l.texts, b.Longest), numbers(len(l.texts)), b.Cost, seed)
	b.vocab, b.linear = m.vocab, m.linear
	return b, nil
}

func fitBaseline(l *lesson, counts []count, at []int, cost float64, seed uint64) *Baseline {
	part := make([]count, len(at))
	for i, from := range at {
		part[i] = counts[from]
	}
	b := &Baseline{labels: l.labels, vocab: learnVocabulary(part)}
	b.linear = fitLinear(b.vocab.rows(part), l.ownOf(at), len(l.labels), len(b.vocab.idf), cost, seed)
	return b
}

// label is the number of the likeliest label.
func (b *Baseline) label(c count) int32 {
	scores := make([]float32, len(b.labels))
	b.linear.scores(b.vocab.row(c), scores)
	best := 0
	for l, x := range scores {
		if x > scores[best] {
			best = l
		}
	}
	return int32(best)
}

// Predict gives the label of each text.
func (b *Baseline) Predict(texts []string) []string {
	out := make([]string, len(texts))
	parallel(len(texts), func(i int) { out[i] = b.labels[b.label(countTerms(texts[i], b.Longest))] })
	return out
}

// String says what was chosen.
func (b *Baseline) String() string {
	return fmt.Sprintf("TF-IDF of 1 to %d characters and words + linear SVM, C %g", b.Longest, b.Cost)
}
