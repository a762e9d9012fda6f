package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/examples"
	"zhuanhua/match/text"
	"zhuanhua/match/vector"
	"zhuanhua/store"
	"zhuanhua/web"
)

// scaleRecords is how many achievements the portal is measured with.
const scaleRecords = 100_000

// counting is an encoder that counts pairs of characters: it costs next to nothing, so that what is
// measured is the portal and the index, with vectors as wide as those of the real encoder.
type counting struct{}

func (counting) Model() vector.Model { return vector.Model{Name: "counting", Revision: "2", Dim: 512} }

func (counting) Close() error { return nil }

func (counting) Encode(ctx context.Context, _ vector.Kind, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, s := range texts {
		v := make([]float32, 512)
		f := text.Fold(s)
		for j := 1; j < len(f.Runes); j++ {
			h := fnv.New32a()
			fmt.Fprint(h, f.Runes[j-1], f.Runes[j])
			v[h.Sum32()%512] += 1 - 2*float32(h.Sum32()>>31) // unrelated texts are then far apart, as real ones are
		}
		sum := 0.0
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		for j := range v {
			v[j] /= float32(math.Sqrt(max(sum, 1e-9)))
		}
		out[i] = v
	}
	return out, ctx.Err()
}

// scaleFile puts achievements together from the sentences of the examples.
func scaleFile(t *testing.T, dir string) string {
	t.Helper()
	b, err := examples.Files.ReadFile("achievements.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	var sentences, titles []string
	for line := range strings.Lines(string(b)) {
		r := map[string]any{}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		delete(r, "duplicate_of")
		all = append(all, r)
		titles = append(titles, r["title"].(string))
		for _, s := range strings.SplitAfter(fmt.Sprint(r["abstract"], r["body"]), "。") {
			if len([]rune(s)) > 12 {
				sentences = append(sentences, s)
			}
		}
	}
	at := filepath.Join(dir, "scale-achievements.jsonl")
	f, err := os.Create(at)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	rng := rand.New(rand.NewPCG(7, 11))
	for i := range scaleRecords {
		r := all[rng.IntN(len(all))]
		r["id"] = fmt.Sprintf("S-%06d", i)
		one, other := []rune(titles[rng.IntN(len(titles))]), []rune(titles[rng.IntN(len(titles))])
		r["title"] = fmt.Sprintf("%s与%s（%d）", string(one[:min(9, len(one))]), string(other[max(0, len(other)-9):]), i)
		text := ""
		for range 6 {
			text += sentences[rng.IntN(len(sentences))]
		}
		r["abstract"], r["body"] = text, nil
		r["ip"] = fmt.Sprintf("发明专利（ZL%012d.1）", i)
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return at
}

// scaled is a portal over many records; what it takes long to make stays in the folder for next time.
func scaled(t *testing.T, dir string) (*web.Server, *app.Catalogue) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a := app.New(s)
	if info, err := s.Info(ctx); err != nil {
		t.Fatal(err)
	} else if info.Events == 0 {
		if err := os.CopyFS(dir, examples.Files); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
		if r, err := a.Import(ctx, "test", []string{filepath.Join(dir, "needs.jsonl"), scaleFile(t, dir)}, app.ImportOptions{}); err != nil || r.Refused > 0 {
			t.Fatal(r.Problems, err)
		}
	}
	c := app.NewCatalogue(s)
	f := app.NewFinder(c)
	file := filepath.Join(dir, "data", "catalogue.bin")
	began := spent()
	if err := c.Open(ctx, file); err != nil {
		t.Fatal(err)
	}
	t.Logf("lists opened: %v of processor time", spent()-began)
	if err := c.Save(ctx, file); err != nil {
		t.Fatal(err)
	}
	began = spent()
	x, err := app.OpenIndex(ctx, s, app.IndexOptions{Dir: filepath.Join(dir, "data", "index"), Encoder: counting{}, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("index opened: %v of processor time", spent()-began)
	f.Use(x)
	pk, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a, Catalogue: c, Finder: f, Pack: pk, Site: web.ExampleSite(), Desk: a.Desk(pk).Kept()})
	if err != nil {
		t.Fatal(err)
	}
	return w, c
}

// spent is the processor time of this process so far.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestScale prints the processor time that pages take with many records, in the folder that
// ZHUANHUA_SCALE names; with -cpuprofile it shows where it goes. Figures are in docs/portal.md.
func TestScale(t *testing.T) {
	dir := os.Getenv("ZHUANHUA_SCALE")
	if dir == "" {
		t.Skip("a hundred thousand records take minutes to make; ZHUANHUA_SCALE names a folder for them")
	}
	w, c := scaled(t, dir)
	rng := rand.New(rand.NewPCG(1, 2))
	ids := c.IDs(zhuanhua.NounAchievement)
	words := strings.Fields("木糖 催化 固定床 蔗渣 铝合金 传感器 膜分离 发酵 桉树 锰 电池 涂层 焊接 检测 微藻 香料 淀粉 轴承 图像识别 调度")
	facets := []string{"field=" + url.QueryEscape("新材料"), "region=450000", "maturity=6-7", "price=100-300", "mode=" + url.QueryEscape("许可"), "region=450200&maturity=8-9"}
	kinds := []struct {
		name  string
		count int
		at    func() string
	}{
		{"list with filters", 300, func() string {
			return fmt.Sprintf("/achievements?%s&page=%d", facets[rng.IntN(len(facets))], 1+rng.IntN(40))
		}},
		{"list sorted by price", 60, func() string {
			return fmt.Sprintf("/achievements?%s&sort=cheap&page=%d", facets[rng.IntN(len(facets))], 1+rng.IntN(40))
		}},
		{"search of two words", 200, func() string {
			return "/achievements?q=" + url.QueryEscape(words[rng.IntN(len(words))]+" "+words[rng.IntN(len(words))]+fmt.Sprint(" ", rng.IntN(1000)))
		}},
		{"detail", 300, func() string { return "/achievements/" + ids[rng.IntN(len(ids))] }},
		{"type-ahead", 100, func() string { return "/suggest?q=" + url.QueryEscape(words[rng.IntN(len(words))]) }},
	}
	for _, k := range kinds {
		if only := os.Getenv("ZHUANHUA_SCALE_ONLY"); only != "" && !strings.Contains(k.name, only) {
			continue
		}
		for _, warm := range []bool{true, false} {
			count := k.count
			if warm {
				count = 10
			}
			before, at := spent(), time.Now()
			for range count {
				req := httptest.NewRequest(http.MethodGet, k.at(), nil)
				req.Header.Set("Accept-Encoding", "gzip")
				rec := httptest.NewRecorder()
				w.ServeHTTP(rec, req)
				if rec.Code != http.StatusOK {
					t.Fatalf("%s: %d", req.URL, rec.Code)
				}
			}
			if !warm {
				t.Logf("%-24s %6.2f ms of processor time a request, %6.2f ms of the clock", k.name, (spent()-before).Seconds()*1000/float64(count), time.Since(at).Seconds()*1000/float64(count))
			}
		}
	}
}
