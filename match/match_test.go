package match

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"zhuanhua"
)

// doc makes a document of a title and a text, as the files of id, title and text have them.
func doc(id, title, body string) Document {
	d := Document{ID: id, Parts: []Part{{Column: "title", Role: RoleTitle, Raw: title}}}
	if body != "" {
		d.Parts = append(d.Parts, Part{Column: "text", Role: RoleText, Raw: body})
	}
	return d
}

func libraryOf(t *testing.T, docs ...Document) *Engine {
	t.Helper()
	e, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(context.Background(), docs); err != nil {
		t.Fatal(err)
	}
	return e
}

func matched(t *testing.T, e *Engine, ask Ask, needs ...Document) []Result {
	t.Helper()
	if ask.Top == 0 {
		ask.Top = 10
	}
	got, err := e.Match(context.Background(), needs, ask)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var sugar = []Document{
	doc("xylose", "蔗渣半纤维素水解制备木糖", "以甘蔗渣为原料，稀酸水解半纤维素，木糖收率72%，纯度达99.0%，催化剂寿命4200 h。"),
	doc("yeast", "糖蜜发酵生产高活性酵母", "以糖蜜为碳源流加发酵，酵母得率0.48 g/g，活细胞率95%。"),
	doc("mud", "赤泥制备陶粒及其在水处理中的应用", "赤泥掺量45%，堆积密度780 kg/m³，筒压强度6.2 MPa。"),
	doc("vision", "甘蔗病虫害图像识别模型", "采集叶片图像12万张，识别准确率96.3%，单帧时延25 ms。"),
}

func TestMatchFindsAndProves(t *testing.T) {
	e := libraryOf(t, sugar...)
	need := doc("n1", "甘蔗渣制木糖技术", "木糖收率≥67%；纯度≥98.5%；催化剂寿命≥5000 h")
	r := matched(t, e, Ask{}, need)[0]
	if len(r.Matches) == 0 || r.Matches[0].AchievementID != "xylose" {
		t.Fatalf("best match is %+v", r.Matches)
	}
	best := r.Matches[0]
	kinds := map[string]int{}
	for _, reason := range best.Reasons {
		kinds[reason.Kind]++
	}
	if kinds[ReasonPhrase] == 0 || kinds[ReasonNumber] != 2 {
		t.Errorf("reasons by kind: %v, want phrases and two numbers (收率, 纯度)", kinds)
	}
	if len(best.Against) != 1 || best.Against[0].Kind != AgainstNumber || !strings.Contains(best.Against[0].Message, "5000 h") {
		t.Errorf("against: %+v, want the missed 催化剂寿命", best.Against)
	}
	checkResult(t, need, r, e)
}

// checkResult holds what every result must hold: real spans, falling scores within 0–1, levels that
// follow the score, evidence where a match is fair or better.
func checkResult(t *testing.T, need Document, r Result, e *Engine) {
	t.Helper()
	if r.Matches == nil {
		t.Fatalf("%s: matches is nil, not empty", r.NeedID)
	}
	last := 1.0
	for _, m := range r.Matches {
		if m.Score < 0 || m.Score > last || m.Level != LevelOf(m.Score) || m.Level == None {
			t.Errorf("%s %s: score %v after %v, level %s", r.NeedID, m.AchievementID, m.Score, last, m.Level)
		}
		last = m.Score
		if m.Level != Weak && len(m.Reasons) == 0 {
			t.Errorf("%s %s: %s without a reason", r.NeedID, m.AchievementID, m.Level)
		}
		ach := e.Document(m.AchievementID)
		for _, reason := range m.Reasons {
			checkSpan(t, &need, reason.Need)
			checkSpan(t, ach, reason.Achievement)
		}
	}
}

func checkSpan(t *testing.T, d *Document, s Span) {
	t.Helper()
	for _, p := range d.Parts {
		if p.Column == s.Field && !p.Listed {
			r := []rune(p.Raw)
			if s.Start < 0 || s.End > len(r) || s.Start >= s.End || string(r[s.Start:s.End]) != s.Text {
				t.Errorf("%s: span %+v is not what stands there", d.ID, s)
			}
			return
		}
	}
	for _, f := range append([]Fact{d.Facts.TechField}, append(d.Facts.IPC, d.Facts.Industries...)...) {
		if f.Column == s.Field && strings.Contains(f.Raw, s.Text) {
			return
		}
	}
	t.Errorf("%s: span %+v names a field that cannot be quoted", d.ID, s)
}

// TestSpansSurviveNasty texts: whatever the characters, quotations stand where they say.
func TestSpansSurviveNasty(t *testing.T) {
	pool := []string{"蔗渣", "木糖", "水解", "催化劑", "ＭＰａ", "10⁵", "≥67%", "72 %", "\u200b", "e\u0301", "㎡", "\x00", "𠮷", "\r\n", "，", "。", " ", "👩‍🔬", "1.80 g/cm³", "1800 kg/m³", "收率", "的", "技术", "\ue81e"}
	rng := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(pool[rng.IntN(len(pool))])
		}
		return b.String()
	}
	var docs []Document
	for i := range 60 {
		docs = append(docs, doc(fmt.Sprint("a", i), text(8), text(40)))
	}
	e := libraryOf(t, docs...)
	for i := range 40 {
		need := doc(fmt.Sprint("n", i), text(6), text(60))
		for _, r := range matched(t, e, Ask{Top: 60}, need) {
			checkResult(t, need, r, e)
		}
	}
}

