package write_test

import (
	"os"
	"path/filepath"
	"testing"

	"zhuanhua/intake"
	"zhuanhua/intake/write"
)

// TestTableComesBack: a table of texts is read as it was written, formulas and leading zeros among them.
func TestTableComesBack(t *testing.T) {
	header := []string{"条目编号（勿改）", "情况（findings）"}
	rows := [][]string{{"visit-2026-0001", "第一行\n第二行"}, {"007", "=1+1"}, {"", ""}, {"x", "2026-03-02"}}
	for _, name := range []string{"a.xlsx", "a.csv"} {
		path := filepath.Join(t.TempDir(), name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		format, _ := write.FormatOf(name)
		if err := write.Table(f, format, "走访", header, rows); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := intake.PlainTable(path, intake.Options{})
		if err != nil || len(got) != 3 {
			t.Fatalf("%s: %+v %v", name, got, err)
		}
		for i, want := range [][]string{rows[0], rows[1], rows[3]} {
			if got[i].Cells[header[0]] != want[0] || got[i].Cells[header[1]] != want[1] {
				t.Errorf("%s: %q, want %q", name, got[i].Cells, want)
			}
		}
	}
}
