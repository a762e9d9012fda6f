package web_test

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// js is what an expression gives in the page.
func js[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// says reports whether the page shows a text.
func (b *tab) says(text string) bool {
	b.t.Helper()
	quoted, err := json.Marshal(text)
	b.must(err)
	return js[bool](b, "document.body.innerText.replace(/\\s+/g,'').includes("+string(quoted)+".replace(/\\s+/g,''))")
}

// until waits until an expression is true.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	for range 800 {
		if v, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression)); err == nil && v {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Fatalf("%s did not come: %s", what, js[string](b, "location.href"))
}

// expect fails the test where the page does not show a text.
func (b *tab) expect(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if !b.says(text) {
			b.t.Errorf("%s does not say %s", js[string](b, "location.pathname"), text)
		}
	}
}

func (b *tab) click(css string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS(css))))
}

func (b *tab) enter(css, text string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.SendKeys(chromedp.CSS(css), text)))
}

// key presses keys wherever the focus is.
func (b *tab) key(keys string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(keys)))
}

const journeyNeed = "我厂每年有5万吨甘蔗渣，想做木糖和木糖醇，氢化转化率≥99%，在崇左，预算1500万元以内。"

// TestJourneys are what people do, in a real browser.
func TestJourneys(t *testing.T) {
	p := open(t, settings{logins: true})
	b := chromium(t, p)
	b.wear(1440, 900, "light", "normal")
	for name, walk := range map[string]func(*testing.T, *tab){
		"a visitor pastes a need": visitor, "the calculator": calculating, "a citizen reads a notice": citizen, "in English": english,
		"on a phone": phone, "without script": scriptless, "by keyboard": keyboard, "on paper": paper, "while typing": typing, "nothing moves": still,
		"a pilot platform on the map": mapped, "an objection by name": objecting, "an officer signs in": officer,
		"asking the holder": asks, "favourites without script": keeps,
	} {
		t.Run(name, func(t *testing.T) {
			tab := *b
			tab.t = t
			walk(t, &tab)
		})
	}
}

// cookie sets a cookie of the portal.
func (b *tab) cookie(name, value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.p.URL})
	b.must(err)
}

// scripts lets pages run scripts, or not.
func (b *tab) scripts(on bool) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	b.must(err)
}

// signedIn is the session of somebody who signs in.
func (p *portal) signedIn(t *testing.T, name string) string {
	t.Helper()
	at, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.signIn(t, name).Jar.Cookies(at) {
		if c.Name == "session" {
			return c.Value
		}
	}
	t.Fatalf("%s has no session", name)
	return ""
}

// asks goes from an achievement to its holder, is told what is wrong, mends it and gets a number.
func asks(t *testing.T, b *tab) {
	b.open("/achievements/A-SUG-01")
	b.click(".aside a[href^='/contact']")
	b.until("the form", "document.querySelector('form.enquiry') != null && document.readyState=='complete'")
	b.enter("#name", "示例甲")
	b.enter("#contact", "12")
	b.enter("#text", "想了解许可的条件")
	b.click("form.enquiry .btn.main")
	b.until("what is wrong", "document.querySelector('.summary') != null && document.readyState=='complete'")
	b.expect("电话或邮箱看不懂")
	if !js[bool](b, "document.activeElement.classList.contains('summary') && document.title.startsWith('错误：') && document.getElementById('text').value=='想了解许可的条件'") {
		t.Error("the summary has no focus, or what was typed is lost")
	}
	b.enter("#contact", "345678")
	b.click("form.enquiry .btn.main")
	b.until("the number", "location.pathname=='/contact/sent' && document.readyState=='complete'")
	b.expect("已提交", "编号", "180天")
}

// keeps adds two favourites, compares them and removes one, with scripts switched off.
func keeps(t *testing.T, b *tab) {
	b.scripts(false)
	defer b.scripts(true)
	for _, id := range []string{"A-SUG-01", "A-SUG-02"} {
		b.open("/achievements/" + id)
		b.click("#keep")
		b.until("the favourite", "document.getElementById('keep').innerText.includes('取消收藏')")
	}
	b.open("/favourites")
	b.click(".keepers li:nth-child(1) input")
	b.click(".keepers li:nth-child(2) input")
	b.click(".pickbar button")
	b.until("the comparison", "location.pathname=='/compare' && document.querySelectorAll('.compare thead th').length==2")
	b.open("/favourites")
	b.click(".keepers li:nth-child(1) button")
	b.until("one less", "location.pathname=='/favourites' && document.querySelectorAll('.keepers li h3').length==1")
}