func TestNoMatchIsSaid(t *testing.T) {
	e := libraryOf(t, sugar...)
	for _, need := range []Document{doc("music", "民歌曲谱数字化存档", "五线谱扫描与旋律检索"), doc("dots", "……！！", "——"), doc("empty", "", "")} {
		if r := matched(t, e, Ask{}, need)[0]; len(r.Matches) != 0 || r.NeedID != need.ID {
			t.Errorf("%s: %+v", need.ID, r)
		}
	}
	if r := matched(t, libraryOf(t), Ask{}, sugar[0])[0]; len(r.Matches) != 0 {
		t.Errorf("an empty library matches %+v", r)
	}
}

func TestBoilerplateIsNoReason(t *testing.T) {
	e := libraryOf(t, append(sugar, doc("plate", "技术研究与系统应用", "本项目采用先进技术，提高产品质量，实现产业化应用。"))...)
	need := doc("n", "技术研究与系统应用平台开发", "采用先进技术，提高产品质量，实现产业化")
	for _, m := range matched(t, e, Ask{}, need)[0].Matches {
		for _, r := range m.Reasons {
			t.Errorf("%s: boilerplate %q is a reason", m.AchievementID, r.Need.Text)
		}
		if m.Level == Strong || m.Level == Fair {
			t.Errorf("%s: %s on boilerplate alone", m.AchievementID, m.Level)
		}
	}
}

func TestKeywordSpamDoesNotWin(t *testing.T) {
	e := libraryOf(t, append(sugar, doc("spam", "木糖", strings.Repeat("木糖 ", 10000)))...)
	r := matched(t, e, Ask{}, doc("n", "甘蔗渣制木糖技术", "稀酸水解半纤维素，木糖收率≥67%"))[0]
	if r.Matches[0].AchievementID != "xylose" {
		t.Errorf("best is %s", r.Matches[0].AchievementID)
	}
}

