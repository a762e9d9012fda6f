package app

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"zhuanhua"
	"zhuanhua/match"
)

// holding is the state in which the index holds a record.
type holding struct {
	Row  string // hash of its image
	Text string // hash of the texts that were encoded
}

// stamp is the holding as the engine keeps it with a document: both hashes as bytes.
func (h holding) stamp() string {
	row, err1 := hex.DecodeString(h.Row)
	text, err2 := hex.DecodeString(h.Text)
	if err1 != nil || err2 != nil || len(row) > 255 {
		return "" // no hash of ours: the record counts as not held, and is taken again
	}
	return string(append(append([]byte{byte(len(row))}, row...), text...))
}

// holds is the state in which the index holds a record, empty for one that it does not hold.
func (x *Index) holds(n zhuanhua.Noun, id string) holding {
	s, ok := x.engines[n].Stamp(id)
	if !ok || s == "" || len(s) <= int(s[0]) {
		return holding{}
	}
	row := 1 + int(s[0])
	return holding{hex.EncodeToString([]byte(s[1:row])), hex.EncodeToString([]byte(s[row:]))}
}

// snapshotFile says what the snapshot of an index holds. It is written last, and names files that are
// never written again: so a snapshot is whole, or it is the one before.
const snapshotFile = "index.json"

// snapshot is the content of snapshotFile.
type snapshot struct {
	Model   string           `json:"model"`
	Edition int              `json:"edition"`
	Seen    position         `json:"seen"`
	Files   map[string]int64 `json:"files"` // size by name
}

// nameOf is the name of a noun's files in an edition.
func nameOf(n zhuanhua.Noun, edition int) string { return fmt.Sprintf("%s-%d", n, edition) }

// Save writes the snapshot, if there is something new in it and a place for it. Updates go on
// meanwhile: what they change in it is taken again when it is opened.
func (x *Index) Save() error {
	x.saving.Lock()
	defer x.saving.Unlock()
	m, engines, ok := x.toSave()
	if !ok {
		return nil
	}
	err := os.MkdirAll(x.o.Dir, 0o700)
	for _, n := range indexed() {
		if err != nil {
			break
		}
		var files []string
		files, err = engines[n].Save(x.o.Dir, nameOf(n, m.Edition))
		for _, f := range files {
			info, statErr := os.Stat(f)
			if statErr != nil {
				err = statErr
				break
			}
			m.Files[filepath.Base(f)] = info.Size()
		}
	}
	if err == nil {
		err = m.write(filepath.Join(x.o.Dir, snapshotFile))
	}
	if err != nil {
		x.mu.Lock()
		x.unsaved = true
		x.mu.Unlock()
		return notSaved(x.o.Dir, err)
	}
	m.tidy(x.o.Dir)
	return nil
}

// toSave is what a snapshot is to hold; false where there is nothing to save.
func (x *Index) toSave() (*snapshot, map[zhuanhua.Noun]*match.Engine, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.unsaved || x.o.Dir == "" || !x.o.Write {
		return nil, nil, false
	}
	x.unsaved = false
	x.edition++
	return &snapshot{Model: x.model, Edition: x.edition, Seen: x.seen, Files: map[string]int64{}}, x.engines, true
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

// tidy removes the files of other editions. One that cannot be removed is left for the next time.
func (m *snapshot) tidy(dir string) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, f := range list {
		if _, mine := m.Files[f.Name()]; mine || f.Name() == snapshotFile {
			continue
		}
		for _, n := range indexed() {
			if strings.HasPrefix(f.Name(), string(n)+"-") || strings.HasPrefix(f.Name(), string(n)+".") {
				_ = os.Remove(filepath.Join(dir, f.Name()))
			}
		}
	}
}

// errSnapshot says that a snapshot cannot be used; the cause is wrapped with it.
var errSnapshot = errors.New("the snapshot of the index cannot be used and it is made again from the records")

func readSnapshot(dir string) (*snapshot, error) {
	b, err := os.ReadFile(filepath.Join(dir, snapshotFile))
	if err != nil {
		return nil, err
	}
	var m snapshot
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, err
	}
	return &m, nil
}

// check looks whether a snapshot is of a model and its files are there as they were written.
func (m *snapshot) check(dir, model string) error {
	if m.Model != model {
		return errors.New("it was made with another model, " + m.Model + ", and its texts are encoded again")
	}
	if len(m.Files) == 0 || m.Edition == 0 {
		return errors.New("another version of the program made it")
	}
	for name, size := range m.Files {
		info, err := os.Stat(filepath.Join(dir, filepath.Base(name)))
		if errors.Is(err, fs.ErrNotExist) {
			return errors.New("its file " + name + " is gone")
		}
		if err != nil {
			return err
		}
		if info.Size() != size {
			return errors.New("its file " + name + " is not the one that was saved")
		}
	}
	return nil
}

// loadTries is how often a snapshot is looked at that another process replaces meanwhile.
const loadTries = 3

// load opens the snapshot. What changed since it was saved is left for catchUp.
func (x *Index) load() error {
	if x.o.Dir == "" {
		return fs.ErrNotExist
	}
	var err error
	for range loadTries {
		var m *snapshot
		if m, err = readSnapshot(x.o.Dir); err == nil {
			x.edition = m.Edition // the next one has another name, whatever becomes of this one
			err = x.open(m)
		}
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if again, err2 := readSnapshot(x.o.Dir); err2 != nil || m == nil || again.Edition == m.Edition {
			break
		}
	}
	return fmt.Errorf("%w: %w", errSnapshot, err)
}

func (x *Index) open(m *snapshot) error {
	if err := m.check(x.o.Dir, x.model); err != nil {
		return err
	}
	engines := map[zhuanhua.Noun]*match.Engine{}
	for _, n := range indexed() {
		e, err := match.Open(x.options(), x.o.Dir, nameOf(n, m.Edition))
		if err != nil {
			return err
		}
		engines[n] = e
	}
	x.engines, x.seen = engines, m.Seen
	return nil
}
