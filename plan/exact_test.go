package plan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoFloats reads the sources, those of the packages above it too: no binary fraction may come near
// money, so none occurs at all. The names of big.Rat's own writers of decimals are exact and allowed.
func TestNoFloats(t *testing.T) {
	allowed := map[string]bool{"FloatString": true, "FloatPrec": true}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	above, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	names = append(names, above...)
	files := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files++
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if strings.Contains(strings.ToLower(n.Name), "float") && !allowed[n.Name] || n.Name == "Double" || n.Name == "DoubleType" {
					t.Errorf("%s uses %s", name, n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT || n.Kind == token.IMAG {
					t.Errorf("%s has the number %s", name, n.Value)
				}
			}
			return true
		})
	}
	if files < 30 {
		t.Errorf("only %d files were read", files)
	}
}
