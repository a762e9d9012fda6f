package store

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"zhuanhua"
)

// fileError words an error of the file system: what could not be done, where, and what helps.
func fileError(where, what string, err error) error {
	e := zhuanhua.Unavailable(where, what, "check the permissions and the disk", err)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		e.What, e.Do = what+": the disk is full", "free some space and try again"
	case errors.Is(err, fs.ErrPermission):
		e.Do = "run this as the user who owns the directory"
	}
	return e
}

// dbError words an error of the database, and leaves one that has its words alone.
func dbError(what string, err error) error {
	var known *zhuanhua.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return sqliteFault(what, lite)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return postgresFault(what, pg)
	}
	var conn *pgconn.ConnectError
	if errors.As(err, &conn) {
		return zhuanhua.Unavailable("PostgreSQL", what+": the server does not answer", "start it, or check the address given with --database", err)
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindUnavailable, What: what, Err: err}
}

func sqliteFault(what string, err *sqlite.Error) error {
	switch err.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return zhuanhua.Unavailable(databaseFile, what+": the disk is full", "free some space and try again", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: databaseFile, What: what + ": another program holds the database",
			Do: "close it and try again", Err: err}
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: databaseFile, What: what + ": the file is damaged",
			Do: "keep it as it is and restore the newest backup", Err: err}
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return zhuanhua.Unavailable(databaseFile, what+": the file cannot be written", "check the free space, the disk and the permissions", err)
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: databaseFile, What: what, Err: err}
}

func postgresFault(what string, err *pgconn.PgError) error {
	switch err.Code {
	case "53100":
		return zhuanhua.Unavailable("PostgreSQL", what+": its disk is full", "free some space there and try again", err)
	case "57P01", "57P03", "53300":
		return zhuanhua.Unavailable("PostgreSQL", what+": the server does not take work now", "try again later", err)
	case "3D000", "28P01", "28000":
		return zhuanhua.Unavailable("PostgreSQL", what+": the server does not let us in", "check the address given with --database", err)
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: "PostgreSQL", What: what, Err: err}
}
