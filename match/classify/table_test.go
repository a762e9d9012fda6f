package classify

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTables makes the embedded table of the IPC again from the reference tables beside the
// repository and compares. UPDATE=1 writes it.
func TestTables(t *testing.T) {
	shared := os.Getenv("ZHUANHUA_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	dir := filepath.Join(shared, "data", "reference")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the reference tables are not here, so the embedded copy cannot be compared: %v", err)
	}
	want := tableFrom(t, readCSV(t, filepath.Join(dir, "ipc_2026_zh.csv")), readCSV(t, filepath.Join(dir, "ipc_2026_zh_subgroups.csv")))
	if os.Getenv("UPDATE") != "" {
		var packed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if _, err := io.WriteString(w, want); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("ipc.txt.gz", packed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	r, err := gzip.NewReader(bytes.NewReader(ipcTable))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || string(got) != want {
		t.Errorf("ipc.txt.gz is not what the reference tables give (%v); UPDATE=1 makes it again", err)
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// tableFrom writes code and title down to the subclass, then titles of main groups and subgroups.
func tableFrom(t *testing.T, codes, subgroups [][]string) string {
	below := map[string][]string{}
	for _, r := range subgroups {
		below[r[1]] = append(below[r[1]], "\t\t"+oneLine(r[2])+"\n")
	}
	var upper []string
	for _, r := range codes {
		code, level, parent, title := r[0], r[1], r[2], oneLine(r[3])
		if level == "main_group" {
			below[parent] = append(append(below[parent], "\t"+title+"\n"), below[code]...)
			continue
		}
		upper = append(upper, code+"\t"+title+"\n")
	}
	slices.Sort(upper) // a code comes before those that begin with it
	var b strings.Builder
	for _, line := range upper {
		b.WriteString(line)
		code, _, _ := strings.Cut(line, "\t")
		for _, l := range below[code] {
			b.WriteString(l)
		}
	}
	if b.Len() < 1_000_000 {
		t.Fatalf("the reference tables give %d bytes only", b.Len())
	}
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