func visitor(t *testing.T, b *tab) {
	b.open("/")
	b.enter("#need", journeyNeed)
	b.click("#need-go")
	b.until("the matches", "location.pathname.startsWith('/match/') && document.readyState=='complete'")
	b.expect("高度匹配", "指标对照", "氢化转化率", "满足", "依据原文", "不利之处")
	if js[int](b, "document.querySelectorAll('.evidence mark').length") < 2 {
		t.Error("no passage is marked")
	}
	before := js[int](b, "document.querySelectorAll('article.result').length")
	b.click("#filters input[name=region][value='450000']")
	b.until("the narrowed list", "location.search.includes('region=450000') && document.querySelector('.chip.on') != null")
	if after := js[int](b, "document.querySelectorAll('article.result').length"); after > before || after == 0 {
		t.Errorf("%d results before, %d after narrowing", before, after)
	}
	js[bool](b, "document.querySelectorAll('input[name=a]')[0].click(), document.querySelectorAll('input[name=a]')[1].click(), true")
	b.click(".pickbar button")
	b.until("the comparison", "location.pathname=='/compare' && document.querySelectorAll('.compare thead th').length==2")
	b.click(".compare thead th a")
	b.until("the achievement", "location.pathname.startsWith('/achievements/')")
	b.expect("合作方式", "联系", "权属与知识产权")
}

func calculating(t *testing.T, b *tab) {
	b.open("/policy/rules/R05")
	b.enter("#f-received_fen", "62")
	b.until("the answer", "document.querySelector('#result').innerText.replace(/\\s/g,'').includes('还须多于38.00万元')")
	b.expect("单项到位经费超过100万元的", "二(七)")
	if !strings.Contains(js[string](b, "location.search"), "received_fen=62") {
		t.Error("the answer has no address of its own")
	}
	js[bool](b, "(function(){var s=document.querySelector('[data-slider=f-received_fen]');s.value=120;s.dispatchEvent(new Event('input',{bubbles:true}));return true})()")
	if v := js[string](b, "document.getElementById('f-received_fen').value"); v != "120" {
		t.Errorf("the slider leaves the number at %s", v)
	}
	b.enter("#f-fiscal_fen", "0")
	b.until("the second answer", "document.querySelector('#result').innerText.includes('条件都满足')")
}

func citizen(t *testing.T, b *tab) {
	b.open("/")
	b.click("a[href='/notices/after-subsidy-2026-00002']")
	b.until("the notice", "location.pathname=='/notices/after-subsidy-2026-00002' && document.readyState=='complete'")
	b.expect("还剩2个工作日", "示例技术转移中心", "12.40", "来源", "索引号", "公示期内", "提出异议")
}

func english(t *testing.T, b *tab) {
	b.open("/")
	b.click("a[hreflang=en]")
	b.until("English", "document.documentElement.lang=='en'")
	b.expect("Describe your technical problem", "Latest achievements", "18 targets")
	b.enter("#need", journeyNeed)
	b.click("#need-go")
	b.until("the matches", "location.pathname.startsWith('/en/match/') && document.readyState=='complete'")
	b.expect("Strong match", "Points against", "Figures compared")
}

func phone(t *testing.T, b *tab) {
	defer b.wear(1440, 900, "light", "normal")
	for _, size := range []string{"normal", "xlarge"} {
		b.wear(390, 844, "dark", size)
		sideways(t, b, size)
	}
	b.wear(720, 450, "light", "normal") // a desk at 1440 enlarged to 200 %
	sideways(t, b, "200 %")
	b.wear(390, 844, "dark", "normal")
	b.open("/achievements")
	b.click(".menu > summary")
	b.click(".menu .halls a[href='/policy']")
	b.until("the hall of policies", "location.pathname=='/policy'")
	b.open("/achievements")
	b.click(".filter-open")
	b.until("the filters", "getComputedStyle(document.querySelector('.tree')).display!='none'")
}

