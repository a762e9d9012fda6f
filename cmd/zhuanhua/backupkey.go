package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"zhuanhua"
)

// backupKeyFile is where the key lies that backups of this user are encrypted to when neither a
// passphrase nor a recipient is given (env ZHUANHUA_BACKUP_KEY). It is no part of a data directory: a
// backup must open where that directory is lost.
func backupKeyFile() (string, error) {
	if path := os.Getenv("ZHUANHUA_BACKUP_KEY"); path != "" {
		return path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", errUsage{fmt.Errorf("a backup is encrypted, and there is no home for a key of its own; give a passphrase (ZHUANHUA_PASSPHRASE or --passphrase-file) or --recipient age1…")}
	}
	return filepath.Join(dir, "zhuanhua", "backup-key.txt"), nil
}

// backupKey reads this user's backup key; with create it is made where there is none, and made says so.
func backupKey(create bool) (key *age.X25519Identity, path string, made bool, err error) {
	if path, err = backupKeyFile(); err != nil {
		return nil, "", false, err
	}
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		key, err = age.ParseX25519Identity(identityLine(string(b)))
		if err != nil {
			return nil, path, false, zhuanhua.Invalid(path, "the backup key is damaged", "put its copy back, or move the file away to begin a new one for new backups")
		}
		return key, path, false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, path, false, zhuanhua.Unavailable(path, "the backup key cannot be read", "check its permissions", err)
	case !create:
		return nil, path, false, zhuanhua.Unavailable(path, "there is no backup key here", "give the passphrase (ZHUANHUA_PASSPHRASE or --passphrase-file) or the key with --identity FILE", nil)
	}
	if key, err = age.GenerateX25519Identity(); err != nil {
		return nil, path, false, err
	}
	text := "# key of zhuanhua backups; whoever has it can read them\n# public key: " + key.Recipient().String() + "\n" + key.String() + "\n"
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		return nil, path, false, cannotWrite(path, err)
	}
	return key, path, true, nil
}

// identityLine is the first line that is neither empty nor a remark.
func identityLine(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return line
		}
	}
	return ""
}

// ownLock locks a backup to this user's key, and says once where that key is.
func ownLock(io stdio) ([]string, error) {
	key, path, made, err := backupKey(true)
	if err != nil {
		return nil, err
	}
	if made {
		fmt.Fprintf(io.err, "备份密钥 backup key made: %s；请另存一份，没有它备份无法打开 (keep a copy elsewhere: without it the backup cannot be opened)\n", path)
	}
	return []string{key.Recipient().String()}, nil
}
