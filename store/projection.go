package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// projection turns events into rows. Recording and replaying both go through it, and it looks at
// nothing but the events: that is why a replay gives the same tables.
type projection struct {
	rows        map[zhuanhua.Noun]map[string][]any
	batches     map[string]*batchRow
	order       []string // of batches, for equal statements
	undone      map[string]string
	attachments [][]any
	persons     map[string]int64 // person → seq of the event that forgot it, 0
	events      int
}

type batchRow struct {
	actor, reason, at   string
	first, last, events int64
}

func newProjection() *projection {
	return &projection{rows: map[zhuanhua.Noun]map[string][]any{}, batches: map[string]*batchRow{},
		undone: map[string]string{}, persons: map[string]int64{}}
}

// add takes one event in. An error means that the event is none that the store writes.
func (p *projection) add(e storedEvent) error {
	var pay payload
	if err := json.Unmarshal([]byte(e.Payload), &pay); err != nil {
		return fmt.Errorf("event %d: the payload is no JSON: %w", e.Seq, err)
	}
	return p.addEvent(e, pay)
}

// addEvent takes an event in whose payload was read already.
func (p *projection) addEvent(e storedEvent, pay payload) error {
	p.addBatch(e, pay)
	p.events++
	of, did, _ := strings.Cut(e.Kind, ".")
	_, id, _ := strings.Cut(e.Subject, "/")
	switch {
	case of == "attachment" && did == didAdd && pay.Attachment != nil:
		a := pay.Attachment
		p.attachments = append(p.attachments, []any{a.SHA256, a.Name, a.Type, a.Size, pay.Batch, e.Seq})
		return nil
	case of == "person" && did == didForget:
		p.persons[id] = e.Seq
		return nil
	}
	n, err := nounOf(zhuanhua.Noun(of))
	if err != nil || did != didPut && did != didDelete {
		return fmt.Errorf("event %d: %q is no kind of event", e.Seq, e.Kind)
	}
	return p.addRow(n, id, e, pay)
}

func (p *projection) addRow(n noun, id string, e storedEvent, pay payload) error {
	row := []any{id, pay.Version, pay.Batch, pay.Hash, e.Seq, flag(len(pay.Image) == 0), string(pay.Image), string(pay.Source)}
	values := pay.search
	if values == nil {
		image := []byte(pay.Image)
		if len(image) == 0 {
			image = []byte("{}")
		}
		var err error
		if _, values, err = n.values(image); err != nil {
			return fmt.Errorf("event %d: the image is no %s: %w", e.Seq, n.kind, err)
		}
	}
	if p.rows[n.kind] == nil {
		p.rows[n.kind] = map[string][]any{}
	}
	p.rows[n.kind][id] = append(row, values...)
	if _, known := p.persons[id]; n.kind == zhuanhua.NounPerson && !known {
		p.persons[id] = 0
	}
	return nil
}

func (p *projection) addBatch(e storedEvent, pay payload) {
	b := p.batches[pay.Batch]
	if b == nil {
		b = &batchRow{actor: e.Actor, reason: pay.Reason, at: e.At, first: e.Seq}
		p.batches[pay.Batch] = b
		p.order = append(p.order, pay.Batch)
	}
	b.last = e.Seq
	b.events++
	if pay.Undoes != "" {
		p.undone[pay.Undoes] = pay.Batch
	}
}

// flush writes the rows.
func (p *projection) flush(ctx context.Context, db bun.IDB) error {
	for _, n := range nouns() {
		ids := make([]string, 0, len(p.rows[n.kind]))
		for id := range p.rows[n.kind] {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		rows := make([][]any, 0, len(ids))
		for _, id := range ids {
			rows = append(rows, p.rows[n.kind][id])
		}
		if err := insert(ctx, db, n.table, n.columns(), rows, replacing("id", n.columns())); err != nil {
			return err
		}
	}
	if err := p.flushBatches(ctx, db); err != nil {
		return err
	}
	if err := insert(ctx, db, "attachments", columnsOf("attachments"), p.attachments, ""); err != nil {
		return err
	}
	return p.flushPersons(ctx, db)
}

func (p *projection) flushBatches(ctx context.Context, db bun.IDB) error {
	rows := make([][]any, 0, len(p.order))
	for _, id := range p.order {
		b := p.batches[id]
		rows = append(rows, []any{id, b.actor, b.reason, b.at, b.first, b.last, b.events, ""})
	}
	err := insert(ctx, db, "batches", columnsOf("batches"), rows,
		" ON CONFLICT (id) DO UPDATE SET last_seq = excluded.last_seq, events = batches.events + excluded.events")
	if err != nil {
		return err
	}
	for undone, by := range p.undone {
		if _, err := db.ExecContext(ctx, "UPDATE batches SET undone_by = ? WHERE id = ?", by, undone); err != nil {
			return err
		}
	}
	return nil
}

// flushPersons notes who there is and who was forgotten; the keys themselves follow from no event.
func (p *projection) flushPersons(ctx context.Context, db bun.IDB) error {
	var fresh, gone [][]any
	for id, seq := range p.persons {
		row := []any{id, seq, ""}
		if seq == 0 {
			fresh = append(fresh, row)
		} else {
			gone = append(gone, row)
		}
	}
	columns := columnsOf("person_keys")
	if err := insert(ctx, db, "person_keys", columns, fresh, " ON CONFLICT (person_id) DO NOTHING"); err != nil {
		return err
	}
	return insert(ctx, db, "person_keys", columns, gone, replacing("person_id", columns))
}

func columnsOf(name string) []column {
	for _, t := range tables() {
		if t.name == name {
			return t.columns
		}
	}
	return nil
}

// replacing is the clause that makes an insert replace the row of the same key.
func replacing(key string, columns []column) string {
	var sets []string
	for _, c := range columns {
		if c.name != key {
			sets = append(sets, c.name+" = excluded."+c.name)
		}
	}
	return " ON CONFLICT (" + key + ") DO UPDATE SET " + strings.Join(sets, ", ")
}

// Bounds of one INSERT statement.
const (
	insertRows  = 200
	insertBytes = 1 << 18
)

// insert writes rows, many in one statement.
func insert(ctx context.Context, db bun.IDB, table string, columns []column, rows [][]any, onConflict string) error {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	marks := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	for len(rows) > 0 {
		n, size := 0, 0
		var args []any
		for n < len(rows) && n < insertRows && size < insertBytes {
			for _, v := range rows[n] {
				if s, ok := v.(string); ok {
					size += len(s)
				}
			}
			args = append(args, rows[n]...)
			n++
		}
		query := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES " +
			strings.TrimSuffix(strings.Repeat(marks+", ", n), ", ") + onConflict
		if _, err := db.ExecContext(ctx, query, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
