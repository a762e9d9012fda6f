package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zhuanhua"
)

// smallDisk mounts a file system of a few MiB; without the right to mount, the test is skipped.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestDiskFull fills the disk in the middle of a batch: nothing of it is written, and it goes on when
// there is room.
func TestDiskFull(t *testing.T) {
	disk := smallDisk(t, "8m")
	o := Options{Dir: filepath.Join(disk, "data")}
	s := open(t, o)
	put(t, s, "b1", sample()...)
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, bytes.Repeat([]byte("x"), 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	before := dumpOf(t, s)
	var records []zhuanhua.Record
	for i := range 4000 {
		records = append(records, zhuanhua.Achievement{ID: fmt.Sprintf("F-%d", i), Title: "示例", Body: strings.Repeat("示例正文", 100)})
	}
	_, err := s.Record(t.Context(), "test", change("big", records...))
	if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatalf("%v", err)
	}
	t.Log(err)
	if dumpOf(t, s) != before {
		t.Error("a part of the batch was written")
	}
	big := bytes.Repeat([]byte("示例附件"), 1<<20)
	if _, err := s.Attach(t.Context(), "test", "大.bin", bytes.NewReader(big)); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("%v", err)
	}
	err = s.Backup(t.Context(), filepath.Join(disk, "b"), quick)
	if err == nil { // a small backup may fit; fill up what is left
		f, _ := os.Create(filepath.Join(disk, "rest"))
		for {
			if _, err := f.Write(make([]byte, 4096)); err != nil {
				break
			}
		}
		f.Close()
		err = s.Backup(t.Context(), filepath.Join(disk, "b2"), quick)
		os.Remove(f.Name())
	}
	if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("backup: %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(disk, "b*.part"))
	waiting, _ := os.ReadDir(filepath.Join(o.Dir, attachmentsDir, waitingDir))
	if len(left)+len(waiting) > 0 {
		t.Errorf("left over: %v %v", left, waiting)
	}
	mustVerify(t, s)
	os.Remove(ballast)
	put(t, s, "b2", records[:200]...)
	mustVerify(t, s)
	shut(t, s)
	mustVerify(t, open(t, o))
}
