package app_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/match"
	"zhuanhua/match/family"
	"zhuanhua/match/vector"
	"zhuanhua/store"
)

// counting is an encoder that counts the passages it is asked for.
type counting struct {
	texts    int
	revision string
}

func (c *counting) Model() vector.Model {
	return vector.Model{Name: "示例", Revision: cmp.Or(c.revision, "1"), Dim: 8}
}

func (c *counting) Encode(_ context.Context, kind vector.Kind, texts []string) ([][]float32, error) {
	if kind == vector.KindPassage {
		c.texts += len(texts)
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = make([]float32, 8)
		for j, b := range []byte(t) {
			out[i][(int(b)+j)%8]++
		}
	}
	return out, nil
}

func (c *counting) Close() error { return nil }

func put(t *testing.T, s *store.Store, rs ...zhuanhua.Record) {
	t.Helper()
	var c zhuanhua.Change
	for _, r := range rs {
		c.Items = append(c.Items, zhuanhua.Put(r, zhuanhua.Source{}))
	}
	if _, err := s.Record(t.Context(), "test", c); err != nil {
		t.Fatal(err)
	}
}

func sound(t *testing.T, what string, c app.IndexChecked, err error) {
	t.Helper()
	if err != nil || len(c.Findings) > 0 {
		t.Errorf("%s: %v %v", what, c.Findings, err)
	}
}

// TestIndexFollows: what is recorded is found, what is changed is found as it is now, what is deleted is
// not found, a text is encoded once, and verify agrees at each step.
func TestIndexFollows(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		_, s := open(t, o)
		enc := &counting{}
		opt := app.IndexOptions{Dir: filepath.Join(o.Dir, "index"), Encoder: enc, Write: true}
		x, err := app.OpenIndex(t.Context(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, zhuanhua.Achievement{ID: "A-1", Title: "示例蔗渣制木糖"}, zhuanhua.Achievement{ID: "A-2", Title: "示例赤泥制陶粒"}, zhuanhua.Need{ID: "N-1", Title: "示例要木糖"})
		c, err := x.Verify(t.Context())
		if err != nil || len(c.Findings) != 6 {
			t.Errorf("before: %v %v", c.Findings, err)
		}
		if n, err := x.Update(t.Context()); n != 3 || err != nil || enc.texts != 3 {
			t.Fatal(n, err, enc.texts)
		}
		c, err = x.Verify(t.Context())
		sound(t, "recorded", c, err)
		if found := search(t, x, "木糖"); !slices.Contains(found, "A-1") {
			t.Error(found)
		}
		put(t, s, zhuanhua.Achievement{ID: "A-1", Title: "示例糖蜜制酵母"}, zhuanhua.Achievement{ID: "A-3", Title: "示例赤泥制陶粒"})
		c, err = app.VerifyIndex(t.Context(), s, opt)
		if err != nil || len(c.Findings) == 0 {
			t.Error("a stale index is not found", err)
		}
		if n, err := x.Update(t.Context()); n != 2 || err != nil || enc.texts != 4 {
			t.Fatal("the text of A-3 was encoded twice", n, err, enc.texts)
		}
		if found := search(t, x, "酵母"); !slices.Contains(found, "A-1") {
			t.Error(found)
		}
		if _, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Delete(zhuanhua.NounAchievement, "A-2")}}); err != nil {
			t.Fatal(err)
		}
		if n, err := x.Update(t.Context()); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if x.Engine(zhuanhua.NounAchievement).Document("A-2") != nil {
			t.Error("a deleted record is still there")
		}
		c, err = x.Verify(t.Context())
		sound(t, "changed", c, err)
		if err := x.Save(); err != nil {
			t.Fatal(err)
		}
		c, err = app.VerifyIndex(t.Context(), s, opt)
		sound(t, "saved", c, err)
	})
}

