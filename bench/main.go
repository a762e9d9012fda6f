// Command bench measures zhuanhua's search beside bleve and SQLite FTS5: one run, one table, all
// engines on the same documents and queries. It is a module of its own, so that what it compares
// with is no dependency of the product. It measures speed; quality is measured by `zhuanhua eval`.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// scale is how large a run is.
type scale struct {
	docs, short, long int           // documents, short and long queries
	rounds            int           // measured passes over the queries, at least
	least             time.Duration // and as many more as fill this time, so that a quick engine is not judged by one moment
	yardstick         int           // bytes that the memory yardstick reads
	encodings         int           // passes over the texts that encoding is measured on
	sizes             []int         // how many documents engines are grown to
}

var scales = map[string]scale{
	"full":  {docs: 100_000, short: 500, long: 50, rounds: 3, least: 8 * time.Second, yardstick: 512 << 20, encodings: 2, sizes: []int{10_000, 30_000, 100_000, 300_000, 1_000_000}},
	"quick": {docs: 20_000, short: 200, long: 50, rounds: 2, least: 2 * time.Second, yardstick: 256 << 20, encodings: 1, sizes: []int{5_000, 20_000}},
}

// options are the command line.
type options struct {
	kind   string
	root   string // the repository
	shared string // the folder with the evaluation data
	cache  string // for sentence vectors and the runtime library
	engine string // set in the children: what to measure
	work   string // set in the children: the corpus
	only   string // engines to measure, by name; all if empty
	prof   string // folder for a profile of each engine's searches; none if empty
	docs   int    // set in the children: how many documents the engine has that is grown
	data   string // the folder of the portal's records
}

func main() {
	var o options
	flag.StringVar(&o.kind, "kind", "quick", "`full`, quick, vectors: the vector index by itself, or portal: pages under load")
	flag.StringVar(&o.data, "data", "", "`folder` of the records of -kind portal, made where it is empty (default: in the user's cache)")
	flag.StringVar(&o.root, "root", ".", "the repository's `folder`")
	flag.StringVar(&o.shared, "shared", "", "`folder` with data/csl; the examples are used where it has none")
	flag.StringVar(&o.cache, "cache", "", "`folder` for the sentences' vectors (default: the user's cache)")
	flag.StringVar(&o.only, "only", "", "`names` of the engines to measure, with commas: for work on one of them")
	flag.StringVar(&o.prof, "profile", "", "`folder` for CPU profiles of the searches")
	flag.StringVar(&o.engine, "engine", "", "measure one engine and print JSON (used by the program itself)")
	flag.StringVar(&o.work, "work", "", "folder of the corpus that -engine measures on")
	flag.IntVar(&o.docs, "docs", 0, "how many documents -engine grow and ask have")
	flag.Parse()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, stdout io.Writer) error {
	if o.kind == vectorsKind {
		return measureVectors(ctx, o, stdout)
	}
	if o.kind == portalKind {
		return measurePortal(ctx, o, stdout)
	}
	sc, ok := scales[o.kind]
	if !ok {
		return fmt.Errorf("-kind %q is none of full, quick, vectors and portal", o.kind)
	}
	if o.engine != "" {
		return child(ctx, o, sc, stdout)
	}
	r := &report{kind: o.kind, scale: sc, begun: time.Now(), machine: describeMachine()}
	if err := measureAll(ctx, o, r); err != nil {
		return err
	}
	page := r.markdown()
	if err := writeOut(filepath.Join(o.root, "out"), "bench-"+o.kind+".md", page); err != nil {
		return err
	}
	if _, err := io.WriteString(stdout, page); err != nil {
		return err
	}
	if len(r.missing) > 0 {
		return fmt.Errorf("left out: %s", strings.Join(r.missing, "; "))
	}
	return nil
}

// measureAll makes the corpus in a folder of its own and measures one engine after the other. What
// cannot be measured is told in the report, and costs nothing of what can.
func measureAll(ctx context.Context, o options, r *report) error {
	work, err := os.MkdirTemp("", "zhuanhua-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	o.work = work
	c, err := prepare(ctx, o, r)
	if err != nil {
		return err
	}
	for _, e := range engines {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), e.name) {
			continue
		}
		r.part(o, "measuring "+e.name, func() error {
			res, err := measureInChild(ctx, o, e.name)
			if err == nil {
				res.check(c)
				r.rows = append(r.rows, row{e, res})
			}
			return err
		})
	}
	if o.only == "" {
		r.part(o, "memory yardstick", func() error { return callChild(ctx, o, memoryName, &r.memory) })
	}
	measureScales(ctx, o, r)
	if o.only == "" {
		r.part(o, "what is found of the nearest", func() error { return callChild(ctx, o, recallName, &r.recall) })
		r.part(o, "needs and documents for each other", func() error { return callChild(ctx, o, pairsName, &r.pairing) })
		r.part(o, "encoding throughput", func() error {
			r.throughput, err = measureThroughput(ctx, o.root, r.scale.encodings)
			return err
		})
	}
	return nil
}

// part measures one thing and writes down the page as far as it is.
func (r *report) part(o options, name string, do func() error) {
	step("%s", name)
	if err := do(); err != nil {
		r.missing = append(r.missing, fmt.Sprintf("%s: %v", name, err))
		step("left out: %v", err)
	}
	if err := writeOut(filepath.Join(o.root, "out"), "bench-"+o.kind+".md", r.markdown()); err != nil {
		step("%v", err)
	}
}

// scalesName is what -only calls the engines of several sizes.
const scalesName = "scales"

// measureScales grows engines to several sizes, each saved by one process and asked by another.
func measureScales(ctx context.Context, o options, r *report) {
	if o.only != "" && o.only != scalesName {
		return
	}
	for _, n := range r.scale.sizes {
		o.docs = n
		r.part(o, fmt.Sprintf("an engine of %d documents", n), func() error {
			defer removeScale(o.work, n)
			var s scaleRow
			if err := callChild(ctx, o, growName, &s.grown); err != nil {
				return err
			}
			step("asking it")
			err := callChild(ctx, o, askName, &s.answered)
			if err == nil {
				r.scales = append(r.scales, s)
			}
			return err
		})
	}
}

// prepare makes documents, queries and their vectors and leaves them in the work folder.
func prepare(ctx context.Context, o options, r *report) (*corpus, error) {
	if o.only == scalesName {
		return nil, nil
	}
	src, err := readSource(o.shared, o.root)
	if err != nil {
		return nil, err
	}
	step("making %d documents from %s", r.scale.docs, src.name)
	c := makeCorpus(src, r.scale)
	r.corpus = c.describe()
	if err := c.save(o.work); err != nil {
		return nil, err
	}
	r.encoding, err = encodeCorpus(ctx, o, c)
	return c, err
}

func step(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: %s %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, args...))
}

func writeOut(dir, name, page string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), []byte(page), 0o644)
}
