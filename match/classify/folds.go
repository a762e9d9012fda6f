package classify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/match/text"
)

// Fold is one division for cross-validation: the places of the records to learn from and of those to
// look at, ascending.
type Fold struct{ Train, Test []int }

// Folds deals records into k folds, each label's evenly, in an order that the seed decides; each
// record is looked at once. Records of one group stand in one fold, and so do records of the same
// text but for blanks and punctuation: what is looked at was not seen.
func Folds(records []Record, k int, seed uint64) ([]Fold, error) {
	units := together(records)
	if k < 2 || k > len(units) {
		return nil, zhuanhua.Invalid("folds", fmt.Sprintf("%d 份不可行 %d folds are not possible with %d different texts or groups", k, k, len(units)), "choose between 2 and that number")
	}
	rng := rand.New(rand.NewPCG(seed, 0xc405))
	rng.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	first := func(unit []int) string { return records[unit[0]].Labels[0] }
	slices.SortStableFunc(units, func(a, b []int) int { return strings.Compare(first(a), first(b)) })
	folds := make([]Fold, k)
	for n, unit := range units {
		for f := range folds {
			if n%k == f {
				folds[f].Test = append(folds[f].Test, unit...)
			} else {
				folds[f].Train = append(folds[f].Train, unit...)
			}
		}
	}
	for _, f := range folds {
		slices.Sort(f.Train)
		slices.Sort(f.Test)
	}
	return folds, nil
}

// together joins the records that must not be parted, directly or over others: each lot's places
// ascending, the lots in the order of their first.
func together(records []Record) [][]int {
	up := numbers(len(records)) // each place leads to an earlier one of its lot, the first to itself
	top := func(i int) int {
		for up[i] != i {
			up[i] = up[up[i]]
			i = up[i]
		}
		return i
	}
	seen := map[string]int{}
	for i, r := range records {
		for _, key := range keysOf(r) {
			if before, ok := seen[key]; ok {
				a, b := top(before), top(i)
				up[max(a, b)] = min(a, b)
			}
			seen[key] = i
		}
	}
	lots := make([][]int, len(records))
	for i := range records {
		lots[top(i)] = append(lots[top(i)], i)
	}
	return slices.DeleteFunc(lots, func(lot []int) bool { return lot == nil })
}

// keysOf is what records that tell of each other share one of.
func keysOf(r Record) []string {
	keys := []string{"text " + bare(r.Text)}
	if r.Group != "" {
		keys = append(keys, "group "+r.Group)
	}
	return keys
}

// bare is a text without what two copies of it may differ in: width, case, blanks, punctuation. A
// text of punctuation alone stays as it is.
func bare(s string) string {
	var b strings.Builder
	for _, r := range text.Fold(s).Runes {
		if text.IsHan(r) || text.IsWord(r) {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return s
	}
	return b.String()
}

// Paired compares two predictions of the same records.
type Paired struct {
	Better int     `json:"better"` // records that only the first tells right
	Worse  int     `json:"worse"`  // records that only the second does
	P      float64 `json:"p"`
}

// Compare counts where two predictions differ in being right. P is how likely a difference at least
// as large, either way, would be if each of these records fell to either by chance: the exact paired
// randomisation test, for right and wrong the same as the sign test and McNemar's.
func Compare(records []Record, first, second []string) Paired {
	var p Paired
	for i, r := range records {
		switch a, b := r.Has(first[i]), r.Has(second[i]); {
		case a && !b:
			p.Better++
		case b && !a:
			p.Worse++
		}
	}
	n := float64(p.Better + p.Worse)
	for i := range min(p.Better, p.Worse) + 1 {
		p.P += 2 * math.Exp(lnFactorial(n)-lnFactorial(float64(i))-lnFactorial(n-float64(i))-n*math.Ln2)
	}
	p.P = min(p.P, 1)
	return p
}

func lnFactorial(n float64) float64 {
	v, _ := math.Lgamma(n + 1)
	return v
}
