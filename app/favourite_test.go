package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
)

func favourites(t *testing.T, path string) *app.Favourites {
	t.Helper()
	f, err := app.OpenFavourites(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFavourites: the newest first, each once, of one user alone, and as they were after a restart.
func TestFavourites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "favourites.json")
	f := favourites(t, path)
	one, two := app.Favourite{Noun: zhuanhua.NounAchievement, ID: "A-1"}, app.Favourite{Noun: zhuanhua.NounNeed, ID: "A-1"}
	for _, err := range []error{f.Add("甲", one), f.Add("甲", two, one), f.Add("乙", one), f.Remove("乙", two)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)
	for _, err := range []error{f.SaveNeed("甲", app.SavedNeed{Token: "t1", Text: "需求一", At: at}), f.SaveNeed("甲", app.SavedNeed{Token: "t1", Text: "需求一", At: at}), f.SaveNeed("甲", app.SavedNeed{Token: "t2", Text: "需求二", At: at})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f = favourites(t, path)
	if got := fmt.Sprint(f.Records("甲"), f.Records("乙"), f.Records("丙"), f.Needs("甲")); got != fmt.Sprint([]app.Favourite{two, one}, []app.Favourite{one}, []app.Favourite(nil), []app.SavedNeed{{"t2", "需求二", at}, {"t1", "需求一", at}}) {
		t.Error(got)
	}
	if n, ok := f.Need("t1"); !ok || n.Text != "需求一" {
		t.Error("the link of a saved need leads nowhere", n)
	}
	for _, err := range []error{f.Remove("甲", one), f.Remove("甲", two), f.RemoveNeed("甲", "t1"), f.RemoveNeed("乙", "t2"), f.RemoveNeed("甲", "t2"), f.Remove("乙", one)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := f.Need("t2"); ok || len(f.Records("甲"))+len(f.Needs("甲")) > 0 {
		t.Error("what was removed is there")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "{}" {
		t.Errorf("the file still holds %s %v", b, err)
	}
}

// TestFavouritesHaveBounds: one more than the most is a conflict, and changes nothing; a file that cannot be
// written changes nothing either, and one that is damaged is not taken for empty.
func TestFavouritesHaveBounds(t *testing.T) {
	f := favourites(t, "")
	for i := range app.MostFavourites {
		if err := f.Add("甲", app.Favourite{Noun: zhuanhua.NounNeed, ID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Add("甲", app.Favourite{Noun: zhuanhua.NounNeed, ID: "more"}); zhuanhua.KindOf(err) != zhuanhua.KindConflict || len(f.Records("甲")) != app.MostFavourites {
		t.Error("there is no bound", err)
	}
	for i := range app.MostSavedNeeds {
		if err := f.SaveNeed("甲", app.SavedNeed{Token: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveNeed("甲", app.SavedNeed{Token: "more"}); zhuanhua.KindOf(err) != zhuanhua.KindConflict || len(f.Needs("甲")) != app.MostSavedNeeds {
		t.Error("there is no bound of needs", err)
	}
	nowhere := favourites(t, filepath.Join(t.TempDir(), "none", "favourites.json"))
	if err := nowhere.Add("甲", app.Favourite{Noun: zhuanhua.NounNeed, ID: "1"}); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || len(nowhere.Records("甲")) != 0 {
		t.Error("what is on no disk is confirmed", err)
	}
	for _, damaged := range []string{"", "null", "[]", `{"甲":`} {
		path := filepath.Join(t.TempDir(), "favourites.json")
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := app.OpenFavourites(path); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
			t.Errorf("%q is taken: %v", damaged, err)
		}
	}
}
