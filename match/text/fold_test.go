package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"full width", "ＡＢＣ１２３％", "abc123%"},
		{"traditional", "軟體與滑鼠的質量檢測", "软体与滑鼠的质量检测"},
		{"regional variants", "裡臺著", "里台着"},
		{"compatibility ideographs and radicals", "⼯業", "工业"},
		{"ligatures and circled figures", "ﬁne①", "fine1"},
		{"square units", "㎡㎎℃", "m2mg°c"},
		{"combining marks", "e\u0301tude", "étude"},
		{"zero width and soft hyphens", "超\u200b细\u00ad粉\ufeff体", "超细粉体"},
		{"control characters become blanks", "a\x00b\tc\r\nd", "a b c  d"},
		{"superscript after a unit is a power", "g/cm³", "g/cm3"},
		{"superscript after a figure is marked", "10⁵", "10^5"},
		{"negative powers", "s⁻¹", "s-1"},
		{"GB 18030 private use, now ideographs", "\ue81e\ue854", "\u9fb4\u9fba"},
		{"GB 18030 private use, now vertical marks", "\ue78d\ue794", ",〖"},
		{"rare ideographs stay", "𠮷䶮㐀", "𠮷䶮㐀"},
		{"invalid bytes become blanks", "a\xffb", "a b"},
		{"a mark after a Chinese character", "か\u3099", "が"},
		{"nothing", "", ""},
	} {
		f := Fold(c.raw)
		if got := string(f.Runes); got != c.want {
			t.Errorf("%s: %q folds to %q, want %q", c.name, c.raw, got, c.want)
		}
		checkPlaces(t, c.raw, &f)
	}
}

// checkPlaces: places ascend, lie within the raw text, and each folded character has one.
func checkPlaces(t *testing.T, raw string, f *Folded) {
	t.Helper()
	if len(f.From) != len(f.Runes) || len(f.To) != len(f.Runes) {
		t.Fatalf("%q: %d characters, %d and %d places", raw, len(f.Runes), len(f.From), len(f.To))
	}
	n, last := int32(utf8.RuneCountInString(raw)), int32(0)
	for i := range f.Runes {
		if f.From[i] < last || f.To[i] <= f.From[i] || f.To[i] > n {
			t.Fatalf("%q: character %d comes from [%d, %d) of %d, after %d", raw, i, f.From[i], f.To[i], n, last)
		}
		last = f.From[i]
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"木糖收率≥67%", "ＡＢ㎡\u0301\u0301", "\xff\xfe", "10⁵×ﬁ", strings.Repeat("\u0301", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		checkPlaces(t, s, &folded)
		for _, tok := range Tokens(&folded) {
			if tok.Start < 0 || tok.End <= tok.Start || int(tok.End) > len(folded.Runes) {
				t.Fatalf("token %+v of %q lies outside", tok, s)
			}
		}
		for _, q := range Quantities(&folded) {
			if q.LabelStart < 0 || q.LabelStart > q.Start || q.Start >= q.End || q.End > len(folded.Runes) {
				t.Fatalf("quantity %+v of %q lies outside", q, s)
			}
		}
		// Folding twice changes nothing: what was folded is comparable.
		again := Fold(string(folded.Runes))
		if utf8.ValidString(s) && len(again.Runes) != len(folded.Runes) && !strings.ContainsAny(string(folded.Runes), "^-") {
			t.Logf("%q folds to %q and then to %q", s, string(folded.Runes), string(again.Runes))
		}
	})
}

func TestTokens(t *testing.T) {
	for raw, want := range map[string]string{
		"蔗渣制木糖":        "蔗渣 渣制 制木 木糖",
		"糖，酒":          "糖 酒",
		"收率≥67%":       "收率 67 67%",
		"密度1.80 g/cm³": "密度 1.80 1.80 g/cm³ g cm³",
		"520MPa级钢":     "520MPa 级钢",
		"5G与H2O、PM2.5": "5G 与 H2O PM2.5",
		"Ｆｕｌｌ width":   "Ｆｕｌｌ width",
		"v1.2.3":       "v1.2.3",
		"制糖and酿酒":      "制糖 and 酿酒",
		"超\u200b细":     "超\u200b细",
	} {
		f := Fold(raw)
		var got []string
		runes := []rune(raw)
		for _, tok := range Tokens(&f) {
			from, to := f.Raw(int(tok.Start), int(tok.End))
			got = append(got, string(runes[from:to]))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: tokens %q, want %q", raw, s, want)
		}
	}
}

func TestTermsMeet(t *testing.T) {
	for _, pair := range [][2]string{{"1.80", "1.8"}, {"520 MPa", "520MPa"}, {"ＭＰａ", "mpa"}, {"檢測", "检测"}} {
		a, b := Terms(pair[0]), Terms(pair[1])
		found := false
		for _, x := range a {
			for _, y := range b {
				found = found || x == y
			}
		}
		if !found {
			t.Errorf("%q and %q share no term", pair[0], pair[1])
		}
	}
	if Gram('蔗', '渣') == Gram('渣', '蔗') || Single('糖') == Gram(0, '糖')+1 || !Gram('蔗', '渣').IsGram() || Single('糖').IsGram() || Word([]rune("mpa")).IsGram() {
		t.Error("terms of different kinds are not told apart")
	}
}

func TestBoilerplate(t *testing.T) {
	for phrase, want := range map[string]bool{
		"技术研究": true, "系统应用": true, "提高产品质量": true, "研究与应用": true, "": true,
		"木糖": false, "技术经纪": false, "赤泥": false, "系统辨识": false, "bge": false,
	} {
		if got := Boilerplate(phrase); got != want {
			t.Errorf("Boilerplate(%q) = %v", phrase, got)
		}
	}
	if !IsTerm("农业") || IsTerm("这不是词") {
		t.Error("the lexicon is not read")
	}
}

// TestSpan: raw code points lead to the characters that came from them, and these back.
func TestSpan(t *testing.T) {
	raw := "ﬁ甲㎡，𠮷e\u0301\u200b。乙５%"
	f := Fold(raw)
	for i := range f.Runes {
		from, to := f.Span(int(f.From[i]), int(f.To[i]))
		if i < from || i >= to {
			t.Errorf("character %d is not in [%d, %d)", i, from, to)
		}
		if start, end := f.Raw(from, to); start != int(f.From[i]) || end != int(f.To[i]) {
			t.Errorf("character %d: [%d, %d) raw, want [%d, %d)", i, start, end, f.From[i], f.To[i])
		}
	}
	if from, to := f.Span(0, len([]rune(raw))); from != 0 || to != len(f.Runes) {
		t.Errorf("all is [%d, %d) of %d", from, to, len(f.Runes))
	}
}
