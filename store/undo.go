package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// Batch is what was recorded together.
type Batch struct {
	ID          string
	Actor       string
	Reason      string
	At          time.Time // of its first event
	First, Last int64     // seqs of its first and last event; other batches may lie between
	Events      int64
	UndoneBy    string // the batch that undid it, or ""
}

const batchColumns = "id, actor, reason, at, first_seq, last_seq, events, undone_by"

func scanBatch(scan func(...any) error) (b Batch, err error) {
	var at string
	if err := scan(&b.ID, &b.Actor, &b.Reason, &at, &b.First, &b.Last, &b.Events, &b.UndoneBy); err != nil {
		return b, err
	}
	b.At, err = time.Parse(timeLayout, at)
	return b, err
}

// Batches returns the newest batches first. A limit of 0 returns all.
func (s *Store) Batches(ctx context.Context, limit int) ([]Batch, error) {
	q := s.db.reader().NewSelect().ColumnExpr(batchColumns).Table("batches").OrderExpr("last_seq DESC")
	if limit > 0 {
		q.Limit(int64(limit))
	}
	var list []Batch
	for b, err := range scanAll(ctx, q, func(rows *sql.Rows) (Batch, error) { return scanBatch(rows.Scan) }) {
		if err != nil {
			return nil, dbError("the batches cannot be read", err)
		}
		list = append(list, b)
	}
	return list, nil
}

// Undo writes new events that restore what every record of a batch was before it. It refuses with
// KindConflict, naming the records, when one of them was changed after the batch, or the batch was
// undone already or did more than change records, and with KindNotFound for an unknown batch.
func (s *Store) Undo(ctx context.Context, actor, batch, reason string) (Recorded, error) {
	c := zhuanhua.Change{}
	if err := checkChange(actor, &c); err != nil {
		return Recorded{}, err
	}
	if s.o.ReadOnly {
		return Recorded{}, s.writing()
	}
	b, err := s.undoable(ctx, batch)
	if err != nil {
		return Recorded{}, err
	}
	touched, err := s.touched(ctx, b)
	if err != nil {
		return Recorded{}, err
	}
	items := make([]item, 0, len(touched))
	for _, x := range touched {
		it, err := s.before(ctx, x)
		if err != nil {
			return Recorded{}, err
		}
		items = append(items, it)
	}
	if err := s.checkUnchanged(ctx, batch, touched, items); err != nil {
		return Recorded{}, err
	}
	return s.record(ctx, actor, payload{Batch: c.Batch, Reason: reason, Undoes: batch}, items)
}

func changedSince(batch string, subjects []string) error {
	named := strings.Join(subjects[:min(5, len(subjects))], ", ")
	if n := len(subjects) - 5; n > 0 {
		named += fmt.Sprintf(" and %d more", n)
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "batch " + batch,
		What: "it cannot be undone, because these were changed after it: " + named, Do: "undo the later batches first; nothing was changed"}
}

func (s *Store) undoable(ctx context.Context, batch string) (Batch, error) {
	row := s.db.reader().QueryRowContext(ctx, "SELECT "+batchColumns+" FROM batches WHERE id = ?", batch)
	b, err := scanBatch(row.Scan)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return b, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "batch " + batch, What: "there is no such batch", Do: "look at the list of batches"}
	case err != nil:
		return b, dbError("the batch cannot be read", err)
	case b.UndoneBy != "":
		return b, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "batch " + batch, What: "it was undone already, by batch " + b.UndoneBy,
			Do: "undo that batch to bring the records back"}
	}
	return b, nil
}

// touch is a record that a batch changed.
type touch struct {
	subject string
	noun    zhuanhua.Noun
	id      string
	first   int64 // seq of the batch's first event about it
	made    int64 // version that event made
	version int64 // version the batch's last event made
	events  int64
}

// touched lists the records of a batch in the order of its events.
func (s *Store) touched(ctx context.Context, b Batch) ([]*touch, error) {
	var list []*touch
	bySubject := map[string]*touch{}
	for e, err := range storedEvents(ctx, s.db.reader(), EventFilter{After: b.First - 1, Limit: int(b.Last - b.First + 1)}) {
		if err != nil {
			return nil, dbError("the log cannot be read", err)
		}
		var p payload
		if json.Unmarshal([]byte(e.Payload), &p) != nil || p.Batch != b.ID {
			continue
		}
		of, did, _ := strings.Cut(e.Kind, ".")
		if n, err := nounOf(zhuanhua.Noun(of)); err == nil && n.casework {
			return nil, &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "batch " + b.ID, What: "it holds casework (" + e.Subject + "), which is never taken back",
				Do: "act in the case instead: withdraw, revoke, or correct the ledger with the opposite entry"}
		}
		if did != didPut && did != didDelete {
			return nil, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "batch " + b.ID, What: "it did something that cannot be undone: " + e.Kind,
				Do: "make a new change instead"}
		}
		x := bySubject[e.Subject]
		if x == nil {
			_, id, _ := strings.Cut(e.Subject, "/")
			x = &touch{subject: e.Subject, noun: zhuanhua.Noun(of), id: id, first: e.Seq, made: p.Version}
			bySubject[e.Subject] = x
			list = append(list, x)
		}
		x.version = p.Version
		x.events++
	}
	return list, nil
}

// before is the item that brings a record back to what it was before a batch.
func (s *Store) before(ctx context.Context, x *touch) (item, error) {
	n, err := nounOf(x.noun)
	it := item{Item: zhuanhua.Item{Noun: x.noun, ID: x.id, Version: x.version}, noun: n, sealed: true}
	if err != nil || x.made == 1 {
		return it, err
	}
	var text string
	err = s.db.reader().QueryRowContext(ctx, "SELECT payload FROM events WHERE subject = ? AND seq < ? ORDER BY seq DESC LIMIT 1",
		x.subject, x.first).Scan(&text)
	var p payload
	if err == nil {
		err = json.Unmarshal([]byte(text), &p)
	}
	it.Image, it.source, it.hash = string(p.Image), string(p.Source), p.Hash
	return it, dbError("the log cannot be read", err)
}

// checkUnchanged refuses when another batch changed one of the records during or after the batch.
func (s *Store) checkUnchanged(ctx context.Context, batch string, touched []*touch, items []item) error {
	have, err := currentOf(ctx, s.db.reader(), items)
	if err != nil {
		return dbError("the records cannot be read", err)
	}
	var changed []string
	for _, x := range touched {
		if x.version-x.made+1 != x.events || have[x.subject].version != x.version {
			changed = append(changed, x.subject)
		}
	}
	if len(changed) > 0 {
		return changedSince(batch, changed)
	}
	return nil
}

// Undoable returns the newest batches that could be undone, as Batches does, without those of casework: they
// are answered by a further step, and who may know of them is not for a list of batches to say.
func (s *Store) Undoable(ctx context.Context, limit int) ([]Batch, error) {
	var kinds []string
	for _, n := range nouns() {
		if n.casework {
			kinds = append(kinds, string(n.kind)+"."+didPut)
		}
	}
	q := s.db.reader().NewSelect().ColumnExpr(batchColumns).Table("batches").
		Where("first_seq NOT IN (SELECT seq FROM events WHERE kind IN (?))", bun.List(kinds)).OrderExpr("last_seq DESC")
	if limit > 0 {
		q.Limit(int64(limit))
	}
	var list []Batch
	for b, err := range scanAll(ctx, q, func(rows *sql.Rows) (Batch, error) { return scanBatch(rows.Scan) }) {
		if err != nil {
			return nil, dbError("the batches cannot be read", err)
		}
		list = append(list, b)
	}
	return list, nil
}
