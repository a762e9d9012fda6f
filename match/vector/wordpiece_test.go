package vector

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var (
	update = flag.Bool("update", false, "write the golden files anew from the reference (ZHUANHUA_TOKENIZER_PYTHON)")
	all    = flag.Bool("all", false, "compare the tokenizer on all of the shared data, not a fifth of it")
)

const (
	goldenIDs     = "testdata/tokenizer.jsonl.gz"
	goldenClasses = "testdata/tokenizer-classes.txt.gz"
	tokenizerPath = "parts/files/common/tokenizer.json"
)

// golden is one line of the golden file: a text, its ids, its ids with capitals and accents folded.
type golden struct {
	Text string
	IDs  [2][]int32
}

// TestWordPieceGolden compares with what the reference made of the same texts once.
func TestWordPieceGolden(t *testing.T) {
	w := testTokenizer(t)
	if *update {
		writeGolden(t)
	}
	checkTexts := 0
	for line := range strings.Lines(readGzip(t, goldenIDs)) {
		var g golden
		if err := json.Unmarshal([]byte(line), &g); err != nil {
			t.Fatal(err)
		}
		compareIDs(t, w, g)
		checkTexts++
	}
	if checkTexts < 2000 {
		t.Errorf("only %d texts in the golden file", checkTexts)
	}
}

// TestWordPieceReference compares with the reference itself, where it is installed, on texts of
// other seeds and on those of the shared data.
func TestWordPieceReference(t *testing.T) {
	w := testTokenizer(t)
	if os.Getenv("ZHUANHUA_TOKENIZER_PYTHON") == "" {
		t.Skip("ZHUANHUA_TOKENIZER_PYTHON is not set: " +
			"ZHUANHUA_TOKENIZER_PYTHON=$(tools/tokenizer-reference) compares with the reference itself, not only with the golden file")
	}
	texts := append(nasty(5000, 7), abstracts(1000, 8)...)
	shared := sharedTexts(t)
	if !*all {
		// The rest adds minutes under the race detector and has not differed yet.
		n := 0
		shared = slices.DeleteFunc(shared, func(string) bool { n++; return n%5 != 0 })
	}
	texts = append(texts, shared...)
	for i, ids := range askReference(t, texts) {
		compareIDs(t, w, golden{texts[i], ids})
	}
	t.Logf("%d texts compared, %d of them from the shared data", len(texts), len(shared))
}

func compareIDs(t *testing.T, w *WordPiece, g golden) {
	t.Helper()
	for i, tok := range []*WordPiece{w, w.Lower()} {
		if got := tok.Encode(nil, g.Text, 512); !slices.Equal(got, g.IDs[i]) {
			t.Fatalf("folded %v: ids of %q\n got %v\nwant %v", i == 1, g.Text, got, g.IDs[i])
		}
	}
}

// TestWordPieceClasses compares what is done with each single character.
func TestWordPieceClasses(t *testing.T) {
	w := testTokenizer(t)
	if *update {
		writeGzip(t, goldenClasses, runReference(t, nil, "--classes"))
	}
	names := map[string]class{"word": classWord, "alone": classAlone, "space": classSpace, "drop": classDrop}
	next := rune(0)
	for line := range strings.Lines(readGzip(t, goldenClasses)) {
		var from, to rune
		var name string
		if _, err := fmt.Sscanf(line, "%X %X %s", &from, &to, &name); err != nil || from != next {
			t.Fatalf("golden line %q: %v", line, err)
		}
		next = to + 1
		for r := from; r <= to && name != "surrogate"; r++ {
			if got := w.classOf(r); got != names[name] {
				t.Errorf("U+%04X has class %d, want %s", r, got, name)
			}
		}
	}
	if next != utf8.MaxRune+1 {
		t.Errorf("the golden file ends at U+%X", next)
	}
}

