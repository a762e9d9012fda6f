package app

import (
	"context"
	"fmt"
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

	mu      sync.Mutex // held while the index is brought up to date
	engines map[zhuanhua.Noun]*match.Engine
	held    map[zhuanhua.Noun]map[string]holding
	unsaved bool
}

// holding is the state in which the index holds a record.
type holding struct {
	Row  string `json:"row"`  // hash of its image
	Text string `json:"text"` // hash of the texts that were encoded
}

// IndexOptions says how an index is opened.
type IndexOptions struct {
	Dir      string         // where its snapshot lies; "" has none
	Encoder  vector.Encoder // nil: lexical only
	Write    bool           // keep what is made: vectors, notes of what is indexed, the snapshot
	Progress func(done, total int)
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

// batchDocs is how many records are indexed between two looks at the clock and the database.
const batchDocs = 256

// OpenIndex loads the snapshot, where there is one that can be used, and brings it up to date with the
// records: what it gives is neither missing nor stale.
func OpenIndex(ctx context.Context, s *store.Store, o IndexOptions) (*Index, error) {
	x := &Index{store: s, o: o, model: modelKey(o.Encoder)}
	if o.Encoder != nil {
		x.encoder = storedEncoder{o.Encoder, s, o.Write}
	}
	if err := x.load(ctx); err != nil {
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
	if _, err := x.Update(ctx); err != nil {
		return nil, err
	}
	return x, x.Save()
}

// Engine is the engine over the records of a noun, achievements or needs.
func (x *Index) Engine(noun zhuanhua.Noun) *match.Engine { return x.engines[noun] }

func (x *Index) options() match.Options {
	return match.Options{Encoder: x.encoder, RegionName: intake.RegionName, Progress: x.o.Progress}
}

// clear empties the index in memory.
func (x *Index) clear() error {
	x.engines, x.held = map[zhuanhua.Noun]*match.Engine{}, map[zhuanhua.Noun]map[string]holding{}
	for _, n := range indexed() {
		e, err := match.New(x.options())
		if err != nil {
			return err
		}
		x.engines[n], x.held[n] = e, map[string]holding{}
	}
	return nil
}

// catchUp compares what the index holds with every record.
func (x *Index) catchUp(ctx context.Context) error {
	for _, n := range indexed() {
		seen := map[string]bool{}
		var fresh []store.Row
		for row, err := range x.store.Rows(ctx, n, store.Filter{}) {
			if err != nil {
				return err
			}
			seen[row.ID] = true
			if x.held[n][row.ID].Row == row.Hash {
				continue
			}
			if fresh = append(fresh, row); len(fresh) == batchDocs {
				if err := x.put(ctx, n, fresh); err != nil {
					return err
				}
				fresh = nil
			}
		}
		if err := x.put(ctx, n, fresh); err != nil {
			return err
		}
		for id := range x.held[n] {
			if !seen[id] {
				x.drop(n, id)
			}
		}
	}
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
		docs = append(docs, d)
	}
	if err := x.engines[n].Add(ctx, docs); err != nil {
		return err
	}
	for i, row := range rows {
		x.held[n][row.ID] = holding{row.Hash, hashOf(&docs[i])}
	}
	x.unsaved = true
	return nil
}

func (x *Index) drop(n zhuanhua.Noun, id string) {
	x.engines[n].Delete(id)
	delete(x.held[n], id)
	x.unsaved = true
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

// Update takes every change that the index does not hold yet and returns how many there were. It is
// what the store's job calls.
func (x *Index) Update(ctx context.Context) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := 0
	for {
		stale, err := x.store.IndexPending(ctx, x.model, batchDocs)
		if err != nil || len(stale) == 0 {
			return n, err
		}
		done, err := x.take(ctx, stale)
		if err != nil {
			return n, err
		}
		if err := x.store.MarkIndexed(ctx, done); err != nil {
			return n, err
		}
		n += len(done)
	}
}

// take brings records into the state that the store tells, and returns what is indexed now.
func (x *Index) take(ctx context.Context, stale []store.Stale) ([]store.Indexed, error) {
	ids := map[zhuanhua.Noun][]string{}
	for _, s := range stale {
		ids[s.Noun] = append(ids[s.Noun], s.ID)
	}
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
			if x.held[n][row.ID].Row != row.Hash {
				rows = append(rows, row)
			}
		}
		if err := x.put(ctx, n, rows); err != nil {
			return nil, err
		}
		for _, id := range ids[n] {
			if !there[id] {
				x.drop(n, id)
			}
			h := x.held[n][id] // empty for one that is not there any more
			done = append(done, store.Indexed{Noun: n, ID: id, RowHash: h.Row, TextHash: h.Text, Model: x.model})
		}
	}
	return done, nil
}

// Rebuild forgets the whole index and makes it again, with vectors also what was encoded.
func (x *Index) Rebuild(ctx context.Context, vectors bool) (int, error) {
	x.mu.Lock()
	err := x.store.ResetIndex(ctx, x.model, vectors)
	if err == nil {
		err = x.clear()
	}
	x.unsaved = true
	x.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := x.Update(ctx)
	if err != nil {
		return n, fmt.Errorf("rebuilding the index: %w", err)
	}
	return n, x.Save()
}
