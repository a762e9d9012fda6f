package store

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhuanhua"
)

// TestForget: personal fields stand nowhere in plain text, and cannot be read after Forget.
func TestForget(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		source := zhuanhua.Source{File: "示例.csv", Row: 1, Cells: []zhuanhua.Cell{{Column: "姓名", Noun: "name", Raw: "示例完成人甲"}}}
		item := zhuanhua.Put(zhuanhua.Person{ID: "P-3", Name: "示例完成人甲", Contact: "示例电话"}, source)
		if _, err := s.Record(t.Context(), "test", zhuanhua.Change{Batch: "b2", Items: []zhuanhua.Item{item}}); err != nil {
			t.Fatal(err)
		}
		secrets := []string{"示例完成人甲", "示例教授", "示例电话"}
		noPlainText(t, s, secrets)
		if row, err := s.Get(t.Context(), zhuanhua.NounPerson, "P-3"); err != nil || row.Source.Cells[0].Raw != "示例完成人甲" {
			t.Fatalf("%+v %v", row, err)
		}
		for range 2 { // the second time changes nothing
			if err := s.Forget(t.Context(), "test", "P-3", "应本人要求"); err != nil {
				t.Fatal(err)
			}
		}
		row, err := s.Get(t.Context(), zhuanhua.NounPerson, "P-3")
		if p, _ := As[zhuanhua.Person](row); err != nil || !row.Forgotten || p.Name != "已删除" || p.Contact != "" || len(row.Source.Cells) != 0 {
			t.Errorf("%+v %v", row, err)
		}
		if _, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{item}}); zhuanhua.KindOf(err) != zhuanhua.KindForbidden {
			t.Errorf("a forgotten person came back: %v", err)
		}
		if err := s.Forget(t.Context(), "test", "P-9", ""); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
			t.Errorf("an unknown person: %v", err)
		}
		var wrapped string
		if err := s.db.reader().QueryRow("SELECT wrapped FROM person_keys WHERE person_id = 'P-3'").Scan(&wrapped); err != nil || wrapped != "" {
			t.Errorf("the key is there: %q %v", wrapped, err)
		}
		mustVerify(t, s)
		if i, err := s.Info(t.Context()); err != nil || i.Forgotten != 1 || i.Events != 9 || i.SealKey == "" {
			t.Errorf("%+v %v", i, err)
		}
		shut(t, s)
		noFileHolds(t, o.Dir, secrets)
	})
}

func noPlainText(t *testing.T, s *Store, secrets []string) {
	t.Helper()
	var log strings.Builder
	for e, err := range s.Events(t.Context(), EventFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		log.WriteString(e.Payload)
	}
	for _, secret := range secrets {
		if strings.Contains(log.String(), secret) || strings.Contains(dumpOf(t, s), secret) {
			t.Errorf("%s stands in the log or the dump", secret)
		}
	}
	noFileHolds(t, s.o.Dir, secrets)
}

func noFileHolds(t *testing.T, dir string, secrets []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, secret := range secrets {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s stands in %s", secret, path)
			}
		}
		if i, _ := d.Info(); i.Mode().Perm()&0o077 != 0 && !strings.HasSuffix(path, "-shm") && !strings.HasSuffix(path, "-wal") {
			t.Errorf("%s has mode %v", path, i.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestUndo restores what was before a batch, and refuses what was changed since.
func TestUndo(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		images := imagesOf(t, s)
		a, p := sample()[0].(zhuanhua.Achievement), sample()[4].(zhuanhua.Person)
		a.Title, p.Name = "示例成果甲 改", "示例完成人丙"
		c := change("b2", a, p, zhuanhua.Organisation{ID: "O-2", Name: "示例新机构"})
		c.Items = append(c.Items, zhuanhua.Delete(zhuanhua.NounNeed, "N-1"))
		if _, err := s.Record(t.Context(), "test", c); err != nil {
			t.Fatal(err)
		}
		r, err := s.Undo(t.Context(), "test", "b2", "错表")
		if err != nil || r.Changed != 2 || r.Deleted != 1 || r.Created != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		if got := imagesOf(t, s); got != images {
			t.Errorf("after undoing:\n%s\nbefore:\n%s", got, images)
		}
		if _, err := s.Undo(t.Context(), "test", "b2", ""); zhuanhua.KindOf(err) != zhuanhua.KindConflict || !strings.Contains(err.Error(), r.Batch) {
			t.Errorf("twice: %v", err)
		}
		if _, err := s.Undo(t.Context(), "test", "b1", ""); zhuanhua.KindOf(err) != zhuanhua.KindConflict || !strings.Contains(err.Error(), "achievement/A-1") {
			t.Errorf("changed since: %v", err)
		}
		if _, err := s.Undo(t.Context(), "test", "none", ""); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
			t.Errorf("unknown: %v", err)
		}
		bs, err := s.Batches(t.Context(), 0)
		if err != nil || len(bs) != 3 || bs[0].ID != r.Batch || bs[1].UndoneBy != r.Batch || bs[2].Events != 7 || bs[0].Reason != "错表" {
			t.Errorf("%+v %v", bs, err)
		}
		mustVerify(t, s)
	})
}

func imagesOf(t *testing.T, s *Store) string {
	var b strings.Builder
	for _, n := range zhuanhua.Nouns() {
		for r, err := range s.Rows(t.Context(), n, Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(r.Image + "\n")
		}
	}
	return b.String()
}
