//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package lexical

import (
	"io"
	"os"
	"unsafe"
)

// mapFile reads the file: these systems cannot replace a file that is mapped.
func mapFile(f *os.File, size int64) ([]byte, func([]byte), error) {
	b := aligned(int(size))
	_, err := io.ReadFull(f, b)
	return b, nil, err
}

// mapMemory has nothing to offer: the heap does.
func mapMemory(int) ([]byte, func([]byte), error) { return nil, nil, nil }

// aligned returns n bytes that begin at a multiple of 8.
func aligned(n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(make([]uint64, n/8+1)))), n)
}
