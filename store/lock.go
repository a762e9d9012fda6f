package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"zhuanhua"
)

// lockFile holds the lock of the writing process and its number. The file stays; the lock goes with
// the process, however it ends.
const lockFile = "zhuanhua.lock"

// lockDir takes the data directory for this process. The function returned gives it back.
func lockDir(dir string) (func(), error) {
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fileError(path, "the lock file cannot be opened", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		b, _ := io.ReadAll(io.LimitReader(f, 32))
		f.Close()
		return nil, held(dir, strings.TrimSpace(string(b)))
	}
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	if err != nil {
		f.Close()
		return nil, fileError(path, "the data directory cannot be locked", err)
	}
	return func() {
		// A child that is being started at this moment holds the file too, until it is another program; giving the
		// lock back outright does not wait for that.
		_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // closing gives it back in any case
		f.Close()
	}, nil
}

// held is the answer to a second writer.
func held(where, pid string) error {
	if pid == "" {
		pid = "unknown"
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: where, What: "process " + pid + " is writing these records already",
		Do: "let it do the work (reading commands run beside it), or stop it first"}
}
