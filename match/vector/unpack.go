package vector

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"zhuanhua"
)

// maxLibrary bounds what is unpacked, in bytes.
const maxLibrary = 512 << 20

// Unpack puts a gzip-compressed library as a file into the first of dirs that can hold it and
// returns its path. A copy that is already there is used if its SHA-256 (hexadecimal, of the
// uncompressed content) is right and replaced if not. Empty names in dirs, as come from an unset
// home, are passed over. It fails with an error of kind unavailable that says why the last folder
// would not do.
func Unpack(dirs []string, name string, gz []byte, sum string) (string, error) {
	why := errors.New("there is no data folder and no home folder")
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		path, err := unpackTo(dir, name, gz, sum)
		if err == nil {
			return path, nil
		}
		why = err
	}
	return "", zhuanhua.Unavailable("", "the runtime library of the embedding model cannot be unpacked",
		"name a data folder that may be written to and may hold programs", why)
}

func unpackTo(dir, name string, gz []byte, sum string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := trusted(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	if sumOfFile(path) == sum {
		return path, nil
	}
	return path, writeLibrary(dir, path, gz, sum)
}

// trusted refuses folders whose files cannot be loaded or that anyone could change between the
// check and the loading.
func trusted(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o002 != 0 {
		return fmt.Errorf("anyone may write to %s", dir)
	}
	if noExec(dir) {
		return fmt.Errorf("%s is on a disk mounted noexec", dir)
	}
	return nil
}

// sumOfFile returns the checksum of a plain file, "" for anything else.
func sumOfFile(path string) string {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// writeLibrary unpacks beside the place and moves the file there once it is whole, so that another
// process never sees half of it.
func writeLibrary(dir, path string, gz []byte, sum string) (err error) {
	f, err := os.CreateTemp(dir, ".unpack-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	z, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		return fmt.Errorf("the built-in library is damaged: %w", err)
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(z, maxLibrary)); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return errors.New("the built-in library is damaged: its checksum is wrong")
	}
	if err := f.Chmod(0o500); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
