package lexical

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/match/text"
)

// worn makes an index of several segments with dead documents, and what it holds.
func worn(t testing.TB, seed uint64, n int) (*Index, corpus) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	ix, c := newIndex(t), corpus{}
	for range 5 {
		var docs []Doc
		for range n {
			d := randomDoc(rng, id(rng.IntN(8*n)))
			docs, c[d.ID] = append(docs, d), d
		}
		if err := ix.Add(docs...); err != nil {
			t.Fatal(err)
		}
		ix.Settle() // so that the segments are the same every time
	}
	ix.Delete(id(1), id(2))
	ix.Settle()
	delete(c, id(1))
	delete(c, id(2))
	return ix, c
}

// snapshot is the bytes that Save writes.
func snapshot(t testing.TB, ix *Index) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := ix.View().write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSnapshot(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	path := filepath.Join(t.TempDir(), "index")
	for _, n := range []int{0, 1, 100} {
		ix, c := worn(t, uint64(n), n)
		for range 2 { // onto nothing, and onto a file
			if err := ix.Save(path); err != nil {
				t.Fatal(err)
			}
		}
		opened, err := Open(path, Options{Weights: weights, K1: 1.2, B: 0.75})
		if err != nil {
			t.Fatal(err)
		}
		checkView(t, opened.View(), c, rng)
		if !bytes.Equal(snapshot(t, opened), snapshot(t, ix)) {
			t.Error("an opened index saves as something else")
		}
		d := randomDoc(rng, id(3)) // and it can go on
		c[d.ID] = d
		if err := opened.Add(d); err != nil {
			t.Fatal(err)
		}
		checkView(t, opened.View(), c, rng)
	}
	if left, _ := filepath.Glob(path + ".tmp*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestFormat holds the format still: a change of what Save writes needs a new snapshotVersion, or
// programs in the field take old files for damaged. Then write the new file with UPDATE=1.
func TestFormat(t *testing.T) {
	ix, _ := worn(t, 6, 4)
	path := fmt.Sprintf("testdata/version-%d.snapshot", snapshotVersion)
	if os.Getenv("UPDATE") != "" {
		if err := ix.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	if golden, err := os.ReadFile(path); err != nil || !bytes.Equal(golden, snapshot(t, ix)) {
		t.Errorf("what Save writes is not %s (%v)", path, err)
	}
}

// TestDamage changes the file in places drawn at random and checks that it is refused.
func TestDamage(t *testing.T) {
	ix, _ := worn(t, 1, 20)
	whole := snapshot(t, ix)
	path := filepath.Join(t.TempDir(), "index")
	rng := rand.New(rand.NewPCG(2, 3))
	for i := range 300 {
		b := bytes.Clone(whole)
		at := rng.IntN(len(b))
		switch i % 6 {
		case 0:
			b = b[:at]
		case 1:
			b = append(b, 0)
		case 2:
			b = append(b[:at:at], b[at+1:]...)
		case 3:
			b[at] ^= 1 << rng.IntN(8)
		case 4: // a sector of zeros
			clear(b[at:min(at+512, len(b))])
		case 5: // the head of a section, where lengths stand
			b[16+rng.IntN(24)] ^= byte(1 + rng.IntN(255))
		}
		if bytes.Equal(b, whole) {
			continue
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path, Options{Weights: weights})
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Fatalf("damage %d of kind %d at %d: %v", i, i%6, at, err)
		}
		if s := err.Error(); strings.Contains(s, "\n") || !strings.Contains(s, path) || !strings.HasSuffix(s, rebuild) {
			t.Fatalf("%q does not say what, where and what to do", s)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	ix, _ := worn(t, 1, 5)
	dir := t.TempDir()
	path := filepath.Join(dir, "index")
	if err := ix.Save(path); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"weights": {Weights: []int{3, 1}},
		"fields":  {Weights: []int{2, 1, 1}},
		"K1":      {Weights: weights, K1: 1.3, B: 0.75},
		"B":       {Weights: weights, K1: 1.2, B: 0.5},
		"tag":     {Weights: weights, Tag: "segmentation 2"},
	} {
		if _, err := Open(path, o); err == nil || !strings.Contains(err.Error(), errOptions.Error()) {
			t.Errorf("other %s: %v", name, err)
		}
	}
	b := snapshot(t, ix)
	b[8]++
	newer := filepath.Join(dir, "newer")
	if err := os.WriteFile(newer, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]zhuanhua.Kind{
		newer:                     zhuanhua.KindInvalid,
		dir:                       zhuanhua.KindUnavailable,
		filepath.Join(dir, "not"): zhuanhua.KindNotFound,
	} {
		if _, err := Open(at, Options{Weights: weights}); zhuanhua.KindOf(err) != want {
			t.Errorf("%s: %v, want kind %s", at, err, want)
		}
	}
	if _, err := Open(path, Options{}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Errorf("bad options: %v", err)
	}
}

// TestSaveFails checks that a failed save leaves the old file and nothing else.
func TestSaveFails(t *testing.T) {
	ix, _ := worn(t, 1, 5)
	dir := t.TempDir()
	if err := ix.Save(filepath.Join(dir, "no", "index")); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Errorf("into no folder: %v", err)
	}
	path := filepath.Join(dir, "index")
	if err := ix.Save(path); err != nil {
		t.Fatal(err)
	}
	err := replaceFile(path, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		return io.ErrShortWrite // a full disk
	})
	if err == nil {
		t.Fatal("no error from a full disk")
	}
	if _, err := Open(path, Options{Weights: weights}); err != nil {
		t.Errorf("after a failed save: %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
}

// seal puts right the checksums of a damaged snapshot, as far as its sections can be followed.
func seal(b []byte) {
	const head = 16
	for at := head; at+head+8 <= len(b); {
		size := uint64(binary.LittleEndian.Uint32(b[at+4:]))
		n := binary.LittleEndian.Uint64(b[at+8:])
		if size == 0 || size > 8 || n > uint64(len(b)) {
			return
		}
		end := at + head + int(n*size) + padding(int(n*size))
		if end+8 > len(b) {
			return
		}
		binary.LittleEndian.PutUint64(b[end:], uint64(crc32.Checksum(b[at:end], castagnoli)))
		at = end + 8
	}
}

// use does with an opened index all that could go wrong.
func use(t *testing.T, ix *Index) {
	t.Helper()
	v := ix.View()
	for d := range v.Slots() {
		v.ID(d)
		v.DocLen(d)
	}
	v.DFShare(0.5)
	q := Terms(0, 1, 2, text.Gram('电', '池'))
	v.Search(q, 3, nil)
	v.ScoreDocs(q, []int{0, 1}, v.Scores(q, nil))
	if d, ok := v.Doc(v.ID(0)); ok {
		ix.Delete(v.ID(d))
	}
	if err := ix.Add(Doc{"new", [][]text.Term{{1}}}, Doc{id(3), nil}); err != nil {
		t.Fatal(err)
	}
	parts := append([]part(nil), ix.View().parts...)
	if len(parts) > 0 {
		_, _ = merge(parts[:1], ix.opt)
	}
}

// FuzzOpen reads mutated snapshots as they are, which the checksums refuse, and with the checksums
// put right, which only the checks of the contents refuse.
func FuzzOpen(f *testing.F) {
	for _, n := range []int{0, 1, 4} {
		ix, _ := worn(f, uint64(n), n)
		f.Add(snapshot(f, ix))
	}
	f.Add([]byte(snapshotMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		for range 2 {
			ix, err := New(Options{Weights: weights})
			if err != nil {
				t.Fatal(err)
			}
			if parts, err := readSnapshot(&mapping{bytes.Clone(b)}, ix.opt); err == nil {
				ix.publish(parts)
				use(t, ix)
			}
			b = bytes.Clone(b)
			seal(b)
		}
	})
}

// TestSealedDamage is the fuzz test in small: every byte of a snapshot altered, checksums right.
func TestSealedDamage(t *testing.T) {
	ix, _ := worn(t, 4, 3)
	whole := snapshot(t, ix)
	taken := 0
	for at := range whole {
		b := bytes.Clone(whole)
		b[at] ^= 1 << (at % 8)
		seal(b)
		ix := newIndex(t)
		if parts, err := readSnapshot(&mapping{bytes.Clone(b)}, ix.opt); err == nil {
			taken++
			ix.publish(parts)
			use(t, ix)
		}
	}
	if taken == 0 {
		t.Error("no altered snapshot was taken: the checksums are not put right")
	}
}
