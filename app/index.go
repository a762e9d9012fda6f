package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/intake/write"
	"zhuanhua/match"
	"zhuanhua/match/vector"
	"zhuanhua/store"
)

// Index is the search index of the achievements and the needs in a store. It is derived: it can be made
// again from the records at any time, and nothing else lives in it.
type Index struct {
	store   *store.Store
	o       IndexOptions
	model   string
	encoder vector.Encoder // through the store; nil: lexical only

	saving sync.Mutex // held while a snapshot is written
	mu     sync.Mutex // held while the index is brought up to date

	engines map[zhuanhua.Noun]*match.Engine
	seen    position // what the index holds
	unsaved bool
	edition int // of the snapshot that is there
}

// position is an event of the log: the index holds all changes up to it.
type position struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// IndexOptions says how an index is opened.
type IndexOptions struct {
	Dir      string         // where its snapshot lies; "" has none
	Encoder  vector.Encoder // nil: lexical only
	Cache    *vector.Cache  // of vectors that the store does not keep, such as those of sentences; nil: in memory
	Write    bool           // keep what is made: vectors, notes of what is indexed, the snapshot
	Progress func(done, total int)
	Notice   func(error) // told why a snapshot that is there is not used; may be nil
}

// Waiting is how many records the index does not hold as they are now.
func Waiting(ctx context.Context, s *store.Store, enc vector.Encoder) (int, error) {
	list, err := s.IndexPending(ctx, modelKey(enc), 0)
	return len(list), err
}

// indexed are the nouns that are searched.
func indexed() []zhuanhua.Noun {
	return []zhuanhua.Noun{zhuanhua.NounAchievement, zhuanhua.NounNeed}
}

// batchDocs is how many events are taken at once, loadDocs how many records where the whole index is
// made.
const (
	batchDocs = 256
	loadDocs  = 2048
)

// OpenIndex loads the snapshot, where there is one that can be used, and brings it up to date with the
// records: what it gives is neither missing nor stale.
func OpenIndex(ctx context.Context, s *store.Store, o IndexOptions) (*Index, error) {
	x := newIndex(s, o)
	if err := x.load(); err != nil {
		if !errors.Is(err, fs.ErrNotExist) && o.Notice != nil {
			o.Notice(err)
		}
		if err := x.clear(); err != nil {
			return nil, err
		}
	}
	if err := x.catchUp(ctx); err != nil {
		return nil, err
	}
	if !o.Write {
		return x, nil
	}
	if err := x.mend(ctx); err != nil {
		return nil, err
	}
	return x, x.Save()
}

func newIndex(s *store.Store, o IndexOptions) *Index {
	x := &Index{store: s, o: o, model: modelKey(o.Encoder)}
	if o.Encoder != nil {
		x.encoder = storedEncoder{o.Encoder, s, o.Write}
	}
	return x
}

// LoadIndex is OpenIndex for who wants the index only where its snapshot saves making it: what changed
// since is taken, but where there is no snapshot that can be used it fails. A snapshot that was never
// made is fs.ErrNotExist.
func LoadIndex(ctx context.Context, s *store.Store, o IndexOptions) (*Index, error) {
	x := newIndex(s, o)
	if err := x.load(); err != nil {
		return nil, err
	}
	known, err := x.knows(ctx, x.seen)
	if err == nil && !known {
		err = fmt.Errorf("%w: it is of other records", errSnapshot)
	}
	if err == nil {
		_, err = x.follow(ctx)
	}
	return x, err
}

// Engine is the engine over the records of a noun, achievements or needs.
func (x *Index) Engine(noun zhuanhua.Noun) *match.Engine { return x.engines[noun] }

func (x *Index) options() match.Options {
	return match.Options{Encoder: x.encoder, Cache: x.o.Cache, RegionName: intake.RegionName, Progress: x.o.Progress}
}

// clear empties the index in memory.
func (x *Index) clear() error {
	x.engines, x.seen, x.unsaved = map[zhuanhua.Noun]*match.Engine{}, position{}, true
	for _, n := range indexed() {
		e, err := match.New(x.options())
		if err != nil {
			return err
		}
		x.engines[n] = e
	}
	return nil
}