func TestFilter(t *testing.T) {
	price := func(wan int64) *zhuanhua.Money { m := zhuanhua.Money(wan) * zhuanhua.WanYuan; return &m }
	a := doc("a", "蔗渣制木糖", "")
	a.Facts = Facts{Regions: []zhuanhua.Region{"450200"}, TechField: Fact{Value: "农业"}, Maturity: 6, Modes: []zhuanhua.Mode{zhuanhua.ModeLicence}, Price: price(80)}
	b := doc("b", "蔗渣制木糖", "")
	e := libraryOf(t, a, b)
	for name, c := range map[string]struct {
		f    Filter
		want string
	}{
		"none":             {Filter{}, "a b"},
		"province":         {Filter{Regions: []zhuanhua.Region{"450000"}}, "a"},
		"other city":       {Filter{Regions: []zhuanhua.Region{"450100"}}, ""},
		"field":            {Filter{TechFields: []string{"农"}}, "a"},
		"maturity reached": {Filter{MinMaturity: 6}, "a"},
		"maturity missed":  {Filter{MinMaturity: 7}, ""},
		"mode":             {Filter{Modes: []zhuanhua.Mode{zhuanhua.ModeLicence}}, "a"},
		"price":            {Filter{MaxPrice: price(80)}, "a"},
		"price too low":    {Filter{MaxPrice: price(79)}, ""},
	} {
		var got []string
		for _, m := range matched(t, e, Ask{Filter: &c.f}, doc("n", "蔗渣制木糖", ""))[0].Matches {
			got = append(got, m.AchievementID)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestObjections(t *testing.T) {
	money := func(wan int64) *zhuanhua.Money { m := zhuanhua.Money(wan) * zhuanhua.WanYuan; return &m }
	n, a := doc("n", "甘蔗渣制木糖技术的产业化", ""), doc("a", "甘蔗渣水解制备木糖的工艺技术", "稀酸水解半纤维素，结晶得木糖，装置连续运行八千小时以上，废水回用")
	n.Facts = Facts{Region: "450100", Maturity: 8, Modes: []zhuanhua.Mode{zhuanhua.ModeAssignment}, Budget: money(50)}
	a.Facts = Facts{Landing: "440300", Maturity: 3, Modes: []zhuanhua.Mode{zhuanhua.ModeLicence}, Price: money(80), Expired: []string{"实用新型1件（已失效）"}}
	n.Parts = append(n.Parts, Part{Column: "keywords", Role: RoleKeywords, Raw: "木糖；糖醇市场"})
	var kinds []string
	for _, o := range objections(analyse(&n), analyse(&a), nil, func(r zhuanhua.Region) string { return string(r) }) {
		kinds = append(kinds, o.Kind)
	}
	if got := strings.Join(kinds, " "); got != "maturity mode price region right missing" {
		t.Errorf("objections: %s", got)
	}
	plain := doc("p", "甘蔗渣水解制备木糖的工艺技术", strings.Repeat("稀酸水解半纤维素，", 5))
	if got := objections(analyse(&plain), analyse(&plain), nil, nil); len(got) != 0 {
		t.Errorf("what is not stated speaks against: %+v", got)
	}
}

func TestMatchBackAgrees(t *testing.T) {
	e := libraryOf(t, sugar...)
	needs := []Document{doc("n1", "甘蔗渣制木糖", ""), doc("n2", "甘蔗病虫害识别", "准确率≥95%")}
	forward := matched(t, e, Ask{}, needs...)
	back, err := e.MatchBack(context.Background(), needs, Ask{Top: 10})
	if err != nil {
		t.Fatal(err)
	}
	pairs := map[string]float64{}
	for _, r := range forward {
		for _, m := range r.Matches {
			pairs[r.NeedID+m.AchievementID] = m.Score
		}
	}
	n := 0
	for _, b := range back {
		for _, m := range b.Matches {
			n++
			if s, ok := pairs[m.NeedID+b.AchievementID]; !ok || s != m.Score {
				t.Errorf("%s–%s scores %v back and %v forward", m.NeedID, b.AchievementID, m.Score, s)
			}
		}
	}
	if n != len(pairs) || n == 0 {
		t.Errorf("%d pairs back, %d forward", n, len(pairs))
	}
}

// TestUpdatesWhileSearched: readers run on while the library changes, and end at the same answer as
// a fresh library.
func TestUpdatesWhileSearched(t *testing.T) {
	e := libraryOf(t, sugar...)
	need := doc("n", "甘蔗渣制木糖", "收率≥67%")
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case <-stop:
					return
				default:
					checkResult(t, need, matched(t, e, Ask{}, need)[0], e)
				}
			}
		}()
	}
	for i := range 50 {
		if err := e.Add(context.Background(), []Document{doc(fmt.Sprint("x", i%5), "蔗渣综合利用"+fmt.Sprint(i), "木糖")}); err != nil {
			t.Fatal(err)
		}
		e.Delete(fmt.Sprint("x", (i+2)%5))
	}
	for i := range 5 {
		e.Delete(fmt.Sprint("x", i))
	}
	close(stop)
	wg.Wait()
	fresh := matched(t, libraryOf(t, sugar...), Ask{}, need)
	if got := matched(t, e, Ask{}, need); asJSON(t, got) != asJSON(t, fresh) {
		t.Errorf("after updates %+v, fresh %+v", got, fresh)
	}
}

