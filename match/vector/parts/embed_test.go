package parts

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"runtime"
	"testing"

	"zhuanhua"
)

// TestParts checks that the parts are all there or all missing, and that what is compressed has the
// checksum that it says.
func TestParts(t *testing.T) {
	model, err := Model()
	if err != nil {
		if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
			t.Error(err)
		}
		t.Skip(err)
	}
	tokenizer, err := Tokenizer()
	if err != nil || len(model) < 1<<20 || len(tokenizer) < 1<<16 {
		t.Errorf("model of %d bytes, tokenizer of %d, %v", len(model), len(tokenizer), err)
	}
	notices, err := Notices()
	if err != nil {
		t.Error(err)
	}
	checkSum(t, notices)
	library, err := Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	checkSum(t, library)
}

func checkSum(t *testing.T, c Compressed) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(c.GZ))
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	if _, err := io.Copy(h, z); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != c.SHA256 || c.Name == "" {
		t.Errorf("%s has checksum %s, not %s", c.Name, got, c.SHA256)
	}
}

func TestLibraryOfOthers(t *testing.T) {
	if _, err := Library("plan9", "mips"); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Error(err)
	}
}
