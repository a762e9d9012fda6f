package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhuanhua"
	"zhuanhua/store"
)

// Entry is an achievement or a need as lists show it and filters ask about it.
type Entry struct {
	ID       string
	Title    string
	Brief    string   // the first words of what it is
	Units    []string // who offers it, or who wants it
	Field    string
	Industry []string // sections and divisions of GB/T 4754-2017: "C", "C14"; none where it is not stated
	Regions  []zhuanhua.Region
	Place    zhuanhua.Region // the one that is shown
	Maturity zhuanhua.TRL
	Stage    zhuanhua.Stage
	Modes    []zhuanhua.Mode
	Price    *zhuanhua.Money // of a need: its budget
	Deadline zhuanhua.Date   // of a need
	Updated  time.Time       // when this wording was recorded
	kin      []uint64        // marks that another record of the same achievement bears too
	family   int32           // number of the records of the same achievement on its shelf, 0 none
	number   int32           // its place on its shelf
	sound    string          // title in pinyin and by initials, for who types so
	folded   string          // title as comparisons see it

	codes []uint16               // what it counts for, facet by facet
	ends  [facetCount + 1]uint16 // where each facet begins in codes
}

// Catalogue is all achievements and needs as lists show them, in memory: derived from the records and
// kept in step with them. It is safe for concurrent use.
type Catalogue struct {
	store    *store.Store
	mu       sync.Mutex // held by the one that loads
	seen     int64      // the newest event it holds
	saved    int64      // the newest event that its file holds
	now      atomic.Pointer[shelves]
	filtered memo[arranged]

	suggested memo[[]*Entry]
}

// shelves is the catalogue at one moment.
type shelves struct {
	entries   map[zhuanhua.Noun][]*Entry // newest first
	byID      map[zhuanhua.Noun]map[string]*Entry
	words     map[zhuanhua.Noun]*facetWords
	families  map[zhuanhua.Noun]map[int32][]*Entry // newest first
	contracts int
	loaded    time.Time
	orgs      map[zhuanhua.Noun]int // different organisations
}

func newShelves() *shelves {
	return &shelves{entries: map[zhuanhua.Noun][]*Entry{}, byID: map[zhuanhua.Noun]map[string]*Entry{}, words: map[zhuanhua.Noun]*facetWords{}, families: map[zhuanhua.Noun]map[int32][]*Entry{}, orgs: map[zhuanhua.Noun]int{}, loaded: time.Now()}
}

// NewCatalogue makes an empty catalogue; Refresh fills it.
func NewCatalogue(s *store.Store) *Catalogue {
	c := &Catalogue{store: s}
	c.filtered.most = mostFiltered
	c.now.Store(&shelves{})
	return c
}

// listed are the nouns that have halls.
func listed() []zhuanhua.Noun {
	return []zhuanhua.Noun{zhuanhua.NounAchievement, zhuanhua.NounNeed}
}

// Refresh reads what changed since the last time; the first time it reads everything.
func (c *Catalogue) Refresh(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := c.store.Info(ctx)
	if err != nil {
		return err
	}
	old := c.now.Load()
	if info.Events == c.seen && old.byID != nil {
		return nil
	}
	times, err := c.batchTimes(ctx)
	if err != nil {
		return err
	}
	changed, err := c.changed(ctx, old)
	if err != nil {
		return err
	}
	next := newShelves()
	for _, n := range listed() {
		if err := c.shelve(ctx, old, next, n, changed, times); err != nil {
			return err
		}
	}
	next.contracts = int(info.Records[zhuanhua.NounContract])
	c.seen = info.Events
	c.now.Store(next)
	return nil
}

// mostPatched is how many events are looked at one by one; after more everything is read again.
const mostPatched = 20_000

// changed are the ids of the records that events since the last time are about, nil when everything is
// to be read.
func (c *Catalogue) changed(ctx context.Context, old *shelves) (map[zhuanhua.Noun][]string, error) {
	if old.byID == nil {
		return nil, nil
	}
	out := map[zhuanhua.Noun][]string{}
	count := 0
	for e, err := range c.store.Events(ctx, store.EventFilter{After: c.seen, Limit: mostPatched + 1}) {
		if err != nil {
			return nil, err
		}
		noun, id, _ := strings.Cut(e.Subject, "/")
		out[zhuanhua.Noun(noun)] = append(out[zhuanhua.Noun(noun)], id)
		count++
	}
	if count > mostPatched {
		return nil, nil
	}
	return out, nil
}

// shelve fills one shelf: with everything, or with what was there and what changed.
func (c *Catalogue) shelve(ctx context.Context, old, next *shelves, n zhuanhua.Noun, changed map[zhuanhua.Noun][]string, times map[string]time.Time) error {
	f := store.Filter{}
	var kept []*Entry
	if changed != nil {
		f.IDs = append([]string{}, changed[n]...)
		gone := map[string]bool{}
		for _, id := range f.IDs {
			gone[id] = true
		}
		for _, e := range old.entries[n] {
			if !gone[e.ID] {
				kept = append(kept, e)
			}
		}
	}
	fresh, err := c.load(ctx, n, f, times)
	if err != nil {
		return err
	}
	next.put(n, append(kept, fresh...))
	return nil
}

// batchTimes says when each batch was recorded.
func (c *Catalogue) batchTimes(ctx context.Context) (map[string]time.Time, error) {
	list, err := c.store.Batches(ctx, 0)
	if err != nil {
		return nil, err
	}
	out := make(map[string]time.Time, len(list))
	for _, b := range list {
		out[b.ID] = b.At
	}
	return out, nil
}

