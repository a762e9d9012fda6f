package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"zhuanhua/match"
	"zhuanhua/match/lexical"
	"zhuanhua/match/vector"
)

// The children of the runs at several sizes: one makes an engine and saves it, the other opens it and
// asks.
const (
	growName = "grow"
	askName  = "ask"
)

// scaleAsked is how many queries each size is asked.
const scaleAsked = 200

// stock makes any document of a corpus of any size by its number.
type stock struct {
	*corpus
	lengths []int
}

func openStock(o options) (*stock, error) {
	src, err := readSource(o.shared, o.root)
	if err != nil {
		return nil, err
	}
	for i, s := range src.sentences {
		if !strings.ContainsAny(s[max(0, len(s)-3):], "。；！？") {
			src.sentences[i] = s + "。" // else two sentences would be read as one
		}
	}
	c := &corpus{units: append(append([]string{}, src.titles...), src.sentences...), titles: len(src.titles), source: src.name}
	return &stock{c, src.lengths}, nil
}

func (s *stock) doc(i int) document {
	rng := rand.New(rand.NewPCG(corpusSeed, uint64(i)))
	return s.makeDoc(rng, i, s.lengths[rng.IntN(len(s.lengths))])
}

// matchDoc is the document as the engine takes it.
func (s *stock) matchDoc(i int) match.Document {
	d := matchDocs([]document{s.doc(i)})[0]
	d.Facts = factsOf(i)
	return d
}

// queries are cut from documents of a corpus of n.
func (s *stock) queries(n int) []query {
	rng := rand.New(rand.NewPCG(corpusSeed, uint64(n)<<1|1))
	out := make([]query, scaleAsked)
	for i := range out {
		at := rng.IntN(n)
		one := &corpus{units: s.units, titles: s.titles, docs: []document{s.doc(at)}}
		out[i] = one.shortQuery(rng)
		out[i].Doc = at
	}
	return out
}

// grown is what making an engine of a size took.
type grown struct {
	Docs        int
	Build, Save float64 // seconds
	Peak        int64
	Files       [3]int64 // bytes: documents, words, vectors
	Near        []float64
	NearReal    []float64
}

// growBatch is how many documents are made and added at once.
const growBatch = 1 << 16

// grow makes an engine of o.docs documents, with vectors mixed from encodings of real texts, and saves
// it in the work folder.
func grow(ctx context.Context, o options) (*grown, error) {
	s, err := openStock(o)
	if err != nil {
		return nil, err
	}
	real, err := encodeReal(ctx, o, realWanted)
	if err != nil {
		return nil, err
	}
	g := &grown{Docs: o.docs}
	vecs := real.docs[:min(o.docs, len(real.docs))]
	if o.docs > len(vecs) {
		vecs = usualMixture.vectors(real.docs, o.docs)
	}
	if err := g.compare(real, vecs); err != nil {
		return nil, err
	}
	enc := newGiven(nil, nil, nil, nil)
	opt, err := judged(enc)
	if err != nil {
		return nil, err
	}
	e, err := match.New(opt)
	if err != nil {
		return nil, err
	}
	for from := 0; from < o.docs; from += growBatch {
		docs := make([]match.Document, min(growBatch, o.docs-from))
		parallel(len(docs), func(i int) { docs[i] = s.matchDoc(from + i) })
		clear(enc.of)
		for i := range docs {
			enc.give(vector.KindPassage, docs[i].Texts()[0], vecs[from+i])
		}
		begun := time.Now()
		if err := e.Add(ctx, docs); err != nil {
			return nil, err
		}
		g.Build += time.Since(begun).Seconds()
	}
	begun := time.Now()
	e.Settle()
	g.Build += time.Since(begun).Seconds()
	g.Peak = memoryOf("VmHWM")
	begun = time.Now()
	files, err := e.Save(o.work, fmt.Sprint(askName, o.docs))
	if err != nil {
		return nil, err
	}
	g.Save = time.Since(begun).Seconds()
	for i, f := range files {
		if g.Files[i], err = fileSize(f); err != nil {
			return nil, err
		}
	}
	return g, saveAsked(o.work, real.queries)
}

