package web

import (
	"net/http"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
)

// recordView is a page about one record.
type recordView struct {
	Noun        zhuanhua.Noun
	Entry       *app.Entry
	Achievement *zhuanhua.Achievement
	Need        *zhuanhua.Need
	Wordings    []*app.Entry // of the same achievement
	Similar     []*app.Entry
	Opposite    []*app.Entry
	Off         bool // similar items are switched off
	Source      zhuanhua.Source
}

// Content is the body in paragraphs.
func (v *recordView) Content() []contentPart {
	var out []contentPart
	add := func(key, text string) {
		if p := paragraphs(text); len(p) > 0 {
			out = append(out, contentPart{key, p})
		}
	}
	if a := v.Achievement; a != nil {
		add("column.abstract", a.Abstract)
		add("column.body", a.Body)
		return out
	}
	add("column.text", v.Need.Text)
	add("column.background", v.Need.Background)
	add("column.objective", v.Need.Objective)
	return out
}

// Indicators are those of a need, one a line.
func (v *recordView) Indicators() []string {
	if v.Need == nil {
		return nil
	}
	return strings.FieldsFunc(v.Need.Indicators, func(r rune) bool { return r == '；' || r == ';' || r == '\n' })
}

// Keywords are those of either noun.
func (v *recordView) Keywords() []string {
	if v.Achievement != nil {
		return v.Achievement.Keywords
	}
	return v.Need.Keywords
}

// contentPart is one text with its heading.
type contentPart struct {
	Key        string
	Paragraphs []string
}

func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// achievement shows one achievement.
func (s *Server) achievement(c *call) error {
	id := c.r.PathValue("id")
	a, src, err := s.o.App.Achievement(c.r.Context(), id)
	if err != nil {
		return err
	}
	return c.record(&recordView{Noun: zhuanhua.NounAchievement, Achievement: &a, Source: src}, id, a.Title, a.Abstract)
}

// need shows one need.
func (s *Server) need(c *call) error {
	id := c.r.PathValue("id")
	n, src, err := s.o.App.Need(c.r.Context(), id)
	if err != nil {
		return err
	}
	return c.record(&recordView{Noun: zhuanhua.NounNeed, Need: &n, Source: src}, id, n.Title, n.Objective)
}

// shownSimilar is how many similar records, and how many that may fit, a page names.
const shownSimilar = 5

// mostWordings is how many other wordings of an achievement may be among what is like it.
const mostWordings = 3

func (c *call) record(v *recordView, id, title, brief string) error {
	v.Entry = c.o.Catalogue.Entry(v.Noun, id)
	if v.Entry == nil {
		return statusError(http.StatusNotFound)
	}
	v.Wordings = c.o.Catalogue.Wordings(v.Noun, id)
	var err error
	if v.Off = !c.recommends(); !v.Off && c.o.Finder.Ready() {
		if v.Similar, err = c.o.Finder.Similar(v.Noun, id, shownSimilar+mostWordings); err != nil {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(v.Similar), func(e *app.Entry) bool { return slices.Contains(v.Wordings, e) })
		v.Similar = others[:min(shownSimilar, len(others))]
	}
	if c.o.Finder.Ready() {
		if v.Opposite, err = c.o.Finder.Opposite(v.Noun, id, shownSimilar); err != nil {
			return err
		}
	}
	hall := "achievements"
	if v.Noun == zhuanhua.NounNeed {
		hall = "needs"
	}
	p := &page{Name: "record", Title: title, Hall: hall, Brief: cutText(brief, 120), Data: v}
	p.Crumbs = []crumb{{"/" + hall, c.say("hall." + hall)}, {"", cutText(title, 24)}}
	p.LinkedData = c.linked(v)
	return c.show(p)
}

// linked is the record for search engines, in the words of schema.org.
func (c *call) linked(v *recordView) map[string]any {
	out := map[string]any{"@context": "https://schema.org", "@type": "CreativeWork", "identifier": v.Entry.ID, "name": v.Entry.Title,
		"description": v.Entry.Brief, "inLanguage": "zh-CN", "url": c.origin() + c.url(recordURL(v.Noun, v.Entry.ID)), "dateModified": v.Entry.Updated.In(beijing()).Format("2006-01-02")}
	var makers []map[string]any
	for _, u := range v.Entry.Units {
		makers = append(makers, map[string]any{"@type": "Organization", "name": u})
	}
	if v.Noun == zhuanhua.NounNeed {
		out["@type"] = "Demand"
		if len(makers) > 0 {
			out["seller"] = makers[0]
		}
		return out
	}
	out["creator"] = makers
	out["keywords"] = strings.Join(v.Keywords(), ", ")
	if p := v.Entry.Price; p != nil {
		out["offers"] = map[string]any{"@type": "Offer", "priceCurrency": "CNY", "price": int64(*p / zhuanhua.Yuan)}
	}
	return out
}
