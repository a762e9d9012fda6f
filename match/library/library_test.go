package library

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhuanhua"
)

// model is what a library must hold, by id.
type model map[string]Doc

func (m model) check(t *testing.T, what string, l *Library) {
	t.Helper()
	v := l.View()
	if v.Len() != len(m) {
		t.Fatalf("%s: %d documents, want %d", what, v.Len(), len(m))
	}
	seen := 0
	for n := range v.Numbers() {
		if !v.Has(n) {
			if v.ID(n) != "" {
				t.Errorf("%s: number %d is gone and called %q", what, n, v.ID(n))
			}
			continue
		}
		seen++
		id := v.ID(n)
		want, ok := m[id]
		body, there := v.Body(n, nil)
		if !ok || !there || !bytes.Equal(body, want.Body) || *v.Card(n) != want.Card || v.Hash(n) != hashOf(id) {
			t.Fatalf("%s: document %q is not as it was put", what, id)
		}
		if got := l.Numbers([]string{id, id + "?"}); got[0] != n || got[1] != -1 {
			t.Fatalf("%s: %q has numbers %v, want %d", what, id, got, n)
		}
	}
	if seen != len(m) {
		t.Fatalf("%s: %d numbers in use", what, seen)
	}
}

func made(rng *rand.Rand, id string) Doc {
	d := Doc{ID: id, Body: []byte(strings.Repeat(id, rng.IntN(2000)))}
	if rng.IntN(50) == 0 {
		d.Body = bytes.Repeat([]byte{1}, chunkBytes+rng.IntN(100)) // larger than a chunk
	}
	binary.LittleEndian.PutUint64(d.Card[:], rng.Uint64())
	return d
}

// TestHolds: after any puts, deletes, saves and openings the library holds what a map would.
func TestHolds(t *testing.T) {
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 1))
		l, want := New(), model{}
		path := filepath.Join(t.TempDir(), "docs")
		word := l.Word("农业")
		for step := range 60 {
			var docs []Doc
			for range rng.IntN(40) {
				d := made(rng, fmt.Sprint("d", rng.IntN(300)))
				docs = append(docs, d)
				want[d.ID] = d
			}
			before := l.Numbers(idsOf(docs))
			for i, n := range l.Put(docs) {
				if before[i] >= 0 && before[i] != n {
					t.Fatal("a document has another number than before")
				}
			}
			for range rng.IntN(30) {
				id := fmt.Sprint("d", rng.IntN(300))
				_, there := want[id]
				if n := l.Delete(id); n == 1 != there {
					t.Fatalf("deleting %s says %d", id, n)
				}
				delete(want, id)
			}
			if step%10 == 9 {
				l = reopened(t, l, path)
				if l.Word("农业") != word || l.Words()[word-1] != "农业" || l.Word("") != 0 {
					t.Fatal("a word has another number than before")
				}
			}
			want.check(t, fmt.Sprintf("seed %d step %d", seed, step), l)
		}
	}
}

func idsOf(docs []Doc) []string {
	ids := make([]string, len(docs))
	for i, d := range docs {
		ids[i] = d.ID
	}
	return ids
}

func reopened(t *testing.T, l *Library, path string) *Library {
	t.Helper()
	if err := l.Save(path, "示例 1"); err != nil {
		t.Fatal(err)
	}
	l, err := Open(path, "示例 1")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestTidies: what is replaced again and again does not fill memory.
func TestTidies(t *testing.T) {
	l := New()
	body := make([]byte, 100_000)
	for i := range 2000 {
		l.Put([]Doc{{ID: fmt.Sprint(i % 20), Body: body}})
	}
	held := 0
	for _, c := range l.View().chunks {
		if c != nil {
			held += len(c.bytes)
		}
	}
	if held > 6*20*len(body) {
		t.Errorf("%d bytes are held for %d", held, 20*len(body))
	}
	if b, ok := l.View().Body(l.Numbers([]string{"7"})[0], nil); !ok || !bytes.Equal(b, body) {
		t.Error("a document was lost on the way")
	}
}

// TestDamage: a file with any byte changed, or cut anywhere, is refused.
func TestDamage(t *testing.T) {
	l := New()
	l.Word("材料")
	rng := rand.New(rand.NewPCG(3, 3))
	for i := range 40 {
		l.Put([]Doc{{ID: fmt.Sprint("示例", i), Body: []byte(strings.Repeat("文", rng.IntN(50)))}})
	}
	path := filepath.Join(t.TempDir(), "docs")
	reopened(t, l, path)
	if _, err := Open(path, "示例 2"); zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), "another version") {
		t.Errorf("a file with another tag gives %v", err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		b := bytes.Clone(whole)
		if rng.IntN(2) == 0 {
			b = b[:rng.IntN(len(b))]
		} else {
			b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, "示例 1"); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Fatalf("a damaged file gives %v", err)
		}
	}
	if _, err := Open(path+"?", "示例 1"); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Errorf("a missing file gives %v", err)
	}
	if err := l.Save(filepath.Join(path, "x"), ""); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || errors.Unwrap(err) == nil {
		t.Errorf("saving into a file gives %v", err)
	}
}

// TestReadersRunOn: views taken stay as they were while the library changes.
func TestReadersRunOn(t *testing.T) {
	l := New()
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for {
				v := l.View()
				live := 0
				for n := range v.Numbers() {
					body, ok := v.Body(n, nil)
					if ok {
						live++
					}
					if ok && string(body) != strings.Repeat(v.ID(n), len(body)/len(v.ID(n))) {
						t.Errorf("%q has another's body", v.ID(n))
					}
				}
				if live != v.Len() {
					t.Errorf("%d documents of %d", live, v.Len())
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	rng := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		id := fmt.Sprintf("%04d", rng.IntN(200))
		l.Put([]Doc{{ID: id, Body: []byte(strings.Repeat(id, rng.IntN(500)))}})
		l.Delete(fmt.Sprintf("%04d", rng.IntN(200)))
	}
	close(stop)
	all.Wait()
}
