package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/web"
)

// enquiryForm is an enquiry about an achievement.
func enquiryForm() url.Values {
	return url.Values{"of": {"achievement"}, "id": {"A-SUG-01"}, "name": {"示例甲"}, "organisation": {"示例工厂"}, "contact": {"0771-1234567"}, "text": {"想了解许可的条件"}}
}

// TestEnquiryStory: a visitor finds the button on a record, asks without an account, gets a number; an
// officer reads it, takes it up and removes it; a role that it is not for sees nothing of it.
func TestEnquiryStory(t *testing.T) {
	p := open(t, settings{logins: true})
	for at, link := range map[string]string{"/achievements/A-SUG-01": `/contact?of=achievement&id=A-SUG-01`, "/needs/N-SUG-01": `/contact?of=need&id=N-SUG-01`} {
		if a := p.get(t, at); !strings.Contains(a.body, link) {
			t.Errorf("%s offers no contact", at)
		}
		if a := p.get(t, link); a.status != 200 || !strings.Contains(a.body, "180天后删除") || strings.Contains(a.body, "示例完成人") {
			t.Errorf("%s: %d", link, a.status)
		}
	}
	b := browser(t)
	a := p.post(t, b, "/contact", enquiryForm())
	number := regexp.MustCompile(`编号<b class="code">([0-9A-F]{10})</b>`).FindStringSubmatch(a.body)
	if a.status != 200 || a.at.Path != "/contact/sent" || number == nil || strings.Contains(a.at.RawQuery, "1234567") {
		t.Fatalf("after asking: %d %s", a.status, a.at)
	}
	if again := p.post(t, b, "/contact", enquiryForm()); again.at.String() != a.at.String() {
		t.Error("a double click makes another enquiry")
	}
	if a := p.load(t, b, "/enquiries"); a.at.Path != "/sign-in" || strings.Contains(a.body, "1234567") {
		t.Error("a visitor reads enquiries")
	}
	// Another organisation has nothing to read yet; a login that belongs to none is told so.
	if a := p.load(t, p.signIn(t, "enterprise"), "/enquiries"); a.status != 200 || strings.Contains(a.body, "1234567") || !strings.Contains(a.body, "还没有咨询") {
		t.Errorf("another organisation reads enquiries: %d", a.status)
	}
	if _, err := p.store.Record(context.Background(), "test", zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Put(zhuanhua.User{ID: "auditor", Name: "示例用户"}, zhuanhua.Source{})}}); err != nil {
		t.Fatal(err)
	}
	if a := p.load(t, p.signIn(t, "auditor"), "/enquiries"); a.status != 200 || strings.Contains(a.body, "1234567") || !strings.Contains(a.body, "没有关联单位") {
		t.Errorf("a login without an organisation reads enquiries: %d", a.status)
	}
	officer := p.signIn(t, "officer")
	a = p.load(t, officer, "/enquiries")
	for _, want := range []string{"1条待回复，共1条", "示例甲 · 示例工厂", "0771-1234567", "想了解许可的条件", number[1], `href="/achievements/A-SUG-01"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the officer does not see %s", want)
		}
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Error("a browser may keep personal data")
	}
	enterprise := p.signIn(t, "enterprise")
	for _, do := range []string{"take", "forget"} {
		if a := p.post(t, enterprise, "/enquiries/"+number[1]+"/"+do, nil); a.status != 404 {
			t.Errorf("somebody else may %s: %d", do, a.status)
		}
	}
	if a := p.post(t, officer, "/enquiries/"+number[1]+"/take", nil); !strings.Contains(a.body, "0条待回复，共1条") || !strings.Contains(a.body, "officer · 2026-11-25 12:00") {
		t.Errorf("after taking it up: %d", a.status)
	}
	if a := p.post(t, officer, "/enquiries/"+number[1]+"/burn", nil); a.status != 404 {
		t.Errorf("an unknown action: %d", a.status)
	}
	if a := p.post(t, officer, "/enquiries/"+number[1]+"/forget", nil); !strings.Contains(a.body, "还没有咨询") || strings.Contains(a.body, "1234567") {
		t.Errorf("after removing it: %d", a.status)
	}
}

// TestEnquiryToAnOrganisation: a user of the organisation that holds a record reads what is asked about it.
func TestEnquiryToAnOrganisation(t *testing.T) {
	p := open(t, settings{logins: true})
	_, err := p.store.Record(context.Background(), "test", zhuanhua.Change{Items: []zhuanhua.Item{
		zhuanhua.Put(zhuanhua.Organisation{ID: "o-1", Name: "示例甘蔗研究所"}, zhuanhua.Source{}),
		zhuanhua.Put(zhuanhua.User{ID: "inventor", Name: "示例用户", Organisation: "o-1"}, zhuanhua.Source{})}})
	if err != nil {
		t.Fatal(err)
	}
	p.post(t, browser(t), "/contact", enquiryForm())
	other := enquiryForm()
	other.Set("id", "A-AGR-03")
	other.Set("contact", "other@example.cn")
	p.post(t, browser(t), "/contact", other)
	a := p.load(t, p.signIn(t, "inventor"), "/enquiries")
	if !strings.Contains(a.body, "0771-1234567") || strings.Contains(a.body, "other@example.cn") {
		t.Error("an organisation reads the wrong enquiries")
	}
}

// TestEnquiryRefused: what is wrong is said at its field with all that was typed kept; too many are told to
// wait; nothing wrong is kept.
func TestEnquiryRefused(t *testing.T) {
	var kept *app.Enquiries
	p := open(t, settings{alter: func(o *web.Options) {
		var err error
		if kept, err = app.OpenEnquiries("", nil); err != nil {
			t.Fatal(err)
		}
		o.Enquiries = kept
	}})
	for name, x := range map[string]struct {
		field, value string
		status       int
		zh, en       string
	}{
		"no name":           {"name", " ", 422, "还没有写怎么称呼你", "There is no name"},
		"no way to answer":  {"contact", "微信", 422, "电话或邮箱看不懂", "is not understood"},
		"no text":           {"text", "", 422, "还没有写想问什么", "There is no text"},
		"a long text":       {"text", strings.Repeat("字", 2001), 422, "超过2,000个字", "longer than 2,000"},
		"an unknown record": {"id", "none", 404, "没有这个页面", "There is no such page"},
	} {
		for prefix, want := range map[string]string{"": x.zh, "/en": x.en} {
			form := enquiryForm()
			form.Set(x.field, x.value)
			p.later(10 * time.Minute)
			a := p.post(t, browser(t), prefix+"/contact", form)
			if a.status != x.status || !strings.Contains(a.body, want) || x.status == 422 && x.field != "contact" && !strings.Contains(a.body, `value="0771-1234567"`) {
				t.Errorf("%s (%s): %d", name, prefix, a.status)
			}
		}
	}
	if a := p.send(t, browser(t), "/contact", enquiryForm()); a.status != http.StatusForbidden || !strings.Contains(a.body, "想了解许可的条件</textarea>") {
		t.Errorf("an old form: %d", a.status)
	}
	if n := len(kept.List(app.EnquiryReader{Officer: true})); n != 0 {
		t.Errorf("%d wrong enquiries are kept", n)
	}
	last := answer{}
	for i := range 10 {
		form := enquiryForm()
		form.Set("text", strings.Repeat("问", i+1))
		if last = p.post(t, browser(t), "/contact", form); last.status != 200 {
			break
		}
	}
	if last.status != http.StatusTooManyRequests || !strings.Contains(last.body, "太频繁") || !strings.Contains(last.body, "问</textarea>") {
		t.Errorf("too many: %d", last.status)
	}
	for _, at := range []string{"/contact", "/contact?of=need&id=A-SUG-01", "/contact/sent", "/contact/sent?number=" + url.QueryEscape(`"><script>`)} {
		if a := p.get(t, at); a.status != 404 {
			t.Errorf("%s: %d", at, a.status)
		}
	}
}

