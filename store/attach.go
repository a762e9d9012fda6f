package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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

// MaxAttachment is the largest attachment in bytes where Options names no other.
const MaxAttachment = 200 << 20

// Staged is a file that was taken in and checked, and belongs to nothing yet: RecordWith records it in
// the transaction of the change that names it, Drop lets it go. A crash before that leaves nothing.
type Staged struct {
	Attachment
	path string // where it waits: under a name of chance, and under its hash once its event is being written
}

// Drop removes the file, if it was not recorded. One whose event was being written is left to the store:
// it alone knows whether the event is in the log.
func (g *Staged) Drop() {
	if g.path != "" && !g.committing() {
		os.Remove(g.path)
		g.path = ""
	}
}

func (g *Staged) committing() bool { return filepath.Base(g.path) == g.SHA256 }

// Stage takes a file in. KindInvalid when it is empty, too large, something that can run, or of another
// type than its name says.
func (s *Store) Stage(name string, r io.Reader) (*Staged, error) {
	if what := zhuanhua.CheckID(name); what != "" || filepath.Base(name) != name {
		return nil, zhuanhua.Invalid("", fmt.Sprintf("%q is no name of a file", name), "give the file's own name without folders")
	}
	if s.o.ReadOnly {
		return nil, s.writing()
	}
	if f, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if st, err := f.Stat(); err == nil && st.Size() > s.mostBytes() {
			return nil, s.CheckSize(name, st.Size())
		}
	}
	g := &Staged{Attachment: Attachment{Name: name}}
	var err error
	if g.path, err = s.takeIn(&g.Attachment, io.LimitReader(r, s.mostBytes()+1)); err != nil {
		return nil, err
	}
	if g.Type, err = s.checkKept(g); err != nil {
		g.Drop()
		return nil, err
	}
	return g, nil
}

func (s *Store) checkKept(g *Staged) (string, error) {
	f, err := os.Open(g.path)
	if err != nil {
		return "", fileError(g.path, "the attachment cannot be read", err)
	}
	defer f.Close()
	return s.CheckFile(g.Name, f, g.Size)
}

// CheckFile is Stage without taking the file in: it tells the type, or what is wrong with the file.
func (s *Store) CheckFile(name string, content io.ReaderAt, size int64) (string, error) {
	if err := s.CheckSize(name, size); err != nil {
		return "", err
	}
	return checkType(content, name, size)
}

// CheckSize refuses a file that is empty or too large.
func (s *Store) CheckSize(name string, size int64) error {
	most := s.mostBytes()
	switch {
	case size == 0:
		return zhuanhua.Invalid(name, "文件是空的（0 字节） the file is empty", "choose the right file, and see that it was saved")
	case size > most:
		return zhuanhua.Invalid(name, fmt.Sprintf("文件太大：超过 %d MB 的上限（至少 %d MB） the file is larger than the limit of %d MB", most>>20, size>>20, most>>20),
			"hand in a smaller one, such as a scan of lower resolution, or parts")
	}
	return nil
}

func (s *Store) mostBytes() int64 { return cmp.Or(s.o.MaxFile, MaxAttachment) }

// Attach takes a file in and records it by an event. The same content a second time makes no event and
// answers what the first was called.
func (s *Store) Attach(ctx context.Context, actor, name string, r io.Reader) (Attachment, error) {
	g, err := s.Stage(name, r)
	if err != nil {
		return Attachment{}, err
	}
	defer g.Drop()
	if _, err := s.RecordWith(ctx, actor, zhuanhua.Change{}, g); err != nil {
		return Attachment{}, err
	}
	return s.Attachment(ctx, g.SHA256)
}

// RecordWith is Record for a change that brings files: they are recorded with it, or not at all.
func (s *Store) RecordWith(ctx context.Context, actor string, c zhuanhua.Change, files ...*Staged) (Recorded, error) {
	if err := checkChange(actor, &c); err != nil {
		return Recorded{}, err
	}
	items, err := plainItems(c.Items)
	if err != nil {
		return Recorded{}, err
	}
	return s.inGroup(&request{ctx: ctx, actor: actor, shared: payload{Batch: c.Batch, Reason: c.Reason}, items: items, files: files})
}

// attach adds the events of a request's files that are not there yet, and moves these to where they
// are looked for under their hash.
func (w *eventWriter) attach(ctx context.Context, r *request) (pays []payload, err error) {
	mine := map[string]bool{}
	for _, g := range r.files {
		var n int
		err := w.t.QueryRowContext(ctx, "SELECT count(*) FROM attachments WHERE sha256 = ?", g.SHA256).Scan(&n)
		if err != nil {
			return nil, err
		}
		if n > 0 || w.files[g.SHA256] || mine[g.SHA256] {
			continue
		}
		waiting := filepath.Join(filepath.Dir(g.path), g.SHA256)
		if err := os.Rename(g.path, waiting); err != nil {
			return nil, fileError(waiting, "the attachment cannot be kept", err)
		}
		g.path = waiting
		if err := syncDir(filepath.Dir(waiting)); err != nil {
			return nil, err
		}
		g.Batch = r.shared.Batch
		p := payload{Batch: g.Batch, Attachment: &g.Attachment}
		w.chain.add("attachment."+didAdd, "attachment/"+g.SHA256, p)
		pays = append(pays, p)
		mine[g.SHA256] = true
	}
	return pays, nil
}

// settleAll gives the recorded files of a request their places. One that cannot be moved now stays in
// the waiting room, where it is found too, and is moved when the records are opened again.
func (s *Store) settleAll(r *request) {
	for _, g := range r.files {
		if !g.committing() {
			continue // another had brought the same content before
		}
		if err := s.settle(g.Attachment); err != nil {
			s.o.Log.Warn("an attachment stays in the waiting room", "sha256", g.SHA256, "error", err)
		}
		g.path = ""
	}
}

// sweep removes what a request that failed left in the waiting room, unless the log speaks of it. It looks in
// the writer's place: a commit whose answer was lost may still be under way.
func (s *Store) sweep(r *request) {
	left := slices.DeleteFunc(slices.Clone(r.files), func(g *Staged) bool { return !g.committing() })
	if len(left) == 0 {
		return
	}
	ctx := context.WithoutCancel(r.ctx)
	t, err := s.db.begin(ctx)
	if err != nil {
		return // what cannot be removed now is when the records are opened again
	}
	defer t.rollback()
	for _, g := range left {
		var n int
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM attachments WHERE sha256 = ?", g.SHA256).Scan(&n); err == nil && n == 0 {
			os.Remove(g.path)
		}
	}
}

// takeIn copies a file into the waiting room, and finds out its hash and size on the way.
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
	h := newSum()
	a.Size, err = io.Copy(io.MultiWriter(f, h), r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(path)
		return "", fileError(path, "the attachment cannot be kept", err)
	}
	a.SHA256 = h.String()
	return path, nil
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
		a, err := s.Attachment(ctx, e.Name())
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

// Attachment is what is known of a kept file, KindNotFound when there is none of that hash.
func (s *Store) Attachment(ctx context.Context, sum string) (Attachment, error) {
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
	a, err := s.Attachment(ctx, sum)
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
