package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zhuanhua"
)

// failAfter is a disk that takes so many bytes.
func failAfter(n int) io.Writer { return &fullDisk{n} }

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, syscall.ENOSPC
	}
	return len(p), nil
}

// listing is what a folder holds, name and content.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		b, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		out[e.Name()] = string(b)
	}
	return out
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 { // the second run replaces the first
		files, err := Write(dir, sample())
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != 2 || filepath.Base(files[0]) != "matches.xlsx" || filepath.Base(files[1]) != "matches.html" {
			t.Fatalf("files %v", files)
		}
		for _, f := range files {
			info, err := os.Stat(f)
			if err != nil || info.Size() == 0 || info.Mode().Perm() != 0o644 {
				t.Errorf("%s: %v %v", f, info, err)
			}
		}
		if got := listing(t, dir); len(got) != 2 {
			t.Errorf("left behind: %d files", len(got))
		}
	}
}

// TestWriteFullDisk fills the disk while the second file is written.
func TestWriteFullDisk(t *testing.T) {
	parts := []part{{"matches.xlsx", XLSX}, {"matches.html", func(w io.Writer, in Input) error {
		if _, err := io.WriteString(w, "<html>half"); err != nil {
			return err
		}
		return HTML(failAfter(1000), in)
	}}}
	root := t.TempDir()
	_, err := writeAll(filepath.Join(root, "new", "out"), sample(), parts)
	if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("got %v", err)
	}
	if got := listing(t, root); len(got) != 0 {
		t.Errorf("folders left behind: %v", got)
	}
	dir := filepath.Join(root, "old")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "matches.html"), []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := writeAll(dir, sample(), parts); err == nil {
		t.Error("no error")
	}
	if got := listing(t, dir); len(got) != 1 || got["matches.html"] != "before" {
		t.Errorf("the former report is gone: %v", len(got))
	}
}

func TestWriteWhereNothingCanStand(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	taken := filepath.Join(root, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "matches.html"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"a file": file, "below a file": filepath.Join(file, "out"), "a folder of the report's name": taken,
		"too long": filepath.Join(root, strings.Repeat("长", 200)),
	} {
		files, err := Write(dir, sample())
		if files != nil || zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v %v", name, files, err)
		}
		if err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), root)) {
			t.Errorf("%s: %q is not one sentence that says where", name, err)
		}
	}
	if got := listing(t, root); len(got) != 2 || len(listing(t, taken)) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

func TestWriteWithoutPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Join(dir, "new")} {
		if _, err := Write(d, sample()); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
			t.Errorf("%s: %v", d, err)
		}
	}
}

// TestSwapPutsBack lets the second rename fail: the first place must be as it was.
func TestSwapPutsBack(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"t1": "new", "a": "old a", "b": "old b"} {
		if err := os.WriteFile(path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var s swap
	s.add(path("t1"), path("a"))
	s.add(path("t2"), path("b")) // t2 does not exist
	if err := s.commit(); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v", err)
	}
	s.clear()
	if got := listing(t, dir); len(got) != 2 || got["a"] != "old a" || got["b"] != "old b" {
		t.Errorf("got %v", got)
	}
}

func TestExplain(t *testing.T) {
	known := zhuanhua.Invalid("x", "y", "z")
	for want, err := range map[string]error{
		"the disk is full": syscall.ENOSPC, "no permission": &fs.PathError{Op: "open", Path: "p", Err: syscall.EACCES},
		"no permission to": syscall.EROFS, "a file": syscall.ENOTDIR, "cannot be written": errors.New("odd"), "y": known,
	} {
		if got := explain("out", err).Error(); !strings.Contains(got, want) {
			t.Errorf("%v: %q", err, got)
		}
	}
}
