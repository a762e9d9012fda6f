package app

import (
	"context"
	"sync"

	"zhuanhua"
	"zhuanhua/store"
)

// shelf keeps what many readers ask for between two changes of the records: the entries of all registers, the
// cases that were shown to the public, the names of organisations. The portal asks for them on every page.
type shelf struct {
	mu    sync.Mutex
	seq   int64 // of the newest event when it was read
	filed bool
	now   shelved
}

// shelved is what was read. Nobody alters it.
type shelved struct {
	entries []zhuanhua.Accreditation
	cases   []zhuanhua.Case // with a publicity, running or over
	names   map[string]string
}

// Kept is the desk with entries and publicities kept in memory as long as the records do not change.
func (d *Desk) Kept() *Desk {
	out := *d
	out.shelf = &shelf{}
	return &out
}

// shelved is what the records hold now.
func (d *Desk) shelved(ctx context.Context) (shelved, error) {
	if d.shelf == nil {
		return d.readShelf(ctx)
	}
	d.shelf.mu.Lock()
	defer d.shelf.mu.Unlock()
	seq, err := d.store.Newest(ctx)
	if err != nil || d.shelf.filed && seq == d.shelf.seq {
		return d.shelf.now, err
	}
	// What comes in while it is read belongs to a later number, and is read again.
	next, err := d.readShelf(ctx)
	if err == nil {
		d.shelf.now, d.shelf.seq, d.shelf.filed = next, seq, true
	}
	return next, err
}

func (d *Desk) readShelf(ctx context.Context) (shelved, error) {
	out := shelved{names: map[string]string{}}
	err := each(ctx, d.store, store.Filter{}, func(e zhuanhua.Accreditation, _ int64) error {
		out.entries = append(out.entries, e)
		return nil
	})
	if err != nil {
		return out, err
	}
	err = each(ctx, d.store, store.Filter{}, func(c zhuanhua.Case, _ int64) error {
		if c.Publicity != nil {
			out.cases = append(out.cases, c)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	err = each(ctx, d.store, store.Filter{}, func(o zhuanhua.Organisation, _ int64) error {
		out.names[o.ID] = o.Name
		return nil
	})
	return out, err
}
