package lexical

import (
	"encoding/binary"
	"os"
	"runtime"
	"unsafe"
)

// mapping is memory outside the garbage collector's: a file, read-only, or the arrays of a segment.
// It lives as long as a segment that lies in it: whoever reads a segment keeps the View that it is
// of alive meanwhile.
type mapping struct{ bytes []byte }

// leastMapped is how many bytes a segment must have to be moved out of the heap.
const leastMapped = 1 << 16

// move puts the arrays of a segment into a mapping of its own, where systems have such. The collector
// lets a heap grow to twice of what is in use, which for an index of a gigabyte is a gigabyte.
func (s *segment) move() {
	size := 0
	s.arrays(func(b []byte) []byte {
		size += len(b) + padding(len(b))
		return b
	})
	if size < leastMapped || !inPlace {
		return
	}
	b, unmap, err := mapMemory(size)
	if err != nil || unmap == nil {
		return // it stays on the heap
	}
	s.hold = &mapping{b}
	runtime.AddCleanup(s.hold, unmap, b)
	s.arrays(func(old []byte) []byte {
		n := copy(b, old)
		moved := b[:n:n]
		b = b[n+padding(n):]
		return moved
	})
}

// arrays hands the arrays of the segment to f and takes what it returns instead.
func (s *segment) arrays(f func([]byte) []byte) {
	s.keys = array[uint64](f(rawBytes(s.keys)))
	s.wide = array[uint64](f(rawBytes(s.wide)))
	for _, a := range []*[]uint32{&s.places, &s.fences, &s.long, &s.lens, &s.nameAt, &s.rareAt} {
		*a = array[uint32](f(rawBytes(*a)))
	}
	s.data, s.rare = f(s.data), f(s.rare)
}

// openMapping maps a file of size bytes, or reads it where files cannot be mapped. The file must not
// be changed in place; Save never does.
func openMapping(f *os.File, size int64) (*mapping, error) {
	if size == 0 {
		return &mapping{}, nil
	}
	b, unmap, err := mapFile(f, size)
	if err != nil {
		return nil, &os.PathError{Op: "map", Path: f.Name(), Err: err}
	}
	m := &mapping{b}
	if unmap != nil {
		runtime.AddCleanup(m, unmap, b)
	}
	return m, nil
}

// element is what an array in a snapshot is made of.
type element interface {
	uint8 | uint32 | uint64
}

// inPlace reports whether this machine keeps numbers as a snapshot does.
var inPlace = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// array reads b as numbers: in place where that can be.
func array[T element](b []byte) []T {
	size := int(unsafe.Sizeof(T(0)))
	n := len(b) / size
	if n == 0 {
		return nil
	}
	if at := unsafe.Pointer(unsafe.SliceData(b)); inPlace && uintptr(at)%uintptr(size) == 0 {
		return unsafe.Slice((*T)(at), n)
	}
	v := make([]T, n)
	if _, err := binary.Decode(b, binary.LittleEndian, v); err != nil {
		return nil // cannot be: b has the bytes
	}
	return v
}

// rawBytes is what array reads back as v.
func rawBytes[T element](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	if inPlace {
		return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0])))
	}
	b, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil {
		return nil // cannot be: the elements have fixed sizes
	}
	return b
}
