package score

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zhuanhua"
)

// scheme is three criteria of 50, 30 and 20 %, the last out of ten points.
func scheme(m Missing) Scheme {
	return Scheme{Missing: m,
		Criteria: []Criterion{{"results", big.NewRat(1, 2), 100_00}, {"landed", big.NewRat(3, 10), 100_00}, {"team", big.NewRat(1, 5), 10_00}},
		Grades:   []Grade{{"excellent", 85_00}, {"good", 70_00}, {"passed", 60_00}, {"rectify", 0}}}
}

// TestByHand: totals worked out with pencil and paper.
func TestByHand(t *testing.T) {
	for _, x := range []struct {
		name    string
		missing Missing
		scores  map[string]int64
		total   int64
		grade   string
	}{
		{"all full: 50 + 30 + 20", Refuse, map[string]int64{"results": 100_00, "landed": 100_00, "team": 10_00}, 100_00, "excellent"},
		{"90×0.5 + 80×0.3 + 8/10×20 = 45 + 24 + 16", Refuse, map[string]int64{"results": 90_00, "landed": 80_00, "team": 8_00}, 85_00, "excellent"},
		{"a hundredth less in the first: 84.995, shown as 85.00, is not excellent", Refuse, map[string]int64{"results": 89_99, "landed": 80_00, "team": 8_00}, 85_00, "good"},
		{"60×0.5 + 60×0.3 + 6/10×20 = 60", Refuse, map[string]int64{"results": 60_00, "landed": 60_00, "team": 6_00}, 60_00, "passed"},
		{"59.99×0.5 + 18 + 12 = 59.995, shown as 60.00", Refuse, map[string]int64{"results": 59_99, "landed": 60_00, "team": 6_00}, 60_00, "rectify"},
		{"nothing at all", Refuse, map[string]int64{"results": 0, "landed": 0, "team": 0}, 0, "rectify"},
		{"team missing counts as 0: 45 + 24", Zero, map[string]int64{"results": 90_00, "landed": 80_00}, 69_00, "passed"},
		{"team missing left out: 69 / 0.8 = 86.25", Exclude, map[string]int64{"results": 90_00, "landed": 80_00}, 86_25, "excellent"},
		{"only landed: 80", Exclude, map[string]int64{"landed": 80_00}, 80_00, "good"},
		{"a third: 33.33×0.5 + 33.33×0.3 + 3.33/10×20 = 16.665 + 9.999 + 6.66 = 33.324", Refuse, map[string]int64{"results": 33_33, "landed": 33_33, "team": 3_33}, 33_32, "rectify"},
	} {
		got, err := scheme(x.missing).Evaluate(x.scores)
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		if got.Centi != x.total || got.Grade != x.grade {
			t.Errorf("%s: %s %s, want %s %s", x.name, points(got.Centi), got.Grade, points(x.total), x.grade)
		}
	}
}

// TestRefused: what cannot be added up is refused in words.
func TestRefused(t *testing.T) {
	full := map[string]int64{"results": 1, "landed": 1, "team": 1}
	change := func(do func(*Scheme)) Scheme {
		s := scheme(Refuse)
		do(&s)
		return s
	}
	for name, x := range map[string]struct {
		s      Scheme
		scores map[string]int64
		want   string
	}{
		"weights of 90 %":          {change(func(s *Scheme) { s.Criteria[0].Weight = big.NewRat(2, 5) }), full, "90.00 %"},
		"weights of 100.01 %":      {change(func(s *Scheme) { s.Criteria[0].Weight = big.NewRat(5001, 10000) }), full, "100.01 %"},
		"a weight of nothing":      {change(func(s *Scheme) { s.Criteria[0].Weight = new(big.Rat) }), full, "more than 0"},
		"no criteria":              {Scheme{Missing: Zero}, nil, "0.00 %"},
		"a criterion twice":        {change(func(s *Scheme) { s.Criteria[1].ID = "results" }), full, "twice"},
		"grades in disorder":       {change(func(s *Scheme) { s.Grades[1].From = 85_00 }), full, "begin below"},
		"no grade for 0":           {change(func(s *Scheme) { s.Grades = s.Grades[:3] }), full, "begin at 0"},
		"a score missing":          {scheme(Refuse), map[string]int64{"results": 1, "landed": 1}, "not scored yet"},
		"a score above the best":   {scheme(Refuse), map[string]int64{"results": 1, "landed": 1, "team": 10_01}, "not within"},
		"a score below 0":          {scheme(Refuse), map[string]int64{"results": -1, "landed": 1, "team": 1}, "not within"},
		"an unknown criterion":     {scheme(Zero), map[string]int64{"示例": 1}, "no such criterion"},
		"nothing scored, left out": {scheme(Exclude), nil, "nothing was scored"},
	} {
		if _, err := x.s.Evaluate(x.scores); zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
}

// TestTies: equal totals share a place, also where they came about differently; the next place is skipped.
func TestTies(t *testing.T) {
	totals := map[string]Total{}
	for id, scores := range map[string]map[string]int64{
		"丙": {"results": 90_00, "landed": 80_00, "team": 8_00},  // 85
		"甲": {"results": 80_00, "landed": 100_00, "team": 7_50}, // 40 + 30 + 15 = 85
		"乙": {"results": 89_99, "landed": 80_00, "team": 8_00},  // 84.995, shown as 85.00
		"丁": {"results": 100_00, "landed": 90_00, "team": 9_00}, // 95
	} {
		total, err := scheme(Refuse).Evaluate(scores)
		if err != nil {
			t.Fatal(err)
		}
		totals[id] = total
	}
	var got []string
	for _, p := range Place(totals) {
		got = append(got, fmt.Sprint(p.Place, p.ID, p.Tied))
	}
	want := []string{"1 丁 false", "2 丙 true", "2 甲 true", "4 乙 false"}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], " ", "")
		got[i] = strings.ReplaceAll(got[i], " ", "")
	}
	if !slices.Equal(got, want) {
		t.Errorf("places %v, want %v", got, want)
	}
}

// TestProperties: over random schemes no total leaves 0 to 100, a better score never lowers it, parts add up to
// it within their rounding, and leaving out what scored the mean changes nothing.
func TestProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 1 + rng.IntN(6)
		s := Scheme{Missing: []Missing{Zero, Exclude}[rng.IntN(2)]}
		left := int64(1000)
		scores := map[string]int64{}
		for i := range n {
			w := left
			if i < n-1 {
				w = 1 + rng.Int64N(left-int64(n-i-1))
			}
			left -= w
			c := Criterion{fmt.Sprint("c", i), big.NewRat(w, 1000), 1 + rng.Int64N(200_00)}
			s.Criteria = append(s.Criteria, c)
			if i == 0 || rng.IntN(4) > 0 {
				scores[c.ID] = rng.Int64N(c.Max + 1)
			}
		}
		before, err := s.Evaluate(scores)
		if err != nil {
			t.Fatal(err)
		}
		if before.Exact.Sign() < 0 || before.Exact.Cmp(big.NewRat(100, 1)) > 0 {
			t.Fatalf("the total is %s", before.Exact)
		}
		sum := int64(0)
		for _, p := range before.Parts {
			sum += p
		}
		if d := sum - before.Centi; d < -int64(n) || d > int64(n) {
			t.Fatalf("parts add up to %d, the total is %d", sum, before.Centi)
		}
		if c := s.Criteria[0]; scores[c.ID] < c.Max {
			scores[c.ID]++
			if after, _ := s.Evaluate(scores); after.Exact.Cmp(before.Exact) <= 0 {
				t.Fatal("a better score does not raise the total")
			}
		}
	}
}
