package main

import (
	"io/fs"
	"sync"

	"zhuanhua/plan"
)

// shelf keeps the packs that one process has loaded, so that a process which carries out many commands reads
// each only once. A pack is known by the name that its faults show and the checksum of its files: a file that
// is edited makes another pack. Nothing changes a pack once it is loaded, so commands may share it.
type shelf struct {
	mu    sync.Mutex
	packs map[string]*plan.Pack
}

// maxShelf bounds a shelf: who edits a plan again and again leaves packs behind that nobody asks for.
const maxShelf = 16

// load is the pack of a folder. Without a shelf it is read each time.
func (s *shelf) load(files fs.FS, name string) (*plan.Pack, error) {
	o := plan.Options{Regions: regionTable{}}
	if s == nil {
		return plan.Load(files, name, o)
	}
	sum, err := plan.Sum(files)
	if err != nil {
		return plan.Load(files, name, o) // which says what is wrong, and where
	}
	s.mu.Lock()
	p := s.packs[name+" "+sum]
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	if p, err = plan.Load(files, name, o); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.packs == nil || len(s.packs) >= maxShelf {
		s.packs = map[string]*plan.Pack{}
	}
	s.packs[name+" "+p.Sum] = p // of what was read, which may have been written since it was summed
	return p, nil
}
