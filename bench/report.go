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
	r.table(&b)
	r.notes(&b)
	return b.String()
}

func (r *report) table(b *strings.Builder) {
	b.WriteString("| engine | build s | index MB on disk | memory MB: now / peak | p50 ms | p95 ms | p99 ms | long queries p50 ms | bleve's p50 is … times | found: short / of ten / long |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	bleve := r.of("bleve").Short.P50
	for _, w := range r.rows {
		fmt.Fprintf(b, "| %s | %.1f | %s | %s / %s | %.3f | %.3f | %.3f | %.3f | %.1f | %.1f / %.1f / %.1f %% |\n",
			w.label, w.Build, megabytes(w.Bytes), megabytes(w.Resident), megabytes(w.Peak), w.Short.P50, w.Short.P95, w.Short.P99, w.Long.P50,
			bleve/w.Short.P50, 100*w.FoundShort, 100*w.PrecisionTop, 100*w.FoundLong)
	}
	y := r.memory
	fmt.Fprintf(b, "| yardstick: reading the vectors (%s MB), one thread / two | | | | %.3f / %.3f | | | | | |\n", megabytes(int64(y.Matrix)), y.ScanMS[0], y.ScanMS[1])
	b.WriteByte('\n')
}

// notes are the figures beside the table.
func (r *report) notes(b *strings.Builder) {
	y, e := r.memory, r.encoding
	b.WriteString("- Found: the share of short queries with a document among the ten that holds the text the query was cut from; the share of such documents among all that were returned; the share of long queries with the very document they were made for among the ten.\n")
	fmt.Fprintf(b, "- Lexical search: bleve's p50 is %.0f times ours (wanted with 100,000 documents: at least 30).\n", r.of("bleve").Short.P50/r.of("lexical").Short.P50)
	fmt.Fprintf(b, "- Encoding a query is apart from the rows dense and hybrid: p50 %.2f ms, p95 %.2f ms for a short query, p50 %.2f ms for a long one.\n", e.short.P50, e.short.P95, e.long.P50)
	fmt.Fprintf(b, "- Memory is read at %.1f GB/s with one thread and %.1f GB/s with two (plain sums over %d MiB, median of %d).\n", y.Speed[0], y.Speed[1], y.Bytes>>20, y.Runs)
	fmt.Fprintf(b, "- The dense scan, on two threads, takes %.1f times as long as reading its vectors on two.\n", r.of("dense").Short.P50/y.ScanMS[1])
	fmt.Fprintf(b, "- Encoding 2,000 texts: %s.\n", r.throughput)
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
