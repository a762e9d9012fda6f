package zhuanhua_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mirror is the figures of style that `make check` prints: something to look into, not a fence.
type mirror struct {
	functions, files         []int
	packageLines             map[string]int
	code, comments, tests    int
	exported, documented     int
	packages, saying         map[string]bool
	inits, variables, panics int
}

// TestMirror prints the figures and fails only where they show something unreadable.
func TestMirror(t *testing.T) {
	m := mirror{packageLines: map[string]int{}, packages: map[string]bool{}, saying: map[string]bool{}}
	eachGoFile(t, func(path string) { m.look(t, path) })
	slices.Sort(m.functions)
	slices.Sort(m.files)
	q := func(xs []int, p float64) int { return xs[min(len(xs)-1, int(p*float64(len(xs))))] }
	largest := ""
	for name, n := range m.packageLines {
		if largest == "" || n > m.packageLines[largest] {
			largest = name
		}
	}
	t.Logf("function lines: median %d, p95 %d, longest %d (aim 12, 60, 100)", q(m.functions, .5), q(m.functions, .95), q(m.functions, 1))
	t.Logf("file lines: p95 %d, longest %d (aim 500, 700)", q(m.files, .95), q(m.files, 1))
	t.Logf("code lines: %d; largest package %s with %d (aim 4000)", m.code, largest, m.packageLines[largest])
	t.Logf("comments: %.0f%% (aim 12–22); exported names documented: %.0f%% (aim 85)", 100*float64(m.comments)/float64(m.code+m.comments), 100*float64(m.documented)/float64(max(1, m.exported)))
	t.Logf("packages that say what they are: %d of %d; test code to code %.2f (aim 1.0)", len(m.saying), len(m.packages), float64(m.tests)/float64(m.code))
	t.Logf("init functions %d (aim 0); package variables per 1,000 lines %.1f (aim 3); panics %d", m.inits, 1000*float64(m.variables)/float64(m.code), m.panics)
	if longest := q(m.functions, 1); longest > 150 {
		t.Errorf("a function has %d lines: cut it", longest)
	}
	if len(m.saying) < len(m.packages) {
		for p := range m.packages {
			if !m.saying[p] {
				t.Errorf("package %q does not say what it is for", p)
			}
		}
	}
}

func (m *mirror) look(t *testing.T, path string) {
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	code, comments := countLines(src)
	if strings.HasSuffix(path, "_test.go") {
		m.tests += code
		return
	}
	m.code += code
	m.comments += comments
	m.packageLines[dir] += code
	m.files = append(m.files, bytes.Count(src, []byte("\n")))
	m.packages[dir] = true
	if file.Doc != nil {
		m.saying[dir] = true
	}
	for _, d := range file.Decls {
		m.declaration(set, d)
	}
	m.panics += bytes.Count(src, []byte("panic("))
}

func (m *mirror) declaration(set *token.FileSet, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		m.functions = append(m.functions, set.Position(d.End()).Line-set.Position(d.Pos()).Line+1)
		m.name(d.Name, d.Doc)
		if d.Name.Name == "init" && d.Recv == nil {
			m.inits++
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				m.name(s.Name, first(s.Doc, d.Doc))
			case *ast.ValueSpec:
				if d.Tok == token.VAR {
					m.variables += len(s.Names)
				}
				for _, n := range s.Names {
					m.name(n, first(s.Doc, d.Doc, s.Comment))
				}
			}
		}
	}
}

func (m *mirror) name(n *ast.Ident, doc *ast.CommentGroup) {
	if n.IsExported() {
		m.exported++
		if doc != nil {
			m.documented++
		}
	}
}

func first(docs ...*ast.CommentGroup) *ast.CommentGroup {
	for _, d := range docs {
		if d != nil {
			return d
		}
	}
	return nil
}

// countLines counts lines of code and lines that are only comment.
func countLines(src []byte) (code, comments int) {
	for line := range bytes.Lines(src) {
		switch s := bytes.TrimSpace(line); {
		case len(s) == 0:
		case bytes.HasPrefix(s, []byte("//")):
			comments++
		default:
			code++
		}
	}
	return code, comments
}
