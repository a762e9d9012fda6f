package store

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"filippo.io/age"

	"zhuanhua"
)

// Key opens a backup: its passphrase or age identities ("AGE-SECRET-KEY-1…").
type Key struct {
	Passphrase string
	Identities []string
}

func (k Key) identities() ([]age.Identity, error) {
	var list []age.Identity
	if k.Passphrase != "" {
		id, err := age.NewScryptIdentity(k.Passphrase)
		if err != nil {
			return nil, err
		}
		id.SetMaxWorkFactor(22)
		list = append(list, id)
	}
	for _, s := range k.Identities {
		id, err := age.ParseX25519Identity(s)
		if err != nil {
			return nil, zhuanhua.Invalid("", "this is no age identity", `it begins with "AGE-SECRET-KEY-1"`)
		}
		list = append(list, id)
	}
	if len(list) == 0 {
		return nil, zhuanhua.Invalid("", "a backup opens with its passphrase or an identity", "give one")
	}
	return list, nil
}

// Restore puts a backup in place where there is nothing: it decrypts and checks everything, verifies
// the records and only then gives them their name. The backup of one database can be restored into
// the other. KindInvalid for a wrong key or a damaged file, KindConflict where something is already.
func Restore(ctx context.Context, file string, k Key, o Options) (err error) {
	ids, err := k.identities()
	if err != nil {
		return err
	}
	if err := checkEmpty(o.Dir); err != nil {
		return err
	}
	parent := filepath.Dir(filepath.Clean(o.Dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fileError(parent, "the directory cannot be made", err)
	}
	work, err := os.MkdirTemp(parent, filepath.Base(o.Dir)+".restore-")
	if err != nil {
		return fileError(parent, "there is no room to restore", err)
	}
	defer os.RemoveAll(work)
	m, err := unpack(file, ids, work)
	if err != nil {
		return err
	}
	if m.Schema > newestSchema {
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: file, What: fmt.Sprintf("it has schema %d, of a newer program; this one knows schemas up to %d", m.Schema, newestSchema),
			Do: "use the newer program; nothing was written"}
	}
	if err := rebuild(ctx, m, Options{Dir: work}, filepath.Join(work, tablesDir)); err != nil {
		return restoreError(file, err)
	}
	if err := verifyRestored(ctx, file, m, work); err != nil {
		return err
	}
	if o.URL != "" {
		if err := removeDatabase(work); err != nil {
			return err
		}
		if err := rebuild(ctx, m, Options{Dir: work, URL: o.URL}, filepath.Join(work, tablesDir)); err != nil {
			return restoreError(file, err)
		}
	}
	return putInPlace(work, o.Dir)
}

func putInPlace(work, dir string) error {
	if err := os.RemoveAll(filepath.Join(work, tablesDir)); err != nil {
		return fileError(work, "the restored records cannot be put in place", err)
	}
	if err := os.Rename(work, dir); err != nil {
		return fileError(dir, "the restored records cannot be put in place", err)
	}
	return syncDir(filepath.Dir(filepath.Clean(dir)))
}

func checkEmpty(dir string) error {
	if dir == "" {
		return zhuanhua.Invalid("", "no data directory is named", "name one with --data")
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fileError(dir, "the directory cannot be read", err)
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: dir, What: "this directory is not empty, and a restore overwrites nothing", Do: "name a new one"}
}

func removeDatabase(dir string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		path := filepath.Join(dir, databaseFile+suffix)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError(path, "the file cannot be removed", err)
		}
	}
	return nil
}

func damaged(file, what string, err error) error {
	return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: file, What: what, Do: "use another copy; nothing was written", Err: err}
}

func restoreError(file string, err error) error {
	var known *zhuanhua.Error
	if errors.As(err, &known) {
		return err
	}
	return damaged(file, "the backup cannot be restored", err)
}

// unpack decrypts a backup into a directory and checks every member against the manifest.
func unpack(file string, ids []age.Identity, dir string) (manifest, error) {
	var m manifest
	f, err := os.Open(file)
	if err != nil {
		return m, fileError(file, "the backup cannot be read", err)
	}
	defer f.Close()
	plain, err := age.Decrypt(f, ids...)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return m, &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: file, What: "this passphrase or identity does not open the backup",
			Do: "give the one it was made with; nothing was written"}
	case err != nil:
		return m, damaged(file, "this is no backup, or its beginning is damaged", err)
	}
	members, raw, err := untar(plain, dir)
	if err != nil {
		var known *zhuanhua.Error
		if errors.As(err, &known) {
			return m, err
		}
		return m, damaged(file, "the backup is damaged or cut off", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, damaged(file, "the backup is incomplete: its list of contents is missing", nil)
	}
	return m, m.check(file, members)
}

