package flow_test

import (
	"fmt"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

// registers is the part of the world that holds entries of registers.
type registers struct {
	places map[string]*zhuanhua.Accreditation
	ids    int
}

// gatherEntries gathers what Gather names of registers, and nothing else.
func (w *world) gatherEntries(s *flow.Situation, n flow.Needs) {
	seen := func(e *zhuanhua.Accreditation) flow.EntrySeen {
		return flow.EntrySeen{Accreditation: *e, Version: w.version(zhuanhua.NounAccreditation, e.ID)}
	}
	if e := w.places[n.Entry]; e != nil {
		x := seen(e)
		s.Entry = &x
	}
	for id, e := range w.places {
		alike := slices.ContainsFunc(n.Alike, func(a flow.Alike) bool {
			v := map[string]string{"organisation": e.Organisation, "person": e.Person, "": ""}[a.Column]
			return a.Register == e.Register && v == a.Value
		})
		if alike || slices.Contains(n.Entries, id) {
			s.Entries = append(s.Entries, seen(e))
		}
	}
	slices.SortFunc(s.Entries, func(a, b flow.EntrySeen) int { return strings.Compare(a.ID, b.ID) })
	s.Persons = map[string]bool{}
	for _, p := range n.Persons {
		s.Persons[p] = true
	}
	if n.NewEntry != "" && n.Entry == "" {
		w.ids++
		s.EntryID = fmt.Sprintf("%s-2026-%04d", n.NewEntry, w.ids)
	}
}

// place puts an active entry into the world.
func (w *world) place(register, organisation string) *zhuanhua.Accreditation {
	w.ids++
	from := zhuanhua.DateOf(w.now.AddDate(0, -6, 0))
	e := zhuanhua.Accreditation{ID: fmt.Sprintf("%s-2026-%04d", register, w.ids), Register: register, Organisation: organisation, Region: "450100", Values: map[string]string{}, Cases: []string{"finished"},
		Names: []zhuanhua.Name{{Name: fmt.Sprintf("示例条目%d", w.ids), From: from}},
		Spans: []zhuanhua.Span{{Period: zhuanhua.Period{From: from, To: zhuanhua.DateOf(w.now.AddDate(2, 0, 0))}, State: zhuanhua.EntryActive, Case: "finished"}}}
	w.put(e)
	w.places[e.ID] = &e
	return &e
}

// registered gives a beginning the register or the entry that its workflow asks for: mostly one of who begins, at times
// another's.
func (x *walker) registered(by string, b *flow.Beginning) {
	of := x.p.RegistersOf(x.flow.ID)
	if len(of) == 0 {
		return
	}
	r := of[x.dice.IntN(len(of))]
	if r.Enters.ID == x.flow.ID {
		b.Register = r.ID
		return
	}
	holder := "示例企业-" + string("abcd"[x.dice.IntN(4)])
	if u := x.world.users[by]; x.dice.IntN(4) > 0 && !u.Has(zhuanhua.RoleOfficer, zhuanhua.DateOf(x.now)) {
		holder = u.Organisation
	}
	e := x.place(r.ID, holder)
	b.Entry = e.ID
	today := zhuanhua.DateOf(x.now)
	switch states := x.entryStates(); states[x.dice.IntN(len(states))] {
	case zhuanhua.EntryExpired:
		e.Spans[0].To = today.AddDays(-40)
	case zhuanhua.EntrySuspended:
		e.Spans = append(e.Spans, zhuanhua.Span{Period: zhuanhua.Period{From: today, To: e.Spans[0].To}, State: zhuanhua.EntrySuspended, Case: "finished"})
		e.Spans[0].To = today.AddDays(-1)
	}
	x.put(*e)
}

// entryStates are the states of entries that the workflow's guards speak of.
func (x *walker) entryStates() []string {
	out := []string{zhuanhua.EntryActive}
	for _, a := range x.flow.Actions {
		if g := a.Guard("entry"); g != nil {
			out = append(out, g.Words...)
		}
	}
	return out
}

// reference is what a field that names an entry or a person says.
func (x *walker) reference(c *zhuanhua.Case, f *plan.Field) string {
	if f.Type == plan.FieldPerson {
		return fmt.Sprintf("P-%d", x.dice.IntN(1000))
	}
	of := f.Of.ID
	if of == "" {
		of = c.Register
	}
	var ids []string
	for id, e := range x.places {
		if e.Register == of && id != c.Accreditation {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return x.place(of, "示例大学").ID
	}
	slices.Sort(ids)
	return ids[x.dice.IntN(len(ids))]
}

// entriesSound: periods are in order, each decided by a case that is there; an entry that a case brought in names
// it; and no two that are one thing hold on the same day.
func (x *walker) entriesSound(c *zhuanhua.Case) {
	x.t.Helper()
	e := x.places[c.Accreditation]
	if c.Accreditation == "" {
		return
	}
	if e == nil {
		x.t.Fatalf("%s names the entry %s, which is not there", c.ID, c.Accreditation)
	}
	if what := e.CheckSpans(); what != "" {
		x.t.Errorf("%s: %s", e.ID, what)
	}
	for _, s := range e.Spans {
		if x.cases[s.Case] == nil {
			x.t.Errorf("%s: a period of the case %q, which is not there", e.ID, s.Case)
		}
	}
	r := x.p.Register(e.Register)
	checks := slices.ContainsFunc(x.flow.Actions, func(a *plan.Action) bool {
		return a.Effect("accredit") != nil && (a.Guard("no_overlap") != nil)
	})
	if !checks {
		return
	}
	for id, o := range x.places {
		if id != e.ID && o.Register == e.Register && x.isOne(e, o, r.OneOf()) && x.together(e, o) {
			x.t.Errorf("%s and %s are one thing and hold on the same day", e.ID, id)
		}
	}
}

// isOne reports whether two entries agree in what a register has once.
func (x *walker) isOne(a, b *zhuanhua.Accreditation, keys []string) bool {
	for _, k := range keys {
		same := map[string]bool{"organisation": a.Organisation == b.Organisation, "person": a.Person == b.Person, "name": len(a.Names) > 0 && len(b.Names) > 0 && a.Names[0].Name == b.Names[0].Name}
		is, known := same[k]
		if known && !is || !known && a.Values[k] != b.Values[k] {
			return false
		}
	}
	return len(keys) > 0
}

// together reports whether two entries are both there on a day, looking at one day after the other.
func (x *walker) together(a, b *zhuanhua.Accreditation) bool {
	holds := func(e *zhuanhua.Accreditation, on zhuanhua.Date) bool {
		return slices.Contains([]string{zhuanhua.EntryActive, zhuanhua.EntrySuspended}, e.State(on))
	}
	day := zhuanhua.DateOf(x.now.AddDate(-1, 0, 0))
	for range 900 {
		if holds(a, day) && holds(b, day) {
			return true
		}
		day = day.Next()
	}
	return false
}
