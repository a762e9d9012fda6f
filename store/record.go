package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"zhuanhua"
)

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
	if err := checkChange(actor, &c); err != nil {
		return Recorded{}, err
	}
	items, err := plainItems(c.Items)
	if err != nil {
		return Recorded{}, err
	}
	return s.record(ctx, actor, payload{Batch: c.Batch, Reason: c.Reason}, items)
}

func plainItems(list []zhuanhua.Item) ([]item, error) {
	items := make([]item, len(list))
	for i, it := range list {
		var err error
		if items[i], err = plainItem(it); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// item is an Item on its way into an event.
type item struct {
	zhuanhua.Item
	noun   noun
	source string // canonical JSON, "" for none
	sealed bool   // image and source are ciphertext already
	hash   string // of the image; persons get theirs with their key
	search []any  // values of the search columns
}

// checkChange refuses what cannot stand in the log, and names the batch.
func checkChange(actor string, c *zhuanhua.Change) error {
	if what := zhuanhua.CheckID(actor); what != "" {
		return zhuanhua.Invalid("", fmt.Sprintf("%q cannot be an actor: %s", actor, what), "say who does this")
	}
	if c.Batch == "" {
		c.Batch = newBatch()
	}
	if what := zhuanhua.CheckID(c.Batch); what != "" {
		return zhuanhua.Invalid("", fmt.Sprintf("%q cannot be a batch: %s", c.Batch, what), "name it in one short word")
	}
	return nil
}

// newBatch is a name that no other batch has.
func newBatch() string {
	b := make([]byte, 10)
	rand.Read(b)
	return "b-" + hex.EncodeToString(b)
}

// plainItem checks an item and brings its image to one form.
func plainItem(it zhuanhua.Item) (item, error) {
	where := subjectOf(it.Noun, it.ID)
	n, err := nounOf(it.Noun)
	if err != nil {
		return item{}, err
	}
	if what := zhuanhua.CheckID(it.ID); what != "" {
		return item{}, zhuanhua.Invalid(where, what, "give it an id on one line")
	}
	x := item{Item: it, noun: n}
	if it.Image == "" {
		return x, nil
	}
	var b bytes.Buffer
	err = json.Compact(&b, []byte(it.Image))
	id := ""
	if err == nil {
		x.Image = strings.ToValidUTF8(b.String(), "\uFFFD")
		id, x.search, err = n.values([]byte(x.Image))
	}
	if err != nil || id != it.ID {
		return item{}, &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: where, What: "the image is no " + string(it.Noun) + " with this id",
			Do: "make items with zhuanhua.Put", Err: err}
	}
	if source := zhuanhua.CanonicalJSON(it.Source); source != "{}" {
		x.source = source
	}
	h := sha256.Sum256([]byte(x.Image))
	x.hash = hex.EncodeToString(h[:])
	return x, nil
}

// current is what the database holds of a record.
type current struct {
	version int64
	hash    string
	deleted bool
}

// record writes items. The payload brings what all their events share.
func (s *Store) record(ctx context.Context, actor string, shared payload, items []item) (Recorded, error) {
	return s.inGroup(&request{ctx: ctx, actor: actor, shared: shared, items: items})
}

// decide makes the events of the items of one request that alter something. An error leaves the writer
// as it was.
func (s *Store) decide(ctx context.Context, w *eventWriter, r *request) (err error) {
	if err := w.look(ctx, r.items); err != nil {
		return err
	}
	if err := w.people.load(ctx, w.t, r.items); err != nil {
		return err
	}
	was, wasFresh := w.chain, len(w.people.fresh)
	defer func() {
		if err != nil {
			w.chain = was
			w.people.drop(wasFresh)
		}
	}()
	w.chain.actor = r.actor
	if err := w.setTime(r.ctx); err != nil {
		return err
	}
	r.rec = Recorded{Batch: r.shared.Batch, At: w.now, Outcomes: make([]Outcome, len(r.items))}
	mine := map[string]current{}
	var pays []payload
	for i := range r.items {
		it := &r.items[i]
		subject := subjectOf(it.Noun, it.ID)
		now, again := mine[subject]
		if !again {
			now = w.have[subject]
		}
		if err := checkVersion(it, now); err != nil {
			return err
		}
		if err := checkFixed(it, now); err != nil {
			return err
		}
		if err := w.people.prepare(it, now.hash); err != nil {
			return err
		}
		out := outcome(it, now)
		r.rec.count(i, out)
		if out == Unchanged {
			continue
		}
		did, p := after(it, now, r.shared, out)
		w.chain.add(string(it.Noun)+"."+did, subject, p)
		pays = append(pays, p)
		mine[subject] = current{version: p.Version, hash: p.Hash, deleted: out == Deleted}
	}
	files, err := w.attach(ctx, r)
	if err != nil {
		return err
	}
	return w.accept(r, w.chain.events[len(was.events):], append(pays, files...), mine)
}

// after is what the event of an item says.
func after(it *item, now current, p payload, out Outcome) (did string, _ payload) {
	p.Version = now.version + 1
	if out == Deleted {
		return didDelete, p
	}
	p.Hash, p.Image, p.Source, p.search = it.hash, raw(it.Image), raw(it.source), it.search
	return didPut, p
}

func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

func outcome(it *item, now current) Outcome {
	there := now.version > 0 && !now.deleted
	switch {
	case it.Image == "" && !there, it.Image != "" && there && it.hash == now.hash:
		return Unchanged
	case it.Image == "":
		return Deleted
	case there:
		return Changed
	}
	return Created
}

func (r *Recorded) count(i int, o Outcome) {
	r.Outcomes[i] = o
	switch o {
	case Created:
		r.Created++
	case Changed:
		r.Changed++
	case Deleted:
		r.Deleted++
	case Unchanged:
		r.Unchanged++
	}
}

func checkVersion(it *item, now current) error {
	conflict := func(what string) error {
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: subjectOf(it.Noun, it.ID), What: what,
			Do: "look at the current record and decide again"}
	}
	switch {
	case it.Version == zhuanhua.NewOnly && now.version > 0 && !now.deleted:
		return conflict("a record with this id exists already")
	case it.Version > 0 && it.Version != now.version:
		return conflict(fmt.Sprintf("it was changed meanwhile: version %d was expected, it has version %d", it.Version, now.version))
	}
	return nil
}

