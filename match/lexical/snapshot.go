package lexical

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"

	"zhuanhua"
)

// A snapshot is a header and a row of sections, all little-endian:
//
//	header   magic [8]byte, version uint32, zero uint32
//	section  kind uint32, size of an element in bytes uint32, elements uint64,
//	         the elements, zeros up to a multiple of 8 bytes,
//	         CRC-32C of all that uint32, zero uint32
//
// First the settings, then for each segment the sections in the order of the kinds below, and
// nothing after the last. Every array begins at a multiple of 8 bytes, so that a later version
// can map the file and use the arrays in place.
const (
	snapshotMagic   = "zhlexic\n"
	snapshotVersion = 1
	maxSegments     = 1 << 20
)

// The kinds of section.
const (
	sectionSettings uint32 = iota + 1
	sectionKeys
	sectionStarts
	sectionBounds
	sectionPostings
	sectionLens
	sectionNames
	sectionNameAt
	sectionByName
	sectionTermAt
	sectionTermBytes
	sectionDead
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// element is what a section is made of.
type element interface {
	uint8 | uint16 | uint32 | uint64 | float32
}

// Save writes the index as it is now to a file. The file at path is replaced in one step once the
// new one is whole and on disk: after an error or a crash it is as it was. Writers and readers go
// on meanwhile. Errors are of kind zhuanhua.KindUnavailable.
func (ix *Index) Save(path string) error {
	if err := replaceFile(path, ix.View().write); err != nil {
		return zhuanhua.Unavailable(path, "the search index cannot be saved",
			"check that the folder exists, may be written and has room", err)
	}
	return nil
}

// replaceFile puts what fill writes at path, or leaves path alone.
func replaceFile(path string, fill func(io.Writer) error) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".tmp*")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	err = fill(w)
	err = errors.Join(err, w.Flush())
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	if d, err := os.Open(dir); err == nil {
		d.Sync() // makes the new name last; not every file system can, and the data is safe
		d.Close()
	}
	return nil
}

// write writes the snapshot of v.
func (v *View) write(to io.Writer) error {
	head := binary.LittleEndian.AppendUint32([]byte(snapshotMagic), snapshotVersion)
	if _, err := to.Write(binary.LittleEndian.AppendUint32(head, 0)); err != nil {
		return err
	}
	w := &sectionWriter{to: to, buf: make([]byte, 0, 1<<16)}
	put(w, sectionSettings, v.opt.encode(len(v.parts)))
	for i := range v.parts {
		p := &v.parts[i]
		put(w, sectionKeys, p.keys)
		put(w, sectionStarts, p.starts)
		put(w, sectionBounds, p.bounds)
		put(w, sectionPostings, p.postings)
		put(w, sectionLens, p.lens)
		put(w, sectionNames, []byte(p.names))
		put(w, sectionNameAt, p.nameAt)
		put(w, sectionByName, p.byName)
		put(w, sectionTermAt, p.termAt)
		put(w, sectionTermBytes, p.termBytes)
		put(w, sectionDead, p.dead)
	}
	return w.err
}

// encode is what a snapshot holds of the options, with the number of its segments in front.
func (o Options) encode(segments int) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(segments))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(o.K1))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(o.B))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(o.Weights)))
	for _, w := range o.Weights {
		b = binary.LittleEndian.AppendUint32(b, uint32(w))
	}
	return append(b, o.Tag...)
}

// sectionWriter writes sections; after the first error it does nothing.
type sectionWriter struct {
	to  io.Writer
	sum uint32
	buf []byte
	err error
}

func (w *sectionWriter) write(b []byte) {
	if w.err != nil {
		return
	}
	w.sum = crc32.Update(w.sum, castagnoli, b)
	_, w.err = w.to.Write(b)
}

// put writes one section.
func put[T element](w *sectionWriter, kind uint32, v []T) {
	size := binary.Size(T(0))
	head := binary.LittleEndian.AppendUint32(w.buf[:0], kind)
	head = binary.LittleEndian.AppendUint32(head, uint32(size))
	w.sum = 0
	w.write(binary.LittleEndian.AppendUint64(head, uint64(len(v))))
	for rest := v; len(rest) > 0; {
		n := min(len(rest), cap(w.buf)/size)
		b, err := binary.Append(w.buf[:0], binary.LittleEndian, rest[:n])
		w.err = errors.Join(w.err, err)
		w.write(b)
		rest = rest[n:]
	}
	w.write(make([]byte, padding(len(v)*size)))
	w.write(binary.LittleEndian.AppendUint64(w.buf[:0], uint64(w.sum)))
}

// padding is how many bytes are missing from n to a multiple of 8.
func padding(n int) int { return -n & 7 }
