package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhuanhua"
)

// TestIndexFollows: jobs run after changes, again after an error, and what they miss is told.
func TestIndexFollows(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var calls atomic.Int64
		done := make(chan error, 1)
		go func() {
			done <- s.Work(ctx, func(ctx context.Context) error {
				if calls.Add(1) == 1 {
					return errors.New("the encoder is not ready")
				}
				return indexAll(ctx, s)
			})
		}()
		waitIndexed(t, s)
		for i := range 5 {
			put(t, s, "", zhuanhua.Need{ID: fmt.Sprintf("N-%d", i), Title: "示例新"})
		}
		if _, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Delete(zhuanhua.NounAchievement, "A-1")}}); err != nil {
			t.Fatal(err)
		}
		waitIndexed(t, s)
		n := 0
		for x, err := range s.IndexedRows(t.Context(), "m") {
			if err != nil || x.RowHash == "" || x.ID == "A-1" {
				t.Errorf("%+v %v", x, err)
			}
			n++
		}
		if n != 6 {
			t.Errorf("%d records are indexed", n)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.ResetIndex(t.Context(), "m", true); err != nil {
			t.Error(err)
		}
		if st, err := s.IndexPending(t.Context(), "m", 4); err != nil || len(st) != 4 {
			t.Errorf("%v %v", st, err)
		}
		mustVerify(t, s)
	})
}

func indexAll(ctx context.Context, s *Store) error {
	stale, err := s.IndexPending(ctx, "m", 0)
	if err != nil {
		return err
	}
	var done []Indexed
	for _, x := range stale {
		done = append(done, Indexed{Noun: x.Noun, ID: x.ID, RowHash: x.RowHash, TextHash: "t", Model: "m"})
	}
	return s.MarkIndexed(ctx, done)
}

func waitIndexed(t *testing.T, s *Store) {
	t.Helper()
	for range 400 {
		if st, err := s.IndexPending(t.Context(), "m", 0); err != nil {
			t.Fatal(err)
		} else if len(st) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the index did not catch up")
}

// TestManyWriters: 16 goroutines write, others read and verify meanwhile.
func TestManyWriters(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		var wg sync.WaitGroup
		for g := range 16 {
			wg.Go(func() {
				for i := range 20 {
					r := killRecord(fmt.Sprintf("W-%d-%d", g, i))
					if _, err := s.Record(t.Context(), "writer", change("", r)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Go(func() {
			for range 3 {
				mustVerify(t, s)
				if err := s.Seal(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Wait()
		mustVerify(t, s)
		if i, err := s.Info(t.Context()); err != nil || i.Events != 320 || i.Records[zhuanhua.NounAchievement] != 320 {
			t.Errorf("%+v %v", i, err)
		}
	})
}

// TestVersionRace: of writers who saw the same version, one wins.
func TestVersionRace(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", zhuanhua.Need{ID: "N-1", Title: "示例"})
		var won, lost atomic.Int64
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				it := zhuanhua.Put(zhuanhua.Need{ID: "N-1", Title: fmt.Sprintf("示例 %d", g)}, zhuanhua.Source{})
				it.Version = 1
				_, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{it}})
				switch zhuanhua.KindOf(err) {
				case "":
					won.Add(1)
				case zhuanhua.KindConflict:
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 7 {
			t.Errorf("%d won, %d lost", won.Load(), lost.Load())
		}
	})
}

// TestRows narrows by each column, and pages.
func TestRows(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		put(t, s, "b2", zhuanhua.Achievement{ID: "A-3", Title: "100%_!'\\", TechField: "农业", Regions: zhuanhua.Geography{Source: "450102"}})
		for want, f := range map[string]Filter{
			"A-1 A-2 A-3": {},
			"A-1 A-3":     {Region: "450000"},
			"A-3":         {Title: "%_!'\\"},
			"A-2":         {Region: "440000"},
			"A-1":         {Field: "农业", Batch: "b1"},
			"A-2 A-3":     {After: "A-1"},
			"A-1 A-2":     {Limit: 2},
			"":            {IDs: []string{}},
			"A-1 ":        {IDs: []string{"A-1", "A-9"}},
		} {
			var ids []string
			for r, err := range s.Rows(t.Context(), zhuanhua.NounAchievement, f) {
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, r.ID)
			}
			if got := strings.Join(ids, " "); got != strings.TrimSpace(want) {
				t.Errorf("%+v: %s", f, got)
			}
		}
		for _, err := range s.Rows(t.Context(), zhuanhua.NounPerson, Filter{Title: "甲"}) {
			if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
				t.Error(err)
			}
		}
	})
}
