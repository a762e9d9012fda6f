package web

import (
	"fmt"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/plan"
	"zhuanhua/web/words"
)

// more are further words of templates, for all languages alike.
func (s *Server) more(f speaker) template.FuncMap {
	return template.FuncMap{
		"wrap":      func(e *app.Entry) shown { return shown{e} },
		"hallpath":  hallPath,
		"base":      func(p string) string { return path.Base(strings.ReplaceAll(p, `\`, "/")) },
		"seq":       seq,
		"words":     strings.Fields,
		"list":      func() []string { return nil },
		"chapter":   f.chapter,
		"prefix":    func(item string) string { id, _, _ := strings.Cut(item, "."); return id },
		"statusTag": statusTag,
		"industry":  f.industry,
		"whole":     whole,
		"measureTitle": func(item string) string {
			id, _, _ := strings.Cut(item, ".")
			if m := s.o.Pack.Measure(id); m != nil {
				return m.Title.In(plan.Lang(f.lang))
			}
			return id
		},
		"targetTitle": func(id string) string {
			if t := s.o.Pack.Target(id); t != nil {
				return t.Title.In(plan.Lang(f.lang))
			}
			return id
		},
		"sample": func() *resultView { return sampleResult(f) },
	}
}

// shown is an entry with the words of a search marked in it.
type shown struct{ *app.Entry }

// MarkedTitle is the title with words marked.
func (s shown) MarkedTitle(words []string) template.HTML { return marked(s.Title, words) }

// Snippet is where the words stand in the text.
func (s shown) Snippet(words []string) template.HTML { return snippet(s.Brief, words) }

func hallPath(n zhuanhua.Noun) string {
	if n == zhuanhua.NounNeed {
		return "/needs"
	}
	return "/achievements"
}

// seq counts from 1 to n.
func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// statusTag is the tone and the icon of a word for where a case stands.
func statusTag(name string) levelTag {
	switch name {
	case "accepted", "approved", "paid", "done":
		return levelTag{name, "ok", "check"}
	case "correction", "objection":
		return levelTag{name, "warn", "alert-triangle"}
	case "refused", "denied":
		return levelTag{name, "bad", "x"}
	case "submitted", "review", "public":
		return levelTag{name, "info", "file-text"}
	}
	return levelTag{name, "", "circle-minus"}
}

// sampleResult is what the design page shows as evidence.
func sampleResult(f speaker) *resultView {
	say := func(key string, args ...any) string { return f.words.Say(f.lang, key, args...) }
	return &resultView{Open: true,
		Figures: []figureView{{say("sample.yield"), "≥67%", "72%", "", "ok", "check", say("verdict.meets.by", "5", say("unit.points"))},
			{say("sample.cost"), "≤300万元", "320万元", "", "warn", "trending-down", say("verdict.short.by", "20", "万元")},
			{say("sample.time"), "≤12", say("value.none"), "", "", "circle-minus", say("verdict.none")}},
		Evidence: []evidenceRow{{template.HTML(fmt.Sprintf("%s<mark>%s</mark>", "", template.HTMLEscapeString(say("sample.need")))), template.HTML("<mark>" + template.HTMLEscapeString(say("sample.offer")) + "</mark>"), "", say("column.abstract"), say("reason.phrase")}},
		Against:  []string{say("sample.against")},
	}
}

// unbroken are dates and amounts, which a line never breaks.
var unbroken = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9][0-9,]*(\.[0-9]+)?(万元|亿元|元|%)`)

// whole is a text in which no date and no amount is broken at the end of a line.
func whole(s string) template.HTML {
	return template.HTML(unbroken.ReplaceAllString(template.HTMLEscapeString(s), `<span class="q">$0</span>`))
}

// industry is a code of an industry with the name of the narrowest class that has one: 农副食品加工（C1340）.
func (f speaker) industry(code string) string {
	for n := len(code); n > 0; n-- {
		if key := "industry." + code[:n]; f.words.Has(f.lang, key) {
			return f.words.Say(f.lang, "value.coded", f.words.Say(f.lang, key), code)
		}
	}
	return code
}

// chapter is the number of a chapter of the plan, which Chinese plans write in characters.
func (f speaker) chapter(name string) string {
	at := slices.Index([]string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}, name)
	if f.lang == words.EN && at >= 0 {
		return itoa(at + 1)
	}
	return name
}
