package rank

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"zhuanhua"
)

func someRanker() *Ranker {
	r := rand.New(rand.NewPCG(5, 6))
	out := &Ranker{Encoder: StampOf("示例"), Centre: []float32{0.6, 0.8}, Training: Training{Seed: 3, Needs: 9}}
	out.Hybrid = Model{anyNet(r, 6), [Forms]Levels{{Slope: 1, Above: [3]float64{2, 1, 0}}, {Slope: 3}, {Slope: 4}}}
	out.Lexical = Model{anyNet(r, 4), [Forms]Levels{{Slope: 2, Above: [3]float64{1, 0, -1}}, {Slope: 5}, {Slope: 6}}}
	return out
}

func TestFileComesBack(t *testing.T) {
	want := someRanker()
	data := want.Write()
	got, err := Read("示例", data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Write(), data) {
		t.Error("what was read writes other bytes")
	}
	x, h := Row{3: 1, 7: -2}, make([]float32, 10)
	for f := range Forms {
		if got.Hybrid.Judge(&x, f, h) != want.Hybrid.Judge(&x, f, h) || got.Lexical.Judge(&x, f, h) != want.Lexical.Judge(&x, f, h) {
			t.Errorf("what was read judges a need of form %d otherwise", f)
		}
	}
	if got.Training != want.Training || got.Encoder != want.Encoder {
		t.Errorf("training %+v, want %+v", got.Training, want.Training)
	}
}

// TestBrokenFiles: each is refused in words that say what is wrong.
func TestBrokenFiles(t *testing.T) {
	good := someRanker().Write()
	changed := func(change func(b []byte)) []byte {
		b := bytes.Clone(good[:len(good)-4])
		change(b)
		return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	}
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"empty", "no file of ranking weights", nil},
		{"other file", "no file of ranking weights", []byte("PK\x03\x04 something else")},
		{"version", "version 99", changed(func(b []byte) { b[8] = 99 })},
		{"features", "other features", changed(func(b []byte) { b[12] ^= 1 })},
		{"bit", "checksum", func() []byte { b := bytes.Clone(good); b[len(b)/2] ^= 1; return b }()},
		{"half", "checksum", good[:len(good)/2]},
		{"huge", "more numbers than there can be", changed(func(b []byte) { binary.LittleEndian.PutUint32(b[len(magic)+4+64+32:], 1<<30) })},
		{"no number", "no number", changed(func(b []byte) {
			binary.LittleEndian.PutUint32(b[len(b)-4-8*9*int(Forms):], math.Float32bits(float32(math.NaN())))
		})},
	} {
		_, err := Read("示例.bin", c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) || zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: error %v, want one that says %q", c.name, err, c.want)
		}
	}
	long := bytes.Clone(good[:len(good)-4])
	long = append(long, 0, 0, 0, 0)
	if _, err := Read("示例.bin", binary.LittleEndian.AppendUint32(long, crc32.ChecksumIEEE(long))); err == nil {
		t.Error("a file with more than there should be is read")
	}
}
