package web

import (
	"errors"
	"net/http"
	"time"

	"zhuanhua"
	"zhuanhua/auth"
)

// signView is the form to sign in.
type signView struct {
	Name, Back, Wrong string
	Field             string // that is wrong
	Examples          []Login
	Token             string // of the link for the first administrator
}

func (c *call) signPage(v signView, code int) error {
	p := &page{Name: "sign", Title: c.say("sign.title"), Hall: "sign", NoIndex: true, Data: v, Status: code, Error: v.Wrong != ""}
	if v.Token != "" {
		p.Title = c.say("first.title")
	}
	p.Crumbs = []crumb{{"", p.Title}}
	if v.Wrong != "" {
		p.Title = c.say("error.mark") + p.Title
	}
	return c.show(p)
}

func (s *Server) signInForm(c *call) error {
	if c.session != nil {
		return c.see(c.url("/desk"))
	}
	return c.signPage(signView{Back: c.r.URL.Query().Get("back"), Examples: s.o.Examples}, http.StatusOK)
}

func (s *Server) signIn(c *call) error {
	v := signView{Name: cutRunes(c.r.PostFormValue("name"), 64), Back: c.r.PostFormValue("back"), Examples: s.o.Examples, Field: "name"}
	wrong, code, err := c.signedIn(c.r.PostFormValue("name"), c.r.PostFormValue("password"))
	if err != nil {
		return err
	}
	if v.Wrong = wrong; wrong != "" {
		return c.signPage(v, code)
	}
	if at := local(v.Back); at != "/" {
		return c.see(at)
	}
	return c.see(c.url("/desk"))
}

// signedIn opens a session for a name and a password, or says what is wrong with them.
func (c *call) signedIn(name, password string) (wrong string, code int, err error) {
	switch {
	case c.o.Auth == nil:
		return "", 0, statusError(http.StatusNotFound)
	case !c.limits.allow("sign-in", c.client(), 20, 10):
		return c.say("sign.often"), http.StatusTooManyRequests, nil
	}
	token, err := c.o.Auth.SignIn(c.r.Context(), name, password)
	var locked *auth.Locked
	switch {
	case errors.As(err, &locked):
		return c.say("sign.locked", auth.MostWrong, locked.Until.In(beijing()).Format("15:04")), http.StatusTooManyRequests, nil
	case zhuanhua.KindOf(err) == zhuanhua.KindForbidden:
		return c.say("sign.wrong"), http.StatusUnprocessableEntity, nil
	case err != nil:
		return "", 0, err
	}
	if c.enter(token); c.session == nil {
		return "", 0, statusError(http.StatusServiceUnavailable) // who it is cannot be asked just now
	}
	return "", 0, nil
}

// signStale shows the form to sign in again that came without its token. A password is never sent back.
func (c *call) signStale() error {
	v := signView{Name: cutRunes(readableText(c.r.PostFormValue("name")), 64), Back: c.r.PostFormValue("back"), Examples: c.o.Examples, Token: c.r.PathValue("token")}
	if c.o.Auth == nil || v.Token != "" && !c.o.Auth.IsFirst(v.Token) {
		return statusError(http.StatusForbidden)
	}
	v.Wrong, v.Field = c.say("sign.stale"), "password"
	return c.signPage(v, http.StatusForbidden)
}

// enter gives the browser its session; the session it had before, if any, ends.
func (c *call) enter(token string) {
	if old := cookie(c.r, sessionCookie); old != "" {
		c.o.Auth.SignOut(old)
	}
	c.setCookie(sessionCookie, token, auth.SessionLife)
	c.session, c.entered = c.o.Auth.Session(c.r.Context(), token), token
}

func (s *Server) signOut(c *call) error {
	if s.o.Auth != nil {
		s.o.Auth.SignOut(cookie(c.r, sessionCookie))
	}
	c.setCookie(sessionCookie, "", -time.Second)
	return c.see(c.url("/"))
}

// desk is what somebody sees after signing in.
func (s *Server) desk(c *call) error {
	if c.session == nil {
		return c.see(c.url("/sign-in") + "?back=" + c.url("/desk"))
	}
	p := &page{Name: "desk", Title: c.say("desk.title"), Hall: "desk", NoIndex: true, Data: c.session}
	p.Crumbs = []crumb{{"", p.Title}}
	return c.show(p)
}

// firstForm is where the first administrator chooses a name and a password.
func (s *Server) firstForm(c *call) error {
	token := c.r.PathValue("token")
	if s.o.Auth == nil || !s.o.Auth.IsFirst(token) {
		return statusError(http.StatusGone)
	}
	c.w.Header().Set("Referrer-Policy", "no-referrer")
	return c.signPage(signView{Token: token}, http.StatusOK)
}

func (s *Server) first(c *call) error {
	token := c.r.PathValue("token")
	if s.o.Auth == nil || !s.o.Auth.IsFirst(token) {
		return statusError(http.StatusGone)
	}
	session, err := s.o.Auth.MakeFirst(c.r.Context(), token, c.r.PostFormValue("name"), c.r.PostFormValue("password"))
	var wrong *zhuanhua.Error
	if errors.As(err, &wrong) && wrong.Kind == zhuanhua.KindInvalid {
		v := signView{Token: token, Name: cutRunes(c.r.PostFormValue("name"), 64), Field: wrong.Where}
		v.Wrong = c.say("first.wrong."+wrong.Where, auth.MinPassword)
		return c.signPage(v, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	c.enter(session)
	return c.see(c.url("/desk"))
}

// Word of a role in the reader's language.
func (p *page) Role(r zhuanhua.Role) string { return p.say("role." + string(r)) }
