package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/plan"
	"zhuanhua/web/words"
)

// funcs are what templates can say, in one language.
func (s *Server) funcs(l words.Lang) template.FuncMap {
	f := speaker{s, l}
	return template.FuncMap{
		"t":        func(key string, args ...any) string { return s.words.Say(l, key, args...) },
		"has":      func(key string) bool { return s.words.Has(l, key) },
		"url":      func(p string) string { return prefixed(l, p) },
		"asset":    s.assets.URL,
		"icon":     s.icon,
		"in":       func(t plan.Text) string { return t.In(plan.Lang(l)) },
		"num":      number,
		"wan":      f.wan,
		"yuan":     f.wanPlain,
		"price":    f.price,
		"date":     f.date,
		"day":      f.day,
		"clock":    func(t time.Time) string { return t.In(beijing()).Format("15:04") },
		"region":   f.region,
		"city":     f.city,
		"field":    f.field,
		"mode":     f.mode,
		"modes":    f.modes,
		"maturity": f.maturity,
		"units":    f.units,
		"lead":     f.lead,
		"ready":    f.ready,
		"record":   func(n any, id string) string { return recordURL(zhuanhua.Noun(fmt.Sprint(n)), id) },
		"english":  func() bool { return l == words.EN },
		"dict":     dict,
		"add":      func(a, b int) int { return a + b },
		"share":    func(a, b int) string { return share(a, b) },
		"level":    func(m match.Level) levelTag { return levelOf(m) },
		"cut":      cutText,
	}
}

// speaker writes values in one language. One formatter writes every quantity.
type speaker struct {
	*Server
	lang words.Lang
}

// q is a quantity that does not break: number and unit stay together.
func q(s string) template.HTML {
	return template.HTML(`<span class="q">` + template.HTMLEscapeString(s) + `</span>`)
}

// icon is a sign of the sprite, "" where icons were not fetched: a word always stands beside it.
func (s *Server) icon(name string) template.HTML {
	at := s.assets.URL("sprite.svg")
	if at == "" {
		return ""
	}
	return template.HTML(`<svg class="ic" aria-hidden="true"><use href="` + at + "#" + template.HTMLEscapeString(name) + `"/></svg>`)
}

// number writes a count with thousands commas.
func number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	return sign + grouped(s)
}

// grouped puts commas between the thousands of digits.
func grouped(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// wanPlain is an amount in 万元 with two decimals and commas, without the unit.
func (speaker) wanPlain(m zhuanhua.Money) string {
	s, sign := m.Wan(), ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		s, sign = rest, "-"
	}
	whole, frac, _ := strings.Cut(s, ".")
	return sign + grouped(whole) + "." + frac
}

// money is an amount with its unit: 1,240.00万元, CNY 12.40 million.
func (f speaker) money(m zhuanhua.Money) string {
	if f.lang == words.ZH {
		if m >= zhuanhua.YiYuan*10 {
			return grouped(strconv.FormatInt(int64(m/zhuanhua.YiYuan), 10)) + "." + fmt.Sprintf("%02d", m%zhuanhua.YiYuan/(zhuanhua.YiYuan/100)) + "亿元"
		}
		return f.wanPlain(m) + "万元"
	}
	switch {
	case m >= 1000*1_000_000*zhuanhua.Yuan:
		return fmt.Sprintf("CNY %.2f billion", float64(m)/float64(1_000_000_000*zhuanhua.Yuan))
	case m >= 1_000_000*zhuanhua.Yuan:
		return fmt.Sprintf("CNY %.2f million", float64(m)/float64(1_000_000*zhuanhua.Yuan))
	}
	return "CNY " + grouped(strconv.FormatInt(int64(m/zhuanhua.Yuan), 10))
}

func (f speaker) wan(m zhuanhua.Money) template.HTML { return q(f.money(m)) }

// price is an asking price, or that it is to be agreed.
func (f speaker) price(m *zhuanhua.Money) template.HTML {
	if m == nil {
		return template.HTML(template.HTMLEscapeString(f.words.Say(f.lang, "price.open")))
	}
	return f.wan(*m)
}

// date is a day of a moment in Beijing: 2026-11-26, 26 November 2026.
func (f speaker) date(t time.Time) string {
	if t.IsZero() {
		return f.words.Say(f.lang, "value.none")
	}
	if f.lang == words.EN {
		return t.In(beijing()).Format("2 January 2006")
	}
	return t.In(beijing()).Format("2006-01-02")
}

