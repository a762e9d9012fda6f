package vector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
)

// counter is an encoder that counts, and fails when told to.
type counter struct {
	model Model
	texts atomic.Int32
	fail  int32 // number of texts after which it fails; 0 never
}

func newCounter() *counter { return &counter{model: Model{Name: "hash", Revision: "h1", Dim: 96}} }

func (c *counter) Model() Model { return c.model }
func (c *counter) Close() error { return nil }

func (c *counter) Encode(ctx context.Context, _ Kind, texts []string) ([][]float32, error) {
	if n := c.texts.Add(int32(len(texts))); c.fail > 0 && n > c.fail {
		return nil, errors.New("the power went")
	}
	vecs := make([][]float32, len(texts))
	for i, s := range texts {
		vecs[i] = hashEmbed(s)
		normalize(vecs[i])
	}
	return vecs, ctx.Err()
}

func mustEncode(t *testing.T, enc Encoder, c *Cache, texts []string) []Vec {
	t.Helper()
	vecs, err := EncodeAll(context.Background(), enc, c, KindPassage, texts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range texts {
		v := hashEmbed(s)
		normalize(v)
		if want := Quantize(v); !reflect.DeepEqual(vecs[i], want) {
			t.Fatalf("text %d has another's vector", i)
		}
	}
	return vecs
}

func TestEncodeAll(t *testing.T) {
	enc := newCounter()
	texts := abstracts(300, 1)
	texts = append(texts, texts[:50]...)
	var seen [][2]int
	_, err := EncodeAll(context.Background(), enc, nil, KindQuery, texts, func(done, total int) { seen = append(seen, [2]int{done, total}) })
	if err != nil || enc.texts.Load() != 300 {
		t.Fatalf("%d texts encoded, %v", enc.texts.Load(), err)
	}
	for i, s := range seen {
		if s[1] != 350 || i > 0 && s[0] < seen[i-1][0] {
			t.Errorf("progress %v", seen)
		}
	}
	if seen[len(seen)-1][0] != 350 {
		t.Errorf("progress ends at %v", seen[len(seen)-1])
	}
	mustEncode(t, enc, nil, texts)
	if v := mustEncode(t, enc, nil, nil); len(v) != 0 {
		t.Error(v)
	}
	other := Model{Name: "other", Revision: "o", Dim: 96}
	if _, err := EncodeAll(context.Background(), enc, OpenCache("", other), KindPassage, texts, nil); err == nil {
		t.Error("another model's cache is used")
	}
}

// TestCacheResumes interrupts the encoding and goes on with the same folder.
func TestCacheResumes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	enc := newCounter()
	enc.fail = 200
	texts := abstracts(300, 2)
	c := OpenCache(dir, enc.Model())
	if _, err := EncodeAll(context.Background(), enc, c, KindPassage, texts, nil); err == nil {
		t.Fatal("no error")
	}
	// No Close: the process was killed. The lock goes with its file.
	c.file.Close()
	c = OpenCache(dir, enc.Model())
	if err := c.Trouble(); err != nil || c.Len() != 192 {
		t.Fatalf("%d vectors kept, %v", c.Len(), err)
	}
	enc.fail = 0
	enc.texts.Store(0)
	mustEncode(t, enc, c, texts)
	if n := enc.texts.Load(); n != 300-192 {
		t.Errorf("%d texts encoded again", n)
	}
	c.Close()
	c = OpenCache(dir, enc.Model())
	enc.texts.Store(0)
	mustEncode(t, enc, c, texts)
	if n := enc.texts.Load(); n != 0 {
		t.Errorf("%d texts encoded a third time", n)
	}
	if _, err := EncodeAll(context.Background(), enc, c, KindQuery, texts[:1], nil); err != nil || enc.texts.Load() != 1 {
		t.Error("a query has the vector of a passage")
	}
	c.Close()
}

