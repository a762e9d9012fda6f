package learn

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"zhuanhua/match/rank"
)

// Order is the ids of a need's documents by value, best first.
func Order(n *Need, values []float32) []string {
	at := make([]int, len(n.Pairs))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	out := make([]string, len(at))
	for i, k := range at {
		out[i] = n.Pairs[k].ID
	}
	return out
}

// draws is how often signs are thrown.
const draws = 20_000

// Randomisation is the chance that the mean of paired differences is as far from 0 as it is if their
// signs were thrown by lot (paired randomisation test, two-sided).
func Randomisation(differences []float64, seed uint64) float64 {
	sum := 0.0
	for _, d := range differences {
		sum += d
	}
	if len(differences) == 0 {
		return 1
	}
	random := rand.New(rand.NewPCG(seed, 7))
	far := 0
	for range draws {
		thrown, bits := 0.0, uint64(0)
		for i, d := range differences {
			if i%64 == 0 {
				bits = random.Uint64()
			}
			if bits&1 == 0 {
				d = -d
			}
			thrown += d
			bits >>= 1
		}
		if math.Abs(thrown) >= math.Abs(sum)-1e-12 {
			far++
		}
	}
	return float64(far+1) / (draws + 1)
}

// Groups are the groups of features that an ablation leaves out.
func Groups() []string { return rank.Groups() }

// WithoutGroup leaves out a group of features.
func WithoutGroup(group string) func(feature int) bool {
	return func(feature int) bool { return rank.GroupOf(feature) == group }
}
