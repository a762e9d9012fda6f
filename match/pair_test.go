package match

import (
	"context"
	"math"
	"testing"

	"zhuanhua/match/text"
)

// TestExplainAgreesWithMatch: what Both found, explained, is what Match tells, in a small library and in one
// that is ranked by candidates.
func TestExplainAgreesWithMatch(t *testing.T) {
	ctx := context.Background()
	need := doc("n1", "甘蔗渣制木糖技术", "木糖收率≥67%；纯度≥98.5%；催化剂寿命≥5000 h")
	for _, full := range []int{FullDepth, 1} {
		e, err := New(Options{full: full})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(ctx, sugar); err != nil {
			t.Fatal(err)
		}
		all := matched(t, e, Ask{Top: 10}, need)[0].Matches
		if len(all) == 0 {
			t.Fatal("nothing matches")
		}
		both, err := e.Both(ctx, []Document{need}, Ask{Top: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range all {
			var one []Other
			for _, f := range both.Needs[0] {
				if f.ID == want.AchievementID {
					one = append(one, f, Other{"no such", 1}, f)
				}
			}
			got, err := e.Explain(ctx, need, one)
			if err != nil || len(got) != 1 || got[0].Score != want.Score || got[0].Level != want.Level || len(got[0].Reasons) != len(want.Reasons) || len(got[0].Against) != len(want.Against) {
				t.Errorf("library ranked whole up to %d: %s alone is %+v, among all %+v (%v)", full, want.AchievementID, got, want, err)
			}
			if glance := e.Glance(need, one); len(glance) != 1 || glance[0].AchievementID != want.AchievementID || len(glance[0].Reasons) != len(want.Reasons) {
				t.Errorf("at a glance %+v", glance)
			}
		}
		if got, err := e.Explain(ctx, need, nil); err != nil || len(got) != 0 {
			t.Errorf("asked about none: %v, %v", got, err)
		}
	}
}

// TestFigures sets wanted figures beside offered ones, those that nothing is offered for too.
func TestFigures(t *testing.T) {
	need := doc("n1", "甘蔗渣制木糖技术", "木糖收率≥67%；纯度≥98.5%；催化剂寿命≥5000 h；噪声≤60 dB")
	want := []Figure{
		{Label: "木糖收率", Wanted: "≥67%", Offered: "72%", Verdict: text.Meets, Gap: 5, Unit: "%"},
		{Label: "纯度", Wanted: "≥98.5%", Offered: "达99.0%", Verdict: text.Meets, Gap: 0.5, Unit: "%"},
		{Label: "催化剂寿命", Wanted: "≥5000 h", Offered: "4200 h", Verdict: text.Misses, Gap: 800, Unit: "h"},
		{Label: "噪声", Wanted: "≤60 dB"},
	}
	got := Figures(&need, &sugar[0])
	if len(got) != len(want) {
		t.Fatalf("%d figures: %+v", len(got), got)
	}
	for i, w := range want {
		g := got[i]
		if g.Label != w.Label || g.Wanted != w.Wanted || g.Offered != w.Offered || g.Verdict != w.Verdict || math.Abs(g.Gap-w.Gap) > 1e-9 || g.Unit != w.Unit {
			t.Errorf("figure %d is %+v, want %+v", i, g, w)
		}
	}
}

// TestLike: a document is most like itself, its own library and another one are asked alike, and no text
// is encoded for it.
func TestLike(t *testing.T) {
	e := libraryOf(t, append(sugar, doc("xylose2", "甘蔗渣半纤维素制木糖和木糖醇", "以蔗渣为原料水解半纤维素，得到木糖，再加氢得到木糖醇。"))...)
	list, err := e.Like(e, "xylose", 3, true)
	if err != nil || len(list) < 2 || list[0].ID != "xylose" || list[1].ID != "xylose2" {
		t.Errorf("like xylose: %v, %v", list, err)
	}
	other := libraryOf(t, sugar...)
	if list, err := other.Like(e, "xylose2", 3, false); err != nil || len(list) == 0 || list[0].ID != "xylose" {
		t.Errorf("in another library: %v, %v", list, err)
	}
	if list, err := e.Like(e, "no such", 3, false); list != nil || err != nil {
		t.Errorf("like what is not there: %v, %v", list, err)
	}
}
