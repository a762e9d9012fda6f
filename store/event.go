package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// timeLayout is how times are stored: UTC, always with six decimals, so that text order is time order.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// noHash is the hash before the first event.
var noHash = strings.Repeat("0", 64)

// What an event can have done, after the noun and a dot.
const (
	didPut    = "put"
	didDelete = "delete"
	didForget = "forget"
	didAdd    = "add"
)

// storedEvent is an event as its row holds it, byte by byte.
type storedEvent struct {
	Seq                                               int64
	At, Actor, Kind, Subject, Payload, PrevHash, Hash string
}

// payload is what an event carries. The order of the fields is the order in the text.
type payload struct {
	Version    int64           `json:"version,omitempty"` // of the record after the event
	Batch      string          `json:"batch"`
	Reason     string          `json:"reason,omitempty"`
	Undoes     string          `json:"undoes,omitempty"` // the batch that this event takes back
	Hash       string          `json:"hash,omitempty"`   // of the image
	Image      json.RawMessage `json:"image,omitempty"`  // the whole record after the event; none deletes
	Source     json.RawMessage `json:"source,omitempty"`
	Attachment *Attachment     `json:"attachment,omitempty"`

	search []any // the search columns, where they were read out of the image already
}

// sum is the hash of an event: SHA-256 over every column from seq to prev_hash, each preceded by its
// length in eight bytes, so that nothing can move from one column into the next.
func (e *storedEvent) sum() string {
	h := sha256.New()
	var n [8]byte
	for _, s := range []string{strconv.FormatInt(e.Seq, 10), e.At, e.Actor, e.Kind, e.Subject, e.Payload, e.PrevHash} {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// chain adds events behind a head.
type chain struct {
	seq    int64
	hash   string
	at     string
	actor  string
	events []storedEvent
}

// head reads where the chain ends.
func headOf(ctx context.Context, db bun.IDB) (seq int64, hash, at string, err error) {
	err = db.QueryRowContext(ctx, "SELECT seq, hash, at FROM events ORDER BY seq DESC LIMIT 1").Scan(&seq, &hash, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, noHash, "", nil
	}
	return seq, hash, at, err
}

// add makes the next event.
func (c *chain) add(kind, subject string, p payload) storedEvent {
	e := storedEvent{Seq: c.seq + 1, At: c.at, Actor: c.actor, Kind: kind, Subject: subject,
		Payload: zhuanhua.CanonicalJSON(p), PrevHash: c.hash}
	e.Hash = e.sum()
	c.seq, c.hash = e.Seq, e.Hash
	c.events = append(c.events, e)
	return e
}

// EventFilter narrows Events; the zero EventFilter is the whole log.
type EventFilter struct {
	After   int64  // events with a greater seq
	Subject string // "achievement/A-SUG-01"
	Limit   int    // 0: no limit
}

// Events goes through the log in order. Payloads are as stored: persons' fields are ciphertext.
func (s *Store) Events(ctx context.Context, f EventFilter) iter.Seq2[zhuanhua.Event, error] {
	return func(yield func(zhuanhua.Event, error) bool) {
		for e, err := range storedEvents(ctx, s.db.reader(), f) {
			if err != nil {
				yield(zhuanhua.Event{}, dbError("the log cannot be read", err))
				return
			}
			at, err := time.Parse(timeLayout, e.At)
			if !yield(zhuanhua.Event{Seq: e.Seq, At: at, Actor: e.Actor, Kind: e.Kind, Subject: e.Subject,
				Payload: e.Payload, PrevHash: e.PrevHash, Hash: e.Hash}, err) {
				return
			}
		}
	}
}

// storedEvents goes through the rows of the log as they are stored.
func storedEvents(ctx context.Context, db bun.IDB, f EventFilter) iter.Seq2[storedEvent, error] {
	q := db.NewSelect().ColumnExpr("seq, at, actor, kind, subject, payload, prev_hash, hash").Table("events").
		Where("seq > ?", f.After).Order("seq")
	if f.Subject != "" {
		q.Where("subject = ?", f.Subject)
	}
	if f.Limit > 0 {
		q.Limit(int64(f.Limit))
	}
	return scanAll(ctx, q, scanEvent)
}

func scanEvent(rows *sql.Rows) (e storedEvent, err error) {
	err = rows.Scan(&e.Seq, &e.At, &e.Actor, &e.Kind, &e.Subject, &e.Payload, &e.PrevHash, &e.Hash)
	return e, err
}

// scanAll runs a query and goes through its rows.
func scanAll[T any](ctx context.Context, q *bun.SelectQuery, scan func(*sql.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := q.Rows(ctx)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if !yield(v, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}

// subjectOf is the subject of events about a record.
func subjectOf(kind zhuanhua.Noun, id string) string { return string(kind) + "/" + id }

// Newest is the number of the newest event, 0 where there is none: what was read stays true until it rises.
func (s *Store) Newest(ctx context.Context) (int64, error) {
	seq, _, _, err := headOf(ctx, s.db.reader())
	if err != nil {
		return 0, dbError("the log cannot be read", err)
	}
	return seq, nil
}
