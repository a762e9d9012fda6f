// Package match finds the achievements that fit a need, and says why: it fuses what the lexical
// index and the encoder's vectors find, gives each pair a score and a level, and proves it with
// quotations from both texts. It reads no files and keeps nothing on disk but snapshots of an engine.
package match

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"zhuanhua"
	"zhuanhua/match/lexical"
	"zhuanhua/match/library"
	"zhuanhua/match/rank"
	"zhuanhua/match/vector"
)

// Mode says which signals rank.
type Mode string

// The modes.
const (
	Lexical Mode = "lexical"
	Dense   Mode = "dense"
	Hybrid  Mode = "hybrid"
)

// Options of an engine.
type Options struct {
	Encoder vector.Encoder // nil: lexical only
	Cache   *vector.Cache  // nil: vectors of queries and sentences are kept in memory, those of late
	Mode    Mode           // "": Hybrid with an encoder, else Lexical
	// Ranker orders what the signals propose; nil: the one that the program comes with.
	Ranker *rank.Ranker
	Plain  bool // the fused value of the signals decides, without a ranker
	// RegionName gives the name of a region for people; nil: its code.
	RegionName func(zhuanhua.Region) string
	// Progress is told how far the encoding of texts has come; may be nil.
	Progress func(done, total int)

	full   int // the largest library that is ranked whole; FullDepth unless a test wants less
	fewest int // the smallest library that the ranker judges; fewestJudged unless a test wants less
}

// Engine holds the documents that are searched (the library) and ranks them for queries. A library
// of achievements is searched with needs, and the other way round. Searches never wait for a change
// that goes on meanwhile.
type Engine struct {
	opt Options
	lex *lexical.Index
	vec *vector.Index // nil without an encoder
	lib *library.Library

	ranker   *rank.Ranker
	model    *rank.Model // that judges pairs; nil: the fused value of the signals decides
	readings sync.Pool   // of *reading

	cache  *vector.Cache                // given; of passages and all else
	recent atomic.Pointer[vector.Cache] // where none is given

	writing sync.Mutex // held by the one that changes the library
	now     atomic.Pointer[state]
}

// New makes an empty engine.
func New(opt Options) (*Engine, error) {
	if opt.Mode == "" {
		opt.Mode = Lexical
		if opt.Encoder != nil {
			opt.Mode = Hybrid
		}
	}
	if opt.Encoder == nil && opt.Mode != Lexical {
		return nil, zhuanhua.Invalid("", "mode "+string(opt.Mode)+" needs the encoder, which is not there", "use mode lexical")
	}
	if opt.full == 0 {
		opt.full = FullDepth
	}
	if opt.fewest == 0 {
		opt.fewest = fewestJudged
	}
	if opt.Plain {
		opt.Ranker = nil
	} else if opt.Ranker == nil {
		var err error
		if opt.Ranker, err = rank.Shipped(); err != nil {
			return nil, err
		}
	}
	if opt.RegionName == nil {
		opt.RegionName = func(r zhuanhua.Region) string { return string(r) }
	}
	lex, err := lexical.New(LexicalOptions())
	if err != nil {
		return nil, err
	}
	e := &Engine{opt: opt, lex: lex, ranker: opt.Ranker, model: modelFor(opt.Ranker, &opt), lib: library.New(), cache: opt.Cache}
	if opt.Mode != Lexical {
		e.vec = vector.NewIndex(opt.Encoder.Model())
	}
	e.refresh()
	return e, nil
}

// Mode is the mode that the engine ranks in.
func (e *Engine) Mode() Mode { return e.opt.Mode }

// Len is the number of documents in the library.
func (e *Engine) Len() int { return e.state().lex.Len() }

// Document returns a document of the library, nil when it is not there.
func (e *Engine) Document(id string) *Document { return e.state().document(id) }

// IDs returns the ids of all documents of the library, in no order.
func (e *Engine) IDs() []string {
	s := e.state()
	ids := make([]string, 0, s.lex.Len())
	for i := range s.places {
		seg := s.lex.Segment(i)
		for at := range seg.Docs() {
			if seg.Live(at) {
				ids = append(ids, seg.ID(at))
			}
		}
	}
	return ids
}

// Stamp returns the stamp of a document; ok is false when it is not there.
func (e *Engine) Stamp(id string) (stamp string, ok bool) {
	s := e.state()
	body, ok := s.lib.Body(s.numberOf(id), nil)
	return stampIn(body), ok
}

func (e *Engine) state() *state { return e.now.Load() }

// addBatch is how many documents are analysed between two additions to the indexes: all terms of a
// million documents would not fit the memory.
const addBatch = 8192

