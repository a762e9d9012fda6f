package web

import (
	"net/http"
	"strings"
	"time"

	"zhuanhua/web/words"
)

// Site is what differs from one installation to the next. Names are given in both languages.
type Site struct {
	Name    Named  `json:"name"`
	Host    Named  `json:"host"`    // 主办
	Runner  Named  `json:"runner"`  // 承办
	Number  string `json:"number"`  // 网站标识码
	ICP     string `json:"icp"`     // ICP 备案号
	Police  string `json:"police"`  // 公安备案号
	Hotline string `json:"hotline"` // help line
	Origin  string `json:"origin"`  // https://…, for feeds and maps; "" takes it from the request
	Example bool   `json:"example"` // everything shown is invented
}

// Named is a name in both languages.
type Named struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In is the name in a language.
func (n Named) In(l words.Lang) string {
	if l == words.EN && n.EN != "" {
		return n.EN
	}
	return n.ZH
}

// ExampleSite is a site that belongs to nobody.
func ExampleSite() Site {
	return Site{Name: Named{"转化示例", "Zhuanhua Example"}, Host: Named{"示例主办单位", "Example host"}, Runner: Named{"示例承办单位", "Example operator"},
		Number: "示例", ICP: "示例", Police: "示例", Hotline: "示例", Example: true}
}

// SiteName is the name of the site in the reader's language.
func (p *page) SiteName() string { return p.Site.Name.In(p.lang) }

// Named is a name of the site's in the reader's language.
func (p *page) Named(n Named) string { return n.In(p.lang) }

// settings keeps how somebody likes to read, and goes back to where they were.
func (s *Server) settings(c *call) error {
	for name, choices := range map[string][]string{themeCookie: {"auto", "light", "dark"}, sizeCookie: {"normal", "large", "xlarge"}} {
		if v := c.r.PostFormValue(name); v != "" {
			c.setCookie(name, oneOf(v, choices...), 365*24*time.Hour)
		}
	}
	if v := c.r.PostFormValue("recommend"); v != "" {
		c.setCookie(recommendCookie, oneOf(v, "on", "off"), 365*24*time.Hour)
	}
	return c.see(local(c.r.PostFormValue("back")))
}

// recommendCookie says whether similar items are shown.
const recommendCookie = "recommend"

func (c *call) recommends() bool { return cookie(c.r, recommendCookie) != "off" }

// local is an address of this site, "/" for any other: nobody is sent elsewhere.
func local(at string) string {
	if !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") || strings.ContainsAny(at, "\\\r\n\t\x00") || len(at) > maxURL {
		return "/"
	}
	return at
}

// NextTheme is the theme that the switch offers.
func (p *page) NextTheme() string {
	if p.Theme == "dark" {
		return "light"
	}
	return "dark"
}

// NextSize is the size that the switch offers.
func (p *page) NextSize() string {
	switch p.Size {
	case "large":
		return "xlarge"
	case "xlarge":
		return "normal"
	}
	return "large"
}

// Halls are the halls in the order of the header.
func (p *page) Halls() []string {
	return []string{"achievements", "needs", "policy", "services", "events", "notices", "data"}
}

// simple is a page of words alone.
func (s *Server) simple(name string) handler {
	return func(c *call) error {
		p := &page{Name: name, Title: c.say(name + ".title"), Hall: name, Brief: c.say(name + ".brief")}
		p.Crumbs = []crumb{{"", p.Title}}
		return c.show(p)
	}
}

// helpRoles are the kinds of visitor that help is written for.
func helpRoles() []string {
	return []string{"enterprise", "university", "broker", "finance", "citizen"}
}

// HelpRoles are for the template.
func (p *page) HelpRoles() []string { return helpRoles() }

func (s *Server) help(c *call) error {
	role := c.r.PathValue("role")
	for _, known := range helpRoles() {
		if role == known {
			p := &page{Name: "role", Title: c.say("help." + role + ".title"), Hall: "help", Data: role}
			p.Crumbs = []crumb{{"/help", c.say("help.title")}, {"", p.Title}}
			return c.show(p)
		}
	}
	return statusError(http.StatusNotFound)
}
