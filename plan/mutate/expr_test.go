package mutate

import (
	"slices"
	"testing"
)

// TestTerms: an expression falls apart at its outermost operator, never inside brackets.
func TestTerms(t *testing.T) {
	for code, want := range map[string][]string{
		"a && b":                  {"a", "b"},
		"a && b || c":             {"a && b", "c"},
		"(a || b) && c":           {"(a || b)", "c"},
		"f(a && b) || x in ['c']": {"f(a && b)", "x in ['c']"},
		"a":                       nil,
		"(a && b)":                nil,
	} {
		if got, _ := termsOf(code); !slices.Equal(got, want) {
			t.Errorf("%s: %q, should be %q", code, got, want)
		}
	}
}

// TestFigures: a figure is changed by its least step and by a large one, and never below nothing.
func TestFigures(t *testing.T) {
	for _, c := range []struct {
		got, want []string
	}{
		{rates("25 %"), []string{"25.01 %", "24.99 %", "50.00 %", "12.50 %"}},
		{rates("0 %"), []string{"0.01 %"}},
		{amounts("500 万元"), []string{"500000001 分", "499999999 分", "5000000000 分", "50000000 分"}},
		{amounts("0 元"), []string{"1 分"}},
		{counts("5"), []string{"6", "4", "10"}},
		{amounts("500"), nil},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%q, should be %q", c.got, c.want)
		}
	}
	if shifted("2027-12-31", 1) != "2028-01-01" || shifted("2024-03-01", -1) != "2024-02-29" {
		t.Error("days are shifted wrongly")
	}
}
