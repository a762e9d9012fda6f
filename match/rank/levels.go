package rank

import (
	"math"
	"strings"
)

// Form is what a need says: people judge a line of words otherwise than a page, and so do the levels.
type Form int

// The forms of a need.
const (
	Whole  Form = iota // a title and a text
	Titled             // a title, or keywords, alone
	Told               // a text without a title
	Forms              // how many there are
)

// FormOf is the form of texts.
func FormOf(texts []Text) Form {
	titled, told := false, false
	for _, t := range texts {
		said := strings.TrimSpace(t.Raw) != ""
		titled, told = titled || said && t.Title, told || said && !t.Title
	}
	switch {
	case titled && told:
		return Whole
	case told:
		return Told
	}
	return Titled
}

// Levels turns the value of a network into chances of the four levels, by an ordinal model: for each
// level but the least, the chance that people call a pair at least that is logistic in one number.
type Levels struct {
	Slope float64    // of the value
	Kind  [5]float64 // of what the need is like and how well the library answers it: see KindOf
	Above [3]float64 // weak, fair, strong: what is added
}

// Kinds is how many numbers say what a need is like.
const Kinds = 5

// KindOf is what a need is like: the same for all documents, so that it moves no document past another.
func KindOf(x *Row) [Kinds]float64 {
	return [Kinds]float64{float64(x[fTopRaw]), float64(x[fTopCoverage]), float64(x[fTopCosine]), float64(x[fNeedTerms]) / 5, float64(x[fNeedBody])}
}

// Place is the number in which the chances are logistic.
func (l *Levels) Place(value float32, x *Row) float64 {
	p := l.Slope * float64(value)
	for i, k := range KindOf(x) {
		p += l.Kind[i] * k
	}
	return p
}

// Chances are those of 不相关, 弱相关, 较强相关, 强相关; they sum to 1.
type Chances [4]float64

// At are the chances at a place.
func (l *Levels) At(place float64) Chances {
	var least [5]float64 // that it is at least so
	least[0] = 1
	for i, a := range l.Above {
		least[i+1] = 1 / (1 + math.Exp(-(place + a)))
	}
	var c Chances
	for i := range c {
		c[i] = max(0, least[i]-least[i+1])
	}
	return c
}

// Of are the chances of a pair whose chance of 较强相关 or better is known.
func (l *Levels) Of(good float64) Chances {
	good = min(max(good, 1e-12), 1-1e-12)
	return l.At(math.Log(good/(1-good)) - l.Above[1])
}

// Good is the chance of 较强相关 or better: the score of a match.
func (l *Levels) Good(place float64) float64 { return 1 / (1 + math.Exp(-(place + l.Above[1]))) }

// Median is the level, 0 to 3, that is as likely passed as missed: who names it is wrong by least.
func (c Chances) Median() int {
	sum := 0.0
	for i, p := range c {
		if sum += p; sum >= 0.5 {
			return i
		}
	}
	return 3
}