// compare tells how near queries are to the mixed vectors, and to the real ones.
func (g *grown) compare(real *realVectors, vecs []vector.Vec) error {
	asked := scaleQueries(real.queries)
	for _, c := range []struct {
		vecs []vector.Vec
		into *[]float64
	}{{vecs, &g.Near}, {real.docs, &g.NearReal}} {
		x, err := indexOf(c.vecs)
		if err != nil {
			return err
		}
		queries, err := prepareAll(x, asked)
		if err != nil {
			return err
		}
		*c.into = nearnessOf(x.View(), queries)
	}
	return nil
}

// scaleQueries are some of the real queries.
func scaleQueries(all []vector.Vec) []vector.Vec {
	var out []vector.Vec
	for _, i := range rand.New(rand.NewPCG(mixSeed, 1)).Perm(len(all))[:min(scaleAsked, len(all))] {
		out = append(out, all[i])
	}
	return out
}

const scaleVectors = "asked.vec"

func saveAsked(work string, queries []vector.Vec) error {
	some := scaleQueries(queries)
	return writeVectors(work, scaleVectors, len(some), func(i int) vector.Vec { return some[i] })
}

// answered is what an opened engine of a size does.
type answered struct {
	Docs          int
	Open, Start   float64   // seconds until it is open, and until the first answer
	Resident      int64     // after all answers
	Own           int64     // of that, not mapped from files
	Reading       float64   // GB/s that one thread reads from memory: the yardstick of this very run
	Full          cost      // hybrid, filter and reasons, one thread
	Ranked        cost      // hybrid ranking alone, one thread
	Plain         cost      // words alone
	Near          cost      // vectors alone
	Shown         float64   // matches a query, on average
	Update        quantiles // from a change until a search finds it
	Encoded       int       // sentences, when none was known
	EncodeSeconds float64
}

// askAll opens the engine that grow saved, and asks.
func askAll(ctx context.Context, o options) (*answered, error) {
	s, err := openStock(o)
	if err != nil {
		return nil, err
	}
	queries := s.queries(o.docs)
	given := newGiven(nil, nil, nil, nil)
	if err := giveAsked(given, o.work, queries); err != nil {
		return nil, err
	}
	enc, err := newSentenceEncoder(o, given)
	if err != nil {
		return nil, err
	}
	defer enc.Close()
	a := &answered{Docs: o.docs}
	runtime.GC()
	begun := time.Now()
	opt, err := judged(enc)
	if err != nil {
		return nil, err
	}
	e, err := match.Open(opt, o.work, fmt.Sprint(askName, o.docs))
	if err != nil {
		return nil, err
	}
	a.Open = time.Since(begun).Seconds()
	first := needOf(0, queries[0])
	if _, err := e.Rank(ctx, &first, top, nil); err != nil {
		return nil, err
	}
	a.Start = time.Since(begun).Seconds()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if err := a.full(ctx, e, queries, enc, o.prof); err != nil {
		return nil, err
	}
	if a.Ranked, err = timed(len(queries), func(i int) error {
		d := needOf(i, queries[i])
		_, err := e.Rank(ctx, &d, top, nil)
		return err
	}); err != nil {
		return nil, err
	}
	debug.FreeOSMemory()
	a.Resident, a.Own = memoryOf("VmRSS"), memoryOf("RssAnon")
	if err := a.update(ctx, e, s, given, o.prof); err != nil {
		return nil, err
	}
	large := [][]uint64{words(scaleReading)}
	a.Reading = scaleReading / readTime(large, 1).Seconds() / 1e9
	return a, a.parts(o, queries, given)
}

// scaleReading is how many bytes the yardstick reads.
const scaleReading = 256 << 20

func giveAsked(g *givenVectors, work string, queries []query) error {
	f, err := openVectors(work, scaleVectors)
	if err != nil {
		return err
	}
	defer f.f.Close()
	for i, q := range queries {
		v, err := f.at(i)
		if err != nil {
			return err
		}
		g.give(vector.KindQuery, q.Text, v)
	}
	return nil
}

