package store

import (
	"context"
	"database/sql"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sqliteDB is the embedded database: one connection that writes, and a pool that only reads.
type sqliteDB struct {
	w, r *bun.DB
	jobs *jobs[*sql.Tx]
}

// openSQLite opens the database file of a data directory; a writer makes it where it is missing, for
// the eyes of its owner alone.
func openSQLite(ctx context.Context, o Options) (engine, error) {
	path := filepath.Join(o.Dir, databaseFile)
	d := &sqliteDB{}
	mode := "rw"
	if o.ReadOnly {
		mode = "ro"
	} else if err := d.openWriter(ctx, path); err != nil {
		return nil, err
	}
	r, err := sql.Open("sqlite", sqliteDSN(path, mode, url.Values{"_query_only": {"1"}}))
	if err != nil {
		return nil, dbError("the database cannot be opened", err)
	}
	r.SetMaxOpenConns(8)
	r.SetMaxIdleConns(8)
	d.r = bun.NewDB(r, sqlitedialect.New())
	if err := r.PingContext(ctx); err != nil {
		d.close()
		return nil, dbError("the database cannot be opened", err)
	}
	return d, nil
}

func (d *sqliteDB) openWriter(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fileError(path, "the database cannot be made", err)
	}
	f.Close()
	w, err := sql.Open("sqlite", sqliteDSN(path, "rw", url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "wal_autocheckpoint(4000)"},
	}))
	if err != nil {
		return dbError("the database cannot be opened", err)
	}
	w.SetMaxOpenConns(1)
	if err := w.PingContext(ctx); err != nil {
		w.Close()
		return dbError("the database cannot be opened", err)
	}
	d.w = bun.NewDB(w, sqlitedialect.New())
	d.jobs = newJobs(riversqlite.New(w))
	return nil
}

func sqliteDSN(path, mode string, q url.Values) string {
	q.Set("mode", mode)
	q.Set("_busy_timeout", "10000")
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func (d *sqliteDB) reader() *bun.DB { return d.r }

func (d *sqliteDB) begin(ctx context.Context) (*tx, error) {
	t, err := d.w.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &tx{IDB: t, commit: t.Commit, rollback: func() { t.Rollback() },
		wake: func(ctx context.Context) error {
			var n int
			err := t.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM river_job WHERE state = 'available' AND kind = ? LIMIT 1)", indexKind).Scan(&n)
			if err != nil || n > 0 {
				return err // a job that waits will see this change too
			}
			return d.jobs.insert(ctx, t.Tx)
		}}, nil
}

func (d *sqliteDB) snapshot(ctx context.Context) (bun.Tx, error) { return d.r.BeginTx(ctx, nil) }

func (d *sqliteDB) migrate(ctx context.Context, to int64) error {
	if err := migrateSchema(ctx, goose.DialectSQLite3, d.w.DB, to); err != nil {
		return err
	}
	return d.jobs.migrate(ctx)
}

func (d *sqliteDB) schema(ctx context.Context) (int64, error) {
	var n int
	err := d.r.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&n)
	if err != nil || n == 0 {
		return 0, err
	}
	return schemaVersion(ctx, d.r)
}

func (d *sqliteDB) work(ctx context.Context, log *slog.Logger, index func(context.Context) error) error {
	return d.jobs.work(ctx, log, index)
}

// scrub empties the write-ahead log, which still holds earlier pages; deleted content in the database
// itself is overwritten at once (secure_delete).
func (d *sqliteDB) scrub(ctx context.Context) error {
	_, err := d.w.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func (d *sqliteDB) describe(ctx context.Context) (string, error) {
	var v string
	err := d.r.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&v)
	return "SQLite " + v, err
}

func (d *sqliteDB) close() error {
	var err error
	if d.r != nil {
		err = d.r.Close()
	}
	if d.w != nil {
		err = d.w.Close()
	}
	return err
}
