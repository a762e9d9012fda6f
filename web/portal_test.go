package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"io/fs"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/auth"
	"zhuanhua/examples"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plans"
	"zhuanhua/store"
	"zhuanhua/web"
)

// noon is when the tests take place: a Wednesday in Beijing.
var noon = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)

// password is that of every example login of the tests.
const password = "an example password"

type regions struct{}

func (regions) RegionName(r zhuanhua.Region) string { return intake.RegionName(r) }

func (regions) RegionOf(s string) (zhuanhua.Region, bool) { return intake.RegionOf(s) }

// pack reads the plan once for all tests.
var pack = sync.OnceValues(func() (*plan.Pack, error) {
	files, err := fs.Sub(plans.Files, "guangxi-2025-2027")
	if err != nil {
		return nil, err
	}
	return plan.Load(files, "plans", plan.Options{Regions: regions{}})
})

// portal is a portal over the example records, and what its test changes.
type portal struct {
	*httptest.Server
	store *store.Store
	desk  *auth.Desk
	now   time.Time
	mu    sync.Mutex
}

func (p *portal) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// later moves the clock.
func (p *portal) later(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// settings of a portal under test.
type settings struct {
	files  []string             // more files of records; "" none
	empty  bool                 // no records at all
	logins bool                 // the users of the example casework can sign in
	alter  func(o *web.Options) // the last word
}

// prepared is a data directory with the example records and the casework as of noon, made once for all tests.
var prepared = sync.OnceValues(func() (string, error) {
	dir := keeper.TempDir()
	ctx := context.Background()
	pk, err := pack()
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(filepath.Join(dir, "files"), examples.Files); err != nil {
		return "", err
	}
	s, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		return "", err
	}
	defer s.Close()
	a := app.New(s)
	files := []string{filepath.Join(dir, "files", "needs.jsonl"), filepath.Join(dir, "files", "achievements.jsonl")}
	if _, err := a.Import(store.At(ctx, noon.AddDate(0, 0, -250)), "test", files, app.ImportOptions{}); err != nil {
		return "", err
	}
	script, err := os.Open(filepath.Join(dir, "files", "casework.jsonl"))
	if err != nil {
		return "", err
	}
	defer script.Close()
	return filepath.Join(dir, "data"), a.Desk(pk).Play(ctx, script, noon)
})

// timed serves a portal as of the clock of its test: the example casework is a rehearsal.
func (p *portal) timed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(store.AtClock(r.Context(), p.clock)))
	})
}

// open makes a portal with the example records, searched by words alone.
func open(t testing.TB, set settings) *portal {
	t.Helper()
	p := &portal{now: noon}
	ctx := store.AtClock(context.Background(), p.clock)
	dir := filepath.Join(t.TempDir(), "data")
	if !set.empty {
		from, err := prepared()
		if err == nil {
			err = os.CopyFS(dir, os.DirFS(from))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p.store = s
	a := app.New(s)
	if len(set.files) > 0 {
		if r, err := a.Import(ctx, "test", set.files, app.ImportOptions{}); err != nil || r.Refused > 0 {
			t.Fatal(r.Problems, err)
		}
	}
	c := app.NewCatalogue(s)
	f := app.NewFinder(c)
	if err := c.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	x, err := app.OpenIndex(ctx, s, app.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.Use(x)
	pk, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	logins := &app.Logins{App: a, Passwords: auth.OpenPasswords(filepath.Join(dir, "passwords"))}
	if set.logins {
		if logins.Examples, err = exampleLogins(); err != nil {
			t.Fatal(err)
		}
	}
	p.desk = auth.NewDesk(logins, p.clock)
	o := web.Options{App: a, Desk: a.Desk(pk).Kept(), Catalogue: c, Finder: f, Pack: pk, Auth: p.desk, Site: web.ExampleSite(), Now: p.clock}
	if set.alter != nil {
		set.alter(&o)
	}
	w, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	p.Server = httptest.NewServer(p.timed(w))
	t.Cleanup(p.Close)
	return p
}

// exampleLogins lets a user for each role sign in with the password of the tests.
var exampleLogins = sync.OnceValues(func() (map[string]string, error) {
	hash, err := auth.Hash("", password)
	out := map[string]string{}
	for _, r := range zhuanhua.Roles() {
		out[string(r)] = hash
	}
	for _, id := range []string{"ip-head", "ip-examiner", "ip-outside"} { // of the tests of need to know
		out[id] = hash
	}
	return out, err
})

// signIn gives a browser that has signed in as one of the example users.
func (p *portal) signIn(t testing.TB, name string) *http.Client {
	t.Helper()
	b := browser(t)
	r, err := b.Get(p.URL + "/sign-in")
	csrf := formToken(t, read(t, r, err))
	if a := p.post(t, b, "/sign-in", url.Values{"name": {name}, "password": {password}, "csrf": {csrf}}); a.status != http.StatusOK || a.at.Path != "/desk" {
		t.Fatalf("%s cannot sign in: %d %s", name, a.status, a.at)
	}
	return b
}

// formToken is the token that the form of a page sends back.
func formToken(t testing.TB, a answer) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.body, `name="csrf" value="`)
	if !ok {
		t.Fatalf("%s has no form with a token", a.at)
	}
	token, _, _ := strings.Cut(rest, `"`)
	return token
}

// shared is one portal for the tests that change nothing.
var (
	sharedOnce sync.Once
	sharedOne  *portal
)

func shared(t *testing.T) *portal {
	t.Helper()
	sharedOnce.Do(func() { sharedOne = open(keeper, settings{}) })
	if sharedOne == nil {
		t.Fatal("the shared portal could not be opened")
	}
	return sharedOne
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	at     *url.URL // after redirects
}

// browser keeps cookies and follows redirects.
func browser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func read(t testing.TB, r *http.Response, err error) answer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{r.StatusCode, r.Header, string(b), r.Request.URL}
}

func (p *portal) get(t testing.TB, at string) answer {
	t.Helper()
	r, err := http.Get(p.URL + at)
	return read(t, r, err)
}

// hidden is the token in a form of a page.
var hidden = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token is what a page of ours puts into the forms of a browser.
func (p *portal) token(t testing.TB, c *http.Client) string {
	t.Helper()
	r, err := c.Get(p.URL + "/accessibility")
	m := hidden.FindStringSubmatch(read(t, r, err).body)
	if m == nil {
		t.Fatal("a page brings no token")
	}
	return m[1]
}

// post sends a form as a browser that shows a page of ours.
func (p *portal) post(t testing.TB, c *http.Client, at string, form url.Values) answer {
	t.Helper()
	if form == nil {
		form = url.Values{}
	}
	if !form.Has("csrf") {
		form.Set("csrf", p.token(t, c))
	}
	return p.send(t, c, at, form)
}

// send posts a form as it is.
func (p *portal) send(t testing.TB, c *http.Client, at string, form url.Values) answer {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, p.URL+at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := c.Do(req)
	return read(t, r, err)
}

// match asks for a need and gives the page of its matches.
func (p *portal) match(t testing.TB, prefix, need string) answer {
	t.Helper()
	return p.post(t, browser(t), prefix+"/match", url.Values{"need": {need}})
}