// keep adds a record to the favourites of a browser, or takes it off.
func (p *portal) keep(t *testing.T, b *http.Client, do, of, id string) answer {
	t.Helper()
	return p.post(t, b, "/favourites", url.Values{"do": {do}, "of": {of}, "id": {id}, "back": {"/favourites"}})
}

// TestFavouritesOfAVisitor stay in the browser, bounded, and hold nothing but ids.
func TestFavouritesOfAVisitor(t *testing.T) {
	p := shared(t)
	b := browser(t)
	if a := p.load(t, b, "/favourites"); !strings.Contains(a.body, "还没有收藏") {
		t.Error("favourites out of nothing")
	}
	for _, id := range []string{"A-SUG-01", "A-SUG-02", "A-SUG-01"} {
		p.keep(t, b, "add", "achievement", id)
	}
	a := p.keep(t, b, "add", "need", "N-SUG-01")
	first, second := strings.Index(a.body, `href="/achievements/A-SUG-01"`), strings.Index(a.body, `href="/achievements/A-SUG-02"`)
	if a.at.Path != "/favourites" || first < 0 || second < first || !strings.Contains(a.body, `href="/needs/N-SUG-01"`) || !strings.Contains(a.body, "收藏 3</a>") {
		t.Errorf("three favourites, the newest first: %d %d %d", a.status, first, second)
	}
	if a := p.load(t, b, "/achievements/A-SUG-01"); !strings.Contains(a.body, "取消收藏") {
		t.Error("the page of a favourite does not say so")
	}
	if a := p.load(t, b, "/achievements/A-SUG-03"); strings.Contains(a.body, "取消收藏") {
		t.Error("what is no favourite is one")
	}
	if a := p.keep(t, b, "remove", "achievement", "A-SUG-01"); strings.Contains(a.body, `href="/achievements/A-SUG-01"`) || !strings.Contains(a.body, "收藏 2</a>") {
		t.Error("it is not removed")
	}
	if a := p.keep(t, b, "add", "achievement", "none"); a.status != 404 {
		t.Errorf("an unknown record: %d", a.status)
	}
	if a := p.keep(t, b, "remove", "achievement", "none"); a.status != 200 {
		t.Errorf("removing what is not there: %d", a.status)
	}
	if a := p.get(t, "/favourites"); !strings.Contains(a.body, "还没有收藏") {
		t.Error("a favourite of one browser is another's")
	}
}

