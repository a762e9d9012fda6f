package indicator

import (
	"slices"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/plan"
)

func day(t testing.TB, s string) zhuanhua.Date {
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

// pack is a plan with one register and one rule of counting.
func pack(rule plan.CountRule) *plan.Pack {
	rule.Target = plan.Ref{ID: "T08"}
	p := &plan.Pack{Targets: []*plan.Target{
		{ID: "T08", Unit: plan.Text{ZH: "个", EN: "centres"}, Value: plan.Value{Type: plan.TypeCount, Count: 2}, Counts: plan.Counting{Open: &plan.NotSet{}}},
		{ID: "T02", Unit: plan.Text{ZH: "次", EN: "services"}, Value: plan.Value{Type: plan.TypeCount, Count: 100}},
	}}
	p.Registers = []*plan.Register{{ID: "centre", Title: plan.Text{ZH: "示例中心", EN: "centre"}, Counts: []*plan.CountRule{&rule}}}
	return p
}

// history is an entry written as a few words: "from..to state; …".
func history(t testing.TB, id, organisation, person, spans string, grades ...zhuanhua.Graded) zhuanhua.Accreditation {
	t.Helper()
	e := zhuanhua.Accreditation{ID: id, Register: "centre", Organisation: organisation, Person: person, Grades: grades, Names: []zhuanhua.Name{{Name: id, From: day(t, "2025-01-01")}}}
	for _, part := range strings.Split(spans, "; ") {
		period, state, _ := strings.Cut(part, " ")
		from, to, _ := strings.Cut(period, "..")
		e.Spans = append(e.Spans, zhuanhua.Span{Period: zhuanhua.Period{From: day(t, from), To: day(t, to)}, State: state, Case: "示例办件-" + id})
	}
	if what := e.CheckSpans(); what != "" {
		t.Fatal(what)
	}
	return e
}

// TestCounts: each line is a rule, entries, a day, and the ids that count.
func TestCounts(t *testing.T) {
	graded := func(grade, from string) zhuanhua.Graded { return zhuanhua.Graded{Grade: grade, From: day(t, from)} }
	where := func(words ...string) *plan.CountWhere {
		w := &plan.CountWhere{Field: plan.Ref{ID: "grade"}}
		for _, s := range words {
			w.Is = append(w.Is, plan.Ref{ID: s})
		}
		return w
	}
	stock := plan.CountRule{States: []string{"active"}, Mode: "stock", DistinctBy: "entry"}
	ever := plan.CountRule{States: []string{"active", "suspended", "expired", "closed"}, Mode: "ever", DistinctBy: "entry"}
	byOrganisation, byPerson, national, new2025 := stock, ever, stock, stock
	byOrganisation.DistinctBy, byPerson.DistinctBy = "organisation", "person"
	national.Where = where("national")
	new2025.Where, new2025.From = where("regional", "national"), day(t, "2025-01-01")
	term := history(t, "a", "O-1", "", "2026-03-02..2029-03-01 active")
	revoked := history(t, "b", "O-2", "", "2026-01-01..2026-06-30 active; 2026-07-01.. revoked")
	again := history(t, "c", "O-2", "", "2027-08-01.. active")
	paused := history(t, "d", "O-3", "", "2026-01-01..2026-02-28 active; 2026-03-01..2026-03-31 suspended; 2026-04-01.. active")
	merged := history(t, "e", "O-1", "", "2026-01-01..2026-05-31 active; 2026-06-01.. merged")
	raised := history(t, "f", "O-4", "", "2024-05-01.. active", graded("reserve", "2024-05-01"), graded("regional", "2026-02-01"), graded("national", "2027-02-01"))
	old := history(t, "g", "O-5", "", "2024-05-01.. active", graded("regional", "2024-05-01"))
	twice1 := history(t, "h", "O-6", "P-1", "2026-01-01..2026-12-31 closed")
	person1 := history(t, "i", "O-6", "P-1", "2026-01-01..2026-06-30 active; 2026-07-01.. closed")
	person2 := history(t, "j", "O-7", "P-1", "2026-09-01.. active")
	person3 := history(t, "k", "O-7", "P-2", "2026-09-01..2026-09-30 active; 2026-10-01.. revoked")
	future := history(t, "l", "O-8", "", "2027-01-01.. active")
	for _, c := range []struct {
		name    string
		rule    plan.CountRule
		entries []zhuanhua.Accreditation
		on      string
		want    string
	}{
		{"the day before the first", stock, []zhuanhua.Accreditation{term}, "2026-03-01", ""},
		{"the first day", stock, []zhuanhua.Accreditation{term}, "2026-03-02", "a"},
		{"the last day", stock, []zhuanhua.Accreditation{term}, "2029-03-01", "a"},
		{"the day after the last", stock, []zhuanhua.Accreditation{term}, "2029-03-02", ""},
		{"expired counts where all are added up", ever, []zhuanhua.Accreditation{term}, "2029-03-02", "a"},
		{"the day of the revocation", stock, []zhuanhua.Accreditation{revoked}, "2026-07-01", ""},
		{"revoked falls out of the sum too", ever, []zhuanhua.Accreditation{revoked}, "2026-07-01", ""},
		{"revoked and granted anew", stock, []zhuanhua.Accreditation{revoked, again}, "2027-08-01", "c"},
		{"suspended on the day", stock, []zhuanhua.Accreditation{paused}, "2026-03-15", ""},
		{"suspended counts where all are added up", ever, []zhuanhua.Accreditation{paused}, "2026-03-15", "d"},
		{"back again", stock, []zhuanhua.Accreditation{paused}, "2026-04-01", "d"},
		{"merged into another", stock, []zhuanhua.Accreditation{term, merged}, "2026-06-01", "a"},
		{"before the merger", stock, []zhuanhua.Accreditation{term, merged}, "2026-05-31", "a e"},
		{"two bodies of one organisation", stock, []zhuanhua.Accreditation{term, merged}, "2026-04-01", "a e"},
		{"two bodies of one organisation that counts once", byOrganisation, []zhuanhua.Accreditation{term, merged}, "2026-04-01", "e"},
		{"not yet of the grade", national, []zhuanhua.Accreditation{raised}, "2027-01-31", ""},
		{"of the grade", national, []zhuanhua.Accreditation{raised}, "2027-02-01", "f"},
		{"new since 2025 by its grade, though older", new2025, []zhuanhua.Accreditation{raised, old}, "2027-12-31", "f"},
		{"a person once", byPerson, []zhuanhua.Accreditation{person1, person2}, "2026-12-31", "i"},
		{"a person who was revoked", byPerson, []zhuanhua.Accreditation{person1, person3}, "2026-12-31", "i"},
		{"never active", ever, []zhuanhua.Accreditation{twice1}, "2026-12-31", ""},
		{"of the future", stock, []zhuanhua.Accreditation{future}, "2026-12-31", ""},
		{"known today for a future day", stock, []zhuanhua.Accreditation{future}, "2027-12-31", "l"},
		{"of another register", stock, []zhuanhua.Accreditation{{ID: "z", Register: "other", Spans: term.Spans}}, "2026-12-31", ""},
	} {
		slices.Reverse(c.entries) // the order in which they are handed in does not matter
		got, err := Of(pack(c.rule), "T08", c.entries, day(t, c.on))
		if err != nil || got.Value == nil || *got.Value != len(got.Records) {
			t.Fatalf("%s: %+v %v", c.name, got, err)
		}
		var ids []string
		for _, r := range got.Records {
			ids = append(ids, r.ID)
			if r.Case == "" && r.ID != "f" || r.Why.ZH == "" || r.Since.IsZero() || day(t, c.on).Before(r.Since) {
				t.Errorf("%s: %+v does not say why it counts", c.name, r)
			}
		}
		slices.Sort(ids)
		if strings.Join(ids, " ") != c.want {
			t.Errorf("%s: %v count, want %q", c.name, ids, c.want)
		}
	}
}

// TestNotCounted: targets of services and contracts are said to be so, in one sentence; unknown ones are refused.
func TestNotCounted(t *testing.T) {
	p := pack(plan.CountRule{States: []string{"active"}, Mode: "stock", DistinctBy: "entry", Assumed: &plan.NotSet{Note: plan.Text{ZH: "示例", EN: "sample"}, SetBy: []plan.Ref{{ID: "KJT"}}}})
	c, err := Of(p, "T02", nil, day(t, "2026-12-31"))
	if err != nil || c.Value != nil || !strings.Contains(c.Note, "T02") || strings.Count(c.Note, "。") != 1 {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := Of(p, "T99", nil, day(t, "2026-12-31")); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Error(err)
	}
	c, err = Of(p, "T08", nil, day(t, "2026-12-31"))
	if err != nil || *c.Value != 0 || len(c.NotSet) != 2 || c.NotSet[0].ID != "T08.mode" || *c.NotSet[0].Assumed != "stock" || c.NotSet[1].ID != "T08.from" {
		t.Errorf("%+v %v", c, err)
	}
}
