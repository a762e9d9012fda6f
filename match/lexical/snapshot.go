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
	"runtime"
	"unsafe"

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
// nothing after the last. Every array begins at a multiple of 8 bytes, so that the file can be
// mapped and the arrays used in place.
const (
	snapshotMagic   = "zhlexic\n"
	snapshotVersion = 2
	maxSegments     = 1 << 20
)

// The kinds of section.
const (
	sectionSettings uint32 = iota + 1
	sectionShape           // of a segment: the number of its documents
	sectionKeys
	sectionPlaces
	sectionFences
	sectionLong
	sectionData
	sectionWide
	sectionLens
	sectionNames
	sectionNameAt
	sectionRareAt
	sectionRare
	sectionDead
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

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
	w := &sectionWriter{to: to}
	put(w, sectionSettings, v.opt.encode(len(v.parts)))
	for i := range v.parts {
		p := &v.parts[i]
		put(w, sectionShape, []uint32{uint32(p.docs)})
		put(w, sectionKeys, p.keys)
		put(w, sectionPlaces, p.places)
		put(w, sectionFences, p.fences)
		put(w, sectionLong, p.long)
		put(w, sectionData, p.data)
		put(w, sectionWide, p.wide)
		put(w, sectionLens, p.lens)
		put(w, sectionNames, []byte(p.names))
		put(w, sectionNameAt, p.nameAt)
		put(w, sectionRareAt, p.rareAt)
		put(w, sectionRare, p.rare)
		put(w, sectionDead, p.dead)
	}
	runtime.KeepAlive(v)
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
	b := rawBytes(v)
	head := binary.LittleEndian.AppendUint32(nil, kind)
	head = binary.LittleEndian.AppendUint32(head, uint32(unsafe.Sizeof(T(0))))
	w.sum = 0
	w.write(binary.LittleEndian.AppendUint64(head, uint64(len(v))))
	w.write(b)
	w.write(make([]byte, padding(len(b))))
	w.write(binary.LittleEndian.AppendUint64(nil, uint64(w.sum)))
}

// padding is how many bytes are missing from n to a multiple of 8.
func padding(n int) int { return -n & 7 }
