// Package web is the portal: pages for visitors, made on the server. It decodes what a browser sends,
// asks package app, and draws the answer; it decides nothing and never meets the store.
package web

import (
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"zhuanhua/app"
	"zhuanhua/auth"
	"zhuanhua/plan"
	"zhuanhua/web/assets"
	"zhuanhua/web/words"
)

// Options are what a portal is made of.
type Options struct {
	App        *app.App
	Catalogue  *app.Catalogue
	Finder     *app.Finder
	Pack       *plan.Pack
	Auth       *auth.Desk      // nil: nobody can sign in
	Notices    Notices         // nil: there are none yet
	Enquiries  *app.Enquiries  // nil: kept in memory
	Favourites *app.Favourites // nil: kept in memory
	Site       Site
	Examples   []Login          // shown on the sign-in page; only with the example data on this machine
	TrustProxy bool             // X-Forwarded-For and X-Forwarded-Proto are those of our own proxy
	Now        func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: nothing is logged
}

// Login is a name and a password that the example data brings.
type Login struct{ Name, Password, Role string }

// Server answers the requests of browsers.
type Server struct {
	o       Options
	words   words.Words
	assets  *assets.Set
	pages   map[words.Lang]map[string]*template.Template
	shares  *shares
	limits  *limits
	key     []byte // forms are signed with it
	handler http.Handler
}

// New makes a portal.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Notices == nil {
		o.Notices = noNotices{}
	}
	if err := o.keep(); err != nil {
		return nil, err
	}
	s := &Server{o: o, shares: newShares(o.Now), limits: newLimits(o.Now), key: newKey()}
	var err error
	if s.words, err = words.Load(); err != nil {
		return nil, err
	}
	if s.assets, err = assets.Load(); err != nil {
		return nil, err
	}
	if s.pages, err = s.parse(); err != nil {
		return nil, err
	}
	s.handler = s.guard(s.routes())
	return s, nil
}

// keep makes what is missing of that which visitors leave behind, in memory.
func (o *Options) keep() (err error) {
	if o.Enquiries == nil {
		if o.Enquiries, err = app.OpenEnquiries("", o.Now); err != nil {
			return err
		}
	}
	if o.Favourites == nil {
		o.Favourites, err = app.OpenFavourites("")
	}
	return err
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// today is the day in Beijing, whatever zone the machine is in.
func (s *Server) today() time.Time { return s.o.Now().In(beijing()) }

// beijing is fixed, so that a server without a time zone database shows the same times.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }

// routes names every page. Each stands once; /en/… is the same in English.
func (s *Server) routes() *http.ServeMux {
	m := http.NewServeMux()
	m.Handle("GET "+assets.Prefix, s.assets)
	m.HandleFunc("GET /healthz", s.health)
	for pattern, h := range s.table() {
		if strings.HasPrefix(pattern, http.MethodPost+" ") {
			h = s.sealed(h)
		}
		m.Handle(pattern, s.page(h))
	}
	m.Handle("/", s.page(s.lost))
	return m
}

// table is every page and every form by its route.
func (s *Server) table() map[string]handler {
	return map[string]handler{
		"GET /{$}":                            s.home,
		"GET /achievements":                   s.achievements,
		"GET /achievements/{id...}":           s.achievement,
		"GET /needs":                          s.needs,
		"GET /needs/{id...}":                  s.need,
		"GET /export/{file}":                  s.export,
		"GET /suggest":                        s.suggest,
		"GET /compare":                        s.compare,
		"GET /pair":                           s.pair,
		"GET /contact":                        s.contact,
		"POST /contact":                       s.contactSend,
		"GET /contact/sent":                   s.contactSent,
		"GET /enquiries":                      s.enquiries,
		"POST /enquiries/{id}/{do}":           s.enquiryChange,
		"GET /favourites":                     s.favouritesPage,
		"POST /favourites":                    s.favourite,
		"POST /favourites/needs":              s.needSave,
		"POST /favourites/needs/{token}/drop": s.needForget,
		"GET /match":                          s.matchForm,
		"POST /match":                         s.matchAsk,
		"GET /match/{token}":                  s.matchShow,
		"POST /match/{token}/drop":            s.matchDrop,
		"GET /policy":                         s.policy,
		"GET /policy/measures/{id}":           s.measure,
		"GET /policy/rules/{id}":              s.rule,
		"GET /policy/advice":                  s.advice,
		"GET /data":                           s.data,
		"GET /data/targets/{id}":              s.target,
		"GET /services":                       s.services,
		"GET /events":                         s.simple("events"),
		"GET /notices":                        s.notices,
		"GET /notices/{id}":                   s.notice,
		"GET /help":                           s.simple("help"),
		"GET /help/{role}":                    s.help,
		"GET /about":                          s.simple("about"),
		"GET /privacy":                        s.simple("privacy"),
		"GET /accessibility":                  s.simple("accessibility"),
		"GET /sitemap":                        s.siteMap,
		"GET /design":                         s.design,
		"POST /settings":                      s.settings,
		"GET /sign-in":                        s.signInForm,
		"POST /sign-in":                       s.signIn,
		"POST /sign-out":                      s.signOut,
		"GET /desk":                           s.desk,
		"GET /first/{token}":                  s.firstForm,
		"POST /first/{token}":                 s.first,
		"GET /feeds/{file}":                   s.feed,
		"GET /sitemap.xml":                    s.siteMapXML,
		"GET /robots.txt":                     s.robots,
	}
}

func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if !s.o.Catalogue.Ready() {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("starting\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
