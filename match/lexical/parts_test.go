package lexical

import (
	"fmt"
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
