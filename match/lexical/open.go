package lexical

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"zhuanhua"
)

// rebuild is what to do about every snapshot that cannot be used.
const rebuild = "build the index again from the records"

// Open maps a snapshot into memory, where it lies as it does in the file: what is searched often
// is read from the disk once, and the system may drop the rest. All checksums are compared first. A
// file that is damaged, cut short, of another version, or made with other options is a
// zhuanhua.KindInvalid error, a missing file zhuanhua.KindNotFound, one that cannot be read
// zhuanhua.KindUnavailable; in each case the index can be built again from its documents. The file
// may be replaced or removed later, but not changed in place.
func Open(path string, o Options) (*Index, error) {
	ix, err := New(o)
	if err != nil {
		return nil, err
	}
	m, err := mapped(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: path,
			What: "there is no search index", Do: rebuild}
	}
	if err != nil {
		return nil, zhuanhua.Unavailable(path, "the search index cannot be read",
			"check that it is a file, the rights to it, and the disk", err)
	}
	parts, err := readSnapshot(m, ix.opt)
	if err != nil {
		return nil, zhuanhua.Invalid(path, "the search index cannot be used: "+err.Error(), rebuild)
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.write(parts)
	return ix, nil
}

// mapped maps the file at path.
func mapped(path string) (*mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "map", Path: path, Err: errors.New("not a regular file")}
	}
	return openMapping(f, info.Size())
}

// What can be wrong with a snapshot.
var (
	errDamaged = errors.New("it is damaged or cut short")
	errVersion = errors.New("another version of the program made it")
	errOptions = errors.New("it was made with other settings")
)

// readSnapshot makes the parts of a snapshot made with options o.
func readSnapshot(m *mapping, o Options) ([]part, error) {
	b := m.bytes
	if len(b) < 16 || string(b[:8]) != snapshotMagic || binary.LittleEndian.Uint32(b[12:]) != 0 {
		return nil, errDamaged
	}
	if binary.LittleEndian.Uint32(b[8:]) != snapshotVersion {
		return nil, errVersion
	}
	r := &sectionReader{left: b[16:]}
	settings := get[byte](r, sectionSettings)
	if r.failed || !r.intact() {
		return nil, errDamaged
	}
	n, err := o.match(settings)
	if err != nil {
		return nil, err
	}
	var loads []load
	for range n {
		loads = append(loads, r.segment(m))
		if r.failed {
			return nil, errDamaged
		}
	}
	if len(r.left) != 0 {
		return nil, errDamaged
	}
	return loadAll(loads)
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

// load is a segment whose arrays have been found but not looked at.
type load struct {
	segment *segment
	names   []byte
	dead    []uint64
	sealed  sectionReader // knows its sections
}

// loadAll checks and completes segments on all cores.
func loadAll(loads []load) ([]part, error) {
	parts := make([]part, len(loads))
	var damaged atomic.Bool
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(loads)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(loads) && !damaged.Load(); i = int(next.Add(1)) - 1 {
				p, ok := loads[i].part()
				if parts[i] = p; !ok {
					damaged.Store(true)
				}
			}
		})
	}
	all.Wait()
	if damaged.Load() {
		return nil, errDamaged
	}
	return parts, nil
}

// part checks a segment and makes the part of it. All that the other code relies on is looked at,
// so that not even a file with right checksums can make a search fail.
func (l *load) part() (part, bool) {
	s := l.segment
	if !l.sealed.intact() || !s.sound(len(l.names)) || len(l.dead) != 0 && len(l.dead) != (s.docs+63)/64 {
		return part{}, false
	}
	s.names = string(l.names)
	s.derive()
	return revive(s, l.dead)
}

// revive makes the part of a segment of which some documents are dead.
func revive(s *segment, dead []uint64) (part, bool) {
	p := whole(s)
	if len(dead) == 0 {
		return p, true
	}
	e := p.edit()
	for d := range s.docs {
		if dead[d>>6]&(1<<(d&63)) != 0 {
			e.kill(d)
		}
	}
	if e.deadDocs != numDead(dead) || e.liveDocs() == 0 {
		return part{}, false
	}
	return e.done(), true
}

// sectionReader finds sections one after the other; after the first that is not as it should be it
// finds empty ones.
type sectionReader struct {
	left   []byte   // what follows the last section
	found  [][]byte // the sections, from head to checksum
	failed bool
}

// get finds the section that must come next. Its elements are not looked at.
func get[T element](r *sectionReader, kind uint32) []T {
	const head, tail = 16, 8
	size := uint64(unsafe.Sizeof(T(0)))
	if r.failed || len(r.left) < head+tail {
		r.failed = true
		return nil
	}
	n := binary.LittleEndian.Uint64(r.left[8:])
	if binary.LittleEndian.Uint32(r.left) != kind || uint64(binary.LittleEndian.Uint32(r.left[4:])) != size ||
		n > uint64(len(r.left))/size {
		r.failed = true
		return nil
	}
	end := head + int(n*size)
	all := end + padding(end) + tail
	if all > len(r.left) {
		r.failed = true
		return nil
	}
	r.found = append(r.found, r.left[:all])
	v := array[T](r.left[head:end])
	r.left = r.left[all:]
	return v
}

// intact compares the checksums of the sections found.
func (r *sectionReader) intact() bool {
	for _, b := range r.found {
		body, sum := b[:len(b)-8], binary.LittleEndian.Uint64(b[len(b)-8:])
		if uint64(crc32.Checksum(body, castagnoli)) != sum {
			return false
		}
	}
	return true
}

// segment finds the arrays of the next segment.
func (r *sectionReader) segment(m *mapping) load {
	r.found = nil
	s := &segment{hold: m}
	if shape := get[uint32](r, sectionShape); len(shape) == 1 {
		s.docs = int(shape[0])
	}
	s.keys = get[uint64](r, sectionKeys)
	s.places = get[uint32](r, sectionPlaces)
	s.fences = get[uint32](r, sectionFences)
	s.long = get[uint32](r, sectionLong)
	s.data = get[byte](r, sectionData)
	s.wide = get[uint64](r, sectionWide)
	s.lens = get[uint32](r, sectionLens)
	l := load{segment: s, names: get[byte](r, sectionNames)}
	s.nameAt = get[uint32](r, sectionNameAt)
	s.rareAt = get[uint32](r, sectionRareAt)
	s.rare = get[byte](r, sectionRare)
	l.dead = get[uint64](r, sectionDead)
	l.sealed = *r
	return l
}
