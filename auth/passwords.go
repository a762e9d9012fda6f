package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"zhuanhua"
)

// Passwords keeps the hashes of passwords in a folder beside the records, a file a user. The records say who
// there is; their log is for ever and read by many, so nothing of a password goes there.
type Passwords struct{ dir string }

// OpenPasswords are the passwords in a folder, which need not be there yet.
func OpenPasswords(dir string) Passwords { return Passwords{dir} }

// file is where a user's hash is; a name may hold what a file's name may not.
func (p Passwords) file(user string) string {
	sum := sha256.Sum256([]byte(user))
	return filepath.Join(p.dir, hex.EncodeToString(sum[:]))
}

// Get is the hash of a user's password, "" where there is none.
func (p Passwords) Get(user string) (string, error) {
	b, err := os.ReadFile(p.file(user))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", zhuanhua.Unavailable(p.dir, "the passwords cannot be read", "check the permissions of the folder", err)
	}
	return string(b), nil
}

// Set keeps the hash of a user's password, in place of the one there is. It appears whole or not at all.
func (p Passwords) Set(user, hash string) error {
	err := os.MkdirAll(p.dir, 0o700)
	var f *os.File
	if err == nil {
		f, err = os.CreateTemp(p.dir, ".new-") // for the owner's eyes alone
	}
	if err == nil {
		_, err = f.WriteString(hash)
		err = errors.Join(err, f.Sync(), f.Close())
		if err == nil {
			err = os.Rename(f.Name(), p.file(user))
		}
		if err != nil {
			_ = os.Remove(f.Name()) // what is left of it says nothing to anybody
		}
	}
	if err != nil {
		return zhuanhua.Unavailable(p.dir, "the password cannot be kept", "check space and permissions", err)
	}
	return nil
}

// Remove takes a user's password away: they cannot sign in until they get another.
func (p Passwords) Remove(user string) error {
	err := os.Remove(p.file(user))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return zhuanhua.Unavailable(p.dir, "the password cannot be removed", "check the permissions of the folder", err)
	}
	return nil
}

// Any reports whether anybody has a password.
func (p Passwords) Any() (bool, error) {
	list, err := os.ReadDir(p.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, zhuanhua.Unavailable(p.dir, "the passwords cannot be read", "check the permissions of the folder", err)
	}
	for _, f := range list {
		if len(f.Name()) == 2*sha256.Size {
			return true, nil
		}
	}
	return false, nil
}
