package measure

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestByHand: rankings small enough to work out on paper.
func TestByHand(t *testing.T) {
	g := Grades{"a": 3, "b": 1, "c": 0}
	ideal := 7/math.Log2(2) + 1/math.Log2(3)
	for _, c := range []struct {
		name    string
		ranking []string
		want    Figures
	}{
		{"perfect", []string{"a", "b", "c"}, Figures{1, 1, 1, 1, 1, 1}},
		{"turned round", []string{"c", "b", "a"}, Figures{(1/math.Log2(3) + 7/math.Log2(4)) / ideal, 0.5, 1, 1, (1/math.Log2(3) + 7/math.Log2(4)) / ideal, 0}},
		{"unjudged in front", []string{"x", "a", "b", "c"}, Figures{(7/math.Log2(3) + 1/math.Log2(4)) / ideal, 0.5, 1, 1, 1, 1}},
		{"one missing", []string{"b"}, Figures{1 / math.Log2(2) / ideal, 1, 0.5, 0.5, 1 / math.Log2(2) / ideal, (0 + 0.5 + 1) / 3}},
		{"nothing", nil, Figures{PairAcc: 0.5}},
		{"repeated ids count once", []string{"a", "a", "b", "c"}, Figures{1, 1, 1, 1, 1, 1}},
	} {
		if got := Query(c.ranking, g); !near(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if got := Query([]string{"a"}, Grades{"a": 1}); got.PairAcc != -1 {
		t.Errorf("no pairs, but pair accuracy %v", got.PairAcc)
	}
	m := Mean([]Figures{{1, 1, 1, 1, 1, 1}, {0, 0, 0, 0, 0, -1}})
	if !near(m, Figures{0.5, 0.5, 0.5, 0.5, 0.5, 1}) {
		t.Errorf("mean %+v", m)
	}
	if (Grades{"a": 0}).Relevant() || !g.Relevant() || !HasZeros(map[string]Grades{"q": g}) || HasZeros(map[string]Grades{"q": {"a": 1}}) {
		t.Error("relevance or zeros are told wrongly")
	}
}

func near(a, b Figures) bool {
	d := func(x, y float64) bool { return math.Abs(x-y) < 1e-12 }
	return d(a.NDCG10, b.NDCG10) && d(a.MRR10, b.MRR10) && d(a.Recall10, b.Recall10) && d(a.Recall100, b.Recall100) && d(a.CondensedNDCG10, b.CondensedNDCG10) && d(a.PairAcc, b.PairAcc)
}

// TestAgainstReference compares with the metrics program of the evaluation sets on random runs.
func TestAgainstReference(t *testing.T) {
	shared := os.Getenv("ZHUANHUA_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	program := filepath.Join(shared, "data", "metrics.py")
	if _, err := os.Stat(program); err != nil {
		t.Skip("the reference program is not here:", err)
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 to run the reference with")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	var run, qrels strings.Builder
	var all []Figures
	for q := range 40 {
		g, ranking := Grades{}, []string{}
		for d := range 150 {
			id := fmt.Sprint("d", d)
			if rng.IntN(3) == 0 {
				g[id] = rng.IntN(4)
				fmt.Fprintf(&qrels, "q%d\t%s\t%d\n", q, id, g[id])
			}
			if rng.IntN(4) > 0 {
				ranking = append(ranking, id)
			}
		}
		rng.Shuffle(len(ranking), func(i, j int) { ranking[i], ranking[j] = ranking[j], ranking[i] })
		for i, id := range ranking {
			fmt.Fprintf(&run, "q%d Q0 %s %d %d x\n", q, id, i+1, -i)
		}
		all = append(all, Query(ranking, g))
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out, err := exec.Command(python, program, write("run", run.String()), write("qrels", qrels.String())).Output()
	if err != nil {
		t.Fatal(err)
	}
	var ref struct{ Full, Condensed map[string]float64 }
	if err := json.Unmarshal(out, &ref); err != nil {
		t.Fatal(err)
	}
	m := Mean(all)
	for name, pair := range map[string][2]float64{
		"ndcg@10": {m.NDCG10, ref.Full["ndcg@10"]}, "mrr@10": {m.MRR10, ref.Full["mrr@10"]},
		"recall@10": {m.Recall10, ref.Full["recall@10"]}, "recall@100": {m.Recall100, ref.Full["recall@100"]},
		"condensed ndcg@10": {m.CondensedNDCG10, ref.Condensed["ndcg@10"]}, "pair_acc": {m.PairAcc, ref.Condensed["pair_acc"]},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-4 {
			t.Errorf("%s: %v, the reference says %v", name, pair[0], pair[1])
		}
	}
}
