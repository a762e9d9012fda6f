package vector

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"runtime"

	"zhuanhua"
)

// A saved index is a head and four sections, each of which begins at a multiple of fileUnit:
//
//	documents  for each document number its number of rows (−1 for a deleted one) and the length of
//	           its id; then all ids
//	scales     of all rows, the rows in the order of documents
//	codes      of all rows
//	values     of all rows
//
// The head is indexMagic; the model's dimension, the number of documents, rows, and bytes of ids, the
// length of the model's revision; the CRC-32C of each fileStep bytes behind the head; the revision;
// and the CRC-32C of the head. Numbers have 32 bits, bytes of ids 64, the lowest byte first. So a file
// is used where it lies, without being read into memory, after its sums are checked.
const (
	indexMagic = "zhvecix2"
	fileUnit   = 64
	fileStep   = 4 << 20
	maxID      = 1 << 16 // bytes of an id or revision, so that a damaged length asks for no memory
	fixedHead  = len(indexMagic) + 4*4 + 8
)

// layout says where the parts of a file are.
type layout struct {
	dim, docs, rows, revision     int
	names                         int // bytes of ids
	sums                          int // of steps
	head                          int // bytes of it
	documents, scale, code, value int // where the sections begin
	end                           int
}

func newLayout(dim, docs, rows, revision, names int) layout {
	l := layout{dim: dim, docs: docs, rows: rows, revision: revision, names: names}
	next := 0
	section := func(bytes int) int {
		at := next
		next = (next + bytes + fileUnit - 1) / fileUnit * fileUnit
		return at
	}
	l.documents = section(8*docs + names)
	l.scale = section(4 * rows)
	l.code = section(8 * codeWords(dim) * rows)
	l.value = section(dim * rows)
	l.sums = (next + fileStep - 1) / fileStep
	l.head = (fixedHead + 4*l.sums + revision + 4 + fileUnit - 1) / fileUnit * fileUnit
	for _, at := range []*int{&l.documents, &l.scale, &l.code, &l.value, &next} {
		*at += l.head
	}
	l.end = next
	return l
}

// crcTable gives the sum that processors have an instruction for.
func crcTable() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

func saveError(path string, err error) error {
	return zhuanhua.Unavailable(path, "the vector index cannot be saved", "check the free space and the permissions of the folder", err)
}

// Save writes the index as it is now to a file. The file is there whole or, after an error, as it was.
func (x *Index) Save(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return saveError(path, err)
	}
	err = x.View().write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return saveError(path, err)
	}
	return nil
}

// write writes the sections, then the head before them, which has their sums.
func (v *View) write(f *os.File) error {
	names := 0
	for doc := range v.docs {
		id := v.blocks[doc/blockDocs].id[doc%blockDocs]
		if len(id) > maxID {
			return fmt.Errorf("the id of a document has %d bytes", len(id))
		}
		names += len(id)
	}
	l := newLayout(v.model.Dim, v.docs, v.rows-v.dead, len(v.model.Revision), names)
	w := &stepWriter{f: f, at: int64(l.head), table: crcTable()}
	v.writeDocuments(w)
	w.align()
	v.eachRow(func(c *chunk, at int) { w.number(math.Float32bits(c.scale[at])) })
	w.align()
	words := codeWords(v.model.Dim)
	v.eachRow(func(c *chunk, at int) {
		for _, x := range c.code[at*words : (at+1)*words] {
			w.buf = binary.LittleEndian.AppendUint64(w.buf, x)
		}
		w.full()
	})
	w.align()
	v.eachRow(func(c *chunk, at int) {
		w.buf = append(w.buf, bytesOf(c.values(at, v.model.Dim))...)
		w.full()
	})
	w.align()
	w.flush()
	if w.err != nil {
		return w.err
	}
	_, err := f.WriteAt(l.headBytes(v.model.Revision, w.sums), 0)
	return err
}

