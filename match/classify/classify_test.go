package classify

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"zhuanhua"
)

// field is an invented field of work with words of its own.
type field struct {
	label string
	words []string
}

var fields = []field{
	{"示例糖业", []string{"蔗糖", "甘蔗", "压榨", "澄清", "结晶", "糖蜜", "蒸发罐", "制糖"}},
	{"示例铝业", []string{"氧化铝", "电解槽", "赤泥", "阳极", "铝液", "铸锭", "焙烧", "铝土矿"}},
	{"示例渔业", []string{"鱼苗", "网箱", "增氧", "饵料", "对虾", "牡蛎", "水体", "养殖"}},
	{"示例茶业", []string{"茶叶", "萎凋", "发酵", "揉捻", "六堡茶", "茶园", "陈化", "烘干"}},
}

func rec(text string, labels ...string) Record { return Record{Text: text, Labels: labels} }

// corpus invents n texts: two words of their field among words that all share. A tenth bears a
// wrong label.
func corpus(n int, seed uint64) []Record {
	rng := rand.New(rand.NewPCG(seed, 7))
	shared := []string{"方法", "装置", "研究", "提高", "效率", "系统", "一种", "技术", "应用", "分析", "优化", "设备"}
	var out []Record
	for i := range n {
		f := fields[min(rng.IntN(5), 3)] // the last is the most usual
		words := []string{f.words[rng.IntN(8)], f.words[rng.IntN(8)]}
		for range 6 {
			words = append(words, shared[rng.IntN(len(shared))])
		}
		rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		label := f.label
		if rng.IntN(10) == 0 {
			label = fields[rng.IntN(4)].label
		}
		out = append(out, rec(fmt.Sprint(strings.Join(words, "，"), i), label))
	}
	return out
}

// meanings stands in for an encoder: texts with words of one field point the same way, roughly.
func meanings(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, s := range texts {
		h := fnv.New64a()
		h.Write([]byte(s))
		rng := rand.New(rand.NewPCG(h.Sum64(), 1))
		v := make([]float32, 8)
		for k := range v {
			v[k] = float32(rng.NormFloat64()) * 0.4
		}
		for k, f := range fields {
			for _, w := range append(f.words, f.label) {
				if strings.Contains(s, w) {
					v[k]++
				}
			}
		}
		out[i] = v
	}
	return out, nil
}

func texts(records []Record) []string {
	var out []string
	for _, r := range records {
		out = append(out, r.Text)
	}
	return out
}

// accuracy learns from one lot of records and measures on another.
func accuracy(t *testing.T, opt Options, train, test []Record) (Figures, *Model) {
	t.Helper()
	m, err := Train(context.Background(), train, opt)
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Predict(context.Background(), texts(test), 2)
	if err != nil {
		t.Fatal(err)
	}
	var best []string
	for _, p := range got {
		if len(p) != 2 || p[0].Chance < p[1].Chance || p[0].Chance <= 0 || p[0].Chance+p[1].Chance > 1+1e-9 {
			t.Fatalf("predictions %v", p)
		}
		best = append(best, p[0].Label)
	}
	return Measure(test, best), m
}

// TestLearns: with or without meanings, with all texts compared or a sample, invented fields are told
// apart, far better than by the most usual label; and the second run gives the same.
func TestLearns(t *testing.T) {
	train, test := corpus(500, 1), corpus(300, 2)
	usual := Measure(test, repeat("示例茶业", len(test))).Accuracy
	for _, c := range []struct {
		name string
		opt  Options
	}{
		{"words", Options{Seed: 1}},
		{"words and meanings", Options{Seed: 1, Encode: meanings}},
		{"a sample of words", Options{Seed: 1, limit: 100}},
		{"a sample of words and meanings", Options{Seed: 1, Encode: meanings, limit: 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, m := accuracy(t, c.opt, train, test)
			if f.Accuracy < usual+0.3 || f.Accuracy < 0.85 || f.MacroF1 < 0.85 {
				t.Errorf("accuracy %.3f, macro-F1 %.3f; the most usual label gives %.3f", f.Accuracy, f.MacroF1, usual)
			}
			again, m2 := accuracy(t, c.opt, train, test)
			if !reflect.DeepEqual(f, again) || !reflect.DeepEqual(m.Summary(), m2.Summary()) {
				t.Errorf("a second run differs: %+v %+v", m.Summary(), m2.Summary())
			}
			if s := m.Summary(); s.Texts != 500 || s.Labels != 4 || s.Encoder != (c.opt.Encode != nil) || !s.Described {
				t.Errorf("summary %+v", s)
			}
		})
	}
}

