package web

import (
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/match"
	"zhuanhua/match/text"
	"zhuanhua/web/words"
)

// resultView is one proposed achievement with what speaks for and against it.
type resultView struct {
	Entry    *app.Entry
	Level    match.Level
	Open     bool
	Figures  []figureView
	Evidence []evidenceRow
	Common   []string // fields that both are of
	Against  []string
	For      string // the strongest reason in one line, for a result that is folded
	OpenURL  string
	FoldURL  string
	Anchor   string
}

// figureView is one indicator: what is wanted, what is offered, and what follows.
type figureView struct {
	Label, Wanted, Offered, Said string
	Tone, Icon, Verdict          string
}

// evidenceRow is two passages beside each other.
type evidenceRow struct {
	Need, Offer             template.HTML
	NeedSource, OfferSource string
	Kind                    string
}

// result explains one achievement for a need.
func (c *call) result(e *app.Entry, need *match.Document, m *match.Match, open bool) *resultView {
	v := &resultView{Entry: e, Open: open, Level: m.Level, Anchor: "r-" + anchorOf(e.ID)}
	offer := c.o.Finder.Document(zhuanhua.NounAchievement, e.ID)
	if offer == nil {
		return v
	}
	v.Against = c.against(m.Against)
	v.For = c.strongest(m, need, offer)
	if !open {
		return v
	}
	for _, f := range match.Figures(need, offer) {
		if !costWords.MatchString(f.Label) { // money is compared as money
			v.Figures = append(v.Figures, c.figure(f))
		}
	}
	if row, ok := c.cost(need, offer); ok {
		v.Figures = append(v.Figures, row)
	}
	for i, r := range m.Reasons {
		if r.Kind == match.ReasonPhrase && shownBefore(m.Reasons[:i], r) {
			continue
		}
		if r.Kind == match.ReasonField {
			v.Common = append(v.Common, speaker{c.Server, c.lang}.field(r.Achievement.Text))
			continue
		}
		v.Evidence = append(v.Evidence, evidenceRow{Need: quoted(need, r.Need), Offer: quoted(offer, r.Achievement),
			NeedSource: c.column(need, r.Need.Field), OfferSource: c.column(offer, r.Achievement.Field), Kind: c.say("reason." + r.Kind)})
	}
	return v
}

// shownBefore reports whether words in common are part of a comparison that stands there already.
func shownBefore(before []match.Reason, r match.Reason) bool {
	within := func(a, b match.Span) bool { return a.Field == b.Field && b.Start <= a.Start && a.End <= b.End }
	return slices.ContainsFunc(before, func(b match.Reason) bool {
		return b.Kind == match.ReasonNumber && within(r.Need, b.Need) && within(r.Achievement, b.Achievement)
	})
}

// costWords name a budget, which is compared with the price.
var costWords = regexp.MustCompile(`预算|投入|投资|经费|总价|费用`)

// cost sets the budget beside the price.
func (c *call) cost(need, offer *match.Document) (figureView, bool) {
	budget, price := need.Facts.Budget, offer.Facts.Price
	if budget == nil {
		return figureView{}, false
	}
	f := speaker{c.Server, c.lang}
	v := figureView{Label: c.say("budget.label"), Wanted: c.say("budget.atmost", f.money(*budget))}
	switch {
	case price == nil:
		v.Offered, v.Icon, v.Verdict = c.say("price.open"), "circle-minus", c.say("verdict.none")
	case *price > *budget:
		v.Offered, v.Tone, v.Icon, v.Verdict = f.money(*price), "warn", "trending-down", c.say("budget.over", f.money(*price-*budget))
	case *price == *budget:
		v.Offered, v.Tone, v.Icon, v.Verdict = f.money(*price), "ok", "check", c.say("budget.equal")
	default:
		v.Offered, v.Tone, v.Icon, v.Verdict = f.money(*price), "ok", "check", c.say("budget.within", f.money(*budget-*price))
	}
	return v, true
}

// anchorOf is an id as it may stand in an address and an attribute.
func anchorOf(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '.'
	}, id)
}

func (c *call) figure(f match.Figure) figureView {
	v := figureView{Label: f.Label, Wanted: f.Wanted, Offered: f.Offered, Said: f.Said}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f.Gap, 'g', 6, 64), 64) // 99.6 − 99 is not quite 0.6 in binary
	gap := strconv.FormatFloat(rounded, 'f', -1, 64)
	unit := f.Unit
	switch {
	case err != nil:
		f.Gap = 0
	case unit == "%":
		unit = c.say("unit.points")
	case unit != "" && unit[0] < 0x80:
		unit = " " + unit
	}
	switch {
	case f.Offered != "" && f.Verdict == text.Incomparable:
		v.Tone, v.Icon, v.Verdict = "", "circle-minus", c.say("verdict.unclear")
	case f.Offered == "":
		v.Offered, v.Tone, v.Icon, v.Verdict = c.say("value.none"), "", "circle-minus", c.say("verdict.none")
	case f.Verdict == text.Meets && f.Gap != 0:
		v.Tone, v.Icon, v.Verdict = "ok", "check", c.say("verdict.meets.by", gap, unit)
	case f.Verdict == text.Meets:
		v.Tone, v.Icon, v.Verdict = "ok", "check", c.say("verdict.meets")
	case f.Gap != 0:
		v.Tone, v.Icon, v.Verdict = "warn", "trending-down", c.say("verdict.short.by", gap, unit)
	default:
		v.Tone, v.Icon, v.Verdict = "warn", "trending-down", c.say("verdict.short")
	}
	return v
}

