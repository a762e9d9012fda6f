package web

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/auth"
	"zhuanhua/plan"
	"zhuanhua/web/words"
)

//go:embed templates/*.html
var templates embed.FS

// handler answers one request; what it returns becomes an error page.
type handler func(c *call) error

// call is one request with who asks and how they like to read.
type call struct {
	*Server
	w       http.ResponseWriter
	r       *http.Request
	lang    words.Lang
	path    string // without the language
	session *auth.Session
	fresh   string // the secret of forms, where this answer brings it
	entered string // the session's token, where this answer brings it
}

// page is what a template sees.
type page struct {
	*call
	Name       string // of the template
	Title      string // of the page, without the site's
	Brief      string // for search engines
	Hall       string // the current hall
	Crumbs     []crumb
	Theme      string
	Size       string
	Site       Site
	User       *auth.User
	Error      bool // the page is about something wrong
	NoIndex    bool // not for search engines
	Query      template.URL
	LinkedData any // schema.org
	Status     int
	Data       any
}

// crumb is one step of where the page stands.
type crumb struct{ URL, Word string }

// parse reads the templates, once for each page and language.
func (s *Server) parse() (map[words.Lang]map[string]*template.Template, error) {
	names, err := fs.Glob(templates, "templates/page_*.html")
	if err != nil {
		return nil, err
	}
	out := map[words.Lang]map[string]*template.Template{}
	for _, l := range words.Langs() {
		out[l] = map[string]*template.Template{}
		base, err := template.New("layout.html").Funcs(s.funcs(l)).Funcs(s.more(speaker{s, l})).ParseFS(templates, "templates/layout.html", "templates/part_*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			t, err := base.Clone()
			if err == nil {
				t, err = t.ParseFS(templates, name)
			}
			if err != nil {
				return nil, err
			}
			out[l][strings.TrimSuffix(strings.TrimPrefix(path.Base(name), "page_"), ".html")] = t
		}
	}
	return out, nil
}

// page wraps a handler: language, session, errors.
func (s *Server) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{Server: s, w: w, r: r, lang: langOf(r), path: r.URL.Path}
		if s.o.Auth != nil {
			c.session = s.o.Auth.Session(r.Context(), cookie(r, sessionCookie))
		}
		if err := h(c); err != nil {
			c.fail(err)
		}
	})
}

// say is a message in the reader's language.
func (c *call) say(key string, args ...any) string { return c.words.Say(c.lang, key, args...) }

// text is one of the plan's texts in the reader's language.
func (c *call) text(t plan.Text) string { return t.In(plan.Lang(c.lang)) }

// url is an address of this site in the reader's language.
func (c *call) url(p string) string { return prefixed(c.lang, p) }

func prefixed(l words.Lang, p string) string {
	if l == words.EN && strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "/assets/") {
		return "/en" + p
	}
	return p
}

// Other is the same page in the other language.
func (p *page) Other() string {
	other := words.EN
	if p.lang == words.EN {
		other = words.ZH
	}
	at := prefixed(other, p.path)
	if q := p.r.URL.RawQuery; q != "" && p.r.Method == http.MethodGet {
		at += "?" + q
	}
	return at
}

// Here is the address of this page, to come back to.
func (p *page) Here() string {
	at := p.url(p.path)
	if p.r.Method == http.MethodGet && p.r.URL.RawQuery != "" {
		at += "?" + p.r.URL.RawQuery
	}
	return at
}

// Canonical is the full address of this page without filters.
func (p *page) Canonical() string { return p.origin() + p.url(p.path) }

// Alternate is the full address in a language.
func (p *page) Alternate(l words.Lang) string { return p.origin() + prefixed(l, p.path) }

// HTMLLang is the language for the html element.
func (p *page) HTMLLang() string {
	if p.lang == words.EN {
		return "en"
	}
	return "zh-Hans-CN"
}

// CSRF is the token that a form sends back.
func (p *page) CSRF() string { return p.call.csrf() }

// Today is the day in Beijing.
func (p *page) Today() time.Time { return p.today() }

// origin is the scheme and host under which the site is asked for.
func (c *call) origin() string {
	if c.o.Site.Origin != "" {
		return c.o.Site.Origin
	}
	scheme := "http"
	if c.secure() {
		scheme = "https"
	}
	return (&url.URL{Scheme: scheme, Host: c.r.Host}).String()
}

func (c *call) secure() bool {
	return c.r.TLS != nil || c.o.TrustProxy && c.r.Header.Get("X-Forwarded-Proto") == "https"
}

// show draws a page.
func (c *call) show(p *page) error {
	p.call, p.Site = c, c.o.Site
	p.Theme, p.Size = c.theme(), c.size()
	if c.session != nil {
		p.User = &c.session.User
	}
	t := c.pages[c.lang][p.Name]
	if t == nil {
		return &zhuanhua.Error{Kind: zhuanhua.KindInternal, What: "there is no template " + p.Name}
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.HTMLLang())
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache, private")
	}
	if p.Status != 0 {
		c.w.WriteHeader(p.Status)
	}
	_, err := c.w.Write(out.Bytes())
	if err != nil {
		return nil // the reader has gone away
	}
	return nil
}

// see sends the browser to another page of this site.
func (c *call) see(at string) error {
	http.Redirect(c.w, c.r, at, http.StatusSeeOther)
	return nil
}

// status is the HTTP status of an error.
func status(err error) int {
	var tooLarge *http.MaxBytesError
	var asked statusError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &asked):
		return int(asked)
	}
	switch zhuanhua.KindOf(err) {
	case zhuanhua.KindInvalid:
		return http.StatusBadRequest
	case zhuanhua.KindNotFound:
		return http.StatusNotFound
	case zhuanhua.KindConflict:
		return http.StatusConflict
	case zhuanhua.KindForbidden:
		return http.StatusForbidden
	case zhuanhua.KindUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// statusError is an error that is only a status.
type statusError int

// Error names the status.
func (e statusError) Error() string { return http.StatusText(int(e)) }

// knownStatus are the statuses that have words of their own.
func knownStatus(code int) int {
	switch code {
	case 400, 401, 403, 404, 405, 409, 410, 413, 415, 429, 503:
		return code
	}
	return 500
}

// errorView is what an error page shows.
type errorView struct {
	Code   int
	What   string // what the person can mend, where something is known of it
	Number string // of a fault of ours, to tell the hotline
}

// fail draws an error page.
func (c *call) fail(err error) {
	if c.r.Context().Err() != nil {
		return // the reader has gone away
	}
	code := knownStatus(status(err))
	v := errorView{Code: code}
	if code == http.StatusInternalServerError {
		v.Number = faultNumber()
		c.o.Log.Error("a page failed", "number", v.Number, "path", c.r.URL.Path, "err", err)
	}
	p := &page{Name: "error", Status: code, Error: true, NoIndex: true, Data: v}
	p.Title = c.say("error." + itoa(code) + ".title")
	if drawn := c.show(p); drawn != nil {
		c.o.Log.Error("the error page failed", "err", drawn)
		http.Error(c.w, http.StatusText(code), code)
	}
}

// lost answers for every address that there is no page for.
func (s *Server) lost(c *call) error {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return statusError(http.StatusMethodNotAllowed)
	}
	return statusError(http.StatusNotFound)
}
