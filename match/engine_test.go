package match

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/match/vector"
)

// letters is an encoder without a model: a vector counts the characters of its text. Alike texts are
// near, and nothing has to be fetched.
type letters struct {
	revision string
	fails    string // a text that it cannot encode
	mu       sync.Mutex
	texts    int // passages asked for
}

const lettersDim = 64

func (l *letters) Model() vector.Model {
	return vector.Model{Name: "示例", Revision: "letters " + l.revision, Dim: lettersDim}
}

func (l *letters) Encode(_ context.Context, kind vector.Kind, texts []string) ([][]float32, error) {
	if l.fails != "" && slices.Contains(texts, l.fails) {
		return nil, errors.New("示例：编码失败")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if kind == vector.KindPassage {
		l.texts += len(texts)
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = make([]float32, lettersDim)
		sum := 0.0
		for _, r := range t {
			out[i][int(r)*2654435761>>8&(lettersDim-1)]++
		}
		for _, x := range out[i] {
			sum += float64(x) * float64(x)
		}
		for j := range out[i] {
			out[i][j] /= float32(math.Sqrt(max(sum, 1)))
		}
	}
	return out, nil
}

func (l *letters) Close() error { return nil }

// drawText makes a text of n words.
func drawText(rng *rand.Rand, n int) string {
	words := strings.Fields("甘蔗 木糖 赤泥 陶粒 酵母 发酵 水解 催化剂 收率 纯度 传感器 电池 隔膜 石墨烯 合金 焊接 激光 遥感 种苗 疫苗 茉莉 芒果 木薯 淀粉 酒精 秸秆 沼气 污泥 膜 分离 结晶 干燥 控制 算法 图像 识别 检测 机器人 轴承 齿轮")
	var b strings.Builder
	for i := range n {
		b.WriteString(words[rng.IntN(len(words))])
		if i%7 == 6 {
			fmt.Fprintf(&b, "达%d%%。", rng.IntN(100))
		}
	}
	return b.String()
}

// drawDoc makes a document with facts, some of them such that a card cannot say all of them.
func drawDoc(rng *rand.Rand, id string) Document {
	d := doc(id, drawText(rng, 4), drawText(rng, rng.IntN(30)))
	regions := []zhuanhua.Region{"450200", "450100", "110000", "CN", "VN", "", "南宁"}
	for range rng.IntN(5) {
		d.Facts.Regions = append(d.Facts.Regions, regions[rng.IntN(len(regions))])
	}
	d.Facts.Landing = regions[rng.IntN(len(regions))]
	d.Facts.TechField = Fact{Value: []string{"", "农业", "新材料", "农业机械"}[rng.IntN(4)], Column: "field", Raw: "领域：农业"}
	d.Facts.Maturity = zhuanhua.TRL(rng.IntN(10))
	modes := append(zhuanhua.Modes(), "面议")
	for range rng.IntN(3) {
		d.Facts.Modes = append(d.Facts.Modes, modes[rng.IntN(len(modes))])
	}
	if rng.IntN(2) == 0 {
		m := zhuanhua.Money(rng.IntN(3)) * 50 * zhuanhua.WanYuan
		d.Facts.Price = &m
	}
	if rng.IntN(4) == 0 {
		budget := zhuanhua.Money(80) * zhuanhua.WanYuan
		d.Facts.Budget, d.Facts.Region, d.Facts.Industries = &budget, "450200", []Fact{{Value: "1340"}}
		d.Facts.IPC = []Fact{{Value: "C12P", Column: "ipc", Raw: "C12P 7/06"}}
		d.Facts.Expired = []string{"实用新型1件（已失效）"}
		d.Facts.Deadline = zhuanhua.Date{Year: 2027, Month: time.May, Day: 3}
		d.Parts = append(d.Parts, Part{Column: "keywords", Role: RoleKeywords, Raw: drawText(rng, 2), Listed: true})
	}
	d.Stamp = fmt.Sprint(rng.Uint64())
	return d
}

func drawFilter(rng *rand.Rand) *Filter {
	f := &Filter{}
	if rng.IntN(2) == 0 {
		f.Regions = []zhuanhua.Region{[]zhuanhua.Region{"450000", "450200", "CN", "VN", "南宁", "990000"}[rng.IntN(6)]}
	}
	if rng.IntN(3) == 0 {
		f.TechFields = []string{[]string{"农业", "材料", ""}[rng.IntN(3)]}
	}
	f.MinMaturity = zhuanhua.TRL(max(0, rng.IntN(12)-4))
	if rng.IntN(3) == 0 {
		f.Modes = []zhuanhua.Mode{append(zhuanhua.Modes(), "面议")[rng.IntN(7)]}
	}
	if rng.IntN(3) == 0 {
		m := zhuanhua.Money(rng.IntN(3)) * 50 * zhuanhua.WanYuan
		f.MaxPrice = &m
	}
	return f
}

// engineWorld is an engine under test with what it must hold.
type engineWorld struct {
	t    *testing.T
	rng  *rand.Rand
	opt  Options
	e    *Engine
	docs map[string]Document
	dir  string
}

func (w *engineWorld) step() {
	switch w.rng.IntN(8) {
	case 0:
		id := fmt.Sprint("d", w.rng.IntN(300))
		_, there := w.docs[id]
		if n := w.e.Delete(id, "nobody"); n == 1 != there {
			w.t.Fatalf("deleting %s says %d", id, n)
		}
		delete(w.docs, id)
	case 1:
		w.e.Settle()
	case 2:
		w.reopen()
	default:
		var docs []Document
		for range 1 + w.rng.IntN(20) {
			d := drawDoc(w.rng, fmt.Sprint("d", w.rng.IntN(300)))
			docs = append(docs, d)
			w.docs[d.ID] = d
		}
		if err := w.e.Add(context.Background(), docs); err != nil {
			w.t.Fatal(err)
		}
	}
}

// reopen saves the engine and opens it again, or finds a torn snapshot and makes it anew.
func (w *engineWorld) reopen() {
	files, err := w.e.Save(w.dir, "library")
	if err != nil {
		w.t.Fatal(err)
	}
	torn := w.rng.IntN(3) == 0
	if torn {
		w.tear(files[w.rng.IntN(len(files))])
	}
	e, err := Open(w.opt, w.dir, "library")
	switch {
	case torn && err == nil:
		w.t.Fatal("a torn snapshot opens")
	case torn:
		w.e = w.fresh()
	case err != nil:
		w.t.Fatal(err)
	default:
		w.e = e
	}
}

func (w *engineWorld) tear(file string) {
	b, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.rng.IntN(2) == 0 {
		b = b[:w.rng.IntN(len(b))]
	} else {
		b[len(b)/2+w.rng.IntN(len(b)/4)] ^= 0x10
	}
	// A new file: the old one is mapped and must stay as it is.
	if err := errors.Join(os.WriteFile(file+"x", b, 0o600), os.Rename(file+"x", file)); err != nil {
		w.t.Fatal(err)
	}
}

// fresh is an engine of the same documents, added in the order of their ids.
func (w *engineWorld) fresh() *Engine {
	e, err := New(w.opt)
	if err != nil {
		w.t.Fatal(err)
	}
	var docs []Document
	for _, id := range slices.Sorted(maps.Keys(w.docs)) {
		docs = append(docs, w.docs[id])
	}
	if err := e.Add(context.Background(), docs); err != nil {
		w.t.Fatal(err)
	}
	return e
}

// inJSON is a document with all it points to.
func inJSON(t *testing.T, d Document) string {
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// compare holds the engine against a fresh one.
func (w *engineWorld) compare() {
	w.t.Helper()
	fresh := w.fresh()
	if w.e.Len() != len(w.docs) || len(w.e.IDs()) != len(w.docs) {
		w.t.Fatalf("%d documents, want %d", w.e.Len(), len(w.docs))
	}
	for id, want := range w.docs {
		if got := w.e.Document(id); got == nil || inJSON(w.t, *got) != inJSON(w.t, want) {
			w.t.Fatalf("%s is not as it was added: %+v", id, got)
		}
		if stamp, ok := w.e.Stamp(id); !ok || stamp != want.Stamp || !w.e.Holds(id) || len(w.e.Vectors(id)) != len(fresh.Vectors(id)) {
			w.t.Fatalf("%s is not held whole", id)
		}
	}
	needs := []Document{drawDoc(w.rng, "n1"), drawDoc(w.rng, "n2"), doc("n3", "木糖", "")}
	for _, ask := range []Ask{{Top: 5}, {Top: 300}, {Top: 8, Filter: drawFilter(w.rng)}} {
		got, want := matched(w.t, w.e, ask, needs...), matched(w.t, fresh, ask, needs...)
		if a, b := asJSON(w.t, got), asJSON(w.t, want); a != b {
			w.t.Fatalf("%+v: got %s\nwant %s", ask.Filter, a, b)
		}
	}
	w.compareFilter(fresh)
}

// compareFilter: by its card a document passes a filter exactly when it does as a whole.
func (w *engineWorld) compareFilter(fresh *Engine) {
	w.t.Helper()
	f := drawFilter(w.rng)
	found, err := w.e.Search(context.Background(), &Search{Filter: *f}, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	passing := 0
	for _, d := range w.docs {
		if f.Keep(&d) {
			passing++
		}
	}
	for _, x := range found {
		if d := w.docs[x.ID]; !f.Keep(&d) {
			w.t.Errorf("%s is found and does not pass %+v", x.ID, f)
		}
	}
	if again, err := fresh.Search(context.Background(), &Search{Filter: *f}, 1000); err != nil || len(found) != passing || fmt.Sprint(found) != fmt.Sprint(again) {
		w.t.Errorf("%+v: %d are found, %d pass, %v", f, len(found), passing, err)
	}
}

// TestAnySequence: after any additions, updates, deletions, merges, openings of snapshots and torn
// snapshots an engine answers as one that was made at once, whether it ranks the library as a whole or
// by candidates.
func TestAnySequence(t *testing.T) {
	for _, c := range []struct {
		name string
		opt  Options
	}{
		{"words", Options{}}, {"words and vectors", Options{Encoder: &letters{}}}, {"vectors", Options{Encoder: &letters{}, Mode: Dense}},
		{"candidates", Options{Encoder: &letters{}, full: 50}}, {"candidates by words", Options{full: 50}},
		{"candidates by vectors", Options{Encoder: &letters{}, Mode: Dense, full: 50}},
		{"the ranker", Options{Encoder: &letters{}, Ranker: lettersRanker(t)}}, {"the ranker over candidates", Options{Encoder: &letters{}, Ranker: lettersRanker(t), full: 50}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &engineWorld{t: t, rng: rand.New(rand.NewPCG(7, uint64(len(c.name)))), opt: c.opt, docs: map[string]Document{}, dir: t.TempDir()}
			w.e = w.fresh()
			for i := range 48 {
				if w.step(); i%6 == 5 {
					w.compare()
				}
			}
		})
	}
}

// TestBadLaterDocument: where one document of many cannot be added, none is, and what was there stays.
func TestBadLaterDocument(t *testing.T) {
	ctx := context.Background()
	enc := &letters{}
	for name, c := range map[string]struct {
		bad  Document
		says string
	}{
		"no id":    {doc("", "无名", ""), "no id"},
		"long id":  {doc(strings.Repeat("x", maxID+1), "名", ""), "shorter id"},
		"no place": {doc("c", "编不出", ""), "编码失败"},
	} {
		e, err := New(Options{Encoder: enc})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(ctx, []Document{doc("a", "甘蔗渣制木糖", "")}); err != nil {
			t.Fatal(err)
		}
		enc.fails = "编不出"
		err = e.Add(ctx, []Document{doc("a", "赤泥制陶粒", ""), doc("b", "糖蜜制酵母", ""), c.bad})
		enc.fails = ""
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if e.Len() != 1 || e.Document("b") != nil || e.Document("a").Title() != "甘蔗渣制木糖" {
			t.Errorf("%s: something was left behind: %v", name, e.IDs())
		}
	}
}

// TestSnapshotOfAnotherModel: vectors of another version of the model are refused; of files of different
// moments what only some of them hold is taken out.
func TestSnapshotOfAnotherModel(t *testing.T) {
	dir := t.TempDir()
	e, err := New(Options{Encoder: &letters{revision: "1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(context.Background(), sugar); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Save(dir, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Encoder: &letters{revision: "2"}}, dir, "a"); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		t.Errorf("vectors of another model are opened: %v", err)
	}
	if _, err := Open(Options{Encoder: &letters{revision: "1"}}, dir, "b"); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Errorf("a snapshot that is not there: %v", err)
	}
}

// TestHalves: of files of different moments what only some of them hold is taken out.
func TestHalves(t *testing.T) {
	for name, opt := range map[string]Options{"words": {}, "words and vectors": {Encoder: &letters{}}} {
		dir := t.TempDir()
		e, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(context.Background(), sugar); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Save(dir, "a"); err != nil {
			t.Fatal(err)
		}
		e.Delete("mud")
		if err := e.Add(context.Background(), []Document{doc("late", "后来的", "")}); err != nil {
			t.Fatal(err)
		}
		_, lex, _ := snapshotFiles(dir, "a")
		if err := e.lex.Save(lex); err != nil {
			t.Fatal(err)
		}
		x, err := Open(opt, dir, "a")
		if err != nil {
			t.Fatal(err)
		}
		if ids := slices.Sorted(slices.Values(x.IDs())); !slices.Equal(ids, []string{"vision", "xylose", "yeast"}) ||
			x.Document("mud") != nil || x.Document("late") != nil || x.state().lib.Len() != 3 || x.vec != nil && x.state().vec.Len() != 3 {
			t.Errorf("%s: left are %v", name, ids)
		}
	}
}

// TestCandidatesAgree: a document that is ranked by candidates has the value that it has where all are
// ranked, and what comes first there comes first here.
func TestCandidatesAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	var docs []Document
	for i := range 600 {
		docs = append(docs, drawDoc(rng, fmt.Sprint("d", i)))
	}
	engines := map[int]*Engine{}
	for _, full := range []int{FullDepth, 50} {
		e, err := New(Options{Encoder: &letters{}, full: full})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(context.Background(), docs); err != nil {
			t.Fatal(err)
		}
		engines[full] = e
	}
	for range 20 {
		need := drawDoc(rng, "n")
		exact, err := engines[FullDepth].Rank(context.Background(), &need, len(docs), nil)
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]float64{}
		for _, r := range exact {
			values[r.ID] = r.Raw
		}
		got, err := engines[50].Rank(context.Background(), &need, 100, nil)
		if err != nil || len(got) != 100 {
			t.Fatal(len(got), err)
		}
		for i, r := range got {
			if math.Abs(values[r.ID]-r.Raw) > 1e-6 || i < 10 && r.ID != exact[i].ID {
				t.Errorf("at %d %s with %v, want %s with %v", i, r.ID, r.Raw, exact[i].ID, values[r.ID])
			}
		}
	}
}

// TestOthersMoveUp: where what ranks first has nothing to show, or too little, what follows is explained
// as well.
func TestOthersMoveUp(t *testing.T) {
	field := Facts{TechField: Fact{Value: "农业", Column: "field", Raw: "农业"}}
	docs := slices.Clone(sugar)
	docs[1].Facts = field
	e := libraryOf(t, docs...)
	s := e.state()
	at := func(id string, score float64) scored {
		doc, _ := s.lex.Doc(id)
		return scored{doc, id, score}
	}
	need := doc("n", "甘蔗渣制木糖技术", "木糖收率≥67%")
	need.Facts = field
	for _, first := range []string{"mud", "yeast"} { // nothing in common; the field alone
		r, err := e.explainNeeds(context.Background(), s, []Document{need}, [][]scored{{at(first, 0.9), at("xylose", 0.7)}}, Ask{Top: 1})
		if err != nil || len(r[0].Matches) != 1 || r[0].Matches[0].AchievementID != "xylose" {
			t.Errorf("after %s: %+v %v", first, r, err)
		}
	}
}

// TestSampleIsOfTheLibrary: the background of a large library depends on its documents alone, and what
// the sample's own index scores is what the index of words scores.
func TestSampleIsOfTheLibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	w := &engineWorld{t: t, rng: rng, opt: Options{Encoder: &letters{}, full: 10}, docs: map[string]Document{}}
	w.e = w.fresh()
	for i := range 600 {
		d := drawDoc(rng, fmt.Sprint("d", i))
		w.docs[d.ID] = d
		if i%20 == 19 {
			if err := w.e.Add(context.Background(), slices.Collect(maps.Values(w.docs))); err != nil {
				t.Fatal(err)
			}
		}
	}
	fresh := w.fresh()
	need := drawDoc(rng, "n")
	vecs, err := fresh.needVectorsOf(context.Background(), &need)
	if err != nil {
		t.Fatal(err)
	}
	_, ask, got, err := w.e.first(w.e.state(), &need, vecs, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, want, err := fresh.first(fresh.state(), &need, vecs, 10, nil); err != nil || got != want {
		t.Errorf("%+v, want %+v, %v", got, want, err)
	}
	s := ask.state
	scores := s.sample.terms().scores(s.lex, ask.query)
	for i, m := range s.sample.members {
		doc, ok := s.lex.Doc(m.id)
		if exact := s.lex.ScoreDocs(ask.query, []int{doc}, nil)[0]; !ok || math.Abs(float64(exact)-scores[i]) > 1e-4*(1+scores[i]) {
			t.Errorf("%s scores %v, want %v", m.id, scores[i], exact)
		}
	}
	if len(scores) != sampleSize {
		t.Errorf("a sample of %d", len(scores))
	}
}
