package store

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
)

// casework is one record of each noun of casework, all invented.
func casework() []zhuanhua.Record {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	day := func(d int) zhuanhua.Date { return zhuanhua.Date{Year: 2026, Month: 3, Day: d} }
	return []zhuanhua.Record{
		zhuanhua.User{ID: "u-1", Name: "示例用户", Organisation: "O-1", Roles: []zhuanhua.Grant{{Role: zhuanhua.RoleEnterprise}}},
		zhuanhua.Case{ID: "s-2026-1", Workflow: "subsidy", Rule: "R01", Title: "示例办件", Organisation: "O-1", User: "u-1", State: "submitted", Opened: at, Steps: 1,
			Reviews: []zhuanhua.Review{{Expert: "e-1", At: at}, {Expert: "e-2"}},
			Clocks:  []zhuanhua.CaseClock{{ID: "a", Due: day(3), Stopped: true}, {ID: "b", Due: day(9)}, {ID: "c", Due: day(30)}, {ID: "d", Due: day(2), Over: true}}},
		zhuanhua.Step{ID: "s-2026-1#001", Case: "s-2026-1", N: 1, Action: "submit", By: "u-1", At: at, To: "submitted"},
		zhuanhua.Entry{ID: "L-2026-1", At: at, Unit: zhuanhua.UnitCNY, Amount: 500, Debit: zhuanhua.Available, Credit: zhuanhua.Appropriation, Programme: "R01", Year: 2026, By: "u-1"},
		zhuanhua.Entry{ID: "s-2026-1#001/1", At: at, Unit: zhuanhua.UnitCNY, Amount: 300, Debit: zhuanhua.Committed, Credit: zhuanhua.Available, Programme: "R01", Year: 2026,
			Organisation: "O-1", Case: "s-2026-1", By: "u-1"},
		zhuanhua.Budget{ID: "R01/2026/CNY", Programme: "R01", Year: 2026, Unit: zhuanhua.UnitCNY, Balance: map[zhuanhua.Account]int64{zhuanhua.Available: 200}},
		zhuanhua.Claim{ID: "R01/contract/1", Rule: "R01", Base: "contract/1", Case: "s-2026-1", Organisation: "O-1"},
		zhuanhua.Payment{ID: "P-2026-0001", Lines: []zhuanhua.PaymentLine{{N: 1, Case: "s-2026-1", Amount: 300, State: "ordered"}}},
		zhuanhua.Setting{ID: "clock", Value: "rehearsal"},
	}
}

// TestCasework: each noun is kept, found by its columns, verified, and carried by a backup into the
// other database with the same dump.
func TestCasework(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", append(sample(), casework()...)...)
		mustVerify(t, s)
		for _, c := range []struct {
			noun zhuanhua.Noun
			is   map[string]any
			want string
		}{
			{zhuanhua.NounUser, map[string]any{"organisation": "O-1"}, "u-1"},
			{zhuanhua.NounCase, map[string]any{"workflow": "subsidy", "state": "submitted", "closed": 0}, "s-2026-1"},
			{zhuanhua.NounCase, map[string]any{"rule": "R02"}, ""},
			{zhuanhua.NounCase, map[string]any{"reviewing": 1, "due": "2026-03-09"}, "s-2026-1"},
			{zhuanhua.NounCase, map[string]any{"outcome": "granted"}, ""},
			{zhuanhua.NounStep, map[string]any{"case_id": "s-2026-1"}, "s-2026-1#001"},
			{zhuanhua.NounEntry, map[string]any{"programme": "R01", "year": 2026}, "L-2026-1 s-2026-1#001/1"},
			{zhuanhua.NounEntry, map[string]any{"debit": "committed", "amount": 300}, "s-2026-1#001/1"},
			{zhuanhua.NounBudget, map[string]any{"unit": "CNY"}, "R01/2026/CNY"},
			{zhuanhua.NounClaim, map[string]any{"base": "contract/1", "released": 0}, "R01/contract/1"},
			{zhuanhua.NounPayment, map[string]any{"exported": 0}, "P-2026-0001"},
			{zhuanhua.NounSetting, nil, "clock"},
		} {
			if got := strings.Join(idsOf(t, s, c.noun, Filter{Is: c.is}), " "); got != c.want {
				t.Errorf("%s %v: %q, not %q", c.noun, c.is, got, c.want)
			}
		}
		for before, want := range map[string]int{"2026-03-09": 0, "2026-03-10": 1} {
			if got := idsOf(t, s, zhuanhua.NounCase, Filter{Below: map[string]any{"due": before}}); len(got) != want {
				t.Errorf("due before %s: %v", before, got)
			}
		}
		for _, err := range s.Rows(t.Context(), zhuanhua.NounSetting, Filter{Is: map[string]any{"id; DROP TABLE cases": 1}}) {
			if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
				t.Errorf("an unknown column: %v", err)
			}
		}
		file := filepath.Join(t.TempDir(), "all")
		if err := s.Backup(t.Context(), file, quick); err != nil {
			t.Fatal(err)
		}
		into := Options{Dir: filepath.Join(t.TempDir(), "data")}
		if o.URL == "" {
			into.URL = newDatabase(t)
		}
		if err := Restore(t.Context(), file, Key{Passphrase: quick.Passphrase}, into); err != nil {
			t.Fatal(err)
		}
		again := open(t, into)
		mustVerify(t, again)
		if dumpOf(t, again) != dumpOf(t, s) {
			t.Error("the dumps differ")
		}
	})
}

