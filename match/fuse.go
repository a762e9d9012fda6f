package match

import "math"

// Fusion of the two signals. Both are absolute, so scores of different needs compare:
//
//   - coverage is the BM25 score divided by the highest score that the need's terms could give any
//     document: the share of what the need says, weighed by rarity, that the achievement says too;
//   - cosine is the similarity of the encoder's vectors, for long documents of the nearest passage.
//
// cosineWeight was chosen on the dev halves of all evaluation sets (docs/quality.md): values between
// 0.4 and 1 differ by less than 0.01 in nDCG on any of them. Dividing by a query's best score, z-scores
// and reciprocal ranks were no better anywhere and say nothing between queries.
const cosineWeight = 0.5

// charWeight is the weight of single Han characters beside pairs (1): they bridge words that share
// a character (糖厂, 制糖), and on every evaluation set it helps (docs/quality.md).
const charWeight = 0.2

// signals are what is known of a pair before it is judged.
type signals struct {
	coverage float64 // 0–1
	cosine   float64 // −1–1; meaningless without dense
	dense    bool
}

// raw is the ranking value of a pair.
func (s signals) raw() float64 {
	if !s.dense {
		return s.coverage
	}
	return (s.coverage + cosineWeight*math.Max(s.cosine, 0)) / (1 + cosineWeight)
}

// background is how the library as a whole stands to a query: the mean and spread of the ranking
// value. Long texts are nearer to everything than short ones, so how far a document stands out
// from the rest tells more than its value.
type background struct{ mean, spread float64 }

// usual is the background of the evaluation libraries; it counts like usualWeight documents, so that
// a library of three still gives sober scores.
const usualWeight = 20

// judge turns a ranking value into a score: the chance that a person who works in technology
// transfer calls the pair 强相关 or 较强相关. The coefficients are a logistic regression on the graded pairs of
// examples/ and of the bdci2019 dev half, both sets weighing the same (docs/quality.md).
type judge struct {
	usual                     background
	ofValue, ofDistance, base float64
}

var (
	hybridJudge  = judge{background{0.14, 0.025}, 3.0, 1.18, -5.3}
	denseJudge   = judge{background{0.45, 0.068}, 0, 1.15, -4.3}
	lexicalJudge = judge{background{0.006, 0.006}, 0, 0.544, -3.6}
)

func judgeOf(m Mode) judge {
	switch m {
	case Lexical:
		return lexicalJudge
	case Dense:
		return denseJudge
	}
	return hybridJudge
}

// outlier is how many usual spreads above the usual mean a value counts at most: in a library of two
// the match itself must not pass for the background.
const outlier = 6

// fine is the unit in which values are summed up: whole numbers give the same sum in any order, and
// the order of documents depends on how a library came about.
const fine = 1 << 40

// settle mixes measured values of the library with the usual background.
func (j judge) settle(values []float64) background {
	highest := j.usual.mean + outlier*j.usual.spread
	n := float64(usualWeight + len(values))
	sum := int64(0)
	for _, v := range values {
		sum += int64(min(v, highest) * fine)
	}
	mean := (usualWeight*j.usual.mean + float64(sum)/fine) / n
	square := func(x float64) float64 { return x * x }
	sum = 0
	for _, v := range values {
		sum += int64(square(min(v, highest)-mean) * fine)
	}
	variance := (usualWeight*(square(j.usual.spread)+square(j.usual.mean-mean)) + float64(sum)/fine) / n
	return background{mean, math.Sqrt(variance)}
}

func (j judge) score(raw float64, bg background) float64 {
	distance := (raw - bg.mean) / math.Max(bg.spread, 1e-6)
	return 1 / (1 + math.Exp(-(j.ofValue*raw + j.ofDistance*distance + j.base)))
}

// The least score of each level. A score is a chance, so each follows from what errors cost a user
// (docs/quality.md): calling a pair strong that is not good costs half as much again as only calling a
// good one fair (an hour against a match that comes second): 1.5/2.5. Calling a pair fair that is not
// good costs half of calling a good one weak (a text read in vain against a match that may be lost):
// 1/3. Showing a line costs a sixth of not showing a good match: about 0.15.
const (
	leastStrong = 0.60
	leastFair   = 0.33
	leastWeak   = 0.15
)

// LevelOf is the level of a score.
func LevelOf(score float64) Level {
	switch {
	case score >= leastStrong:
		return Strong
	case score >= leastFair:
		return Fair
	case score >= leastWeak:
		return Weak
	}
	return None
}
