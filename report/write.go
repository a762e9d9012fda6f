package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"zhuanhua"
)

// part is one file of a report and what fills it.
type part struct {
	name   string
	render func(io.Writer, Input) error
}

// Write makes matches.xlsx and matches.html in dir, both or none: until both are complete, what
// stood there before stays. It returns the paths written.
func Write(dir string, in Input) ([]string, error) {
	return writeAll(dir, in, []part{{"matches.xlsx", XLSX}, {"matches.html", HTML}})
}

func writeAll(dir string, in Input, parts []part) (files []string, err error) {
	made, err := makeDir(dir)
	if err != nil {
		return nil, err
	}
	var s swap
	defer func() {
		s.clear()
		if err != nil {
			removeDirs(made)
		}
	}()
	for _, p := range parts {
		target := filepath.Join(dir, p.name)
		if info, err := os.Lstat(target); err == nil && info.IsDir() {
			return nil, zhuanhua.Invalid(target, "a folder has the name of the report", "rename the folder or choose another place for the report")
		}
		temp, err := writeTemp(dir, p, in)
		if err != nil {
			return nil, explain(target, err)
		}
		s.add(temp, target)
		files = append(files, target)
	}
	if err := s.commit(); err != nil {
		return nil, explain(dir, err)
	}
	return files, nil
}

// makeDir makes dir with its parents and returns the folders made, outermost first.
func makeDir(dir string) ([]string, error) {
	var missing []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err == nil && !info.IsDir() {
			return nil, zhuanhua.Invalid(d, "this is a file, the report needs a folder", "choose another place for the report")
		}
		if err == nil || filepath.Dir(d) == d {
			break
		}
		missing = append([]string{d}, missing...)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		removeDirs(missing)
		return nil, explain(dir, err)
	}
	return missing, nil
}

// removeDirs takes away folders that makeDir made; one that is not empty stays.
func removeDirs(made []string) {
	for i := len(made) - 1; i >= 0; i-- {
		os.Remove(made[i])
	}
}

// writeTemp writes one part to a temporary file beside its place, on disk and readable like any
// file the user makes.
func writeTemp(dir string, p part, in Input) (name string, err error) {
	f, err := os.CreateTemp(dir, "."+p.name+"-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := p.render(f, in); err != nil {
		return "", err
	}
	// A file system without modes (a USB stick) refuses this; the file is good all the same.
	_ = f.Chmod(0o644)
	if err := f.Sync(); err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// swap puts finished files into their places together.
type swap struct {
	moves []move
}

// move is one file on its way; old is where the file that it replaces waits.
type move struct {
	temp, target, old string
	done              bool
}

func (s *swap) add(temp, target string) {
	s.moves = append(s.moves, move{temp: temp, target: target})
}

// commit renames every file, and when one fails puts back what stood there.
func (s *swap) commit() error {
	for i := range s.moves {
		if err := s.moves[i].apply(); err != nil {
			return errors.Join(err, s.undo())
		}
	}
	for _, m := range s.moves {
		if m.old != "" {
			os.Remove(m.old)
		}
	}
	s.moves = nil
	return nil
}

func (m *move) apply() error {
	old := m.temp + ".old"
	switch err := os.Rename(m.target, old); {
	case err == nil:
		m.old = old
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.Rename(m.temp, m.target); err != nil {
		return err
	}
	m.done = true
	return nil
}

// undo leaves each place as it was before commit.
func (s *swap) undo() error {
	var errs []error
	for _, m := range s.moves {
		if m.done {
			errs = append(errs, os.Remove(m.target))
		}
		if m.old != "" {
			errs = append(errs, os.Rename(m.old, m.target))
		}
	}
	return errors.Join(errs...)
}

// clear removes the temporary files that found no place.
func (s *swap) clear() {
	for _, m := range s.moves {
		os.Remove(m.temp)
	}
}

// explain turns a failure of the disk into a sentence that says what to do.
func explain(where string, err error) error {
	var known *zhuanhua.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return zhuanhua.Unavailable(where, "the disk is full", "free some space or choose another place for the report", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return zhuanhua.Unavailable(where, "no permission to write here", "choose another place for the report or ask for the right to write", err)
	case errors.Is(err, syscall.ENOTDIR):
		return zhuanhua.Invalid(where, "this is a file, the report needs a folder", "choose another place for the report")
	case errors.Is(err, syscall.ENAMETOOLONG):
		return zhuanhua.Invalid(where, "the path is too long", "choose a shorter place for the report")
	}
	return zhuanhua.Unavailable(where, "the report cannot be written", "look at the cause, then run again", err)
}
