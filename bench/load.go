package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// load is one kind of page and how it is asked for.
type load struct {
	name string
	urls []string // asked in turn
	run  func(*portalProcess) (string, error)
}

// loads are the pages that the issue of the portal sets limits for, and the yardstick.
func (p *portalProcess) loads(ids []string) []load {
	things := strings.Fields("甘蔗渣 铝合金 柑橘 海水 电池 中药 机器 水泥 稻米 污泥 蔗糖 赤泥 芒果 海藻 轴承 桑蚕 轮胎 陶瓷 木薯 纸浆")
	deeds := strings.Fields("木糖 回收 保鲜 淡化 正极 提取 视觉 低碳 育种 处理 检测 除杂 干燥 养殖 润滑 包装 再生 烧结 发酵 漂白")
	var lists, searches, details []string
	for i := range 40 {
		lists = append(lists, p.base+"/achievements?page="+fmt.Sprint(i+1))
	}
	for i := range len(things) * len(deeds) {
		q := things[i%len(things)] + " " + deeds[(i+i/len(things))%len(deeds)]
		searches = append(searches, p.base+"/achievements?q="+url.QueryEscape(q))
	}
	for _, id := range ids {
		details = append(details, p.base+"/achievements/"+id)
	}
	all := []load{
		{name: "a static file of the same server", urls: []string{p.base + p.style()}},
		{name: "list, one page after the other", urls: lists},
		{name: "search of two words, each asked once", urls: searches},
		{name: "detail, each looked at once", urls: details},
		{name: "home", urls: []string{p.base + "/"}},
	}
	for i := range all {
		all[i].run = all[i].attack
	}
	return append(all, load{name: "a need pasted, its matches shown (one after the other)", run: pasteNeeds})
}

// style is the address of the style sheet of the home page.
func (p *portalProcess) style() string {
	body, _ := get(http.DefaultClient, p.base+"/")
	if m := regexp.MustCompile(`href="(/[^"]+\.css)"`).FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return "/healthz"
}

// attack asks at a fixed rate, whether or not answers have come, and writes a line of the table.
func (l load) attack(p *portalProcess) (string, error) {
	for _, at := range l.urls[:min(len(l.urls), 20)] { // the process is warm; most pages were never asked for
		if _, err := get(http.DefaultClient, at); err != nil {
			return "", err
		}
	}
	var targets []vegeta.Target
	for _, at := range l.urls {
		targets = append(targets, vegeta.Target{Method: http.MethodGet, URL: at, Header: http.Header{"Accept-Encoding": {"gzip"}}})
	}
	used := p.cpu()
	var m vegeta.Metrics
	rate := vegeta.Rate{Freq: portalRate, Per: time.Second}
	for r := range vegeta.NewAttacker().Attack(vegeta.NewStaticTargeter(targets...), rate, portalTime, l.name) {
		m.Add(r)
	}
	m.Close()
	per := (p.cpu() - used).Seconds() * 1e3 / float64(max(1, m.Requests))
	return line(l.name, per, quantiles{ms(m.Latencies.P50), ms(m.Latencies.P95), ms(m.Latencies.P99)}, m.StatusCodes["200"], int(m.Requests)), nil
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }

func line(name string, per float64, q quantiles, good, all int) string {
	return fmt.Sprintf("| %s | %.2f | %.1f | %.1f | %.1f | %d of %d |\n", name, per, q.P50, q.P95, q.P99, good, all)
}

// pasteNeeds pastes needs of the examples as a visitor does, each in a new wording so that nothing is known of
// it, and waits for the page with its matches.
func pasteNeeds(p *portalProcess) (string, error) {
	var texts []string
	err := eachRecord(filepath.Join(p.root, "examples", "needs.jsonl"), func(r map[string]any) {
		texts = append(texts, str(r, "title")+"。"+str(r, "objective")+str(r, "indicators"))
	})
	if err != nil {
		return "", err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	c := &http.Client{Jar: jar}
	var took []time.Duration
	used := p.cpu()
	for i := range min(portalNeeds, len(texts)) {
		form, err := get(c, p.base+"/match")
		if err != nil {
			return "", err
		}
		values := url.Values{"need": {fmt.Sprintf("%s（第%d批）", texts[i], i)}}
		for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
			values.Set(m[1], m[2])
		}
		begun := time.Now()
		r, err := c.PostForm(p.base+"/match", values)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if err != nil {
			return "", err
		}
		if r.StatusCode != http.StatusOK {
			return "", fmt.Errorf("a pasted need is answered with %s", r.Status)
		}
		took = append(took, time.Since(begun))
	}
	per := (p.cpu() - used).Seconds() * 1e3 / float64(len(took))
	slices.Sort(took)
	return line("a need pasted, its matches shown (encoding included; one after the other)", per, quantilesOf(took), len(took), len(took)), nil
}

// get reads a page.
func get(c *http.Client, at string) (string, error) {
	r, err := c.Get(at)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", at, r.Status)
	}
	return string(b), err
}
