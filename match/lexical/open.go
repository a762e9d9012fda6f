package lexical

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"

	"zhuanhua"
)

// rebuild is what to do about every snapshot that cannot be used.
const rebuild = "build the index again from the records"

// Open reads a snapshot. A file that is damaged, cut short, of another version, or made with other
// options is a zhuanhua.KindInvalid error, a missing file zhuanhua.KindNotFound, one that cannot be
// read zhuanhua.KindUnavailable; in each case the index can be built again from its documents.
func Open(path string, o Options) (*Index, error) {
	ix, err := New(o)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: path,
			What: "there is no search index", Do: rebuild}
	}
	if err != nil {
		return nil, zhuanhua.Unavailable(path, "the search index cannot be read", "check the rights to the file", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, zhuanhua.Unavailable(path, "the search index cannot be read", "check the disk", err)
	}
	parts, err := readSnapshot(bufio.NewReaderSize(f, 1<<16), info.Size(), ix.opt)
	var failed *fs.PathError
	switch {
	case errors.As(err, &failed):
		return nil, zhuanhua.Unavailable(path, "the search index cannot be read", "check the disk", err)
	case err != nil:
		return nil, zhuanhua.Invalid(path, "the search index cannot be used: "+err.Error(), rebuild)
	}
	ix.publish(parts)
	return ix, nil
}

// What can be wrong with a snapshot.
var (
	errDamaged = errors.New("it is damaged or cut short")
	errVersion = errors.New("another version of the program made it")
	errOptions = errors.New("it was made with other settings")
)

// readSnapshot reads a snapshot of size bytes made with options o.
func readSnapshot(from io.Reader, size int64, o Options) ([]part, error) {
	var head [16]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return nil, orDamaged(err)
	}
	if string(head[:8]) != snapshotMagic || binary.LittleEndian.Uint32(head[12:]) != 0 {
		return nil, errDamaged
	}
	if binary.LittleEndian.Uint32(head[8:]) != snapshotVersion {
		return nil, errVersion
	}
	r := &sectionReader{from: from, left: size - int64(len(head)), buf: make([]byte, 1<<16)}
	settings := get[byte](r, sectionSettings)
	if r.err != nil {
		return nil, r.err
	}
	n, err := o.match(settings)
	if err != nil {
		return nil, err
	}
	parts := make([]part, 0, min(n, 64))
	for range n {
		p, err := r.part(o)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if r.left != 0 {
		return nil, errDamaged
	}
	return parts, nil
}

// match reads the number of segments from the settings of a snapshot and checks the rest.
func (o Options) match(settings []byte) (segments int, err error) {
	if len(settings) < 4 {
		return 0, errDamaged
	}
	n := binary.LittleEndian.Uint32(settings)
	if n > maxSegments {
		return 0, errDamaged
	}
	if !bytes.Equal(settings, o.encode(int(n))) {
		return 0, errOptions
	}
	return int(n), nil
}

// sectionReader reads sections; after the first error it returns empty ones.
type sectionReader struct {
	from io.Reader
	left int64 // bytes to the end of the file
	sum  uint32
	buf  []byte
	err  error
}

// fail records that the file is not as it should be.
func (r *sectionReader) fail() {
	if r.err == nil {
		r.err = errDamaged
	}
}

// read fills b and adds it to the sum.
func (r *sectionReader) read(b []byte) {
	if r.err != nil {
		return
	}
	if r.left -= int64(len(b)); r.left < 0 {
		r.fail()
		return
	}
	if _, err := io.ReadFull(r.from, b); err != nil {
		r.err = orDamaged(err)
		return
	}
	r.sum = crc32.Update(r.sum, castagnoli, b)
}

// orDamaged keeps what the system says about a file and takes an early end for damage.
func orDamaged(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return err
	}
	return errDamaged
}