func TestWordPieceCuts(t *testing.T) {
	w := testTokenizer(t)
	if got := w.Encode(nil, "甲[SEP]乙", 2); len(got) != 2 {
		t.Errorf("limit 2 gives %v", got)
	}
	long := strings.Repeat("石墨烯 unbelievable ", 100_000)
	if got := w.Encode([]int32{7}, long, 512); len(got) != 513 || got[0] != 7 || got[512] != w.last {
		t.Errorf("a long text gives %d ids", len(got))
	}
	if got := w.Encode(nil, "\xff\xfe\x80", 512); len(got) != 2 {
		t.Errorf("bytes that are no text give %v", got)
	}
}

func TestWordPieceRefuses(t *testing.T) {
	bert := `"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},"model":{"type":"WordPiece","unk_token":"[UNK]","vocab":`
	for name, file := range map[string]string{
		"empty":         "",
		"cut":           `{"model":{"type":"Word`,
		"other kind":    `{"model":{"type":"Unigram"}}`,
		"no vocabulary": `{` + bert + `{}}}`,
		"odd token":     `{"added_tokens":[{"id":0,"content":"[X]","lstrip":true}],` + bert + `{"[UNK]":0,"[CLS]":1,"[SEP]":2}}}`,
		"null":          `null`,
	} {
		if _, err := NewWordPiece([]byte(file)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := NewWordPiece([]byte(`{` + bert + `{"[UNK]":0,"[CLS]":1,"[SEP]":2}}}`)); err != nil {
		t.Error(err)
	}
}

func FuzzWordPiece(f *testing.F) {
	w := testTokenizer(f)
	for _, s := range nasty(64, 3) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ids := w.Encode(nil, text, 128)
		if len(ids) < 2 || len(ids) > 128 || ids[0] != w.first || ids[len(ids)-1] != w.last {
			t.Errorf("ids of %q: %v", text, ids)
		}
	})
}

func BenchmarkWordPiece(b *testing.B) {
	w := testTokenizer(b)
	texts := abstracts(1000, 1)
	chars := 0
	for _, s := range texts {
		chars += utf8.RuneCountInString(s)
	}
	var ids []int32
	for b.Loop() {
		for _, s := range texts {
			ids = w.Encode(ids[:0], s, 512)
		}
	}
	b.ReportMetric(float64(chars)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mchars/s")
}

func writeGolden(t *testing.T) {
	texts := append(nasty(2600, 1), abstracts(400, 2)...)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for i, ids := range askReference(t, texts) {
		if err := enc.Encode(golden{texts[i], ids}); err != nil {
			t.Fatal(err)
		}
	}
	writeGzip(t, goldenIDs, out.Bytes())
}

// askReference runs the reference on texts and returns both lists of ids of each.
func askReference(t *testing.T, texts []string) [][2][]int32 {
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, s := range texts {
		if err := enc.Encode(s); err != nil {
			t.Fatal(err)
		}
	}
	var all [][2][]int32
	for line := range bytes.Lines(runReference(t, in.Bytes())) {
		var ids [2][]int32
		if err := json.Unmarshal(line, &ids); err != nil {
			t.Fatal(err)
		}
		all = append(all, ids)
	}
	if len(all) != len(texts) {
		t.Fatalf("the reference answered %d of %d texts", len(all), len(texts))
	}
	return all
}

func runReference(t *testing.T, in []byte, args ...string) []byte {
	script := filepath.Join("..", "..", "tools", "tokenizer-reference.py")
	cmd := exec.Command(os.Getenv("ZHUANHUA_TOKENIZER_PYTHON"), append([]string{script, tokenizerPath}, args...)...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sharedTexts returns every string in the evaluation data that lies beside the repository, if any.
func sharedTexts(t *testing.T) []string {
	var texts []string
	root := filepath.Join("..", "..", "..", "shared", "data")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".jsonl" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for sc := lines(f); sc.Scan(); {
			var record map[string]any
			if json.Unmarshal(sc.Bytes(), &record) != nil {
				continue
			}
			for _, v := range record {
				if s, ok := v.(string); ok {
					texts = append(texts, s)
				}
			}
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return texts
}

func lines(r io.Reader) *bufio.Scanner {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 64<<20)
	return sc
}

func readGzip(t *testing.T, path string) string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writeGzip(t *testing.T, path string, content []byte) {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
