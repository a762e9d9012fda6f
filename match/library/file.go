package library

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"zhuanhua"
)

// A file holds the documents that live, numbered anew in their order, all numbers little-endian:
//
//	head    magic, the numbers of documents, words and chunks, 32 bits each
//	tag     of the caller: its length as a varint, then it
//	words   likewise
//	places  of each document its chunk, where it begins there, the hash of its id; then its card
//	chunks  of each its length, 64 bits
//	bytes   of the chunks
//	sums    CRC-32C of each step of all above
//	foot    the length of all above the sums, 64 bits; CRC-32C of sums and that length; magic
const (
	fileMagic = "zhlibra1"
	fileStep  = 1 << 20
	fileChunk = 16 << 20 // bytes of a chunk in a file, unless a document is larger
	headBytes = len(fileMagic) + 12
	footBytes = 8 + 4 + len(fileMagic)
	placeSize = 12 + CardSize
)

// rebuild is what to do about every file that cannot be used.
const rebuild = "build the index again from the records"

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// Save writes the library as it is now to a file, which is there whole or, after an error, as it was.
// tag names how cards and bodies are to be read: the file opens with the same tag only.
func (l *Library) Save(path, tag string) error {
	v := l.View()
	err := replace(path, func(w io.Writer) error { return v.write(w, tag, l.Words()) })
	runtime.KeepAlive(v)
	if err != nil {
		return zhuanhua.Unavailable(path, "the documents of the index cannot be saved", "check that the folder exists, may be written and has room", err)
	}
	return nil
}

func replace(path string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	w := &summing{to: bufio.NewWriterSize(f, 1<<16), table: castagnoli()}
	err = fill(w)
	if err == nil {
		err = w.foot()
	}
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// summing writes through and sums up by steps.
type summing struct {
	to    *bufio.Writer
	table *crc32.Table
	n     int64
	sum   uint32
	sums  []byte
}

// Write writes b.
func (w *summing) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		some := rest[:min(int64(len(rest)), fileStep-w.n%fileStep)]
		w.sum = crc32.Update(w.sum, w.table, some)
		w.n += int64(len(some))
		if rest = rest[len(some):]; w.n%fileStep == 0 {
			w.close()
		}
	}
	return w.to.Write(b)
}

func (w *summing) close() {
	w.sums, w.sum = binary.LittleEndian.AppendUint32(w.sums, w.sum), 0
}

func (w *summing) foot() error {
	if w.n%fileStep != 0 {
		w.close()
	}
	b := binary.LittleEndian.AppendUint64(w.sums, uint64(w.n))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, w.table))
	_, err := w.to.Write(append(b, fileMagic...))
	return errors.Join(err, w.to.Flush())
}

func (v *View) write(w io.Writer, tag string, words []string) error {
	places, chunks := v.places()
	b := []byte(fileMagic)
	for _, n := range []int{v.live, len(words), len(chunks)} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	for _, word := range append([]string{tag}, words...) {
		b = append(binary.AppendUvarint(b, uint64(len(word))), word...)
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	if _, err := w.Write(places); err != nil {
		return err
	}
	b = b[:0]
	for _, n := range chunks {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	return v.each(func(_ int, record []byte) error {
		_, err := w.Write(record)
		return err
	})
}

// each calls do with the record of each document.
func (v *View) each(do func(n int, record []byte) error) error {
	for n := range v.numbers {
		p := v.placeOf(n)
		if p.chunk == nowhere {
			continue
		}
		b := v.chunks[p.chunk].bytes[p.from:]
		id, body := parse(b)
		if err := do(n, b[:recordSize(len(id), len(body))]); err != nil {
			return err
		}
	}
	return nil
}

// places are the places and cards that documents have in a file, and the lengths of its chunks.
func (v *View) places() (places []byte, chunks []int) {
	places = make([]byte, 0, placeSize*v.live)
	_ = v.each(func(n int, record []byte) error {
		last := len(chunks) - 1
		if last < 0 || chunks[last] > 0 && chunks[last]+len(record) > fileChunk {
			chunks = append(chunks, 0)
			last++
		}
		places = binary.LittleEndian.AppendUint32(places, uint32(last))
		places = binary.LittleEndian.AppendUint32(places, uint32(chunks[last]))
		places = binary.LittleEndian.AppendUint32(places, v.Hash(n))
		places = append(places, v.Card(n)[:]...)
		chunks[last] += len(record)
		return nil
	}) // do never fails
	return places, chunks
}

var (
	errVersion = errors.New("another version of the program made it")
	errDamaged = errors.New("it is damaged or cut short")
)

// Open maps a file of documents, after comparing its sums. A missing file is a zhuanhua.KindNotFound
// error, one that is damaged or has another tag zhuanhua.KindInvalid, one that cannot be read zhuanhua.KindUnavailable.
// The file may be replaced or removed later, but not changed in place.
func Open(path, tag string) (*Library, error) {
	b, hold, err := mapped(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: path, What: "the documents of the index are not there", Do: rebuild}
	case err != nil:
		return nil, zhuanhua.Unavailable(path, "the documents of the index cannot be read", "check the rights to the file, and the disk", err)
	}
	l, err := read(b, tag, hold)
	if err != nil {
		return nil, zhuanhua.Invalid(path, "the documents of the index cannot be used: "+err.Error(), rebuild)
	}
	return l, nil
}

// mapping is the bytes of a file for as long as something holds it.
type mapping struct{ bytes []byte }

func mapped(path string) ([]byte, *mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil, &mapping{}, err
	}
	b, isMapped, err := mapFile(f, info.Size())
	if err != nil {
		return nil, nil, err
	}
	m := &mapping{b}
	if isMapped {
		runtime.AddCleanup(m, release, b)
	}
	return b, m, nil
}