func repeat(s string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// TestMeaningsHelp: where words say little and meanings much, meanings are heard.
func TestMeaningsHelp(t *testing.T) {
	train, test := corpus(60, 3), corpus(300, 4)
	words, _ := accuracy(t, Options{}, train, test)
	both, _ := accuracy(t, Options{Encode: meanings}, train, test)
	if both.Accuracy < words.Accuracy+0.02 {
		t.Errorf("by words %.3f, with meanings %.3f", words.Accuracy, both.Accuracy)
	}
}

// TestBaselineLearns: the baseline learns too and is reproducible.
func TestBaselineLearns(t *testing.T) {
	train, test := corpus(300, 5), corpus(200, 6)
	var runs [2][]string
	for i := range runs {
		b, err := TrainBaseline(context.Background(), train, 1)
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = b.Predict(texts(test))
		if !strings.Contains(b.String(), "linear SVM") {
			t.Errorf("it calls itself %s", b)
		}
	}
	if f := Measure(test, runs[0]); f.Accuracy < 0.8 {
		t.Errorf("accuracy %.3f", f.Accuracy)
	}
	if !reflect.DeepEqual(runs[0], runs[1]) {
		t.Error("a second run differs")
	}
}

// TestSmall: a handful of texts is enough to learn something, in any language.
func TestSmall(t *testing.T) {
	train := []Record{rec("sugar cane mill", "a"), rec("sugar from cane", "a"), rec("red mud of alumina", "b"), rec("alumina smelter", "b")}
	f, _ := accuracy(t, Options{}, train, []Record{rec("a cane sugar plant", "a"), rec("alumina", "b")})
	if f.Accuracy != 1 {
		t.Errorf("accuracy %v", f.Accuracy)
	}
}

// TestSeveralLabels: a text that bears two labels teaches both, whether in a list or in two records.
func TestSeveralLabels(t *testing.T) {
	var list, apart []Record
	for _, r := range corpus(200, 8) {
		two := rec(r.Text, r.Labels[0], "示例")
		list = append(list, two)
		apart = append(apart, rec(r.Text, two.Labels[:1]...), rec(r.Text, two.Labels[1:]...))
	}
	a, b := newLesson(list), newLesson(apart)
	if !reflect.DeepEqual(a, b) {
		t.Error("a list of labels and two records of the same text teach different things")
	}
	if len(a.texts) != 200 || a.share[0][a.own[0][0]] != 0.5 {
		t.Errorf("%d texts, shares %v", len(a.texts), a.share[0])
	}
	mixed := newLesson([]Record{rec("示例", "a", "b"), rec("示例", "a")})
	if mixed.share[0][0] != 0.75 || mixed.share[0][1] != 0.25 || mixed.main[0] != 0 {
		t.Errorf("a list and a single label: %v", mixed.share[0])
	}
}

// TestHonest: where labels are drawn by lot, nothing can be learned, and the model knows: what the
// parts say of texts that they learned from is not taken for knowledge.
func TestHonest(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	train := corpus(300, 12)
	for i := range train {
		train[i].Labels = []string{[]string{"1", "2"}[rng.IntN(2)]}
	}
	m, err := Train(context.Background(), train, Options{Encode: meanings})
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Predict(context.Background(), texts(corpus(200, 13)), 1)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, p := range got {
		sum += p[0].Chance
	}
	if mean := sum / float64(len(got)); mean > 0.6 {
		t.Errorf("it is sure of its guesses by %.2f", mean)
	}
}

// TestTrainRefuses: what cannot be learned from is told.
func TestTrainRefuses(t *testing.T) {
	many := make([]Record, 2001)
	for i := range many {
		many[i] = rec(fmt.Sprint("示例", i), fmt.Sprint(i))
	}
	for _, c := range []struct {
		what    string
		records []Record
		want    string
	}{
		{"nothing", nil, "no training text"},
		{"no words", []Record{rec("", "a"), rec(" …… ", "b")}, "no training text"},
		{"one label", []Record{rec("甲", "a"), rec("乙", "a")}, `one label "a"`},
		{"one text", []Record{rec("甲", "a"), rec("甲", "b")}, "the same text"},
		{"a label each", many, "2001 labels"},
	} {
		if _, err := Train(context.Background(), c.records, Options{}); err == nil || !strings.Contains(err.Error(), c.want) || zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v", c.what, err)
		}
		if _, err := TrainBaseline(context.Background(), c.records, 1); err == nil {
			t.Errorf("%s: the baseline takes it", c.what)
		}
	}
}

