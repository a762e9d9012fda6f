package flow

import (
	"fmt"
	"strings"
	"testing"

	"zhuanhua"
)

func on(t testing.TB, s string) zhuanhua.Date {
	t.Helper()
	if s == "" {
		return zhuanhua.Date{}
	}
	d, ok := zhuanhua.ParseDate(s)
	if !ok {
		t.Fatalf("%q is no day", s)
	}
	return d
}

// TestTerm: the last day of a term, counted by hand.
func TestTerm(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		unit string
		last string
	}{
		{"2026-03-01", 3, "years", "2029-02-28"},
		{"2026-03-02", 2, "years", "2028-03-01"},
		{"2026-01-01", 1, "years", "2026-12-31"},
		{"2024-02-29", 1, "years", "2025-02-28"},
		{"2024-02-29", 4, "years", "2028-02-28"},
		{"2025-03-01", 3, "years", "2028-02-29"},
		{"2026-01-31", 1, "months", "2026-02-28"},
		{"2026-01-15", 1, "months", "2026-02-14"},
		{"2026-12-31", 2, "months", "2027-02-28"},
		{"2026-03-01", 30, "days", "2026-03-30"},
		{"2026-03-01", 1, "days", "2026-03-01"},
	} {
		if got := term(on(t, c.from), c.n, c.unit); got.String() != c.last {
			t.Errorf("%s and %d %s: until %s, want %s", c.from, c.n, c.unit, got, c.last)
		}
	}
}

// spans reads periods written as "from..to state; …".
func spans(t testing.TB, s string) []zhuanhua.Span {
	t.Helper()
	var out []zhuanhua.Span
	for _, part := range strings.Split(s, "; ") {
		period, state, _ := strings.Cut(part, " ")
		from, to, _ := strings.Cut(period, "..")
		out = append(out, zhuanhua.Span{Period: zhuanhua.Period{From: on(t, from), To: on(t, to)}, State: state, Case: "示例"})
	}
	return out
}

func written(list []zhuanhua.Span) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%s..%s %s", s.From, s.To, s.State))
	}
	return strings.Join(out, "; ")
}

// TestPut: a period laid over others takes its days and no more.
func TestPut(t *testing.T) {
	const year = "2026-01-01..2026-12-31 active"
	for _, c := range []struct{ before, over, want string }{
		{year, "2026-04-01..2026-06-30 suspended", "2026-01-01..2026-03-31 active; 2026-04-01..2026-06-30 suspended; 2026-07-01..2026-12-31 active"},
		{year, "2026-01-01..2026-12-31 suspended", "2026-01-01..2026-12-31 suspended"},
		{year, "2026-01-01..2026-01-01 suspended", "2026-01-01..2026-01-01 suspended; 2026-01-02..2026-12-31 active"},
		{year, "2026-12-31..2026-12-31 suspended", "2026-01-01..2026-12-30 active; 2026-12-31..2026-12-31 suspended"},
		{"2026-01-01.. active", "2026-04-01.. suspended", "2026-01-01..2026-03-31 active; 2026-04-01.. suspended"},
		{"2026-01-01..2026-03-31 active; 2026-04-01.. suspended", "2026-05-01.. active", "2026-01-01..2026-03-31 active; 2026-04-01..2026-04-30 suspended; 2026-05-01.. active"},
	} {
		got := put(spans(t, c.before), spans(t, c.over)[0])
		if written(got) != c.want {
			t.Errorf("%s over %s: %s, want %s", c.over, c.before, written(got), c.want)
		}
		if what := (&zhuanhua.Accreditation{Spans: got}).CheckSpans(); what != "" {
			t.Errorf("%s over %s: %s", c.over, c.before, what)
		}
	}
	for _, c := range []struct{ before, day, want string }{
		{year, "2026-04-01", "2026-01-01..2026-03-31 active"},
		{year, "2026-01-01", ""},
		{"2026-01-01..2026-03-31 active; 2026-06-01.. active", "2026-05-01", "2026-01-01..2026-03-31 active"},
		{"2026-01-01..2026-03-31 active; 2026-06-01.. active", "2026-06-02", "2026-01-01..2026-03-31 active; 2026-06-01..2026-06-01 active"},
	} {
		if got := cutFrom(spans(t, c.before), on(t, c.day)); written(got) != c.want {
			t.Errorf("%s cut on %s: %s, want %s", c.before, c.day, written(got), c.want)
		}
	}
}
