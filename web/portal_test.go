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
	web   *web.Server
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
	files []string             // more files of records; "" none
	empty bool                 // no records at all
	alter func(o *web.Options) // the last word
	users func(users auth.Users) auth.Users
}

// open makes a portal with the example records, searched by words alone.
func open(t testing.TB, set settings) *portal {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	s, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a := app.New(s)
	if !set.empty {
		if err := os.CopyFS(dir, examples.Files); err != nil {
			t.Fatal(err)
		}
		files := append([]string{filepath.Join(dir, "needs.jsonl"), filepath.Join(dir, "achievements.jsonl")}, set.files...)
		if r, err := a.Import(ctx, "test", files, app.ImportOptions{}); err != nil || r.Refused > 0 {
			t.Fatal(r.Problems, err)
		}
	}
	p := &portal{store: s, now: noon}
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
	users, err := auth.OpenFile("")
	if err != nil {
		t.Fatal(err)
	}
	var all auth.Users = users
	if set.users != nil {
		all = set.users(users)
	}
	p.desk = auth.NewDesk(all, p.clock)
	o := web.Options{App: a, Catalogue: c, Finder: f, Pack: pk, Auth: p.desk, Site: web.ExampleSite(), Notices: web.ExampleNotices{}, Now: p.clock}
	if set.alter != nil {
		set.alter(&o)
	}
	w, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	p.web = w
	p.Server = httptest.NewServer(w)
	t.Cleanup(p.Close)
	return p
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
