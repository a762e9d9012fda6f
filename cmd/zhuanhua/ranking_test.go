package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"zhuanhua/match/vector/parts"
)

// TestRankingGolden holds the ranking of the example data to the figures of
// testdata/ranking.golden, so that every change of the ranking shows as a diff.
// UPDATE=1 writes the file anew.
func TestRankingGolden(t *testing.T) {
	const golden = "testdata/ranking.golden"
	want, err := os.ReadFile(golden)
	if err != nil && os.Getenv("UPDATE") == "" {
		t.Fatal(err)
	}
	modes := []string{"lexical", "dense", "hybrid"}
	if _, err := parts.Model(); err != nil {
		t.Log("only the lexical figures are compared:", err)
		modes = modes[:1]
	}
	cache := t.TempDir()
	var got strings.Builder
	for _, mode := range modes {
		got.WriteString(rankExamples(t, mode, cache))
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	compareFigures(t, string(want), got.String())
}

// rankExamples runs eval on the examples and prints a line a figure.
func rankExamples(t *testing.T, mode, cache string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(context.Background(), stdio{out: &out, err: &errs}, []string{"eval", "--corpus", "../../examples/achievements.jsonl",
		"--queries", "../../examples/needs.jsonl", "--qrels", "../../examples/pairs.tsv", "--mode", mode, "--cache", cache, "--json"})
	var r evalResult
	if err := json.Unmarshal(out.Bytes(), &r); code != exitOK || err != nil {
		t.Fatalf("eval --mode %s: exit code %d, %v, %s", mode, code, err, errs.String())
	}
	var lines strings.Builder
	for _, f := range []struct {
		name  string
		value float64
	}{
		{"ndcg@10", r.NDCG10}, {"mrr@10", r.MRR10}, {"recall@10", r.Recall10}, {"recall@100", r.Recall100},
		{"condensed-ndcg@10", *r.Condensed.NDCG10}, {"pair_acc", *r.Condensed.PairAcc}, {"queries", float64(r.Queries)},
	} {
		fmt.Fprintf(&lines, "%s %s %.4f\n", mode, f.name, f.value)
	}
	return lines.String()
}

// slack is how far a figure may move without the ranking having changed: not at all by words; with the
// encoder a little, because int8 models round differently on processors without VNNI.
func slack(mode string) float64 {
	if mode == "lexical" {
		return 1e-9
	}
	return 0.01
}

func compareFigures(t *testing.T, want, got string) {
	t.Helper()
	figures := map[string]float64{}
	for line := range strings.Lines(want) {
		var mode, name string
		var v float64
		if _, err := fmt.Sscan(line, &mode, &name, &v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		figures[mode+" "+name] = v
	}
	for line := range strings.Lines(got) {
		var mode, name string
		var v float64
		if _, err := fmt.Sscan(line, &mode, &name, &v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if w, ok := figures[mode+" "+name]; !ok || math.Abs(w-v) > slack(mode) {
			t.Errorf("%s %s is %.4f, the golden file says %.4f", mode, name, v, w)
		}
	}
}
