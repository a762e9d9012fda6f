package lexical

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// packed makes a segment of docs documents with one term, whose postings are given, between two
// others.
func packed(t *testing.T, docs int, postings []uint32) *segment {
	t.Helper()
	lens := make([]uint32, docs)
	for d := range lens {
		lens[d] = uint32(20 + d%300)
	}
	o, err := Options{Weights: weights}.checked()
	if err != nil {
		t.Fatal(err)
	}
	p := newPacker(lens, o)
	p.add(1<<20, []uint32{0<<16 | 1, uint32(docs-1)<<16 | 16})
	p.add(1<<40, postings)
	p.add(1<<60, []uint32{uint32(docs-1)<<16 | maxOneTF})
	return p.finish(func(yield func(string) bool) {
		for d := range docs {
			if !yield(id(d)) {
				return
			}
		}
	})
}

// drawn is a list of n of docs documents.
func drawn(rng *rand.Rand, docs, n int) []uint32 {
	var list []uint32
	for _, d := range rng.Perm(docs)[:n] {
		tf := 1 + rng.IntN(3)
		if rng.IntN(4) == 0 {
			tf = []int{maxNibble, maxNibble + 1, maxOneTF, maxOneTF + 1, maxTF}[rng.IntN(5)]
		}
		list = append(list, uint32(d)<<16|uint32(tf))
	}
	slices.Sort(list)
	return list
}

// TestLists packs lists of all forms and reads them back in all ways.
func TestLists(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for _, docs := range []int{2, 255, 256, 257, 1000, 2049, maxDocs} {
		ranges := rangesOf(docs)
		sizes := []int{1, 2, ranges - 1, ranges, ranges + 1, docs / 9, docs / 8, docs / 7, docs / 2, docs - 1, docs}
		for _, n := range sizes {
			if n < 1 || n > docs {
				continue
			}
			t.Run(fmt.Sprintf("%d of %d", n, docs), func(t *testing.T) {
				list := drawn(rng, docs, n)
				s := packed(t, docs, list)
				if !s.sound(len(s.names)) {
					t.Error("the segment is not sound")
				}
				checkList(t, s, s.find(1<<40), list)
				if n := len(s.appendList(nil, s.find(1<<60))); n != 1 {
					t.Errorf("the next term has %d postings", n)
				}
			})
		}
	}
}

func checkList(t *testing.T, s *segment, term int, want []uint32) {
	t.Helper()
	if got := s.appendList(nil, term); !slices.Equal(got, want) || s.size(term) != len(want) {
		t.Fatalf("%d postings read back as %d, size %d", len(want), len(got), s.size(term))
	}
	p := whole(s)
	find, marked, count := p.finder(term), new([maxDocs]bool), 0
	tf := make([]uint32, s.docs)
	for i, q := range want {
		tf[q>>16] = q & maxTF
		if i%3 == 0 {
			marked[q>>16], count = true, count+1
		}
	}
	for d := range s.docs {
		if got := find(d); got != tf[d] {
			t.Fatalf("document %d: frequency %d, want %d", d, got, tf[d])
		}
	}
	if !isLong(s.places[term]) {
		return
	}
	l := s.longList(term)
	for r := range s.ranges() {
		count -= l.count(r, marked)
	}
	if count != 0 {
		t.Errorf("%d marked documents not counted", count)
	}
	checkPoints(t, s, &l, want)
}

// checkPoints compares the points of each range with those of its postings, and with its impact.
func checkPoints(t *testing.T, s *segment, l *long, want []uint32) {
	t.Helper()
	const weight = 12345
	n := norm{base: 0.3, slope: 0.9 / float32(s.refLen)} // what the packer used
	sums, norms := make([]uint32, len(s.lens)), make([]float32, len(s.lens))
	for d, dl := range s.lens {
		norms[d] = n.of(dl)
	}
	p := whole(s)
	p.addPoints(sums, int(l.term), norms, weight)
	for _, q := range want {
		d := q >> 16
		got := points(weight, q&maxTF, norms[d])
		if sums[d] != got {
			t.Fatalf("document %d: %d points, want %d", d, sums[d], got)
		}
		if bound := boundOf(weight, 1) * uint32(l.body[d>>rangeBits]); got > bound {
			t.Fatalf("document %d: %d points are above the bound %d", d, got, bound)
		}
		sums[d] = 0
	}
	if slices.Max(sums) != 0 {
		t.Error("points for a document that is not in the list")
	}
}

// TestRareTerms checks the terms that a segment lists by document.
func TestRareTerms(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 9))
	docs := make([]Doc, 700)
	for i := range docs {
		docs[i] = Doc{ID: id(i)}
		docs[i].Fields = append(docs[i].Fields, randomTerms(rng, 30, 3000))
	}
	s := newIndex(t, docs...).View().parts[0].segment
	if len(s.long) == 0 || len(s.long) == len(s.keys) {
		t.Fatalf("%d of %d lists are long: nothing is tried", len(s.long), len(s.keys))
	}
	want := make([][]int, s.docs)
	for term, place := range s.places {
		for _, q := range s.appendList(nil, term) {
			if !isLong(place) {
				want[q>>16] = append(want[q>>16], term)
			}
		}
	}
	for d := range s.docs {
		var got []int
		s.eachRare(d, func(term int) { got = append(got, term) })
		if !slices.Equal(got, want[d]) {
			t.Fatalf("document %d: %v, want %v", d, got, want[d])
		}
	}
}
