//go:build linux || darwin || freebsd || netbsd || openbsd

package library

import (
	"os"
	"syscall"
)

// memory takes size bytes from the system, nil if it has none.
func memory(size int) []byte {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	return b
}

// release gives memory back.
func release(b []byte) { _ = syscall.Munmap(b) }

// mapFile maps a file of size bytes.
func mapFile(f *os.File, size int64) (b []byte, mapped bool, err error) {
	if int64(int(size)) != size {
		return nil, false, syscall.EFBIG
	}
	b, err = syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_PRIVATE)
	return b, true, err
}
