package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhuanhua/app"
	"zhuanhua/internal/pgtest"
	"zhuanhua/match/vector"
	"zhuanhua/match/vector/parts"
	"zhuanhua/store"
)

func TestMain(m *testing.M) {
	if os.Getenv("ZHUANHUA_CHILD") != "" {
		if err := childSubmits(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	pgtest.Stop()
	os.Exit(code)
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, do func(t *testing.T, o store.Options)) {
	t.Run("sqlite", func(t *testing.T) { do(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")}) })
	t.Run("postgres", func(t *testing.T) {
		do(t, store.Options{Dir: filepath.Join(t.TempDir(), "data"), URL: pgtest.Database(t)})
	})
}

func open(t testing.TB, o store.Options) (*app.App, *store.Store) {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return app.New(s), s
}

// encoder is the embedded one.
func encoder(t testing.TB) vector.Encoder {
	t.Helper()
	lib, err := parts.Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	model, err := parts.Model()
	if err != nil {
		t.Skip(err)
	}
	tokenizer, err := parts.Tokenizer()
	if err != nil {
		t.Skip(err)
	}
	path, err := vector.Unpack([]string{t.TempDir()}, lib.Name, lib.GZ, lib.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	e, err := vector.OpenLocal(vector.LocalOptions{Name: parts.ModelName, Model: model, Tokenizer: tokenizer, LibraryPath: path, Lowercase: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// workbook writes rows to a new workbook.
func workbook(t testing.TB, rows int, row func(i int) []any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "示例.xlsx")
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func text(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
