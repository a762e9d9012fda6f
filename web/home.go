package web

import (
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/plan"
)

// homeView is the first page.
type homeView struct {
	Achievements, Needs, Contracts int
	Steps                          []funnelStep
	Latest                         []*app.Entry
	Notices                        []noticeView
	Targets                        []targetView
	Mark                           int
	Rule                           *plan.Rule
	Amount, Basis                  string
	Starts                         []string
	Examples                       int
}

// funnelStep is one step from registration to effect. Known is false where nothing keeps the figure yet.
type funnelStep struct {
	Key   string
	Count int
	Known bool
	URL   string
	Share int // percent of the step before
}

// shownLatest is how many records the first page names.
const shownLatest = 5

func (s *Server) home(c *call) error {
	cat := s.o.Catalogue
	v := &homeView{Achievements: cat.Len(zhuanhua.NounAchievement), Needs: cat.Len(zhuanhua.NounNeed), Contracts: cat.Len(zhuanhua.NounContract),
		Latest: cat.Latest(zhuanhua.NounAchievement, shownLatest)}
	var err error
	if v.Targets, err = c.targets(); err != nil {
		return err
	}
	v.Steps = []funnelStep{
		{Key: "registered", Count: v.Achievements, Known: true, URL: "/achievements", Share: 100}, {Key: "viewed"}, {Key: "contacted"}, {Key: "met"},
		{Key: "signed", Count: v.Contracts, Known: v.Contracts > 0}, {Key: "paid"}, {Key: "effect"},
	}
	if v.Contracts > 0 && v.Achievements > 0 {
		v.Steps[4].Share = min(100, v.Contracts*100/v.Achievements)
	}
	if len(v.Targets) > 0 {
		v.Mark = v.Targets[0].Mark
	}
	v.Starts = []string{"start.1", "start.2", "start.3"}
	if v.Notices, err = c.noticeList(3); err != nil {
		return err
	}
	c.sample(v)
	p := &page{Name: "home", Hall: "home", Brief: c.say("home.brief"), Data: v}
	p.LinkedData = map[string]any{"@context": "https://schema.org", "@type": "WebSite", "name": s.o.Site.Name.In(c.lang), "url": c.origin() + c.url("/"),
		"potentialAction": map[string]any{"@type": "SearchAction", "target": c.origin() + c.url("/achievements") + "?q={search_term_string}", "query-input": "required name=search_term_string"}}
	return c.show(p)
}

// sample works one rule out for the first page: what a challenge of 1,800 万元 is supported with.
func (c *call) sample(v *homeView) {
	const rule, fact = "R04", "challenge_amount_fen"
	r := c.o.Pack.Rule(rule)
	if r == nil || !r.Asks(fact) {
		return
	}
	v.Rule = r
}

// data shows the figures that there are.
func (s *Server) data(c *call) error {
	v := &dataView{}
	var err error
	if v.Targets, err = c.targets(); err != nil {
		return err
	}
	for _, n := range []zhuanhua.Noun{zhuanhua.NounAchievement, zhuanhua.NounNeed} {
		list := s.o.Catalogue.Browse(app.Browse{Noun: n})
		f := speaker{s, c.lang}
		for _, facet := range []app.Facet{app.FacetField, app.FacetMaturity, app.FacetIndustry, app.FacetYear} {
			t := dataTable{Noun: n, Title: c.say("data."+string(n)+"."+string(facet), number(list.Records)), Facet: string(facet)}
			for _, value := range c.ordered(facet, list.Counts[facet], nil) {
				if below(facet, value) {
					continue
				}
				t.Rows = append(t.Rows, dataRow{value, c.valueWord(f, facet, value), list.Counts[facet][value], 0})
				t.Most = max(t.Most, list.Counts[facet][value])
			}
			for i := range t.Rows {
				t.Rows[i].Share = t.Rows[i].Count * 100 / max(1, t.Most)
			}
			if len(t.Rows) > 1 { // one value is no comparison
				v.Tables = append(v.Tables, t)
			}
		}
	}
	v.Cities = c.cities()
	v.Loaded = s.o.Catalogue.Loaded()
	p := &page{Name: "data", Title: c.say("data.title"), Hall: "data", Brief: c.say("data.brief"), Data: v}
	p.Crumbs = []crumb{{"", c.say("hall.data")}}
	return c.show(p)
}

// dataView is the figures that there are.
type dataView struct {
	Targets []targetView
	Tables  []dataTable
	Cities  []cityView
	Loaded  time.Time
}

// dataTable is counts by one facet; its bars are drawn by the server.
type dataTable struct {
	Noun  zhuanhua.Noun
	Title string
	Facet string
	Rows  []dataRow
	Most  int
}

type dataRow struct {
	Value, Word string
	Count       int
	Share       int
}

// cityView is one city of the plan's region.
type cityView struct {
	Code         zhuanhua.Region
	Name         string
	Achievements int
	Needs        int
}

// cities are the cities of the plan's region with what they have.
func (c *call) cities() []cityView {
	var out []cityView
	f := speaker{c.Server, c.lang}
	have := c.o.Catalogue.Browse(app.Browse{Noun: zhuanhua.NounAchievement}).Counts[app.FacetRegion]
	want := c.o.Catalogue.Browse(app.Browse{Noun: zhuanhua.NounNeed}).Counts[app.FacetRegion]
	for _, name := range intake.Regions() {
		code, ok := intake.RegionOf(name)
		if ok && code.Within(c.o.Pack.Region) && code.City() == code {
			out = append(out, cityView{code, f.city(code), have[string(code)], want[string(code)]})
		}
	}
	return out
}
