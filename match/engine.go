// Package match finds the achievements that fit a need, and says why: it fuses what the lexical
// index and the encoder's vectors find, gives each pair a score and a level, and proves it with
// quotations from both texts. It reads no files and keeps nothing on disk.
package match

import (
	"context"
	"runtime"
	"sync"

	"zhuanhua"
	"zhuanhua/match/lexical"
	"zhuanhua/match/text"
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
	Cache   *vector.Cache  // nil: vectors are kept in memory alone
	Mode    Mode           // "": Hybrid with an encoder, else Lexical
	// RegionName gives the name of a region for people; nil: its code.
	RegionName func(zhuanhua.Region) string
	// Progress is told how far the encoding of texts has come; may be nil.
	Progress func(done, total int)
}

// Engine holds the documents that are searched (the library) and ranks them for queries. A library
// of achievements is searched with needs, and the other way round.
type Engine struct {
	opt   Options
	lex   *lexical.Index
	vec   *vector.Index
	cache *vector.Cache

	mu   sync.RWMutex
	docs map[string]*Document
	now  *state
}

// state is what one search sees: a view of the lexical index, and how its document numbers relate to
// those of the vector index, where a number stays with its document for good.
type state struct {
	lex      *lexical.View
	vecOf    []int32 // by lexical number: the vector number, −1 when there is none
	rarestDF int     // a term in at most so many documents is among the rarest tenth
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
	if opt.RegionName == nil {
		opt.RegionName = func(r zhuanhua.Region) string { return string(r) }
	}
	lex, err := lexical.New(lexical.Options{Weights: fieldWeights()})
	if err != nil {
		return nil, err
	}
	e := &Engine{opt: opt, lex: lex, docs: map[string]*Document{}, cache: opt.Cache}
	if opt.Encoder != nil {
		if e.cache == nil {
			e.cache = vector.OpenCache("", opt.Encoder.Model())
		}
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
func (e *Engine) Document(id string) *Document {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.docs[id]
}

func (e *Engine) state() *state {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.now
}

// Add puts documents into the library; one with an id that is there replaces it. Searches that run
// meanwhile see all of them or none.
func (e *Engine) Add(ctx context.Context, docs []Document) error {
	if e.opt.Mode != Lexical {
		if err := e.addVectors(ctx, docs); err != nil {
			return err
		}
	}
	if err := e.lex.Add(indexed(docs)...); err != nil {
		return err
	}
	e.mu.Lock()
	for i := range docs {
		e.docs[docs[i].ID] = &docs[i]
	}
	e.mu.Unlock()
	e.refresh()
	return nil
}

// Delete takes documents out of the library and returns how many were there.
func (e *Engine) Delete(ids ...string) int {
	n := e.lex.Delete(ids...)
	e.mu.Lock()
	for _, id := range ids {
		delete(e.docs, id)
		if e.vec != nil {
			e.vec.Delete(id)
		}
	}
	e.mu.Unlock()
	e.refresh()
	return n
}

// indexed analyses documents on all cores.
func indexed(docs []Document) []lexical.Doc {
	out := make([]lexical.Doc, len(docs))
	parallel(len(docs), func(i int) {
		out[i] = lexical.Doc{ID: docs[i].ID, Fields: docs[i].fields()}
	})
	return out
}

// addVectors encodes the passages of documents, those not in the cache, and indexes them.
func (e *Engine) addVectors(ctx context.Context, docs []Document) error {
	var texts []string
	first := make([]int, len(docs)+1)
	for i := range docs {
		texts = append(texts, docs[i].passages()...)
		first[i+1] = len(texts)
	}
	vecs, err := vector.EncodeAll(ctx, e.opt.Encoder, e.cache, vector.KindPassage, texts, e.opt.Progress)
	if err != nil {
		return err
	}
	for i := range docs {
		if _, err := e.vec.Add(docs[i].ID, vecs[first[i]:first[i+1]]...); err != nil {
			return err
		}
	}
	return nil
}

// refresh makes what was written visible to searches.
func (e *Engine) refresh() {
	s := &state{lex: e.lex.View()}
	s.rarestDF = s.lex.DFShare(rarestShare)
	if e.vec != nil {
		s.vecOf = make([]int32, s.lex.Slots())
		for d := range s.vecOf {
			s.vecOf[d] = -1
			if v, ok := e.vec.Doc(s.lex.ID(d)); ok && s.lex.Live(d) {
				s.vecOf[d] = int32(v)
			}
		}
	}
	e.mu.Lock()
	e.now = s
	e.mu.Unlock()
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

// query is the weighted terms of a document that asks, and the highest score they could give.
func (e *Engine) query(s *state, d *Document) (lexical.Query, float64) {
	weights := map[text.Term]float32{}
	var order []text.Term
	add := func(t text.Term, w float32) {
		if _, ok := weights[t]; !ok {
			order = append(order, t)
		}
		weights[t] += w
	}
	for _, p := range d.Parts {
		f := text.Fold(p.Raw)
		for _, t := range text.Tokens(&f) {
			add(t.Term, 1)
		}
		for _, t := range text.AppendCharacters(nil, &f) {
			add(t, charWeight)
		}
	}
	q := make(lexical.Query, 0, len(order))
	bound := 0.0
	for _, t := range order {
		q = append(q, lexical.QueryTerm{Term: t, Weight: weights[t]})
		bound += float64(weights[t]) * s.lex.IDF(t)
	}
	return q, bound * (1 + bm25K1)
}

// bm25K1 is the k1 that the index scores with: no term can give more than idf·(k1+1).
const bm25K1 = 1.2

// parallel does n things on all cores.
func parallel(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				do(i)
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
