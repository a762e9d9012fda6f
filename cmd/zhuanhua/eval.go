package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/match/measure"
)

const evalExamples = `  zhuanhua eval --corpus examples/achievements.jsonl --queries examples/needs.jsonl --qrels examples/pairs.tsv --json
  zhuanhua eval --corpus corpus.jsonl --queries queries.jsonl --qrels qrels.tsv --mode lexical --run out.trec --depth 100 --json
`

func runEval(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "eval", "eval --corpus FILE --queries FILE --qrels FILE [flags]", evalExamples)
	corpus := f.String("corpus", "", "`FILE` of documents that are searched (jsonl, csv, xlsx)")
	queries := f.String("queries", "", "`FILE` of queries")
	qrels := f.String("qrels", "", "`FILE` of grades: query-id, corpus-id, gain, tab-separated")
	run := f.String("run", "", "write the ranking as a TREC run to `FILE`")
	depth := f.Int("depth", 0, "documents ranked a query (default: all up to 10,000 documents, else 1,000)")
	asJSON := f.Bool("json", false, "print one JSON object")
	engine := addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if *corpus == "" || *queries == "" || *qrels == "" || len(rest) > 0 || *depth < 0 {
		return errUsage{fmt.Errorf("eval needs --corpus, --queries and --qrels and takes no further arguments; see zhuanhua eval --help")}
	}
	grades, err := intake.Grades(*qrels)
	if err != nil {
		return err
	}
	e, done, err := engine.open(ctx, io)
	if err != nil {
		return err
	}
	defer done()
	asked, err := loadEval(ctx, io, e, *corpus, *queries)
	if err != nil {
		return err
	}
	ev := evaluation{engine: e, queries: asked, grades: grades, depth: *depth}
	if err := ev.rank(ctx); err != nil {
		return err
	}
	if *run != "" {
		if err := writeWhole(*run, ev.writeRun); err != nil {
			return err
		}
	}
	return ev.print(io, *asJSON)
}

// loadEval reads both files and puts the corpus into the engine.
func loadEval(ctx context.Context, io stdio, e *match.Engine, corpus, queries string) ([]match.Document, error) {
	library, err := readAchievements(io, corpus, intake.Options{})
	if err != nil {
		return nil, err
	}
	needs, err := readNeeds(io, queries, intake.Options{})
	if err != nil {
		return nil, err
	}
	return documents(needs, match.NeedDocument), e.Add(ctx, documents(library, match.AchievementDocument))
}

// evaluation ranks the judged queries and keeps what is measured.
type evaluation struct {
	engine  *match.Engine
	queries []match.Document
	grades  map[string]measure.Grades
	depth   int

	ids     []string
	ranking [][]match.Ranked
	figures []measure.Figures
	millis  []float64
}

// rank ranks every query that has a relevant document. Query vectors are made beforehand, so that
// the times are those of ranking alone.
func (ev *evaluation) rank(ctx context.Context) error {
	if ev.depth == 0 {
		ev.depth = 1000
		if ev.engine.Len() <= match.FullDepth {
			ev.depth = ev.engine.Len()
		}
	}
	judged := slices.DeleteFunc(ev.queries, func(d match.Document) bool { return !ev.grades[d.ID].Relevant() })
	if err := ev.engine.Prepare(ctx, judged); err != nil {
		return err
	}
	for i := range judged {
		begin := time.Now()
		list, err := ev.engine.Rank(ctx, &judged[i], ev.depth, nil)
		if err != nil {
			return err
		}
		ev.millis = append(ev.millis, float64(time.Since(begin).Microseconds())/1000)
		ids := make([]string, len(list))
		for j, r := range list {
			ids[j] = r.ID
		}
		ev.ids = append(ev.ids, judged[i].ID)
		ev.ranking = append(ev.ranking, list)
		ev.figures = append(ev.figures, measure.Query(ids, ev.grades[judged[i].ID]))
	}
	// A judged query that the file of queries lacks counts as not answered.
	for id, g := range ev.grades {
		if g.Relevant() && !slices.Contains(ev.ids, id) {
			ev.figures = append(ev.figures, measure.Query(nil, g))
		}
	}
	return nil
}

func (ev *evaluation) writeRun(w io.Writer) error {
	for i, list := range ev.ranking {
		for j, r := range list {
			if _, err := fmt.Fprintf(w, "%s Q0 %s %d %.9g zhuanhua\n", ev.ids[i], r.ID, j+1, r.Raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// evalResult is the JSON of eval; figures are rounded to four places.
type evalResult struct {
	NDCG10    float64    `json:"ndcg@10"`
	MRR10     float64    `json:"mrr@10"`
	Recall10  float64    `json:"recall@10"`
	Recall100 float64    `json:"recall@100"`
	Condensed condensed  `json:"condensed"`
	Queries   int        `json:"queries"`
	Millis    percentile `json:"ms_per_query"`
}

// condensed is measured over the judged documents alone; null where the grades hold no zeros.
type condensed struct {
	NDCG10  *float64 `json:"ndcg@10"`
	PairAcc *float64 `json:"pair_acc"` // null where no pair of documents has different grades
}

type percentile struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
}

func (ev *evaluation) print(io stdio, asJSON bool) error {
	m := measure.Mean(ev.figures)
	r := evalResult{NDCG10: round4(m.NDCG10), MRR10: round4(m.MRR10), Recall10: round4(m.Recall10), Recall100: round4(m.Recall100),
		Queries: len(ev.figures), Millis: percentile{quantile(ev.millis, 0.5), quantile(ev.millis, 0.95)}}
	if measure.HasZeros(ev.grades) {
		n := round4(m.CondensedNDCG10)
		r.Condensed.NDCG10 = &n
		if m.PairAcc >= 0 {
			p := round4(m.PairAcc)
			r.Condensed.PairAcc = &p
		}
	}
	if asJSON {
		return json.NewEncoder(io.out).Encode(r)
	}
	fmt.Fprintf(io.out, "mode %s, %d queries\nnDCG@10 %.4f  MRR@10 %.4f  recall@10 %.4f  recall@100 %.4f\n", ev.engine.Mode(), r.Queries, r.NDCG10, r.MRR10, r.Recall10, r.Recall100)
	if c := r.Condensed; c.NDCG10 != nil {
		fmt.Fprintf(io.out, "judged documents only: nDCG@10 %.4f", *c.NDCG10)
		if c.PairAcc != nil {
			fmt.Fprintf(io.out, "  pairs in order %.4f", *c.PairAcc)
		}
		fmt.Fprintln(io.out)
	}
	_, err := fmt.Fprintf(io.out, "ms a query: p50 %.2f  p95 %.2f\n", r.Millis.P50, r.Millis.P95)
	return err
}

func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// quantile is the nearest-rank quantile of xs, 0 when there are none.
func quantile(xs []float64, p float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	s := slices.Clone(xs)
	slices.Sort(s)
	return s[min(len(s)-1, int(p*float64(len(s))))]
}

// writeWhole writes a file through a temporary one beside it, so that it is there whole or not at all.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(dirOf(path), ".zhuanhua-*")
	if err != nil {
		return cannotWrite(path, err)
	}
	defer os.Remove(f.Name())
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	return nil
}
