package store

import (
	"io"
	"os"
	"path/filepath"
	"strings"
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