func idsOf(t *testing.T, s *Store, noun zhuanhua.Noun, f Filter) []string {
	t.Helper()
	var ids []string
	for r, err := range s.Rows(t.Context(), noun, f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

// TestFixed: a step and an entry have one image for ever, whoever writes the next and with what version.
func TestFixed(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", casework()...)
		before := dumpOf(t, s)
		step := casework()[2].(zhuanhua.Step)
		step.Note = "示例改写"
		entry := casework()[3].(zhuanhua.Entry)
		entry.Amount++
		with := func(r zhuanhua.Record, version int64) zhuanhua.Item {
			it := zhuanhua.Put(r, zhuanhua.Source{})
			it.Version = version
			return it
		}
		for name, c := range map[string]struct {
			item zhuanhua.Item
			kind zhuanhua.Kind
		}{
			"a second image of a step":      {with(step, zhuanhua.AnyVersion), zhuanhua.KindForbidden},
			"on its version":                {with(step, 1), zhuanhua.KindForbidden},
			"as a new one":                  {with(step, zhuanhua.NewOnly), zhuanhua.KindConflict},
			"a second image of an entry":    {with(entry, zhuanhua.AnyVersion), zhuanhua.KindForbidden},
			"a step deleted":                {zhuanhua.Delete(zhuanhua.NounStep, step.ID), zhuanhua.KindForbidden},
			"an entry deleted":              {zhuanhua.Delete(zhuanhua.NounEntry, entry.ID), zhuanhua.KindForbidden},
			"a step deleted that never was": {zhuanhua.Delete(zhuanhua.NounStep, "x#001"), zhuanhua.KindForbidden},
		} {
			good := zhuanhua.Put(zhuanhua.Setting{ID: "示例", Value: "1"}, zhuanhua.Source{})
			_, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{good, c.item}})
			if zhuanhua.KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		twice := zhuanhua.Change{Items: []zhuanhua.Item{
			zhuanhua.Put(zhuanhua.Step{ID: "s-2026-1#002", Note: "一"}, zhuanhua.Source{}), zhuanhua.Put(zhuanhua.Step{ID: "s-2026-1#002", Note: "二"}, zhuanhua.Source{})}}
		if _, err := s.Record(t.Context(), "test", twice); zhuanhua.KindOf(err) != zhuanhua.KindForbidden {
			t.Errorf("two images in one change: %v", err)
		}
		if dumpOf(t, s) != before {
			t.Error("something was written")
		}
	})
}

// TestUndoCasework: no batch with casework in it is undone, also where a catalogue record stands first.
func TestUndoCasework(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		for i, r := range casework() {
			batch := "b" + string(rune('a'+i))
			put(t, s, batch, zhuanhua.Need{ID: "N-" + batch, Title: "示例"}, r)
			_, err := s.Undo(t.Context(), "test", batch, "")
			if zhuanhua.KindOf(err) != zhuanhua.KindForbidden || !strings.Contains(err.Error(), r.Key()) {
				t.Errorf("%s: %v", r.Noun(), err)
			}
		}
	})
}

// TestBalances: every entry stands on two accounts, and both sides sum to the same.
func TestBalances(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", casework()...)
		got := map[string]int64{}
		var debit, credit int64
		for b, err := range s.Balances(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got[string(b.Account)+"/"+b.Organisation] = b.Debit - b.Credit
			debit, credit = debit+b.Debit, credit+b.Credit
		}
		want := map[string]int64{"available/": 500, "appropriation/": -500, "committed/O-1": 300, "available/O-1": -300}
		if !maps.Equal(got, want) || debit != 800 || credit != 800 {
			t.Errorf("%v, debit %d, credit %d", got, debit, credit)
		}
	})
}

// TestRehearsedTime: what is recorded under a time has it, and time does not run backwards.
func TestRehearsedTime(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		day := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
		record := func(id string, at time.Time) error {
			_, err := s.Record(At(t.Context(), at), "test", change("", zhuanhua.Need{ID: id, Title: "示例"}))
			return err
		}
		for i, d := range []time.Duration{0, 0, time.Hour} {
			if err := record(string(rune('a'+i)), day.Add(d)); err != nil {
				t.Fatal(err)
			}
		}
		if err := record("d", day); zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), "backwards") {
			t.Errorf("an earlier time: %v", err)
		}
		var times []string
		for e, err := range s.Events(t.Context(), EventFilter{}) {
			if err != nil {
				t.Fatal(err)
			}
			times = append(times, e.At.Format("15:04"))
		}
		if want := []string{"01:00", "01:00", "02:00"}; !slices.Equal(times, want) {
			t.Error(times)
		}
		mustVerify(t, s)
	})
}
