package match

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkRefine is what a need costs in a library that is too large to be ranked whole, with the
// ranker and without: the difference is the price of judging a hundred documents one by one.
func BenchmarkRefine(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var docs []Document
	for i := range 20_000 {
		docs = append(docs, doc(fmt.Sprint("d", i), drawText(rng, 20), drawText(rng, 300)))
	}
	need := doc("n", drawText(rng, 20), drawText(rng, 200))
	for _, plain := range []bool{true, false} {
		b.Run(fmt.Sprintf("plain=%v", plain), func(b *testing.B) {
			e, err := New(Options{Encoder: &letters{}, Plain: plain, Ranker: lettersRanker(b)})
			if err != nil {
				b.Fatal(err)
			}
			if err := e.Add(context.Background(), docs); err != nil {
				b.Fatal(err)
			}
			e.Settle()
			for b.Loop() {
				if _, err := e.Rank(context.Background(), &need, 15, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
