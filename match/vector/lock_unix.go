//go:build unix

package vector

import (
	"os"
	"syscall"
)

// lock takes the file for this process alone, without waiting. It is given up when the file is
// closed or the process ends, however it ends.
func lock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
