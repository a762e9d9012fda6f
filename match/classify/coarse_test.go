package classify

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"
)

// unnamed gives the invented fields labels that say nothing, or those of two branches above them.
func unnamed(records []Record, labels map[string]string) []Record {
	for i := range records {
		records[i].Labels = []string{labels[records[i].Labels[0]]}
	}
	return records
}

// TestCoarseLabelsHelp: few examples of the fields and many of their branches tell the fields better
// than the few alone, and the second run gives the same.
func TestCoarseLabelsHelp(t *testing.T) {
	fine := map[string]string{"示例糖业": "x1", "示例铝业": "x2", "示例渔业": "x3", "示例茶业": "x4"}
	above := map[string]string{"示例糖业": "y1", "示例铝业": "y2", "示例渔业": "y2", "示例茶业": "y1"}
	coarse, err := Train(context.Background(), unnamed(corpus(600, 11), above), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var plain, helped float64
	const lessons = 8
	for seed := range uint64(lessons) {
		few, test := unnamed(corpus(28, 20+seed), fine), unnamed(corpus(300, 40+seed), fine)
		f, _ := accuracy(t, Options{Seed: 1}, few, test)
		plain += f.Accuracy / lessons
		g, m := accuracy(t, Options{Seed: 1, Coarse: coarse}, few, test)
		helped += g.Accuracy / lessons
		if s := m.Summary(); s.Coarse != 2 || s.Weights["coarse"] == 0 {
			t.Errorf("the summary does not tell of coarse labels: %+v", s)
		}
		if again, _ := accuracy(t, Options{Seed: 1, Coarse: coarse}, few, test); !reflect.DeepEqual(g, again) {
			t.Errorf("a second run differs: %+v %+v", g, again)
		}
	}
	if helped < plain+0.02 {
		t.Errorf("%.3f with coarse labels, %.3f without", helped, plain)
	}
}

// TestLearnUnder holds what labels fall under to a table worked by hand.
func TestLearnUnder(t *testing.T) {
	l := newLesson([]Record{rec("一", "a"), rec("二", "a"), rec("三", "b"), rec("四", "b", "c"), rec("五", "c"), rec("六", "d")})
	chances := [][]float64{{0.9, 0.1}, {0.4, 0.6}, {0.45, 0.55}, {0.9, 0.1}, {0.2, 0.8}, {1, 0}}
	s := &space{rows: make([]row, 6), coarse: newMatrix(6, 2)}
	for i, c := range chances {
		for k, x := range c {
			s.coarse.row(i)[k] = float32(math.Log(x + chanceFloor))
		}
	}
	// a: 1.3 and 0.7. b: 0.45+0.9/2 = 0.9, 0.55+0.1/2 = 0.6. c: 0.9/2+0.2 = 0.65, 0.1/2+0.8 = 0.85.
	// d is not among the texts looked at.
	at := []int{0, 1, 2, 3, 4}
	if got := l.learnUnder(s.pick(at), at); !reflect.DeepEqual(got, []int32{0, 0, 1, nothing}) {
		t.Errorf("labels fall under %v", got)
	}
	if got := l.learnUnder(&space{rows: make([]row, 6)}, at); got != nil {
		t.Errorf("without coarse labels: %v", got)
	}
	said := coarseOpinion(s.part(0, 1), []int32{0, 0, 1, nothing})
	first, second := s.coarse.row(0)[0], s.coarse.row(0)[1]
	want := []float32{first, first, second, (first + second) / 2}
	for i, v := range said.row(0) {
		if math.Abs(float64(v-want[i])) > 1e-6 {
			t.Errorf("opinion %v, want %v", said.row(0), want)
		}
	}
}

// TestCoarseChances: what is said of coarse labels is the logarithm of chances, each text's adding
// up to 1, in the order of texts.
func TestCoarseChances(t *testing.T) {
	train := corpus(200, 12)
	coarse, err := Train(context.Background(), train, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{coarse: coarse}
	list := texts(corpus(150, 13))
	got, err := m.coarseLogs(context.Background(), list)
	if err != nil {
		t.Fatal(err)
	}
	best, err := coarse.Predict(context.Background(), list, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		sum, top := 0.0, 0
		for c, v := range got.row(i) {
			sum += math.Exp(float64(v)) - chanceFloor
			if v > got.row(i)[top] {
				top = c
			}
		}
		if math.Abs(sum-1) > 1e-5 || coarse.labels[top] != best[i][0].Label {
			t.Fatalf("text %d: chances add up to %.6f, the likeliest %q, predicted %q", i, sum, coarse.labels[top], best[i][0].Label)
		}
	}
}

// TestWithout: copies and views of what is to be labelled are left out, others stay in their order.
func TestWithout(t *testing.T) {
	group := func(r Record, g string) Record { r.Group = g; return r }
	others := []Record{rec("甘蔗压榨", "a"), group(rec("示例的摘要", "a"), "p"), group(rec("赤泥", "b"), "q")}
	records := []Record{
		rec("蔗糖", "甲"), group(rec("甘蔗 压榨。", "甲"), "r"), group(rec("示例的标题", "甲"), "p"), group(rec("示例", "甲"), "r"), rec("p", "乙"), rec("赤 泥", "乙"),
	}
	var kept []string
	for _, r := range Without(records, others) {
		kept = append(kept, r.Text)
	}
	if got := strings.Join(kept, " "); got != "蔗糖 示例 p" {
		t.Errorf("kept %q", got)
	}
	if got := Without(records, nil); !reflect.DeepEqual(got, records) {
		t.Errorf("without nothing: %v", got)
	}
}
