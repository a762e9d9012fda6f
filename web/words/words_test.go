package words_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhuanhua/web/words"
)

func load(t *testing.T) words.Words {
	t.Helper()
	w, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestBothLanguagesSayTheSame: the same keys, nothing empty, as many places to fill in.
func TestBothLanguagesSayTheSame(t *testing.T) {
	w := load(t)
	place := regexp.MustCompile(`\{\d?\}`)
	for _, l := range words.Langs() {
		for key, text := range w[l] {
			for _, other := range words.Langs() {
				if !w.Has(other, key) {
					t.Errorf("%s is said in %s and not in %s", key, l, other)
				}
			}
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s is empty in %s", key, l)
			}
		}
	}
	for key, zh := range w[words.ZH] {
		count := func(s string) int {
			return len(slices.Compact(slices.Sorted(slices.Values(place.FindAllString(s, -1)))))
		}
		plain := func(s string) int { return len(place.FindAllString(s, -1)) }
		// The plan's amounts have their unit in words in English alone; {0} may be said twice.
		if strings.Contains(zh, "{0}") {
			if count(zh) != count(w[words.EN][key]) {
				t.Errorf("%s: other places in English", key)
			}
			continue
		}
		if plain(zh) != plain(w[words.EN][key]) {
			t.Errorf("%s: %d places in Chinese, %d in English", key, plain(zh), plain(w[words.EN][key]))
		}
	}
}

// used finds the keys that templates and Go files name, and the beginnings of keys that they put
// together.
func used(t *testing.T) (keys map[string]string, prefixes map[string]bool) {
	t.Helper()
	keys, prefixes = map[string]string{}, map[string]bool{}
	var files []string
	for _, pattern := range []string{"../templates/*.html", "../*.go"} {
		some, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	whole := regexp.MustCompile(`(?:\bt |[sS]ay\(|Say\(f\.lang, |Key: +|key: +|return levelTag\{|\{)"([a-z][\p{L}0-9_.、-]*)"`)
	joined := regexp.MustCompile(`(?:print |[sS]ay\(|known\(|Say\(f\.lang, |key := |else if key := )"([a-z0-9]+\.(?:[a-z]+\.)*)"`)
	any := regexp.MustCompile(`"([a-z][a-z0-9_]*(?:\.[\p{L}0-9_.-]+)+)"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range whole.FindAllStringSubmatch(string(b), -1) {
			keys[m[1]] = f
		}
		for _, m := range any.FindAllStringSubmatch(string(b), -1) {
			keys[m[1]] = f
		}
		for _, m := range joined.FindAllStringSubmatch(string(b), -1) {
			prefixes[m[1]] = true
		}
	}
	return keys, prefixes
}

// TestEveryMessageIsUsed: a message that no page says is taken out.
func TestEveryMessageIsUsed(t *testing.T) {
	w := load(t)
	keys, prefixes := used(t)
	for key := range w[words.ZH] {
		if keys[key] != "" {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(mapKeys(prefixes)), func(p string) bool { return strings.HasPrefix(key, p) }) && !madeUp(key) {
			t.Errorf("%s is said nowhere", key)
		}
	}
}

// madeUp are keys of which the name of a page, a role or a start is the beginning.
func madeUp(key string) bool {
	first, rest, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"achievements", "needs", "events", "help", "about", "privacy", "accessibility"}, first) && (rest == "title" || rest == "brief") ||
		first == "start" && (strings.HasSuffix(rest, ".word") || strings.HasSuffix(rest, ".need"))
}

func mapKeys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestTemplatesSayOnlyWhatThereIs: every key that a template names is in the files.
func TestTemplatesSayOnlyWhatThereIs(t *testing.T) {
	w := load(t)
	files, err := filepath.Glob("../templates/*.html")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	named := regexp.MustCompile(`\bt "([^"]+)"`)
	found := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(b), -1) {
			found++
			if !w.Has(words.ZH, m[1]) {
				t.Errorf("%s: there is no message %s", filepath.Base(f), m[1])
			}
		}
	}
	if found < 200 {
		t.Fatalf("only %d messages found in the templates", found)
	}
}

// TestTemplatesHoldNoWords: what a page says stands in the message files, but for the names of the two
// languages.
func TestTemplatesHoldNoWords(t *testing.T) {
	files, err := filepath.Glob("../templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	action := regexp.MustCompile(`\{\{.*?\}\}`)
	han := regexp.MustCompile(`\p{Han}+`)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range han.FindAllString(action.ReplaceAllString(string(b), ""), -1) {
			if word != "中文" {
				t.Errorf("%s says %q itself", filepath.Base(f), word)
			}
		}
	}
}

func TestFill(t *testing.T) {
	for _, c := range []struct {
		text string
		args []any
		want string
	}{
		{"共{}项", []any{3}, "共3项"},
		{"第{}–{}项", []any{1, 20}, "第1–20项"},
		{"{1} of {0}", []any{"a", "b"}, "b of a"},
		{"差{0}，须多于{0}", []any{"38.00万元"}, "差38.00万元，须多于38.00万元"},
		{"没有", []any{1}, "没有"},
	} {
		if got := words.Fill(c.text, c.args...); got != c.want {
			t.Errorf("Fill(%q, %v) = %q, want %q", c.text, c.args, got, c.want)
		}
	}
	if got := load(t).Say(words.ZH, "no.such.key"); got != "⟨no.such.key⟩" {
		t.Errorf("a missing message reads %q", got)
	}
}

// TestTone: no politeness that costs time, no exclamation, no blame (ui.md, section 9).
func TestTone(t *testing.T) {
	for key, text := range load(t)[words.ZH] {
		for _, bad := range []string{"！", "抱歉", "非法", "无效", "您", "成功！", "失败！", "_"} {
			if strings.Contains(text, bad) && !strings.HasPrefix(key, "role.") {
				t.Errorf("%s says %q: %s", key, bad, text)
			}
		}
	}
}
