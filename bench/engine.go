package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"time"
)

// top is how many documents a search returns.
const top = 10

// searcher is one engine with the corpus in it.
type searcher interface {
	// search returns the numbers of the best documents for a query, which is the i-th of all.
	search(i int, q query) ([]int, error)
	// size is the bytes of the index as the engine keeps it on disk.
	size() (int64, error)
	close() error
}

// engine is a row of the table.
type engine struct {
	name  string
	label string
	build func(ctx context.Context, o options) (searcher, error)
}

var engines = []engine{
	{"lexical", "zhuanhua lexical (index alone)", buildLexical},
	{"engine-lexical", "zhuanhua engine, lexical mode", buildEngineLexical},
	{"dense", "zhuanhua dense (exact int8 scan)", buildDense},
	{"codes", "zhuanhua dense (binary codes, then int8; one thread)", buildCodes},
	{"hybrid", "zhuanhua engine, hybrid mode", buildHybrid},
	{"reasons", "zhuanhua engine, hybrid, with filters and reasons", buildReasons},
	{"bleve", "bleve scorch, cjk analyzer", buildBleve},
	{"sqlite", "SQLite FTS5, trigram", buildSQLite},
}

// result is what a child measured.
type result struct {
	Build         float64 // seconds
	Bytes         int64   // of the index on disk
	Resident      int64   // bytes after the queries
	Peak          int64   // bytes at most
	Short, Long   cost
	Tops          [][]int // by query: the documents found, the short queries first
	FoundShort    float64
	FoundLong     float64
	PrecisionTop  float64 // share of the documents of short queries that hold the query's source
	AnswersMissed int     // queries without any answer
	Encoded       int     // sentences of what is shown that were encoded on the way
	EncodeSeconds float64 // in so many seconds
}

// child measures one engine in this process and prints the result.
func child(ctx context.Context, o options, sc scale, w io.Writer) error {
	others := map[string]func() (any, error){
		memoryName: func() (any, error) { return measureMemory(sc), nil },
		pairsName:  func() (any, error) { return measurePairs(ctx, o) },
		growName:   func() (any, error) { return grow(ctx, o) },
		askName:    func() (any, error) { return askAll(ctx, o) },
		recallName: func() (any, error) { return recallOfReal(ctx, o) },
	}
	if do := others[o.engine]; do != nil {
		v, err := do()
		if err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(v)
	}
	for _, e := range engines {
		if e.name == o.engine {
			r, err := measure(ctx, o, sc, e)
			if err != nil {
				return err
			}
			return json.NewEncoder(w).Encode(r)
		}
	}
	return fmt.Errorf("no engine %q", o.engine)
}

// measure builds one engine's index and asks it everything.
func measure(ctx context.Context, o options, sc scale, e engine) (*result, error) {
	short, long, err := loadQueries(o.work)
	if err != nil {
		return nil, err
	}
	r := &result{}
	begun := time.Now()
	s, err := e.build(ctx, o)
	if err != nil {
		return nil, err
	}
	r.Build = time.Since(begun).Seconds()
	if r.Bytes, err = s.size(); err != nil {
		return nil, err
	}
	debug.FreeOSMemory()
	stop, err := profile(o.prof, e.name)
	if err != nil {
		return nil, err
	}
	r.Short, err = r.ask(s, short, 0, sc)
	stop() // long queries would hide the short ones
	if err != nil {
		return nil, err
	}
	if r.Long, err = r.ask(s, long, len(short), sc); err != nil {
		return nil, err
	}
	debug.FreeOSMemory()
	if e, ok := s.(*reasonsSearcher); ok {
		r.Encoded, r.EncodeSeconds = e.enc.texts, e.enc.took.Seconds()
	}
	r.Resident, r.Peak = memoryOf("VmRSS"), memoryOf("VmHWM")
	return r, s.close()
}

// profile writes a profile of what follows until stop, if there is a folder for it.
func profile(dir, name string) (stop func(), err error) {
	if dir == "" {
		return func() {}, nil
	}
	f, err := os.Create(filepath.Join(dir, name+".prof"))
	if err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, pprof.StartCPUProfile(f)
}

// ask runs the queries, the first of which has number from: one pass to warm up and to see the
// answers, then as many measured ones as the scale asks for.
func (r *result) ask(s searcher, queries []query, from int, sc scale) (cost, error) {
	for i, q := range queries {
		docs, err := s.search(from+i, q)
		if err != nil {
			return cost{}, err
		}
		r.Tops = append(r.Tops, docs)
	}
	runtime.GC()
	var w stopwatch
	started := time.Now()
	for round := 0; round < sc.rounds || time.Since(started) < sc.least; round++ {
		for i, q := range queries {
			err := w.ask(round, func() error { _, err := s.search(from+i, q); return err })
			if err != nil {
				return cost{}, err
			}
		}
	}
	return w.cost(), nil
}

// check compares the answers with what the queries were made of.
func (r *result) check(c *corpus) {
	var hits, docs int
	share := func(queries []query, tops [][]int) float64 {
		found := 0
		for i, q := range queries {
			n := 0
			for _, d := range tops[i] {
				if c.found(q, d) {
					n++
				}
			}
			if n > 0 {
				found++
			}
			if len(tops[i]) == 0 {
				r.AnswersMissed++
			}
			hits, docs = hits+n, docs+len(tops[i])
		}
		return float64(found) / float64(len(queries))
	}
	r.FoundShort = share(c.short, r.Tops)
	r.PrecisionTop = float64(hits) / float64(max(docs, 1))
	r.FoundLong = share(c.long, r.Tops[len(c.short):])
}

// measureInChild measures an engine in a process of its own, so that peaks of memory do not mix.
func measureInChild(ctx context.Context, o options, name string) (*result, error) {
	r := &result{}
	return r, callChild(ctx, o, name, r)
}

func callChild(ctx context.Context, o options, name string, into any) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "-kind", o.kind, "-engine", name, "-work", o.work, "-profile", o.prof,
		"-root", o.root, "-shared", o.shared, "-cache", o.cache, "-docs", strconv.Itoa(o.docs))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	return json.Unmarshal(out, into)
}

// number is the document that an id names.
func number(id string) (int, error) { return strconv.Atoi(id[1:]) }
