package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhuanhua/auth"
)

// evil are texts that try to be markup, script, style, an address, a template or a header.
func evil() []string {
	return []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'onmouseover='alert(1)`, `</title><script>alert(1)</script>`, `</textarea><script>alert(1)</script>`,
		`javascript:alert(1)`, `{{.Site}}`, `${7*7}`, "a\r\nSet-Cookie: x=1", `<svg/onload=alert(1)>`, `--><script>alert(1)</script>`, "\u2028alert(1)", `\u003cscript\u003e`}
}

// data is a block that browsers do not run.
var data = regexp.MustCompile(`(?s)<script type="application/ld\+json">[^<]*</script>`)

// alive are signs that something of it came through as markup.
func alive(body string) string {
	low := strings.ToLower(data.ReplaceAllString(body, "")) // data for search engines runs nowhere
	for _, sign := range []string{"<script>alert", "<img src=x", "<svg/onload", "onmouseover='alert", `href="javascript:`, "</textarea><script"} {
		if strings.Contains(low, sign) {
			return sign
		}
	}
	return ""
}

// TestScriptsInEveryField: whatever is typed into any field comes back harmless.
func TestScriptsInEveryField(t *testing.T) {
	p := shared(t)
	pages := []string{"/achievements", "/needs", "/policy/rules/R05", "/policy/rules/R01", "/policy/advice", "/compare", "/pair", "/match", "/suggest", "/sign-in", "/notices/", "/achievements/", "/policy/measures/", "/data/targets/", "/help/", "/match/"}
	fields := []string{"q", "field", "region", "maturity", "mode", "price", "year", "industry", "sort", "view", "page", "received_fen", "set_rate", "r", "a", "need", "achievement", "back", "of", "open"}
	for _, bad := range evil() {
		for _, at := range pages {
			q := url.Values{}
			for _, f := range fields {
				q.Set(f, bad)
			}
			q.Add("r", "R05")
			if strings.HasSuffix(at, "/") {
				at += url.PathEscape(bad)
			}
			a := p.get(t, at+"?"+q.Encode())
			if sign := alive(a.body); sign != "" {
				t.Errorf("%s with %q: %s came through", at, bad, sign)
			}
			if a.header.Get("Set-Cookie") != "" && strings.Contains(a.header.Get("Set-Cookie"), "x=1") || a.status >= 500 {
				t.Errorf("%s with %q: %d %s", at, bad, a.status, a.header)
			}
		}
		a := p.match(t, "", bad)
		if sign := alive(a.body); sign != "" || a.status != 200 {
			t.Errorf("a need %q: %d, %s", bad, a.status, sign)
		}
	}
}

// TestStoredScripts: records whose every text is an attack are shown harmlessly everywhere.
func TestStoredScripts(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "evil-achievements.jsonl")
	var lines []string
	for i, bad := range evil() {
		bad = strings.ReplaceAll(bad, "\r\n", " ")
		b, err := json.Marshal(map[string]any{"id": "EVIL-" + string(rune('A'+i)), "title": "木糖 " + bad, "abstract": "木糖 " + bad, "body": bad, "keywords": bad, "units": bad, "persons": bad, "field": bad, "ip": bad, "ipc": "C13K13/00"})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(b))
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t, settings{files: []string{file}})
	for _, at := range []string{"/", "/achievements", "/achievements?view=cards", "/achievements?q=木糖", "/achievements?q=script", "/suggest?q=script", "/data", "/compare?a=EVIL-A&a=EVIL-B&a=EVIL-C", "/pair?need=N-SUG-01&achievement=EVIL-A",
		"/achievements/EVIL-A", "/achievements/EVIL-B", "/achievements/EVIL-C", "/achievements/EVIL-D", "/achievements/EVIL-E", "/achievements/EVIL-K", "/en/achievements/EVIL-A", "/feeds/achievements.atom"} {
		a := p.get(t, at)
		if sign := alive(a.body); sign != "" || a.status != 200 {
			t.Errorf("%s: %d, %s", at, a.status, sign)
		}
	}
	if a := p.match(t, "", "木糖 alert script"); alive(a.body) != "" {
		t.Error("an attack in a record reaches the matches")
	}
	// A feed of data is no page: it says so, and nothing in it could be taken for markup.
	if a := p.get(t, "/feeds/achievements.json"); a.status != 200 || strings.Contains(a.body, "<") || !strings.HasPrefix(a.header.Get("Content-Type"), "application/feed+json") || a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the feed of data: %d %s", a.status, a.header.Get("Content-Type"))
	}
}

