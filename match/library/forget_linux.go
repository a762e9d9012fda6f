package library

import (
	"os"
	"syscall"
	"unsafe"
)

// forget tells the system that mapped bytes of a file are not needed soon: they are read again when
// they are.
func forget(b []byte) {
	page := uintptr(os.Getpagesize())
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (page - 1))
	if n := (len(b) - skip) / int(page) * int(page); n > 0 {
		_ = syscall.Madvise(b[skip:skip+n], syscall.MADV_DONTNEED) // it is advice
	}
}
