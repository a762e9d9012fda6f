package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"zhuanhua"
)

// Where attachments lie: under their hash, and before their event is committed in the waiting room.
const (
	attachmentsDir = "attachments"
	waitingDir     = ".waiting"
)

// Attachment is a file that belongs to the records, kept once under the hash of its content.
type Attachment struct {
	SHA256 string `json:"sha256"`
	Name   string `json:"name"` // as its giver called it
	Type   string `json:"type"` // told from the content, "application/pdf"
	Size   int64  `json:"size"`
	Batch  string `json:"-"`
}

// place is where an attachment lies, from the attachments directory.
func (a Attachment) place() string { return filepath.Join(a.SHA256[:2], a.SHA256[2:]) }

// Attach takes a file in and records it by an event. The same content a second time makes no event and
// answers what the first was called.
func (s *Store) Attach(ctx context.Context, actor, name string, r io.Reader) (Attachment, error) {
	c := zhuanhua.Change{}
	if err := checkChange(actor, &c); err != nil {
		return Attachment{}, err
	}
	if what := zhuanhua.CheckID(name); what != "" || filepath.Base(name) != name {
		return Attachment{}, zhuanhua.Invalid("", fmt.Sprintf("%q is no name of a file", name), "give the file's own name without folders")
	}
	if s.o.ReadOnly {
		return Attachment{}, s.writing()
	}
	a := Attachment{Name: name, Batch: c.Batch}
	tmp, err := s.takeIn(&a, r)
	if err != nil {
		return Attachment{}, err
	}
	defer os.Remove(tmp)
	if err := s.writing(); err != nil {
		return Attachment{}, err
	}
	defer s.mu.Unlock()
	known, err := s.attachment(ctx, a.SHA256)
	if err == nil {
		return known, nil
	}
	if zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		return Attachment{}, err
	}
	waiting := filepath.Join(s.o.Dir, attachmentsDir, waitingDir, a.SHA256)
	if err := os.Rename(tmp, waiting); err != nil {
		return Attachment{}, fileError(waiting, "the attachment cannot be kept", err)
	}
	if err := syncDir(filepath.Dir(waiting)); err != nil {
		return Attachment{}, err
	}
	if err := s.recordAttachment(ctx, actor, a); err != nil {
		os.Remove(waiting)
		return Attachment{}, err
	}
	return a, s.settle(a)
}

func (s *Store) recordAttachment(ctx context.Context, actor string, a Attachment) error {
	return s.write(ctx, func(t *tx) error {
		w, err := s.beginEvents(ctx, t, actor)
		if err != nil {
			return err
		}
		if err := w.add("attachment."+didAdd, "attachment/"+a.SHA256, payload{Batch: a.Batch, Attachment: &a}); err != nil {
			return err
		}
		return w.finish(ctx)
	})
}

// takeIn copies a file into the waiting room, and finds out its hash, size and type on the way.
func (s *Store) takeIn(a *Attachment, r io.Reader) (path string, err error) {
	dir := filepath.Join(s.o.Dir, attachmentsDir, waitingDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fileError(dir, "the directory cannot be made", err)
	}
	path = filepath.Join(dir, "in-"+rand.Text())
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fileError(path, "the attachment cannot be kept", err)
	}
	h := sha256.New()
	var start prefix
	a.Size, err = io.Copy(io.MultiWriter(f, h, &start), r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(path)
		return "", fileError(path, "the attachment cannot be kept", err)
	}
	a.SHA256 = hex.EncodeToString(h.Sum(nil))
	a.Type = http.DetectContentType(start.b)
	return path, nil
}

// prefix keeps the first 512 bytes written to it.
type prefix struct{ b []byte }

// Write never fails.
func (p *prefix) Write(b []byte) (int, error) {
	p.b = append(p.b, b[:min(len(b), 512-len(p.b))]...)
	return len(b), nil
}

// settle moves an attachment from the waiting room to its place.
func (s *Store) settle(a Attachment) error {
	root := filepath.Join(s.o.Dir, attachmentsDir)
	to := filepath.Join(root, a.place())
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fileError(to, "the directory cannot be made", err)
	}
	if err := os.Rename(filepath.Join(root, waitingDir, a.SHA256), to); err != nil {
		return fileError(to, "the attachment cannot be put in its place", err)
	}
	return errors.Join(syncDir(filepath.Dir(to)), syncDir(root))
}

// recoverAttachments finishes what a crash interrupted: a file whose event is in the log gets its place,
// any other was acknowledged to nobody and goes.
func (s *Store) recoverAttachments(ctx context.Context) error {
	dir := filepath.Join(s.o.Dir, attachmentsDir, waitingDir)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError(dir, "the attachments cannot be read", err)
	}
	for _, e := range entries {
		a, err := s.attachment(ctx, e.Name())
		switch {
		case zhuanhua.KindOf(err) == zhuanhua.KindNotFound:
			err = os.Remove(filepath.Join(dir, e.Name()))
		case err == nil:
			err = s.settle(a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attachment reads the row of an attachment.
func (s *Store) attachment(ctx context.Context, sum string) (Attachment, error) {
	a := Attachment{SHA256: sum}
	err := s.db.reader().QueryRowContext(ctx, "SELECT name, type, size, batch FROM attachments WHERE sha256 = ?", sum).
		Scan(&a.Name, &a.Type, &a.Size, &a.Batch)
	if errors.Is(err, sql.ErrNoRows) {
		return a, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "attachment/" + sum, What: "there is no such attachment", Do: "check the hash"}
	}
	return a, dbError("the attachments cannot be read", err)
}

// OpenAttachment opens a kept file, KindNotFound when there is none of that hash.
func (s *Store) OpenAttachment(ctx context.Context, sum string) (io.ReadCloser, Attachment, error) {
	a, err := s.attachment(ctx, sum)
	if err != nil {
		return nil, a, err
	}
	f, err := openKept(s.o.Dir, a)
	if err != nil {
		return nil, a, fileError("attachment/"+sum, "the attachment's file is missing", err)
	}
	return f, a, nil
}

// openKept opens an attachment in its place, or in the waiting room where its writer has not moved it yet.
func openKept(dir string, a Attachment) (*os.File, error) {
	root := filepath.Join(dir, attachmentsDir)
	f, err := os.Open(filepath.Join(root, a.place()))
	if errors.Is(err, fs.ErrNotExist) {
		if w, err := os.Open(filepath.Join(root, waitingDir, a.SHA256)); err == nil {
			return w, nil
		}
		return os.Open(filepath.Join(root, a.place()))
	}
	return f, err
}
