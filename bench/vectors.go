package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"

	"zhuanhua/match/vector"
)

// dim is the dimension of the embedded model.
const dim = 512

const vectorBytes = 4 + dim

func writeRecords(w io.Writer, n int, vec func(i int) vector.Vec) error {
	b := bufio.NewWriterSize(w, 1<<20)
	rec := make([]byte, vectorBytes)
	for i := range n {
		v := vec(i)
		binary.LittleEndian.PutUint32(rec, math.Float32bits(v.Scale))
		for j, q := range v.Q {
			rec[4+j] = byte(q)
		}
		if _, err := b.Write(rec); err != nil {
			return err
		}
	}
	return b.Flush()
}

// vectorFile reads vectors by number without holding them in memory.
type vectorFile struct{ f *os.File }

func openVectors(work, name string) (*vectorFile, error) {
	f, err := os.Open(filepath.Join(work, name))
	return &vectorFile{f}, err
}

func (v *vectorFile) at(i int) (vector.Vec, error) {
	rec := make([]byte, vectorBytes)
	if _, err := v.f.ReadAt(rec, int64(i)*vectorBytes); err != nil {
		return vector.Vec{}, err
	}
	out := vector.Vec{Scale: math.Float32frombits(binary.LittleEndian.Uint32(rec)), Q: make([]int8, dim)}
	for j := range out.Q {
		out.Q[j] = int8(rec[4+j])
	}
	return out, nil
}