// TestOddTexts: texts without a word or with nothing known are labelled all the same, by what is usual.
func TestOddTexts(t *testing.T) {
	train := append(corpus(200, 9), rec("", "示例空"))
	m, err := Train(context.Background(), train, Options{Encode: meanings})
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Summary(); s.Blank != 1 || s.Labels != 4 {
		t.Errorf("summary %+v", s)
	}
	got, err := m.Predict(context.Background(), []string{"", "\x00\xff", "กากอ้อย", strings.Repeat("甘蔗压榨", 50_000)}, 1)
	if err != nil || len(got) != 4 {
		t.Fatal(got, err)
	}
	if got[3][0].Label != "示例糖业" {
		t.Errorf("200,000 characters of sugar are %s", got[3][0].Label)
	}
	if m, err = Train(context.Background(), train, Options{}); err != nil {
		t.Fatal(err)
	}
	if got, err = m.Predict(context.Background(), []string{""}, 1); err != nil || got[0][0].Label != "示例茶业" {
		t.Errorf("of a blank text nothing is known but what is usual, and it is %v (%v)", got, err)
	}
}

// TestStops: an encoder that fails and a run that is ended stop the learning.
func TestStops(t *testing.T) {
	broken := errors.New("示例")
	_, err := Train(context.Background(), corpus(50, 1), Options{Encode: func(context.Context, []string) ([][]float32, error) { return nil, broken }})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	_, err = Train(context.Background(), corpus(50, 1), Options{Encode: func(context.Context, []string) ([][]float32, error) { return nil, nil }})
	if err == nil {
		t.Error("vectors that are missing are not missed")
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Train(ctx, corpus(50, 1), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := TrainBaseline(ctx, corpus(50, 1), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestDivide: folds hold each text once to look at, never learn from what they look at, and share
// labels out evenly.
func TestDivide(t *testing.T) {
	l := newLesson(corpus(203, 10))
	seen := map[int]int{}
	for _, f := range l.divide(numbers(203), 5, 1) {
		if len(f.look)+len(f.learn) != 203 || len(f.look) < 40 || len(f.look) > 41 {
			t.Errorf("%d and %d", len(f.learn), len(f.look))
		}
		learned := map[int]bool{}
		for _, i := range f.learn {
			learned[i] = true
		}
		perLabel := map[int32]int{}
		for _, i := range f.look {
			seen[i]++
			perLabel[l.main[i]]++
			if learned[i] {
				t.Fatalf("text %d is learned and looked at", i)
			}
		}
		for label, n := range perLabel {
			all := 0
			for _, m := range l.main {
				if m == label {
					all++
				}
			}
			if n < all/5 || n > all/5+1 {
				t.Errorf("a fold looks at %d of %d texts of a label", n, all)
			}
		}
	}
	if len(seen) != 203 {
		t.Errorf("%d texts are looked at", len(seen))
	}
	if one := l.divide(numbers(203), 1, 1); len(one) != 1 || len(one[0].look) != 41 {
		t.Errorf("a single fold: %d", len(one))
	}
}

// TestPredictsInLots: so many texts that they are looked at in several lots are told as each alone.
func TestPredictsInLots(t *testing.T) {
	m, err := Train(context.Background(), corpus(60, 1), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	some := texts(corpus(50, 2))
	var many []string
	for len(many) < 17000 {
		many = append(many, some...)
	}
	alone, err := m.Predict(context.Background(), some, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Predict(context.Background(), many, 2)
	if err != nil || len(got) != len(many) {
		t.Fatalf("%d predictions of %d texts: %v", len(got), len(many), err)
	}
	for i, p := range got {
		if !reflect.DeepEqual(p, alone[i%len(some)]) {
			t.Fatalf("text %d: %v among many, %v alone", i, p, alone[i%len(some)])
		}
	}
}