func search(t *testing.T, x *app.Index, words string) (ids []string) {
	t.Helper()
	q, err := match.ParseSearch(words, func(string) (zhuanhua.Region, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	found, err := x.Engine(zhuanhua.NounAchievement).Search(t.Context(), &q, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		ids = append(ids, f.ID)
	}
	return ids
}

// fileOf is the one file of a snapshot with a name like this.
func fileOf(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v %v", pattern, found, err)
	}
	return found[0]
}

// flip changes a byte in the middle of a file.
func flip(path string) error {
	b, err := os.ReadFile(path)
	if err == nil {
		b[len(b)/2] ^= 0x20
		err = os.WriteFile(path, b, 0o600)
	}
	return err
}

// TestIndexComesBack: a snapshot that is old, damaged, cut short or gone is made up for without
// encoding anything again, and whoever opens it is told unless there was none.
func TestIndexComesBack(t *testing.T) {
	o := store.Options{Dir: filepath.Join(t.TempDir(), "data")}
	_, s := open(t, o)
	enc := &counting{}
	opt := app.IndexOptions{Dir: filepath.Join(o.Dir, "index"), Encoder: enc, Write: true}
	var told []error
	opt.Notice = func(err error) { told = append(told, err) }
	put(t, s, zhuanhua.Achievement{ID: "A-1", Title: "示例蔗渣制木糖"}, zhuanhua.Need{ID: "N-1", Title: "示例要木糖"})
	if _, err := app.OpenIndex(t.Context(), s, opt); err != nil {
		t.Fatal(err)
	}
	encoded := enc.texts
	file := func(pattern string) string { return fileOf(t, opt.Dir, pattern) }
	for name, c := range map[string]struct {
		harm func() error
		says string // what is told; "": nothing
	}{
		"gone":       {func() error { return os.RemoveAll(opt.Dir) }, ""},
		"part":       {func() error { return os.Remove(file("achievement-*.lexical")) }, "is gone"},
		"other file": {func() error { return os.WriteFile(file("need-*.vectors"), []byte("x"), 0o600) }, "not the one that was saved"},
		"damaged":    {func() error { return flip(file("achievement-*.documents")) }, "damaged"},
		"words":      {func() error { return flip(file("achievement-*.lexical")) }, "damaged"},
		"vectors":    {func() error { return flip(file("achievement-*.vectors")) }, "damaged"},
		"list":       {func() error { return os.WriteFile(filepath.Join(opt.Dir, "index.json"), []byte("{"), 0o600) }, "made again"},
		"notes":      {func() error { return s.ResetIndex(t.Context(), "", false) }, ""},
	} {
		if err := c.harm(); err != nil {
			t.Fatal(err)
		}
		if c, err := app.VerifyIndex(t.Context(), s, opt); err != nil || len(c.Findings) == 0 {
			t.Errorf("%s: nothing is found, %v", name, err)
		}
		told = nil
		x, err := app.OpenIndex(t.Context(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		if text := errors.Join(told...); len(told) > 1 || c.says == "" != (text == nil) || text != nil && !strings.Contains(text.Error(), c.says) {
			t.Errorf("%s: told %v, want %q", name, text, c.says)
		}
		ic, err := x.Verify(t.Context())
		sound(t, name, ic, err)
		if err := x.Save(); err != nil {
			t.Fatal(err)
		}
		ic, err = app.VerifyIndex(t.Context(), s, opt)
		sound(t, name+", from disk", ic, err)
	}
	if enc.texts != encoded {
		t.Errorf("%d texts were encoded again", enc.texts-encoded)
	}
}

// TestIndexOfAnotherModel: vectors of another version of the model are refused, said so, and made again.
func TestIndexOfAnotherModel(t *testing.T) {
	o := store.Options{Dir: filepath.Join(t.TempDir(), "data")}
	_, s := open(t, o)
	opt := app.IndexOptions{Dir: filepath.Join(o.Dir, "index"), Encoder: &counting{}, Write: true}
	put(t, s, zhuanhua.Achievement{ID: "A-1", Title: "示例蔗渣制木糖"})
	if _, err := app.OpenIndex(t.Context(), s, opt); err != nil {
		t.Fatal(err)
	}
	newer := &counting{revision: "2"}
	var told error
	opt.Encoder, opt.Notice = newer, func(err error) { told = err }
	x, err := app.OpenIndex(t.Context(), s, opt)
	if err != nil || newer.texts != 1 {
		t.Fatal(err, newer.texts)
	}
	if told == nil || !strings.Contains(told.Error(), "another model") {
		t.Errorf("told %v", told)
	}
	c, err := x.Verify(t.Context())
	sound(t, "with the other model", c, err)
}

// TestIndexFollowsTheLog: a snapshot that is older than the log is brought up to date by what happened
// since, also where a record is again what it was; one of another log is compared as a whole.
func TestIndexFollowsTheLog(t *testing.T) {
	o := store.Options{Dir: filepath.Join(t.TempDir(), "data")}
	_, s := open(t, o)
	opt := app.IndexOptions{Dir: filepath.Join(o.Dir, "index"), Encoder: &counting{}, Write: true}
	first := zhuanhua.Achievement{ID: "A-1", Title: "示例蔗渣制木糖"}
	put(t, s, first, zhuanhua.Achievement{ID: "A-2", Title: "示例赤泥制陶粒"})
	if _, err := app.OpenIndex(t.Context(), s, opt); err != nil {
		t.Fatal(err)
	}
	put(t, s, zhuanhua.Achievement{ID: "A-1", Title: "示例糖蜜制酵母"}, zhuanhua.Achievement{ID: "A-3", Title: "示例木薯制淀粉"})
	put(t, s, first)
	if _, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Delete(zhuanhua.NounAchievement, "A-2")}}); err != nil {
		t.Fatal(err)
	}
	reading := opt
	reading.Write = false
	for _, o := range []app.IndexOptions{reading, opt} {
		x, err := app.OpenIndex(t.Context(), s, o)
		if err != nil {
			t.Fatal(err)
		}
		e := x.Engine(zhuanhua.NounAchievement)
		if e.Len() != 2 || e.Document("A-2") != nil || e.Document("A-1").Title() != first.Title || e.Document("A-3") == nil {
			t.Errorf("writing %v: %v", o.Write, e.IDs())
		}
	}
	_, other := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "other")})
	for i := range 9 {
		put(t, other, zhuanhua.Achievement{ID: fmt.Sprint("B-", i), Title: "示例"})
	}
	x, err := app.OpenIndex(t.Context(), other, reading)
	if err != nil || x.Engine(zhuanhua.NounAchievement).Len() != 9 || x.Engine(zhuanhua.NounAchievement).Document("A-1") != nil {
		t.Error("an index of other records is taken as it is", err)
	}
}

