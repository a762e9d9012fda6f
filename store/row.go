package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// Row is the current state of one record.
type Row struct {
	Noun      zhuanhua.Noun
	ID        string
	Version   int64           // 1 for the first image; each event adds one
	Batch     string          // the batch that made the image
	Hash      string          // of the image: equal images have equal hashes (persons: keyed, see keys.go)
	Seq       int64           // the event that made the image
	Image     string          // canonical JSON, personal fields in plain text; "" when deleted
	Source    zhuanhua.Source // where the image came from
	Deleted   bool
	Forgotten bool // a person whose key is destroyed
}

// As reads the image of a row as the noun that it is, As[zhuanhua.Achievement](row).
func As[T zhuanhua.Record](r Row) (T, error) {
	var v T
	if v.Noun() != r.Noun {
		return v, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: subjectOf(r.Noun, r.ID), What: "this is no " + string(v.Noun())}
	}
	if err := json.Unmarshal([]byte(r.Image), &v); err != nil {
		return v, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: subjectOf(r.Noun, r.ID), What: "the image cannot be read", Err: err}
	}
	return v, nil
}

// Get returns one record, KindNotFound when there is none or it is deleted.
func (s *Store) Get(ctx context.Context, noun zhuanhua.Noun, id string) (Row, error) {
	for row, err := range s.Rows(ctx, noun, Filter{IDs: []string{id}}) {
		return row, err
	}
	return Row{}, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: subjectOf(noun, id), What: "there is no such record", Do: "check the id"}
}

// Filter narrows Rows; the zero Filter is everything that is not deleted, ordered by id.
type Filter struct {
	IDs     []string        // these ids only
	After   string          // ids after this one, for paging
	Batch   string          // whose current image is of this batch
	Title   string          // title or name holds this text (not persons: their names are encrypted)
	Field   string          // achievements, needs, contracts
	Region  zhuanhua.Region // a province or city also matches what lies in it (not persons)
	Is      map[string]any  // columns that hold exactly this text or number, such as "workflow" or "case_id"
	Below   map[string]any  // columns that hold less than this
	Deleted bool            // deleted ones too
	Limit   int             // 0: no limit
}

// Rows goes through the records of a noun, ordered by the bytes of the id, at one moment of the
// database. A filter that the noun has no column for is KindInvalid.
func (s *Store) Rows(ctx context.Context, kind zhuanhua.Noun, f Filter) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		n, err := nounOf(kind)
		if err == nil {
			err = f.check(n)
		}
		if err != nil {
			yield(Row{}, err)
			return
		}
		for row, err := range scanAll(ctx, f.query(s.db.reader(), n), s.scanRow(n)) {
			if !yield(row, dbError("the records cannot be read", err)) {
				return
			}
		}
	}
}

func (f Filter) check(n noun) error {
	for column, asked := range map[string]bool{"title": f.Title != "", "field": f.Field != "", "region": f.Region != ""} {
		if asked && !n.has(column) {
			return zhuanhua.Invalid("", "a "+string(n.kind)+" cannot be looked for by "+column, "leave the filter out")
		}
	}
	for _, asked := range []map[string]any{f.Is, f.Below} {
		for column := range asked {
			if !n.has(column) {
				return zhuanhua.Invalid("", "a "+string(n.kind)+" cannot be looked for by "+column, "leave the filter out")
			}
		}
	}
	return nil
}

func (n noun) has(name string) bool {
	for _, c := range n.search {
		if c.name == name {
			return true
		}
	}
	return false
}

func (f Filter) query(db bun.IDB, n noun) *bun.SelectQuery {
	q := db.NewSelect().TableExpr(n.table + " AS r").
		ColumnExpr("r.id, r.version, r.batch, r.hash, r.seq, r.deleted, r.doc, r.provenance").OrderExpr("r.id")
	if n.kind == zhuanhua.NounPerson {
		q.ColumnExpr("k.destroyed, k.wrapped").Join("LEFT JOIN person_keys AS k ON k.person_id = r.id")
	} else {
		q.ColumnExpr("0, ''")
	}
	if f.IDs != nil {
		q.Where("r.id IN (?)", bun.List(append([]string{""}, f.IDs...)))
	}
	if f.After != "" {
		q.Where("r.id > ?", f.After)
	}
	if f.Batch != "" {
		q.Where("r.batch = ?", f.Batch)
	}
	if f.Title != "" {
		q.Where("r.title LIKE ? ESCAPE '!'", "%"+likeText(f.Title)+"%")
	}
	if f.Field != "" {
		q.Where("r.field = ?", f.Field)
	}
	if f.Region != "" {
		prefix := string(f.Region)
		for strings.HasSuffix(prefix, "00") {
			prefix = strings.TrimSuffix(prefix, "00")
		}
		q.Where("r.region LIKE ?", prefix+"%")
	}
	for _, column := range slices.Sorted(maps.Keys(f.Is)) {
		q.Where("r.? = ?", bun.Ident(column), f.Is[column])
	}
	for _, column := range slices.Sorted(maps.Keys(f.Below)) {
		q.Where("r.? < ?", bun.Ident(column), f.Below[column])
	}
	if !f.Deleted {
		q.Where("r.deleted = 0")
	}
	if f.Limit > 0 {
		q.Limit(int64(f.Limit))
	}
	return q
}

// likeText is a text that LIKE takes as it is.
func likeText(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

func (s *Store) scanRow(n noun) func(*sql.Rows) (Row, error) {
	return func(rows *sql.Rows) (Row, error) {
		r := Row{Noun: n.kind}
		var deleted int64
		var destroyed sql.NullInt64
		var wrapped sql.NullString
		var provenance string
		err := rows.Scan(&r.ID, &r.Version, &r.Batch, &r.Hash, &r.Seq, &deleted, &r.Image, &provenance, &destroyed, &wrapped)
		if err != nil {
			return r, err
		}
		r.Deleted = deleted != 0
		if n.kind == zhuanhua.NounPerson {
			return r, s.keys.openPerson(&r, provenance, wrappedKey{destroyed.Int64, wrapped.String})
		}
		if provenance == "" {
			return r, nil
		}
		return r, json.Unmarshal([]byte(provenance), &r.Source)
	}
}