// Add puts documents into the library; one with an id that is there replaces it. Searches that run
// meanwhile see all of them or none, and so does one who gets an error: then none is there.
func (e *Engine) Add(ctx context.Context, docs []Document) error {
	for i := range docs {
		if err := checkID(&docs[i]); err != nil {
			return err
		}
	}
	entries, err := e.entries(ctx, docs)
	if err != nil {
		return err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	if e.vec != nil {
		if _, err := e.vec.AddAll(entries); err != nil {
			return err
		}
	}
	for from := 0; from < len(docs); from += addBatch {
		terms, bodies := e.analyse(docs[from:min(len(docs), from+addBatch)])
		e.lib.Put(bodies)
		if err := e.lex.Add(terms...); err != nil {
			return err
		}
	}
	e.refresh()
	return nil
}

// maxID is how many bytes an id may have; the indexes take no longer ones.
const maxID = 4096

func checkID(d *Document) error {
	if d.ID == "" {
		return zhuanhua.Invalid("search index", "a document has no id", "give every document an id")
	}
	if len(d.ID) > maxID {
		return zhuanhua.Invalid("document "+d.ID[:32]+"…", fmt.Sprintf("its id has %d bytes, more than %d", len(d.ID), maxID), "give it a shorter id")
	}
	return nil
}

// Delete takes documents out of the library and returns how many were there.
func (e *Engine) Delete(ids ...string) int {
	e.writing.Lock()
	defer e.writing.Unlock()
	n := e.lex.Delete(ids...)
	e.lib.Delete(ids...)
	if e.vec != nil {
		e.vec.DeleteAll(ids...)
	}
	e.refresh()
	return n
}

// Settle waits for what is still being merged, so that searches are as quick as they get. It is
// meant for the end of a bulk load; nothing depends on it.
func (e *Engine) Settle() {
	e.lex.Settle()
	e.writing.Lock()
	defer e.writing.Unlock()
	e.refresh()
}

// analyse cuts documents into terms and writes them down, on all cores.
func (e *Engine) analyse(docs []Document) ([]lexical.Doc, []library.Doc) {
	terms, bodies := make([]lexical.Doc, len(docs)), make([]library.Doc, len(docs))
	parallel(len(docs), func(i int) {
		d := &docs[i]
		terms[i] = lexical.Doc{ID: d.ID, Fields: d.fields()}
		bodies[i] = library.Doc{ID: d.ID, Card: cardOf(&d.Facts, e.lib.Word), Body: d.encode(nil)}
	})
	return terms, bodies
}

// entries encodes the passages of documents, those not in the cache; nil without an encoder.
func (e *Engine) entries(ctx context.Context, docs []Document) ([]vector.Entry, error) {
	if e.vec == nil {
		return nil, nil
	}
	var texts []string
	first := make([]int, len(docs)+1)
	for i := range docs {
		texts = append(texts, docs[i].passages()...)
		first[i+1] = len(texts)
	}
	// Passages lie in the index: without a file for them they are kept nowhere else.
	vecs, err := vector.EncodeAll(ctx, e.opt.Encoder, e.cache, vector.KindPassage, texts, e.opt.Progress)
	if err != nil {
		return nil, err
	}
	entries := make([]vector.Entry, len(docs))
	for i := range docs {
		entries[i] = vector.Entry{ID: docs[i].ID, Vecs: vecs[first[i]:first[i+1]]}
	}
	return entries, nil
}

// mostRecent is how many vectors of queries and sentences are kept where there is no file for them.
const mostRecent = 50_000

// encode encodes texts that come and go: queries, and sentences of what is shown.
func (e *Engine) encode(ctx context.Context, kind vector.Kind, texts []string) ([]vector.Vec, error) {
	cache := e.cache
	if cache == nil {
		if cache = e.recent.Load(); cache == nil || cache.Len() > mostRecent {
			cache = vector.OpenCache("", e.opt.Encoder.Model())
			e.recent.Store(cache)
		}
	}
	return vector.EncodeAll(ctx, e.opt.Encoder, cache, kind, texts, e.opt.Progress)
}

// whole is the text that stands for a document where one vector must do: all its parts, title first.
func (d *Document) whole() string {
	out := d.Title()
	for _, p := range d.Parts {
		if p.Role == RoleTitle || p.Role == RoleKeywords && out != "" {
			continue
		}
		if out != "" {
			out += "\n"
		}
		out += p.Raw
	}
	return out
}

// passages are the texts that a document is found by: the whole, or what fits the encoder each.
func (d *Document) passages() []string {
	whole := d.whole()
	spans := vector.Passages(whole, 0)
	if len(spans) <= 1 {
		return []string{whole}
	}
	out := make([]string, len(spans))
	for i, sp := range spans {
		out[i] = sp.Of(whole)
	}
	return out
}

// parallel does n things on all cores.
func parallel(n int, do func(i int)) {
	width := min(runtime.GOMAXPROCS(0), n)
	if width <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var all sync.WaitGroup
	var next atomic.Int64
	for range width {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}
