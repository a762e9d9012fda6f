package simulate_test

import (
	"encoding/json"
	"errors"
	"fmt"
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
	_, first := run(t, p, store.Options{}, 6, 7)
	_, other := run(t, p, store.Options{}, 6, 8)
	if first.Sum == other.Sum {
		t.Errorf("seeds 7 and 8 give %.12s", first.Sum)
	}
	t.Run("postgres", func(t *testing.T) {
		s, there := run(t, p, store.Options{URL: pgtest.Database(t)}, 6, 7)
		if there.Sum != first.Sum {
			t.Errorf("PostgreSQL gives %.12s, SQLite %.12s", there.Sum, first.Sum)
		}
		sound(t, s, p, there)
	})
}

// TestSimulate: whatever the seed, every workflow of a plan is visited and at least half of the cases come to an end;
// the log, the ledger, the cases and the counts of targets agree; and the same seed makes the same log again, persons included.
// ZHUANHUA_SIMULATE says how many cases; 300 is the full form, with five seeds. The stories simulate the large plan
// twice, with the built program.
func TestSimulate(t *testing.T) {
	for _, x := range []struct {
		plan  string
		cases int
		again bool
	}{{"example-region", 8, true}, {"guangxi-2025-2027", 32, false}} {
		seeds := []uint64{1}
		if n, err := strconv.Atoi(os.Getenv("ZHUANHUA_SIMULATE")); err == nil {
			x.cases, x.again, seeds = n, true, []uint64{1, 2, 3, 4, 5}
		}
		p := pack(t, x.plan)
		sums := map[string]uint64{}
		for _, seed := range seeds {
			t.Run(fmt.Sprint(x.plan, "/", seed), func(t *testing.T) {
				s, r := run(t, p, store.Options{}, x.cases, seed)
				visited(t, p, r, x.cases)
				sound(t, s, p, r)
				marked(t, s)
				counted(t, s, p)
				if other, ok := sums[r.Sum]; ok {
					t.Errorf("seeds %d and %d make the same log", other, seed)
				}
				sums[r.Sum] = seed
				if seed > 1 || !x.again {
					return
				}
				if _, again := run(t, p, store.Options{}, x.cases, seed); again.Sum != r.Sum {
					t.Errorf("seed %d gives %.12s and then %.12s", seed, r.Sum, again.Sum)
				}
			})
		}
	}
}

// visited checks that a simulation went through every workflow of the plan.
func visited(t *testing.T, p *plan.Pack, r simulate.Result, cases int) {
	t.Helper()
	if r.Cases != cases || 2*r.Finished < r.Cases || r.PaidFen == 0 || !strings.Contains(r.Example, "示例") || len(r.Workflows) != len(p.Workflows) {
		t.Errorf("%d cases of %d, %d finished, %d fen paid, %d workflows of %d, %q", r.Cases, cases, r.Finished, r.PaidFen, len(r.Workflows), len(p.Workflows), r.Example)
	}
	for _, w := range r.Workflows {
		t.Logf("%s: %d cases, %d finished, %d steps, %d fen; %v", w.Workflow, w.Cases, w.Finished, w.Events, w.PaidFen, slices.Sorted(maps.Keys(w.Ended)))
		if w.Cases == 0 || len(w.States) < 2 || w.Events < 2*w.Cases {
			t.Errorf("%s was hardly visited: %+v", w.Workflow, w)
		}
	}
}

// marked checks that everything says of itself that it is invented.
func marked(t *testing.T, s *store.Store) {
	t.Helper()
	n := 0
	for _, noun := range zhuanhua.Nouns() {
		for row, err := range s.Rows(t.Context(), noun, store.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			var r struct{ Name, Title string }
			if err := json.Unmarshal([]byte(row.Image), &r); err != nil {
				t.Fatal(noun, err)
			}
			for _, text := range []string{r.Name, r.Title} {
				if n++; text != "" && !strings.HasPrefix(text, "示例") {
					t.Errorf("%s %s is not marked as invented: %q", noun, row.ID, text)
				}
			}
		}
	}
	if n == 0 {
		t.Error("there is nothing")
	}
	for row, err := range s.Rows(t.Context(), zhuanhua.NounAccreditation, store.Filter{}) {
		e, err2 := store.As[zhuanhua.Accreditation](row)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		for _, name := range e.Names {
			if !strings.HasPrefix(name.Name, "示例") {
				t.Errorf("%s is not marked as invented: %q", e.ID, name.Name)
			}
		}
	}
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
		if !strings.HasPrefix(c.User, "sim-") {
			t.Errorf("%s was begun by %s", c.ID, c.User)
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
	if _, err := simulate.Run(t.Context(), s, p, simulate.Options{Cases: 2, Seed: 2}); zhuanhua.KindOf(err) != zhuanhua.KindInternal {
		t.Error("records opened for seed 1 serve for seed 2:", err)
	}
	if _, err := simulate.Run(t.Context(), s, p, simulate.Options{Cases: 2, Seed: 1}); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		t.Error(err)
	}
	bare := *p
	bare.Workflows = nil
	if _, err := simulate.Run(t.Context(), s, &bare, simulate.Options{Cases: 2}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
}
