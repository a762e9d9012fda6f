package main

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// sqliteSearcher is an FTS5 table without contents, of trigrams of characters.
type sqliteSearcher struct {
	db   *sql.DB
	ask  *sql.Stmt
	path string
}

// buildSQLite fills the table in one transaction and merges it into one segment ('optimize').
func buildSQLite(ctx context.Context, o options) (searcher, error) {
	s := &sqliteSearcher{path: filepath.Join(o.work, "fts.db")}
	var err error
	if s.db, err = sql.Open("sqlite", s.path); err != nil {
		return nil, err
	}
	s.db.SetMaxOpenConns(1)
	for _, stmt := range []string{
		`PRAGMA journal_mode=OFF`, `PRAGMA synchronous=OFF`, `PRAGMA cache_size=-65536`, `PRAGMA mmap_size=1073741824`,
		`CREATE VIRTUAL TABLE d USING fts5(title, text, content='', tokenize='trigram')`,
		`INSERT INTO d(d, rank) VALUES('rank', 'bm25(2.0, 1.0)')`,
	} {
		if _, err := s.db.ExecContext(ctx, stmt); err != nil {
			return nil, err
		}
	}
	if err := s.fill(ctx, o.work); err != nil {
		return nil, err
	}
	if _, err := s.db.ExecContext(ctx, `INSERT INTO d(d) VALUES('optimize')`); err != nil {
		return nil, err
	}
	s.ask, err = s.db.PrepareContext(ctx, `SELECT rowid FROM d WHERE d MATCH ? ORDER BY rank LIMIT 10`)
	return s, err
}

func (s *sqliteSearcher) fill(ctx context.Context, work string) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO d(rowid, title, text) VALUES(?, ?, ?)`)
	if err != nil {
		return err
	}
	err = eachDoc(work, func(i int, d *document) error {
		_, err := insert.ExecContext(ctx, i+1, d.Title, d.Text)
		return err
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

// search asks for any of the query's trigrams.
func (s *sqliteSearcher) search(_ int, q query) ([]int, error) {
	rows, err := s.ask.Query(trigrams(q.Text))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id-1)
	}
	return out, rows.Err()
}

// trigrams writes a query as FTS5 wants it: each trigram once, as a string, joined by OR.
func trigrams(s string) string {
	runes := []rune(s)
	var parts []string
	for i := range max(0, len(runes)-2) {
		parts = append(parts, `"`+strings.ReplaceAll(string(runes[i:i+3]), `"`, `""`)+`"`)
	}
	return strings.Join(distinct(parts), " OR ")
}

func (s *sqliteSearcher) size() (int64, error) { return fileSize(s.path) }

func (s *sqliteSearcher) close() error { return s.db.Close() }
