package lexical

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/match/text"
)

// TestAnySequence makes random adds, updates, deletes and reopenings and compares with a fresh
// index and with the formula on the way.
func TestAnySequence(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 2))
		ix, c := newIndex(t), corpus{}
		path := filepath.Join(t.TempDir(), "index")
		for step := range 120 {
			switch rng.IntN(10) {
			case 0: // a batch, with ids met before and ids twice
				var docs []Doc
				for range rng.IntN(120) {
					docs = append(docs, randomDoc(rng, id(rng.IntN(400))))
				}
				add(t, ix, c, docs...)
			case 1, 2, 3:
				var ids []string
				for range rng.IntN(30) {
					ids = append(ids, id(rng.IntN(400)))
				}
				before := len(c)
				maps.DeleteFunc(c, func(id string, _ Doc) bool { return slices.Contains(ids, id) })
				if n := ix.Delete(ids...); n != before-len(c) {
					t.Fatalf("%d deleted, want %d", n, before-len(c))
				}
			case 4:
				if err := ix.Save(path); err != nil {
					t.Fatal(err)
				}
				opened, err := Open(path, Options{Weights: weights})
				if err != nil {
					t.Fatal(err)
				}
				ix = opened
			default:
				add(t, ix, c, randomDoc(rng, id(rng.IntN(400))))
			}
			if step%10 == 9 {
				checkView(t, ix.View(), c, rng)
			}
		}
	}
}

func add(t *testing.T, ix *Index, c corpus, docs ...Doc) {
	t.Helper()
	if err := ix.Add(docs...); err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		c[d.ID] = d
	}
}

// TestMerging adds documents one by one and replaces them all: the number of segments stays low
// and no dead document is carried along for long.
func TestMerging(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	ix, c := newIndex(t), corpus{}
	for round := range 3 {
		for i := range 1200 {
			add(t, ix, c, randomDoc(rng, id(i)))
			v := ix.View()
			if v.Segments() > 4*fanIn {
				t.Fatalf("%d segments", v.Segments())
			}
			if 3*v.Slots() > 4*v.Len()+4*v.Segments() {
				t.Fatalf("round %d: %d slots for %d documents", round, v.Slots(), v.Len())
			}
		}
		checkView(t, ix.View(), c, rng)
	}
	for i := range 1200 {
		ix.Delete(id(i))
	}
	if v := ix.View(); v.Len() != 0 || v.Slots() != 0 || v.Segments() != 0 {
		t.Errorf("%d documents, %d slots, %d segments are left of nothing", v.Len(), v.Slots(), v.Segments())
	}
}

// TestNextMerge checks the policy on sizes that no test can afford to build.
func TestNextMerge(t *testing.T) {
	sized := func(docs ...int) []part {
		var parts []part
		for _, n := range docs {
			parts = append(parts, part{segment: &segment{lens: make([]uint32, n)}})
		}
		return parts
	}
	for name, c := range map[string]struct {
		docs []int
		want []int
	}{
		"none":        {nil, nil},
		"seven small": {[]int{1, 1, 1, 1, 1, 1, 1}, nil},
		"eight small": {[]int{9, 1, 2, 3, 4, 5, 6, 7}, []int{1, 2, 3, 4, 5, 6, 7, 0}},
		"mixed":       {[]int{1, 100, 1000, 10000, 60000}, nil},
		"too large together": {[]int{30000, 30001, 30002, 30003, 30004, 30005, 30006, 30007},
			[]int{0, 1}},
		"full ones": {[]int{65536, 65536, 65536, 65536, 65536, 65536, 65536, 65536, 32768}, nil},
	} {
		if got := nextMerge(sized(c.docs...)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	stale := sized(100, 100)
	stale[1].deadDocs = 26
	if got := nextMerge(stale); !slices.Equal(got, []int{1}) {
		t.Errorf("a segment a quarter dead: %v", got)
	}
}

func TestLastOfBatchWins(t *testing.T) {
	v := newIndex(t, Doc{"a", [][]text.Term{{1}}}, Doc{"b", [][]text.Term{{1}}}, Doc{"a", [][]text.Term{{2}}}).View()
	if v.Len() != 2 || v.DF(1) != 1 || v.DF(2) != 1 {
		t.Errorf("%d documents, df %d and %d", v.Len(), v.DF(1), v.DF(2))
	}
}

func TestBadDocuments(t *testing.T) {
	ix := newIndex(t, Doc{"old", [][]text.Term{{1}}})
	for name, d := range map[string]Doc{
		"no id":           {"", [][]text.Term{{1}}},
		"long id":         {strings.Repeat("字", 5000), nil},
		"too many fields": {"x", make([][]text.Term, 3)},
	} {
		err := ix.Add(Doc{"new", nil}, d)
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
		if ix.View().Len() != 1 {
			t.Errorf("%s: part of a refused batch was taken", name)
		}
	}
}

func TestDFQuantile(t *testing.T) {
	var docs []Doc // term i is in i documents, i from 1 to 10
	for i := 1; i <= 10; i++ {
		var terms []text.Term
		for j := i; j <= 10; j++ {
			terms = append(terms, text.Term(j))
		}
		docs = append(docs, Doc{id(i), [][]text.Term{terms}})
	}
	v := newIndex(t, docs...).View()
	for p, want := range map[float64]int{-1: 1, 0: 1, 0.1: 1, 0.11: 2, 0.5: 5, 1: 10, 2: 10} {
		if got := v.DFQuantile(p); got != want {
			t.Errorf("the rarest %v of the terms: %d, want %d", p, got, want)
		}
	}
	// 55 pairs; the terms of frequency 1 to 3 have 6 of them.
	for p, want := range map[float64]int{0: 1, 6.0 / 55: 3, 7.0 / 55: 4, 1: 10} {
		if got := v.DFShare(p); got != want {
			t.Errorf("the rarest %v of the pairs: %d, want %d", p, got, want)
		}
	}
}