func TestParseSearch(t *testing.T) {
	region := func(s string) (zhuanhua.Region, bool) { return "450200", s == "柳州" }
	q, err := ParseSearch(`蔗渣 "木糖醇" -饲料 地区:柳州 成熟度:>=6 价格：<=100万元 方式:许可 比例1:2`, region)
	if err != nil {
		t.Fatal(err)
	}
	if q.Words != "蔗渣 木糖醇 比例1:2" || len(q.Phrases) != 1 || q.Phrases[0] != "木糖醇" || len(q.Without) != 1 {
		t.Errorf("%+v", q)
	}
	f := q.Filter
	if len(f.Regions) != 1 || f.MinMaturity != 6 || f.MaxPrice == nil || f.MaxPrice.Wan() != "100.00" || len(f.Modes) != 1 {
		t.Errorf("%+v", f)
	}
	for _, bad := range []string{"地区:火星", "成熟度:十", "价格:便宜"} {
		if _, err := ParseSearch(bad, region); err == nil || !strings.Contains(err.Error(), "write") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	d := doc("a", "蔗渣制木糖醇", "")
	if q := (Search{Phrases: []string{"木糖醇"}}); !q.Keep(&d) {
		t.Error("a phrase that stands there is not found")
	}
	if q := (Search{Without: []string{"木糖"}}); q.Keep(&d) {
		t.Error("an excluded word is let through")
	}
}

func FuzzParseSearch(f *testing.F) {
	for _, s := range []string{"蔗渣 木糖", `"未闭合`, "-", "地区:450200 -a", "：:", "成熟度:≥9 价格:1亿元", "\xff\x00"} {
		f.Add(s)
	}
	d := doc("a", "蔗渣制木糖醇", "收率72%")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := ParseSearch(s, func(s string) (zhuanhua.Region, bool) { return "450000", len(s)%2 == 0 })
		if err != nil {
			if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !utf8.ValidString(strings.ToValidUTF8(err.Error(), "")) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		q.Keep(&d)
		if utf8.RuneCountInString(q.Words) > longestSearch {
			t.Fatalf("%d characters of words", utf8.RuneCountInString(q.Words))
		}
	})
}

// TestBothAgrees: ranking once for both directions gives the pairs and scores of Match.
func TestBothAgrees(t *testing.T) {
	e := libraryOf(t, sugar...)
	needs := []Document{doc("n1", "甘蔗渣制木糖", ""), doc("n2", "甘蔗病虫害识别", "准确率≥95%"), doc("n3", "糖蜜发酵酵母", "")}
	both, err := e.Both(context.Background(), needs, Ask{Top: 2})
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for i, r := range matched(t, e, Ask{}, needs...) {
		for _, m := range r.Matches {
			if m.Score == unproven {
				continue
			}
			forward := slices.Contains(both.Needs[i], Other{m.AchievementID, m.Score})
			back := slices.Contains(both.Achievements[m.AchievementID], Other{r.NeedID, m.Score})
			if !forward || !back {
				t.Errorf("%s–%s %v: forward %v, back %v", r.NeedID, m.AchievementID, m.Score, forward, back)
			}
			pairs++
		}
	}
	if pairs < 3 {
		t.Errorf("only %d pairs", pairs)
	}
}
