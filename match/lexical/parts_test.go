package lexical

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSegments: going through the segments meets each live document once, under its number; a segment
// that a write left alone keeps its key.
func TestSegments(t *testing.T) {
	ix, err := New(Options{Weights: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[SegmentKey]bool{}
	for round := range 3 {
		for i := range 5 {
			if err := ix.Add(Doc{ID: fmt.Sprint(round, "-", i)}, Doc{ID: fmt.Sprint("again", i)}); err != nil {
				t.Fatal(err)
			}
		}
		ix.Settle()
		v := ix.View()
		kept, live := 0, 0
		for i := range v.Segments() {
			s := v.Segment(i)
			if keys[s.Key()] {
				kept++
			}
			keys[s.Key()] = true
			for at := range s.Docs() {
				doc := s.Base() + at
				if seg, place := v.Place(doc); seg != i || place != at {
					t.Errorf("document %d is at %d, %d, want %d, %d", doc, seg, place, i, at)
				}
				if s.Live(at) != v.Live(doc) || s.Live(at) && s.ID(at) != v.ID(doc) {
					t.Errorf("segment and view do not agree about %d", doc)
				}
				if s.Live(at) {
					live++
				}
			}
		}
		if live != v.Len() {
			t.Errorf("%d live documents, want %d", live, v.Len())
		}
		if err := ix.Add(Doc{ID: "one more"}); err != nil {
			t.Fatal(err)
		}
		if next := ix.View(); round == 0 && next.Segment(0).Key() != v.Segment(0).Key() {
			t.Error("a segment that was left alone has another key")
		}
	}
}

// TestSearchAmong: a search among some documents gives what a search of all gives that asks about each,
// however few they are and wherever they lie.
func TestSearchAmong(t *testing.T) {
	ix, _ := worn(t, 5, 3000)
	v := ix.View()
	rng := rand.New(rand.NewPCG(5, 5))
	for _, share := range []int{1, 2, 10, 30, 200} { // one in so many documents
		among := make(Among, v.Segments())
		var in []int
		for i := range among {
			s := v.Segment(i)
			among[i] = make([]uint64, rng.IntN((s.Docs()+63)/64)+1) // may end early
			for at := range min(s.Docs(), 64*len(among[i])) {
				if rng.IntN(share) == 0 && at/700%2 == 0 { // whole ranges are left out
					among[i][at/64] |= 1 << (at % 64)
					in = append(in, s.Base()+at)
				}
			}
		}
		keep := func(doc int) bool { return slices.Contains(in, doc) }
		for range 10 {
			q := randomQuery(rng)
			for _, k := range []int{1, 10, 5000} {
				if got, want := v.SearchAmong(q, k, among, nil), v.Search(q, k, keep); !slices.Equal(got, want) {
					t.Fatalf("one in %d, best %d: %v, want %v", share, k, got, want)
				}
			}
		}
		odd := func(doc int) bool { return doc%2 == 1 }
		q := randomQuery(rng)
		if got, want := v.SearchAmong(q, 20, among, odd), v.Search(q, 20, func(doc int) bool { return odd(doc) && keep(doc) }); !slices.Equal(got, want) {
			t.Errorf("with a condition: %v, want %v", got, want)
		}
	}
}
