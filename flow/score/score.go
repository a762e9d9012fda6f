// Package score adds up evaluations: criteria with weights, grades with lower bounds, places with ties. It is
// exact: weights are fractions, scores are hundredths of a point, and a grade is decided by the exact total,
// never by the rounded one that is shown.
package score

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"zhuanhua"
)

// Criterion is one thing that is judged.
type Criterion struct {
	ID     string
	Weight *big.Rat // a share of the whole; the weights of a scheme add up to 1
	Max    int64    // the best score, in hundredths of a point
}

// Missing says what a criterion without a score does to the total.
type Missing string

// What is done about a criterion without a score.
const (
	Zero    Missing = "zero"    // it counts as no points
	Refuse  Missing = "refuse"  // there is no total until it is there
	Exclude Missing = "exclude" // the others are weighed as if it were not in the scheme
)

// Grade is what a total is called, from a lower bound on.
type Grade struct {
	ID   string
	From int64 // hundredths of a point out of a hundred points
}

// Scheme is how an evaluation is made.
type Scheme struct {
	Criteria []Criterion
	Missing  Missing
	Grades   []Grade // best first; the last begins at 0
}

// Total is the outcome of one evaluation.
type Total struct {
	Exact    *big.Rat         // points out of a hundred
	Centi    int64            // rounded to hundredths, half away from zero
	Parts    map[string]int64 // what each criterion gave, in rounded hundredths
	Grade    string
	Excluded []string // criteria without a score that were left out, or counted as nothing
}

// whole is a hundred points in hundredths.
const whole = 100_00

// Check reports what is wrong with a scheme, nil for nothing.
func (s Scheme) Check() error {
	sum := new(big.Rat)
	seen := map[string]bool{}
	for _, c := range s.Criteria {
		switch {
		case seen[c.ID]:
			return zhuanhua.Invalid(c.ID, "评价指标重复 (the criterion is there twice)", "改名或删去一个 (rename or remove one)")
		case c.Weight == nil || c.Weight.Sign() <= 0:
			return zhuanhua.Invalid(c.ID, "权重须大于0 (the weight has to be more than 0)", "写成百分数，如 30 % (write it as 30 %)")
		case c.Max <= 0:
			return zhuanhua.Invalid(c.ID, "满分须大于0 (the best score has to be more than 0)", "写满分，如 100 (write the best score)")
		}
		seen[c.ID] = true
		sum.Add(sum, c.Weight)
	}
	if len(s.Criteria) == 0 || sum.Cmp(big.NewRat(1, 1)) != 0 {
		percent := new(big.Rat).Mul(sum, big.NewRat(100, 1))
		return zhuanhua.Invalid("", fmt.Sprintf("权重合计为 %s %%，应为 100 %% (the weights add up to %[1]s %%, not to 100 %%)", percent.FloatString(2)), "调整权重 (adjust the weights)")
	}
	return s.checkGrades()
}

func (s Scheme) checkGrades() error {
	for i, g := range s.Grades {
		if g.From < 0 || g.From > whole || i > 0 && g.From >= s.Grades[i-1].From {
			return zhuanhua.Invalid(g.ID, "等次的下限须逐级降低 (each grade has to begin below the one before)", "从高到低排列 (put the best first)")
		}
	}
	if n := len(s.Grades); n > 0 && s.Grades[n-1].From != 0 {
		return zhuanhua.Invalid(s.Grades[n-1].ID, "最低等次的下限须为0 (the last grade has to begin at 0)", "写 from: 0 (write from: 0)")
	}
	return nil
}