// sideways: no page scrolls to the side.
func sideways(t *testing.T, b *tab, size string) {
	for _, at := range []string{"/", "/achievements", "/achievements/A-SUG-01", "/policy/rules/R05?received_fen=62&fiscal_fen=0", "/pair?need=N-SUG-01&achievement=A-SUG-01", "/data", "/services", "/services/pilot-platform", "/notices/accreditation-2026-00019", "/needs/N-SUG-01", "/en/", "/en/achievements", "/design"} {
		b.open(at)
		if over := js[int](b, "document.documentElement.scrollWidth-document.documentElement.clientWidth"); over > 0 {
			t.Errorf("%s at %s scrolls sideways by %d: %s", at, size, over, js[string](b, "Array.from(document.querySelectorAll('body *')).filter(function(e){return e.getBoundingClientRect().right>document.documentElement.clientWidth+1}).slice(0,4).map(function(e){return e.tagName+'.'+e.className+' '+e.textContent.trim().slice(0,30)}).join('; ')"))
		}
	}
}

func scriptless(t *testing.T, b *tab) {
	b.scripts(false)
	defer b.scripts(true)
	path := func() string {
		m, err := chromedp.Run(b.ctx, chromedp.Location())
		b.must(err)
		return strings.TrimPrefix(m, b.p.URL)
	}
	text := func(css string) string {
		s, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(css)))
		b.must(err)
		return s
	}
	b.open("/")
	b.enter("#need", journeyNeed)
	b.click("#need-go")
	b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS("article.result"))))
	if !strings.HasPrefix(path(), "/match/") || !strings.Contains(text("#count"), "高度匹配") {
		t.Error(path(), text("#count"))
	}
	b.open("/achievements")
	b.click("#v-maturity-0")
	b.click(".tree .apply button")
	b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS(".chip.on"))))
	if !strings.Contains(path(), "maturity=1-3") {
		t.Error(path())
	}
	b.open("/policy/rules/R05")
	b.enter("#f-received_fen", "62")
	b.click(".inputs .btn.main")
	b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS(".short"))))
	if !strings.Contains(strings.ReplaceAll(text(".short"), " ", ""), "还须多于38.00万元") {
		t.Error(text(".short"))
	}
}

func keyboard(t *testing.T, b *tab) {
	b.open("/")
	b.key("\t")
	if js[string](b, "document.activeElement.className") != "skip" {
		t.Error("the first stop is not the skip link")
	}
	b.key("\r")
	b.until("the content", "location.hash=='#main'")
	seen := map[string]bool{}
	for range 60 {
		b.key("\t")
		at := js[string](b, "(function(){var e=document.activeElement,r=e.getBoundingClientRect(),s=getComputedStyle(e);return [e.id||e.textContent.trim().slice(0,20),s.outlineStyle,r.top>=0&&r.bottom<=innerHeight+1].join('|')})()")
		parts := strings.Split(at, "|")
		seen[parts[0]] = true
		if parts[1] == "none" && parts[0] != "need" && parts[0] != "" {
			t.Errorf("focus on %s is not seen", at)
		}
		if parts[2] != "true" {
			t.Errorf("focus on %s is out of sight", at)
		}
		if parts[0] == "need-go" {
			break
		}
	}
	if !seen["need"] || !seen["need-go"] {
		t.Fatalf("the need box is not reached: %v", seen)
	}
	js[bool](b, "document.getElementById('need').focus(), true")
	b.key(journeyNeed)
	b.key("\t\r")
	b.until("the matches", "location.pathname.startsWith('/match/') && document.readyState=='complete'")
	b.key("j")
	if !js[bool](b, "document.activeElement.hasAttribute('data-pair')") {
		t.Error("J does not go to the first passage")
	}
}

func paper(t *testing.T, b *tab) {
	b.open("/achievements/A-SUG-01")
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	b.must(err)
	for _, css := range []string{".util", ".halls", ".crumbs", "#similar", ".aside .btn"} {
		if js[bool](b, "(function(){var e=document.querySelector('"+css+"');return !!e&&e.offsetParent!==null&&getComputedStyle(e).display!='none'})()") {
			t.Errorf("%s is printed", css)
		}
	}
	b.expect("半纤维素两段稀酸解聚", "权属与知识产权", "完成单位", "联系")
	yes := true
	pdf, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes})
	b.must(err)
	if len(pdf.Data) < 10_000 || string(pdf.Data[:5]) != "%PDF-" {
		t.Errorf("%d bytes of print", len(pdf.Data))
	}
	_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: ""})
	b.must(err)
}

