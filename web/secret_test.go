package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/store"
	"zhuanhua/web"
)

// marker stands in every text of the confidential cases, and nowhere else.
const marker = "绝密量子蜜蜂"

// secretCase is a confidential case of the tests, with the entry it brought in.
type secretCase struct{ id, entry string }

// vault opens a portal in which a body is filed for fast protection. With secrets there are a pre-examination
// and an enforcement besides, which nobody outside their lists may know of.
func vault(t *testing.T, secrets bool) (*portal, []secretCase) {
	t.Helper()
	p := open(t, settings{logins: true})
	ctx := store.AtClock(context.Background(), p.clock)
	a := app.New(p.store)
	pk, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	d := a.Desk(pk)
	for id, role := range map[string]zhuanhua.Role{"ip-head": zhuanhua.RoleReviewer, "ip-examiner": zhuanhua.RoleOfficer, "ip-second": zhuanhua.RoleOfficer, "ip-outside": zhuanhua.RoleOfficer} {
		if _, err := a.AddUser(ctx, "test", "", zhuanhua.User{ID: id, Name: "示例保护中心" + id, Organisation: "示例保护中心", Roles: []zhuanhua.Grant{{Role: role, Department: "SJG"}}}); err != nil {
			t.Fatal(err)
		}
	}
	act := func(as, id, action string, set map[string]string, files ...string) {
		t.Helper()
		do := app.Doing{Act: flow.Act{Action: action, Values: set}}
		for _, f := range files {
			do.Files = append(do.Files, app.File{Field: f, Name: "示例.pdf", Size: 9, Content: strings.NewReader("%PDF-1.4\n")})
		}
		if _, err := d.Do(ctx, as, id, do); err != nil {
			t.Fatalf("%s %s: %v", id, action, err)
		}
	}
	begin := func(way, register string) string {
		t.Helper()
		c, err := d.NewCase(ctx, "organisation_admin", flow.Beginning{Workflow: way, Register: register})
		if err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	filed := begin("filing", "ip-fast-protection")
	act("organisation_admin", filed, "submit", map[string]string{"name": "示例桂南大学", "uscc": "91350100M000100Y43", "industry": "示例新材料", "contact": "示例"})
	act("officer", filed, "accept", map[string]string{"result": "verified"})
	act("reviewer", filed, "file", nil)
	body, err := d.Register(ctx, "", "ip-fast-protection", app.RegisterFilter{})
	if err != nil || len(body) != 1 {
		t.Fatal(body, err)
	}
	if !secrets {
		return p, nil
	}
	var out []secretCase
	for _, kind := range []struct {
		register, ask, file, take string
		set, taken                map[string]string
	}{
		{"ip-pre-examination", "request", "papers", "take", map[string]string{"name": marker + "发明", "subject": body[0].ID, "kind": "invention", "ipc": "C08",
			"abstract": marker + "摘要", "inventors": marker + "发明人"}, map[string]string{"ipc": "C08L", "in_scope": "true", "abnormal": "false"}},
		{"ip-enforcement", "complain", "evidence", "open", map[string]string{"name": marker + "维权", "right_no": marker, "way": "adjudication", "accused": marker + "公司",
			"region": "450200", "facts": marker + "事实"}, nil},
	} {
		id := begin(kind.register, kind.register)
		act("organisation_admin", id, kind.ask, kind.set, kind.file)
		act("ip-head", id, "designate", map[string]string{"examiner": "ip-examiner", "second_examiner": "ip-second"})
		act("ip-examiner", id, kind.take, kind.taken)
		done, err := d.Case(ctx, "ip-examiner", id)
		if err != nil || done.Accreditation == "" {
			t.Fatal(id, done.Accreditation, err)
		}
		out = append(out, secretCase{id, done.Accreditation})
	}
	return p, out
}

// asking is a request of a route: a form where there is one, else an address.
type asking struct {
	at   string
	form url.Values
}

// askings are the requests of every route, by its pattern, with the words and ids of the secrets put where a reader
// could put them.
func askings(secrets []secretCase) map[string][]asking {
	get := func(list ...string) (out []asking) {
		for _, at := range list {
			out = append(out, asking{at: at})
		}
		return out
	}
	m := url.QueryEscape(marker)
	out := map[string][]asking{
		"/": get("/nothing", "/nothing?q="+m), "GET /{$}": get("/", "/en/"), "GET /assets/": get("/assets/nothing.js"), "GET /healthz": get("/healthz"),
		"GET /achievements": get("/achievements", "/achievements?q="+m, "/achievements?region=450200&view=cards", "/en/achievements?q="+m), "GET /achievements/{id...}": get("/achievements/A-SUG-01"),
		"GET /needs": get("/needs", "/needs?q="+m), "GET /needs/{id...}": get("/needs/N-SUG-01"), "GET /export/{file}": get("/export/achievements.csv", "/export/needs.jsonl", "/export/cases.csv"),
		"GET /export/registers/{kind}": get("/export/registers/pilot-platform.csv", "/export/registers/ip-pre-examination.csv", "/export/registers/ip-enforcement.csv?region=450200", "/export/registers/ip-fast-protection.csv"),
		"GET /suggest":                 get("/suggest?q="+m, "/suggest?of=needs&q="+m), "GET /compare": get("/compare?a=A-SUG-01&a=A-SUG-02"), "GET /pair": get("/pair?need=N-SUG-01&achievement=A-SUG-01"),
		"GET /match": get("/match?need=" + m), "POST /match": {{"/match", url.Values{"need": {marker + "发明"}}}}, "GET /match/{token}": get("/match/0000"), "POST /match/{token}/drop": {{"/match/0000/drop", url.Values{}}},
		"GET /policy": get("/policy"), "GET /policy/measures/{id}": get("/policy/measures/M01"), "GET /policy/rules/{id}": get("/policy/rules/R05?received_fen=" + m), "GET /policy/advice": get("/policy/advice?r=R01"),
		"GET /data": get("/data", "/en/data"), "GET /data/targets/{id}": nil, "GET /services": get("/services", "/services?region=450200", "/services?region=450100", "/en/services", "/services?q="+m),
		"GET /services/{kind}": get("/services/ip-pre-examination", "/services/ip-enforcement?region=450200", "/services/ip-confirmation", "/services/ip-fast-protection", "/services/pilot-platform?q="+m,
			"/en/services/ip-pre-examination", "/services/ip-pre-examination?view=cards", "/services/ip-pre-examination?on=2027-01-01", "/services/"+m),
		"GET /services/{kind}/{id}": get("/services/ip-fast-protection/ip-fast-protection-2026-0001", "/services/pilot-platform/pilot-platform-2026-0001", "/services/ip-pre-examination/ip-pre-examination-2026-nothing"),
		"GET /events":               get("/events"), "GET /notices": get("/notices", "/en/notices"), "GET /notices/{id}": get("/notices/after-subsidy-2026-00002", "/notices/nothing"),
		"POST /notices/{id}/object": {{"/notices/nothing/object", url.Values{"text": {"x"}, "contact": {"x"}}}},
		"GET /help":                 get("/help"), "GET /help/{role}": get("/help/enterprise"), "GET /about": get("/about"), "GET /privacy": get("/privacy"), "GET /accessibility": get("/accessibility"), "GET /sitemap": get("/sitemap"),
		"GET /design": get("/design"), "POST /settings": {{"/settings", url.Values{"theme": {"light"}, "back": {"/"}}}}, "GET /sign-in": get("/sign-in"), "GET /desk": get("/desk"),
		"GET /first/{token}": get("/first/x"), "POST /first/{token}": {{"/first/x", url.Values{"name": {"x"}}}}, "GET /feeds/{file}": get("/feeds/achievements.atom", "/feeds/needs.json", "/feeds/notices.atom"),
		"GET /contact": get("/contact?of=achievement&id=A-SUG-01", "/contact?of=achievement&id="+m), "GET /contact/sent": get("/contact/sent?number=0123456789"), "GET /enquiries": get("/enquiries"), "GET /favourites": get("/favourites"),
		"POST /contact":             {{"/contact", url.Values{"of": {"achievement"}, "id": {m}, "text": {marker}}}},
		"POST /enquiries/{id}/{do}": {{"/enquiries/0123456789/take", url.Values{}}, {"/enquiries/0123456789/forget", url.Values{}}},
		"POST /favourites":          {{"/favourites", url.Values{"of": {"achievement"}, "id": {marker}, "do": {"add"}}}},
		"POST /favourites/needs":    {{"/favourites/needs", url.Values{"token": {"0000"}}}}, "POST /favourites/needs/{token}/drop": {{"/favourites/needs/0000/drop", url.Values{}}},
		"GET /sitemap.xml": get("/sitemap.xml"), "GET /robots.txt": get("/robots.txt"),
		// Asked at the beginning and at the end of every reader's turn.
		"POST /sign-in": {{"/sign-in", url.Values{"name": {"nobody"}, "password": {"x"}}}}, "POST /sign-out": nil,
	}
	for n := range 18 {
		out["GET /data/targets/{id}"] = append(out["GET /data/targets/{id}"], get(fmt.Sprintf("/data/targets/T%02d", n+1))...)
	}
	for _, x := range secrets {
		register := x.id[:strings.Index(x.id, "-2026")]
		out["GET /services/{kind}/{id}"] = append(out["GET /services/{kind}/{id}"], get("/services/"+register+"/"+x.entry, "/services/pilot-platform/"+x.entry, "/services/"+register+"/"+x.id)...)
		out["GET /notices/{id}"] = append(out["GET /notices/{id}"], get("/notices/"+x.id, "/notices/"+x.id+"-decision")...)
		out["POST /notices/{id}/object"] = append(out["POST /notices/{id}/object"], asking{"/notices/" + x.id + "/object", url.Values{"text": {"x"}, "contact": {"x"}}})
		out["GET /achievements/{id...}"] = append(out["GET /achievements/{id...}"], get("/achievements/"+x.id, "/achievements/"+x.entry)...)
		for _, id := range []string{x.id, x.entry} {
			out["GET /contact"] = append(out["GET /contact"], get("/contact?of=achievement&id="+id)...)
			out["POST /contact"] = append(out["POST /contact"], asking{"/contact", url.Values{"of": {"achievement"}, "id": {id}, "text": {"x"}}})
			out["POST /favourites"] = append(out["POST /favourites"], asking{"/favourites", url.Values{"of": {"achievement"}, "id": {id}, "do": {"add"}}})
		}
		out["GET /export/{file}"] = append(out["GET /export/{file}"], get("/export/"+x.id+".csv")...)
	}
	return out
}

// fleeting is what differs from one answer to the next whatever the records hold.
var fleeting = regexp.MustCompile(`name="(?:csrf|token)" value="[^"]*"|(?i:/|%2f)match(?i:/|%2f)[0-9a-f]{16,}|[0-9A-F]{4}-[0-9A-F]{2}\b`)

// told is what a reader is told by an answer, without what is fleeting.
func (p *portal) told(a answer) string {
	body := fleeting.ReplaceAllString(strings.ReplaceAll(a.body, p.URL, ""), "")
	at := fleeting.ReplaceAllString(strings.TrimPrefix(a.at.String(), p.URL), "")
	return fmt.Sprintf("%d %s %s\n%s", a.status, a.header.Get("Content-Type"), at, body)
}

// ask sends a request as a browser.
func (p *portal) ask(t testing.TB, b *http.Client, x asking) answer {
	t.Helper()
	if x.form != nil {
		form := url.Values{"csrf": {formToken(t, p.with(t, b, "/sign-in?again=1"))}}
		for k, v := range x.form {
			form[k] = v
		}
		return p.post(t, b, x.at, form)
	}
	return p.with(t, b, x.at)
}

// with gets a page with a browser.
func (p *portal) with(t testing.TB, b *http.Client, at string) answer {
	t.Helper()
	r, err := b.Get(p.URL + at)
	return read(t, r, err)
}

// TestNeedToKnow: a portal with confidential cases and one without tell everybody outside the lists the same, on every
// route, whoever they are. Who is on the list sees them, so the words would be found.
func TestNeedToKnow(t *testing.T) {
	with, secrets := vault(t, true)
	without, _ := vault(t, false)
	all := askings(secrets)
	for _, pattern := range web.Patterns() {
		if _, ok := all[pattern]; !ok {
			t.Errorf("no request for %q: add it to askings", pattern)
		}
	}
	readers := []string{"", "ip-outside"}
	for _, r := range zhuanhua.Roles() {
		if r != zhuanhua.RoleOrganisationAdmin { // who handed the cases in
			readers = append(readers, string(r))
		}
	}
	for _, who := range readers {
		with.later(time.Minute) // nobody signs in so often
		without.later(time.Minute)
		b, c := browser(t), browser(t)
		if who != "" {
			b, c = with.signIn(t, who), without.signIn(t, who)
		}
		for pattern, list := range all {
			for i, x := range list {
				if who != "" && i > 0 && !strings.Contains(x.at, "ip-") {
					continue // the visitor has asked for these; of the others one of each route is enough
				}
				got, want := with.ask(t, b, x), without.ask(t, c, x)
				if with.told(got) != without.told(want) {
					t.Errorf("%q is told another thing by %s %s: %s", who, pattern, x.at, difference(with.told(got), without.told(want)))
				}
				if !strings.Contains(x.at+x.form.Encode(), url.QueryEscape(marker)) && strings.Contains(got.body, marker) {
					t.Errorf("%q reads %s at %s", who, marker, x.at)
				}
			}
		}
	}
	for _, who := range []string{"organisation_admin", "ip-head", "ip-examiner"} {
		b := with.signIn(t, who)
		for _, x := range secrets {
			at := "/services/" + x.id[:strings.Index(x.id, "-2026")]
			if !strings.Contains(with.with(t, b, at).body, marker) || !strings.Contains(with.with(t, b, at+"/"+x.entry).body, marker) {
				t.Errorf("%s, who is on the list, does not see %s", who, x.entry)
			}
		}
	}
}

// difference is where two texts part.
func difference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("%.120q, not %.120q", a[i:], b[i:])
}