// get reads the section that must come next. No more memory is taken than the file has bytes.
func get[T element](r *sectionReader, kind uint32) []T {
	size := binary.Size(T(0))
	r.sum = 0
	head := r.buf[:16]
	r.read(head)
	n := binary.LittleEndian.Uint64(head[8:])
	if r.err != nil || binary.LittleEndian.Uint32(head) != kind ||
		binary.LittleEndian.Uint32(head[4:]) != uint32(size) || n > uint64(r.left)/uint64(size) {
		r.fail()
		return nil
	}
	v := make([]T, n)
	for rest := v; len(rest) > 0 && r.err == nil; {
		k := min(len(rest), len(r.buf)/size)
		r.read(r.buf[:k*size])
		if _, err := binary.Decode(r.buf[:k*size], binary.LittleEndian, rest[:k]); err != nil {
			r.fail()
		}
		rest = rest[k:]
	}
	r.read(r.buf[:padding(len(v)*size)])
	sum := uint64(r.sum)
	r.read(r.buf[:8])
	if r.err != nil || binary.LittleEndian.Uint64(r.buf) != sum {
		r.fail()
		return nil
	}
	return v
}

// part reads the sections of one segment and checks all that the other code relies on, so that
// not even a file with right checksums can make a search fail.
func (r *sectionReader) part(o Options) (part, error) {
	s := &segment{
		keys:      get[uint64](r, sectionKeys),
		starts:    get[uint32](r, sectionStarts),
		bounds:    get[float32](r, sectionBounds),
		postings:  get[uint32](r, sectionPostings),
		lens:      get[uint32](r, sectionLens),
		names:     string(get[byte](r, sectionNames)),
		nameAt:    get[uint32](r, sectionNameAt),
		byName:    get[uint16](r, sectionByName),
		termAt:    get[uint32](r, sectionTermAt),
		termBytes: get[byte](r, sectionTermBytes),
	}
	dead := get[uint64](r, sectionDead)
	if r.err != nil {
		return part{}, r.err
	}
	if !s.sound() || len(dead) != 0 && len(dead) != (s.docs()+63)/64 {
		return part{}, errDamaged
	}
	s.derive()
	return revive(s, dead)
}

// revive makes the part of a segment of which some documents are dead.
func revive(s *segment, dead []uint64) (part, error) {
	p := whole(s)
	if len(dead) == 0 {
		return p, nil
	}
	e := p.edit()
	for d := range s.docs() {
		if dead[d>>6]&(1<<(d&63)) != 0 && !e.kill(d) {
			return part{}, errDamaged
		}
	}
	if e.deadDocs != numDead(dead) || e.liveDocs() == 0 {
		return part{}, errDamaged
	}
	return e.done(), nil
}

// sound checks the arrays of an opened segment against each other.
func (s *segment) sound() bool {
	n := s.docs()
	if n == 0 || n > maxDocs || len(s.byName) != n || len(s.bounds) != len(s.keys) ||
		!offsets(s.starts, len(s.keys), len(s.postings)) ||
		!offsets(s.nameAt, n, len(s.names)) || !offsets(s.termAt, n, len(s.termBytes)) {
		return false
	}
	for t := range s.keys {
		if t > 0 && s.keys[t-1] >= s.keys[t] || !(s.bounds[t] >= 0 && s.bounds[t] <= 1) || !s.ascends(t) {
			return false
		}
	}
	for i, d := range s.byName {
		if int(d) >= n || i > 0 && s.name(int(s.byName[i-1])) >= s.name(int(d)) {
			return false
		}
	}
	return s.listsAgree()
}

// ascends checks that the postings of a term have frequencies and are of ascending documents.
func (s *segment) ascends(term int) bool {
	last := int64(-1)
	for _, p := range s.list(term) {
		d := int64(p >> 16)
		if d <= last || int(d) >= s.docs() || p&maxTF == 0 {
			return false
		}
		last = d
	}
	return last >= 0
}

// listsAgree checks that the term lists of the documents name each term as often as it has
// postings: counting the dead then never passes a document frequency.
func (s *segment) listsAgree() bool {
	left := make([]uint32, len(s.keys))
	for t := range left {
		left[t] = s.starts[t+1] - s.starts[t]
	}
	ok := true
	for d := 0; ok && d < s.docs(); d++ {
		last := -1
		ok = s.eachTerm(d, func(t int) {
			ok = ok && t > last && left[t] > 0
			left[t]--
			last = t
		}) && ok
	}
	for _, l := range left {
		ok = ok && l == 0
	}
	return ok
}

// offsets reports whether at holds n starts and an end, ascending from 0 to total.
func offsets(at []uint32, n, total int) bool {
	if len(at) != n+1 || at[0] != 0 || int(at[n]) != total || total > math.MaxUint32 {
		return false
	}
	for i := range n {
		if at[i] > at[i+1] {
			return false
		}
	}
	return true
}
