package rank

import (
	"bufio"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// mostBytes is how large the weights may be.
const mostBytes = 5 << 20

func TestShipped(t *testing.T) {
	r, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if len(shipped) > mostBytes {
		t.Errorf("the weights have %d bytes, more than %d", len(shipped), mostBytes)
	}
	if len(r.Centre) != 512 || r.Encoder == (Stamp{}) || r.Training.Needs == 0 {
		t.Errorf("the weights were learned without the encoder: %+v, %d", r.Training, len(r.Centre))
	}
	for name, m := range map[string]*Model{"hybrid": &r.Hybrid, "lexical": &r.Lexical} {
		for f, l := range m.Levels {
			if l.Slope <= 0 || l.Above[0] < l.Above[1] || l.Above[1] < l.Above[2] {
				t.Errorf("%s, needs of form %d: levels %+v do not rise with the value", name, f, l)
			}
		}
	}
}

// pieceLength is how many characters of a text in a row would be a piece that can be read back.
const pieceLength = 6

// pieces are all runs of so many characters that the weights hold, read as UTF-8 and as UTF-16.
func pieces(b []byte) map[string]bool {
	out := map[string]bool{}
	for at := range b {
		rest, n := b[at:], 0
		for i := 0; i < pieceLength; i++ {
			r, size := utf8.DecodeRune(rest[n:])
			if r == utf8.RuneError || r < ' ' {
				n = -1
				break
			}
			n += size
		}
		if n > 0 {
			out[string(rest[:n])] = true
		}
		if len(rest) >= 2*pieceLength {
			var units [pieceLength]uint16
			for i := range units {
				units[i] = binary.LittleEndian.Uint16(rest[2*i:])
			}
			if r := utf16.Decode(units[:]); len(r) == pieceLength {
				out[string(r)] = true
			}
		}
	}
	return out
}

// TestWeightsHoldNoText: no six characters in a row of the evaluation sets stand in the shipped weights.
func TestWeightsHoldNoText(t *testing.T) {
	shared := os.Getenv("ZHUANHUA_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(shared, "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the evaluation sets are not beside the repository; ZHUANHUA_SHARED names their folder")
	}
	held, read := pieces(shipped), 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".jsonl") || strings.Contains(path, "reference") {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			if p := pieceIn(lines.Text(), held); p != "" {
				t.Errorf("%s: the weights hold %q", filepath.Base(path), p)
			}
			read++
		}
		return lines.Err()
	})
	if err != nil || read == 0 {
		t.Fatalf("%d lines read: %v", read, err)
	}
	// The test can fail: a piece that stands in the bytes is found.
	const text = "这是示例文字而已"
	if pieceIn(text, pieces([]byte("\x01\x02"+text+"\x03"))) == "" {
		t.Error("a text among bytes is not found")
	}
}

// pieceIn is a piece of a text that is among others, "" for none.
func pieceIn(s string, held map[string]bool) string {
	var starts [pieceLength]int // of the last characters, in a ring
	n := 0
	for i := range s {
		if n >= pieceLength {
			if p := s[starts[n%pieceLength]:i]; held[p] {
				return p
			}
		}
		starts[n%pieceLength] = i
		n++
	}
	if n >= pieceLength && held[s[starts[n%pieceLength]:]] {
		return s[starts[n%pieceLength]:]
	}
	return ""
}
