package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"zhuanhua/match/vector"
	"zhuanhua/match/vector/kernel"
)

// vectorsKind is the run that measures the vector index by itself, on encodings of real texts and on
// a million vectors mixed from them: `bin/bench -kind vectors`.
const vectorsKind = "vectors"

const (
	realWanted  = 100_000   // real encodings that are searched
	mixWanted   = 1_000_000 // mixed vectors
	askedReal   = 1000      // real queries
	askedMixed  = 200       // of those, for distributions and times
	pairNeeds   = 1000      // needs matched with all real encodings
	pairDepth   = 20
	scanRounds  = 3 // passes over the queries
	exactAsked  = 20
	updateTries = 20
)

// scanReport is what the run has to tell.
type scanReport struct {
	strings.Builder
	real, queries []vector.Vec
	allQueries    []vector.Vec
}

func (r *scanReport) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func measureVectors(ctx context.Context, o options, stdout io.Writer) error {
	texts, err := encodeReal(ctx, o, realWanted)
	if err != nil {
		return err
	}
	r := &scanReport{real: texts.docs, allQueries: texts.queries}
	for _, i := range rand.New(rand.NewPCG(mixSeed, 1)).Perm(len(texts.queries))[:min(askedReal, len(texts.queries))] {
		r.queries = append(r.queries, texts.queries[i])
	}
	m := describeMachine()
	r.line("## bench vectors, %s\n\n%s; %s memory; %s; %s; kernels %v. Load average when it began %s.\n", time.Now().Format(time.DateOnly),
		m.cpu, m.memory, m.kernel, m.versions[:strings.IndexByte(m.versions+",", ',')], kernel.Best(), m.load)
	r.line("%d encodings of real texts (%d texts encoded in this run, the rest from the cache) and %d of %d real queries.\n",
		len(r.real), texts.encoded, len(r.queries), len(texts.queries))
	for _, part := range []func(context.Context, options) error{r.recall, r.codes, r.fused, r.pairs, r.mixed} {
		if err := part(ctx, o); err != nil {
			return err
		}
	}
	r.line("\nLoad average when it ended %s.", describeMachine().load)
	if err := writeOut(filepath.Join(o.root, "out"), "bench-vectors.md", r.String()); err != nil {
		return err
	}
	_, err = io.WriteString(stdout, r.String())
	return err
}

// recallName names the child that tells what is found of the nearest real encodings.
const recallName = "recall"

// recallOfReal is the part of a run on vectors that belongs to every full run.
func recallOfReal(ctx context.Context, o options) (string, error) {
	texts, err := encodeReal(ctx, o, realWanted)
	if err != nil {
		return "", err
	}
	r := &scanReport{real: texts.docs}
	for _, i := range rand.New(rand.NewPCG(mixSeed, 1)).Perm(len(texts.queries))[:min(askedReal, len(texts.queries))] {
		r.queries = append(r.queries, texts.queries[i])
	}
	r.line("%d encodings of real texts and %d real queries:\n", len(r.real), len(r.queries))
	err = r.recall(ctx, o)
	return r.String(), err
}

// recall tells what binary codes find of the nearest real encodings.
func (r *scanReport) recall(context.Context, options) error {
	step("recall among %d real encodings", len(r.real))
	x, err := indexOf(r.real)
	if err != nil {
		return err
	}
	queries, err := prepareAll(x, r.queries)
	if err != nil {
		return err
	}
	r.line("| looked at after their codes | found of the nearest 10 | ms a query, one thread: p50 / p95 |\n| --- | --- | --- |")
	want := x.View().FindAll(queries, vector.Ask{K: top})
	for _, depth := range []int{50, 100, 200, 400, 800, 0} {
		found, times := r.found(x, queries, want, vector.Ask{K: top, Depth: depth, Threads: 1})
		name := fmt.Sprint(depth)
		if depth == 0 {
			name = "as many as by default"
		}
		r.line("| %s | %.4f | %.3f / %.3f |", name, found, times.P50, times.P95)
	}
	r.line("")
	for _, k := range []int{100, 1000} {
		some := queries[:min(askedMixed, len(queries))]
		found, times := r.found(x, some, x.View().FindAll(some, vector.Ask{K: k}), vector.Ask{K: k, Threads: 1})
		r.line("- Of the nearest %d by default %.4f are found, in %.3f ms (p50).", k, found, times.P50)
	}
	return nil
}

