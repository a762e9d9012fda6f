package simulate_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/app/simulate"
	"zhuanhua/intake"
	"zhuanhua/internal/pgtest"
	"zhuanhua/plan"
	"zhuanhua/plans"
	"zhuanhua/store"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pgtest.Stop()
	os.Exit(code)
}

type table struct{}

func (table) RegionName(r zhuanhua.Region) string          { return intake.RegionName(r) }
func (table) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

func pack(t *testing.T, id string) *plan.Pack {
	t.Helper()
	files, err := fs.Sub(plans.Files, id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Load(files, id, plan.Options{Regions: table{}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, p *plan.Pack, o store.Options, cases int, seed uint64) (*store.Store, simulate.Result) {
	t.Helper()
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "data")
	}
	s, err := simulate.Open(t.Context(), o, seed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r, err := simulate.Run(t.Context(), s, p, simulate.Options{Cases: cases, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

// TestSameSeed: the same seed makes the same dump, on either database; another seed makes another.
func TestSameSeed(t *testing.T) {
	p := pack(t, "example-region")
	_, first := run(t, p, store.Options{}, 10, 7)
	_, again := run(t, p, store.Options{}, 10, 7)
	_, other := run(t, p, store.Options{}, 10, 8)
	if first.Sum != again.Sum || first.Sum == other.Sum {
		t.Errorf("seed 7 gives %.12s and %.12s, seed 8 %.12s", first.Sum, again.Sum, other.Sum)
	}
	t.Run("postgres", func(t *testing.T) {
		s, there := run(t, p, store.Options{URL: pgtest.Database(t)}, 10, 7)
		if there.Sum != first.Sum {
			t.Errorf("PostgreSQL gives %.12s, SQLite %.12s", there.Sum, first.Sum)
		}
		sound(t, s, p, there)
	})
}

// TestSimulate: every workflow is visited, at least half of the cases come to an end, and the log, the
// ledger and the cases agree. ZHUANHUA_SIMULATE says how many cases; 300 is the full form.
func TestSimulate(t *testing.T) {
	cases := 24
	if n, err := strconv.Atoi(os.Getenv("ZHUANHUA_SIMULATE")); err == nil {
		cases = n
	}
	if testing.Short() {
		cases = 20
	}
	p := pack(t, "guangxi-2025-2027")
	s, r := run(t, p, store.Options{}, cases, 1)
	if r.Cases != cases || 2*r.Finished < r.Cases || r.PaidFen == 0 || !strings.Contains(r.Example, "示例") {
		t.Errorf("%+v", r)
	}
	entered := 0
	for _, w := range r.Workflows {
		t.Logf("%s: %d cases, %d finished, %d steps, %d fen; %v", w.Workflow, w.Cases, w.Finished, w.Events, w.PaidFen, slices.Sorted(maps.Keys(w.Ended)))
		// Of registers some need persons, whom a simulation does not keep, and some an entry that is there already.
		if registers := len(p.RegistersOf(w.Workflow)) > 0; registers {
			entered += w.Ended["accredited"] + w.Ended["filed"] + w.Ended["listed"]
			continue
		}
		if w.Cases == 0 || len(w.States) < 3 || w.Events < 2*w.Cases {
			t.Errorf("%s was hardly visited: %+v", w.Workflow, w)
		}
	}
	if entered == 0 {
		t.Error("nothing came into any register")
	}
	sound(t, s, p, r)
}

// sound checks what a simulation left: the log replays to the same rows, a copy has the same dump, and
// ledger, budgets and tranches agree.
func sound(t *testing.T, s *store.Store, p *plan.Pack, r simulate.Result) {
	t.Helper()
	v, err := s.Verify(t.Context())
	if err != nil || len(v.Findings) > 0 {
		t.Fatalf("%+v %v", v.Findings, err)
	}
	list, err := app.New(s).Desk(p).Balance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var debit, credit, paid int64
	for _, b := range list {
		debit, credit = debit+b.Debit, credit+b.Credit
		if b.Account == zhuanhua.Paid {
			paid += b.Debit
		}
	}
	if debit != credit || paid != r.PaidFen {
		t.Errorf("debits %d, credits %d; paid %d, the simulation says %d", debit, credit, paid, r.PaidFen)
	}
	var tranches int64
	for row, err := range s.Rows(t.Context(), zhuanhua.NounCase, store.Filter{}) {
		c, err2 := store.As[zhuanhua.Case](row)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		for _, x := range c.Tranches {
			if x.State == "paid" || x.State == "claimed_back" || x.State == "recovered" {
				tranches += int64(x.Amount)
			}
		}
		if !strings.HasPrefix(c.Title, "示例") || !strings.HasPrefix(c.User, "sim-") {
			t.Errorf("%s is not marked as invented: %s by %s", c.ID, c.Title, c.User)
		}
	}
	if tranches != paid {
		t.Errorf("the cases say %d was paid, the ledger %d", tranches, paid)
	}
}

// TestNotTwice: a simulation keeps away from records that are there.
func TestNotTwice(t *testing.T) {
	p := pack(t, "example-region")
	s, _ := run(t, p, store.Options{}, 2, 1)
	if _, err := simulate.Run(t.Context(), s, p, simulate.Options{Cases: 2, Seed: 1}); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		t.Error(err)
	}
	bare := *p
	bare.Workflows = nil
	if _, err := simulate.Run(t.Context(), s, &bare, simulate.Options{Cases: 2}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
}
