// Package report writes a matching run for people, as an xlsx workbook and as one HTML page, each
// whole or not at all. It ranks nothing and judges nothing: it shows what it is given, with the
// quotations in their places.
package report

import (
	"time"

	"zhuanhua/intake"
	"zhuanhua/match"
)

// Pair is one proposed match and the achievement it names.
type Pair struct {
	Match       match.Match
	Achievement *intake.Achievement
	Same        []*intake.Achievement // by Match.Same: other wordings of it
}

// NeedResult is one need with its matches, best first.
type NeedResult struct {
	Need   *intake.Need
	Pairs  []Pair
	NoGood *match.NoGood // there where no pair is a good match: what the library lacks
}

// Input is all that a report tells.
type Input struct {
	Results      []NeedResult
	Achievements int       // how many achievements were compared
	MadeAt       time.Time // shown in Beijing time
	How          string    // how it was made, one Chinese sentence: version, mode, model
	HowEnglish   string    // the same in English
	Example      bool      // the data is invented (示例)
}

// beijing is fixed, so that a server without a time zone database writes the same report.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }

// proposed are the pairs to show: a pair of level None is no proposal.
func (r NeedResult) proposed() []Pair {
	for _, p := range r.Pairs {
		if !shown(p.Match.Level) {
			kept := make([]Pair, 0, len(r.Pairs))
			for _, p := range r.Pairs {
				if shown(p.Match.Level) {
					kept = append(kept, p)
				}
			}
			return kept
		}
	}
	return r.Pairs
}

// tally counts a need's pairs by level.
type tally struct {
	strong, fair, weak int
	best               float64 // highest score, 0 without a pair
}

func count(pairs []Pair) tally {
	var t tally
	for _, p := range pairs {
		switch p.Match.Level {
		case match.Strong:
			t.strong++
		case match.Fair:
			t.fair++
		case match.Weak:
			t.weak++
		}
		t.best = max(t.best, unit(p.Match.Score))
	}
	return t
}

// level is the best level among the pairs counted.
func (t tally) level() match.Level {
	switch {
	case t.strong > 0:
		return match.Strong
	case t.fair > 0:
		return match.Fair
	case t.weak > 0:
		return match.Weak
	}
	return match.None
}

// unit keeps a score within 0–1 and turns what is not a number into 0: neither file format has a
// word for it.
func unit(score float64) float64 {
	if !(score > 0) {
		return 0
	}
	return min(score, 1)
}