// TestSQLInFilters: filters are values, never code.
func TestSQLInFilters(t *testing.T) {
	p := shared(t)
	for _, bad := range []string{"' OR 1=1 --", "'; DROP TABLE achievements; --", `" OR ""="`, "1) UNION SELECT 1", "%", "_", "\\", "450000' --"} {
		for _, f := range []string{"field", "region", "maturity", "mode", "price", "year", "industry"} {
			a := p.get(t, "/achievements?"+url.Values{f: {bad}}.Encode())
			if a.status != 200 || !strings.Contains(a.body, ">0项成果") {
				t.Errorf("%s=%q: %d", f, bad, a.status)
			}
		}
		if a := p.get(t, "/achievements?q="+url.QueryEscape(bad)); a.status != 200 {
			t.Errorf("q=%q: %d", bad, a.status)
		}
		if a := p.get(t, "/achievements/"+url.PathEscape(bad)); a.status != 404 {
			t.Errorf("id %q: %d", bad, a.status)
		}
	}
	if a := p.get(t, "/achievements"); !strings.Contains(a.body, "190项成果") {
		t.Error("the records are gone")
	}
}

// TestNobodyIsSentElsewhere: back leads only to pages of this site.
func TestNobodyIsSentElsewhere(t *testing.T) {
	p := shared(t)
	for _, back := range []string{"https://example.org/", "//example.org", `/\example.org`, "\\\\example.org", "javascript:alert(1)", "/\t/example.org", "/a\r\nX: 1", "", "http:example.org", "%2f%2fexample.org"} {
		c := browser(t)
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		a := p.post(t, c, "/settings", url.Values{"theme": {"dark"}, "back": {back}})
		if at := a.header.Get("Location"); a.status != 303 || at != "/" {
			t.Errorf("back %q leads to %q", back, at)
		}
		if a.header.Get("X") != "" {
			t.Errorf("back %q makes a header", back)
		}
	}
}

