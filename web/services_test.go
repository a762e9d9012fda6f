package web_test

import (
	"encoding/csv"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhuanhua/auth"
	"zhuanhua/plan"
	"zhuanhua/plans"
	"zhuanhua/web"
)

// figure is the first figure that a pattern finds in a page.
func figure(t *testing.T, a answer, pattern string) int {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("%s has no %s", a.at, pattern)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestServicesAddUp: what the map says of a city is what its page lists; what the hall says of a register is what the
// register lists; all registers together are the whole.
func TestServicesAddUp(t *testing.T) {
	p := shared(t)
	hall := p.get(t, "/services")
	cities := regexp.MustCompile(`aria-label="([^"，]+)，(\d+)条"><path`).FindAllStringSubmatch(hall.body, -1)
	if len(cities) != 14 {
		t.Fatalf("%d cities on the map", len(cities))
	}
	codes := regexp.MustCompile(`href="/services\?region=(\d{6})" aria-label="([^"，]+)，`).FindAllStringSubmatch(hall.body, -1)
	inCities := 0
	for i, c := range codes {
		want, _ := strconv.Atoi(cities[i][2])
		inCities += want
		if got := figure(t, p.get(t, "/services?region="+c[1]), `(\d+)条有效名录`); got != want || c[2] != cities[i][1] {
			t.Errorf("%s: the map says %d, its page lists %d", c[2], want, got)
		}
		if !strings.Contains(hall.body, `region=`+c[1]+`">`+c[2]+`</a></th><td class="num">`+cities[i][2]+`</td>`) {
			t.Errorf("the table beside the map says something else of %s", c[2])
		}
	}
	total, sum := figure(t, hall, `(\d+)条，\d+种`), 0
	for _, m := range regexp.MustCompile(`<li><a href="(/services/[a-z-]+)">[^<]+</a><span class="num">(\d+)</span>`).FindAllStringSubmatch(hall.body, -1) {
		want, _ := strconv.Atoi(m[2])
		sum += want
		if got := figure(t, p.get(t, m[1]+"?state=active"), `id="count"[^>]*>(\d+)条`); got != want {
			t.Errorf("%s: the hall says %d, the register lists %d", m[1], want, got)
		}
	}
	if sum != total || total < 25 || inCities > total {
		t.Errorf("%d entries in all, %d by register, %d by city", total, sum, inCities)
	}
}

// TestRegisterNarrows: counts beside values are what choosing them leaves, words are found in names, holders and places,
// days are days of the register, and the file holds what the list shows.
func TestRegisterNarrows(t *testing.T) {
	p := shared(t)
	const at, count = "/services/pilot-platform", `id="count"[^>]*>(\d+)条`
	start := p.get(t, at)
	boxes := regexp.MustCompile(`name="(\w+)" value="([^"]*)"[^>]*><span>([^<]*)</span><span class="n">(\d+)</span>`).FindAllStringSubmatch(start.body, -1)
	if len(boxes) < 6 {
		t.Fatalf("%d values", len(boxes))
	}
	for _, b := range boxes {
		a := p.get(t, at+"?"+url.Values{b[1]: {b[2]}}.Encode())
		if got := strconv.Itoa(figure(t, a, count)); got != b[4] || !strings.Contains(a.body, "移除筛选："+b[3]) {
			t.Errorf("%s=%s says %s and leaves %s", b[1], b[2], b[4], got)
		}
	}
	for query, want := range map[string]int{"": 5, "?q=铝": 1, "?q=示例机械公司": 1, "?q=崇左": 1, "?q=柳州+金属": 1, "?q=zzz": 0, "?on=2026-07-01": 2, "?on=2026-01-01": 0, "?on=2030-01-01&state=expired": 5,
		"?region=450200&grade=comprehensive": 0, "?on=nonsense": 5} {
		a := p.get(t, at+query)
		if got := figure(t, a, count); got != want || a.status != http.StatusOK {
			t.Errorf("%s: %d entries, not %d", query, got, want)
		}
		rows, err := csv.NewReader(strings.NewReader(p.get(t, "/export/registers/pilot-platform.csv"+query).body)).ReadAll()
		if err != nil || len(rows) != want+1 {
			t.Errorf("%s: the file has %d rows, %v", query, len(rows)-1, err)
		}
	}
	if a := p.get(t, at+"?on=nonsense"); !strings.Contains(a.body, "日期没有看懂") {
		t.Error("a day that is none is not told")
	}
	for _, bad := range []string{"/services/nothing", "/services/pilot-platform/nothing", "/services/enclave/pilot-platform-2026-0001", "/export/registers/nothing.csv", "/export/registers/pilot-platform.exe"} {
		if a := p.get(t, bad); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
}

// TestEntryTells: an entry says since when and until when, what it is tied to from both ends, how it was evaluated, where
// it comes from; nobody's name and no number of a case is in any register that the public reads.
func TestEntryTells(t *testing.T) {
	p := shared(t)
	for at, want := range map[string][]string{
		"/services/pilot-platform/pilot-platform-2026-0001":                              {"示例金属材料中试基地", "示例桂南大学", "2029-", "工艺验证", "62%", "利用闲置厂房", "示例三号标准厂房", "88.00", "优秀", "奖励", "列入名录", "优化中试基地布局", "计入目标：新增自治区级中试基地（平台）"},
		"/services/idle-space/idle-space-2026-0001":                                      {"建成的中试平台", "示例金属材料中试基地", "5,200", "未设期限"},
		"/services/transfer-fund/transfer-fund-2026-0001":                                {"10.00亿元", "母基金", "示例基金管理公司"},
		"/services/technology-broker/technology-broker-2026-0001":                        {"技术经纪人0001号", "高级技术经理人", "引进", "新能源与高效节能"},
		"/services/enclave/enclave-2026-0001":                                            {"示例木糖醇连续结晶项目"},
		"/services/use-first-item/use-first-item-2026-0001":                              {"/achievements/A-SUG-02"},
		"/services/pilot-platform/pilot-platform-2026-0001?on=2026-06-01":                {"这是2026-06-01当日的情况"},
		"/en/services/application-scenario/application-scenario-2026-0001":               {"AI&#43;", "Yes", "Entered", "Viet"},
		"/services/transfer-event/transfer-event-2026-0002?on=2026-12-20":                {"示例生物制造技术路演"},
		"/services/cooperation-centre/cooperation-centre-2026-0001":                      {"示例北京联络站"},
		"/services/new-research-institution/new-research-institution-2026-0001":          {"示例人工智能研究院"},
		"/services/incubator/incubator-2026-0001":                                        {"在孵企业", "示例糖业公司"},
		"/services/expert/expert-2026-0001":                                              {"评审专家0001号", "正高级"},
		"/services/contract-registry/contract-registry-2026-0001":                        {"SL-08"},
		"/services/proof-of-concept-centre/proof-of-concept-centre-2026-0001?on=bad-day": {"示例电子信息概念验证中心"},
	} {
		a := p.get(t, at)
		for _, w := range want {
			if !strings.Contains(a.body, w) {
				t.Errorf("%s does not say %s", at, w)
			}
		}
	}
	private := regexp.MustCompile(`(accreditation|filing|listing|status-change|broker-certification|scenario-benchmark|evaluation-round)-2026-\d|示例人员|SL-P-|6222000`)
	notices := regexp.MustCompile(`/notices/[^"]+`) // what is in publicity has a number
	for _, at := range everyPage(t, p) {
		if m := private.FindString(notices.ReplaceAllString(p.get(t, at).body, "")); m != "" && !strings.HasPrefix(at, "/notices") {
			t.Errorf("%s shows %s", at, m)
		}
	}
	for _, at := range []string{"/services/pilot-platform/pilot-platform-2026-0001", "/services/expert/expert-2026-0001", "/export/registers/expert.csv"} {
		if m := private.FindString(p.get(t, at).body); m != "" {
			t.Errorf("%s shows %s", at, m)
		}
	}
}

// TestTargetsOpen: a figure is the number of the entries behind it, each of which can be opened; a target that counts no
// register says so and gives no figure.
func TestTargetsOpen(t *testing.T) {
	p := shared(t)
	for target, want := range map[string]int{"T01": 3, "T03": 2, "T05": 1, "T06": 2, "T07": 2, "T08": 1, "T09": 3, "T10": 0, "T13": 1, "T18": 3} {
		a := p.get(t, "/data/targets/"+target)
		if got := figure(t, a, `<p class="big">(\d+) <small>`); got != want {
			t.Errorf("%s is %d, not %d", target, got, want)
		}
		links := regexp.MustCompile(`<td class="nm"><a class="name" href="([^"]+)"`).FindAllStringSubmatch(a.body, -1)
		if len(links) != want || want == 0 && !strings.Contains(a.body, "现值是0") {
			t.Errorf("%s shows %d entries", target, len(links))
		}
		for _, l := range links {
			if e := p.get(t, l[1]); e.status != http.StatusOK || !strings.Contains(e.body, `href="/data/targets/`+target+`">计入目标：`) {
				t.Errorf("%s: %s does not lead to an entry that counts", target, l[1])
			}
		}
		if home := p.get(t, "/data"); !strings.Contains(home.body, `/data/targets/`+target+`">`) {
			t.Errorf("%s is not on the page of data", target)
		}
	}
	for _, target := range []string{"T02", "T04", "T11", "T14"} {
		if a := p.get(t, "/data/targets/"+target); !strings.Contains(a.body, "这个目标不数名录") || strings.Contains(a.body, `<p class="big">0`) {
			t.Errorf("%s does not say that it counts no register", target)
		}
	}
}

// TestNotices: what is in publicity comes first, with working days left by the plan's calendar; when the period ends it
// ends; what was decided is told with the sum.
func TestNotices(t *testing.T) {
	p := open(t, settings{})
	list := p.get(t, "/notices")
	if open := figure(t, list, `(\d+)件正在公示`); open != 3 {
		t.Errorf("%d publicities", open)
	}
	if first := strings.Index(list.body, "公示已结束"); first < strings.LastIndex(list.body, "还剩") {
		t.Error("something that is over stands before something that is open")
	}
	const at = "/notices/accreditation-2026-00019" // published on Sunday the 22nd
	if left := figure(t, p.get(t, at), `还剩(\d+)个工作日`); left != 2 {
		t.Errorf("on Wednesday %d working days are left", left)
	}
	p.later(2 * 24 * time.Hour)
	if a := p.get(t, at); figure(t, a, `还剩(\d+)个工作日`) != 0 || !strings.Contains(a.body, "登录后提出异议") {
		t.Error("on the last day objections are no longer taken")
	}
	p.later(13 * time.Hour) // one in the morning of Saturday
	if a := p.get(t, at); !strings.Contains(a.body, "公示已结束") || strings.Contains(a.body, "登录后提出异议") {
		t.Error("after the last day objections are still taken")
	}
	if a := p.get(t, "/notices/after-subsidy-2026-00001-decision"); !strings.Contains(a.body, "8.60") || !strings.Contains(a.body, "作出决定") {
		t.Error("what was decided is not told")
	}
}

// TestObject: an objection needs a login, the form's token, a text and a way to be reached; then the period stands still.
func TestObject(t *testing.T) {
	p := open(t, settings{logins: true})
	const at = "/notices/accreditation-2026-00019"
	nobody := browser(t)
	token := formToken(t, p.with(t, nobody, "/sign-in"))
	if a := p.send(t, nobody, at+"/object", url.Values{"text": {"x"}, "contact": {"x"}}); a.status != http.StatusForbidden {
		t.Errorf("without a token: %d", a.status)
	}
	if a := p.post(t, nobody, at+"/object", url.Values{"text": {"示例异议"}, "contact": {"x"}, "csrf": {token}}); a.status != http.StatusUnauthorized || !strings.Contains(a.body, "示例异议</textarea>") {
		t.Errorf("without a name: %d", a.status)
	}
	b := p.signIn(t, "enterprise")
	token = formToken(t, p.with(t, b, at))
	send := func(text, contact string) answer {
		return p.post(t, b, at+"/object", url.Values{"text": {text}, "contact": {contact}, "csrf": {token}})
	}
	if a := send(" ", "x"); a.status != 422 || !strings.Contains(a.body, "还没有写异议事项") {
		t.Errorf("without a text: %d", a.status)
	}
	if a := send("示例<script>alert(1)</script>", ""); a.status != 422 || !strings.Contains(a.body, "示例&lt;script&gt;") || !strings.Contains(a.body, "还没有写联系方式") {
		t.Errorf("without a way to be reached: %d", a.status)
	}
	if a := send("示例异议", "示例电话"); a.status != http.StatusOK || a.at.Path != at || !strings.Contains(a.body, "公示期暂停") {
		t.Errorf("%d %s", a.status, a.at)
	}
	if a := send("示例异议", "示例电话"); a.status != 422 || !strings.Contains(a.body, "公示期刚刚结束或暂停") {
		t.Errorf("while it stands still: %d", a.status)
	}
	if a := p.get(t, at); strings.Contains(a.body, "示例异议") || strings.Contains(a.body, "示例糖业经办") {
		t.Error("the notice tells who objected")
	}
}

// TestObjectionIsKept: an objection whose form is old, whose session has ended or whose writer is in a hurry is shown
// again as it was written, in both languages; a name and a password beside it send it.
func TestObjectionIsKept(t *testing.T) {
	const at, text = "/notices/accreditation-2026-00019", "示例公司的场地不在南宁"
	p := open(t, settings{logins: true})
	shown := func(what string, a answer, code int, word string) {
		t.Helper()
		if a.status != code || !strings.Contains(a.body, text+"</textarea>") || !strings.Contains(a.body, `value="示例电话"`) || !strings.Contains(a.body, word) || !strings.Contains(a.body, `role="alert"`) {
			t.Errorf("%s: %d", what, a.status)
		}
	}
	form := func(token string, more ...string) url.Values {
		v := url.Values{"text": {text}, "contact": {"示例电话"}, "csrf": {token}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	b := p.signIn(t, "enterprise")
	a := p.send(t, b, at+"/object", form("old"))
	shown("an old form", a, http.StatusForbidden, "再点一次按钮")
	shown("an old form in English", p.send(t, b, "/en"+at+"/object", form("old")), http.StatusForbidden, "press the button once more")
	p.later(auth.SessionLife)
	a = p.send(t, b, at+"/object", form(formToken(t, a)))
	shown("an ended session", a, http.StatusForbidden, "登录已到时限")
	a = p.send(t, b, at+"/object", form(formToken(t, a)))
	shown("nobody", a, http.StatusUnauthorized, "登录已到时限")
	a = p.send(t, b, at+"/object", form(formToken(t, a), "name", "enterprise", "password", "wrong"))
	shown("a wrong password", a, http.StatusUnprocessableEntity, "用户名或密码不对")
	if strings.Contains(a.body, "wrong\"") {
		t.Error("a password comes back")
	}
	a = p.send(t, b, at+"/object", form(formToken(t, a), "name", "enterprise", "password", password))
	if a.status != http.StatusOK || a.at.Path != at || !strings.Contains(a.body, "公示期暂停") {
		t.Errorf("with a name: %d %s", a.status, a.at)
	}
	a = p.load(t, b, at)
	if !strings.Contains(a.body, "示例糖业经办") {
		t.Error("nobody is signed in after it")
	}
	a = p.post(t, b, at+"/object", form(p.token(t, b)))
	if a.status != 422 || !strings.Contains(a.body, text+"</textarea>") || !strings.Contains(a.body, "刚刚结束或暂停") {
		t.Errorf("too late: %d", a.status)
	}
	p.later(auth.SessionLife)
	a = p.send(t, b, at+"/object", form(p.token(t, b), "name", "enterprise", "password", password))
	if a.status != 422 || !strings.Contains(a.body, "刚刚结束或暂停") {
		t.Errorf("too late, with a name: %d", a.status)
	}
	if a := p.send(t, b, "/settings", url.Values{"theme": {"dark"}, "csrf": {formToken(t, a)}, "back": {"/"}}); a.status != http.StatusOK {
		t.Errorf("the forms of the page after signing in: %d", a.status)
	}
}

// TestEvents: what is to come stands by its day before what has been.
func TestEvents(t *testing.T) {
	p := open(t, settings{})
	order := func() (out []int) {
		a := p.get(t, "/events")
		for _, name := range []string{"示例生物制造技术路演", "示例光电子创新创业大赛", "已经举办", "示例石化新材料成果对接会"} {
			out = append(out, strings.Index(a.body, name))
		}
		return out
	}
	if o := order(); o[0] < 0 || o[1] < o[0] || o[2] < o[1] || o[3] < o[2] {
		t.Errorf("%v", o)
	}
	p.later(13 * 24 * time.Hour)
	if o := order(); o[0] < o[2] || o[1] > o[2] {
		t.Errorf("an event that was held is still to come: %v", o)
	}
}

// TestOtherRegion: a plan of another region, of which there is no drawing, has the table and no empty map.
func TestOtherRegion(t *testing.T) {
	files, err := fs.Sub(plans.Files, "example-region")
	if err != nil {
		t.Fatal(err)
	}
	other, err := plan.Load(files, "plans", plan.Options{Regions: regions{}})
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, settings{empty: true, alter: func(o *web.Options) { o.Pack, o.Desk = other, o.App.Desk(other).Kept() }})
	a := p.get(t, "/services")
	if a.status != http.StatusOK || strings.Contains(a.body, "<path class=") || !strings.Contains(a.body, `<details class="twin" open>`) {
		t.Errorf("%d: a map of nowhere", a.status)
	}
}