// strongest is the plainest reason in one line.
func (c *call) strongest(m *match.Match, need, offer *match.Document) string {
	for _, r := range m.Reasons {
		switch r.Kind {
		case match.ReasonNumber:
			return c.say("for.number", cutText(r.Need.Text, 40), cutText(r.Achievement.Text, 40))
		case match.ReasonPhrase:
			var words []string
			for _, x := range m.Reasons {
				if x.Kind == match.ReasonPhrase && len(words) < 3 {
					words = append(words, "“"+cutText(x.Achievement.Text, 16)+"”")
				}
			}
			return c.say("for.phrase", strings.Join(words, c.say("list.comma")))
		case match.ReasonPassage:
			return c.say("for.passage", cutText(r.Achievement.Text, 60))
		}
	}
	return ""
}

// contextRunes is how much of a text stands around a quotation.
const contextRunes = 32

// quoted is a span in its context, verbatim.
func quoted(d *match.Document, sp match.Span) template.HTML {
	for _, p := range d.Parts {
		runes := []rune(p.Raw)
		if p.Column != sp.Field || p.Listed || sp.End > len(runes) || sp.Start >= sp.End || string(runes[sp.Start:sp.End]) != sp.Text {
			continue
		}
		from, to := max(0, sp.Start-contextRunes), min(len(runes), sp.End+contextRunes)
		for i := sp.Start - 1; i >= from; i-- { // a sentence that ends here ends the context
			if strings.ContainsRune("。！？；;\n", runes[i]) {
				from = i + 1
				break
			}
		}
		for i := max(sp.End, 1) - 1; i < to; i++ {
			if strings.ContainsRune("。！？\n", runes[i]) {
				to = max(i+1, sp.End)
				break
			}
		}
		from, to = trimmed(runes, sp, from, to)
		out := string(runes[from:to])
		html := spanned(out, []match.Span{{Start: sp.Start - from, End: sp.End - from}})
		if from > 0 && !strings.ContainsRune("。！？；;\n", runes[from-1]) {
			html = "…" + html
		}
		if to < len(runes) && !strings.ContainsRune("。！？\n", runes[to-1]) {
			html += "…"
		}
		return html
	}
	return template.HTML("<mark>" + template.HTMLEscapeString(sp.Text) + "</mark>")
}

// snapRunes is how far a context gives way to begin and end at a comma.
const snapRunes = 14

// trimmed lets a context that was cut in the middle of a sentence begin and end at a comma near by, and never within a
// number or a Latin word.
func trimmed(runes []rune, sp match.Span, from, to int) (int, int) {
	comma := func(r rune) bool { return strings.ContainsRune("，、；：,", r) }
	solid := func(r rune) bool { return !unicode.Is(unicode.Han, r) && !unicode.IsPunct(r) || r == '.' || r == '%' }
	if ended := to == len(runes) || strings.ContainsRune("。！？\n", runes[to-1]); !ended {
		for i := to - 1; i >= max(sp.End, to-snapRunes); i-- {
			if comma(runes[i]) {
				to = i
				break
			}
		}
		for to > sp.End && to < len(runes) && solid(runes[to-1]) && solid(runes[to]) {
			to--
		}
	}
	if begun := from == 0 || strings.ContainsRune("。！？；;\n", runes[from-1]); !begun {
		for i := from; i < min(sp.Start, from+snapRunes); i++ {
			if comma(runes[i]) {
				return i + 1, to
			}
		}
		for from < sp.Start && solid(runes[from-1]) && solid(runes[from]) {
			from++
		}
	}
	return from, to
}

// column names the part of a record that a quotation is from.
func (c *call) column(d *match.Document, column string) string {
	if key := "column." + strings.ToLower(column); c.words.Has(c.lang, key) {
		return c.say(key)
	}
	return column
}

// plainWan is an amount whose thousands are not set apart yet.
var plainWan = regexp.MustCompile(`[0-9]{4,}\.[0-9]{2}万元`)

// against are the objections in the reader's language.
func (c *call) against(list []match.Objection) []string {
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = plainWan.ReplaceAllStringFunc(o.Message, func(m string) string {
			whole, rest, _ := strings.Cut(m, ".")
			return grouped(whole) + "." + rest
		})
		if c.lang == words.EN {
			out[i] = o.English
		}
	}
	return out
}
