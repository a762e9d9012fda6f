package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"zhuanhua"
)

// lockClass is the first half of our advisory locks; the second is the schema's name, so that two sets
// of records in two schemas of one database do not hinder each other.
const lockClass = 0x7a68

// postgresDB is a PostgreSQL database.
type postgresDB struct {
	pool *pgxpool.Pool
	db   *bun.DB
	lock *pgxpool.Conn // holds the writer's advisory lock
	jobs *jobs[pgx.Tx]
}

func openPostgres(ctx context.Context, o Options) (engine, error) {
	conf, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: "--database", What: "this is not the address of a PostgreSQL database",
			Do: "write it as postgres://user@host:5432/name"}
	}
	// bun writes arguments into the text of a query, so that a cache of prepared statements only thrashes.
	conf.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	conf.ConnConfig.RuntimeParams["application_name"] = fmt.Sprintf("zhuanhua/%d", os.Getpid())
	conf.ConnConfig.RuntimeParams["timezone"] = "UTC"
	conf.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	conf.ConnConfig.RuntimeParams["standard_conforming_strings"] = "on"
	conf.MaxConns = max(conf.MaxConns, 8)
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, dbError("the database cannot be opened", err)
	}
	d := &postgresDB{pool: pool, db: bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New()), jobs: newJobs(riverpgxv5.New(pool))}
	if err := pool.Ping(ctx); err != nil {
		d.close()
		return nil, dbError("the database cannot be opened", err)
	}
	if !o.ReadOnly {
		if err := d.takeLock(ctx); err != nil {
			d.close()
			return nil, err
		}
	}
	return d, nil
}

// takeLock makes this process the only writer, on a connection of its own. The lock of a process that
// was just killed goes when PostgreSQL notices, so it asks for a second.
func (d *postgresDB) takeLock(ctx context.Context) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return dbError("the database cannot be opened", err)
	}
	d.lock = conn
	for try := 0; ; try++ {
		var ok bool
		err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, hashtext(current_schema()))", lockClass).Scan(&ok)
		if err != nil {
			return dbError("the database cannot be locked", err)
		}
		if ok {
			return d.awaitLast(ctx)
		}
		if try == 10 {
			return held("PostgreSQL", d.holder(ctx))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// awaitLast waits for the last transaction of the writer before: a process that was killed while it committed
// loses its lock at once, but PostgreSQL carries the commit out, and what is decided now must know of it.
func (d *postgresDB) awaitLast(ctx context.Context) error {
	for _, do := range []string{"pg_advisory_lock", "pg_advisory_unlock"} {
		if _, err := d.lock.Exec(ctx, "SELECT "+do+"($1, hashtext(current_schema()))", lockClass+1); err != nil {
			return dbError("the database cannot be locked", err)
		}
	}
	return nil
}

// lockHeld is true for the session that holds the writer's lock.
const lockHeld = "l.locktype = 'advisory' AND l.granted AND l.classid = ? AND l.objsubid = 2"

// holder is the process number of the writer.
func (d *postgresDB) holder(ctx context.Context) string {
	var name string
	d.db.QueryRowContext(ctx, "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE "+lockHeld+
		" AND a.datname = current_database()", lockClass).Scan(&name)
	_, pid, _ := strings.Cut(name, "/")
	return pid
}

// dropLock gives the lock back with its session: a released connection would keep it in the pool.
func (d *postgresDB) dropLock() {
	if d.lock != nil {
		d.lock.Hijack().Close(context.Background())
		d.lock = nil
	}
}

func (d *postgresDB) reader() *bun.DB { return d.db }

// begin starts a transaction, and takes the writer's lock again where its connection was lost.
func (d *postgresDB) begin(ctx context.Context) (*tx, error) {
	t, alone, err := d.beginLocked(ctx)
	if err != nil || alone {
		return t, err
	}
	t.rollback()
	d.dropLock()
	if err := d.takeLock(ctx); err != nil {
		return nil, err
	}
	t, _, err = d.beginLocked(ctx)
	return t, err
}

// beginLocked starts a transaction on one connection that both bun and River write through. It says
// whether this process still holds the writer's lock; two writers cannot be inside at once in any case.
func (d *postgresDB) beginLocked(ctx context.Context) (*tx, bool, error) {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return nil, false, err
	}
	var pg pgx.Tx
	err = conn.Raw(func(c any) error {
		pg, err = c.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	if err != nil {
		conn.Close()
		return nil, false, err
	}
	done := context.WithoutCancel(ctx) // a commit or rollback is carried out
	t := &tx{IDB: conn,
		commit:   func() error { return errors.Join(pg.Commit(done), conn.Close()) },
		rollback: func() { pg.Rollback(done); conn.Close() },
	}
	pid := uint32(0)
	if d.lock != nil {
		pid = d.lock.Conn().PgConn().PID()
	}
	var alone bool
	err = conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = ? AND "+lockHeld+
		") FROM (SELECT pg_advisory_xact_lock(?, hashtext(current_schema()))) AS x", pid, lockClass, lockClass+1).Scan(&alone)
	if err != nil {
		t.rollback()
		return nil, false, err
	}
	t.wake = func(ctx context.Context) error {
		var id int64
		// The row lock keeps a worker from starting the waiting job before this change is committed.
		err := conn.QueryRowContext(ctx, "SELECT id FROM river_job WHERE state = 'available' AND kind = ? LIMIT 1 FOR UPDATE SKIP LOCKED", indexKind).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return d.jobs.insert(ctx, pg)
	}
	return t, alone, nil
}

func (d *postgresDB) snapshot(ctx context.Context) (bun.Tx, error) {
	return d.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
}

func (d *postgresDB) migrate(ctx context.Context, to int64) error {
	if err := migrateSchema(ctx, goose.DialectPostgres, d.db.DB, to); err != nil {
		return err
	}
	return d.jobs.migrate(ctx)
}

func (d *postgresDB) schema(ctx context.Context) (int64, error) {
	var there bool
	err := d.db.QueryRowContext(ctx, "SELECT to_regclass('goose_db_version') IS NOT NULL").Scan(&there)
	if err != nil || !there {
		return 0, err
	}
	return schemaVersion(ctx, d.db)
}

func (d *postgresDB) work(ctx context.Context, log *slog.Logger, index func(context.Context) error) error {
	return d.jobs.work(ctx, log, index)
}

// scrub lets PostgreSQL reuse what was deleted. Its own write-ahead log keeps earlier pages until it is
// recycled.
func (d *postgresDB) scrub(ctx context.Context) error {
	_, err := d.pool.Exec(ctx, "VACUUM person_keys")
	return err
}

func (d *postgresDB) describe(ctx context.Context) (string, error) {
	var v string
	err := d.db.QueryRowContext(ctx, "SHOW server_version").Scan(&v)
	v, _, _ = strings.Cut(v, " ")
	return "PostgreSQL " + v, err
}

func (d *postgresDB) close() error {
	d.dropLock()
	err := d.db.Close()
	d.pool.Close()
	return err
}
