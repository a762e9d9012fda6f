package zhuanhua

import "testing"

func day(s string) Date {
	d, ok := ParseDate(s)
	if !ok {
		panic(s)
	}
	return d
}

func span(from, to, state string) Span {
	s := Span{Period: Period{From: day(from)}, State: state, Case: "示例办件"}
	if to != "" {
		s.To = day(to)
	}
	return s
}

// TestStateOnADay: accredited for a term, suspended within it, back again, run out, revoked and granted anew.
func TestStateOnADay(t *testing.T) {
	a := Accreditation{
		Names:  []Name{{"示例联络站", day("2026-01-01")}, {"示例联络总站", day("2026-07-01")}},
		Grades: []Graded{{"B", day("2026-01-01"), ""}, {"A", day("2027-01-01"), ""}},
		Spans: []Span{span("2026-01-01", "2026-03-31", EntryActive), span("2026-04-01", "2026-04-30", EntrySuspended), span("2026-05-01", "2026-12-31", EntryActive),
			span("2027-02-01", "2027-02-28", EntryRevoked), span("2027-03-01", "", EntryActive)}}
	if what := a.CheckSpans(); what != "" {
		t.Fatal(what)
	}
	for _, x := range []struct{ on, state, name, grade string }{
		{"2025-12-31", "", "示例联络站", ""},
		{"2026-01-01", EntryActive, "示例联络站", "B"},
		{"2026-03-31", EntryActive, "示例联络站", "B"},
		{"2026-04-01", EntrySuspended, "示例联络站", "B"},
		{"2026-04-30", EntrySuspended, "示例联络站", "B"},
		{"2026-06-30", EntryActive, "示例联络站", "B"},
		{"2026-07-01", EntryActive, "示例联络总站", "B"},
		{"2026-12-31", EntryActive, "示例联络总站", "B"},
		{"2027-01-01", EntryExpired, "示例联络总站", "A"},
		{"2027-01-31", EntryExpired, "示例联络总站", "A"},
		{"2027-02-01", EntryRevoked, "示例联络总站", "A"},
		{"2027-03-01", EntryActive, "示例联络总站", "A"},
		{"2099-01-01", EntryActive, "示例联络总站", "A"},
	} {
		on := day(x.on)
		if a.State(on) != x.state || a.Name(on) != x.name || a.Grade(on) != x.grade {
			t.Errorf("on %s it is %q %s %q, want %q %s %q", x.on, a.State(on), a.Name(on), a.Grade(on), x.state, x.name, x.grade)
		}
	}
	if since, ok := a.Since(); !ok || since != day("2026-01-01") {
		t.Error(since, ok)
	}
}

// TestCheckSpans: overlaps, periods backwards and periods that nobody decided.
func TestCheckSpans(t *testing.T) {
	undecided := span("2026-01-01", "", EntryActive)
	undecided.Case = ""
	for what, spans := range map[string][]Span{
		"the periods from 2026-01-01 and from 2026-03-31 overlap":         {span("2026-01-01", "2026-03-31", EntryActive), span("2026-03-31", "", EntryActive)},
		"the periods from 2026-01-01 and from 2027-01-01 overlap":         {span("2026-01-01", "", EntryActive), span("2027-01-01", "", EntryActive)},
		"the period from 2026-02-01 ends on 2026-01-31, before it begins": {span("2026-02-01", "2026-01-31", EntryActive)},
		"the period from 2026-01-01 has no case that decided it":          {undecided},
		"a period without a first day":                                    {{State: EntryActive, Case: "示例办件"}},
		"":                                                                {span("2026-01-01", "2026-03-31", EntryActive), span("2026-04-01", "", EntryActive)},
	} {
		if got := (&Accreditation{Spans: spans}).CheckSpans(); got != what {
			t.Errorf("it says %q, want %q", got, what)
		}
	}
}

// TestAddDays: over ends of months and years, and back.
func TestAddDays(t *testing.T) {
	for from, want := range map[string]string{"2026-02-28": "2026-03-01", "2028-02-28": "2028-02-29", "2026-12-31": "2027-01-01"} {
		if got := day(from).Next(); got != day(want) || got.AddDays(-1) != day(from) {
			t.Errorf("after %s comes %s, want %s", from, got, want)
		}
	}
	if !(Date{}).Next().IsZero() {
		t.Error("a date that is not stated has no next day")
	}
}
