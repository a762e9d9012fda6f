package web_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// tab is a tab of a headless browser.
type tab struct {
	ctx context.Context
	t   *testing.T
	p   *portal
}

// chromium starts a headless browser for a test; where there is none the test says so.
func chromium(t *testing.T, p *portal) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed; tools/chromium installs it")
	}
	o := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "zh-CN"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), o...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	limit := 9 * time.Minute // within the ten that a test run has
	if os.Getenv("ZHUANHUA_AXE") == "all" {
		limit = 28 * time.Minute // make soak gives it thirty
	}
	ctx, stopTime := context.WithTimeout(ctx, limit)
	t.Cleanup(stopTime)
	return &tab{ctx, t, p}
}

// must ends the test at an error.
func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// wear sets width, height, theme and size of what is shown from now on.
func (b *tab) wear(width, height int64, theme, size string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 500})
	b.must(err)
	for name, value := range map[string]string{"theme": theme, "size": size} {
		_, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.p.URL})
		b.must(err)
	}
}

// open goes to a page of the portal.
func (b *tab) open(at string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(b.p.URL+at)))
}

// picture is the whole page as an image.
func (b *tab) picture(format page.CaptureScreenshotFormat, width int64) []byte {
	b.t.Helper()
	m, err := chromedp.Call(b.ctx, page.GetLayoutMetrics, cdp.Empty{})
	b.must(err)
	// As high as the page, so that what sticks to the bottom stands there and not in the middle.
	_, err = chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: int64(m.CSSContentSize.Height), DeviceScaleFactor: 1, Mobile: width < 500})
	b.must(err)
	yes, quality := true, int64(60)
	shot, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: format, Quality: &quality, CaptureBeyondViewport: &yes,
		Clip: &page.Viewport{Width: float64(width), Height: m.CSSContentSize.Height, Scale: 1}})
	b.must(err)
	return shot.Data
}

// shots are the pages of docs/screens.
var shots = map[string]string{
	"home": "/", "achievements": "/achievements?region=450000", "cards": "/achievements?view=cards", "search": "/achievements?q=%E7%94%98%E8%94%97", "needs": "/needs",
	"achievement": "/achievements/A-SUG-01", "need": "/needs/N-SUG-01", "pair": "/pair?need=N-SUG-01&achievement=A-SUG-01",
	"compare": "/compare?a=A-SUG-01&a=A-SUG-02&a=A-SUG-03", "ask": "/match", "policy": "/policy", "measure": "/policy/measures/M07",
	"calculator": "/policy/rules/R05?received_fen=62&fiscal_fen=0", "calculator-amount": "/policy/rules/R04?challenge_amount_fen=1800&contract_tech_amount_fen=1800&posed_by=enterprise&listed_by_government=true",
	"advice": "/policy/advice?r=R01&r=R05&received_fen=62", "data": "/data", "target": "/data/targets/T01", "services": "/services", "services-city": "/services?region=450200", "register": "/services/pilot-platform", "register-cards": "/services/pilot-platform?view=cards", "entry": "/services/pilot-platform/pilot-platform-2026-0001", "services-en": "/en/services", "decision": "/notices/after-subsidy-2026-00001-decision", "events": "/events", "notices": "/notices", "notice": "/notices/after-subsidy-2026-00002",
	"help": "/help", "role": "/help/enterprise", "privacy": "/privacy", "sitemap": "/sitemap", "design": "/design", "sign-in": "/sign-in", "error": "/nothing-here", "empty": "/achievements?q=zzzzqqqq",
	"wordings": "/achievements?q=%E8%92%B8%E5%8F%91%E7%85%AE%E7%82%BC", "contact": "/contact?of=achievement&id=A-SUG-01", "sent": "/contact/sent?number=0123456789", "favourites": "/favourites",
	"home-en": "/en/", "achievement-en": "/en/achievements/A-SUG-01", "calculator-en": "/en/policy/rules/R05?received_fen=62&fiscal_fen=0",
}

// kept are the pages that docs/screens shows, light on a desk and dark on a phone; all else is drawn only to
// be looked at.
var kept = []string{"home", "achievements", "match", "achievement", "calculator", "pair", "policy", "data", "home-en"}

// TestScreens writes pictures of the main pages where ZHUANHUA_SCREENS names a folder; see make screens.
func TestScreens(t *testing.T) {
	dir := os.Getenv("ZHUANHUA_SCREENS")
	if dir == "" {
		t.Skip("pictures are made by make screens, which sets ZHUANHUA_SCREENS")
	}
	p := &portal{Server: &httptest.Server{URL: os.Getenv("ZHUANHUA_SCREENS_URL")}}
	if p.URL == "" {
		p = open(t, settings{})
	}
	pages := map[string]string{}
	for name, at := range shots {
		pages[name] = at
	}
	pages["match"] = p.match(t, "", "我厂每年有5万吨甘蔗渣，想做木糖和木糖醇，氢化转化率≥99%，催化剂寿命≥5000 h，在崇左，预算1000万元以内，可以许可。").at.Path
	pages["match-en"] = "/en" + pages["match"]
	b := chromium(t, p)
	only := os.Getenv("ZHUANHUA_SCREENS_ONLY")
	format, ext := page.CaptureScreenshotFormatWebp, ".webp"
	if os.Getenv("ZHUANHUA_SCREENS_PNG") != "" {
		format, ext = page.CaptureScreenshotFormatPng, ".png"
	}
	for name, at := range pages {
		if only != "" && !slices.Contains(strings.Split(only, ","), name) {
			continue
		}
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{390, 1024, 1440} {
				inDocs := slices.Contains(kept, name) && (theme == "light" && width == 1440 || theme == "dark" && width == 390)
				if !inDocs && os.Getenv("ZHUANHUA_SCREENS_PNG") == "" {
					continue
				}
				b.wear(width, 900, theme, cmp.Or(os.Getenv("ZHUANHUA_SCREENS_SIZE"), "normal"))
				b.open(at)
				file := fmt.Sprintf("%s/%s-%s-%d%s", dir, name, theme, width, ext)
				b.must(os.WriteFile(file, b.picture(format, width), 0o644))
			}
		}
	}
}
