package store

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhuanhua"
)

// TestAttach keeps a file once, tells its type, and finishes after a crash what was begun.
func TestAttach(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		a, err := s.Attach(t.Context(), "test", "示例.pdf", strings.NewReader("%PDF-1.4 示例"))
		if err != nil || a.Type != "application/pdf" || a.Size != 15 {
			t.Fatalf("%+v %v", a, err)
		}
		if b, err := s.Attach(t.Context(), "test", "副本.pdf", strings.NewReader("%PDF-1.4 示例")); err != nil || b != a {
			t.Errorf("%+v %v", b, err)
		}
		for _, name := range []string{"", "../x", "a/b", "a\nb"} {
			if _, err := s.Attach(t.Context(), "test", name, strings.NewReader("x")); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
				t.Errorf("%q: %v", name, err)
			}
		}
		mustVerify(t, s)
		shut(t, s)
		// A crash between the event and the move, and one before the event.
		waiting := filepath.Join(o.Dir, attachmentsDir, waitingDir)
		if err := os.Rename(filepath.Join(o.Dir, attachmentsDir, a.place()), filepath.Join(waiting, a.SHA256)); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(waiting, "in-HALF"), []byte("half"), 0o600)
		s = open(t, o)
		r, _, err := s.OpenAttachment(t.Context(), a.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if b, _ := io.ReadAll(r); string(b) != "%PDF-1.4 示例" {
			t.Errorf("%q", b)
		}
		if left, _ := os.ReadDir(waiting); len(left) != 0 {
			t.Errorf("left over: %v", left)
		}
		if _, _, err := s.OpenAttachment(t.Context(), strings.Repeat("0", 64)); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
			t.Error(err)
		}
		mustVerify(t, s)
	})
}

// container is a zip with empty members of these names.
func container(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestTypes: the content says what a file is, and the name may not say otherwise.
func TestTypes(t *testing.T) {
	docx := container(t, "[Content_Types].xml", "word/document.xml")
	xlsx := container(t, "[Content_Types].xml", "xl/workbook.xml")
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	s := open(t, Options{Dir: filepath.Join(t.TempDir(), "data"), MaxFile: 4096})
	for _, c := range []struct{ name, content, want string }{
		{"示例.pdf", "%PDF-1.7 示例", "application/pdf"},
		{"示例.PDF", "%PDF-1.7 示例", "application/pdf"},
		{"示例.docx", docx, typeDocx},
		{"示例.xlsx", xlsx, typeXlsx},
		{"示例.doc", ole, typeOLE},
		{"示例.zip", container(t, "a.txt"), typeZip},
		{"示例.ofd", container(t, "OFD.xml"), typeOFD},
		{"示例.csv", "编号,名称\nMZ-1,示例\n", "text/plain; charset=utf-8"},
		{"MZ.txt", "MZ 是一个示例", "text/plain; charset=utf-8"},
		{"标书.age", "age-encryption.org/v1\n-> X25519 x\n", typeAge},
		{"示例", "示例", "text/plain; charset=utf-8"},
		{"示例.pdf", "\x7fELF" + strings.Repeat("\x00", 100), "!program"},
		{"示例.pdf", "MZ\x90\x00" + strings.Repeat("\x00", 100), "!program"},
		{"示例.txt", "#!/bin/sh\nrm -rf /\n", "!program"},
		{"示例.zip", container(t, "META-INF/MANIFEST.MF", "A.class"), "!program"},
		{"示例.xlsx", container(t, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "!macros"},
		{"示例.pdf", "示例文字", "!not what the name says"},
		{"示例.pdf", docx, "!not what the name says"},
		{"示例.docx", xlsx, "!not what the name says"},
		{"示例.docx", docx[:len(docx)-30], "!not what the name says"},
		{"示例.txt", "<html><script>", "!not what the name says"},
		{"示例.png", "\xff\xd8\xff\xe0 jpeg", "!not what the name says"},
		{"示例.xlsx", ole, "!not what the name says"},
		{"空.pdf", "", "!empty"},
		{"大.txt", strings.Repeat("x", 4097), "!larger"},
	} {
		g, err := s.Stage(c.name, strings.NewReader(c.content))
		words, refused := strings.CutPrefix(c.want, "!")
		switch {
		case refused && (zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "; ")):
			t.Errorf("%s %.10q: %v", c.name, c.content, err)
		case !refused && (err != nil || g.Type != c.want):
			t.Errorf("%s %.10q: %+v %v", c.name, c.content, g, err)
		}
		if g != nil {
			g.Drop()
		}
	}
	if left, _ := os.ReadDir(filepath.Join(s.o.Dir, attachmentsDir, waitingDir)); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

// endless is a file of two GiB of which nothing may be read.
type endless struct{ *os.File }

func (endless) Read([]byte) (int, error) { return 0, errors.New("it was read") }

// TestHugeFile is refused by its size, before any of it is copied.
func TestHugeFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "大.pdf"))
	if err == nil {
		err = f.Truncate(2 << 30) // sparse
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := open(t, Options{Dir: filepath.Join(t.TempDir(), "data")})
	_, err = s.Stage("大.pdf", endless{f})
	if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), "200 MB") {
		t.Error(err)
	}
}