// mapped: by keyboard alone to a city on the map, from there to a platform, its validity and the clause behind it.
func mapped(t *testing.T, b *tab) {
	b.open("/services")
	js[bool](b, "document.querySelector('.citymap a[href$=\"region=450200\"]').focus(), true")
	b.key("\r")
	b.until("the city", "location.search=='?region=450200' && document.readyState=='complete'")
	b.expect("柳州的服务", "示例金属材料中试基地")
	if js[string](b, "document.querySelector('.citymap a[aria-current]').getAttribute('aria-label')") != "柳州，7条" {
		t.Error("the chosen city is not marked on the map")
	}
	b.click("a[href='/services/pilot-platform?region=450200']")
	b.until("the register", "location.pathname=='/services/pilot-platform' && document.querySelector('.chip.on') != null")
	b.expect("1条", "自治区级中试基地", "有效")
	b.click("td.nm a.name")
	b.until("the platform", "location.pathname.startsWith('/services/pilot-platform/')")
	b.expect("登记内容", "示例三号标准厂房", "88.00", "列入名录", "优化中试基地布局")
}

// enterAs signs in as one of the example users.
func (b *tab) enterAs(name, from string) {
	b.t.Helper()
	b.open(from)
	b.enter("#name", name)
	b.enter("#password", password)
	b.click("form button.main")
	b.until("signed in", "location.pathname!='/sign-in' && document.readyState=='complete'")
}

// objecting: a visitor is told that objections are named; signed in, they object, and the period stands still.
func objecting(t *testing.T, b *tab) {
	const at = "/notices/accreditation-2026-00018"
	b.open(at)
	b.expect("异议须实名", "登录后提出异议", "还剩")
	b.click("#object a.btn.main")
	b.until("the form", "location.pathname=='/sign-in' && document.readyState=='complete'")
	b.enterAs("enterprise", js[string](b, "location.pathname+location.search"))
	b.until("the notice again", "location.pathname=='"+at+"'")
	b.enter("#object-text", "示例异议：场地证明与所述地址不符")
	b.enter("#object-contact", "示例联系方式")
	b.click("#object button.main")
	b.until("the receipt", "location.search=='?objected=1' && document.readyState=='complete'")
	b.expect("异议已收到", "公示期暂停")
	if b.says("示例联系方式") || b.says("示例异议") {
		t.Error("the notice shows who objected or why")
	}
	b.open("/desk")
	b.click("form[action='/sign-out'] button")
	b.until("signed out", "location.pathname=='/'")
}

// officer: the login is a user of casework, with the roles that the records hold.
func officer(t *testing.T, b *tab) {
	b.enterAs("officer", "/sign-in")
	b.until("the desk", "location.pathname=='/desk'")
	b.expect("示例厅经办甲", "经办")
	b.click("form[action='/sign-out'] button")
	b.until("signed out", "location.pathname=='/'")
}

func typing(t *testing.T, b *tab) {
	if !strings.Contains(b.p.get(t, "/").body, "/assets/htmx.") {
		t.Skip("htmx was not fetched; tools/fetch-assets fetches it")
	}
	b.open("/achievements")
	b.enter("#q", "mutang")
	b.until("suggestions", "document.querySelectorAll('#suggest a').length>0")
	if !strings.Contains(js[string](b, "document.querySelector('#suggest').innerText"), "木糖") {
		t.Error("pinyin suggests something else")
	}
	b.key("\x1b")
	b.until("no suggestions", "document.querySelectorAll('#suggest a').length==0")
}

// still: nothing moves while a page loads, and each page is small.
func still(t *testing.T, b *tab) {
	for _, width := range []int64{390, 1440} {
		b.wear(width, 900, "light", "normal")
		for _, at := range []string{"/", "/achievements", "/achievements/A-SUG-01", "/policy/rules/R05?received_fen=62&fiscal_fen=0", "/data"} {
			b.open(at)
			b.until("the page", "document.readyState=='complete'")
			shift := js[string](b, "new Promise(function(done){var n=[];new PerformanceObserver(function(l){l.getEntries().forEach(function(e){n.push(e.value+' '+e.sources.map(function(s){return s.node&&(s.node.outerHTML||s.node.textContent).slice(0,120)}))})}).observe({type:'layout-shift',buffered:true});setTimeout(function(){done(n.join('; '))},150)})")
			if shift != "" {
				t.Errorf("%s moves at %d: %s", at, width, shift)
			}
			if n := js[int](b, "document.querySelectorAll('*').length"); n > 1500 {
				t.Errorf("%s has %d nodes", at, n)
			}
		}
	}
	b.wear(1440, 900, "light", "normal")
	cache := func(off bool) {
		_, err := chromedp.Call(b.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: off})
		b.must(err)
	}
	cache(true)
	defer cache(false)
	b.open("/")
	b.until("everything", "document.readyState=='complete' && performance.getEntriesByType('navigation')[0].transferSize>0")
	bytes := js[int](b, "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).reduce(function(n,e){return n+e.transferSize},0)")
	if bytes > 150_000 || bytes < 10_000 {
		t.Errorf("the home page takes %d bytes in all", bytes)
	}
	t.Logf("home page: %d bytes in all, %d requests", bytes, js[int](b, "performance.getEntriesByType('resource').length+1"))
}

