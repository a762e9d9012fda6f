package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhuanhua/web"
)

// load is what a browser sees at an address.
func (p *portal) load(t *testing.T, b *http.Client, at string) answer {
	t.Helper()
	r, err := b.Get(p.URL + at)
	return read(t, r, err)
}

// forms are the routes that take a form, found in the table of routes itself: one that is added later
// is tried too.
func (p *portal) forms(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range web.Patterns() {
		if at, ok := strings.CutPrefix(pattern, "POST "); ok {
			out = append(out, regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(at, "some"))
		}
	}
	slices.Sort(out)
	if len(out) < 6 {
		t.Fatalf("only %d forms: %s", len(out), out)
	}
	return out
}

// TestEveryFormNeedsItsToken: a form without the token of its own browser changes nothing and gets a
// page that says so, in both languages, signed in or not.
func TestEveryFormNeedsItsToken(t *testing.T) {
	p := open(t, settings{logins: true})
	other := browser(t)
	foreign := p.token(t, other)
	for _, who := range []string{"", "officer"} {
		b := browser(t)
		early := p.token(t, b)
		if who != "" {
			b = p.signIn(t, who)
		}
		mine := p.token(t, b)
		for name, form := range map[string]url.Values{
			"no token": {}, "an empty token": {"csrf": {""}}, "a made up token": {"csrf": {"made-up"}}, "the token of another browser": {"csrf": {foreign}},
			"the cookie in place of the token": {"csrf": {secretOf(t, p, b)}}, "a token cut short": {"csrf": {mine[:len(mine)-1]}},
		} {
			for _, at := range p.forms(t) {
				for prefix, word := range map[string]string{"": "没有", "/en": "not"} {
					sent := url.Values{"theme": {"dark"}, "need": {"木糖"}, "name": {"officer"}, "password": {password}}
					for k, v := range form {
						sent[k] = v
					}
					a := p.send(t, b, prefix+at, sent)
					if a.status != http.StatusForbidden || !strings.Contains(a.body, word) || !strings.Contains(a.body, "<h1") || strings.Contains(a.body, "⟨") {
						t.Errorf("%s%s with %s (%s): %d", prefix, at, name, who, a.status)
					}
				}
			}
		}
		if a := p.load(t, b, "/accessibility"); !strings.Contains(a.body, `data-theme="auto"`) {
			t.Error("a refused form changed the theme")
		}
		if at := p.load(t, b, "/desk").at.Path; (at == "/desk") != (who != "") {
			t.Errorf("a refused form signed %q in or out: %s", who, at)
		}
		if who != "" {
			if a := p.send(t, b, "/settings", url.Values{"theme": {"dark"}, "csrf": {early}}); a.status != http.StatusForbidden {
				t.Errorf("a token from before signing in: %d", a.status)
			}
		}
		if a := p.send(t, b, "/settings", url.Values{"theme": {"dark"}, "csrf": {mine}, "back": {"/accessibility"}}); a.status != 200 || !strings.Contains(a.body, `data-theme="dark"`) {
			t.Errorf("the right token (%s): %d", who, a.status)
		}
	}
}

// secretOf is the secret in a browser's cookie.
func secretOf(t *testing.T, p *portal, b *http.Client) string {
	t.Helper()
	at, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(at) {
		if c.Name == "form" {
			return c.Value
		}
	}
	t.Fatal("no cookie holds a secret")
	return ""
}

// TestEveryFormCarriesItsToken: no page draws a form to send without a token in it.
func TestEveryFormCarriesItsToken(t *testing.T) {
	p := open(t, settings{logins: true})
	form := regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`)
	b := p.signIn(t, "officer")
	found := p.post(t, browser(t), "/match", url.Values{"need": {"木糖"}}).at.Path
	seen := 0
	for _, at := range append(everyPage(t, p), found, "/desk", "/nothing-here") {
		for _, who := range []*http.Client{browser(t), b} {
			for _, f := range form.FindAllString(p.load(t, who, at).body, -1) {
				seen++
				if m := hidden.FindStringSubmatch(f); m == nil || len(m[1]) < 40 {
					t.Errorf("%s draws a form without a token: %.120s", at, f)
				}
			}
		}
	}
	if seen < 300 {
		t.Errorf("only %d forms were seen", seen)
	}
}

// TestRefusedNeedIsKept: a need that comes with an old token is shown again, and goes through at the
// second press; nothing was matched before.
func TestRefusedNeedIsKept(t *testing.T) {
	p := shared(t)
	b := browser(t)
	a := p.send(t, b, "/match", url.Values{"need": {"把木糖做成木糖醇"}, "csrf": {"old"}})
	m := hidden.FindStringSubmatch(a.body)
	if a.status != http.StatusForbidden || !strings.Contains(a.body, "把木糖做成木糖醇</textarea>") || !strings.Contains(a.body, "再点一次按钮") || m == nil {
		t.Fatalf("an old form: %d", a.status)
	}
	if a := p.send(t, b, "/match", url.Values{"need": {"把木糖做成木糖醇"}, "csrf": {m[1]}}); a.status != 200 || !strings.HasPrefix(a.at.Path, "/match/") {
		t.Errorf("the second press: %d %s", a.status, a.at)
	}
}

// TestRefusedSignInKeepsTheName: an old form to sign in comes back with the name and where it leads, never with
// the password.
func TestRefusedSignInKeepsTheName(t *testing.T) {
	p := open(t, settings{logins: true})
	b := browser(t)
	form := func(token string) url.Values {
		return url.Values{"name": {"officer"}, "password": {password}, "back": {"/notices"}, "csrf": {token}}
	}
	a := p.send(t, b, "/sign-in", form("old"))
	if a.status != http.StatusForbidden || !strings.Contains(a.body, `value="officer"`) || !strings.Contains(a.body, "再填一次密码") || strings.Contains(a.body, password) {
		t.Fatalf("an old form: %d", a.status)
	}
	if a := p.send(t, b, "/sign-in", form(formToken(t, a))); a.status != 200 || a.at.Path != "/notices" {
		t.Errorf("the second press: %d %s", a.status, a.at)
	}
	if a := p.send(t, browser(t), "/first/some", url.Values{"name": {"x"}, "csrf": {"old"}}); a.status != http.StatusForbidden || strings.Contains(a.body, `name="password"`) {
		t.Errorf("a link that there is not: %d", a.status)
	}
}

// TestFormCookie: over https its name keeps other hosts from planting it, and no script reads it.
func TestFormCookie(t *testing.T) {
	p := open(t, settings{alter: func(o *web.Options) { o.TrustProxy = true }})
	for proto, name := range map[string]string{"http": "form", "https": "__Host-form"} {
		req, err := http.NewRequest(http.MethodGet, p.URL+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-Proto", proto)
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := (&http.Client{Jar: jar}).Do(req)
		a := read(t, r, err)
		got := a.header.Get("Set-Cookie")
		if !strings.HasPrefix(got, name+"=") || !strings.Contains(got, "HttpOnly") || !strings.Contains(got, "SameSite=Lax") || strings.Contains(got, "Secure") != (proto == "https") || strings.Contains(got, "Domain") {
			t.Errorf("%s: %s", proto, got)
		}
		if len(a.header.Values("Set-Cookie")) != 1 {
			t.Errorf("%s: %d cookies for one page", proto, len(a.header.Values("Set-Cookie")))
		}
	}
}
