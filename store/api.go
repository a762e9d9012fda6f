// Package store keeps the records: the nouns, the log of events that says who did what to them, the
// seals that make the log tamper-evident, the attachments and the keys of natural persons, on SQLite
// or on PostgreSQL. It decides nothing; what a change should be is made above it.
package store

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"zhuanhua"
)

var errNotYet = errors.New("not written yet")

// Options says where the records are and how they are opened.
type Options struct {
	Dir      string           // the data directory: database (SQLite), keys, seals, attachments; needed for PostgreSQL too
	URL      string           // a PostgreSQL address; "" keeps the database in Dir as zhuanhua.db
	ReadOnly bool             // opens beside a running writer; nothing is made, migrated or sealed
	Now      func() time.Time // nil: time.Now
}

// Store is an open set of records. It is safe for concurrent use; writers wait for each other.
type Store struct{}

// Open opens the records, makes them where there are none (not when read-only) and moves an older
// schema forward. A second writer on the same records gets KindConflict and the number of the first
// process; a newer schema than the program's gets KindConflict; a read-only opening of what does not
// exist gets KindNotFound.
func Open(ctx context.Context, o Options) (*Store, error) { return nil, errNotYet }

// Close seals the log if something was written, and lets the records go.
func (s *Store) Close() error { return errNotYet }

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
	Unindexed int64                   // not known before an index was made
}

// Info counts what is there.
func (s *Store) Info(ctx context.Context) (Info, error) { return Info{}, errNotYet }

// Recorded says what Record did.
type Recorded struct {
	Batch     string // the batch, also where the change named none
	First     int64  // seq of the first event, 0 when nothing changed
	Last      int64
	At        time.Time
	Outcomes  []Outcome // one for each item, in order
	Created   int
	Changed   int
	Deleted   int
	Unchanged int
}

// Outcome is what became of one item.
type Outcome string

// What can become of an item.
const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"
	Deleted   Outcome = "deleted"
	Unchanged Outcome = "unchanged" // the image is the one already there: no event is written
)

// Record writes a change in one durable transaction: an event with the full image for each item that
// alters something, the rows, and a job that brings the index up to date. Nothing is written when one
// item cannot be: KindInvalid for an id or an image that is none, KindConflict for a version that is no
// longer the current one, KindForbidden for a person who was forgotten, KindUnavailable when the disk
// is full. When it returns without an error the change is on the disk.
func (s *Store) Record(ctx context.Context, actor string, c zhuanhua.Change) (Recorded, error) {
	return Recorded{}, errNotYet
}

// Undo writes new events that restore what every record of a batch was before it. It refuses with
// KindConflict, naming the records, when one of them was changed after the batch or the batch was
// undone already, and with KindNotFound for an unknown batch.
func (s *Store) Undo(ctx context.Context, actor, batch, reason string) (Recorded, error) {
	return Recorded{}, errNotYet
}

// Forget destroys the key of a person: name, title, contact and everything else but the id can no
// longer be read, from the row, from the log, or from where the record came. It can't be undone.
func (s *Store) Forget(ctx context.Context, actor, personID, reason string) error { return errNotYet }

// ForgottenName is what a forgotten person's name reads as.
const ForgottenName = "已删除"

// Row is the current state of one record.
type Row struct {
	Noun      zhuanhua.Noun
	ID        string
	Version   int64           // 1 for the first image; each event adds one
	Batch     string          // the batch that made the image
	Hash      string          // of the image: equal images have equal hashes (persons: keyed, see keys.go)
	Seq       int64           // the event that made the image
	Image     string          // canonical JSON; personal fields in plain text unless forgotten
	Source    zhuanhua.Source // where the image came from
	Deleted   bool
	Forgotten bool // a person whose key is destroyed
}

// As reads the image of a row as the noun that it is, As[zhuanhua.Achievement](row).
func As[T zhuanhua.Record](r Row) (T, error) { var t T; return t, errNotYet }

// Get returns one record, KindNotFound when there is none or it is deleted.
func (s *Store) Get(ctx context.Context, noun zhuanhua.Noun, id string) (Row, error) {
	return Row{}, errNotYet
}

// Filter narrows Rows; the zero Filter is everything that is not deleted, ordered by id.
type Filter struct {
	IDs     []string        // these ids only
	After   string          // ids after this one, for paging
	Batch   string          // whose current image is of this batch
	Title   string          // title or name holds this text (not persons: their names are encrypted)
	Field   string          // achievements, needs, contracts
	Region  zhuanhua.Region // a province or city also matches what lies in it (not persons)
	Deleted bool            // deleted ones too
	Limit   int             // 0: no limit
}

// Rows goes through the records of a noun, ordered by the bytes of the id, at one moment of the database.
func (s *Store) Rows(ctx context.Context, noun zhuanhua.Noun, f Filter) iter.Seq2[Row, error] {
	return nil
}

// EventFilter narrows Events; the zero EventFilter is the whole log.
type EventFilter struct {
	After   int64  // events with a greater seq
	Subject string // "achievement/A-SUG-01"
	Limit   int    // 0: no limit
}

