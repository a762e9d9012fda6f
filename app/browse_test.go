package app_test

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/match"
	"zhuanhua/store"
)

const examples = "../examples"

// catalogue is a catalogue of the example records.
func catalogue(t *testing.T) (*app.App, *store.Store, *app.Catalogue) {
	t.Helper()
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	for _, f := range []string{"achievements.jsonl", "needs.jsonl"} {
		if r, err := a.Import(t.Context(), "test", []string{filepath.Join(examples, f)}, app.ImportOptions{}); err != nil || r.Refused > 0 {
			t.Fatal(r, err)
		}
	}
	c := app.NewCatalogue(s)
	if c.Ready() {
		t.Error("a catalogue is ready before it has read anything")
	}
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, s, c
}

// TestCountsTellWhatAChoiceLeaves: for random filters, the count beside each value is how many records
// are left when it is chosen in place of what its facet has now; and what passes is what the records say.
func TestCountsTellWhatAChoiceLeaves(t *testing.T) {
	_, _, c := catalogue(t)
	rng := rand.New(rand.NewSource(7))
	for _, noun := range []zhuanhua.Noun{zhuanhua.NounAchievement, zhuanhua.NounNeed} {
		whole := c.Browse(app.Browse{Noun: noun})
		for range 60 {
			chosen := map[app.Facet][]string{}
			for _, f := range app.Facets() {
				for v := range whole.Counts[f] {
					if rng.Intn(12) == 0 {
						chosen[f] = append(chosen[f], v)
					}
				}
			}
			list := c.Browse(app.Browse{Noun: noun, Chosen: chosen, Count: 1000, Apart: true})
			if len(list.Entries) != list.Total || list.Whole != whole.Records {
				t.Fatalf("%v: %d entries, %d in all of %d", chosen, len(list.Entries), list.Total, list.Whole)
			}
			for _, f := range app.Facets() {
				for v, n := range list.Counts[f] {
					other := map[app.Facet][]string{}
					for g, values := range chosen {
						other[g] = values
					}
					other[f] = []string{v}
					if got := c.Browse(app.Browse{Noun: noun, Chosen: other}).Records; got != n {
						t.Fatalf("%v: %s=%s says %d and leaves %d", chosen, f, v, n, got)
					}
				}
			}
		}
	}
}

// TestOrders: each order is one, and keeps every record.
func TestOrders(t *testing.T) {
	_, _, c := catalogue(t)
	price := func(e *app.Entry) int64 {
		if e.Price == nil {
			return -1
		}
		return int64(*e.Price)
	}
	for sort, rises := range map[app.Sort]func(a, b *app.Entry) bool{
		app.SortNewest:   func(a, b *app.Entry) bool { return !a.Updated.Before(b.Updated) },
		app.SortCheapest: func(a, b *app.Entry) bool { return price(b) < 0 || price(a) >= 0 && price(a) <= price(b) },
		app.SortDearest:  func(a, b *app.Entry) bool { return price(a) >= price(b) },
		app.SortMature:   func(a, b *app.Entry) bool { return a.Maturity >= b.Maturity },
	} {
		list := c.Browse(app.Browse{Noun: zhuanhua.NounAchievement, Sort: sort, Count: 1000, Apart: true})
		if len(list.Entries) != 190 {
			t.Fatalf("%s: %d", sort, len(list.Entries))
		}
		for i := 1; i < len(list.Entries); i++ {
			if !rises(list.Entries[i-1], list.Entries[i]) {
				t.Errorf("%s: %s stands before %s", sort, list.Entries[i-1].ID, list.Entries[i].ID)
			}
		}
	}
	among := []string{"A-SUG-03", "no such", "A-SUG-01"}
	list := c.Browse(app.Browse{Noun: zhuanhua.NounAchievement, Among: among, Sort: app.SortBest, Count: 10})
	if list.Total != 2 || list.Entries[0].ID != "A-SUG-03" {
		t.Error("the order of a search is not kept")
	}
	if l := c.Browse(app.Browse{Noun: zhuanhua.NounAchievement, From: 1 << 40, Count: 20}); len(l.Entries) != 0 || l.Records != 190 {
		t.Error("past the end there is something")
	}
	if len(c.Latest(zhuanhua.NounAchievement, -3)) != 0 {
		t.Error("fewer than none")
	}
}