// TestNeedToKnowLinks walks from the first page, the site map and every feed along every link of a visitor, at most a
// few of a kind: no word and no id of what is confidential is met.
func TestNeedToKnowLinks(t *testing.T) {
	p, secrets := vault(t, true)
	link := regexp.MustCompile(`(?:href|src|action)="([^"#]+)|<loc>([^<]+)`)
	kind := regexp.MustCompile(`(achievements|needs|services|notices|export|pair|compare|policy|feeds|assets|data|sign-in)(?:/([a-z-]+))?[^?]*(\?[a-z]*)?`)
	seen, kinds, queue := map[string]bool{}, map[string]int{}, []string{"/", "/en/", "/sitemap.xml", "/feeds/achievements.atom"}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		a := p.get(t, at)
		if strings.Contains(a.body, marker) {
			t.Errorf("%s says %s", at, marker)
		}
		for _, x := range secrets {
			if strings.Contains(a.body, x.id) || strings.Contains(a.body, x.entry) {
				t.Errorf("%s names %s", at, x.id)
			}
		}
		for _, m := range link.FindAllStringSubmatch(a.body, -1) {
			next := strings.TrimPrefix(strings.ReplaceAll(m[1]+m[2], "&amp;", "&"), p.URL)
			of := strings.Join(kind.FindStringSubmatch(next), " ")
			if k := kind.FindStringSubmatch(next); k != nil {
				of = strings.Join(k[1:], " ")
			}
			if seen[next] || !strings.HasPrefix(next, "/") || of != "" && kinds[of] >= 5 {
				continue
			}
			seen[next] = true
			kinds[of]++
			queue = append(queue, next)
		}
	}
	if len(seen) < 200 || kinds["services pilot-platform "] == 0 {
		t.Errorf("only %d links met", len(seen))
	}
}
