package classify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zhuanhua"
)

// TestFoldsEachRecordOnce: every record is looked at once and learned from in all other folds, each
// label's shares differ by one at most, and the same seed gives the same folds.
func TestFoldsEachRecordOnce(t *testing.T) {
	records := corpus(203, 4)
	for _, k := range []int{2, 5, 203} {
		folds, err := Folds(records, k, 1)
		if err != nil || len(folds) != k {
			t.Fatalf("%d folds: %d, %v", k, len(folds), err)
		}
		looked := make([]int, len(records))
		per := map[string][]int{}
		for f, fold := range folds {
			both := slices.Concat(fold.Train, fold.Test)
			slices.Sort(both)
			if !reflect.DeepEqual(both, numbers(len(records))) || !slices.IsSorted(fold.Test) {
				t.Fatalf("fold %d of %d is no division", f, k)
			}
			for _, i := range fold.Test {
				looked[i]++
				l := records[i].Labels[0]
				if per[l] == nil {
					per[l] = make([]int, k)
				}
				per[l][f]++
			}
		}
		if slices.Max(looked) != 1 || slices.Min(looked) != 1 {
			t.Errorf("%d folds look at records %v times", k, looked)
		}
		for l, n := range per {
			if slices.Max(n)-slices.Min(n) > 1 {
				t.Errorf("%s falls to the folds as %v", l, n)
			}
		}
		again, _ := Folds(records, k, 1)
		other, _ := Folds(records, k, 2)
		if !reflect.DeepEqual(folds, again) || reflect.DeepEqual(folds, other) && k < 203 {
			t.Errorf("%d folds do not follow the seed", k)
		}
	}
}

// TestFoldsKeepTogether: views of one thing and copies of one text are never on both sides, also
// where only a third record links two.
func TestFoldsKeepTogether(t *testing.T) {
	group := func(r Record, g string) Record { r.Group = g; return r }
	var records []Record
	for i := range 40 {
		g := fmt.Sprint("示例", i)
		records = append(records, group(rec(g+"的摘要", "甲"), g), group(rec(g+"的标题", "乙"), g))
	}
	records = append(records,
		rec("甘蔗 压榨，ＡＢ", "甲"), rec("甘蔗压榨ab。", "乙"), // the same but for blanks, width, case
		group(rec("示例连", "甲"), "p"), group(rec("示例接", "乙"), "q"), group(rec("示例接", "甲"), "p"), // q over p
		group(rec("示例前", "甲"), "r"), group(rec("示例后", "乙"), "s"), group(rec("示例前", "乙"), "s"), // s to r
		rec("……", "甲"), rec("——", "乙"), // no words: different texts
	)
	last := len(records) - 1
	rng := rand.New(rand.NewPCG(3, 3))
	for range 20 {
		folds, err := Folds(records, 2+rng.IntN(8), rng.Uint64())
		if err != nil {
			t.Fatal(err)
		}
		fold := make([]int, len(records))
		for f, one := range folds {
			for _, i := range one.Test {
				fold[i] = f
			}
		}
		for i := 0; i < 82; i += 2 {
			if fold[i] != fold[i+1] {
				t.Fatalf("records %d and %d are parted", i, i+1)
			}
		}
		for _, i := range []int{82, 85} {
			if fold[i] != fold[i+1] || fold[i+1] != fold[i+2] {
				t.Fatalf("linked records are parted: %v", fold[i:i+3])
			}
		}
	}
	if lots := together(records); len(lots) != 40+3+2 || !reflect.DeepEqual(lots[len(lots)-1], []int{last}) {
		t.Errorf("%d lots, the last %v", len(lots), lots[len(lots)-1])
	}
}

func TestFoldsRefuse(t *testing.T) {
	three := []Record{rec("甲", "a"), rec("乙", "b"), rec("丙", "b"), rec("丙", "b")}
	for _, k := range []int{-1, 0, 1, 4, 1000} {
		_, err := Folds(three, k, 1)
		if err == nil || !strings.Contains(err.Error(), "3 different texts") || zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%d folds of 3 texts: %v", k, err)
		}
	}
	if folds, err := Folds(three, 3, 1); err != nil || len(folds) != 3 {
		t.Errorf("3 folds of 3 texts: %v", err)
	}
}

// TestCompare holds P to values worked by hand: of n records the rarer side has b or fewer, twice.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		both, better, worse, neither int
		p                            float64
	}{
		{3, 0, 0, 2, 1},
		{0, 1, 0, 0, 1},                         // 2 · 1/2
		{1, 5, 0, 9, 2.0 / 32},                  // 2 · 1/2^5
		{1, 0, 5, 9, 2.0 / 32},                  // the same the other way
		{4, 8, 2, 1, 2 * (1 + 10 + 45) / 1024.}, // 2 · (C(10,0)+C(10,1)+C(10,2)) / 2^10
		{0, 3, 3, 0, 1},                         // would be above 1
	} {
		var records []Record
		var first, second []string
		add := func(n int, a, b string) {
			for range n {
				records, first, second = append(records, rec("示例", "甲", "乙")), append(first, a), append(second, b)
			}
		}
		add(c.both, "甲", "乙") // both are right: any of the labels counts
		add(c.better, "甲", "丙")
		add(c.worse, "丙", "乙")
		add(c.neither, "丙", "丙")
		got := Compare(records, first, second)
		if got.Better != c.better || got.Worse != c.worse || math.Abs(got.P-c.p) > 1e-12 {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	many := make([]Record, 20000)
	a, b := repeat("甲", len(many)), repeat("乙", len(many))
	for i := range many {
		many[i] = rec("示例", "甲")
	}
	if p := Compare(many, a, b); p.P != 0 && (p.P < 0 || p.P > 1e-300) || math.IsNaN(p.P) {
		t.Errorf("20,000 to none: %+v", p)
	}
}

// TestCompareFitsChance: the exact P is what turning each record's difference at random gives.
func TestCompareFitsChance(t *testing.T) {
	const better, worse, rounds = 34, 19, 40000
	var records []Record
	var first, second []string
	for i := range better + worse {
		records = append(records, rec("示例", "甲"))
		first, second = append(first, []string{"甲", "乙"}[min(i/better, 1)]), append(second, []string{"乙", "甲"}[min(i/better, 1)])
	}
	rng := rand.New(rand.NewPCG(5, 5))
	atLeast := 0
	for range rounds {
		sum := 0
		for range records {
			sum += 1 - 2*rng.IntN(2)
		}
		if sum >= better-worse || -sum >= better-worse {
			atLeast++
		}
	}
	if p := Compare(records, first, second).P; math.Abs(p-share(atLeast, rounds)) > 0.004 {
		t.Errorf("exact %.4f, by chance %.4f", p, share(atLeast, rounds))
	}
}