// found asks every query and tells the share of what is wanted that is found.
func (r *scanReport) found(x *vector.Index, queries []vector.Query, want [][]vector.Hit, a vector.Ask) (float64, asking) {
	var times []time.Duration
	hit, all := 0, 0
	view := x.View()
	runtime.GC() // not in the middle
	cpu := -cpuTime()
	for i, q := range queries {
		begun := time.Now()
		got := view.Find(q, a)
		times = append(times, time.Since(begun))
		docs := map[int]bool{}
		for _, h := range got {
			docs[h.Doc] = true
		}
		for _, h := range want[i] {
			all++
			if docs[h.Doc] {
				hit++
			}
		}
	}
	cpu += cpuTime()
	return float64(hit) / float64(max(all, 1)), asking{quantilesOf(times), cpu.Seconds() * 1e3 / float64(len(queries))}
}

// asking is what queries cost: by the clock, and of the processor on average, in milliseconds.
type asking struct {
	quantiles
	cpu float64
}

// pairs matches needs with all real encodings, and these with the needs, exactly.
func (r *scanReport) pairs(context.Context, options) error {
	step("matching %d needs with %d documents both ways", pairNeeds, len(r.real))
	docs, err := indexOf(r.real)
	if err != nil {
		return err
	}
	needs, err := indexOf(r.queries)
	if err != nil {
		return err
	}
	ask := vector.Ask{K: pairDepth}
	forth, err := prepareAll(docs, r.queries)
	if err != nil {
		return err
	}
	back, err := prepareAll(docs, r.real)
	if err != nil {
		return err
	}
	begun := time.Now()
	docs.View().FindAll(forth, ask)
	there := time.Since(begun)
	needs.View().FindAll(back, ask)
	r.line("\n- %d needs × %d documents, best %d both ways by vectors, exactly: %.2f s + %.2f s (encoding and other signals apart).",
		len(r.queries), len(r.real), pairDepth, there.Seconds(), (time.Since(begun) - there).Seconds())
	return nil
}

