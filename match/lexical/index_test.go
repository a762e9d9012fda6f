package lexical

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/match/text"
)

// TestAnySequence makes random adds, updates, deletes, reopenings and crashes, while merges go on,
// and compares with a fresh index and with the formula on the way.
func TestAnySequence(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 2))
		w := &world{t: t, rng: rng, ix: newIndex(t), now: corpus{}, path: filepath.Join(t.TempDir(), "index")}
		w.save()
		for step := range 120 {
			w.step()
			if step%10 == 9 {
				checkView(t, w.ix.View(), w.now, rng)
			}
		}
	}
}

// world is an index with what it should hold, and what its snapshot should hold.
type world struct {
	t     *testing.T
	rng   *rand.Rand
	ix    *Index
	now   corpus
	saved corpus
	path  string
}

func (w *world) step() {
	rng := w.rng
	switch rng.IntN(12) {
	case 0, 1: // a batch, with ids met before and ids twice
		var docs []Doc
		for range rng.IntN(120) {
			docs = append(docs, randomDoc(rng, id(rng.IntN(400))))
		}
		add(w.t, w.ix, w.now, docs...)
	case 2, 3, 4:
		w.delete(rng.IntN(30))
	case 5: // more than are looked up one by one
		w.delete(fewKilled + rng.IntN(200))
	case 6:
		w.ix.Settle()
	case 7:
		w.save()
		w.open()
	case 8: // the process dies: what was not saved is lost
		w.open()
	case 9: // it dies while saving, or the disk tears the file: what is left is refused
		w.tear()
	default:
		add(w.t, w.ix, w.now, randomDoc(rng, id(rng.IntN(400))))
	}
}

func (w *world) delete(n int) {
	ids := make(map[string]bool)
	for range n {
		ids[id(w.rng.IntN(400))] = true
	}
	before := len(w.now)
	maps.DeleteFunc(w.now, func(id string, _ Doc) bool { return ids[id] })
	if n := w.ix.Delete(slices.Collect(maps.Keys(ids))...); n != before-len(w.now) {
		w.t.Fatalf("%d deleted, want %d", n, before-len(w.now))
	}
}

func (w *world) save() {
	if err := w.ix.Save(w.path); err != nil {
		w.t.Fatal(err)
	}
	w.saved = maps.Clone(w.now)
}

func (w *world) open() {
	opened, err := Open(w.path, Options{Weights: weights})
	if err != nil {
		w.t.Fatal(err)
	}
	w.ix, w.now = opened, maps.Clone(w.saved)
}

// tear checks that a snapshot that ends too soon, or whose end never reached the disk, is refused.
func (w *world) tear() {
	b, err := os.ReadFile(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	torn := filepath.Join(filepath.Dir(w.path), "torn")
	at := w.rng.IntN(len(b))
	short, holed := b[:at], slices.Clone(b)
	clear(holed[at:])
	for _, left := range [][]byte{short, holed} {
		if slices.Equal(left, b) {
			continue
		}
		if err := os.WriteFile(torn, left, 0o600); err != nil {
			w.t.Fatal(err)
		}
		if _, err := Open(torn, Options{Weights: weights}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			w.t.Fatalf("a snapshot torn at byte %d of %d: %v", at, len(b), err)
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
			ix.Settle()
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
			parts = append(parts, part{segment: &segment{docs: n}})
		}
		return parts
	}
	for name, c := range map[string]struct {
		docs []int
		want []int
	}{
		"none":               {nil, nil},
		"three small":        {[]int{1, 1, 1}, nil},
		"five small":         {[]int{9, 1, 2, 3, 4}, []int{1, 2, 3, 4, 0}},
		"mixed":              {[]int{1, 100, 300, 2000, 5000, 17000, 60000}, nil},
		"two large":          {[]int{30000, 1, 30001}, []int{0, 2}},
		"too large together": {[]int{40000, 40001, 5000}, nil},
		"some too large":     {[]int{30000, 30001, 30002}, []int{0, 1}},
		"full ones":          {[]int{65536, 65536, 65536, 65536, 32768}, nil},
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

// TestMergeMeetsDeletes publishes a merge after deletes have come upon what it merges: in a part, of
// a whole part, and of all.
func TestMergeMeetsDeletes(t *testing.T) {
	for _, gone := range []int{0, 1, fewKilled + 5, 100, 199, 200} {
		rng := rand.New(rand.NewPCG(uint64(gone), 3))
		ix, c := newIndex(t), corpus{}
		for i := range 2 {
			for j := range 100 {
				d := randomDoc(rng, id(100*i+j))
				c[d.ID] = d
			}
		}
		docs := c.docs()
		if err := ix.Add(docs[:100]...); err != nil {
			t.Fatal(err)
		}
		if err := ix.Add(docs[100:]...); err != nil {
			t.Fatal(err)
		}
		ix.Delete(docs[0].ID)
		delete(c, docs[0].ID)
		ix.mu.Lock()
		ix.merging = true // this test is the one that merges
		ix.mu.Unlock()
		old := slices.Clone(ix.View().parts)
		merged, to := merge(old, ix.opt)
		for _, d := range docs[:gone] {
			ix.Delete(d.ID)
			delete(c, d.ID)
		}
		fresh := randomDoc(rng, id(1000))
		add(t, ix, c, fresh)
		ix.publish(replaced(ix.View().parts, old, merged, to))
		if want := 2 - gone/200; ix.View().Segments() > want {
			t.Errorf("%d gone: %d segments, want %d", gone, ix.View().Segments(), want)
		}
		checkView(t, ix.View(), c, rng)
	}
}

// TestCrowded checks that writers wait when merging does not keep up, and only then.
func TestCrowded(t *testing.T) {
	ix := newIndex(t)
	ix.mu.Lock()
	ix.merging = true // or so they think
	ix.mu.Unlock()
	for i := range maxSmall + 1 {
		if err := ix.Add(Doc{id(i), [][]text.Term{{1}}}); err != nil {
			t.Fatal(err)
		}
	}
	added := make(chan error)
	go func() { added <- ix.Add(Doc{"late", [][]text.Term{{1}}}) }()
	select {
	case err := <-added:
		t.Fatalf("added to %d segments: %v", maxSmall+1, err)
	case <-time.After(50 * time.Millisecond):
	}
	go ix.merge()
	if err := <-added; err != nil {
		t.Fatal(err)
	}
	ix.Settle()
	if v := ix.View(); v.DF(1) != maxSmall+2 || v.Segments() > 2*fanIn {
		t.Errorf("%d documents in %d segments", v.DF(1), v.Segments())
	}
}

// TestLargeDistribution checks how stale the distribution of a large index may be.
func TestLargeDistribution(t *testing.T) {
	ix := newIndex(t)
	docs := make([]Doc, largeIndex)
	for i := range docs {
		docs[i] = Doc{id(i), [][]text.Term{{text.Term(i % 1000)}}}
	}
	if err := ix.Add(docs...); err != nil {
		t.Fatal(err)
	}
	if got := ix.View().DFQuantile(0.5); got != largeIndex/1000 {
		t.Fatalf("median %d", got)
	}
	for i := range docs {
		docs[i].Fields[0][0] = text.Term(i % 10)
	}
	for _, c := range []struct{ n, want int }{{largeIndex / 100, 100}, {largeIndex / 2, 50}} {
		if err := ix.Add(docs[:c.n]...); err != nil {
			t.Fatal(err)
		}
		if got := ix.View().DFQuantile(0.5); got != c.want {
			t.Errorf("median %d after %d changes, want %d", got, c.n, c.want)
		}
	}
}
