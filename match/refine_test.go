package match

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhuanhua/match/rank"
)

// upsideDown is a ranker that likes best what the fused value (the first feature) likes least.
func upsideDown() *rank.Ranker {
	n := &rank.Net{Hidden: 1, In: make([]float32, rank.Features), Bias: []float32{0}, Out: []float32{0}}
	n.Inverse[0], n.Linear[0] = 1, -10
	m := rank.Model{Net: n}
	for f := range m.Levels {
		m.Levels[f] = rank.Levels{Slope: 1, Above: [3]float64{9, 6, 4}}
	}
	r := &rank.Ranker{Hybrid: m, Lexical: m, Encoder: rank.StampOf((&letters{}).Model().Revision), Centre: make([]float32, lettersDim)}
	r.Centre[0] = 1
	return r
}

func idsOf(list []Ranked) string {
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " ")
}

// TestRankerDecides: the ranker orders what the signals propose, in each mode that it fits, and nothing
// where it does not.
func TestRankerDecides(t *testing.T) {
	need := doc("n", "甘蔗渣制木糖", "糖蜜发酵，陶粒")
	order := func(opt Options) []Ranked {
		if opt.fewest == 0 {
			opt.fewest = 1
		}
		e, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(context.Background(), sugar); err != nil {
			t.Fatal(err)
		}
		list, err := e.Rank(context.Background(), &need, 10, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(list, compareRanked) {
			t.Errorf("%+v: the values do not fall: %+v", opt, list)
		}
		return list
	}
	stranger := upsideDown()
	stranger.Encoder = rank.StampOf("another encoder")
	for _, c := range []struct {
		name   string
		opt    Options
		turned bool
	}{
		{name: "words", opt: Options{Ranker: upsideDown()}, turned: true},
		{name: "both", opt: Options{Encoder: &letters{}, Ranker: upsideDown()}, turned: true},
		{name: "both, candidates", opt: Options{Encoder: &letters{}, Ranker: upsideDown(), full: 1}, turned: true},
		{name: "vectors alone", opt: Options{Encoder: &letters{}, Mode: Dense, Ranker: upsideDown()}},
		{name: "vectors of another encoder", opt: Options{Encoder: &letters{}, Ranker: stranger}},
		{name: "a library of few", opt: Options{Ranker: upsideDown(), fewest: 5}},
		{name: "asked for without", opt: Options{Ranker: upsideDown(), Plain: true}},
	} {
		plain := c.opt
		plain.Ranker, plain.Plain = nil, true
		want := order(plain)
		if c.turned {
			slices.Reverse(want)
		}
		if got := order(c.opt); idsOf(got) != idsOf(want) {
			t.Errorf("%s: order %s, want %s", c.name, idsOf(got), idsOf(want))
		}
	}
}

// TestScoreDoesNotDependOnDepth: how many matches are asked for changes nothing in those that are shown.
func TestScoreDoesNotDependOnDepth(t *testing.T) {
	achievements, needs := examples(t)
	e := libraryOf(t, achievements...)
	shown := 0
	few := matched(t, e, Ask{Top: 3, Apart: true}, needs[:30]...)
	for i, r := range matched(t, e, Ask{Top: 150, Apart: true}, needs[:30]...) {
		for k, m := range few[i].Matches {
			shown++
			if n := r.Matches[k]; n.AchievementID != m.AchievementID || n.Score != m.Score {
				t.Errorf("%s: match %d is %s %.6f of three, %s %.6f of many", r.NeedID, k, m.AchievementID, m.Score, n.AchievementID, n.Score)
			}
		}
	}
	if shown < 20 {
		t.Errorf("only %d matches are compared", shown)
	}
}

// TestChancesFollowTheScore: the chances of the levels sum to 1, and the two upper ones to the score.
func TestChancesFollowTheScore(t *testing.T) {
	achievements, needs := examples(t)
	told := 0
	for _, r := range matched(t, libraryOf(t, achievements...), Ask{}, needs...) {
		for _, m := range r.Matches {
			c := m.Chances
			if c == nil {
				if m.Score != unproven {
					t.Errorf("%s, %s: score %v without chances", r.NeedID, m.AchievementID, m.Score)
				}
				continue
			}
			told++
			if sum, good := c.None+c.Weak+c.Fair+c.Strong, c.Fair+c.Strong; abs(sum-1) > 1e-9 || abs(good-m.Score) > 1e-9 {
				t.Errorf("%s, %s: chances %+v sum to %v, score %v", r.NeedID, m.AchievementID, *c, sum, m.Score)
			}
		}
	}
	if told < 50 {
		t.Errorf("only %d matches have chances", told)
	}
}

func abs(x float64) float64 { return max(x, -x) }

// TestSearchJudgesTheFirst: of what a search finds the first hundred stand as the ranker says, the others behind
// them as without it, and no score is above one before it.
func TestSearchJudgesTheFirst(t *testing.T) {
	var library []Document
	for i := range refined + 50 {
		library = append(library, doc(fmt.Sprintf("A%03d", i), "甘蔗渣制木糖"+strings.Repeat("蒸汽管道", i), ""))
	}
	find := func(opt Options) []Found {
		opt.fewest = 1
		e, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(context.Background(), library); err != nil {
			t.Fatal(err)
		}
		q, err := ParseSearch("甘蔗渣制木糖", nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Apart = true
		found, err := e.Search(context.Background(), &q, len(library))
		if err != nil || len(found) != len(library) {
			t.Fatalf("%d found of %d, %v", len(found), len(library), err)
		}
		return found
	}
	plain, turned := find(Options{Plain: true}), find(Options{Ranker: upsideDown()})
	slices.Reverse(plain[:refined])
	for i := range plain {
		if plain[i].ID != turned[i].ID {
			t.Errorf("place %d holds %s, want %s", i, turned[i].ID, plain[i].ID)
		}
		if i > 0 && turned[i].Score > turned[i-1].Score {
			t.Errorf("place %d has %.3f, the one before %.3f", i, turned[i].Score, turned[i-1].Score)
		}
	}
}
