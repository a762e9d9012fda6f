package web_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhuanhua/web"
)

// everyPage are the pages of the site map and one of each kind besides.
func everyPage(t testing.TB, p *portal) []string {
	t.Helper()
	var list struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(p.get(t, "/sitemap.xml").body), &list); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, u := range list.URLs {
		at := strings.TrimPrefix(u.Loc, p.URL)
		if strings.Contains(at, "/achievements/") || strings.Contains(at, "/needs/") || strings.HasPrefix(at, "/en/") || strings.HasPrefix(at, "/notices/") || strings.HasPrefix(at, "/services/") && strings.Count(at, "/") > 2 {
			continue
		}
		out = append(out, at)
	}
	return append(out, "/achievements/A-SUG-01", "/needs/N-SUG-01", "/pair?need=N-SUG-01&achievement=A-SUG-01", "/compare?a=A-SUG-01&a=A-SUG-02",
		"/achievements?q=木糖&view=cards", "/achievements?region=450000&maturity=6-7&page=2", "/needs?field=农业", "/policy/rules/R05?received_fen=62&fiscal_fen=0",
		"/policy/advice?r=R01&r=R05", "/notices/after-subsidy-2026-00002", "/notices/after-subsidy-2026-00001-decision", "/services/pilot-platform", "/services/pilot-platform?view=cards&state=active&on=2026-10-01",
		"/services/pilot-platform/pilot-platform-2026-0001", "/services/technology-broker", "/services/transfer-institution?q=示例", "/services/ip-pre-examination", "/services?region=450200", "/design", "/contact?of=achievement&id=A-SUG-01", "/contact?of=need&id=N-SUG-01", "/contact/sent?number=0123456789", "/favourites",
		"/achievements?q=蒸发煮炼")
}

// TestEveryPage: each answers 200 in both languages, in its own language, with one h1, a title, and
// nothing that no message says.
func TestEveryPage(t *testing.T) {
	p := shared(t)
	h1, title := regexp.MustCompile(`<h1[ >]`), regexp.MustCompile(`<title>([^<]+)</title>`)
	pages := everyPage(t, p)
	if len(pages) < 70 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, at := range pages {
		for prefix, lang := range map[string]string{"": `<html lang="zh-Hans-CN"`, "/en": `<html lang="en"`} {
			a := p.get(t, prefix+at)
			switch {
			case a.status != http.StatusOK:
				t.Errorf("%s%s: %d", prefix, at, a.status)
			case !strings.Contains(a.body, lang):
				t.Errorf("%s%s is not in its language", prefix, at)
			case len(h1.FindAllString(a.body, -1)) != 1:
				t.Errorf("%s%s has %d h1", prefix, at, len(h1.FindAllString(a.body, -1)))
			case len(title.FindStringSubmatch(a.body)) != 2:
				t.Errorf("%s%s has no title", prefix, at)
			case strings.Contains(a.body, "⟨"):
				t.Errorf("%s%s says what no message says: %s", prefix, at, a.body[strings.Index(a.body, "⟨"):][:40])
			case strings.Contains(a.body, "ZgotmplZ"):
				t.Errorf("%s%s holds something that the template refused", prefix, at)
			}
		}
	}
}

// TestNothingInline: no style and no script in any page, nothing from elsewhere, and a policy that says so.
func TestNothingInline(t *testing.T) {
	p := shared(t)
	inline := regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)=|<style|<script(?:>| [^>]*>)[^<]`)
	outside := regexp.MustCompile(`(?:src|href|action)="(https?:)?//[^"]+"`)
	for _, at := range everyPage(t, p) {
		a := p.get(t, at)
		body := regexp.MustCompile(`(?s)<script type="application/ld\+json">.*?</script>`).ReplaceAllString(a.body, "")
		if m := inline.FindString(body); m != "" {
			t.Errorf("%s: inline %s", at, m)
		}
		for _, m := range outside.FindAllString(body, -1) {
			if !strings.Contains(m, p.URL) {
				t.Errorf("%s asks for %s", at, m)
			}
		}
		csp := a.header.Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "script-src 'self'") || !strings.Contains(csp, "style-src 'self'") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q", at, csp)
		}
		for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"} {
			if got := a.header.Get(header); got != want {
				t.Errorf("%s: %s is %q", at, header, got)
			}
		}
	}
}