// TestFavouritesCookie: what a cookie may hold is read as ids or not at all, and there are at most fifty.
func TestFavouritesCookie(t *testing.T) {
	p := shared(t)
	at, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	with := func(value string) *http.Client {
		b := browser(t)
		b.Jar.SetCookies(at, []*http.Cookie{{Name: "kept", Value: value}})
		return b
	}
	for value, want := range map[string]int{"a!A-SUG-01.n!N-SUG-01": 2, "a!A-SUG-01.a!A-SUG-01": 1, "x!A-SUG-01": 0, "a!": 0, "a!%zz": 0, "....": 0, "a!%3Cscript%3E.a!A-SUG-02": 1,
		strings.Repeat("a!A-SUG-01.", 400): 0} {
		a := p.load(t, with(value), "/favourites")
		if got := strings.Count(a.body, ">移除</button>"); a.status != 200 || got != want || alive(a.body) != "" {
			t.Errorf("%.40q shows %d, want %d", value, got, want)
		}
	}
	ids := regexp.MustCompile(`class="name" href="/achievements/([^"]+)"`)
	var many []string
	for _, page := range []string{"1", "2", "3"} {
		for _, m := range ids.FindAllStringSubmatch(p.get(t, "/achievements?page="+page).body, -1) {
			many = append(many, "a!"+m[1])
		}
	}
	b := with(strings.Join(many[:50], "."))
	id := strings.TrimPrefix(many[55], "a!")
	if a := p.keep(t, b, "add", "achievement", id); a.status != http.StatusConflict || !strings.Contains(a.body, "收藏满了") {
		t.Errorf("the fifty-first: %d", a.status)
	}
	if a := p.load(t, b, "/favourites"); strings.Count(a.body, ">移除</button>") != 50 {
		t.Error("a refused favourite changes the others")
	}
}

// TestSavedNeeds: who is signed in brings along what they kept before, saves a need, and its link lasts
// until they delete it; nobody else can.
func TestSavedNeeds(t *testing.T) {
	p := open(t, settings{logins: true})
	b := browser(t)
	p.keep(t, b, "add", "achievement", "A-SUG-01")
	p.post(t, b, "/sign-in", url.Values{"name": {"enterprise"}, "password": {password}})
	if a := p.load(t, b, "/favourites"); !strings.Contains(a.body, `href="/achievements/A-SUG-01"`) || !strings.Contains(a.body, "收藏在账号里") {
		t.Error("what a visitor kept is lost by signing in")
	}
	again := p.signIn(t, "enterprise")
	if a := p.load(t, again, "/favourites"); !strings.Contains(a.body, `href="/achievements/A-SUG-01"`) {
		t.Error("another browser of the account does not have it")
	}
	at := p.post(t, b, "/match", url.Values{"need": {"想做木糖醇 <script>alert(1)</script>"}}).at.Path
	token := strings.TrimPrefix(at, "/match/")
	if a := p.post(t, browser(t), "/favourites/needs", url.Values{"token": {token}}); a.at.Path != "/sign-in" {
		t.Errorf("a visitor saves a need: %s", a.at)
	}
	if a := p.post(t, b, "/favourites/needs", url.Values{"token": {token}}); a.at.Path != at || !strings.Contains(a.body, "已保存") {
		t.Errorf("after saving: %d %s", a.status, a.at)
	}
	p.later(25 * time.Hour)
	if a := p.get(t, at); a.status != 200 || !strings.Contains(a.body, "木糖醇") {
		t.Errorf("the link of a saved need after a day: %d", a.status)
	}
	b = p.signIn(t, "enterprise")
	if a := p.load(t, b, "/favourites"); !strings.Contains(a.body, `href="`+at+`"`) || alive(a.body) != "" {
		t.Error("the saved need is not listed")
	}
	other := p.signIn(t, "finance")
	if a := p.post(t, other, "/favourites/needs/"+token+"/drop", nil); a.status != 404 {
		t.Errorf("somebody else deletes it: %d", a.status)
	}
	p.post(t, other, at+"/drop", nil)
	if a := p.get(t, at); a.status != 200 {
		t.Errorf("somebody else ends its link: %d", a.status)
	}
	if a := p.post(t, b, "/favourites/needs/"+token+"/drop", nil); strings.Contains(a.body, at) {
		t.Error("it is not deleted")
	}
	if a := p.get(t, at); a.status != http.StatusGone {
		t.Errorf("the link of a deleted need: %d", a.status)
	}
	if a := p.post(t, b, "/favourites/needs", url.Values{"token": {"none"}}); a.status != http.StatusGone {
		t.Errorf("saving an expired need: %d", a.status)
	}
}
