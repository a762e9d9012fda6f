package vector

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// The numbers of a file are used where they lie, if this machine writes them as the file does and
// they begin at a multiple of their size; else they are copied.

func littleEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

func inPlace[T any](b []byte, size uintptr) ([]T, bool) {
	if len(b) == 0 {
		return nil, true
	}
	p := unsafe.Pointer(&b[0])
	if !littleEndian() || uintptr(p)%size != 0 {
		return nil, false
	}
	return unsafe.Slice((*T)(p), len(b)/int(size)), true
}

func valuesOf(b []byte) []int8 {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*int8)(unsafe.Pointer(&b[0])), len(b))
}

func bytesOf(q []int8) []byte {
	if len(q) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&q[0])), len(q))
}

func floatsOf(b []byte) []float32 {
	if out, ok := inPlace[float32](b, 4); ok {
		return out
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

func wordsOf(b []byte) []uint64 {
	if out, ok := inPlace[uint64](b, 8); ok {
		return out
	}
	out := make([]uint64, len(b)/8)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return out
}
