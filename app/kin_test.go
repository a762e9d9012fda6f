package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/store"
)

// kinRecords are achievements of which some are one.
const kinRecords = `{"id":"K-1","title":"示例蔗渣木糖连续结晶工艺（2021年）","units":"示例糖业研究所","field":"新材料","maturity":8}
{"id":"K-2","title":"示例蔗渣木糖连续结晶工艺(2024版)","units":"示例糖业研究所；示例设备公司","field":"农业","maturity":5}
{"id":"K-3","title":"另一个说法","units":"示例设备公司","duplicate_of":"K-2","field":"新材料","maturity":5}
{"id":"K-4","title":"示例蔗渣木糖连续结晶工艺（2021年）","units":"别的示例单位","field":"新材料","maturity":8}
{"id":"K-5","title":"示例膜组件","units":"示例膜公司","ip":"发明专利（ZL202110000001.2）","field":"新材料"}
{"id":"K-6","title":"示例分离装置","units":"示例膜研究院","ip":"专利号：ZL202110000001.2","field":"新材料"}
{"id":"K-7","title":"示例分离装置二","units":"示例膜研究院","ip":"专利号：ZL202110000009.8","field":"新材料"}
{"id":"K-8","title":"示例","units":"示例糖业研究所"}
{"id":"K-9","title":"示例","units":"示例糖业研究所"}
`

// kin is a catalogue of achievements of which some are one.
func kin(t *testing.T) (*app.App, *store.Store, *app.Catalogue) {
	t.Helper()
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	addFile(t, a, kinRecords)
	c := app.NewCatalogue(s)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, s, c
}

func addFile(t *testing.T, a *app.App, lines string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "achievements.jsonl")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := a.Import(t.Context(), "test", []string{file}, app.ImportOptions{}); err != nil || r.Refused > 0 {
		t.Fatal(r.Problems, err)
	}
}

// lines are the lines of a list, each with the others that it stands for in brackets.
func lines(l *app.List) string {
	var out []string
	for _, e := range l.Entries {
		line := e.ID
		if others := l.Others[e.ID]; len(others) > 0 {
			var ids []string
			for _, o := range others {
				ids = append(ids, o.ID)
			}
			line += "(" + strings.Join(ids, " ") + ")"
		}
		out = append(out, line)
	}
	return strings.Join(out, " ")
}

// TestOneLineForOneAchievement: what a record declares, a patent in common, and a title with a holder in
// common make one line, in every order and under every filter; nothing else does.
func TestOneLineForOneAchievement(t *testing.T) {
	_, _, c := kin(t)
	for name, x := range map[string]struct {
		ask     app.Browse
		want    string
		records int
	}{
		"all":                     {app.Browse{}, "K-1(K-2 K-3) K-4 K-5(K-6) K-7 K-8 K-9", 9},
		"each by itself":          {app.Browse{Apart: true}, "K-1 K-2 K-3 K-4 K-5 K-6 K-7 K-8 K-9", 9},
		"a page":                  {app.Browse{From: 1, Count: 2}, "K-4 K-5(K-6)", 9},
		"past the end":            {app.Browse{From: 50}, "", 9},
		"a filter":                {app.Browse{Chosen: map[app.Facet][]string{app.FacetMaturity: {app.MaturityLab}}}, "K-2(K-3)", 2},
		"a filter of one of them": {app.Browse{Chosen: map[app.Facet][]string{app.FacetField: {"农业"}}}, "K-2", 1},
		"another order":           {app.Browse{Sort: app.SortMature}, "K-1(K-2 K-3) K-4 K-5(K-6) K-7 K-8 K-9", 9},
		"what a search found":     {app.Browse{Among: []string{"K-6", "K-3", "K-7", "K-5", "K-1", "none"}, Sort: app.SortBest}, "K-6(K-5) K-3(K-1) K-7", 5},
		"joined by a search":      {app.Browse{Among: []string{"K-7", "K-8", "K-4"}, Joined: map[string]string{"K-8": "K-7"}, Sort: app.SortBest}, "K-7(K-8) K-4", 3},
		"joined to a family":      {app.Browse{Among: []string{"K-6", "K-9", "K-5"}, Joined: map[string]string{"K-9": "K-6"}, Sort: app.SortBest}, "K-6(K-9 K-5)", 3},
		"joined, its head gone":   {app.Browse{Among: []string{"K-8", "K-4"}, Joined: map[string]string{"K-8": "K-7"}, Sort: app.SortBest}, "K-8 K-4", 2},
	} {
		x.ask.Noun = zhuanhua.NounAchievement
		if x.ask.Count == 0 {
			x.ask.Count = 100
		}
		for range 2 { // the second time it is remembered
			l := c.Browse(x.ask)
			if got := lines(l); got != x.want || l.Records != x.records {
				t.Errorf("%s: %s of %d records, want %s of %d", name, got, l.Records, x.want, x.records)
			}
		}
		sum := c.Browse(app.Browse{Noun: x.ask.Noun, Chosen: x.ask.Chosen, Among: x.ask.Among, Joined: x.ask.Joined, Count: 100})
		all := sum.Total
		for _, o := range sum.Others {
			all += len(o)
		}
		if passing := c.Passing(x.ask); len(passing) != x.records || all != x.records {
			t.Errorf("%s: an export has %s, lines stand for %d", name, passing, all)
		}
	}
}

// TestWordings: a record names the others of its achievement; a record that changes leaves its family.
func TestWordings(t *testing.T) {
	a, s, c := kin(t)
	of := func(id string) string {
		var ids []string
		for _, e := range c.Wordings(zhuanhua.NounAchievement, id) {
			ids = append(ids, e.ID)
		}
		return strings.Join(ids, " ")
	}
	for id, want := range map[string]string{"K-1": "K-2 K-3", "K-2": "K-1 K-3", "K-3": "K-1 K-2", "K-4": "", "K-5": "K-6", "K-7": "", "K-8": "", "none": ""} {
		if got := of(id); got != want {
			t.Errorf("%s is worded by %q, want %q", id, got, want)
		}
	}
	path := filepath.Join(t.TempDir(), "catalogue.bin")
	if err := c.Save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	again := app.NewCatalogue(s)
	if err := again.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	ask := app.Browse{Noun: zhuanhua.NounAchievement, Count: 100}
	if got, want := lines(again.Browse(ask)), lines(c.Browse(ask)); got != want {
		t.Errorf("from the file: %s, want %s", got, want)
	}
	addFile(t, a, `{"id":"K-2","title":"改过的标题说的是别的事情","units":"示例设备公司","field":"农业","maturity":5}`+"\n")
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if of("K-1") != "" || of("K-2") != "K-3" {
		t.Errorf("after a change: %q and %q", of("K-1"), of("K-2"))
	}
}

// TestExampleFamilies: the examples declare twelve records as another wording; the hall has so many lines
// less, and every line and every other wording is one of the records.
func TestExampleFamilies(t *testing.T) {
	_, _, c := catalogue(t)
	l := c.Browse(app.Browse{Noun: zhuanhua.NounAchievement, Count: 1000})
	seen := map[string]int{}
	for _, e := range l.Entries {
		seen[e.ID]++
		for _, o := range l.Others[e.ID] {
			seen[o.ID]++
		}
	}
	if l.Records != 190 || l.Total != 178 || len(seen) != 190 || slices.Max(values(seen)) != 1 {
		t.Error(fmt.Sprint(l.Records, " records in ", l.Total, " lines, ", len(seen), " shown"))
	}
}

func values(m map[string]int) []int {
	var out []int
	for _, n := range m {
		out = append(out, n)
	}
	return out
}
