package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhuanhua"
)

// TestRecord goes through the life of records: made, changed, unchanged, deleted, read back.
func TestRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		r := put(t, s, "b1", sample()...)
		if r.Created != 7 || r.First != 1 || r.Last != 7 {
			t.Fatalf("first import: %+v", r)
		}
		if r := put(t, s, "b2", sample()...); r.Unchanged != 7 || r.First != 0 {
			t.Fatalf("the same import again: %+v", r)
		}
		a := sample()[0].(zhuanhua.Achievement)
		a.Title = "示例成果甲 改"
		if r := put(t, s, "b3", a, sample()[1]); r.Changed != 1 || r.Unchanged != 1 || r.Last != 8 {
			t.Fatalf("one changed: %+v", r)
		}
		row, err := s.Get(t.Context(), zhuanhua.NounAchievement, "A-1")
		if err != nil || row.Version != 2 || row.Batch != "b3" || row.Source.File != "示例.xlsx" {
			t.Fatalf("%+v %v", row, err)
		}
		if got, err := As[zhuanhua.Achievement](row); err != nil || got.Title != a.Title || got.Abstract != a.Abstract || *got.Price != *a.Price || got.Rights[0] != a.Rights[0] {
			t.Errorf("%+v %v", got, err)
		}
		p, err := s.Get(t.Context(), zhuanhua.NounPerson, "P-1")
		if got, _ := As[zhuanhua.Person](p); err != nil || got.Name != "示例完成人甲" || p.Source.Row != 5 {
			t.Errorf("%+v %v", p, err)
		}
		if _, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Delete(zhuanhua.NounNeed, "N-1")}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), zhuanhua.NounNeed, "N-1"); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
			t.Errorf("a deleted need is there: %v", err)
		}
		mustVerify(t, s)
		before := dumpOf(t, s)
		shut(t, s)
		s = open(t, o)
		if dumpOf(t, s) != before {
			t.Error("the dump differs after opening again")
		}
		mustVerify(t, s)
	})
}

// TestRefused: what cannot be recorded leaves nothing behind.
func TestRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		before := dumpOf(t, s)
		good := zhuanhua.Put(zhuanhua.Need{ID: "N-9", Title: "示例"}, zhuanhua.Source{})
		for name, c := range map[string]struct {
			item zhuanhua.Item
			kind zhuanhua.Kind
		}{
			"an old version":    {zhuanhua.Item{Noun: zhuanhua.NounNeed, ID: "N-1", Image: `{"id":"N-1","title":"x"}`, Version: 7}, zhuanhua.KindConflict},
			"new, but there":    {zhuanhua.Item{Noun: zhuanhua.NounNeed, ID: "N-1", Image: `{"id":"N-1","title":"x"}`, Version: zhuanhua.NewOnly}, zhuanhua.KindConflict},
			"no id":             {zhuanhua.Item{Noun: zhuanhua.NounNeed, Image: `{"title":"x"}`}, zhuanhua.KindInvalid},
			"another's id":      {zhuanhua.Item{Noun: zhuanhua.NounNeed, ID: "N-1", Image: `{"id":"N-2"}`}, zhuanhua.KindInvalid},
			"no JSON":           {zhuanhua.Item{Noun: zhuanhua.NounNeed, ID: "N-1", Image: `{`}, zhuanhua.KindInvalid},
			"no need":           {zhuanhua.Item{Noun: zhuanhua.NounNeed, ID: "N-1", Image: `{"id":"N-1","title":4}`}, zhuanhua.KindInvalid},
			"an unknown noun":   {zhuanhua.Item{Noun: "house", ID: "H-1", Image: `{"id":"H-1"}`}, zhuanhua.KindInvalid},
			"a line in the id":  {zhuanhua.Item{Noun: zhuanhua.NounNeed, ID: "N\n1", Image: `{"id":"N\n1"}`}, zhuanhua.KindInvalid},
			"an image of a job": {zhuanhua.Item{Noun: zhuanhua.NounPerson, ID: "P-1", Image: `[]`}, zhuanhua.KindInvalid},
		} {
			_, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{good, c.item}})
			if zhuanhua.KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Record(t.Context(), "", zhuanhua.Change{Items: []zhuanhua.Item{good}}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("nobody: %v", err)
		}
		if dumpOf(t, s) != before {
			t.Error("something was written")
		}
	})
}