// checked returns what stands above the sums of a file.
func checked(b []byte) ([]byte, error) {
	if len(b) < headBytes+footBytes || string(b[:len(fileMagic)-1]) != fileMagic[:len(fileMagic)-1] {
		return nil, errDamaged
	}
	if string(b[:len(fileMagic)]) != fileMagic {
		return nil, errVersion
	}
	foot := b[len(b)-footBytes:]
	n := binary.LittleEndian.Uint64(foot)
	sums := (n + fileStep - 1) / fileStep
	if string(foot[12:]) != fileMagic || n > uint64(len(b)) || n+4*sums+uint64(footBytes) != uint64(len(b)) || n < uint64(headBytes) {
		return nil, errDamaged
	}
	if tail := b[n : len(b)-footBytes+8]; crc32.Checksum(tail, castagnoli()) != binary.LittleEndian.Uint32(foot[8:]) {
		return nil, errDamaged
	}
	if !intact(b[:n], b[n:n+4*sums]) {
		return nil, errDamaged
	}
	return b[:n], nil
}

// intact compares the sums of the steps on all cores.
func intact(b, sums []byte) bool {
	var next atomic.Int64
	var wrong atomic.Bool
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for !wrong.Load() {
				i := int(next.Add(1)) - 1
				if i*fileStep >= len(b) {
					return
				}
				step := b[i*fileStep : min(len(b), (i+1)*fileStep)]
				if crc32.Checksum(step, castagnoli()) != binary.LittleEndian.Uint32(sums[4*i:]) {
					wrong.Store(true)
				}
			}
		})
	}
	all.Wait()
	return !wrong.Load()
}

// read makes a library over the bytes of a file.
func read(b []byte, tag string, hold *mapping) (*Library, error) {
	b, err := checked(b)
	if err != nil {
		return nil, err
	}
	docs, words, chunks := number(b[8:]), number(b[12:]), number(b[16:])
	l := New()
	b = b[headBytes:]
	for i := range words + 1 {
		n, k := binary.Uvarint(b)
		if k <= 0 || n > uint64(len(b)-k) {
			return nil, errDamaged
		}
		word := string(b[k : k+int(n)])
		b = b[k+int(n):]
		switch {
		case i > 0:
			l.word(word)
		case word != tag:
			return nil, errVersion
		}
	}
	if docs > len(b)/placeSize || chunks > (len(b)-placeSize*docs)/8 {
		return nil, errDamaged
	}
	v := &View{}
	places, lengths, rest := b[:placeSize*docs], b[placeSize*docs:][:8*chunks], b[placeSize*docs+8*chunks:]
	if !v.cut(lengths, rest, hold) || !v.fill(places) {
		return nil, errDamaged
	}
	forget(rest)
	l.now.Store(v)
	l.table.renew(v)
	return l, nil
}

func number(b []byte) int { return int(binary.LittleEndian.Uint32(b)) }

// cut makes the chunks, which lie one after the other in b.
func (v *View) cut(lengths, b []byte, hold *mapping) bool {
	for ; len(lengths) > 0; lengths = lengths[8:] {
		n := binary.LittleEndian.Uint64(lengths)
		if n > uint64(len(b)) {
			return false
		}
		v.chunks = append(v.chunks, &chunk{bytes: b[:n:n], used: int(n), hold: hold})
		b = b[n:]
	}
	return len(b) == 0
}

// fill makes the blocks, and looks that each record lies inside of its chunk.
func (v *View) fill(places []byte) bool {
	for n := range len(places) / placeSize {
		if n%blockDocs == 0 {
			v.blocks = append(v.blocks, new(block))
		}
		b := v.blocks[n/blockDocs]
		p := place{chunk: uint32(number(places)), from: uint32(number(places[4:])), hash: uint32(number(places[8:]))}
		if int(p.chunk) >= len(v.chunks) || !sound(v.chunks[p.chunk].bytes, int(p.from)) {
			return false
		}
		b.at[n%blockDocs] = p
		copy(b.cards[n%blockDocs][:], places[12:])
		places = places[placeSize:]
		v.numbers++
		v.live++
	}
	return true
}

// sound reports whether a record can be read that begins at a place in a chunk.
func sound(b []byte, from int) bool {
	if from >= len(b) {
		return false
	}
	b = b[from:]
	for range 2 {
		n, k := binary.Uvarint(b)
		if k <= 0 || n > uint64(len(b)-k) {
			return false
		}
		b = b[k+int(n):]
	}
	return true
}