// Evaluate adds up scores, in hundredths of a point, by criterion.
func (s Scheme) Evaluate(scores map[string]int64) (Total, error) {
	if err := s.Check(); err != nil {
		return Total{}, err
	}
	if err := s.checkScores(scores); err != nil {
		return Total{}, err
	}
	t := Total{Exact: new(big.Rat), Parts: map[string]int64{}}
	weighed := new(big.Rat)
	for _, c := range s.Criteria {
		score, there := scores[c.ID]
		if !there {
			t.Excluded = append(t.Excluded, c.ID)
			if s.Missing == Exclude {
				continue
			}
		}
		part := new(big.Rat).Mul(c.Weight, big.NewRat(score, c.Max))
		t.Exact.Add(t.Exact, part.Mul(part, big.NewRat(100, 1)))
		weighed.Add(weighed, c.Weight)
	}
	if weighed.Sign() == 0 {
		return Total{}, zhuanhua.Invalid("", "没有任何评分 (nothing was scored)", "至少为一项指标评分 (score one criterion at least)")
	}
	t.Exact.Quo(t.Exact, weighed)
	t.Centi = centi(t.Exact)
	for _, c := range s.Criteria {
		if score, there := scores[c.ID]; there {
			part := new(big.Rat).Mul(c.Weight, big.NewRat(score*100, c.Max))
			t.Parts[c.ID] = centi(part.Quo(part, weighed))
		}
	}
	t.Grade = s.grade(t.Exact)
	return t, nil
}

func (s Scheme) checkScores(scores map[string]int64) error {
	for id, score := range scores {
		at := slices.IndexFunc(s.Criteria, func(c Criterion) bool { return c.ID == id })
		switch {
		case at < 0:
			return zhuanhua.Invalid(id, "评价方案没有这项指标 (the scheme has no such criterion)", "按方案的指标评分 (score the criteria of the scheme)")
		case score < 0 || score > s.Criteria[at].Max:
			return zhuanhua.Invalid(id, fmt.Sprintf("评分 %s 超出 0 至 %s (the score is not within 0 and the best)", points(score), points(s.Criteria[at].Max)), "改正评分 (mend the score)")
		}
	}
	if s.Missing != Refuse {
		return nil
	}
	for _, c := range s.Criteria {
		if _, there := scores[c.ID]; !there {
			return zhuanhua.Invalid(c.ID, "还没有评分 (is not scored yet)", "全部指标评分后再汇总 (score every criterion first)")
		}
	}
	return nil
}

// grade is decided by the exact total: 84.999 is not 85.
func (s Scheme) grade(total *big.Rat) string {
	for _, g := range s.Grades {
		if total.Cmp(big.NewRat(g.From, 100)) >= 0 {
			return g.ID
		}
	}
	return ""
}

// centi rounds points to hundredths, half away from zero. Totals are never negative.
func centi(points *big.Rat) int64 {
	x := new(big.Rat).Mul(points, big.NewRat(100, 1))
	n := new(big.Int).Add(new(big.Int).Mul(x.Num(), big.NewInt(2)), x.Denom())
	return n.Quo(n, new(big.Int).Mul(x.Denom(), big.NewInt(2))).Int64()
}

// points writes hundredths as points.
func points(centi int64) string { return fmt.Sprintf("%d.%02d", centi/100, centi%100) }

// Placed is one of several that were evaluated.
type Placed struct {
	ID    string
	Total Total
	Place int // 1, 2, 2, 4: equal totals share a place
	Tied  bool
}

// Place orders evaluations, best first. Equal exact totals share a place and stand in the order of their
// ids: a tie is for people to decide.
func Place(totals map[string]Total) []Placed {
	var out []Placed
	for id, t := range totals {
		out = append(out, Placed{ID: id, Total: t})
	}
	slices.SortFunc(out, func(a, b Placed) int {
		return cmp.Or(b.Total.Exact.Cmp(a.Total.Exact), cmp.Compare(a.ID, b.ID))
	})
	for i := range out {
		out[i].Place = i + 1
		if i > 0 && out[i].Total.Exact.Cmp(out[i-1].Total.Exact) == 0 {
			out[i].Place, out[i].Tied, out[i-1].Tied = out[i-1].Place, true, true
		}
	}
	return out
}