// catchUp takes what the index does not hold: what changed since its position, or, where the log does
// not know that, whatever differs.
func (x *Index) catchUp(ctx context.Context) error {
	known, err := x.knows(ctx, x.seen)
	if err != nil {
		return err
	}
	if known {
		_, err = x.follow(ctx)
		return err
	}
	head, err := x.head(ctx)
	if err != nil {
		return err
	}
	for _, n := range indexed() {
		if err := x.compare(ctx, n); err != nil {
			return err
		}
		x.engines[n].Settle()
	}
	x.seen = head
	_, err = x.follow(ctx) // what came meanwhile
	return err
}

// knows reports whether a position is one of this log, and not of one that another was restored in
// place of.
func (x *Index) knows(ctx context.Context, p position) (bool, error) {
	if p.Seq == 0 {
		return false, nil
	}
	for e, err := range x.store.Events(ctx, store.EventFilter{After: p.Seq - 1, Limit: 1}) {
		return err == nil && e.Seq == p.Seq && e.Hash == p.Hash, err
	}
	return false, nil
}

// head is the position of the newest event.
func (x *Index) head(ctx context.Context) (position, error) {
	i, err := x.store.Info(ctx)
	return position{i.Events, i.Head}, err
}

// compare takes every record of a noun that the index does not hold as it is, and drops what is no
// record.
func (x *Index) compare(ctx context.Context, n zhuanhua.Noun) error {
	e := x.engines[n]
	seen := map[string]bool{}
	var fresh []store.Row
	for row, err := range x.store.Rows(ctx, n, store.Filter{}) {
		if err != nil {
			return err
		}
		seen[row.ID] = true
		if x.holds(n, row.ID).Row == row.Hash {
			continue
		}
		if fresh = append(fresh, row); len(fresh) == loadDocs {
			if err := x.put(ctx, n, fresh); err != nil {
				return err
			}
			fresh = nil
		}
	}
	if err := x.put(ctx, n, fresh); err != nil {
		return err
	}
	gone := slices.DeleteFunc(e.IDs(), func(id string) bool { return seen[id] })
	x.drop(n, gone)
	return nil
}

// put gives the engine records as they are now.
func (x *Index) put(ctx context.Context, n zhuanhua.Noun, rows []store.Row) error {
	if len(rows) == 0 {
		return nil
	}
	docs := make([]match.Document, 0, len(rows))
	for _, row := range rows {
		d, err := documentOf(row)
		if err != nil {
			return err
		}
		d.Stamp = holding{row.Hash, hashOf(&d)}.stamp()
		docs = append(docs, d)
	}
	x.unsaved = true
	return x.engines[n].Add(ctx, docs)
}

func (x *Index) drop(n zhuanhua.Noun, ids []string) {
	if len(ids) > 0 && x.engines[n].Delete(ids...) > 0 {
		x.unsaved = true
	}
}

// hashOf is the hash of all texts of a document that the encoder reads.
func hashOf(d *match.Document) string { return textHash(zhuanhua.CanonicalJSON(d.Texts())) }

// documentOf is a record as the engine sees it. Texts are quoted from the file that the record came
// from; one that came from none is quoted as an export would show it.
func documentOf(row store.Row) (match.Document, error) {
	src := row.Source
	if row.Noun == zhuanhua.NounNeed {
		n, err := store.As[zhuanhua.Need](row)
		if len(src.Cells) == 0 {
			src.Cells = write.Cells(n)
		}
		return match.NeedDocument(&n, &src), err
	}
	a, err := store.As[zhuanhua.Achievement](row)
	if len(src.Cells) == 0 {
		src.Cells = write.Cells(a)
	}
	return match.AchievementDocument(&a, &src), err
}

// Update takes every change that the index does not hold yet and returns how many records had changed.
// It is what the store's job calls.
func (x *Index) Update(ctx context.Context) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.follow(ctx)
}

