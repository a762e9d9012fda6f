package store

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/uptrace/bun"

	"zhuanhua"
)

// Lock says who may open a backup: a passphrase, or age recipients ("age1…"); one of them is needed.
type Lock struct {
	Passphrase string
	Recipients []string
	Effort     int // work factor of the passphrase as a power of two, 0 for age's own
}

func (l Lock) recipients() ([]age.Recipient, error) {
	if l.Passphrase != "" && len(l.Recipients) > 0 {
		return nil, zhuanhua.Invalid("", "a backup is locked with a passphrase or with recipients, not with both", "leave one out")
	}
	if l.Passphrase != "" {
		r, err := age.NewScryptRecipient(l.Passphrase)
		if err == nil && l.Effort > 0 {
			r.SetWorkFactor(l.Effort)
		}
		return []age.Recipient{r}, err
	}
	var list []age.Recipient
	for _, s := range l.Recipients {
		r, err := age.ParseX25519Recipient(s)
		if err != nil {
			return nil, zhuanhua.Invalid("", fmt.Sprintf("%q is no age recipient", s), `write it as "age1…"`)
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil, zhuanhua.Invalid("", "a backup needs a passphrase or a recipient: it holds the keys of the records", "give one")
	}
	return list, nil
}

// backupFormat is the version of what is inside a backup.
const backupFormat = 1

// manifest is the last member of a backup: what it holds.
type manifest struct {
	Format   int       `json:"format"`
	Schema   int64     `json:"schema"`
	Database string    `json:"database"`
	At       time.Time `json:"at"`
	Events   int64     `json:"events"`
	Head     string    `json:"head"`
	Members  []member  `json:"members"`
}

type member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Names inside a backup; the rest is named as in the data directory.
const (
	manifestName = "manifest.json"
	tablesDir    = "tables" // pieces of one gzip stream that dump writes
)

// Backup writes one encrypted file with everything: tables, attachments, seals and keys, each with its
// checksum, as they are at one moment while others write. The file appears whole or not at all. What
// the index holds is left out, because it is made again; the encoded texts are in it.
func (s *Store) Backup(ctx context.Context, file string, l Lock) error {
	to, err := l.recipients()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: file, What: "this file exists already", Do: "name another one; a backup overwrites nothing"}
	}
	part := file + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fileError(file, "the backup cannot be written", err)
	}
	err = s.backupTo(ctx, f, to)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(part, file) // unlike a rename it replaces nothing
	}
	os.Remove(part)
	if err != nil {
		var known *zhuanhua.Error
		if errors.As(err, &known) {
			return known
		}
		return fileError(file, "the backup cannot be written", err)
	}
	return syncDir(filepath.Dir(file))
}

func (s *Store) backupTo(ctx context.Context, w io.Writer, to []age.Recipient) error {
	sealed, err := age.Encrypt(w, to...)
	if err != nil {
		return err
	}
	a := &archive{tar: tar.NewWriter(sealed)}
	if err := s.fill(ctx, a); err != nil {
		return err
	}
	return errors.Join(a.tar.Close(), sealed.Close())
}

// fill writes the members as of one moment of the database.
func (s *Store) fill(ctx context.Context, a *archive) error {
	t, err := s.db.snapshot(ctx)
	if err != nil {
		return dbError("the records cannot be read", err)
	}
	defer t.Rollback()
	m := manifest{Format: backupFormat, At: s.Now(ctx)}
	if m.Schema, err = s.db.schema(ctx); err == nil {
		m.Database, err = s.db.describe(ctx)
	}
	if err == nil {
		m.Events, m.Head, _, err = headOf(ctx, t)
	}
	if err != nil {
		return dbError("the records cannot be read", err)
	}
	for _, step := range []func(context.Context, bun.IDB, *archive) error{s.packTables, s.packSeals, s.packKeys, s.packAttachments} {
		if err := step(ctx, t, a); err != nil {
			return err
		}
	}
	m.Members = a.members
	return a.add(manifestName, []byte(zhuanhua.CanonicalJSON(m)))
}

// archive is a tar that remembers what went into it.
type archive struct {
	tar     *tar.Writer
	members []member
}

func (a *archive) add(name string, b []byte) error {
	return a.copy(name, int64(len(b)), bytes.NewReader(b))
}

func (a *archive) copy(name string, size int64, r io.Reader) error {
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return err
	}
	h := newSum()
	if _, err := io.Copy(io.MultiWriter(a.tar, h), r); err != nil {
		return err
	}
	a.members = append(a.members, member{name, size, h.String()})
	return nil
}

// pieceSize is how much of the tables goes into one member: a tar asks for the size beforehand, and no
// plain copy shall lie on the disk.
const pieceSize = 4 << 20

// pieces is a stream cut into members.
type pieces struct {
	a *archive
	b bytes.Buffer
	n int
}

// Write collects a piece and hands it on when it is full.
func (p *pieces) Write(b []byte) (int, error) {
	p.b.Write(b)
	if p.b.Len() < pieceSize {
		return len(b), nil
	}
	return len(b), p.flush()
}

func (p *pieces) flush() error {
	p.n++
	err := p.a.add(fmt.Sprintf("%s/%06d", tablesDir, p.n), p.b.Bytes())
	p.b.Reset()
	return err
}

func (s *Store) packTables(ctx context.Context, t bun.IDB, a *archive) error {
	p := &pieces{a: a}
	z, err := gzip.NewWriterLevel(p, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := dump(ctx, t, z, true); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return p.flush()
}

// packSeals takes the lines that the database notes at that moment: later ones seal later events.
func (s *Store) packSeals(ctx context.Context, t bun.IDB, a *archive) error {
	var n int
	if err := t.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM seals").Scan(&n); err != nil {
		return dbError("the seals cannot be read", err)
	}
	lines, _, err := readSeals(s.o.Dir)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, line := range lines[:min(n, len(lines))] {
		b.Write(line)
		b.WriteByte('\n')
	}
	return a.add(sealsFile, b.Bytes())
}

func (s *Store) packKeys(_ context.Context, _ bun.IDB, a *archive) error {
	for _, name := range []string{masterKeyFile, sealKeyFile} {
		path := filepath.Join(s.o.Dir, keysDir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			return fileError(path, "the key cannot be read", err)
		}
		if err := a.add(keysDir+"/"+name, b); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) packAttachments(ctx context.Context, t bun.IDB, a *archive) error {
	for row, err := range readTable(ctx, t, table{name: "attachments", key: 1}, columnsOf("attachments")) {
		if err != nil {
			return dbError("the attachments cannot be read", err)
		}
		x := Attachment{SHA256: row[0].(string), Name: row[1].(string)}
		if err := s.packAttachment(x, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) packAttachment(x Attachment, a *archive) error {
	where := "attachment " + x.SHA256 + " (" + x.Name + ")"
	f, err := openKept(s.o.Dir, x)
	var st fs.FileInfo
	if err == nil {
		defer f.Close()
		st, err = f.Stat()
	}
	if err != nil {
		return fileError(where, "its file cannot be read", err)
	}
	if err := a.copy(attachmentsDir+"/"+filepath.ToSlash(x.place()), st.Size(), f); err != nil {
		return err
	}
	if a.members[len(a.members)-1].SHA256 != x.SHA256 {
		return &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: where, What: "its file was exchanged", Do: "put it back from an earlier backup; zhuanhua verify says more"}
	}
	return nil
}