// timed calls do for each query: once to warm up, then so often that it can be told how long it takes.
func timed(n int, do func(i int) error) (cost, error) {
	var w, warm stopwatch
	for round := range scaleRounds + 1 {
		runtime.GC() // not in the middle
		on := &w
		if round == 0 {
			on = &warm
		}
		for i := range n {
			if err := on.ask(round, func() error { return do(i) }); err != nil {
				return cost{}, err
			}
		}
	}
	return w.cost(), nil
}

const scaleRounds = 4

// full asks for the ten best of what passes a filter, with reasons. The first pass encodes the
// sentences of all that is shown; that is counted apart.
func (a *answered) full(ctx context.Context, e *match.Engine, queries []query, enc *sentenceEncoder, prof string) error {
	shown := 0
	ask := func(i int) error {
		r, err := e.Match(ctx, []match.Document{needOf(i, queries[i])}, match.Ask{Top: top, Filter: filterFor(queries[i].Doc)})
		if err == nil {
			shown += len(r[0].Matches)
		}
		return err
	}
	for i := range queries {
		if err := ask(i); err != nil {
			return err
		}
	}
	a.Shown = float64(shown) / float64(len(queries))
	a.Encoded, a.EncodeSeconds = enc.texts, enc.took.Seconds()
	stop, err := profile(prof, "full")
	if err != nil {
		return err
	}
	defer stop()
	a.Full, err = timed(len(queries), ask)
	return err
}

// update changes documents, and looks when a search finds what is new in them.
func (a *answered) update(ctx context.Context, e *match.Engine, s *stock, given *givenVectors, prof string) error {
	var times []time.Duration
	stop, err := profile(prof, "update")
	if err != nil {
		return err
	}
	defer stop()
	for i := range updateTries {
		at := spread(i, 7) % a.Docs
		d := s.matchDoc(at)
		d.Parts[0].Raw = fmt.Sprintf("甪直鼋头渚试验%d号", i)
		v := e.Vectors(d.ID)[0]
		given.give(vector.KindPassage, d.Texts()[0], v)
		q := query{Text: d.Parts[0].Raw}
		given.give(vector.KindQuery, q.Text, v)
		begun := time.Now()
		if err := e.Add(ctx, []match.Document{d}); err != nil {
			return err
		}
		need := needOf(0, q)
		found, err := e.Rank(ctx, &need, 1, nil)
		if err != nil {
			return err
		}
		times = append(times, time.Since(begun))
		if len(found) == 0 || found[0].ID != d.ID {
			return fmt.Errorf("what was changed is not found: %v", found)
		}
	}
	a.Update = quantilesOf(times)
	return nil
}

// parts asks both indexes by themselves.
func (a *answered) parts(o options, queries []query, given *givenVectors) error {
	path := filepath.Join(o.work, fmt.Sprint(askName, o.docs))
	lex, err := lexical.Open(path+".lexical", match.LexicalOptions())
	if err != nil {
		return err
	}
	words := &lexicalSearcher{index: lex}
	if a.Plain, err = timed(len(queries), func(i int) error { _, err := words.search(i, queries[i]); return err }); err != nil {
		return err
	}
	vec, err := vector.LoadIndex(path+".vectors", given.Model())
	if err != nil {
		return err
	}
	a.Near, err = timed(len(queries), func(i int) error {
		q, err := vec.PrepareVec(given.of[given.key(vector.KindQuery, queries[i].Text)])
		vec.View().Find(q, vector.Ask{K: top, Threads: 1})
		return err
	})
	return err
}

// removeScale makes room for the next size.
func removeScale(work string, docs int) {
	files, err := filepath.Glob(filepath.Join(work, fmt.Sprint(askName, docs, ".*")))
	if err != nil {
		return
	}
	for _, f := range files {
		_ = os.Remove(f) // the folder goes anyway
	}
}
