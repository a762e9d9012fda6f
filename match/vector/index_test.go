package vector

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"zhuanhua"
	"zhuanhua/match/vector/kernel"
)

var testModel = Model{Name: "test", Revision: "r1", Dim: 24}

// brute is an index that cannot be wrong.
type brute map[string][]Vec

func (b brute) search(q []float32, k int, keep func(id string) bool) []Hit {
	var hits []Hit
	v := Quantize(q)
	for id, vecs := range b {
		h := Hit{ID: id, Score: -2}
		for i, w := range vecs {
			if s := w.Dot(v); s > h.Score {
				h.Score, h.Passage = s, i
			}
		}
		if len(vecs) > 0 && keep(id) {
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, better)
	return hits[:min(k, len(hits))]
}

func passages(rnd *rand.Rand, most int) []Vec {
	vecs := make([]Vec, rnd.IntN(most+1))
	for i := range vecs {
		// Coarse values, so that scores are often equal.
		v := make([]float32, testModel.Dim)
		for k := range 3 {
			v[(k*7+rnd.IntN(4))%len(v)] = 1
		}
		normalize(v)
		vecs[i] = Quantize(v)
	}
	return vecs
}

// TestIndexProperty changes an index and its brute twin at random, saves and opens it now and then,
// and asks both. An index made anew of the same documents must give the same answers, those of binary
// codes too, and a view that somebody holds must stay as it was.
func TestIndexProperty(t *testing.T) {
	sets := kernel.All()
	for seed := range uint64(4) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		set := sets[int(seed)%len(sets)]
		x, twin := NewIndexWith(testModel, set), brute{}
		steps := 2000
		if seed == 0 {
			steps = 10_000 // until rows are compacted
		}
		held := hold(t, x, rnd)
		for step := range steps {
			changeBoth(t, x, twin, rnd)
			if step%200 == 0 || step == steps-1 {
				compareIndex(t, x, twin, rnd)
				compareFresh(t, x, twin, rnd)
			}
			if step%700 == 0 {
				held.check(t)
				held = hold(t, x, rnd)
				x = reopen(t, x, set)
			}
		}
		held.check(t)
	}
}

// changeBoth does one thing to an index and its twin.
func changeBoth(t *testing.T, x *Index, twin brute, rnd *rand.Rand) {
	t.Helper()
	ids := make([]string, 1+rnd.IntN(3)*rnd.IntN(3))
	for i := range ids {
		ids[i] = fmt.Sprint("d", rnd.IntN(800))
	}
	if rnd.IntN(4) == 0 {
		there := 0
		for _, id := range ids {
			if _, ok := twin[id]; ok {
				there++
			}
			delete(twin, id)
		}
		if n := x.DeleteAll(ids...); n != there {
			t.Fatalf("deleted %d of %v, want %d", n, ids, there)
		}
		return
	}
	var entries []Entry
	for _, id := range ids {
		twin[id] = passages(rnd, 4)
		entries = append(entries, Entry{id, twin[id]})
	}
	docs, err := x.AddAll(entries)
	if err != nil {
		t.Fatal(err)
	}
	for i, doc := range docs {
		if x.ID(doc) != ids[i] {
			t.Fatalf("%s has number %d, which is %q", ids[i], doc, x.ID(doc))
		}
	}
	if got := x.Numbers(append(ids, "none")); !slices.Equal(got[:len(ids)], docs) || got[len(ids)] != -1 {
		t.Fatalf("numbers %v, want %v", got, docs)
	}
}

// reopen saves an index and opens the file.
func reopen(t *testing.T, x *Index, set kernel.Set) *Index {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.idx")
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	y, err := LoadIndex(path, testModel)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.Close() })
	v := *y.View()
	v.kernel = set
	y.now.Store(&v)
	return y
}

// compareFresh asks an index and one made anew, by codes.
func compareFresh(t *testing.T, x *Index, twin brute, rnd *rand.Rand) {
	t.Helper()
	fresh := NewIndex(testModel)
	for id, vecs := range twin {
		if _, err := fresh.Add(id, vecs...); err != nil {
			t.Fatal(err)
		}
	}
	for _, depth := range []int{1, 10, 200, 10_000} {
		k := 1 + rnd.IntN(50)
		keep := func(v *View) func(doc int) bool { return func(doc int) bool { return v.ID(doc)[1] != '7' } }
		q := testQuery(t, x, rnd)
		got, want := x.View(), fresh.View()
		a := without(got.findNear(q, Ask{K: k, Depth: depth, Threads: 3, Keep: keep(got)}))
		b := without(want.findNear(q, Ask{K: k, Depth: depth, Threads: 1, Keep: keep(want)}))
		if !slices.Equal(a, b) {
			t.Fatalf("depth %d: %v, made anew %v", depth, a, b)
		}
	}
}