// TestSecondWriter is told who is first; a reader beside it works.
func TestSecondWriter(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		other := o
		if o.URL != "" {
			other.Dir = t.TempDir() // another machine's directory on the same database
		}
		_, err := Open(t.Context(), other)
		if zhuanhua.KindOf(err) != zhuanhua.KindConflict || !strings.Contains(err.Error(), "is writing these records already") {
			t.Fatalf("second writer: %v", err)
		}
		t.Log(err)
		ro := o
		ro.ReadOnly = true
		r := open(t, ro)
		if row, err := r.Get(t.Context(), zhuanhua.NounAchievement, "A-1"); err != nil || row.Version != 1 {
			t.Errorf("%+v %v", row, err)
		}
		mustVerify(t, r)
		if _, err := r.Record(t.Context(), "test", change("b2", sample()...)); zhuanhua.KindOf(err) != zhuanhua.KindForbidden {
			t.Errorf("a reader wrote: %v", err)
		}
	})
}

// TestLostLock: a writer whose PostgreSQL connections were cut takes its lock again.
func TestLostLock(t *testing.T) {
	o := Options{Dir: filepath.Join(t.TempDir(), "data"), URL: newDatabase(t)}
	s := open(t, o)
	put(t, s, "b1", sample()...)
	pid := s.db.(*postgresDB).lock.Conn().PgConn().PID()
	if _, err := s.db.reader().Exec("SELECT pg_terminate_backend(?)", pid); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	put(t, s, "b2", zhuanhua.Need{ID: "N-2", Title: "示例"})
	_, err := Open(t.Context(), Options{Dir: t.TempDir(), URL: o.URL})
	if zhuanhua.KindOf(err) != zhuanhua.KindConflict || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("%v", err)
	}
	mustVerify(t, s)
}

// TestLastCommitOfTheKilled: whoever opens the records of a writer that was killed while it committed waits
// until PostgreSQL has carried that out; files whose event is on its way would be taken for orphans otherwise.
func TestLastCommitOfTheKilled(t *testing.T) {
	o := Options{Dir: filepath.Join(t.TempDir(), "data"), URL: newDatabase(t)}
	s := open(t, o)
	put(t, s, "b1", sample()...)
	a := Attachment{SHA256: strings.Repeat("0", 64)}
	waiting := filepath.Join(o.Dir, attachmentsDir, waitingDir)
	if err := errors.Join(os.MkdirAll(waiting, 0o700), os.WriteFile(filepath.Join(waiting, a.SHA256), []byte("示例"), 0o600)); err != nil {
		t.Fatal(err)
	}
	last, err := s.db.begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := last.ExecContext(t.Context(), "INSERT INTO attachments VALUES (?, '示例.txt', 'text/plain', 6, '', 1)", a.SHA256); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.reader().Exec("SELECT pg_terminate_backend(?)", s.db.(*postgresDB).lock.Conn().PgConn().PID()); err != nil {
		t.Fatal(err)
	}
	s.unlock()
	opened := make(chan error, 1)
	go func() {
		next, err := Open(context.Background(), o)
		if err == nil {
			err = next.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		t.Fatalf("opened while the last writer was still committing: %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	if err := last.commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, attachmentsDir, a.place())); err != nil {
		t.Errorf("a file that was committed is gone: %v", err)
	}
}

// TestBackupBeside: a reader backs up while a writer writes.
func TestBackupBeside(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		ro := o
		ro.ReadOnly = true
		r := open(t, ro)
		var wg sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				put(t, s, "", zhuanhua.Need{ID: fmt.Sprintf("N-%d", i), Title: "示例"})
				if i%7 == 0 {
					if err := s.Seal(t.Context()); err != nil {
						t.Error(err)
					}
					if _, err := s.Attach(t.Context(), "test", "示例.txt", strings.NewReader(fmt.Sprint("示例", i))); err != nil {
						t.Error(err)
					}
				}
			}
		})
		for i := range 5 {
			file := filepath.Join(t.TempDir(), fmt.Sprint(i))
			if err := r.Backup(t.Context(), file, quick); err != nil {
				t.Error(err)
				continue
			}
			if err := Restore(t.Context(), file, Key{Passphrase: quick.Passphrase}, Options{Dir: filepath.Join(t.TempDir(), "data")}); err != nil {
				t.Error(err)
			}
		}
		stop()
		wg.Wait()
	})
}
