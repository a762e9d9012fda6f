package web

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/web/words"
)

// feedEntries is how many records a feed holds.
const feedEntries = 50

// atomFeed is RFC 4287.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// jsonFeed is version 1.1 of jsonfeed.org.
type jsonFeed struct {
	Version string     `json:"version"`
	Title   string     `json:"title"`
	Home    string     `json:"home_page_url"`
	Feed    string     `json:"feed_url"`
	Lang    string     `json:"language"`
	Items   []jsonItem `json:"items"`
}

type jsonItem struct {
	ID       string `json:"id"`
	URL      string `json:"url"`
	Title    string `json:"title"`
	Text     string `json:"content_text"`
	Modified string `json:"date_modified"`
}

// feed answers /feeds/achievements.atom and the like.
func (s *Server) feed(c *call) error {
	file := c.r.PathValue("file")
	name, form, _ := strings.Cut(file, ".")
	n, known := map[string]zhuanhua.Noun{"achievements": zhuanhua.NounAchievement, "needs": zhuanhua.NounNeed}[name]
	if !known || form != "atom" && form != "json" {
		return statusError(http.StatusNotFound)
	}
	list := s.o.Catalogue.Latest(n, feedEntries)
	title, self := c.say("feed.title", s.o.Site.Name.In(c.lang), c.say("hall."+name)), c.origin()+c.url("/feeds/"+file)
	if form == "json" {
		out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: title, Home: c.origin() + c.url("/"+name), Feed: self, Lang: "zh-CN", Items: []jsonItem{}}
		for _, e := range list {
			at := c.origin() + c.url(recordURL(n, e.ID))
			out.Items = append(out.Items, jsonItem{at, at, e.Title, e.Brief, e.Updated.UTC().Format(time.RFC3339)})
		}
		c.w.Header().Set("Content-Type", "application/feed+json; charset=utf-8")
		return json.NewEncoder(c.w).Encode(out)
	}
	return c.atom(n, list, title, self, c.origin()+c.url("/"+name))
}

func (c *call) atom(n zhuanhua.Noun, list []*app.Entry, title, self, home string) error {
	out := atomFeed{Lang: "zh-CN", ID: self, Title: title, Author: c.o.Site.Host.In(c.lang), Updated: c.o.Now().UTC().Format(time.RFC3339), Links: []atomLink{{"self", self}, {"alternate", home}}}
	if len(list) > 0 {
		out.Updated = list[0].Updated.UTC().Format(time.RFC3339)
	}
	for _, e := range list {
		at := c.origin() + c.url(recordURL(n, e.ID))
		out.Entries = append(out.Entries, atomEntry{at, e.Title, e.Updated.UTC().Format(time.RFC3339), atomLink{"alternate", at}, e.Brief})
	}
	c.w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	if _, err := c.w.Write([]byte(xml.Header)); err != nil {
		return nil // the reader has gone away
	}
	return xml.NewEncoder(c.w).Encode(out)
}

// fixedPages are the pages that stand at one address each, as the site map lists them.
func (c *call) fixedPages() []string {
	list := []string{"/", "/achievements", "/needs", "/match", "/policy", "/policy/advice"}
	for _, m := range c.o.Pack.Measures {
		list = append(list, "/policy/measures/"+m.ID)
	}
	for _, r := range c.o.Pack.Rules {
		list = append(list, "/policy/rules/"+r.ID)
	}
	list = append(list, "/services")
	for _, r := range c.o.Pack.Registers {
		if c.o.Desk != nil && !r.Confidential {
			list = append(list, registerURL(r.ID))
		}
	}
	list = append(list, "/events", "/notices", "/data")
	for _, t := range c.o.Pack.Targets {
		list = append(list, "/data/targets/"+t.ID)
	}
	list = append(list, "/help")
	for _, r := range helpRoles() {
		list = append(list, "/help/"+r)
	}
	return append(list, "/about", "/privacy", "/accessibility", "/sitemap", "/sign-in")
}

// siteMap lists the pages for people.
func (s *Server) siteMap(c *call) error {
	p := &page{Name: "sitemap", Title: c.say("sitemap.title"), Hall: "sitemap", Data: s.o.Pack}
	p.Crumbs = []crumb{{"", p.Title}}
	return c.show(p)
}

// mostMapped is how many addresses one map may hold.
const mostMapped = 49_000

// siteMapXML lists the pages for search engines, in both languages.
func (s *Server) siteMapXML(c *call) error {
	type entry struct {
		Loc string `xml:"loc"`
		Mod string `xml:"lastmod,omitempty"`
	}
	out := struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []entry  `xml:"url"`
	}{}
	for _, l := range words.Langs() {
		for _, at := range c.fixedPages() {
			out.URLs = append(out.URLs, entry{c.origin() + prefixed(l, at), ""})
		}
	}
	public, err := c.publicPages()
	if err != nil {
		return err
	}
	for _, at := range public[:min(len(public), mostMapped/4)] {
		out.URLs = append(out.URLs, entry{c.origin() + at, ""})
	}
	for _, n := range []zhuanhua.Noun{zhuanhua.NounAchievement, zhuanhua.NounNeed} {
		for _, e := range s.o.Catalogue.Latest(n, mostMapped/2-len(out.URLs)) {
			out.URLs = append(out.URLs, entry{c.origin() + recordURL(n, e.ID), e.Updated.In(beijing()).Format("2006-01-02")})
		}
	}
	c.w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	if _, err := c.w.Write([]byte(xml.Header)); err != nil {
		return nil // the reader has gone away
	}
	return xml.NewEncoder(c.w).Encode(out)
}

// publicPages are notices and entries of registers, as a visitor sees them.
func (c *call) publicPages() ([]string, error) {
	if c.o.Desk == nil {
		return nil, nil
	}
	var out []string
	notices, err := c.o.Desk.Notices(c.r.Context())
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		out = append(out, "/notices/"+url.PathEscape(n.ID))
	}
	entries, err := c.o.Desk.Registered(c.r.Context(), "", "", app.RegisterFilter{})
	for _, e := range entries {
		out = append(out, entryURL(e.Register, e.ID))
	}
	return out, err
}

// robots tells crawlers what not to walk through: every combination of filters is a page.
func (s *Server) robots(c *call) error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = c.w.Write([]byte("User-agent: *\nDisallow: /match/\nDisallow: /compare\nDisallow: /pair\nDisallow: /export/\nDisallow: /suggest\nDisallow: /sign-in\nDisallow: /*?\nSitemap: " + c.origin() + "/sitemap.xml\n"))
	return nil
}

// design is the living page of all components.
func (s *Server) design(c *call) error {
	p := &page{Name: "design", Title: c.say("design.title"), Hall: "design", NoIndex: true, Data: s.o.Catalogue.Latest(zhuanhua.NounAchievement, 3)}
	p.Crumbs = []crumb{{"", p.Title}}
	return c.show(p)
}
