package app_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	samples "zhuanhua/examples"
	"zhuanhua/store"
)

// played are the example records and the example casework, as of a moment.
func played(t *testing.T, now time.Time) (*store.Store, *app.Desk) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := app.New(s).Desk(pack(t, "guangxi-2025-2027"))
	f, err := samples.Files.Open("casework.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// The records that the cases speak of are there before.
	for _, id := range []string{"A-SUG-01", "A-SUG-02"} {
		_, err := s.Record(store.At(t.Context(), now.AddDate(-1, 0, 0)), "test", zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Put(zhuanhua.Achievement{ID: id, Title: "示例"}, zhuanhua.Source{})}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Play(t.Context(), f, now); err != nil {
		t.Fatal(err)
	}
	return s, d
}

// TestPlay: the invented casework goes through on whatever day it is played, and something is in publicity then.
func TestPlay(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC), time.Date(2026, 2, 18, 16, 30, 0, 0, time.UTC), // a spring festival, half past midnight
		time.Date(2027, 10, 2, 23, 0, 0, 0, time.UTC),
	} {
		t.Run(now.Format(time.DateOnly), func(t *testing.T) {
			s, d := played(t, now)
			ctx := store.At(t.Context(), now)
			kinds, entries, cities := map[string]bool{}, 0, map[zhuanhua.Region]bool{}
			for _, r := range d.Plan().Registers {
				list, err := d.Register(ctx, "", r.ID, app.RegisterFilter{On: zhuanhua.DateOf(now.AddDate(0, 2, 0))})
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range list {
					kinds[r.ID], entries = true, entries+1
					if e.Region.Within("450000") {
						cities[e.Region.City()] = true
					}
				}
			}
			if len(kinds) < 12 || entries < 25 || len(cities) < 12 {
				t.Errorf("%d kinds, %d entries, %d cities", len(kinds), entries, len(cities))
			}
			notices, err := d.Notices(ctx)
			if err != nil {
				t.Fatal(err)
			}
			running, over := 0, 0
			for _, n := range notices {
				switch {
				case n.Running:
					running++
				case !n.Decision:
					over++
				}
			}
			if running != 3 || over < 1 {
				t.Errorf("%d publicities run, %d are over", running, over)
			}
			if b, err := d.Balance(ctx); err != nil || !slices.ContainsFunc(b, func(b store.Balance) bool { return b.Account == zhuanhua.Paid && b.Debit-b.Credit == 8_600_000 }) {
				t.Errorf("nothing was paid: %+v %v", b, err)
			}
			if p, err := s.Verify(ctx); err != nil || len(p.Findings) > 0 {
				t.Error(p, err)
			}
		})
	}
}