// checkFixed refuses to alter what is history.
func checkFixed(it *item, now current) error {
	if !it.noun.fixed || now.version == 0 && it.Image != "" || it.Image != "" && it.hash == now.hash {
		return nil
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: subjectOf(it.Noun, it.ID), What: "what is history cannot be changed or deleted",
		Do: "record what corrects it: a further step, or the opposite entry"}
}

// currentOf reads what is there of the items' records, by subject.
func currentOf(ctx context.Context, db bun.IDB, items []item) (map[string]current, error) {
	ids := map[string][]string{}
	for _, it := range items {
		ids[it.noun.table] = append(ids[it.noun.table], it.ID)
	}
	have := make(map[string]current, len(items))
	for _, n := range nouns() {
		for chunk := range slices.Chunk(ids[n.table], 500) {
			rows, err := db.QueryContext(ctx, "SELECT id, version, hash, deleted FROM "+n.table+" WHERE id IN (?)", bun.List(chunk))
			if err != nil {
				return nil, err
			}
			for rows.Next() {
				var id string
				var c current
				var deleted int64
				if err := rows.Scan(&id, &c.version, &c.hash, &deleted); err != nil {
					rows.Close()
					return nil, err
				}
				c.deleted = deleted != 0
				have[subjectOf(n.kind, id)] = c
			}
			if err := rows.Err(); err != nil {
				return nil, err
			}
		}
	}
	return have, nil
}
