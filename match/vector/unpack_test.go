package vector

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhuanhua"
)

func gzipped(content string) ([]byte, string) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(content))
	z.Close()
	sum := sha256.Sum256([]byte(content))
	return b.Bytes(), hex.EncodeToString(sum[:])
}

func TestUnpack(t *testing.T) {
	gz, sum := gzipped("library")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data", "lib")
	// No home, then a file where a folder should be, then a good one.
	path, err := Unpack([]string{"", file, dir}, "x.so", gz, sum)
	if err != nil || path != filepath.Join(dir, "x.so") {
		t.Fatalf("%q, %v", path, err)
	}
	info, _ := os.Stat(dir)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v", info.Mode())
	}
	before, _ := os.Stat(path)
	if _, err := Unpack([]string{dir}, "x.so", gz, sum); err != nil {
		t.Error(err)
	}
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("a good copy was replaced")
	}
	os.Remove(path)
	os.WriteFile(path, []byte("damaged"), 0o600)
	if _, err := Unpack([]string{dir}, "x.so", gz, sum); err != nil {
		t.Error(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "library" {
		t.Errorf("a damaged copy stays: %q", b)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".unpack*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestUnpackFails(t *testing.T) {
	gz, sum := gzipped("library")
	open := t.TempDir()
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dirs []string
		gz   []byte
		want string
	}{
		"no folder":      {nil, gz, "no home"},
		"open folder":    {[]string{open}, gz, "anyone may write"},
		"damaged":        {[]string{t.TempDir()}, gz[:len(gz)-9], "EOF"},
		"no gzip":        {[]string{t.TempDir()}, []byte("x"), "damaged"},
		"not a folder":   {[]string{"/dev/null/x"}, gz, "not a directory"},
		"read-only disk": {[]string{"/proc/zhuanhua"}, gz, "/proc"},
	} {
		_, err := Unpack(c.dirs, "x.so", c.gz, sum)
		if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other, _ := gzipped("something else")
	if _, err := Unpack([]string{t.TempDir()}, "x.so", other, sum); err == nil {
		t.Error("another content is accepted")
	}
}

func TestUnpackAtOnce(t *testing.T) {
	gz, sum := gzipped(strings.Repeat("library", 100_000))
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			path, err := Unpack([]string{dir}, "x.so", gz, sum)
			if err != nil || sumOfFile(path) != sum {
				t.Error(path, err)
			}
		})
	}
	wg.Wait()
}
