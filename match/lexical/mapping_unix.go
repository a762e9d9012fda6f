//go:build linux || darwin || freebsd || netbsd || openbsd

package lexical

import (
	"os"
	"syscall"
)

// mapFile maps a file of size bytes read-only, and says how to undo that.
func mapFile(f *os.File, size int64) ([]byte, func([]byte), error) {
	if int64(int(size)) != size {
		return nil, nil, syscall.EFBIG
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	return b, func(b []byte) { _ = syscall.Munmap(b) }, nil
}

// mapMemory takes size bytes from the system.
func mapMemory(size int) ([]byte, func([]byte), error) {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	return b, func(b []byte) { _ = syscall.Munmap(b) }, nil
}
