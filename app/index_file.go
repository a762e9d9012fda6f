package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"

	"zhuanhua"
	"zhuanhua/match"
	"zhuanhua/store"
)

// snapshotFile says what the snapshot of an index holds. It is written last: a snapshot whose files
// have other checksums was not finished, and is not used.
const snapshotFile = "index.json"

// snapshot is the content of snapshotFile.
type snapshot struct {
	Model string                               `json:"model"`
	Files map[string]string                    `json:"files"` // checksum by name
	Held  map[zhuanhua.Noun]map[string]holding `json:"held"`
}

// Save writes the snapshot, if there is something new in it and a place for it.
func (x *Index) Save() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.unsaved || x.o.Dir == "" || !x.o.Write {
		return nil
	}
	if err := os.MkdirAll(x.o.Dir, 0o700); err != nil {
		return notSaved(x.o.Dir, err)
	}
	m := snapshot{Model: x.model, Files: map[string]string{}, Held: x.held}
	for _, n := range indexed() {
		files, err := x.engines[n].Save(x.o.Dir, string(n))
		if err != nil {
			return err
		}
		for _, f := range files {
			sum, err := sumOf(f)
			if err != nil {
				return notSaved(f, err)
			}
			m.Files[filepath.Base(f)] = sum
		}
	}
	if err := m.write(filepath.Join(x.o.Dir, snapshotFile)); err != nil {
		return notSaved(x.o.Dir, err)
	}
	x.unsaved = false
	return nil
}

func notSaved(path string, err error) error {
	return zhuanhua.Unavailable(path, "the index cannot be saved; it is made again from the records when it is next needed", "check space and permissions", err)
}

func (m *snapshot) write(path string) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// errSnapshot says that a snapshot cannot be used; the cause is wrapped with it.
var errSnapshot = errors.New("the snapshot of the index cannot be used")

func readSnapshot(dir, model string) (*snapshot, error) {
	b, err := os.ReadFile(filepath.Join(dir, snapshotFile))
	if err != nil {
		return nil, errors.Join(errSnapshot, err)
	}
	var m snapshot
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, errors.Join(errSnapshot, err)
	}
	if m.Model != model {
		return nil, errors.Join(errSnapshot, errors.New("it was made with another model, "+m.Model))
	}
	for name, want := range m.Files {
		if got, err := sumOf(filepath.Join(dir, filepath.Base(name))); err != nil || got != want {
			return nil, errors.Join(errSnapshot, errors.New("its file "+name+" is not the one that was saved"), err)
		}
	}
	return &m, nil
}

// load opens the snapshot for the records as they are now. What changed since it was saved is left for
// catchUp.
func (x *Index) load(ctx context.Context) error {
	if x.o.Dir == "" {
		return errSnapshot
	}
	m, err := readSnapshot(x.o.Dir, x.model)
	if err != nil {
		return err
	}
	x.engines, x.held = map[zhuanhua.Noun]*match.Engine{}, map[zhuanhua.Noun]map[string]holding{}
	for _, n := range indexed() {
		held := map[string]holding{}
		var docs []match.Document
		for row, err := range x.store.Rows(ctx, n, store.Filter{}) {
			if err != nil {
				return err
			}
			h, ok := m.Held[n][row.ID]
			if !ok || h.Row != row.Hash {
				continue
			}
			d, err := documentOf(row)
			if err != nil {
				return err
			}
			docs, held[row.ID] = append(docs, d), h
		}
		e, err := match.Open(x.options(), x.o.Dir, string(n), docs)
		if err != nil {
			return err
		}
		for id := range held {
			if !e.Holds(id) {
				delete(held, id) // catchUp adds it
			}
		}
		x.engines[n], x.held[n] = e, held
		x.unsaved = x.unsaved || len(held) != len(m.Held[n])
	}
	return nil
}