// TestErrorsInTheReadersLanguage: each wrong request is a page with words and a way on.
func TestErrorsInTheReadersLanguage(t *testing.T) {
	p := shared(t)
	b := browser(t)
	ours := "&csrf=" + p.token(t, b)
	do := func(method, at string, header map[string]string, body string) answer {
		t.Helper()
		if strings.HasPrefix(body, "need=") {
			body += ours
		}
		req, err := http.NewRequest(method, p.URL+at, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range header {
			req.Header.Set(k, v)
		}
		r, err := b.Do(req)
		return read(t, r, err)
	}
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	for _, c := range []struct {
		name, method, at string
		header           map[string]string
		body             string
		status           int
		zh, en           string
	}{
		{"an unknown page", "GET", "/nothing", nil, "", 404, "没有这个页面", "There is no such page"},
		{"an unknown record", "GET", "/achievements/NO-SUCH", nil, "", 404, "没有这个页面", "There is no such page"},
		{"an unknown rule", "GET", "/policy/rules/R99", nil, "", 404, "没有这个页面", "There is no such page"},
		{"an unknown notice", "GET", "/notices/none", nil, "", 404, "没有这个页面", "There is no such page"},
		{"an expired link", "GET", "/match/0123456789abcdef01234567", nil, "", 410, "链接已过期", "The link has expired"},
		{"a used first link", "GET", "/first/0123", nil, "", 410, "链接已过期", "The link has expired"},
		{"a wrong encoding in the address", "GET", "/achievements?q=%ff%fe", nil, "", 400, "没有看懂", "not understood"},
		{"half an escape", "GET", "/achievements?q=%4", nil, "", 400, "没有看懂", "not understood"},
		{"GBK in the path", "GET", "/achievements/%b3%c9%b9%fb", nil, "", 400, "没有看懂", "not understood"},
		{"a null character", "GET", "/achievements?q=%00", nil, "", 400, "没有看懂", "not understood"},
		{"a long address", "GET", "/achievements?q=" + strings.Repeat("a", 9000), nil, "", 413, "内容太大", "too large"},
		{"a body of more than 1 MB", "POST", "/match", form, "need=" + strings.Repeat("a", 1<<20+10), 413, "内容太大", "too large"},
		{"a GBK form", "POST", "/match", form, "need=%b3%c9%b9%fb", 400, "没有看懂", "not understood"},
		{"a file in place of a form", "POST", "/match", map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, "--x--", 415, "格式不对", "format is not taken"},
		{"JSON in place of a form", "POST", "/match", map[string]string{"Content-Type": "application/json"}, "{}", 415, "格式不对", "format is not taken"},
		{"a form of another site", "POST", "/match", map[string]string{"Content-Type": form["Content-Type"], "Sec-Fetch-Site": "cross-site", "Origin": "https://example.org"}, "need=a", 403, "没有通过核对", "not let through"},
		{"signing in without our form", "POST", "/sign-in", form, "name=a&password=b", 403, "没有登录", "not signed in"},
		{"an empty need", "POST", "/match", form, "need=++", 422, "还没有写需求", "There is no need yet"},
		{"a need of 6,000 characters", "POST", "/match", form, "need=" + url.QueryEscape(strings.Repeat("需", 6000)), 422, "需求有6,000个字", "has 6,000 characters"},
		{"another method", "DELETE", "/achievements", nil, "", 405, "", ""},
	} {
		for prefix, want := range map[string]string{"": c.zh, "/en": c.en} {
			a := do(c.method, prefix+c.at, c.header, c.body)
			if a.status != c.status || !strings.Contains(a.body, want) {
				t.Errorf("%s (%s): %d, want %d with %q", c.name, prefix, a.status, c.status, want)
			}
		}
	}
	kept := do("POST", "/match", form, "need="+url.QueryEscape("开头的话"+strings.Repeat("需", 6000)))
	if !strings.Contains(kept.body, "开头的话") {
		t.Error("a need that is too long is not kept")
	}
}

// TestAMegabyteInTheSearchBox is cut or refused, and costs no time.
func TestAMegabyteInTheSearchBox(t *testing.T) {
	p := shared(t)
	begun := time.Now()
	a := p.get(t, "/achievements?q="+url.QueryEscape(strings.Repeat("蔗", 800)))
	if a.status != 200 || !strings.Contains(a.body, "只用前500个字搜索") {
		t.Errorf("800 characters: %d", a.status)
	}
	if a := p.get(t, "/achievements?q="+strings.Repeat("a", 1<<20)); a.status != 413 && a.status != 431 {
		t.Errorf("1 MB: %d", a.status)
	}
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestClockInAnotherZone: days and times are those of Beijing wherever the machine stands.
func TestClockInAnotherZone(t *testing.T) {
	p := open(t, settings{})
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 11, 25, 15, 59, 0, 0, time.UTC), "截至2026-11-25"},
		{time.Date(2026, 11, 25, 16, 1, 0, 0, time.UTC), "截至2026-11-26"},
		{time.Date(2026, 11, 25, 12, 0, 0, 0, time.FixedZone("west", -11*3600)), "截至2026-11-26"},
		{time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), "截至2027-01-01"},
	} {
		p.mu.Lock()
		p.now = c.at
		p.mu.Unlock()
		if a := p.get(t, "/"); !strings.Contains(a.body, c.want) {
			t.Errorf("at %v the page does not say %s", c.at, c.want)
		}
	}
}

// TestTooOften: who asks too often is told to wait, with what was written; later they may again.
func TestTooOften(t *testing.T) {
	p := open(t, settings{})
	last := answer{}
	for range 70 {
		last = p.match(t, "", "木糖")
		if last.status != 200 {
			break
		}
	}
	if last.status != 429 || !strings.Contains(last.body, "太频繁") || !strings.Contains(last.body, "木糖</textarea>") {
		t.Fatalf("after 70 needs: %d", last.status)
	}
	p.later(2 * time.Minute)
	if a := p.match(t, "", "木糖"); a.status != 200 {
		t.Errorf("two minutes later: %d", a.status)
	}
}

