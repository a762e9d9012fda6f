package simulate_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// image is an entry of a register as the log has it: days as text.
type image struct {
	ID, Register, Organisation, Person string
	Values                             map[string]string
	Spans                              []struct{ From, To, State string }
	Grades                             []struct{ From, Grade string }
}

// images are the entries as the last event about each leaves them, read from the raw log.
func images(t *testing.T, s *store.Store) []image {
	t.Helper()
	last := map[string]image{}
	for e, err := range s.Events(t.Context(), store.EventFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		var p struct {
			Image json.RawMessage `json:"image"`
		}
		if err := json.Unmarshal([]byte(e.Payload), &p); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(e.Subject, string(zhuanhua.NounAccreditation)+"/") {
			continue
		}
		var x image
		if err := json.Unmarshal(p.Image, &x); err != nil {
			t.Fatal(err)
		}
		last[x.ID] = x
	}
	var out []image
	for _, x := range last {
		out = append(out, x)
	}
	return out
}

// state is the state on a day.
func (x image) state(day string) string {
	begun := ""
	for _, s := range x.Spans {
		if s.From <= day && (s.To == "" || day <= s.To) {
			return s.State
		}
		if s.From <= day {
			begun = "expired"
		}
	}
	return begun
}

// says reports whether the entry says on a day what a rule of counting asks.
func (x image) says(w *plan.CountWhere, day string) bool {
	if w == nil {
		return true
	}
	v := x.Values[w.Field.ID]
	if w.Field.ID == "grade" {
		v = ""
		for _, g := range x.Grades {
			if g.From <= day {
				v = g.Grade
			}
		}
	}
	return slices.ContainsFunc(w.Is, func(r plan.Ref) bool { return r.ID == v })
}

// recount goes through every day up to the one asked, and looks at every entry on each.
func recount(r *plan.Register, rule *plan.CountRule, from string, entries []image, on string) int {
	units := map[string]bool{}
	for _, x := range entries {
		if x.Register != r.ID || !slices.Contains(rule.States, x.state(on)) || !x.says(rule.Where, on) {
			continue
		}
		if first := x.first(rule, on); first == "" || first < from {
			continue
		}
		unit := map[string]string{"entry": x.ID, "organisation": x.Organisation, "person": x.Person}[rule.DistinctBy]
		if unit == "" {
			unit = x.ID
		}
		units[unit] = true
	}
	return len(units)
}

// first is the first day up to one on which the entry met a rule, "" none.
func (x image) first(rule *plan.CountRule, on string) string {
	for day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); ; day = day.AddDate(0, 0, 1) {
		d := day.Format(time.DateOnly)
		if d > on {
			return ""
		}
		s := x.state(d)
		if (s == "active" || rule.Mode == "stock" && slices.Contains(rule.States, s)) && x.says(rule.Where, d) {
			return d
		}
	}
}

// wanted is what a target has come to on a day; false where no register counts towards it.
func wanted(p *plan.Pack, target *plan.Target, entries []image, on string) (n int, ruled bool) {
	for _, r := range p.Registers {
		for _, rule := range r.Counts {
			if rule.Target.ID != target.ID {
				continue
			}
			from := rule.From
			if from.IsZero() && rule.Open == nil {
				from = target.Counts.From
			}
			after := ""
			if !from.IsZero() {
				after = from.String()
			}
			n, ruled = n+recount(r, rule, after, entries, on), true
		}
	}
	return n, ruled
}

// counted checks that what every target has come to on fifty random days is what the raw log says.
func counted(t *testing.T, s *store.Store, p *plan.Pack) {
	t.Helper()
	desk, entries := app.New(s).Desk(p), images(t, s)
	dice := rand.New(rand.NewPCG(1, uint64(len(entries))))
	begin := p.Valid.From
	nonzero := map[string]int{}
	for range 50 {
		day := time.Date(begin.Year, begin.Month, begin.Day, 0, 0, 0, 0, time.UTC).AddDate(0, 0, dice.IntN(1500))
		on, _ := zhuanhua.ParseDate(day.Format(time.DateOnly))
		for _, target := range p.Targets {
			want, ruled := wanted(p, target, entries, on.String())
			if !ruled {
				continue
			}
			c, err := desk.Count(store.At(t.Context(), time.Now()), "", target.ID, app.RegisterFilter{On: on})
			if err != nil || c.Value == nil || *c.Value != want || len(c.Records) != want {
				t.Fatalf("%s on %s: %+v %v, the log says %d", target.ID, on, c, err, want)
			}
			if want > 0 {
				nonzero[target.ID]++
			}
		}
	}
	if len(nonzero) == 0 {
		t.Error("nothing counts towards anything: the recount shows nothing")
	}
	t.Logf("%d entries; days on which something counts, of 50: %v", len(entries), nonzero)
}
