package rank

import (
	"slices"

	"zhuanhua/match/text"
)

// IDF tells how rare a term is in the library: ln(1 + (N − df + 0.5)/(df + 0.5)).
type IDF func(text.Term) float64

// Query is a need taken apart for judging. It may be used by many goroutines.
type Query struct {
	table  table
	terms  []asked
	chars  table // Han characters of the titles, by number
	marks  int   // so many different ones
	rarity []float32
	rare   float64 // sum over rarity
	titles int     // characters of the titles
	length int     // characters of all texts
	body   bool
	idf    float64 // sum over distinct terms
	named  float64 // the same, of the titles
	units  [][]rune
	whole  []rune // the title, when it is one text
}

// asked is a distinct term of a need.
type asked struct {
	idf   float32
	named bool    // stands in a title
	at    []int32 // places, the first few
}

const mostPlaces = 8

// longestQuery is how many characters of a need are judged by: a need of 200,000 characters has said
// what it wants long before.
const longestQuery = 4000

// longestTitle is how many characters of a title are looked for one by one.
const longestTitle = 200

// mostUnits is how many things a title may list that are looked for one by one.
const mostUnits = 12

// NewQuery takes the texts of a need apart.
func NewQuery(texts []Text, idf IDF) *Query {
	q := &Query{table: newTable(256), chars: newTable(64)}
	at := int32(0)
	for _, titles := range []bool{true, false} {
		for _, t := range texts {
			if t.Title == titles && q.length <= longestQuery {
				at = q.add(t, at, idf)
			}
		}
	}
	return q
}

func (q *Query) add(t Text, base int32, idf IDF) int32 {
	raw := t.Raw[:min(len(t.Raw), 4*longestQuery)]
	f := text.Fold(raw)
	f.Runes = f.Runes[:min(len(f.Runes), longestQuery)]
	for _, p := range text.AppendPlaces(nil, f.Runes, base) {
		i, fresh := q.table.put(p.Term, int32(len(q.terms)))
		if fresh {
			q.terms = append(q.terms, asked{idf: float32(idf(p.Term))})
			q.idf += float64(q.terms[i].idf)
		}
		a := &q.terms[i]
		if t.Title && !a.named {
			a.named = true
			q.named += float64(a.idf)
		}
		if len(a.at) < mostPlaces {
			a.at = append(a.at, p.At)
		}
	}
	q.length += len(f.Runes)
	if t.Title {
		q.title(f.Runes, idf)
	} else {
		q.body = true
	}
	return base + int32(len(f.Runes)) + gap
}

// title notes what a title is made of: the things it lists, and its characters one by one.
func (q *Query) title(runes []rune, idf IDF) {
	q.titles += len(runes)
	if q.whole == nil {
		q.whole = slices.Clone(runes)
	}
	q.units = append(q.units, units(runes)...)
	q.units = q.units[:min(len(q.units), mostUnits)]
	for _, r := range runes[:min(len(runes), longestTitle)] {
		if !text.IsHan(r) {
			continue
		}
		if _, fresh := q.chars.put(text.Single(r), int32(q.marks)); fresh {
			q.marks++
			w := float32(idf(text.Single(r)))
			q.rarity = append(q.rarity, w)
			q.rare += float64(w)
		}
	}
}

// table is a hash table from terms to small numbers, quicker than a map for a few thousand look-ups.
type table struct {
	keys []text.Term
	vals []int32
	used int
}

func newTable(size int) table { return table{keys: make([]text.Term, size), vals: make([]int32, size)} }

func slot(t text.Term, n int) int {
	h := uint64(t) * 0x9E3779B97F4A7C15
	return int(h>>32) & (n - 1)
}

// get is the number of a term, −1 when it is not there. No term is 0.
func (t *table) get(k text.Term) int32 {
	for i := slot(k, len(t.keys)); ; i = (i + 1) & (len(t.keys) - 1) {
		switch t.keys[i] {
		case k:
			return t.vals[i]
		case 0:
			return -1
		}
	}
}

// put gives a term a number unless it has one, and tells which it has.
func (t *table) put(k text.Term, v int32) (number int32, fresh bool) {
	if 4*t.used >= len(t.keys) {
		t.grow()
	}
	i := slot(k, len(t.keys))
	for t.keys[i] != 0 {
		if t.keys[i] == k {
			return t.vals[i], false
		}
		i = (i + 1) & (len(t.keys) - 1)
	}
	t.keys[i], t.vals[i] = k, v
	t.used++
	return v, true
}

func (t *table) grow() {
	old := *t
	*t = newTable(2 * len(old.keys))
	for i, k := range old.keys {
		if k != 0 {
			t.put(k, old.vals[i])
		}
	}
}