// TestEveryLink: what the home page and the site map of both languages lead to answers 200.
func TestEveryLink(t *testing.T) {
	p := shared(t)
	link := regexp.MustCompile(`(?:href|src|action)="([^"#]+)`)
	seen := map[string]bool{}
	for _, start := range []string{"/", "/en/", "/sitemap", "/en/sitemap", "/achievements", "/needs", "/policy", "/help", "/nothing-here"} {
		a := p.get(t, start)
		for _, m := range link.FindAllStringSubmatch(a.body, -1) {
			at := strings.TrimPrefix(strings.ReplaceAll(m[1], "&amp;", "&"), p.URL)
			if seen[at] || strings.HasSuffix(at, "/settings") || strings.Contains(at, "/nothing-here") {
				continue
			}
			seen[at] = true
			if got := p.get(t, at); got.status != http.StatusOK {
				t.Errorf("%s leads to %s: %d", start, at, got.status)
			}
		}
	}
	if len(seen) < 100 {
		t.Fatalf("only %d links found", len(seen))
	}
}

// TestHallNarrows: counts of facets are what choosing them leaves, chips take them away, all pages of a
// list show every row once.
func TestHallNarrows(t *testing.T) {
	p := shared(t)
	count := regexp.MustCompile(`<h2 id="count"[^>]*>(\d+)项成果`)
	box := regexp.MustCompile(`name="(\w+)" value="([^"]*)"[^>]*><span>([^<]*)</span><span class="n">([\d,]+)</span>`)
	start := p.get(t, "/achievements")
	if m := count.FindStringSubmatch(start.body); m == nil || m[1] != "190" {
		t.Fatal(m)
	}
	boxes := box.FindAllStringSubmatch(start.body, -1)
	if len(boxes) < 30 {
		t.Fatalf("%d values", len(boxes))
	}
	for i, b := range boxes {
		if i%4 != 0 {
			continue // one in four is enough
		}
		a := p.get(t, "/achievements?"+url.Values{b[1]: {strings.ReplaceAll(b[2], "&#43;", "+")}}.Encode())
		m := count.FindStringSubmatch(a.body)
		if m == nil || m[1] != b[4] {
			t.Errorf("%s=%s says %s and leaves %v", b[1], b[2], b[4], m)
		}
		if !strings.Contains(a.body, "移除筛选："+b[3]) {
			t.Errorf("%s=%s has no chip", b[1], b[2])
		}
	}
	rows := map[string]int{}
	row := regexp.MustCompile(`(?:class="name"|<li><a) href="/achievements/([^"]+)"`)
	for _, page := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		for _, m := range row.FindAllStringSubmatch(p.get(t, "/achievements?page="+page).body, -1) {
			rows[m[1]]++
		}
	}
	for id, n := range rows {
		if n != 1 {
			t.Errorf("%s is listed %d times", id, n)
		}
	}
	if len(rows) != 190 {
		t.Errorf("%d rows and other wordings on nine pages", len(rows))
	}
}

// TestSearchFinds: words, pinyin, initials, traditional characters; what is found is marked.
func TestSearchFinds(t *testing.T) {
	p := shared(t)
	for typed, want := range map[string]string{
		"木糖": "<mark>木糖</mark>", "木糖 固定床": "<mark>固定床</mark>", "mutang 固定床": "按拼音mutang查找“木糖”", "MuTangChun": "<mark>木糖醇</mark>", "甘蔗": "甘蔗", "muta": "木糖", "mutangchun": "木糖醇", "釀酒 OR 木糖": "木糖",
	} {
		a := p.get(t, "/achievements?q="+url.QueryEscape(typed))
		if !strings.Contains(a.body, want) {
			t.Errorf("%q does not find %s", typed, want)
		}
	}
	for typed, want := range map[string]string{"mutang": "木糖", "mtc": "木糖醇", "木糖": "<mark>木糖</mark>", "糖醇": "糖醇", "zzzz": ""} {
		a := p.get(t, "/suggest?q="+url.QueryEscape(typed))
		if want == "" && strings.TrimSpace(a.body) != "" || !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(a.body, "<mark>", ""), "</mark>", ""), strings.ReplaceAll(strings.ReplaceAll(want, "<mark>", ""), "</mark>", "")) {
			t.Errorf("%q suggests %s", typed, a.body)
		}
	}
}

