package report

import (
	"bytes"
	"strings"
	"testing"

	"zhuanhua/intake"
	"zhuanhua/match"
)

func TestFallWords(t *testing.T) {
	at := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		fall *float64
		want string
	}{
		{nil, ""}, {at(0.314), "去掉这一段，匹配度下降0.31"}, {at(-0.05), "去掉这一段，匹配度反而上升0.05"}, {at(0.001), "去掉这一段，匹配度几乎不变"},
	} {
		if got := fallWords(c.fall); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestPageSaysWhatIsLacking: a need without a good match is told what the library lacks, whether or not
// weaker matches are shown; one with a good match is not.
func TestPageSaysWhatIsLacking(t *testing.T) {
	fall := 0.25
	weak := Pair{Match: match.Match{AchievementID: "a", Level: match.Weak, Score: 0.2, Reasons: []match.Reason{{Kind: match.ReasonPhrase, Fall: &fall}}}}
	lacking := &match.NoGood{Best: 0.2, Missing: []string{"石墨烯<膜>"}, Indicators: []string{"断裂韧性"}}
	for name, c := range map[string]struct {
		result   NeedResult
		has, not []string
	}{
		"weak matches": {NeedResult{Need: &intake.Need{}, Pairs: []Pair{weak}, NoGood: lacking},
			[]string{noGood, "库中没有任何成果提到：石墨烯&lt;膜&gt;", "库中没有任何成果给出这些指标：断裂韧性", "匹配度下降0.25"}, []string{noMatch + "</p>"}},
		"none":             {NeedResult{Need: &intake.Need{}, NoGood: lacking}, []string{noMatch, "断裂韧性"}, []string{noGood}},
		"nothing to name":  {NeedResult{Need: &intake.Need{}, Pairs: []Pair{weak}, NoGood: &match.NoGood{}}, []string{noGood}, []string{"库中没有任何成果"}},
		"one that is good": {NeedResult{Need: &intake.Need{}, Pairs: []Pair{weak}}, nil, []string{noGood, "库中没有任何成果"}},
	} {
		var b bytes.Buffer
		if err := HTML(&b, Input{Results: []NeedResult{c.result}}); err != nil {
			t.Fatal(err)
		}
		for _, w := range c.has {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: the page does not say %q", name, w)
			}
		}
		for _, w := range c.not {
			if strings.Contains(b.String(), w) {
				t.Errorf("%s: the page says %q", name, w)
			}
		}
	}
}

// TestWorkbookSaysWhatIsLacking: the overview names what the library lacks for each need without a good
// match and for no other, and each reason of the matches says what it is worth, where that was asked for.
func TestWorkbookSaysWhatIsLacking(t *testing.T) {
	fall := 0.25
	pair := func(fall *float64) Pair {
		return Pair{Match: match.Match{AchievementID: "a", Level: match.Weak, Score: 0.2, Reasons: []match.Reason{{
			Kind: match.ReasonPhrase, Need: match.Span{Text: "甲"}, Achievement: match.Span{Text: "乙"}, Fall: fall}}}}
	}
	lacking := &match.NoGood{Best: 0.2, Missing: []string{"=石墨烯"}, Indicators: []string{"断裂韧性"}}
	f := readBack(t, Input{Results: []NeedResult{
		{Need: &intake.Need{}, Pairs: []Pair{pair(&fall)}, NoGood: lacking},
		{Need: &intake.Need{}, NoGood: &match.NoGood{Indicators: []string{"断裂韧性"}}},
		{Need: &intake.Need{}, Pairs: []Pair{pair(nil)}, NoGood: &match.NoGood{}},
		{Need: &intake.Need{}, Pairs: []Pair{pair(nil)}},
	}})
	for at, want := range map[string]string{
		"L1": "库中缺少", "L2": "库中没有任何成果提到：=石墨烯\n库中没有任何成果给出这些指标：断裂韧性", "L3": "库中没有任何成果给出这些指标：断裂韧性", "L4": "", "L5": "",
		"K2": "只有弱相关", "K3": noMatch,
	} {
		if got := cell(t, f, sheetNeeds, at, false); got != want {
			t.Errorf("overview %s: %q, want %q", at, got, want)
		}
	}
	for at, want := range map[string]string{"O2": "共同表述：需求“甲”，成果“乙”。去掉这一段，匹配度下降0.25", "O3": "共同表述：需求“甲”，成果“乙”"} {
		if got := cell(t, f, sheetMatches, at, false); got != want {
			t.Errorf("matches %s: %q, want %q", at, got, want)
		}
	}
}
