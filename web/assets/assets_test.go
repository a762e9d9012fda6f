package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func load(t *testing.T) *Set {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBudget: the style sheet and the scripts stay within what a first visit may cost (ui.md, section 10).
func TestBudget(t *testing.T) {
	s := load(t)
	for name, most := range map[string]int{"app.css": 30 << 10, "app.js": 6 << 10, "htmx.js": 13 << 10, "sprite.svg": 6 << 10, "mark.svg": 1 << 10} {
		if !s.Has(name) {
			t.Logf("%s was not fetched", name)
			continue
		}
		if n := s.Size(name); n == 0 || n > most {
			t.Errorf("%s takes %d bytes, at most %d", name, n, most)
		}
	}
	js, err := files.ReadFile("app.js")
	if err != nil || len(js) > 6<<10 {
		t.Errorf("our own script has %d bytes", len(js))
	}
}

// TestForms: each form of an answer is the same content, kept for ever under a name with its hash.
func TestForms(t *testing.T) {
	s := load(t)
	for _, name := range []string{"app.css", "app.js", "mark.svg"} {
		var bodies []string
		for _, accept := range []string{"", "gzip", "gzip, deflate, br"} {
			r := httptest.NewRequest("GET", s.URL(name), nil)
			r.Header.Set("Accept-Encoding", accept)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			var from io.Reader = w.Body
			switch w.Header().Get("Content-Encoding") {
			case "gzip":
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				from = z
			case "br":
				from = brotli.NewReader(w.Body)
			}
			b, err := io.ReadAll(from)
			if err != nil || w.Code != 200 {
				t.Fatal(w.Code, err)
			}
			bodies = append(bodies, string(b))
			if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: %v", name, w.Header())
			}
		}
		if bodies[0] == "" || bodies[0] != bodies[1] || bodies[1] != bodies[2] {
			t.Errorf("%s differs from one form to the next", name)
		}
	}
	for _, at := range []string{"/assets/app.css", "/assets/", "/assets/app.0000000000.css", "/assets/../assets.go", "/assets/files/README"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", at, nil))
		if w.Code != 404 {
			t.Errorf("%s: %d", at, w.Code)
		}
	}
}

// TestSqueeze keeps what a style sheet says.
func TestSqueeze(t *testing.T) {
	for in, want := range map[string]string{
		"a {\n  b: c;\n}\n":                     "a {b: c;}",
		"/* x */ a { b: c }\n/* y\n z */d {}\n": "a { b: c }d {}",
		"a,\nb { c: d }":                        "a,b { c: d }",
		"x: a\n  b;":                            "x: a b;",
	} {
		if got := strings.TrimSpace(string(squeeze([]byte(in)))); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if s := load(t); bytes.Contains(s.files[s.names["app.css"]].plain, []byte("/*")) {
		t.Error("remarks are sent to browsers")
	}
}

// themes reads the colours of the tokens, light and dark.
func themes(t *testing.T) map[string]map[string]string {
	t.Helper()
	b, err := files.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	colour := regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6})`)
	css := string(b)
	light, rest, ok1 := strings.Cut(css, `[data-theme="dark"] {`)
	dark, _, ok2 := strings.Cut(rest, "@media (prefers-color-scheme: dark)")
	if !ok1 || !ok2 {
		t.Fatal("tokens.css has no dark theme")
	}
	out := map[string]map[string]string{"light": {}, "dark": {}}
	for name, part := range map[string]string{"light": light, "dark": dark} {
		for _, m := range colour.FindAllStringSubmatch(part, -1) {
			out[name][m[1]] = m[2]
		}
	}
	return out
}

// luminance is that of WCAG 2.
func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return math.NaN()
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// TestContrast: text has 4.5 : 1 on every ground that it stands on, edges and marks have 3 : 1, in both
// themes.
func TestContrast(t *testing.T) {
	if got := contrast("#000000", "#ffffff"); math.Abs(got-21) > 0.01 {
		t.Fatalf("black on white is %f", got)
	}
	pairs := 0
	for theme, c := range themes(t) {
		need := func(fore, back string, least float64) {
			pairs++
			if c[fore] == "" || c[back] == "" {
				t.Errorf("%s: there is no %s or %s", theme, fore, back)
				return
			}
			if got := contrast(c[fore], c[back]); !(got >= least) {
				t.Errorf("%s: %s on %s is %.2f, least %.1f", theme, fore, back, got, least)
			}
		}
		for _, ground := range []string{"paper", "surface", "sunken", "raised"} {
			for _, ink := range []string{"ink", "ink-2", "ink-3"} {
				need(ink, ground, 4.5)
			}
		}
		for _, ground := range []string{"paper", "surface", "sunken"} {
			need("accent", ground, 4.5)
			need("accent-hover", ground, 4.5)
			need("line-strong", ground, 3)
		}
		for _, tone := range []string{"ok", "warn", "bad", "idle"} {
			need(tone, tone+"-soft", 4.5)
			need(tone, "surface", 4.5)
			need(tone, "paper", 4.5)
		}
		need("accent", "accent-soft", 4.5)
		need("ink", "accent-soft", 4.5)
		need("ink-2", "accent-soft", 4.5)
		need("on-accent", "accent", 4.5)
		need("on-accent", "accent-hover", 4.5)
		need("ink", "mark", 4.5)
		need("ink-2", "mark", 4.5)
		need("mark-line", "mark", 3)
		need("mark-line", "surface", 3)
		need("focus", "surface", 3)
		need("focus", "focus-gap", 3)
		for _, series := range []string{"d1", "d2", "d3", "d4", "d5", "d6"} {
			need(series, "surface", 3)
			need(series, "paper", 3)
		}
	}
	if pairs < 100 {
		t.Fatalf("%d pairs", pairs)
	}
}

// TestTokensAreUsed: a colour, size or space in the style sheet is one of the tokens.
func TestTokensAreUsed(t *testing.T) {
	literal := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\brgb\(|font-style: italic|letter-spacing: [^i]|text-align: justify|text-transform: uppercase`)
	for _, name := range sheets()[1:] {
		if strings.HasSuffix(name, "print.css") {
			continue // paper is white and ink black
		}
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllString(string(b), -1) {
			t.Errorf("%s says %s itself", name, m)
		}
	}
}