// follow goes through the log from where the index stands. A large change is taken in steps.
func (x *Index) follow(ctx context.Context) (int, error) {
	n := 0
	for {
		ids, last, err := x.changed(ctx)
		if err != nil || last == x.seen {
			return n, err
		}
		done, err := x.take(ctx, ids)
		if err != nil {
			return n, err
		}
		if x.o.Write {
			if err := x.store.MarkIndexed(ctx, done); err != nil {
				return n, err
			}
		}
		x.seen, x.unsaved = last, true
		n += len(done)
	}
}

// changed are the records that the next events of the log are about, and the last of these.
func (x *Index) changed(ctx context.Context) (map[zhuanhua.Noun][]string, position, error) {
	ids, last := map[zhuanhua.Noun][]string{}, x.seen
	met := map[string]bool{}
	for e, err := range x.store.Events(ctx, store.EventFilter{After: x.seen.Seq, Limit: batchDocs}) {
		if err != nil {
			return nil, last, err
		}
		last = position{e.Seq, e.Hash}
		noun, id, _ := strings.Cut(e.Subject, "/")
		if n := zhuanhua.Noun(noun); slices.Contains(indexed(), n) && !met[e.Subject] {
			met[e.Subject] = true
			ids[n] = append(ids[n], id)
		}
	}
	return ids, last, nil
}

// mend takes what the store does not note as indexed, such as after the notes were lost, and notes it.
func (x *Index) mend(ctx context.Context) error {
	for {
		stale, err := x.store.IndexPending(ctx, x.model, 0)
		if err != nil || len(stale) == 0 {
			return err
		}
		for some := range slices.Chunk(stale, loadDocs) {
			if err := x.mendSome(ctx, some); err != nil {
				return err
			}
		}
	}
}

func (x *Index) mendSome(ctx context.Context, stale []store.Stale) error {
	fresh := map[zhuanhua.Noun][]string{}
	var done []store.Indexed
	for _, s := range stale {
		if h := x.holds(s.Noun, s.ID); h.Row == s.RowHash {
			done = append(done, store.Indexed{Noun: s.Noun, ID: s.ID, RowHash: h.Row, TextHash: h.Text, Model: x.model})
			continue
		}
		fresh[s.Noun] = append(fresh[s.Noun], s.ID)
	}
	taken, err := x.take(ctx, fresh)
	if err != nil {
		return err
	}
	return x.store.MarkIndexed(ctx, append(done, taken...))
}

// take brings records into the state that they have in the store, and returns what is indexed now.
func (x *Index) take(ctx context.Context, ids map[zhuanhua.Noun][]string) ([]store.Indexed, error) {
	var done []store.Indexed
	for _, n := range indexed() {
		if len(ids[n]) == 0 {
			continue
		}
		there := map[string]bool{}
		var rows []store.Row
		for row, err := range x.store.Rows(ctx, n, store.Filter{IDs: ids[n]}) {
			if err != nil {
				return nil, err
			}
			there[row.ID] = true
			rows = append(rows, row)
		}
		if err := x.put(ctx, n, rows); err != nil {
			return nil, err
		}
		x.drop(n, slices.DeleteFunc(slices.Clone(ids[n]), func(id string) bool { return there[id] }))
		for _, id := range ids[n] {
			h := x.holds(n, id) // empty for one that is not there any more
			done = append(done, store.Indexed{Noun: n, ID: id, RowHash: h.Row, TextHash: h.Text, Model: x.model})
		}
	}
	return done, nil
}

// Rebuild forgets the whole index and makes it again, with vectors also what was encoded.
func (x *Index) Rebuild(ctx context.Context, vectors bool) (int, error) {
	n, err := x.rebuild(ctx, vectors)
	if err != nil {
		return n, fmt.Errorf("rebuilding the index: %w", err)
	}
	return n, x.Save()
}

func (x *Index) rebuild(ctx context.Context, vectors bool) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.store.ResetIndex(ctx, x.model, vectors); err != nil {
		return 0, err
	}
	if err := x.clear(); err != nil {
		return 0, err
	}
	if err := x.catchUp(ctx); err != nil {
		return 0, err
	}
	n := 0
	for _, e := range x.engines {
		n += e.Len()
	}
	return n, x.mend(ctx)
}
