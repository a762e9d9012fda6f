package learn

import (
	"math"
	"sync"

	"zhuanhua/match/rank"
)

// Sample is a graded pair with the value that the network gave it.
type Sample struct {
	Value  float32
	Row    *rank.Row
	Grade  int // 0 to 3
	Form   rank.Form
	Fold   int
	Set    int
	Weight float64
}

// ofKind holds the weights of what needs are like near 0: there are hundreds of needs, not thousands.
const ofKind = 0.02

// FitLevels fits the ordinal model of levels of each form of need to samples of all folds but one; −1 leaves
// none out. A form that nobody graded takes what all others teach together.
func FitLevels(samples []Sample, fold int) (of [rank.Forms]rank.Levels) {
	var graded [rank.Forms]bool
	for i := range samples {
		graded[samples[i].Form] = graded[samples[i].Form] || samples[i].Fold != fold
	}
	var fits sync.WaitGroup
	for form := range rank.Forms {
		fits.Go(func() {
			of[form] = fitLevels(samples, func(s *Sample) bool { return s.Fold != fold && (s.Form == form || !graded[form]) })
		})
	}
	fits.Wait()
	return of
}

func fitLevels(samples []Sample, take func(*Sample) bool) rank.Levels {
	f := levelFit{place: make([][rank.Kinds + 1]float64, 0, len(samples))}
	for i := range samples {
		s := &samples[i]
		if !take(s) {
			continue
		}
		x := [rank.Kinds + 1]float64{float64(s.Value)}
		for i, k := range rank.KindOf(s.Row) {
			x[i+1] = k
		}
		f.place, f.grade, f.weight = append(f.place, x), append(f.grade, s.Grade), append(f.weight, s.Weight)
		f.sum += s.Weight
	}
	f.run()
	l := rank.Levels{Slope: f.w[0]}
	copy(l.Kind[:], f.w[1:])
	copy(l.Above[:], f.w[rank.Kinds+1:])
	return l
}

// levelFit is an ordinal regression under way: first the slopes, then what is added for each level.
type levelFit struct {
	place  [][rank.Kinds + 1]float64
	grade  []int
	weight []float64
	sum    float64
	w      [rank.Kinds + 4]float64
}

// rounds of Adam are many times what it takes to settle.
const rounds = 4000

func (f *levelFit) run() {
	above := f.w[rank.Kinds+1:]
	f.w[0] = 0.5
	copy(above, []float64{0, -1, -2})
	var mean, square [rank.Kinds + 4]float64
	for t := range rounds {
		g := f.slopes()
		rate := 0.05 * (1 - float64(t)/rounds)
		for i := range f.w {
			mean[i] = 0.9*mean[i] + 0.1*g[i]
			square[i] = 0.99*square[i] + 0.01*g[i]*g[i]
			f.w[i] -= rate * mean[i] / (math.Sqrt(square[i]) + 1e-9)
		}
		for i := 1; i < len(above); i++ {
			above[i] = min(above[i], above[i-1]-1e-3) // a higher level is never likelier than a lower one
		}
	}
}

// slopes are those of the mean loss in each weight.
func (f *levelFit) slopes() (g [rank.Kinds + 4]float64) {
	above := f.w[rank.Kinds+1:]
	for n, x := range f.place {
		place := 0.0
		for i, v := range x {
			place += f.w[i] * v
		}
		// The chance of a grade is that of at least it, less that of at least the next.
		at := func(k int) (s, slope float64) {
			switch {
			case k == 0:
				return 1, 0
			case k > len(above):
				return 0, 0
			}
			s = 1 / (1 + math.Exp(-(place + above[k-1])))
			return s, s * (1 - s)
		}
		y := f.grade[n]
		low, lowSlope := at(y)
		high, highSlope := at(y + 1)
		scale := f.weight[n] / f.sum / max(low-high, 1e-9)
		for i, v := range x {
			g[i] -= scale * (lowSlope - highSlope) * v
		}
		if y > 0 {
			g[rank.Kinds+y] -= scale * lowSlope
		}
		if y < len(above) {
			g[rank.Kinds+y+1] += scale * highSlope
		}
	}
	for i := 1; i <= rank.Kinds; i++ {
		g[i] += ofKind * f.w[i]
	}
	return g
}

