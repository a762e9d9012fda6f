// Package rank judges pairs of a need and an achievement: it turns a pair into features, and features
// into one number with small networks that were learned from graded pairs, and the number into chances
// of the four levels. It knows no index and no encoder: what those say of a pair is handed in.
package rank

import (
	"math"
	"strings"

	"zhuanhua/match/text"
)

// Text is one text of a need or an achievement, in the order of the record.
type Text struct {
	Raw   string
	Title bool // a title or keywords: what names the thing
}

// gap lies between two texts, so that nothing reaches from one into the other.
const gap = 64

// mostRead is how many characters of an achievement are judged by: a book is not read for every need.
const mostRead = 3000

// Doc is an achievement taken apart for judging. It may be read again, which reuses its memory.
type Doc struct {
	terms  []text.Place // of all texts, titles first; places run on, with a gap between texts
	titles int          // so many terms are the titles'
	length int          // folded characters
	titled int          // folded characters of the titles
	runes  []rune
	folded text.Folded
}

// NewDoc takes the texts of an achievement apart.
func NewDoc(texts []Text) *Doc {
	d := &Doc{}
	d.Read(texts)
	return d
}

// Read takes other texts apart.
func (d *Doc) Read(texts []Text) {
	d.terms, d.runes, d.length = d.terms[:0], d.runes[:0], 0
	for _, titles := range []bool{true, false} {
		for i := range texts {
			if texts[i].Title == titles && d.length < mostRead {
				d.add(texts[i].Raw)
			}
		}
		if titles {
			d.titles, d.titled = len(d.terms), d.length
		}
	}
}

func (d *Doc) add(raw string) {
	if len(raw) > 4*mostRead {
		raw = raw[:4*mostRead] // a character cut in two folds to a blank
	}
	d.folded.Fold(raw)
	runes := d.folded.Runes
	runes = runes[:min(len(runes), mostRead-d.length)]
	if len(d.runes) > 0 {
		for range gap {
			d.runes = append(d.runes, ' ')
		}
	}
	d.terms = text.AppendPlaces(d.terms, runes, int32(len(d.runes)))
	d.runes = append(d.runes, runes...)
	d.length += len(runes)
}

// units cuts a title that lists things into them: "减压 保鲜；热处理" asks for three.
func units(title []rune) [][]rune {
	var out [][]rune
	start := 0
	for i := 0; i <= len(title); i++ {
		if i < len(title) && !strings.ContainsRune(" ;,、|/()；，", title[i]) {
			continue
		}
		if i-start >= 2 {
			out = append(out, title[start:i])
		}
		start = i + 1
	}
	return out
}

func log1p[N int | int32](n N) float32 { return float32(math.Log1p(float64(n))) }

func ratio(a, b float64) float32 {
	if b <= 0 {
		return 0
	}
	return float32(a / b)
}
