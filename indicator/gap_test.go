package indicator

import (
	"testing"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/plantest"
)

// TestWholeYears: years that are over, by hand.
func TestWholeYears(t *testing.T) {
	for _, c := range []struct {
		from, on string
		years    int64
	}{
		{"2025-06-01", "2026-05-31", 0}, {"2025-06-01", "2026-06-01", 1}, {"2025-06-01", "2027-07-01", 2},
		{"2024-02-29", "2025-02-28", 0}, {"2024-02-29", "2025-03-01", 1}, {"2024-02-29", "2028-02-29", 4},
		{"2027-01-01", "2026-01-01", 0}, // not yet: no years, and none that are owed
	} {
		if got := wholeYears(day(t, c.from), day(t, c.on)); got != c.years {
			t.Errorf("%s to %s: %d years, want %d", c.from, c.on, got, c.years)
		}
	}
}

// TestTold: what the records tell of an entry, and what they do not.
func TestTold(t *testing.T) {
	e := history(t, "示例甲", "示例企业", "", "2025-01-01.. active",
		zhuanhua.Graded{Grade: "low", From: day(t, "2025-01-01")}, zhuanhua.Graded{Grade: "high", From: day(t, "2025-07-01")},
		zhuanhua.Graded{Grade: "high", From: day(t, "2026-01-01")}, zhuanhua.Graded{Grade: "top", From: day(t, "2028-01-01")})
	e.Values = map[string]string{"built": "2024-03-01", "word": "示例"}
	own, other := history(t, "示例乙", "示例企业", "", "2025-01-01..2026-12-31 active"), history(t, "示例丙", "示例大学", "", "2025-01-01.. active")
	elsewhere := history(t, "示例丁", "示例企业", "", "2025-01-01.. active")
	elsewhere.Register = "another"
	behind := Behind{Holder: &zhuanhua.Organisation{ID: "示例企业", Region: "450100"}, Entries: []zhuanhua.Accreditation{own, other, elsewhere}}
	nobody := e
	nobody.Organisation = ""
	for _, c := range []struct {
		name   string
		fact   plan.LadderFact
		of     zhuanhua.Accreditation
		behind Behind
		on     string
		want   string // "" is not told
	}{
		{"years since a day", plan.LadderFact{YearsSince: plan.Ref{ID: "built"}}, e, behind, "2026-03-01", "2"},
		{"years since a word", plan.LadderFact{YearsSince: plan.Ref{ID: "word"}}, e, behind, "2026-03-01", ""},
		{"years since nothing", plan.LadderFact{YearsSince: plan.Ref{ID: "empty"}}, e, behind, "2026-03-01", ""},
		{"years on a step that was confirmed meanwhile", plan.LadderFact{YearsSince: plan.Ref{ID: "grade"}}, e, behind, "2026-07-01", "1"},
		{"years on a step to come", plan.LadderFact{YearsSince: plan.Ref{ID: "grade"}}, e, behind, "2028-01-01", "0"},
		{"where the holder is", plan.LadderFact{Holder: "region"}, e, behind, "2026-03-01", "450100"},
		{"where nobody knows", plan.LadderFact{Holder: "region"}, e, Behind{}, "2026-03-01", ""},
		{"where the record does not say", plan.LadderFact{Holder: "region"}, e, Behind{Holder: &zhuanhua.Organisation{ID: "示例企业"}}, "2026-03-01", ""},
		{"entries that hold", plan.LadderFact{Entries: plan.Ref{ID: "centre"}}, e, behind, "2026-12-31", "1"},
		{"entries that have ended", plan.LadderFact{Entries: plan.Ref{ID: "centre"}}, e, behind, "2027-01-01", "0"},
		{"entries of nobody", plan.LadderFact{Entries: plan.Ref{ID: "centre"}}, nobody, behind, "2026-12-31", ""},
	} {
		v, ok := told(&c.fact, &c.of, c.behind, day(t, c.on))
		if ok != (c.want != "") || ok && v.String() != c.want {
			t.Errorf("%s: %s %v, want %q", c.name, v, ok, c.want)
		}
	}
}

// TestGap: where an entry stands, by its state, its step and its aim.
func TestGap(t *testing.T) {
	p := plantest.Load(t, "guangxi-2025-2027")
	entry := func(grade, aim, spans string) zhuanhua.Accreditation {
		e := history(t, "示例企业", "示例企业", "", spans, zhuanhua.Graded{Grade: grade, From: day(t, "2026-01-01")})
		e.Register, e.Values = "enterprise-ladder", map[string]string{"next_step": aim, "registered_on": "2020-01-01", "revenue": "100", "no_breach": "true"}
		return e
	}
	for _, c := range []struct {
		name, grade, aim, spans string
		next                    string // "-" no gap at all
		conditions, open        int
	}{
		{"the step behind", "tech_sme", "", "2026-01-01.. active", "hnte", 8, 0},
		{"an aim above", "tech_sme", "unicorn", "2026-01-01.. active", "unicorn", 0, 1},
		{"an aim that is reached", "hnte", "tech_sme", "2026-01-01.. active", "gazelle", 0, 1},
		{"the top", "unicorn", "", "2026-01-01.. active", "", 0, 0},
		{"suspended", "tech_sme", "", "2026-01-01..2026-02-28 active; 2026-03-01.. suspended", "-", 0, 0},
		{"over", "tech_sme", "", "2026-01-01..2026-02-28 active", "-", 0, 0},
	} {
		e := entry(c.grade, c.aim, c.spans)
		g, err := GapOf(p, &e, Behind{}, day(t, "2026-06-01"))
		if err != nil {
			t.Fatal(c.name, err)
		}
		if g == nil {
			if c.next != "-" {
				t.Errorf("%s: no gap", c.name)
			}
			continue
		}
		next := ""
		if g.Next != nil {
			next = g.Next.Code
		}
		if next != c.next || len(g.Conditions) != c.conditions || len(g.NotSet) != c.open || g.Reached || g.Step.Code != c.grade {
			t.Errorf("%s: next %q, %d conditions, %d open, reached %v", c.name, next, len(g.Conditions), len(g.NotSet), g.Reached)
		}
	}
	wrong := entry("tech_sme", "", "2026-01-01.. active")
	wrong.Values["revenue"] = "示例"
	if _, err := GapOf(p, &wrong, Behind{}, day(t, "2026-06-01")); err == nil {
		t.Error("a figure that is none is taken")
	}
	station := history(t, "示例站", "示例大学", "", "2026-01-01.. active")
	station.Register = "liaison-station"
	if g, err := GapOf(p, &station, Behind{}, day(t, "2026-06-01")); g != nil || err != nil {
		t.Error("a register without a ladder", g, err)
	}
}
