package report

import (
	"bytes"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(t *testing.T, in Input) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// body is the page without style and script, whose changes are looked at in a browser.
func body(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "</script>")
	if !ok || strings.Contains(rest, "<script") || strings.Contains(rest, "<style") {
		t.Fatal("the page must hold one script and no style after it")
	}
	return rest
}

func TestHTMLGolden(t *testing.T) {
	got := body(t, render(t, sample()))
	golden := filepath.Join("testdata", "sample.html")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("the page changed: look at the difference, then go test ./report -update")
	}
}

// hostile fills every text of an input with s.
func hostile(s string) Input {
	in := sample()
	in.How, in.HowEnglish = s, s
	for i, r := range in.Results {
		need := *r.Need
		n := &need.Value
		n.ID, n.Title, n.Text, n.Background, n.Objective, n.Indicators, n.Organisation = s, s, s, s, s, s, s
		n.Region = zhuanhua.Region(s)
		need.Source = hostileSource(s)
		in.Results[i].Need = &need
		for j, p := range r.Pairs {
			in.Results[i].Pairs[j] = hostilePair(p, s)
		}
	}
	return in
}

func hostileSource(s string) zhuanhua.Source {
	return zhuanhua.Source{File: s, Row: 1, Cells: []zhuanhua.Cell{{Column: s, Noun: s, Raw: s + s}}}
}

func hostilePair(p Pair, s string) Pair {
	row := *p.Achievement
	a := &row.Value
	a.ID, a.Title, a.Abstract, a.Body, a.TechField = s, s, s, s, s
	a.Units, a.Stage = []string{s, s}, zhuanhua.Stage(s)
	row.Source = hostileSource(s)
	m := p.Match
	m.AchievementID = s
	span := match.Span{Field: s, Start: 0, End: utf8.RuneCountInString(s), Text: s}
	m.Reasons = []match.Reason{{Kind: s, Note: s, Need: span, Achievement: span}}
	m.Against = []match.Objection{{Kind: s, Message: s}}
	m.Same = []match.Same{{ID: s, Why: match.SameWhy(s)}}
	return Pair{Match: m, Achievement: &row, Same: []*intake.Achievement{&row}}
}

// skeleton is a page's tags and attribute names, without any text or value.
func skeleton(page string) string {
	tag := regexp.MustCompile(`<[^>]*>`)
	value := regexp.MustCompile(`"[^"]*"`)
	var b strings.Builder
	for _, s := range tag.FindAllString(page, -1) {
		b.WriteString(value.ReplaceAllString(s, `""`) + "\n")
	}
	return b.String()
}

// TestHTMLEscapes compares the tags of a page made of attacks with those of one made of plain
// letters: what the data holds may change no tag and no attribute.
func TestHTMLEscapes(t *testing.T) {
	plain := skeleton(body(t, render(t, hostile("甲"))))
	for _, s := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><script>alert(1)</script>`,
		`--><svg/onload=alert(1)>`, `{{.Head}}<b>`, "javascript:alert(1)", `</style></script><iframe src="//evil.example">`, "\"\x00<\x00script>", "&lt&#60script>",
	} {
		page := render(t, hostile(s))
		if got := skeleton(body(t, page)); got != plain {
			t.Errorf("%q changes the page's tags", s)
		}
		if strings.Count(page, "<script") != 1 || strings.Contains(page, "<img") || strings.Contains(page, "<iframe") {
			t.Errorf("%q comes through as a tag", s)
		}
	}
}

// TestHTMLPolicy checks that the policy allows exactly the style and script in the page, and that
// the page asks for nothing outside itself.
func TestHTMLPolicy(t *testing.T) {
	page := render(t, sample())
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src 'none';") || strings.Contains(policy[1], "unsafe") {
		t.Fatalf("policy %v", policy)
	}
	for _, name := range []string{"style", "script"} {
		text := regexp.MustCompile(`(?s)<` + name + `>(.*?)</` + name + `>`).FindStringSubmatch(page)
		if text == nil || !strings.Contains(policy[1], name+"-src "+hash(text[1])) {
			t.Errorf("the policy does not name the %s of the page", name)
		}
	}
	if strings.Index(page, "Content-Security-Policy") > strings.Index(page, "<style") {
		t.Error("the policy must come before what it governs")
	}
	for _, m := range regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") {
			t.Errorf("the page points outside itself: %s", m[1])
		}
	}
	for _, bad := range []string{" style=\"", " onclick", "url(http", "@import", "innerHTML"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestHTMLSays(t *testing.T) {
	page := render(t, sample())
	for _, want := range []string{
		`<html lang="zh-CN">`, "供需匹配报告", "6项需求中，3项找到了强相关成果", "2026-11-23 16:42", "示例数据，均为虚构", "库中暂无合适成果",
		"300.00万元", "1,240.00万元", "广西柳州市", "中试（TRL 6）", "环境级（TRL 7）", "报价</span><span class=\"v\">未提供", "等4家", "已过",
		"<mark>良率≥67%</mark>", "<mark>综合良率72%</mark>", "共同表述", "语义相近", "指标对比", "领域一致", "needs.jsonl 第1条", `title="Strong match"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestHTMLEmpty(t *testing.T) {
	for name, in := range map[string]Input{
		"nothing":   {},
		"no need":   {Achievements: 3, MadeAt: time.Now()},
		"nil parts": {Results: []NeedResult{{}, {Pairs: []Pair{{Match: match.Match{Level: match.Strong, Score: math.NaN()}}}}}},
		"none only": {Results: []NeedResult{{Need: &intake.Need{}, Pairs: []Pair{{Match: match.Match{Level: match.None, Score: 0.1}}}}}},
	} {
		page := render(t, in)
		if strings.Contains(page, "NaN") || !strings.HasSuffix(strings.TrimSpace(page), "</html>") {
			t.Errorf("%s: the page is not whole", name)
		}
		var b bytes.Buffer
		if err := XLSX(&b, in); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if page := render(t, Input{}); !strings.Contains(page, "没有可以比对的需求") {
		t.Error("an empty report does not say that it is empty")
	}
}

func TestHTMLBadTexts(t *testing.T) {
	page := render(t, hostile("坏\xff字\x00节\u202e反\uFFFE"))
	if !utf8.ValidString(page) || strings.ContainsAny(page, "\x00\u202e\uFFFE") {
		t.Error("invalid bytes or control characters come through")
	}
	page = render(t, hostile(strings.Repeat("很长的文字，", 120_000)))
	if len(page) > 1<<20 {
		t.Errorf("huge texts make a page of %d bytes", len(page))
	}
	if !strings.Contains(page, "全文") {
		t.Error("a text that was cut does not say so")
	}
}

// TestHTMLLarge keeps the page of a usual large run within what a browser opens at once.
func TestHTMLLarge(t *testing.T) {
	var n countWriter
	if err := HTML(&n, large(500, 10)); err != nil {
		t.Fatal(err)
	}
	if n > 20<<20 {
		t.Errorf("500 needs of 10 matches make %d bytes", n)
	}
}

type countWriter int

func (c *countWriter) Write(p []byte) (int, error) {
	*c += countWriter(len(p))
	return len(p), nil
}

func TestRenderersReportAFailedWriter(t *testing.T) {
	for name, f := range map[string]func(io.Writer, Input) error{"xlsx": XLSX, "html": HTML} {
		if err := f(failAfter(10), sample()); err == nil {
			t.Errorf("%s: no error from a full disk", name)
		}
	}
}