// TestMatchStory: a need becomes matches with reasons, filters narrow them, results open and fold, and
// the link ends after a day. The text stands in no address.
func TestMatchStory(t *testing.T) {
	p := open(t, settings{})
	need := "我厂每年有5万吨甘蔗渣，想做木糖和木糖醇，氢化转化率≥99%，催化剂寿命≥3500 h，在崇左，预算1500万元以内，可以许可。"
	a := p.match(t, "", need)
	if a.status != 200 || !strings.HasPrefix(a.at.Path, "/match/") || a.at.RawQuery != "" {
		t.Fatal(a.status, a.at)
	}
	for _, want := range []string{"<mark>1500万元以内</mark>", "1,500.00万元", "崇左", "高度匹配", "半纤维素两段稀酸解聚", "氢化转化率", "满足", "不利之处", "依据原文"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the matches do not say %s", want)
		}
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Error("matches may be kept by a browser or a proxy")
	}
	some := p.get(t, a.at.Path+"?maturity=8-9")
	if !strings.Contains(some.body, "符合筛选") || !strings.Contains(some.body, "移除筛选：量产") {
		t.Error("matches are not narrowed")
	}
	folded := p.get(t, a.at.Path+"?open=-")
	if strings.Contains(folded.body, "依据原文") {
		t.Error("nothing is open, and evidence is shown")
	}
	matches := strings.Count(folded.body, `<article class="card result"`)
	why := strings.Count(folded.body, `class="objection for"`) + strings.Count(folded.body, "是意思相近")
	if matches == 0 || why != matches {
		t.Errorf("%d of %d matches say in a line why they are there", why, matches)
	}
	en := p.get(t, "/en"+a.at.Path)
	if en.status != 200 || !strings.Contains(en.body, "Points against") {
		t.Error("the matches are not to be had in English")
	}
	dropped := p.match(t, "", need)
	p.post(t, browser(t), dropped.at.Path+"/drop", nil)
	if gone := p.get(t, dropped.at.Path); gone.status != http.StatusGone {
		t.Errorf("a need that was deleted: %d", gone.status)
	}
	p.later(25 * 60 * 60 * 1e9)
	if gone := p.get(t, a.at.Path); gone.status != http.StatusGone || !strings.Contains(gone.body, "链接已过期") {
		t.Errorf("after a day: %d", gone.status)
	}
}

// unbroken is an amount or a date that no line breaks.
var unbroken = regexp.MustCompile(`<span class="q">([^<]*)</span>`)

// TestCalculator: R05 with 620,000 yuan received says what is missing, in both languages, and the clause.
func TestCalculator(t *testing.T) {
	p := shared(t)
	for _, c := range []struct {
		at   string
		want []string
	}{
		{"/policy/rules/R05?received_fen=62&fiscal_fen=0", []string{"现有62.00万元，要求超过100.00万元，还须多于38.00万元", "单项到位经费超过100万元的", "二(七)", "差38.00万元"}},
		{"/policy/rules/R05?received_fen=620000元&fiscal_fen=0", []string{"还须多于38.00万元"}},
		{"/policy/rules/R05?received_fen=100&fiscal_fen=0", []string{"要求超过100.00万元，还须多于0.00万元"}},
		{"/policy/rules/R05?received_fen=100.01&fiscal_fen=0", []string{"条件都满足", "不给予财政资金"}},
		{"/en/policy/rules/R05?received_fen=62&fiscal_fen=0", []string{"more than CNY 380,000 is missing"}},
		{"/policy/rules/R04?challenge_amount_fen=1800&contract_tech_amount_fen=1800&posed_by=enterprise&listed_by_government=true", []string{"450.00万元", "25%"}},
		{"/policy/rules/R05?received_fen=abc", []string{"错误：", "“到位经费”要写金额", `value="abc"`, `href="#f-received_fen"`}},
		{"/policy/rules/R05?received_fen=-1", []string{"要写金额"}},
		{"/policy/rules/R05", []string{"填写各项后", "待说明"}},
		{"/policy/rules/R01?set_rate=10&tech_amount_actual_fen=386.5&contract_registered=true&source_region=440000&landed_region=450200", []string{"38.65万元"}},
	} {
		a := p.get(t, strings.ReplaceAll(c.at, "元", url.QueryEscape("元")))
		read := unbroken.ReplaceAllString(a.body, "$1")
		for _, want := range c.want {
			if !strings.Contains(read, want) {
				t.Errorf("%s does not say %s", c.at, want)
			}
		}
	}
}

