package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// Dump writes every table that follows from the log, ordered, one row a line as canonical JSON: equal
// records give equal bytes on both databases.
func (s *Store) Dump(ctx context.Context, w io.Writer) error {
	t, err := s.db.snapshot(ctx)
	if err != nil {
		return dbError("the records cannot be read", err)
	}
	defer t.Rollback()
	return dump(ctx, t, w, false)
}

// dump writes the tables that follow from the log or, whole, all of ours with every column.
func dump(ctx context.Context, db bun.IDB, w io.Writer, whole bool) error {
	b := bufio.NewWriterSize(w, 1<<16)
	for _, t := range tables() {
		if !t.derived && !whole || t.scratch {
			continue
		}
		columns := t.shown(whole)
		names := []string{}
		for _, c := range columns {
			names = append(names, c.name)
		}
		fmt.Fprintln(b, zhuanhua.CanonicalJSON(map[string]any{"table": t.name, "columns": names}))
		for row, err := range readTable(ctx, db, t, columns) {
			if err != nil {
				return dbError("table "+t.name+" cannot be read", err)
			}
			b.WriteString(zhuanhua.CanonicalJSON(row))
			b.WriteByte('\n')
		}
	}
	return b.Flush()
}

// shown is the columns without the secret ones, or all.
func (t table) shown(whole bool) []column {
	var list []column
	for _, c := range t.columns {
		if c.kind != secret || whole {
			list = append(list, c)
		}
	}
	return list
}

// readTable goes through a table in the order of its key. Values are string, int64 or nil; blobs are
// base64.
func readTable(ctx context.Context, db bun.IDB, t table, columns []column) iter.Seq2[[]any, error] {
	q := db.NewSelect().Table(t.name)
	for i, c := range columns {
		q.Column(c.name)
		if i < t.key {
			q.Order(c.name)
		}
	}
	return scanAll(ctx, q, func(rows *sql.Rows) ([]any, error) {
		texts, numbers, blobs := make([]string, len(columns)), make([]sql.NullInt64, len(columns)), make([][]byte, len(columns))
		into, row := make([]any, len(columns)), make([]any, len(columns))
		for i, c := range columns {
			switch c.kind {
			case integer:
				into[i] = &numbers[i]
			case blob:
				into[i] = &blobs[i]
			default:
				into[i] = &texts[i]
			}
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, c := range columns {
			switch {
			case c.kind == integer && numbers[i].Valid:
				row[i] = numbers[i].Int64
			case c.kind == blob:
				row[i] = base64.StdEncoding.EncodeToString(blobs[i])
			case c.kind != integer:
				row[i] = texts[i]
			}
		}
		return row, nil
	})
}

// loadRows is how many rows of a dump are written at once.
const loadRows = 2000

// load reads what dump wrote, whole, into empty tables.
func load(ctx context.Context, db bun.IDB, r io.Reader) error {
	b := bufio.NewReaderSize(r, 1<<16)
	var t table
	var columns []column
	var rows [][]any
	flush := func() error {
		err := insert(ctx, db, t.name, columns, rows, "")
		rows = rows[:0]
		return err
	}
	for n := 1; ; n++ {
		line, err := b.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return flush()
		}
		if err != nil {
			return fmt.Errorf("line %d of the tables is cut off: %w", n, err)
		}
		if line[0] == '{' {
			if err := flush(); err != nil {
				return err
			}
			if t, columns, err = tableOf(line); err != nil {
				return fmt.Errorf("line %d of the tables: %w", n, err)
			}
			continue
		}
		row, err := parseRow(line, columns)
		if err != nil {
			return fmt.Errorf("line %d of the tables: %w", n, err)
		}
		if rows = append(rows, row); len(rows) == loadRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// tableOf reads the line that begins a table.
func tableOf(line []byte) (table, []column, error) {
	var h struct {
		Table   string   `json:"table"`
		Columns []string `json:"columns"`
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return table{}, nil, err
	}
	for _, t := range tables() {
		if t.name != h.Table {
			continue
		}
		var columns []column
		for _, name := range h.Columns {
			for _, c := range t.columns {
				if c.name == name {
					columns = append(columns, c)
				}
			}
		}
		if len(columns) == len(h.Columns) {
			return t, columns, nil
		}
	}
	return table{}, nil, fmt.Errorf("table %q (%s) is unknown", h.Table, strings.Join(h.Columns, ", "))
}

func parseRow(line []byte, columns []column) ([]any, error) {
	var fields []json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, err
	}
	if len(fields) != len(columns) {
		return nil, fmt.Errorf("%d values stand for %d columns", len(fields), len(columns))
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		if c.kind == integer {
			var n *int64
			if err := json.Unmarshal(fields[i], &n); err != nil {
				return nil, err
			}
			if n != nil {
				row[i] = *n
			}
			continue
		}
		var s string
		if err := json.Unmarshal(fields[i], &s); err != nil {
			return nil, err
		}
		row[i] = s
		if c.kind == blob {
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return nil, err
			}
			row[i] = b
		}
	}
	return row, nil
}
