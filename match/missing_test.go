package match

import (
	"slices"
	"testing"
)

// TestNoGoodMatch: what has no good match says what no document of the library has.
func TestNoGoodMatch(t *testing.T) {
	e := libraryOf(t, sugar...)
	keyed := doc("n", "海洋牧场养殖网箱", "")
	keyed.Parts = append(keyed.Parts, Part{Column: "keywords", Role: RoleKeywords, Raw: "网箱；赤泥；深海养殖"})
	for _, c := range []struct {
		name                string
		need                Document
		good                bool
		missing, indicators []string
	}{
		{"nothing of it is there", doc("n", "石墨烯导热薄膜", ""), false, []string{"石墨烯导热薄膜"}, nil},
		{"keywords are told whole, those that are there are not", keyed, false, []string{"海洋牧场养殖网箱", "网箱", "深海养殖"}, nil},
		{"words of Latin letters", doc("n", "SLAM导航", ""), false, []string{"slam"}, nil},
		{"an indicator that nobody gives", doc("n", "陶瓷膜", "断裂韧性≥6 MPa"), false, nil, []string{"断裂韧性"}},
		{"figures and plain words are no words that are missing", doc("n", "提高质量 12345", ""), false, nil, nil},
		{"a good match", doc("n", "蔗渣半纤维素水解制备木糖", sugar[0].Parts[1].Raw), true, nil, nil},
	} {
		r := matched(t, e, Ask{}, c.need)[0]
		if c.good != (r.NoGood == nil) {
			t.Errorf("%s: no good match %+v of %+v", c.name, r.NoGood, r.Matches)
			continue
		}
		if c.good {
			continue
		}
		for _, w := range c.missing {
			if !slices.Contains(r.NoGood.Missing, w) {
				t.Errorf("%s: %q is not told among %q", c.name, w, r.NoGood.Missing)
			}
		}
		if c.missing == nil && c.indicators == nil && len(r.NoGood.Missing) > 0 {
			t.Errorf("%s: %q is told as missing", c.name, r.NoGood.Missing)
		}
		if !slices.Equal(r.NoGood.Indicators, append([]string{}, c.indicators...)) {
			t.Errorf("%s: indicators %q, want %q", c.name, r.NoGood.Indicators, c.indicators)
		}
		if slices.Contains(r.NoGood.Missing, "赤泥") {
			t.Errorf("%s: 赤泥 is told as missing", c.name)
		}
	}
}
