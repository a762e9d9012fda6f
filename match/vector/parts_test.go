package vector

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"zhuanhua/match/vector/parts"
)

// The parts that tests need; a test that lacks one is skipped and says so.

func testTokenizer(t testing.TB) *WordPiece {
	t.Helper()
	w, err := NewWordPiece(needPart(t, parts.Tokenizer))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func needPart(t testing.TB, get func() ([]byte, error)) []byte {
	t.Helper()
	b, err := get()
	if err != nil {
		t.Skip(err)
	}
	return b
}

// fullModel is the full-precision model that tools/fetch-parts --full fetches.
func fullModel() ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "..", ".cache", "parts", "model-full.onnx"))
}

func testLibrary(t testing.TB) string {
	t.Helper()
	lib, err := parts.Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	path, err := Unpack([]string{filepath.Join(t.TempDir(), "lib")}, lib.Name, lib.GZ, lib.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func testLocal(t testing.TB, model func() ([]byte, error)) *Local {
	t.Helper()
	l, err := OpenLocal(LocalOptions{Name: parts.ModelName, Model: needPart(t, model),
		Tokenizer: needPart(t, parts.Tokenizer), LibraryPath: testLibrary(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}
