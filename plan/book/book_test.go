package book_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plan/book"
	"zhuanhua/plans"
)

var update = flag.Bool("update", false, "write the golden files anew")

// regions is the program's table of regions.
type regions struct{}

func (regions) RegionName(r zhuanhua.Region) string          { return intake.RegionName(r) }
func (regions) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

// embedded loads one of the packs that the program carries.
func embedded(t testing.TB, id string) *plan.Pack {
	t.Helper()
	files, err := fs.Sub(plans.Files, id)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, files, id)
}

// small loads the small invented plan of the golden files.
func small(t testing.TB) *plan.Pack { return load(t, os.DirFS("testdata/small"), "small") }

func load(t testing.TB, files fs.FS, name string) *plan.Pack {
	t.Helper()
	p, err := plan.Load(files, name, plan.Options{Regions: regions{}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func input(p *plan.Pack) book.Input { return book.Input{Pack: p, Results: p.RunTrials()} }

// render is a book in one language.
func render(t testing.TB, in book.Input, lang plan.Lang) string {
	t.Helper()
	page, err := book.HTML(in, lang)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// body is the page without its head, whose style is looked at in a browser.
func body(page string) string {
	_, rest, _ := strings.Cut(page, "<body>")
	return rest
}

// everyPack runs a test over all packs and both languages.
func everyPack(t *testing.T, test func(t *testing.T, p *plan.Pack, lang plan.Lang, page string)) {
	for _, p := range []*plan.Pack{small(t), embedded(t, "example-region"), embedded(t, "guangxi-2025-2027")} {
		for _, lang := range []plan.Lang{plan.ZH, plan.EN} {
			t.Run(p.ID+"-"+string(lang), func(t *testing.T) { test(t, p, lang, render(t, input(p), lang)) })
		}
	}
}

// TestGolden compares the books of the small plan, without their style, with the golden files. The
// fingerprint is left out: it changes with every comment of the plan.
func TestGolden(t *testing.T) {
	p := small(t)
	for _, lang := range []plan.Lang{plan.ZH, plan.EN} {
		got := strings.ReplaceAll(body(render(t, input(p), lang)), p.Sum, "SUM")
		golden := filepath.Join("testdata", "small-"+string(lang)+".golden")
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
			t.Errorf("%s: the book changed: look at the difference, then go test ./plan/book -update", lang)
		}
	}
}

// TestSameBytes: loading and printing a plan again gives the same bytes.
func TestSameBytes(t *testing.T) {
	for range 3 {
		a, b := render(t, input(embedded(t, "example-region")), plan.ZH), render(t, input(embedded(t, "example-region")), plan.ZH)
		if a != b {
			t.Fatal("two books of one plan differ")
		}
	}
}

// TestEverythingStandsInTheBook looks for every id and every text of a plan.
func TestEverythingStandsInTheBook(t *testing.T) {
	everyPack(t, func(t *testing.T, p *plan.Pack, lang plan.Lang, page string) {
		shown := html.UnescapeString(page)
		says := func(what, s string) {
			if !strings.Contains(shown, s) {
				t.Errorf("%s: the book does not say %q", what, s)
			}
		}
		place := func(id string) {
			if strings.Count(page, `id="`+html.EscapeString(id)+`"`) != 1 {
				t.Errorf("%s has no place of its own", id)
			}
		}
		for _, i := range p.AllItems() {
			place(i.ID)
			says(i.ID, i.Text.In(lang))
			says(i.ID, i.Carried.Ref.ID)
		}
		for _, m := range p.Measures {
			place(m.ID)
			says(m.ID, m.Title.In(lang))
		}
		for _, g := range p.Targets {
			place(g.ID)
			says(g.ID, g.Counts.What.In(lang))
			says(g.ID, g.Counts.Note.In(lang))
		}
		for _, f := range p.Facts {
			place("fact-" + f.ID)
			says(f.ID, f.Question.In(lang))
		}
		for _, d := range p.Departments {
			place("dept-" + d.Code)
			says(d.Code, d.Name.In(lang))
		}
		for _, d := range p.Documents {
			place("doc-" + d.ID)
			says(d.ID, d.Title.In(lang))
			says(d.ID, d.Note.In(lang))
		}
		for _, v := range p.Vocabularies {
			place("voc-" + v.ID)
			for _, w := range v.Values {
				says(v.ID, w.Name.In(lang))
				says(v.ID, w.Code)
			}
		}
		for _, m := range p.NotSet() {
			says(m.ID, m.ID)
			says(m.ID, m.Note.In(lang))
		}
		for _, x := range p.Trials {
			says("trial", x.Name.In(lang))
		}
		says("fingerprint", p.Sum)
	})
}

// TestRulesStandInTheBook looks for every part of every money rule.
func TestRulesStandInTheBook(t *testing.T) {
	everyPack(t, func(t *testing.T, p *plan.Pack, lang plan.Lang, page string) {
		for _, r := range p.Rules {
			_, own, ok := strings.Cut(page, `<article class="rule" id="`+r.ID+`"`)
			if own, _, _ = strings.Cut(own, "</article>"); !ok {
				t.Fatalf("%s has no place", r.ID)
			}
			shown := html.UnescapeString(own)
			says := func(s string) {
				if !strings.Contains(shown, s) {
					t.Errorf("%s does not say %q", r.ID, s)
				}
			}
			says(r.Beneficiary.In(lang))
			says(r.NoAmount.In(lang))
			o, err := p.Outline(r.ID, p.Valid.From)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range o.Conditions {
				says(c.Text.In(lang))
				says(c.Need.In(lang))
				says(c.Next.In(lang))
				says(c.When.Code)
			}
			for _, s := range o.Steps {
				says(s.Value.Code)
				says(s.Words.In(lang))
			}
			for _, x := range r.Parameters {
				if !strings.Contains(own, `id="`+r.ID+"."+x.Name+`"`) {
					t.Errorf("%s.%s has no place", r.ID, x.Name)
				}
				says(x.Title.In(lang))
				for _, s := range x.Values {
					says(p.ParameterText(x, s.Value).In(lang))
				}
				if x.NotSet != nil {
					says(x.NotSet.Note.In(lang))
				}
			}
			for _, n := range r.Tranches {
				says(n.When.In(lang))
			}
			for _, x := range p.TrialsOf(r.ID) {
				says(x.Name.In(lang))
			}
			if !strings.Contains(own, `class="example"`) {
				t.Errorf("%s has no worked example", r.ID)
			}
		}
	})
}

// TestLinksLead: every link of a book leads to a place in it or to its other language, and no two places
// have one name.
func TestLinksLead(t *testing.T) {
	everyPack(t, func(t *testing.T, _ *plan.Pack, lang plan.Lang, page string) {
		places := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if places[m[1]] {
				t.Errorf("two places are called %s", m[1])
			}
			places[m[1]] = true
		}
		other := map[plan.Lang]string{plan.ZH: "en.html", plan.EN: "index.html"}[lang]
		for _, m := range regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if to, inside := strings.CutPrefix(m[1], "#"); inside && !places[to] || !inside && m[1] != other {
				t.Errorf("a link leads nowhere: %s", m[1])
			}
		}
		for _, m := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !places[m[1]] {
				t.Errorf("nothing is called %s", m[1])
			}
		}
	})
}