// TestSignIn: forms need their token, wrong passwords lock, a session ends when it is ended.
func TestSignIn(t *testing.T) {
	p := open(t, settings{logins: true})
	b := browser(t)
	token := func() string {
		r, err := b.Get(p.URL + "/sign-in")
		a := read(t, r, err)
		m := hidden.FindStringSubmatch(a.body)
		if m == nil {
			t.Fatal("the form has no token")
		}
		return m[1]
	}
	in := func(name, pass, back string) answer {
		return p.post(t, b, "/sign-in", url.Values{"name": {name}, "password": {pass}, "csrf": {token()}, "back": {back}})
	}
	if a := p.post(t, b, "/sign-in", url.Values{"name": {"officer"}, "password": {password}, "csrf": {"forged"}}); a.status != 403 {
		t.Errorf("a forged token: %d", a.status)
	}
	if a := in("officer", "wrong", ""); a.status != 422 || !strings.Contains(a.body, "用户名或密码不对") || !strings.Contains(a.body, `value="officer"`) {
		t.Errorf("a wrong password: %d", a.status)
	}
	if a := in("Officer ", password, "/policy"); a.at.Path != "/policy" {
		t.Errorf("after signing in: %s", a.at)
	}
	r, err := b.Get(p.URL + "/desk")
	if a := read(t, r, err); a.status != 200 || !strings.Contains(a.body, "经办") {
		t.Errorf("the desk: %d", a.status)
	}
	if a := p.post(t, b, "/sign-out", url.Values{}); a.at.Path != "/" {
		t.Errorf("after signing out: %s", a.at)
	}
	r, err = b.Get(p.URL + "/desk")
	if a := read(t, r, err); a.at.Path != "/sign-in" {
		t.Errorf("the desk after signing out: %s", a.at)
	}
	if a := in("officer", password, "//example.org"); a.at.Path != "/desk" {
		t.Errorf("back to another site: %s", a.at)
	}
	for range auth.MostWrong - 1 {
		in("finance", "wrong", "")
	}
	if a := in("finance", "wrong", ""); a.status != 429 || !strings.Contains(a.body, "账号锁定到12:15") {
		t.Errorf("the fifth wrong password: %d", a.status)
	}
	if a := in("finance", password, ""); a.status != 429 {
		t.Errorf("the right password while locked: %d", a.status)
	}
	p.later(16 * time.Minute)
	if a := in("finance", password, ""); a.status != 200 {
		t.Errorf("after the lock: %d", a.status)
	}
}

// TestFirstAdministrator: without users one link makes one administrator.
func TestFirstAdministrator(t *testing.T) {
	p := open(t, settings{})
	token, err := p.desk.First(t.Context())
	if err != nil || token == "" {
		t.Fatal(token, err)
	}
	b := browser(t)
	r, err := b.Get(p.URL + "/first/" + token)
	a := read(t, r, err)
	_, rest, _ := strings.Cut(a.body, `name="csrf" value="`)
	csrf, _, _ := strings.Cut(rest, `"`)
	if a := p.post(t, b, "/first/"+token, url.Values{"name": {"示例管理员"}, "password": {"short"}, "csrf": {csrf}}); a.status != 422 || !strings.Contains(a.body, "密码至少10个字") {
		t.Errorf("a short password: %d", a.status)
	}
	if a := p.post(t, b, "/first/"+token, url.Values{"name": {"示例管理员"}, "password": {"a long sentence"}, "csrf": {csrf}}); a.at.Path != "/desk" || !strings.Contains(a.body, "系统管理员") {
		t.Errorf("after making the administrator: %d %s", a.status, a.at)
	}
	if a := p.get(t, "/first/"+token); a.status != 410 {
		t.Errorf("the link a second time: %d", a.status)
	}
}