func (v *View) writeDocuments(w *stepWriter) {
	for doc := range v.docs {
		b, at := v.blocks[doc/blockDocs], doc%blockDocs
		w.number(uint32(b.count[at]))
		w.number(uint32(len(b.id[at])))
	}
	for doc := range v.docs {
		w.buf = append(w.buf, v.blocks[doc/blockDocs].id[doc%blockDocs]...)
		w.full()
	}
}

// eachRow calls do with the places of all live rows in the order of documents.
func (v *View) eachRow(do func(c *chunk, at int)) {
	for doc := range v.docs {
		first, count := v.rowsOf(doc)
		for row := first; row < first+count; row++ {
			do(v.chunks[row/chunkRows], row%chunkRows)
		}
	}
}

func (l layout) headBytes(revision string, sums []uint32) []byte {
	b := append(make([]byte, 0, l.head), indexMagic...)
	for _, n := range []int{l.dim, l.docs, l.rows, l.revision} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(l.names))
	for _, sum := range sums {
		b = binary.LittleEndian.AppendUint32(b, sum)
	}
	b = append(b, revision...)
	b = b[:l.head-4] // made of zeros
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crcTable()))
}

// stepWriter writes and sums up by steps; after an error it does nothing.
type stepWriter struct {
	f     *os.File
	at    int64
	buf   []byte
	sums  []uint32
	table *crc32.Table
	err   error
}

// full writes whole steps.
func (w *stepWriter) full() {
	for len(w.buf) >= fileStep {
		w.step(fileStep)
	}
}

func (w *stepWriter) flush() {
	w.full()
	if len(w.buf) > 0 {
		w.step(len(w.buf))
	}
}

func (w *stepWriter) step(n int) {
	if w.err == nil {
		_, w.err = w.f.WriteAt(w.buf[:n], w.at)
	}
	w.sums = append(w.sums, crc32.Checksum(w.buf[:n], w.table))
	w.at += int64(n)
	w.buf = append(w.buf[:0], w.buf[n:]...)
}

func (w *stepWriter) number(n uint32) {
	w.buf = binary.LittleEndian.AppendUint32(w.buf, n)
	w.full()
}

// align fills a section up. Steps are multiples of fileUnit, so the buffer's length tells enough.
func (w *stepWriter) align() {
	for len(w.buf)%fileUnit != 0 {
		w.buf = append(w.buf, 0)
	}
	w.full()
}

// LoadIndex opens a saved index, which stays where it is: its pages are read when they are needed,
// changes are kept in memory, and nothing but Save's way of putting a new file in its place may touch
// it. It fails with kind unavailable where the file is missing or damaged, and with kind conflict
// where it was made with another model: build the index again then. Close gives the file back.
func LoadIndex(path string, model Model) (*Index, error) {
	data, err := mapFile(path)
	if err != nil {
		return nil, loadError(path, err)
	}
	x, err := openIndex(data, model)
	if err == nil {
		x.mapped = data
		return x, nil
	}
	unmapFile(data)
	if errors.Is(err, errOtherModel) {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: path,
			What: "the vector index was made with another model than " + model.Name, Do: "build the index again"}
	}
	return nil, loadError(path, err)
}

// Close gives back the file that the index was loaded from, if any. Nothing of the index, nor of its
// views or their vectors, may be used afterwards.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	data := x.mapped
	x.mapped = nil
	return unmapFile(data)
}

func loadError(path string, err error) error {
	return zhuanhua.Unavailable(path, "the vector index cannot be read", "build the index again", err)
}

var (
	errOtherModel = errors.New("it was made with another model")
	errNoIndex    = errors.New("it is not a vector index of this version")
	errDamaged    = errors.New("it is damaged: its checksum is wrong")
)

