package vector

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"

	"zhuanhua"
)

// A saved index is: indexMagic; the model's revision and the dimension; the number of document
// numbers and of rows; for each document number its id and number of rows (−1 for a deleted one);
// the scales of all rows, then their values; the SHA-256 of all this. Strings are preceded by their
// length, numbers have 32 bits, the lowest byte first.
const indexMagic = "zhvecix1"

const maxID = 1 << 16 // bytes of an id, so that a damaged length asks for no memory

// Save writes the index as it is now to a file. The file is there whole or, after an error, as it was.
func (x *Index) Save(path string) (err error) {
	s := x.now.Load()
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return saveError(path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = saveError(path, err)
		}
	}()
	w := &indexWriter{w: bufio.NewWriterSize(f, 1<<18), h: sha256.New()}
	w.snapshot(x.model, s)
	if w.err != nil {
		return w.err
	}
	if _, err := w.w.Write(w.h.Sum(nil)); err != nil {
		return err
	}
	if err := w.w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func saveError(path string, err error) error {
	return zhuanhua.Unavailable(path, "the vector index cannot be saved", "check the free space and the permissions of the folder", err)
}

// indexWriter writes and sums up; after an error it does nothing.
type indexWriter struct {
	w   *bufio.Writer
	h   hash.Hash
	err error
}

func (w *indexWriter) bytes(b []byte) {
	if w.err == nil {
		w.h.Write(b)
		_, w.err = w.w.Write(b)
	}
}

func (w *indexWriter) number(n uint32) { w.bytes(binary.LittleEndian.AppendUint32(nil, n)) }

func (w *indexWriter) text(s string) {
	if len(s) > maxID {
		w.err = fmt.Errorf("an id has %d bytes", len(s))
	}
	w.number(uint32(len(s)))
	w.bytes([]byte(s))
}

func (w *indexWriter) snapshot(m Model, s *snapshot) {
	var rows []Vec // in the order of documents, the dead ones left out
	for doc := range s.docs {
		b, at := s.blocks[doc/blockDocs], doc%blockDocs
		for i := range max(0, int(b.count[at])) {
			rows = append(rows, s.row(m.Dim, int(b.first[at])+i))
		}
	}
	w.bytes([]byte(indexMagic))
	w.text(m.Revision)
	w.number(uint32(m.Dim))
	w.number(uint32(s.docs))
	w.number(uint32(len(rows)))
	for doc := range s.docs {
		b, at := s.blocks[doc/blockDocs], doc%blockDocs
		w.text(b.id[at])
		w.number(uint32(b.count[at]))
	}
	for _, v := range rows {
		w.number(math.Float32bits(v.Scale))
	}
	buf := make([]byte, m.Dim)
	for _, v := range rows {
		for i, q := range v.Q {
			buf[i] = byte(q)
		}
		w.bytes(buf)
	}
}

// LoadIndex reads a saved index. It fails with kind unavailable where the file is missing or
// damaged, and with kind conflict where it was made with another model: build the index again then.
func LoadIndex(path string, model Model) (*Index, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, loadError(path, err)
	}
	defer f.Close()
	size, err := checkSum(f)
	if err != nil {
		return nil, loadError(path, err)
	}
	r := &indexReader{r: bufio.NewReaderSize(io.LimitReader(f, size), 1<<18)}
	if string(r.bytes(len(indexMagic))) != indexMagic {
		return nil, loadError(path, errors.New("it is not a vector index of this version"))
	}
	if revision, dim := r.text(), r.number(); r.err == nil && (revision != model.Revision || int(dim) != model.Dim) {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: path,
			What: "the vector index was made with another model than " + model.Name, Do: "build the index again"}
	}
	x := NewIndex(model)
	if err := r.fill(x); err != nil {
		return nil, loadError(path, err)
	}
	return x, nil
}

func loadError(path string, err error) error {
	return zhuanhua.Unavailable(path, "the vector index cannot be read", "build the index again", err)
}

// checkSum verifies the file and goes back to its start; it returns the size without the sum.
func checkSum(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size() - sha256.Size
	if size < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	h := sha256.New()
	if _, err := io.CopyN(h, f, size); err != nil {
		return 0, err
	}
	sum := make([]byte, sha256.Size)
	if _, err := io.ReadFull(f, sum); err != nil {
		return 0, err
	}
	if !bytes.Equal(sum, h.Sum(nil)) {
		return 0, errors.New("it is damaged: its checksum is wrong")
	}
	_, err = f.Seek(0, io.SeekStart)
	return size, err
}

// indexReader reads what indexWriter wrote; after an error it gives zeros.
type indexReader struct {
	r   *bufio.Reader
	err error
}

func (r *indexReader) bytes(n int) []byte {
	b := make([]byte, n)
	if r.err == nil {
		_, r.err = io.ReadFull(r.r, b)
	}
	return b
}

func (r *indexReader) number() uint32 { return binary.LittleEndian.Uint32(r.bytes(4)) }

func (r *indexReader) text() string {
	n := r.number()
	if n > maxID {
		r.err = errors.New("an id is too long")
		return ""
	}
	return string(r.bytes(int(n)))
}

// fill reads documents and rows into an empty index that nobody else has.
func (r *indexReader) fill(x *Index) error {
	docs, rows := int(r.number()), int(r.number())
	s := &snapshot{docs: docs}
	total := 0
	for doc := 0; doc < docs && r.err == nil; doc++ {
		if doc%blockDocs == 0 {
			s.blocks = append(s.blocks, new(block))
		}
		b, at := s.blocks[doc/blockDocs], doc%blockDocs
		b.id[at] = r.text()
		b.first[at], b.count[at] = int32(total), int32(r.number())
		if b.count[at] >= 0 {
			total += int(b.count[at])
			s.live++
			x.ids[b.id[at]] = doc
		}
	}
	if r.err == nil && (total != rows || len(x.ids) != s.live) {
		r.err = errors.New("its numbers do not agree")
	}
	if r.err == nil {
		r.rows(x, s, docs)
	}
	x.now.Store(s)
	return r.err
}

// rows reads the scales and values of all documents' rows.
func (r *indexReader) rows(x *Index, s *snapshot, docs int) {
	zero := Vec{Q: make([]int8, x.model.Dim)}
	for doc := 0; doc < docs; doc++ {
		for i := range max(0, int(s.blocks[doc/blockDocs].count[doc%blockDocs])) {
			zero.Scale = math.Float32frombits(r.number())
			if r.err != nil {
				return
			}
			x.appendRow(s, doc, i, zero)
		}
	}
	for row := range s.rows {
		c, at := s.chunks[row/chunkRows], row%chunkRows
		for i, q := range r.bytes(x.model.Dim) {
			c.q[at*x.model.Dim+i] = int8(q)
		}
	}
}