func (m manifest) check(file string, members []member) error {
	if m.Format != backupFormat {
		return damaged(file, fmt.Sprintf("the backup has format %d, this program reads format %d", m.Format, backupFormat), nil)
	}
	if len(members) != len(m.Members) {
		return damaged(file, fmt.Sprintf("the backup holds %d members, its list names %d", len(members), len(m.Members)), nil)
	}
	for i, x := range members {
		if x != m.Members[i] {
			return damaged(file, "member "+x.Name+" does not have the checksum that the list names", nil)
		}
	}
	return nil
}

// memberName is the only names that a backup may hold.
var memberName = regexp.MustCompile(`^(manifest\.json|seals\.log|keys/(master|seal)\.key|tables/[0-9]{6}|attachments/[0-9a-f]{2}/[0-9a-f]{62})$`)

// untar writes the members into a directory and returns the manifest's text beside them.
func untar(r io.Reader, dir string) (members []member, manifest []byte, err error) {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if err == io.EOF {
			_, err := io.Copy(io.Discard, r) // age tells a cut-off file only at its end
			return members, manifest, err
		}
		if err != nil {
			return nil, nil, err
		}
		if !memberName.MatchString(h.Name) || h.Typeflag != tar.TypeReg {
			return nil, nil, fmt.Errorf("member %q has no place in a backup", h.Name)
		}
		if h.Name == manifestName {
			if manifest, err = io.ReadAll(t); err != nil {
				return nil, nil, err
			}
			continue
		}
		x, err := untarFile(t, h, filepath.Join(dir, filepath.FromSlash(h.Name)))
		if err != nil {
			return nil, nil, err
		}
		members = append(members, x)
	}
}

func untarFile(t io.Reader, h *tar.Header, path string) (member, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return member{}, fileError(path, "the directory cannot be made", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return member{}, fileError(path, "the file cannot be written", err)
	}
	sum := newSum()
	n, err := io.Copy(io.MultiWriter(f, sum), t)
	if err != nil {
		f.Close()
		var path *fs.PathError
		if errors.As(err, &path) {
			return member{}, fileError(path.Path, "the file cannot be written", err)
		}
		return member{}, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return member{}, fileError(path, "the file cannot be written", err)
	}
	return member{h.Name, n, sum.String()}, nil
}

// rebuild loads the tables of a backup into an empty database, and moves them to our schema.
func rebuild(ctx context.Context, m manifest, o Options, tables string) error {
	db, err := openEngine(ctx, o)
	if err != nil {
		return err
	}
	defer db.close()
	if have, err := db.schema(ctx); err != nil {
		return err
	} else if have > 0 {
		if seq, _, _, err := headOf(ctx, db.reader()); err != nil || seq > 0 {
			return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "--database", What: "the database holds records already, and a restore overwrites nothing",
				Do: "name an empty one", Err: err}
		}
	} else if err := db.migrate(ctx, m.Schema); err != nil {
		return dbError("the tables cannot be made", err)
	}
	t, err := db.begin(ctx)
	if err != nil {
		return dbError("the tables cannot be written", err)
	}
	err = loadPieces(ctx, t, tables)
	if err == nil {
		err = t.wake(ctx)
	}
	if err != nil {
		t.rollback()
		return dbError("the tables of the backup cannot be read in", err)
	}
	if err := t.commit(); err != nil {
		return dbError("the tables cannot be written", err)
	}
	return dbError("the tables cannot be moved to the newest schema", db.migrate(ctx, newestSchema))
}

func loadPieces(ctx context.Context, t *tx, dir string) error {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return err
	}
	var readers []io.Reader
	for _, e := range entries {
		f, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		defer f.Close()
		readers = append(readers, f)
	}
	z, err := gzip.NewReader(io.MultiReader(readers...))
	if err != nil {
		return err
	}
	return load(ctx, t, z)
}

// verifyRestored looks at the restored records as anyone would, before they get their name.
func verifyRestored(ctx context.Context, file string, m manifest, dir string) error {
	s, err := Open(ctx, Options{Dir: dir, ReadOnly: true})
	if err != nil {
		return restoreError(file, err)
	}
	defer s.Close()
	v, err := s.Verify(ctx)
	if err != nil {
		return err
	}
	if v.Events != m.Events {
		return damaged(file, fmt.Sprintf("the backup holds %d events, its list names %d", v.Events, m.Events), nil)
	}
	if len(v.Findings) > 0 {
		f := v.Findings[0]
		what := strings.TrimSpace(f.Where + " " + f.What)
		return damaged(file, fmt.Sprintf("the records in the backup do not verify (%d findings, the first: %s)", len(v.Findings), what), nil)
	}
	return nil
}
