package vector

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zhuanhua"
	"zhuanhua/match/vector/kernel"
)

// TestFileLarge: several steps and chunks of a file, found damaged wherever it is; changes after
// opening, saved over the file that is in use.
func TestFileLarge(t *testing.T) {
	rnd := rand.New(rand.NewPCG(10, 10))
	vecs := clusters(rnd, 20_000, wideModel.Dim)
	x := wideIndex(t, vecs, kernel.Best())
	x.DeleteAll("d0000000", "d0000100")
	path := filepath.Join(t.TempDir(), "x.idx")
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 9, 40, 70, 5000, fileStep, fileStep + 100, 2*fileStep + 5, len(good) - 1} {
		good[at] ^= 1
		if _, err := openIndex(good, wideModel); err == nil {
			t.Errorf("byte %d changed, and opened", at)
		}
		good[at] ^= 1
	}
	y, err := LoadIndex(path, wideModel)
	if err != nil {
		t.Fatal(err)
	}
	same(t, x, y, vecs[:20])
	for _, z := range []*Index{x, y} {
		z.DeleteAll("d0000001", "d0019999")
		if _, err := z.AddAll([]Entry{{"new", vecs[100:103]}, {"d0000005", vecs[0:1]}}); err != nil {
			t.Fatal(err)
		}
	}
	same(t, x, y, vecs[:20])
	if err := y.Save(path); err != nil {
		t.Fatal(err)
	}
	same(t, x, y, vecs[:20])
	z, err := LoadIndex(path, wideModel)
	if err != nil {
		t.Fatal(err)
	}
	same(t, x, z, vecs[:20])
	for _, i := range []*Index{x, y, z, z} {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	}
}

// same asks two indexes.
func same(t *testing.T, x, y *Index, asked []Vec) {
	t.Helper()
	for _, vec := range asked {
		q, err := x.PrepareVec(vec)
		if err != nil {
			t.Fatal(err)
		}
		a, b := x.View().Find(q, Ask{K: 10}), y.View().Find(q, Ask{K: 10})
		if len(a) != 10 || !slices.Equal(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	}
	if x.Len() != y.Len() || x.Docs() != y.Docs() {
		t.Fatalf("%d and %d documents", x.Len(), y.Len())
	}
}

// TestFileForged: numbers that do not agree are found out although every sum is right.
func TestFileForged(t *testing.T) {
	x := NewIndex(testModel)
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, id := range []string{"a", "bb", "ccc", "dddd"} {
		x.Add(id, clusters(rnd, 2, testModel.Dim)...)
	}
	x.Delete("bb")
	path := filepath.Join(t.TempDir(), "x.idx")
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := readLayout(good, testModel)
	if err != nil {
		t.Fatal(err)
	}
	table := l.documents
	for name, forge := range map[string]func(b []byte){
		"nothing":                func([]byte) {},
		"a row more":             func(b []byte) { b[table]++ },
		"a row less":             func(b []byte) { b[table]-- },
		"many rows":              func(b []byte) { b[table+3] = 0x7f },
		"rows less than none":    func(b []byte) { b[table] = 0xfe; b[table+1], b[table+2], b[table+3] = 0xff, 0xff, 0xff },
		"a longer id":            func(b []byte) { b[table+4]++ },
		"an id of 4 GB":          func(b []byte) { b[table+7] = 0xff },
		"one id twice":           func(b []byte) { copy(b[table+8*l.docs+9:], "a"); b[table+8*3+4], b[table+8*2+4] = 1, 6 },
		"another dimension":      func(b []byte) { b[len(indexMagic)]++ },
		"no dimension":           func(b []byte) { clear(b[len(indexMagic):][:4]) },
		"more documents":         func(b []byte) { b[len(indexMagic)+4]++ },
		"4 billion documents":    func(b []byte) { binary.LittleEndian.PutUint32(b[len(indexMagic)+4:], 1<<32-1) },
		"4 billion rows":         func(b []byte) { binary.LittleEndian.PutUint32(b[len(indexMagic)+8:], 1<<32-1) },
		"a revision of 4 GB":     func(b []byte) { binary.LittleEndian.PutUint32(b[len(indexMagic)+12:], 1<<32-1) },
		"ids beyond all numbers": func(b []byte) { binary.LittleEndian.PutUint64(b[len(indexMagic)+16:], 1<<64-1) },
		"the version before":     func(b []byte) { b[len(indexMagic)-1]-- },
	} {
		bad := slices.Clone(good)
		forge(bad)
		binary.LittleEndian.PutUint32(bad[fixedHead:], crc32.Checksum(bad[l.head:], crcTable()))
		binary.LittleEndian.PutUint32(bad[l.head-4:], crc32.Checksum(bad[:l.head-4], crcTable()))
		if _, err := openIndex(bad, testModel); (err == nil) != (name == "nothing") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFileEmpty: an index of nothing, and one whose documents have no passages.
func TestFileEmpty(t *testing.T) {
	x := NewIndex(testModel)
	path := filepath.Join(t.TempDir(), "x.idx")
	for _, id := range []string{"", "a", "b"} {
		if id != "" {
			if _, err := x.Add(id); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.Save(path); err != nil {
			t.Fatal(err)
		}
		y, err := LoadIndex(path, testModel)
		if err != nil {
			t.Fatal(err)
		}
		q := testQuery(t, y, rand.New(rand.NewPCG(1, 1)))
		if y.Len() != x.Len() || len(y.View().Find(q, Ask{K: 3})) != 0 || len(y.View().Scores(q)) != x.Docs() {
			t.Errorf("%d documents, want %d", y.Len(), x.Len())
		}
		if err := y.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadIndex(path, testModel); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Errorf("an empty file: %v", err)
	}
}
