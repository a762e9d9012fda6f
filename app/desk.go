package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// Desk is casework (办事) under one plan: cases, the ledger, payments. It gathers what a decision looks
// at, lets package flow decide, and records what comes out on the versions that were read.
type Desk struct {
	store  *store.Store
	plan   *plan.Pack
	keys   func(*deciding) flow.Keys // how bids are sealed; a simulation has its own
	random func() string             // for ids that say nothing; a simulation has its own
	shelf  *shelf                    // nil: everything is read when it is asked for
}

// Desk is the casework of the records under a plan.
func (a *App) Desk(p *plan.Pack) *Desk {
	return &Desk{store: a.store, plan: p, keys: func(d *deciding) flow.Keys { return &sealing{deciding: d} }, random: randomText}
}

// Plan is the plan that decides.
func (d *Desk) Plan() *plan.Pack { return d.plan }

// tries is how often a decision is made again because something shared, such as a budget, changed
// under it; from the second time on those who try wait for each other.
const tries = 20

// decide makes a decision and records it, again and again while only something shared had changed, and
// not the case that it is about. attempt returns the change and the files that belong to it.
func (d *Desk) decide(ctx context.Context, actor, about string, attempt func(context.Context) (zhuanhua.Change, []*store.Staged, error)) (store.Recorded, error) {
	once := func() (rec store.Recorded, err error) {
		c, files, err := attempt(ctx)
		if err != nil {
			return rec, err
		}
		if err := addClock(ctx, d.store, &c); err != nil {
			return rec, err
		}
		return d.store.RecordWith(ctx, actor, c, files...)
	}
	rec, err := once()
	for try := 1; err != nil && shared(err, about) && try < tries; try++ {
		err = d.store.InTurn(func() error {
			rec, err = once()
			return err
		})
	}
	return rec, err
}

// shared reports whether an error says that another had changed a record which many write: those are
// read again. The case that one works on is not among them, for its state has to be looked at first.
func shared(err error, about string) bool {
	var e *zhuanhua.Error
	if !errors.As(err, &e) || e.Kind != zhuanhua.KindConflict || ownConflict(err, about) {
		return false
	}
	kind, _, ofRecord := strings.Cut(e.Where, "/") // the store names the record
	return ofRecord && slices.Contains([]zhuanhua.Noun{zhuanhua.NounCase, zhuanhua.NounStep, zhuanhua.NounEntry, zhuanhua.NounBudget, zhuanhua.NounClaim,
		zhuanhua.NounPayment, zhuanhua.NounSetting, zhuanhua.NounUser, zhuanhua.NounAccreditation}, zhuanhua.Noun(kind))
}

// ownConflict reports whether a change was refused because the case that it is about had changed.
func ownConflict(err error, about string) bool {
	var e *zhuanhua.Error
	if about == "" || !errors.As(err, &e) || e.Kind != zhuanhua.KindConflict {
		return false
	}
	return e.Where == "case/"+about || strings.HasPrefix(e.Where, "step/"+about+"#")
}

// The values of the setting "clock".
const (
	clockSetting = "clock"
	clockReal    = "real"
	clockTrial   = "rehearsal"
)

// CheckClock refuses what would mix rehearsal and real work in one data directory: a set time belongs
// into a directory that has only such, and the clock into one that has none.
func (a *App) CheckClock(ctx context.Context) error {
	_, err := checkClock(ctx, a.store)
	return err
}

// Rehearsal reports whether the records are a rehearsal (演练).
func (a *App) Rehearsal(ctx context.Context) (bool, error) {
	row, err := find(ctx, a.store, zhuanhua.NounSetting, clockSetting)
	if err != nil || row == nil {
		return false, err
	}
	s, err := store.As[zhuanhua.Setting](*row)
	return s.Value == clockTrial, err
}

