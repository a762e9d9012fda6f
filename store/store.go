// Package store keeps the records: the nouns, the log of events that says who did what to them, the
// seals that make the log tamper-evident, the attachments and the keys of natural persons, on SQLite
// or on PostgreSQL. It decides nothing; what a change should be is made above it.
package store

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// databaseFile is the only database file of a data directory, besides its -wal and -shm.
const databaseFile = "zhuanhua.db"

// Options says where the records are and how they are opened.
type Options struct {
	Dir      string           // the data directory: database (SQLite), keys, seals, attachments; needed for PostgreSQL too
	URL      string           // a PostgreSQL address; "" keeps the database in Dir as zhuanhua.db
	ReadOnly bool             // opens beside a running writer; nothing is made, migrated or sealed
	Now      func() time.Time // nil: time.Now
	MaxFile  int64            // the largest attachment in bytes; 0: MaxAttachment
	Log      *slog.Logger     // for what happens in the background; nil: nothing is logged
	// Sample names a simulation, and makes it one that can be repeated: keys of new persons and what is written under
	// them follow from the name, so that the same simulation makes the same log. Whoever knows the name knows the
	// keys: it is for invented persons alone. "" for everything real.
	Sample string
}

// Store is an open set of records. It is safe for concurrent use; writers wait for each other.
type Store struct {
	o       Options
	db      engine
	keys    *keyring
	seals   *sealer // nil when read-only
	unlock  func()
	mu      sync.Mutex // held by the writer
	turn    sync.Mutex // see InTurn
	queueMu sync.Mutex
	queue   []*request // waiting for the writer's place
	stop    context.CancelFunc
	bg      sync.WaitGroup
	closed  bool
}

// engine is what differs between the two databases.
type engine interface {
	// reader runs queries that write nothing.
	reader() *bun.DB
	// begin starts a durable transaction.
	begin(ctx context.Context) (*tx, error)
	// snapshot starts a transaction that sees one moment.
	snapshot(ctx context.Context) (bun.Tx, error)
	migrate(ctx context.Context, to int64) error
	schema(ctx context.Context) (int64, error)
	work(ctx context.Context, log *slog.Logger, index func(context.Context) error) error
	// scrub overwrites what was just deleted, as far as the database can.
	scrub(ctx context.Context) error
	describe(ctx context.Context) (string, error)
	close() error
}

// tx is one writing transaction.
type tx struct {
	bun.IDB
	wake     func(context.Context) error // enqueues the index job, within the transaction
	commit   func() error
	rollback func()
}

// Open opens the records, makes them where there are none (not when read-only) and moves an older
// schema forward. A second writer on the same records gets KindConflict and the number of the first
// process; a newer schema than the program's gets KindConflict; a read-only opening of what does not
// exist gets KindNotFound.
func Open(ctx context.Context, o Options) (*Store, error) {
	return openAt(ctx, o, newestSchema)
}

// openAt is Open for a program that knows the schema only up to a version.
func openAt(ctx context.Context, o Options, known int64) (_ *Store, err error) {
	if o.Dir == "" {
		return nil, zhuanhua.Invalid("", "no data directory is named", "name one with --data; with PostgreSQL it holds keys, seals and attachments")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{o: o, unlock: func() {}}
	defer func() {
		if err != nil {
			s.release()
		}
	}()
	if err := s.openFiles(); err != nil {
		return nil, err
	}
	if s.db, err = openEngine(ctx, o); err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx, known); err != nil {
		return nil, err
	}
	if s.keys, err = openKeys(ctx, s); err != nil {
		return nil, err
	}
	if o.ReadOnly {
		return s, nil
	}
	if err := s.recoverAttachments(ctx); err != nil {
		return nil, err
	}
	if s.seals, err = openSeals(ctx, s); err != nil {
		return nil, err
	}
	s.startSealing()
	return s, nil
}

// Sample is the name of the simulation that the records were opened for, "" for real ones.
func (s *Store) Sample() string { return s.o.Sample }

// openFiles makes the data directory for a writer and takes its lock; a reader needs it to be there.
func (s *Store) openFiles() error {
	if s.o.ReadOnly {
		at := s.o.Dir
		if s.o.URL == "" {
			at = filepath.Join(s.o.Dir, databaseFile)
		}
		if _, err := os.Stat(at); err != nil {
			return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: s.o.Dir, What: "there are no records here",
				Do: "name the data directory with --data, or import a file first", Err: err}
		}
		return nil
	}
	if err := os.MkdirAll(s.o.Dir, 0o700); err != nil {
		return fileError(s.o.Dir, "the data directory cannot be made", err)
	}
	unlock, err := lockDir(s.o.Dir)
	if err != nil {
		return err
	}
	s.unlock = unlock
	return nil
}

func openEngine(ctx context.Context, o Options) (engine, error) {
	if o.URL != "" {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

// Close seals the log if something was written, and lets the records go.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	var err error
	if s.seals != nil {
		err = s.seals.seal(context.Background(), sealClose)
	}
	s.closed = true
	s.mu.Unlock()
	s.release()
	return err
}

func (s *Store) release() {
	if s.stop != nil {
		s.stop()
		s.bg.Wait()
	}
	if s.db != nil {
		s.db.close()
	}
	s.unlock()
}

// writing takes the writer's place; the caller gives it back with s.mu.Unlock.
func (s *Store) writing() error {
	s.mu.Lock()
	switch {
	case s.closed:
		s.mu.Unlock()
		return zhuanhua.Unavailable("", "the records are closed", "open them again", nil)
	case s.o.ReadOnly:
		s.mu.Unlock()
		return &zhuanhua.Error{Kind: zhuanhua.KindForbidden, What: "the records were opened for reading only", Do: "open them for writing"}
	}
	return nil
}

// write runs do in one durable transaction. The caller holds the writer's place.
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	s.seals.uncommitted()
	t, err := s.db.begin(ctx)
	if err != nil {
		return dbError("the change cannot be begun", err)
	}
	if err := do(t); err != nil {
		t.rollback()
		return dbError("the change was not recorded, nothing of it was written", err)
	}
	if err := t.commit(); err != nil {
		return dbError("the change was not recorded, nothing of it was written", err)
	}
	s.seals.committed()
	return nil
}