// without leaves document numbers out, which differ.
func without(hits []Hit) []Hit {
	for i := range hits {
		hits[i].Doc = 0
	}
	return hits
}

func testQuery(t *testing.T, x *Index, rnd *rand.Rand) Query {
	t.Helper()
	q, err := x.Prepare(randomVec(rnd, testModel.Dim))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// held is a view and what it answered.
type held struct {
	view *View
	q    Query
	hits []Hit
}

func hold(t *testing.T, x *Index, rnd *rand.Rand) held {
	h := held{view: x.View(), q: testQuery(t, x, rnd)}
	h.hits = h.view.Find(h.q, Ask{K: 1000, Exact: true})
	return h
}

func (h held) check(t *testing.T) {
	t.Helper()
	if got := h.view.Find(h.q, Ask{K: 1000, Exact: true}); !slices.Equal(got, h.hits) {
		t.Fatal("a view has changed")
	}
}

func compareIndex(t *testing.T, x *Index, twin brute, rnd *rand.Rand) {
	t.Helper()
	if x.Len() != len(twin) {
		t.Fatalf("%d documents, want %d", x.Len(), len(twin))
	}
	q := passages(rnd, 1)
	if len(q) == 0 {
		q = []Vec{{Q: make([]int8, testModel.Dim)}}
	}
	keep := func(id string) bool { return id[len(id)-1]%3 != 0 }
	k := rnd.IntN(900)
	got, err := x.Search(q[0].Float(), k, func(doc int) bool { return keep(x.ID(doc)) })
	if err != nil {
		t.Fatal(err)
	}
	want := twin.search(q[0].Float(), k, keep)
	if len(got) != len(want) {
		t.Fatalf("%d hits, want %d", len(got), len(want))
	}
	scores, err := x.Scores(q[0].Float())
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range got {
		want[i].Doc = h.Doc
		if h != want[i] || x.ID(h.Doc) != h.ID || scores[h.Doc] != h.Score {
			t.Fatalf("hit %d is %+v, want %+v, score %v", i, h, want[i], scores[h.Doc])
		}
	}
	for doc, s := range scores {
		if vecs := x.Vectors(doc); len(vecs) == 0 && s != -1 || !reflect.DeepEqual(vecs, slices.Clone(twin[x.ID(doc)])) && len(vecs) > 0 {
			t.Fatalf("document %d has score %v and %d vectors", doc, s, len(vecs))
		}
	}
}

// TestIndexLarge searches on all cores.
func TestIndexLarge(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	x, twin := NewIndex(testModel), brute{}
	for i := range parallelRows {
		id := fmt.Sprint("d", i)
		twin[id] = passages(rnd, 3)
		if _, err := x.Add(id, twin[id]...); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		compareIndex(t, x, twin, rnd)
	}
}

func TestIndexRefuses(t *testing.T) {
	x := NewIndex(testModel)
	short := make([]float32, 3)
	if _, err := x.Add("a", Quantize(short)); zhuanhua.KindOf(err) != zhuanhua.KindInvalid || x.Len() != 0 {
		t.Error(err)
	}
	if _, err := x.Search(short, 1, nil); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
	if _, err := x.Scores(short); err == nil {
		t.Error("scores for a short vector")
	}
	if _, _, err := x.Score(short, 0); err == nil {
		t.Error("a score for a short vector")
	}
	q := make([]float32, testModel.Dim)
	for _, k := range []int{-1, 0, 5} {
		if hits, err := x.Search(q, k, nil); err != nil || len(hits) != 0 {
			t.Errorf("an empty index finds %v, %v", hits, err)
		}
	}
	if s, p, err := x.Score(q, 99); s != -1 || p != -1 || err != nil || x.ID(99) != "" || x.ID(-1) != "" || x.Vectors(7) != nil {
		t.Error("a document that is not there has something")
	}
}

// TestIndexWhileChanging searches while documents are replaced, deleted and added: every answer
// must be one the index could give between two changes. Here all documents of a generation have the
// same vector, and are changed one after the other.
func TestIndexWhileChanging(t *testing.T) {
	x := NewIndex(testModel)
	rnd := rand.New(rand.NewPCG(8, 8))
	for i := range 300 {
		if _, err := x.Add(fmt.Sprint("d", i), passages(rnd, 3)...); err != nil {
			t.Fatal(err)
		}
	}
	var stop atomic.Bool
	var readers, writers sync.WaitGroup
	for r := range 3 {
		readers.Go(func() {
			q := passages(rand.New(rand.NewPCG(uint64(r), 3)), 1)
			for !stop.Load() {
				v := make([]float32, testModel.Dim)
				if len(q) > 0 {
					v = q[0].Float()
				}
				hits, err := x.Search(v, 20, nil)
				if err != nil || !slices.IsSortedFunc(hits, better) {
					t.Error(hits, err)
				}
				if _, err := x.Scores(v); err != nil {
					t.Error(err)
				}
				readView(t, x, v)
			}
		})
	}
	for w := range uint64(2) {
		writers.Go(func() {
			rnd := rand.New(rand.NewPCG(w, 4))
			for range 3000 {
				id := fmt.Sprint("d", rnd.IntN(400))
				if rnd.IntN(3) == 0 {
					x.Delete(id)
				} else if _, err := x.Add(id, passages(rnd, 3)...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	stop.Store(true)
	readers.Wait()
}

// readView asks one view in several ways, which must agree.
func readView(t *testing.T, x *Index, q []float32) {
	query, err := x.Prepare(q)
	if err != nil {
		t.Error(err)
		return
	}
	v := x.View()
	near := v.findNear(query, Ask{K: 20, Depth: 1 << 20})
	exact := v.FindAll([]Query{query}, Ask{K: 20})[0]
	if !slices.Equal(near, exact) {
		t.Errorf("by codes %v, exactly %v", near, exact)
	}
	docs, scores := make([]int, len(near)), make([]float32, len(near))
	for i, h := range near {
		docs[i] = h.Doc
	}
	v.ScoreDocs(scores, query, docs)
	for i, h := range near {
		if scores[i] != h.Score {
			t.Errorf("%v has score %v", h, scores[i])
		}
	}
}

func TestIndexFile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	x, twin := NewIndex(testModel), brute{}
	for i := range 9000 {
		id := fmt.Sprint("d", i)
		twin[id] = passages(rnd, 3)
		x.Add(id, twin[id]...)
		if i%5 == 0 {
			x.Delete(id)
			delete(twin, id)
		}
	}
	path := filepath.Join(t.TempDir(), "x.idx")
	for range 2 { // the second time over the first
		if err := x.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	y, err := LoadIndex(path, testModel)
	if err != nil {
		t.Fatal(err)
	}
	compareIndex(t, y, twin, rnd)
	if y.Docs() != x.Docs() || y.ID(1) != "d1" || y.ID(0) != "" {
		t.Error("document numbers changed")
	}
	if _, err := y.Add("new", passages(rnd, 2)...); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(path + "?*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	other := testModel
	other.Revision = "r2"
	if _, err := LoadIndex(path, other); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		t.Errorf("with another model: %v", err)
	}
}

func TestIndexFileDamaged(t *testing.T) {
	x := NewIndex(testModel)
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range 20 {
		x.Add(fmt.Sprint(i), passages(rnd, 3)...)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "x.idx")
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(good); i += 37 {
		bad := bytes.Clone(good)
		bad[i] ^= 0x40
		for name, b := range map[string][]byte{"changed": bad, "cut": good[:i]} {
			os.WriteFile(path, b, 0o600)
			if _, err := LoadIndex(path, testModel); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
				t.Fatalf("%s at %d: %v", name, i, err)
			}
		}
	}
	os.WriteFile(path, append(bytes.Clone(good), 0), 0o600)
	if _, err := LoadIndex(path, testModel); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Errorf("a byte more: %v", err)
	}
	if _, err := LoadIndex(filepath.Join(dir, "none"), testModel); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Error(err)
	}
	if err := x.Save(filepath.Join(dir, "none", "x.idx")); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Error(err)
	}
}