func TestCacheDamaged(t *testing.T) {
	enc := newCounter()
	texts := abstracts(20, 3)
	damage := map[string]struct {
		change func(b []byte) []byte
		keeps  int
	}{
		"torn tail":      {func(b []byte) []byte { return b[:len(b)-7] }, 19},
		"bad record":     {func(b []byte) []byte { b[cacheHeader+5*120+30] ^= 1; return b }, 19},
		"bad header":     {func(b []byte) []byte { b[3] ^= 1; return b }, 0},
		"torn header":    {func(b []byte) []byte { return b[:10] }, 0},
		"empty":          {func([]byte) []byte { return nil }, 0},
		"other contents": {func([]byte) []byte { return []byte(strings.Repeat("x", 5000)) }, 0},
	}
	for name, d := range damage {
		dir := t.TempDir()
		c := OpenCache(dir, enc.Model())
		mustEncode(t, enc, c, texts)
		c.Close()
		files, _ := filepath.Glob(filepath.Join(dir, "*"))
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(files[0], d.change(b), 0o600)
		c = OpenCache(dir, enc.Model())
		if c.Len() != d.keeps {
			t.Errorf("%s: %d vectors kept, want %d", name, c.Len(), d.keeps)
		}
		mustEncode(t, enc, c, texts)
		c.Close()
		c = OpenCache(dir, enc.Model())
		if c.Len() != 20 || c.Trouble() != nil {
			t.Errorf("%s: then %d vectors, %v", name, c.Len(), c.Trouble())
		}
		c.Close()
	}
}

// TestCacheShared opens a cache twice: the second reads, and keeps what it adds to itself.
func TestCacheShared(t *testing.T) {
	dir := t.TempDir()
	enc := newCounter()
	first := OpenCache(dir, enc.Model())
	mustEncode(t, enc, first, abstracts(10, 4))
	second := OpenCache(dir, enc.Model())
	if second.Trouble() == nil || second.Len() != 10 {
		t.Errorf("the second: %d vectors, %v", second.Len(), second.Trouble())
	}
	mustEncode(t, enc, second, abstracts(30, 4))
	mustEncode(t, enc, first, abstracts(20, 5))
	first.Close()
	second.Close()
	third := OpenCache(dir, enc.Model())
	defer third.Close()
	if third.Len() != 30 || third.Trouble() != nil {
		t.Errorf("the third: %d vectors, %v", third.Len(), third.Trouble())
	}
}

func TestCacheNoFolder(t *testing.T) {
	enc := newCounter()
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	for _, dir := range []string{"", file, "/proc/zhuanhua"} {
		c := OpenCache(dir, enc.Model())
		if (c.Trouble() != nil) != (dir != "") {
			t.Errorf("%q: %v", dir, c.Trouble())
		}
		mustEncode(t, enc, c, abstracts(5, 6))
		if c.Len() != 5 {
			t.Errorf("%q: %d vectors", dir, c.Len())
		}
		c.Close()
	}
}

// TestCacheDiskFull writes to a file that takes no more.
func TestCacheDiskFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	enc := newCounter()
	c := OpenCache(t.TempDir(), enc.Model())
	mustEncode(t, enc, c, abstracts(5, 7))
	good := c.file
	c.file = full
	texts := abstracts(200, 8)
	mustEncode(t, enc, c, texts)
	if err := c.Trouble(); err == nil || !strings.Contains(err.Error(), "stay in memory") {
		t.Errorf("trouble: %v", err)
	}
	n := enc.texts.Load()
	mustEncode(t, enc, c, texts)
	if enc.texts.Load() != n {
		t.Error("what is in memory is encoded again")
	}
	good.Close()
	c.Close()
}

func TestEncodeAllCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := EncodeAll(ctx, newCounter(), nil, KindPassage, abstracts(3, 1), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestParallelPanics(t *testing.T) {
	err := parallel(context.Background(), 3, 10, func(i int) error {
		if i == 5 {
			panic(fmt.Sprint("at ", i))
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "at 5") {
		t.Errorf("error %v", err)
	}
}