// checkClock returns what the setting has to become, "" where it is right already.
func checkClock(ctx context.Context, s *store.Store) (string, error) {
	want := clockReal
	if store.Rehearsed(ctx) {
		want = clockTrial
	}
	row, err := find(ctx, s, zhuanhua.NounSetting, clockSetting)
	if err != nil || row == nil {
		return want, err
	}
	have, err := store.As[zhuanhua.Setting](*row)
	switch {
	case err != nil:
		return "", err
	case have.Value == want:
		return "", nil
	case have.Value == clockReal:
		return "", &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "--at", What: "这里是正式办件，时间不能另设 these records are real: their time is the clock's",
			Do: "leave --at (ZHUANHUA_AT) out, or rehearse in a data directory of its own"}
	}
	return "", &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "clock", What: "这里是演练，须说明演练时间 these records are a rehearsal, whose time is set",
		Do: "say the time with --at 2026-03-02T09:00 or ZHUANHUA_AT, or use another data directory"}
}

// addClock notes with the first casework of a data directory whether it is a rehearsal.
func addClock(ctx context.Context, s *store.Store, c *zhuanhua.Change) error {
	want, err := checkClock(ctx, s)
	if err != nil || want == "" {
		return err
	}
	it := zhuanhua.Put(zhuanhua.Setting{ID: clockSetting, Value: want}, zhuanhua.Source{})
	it.Version = zhuanhua.NewOnly
	c.Items = append(c.Items, it)
	return nil
}

// find is a record that need not be there.
func find(ctx context.Context, s *store.Store, noun zhuanhua.Noun, id string) (*store.Row, error) {
	row, err := s.Get(ctx, noun, id)
	switch {
	case zhuanhua.KindOf(err) == zhuanhua.KindNotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &row, nil
}

// get reads a record as the noun that it is, with its version.
func get[T zhuanhua.Record](ctx context.Context, s *store.Store, id string) (T, int64, error) {
	var none T
	row, err := s.Get(ctx, none.Noun(), id)
	if err != nil {
		return none, 0, err
	}
	v, err := store.As[T](row)
	return v, row.Version, err
}

// each goes through the records of a noun, with their versions.
func each[T zhuanhua.Record](ctx context.Context, s *store.Store, f store.Filter, do func(T, int64) error) error {
	var none T
	for row, err := range s.Rows(ctx, none.Noun(), f) {
		if err != nil {
			return err
		}
		v, err := store.As[T](row)
		if err == nil {
			err = do(v, row.Version)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// on is the item that puts a record in place of the version that was read.
func on(r zhuanhua.Record, version int64) zhuanhua.Item {
	it := zhuanhua.Put(r, zhuanhua.Source{})
	it.Version = version
	if version == 0 {
		it.Version = zhuanhua.NewOnly
	}
	return it
}

// counter is the next number of a kind, and the item that gives it out. Numbers begin anew each year
// and are never given out twice: the item goes into the change that uses the number.
func (d *Desk) counter(ctx context.Context, kind string, now time.Time) (int64, zhuanhua.Item, error) {
	s := zhuanhua.Setting{ID: fmt.Sprintf("number/%s/%d", kind, zhuanhua.DateOf(now).Year)}
	row, err := find(ctx, d.store, zhuanhua.NounSetting, s.ID)
	if err != nil {
		return 0, zhuanhua.Item{}, err
	}
	var last int64
	version := zhuanhua.NewOnly
	if row != nil {
		have, err := store.As[zhuanhua.Setting](*row)
		if err == nil {
			_, err = fmt.Sscan(have.Value, &last)
		}
		if err != nil {
			return 0, zhuanhua.Item{}, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: s.ID, What: "the counter holds no number", Err: err}
		}
		version = row.Version
	}
	s.Value = fmt.Sprint(last + 1)
	return last + 1, on(s, version), nil
}

// seed decides between experts of equal load: the same case at the same step gives the same.
func seed(c *zhuanhua.Case) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s#%d", c.ID, c.Steps))
	return binary.BigEndian.Uint64(sum[:])
}