// mixed makes the million and measures growth up to it, the file, and an update.
func (r *scanReport) mixed(_ context.Context, o options) error {
	x, err := indexOf(r.real)
	if err != nil {
		return err
	}
	some := r.queries[:min(askedMixed, len(r.queries))]
	queries, err := prepareAll(x, some)
	if err != nil {
		return err
	}
	want := nearnessOf(x.View(), queries)
	step("real encodings: %v", want)
	m, got, err := fitMixture(r.real, some, mixWanted, want)
	if err != nil {
		return err
	}
	r.line("\nThe million is mixed from the real ones: each is one of them moved by differences of others, up to %.3f of one (power %.2f).\n", m.Most, m.Power)
	r.line("| cosines of the ten nearest, quantiles | 1 %% | 5 %% | 25 %% | 50 %% | 75 %% | 95 %% | 99 %% |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
	r.line("| among %d real encodings | %v |\n| among %d mixed | %v |\n", len(r.real), want, mixWanted, got)
	vecs := m.vectors(r.real, mixWanted)
	if err := r.growth(vecs, some); err != nil {
		return err
	}
	return r.keeping(o, vecs)
}

// growth measures searches among ever more vectors, beside reading what they read.
func (r *scanReport) growth(vecs, asked []vector.Vec) error {
	r.line("| vectors | by codes ms: p50 / p95, CPU | recall@10 | reading the codes ms | exact ms: p50, CPU | reading the values ms | plain Go, CPU ms: by codes / exact | by codes, 2 threads ms: p50 |")
	r.line("| --- | --- | --- | --- | --- | --- | --- | --- |")
	var sizes, near, exact []float64
	for _, n := range []int{10_000, 30_000, 100_000, 300_000, mixWanted} {
		step("searching %d mixed vectors", n)
		x, err := indexOf(vecs[:n])
		if err != nil {
			return err
		}
		p, err := r.scale(x, asked)
		if err != nil {
			return err
		}
		plain, err := r.plain(vecs[:n], asked[:exactAsked])
		if err != nil {
			return err
		}
		codes := readTime([][]uint64{words(n * dim / 8)}, 1).Seconds() * 1e3
		values := readTime([][]uint64{words(n * dim)}, 1).Seconds() * 1e3
		r.line("| %d | %.3f / %.3f, %.3f | %.4f | %.3f | %.3f, %.3f | %.3f | %.3f / %.3f | %.3f |", n, p.near.P50, p.near.P95, p.near.cpu, p.found, codes,
			p.exact.P50, p.exact.cpu, values, plain[0].cpu, plain[1].cpu, p.two.P50)
		sizes, near, exact = append(sizes, float64(n)), append(near, p.near.cpu), append(exact, p.exact.cpu)
	}
	r.line("\nSlope of log CPU time by log number: by codes %.2f, exact %.2f. One thread unless said otherwise; CPU is the mean time of the processor, which a busy machine moves less than the clock.\n",
		slope(sizes, near), slope(sizes, exact))
	return nil
}

// scaled is what one size gives.
type scaled struct {
	near, exact, two asking
	found            float64
}

func (r *scanReport) scale(x *vector.Index, asked []vector.Vec) (scaled, error) {
	queries, err := prepareAll(x, asked)
	if err != nil {
		return scaled{}, err
	}
	want := x.View().FindAll(queries, vector.Ask{K: top})
	var s scaled
	for range scanRounds { // the last round counts
		s.found, s.near = r.found(x, queries, want, vector.Ask{K: top, Threads: 1})
		_, s.two = r.found(x, queries, want, vector.Ask{K: top, Threads: 2})
	}
	_, s.exact = r.found(x, queries[:exactAsked], want, vector.Ask{K: top, Threads: 1, Exact: true})
	return s, nil
}

// plain asks an index without assembly: by codes, and exactly.
func (r *scanReport) plain(vecs, asked []vector.Vec) ([2]asking, error) {
	x := vector.NewIndexWith(vector.Model{Name: "bench", Revision: "bench", Dim: dim}, kernel.Set{})
	if _, err := x.AddAll(entriesOf(vecs)); err != nil {
		return [2]asking{}, err
	}
	queries, err := prepareAll(x, asked)
	none := make([][]vector.Hit, len(queries))
	_, near := r.found(x, queries, none, vector.Ask{K: top, Threads: 1})
	_, exact := r.found(x, queries[:exactAsked/4], none, vector.Ask{K: top, Threads: 1, Exact: true})
	return [2]asking{near, exact}, err
}

// slope is that of the straight line through the logarithms.
func slope(xs, ys []float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for i := range xs {
		x, y := math.Log(xs[i]), math.Log(ys[i])
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// heap is the memory in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// keeping saves and opens the million and changes a document of it.
func (r *scanReport) keeping(o options, vecs []vector.Vec) error {
	step("saving and opening %d vectors", len(vecs))
	x, err := indexOf(vecs)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(o.work, "zhuanhua-vectors-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "million.index")
	begun := time.Now()
	if err := x.Save(path); err != nil {
		return err
	}
	saved := time.Since(begun)
	bytes, err := fileSize(path)
	if err != nil {
		return err
	}
	before := heap()
	begun = time.Now()
	y, err := vector.LoadIndex(path, x.Model())
	if err != nil {
		return err
	}
	opened, held := time.Since(begun), heap()-before
	var updates []time.Duration
	for i := range updateTries {
		begun = time.Now()
		if _, err := y.Add(fmt.Sprintf("d%07d", i), vecs[i+1]); err != nil {
			return err
		}
		updates = append(updates, time.Since(begun))
	}
	r.line("- Saving %d takes %.2f s (%s MB), opening it %.2f s with all sums checked and %s MB of memory beside the file; changing a document of it until searches see that %.3f ms (p50), %.3f ms at most.",
		len(vecs), saved.Seconds(), megabytes(bytes), opened.Seconds(), megabytes(held), quantilesOf(updates).P50, quantilesOf(updates).P99)
	runtime.KeepAlive(x) // else it would seem to be less memory
	return y.Close()
}
