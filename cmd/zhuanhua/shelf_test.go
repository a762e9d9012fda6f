package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"zhuanhua/plan"
)

// shelfKey finds the shelf of packs among the values of a story.
type shelfKey struct{}

func shelfOf(ts *testscript.TestScript) *shelf { return ts.Value(shelfKey{}).(*shelf) }

// sharedPacks is a shelf for all stories. Once they have ended every pack on it is compared with one that is
// loaded anew: a command that changed what others share would make their answers depend on their order.
func sharedPacks(t *testing.T) *shelf {
	s := &shelf{}
	t.Cleanup(func() {
		for key, p := range s.packs {
			dir := filepath.Join("../../plans", p.ID)
			if sum, err := plan.Sum(os.DirFS(dir)); err != nil || sum != p.Sum {
				continue // a story's own, which is gone by now
			}
			name, _, _ := strings.Cut(key, " ")
			fresh, err := plan.Load(os.DirFS(dir), name, plan.Options{Regions: regionTable{}})
			if err != nil {
				t.Fatal(err)
			}
			if wordsOf(t, p) != wordsOf(t, fresh) {
				t.Errorf("a story has changed the pack %s", key)
			}
		}
	})
	return s
}

// wordsOf is everything that a pack says.
func wordsOf(t *testing.T, p *plan.Pack) string {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestShelf: the same files are read once, edited files again, and what is at fault is told each time.
func TestShelf(t *testing.T) {
	dir, s := t.TempDir(), &shelf{}
	if err := os.CopyFS(dir, os.DirFS("../../plans/example-region")); err != nil {
		t.Fatal(err)
	}
	load := func() *plan.Pack {
		t.Helper()
		p, err := s.load(os.DirFS(dir), "p")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := load()
	if load() != first {
		t.Error("files that did not change were read twice")
	}
	if other, err := s.load(os.DirFS(dir), "q"); err != nil || other == first {
		t.Error("a pack of another name shows faults under the first one's", err)
	}
	file := filepath.Join(dir, "plan.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(string(text) + "# edited\n")
	if p := load(); p == first || p.Sum == first.Sum {
		t.Error("the edited files were not read")
	}
	for range 2 {
		write(string(text) + "unknown: 1\n")
		if _, err := s.load(os.DirFS(dir), "p"); err == nil || !strings.Contains(err.Error(), "unknown") {
			t.Error("a fault is not told:", err)
		}
	}
	write(string(text))
	if load() != first {
		t.Error("the first files again were read again")
	}
	for i := range 2 * maxShelf {
		write(string(text) + strings.Repeat("#\n", i+1))
		load()
	}
	if len(s.packs) > maxShelf {
		t.Errorf("the shelf holds %d packs", len(s.packs))
	}
}
