// Package web is the portal: pages for visitors, made on the server. It decodes what a browser sends,
// asks package app, and draws the answer; it decides nothing and never meets the store.
package web

import (
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"zhuanhua"
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
	Desk       *app.Desk       // registers, notices and figures; nil: there are none
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
	o        Options
	words    words.Words
	assets   *assets.Set
	pages    map[words.Lang]map[string]*template.Template
	shares   *shares
	drawings map[zhuanhua.Region]drawing
	limits   *limits
	key      []byte // forms are signed with it
	handler  http.Handler
}

// New makes a portal.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
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
	if s.drawings, err = drawings(); err != nil {
		return nil, err
	}
	if s.pages, err = s.parse(); err != nil {
		return nil, err
	}
	s.handler = s.guard(s.routes())
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// today is the day in Beijing, whatever zone the machine is in.
func (s *Server) today() time.Time { return s.o.Now().In(beijing()) }

// beijing is fixed, so that a server without a time zone database shows the same times.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }

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

// routes answers each address by its page. Pages stand once; /en/… is the same in English.
func (s *Server) routes() *http.ServeMux {
	m := http.NewServeMux()
	for pattern, h := range s.table() {
		m.Handle(pattern, h)
	}
	return m
}

// table names every page and all else that is answered.
func (s *Server) table() map[string]http.Handler {
	all := map[string]http.Handler{"GET " + assets.Prefix: s.assets, "GET /healthz": http.HandlerFunc(s.health), "/": s.page(s.lost)}
	for pattern, h := range map[string]handler{
		"GET /{$}":                            s.home,
		"GET /achievements":                   s.achievements,
		"GET /achievements/{id...}":           s.achievement,
		"GET /needs":                          s.needs,
		"GET /needs/{id...}":                  s.need,
		"GET /export/{file}":                  s.export,
		"GET /export/registers/{kind}":        s.registerFile,
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
		"GET /services/{kind}":                s.register,
		"GET /services/{kind}/{id}":           s.entry,
		"GET /events":                         s.events,
		"GET /notices":                        s.notices,
		"GET /notices/{id}":                   s.notice,
		"POST /notices/{id}/object":           s.object,
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
	} {
		if strings.HasPrefix(pattern, http.MethodPost+" ") {
			h = s.sealed(h)
		}
		all[pattern] = s.page(h)
	}
	return all
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
