//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package library

import (
	"io"
	"os"
)

// memory has none to give: the heap does.
func memory(int) []byte { return nil }

func release([]byte) {}

// mapFile reads the file: these systems cannot replace a file that is mapped.
func mapFile(f *os.File, size int64) (b []byte, mapped bool, err error) {
	b = make([]byte, size)
	_, err = io.ReadFull(f, b)
	return b, false, err
}
