package classify

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// lesson is the training file as the parts learn from it: each different text once.
type lesson struct {
	texts  []string
	labels []string  // all labels, sorted
	own    [][]int32 // a text: its labels, ascending
	share  []map[int32]float32
	main   []int32 // a text: the label most often given to it
}

// newLesson joins records of the same text. A text that was given several labels shares itself among
// them, in proportion to how often.
func newLesson(records []Record) *lesson {
	l := &lesson{}
	names := map[string]int32{}
	for _, r := range records {
		for _, name := range r.Labels {
			names[name] = 0
		}
	}
	l.labels = sortedKeys(names)
	for i, name := range l.labels {
		names[name] = int32(i)
	}
	at := map[string]int{}
	for _, r := range records {
		i, ok := at[r.Text]
		if !ok {
			i = len(l.texts)
			at[r.Text] = i
			l.texts = append(l.texts, r.Text)
			l.share = append(l.share, map[int32]float32{})
		}
		for _, name := range r.Labels {
			l.share[i][names[name]] += 1 / float32(len(r.Labels))
		}
	}
	for _, share := range l.share {
		l.finish(share)
	}
	return l
}

func (l *lesson) finish(share map[int32]float32) {
	ids := sortedKeys(share)
	var sum float32
	top := ids[0]
	for _, id := range ids {
		sum += share[id]
		if share[id] > share[top] {
			top = id
		}
	}
	for _, id := range ids {
		share[id] /= sum
	}
	l.own, l.main = append(l.own, ids), append(l.main, top)
}

// targets is a row a label and a column a text of at: the text's share in the label.
func (l *lesson) targets(at []int) *matrix {
	out := newMatrix(len(l.labels), len(at))
	for c, i := range at {
		for id, x := range l.share[i] {
			out.v[int(id)*out.m+c] = x
		}
	}
	return out
}

func (l *lesson) ownOf(at []int) [][]int32 {
	out := make([][]int32, len(at))
	for c, i := range at {
		out[c] = l.own[i]
	}
	return out
}

// fold is one division of texts: learn from some, look at the others.
type fold struct{ learn, look []int }

// divide deals texts into k folds, each label's evenly, in an order that the seed decides. k below 2
// gives a single fold that looks at a fifth of the texts, holdMost at most.
func (l *lesson) divide(at []int, k int, seed uint64) []fold {
	const holdMost = 4000
	rng := rand.New(rand.NewPCG(seed, 0xf01d))
	order := slices.Clone(at)
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	slices.SortStableFunc(order, func(a, b int) int { return int(l.main[a] - l.main[b]) })
	single := k < 2
	if single {
		k = max(5, (len(at)+holdMost-1)/holdMost)
	}
	folds := make([]fold, k)
	for n, i := range order {
		for f := range folds {
			if n%k == f {
				folds[f].look = append(folds[f].look, i)
			} else {
				folds[f].learn = append(folds[f].learn, i)
			}
		}
	}
	for f := range folds {
		slices.Sort(folds[f].look)
		slices.Sort(folds[f].learn)
	}
	if single {
		folds = folds[:1]
	}
	return folds
}

// sample is up to n of the texts, drawn by the seed, ascending.
func (l *lesson) sample(n int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0x5a37))
	at := rng.Perm(len(l.texts))
	at = at[:min(n, len(at))]
	slices.Sort(at)
	return at
}

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