// violation is what axe-core finds.
type violation struct {
	ID    string `json:"id"`
	Nodes []struct {
		HTML    string   `json:"html"`
		Target  []string `json:"target"`
		Failure string   `json:"failureSummary"`
	} `json:"nodes"`
}

// TestAxe: axe-core finds nothing against WCAG 2.2 AA on any page of the site map, in both languages and
// themes. The usual run looks at one page of each kind, in Chinese light and in English dark;
// ZHUANHUA_AXE=all looks at every page in all four.
func TestAxe(t *testing.T) {
	script, err := os.ReadFile("../.cache/assets/axe.js")
	if err != nil {
		t.Skip("axe-core was not fetched; tools/fetch-assets --test fetches it")
	}
	p := open(t, settings{logins: true})
	pages := everyPage(t, p)
	if os.Getenv("ZHUANHUA_AXE") != "all" {
		pages = firstOfEachKind(pages)
	}
	pages = append(pages, p.match(t, "", journeyNeed).at.Path, "/nothing-here", "/policy/rules/R05?received_fen=x", "/achievements?q=zzzzqqqq")
	b := chromium(t, p)
	b.cookie("kept", "a!A-SUG-01.a!A-SUG-02.n!N-SUG-01")
	officer := p.signedIn(t, "officer")
	p.post(t, browser(t), "/contact", enquiryForm())
	pages = append(pages, "/enquiries", "/desk", "/notices/accreditation-2026-00019") // the last: they are seen after signing in
	looked := 0
	all := os.Getenv("ZHUANHUA_AXE") == "all"
	for _, theme := range []string{"light", "dark"} {
		b.wear(1280, 900, theme, "normal")
		b.cookie("session", "none")
		for _, at := range pages {
			if at == "/enquiries" {
				b.cookie("session", officer)
			}
			for _, prefix := range []string{"", "/en"} {
				if !all && (theme == "dark") != (prefix == "/en") {
					continue // Chinese in light and English in dark: the rest differs in nothing that axe looks at
				}
				b.open(prefix + at)
				if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](string(script)+";null")); err != nil && !strings.Contains(err.Error(), "null") {
					t.Fatal(err)
				}
				found := js[string](b, `axe.run(document,{runOnly:{type:"tag",values:["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}}).then(function(r){return JSON.stringify(r.violations)})`)
				var list []violation
				b.must(json.Unmarshal([]byte(found), &list))
				for _, v := range list {
					for i, n := range v.Nodes {
						if i < 3 {
							t.Errorf("%s%s (%s): %s %v %s\n%s", prefix, at, theme, v.ID, n.Target, n.HTML, n.Failure)
						}
					}
				}
				looked++
			}
		}
	}
	t.Logf("axe-core looked at %d pages", looked)
}

// firstOfEachKind keeps one page of each template.
func firstOfEachKind(pages []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, at := range pages {
		kind := at
		if strings.HasPrefix(at, "/services/") && strings.Count(at, "/") == 2 && !strings.Contains(at, "?") && at != "/services/pilot-platform" && at != "/services/technology-broker" && at != "/services/ip-pre-examination" {
			kind = "/services/"
		}
		for _, k := range []string{"/policy/measures/", "/policy/rules/", "/data/targets/", "/help/"} {
			if strings.HasPrefix(at, k) && !strings.Contains(at, "?") {
				kind = k
			}
		}
		if !seen[kind] {
			seen[kind] = true
			out = append(out, at)
		}
	}
	return out
}
