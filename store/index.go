package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// Indexed says that the index holds a record in a certain state.
type Indexed struct {
	Noun     zhuanhua.Noun
	ID       string
	RowHash  string // Row.Hash of the image that was indexed; "" takes the record out of the index
	TextHash string // of the text that was encoded, the key of its vector
	Model    string // the encoder
}

// Stale is a record that the index does not hold as it is now.
type Stale struct {
	Noun    zhuanhua.Noun
	ID      string
	RowHash string // what the index should hold; "" when it should hold nothing
	Indexed string // the RowHash it does hold; "" for nothing
}

// IndexPending returns up to limit achievements and needs whose indexed state differs from their row,
// all of them for a limit of 0.
func (s *Store) IndexPending(ctx context.Context, model string, limit int) ([]Stale, error) {
	var list []Stale
	for _, n := range []noun{achievements(), needs()} {
		want := "CASE WHEN r.deleted = 0 THEN r.hash ELSE '' END"
		q := s.db.reader().NewSelect().TableExpr(n.table+" AS r").
			Join("LEFT JOIN indexed AS x ON x.id = r.id AND x.noun = ? AND x.model = ?", string(n.kind), model).
			ColumnExpr("r.id, " + want + ", coalesce(x.row_hash, '')").
			Where("coalesce(x.row_hash, '') <> " + want).OrderExpr("r.id")
		if limit > 0 {
			q.Limit(int64(limit - len(list)))
		}
		for st, err := range scanAll(ctx, q, func(rows *sql.Rows) (st Stale, err error) {
			st.Noun = n.kind
			err = rows.Scan(&st.ID, &st.RowHash, &st.Indexed)
			return st, err
		}) {
			if err != nil {
				return nil, dbError("the index's state cannot be read", err)
			}
			list = append(list, st)
		}
		if limit > 0 && len(list) >= limit {
			break
		}
	}
	return list, nil
}

// MarkIndexed notes what the index holds now. It is no event: the index can be rebuilt at any time.
func (s *Store) MarkIndexed(ctx context.Context, done []Indexed) error {
	rows := make([][]any, 0, len(done))
	at := map[Indexed]int{} // one statement may not meet a key twice
	for _, d := range done {
		row := []any{d.Model, string(d.Noun), d.ID, d.RowHash, d.TextHash}
		key := Indexed{Noun: d.Noun, ID: d.ID, Model: d.Model}
		if i, ok := at[key]; ok {
			rows[i] = row
			continue
		}
		at[key] = len(rows)
		rows = append(rows, row)
	}
	return s.derive(ctx, func(t *tx) error {
		err := insert(ctx, t, "indexed", columnsOf("indexed"), rows,
			" ON CONFLICT (model, noun, id) DO UPDATE SET row_hash = excluded.row_hash, text_hash = excluded.text_hash")
		if err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, "DELETE FROM indexed WHERE row_hash = ''")
		return err
	})
}

// derive writes what follows from the records and can be made again.
func (s *Store) derive(ctx context.Context, do func(*tx) error) error {
	if err := s.writing(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	return s.write(ctx, do)
}

// IndexedRows goes through what MarkIndexed noted for a model.
func (s *Store) IndexedRows(ctx context.Context, model string) iter.Seq2[Indexed, error] {
	q := s.db.reader().NewSelect().Table("indexed").ColumnExpr("noun, id, row_hash, text_hash").
		Where("model = ?", model).OrderExpr("noun, id")
	return scanAll(ctx, q, func(rows *sql.Rows) (Indexed, error) {
		x := Indexed{Model: model}
		err := rows.Scan(&x.Noun, &x.ID, &x.RowHash, &x.TextHash)
		return x, dbError("the index's state cannot be read", err)
	})
}

// ResetIndex forgets what is indexed, and with vectors also what was encoded. "" is every model.
func (s *Store) ResetIndex(ctx context.Context, model string, vectors bool) error {
	return s.derive(ctx, func(t *tx) error {
		for _, table := range []string{"indexed", "vectors"}[:1+flag(vectors)] {
			if _, err := t.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE ? IN ('', model)", table), model); err != nil {
				return err
			}
		}
		return t.wake(ctx)
	})
}

// Vectors returns the kept vectors of texts, by text hash; those not there are left out.
func (s *Store) Vectors(ctx context.Context, model string, textHashes []string) (map[string][]byte, error) {
	found := make(map[string][]byte, len(textHashes))
	for chunk := range slices.Chunk(textHashes, 500) {
		q := s.db.reader().NewSelect().Table("vectors").ColumnExpr("text_hash, data").
			Where("model = ? AND text_hash IN (?)", model, bun.List(chunk))
		for v, err := range scanAll(ctx, q, func(rows *sql.Rows) (v kept, err error) { err = rows.Scan(&v.hash, &v.data); return v, err }) {
			if err != nil {
				return nil, dbError("the vectors cannot be read", err)
			}
			found[v.hash] = v.data
		}
	}
	return found, nil
}

type kept struct {
	hash string
	data []byte
}

// PutVectors keeps vectors by text hash, so that a text is encoded once.
func (s *Store) PutVectors(ctx context.Context, model string, vectors map[string][]byte) error {
	rows := make([][]any, 0, len(vectors))
	for hash, data := range vectors {
		rows = append(rows, []any{model, hash, data})
	}
	return s.derive(ctx, func(t *tx) error {
		return insert(ctx, t, "vectors", columnsOf("vectors"), rows, " ON CONFLICT (model, text_hash) DO UPDATE SET data = excluded.data")
	})
}

// Info is what doctor shows about the records.
type Info struct {
	Database  string // "SQLite 3.54.1" or "PostgreSQL 15.18"
	Schema    int64
	Events    int64 // the number of events, which is the seq of the newest
	Head      string
	SealKey   string // public half of the key that signs seals, base64, as the first seal records it
	Seals     int
	LastSeal  Seal
	Records   map[zhuanhua.Noun]int64 // not deleted
	Forgotten int64                   // persons whose key is destroyed
}

// Info counts what is there.
func (s *Store) Info(ctx context.Context) (i Info, err error) {
	db := s.db.reader()
	if i.Database, err = s.db.describe(ctx); err != nil {
		return i, dbError("the database does not answer", err)
	}
	if i.Schema, err = s.db.schema(ctx); err != nil {
		return i, dbError("the schema cannot be read", err)
	}
	if i.Events, i.Head, _, err = headOf(ctx, db); err != nil {
		return i, dbError("the log cannot be read", err)
	}
	i.Records = map[zhuanhua.Noun]int64{}
	for _, n := range nouns() {
		var count int64
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+n.table+" WHERE deleted = 0").Scan(&count); err != nil {
			return i, dbError("the records cannot be counted", err)
		}
		i.Records[n.kind] = count
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM person_keys WHERE destroyed <> 0").Scan(&i.Forgotten); err != nil {
		return i, dbError("the persons cannot be counted", err)
	}
	return i, s.sealInfo(&i)
}