// readLayout checks the head of a file.
func readLayout(data []byte, model Model) (layout, error) {
	if len(data) < fixedHead || string(data[:len(indexMagic)]) != indexMagic {
		return layout{}, errNoIndex
	}
	number := func(i int) int { return int(binary.LittleEndian.Uint32(data[len(indexMagic)+4*i:])) }
	names := binary.LittleEndian.Uint64(data[len(indexMagic)+16:])
	// Each number by itself must fit the file, so that none of what follows overflows.
	dim, docs, rows, revision := number(0), number(1), number(2), number(3)
	size := len(data)
	if dim <= 0 || dim > maxID || docs > size/8 || rows > size/dim || revision > maxID || names > uint64(size) {
		return layout{}, errDamaged
	}
	l := newLayout(dim, docs, rows, revision, int(names))
	if l.end != size {
		return layout{}, errDamaged
	}
	if binary.LittleEndian.Uint32(data[l.head-4:]) != crc32.Checksum(data[:l.head-4], crcTable()) {
		return layout{}, errDamaged
	}
	at := fixedHead + 4*l.sums
	if string(data[at:at+revision]) != model.Revision || dim != model.Dim {
		return layout{}, errOtherModel
	}
	return l, nil
}

// openIndex makes an index over the bytes of a file.
func openIndex(data []byte, model Model) (*Index, error) {
	l, err := readLayout(data, model)
	if err != nil {
		return nil, err
	}
	err = parallel(context.Background(), runtime.GOMAXPROCS(0), l.sums, func(i int) error {
		part := data[l.head+i*fileStep : min(l.end, l.head+(i+1)*fileStep)]
		if binary.LittleEndian.Uint32(data[fixedHead+4*i:]) != crc32.Checksum(part, crcTable()) {
			return errDamaged
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	x := NewIndex(model)
	x.ids = make(map[string]int32, l.docs)
	v := *x.View()
	if err := l.fill(&v, x.ids, data); err != nil {
		return nil, err
	}
	x.now.Store(&v)
	return x, nil
}

// fill makes the documents and rows of a view.
func (l layout) fill(v *View, ids map[string]int32, data []byte) error {
	table := data[l.documents:][:8*l.docs]
	names := string(data[l.documents+8*l.docs:][:l.names])
	of := make([]int32, 0, l.rows) // the document of each row
	for doc := range l.docs {
		if doc%blockDocs == 0 {
			v.blocks = append(v.blocks, new(block))
		}
		b, at := v.blocks[doc/blockDocs], doc%blockDocs
		count, length := int32(binary.LittleEndian.Uint32(table[8*doc:])), int(binary.LittleEndian.Uint32(table[8*doc+4:]))
		if length > len(names) || int(count) > l.rows-len(of) || count < -1 {
			return errors.New("its numbers do not agree")
		}
		b.id[at], names = names[:length], names[length:]
		b.first[at], b.count[at] = int32(len(of)), count
		for range count {
			of = append(of, int32(doc))
		}
		if count >= 0 {
			v.live++
			ids[b.id[at]] = int32(doc)
		}
	}
	if len(of) != l.rows || names != "" || len(ids) != v.live {
		return errors.New("its numbers do not agree")
	}
	v.docs, v.rows = l.docs, l.rows
	l.chunks(v, of, data)
	return nil
}

// chunks lets the chunks of a view lie in the file.
func (l layout) chunks(v *View, of []int32, data []byte) {
	words := codeWords(l.dim)
	scale := floatsOf(data[l.scale:][:4*l.rows])
	code := wordsOf(data[l.code:][:8*words*l.rows])
	values := valuesOf(data[l.value:][:l.dim*l.rows])
	for from := 0; from < l.rows; from += chunkRows {
		until := min(l.rows, from+chunkRows)
		v.chunks = append(v.chunks, &chunk{
			q:     values[from*l.dim : until*l.dim : until*l.dim],
			code:  code[from*words : until*words : until*words],
			scale: scale[from:until:until],
			doc:   of[from:until:until],
		})
		v.masks = append(v.masks, nil)
	}
}