// TestRefreshFollows: what is recorded, changed and undone is what a fresh catalogue would hold.
func TestRefreshFollows(t *testing.T) {
	_, s, c := catalogue(t)
	same := func(when string) {
		t.Helper()
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		fresh := app.NewCatalogue(s)
		if err := fresh.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, n := range []zhuanhua.Noun{zhuanhua.NounAchievement, zhuanhua.NounNeed} {
			x, y := c.IDs(n), fresh.IDs(n)
			if !slices.Equal(x, y) || fmt.Sprint(c.Browse(app.Browse{Noun: n}).Counts) != fmt.Sprint(fresh.Browse(app.Browse{Noun: n}).Counts) || c.Organisations(n) != fresh.Organisations(n) {
				t.Errorf("%s: %s differs from a fresh catalogue", when, n)
			}
		}
	}
	same("at first")
	put := func(id, title string) string {
		it := zhuanhua.Put(zhuanhua.Achievement{ID: id, Title: title, Units: []string{"示例新单位"}, Modes: []zhuanhua.Mode{zhuanhua.ModeLicence}}, zhuanhua.Source{})
		it.Version = zhuanhua.AnyVersion
		r, err := s.Record(t.Context(), "test", zhuanhua.Change{Items: []zhuanhua.Item{it}})
		if err != nil {
			t.Fatal(err)
		}
		return r.Batch
	}
	put("A-NEW", "示例新成果")
	same("after a new record")
	if e := c.Entry(zhuanhua.NounAchievement, "A-NEW"); e == nil || e.Title != "示例新成果" || c.Latest(zhuanhua.NounAchievement, 1)[0] != e {
		t.Error("the new record is not the newest", e)
	}
	batch := put("A-NEW", "示例改名成果")
	same("after a change")
	if e := c.Entry(zhuanhua.NounAchievement, "A-NEW"); e.Title != "示例改名成果" {
		t.Error(e.Title)
	}
	if _, err := s.Undo(t.Context(), "test", batch, ""); err != nil {
		t.Fatal(err)
	}
	same("after it was undone")
	if e := c.Entry(zhuanhua.NounAchievement, "A-NEW"); e.Title != "示例新成果" {
		t.Error(e.Title)
	}
}

// TestSuggest: by characters, pinyin, initials, traditional characters and width.
func TestSuggest(t *testing.T) {
	_, _, c := catalogue(t)
	for typed, want := range map[string]string{"木糖": "木糖", "mutang": "木糖", "MuTang": "木糖", "mtc": "木糖醇", "木糖醇": "木糖醇", "ｍｕｔａｎｇ": "木糖", "釀": "", "  ": "", "zzzz": "", "m": ""} {
		list := c.Suggest(zhuanhua.NounAchievement, typed, 5)
		if want == "" {
			if len(list) > 0 && strings.TrimSpace(typed) != "m" {
				t.Errorf("%q suggests %s", typed, list[0].Title)
			}
			continue
		}
		if len(list) == 0 || !strings.Contains(list[0].Title, want) {
			t.Errorf("%q does not suggest %s: %d", typed, want, len(list))
		}
		if len(list) > 5 {
			t.Errorf("%q gives %d", typed, len(list))
		}
	}
	if list := c.Suggest(zhuanhua.NounAchievement, strings.Repeat("木", 1000), 5); list != nil {
		t.Error("a long text is looked up")
	}
}

// TestAsk reads what is plainly said, at the places where it is said.
func TestAsk(t *testing.T) {
	for _, c := range []struct {
		typed              string
		budget, region     string
		modes, indicators  int
		firstMark, lastOne string
	}{
		{"木糖收率≥67%，在崇左，预算1500万元以内，可以许可或转让", "1500.00", "451400", 2, 1, "≥67%", "许可"},
		{"投入不超过0.3亿元", "3000.00", "", 0, 0, "0.3亿元", "0.3亿元"},
		{"预算：50万", "50.00", "", 0, 0, "50万", "50万"},
		{"没有数字的需求", "", "", 0, 0, "", ""},
		{"位于柳州的工厂，良率不低于67%，废水≤18 t", "", "450200", 0, 2, "柳州", "≤18 t"},
		{"", "", "", 0, 0, "", ""},
	} {
		a := app.Ask(c.typed)
		got := ""
		if a.Budget != nil {
			got = a.Budget.Wan()
		}
		if got != c.budget || string(a.Region) != c.region || len(a.Modes) != c.modes || len(a.Indicators) != c.indicators {
			t.Errorf("%s: budget %s, region %s, modes %v, indicators %v", c.typed, got, a.Region, a.Modes, a.Indicators)
		}
		runes := []rune(c.typed)
		for i, m := range a.Marks {
			if string(runes[m.Start:m.End]) != m.Text || i > 0 && m.Start < a.Marks[i-1].End {
				t.Errorf("%s: mark %v", c.typed, m)
			}
		}
		if c.firstMark != "" && (len(a.Marks) == 0 || !strings.Contains(a.Marks[0].Text, c.firstMark) && !strings.Contains(c.firstMark, a.Marks[0].Text)) {
			t.Errorf("%s: first mark %v", c.typed, a.Marks)
		}
	}
}

