package app_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/store"
)

// TestWordsByTheirSound: a word typed by its sound is the one that the records say most often, in titles
// before texts; what is written so in a title, is too short, or is no sound of theirs, stays.
func TestWordsByTheirSound(t *testing.T) {
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	addFile(t, a, `{"id":"S-1","title":"木糖结晶","units":"示例单位","abstract":"蔗糖母液。木塘村试用。"}
{"id":"S-2","title":"木糖醇与木塘","units":"示例单位","abstract":"蔗糖和折糖"}
{"id":"S-3","title":"木糖提纯","units":"示例单位","abstract":"用nengyuan作代号的能源装置"}
{"id":"S-4","title":"hunan牌湖南装置","units":"示例单位"}
`)
	c := app.NewCatalogue(s)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := app.NewFinder(c)
	x, err := app.OpenIndex(t.Context(), s, app.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.Use(x)
	for typed, want := range map[string]string{
		"mutang": "[{mutang 木糖}]", "MuTang jiejing": "[{MuTang 木糖} {jiejing 结晶}]", "mutangchun 提纯": "[{mutangchun 木糖醇}]", "zhetang": "[{zhetang 蔗糖}]",
		"hunan": "[]", "tang": "[]", "mut": "[]", "xylitol": "[]", "mutangx": "[]", "utang": "[]", "木糖": "[]",
	} {
		hits, err := f.Search(t.Context(), zhuanhua.NounAchievement, typed)
		if got := fmt.Sprint(hits.Heard); got != want || err != nil {
			t.Errorf("%q is heard as %s, want %s (%v)", typed, got, want, err)
		}
	}
	hits, err := f.Search(t.Context(), zhuanhua.NounAchievement, "zhetang")
	if err != nil || len(hits.IDs) != 2 || len(hits.Words) != 1 || hits.Words[0] != "蔗糖" {
		t.Error(hits, err)
	}
	for typed, want := range map[string]int{"木糖": 3, "母液": 1, "没有的字": 0, "地区:": 0, "zhetang": 2} {
		if list, _ := f.Suggest(t.Context(), zhuanhua.NounAchievement, typed, 8); len(list) != want {
			t.Errorf("%q proposes %d, want %d", typed, len(list), want)
		}
	}
}
