package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"

	"zhuanhua"
)

//go:embed migration
var migrations embed.FS

// newestSchema is the version of the newest file in migration.
const newestSchema = 4

// migrateSchema moves our tables forward to a version; there is no way back.
func migrateSchema(ctx context.Context, dialect goose.Dialect, db *sql.DB, to int64) error {
	dir := "migration/sqlite"
	if dialect == goose.DialectPostgres {
		dir = "migration/postgres"
	}
	files, err := fs.Sub(migrations, dir)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, files) // not closed: it would close db
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, to)
	return err
}

func schemaVersion(ctx context.Context, db *bun.DB) (int64, error) {
	var v int64
	err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&v)
	return v, err
}

// checkSchema compares the database's schema with what the program knows, and moves an older one
// forward when the records are opened for writing.
func (s *Store) checkSchema(ctx context.Context, known int64) error {
	have, err := s.db.schema(ctx)
	if err != nil {
		return dbError("the schema cannot be read", err)
	}
	switch {
	case have > known:
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: s.o.Dir,
			What: fmt.Sprintf("these records have schema %d, written by a newer program; this one knows schemas up to %d", have, known),
			Do:   "use the newer program; nothing was changed"}
	case have == known:
		return nil
	case s.o.ReadOnly && have == 0:
		return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: s.o.Dir, What: "there are no records here", Do: "import a file first"}
	case s.o.ReadOnly:
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: s.o.Dir,
			What: fmt.Sprintf("these records have the older schema %d", have), Do: "open them once with a command that writes; it moves them forward"}
	}
	if err := s.db.migrate(ctx, known); err != nil {
		return dbError(fmt.Sprintf("the records cannot be moved from schema %d to %d", have, known), err)
	}
	return nil
}