// TestAdvice: the nearest rule comes first, with the next step.
func TestAdvice(t *testing.T) {
	a := shared(t).get(t, "/policy/advice?r=R01&r=R05&received_fen=120&fiscal_fen=0")
	first, second := strings.Index(a.body, "现在可以申请"), strings.Index(a.body, "尚未说明")
	if first < 0 || second < first {
		t.Errorf("what can be claimed stands at %d, what nobody spoke of at %d", first, second)
	}
	if !strings.Contains(a.body, "/policy/rules/R05?fiscal_fen=0&amp;received_fen=120") {
		t.Error("the answer does not lead to the calculator with what was said")
	}
}

// TestExport: a file holds what the filters leave, in the list's order, and spreadsheets get no formulas.
func TestExport(t *testing.T) {
	p := shared(t)
	all := p.get(t, "/export/achievements.csv")
	if n := strings.Count(all.body, "\nA-"); n != 190 || !strings.Contains(all.header.Get("Content-Disposition"), `filename="achievements.csv"`) {
		t.Errorf("%d rows, %s", n, all.header.Get("Content-Disposition"))
	}
	some := p.get(t, "/export/achievements.csv?maturity=1-3")
	if n := strings.Count(some.body, "\nA-"); n == 0 || n > 20 {
		t.Errorf("%d rows of early achievements", n)
	}
	if x := p.get(t, "/export/needs.xlsx"); !strings.HasPrefix(x.body, "PK") {
		t.Error("the workbook is none")
	}
	for _, bad := range []string{"/export/persons.csv", "/export/achievements.exe", "/export/achievements", "/export/..%2fachievements.csv"} {
		if a := p.get(t, bad); a.status != 404 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
}

// TestFeedsAndMaps are read back as what they claim to be.
func TestFeedsAndMaps(t *testing.T) {
	p := shared(t)
	var atom struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(p.get(t, "/feeds/achievements.atom").body), &atom); err != nil || len(atom.Entries) != 50 {
		t.Error(len(atom.Entries), err)
	}
	var feed struct {
		Version string
		Items   []struct{ URL, Title string }
	}
	if err := json.Unmarshal([]byte(p.get(t, "/feeds/needs.json").body), &feed); err != nil || len(feed.Items) != 50 || !strings.Contains(feed.Version, "1.1") {
		t.Error(len(feed.Items), err)
	}
	ld := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(p.get(t, "/achievements/A-SUG-01").body)
	var about map[string]any
	if ld == nil || json.Unmarshal([]byte(ld[1]), &about) != nil || about["@type"] != "CreativeWork" || about["identifier"] != "A-SUG-01" {
		t.Errorf("linked data: %v", ld)
	}
	if r := p.get(t, "/robots.txt"); !strings.Contains(r.body, "Sitemap: "+p.URL) {
		t.Error(r.body)
	}
}

// TestPreferences are kept, written on the html element, and lead back to the page.
func TestPreferences(t *testing.T) {
	p := shared(t)
	b := browser(t)
	for _, set := range []url.Values{{"theme": {"dark"}, "back": {"/policy"}}, {"size": {"xlarge"}, "back": {"/policy"}}} {
		if a := p.post(t, b, "/settings", set); a.at.Path != "/policy" {
			t.Errorf("%v leads to %s", set, a.at)
		}
	}
	r, err := b.Get(p.URL + "/")
	if a := read(t, r, err); !strings.Contains(a.body, `data-theme="dark" data-size="xlarge"`) {
		t.Error("the choice is not kept")
	}
	p.post(t, b, "/settings", url.Values{"theme": {`"><script>`}, "size": {"huge"}, "back": {"/"}})
	r, err = b.Get(p.URL + "/")
	if a := read(t, r, err); !strings.Contains(a.body, `data-theme="auto" data-size="normal"`) {
		t.Error("a theme that there is not is kept")
	}
	p.post(t, b, "/settings", url.Values{"recommend": {"off"}, "back": {"/"}})
	r, err = b.Get(p.URL + "/achievements/A-SUG-01")
	if a := read(t, r, err); !strings.Contains(a.body, "推荐已关闭") {
		t.Error("suggestions cannot be switched off")
	}
}