// TestRecordWith: files are recorded with their change or not at all, whoever brings the same content
// at the same time.
func TestRecordWith(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", zhuanhua.Need{ID: "N-1", Title: "示例"})
		var wg sync.WaitGroup
		won := make(chan string, 64)
		for i := range 64 {
			wg.Go(func() {
				content := fmt.Sprintf("示例附件 %d", i%8)
				g, err := s.Stage("示例.txt", strings.NewReader(content))
				if err != nil {
					t.Error(err)
					return
				}
				defer g.Drop()
				c := change(fmt.Sprintf("w%d", i), zhuanhua.Need{ID: "N-1", Title: content})
				if i%2 == 0 {
					c.Items[0].Version = 1 // one of these at most is recorded
				} else {
					c.Items[0].ID, c.Items[0].Version = "N-1", 99 // none of these
				}
				switch _, err := s.RecordWith(t.Context(), "test", c, g); {
				case err == nil:
					won <- g.SHA256
				case zhuanhua.KindOf(err) != zhuanhua.KindConflict:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		close(won)
		var sums []string
		for sum := range won {
			sums = append(sums, sum)
		}
		v, err := s.Verify(t.Context())
		if err != nil || len(v.Findings) > 0 || v.Attachments != 1 || len(sums) != 1 {
			t.Fatalf("%d won, %+v %v", len(sums), v, err)
		}
		r, _, err := s.OpenAttachment(t.Context(), sums[0])
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		if left, _ := os.ReadDir(filepath.Join(o.Dir, attachmentsDir, waitingDir)); len(left) != 0 {
			t.Errorf("left over: %v", left)
		}
	})
}

// TestNamedFiles: a record that names a file which is not kept is found.
func TestNamedFiles(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		a, err := s.Attach(t.Context(), "test", "示例.txt", strings.NewReader("示例附件"))
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, "b1", zhuanhua.Step{ID: "x#001", Files: map[string][]string{"proof": {a.SHA256}}},
			zhuanhua.Case{ID: "x", Bids: []zhuanhua.Bid{{File: a.SHA256, Files: map[string][]string{"plan": {a.SHA256}}}}})
		mustVerify(t, s)
		gone := strings.Repeat("0", 64)
		put(t, s, "b2", zhuanhua.Step{ID: "x#002", Files: map[string][]string{"proof": {a.SHA256, gone}}}, zhuanhua.Case{ID: "y", Bids: []zhuanhua.Bid{{File: gone}}})
		found := strings.Join(findings(t, s), "\n")
		for _, where := range []string{"step/x#002", "case/y"} {
			if !strings.Contains(found, "attachment: "+where+" names the file 000000000000") {
				t.Errorf("%s is not in: %s", where, found)
			}
		}
	})
}

// TestSameContent: sixteen records that bring the same file at once get one attachment.
func TestSameContent(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				g, err := s.Stage("示例.txt", strings.NewReader("示例附件"))
				if err != nil {
					t.Error(err)
					return
				}
				defer g.Drop()
				if _, err := s.RecordWith(t.Context(), "test", change("", zhuanhua.Need{ID: fmt.Sprintf("N-%d", i), Title: g.SHA256}), g, g); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if v, err := s.Verify(t.Context()); err != nil || len(v.Findings) > 0 || v.Attachments != 1 || v.Events != 17 {
			t.Errorf("%+v %v", v, err)
		}
	})
}
