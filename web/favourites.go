package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
)

// Favourites of who is signed in stand on the server; those of a visitor in a cookie of ids alone, so
// that nothing is known of who they are.

const (
	keptCookie     = "kept"
	keptLife       = 180 * 24 * time.Hour
	mostInCookie   = 50
	longestCookie  = 3_500 // browsers keep some 4,000
	favouritesPath = "/favourites"
)

// fromCookie are the favourites in a visitor's cookie, newest first. What is not of our form is left out.
func (c *call) fromCookie() []app.Favourite {
	var out []app.Favourite
	value := cookie(c.r, keptCookie)
	if value == "" || len(value) > longestCookie {
		return nil
	}
	for part := range strings.SplitSeq(value, ".") {
		kind, id, _ := strings.Cut(part, "!")
		noun := map[string]zhuanhua.Noun{"a": zhuanhua.NounAchievement, "n": zhuanhua.NounNeed}[kind]
		id, err := url.QueryUnescape(strings.ReplaceAll(id, "~", "."))
		f := app.Favourite{Noun: noun, ID: id}
		if noun != "" && id != "" && err == nil && !slices.Contains(out, f) && len(out) < mostInCookie {
			out = append(out, f)
		}
	}
	return out
}

// intoCookie keeps favourites in the visitor's browser; false where they do not fit.
func (c *call) intoCookie(list []app.Favourite) bool {
	var parts []string
	for _, f := range list {
		kind := "a"
		if f.Noun == zhuanhua.NounNeed {
			kind = "n"
		}
		escaped := strings.ReplaceAll(url.QueryEscape(f.ID), "~", "%7E")
		parts = append(parts, kind+"!"+strings.ReplaceAll(escaped, ".", "~"))
	}
	value := strings.Join(parts, ".")
	if len(list) > mostInCookie || len(value) > longestCookie {
		return false
	}
	if len(list) == 0 {
		c.setCookie(keptCookie, "", -time.Second)
		return true
	}
	c.setCookie(keptCookie, value, keptLife)
	return true
}

// favourites are those of whoever looks, newest first.
func (c *call) favourites() []app.Favourite {
	list := c.fromCookie()
	if c.session == nil {
		return list
	}
	for _, f := range c.o.Favourites.Records(c.session.User.Name) {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// Favourites is how many there are, for the header.
func (p *page) Favourites() int { return len(p.favourites()) }

// IsFavourite reports whether a record is one.
func (p *page) IsFavourite(noun zhuanhua.Noun, id string) bool {
	return slices.Contains(p.favourites(), app.Favourite{Noun: noun, ID: id})
}

// adopt moves what somebody kept as a visitor to their account.
func (c *call) adopt() error {
	list := c.fromCookie()
	if c.session == nil || len(list) == 0 {
		return nil
	}
	slices.Reverse(list) // the newest is added last
	if err := c.o.Favourites.Add(c.session.User.Name, list...); err != nil {
		return err
	}
	c.intoCookie(nil)
	return nil
}

// favouritesView is the page of what somebody keeps.
type favouritesView struct {
	Achievements []*app.Entry
	Needs        []*app.Entry
	Saved        []app.SavedNeed
	SignedIn     bool
	Full         bool
	Most         int
}

// favouritesPage shows them, with a choice of up to four to compare.
func (s *Server) favouritesPage(c *call) error {
	if err := c.adopt(); err != nil && zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		return err
	}
	return c.showFavourites(false, http.StatusOK)
}

func (c *call) showFavourites(full bool, code int) error {
	v := favouritesView{SignedIn: c.session != nil, Full: full, Most: mostInCookie}
	if v.SignedIn {
		v.Most, v.Saved = app.MostFavourites, c.o.Favourites.Needs(c.session.User.Name)
	}
	for _, f := range c.favourites() {
		e := c.o.Catalogue.Entry(f.Noun, f.ID)
		switch {
		case e == nil: // gone since
		case f.Noun == zhuanhua.NounNeed:
			v.Needs = append(v.Needs, e)
		default:
			v.Achievements = append(v.Achievements, e)
		}
	}
	c.w.Header().Set("Cache-Control", "no-store")
	p := &page{Name: "favourites", Title: c.say("favourites.title"), Hall: "favourites", NoIndex: true, Data: v, Status: code}
	p.Crumbs = []crumb{{"", p.Title}}
	return c.show(p)
}

// favourite adds or removes one record.
func (s *Server) favourite(c *call) error {
	f := app.Favourite{Noun: nounOf(c.r.PostFormValue("of")), ID: c.r.PostFormValue("id")}
	remove := c.r.PostFormValue("do") == "remove"
	if !remove && s.o.Catalogue.Entry(f.Noun, f.ID) == nil {
		return statusError(http.StatusNotFound)
	}
	err := c.adopt()
	list := c.fromCookie()
	rest := slices.DeleteFunc(slices.Clone(list), func(x app.Favourite) bool { return x == f })
	fits := true
	switch {
	case err != nil:
	case c.session != nil && remove:
		err = s.o.Favourites.Remove(c.session.User.Name, f)
	case c.session != nil:
		err = s.o.Favourites.Add(c.session.User.Name, f)
	case remove:
		c.intoCookie(rest)
	default:
		fits = c.intoCookie(append([]app.Favourite{f}, rest...))
	}
	if !fits || zhuanhua.KindOf(err) == zhuanhua.KindConflict {
		return c.showFavourites(true, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.see(local(c.r.PostFormValue("back")))
}

// needSave keeps the need of a share link for who is signed in: its link is then good until they remove it.
func (s *Server) needSave(c *call) error {
	token := c.r.PostFormValue("token")
	a := s.share(token)
	switch {
	case c.session == nil:
		return c.see(c.url("/sign-in") + "?back=" + c.url("/match/"+url.PathEscape(token)))
	case a == nil:
		return statusError(http.StatusGone)
	}
	err := s.o.Favourites.SaveNeed(c.session.User.Name, app.SavedNeed{Token: token, Text: a.Text, At: s.o.Now()})
	if zhuanhua.KindOf(err) == zhuanhua.KindConflict {
		return c.showFavourites(true, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.see(c.url("/match/" + token))
}

// needForget removes a saved need; its link ends at once.
func (s *Server) needForget(c *call) error {
	if c.session == nil {
		return c.see(c.url("/sign-in") + "?back=" + c.url(favouritesPath))
	}
	token := c.r.PathValue("token")
	if !slices.ContainsFunc(s.o.Favourites.Needs(c.session.User.Name), func(n app.SavedNeed) bool { return n.Token == token }) {
		return statusError(http.StatusNotFound)
	}
	if err := s.o.Favourites.RemoveNeed(c.session.User.Name, token); err != nil {
		return err
	}
	s.shares.drop(token)
	return c.see(c.url(favouritesPath))
}

// share is the need of a link: of the last day, or saved by somebody.
func (s *Server) share(token string) *asked {
	if a := s.shares.find(token); a != nil {
		return a
	}
	if n, ok := s.o.Favourites.Need(token); ok {
		return s.shares.put(token, app.Ask(n.Text))
	}
	return nil
}