// TestEmptyPortal: without records every page says what to do.
func TestEmptyPortal(t *testing.T) {
	p := open(t, settings{empty: true, alter: func(o *web.Options) { o.Desk = nil }})
	for at, want := range map[string]string{"/": "还没有成果", "/achievements": "还没有成果", "/needs": "还没有需求", "/notices": "现在没有公示公告", "/events": "现在没有活动",
		"/services": "名录尚未公开", "/data": "尚无数据", "/match": "写需求、找成果"} {
		if a := p.get(t, at); a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d, does not say %s", at, a.status, want)
		}
	}
	if a := p.match(t, "", "铝合金压铸"); a.status != 200 || !strings.Contains(a.body, "没有匹配的成果") {
		t.Errorf("a need without any achievement: %d", a.status)
	}
}

// TestOtherWordings: in halls, searches and matches one line stands for the wordings of an achievement and
// opens without a script; their pages name each other, and an export has them all.
func TestOtherWordings(t *testing.T) {
	p := shared(t)
	folded := regexp.MustCompile(`(?s)<details class="also"><summary>另有1种表述.*?</summary><ul><li><a href="/achievements/(A-SUG-\d+)">`)
	for _, at := range []string{"/achievements?q=" + url.QueryEscape("蒸发煮炼 节汽"), "/achievements?view=cards&q=" + url.QueryEscape("蒸发煮炼 节汽")} {
		m := folded.FindStringSubmatch(p.get(t, at).body)
		if m == nil || m[1] != "A-SUG-09" && m[1] != "A-SUG-19" {
			t.Errorf("%s: %v", at, m)
		}
	}
	if a := p.match(t, "", "糖厂蒸发煮炼系统节汽改造，吨糖耗汽要降下来"); !folded.MatchString(a.body) {
		t.Error("matches list both wordings")
	}
	for id, other := range map[string]string{"A-SUG-09": "A-SUG-19", "A-SUG-19": "A-SUG-09"} {
		if a := p.get(t, "/achievements/"+id); !regexp.MustCompile(`(?s)id="wordings".*href="/achievements/` + other + `"`).MatchString(a.body) {
			t.Errorf("the page of %s does not name %s", id, other)
		}
		if a := p.get(t, "/export/achievements.csv"); !strings.Contains(a.body, id+",") {
			t.Errorf("%s is not exported", id)
		}
	}
	if a := p.get(t, "/achievements"); !strings.Contains(a.body, "190项成果<small>，同一成果的不同表述合为178条</small>") || !strings.Contains(a.body, "共178") {
		t.Error("the hall does not say how many lines there are")
	}
	if a := p.get(t, "/needs"); strings.Contains(a.body, `class="also"`) {
		t.Error("needs are joined")
	}
}

// TestTreesHaveTwoLevels: cities stand below their province and divisions below their section, each with a
// word; choosing one narrows to it, with a chip.
func TestTreesHaveTwoLevels(t *testing.T) {
	p := shared(t)
	a := p.get(t, "/achievements")
	for facet, want := range map[string]string{
		"industry": `(?s)<li><label class="check"><input[^>]*name="industry" value="C"[^>]*><span>制造业</span>.*?<li class="sub"><label class="check"><input[^>]*name="industry" value="C\d\d"[^>]*><span>[^<]{2,}</span>`,
		"region":   `(?s)<li><label class="check"><input[^>]*name="region" value="450000"[^>]*><span>[^<]+</span>.*?<li class="sub"><label class="check"><input[^>]*name="region" value="45\d\d00"[^>]*><span>[^<]+</span>`,
	} {
		if !regexp.MustCompile(want).MatchString(a.body) {
			t.Errorf("%s is no tree", facet)
		}
	}
	if strings.Contains(a.body, "<span>C1") {
		t.Error("a division is shown by its code")
	}
	if a := p.get(t, "/achievements?industry=C14"); !strings.Contains(a.body, "移除筛选：食品制造") || strings.Contains(a.body, ">0项成果") {
		t.Error("a division does not narrow")
	}
}