// day is a calendar day.
func (f speaker) day(d zhuanhua.Date) string {
	if d.IsZero() {
		return f.words.Say(f.lang, "value.none")
	}
	return f.date(time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, beijing()))
}

// region is the whole name of a region.
func (f speaker) region(r zhuanhua.Region) string {
	if r == "" {
		return f.words.Say(f.lang, "value.none")
	}
	if key := "region." + string(r); f.words.Has(f.lang, key) {
		return f.words.Say(f.lang, key)
	}
	if f.lang == words.EN { // a district is named with its city where the city has an English name
		if key := "region." + string(r.City()); r.City() != "" && f.words.Has(f.lang, key) {
			return f.words.Say(f.lang, key)
		}
	}
	return intake.RegionName(r)
}

// city is the short name of the place: 柳州, 广东, 越南.
func (f speaker) city(r zhuanhua.Region) string {
	if r == "" {
		return f.words.Say(f.lang, "value.none")
	}
	at := r
	if c := r.City(); c != "" {
		at = c
	}
	if key := "region." + string(at); f.words.Has(f.lang, key) {
		return f.words.Say(f.lang, key)
	}
	return intake.RegionName(at)
}

func (f speaker) field(s string) string { return f.known("field.", s) }

func (f speaker) mode(m zhuanhua.Mode) string { return f.known("mode.", string(m)) }

// known translates a word of a list; one that is not in the list stands as it was written.
func (f speaker) known(prefix, s string) string {
	if s == "" {
		return f.words.Say(f.lang, "value.none")
	}
	if f.words.Has(f.lang, prefix+s) {
		return f.words.Say(f.lang, prefix+s)
	}
	return s
}

func (f speaker) modes(list []zhuanhua.Mode) string {
	if len(list) == 0 {
		return f.words.Say(f.lang, "value.none")
	}
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = f.mode(m)
	}
	return strings.Join(out, f.words.Say(f.lang, "list.comma"))
}

// maturity is the stage with the readiness level: 中试（TRL 6）.
func (f speaker) maturity(stage zhuanhua.Stage, t zhuanhua.TRL) string {
	word := string(stage)
	switch {
	case word == "" && t.Valid():
		word = f.words.Say(f.lang, "stage."+app.MaturityRange(t))
	case word != "":
		word = f.known("stage.", word)
	}
	switch {
	case t.Valid():
		return f.words.Say(f.lang, "maturity.both", word, int(t))
	case word == "":
		return f.words.Say(f.lang, "value.none")
	}
	return word
}

// units are the first organisations of a record.
func (f speaker) units(list []string) string {
	switch {
	case len(list) == 0:
		return f.words.Say(f.lang, "value.none")
	case len(list) > 2:
		return f.words.Say(f.lang, "units.more", list[0], len(list))
	}
	return strings.Join(list, f.words.Say(f.lang, "list.comma"))
}

// recordURL is the address of a record's page.
func recordURL(n zhuanhua.Noun, id string) string {
	if n == zhuanhua.NounNeed {
		return "/needs/" + url.PathEscape(id)
	}
	return "/achievements/" + url.PathEscape(id)
}

// dict hands several values to a part of a page.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: a key without a value")
	}
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no key", pairs[i])
		}
		out[key] = pairs[i+1]
	}
	return out, nil
}

// share is a part of a whole in percent, "0%" of nothing.
func share(part, whole int) string {
	if whole <= 0 {
		return "0%"
	}
	return strconv.Itoa(min(100, (part*100+whole/2)/whole)) + "%"
}

// cutText is the beginning of a text.
func cutText(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes]) + "…"
}

// levelTag is how a level is shown.
type levelTag struct{ Key, Tone, Icon string }

func levelOf(l match.Level) levelTag {
	switch l {
	case match.Strong:
		return levelTag{"level.strong", "ok", "check"}
	case match.Fair:
		return levelTag{"level.fair", "info", "share"}
	case match.Weak:
		return levelTag{"level.weak", "", "circle-minus"}
	}
	return levelTag{"level.none", "", "circle-minus"}
}

// lead is the first organisation of a record and how many there are, for a narrow column.
func (f speaker) lead(list []string) string {
	if len(list) > 1 {
		return f.words.Say(f.lang, "units.more", list[0], len(list))
	}
	return f.units(list)
}

// ready is the readiness in short: 中试，TRL 6.
func (f speaker) ready(t zhuanhua.TRL) string {
	if !t.Valid() {
		return f.words.Say(f.lang, "value.none")
	}
	return f.words.Say(f.lang, "maturity.short", f.words.Say(f.lang, "stage."+app.MaturityRange(t)), int(t))
}
