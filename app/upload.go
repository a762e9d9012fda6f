package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// File is a file that comes with an act. Its content stays the caller's to close.
type File struct {
	Field   string // of the action's form
	Name    string // without folders
	Size    int64
	Content io.ReaderAt
}

func (f File) reader() io.Reader { return io.NewSectionReader(f.Content, 0, f.Size) }

// upload is a file that was looked at: taken in, or, for a bid that has to be sealed first, left where
// it is.
type upload struct {
	File
	seen   flow.FileSeen
	sum    string
	staged *store.Staged
}

// uploads are the files of one act.
type uploads struct{ list []upload }

// takeIn takes the files of an act in, or none of them. Sealed ones are checked alone: not a byte of
// them is written.
func takeIn(s *store.Store, files []File, sealed bool) (*uploads, error) {
	u := &uploads{}
	for _, f := range files {
		x, err := takeOne(s, f, sealed)
		if err != nil {
			u.drop()
			return nil, err
		}
		u.list = append(u.list, x)
	}
	return u, nil
}

func takeOne(s *store.Store, f File, sealed bool) (upload, error) {
	x := upload{File: f}
	var err error
	if !sealed {
		if err := s.CheckSize(f.Name, f.Size); err != nil {
			return x, err
		}
		if x.staged, err = s.Stage(f.Name, f.reader()); err != nil {
			return x, err
		}
		x.sum, x.seen = x.staged.SHA256, seen(x.staged.Attachment)
		return x, nil
	}
	kind, err := s.CheckFile(f.Name, f.Content, f.Size)
	if err != nil {
		return x, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f.reader()); err != nil {
		return x, zhuanhua.Unavailable(f.Name, "文件读不出来 the file cannot be read", "check it and try again", err)
	}
	x.sum = hex.EncodeToString(h.Sum(nil))
	x.seen = seen(store.Attachment{Name: f.Name, Type: kind, Size: f.Size})
	return x, nil
}

// seen is an attachment as forms speak of it: its type is the extension that its content goes by.
func seen(a store.Attachment) flow.FileSeen {
	return flow.FileSeen{Name: a.Name, Type: store.Extension(a.Type, strings.ToLower(filepath.Ext(a.Name))), Size: a.Size}
}

func (u *uploads) drop() {
	for _, x := range u.list {
		if x.staged != nil {
			x.staged.Drop()
		}
	}
}

// byField lists the hashes by field.
func (u *uploads) byField() map[string][]string {
	if len(u.list) == 0 {
		return nil
	}
	m := map[string][]string{}
	for _, x := range u.list {
		m[x.Field] = append(m[x.Field], x.sum)
	}
	return m
}

// describe tells flow what was found in the files.
func (u *uploads) describe(into map[string]flow.FileSeen) {
	for _, x := range u.list {
		into[x.sum] = x.seen
	}
}

func (u *uploads) staged() []*store.Staged {
	var list []*store.Staged
	for _, x := range u.list {
		if x.staged != nil {
			list = append(list, x.staged)
		}
	}
	return list
}

// find is the upload with a hash.
func (u *uploads) find(sum string) (upload, error) {
	for _, x := range u.list {
		if x.sum == sum {
			return x, nil
		}
	}
	return upload{}, fmt.Errorf("file %.12s… did not come with the act", sum)
}