// Bin is one row of a reliability table: pairs whose chance of 较强相关 or better was said to lie in a
// tenth, how high it was on the mean, and how many were.
type Bin struct {
	Pairs    int     `json:"pairs"`
	Said     float64 `json:"said"`
	Happened float64 `json:"happened"`
	saidSum  float64
	happened int
}

// Calibration is what the levels are worth on needs that they were not fitted on.
type Calibration struct {
	Pairs   int         `json:"pairs"`
	Error   float64     `json:"expected_calibration_error"`
	Level   float64     `json:"level_prediction"` // 1/(1+mean absolute error) of the median level
	Bins    [10]Bin     `json:"reliability"`
	Levels  [4][4]int   `json:"levels"` // by level named, by grade
	Chances [4]float64  `json:"chances"`
	Shares  [4]float64  `json:"shares"` // of the grades
	At      []Threshold `json:"thresholds"`
}

// Threshold says what follows from showing what scores at least so much.
type Threshold struct {
	Score  float64 `json:"score"`
	Shown  int     `json:"shown"`
	Good   float64 `json:"good"`   // share of the shown of grade 2 or 3
	Any    float64 `json:"any"`    // share of the shown of grade 1 or more
	Missed float64 `json:"missed"` // share of the pairs of grade 2 or 3 that are not shown
}

// Fitted are the levels of samples, fitted without each fold.
type Fitted [Folds][rank.Forms]rank.Levels

// FitFolds fits levels without each fold.
func FitFolds(samples []Sample) *Fitted {
	var of Fitted
	for fold := range of {
		of[fold] = FitLevels(samples, fold)
	}
	return &of
}

// Calibrate measures what levels are worth on samples of folds that they were fitted without.
func (of *Fitted) Calibrate(samples []Sample, only func(*Sample) bool) Calibration {
	var c Calibration
	var scores []float64
	var grades []int
	off := 0.0
	for i := range samples {
		s := &samples[i]
		if !only(s) {
			continue
		}
		l := &of[s.Fold][s.Form]
		place := l.Place(s.Value, s.Row)
		chances, score := l.At(place), l.Good(place)
		c.Pairs++
		level := chances.Median()
		off += math.Abs(float64(level - s.Grade))
		c.Levels[level][s.Grade]++
		for k, p := range chances {
			c.Chances[k] += p
		}
		c.Shares[s.Grade]++
		b := &c.Bins[min(9, int(score*10))]
		b.Pairs++
		b.saidSum += score
		if s.Grade >= 2 {
			b.happened++
		}
		scores, grades = append(scores, score), append(grades, s.Grade)
	}
	c.finish(off)
	for _, at := range []float64{0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8} {
		c.At = append(c.At, threshold(at, scores, grades))
	}
	return c
}

func (c *Calibration) finish(off float64) {
	n := float64(max(1, c.Pairs))
	for i := range c.Bins {
		if b := &c.Bins[i]; b.Pairs > 0 {
			b.Said, b.Happened = b.saidSum/float64(b.Pairs), float64(b.happened)/float64(b.Pairs)
			c.Error += math.Abs(b.Said-b.Happened) * float64(b.Pairs) / n
		}
	}
	for k := range c.Chances {
		c.Chances[k] /= n
		c.Shares[k] /= n
	}
	c.Level = 1 / (1 + off/n)
}

func threshold(at float64, scores []float64, grades []int) Threshold {
	t := Threshold{Score: at}
	good, any, all := 0, 0, 0
	for i, s := range scores {
		if grades[i] >= 2 {
			all++
		}
		if s < at {
			continue
		}
		t.Shown++
		if grades[i] >= 2 {
			good++
		}
		if grades[i] >= 1 {
			any++
		}
	}
	if t.Shown > 0 {
		t.Good, t.Any = float64(good)/float64(t.Shown), float64(any)/float64(t.Shown)
	}
	if all > 0 {
		t.Missed = 1 - float64(good)/float64(all)
	}
	return t
}