// TestIndexRebuild: rebuilding gives a sound index, and encodes only when asked to.
func TestIndexRebuild(t *testing.T) {
	o := store.Options{Dir: filepath.Join(t.TempDir(), "data")}
	_, s := open(t, o)
	enc := &counting{}
	put(t, s, zhuanhua.Achievement{ID: "A-1", Title: "示例蔗渣制木糖"})
	x, err := app.OpenIndex(t.Context(), s, app.IndexOptions{Dir: filepath.Join(o.Dir, "index"), Encoder: enc, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, again := range []bool{false, true} {
		before := enc.texts
		if n, err := x.Rebuild(t.Context(), again); n != 1 || err != nil || enc.texts > before != again {
			t.Error(again, n, err, enc.texts-before)
		}
		c, err := x.Verify(t.Context())
		sound(t, "rebuilt", c, err)
	}
}

// TestIndexJob: the store's job brings the index in step, also after the encoder failed for a while.
func TestIndexJob(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		_, s := open(t, o)
		enc := &counting{}
		x, err := app.OpenIndex(t.Context(), s, app.IndexOptions{Encoder: enc, Write: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		tries := 0
		go func() {
			done <- s.Work(ctx, func(ctx context.Context) error {
				if tries++; tries == 1 {
					return errors.New("示例：编码服务不可用")
				}
				_, err := x.Update(ctx)
				return err
			})
		}()
		put(t, s, zhuanhua.Achievement{ID: "A-1", Title: "示例蔗渣制木糖"})
		until := time.Now().Add(20 * time.Second)
		for time.Now().Before(until) {
			if n, err := app.Waiting(t.Context(), s, enc); err == nil && n == 0 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		c, err := x.Verify(t.Context())
		sound(t, "after the job", c, err)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestFamiliesOfTheExamples: the report over recorded examples names the known duplicates.
func TestFamiliesOfTheExamples(t *testing.T) {
	enc := encoder(t)
	a, _ := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	if _, err := a.Import(t.Context(), "test", []string{"../examples/achievements.jsonl"}, app.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	fams, err := a.Families(t.Context(), app.FamilyOptions{Encoder: enc})
	if err != nil {
		t.Fatal(err)
	}
	if len(fams) < 12 || len(fams) > 16 {
		t.Errorf("%d families", len(fams))
	}
	if !slices.ContainsFunc(fams, func(f family.Family) bool { return slices.Equal(f.IDs, []string{"A-SUG-09", "A-SUG-19"}) }) {
		t.Error("a known duplicate is not reported")
	}
}
