package web

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"
)

// A form proves that it was drawn by this site for this browser: a cookie holds a secret, and the form
// brings what only this server makes of it. It works without an account and without a script, and
// nothing is kept on the server.

// formLife is how long a browser keeps the secret of its forms.
const formLife = 30 * 24 * time.Hour

// secretLength is how long a secret is, in hexadecimal digits.
const secretLength = 32

// newKey is what forms are signed with, new with each start: sessions end then too.
func newKey() []byte {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	return key
}

// formCookieName carries a prefix that keeps other hosts of the domain from planting a secret; browsers
// take it over https alone.
func (c *call) formCookieName() string {
	if c.secure() {
		return "__Host-" + formCookie
	}
	return formCookie
}

// csrf is the token of this visitor's forms. The first page brings the cookie that it belongs to.
func (c *call) csrf() string {
	secret := cookie(c.r, c.formCookieName())
	if len(secret) != secretLength {
		if c.fresh == "" {
			c.fresh = randomHex(secretLength / 2)
			c.setCookie(c.formCookieName(), c.fresh, formLife)
		}
		secret = c.fresh
	}
	return c.tokenOf(secret)
}

// tokenOf signs a secret. Who is signed in gets another token than before, so that one that was planted
// earlier is worth nothing.
func (c *call) tokenOf(secret string) string {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte(secret))
	if c.session != nil {
		m.Write([]byte(cmp.Or(c.entered, cookie(c.r, sessionCookie))))
	}
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// checkForm refuses a form that did not come from one of our pages.
func (c *call) checkForm() error {
	secret := cookie(c.r, c.formCookieName())
	if len(secret) != secretLength || !hmac.Equal([]byte(c.r.PostFormValue("csrf")), []byte(c.tokenOf(secret))) {
		return statusError(http.StatusForbidden)
	}
	return nil
}

// sealed lets a handler see only forms that are ours; every POST route goes through it. What somebody
// wrote at length is shown again with a new token rather than lost.
func (s *Server) sealed(h handler) handler {
	return func(c *call) error {
		if err := c.r.ParseForm(); err != nil {
			return tooLargeOr(err)
		}
		if err := c.checkForm(); err != nil {
			if again := s.redrawn()[c.r.Pattern]; again != nil {
				return again(c)
			}
			return err
		}
		return h(c)
	}
}

// redrawn are the forms that come back with what was written, by their routes.
func (s *Server) redrawn() map[string]handler {
	return map[string]handler{
		"POST /contact":             (*call).contactStale,
		"POST /notices/{id}/object": (*call).objectStale,
		"POST /sign-in":             (*call).signStale,
		"POST /first/{token}":       (*call).signStale,
		"POST /match": func(c *call) error {
			return c.askAgain(cutRunes(readableText(c.r.PostFormValue("need")), longestNeed), c.say("form.stale"), http.StatusForbidden)
		},
	}
}
