package rank

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"zhuanhua/match/text"
)

// equal rarity, so that shares can be counted by hand.
func evenly(text.Term) float64 { return 2 }

func featuresOf(need, doc []Text) Row {
	var row Row
	var sc Scratch
	Of(NewQuery(need, evenly), NewDoc(doc), &Signals{}, &sc, &row)
	return row
}

func TestFeatures(t *testing.T) {
	title := func(s string) []Text { return []Text{{s, true}} }
	body := func(s string) []Text { return []Text{{s, false}} }
	for _, c := range []struct {
		name      string
		need, doc []Text
		feature   int
		want      float64
	}{
		{"all terms", title("甘蔗渣"), body("用甘蔗渣。"), fTerms, 1},
		{"one pair of two", title("甘蔗渣"), body("用甘蔗。"), fTerms, 0.5},
		{"repeats do not add to coverage", title("甘蔗渣"), body("甘蔗，甘蔗，甘蔗"), fTerms, 0.5},
		{"the title's share apart from the body's", append(title("甘蔗"), body("木糖")...), body("甘蔗"), fTermsOfTitle, 1},
		{"in the achievement's title", title("甘蔗"), title("甘蔗"), fTermsInTitle, 1},
		{"not in its title", title("甘蔗"), body("甘蔗"), fTermsInTitle, 0},
		{"back: what of the achievement the need says", title("甘蔗"), body("甘蔗渣"), fBack, 0.5},
		{"rarity of the rarest", title("甘蔗"), body("甘蔗"), fRarest, 2},
		{"no second rarest", title("甘蔗"), body("甘蔗"), fRarestNext, 0},
		{"longest common run, in characters", title("水解甘蔗渣"), body("取甘蔗渣"), fLongest, math.Log1p(3)},
		{"a run is not carried over a mark", title("甘蔗渣糖"), body("甘蔗，渣糖"), fLongest, math.Log1p(2)},
		{"phrase as it stands, twice", title("甘蔗渣"), body("甘蔗渣和甘蔗渣"), fPhrase, math.Log1p(2)},
		{"phrase between marks", title("甘蔗渣"), body("用，甘蔗渣。"), fBounds, 2},
		{"phrase inside a compound", title("甘蔗渣"), body("湿甘蔗渣板"), fBounds, 0},
		{"phrase first at half", title("甘蔗"), body("水水甘蔗"), fFirst, 0.5},
		{"units that stand there whole", title("甘蔗；木糖"), body("木糖"), fUnits, 0.5},
		{"the least unit, by its longest part", title("甘蔗渣板；木糖"), body("木糖，甘蔗"), fUnitLeast, 0.5},
		{"characters in other words", title("糖厂"), body("制糖的厂"), fChars, 1},
		{"characters in one passage", title("糖厂"), body("制糖" + strings.Repeat("水", 40) + "工厂"), fCharWindow, 0.5},
		{"densest passage", title("甘蔗木糖"), body("甘蔗" + strings.Repeat("水", 60) + "木糖"), fWindow, 1. / 3},
		{"capitals and width fold", title("ＬＥＤ灯"), body("led灯"), fTerms, 1},
		{"a need without a body", title("甘蔗"), nil, fNeedBody, 0},
		{"a need with one", body("甘蔗"), nil, fNeedBody, 1},
		{"how much it asks", title("甘蔗渣"), nil, fNeedTerms, math.Log1p(2)},
	} {
		row := featuresOf(c.need, c.doc)
		if got := float64(row[c.feature]); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %s is %.4f, want %.4f", c.name, names[c.feature].name, got, c.want)
		}
	}
}

// TestFeaturesAreFinite: whatever texts, every feature is a number, and a scratch that was used for
// other pairs makes no difference.
func TestFeaturesAreFinite(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := func() []Text {
		var out []Text
		for range r.IntN(4) {
			s := aboutText(r, r.IntN(60))
			switch r.IntN(6) {
			case 0:
				s = strings.Repeat("木糖", 5000)
			case 1:
				s = "pH 7.0, \xff\xfe 12345 " + s
			}
			out = append(out, Text{s, r.IntN(2) == 0})
		}
		return out
	}
	var used Scratch
	var d Doc
	for n := range 400 {
		need, doc := texts(), texts()
		q := NewQuery(need, evenly)
		d.Read(doc)
		var a, b Row
		Of(q, &d, &Signals{Dense: n%2 == 0, Raw: 0.2, Cosine: 0.5}, &used, &a)
		Of(q, NewDoc(doc), &Signals{Dense: n%2 == 0, Raw: 0.2, Cosine: 0.5}, &Scratch{}, &b)
		if a != b {
			t.Fatalf("pair %d: features with used memory differ from those with fresh memory", n)
		}
		for f, x := range a {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Fatalf("pair %d: feature %s is %v", n, names[f].name, x)
			}
		}
	}
}

// TestSpamSaysNoMore: an achievement that repeats a keyword ten thousand times has no feature that
// grows beyond what eight times give, but those of length.
func TestSpamSaysNoMore(t *testing.T) {
	need := []Text{{"木糖", true}}
	some := featuresOf(need, []Text{{strings.Repeat("木糖，", 20), false}})
	many := featuresOf(need, []Text{{strings.Repeat("木糖，", 10000), false}})
	for _, f := range []int{fTerms, fRepeats, fPhrase, fWindow, fBack, fMatched, fLongest, fChars} {
		if many[f] > some[f]+1e-6 {
			t.Errorf("%s rises from %v to %v", names[f].name, some[f], many[f])
		}
	}
}

func TestFeedback(t *testing.T) {
	q := NewQuery([]Text{{"甘蔗", true}}, evenly)
	doc := func(s string) *Doc { return NewDoc([]Text{{s, false}}) }
	first := []*Doc{doc("甘蔗制木糖"), doc("甘蔗的木糖"), doc("铝业")}
	f := NewFeedback(q, first, evenly)
	// 木糖 alone is in two of the first and not in the need.
	if got := f.Coverage(doc("木糖"), false); got != 1 {
		t.Errorf("a document with the common word covers %v, want 1", got)
	}
	if got := f.Coverage(doc("木糖"), true); got != 0.5 {
		t.Errorf("one of the first covers %v without its own count, want 0.5", got)
	}
	if got := f.Coverage(doc("甘蔗"), false); got != 0 {
		t.Errorf("the need's own word covers %v, want 0", got)
	}
	if got := NewFeedback(q, nil, evenly).Coverage(doc("木糖"), false); got != 0 {
		t.Errorf("nothing first covers %v, want 0", got)
	}
}

func TestEveryFeatureHasAName(t *testing.T) {
	seen := map[string]bool{}
	for i, f := range names {
		if f.name == "" || f.group == "" || seen[f.name] {
			t.Errorf("feature %d: name %q, group %q", i, f.name, f.group)
		}
		seen[f.name] = true
	}
}