// Events goes through the log in order. Payloads are as stored: persons' fields are ciphertext.
func (s *Store) Events(ctx context.Context, f EventFilter) iter.Seq2[zhuanhua.Event, error] {
	return nil
}

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

// Batches returns the newest batches first. A limit of 0 returns all.
func (s *Store) Batches(ctx context.Context, limit int) ([]Batch, error) { return nil, errNotYet }

// Attachment is a file that belongs to the records, kept once under the hash of its content.
type Attachment struct {
	SHA256 string
	Name   string // as its giver called it
	Type   string // told from the content, "application/pdf"
	Size   int64
	Batch  string
}

// Attach takes a file in and records it by an event. The same content a second time makes no event.
func (s *Store) Attach(ctx context.Context, actor, name string, r io.Reader) (Attachment, error) {
	return Attachment{}, errNotYet
}

// OpenAttachment opens a kept file, KindNotFound when there is none of that hash.
func (s *Store) OpenAttachment(ctx context.Context, sha256 string) (io.ReadCloser, Attachment, error) {
	return nil, Attachment{}, errNotYet
}

// Seal is one line of seals.log: the head of the chain at a moment, signed.
type Seal struct {
	N     int64     `json:"n"` // 1, 2, 3, …
	At    time.Time `json:"at"`
	Seq   int64     `json:"seq"`   // of the newest event, 0 before the first
	Hash  string    `json:"hash"`  // of the newest event
	Count int64     `json:"count"` // how many events there are
	Why   string    `json:"why"`   // "begin", "open", "hour", "close"
}

// Seal writes a seal now if there are events since the last one. Close does it, and a writer that
// stays open does it every hour by itself.
func (s *Store) Seal(ctx context.Context) error { return errNotYet }

// Finding is one thing that Verify found wrong.
type Finding struct {
	Kind  string `json:"kind"`  // "chain", "sequence", "seal", "replay", "attachment", "key"
	Where string `json:"where"` // "event 17", "achievements A-1, column title", "seals.log line 3"
	What  string `json:"what"`
}

// Verified says what Verify looked at.
type Verified struct {
	Events      int64
	Rows        int64
	Seals       int
	Attachments int
	Findings    []Finding // empty: everything holds
}

// Verify checks the log against its hashes, the seals against the log, the rows against a replay of
// the log, the attachments against their hashes and the keys of persons against what they must open.
// An error means that it could not look; what it found wrong is in the result.
func (s *Store) Verify(ctx context.Context) (Verified, error) { return Verified{}, errNotYet }

// Dump writes every table that follows from the log, ordered, one row a line as canonical JSON: equal
// records give equal bytes on both databases.
func (s *Store) Dump(ctx context.Context, w io.Writer) error { return errNotYet }

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

// IndexPending returns up to limit achievements and needs whose indexed state differs from their row.
func (s *Store) IndexPending(ctx context.Context, model string, limit int) ([]Stale, error) {
	return nil, errNotYet
}

// MarkIndexed notes what the index holds now. It is no event: the index can be rebuilt at any time.
func (s *Store) MarkIndexed(ctx context.Context, done []Indexed) error { return errNotYet }

// IndexedRows goes through what MarkIndexed noted for a model.
func (s *Store) IndexedRows(ctx context.Context, model string) iter.Seq2[Indexed, error] { return nil }

// ResetIndex forgets what is indexed, and with vectors also what was encoded. "" is every model.
func (s *Store) ResetIndex(ctx context.Context, model string, vectors bool) error { return errNotYet }

// Vectors returns the kept vectors of texts, by text hash; those not there are left out.
func (s *Store) Vectors(ctx context.Context, model string, textHashes []string) (map[string][]byte, error) {
	return nil, errNotYet
}

// PutVectors keeps vectors by text hash, so that a text is encoded once.
func (s *Store) PutVectors(ctx context.Context, model string, vectors map[string][]byte) error {
	return errNotYet
}

// Work runs the jobs until the context ends: index is called after records changed, and again after a
// while when it returns an error. It must take all that IndexPending tells, so one call may serve many
// changes. Work needs a writing store.
func (s *Store) Work(ctx context.Context, index func(context.Context) error) error { return errNotYet }

// Lock says who may open a backup: a passphrase, or age recipients ("age1…"); one of them is needed.
type Lock struct {
	Passphrase string
	Recipients []string
	Effort     int // work factor of the passphrase, 0 for age's own
}

// Key opens a backup: its passphrase or age identities ("AGE-SECRET-KEY-1…").
type Key struct {
	Passphrase string
	Identities []string
}

// Backup writes one encrypted file with everything: tables, attachments, seals and keys, each with its
// checksum, as they are at one moment while others write. The file appears whole or not at all.
func (s *Store) Backup(ctx context.Context, file string, l Lock) error { return errNotYet }

// Restore puts a backup in place where there is nothing: it decrypts and checks everything, verifies
// the records and only then gives them their name. The backup of one database can be restored into
// the other. KindInvalid for a wrong key or a damaged file, KindConflict where something is already.
func Restore(ctx context.Context, file string, k Key, o Options) error { return errNotYet }