// load reads records: rows come one after the other, and are taken apart on all cores.
func (c *Catalogue) load(ctx context.Context, n zhuanhua.Noun, f store.Filter, times map[string]time.Time) ([]*Entry, error) {
	var all []*Entry
	var rows []store.Row
	flush := func() error {
		some := make([]*Entry, len(rows))
		errs := make([]error, len(rows))
		onAllCores(len(rows), func(i int) { some[i], errs[i] = entryOf(rows[i], times) })
		all, rows = append(all, some...), rows[:0]
		return errors.Join(errs...)
	}
	for row, err := range c.store.Rows(ctx, n, f) {
		if err != nil {
			return nil, err
		}
		if rows = append(rows, row); len(rows) == loadDocs {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	return all, flush()
}

// put sorts entries into a shelf.
func (s *shelves) put(n zhuanhua.Noun, all []*Entry) {
	slices.SortStableFunc(all, func(a, b *Entry) int { return cmp.Or(b.Updated.Compare(a.Updated), strings.Compare(a.ID, b.ID)) })
	byID := make(map[string]*Entry, len(all))
	orgs := map[string]bool{}
	for _, e := range all {
		byID[e.ID] = e
		for _, u := range e.Units {
			orgs[u] = true
		}
	}
	w := &facetWords{}
	var buf []string
	families := map[int32][]*Entry{}
	family := join(all)
	for i, e := range all {
		if e.codes != nil { // other numbers on another shelf: an entry that somebody reads is not changed
			copied := *e
			copied.codes = nil
			e, all[i], byID[e.ID] = &copied, &copied, &copied
		}
		if e.number, e.family = int32(i), family[i]; e.family != 0 {
			families[e.family] = append(families[e.family], e)
		}
		buf = w.file(e, buf)
	}
	s.entries[n], s.byID[n], s.words[n], s.orgs[n], s.families[n] = all, byID, w, len(orgs), families
}

func entryOf(row store.Row, times map[string]time.Time) (*Entry, error) {
	e := &Entry{ID: row.ID, Updated: times[row.Batch]}
	switch row.Noun {
	case zhuanhua.NounAchievement:
		a, err := store.As[zhuanhua.Achievement](row)
		if err != nil {
			return nil, err
		}
		e.Title, e.Brief, e.Units, e.Field, e.Industry = a.Title, brief(a.Abstract, a.Body), a.Units, a.TechField, sections(a.Industries)
		e.Maturity, e.Stage, e.Modes, e.Price = a.Maturity, a.Stage, a.Modes, a.Price
		e.Place = cmp.Or(a.Regions.Source, a.Regions.Landing, a.Regions.Application)
		e.Regions = regionsOf(a.Regions.Source, a.Regions.Landing)
		e.kin = kinOf(&a)
	default:
		n, err := store.As[zhuanhua.Need](row)
		if err != nil {
			return nil, err
		}
		e.Title, e.Brief, e.Field, e.Industry = n.Title, brief(n.Objective, n.Text, n.Background), n.TechField, sections(n.Industries)
		e.Maturity, e.Modes, e.Price, e.Place, e.Deadline = n.MinMaturity, n.Modes, n.Budget, n.Region, n.Deadline
		e.Regions = regionsOf(n.Region)
		if n.Organisation != "" {
			e.Units = []string{n.Organisation}
		}
	}
	e.folded, e.sound = foldTitle(e.Title), soundOf(e.Title)
	return e, nil
}

func regionsOf(list ...zhuanhua.Region) []zhuanhua.Region {
	var out []zhuanhua.Region
	for _, r := range list {
		if r != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// divisionLength is how long the code of a division is: a letter and two figures.
const divisionLength = 3

// sections are the sections and divisions of industries, each once.
func sections(codes []string) []string {
	var out []string
	for _, c := range codes {
		if c == "" || c[0] < 'A' || c[0] > 'Z' {
			continue
		}
		out = addOnce(out, c[:1])
		if len(c) >= divisionLength {
			out = addOnce(out, c[:divisionLength])
		}
	}
	return out
}

// briefRunes is how much of a text lists keep in memory.
const briefRunes = 120

// brief is the beginning of the first text that is there.
func brief(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t == "" {
			continue
		}
		if r := []rune(t); len(r) > briefRunes {
			return string(r[:briefRunes]) + "…"
		}
		return t
	}
	return ""
}

// Len is how many records of a noun there are.
func (c *Catalogue) Len(n zhuanhua.Noun) int {
	s := c.now.Load()
	if n == zhuanhua.NounContract {
		return s.contracts
	}
	return len(s.entries[n])
}

// Ready reports whether the records have been read.
func (c *Catalogue) Ready() bool { return c.now.Load().byID != nil }

// Organisations is how many different organisations the records of a noun name.
func (c *Catalogue) Organisations(n zhuanhua.Noun) int { return c.now.Load().orgs[n] }

// Loaded is when the records were last read.
func (c *Catalogue) Loaded() time.Time { return c.now.Load().loaded }

// Entry is one record, nil when there is none.
func (c *Catalogue) Entry(n zhuanhua.Noun, id string) *Entry { return c.now.Load().byID[n][id] }

// Latest are the newest records of a noun.
func (c *Catalogue) Latest(n zhuanhua.Noun, count int) []*Entry {
	count = max(count, 0)
	list := c.now.Load().entries[n]
	return list[:min(count, len(list))]
}

// IDs are all ids of a noun, newest first.
func (c *Catalogue) IDs(n zhuanhua.Noun) []string {
	list := c.now.Load().entries[n]
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.ID
	}
	return out
}
