package main

import (
	"fmt"
	"strings"
	"time"
)

// report is all that one run has to tell.
type report struct {
	kind       string
	scale      scale
	begun      time.Time
	machine    machine
	corpus     string
	encoding   encoding
	rows       []row
	memory     yardstick
	throughput throughput
	pairing    *pairing
	scales     []scaleRow
	recall     string
	missing    []string // what could not be measured, and why
}

// scaleRow is an engine of one size.
type scaleRow struct {
	grown    grown
	answered answered
}

type row struct {
	engine
	*result
}

// markdown is the page of the run.
func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## bench %s, %s\n\n", r.kind, r.begun.Format(time.DateOnly))
	m := r.machine
	fmt.Fprintf(&b, "%s; %s memory; %s; %s. Load average when it began %s, %s when it ended; it took %.1f minutes.\n\n",
		m.cpu, m.memory, m.kernel, m.versions, m.load, describeMachine().load, time.Since(r.begun).Minutes())
	fmt.Fprintf(&b, "Corpus: %s; %s.\n\n", r.corpus, r.encoding)
	if len(r.rows) > 0 {
		r.table(&b)
		r.notes(&b)
	}
	if len(r.scales) > 0 {
		r.growth(&b)
	}
	if r.recall != "" {
		fmt.Fprintf(&b, "\n### Two stages beside an exact search\n\n%s", r.recall)
	}
	for _, m := range r.missing {
		fmt.Fprintf(&b, "- Left out: %s\n", m)
	}
	return b.String()
}