// TestPolicy: the policy allows exactly the styles in the page and no script, and the page holds none.
func TestPolicy(t *testing.T) {
	page := render(t, input(small(t)), plan.ZH)
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src 'none';") || strings.Contains(policy[1], "unsafe") || strings.Contains(policy[1], "script-src") {
		t.Fatalf("policy %v", policy)
	}
	styles := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(page, -1)
	if len(styles) != 2 || strings.Index(page, "Content-Security-Policy") > strings.Index(page, "<style") {
		t.Fatalf("%d styles, or the policy comes after them", len(styles))
	}
	for _, s := range styles {
		sum := sha256.Sum256([]byte(s[1]))
		if !strings.Contains(policy[1], "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			t.Error("the policy does not name a style of the page")
		}
	}
	for _, bad := range []string{"<script", " style=\"", " onclick", "url(http", "@import", "<img", "<iframe"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

// TestHeadings: one h1, no level left out, and every table has a caption and heads with a scope.
func TestHeadings(t *testing.T) {
	everyPack(t, func(t *testing.T, _ *plan.Pack, lang plan.Lang, page string) {
		before := 0
		for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(page, -1) {
			level := int(m[1][0] - '0')
			if level > before+1 || level == 1 && before != 0 {
				t.Errorf("h%d after h%d", level, before)
			}
			before = level
		}
		for _, table := range regexp.MustCompile(`(?s)<table.*?</table>`).FindAllString(page, -1) {
			if !strings.Contains(table, "<caption") || strings.Count(table, "<th ") != strings.Count(table, `scope="`) || strings.Contains(table, "<th>") {
				t.Errorf("a table without caption or scope: %.80s", table)
			}
		}
		want := map[plan.Lang]string{plan.ZH: `<html lang="zh-Hans-CN">`, plan.EN: `<html lang="en">`}[lang]
		for _, s := range []string{want, `name="viewport"`, "<main ", "<nav ", "<header ", "<footer ", `class="skip"`} {
			if !strings.Contains(page, s) {
				t.Errorf("the page lacks %s", s)
			}
		}
	})
}

// TestWrite: both languages are written; a book that stands there is replaced; a place that is a file is
// refused in words; nothing else is left in the folder.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 {
		files, err := book.Write(dir, input(small(t)))
		if err != nil || len(files) != 2 {
			t.Fatal(files, err)
		}
		if err := os.WriteFile(files[0], []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := book.Write(dir, input(small(t)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(files[0])
	if err != nil || bytes.Equal(page, []byte("old")) {
		t.Error("the old book was not replaced", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("%d files in the folder", len(left))
	}
	_, err = book.Write(files[0], input(small(t)))
	if err == nil || !strings.Contains(err.Error(), "this cannot be written") {
		t.Errorf("a file as folder: %v", err)
	}
}
