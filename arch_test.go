package zhuanhua_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers says which line each package stands on: it imports only from lines below its own, and
// store and the root less than that. A new package is added here first.
var layers = map[string]int{
	"":                    1,
	"examples":            1,
	"internal/pgtest":     1,
	"match/measure":       1,
	"match/text":          1,
	"match/vector/kernel": 1,
	"plans":               1,
	"flow/archive":        2,
	"flow/score":          2,
	"flow/seal":           2,
	"web/assets":          1,
	"web/words":           1,
	"auth":                2,
	"intake":              2,
	"match/classify":      2,
	"match/lexical":       2,
	"match/library":       2,
	"match/rank":          2,
	"match/rank/learn":    3,
	"match/vector":        2,
	"match/vector/parts":  2,
	"plan":                2,
	"plan/calendar":       2,
	"store":               2,
	"flow":                3,
	"indicator":           3,
	"intake/write":        3,
	"match":               3,
	"match/family":        3,
	"plan/advice":         3,
	"plan/book":           3,
	"plan/diff":           3,
	"plan/mutate":         3,
	"plan/plantest":       3,
	"app":                 4,
	"plan/sandbox":        4,
	"report":              4,
	"app/simulate":        5,
	"web":                 5,
	"cmd/zhuanhua":        6,
	"tools/outlines":      1,
}

// TestImportsPointDown reads the import lines of every file that is not a test.
func TestImportsPointDown(t *testing.T) {
	seen := map[string]bool{}
	eachGoFile(t, func(path string) {
		dir := filepath.ToSlash(filepath.Dir(path))
		if dir == "." {
			dir = ""
		}
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		level, ok := layers[dir]
		if !ok {
			t.Errorf("%s: package %q stands on no line; add it to layers", path, dir)
			return
		}
		seen[dir] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, im := range file.Imports {
			name, _ := strconv.Unquote(im.Path.Value)
			checkImport(t, path, dir, level, name)
		}
	})
	for dir := range layers {
		if !seen[dir] {
			t.Errorf("layers names %q, which holds no Go files", dir)
		}
	}
}

func checkImport(t *testing.T, path, dir string, level int, name string) {
	ours := name == "zhuanhua" || strings.HasPrefix(name, "zhuanhua/")
	if !ours {
		if dir == "" && strings.Contains(strings.SplitN(name, "/", 2)[0], ".") {
			t.Errorf("%s: the root imports only the standard library, not %s", path, name)
		}
		return
	}
	below := strings.TrimPrefix(strings.TrimPrefix(name, "zhuanhua"), "/")
	if other, ok := layers[below]; !ok || other >= level {
		t.Errorf("%s: line %d may not import %s (line %d)", path, level, name, other)
	}
}

// eachGoFile calls do for every Go file of the module, with its path from the root.
func eachGoFile(t *testing.T, do func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "bench" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return fs.SkipDir // bench is a module of its own
		}
		if strings.HasSuffix(path, ".go") {
			do(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