// growth is the table of engines of several sizes.
func (r *report) growth(b *strings.Builder) {
	b.WriteString("\n### Growth\n\nOne thread; ms by the clock, p50 / p95, and of the processor, mean / p95, which a busy machine moves less.\n\n")
	b.WriteString("| documents | filters and reasons | ranking alone | words alone | vectors alone | memory MB: all / its own | open s / first answer s | update seen ms: p50 / most | build s, save s, peak MB | files MB: documents, words, vectors | memory read, GB/s |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, s := range r.scales {
		g, a := s.grown, s.answered
		fmt.Fprintf(b, "| %d | %v | %v | %v | %v | %s / %s | %.2f / %.2f | %.1f / %.1f | %.0f, %.1f, %s | %s, %s, %s | %.1f |\n", g.Docs,
			a.Full, a.Ranked, a.Plain, a.Near, megabytes(a.Resident), megabytes(a.Own),
			a.Open, a.Start, a.Update.P50, a.Update.P99, g.Build, g.Save, megabytes(g.Peak),
			megabytes(g.Files[0]), megabytes(g.Files[1]), megabytes(g.Files[2]), a.Reading)
	}
	fmt.Fprintf(b, "\nSlopes of the logarithms over all sizes (1 is linear), of CPU time: filters and reasons %.2f, ranking %.2f, words %.2f, vectors %.2f; of memory %.2f.\n",
		r.slopeOf(func(a answered) float64 { return a.Full.CPU }), r.slopeOf(func(a answered) float64 { return a.Ranked.CPU }),
		r.slopeOf(func(a answered) float64 { return a.Plain.CPU }), r.slopeOf(func(a answered) float64 { return a.Near.CPU }),
		r.slopeOf(func(a answered) float64 { return float64(a.Resident) }))
	last := r.scales[len(r.scales)-1]
	a := last.answered
	fmt.Fprintf(b, "\n- %d documents: filters and reasons p95 %.1f ms by the clock, %.1f of the processor (wanted with a million: at most 25), memory %s MB (2,500), first answer after %.1f s (3), a change is seen after %.0f ms at most (1,000).\n",
		a.Docs, a.Full.P95, a.Full.Top, megabytes(a.Resident), a.Start, a.Update.P99)
	for _, s := range r.scales {
		a := s.answered
		fmt.Fprintf(b, "- %d documents: %.1f matches shown a query; where none of their sentences is known, encoding them takes %.0f ms a query (%d sentences, %d queries).\n",
			a.Docs, a.Shown, a.EncodeSeconds*1e3/scaleAsked, a.Encoded, scaleAsked)
	}
	b.WriteString("\n| cosines of the ten nearest, quantiles | 1 % | 5 % | 25 % | 50 % | 75 % | 95 % | 99 % |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	fmt.Fprintf(b, "| among %d real encodings | %v |\n| among %d mixed | %v |\n", realWanted, nearness(last.grown.NearReal), last.grown.Docs, nearness(last.grown.Near))
}

// slopeOf is how something grows with the number of documents.
func (r *report) slopeOf(of func(answered) float64) float64 {
	var sizes, values []float64
	for _, s := range r.scales {
		sizes, values = append(sizes, float64(s.grown.Docs)), append(values, of(s.answered))
	}
	return slope(sizes, values)
}

func (r *report) table(b *strings.Builder) {
	b.WriteString("| engine | build s | index MB on disk | memory MB: now / peak | p50 ms | p95 ms | p99 ms | CPU ms: mean / p95 | long queries p50 ms | bleve's p50 is … times | found: short / of ten / long |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	bleve := r.of("bleve").Short.P50
	for _, w := range r.rows {
		fmt.Fprintf(b, "| %s | %.1f | %s | %s / %s | %.3f | %.3f | %.3f | %.3f / %.3f | %.3f | %.1f | %.1f / %.1f / %.1f %% |\n",
			w.label, w.Build, megabytes(w.Bytes), megabytes(w.Resident), megabytes(w.Peak), w.Short.P50, w.Short.P95, w.Short.P99, w.Short.CPU, w.Short.Top, w.Long.P50,
			bleve/w.Short.P50, 100*w.FoundShort, 100*w.PrecisionTop, 100*w.FoundLong)
	}
	y := r.memory
	fmt.Fprintf(b, "| yardstick: reading the vectors (%s MB), one thread / two | | | | %.3f / %.3f | | | | | | |\n", megabytes(int64(y.Matrix)), y.ScanMS[0], y.ScanMS[1])
	b.WriteByte('\n')
}

// notes are the figures beside the table.
func (r *report) notes(b *strings.Builder) {
	y, e := r.memory, r.encoding
	b.WriteString("- Found: the share of short queries with a document among the ten that holds the text the query was cut from; the share of such documents among all that were returned; the share of long queries with the very document they were made for among the ten.\n")
	fmt.Fprintf(b, "- Lexical search: bleve's p50 is %.0f times ours (wanted with 100,000 documents: at least 100).\n", r.of("bleve").Short.P50/r.of("lexical").Short.P50)
	fmt.Fprintf(b, "- Encoding a query is apart from the rows dense and hybrid: p50 %.2f ms, p95 %.2f ms for a short query, p50 %.2f ms for a long one.\n", e.short.P50, e.short.P95, e.long.P50)
	fmt.Fprintf(b, "- Memory is read at %.1f GB/s with one thread and %.1f GB/s with two (plain sums over %d MiB, median of %d).\n", y.Speed[0], y.Speed[1], y.Bytes>>20, y.Runs)
	fmt.Fprintf(b, "- The dense scan, on two threads, takes %.1f times as long as reading its vectors on two.\n", r.of("dense").Short.P50/y.ScanMS[1])
	if r.throughput.ours > 0 {
		fmt.Fprintf(b, "- Encoding 2,000 texts: %s.\n", r.throughput)
	}
	if w := r.of("reasons"); len(w.Tops) > 0 {
		fmt.Fprintf(b, "- Hybrid, the ten best with filters and reasons: p95 %.2f ms by the clock, %.2f of the processors (wanted with 100,000 documents: at most 6, encoding of the query apart).\n", w.Short.P95, w.Short.Top)
	}
	if w := r.of("reasons"); w.Encoded > 0 {
		fmt.Fprintf(b, "- With filters and reasons: the ten best of what passes a filter (one in fifty to one in two documents do), with all that Match tells of them. Vectors of queries and of sentences shown are known beforehand; making those of %d sentences took %.0f s, %.0f ms a query.\n",
			w.Encoded, w.EncodeSeconds, w.EncodeSeconds*1e3/float64(len(w.Tops)))
	}
	if p := r.pairing; p != nil {
		fmt.Fprintf(b, "- %d needs × %d documents, the best %d in both directions, words and vectors, all cores: %.2f s (encoding apart); %d related pairs by need, %d documents with a need.\n",
			p.Needs, p.Docs, pairDepth, p.Seconds, p.Pairs, p.Reached)
	}
	for _, w := range r.rows {
		if w.AnswersMissed > 0 {
			fmt.Fprintf(b, "- %s: %d queries had no answer.\n", w.label, w.AnswersMissed)
		}
	}
}

// of is the row of an engine.
func (r *report) of(name string) row {
	for _, w := range r.rows {
		if w.name == name {
			return w
		}
	}
	return row{result: &result{}}
}

func megabytes(n int64) string {
	if n == 0 {
		return "—"
	}
	return fmt.Sprintf("%.0f", float64(n)/1e6)
}
