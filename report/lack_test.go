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
