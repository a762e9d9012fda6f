package rank

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strings"

	"zhuanhua"
)

// A file of weights holds numbers alone: magic, Version, the stamps of the features and of the encoder,
// what it was learned from, the centre, both models, and a checksum over all before it.
const magic = "ZHRK\x00\r\n\x1a"

// Version is that of the file and of how features are computed: weights of another are refused.
const Version = 2

// Stamp is the fingerprint of something that weights depend on.
type Stamp [sha256.Size]byte

// StampOf is the fingerprint of a revision.
func StampOf(revision string) Stamp { return sha256.Sum256([]byte(revision)) }

// featureStamp is that of the features, in their order.
func featureStamp() Stamp {
	var b strings.Builder
	for _, f := range names {
		b.WriteString(f.name)
		b.WriteByte('\n')
	}
	return StampOf(b.String())
}

//go:embed weights.bin
var shipped []byte

// Shipped is the ranker that the program comes with.
func Shipped() (*Ranker, error) { return Read("the ranker of this program", shipped) }

type header struct {
	Magic    [8]byte
	Version  uint32
	Features Stamp
	Encoder  Stamp
	Training Training
	Centre   uint32 // numbers
	Hidden   [2]uint32
}

// limits of what a file may claim, so that a broken one costs no memory.
const (
	mostHidden = 1 << 12
	mostCentre = 1 << 14
)

// Write is the file of a ranker.
func (r *Ranker) Write() []byte {
	h := header{Version: Version, Features: featureStamp(), Encoder: r.Encoder, Training: r.Training, Centre: uint32(len(r.Centre))}
	copy(h.Magic[:], magic)
	models := []*Model{&r.Hybrid, &r.Lexical}
	for i, m := range models {
		h.Hidden[i] = uint32(m.Net.Hidden)
	}
	var b bytes.Buffer
	put := func(v any) { binary.Write(&b, binary.LittleEndian, v) } // a buffer takes everything
	put(h)
	put(r.Centre)
	for _, m := range models {
		for _, v := range m.parts() {
			put(v)
		}
	}
	put(crc32.ChecksumIEEE(b.Bytes()))
	return b.Bytes()
}

// parts are the numbers of a model, in the order of the file.
func (m *Model) parts() []any {
	return []any{&m.Net.Mean, &m.Net.Inverse, &m.Net.Linear, m.Net.In, m.Net.Bias, m.Net.Out, &m.Levels}
}

// Read reads a file of weights; name is what errors call it.
func Read(name string, data []byte) (*Ranker, error) {
	broken := func(what string) error {
		return zhuanhua.Invalid(name, what, "make the weights again with zhuanhua learn ranker, or take those of the program")
	}
	if len(data) < 12 || string(data[:len(magic)]) != magic {
		return nil, broken("this is no file of ranking weights")
	}
	if v := binary.LittleEndian.Uint32(data[8:]); v != Version {
		return nil, broken(fmt.Sprintf("the weights have version %d, this program reads %d", v, Version))
	}
	body := data[:len(data)-4]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(data[len(body):]) {
		return nil, broken("the weights are damaged: their checksum does not fit")
	}
	in := bytes.NewReader(body)
	var h header
	if err := binary.Read(in, binary.LittleEndian, &h); err != nil {
		return nil, broken("the weights are cut short")
	}
	if h.Features != featureStamp() {
		return nil, broken("the weights were learned with other features than this program computes")
	}
	if h.Centre > mostCentre || h.Hidden[0] > mostHidden || h.Hidden[1] > mostHidden {
		return nil, broken("the weights claim more numbers than there can be")
	}
	r := &Ranker{Encoder: h.Encoder, Training: h.Training, Centre: make([]float32, h.Centre)}
	parts := []any{r.Centre}
	for i, m := range []*Model{&r.Hybrid, &r.Lexical} {
		n := int(h.Hidden[i])
		m.Net = &Net{Hidden: n, In: make([]float32, Features*n), Bias: make([]float32, n), Out: make([]float32, n)}
		parts = append(parts, m.parts()...)
	}
	for _, p := range parts {
		if err := binary.Read(in, binary.LittleEndian, p); err != nil {
			return nil, broken("the weights are cut short")
		}
	}
	if in.Len() > 0 || !r.sound() {
		return nil, broken("the weights hold what is no number, or more than they should")
	}
	return r, nil
}

// sound reports whether all numbers are numbers.
func (r *Ranker) sound() bool {
	finite := func(list []float32) bool {
		for _, x := range list {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				return false
			}
		}
		return true
	}
	for _, m := range []*Model{&r.Hybrid, &r.Lexical} {
		n := m.Net
		for _, list := range [][]float32{n.Mean[:], n.Inverse[:], n.Linear[:], n.In, n.Bias, n.Out} {
			if !finite(list) {
				return false
			}
		}
		for _, l := range m.Levels {
			if !l.sound() {
				return false
			}
		}
	}
	return finite(r.Centre)
}

func (l *Levels) sound() bool {
	for _, list := range [][]float64{{l.Slope}, l.Kind[:], l.Above[:]} {
		for _, x := range list {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return false
			}
		}
	}
	return true
}