// TestFinder: before there is an index it says so; then it searches, matches, explains and finds what is
// near, the same pair with the same level whichever way it is asked.
func TestFinder(t *testing.T) {
	_, s, c := catalogue(t)
	f := app.NewFinder(c)
	if _, err := f.Search(t.Context(), zhuanhua.NounAchievement, "木糖"); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || f.Ready() {
		t.Error("there is no index and no word of it", err)
	}
	x, err := app.OpenIndex(t.Context(), s, app.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.Use(x)
	hits, err := f.Search(t.Context(), zhuanhua.NounAchievement, `木糖 "固定床" 地区:广西`)
	if err != nil || len(hits.IDs) == 0 || hits.IDs[0] != "A-SUG-01" || !slices.Contains(hits.Words, "木糖") {
		t.Error(hits, err)
	}
	if _, err := f.Search(t.Context(), zhuanhua.NounAchievement, "成熟度:99"); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error("a condition that cannot be read is taken", err)
	}
	need := f.Document(zhuanhua.NounNeed, "N-SUG-01")
	found, err := f.Matches(t.Context(), *need)
	if err != nil || len(found) == 0 || found[0].ID != "A-SUG-01" {
		t.Fatal(found, err)
	}
	deep, err := f.Reasons(context.Background(), *need, []match.Other{found[0], found[0], {ID: "no such", Score: 1}}, true)
	if err != nil || len(deep) != 1 || len(deep["A-SUG-01"].Reasons) == 0 || deep["A-SUG-01"].Score != found[0].Score {
		t.Error(deep, err)
	}
	near, err := f.Opposite(zhuanhua.NounNeed, "N-SUG-01", 3)
	if err != nil || len(near) == 0 || near[0].ID != "A-SUG-01" {
		t.Error(near, err)
	}
	similar, err := f.Similar(zhuanhua.NounAchievement, "A-AGR-03", 5)
	if err != nil || slices.ContainsFunc(similar, func(e *app.Entry) bool { return e.ID == "A-AGR-03" }) {
		t.Error("a record is like itself", err)
	}
	if none, err := f.Similar(zhuanhua.NounAchievement, "no such", 5); none != nil || err != nil {
		t.Error(none, err)
	}
}

// TestCatalogueFile: what was saved is what is opened, and a file that is torn at any byte, foreign or of
// other records is made again.
func TestCatalogueFile(t *testing.T) {
	_, s, c := catalogue(t)
	path := filepath.Join(t.TempDir(), "catalogue.bin")
	if err := c.Save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%+v", c.Browse(app.Browse{Noun: zhuanhua.NounAchievement, Count: 1000}).Counts)
	same := func(when string) {
		t.Helper()
		x := app.NewCatalogue(s)
		if err := x.Open(t.Context(), path); err != nil {
			t.Fatal(when, err)
		}
		if got := fmt.Sprintf("%+v", x.Browse(app.Browse{Noun: zhuanhua.NounAchievement, Count: 1000}).Counts); got != want || !slices.Equal(x.IDs(zhuanhua.NounNeed), c.IDs(zhuanhua.NounNeed)) {
			t.Errorf("%s: the catalogue differs", when)
		}
		for _, id := range c.IDs(zhuanhua.NounAchievement) {
			a, b := *c.Entry(zhuanhua.NounAchievement, id), *x.Entry(zhuanhua.NounAchievement, id)
			if a.Title != b.Title || a.Brief != b.Brief || !slices.Equal(a.Units, b.Units) || !slices.Equal(a.Regions, b.Regions) || a.Place != b.Place || a.Maturity != b.Maturity || !a.Updated.Equal(b.Updated) || (a.Price == nil) != (b.Price == nil) || a.Price != nil && *a.Price != *b.Price {
				t.Errorf("%s: %+v became %+v", when, a, b)
			}
		}
		if got := x.Suggest(zhuanhua.NounAchievement, "mutang", 1); len(got) != 1 {
			t.Errorf("%s: no sounds", when)
		}
	}
	same("as saved")
	for _, n := range []int{0, 5, 25, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		same(fmt.Sprintf("torn at %d", n))
		broken := slices.Clone(whole)
		broken[n] ^= 0x55
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		same(fmt.Sprintf("byte %d changed", n))
	}
	_, other := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "other")})
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	x := app.NewCatalogue(other)
	if err := x.Open(t.Context(), path); err != nil || x.Len(zhuanhua.NounAchievement) != 0 {
		t.Error("a catalogue of other records is taken", err)
	}
}

// TestIndustriesHaveTwoLevels: a section counts all of its divisions, each record once, and choosing it
// finds them.
func TestIndustriesHaveTwoLevels(t *testing.T) {
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	addFile(t, a, `{"id":"I-1","title":"示例一","units":"示例单位","industry":"C1495；C1340"}
{"id":"I-2","title":"示例二","industry":"C1495"}
{"id":"I-3","title":"示例三","industry":"C"}
{"id":"I-4","title":"示例四","industry":"M7320"}
{"id":"I-5","title":"示例五"}
`)
	c := app.NewCatalogue(s)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	list := c.Browse(app.Browse{Noun: zhuanhua.NounAchievement, Count: 10})
	for value, want := range map[string]int{"C": 3, "C14": 2, "C13": 1, "M": 1, "M73": 1} {
		if got := list.Counts[app.FacetIndustry][value]; got != want {
			t.Errorf("%s counts %d, want %d", value, got, want)
		}
		if got := c.Browse(app.Browse{Noun: zhuanhua.NounAchievement, Chosen: map[app.Facet][]string{app.FacetIndustry: {value}}}).Records; got != want {
			t.Errorf("%s finds %d, want %d", value, got, want)
		}
	}
	if n := len(list.Counts[app.FacetIndustry]); n != 5 {
		t.Errorf("%d values: %v", n, list.Counts[app.FacetIndustry])
	}
}
