package classify

import (
	"math"
	"slices"
	"strings"

	"zhuanhua/match/text"
)

// row is one text in the space of terms: the ids of its terms, ascending, and their weights.
type row struct {
	id []int32
	w  []float32
}

// terms cuts a text into all runs of up to longest Han characters, and words of letters and digits.
func terms(s string, longest int) []text.Term {
	f := text.Fold(s)
	var out []text.Term
	for i := 0; i < len(f.Runes); {
		end := i + 1
		switch {
		case text.IsHan(f.Runes[i]):
			for end < len(f.Runes) && text.IsHan(f.Runes[end]) {
				end++
			}
			out = appendRuns(out, f.Runes[i:end], longest)
		case text.IsWord(f.Runes[i]):
			for end < len(f.Runes) && text.IsWord(f.Runes[end]) {
				end++
			}
			out = append(out, text.Word(f.Runes[i:end]))
		}
		i = end
	}
	return out
}

func appendRuns(out []text.Term, run []rune, longest int) []text.Term {
	for i, r := range run {
		out = append(out, text.Single(r))
		if longest >= 2 && i+1 < len(run) {
			out = append(out, text.Gram(r, run[i+1]))
		}
		if longest >= 3 && i+2 < len(run) {
			out = append(out, text.Word(run[i:i+3])) // Han runs and words share no characters
		}
	}
	return out
}

// count is a text's terms, each once, with how often it occurs.
type count struct {
	term []text.Term
	n    []int32
}

func countTerms(s string, longest int) count {
	list := terms(s, longest)
	slices.Sort(list)
	var c count
	for i, t := range list {
		if i > 0 && t == list[i-1] {
			c.n[len(c.n)-1]++
			continue
		}
		c.term, c.n = append(c.term, t), append(c.n, 1)
	}
	return c
}

// countAll counts the terms of many texts, on all cores.
func countAll(texts []string, longest int) []count {
	out := make([]count, len(texts))
	parallel(len(texts), func(i int) { out[i] = countTerms(texts[i], longest) })
	return out
}

// vocabulary gives the terms of a file their ids and their weights by rarity.
type vocabulary struct {
	ids map[text.Term]int32
	idf []float32
}

// learnVocabulary takes the terms of texts; ids follow the order in which they first occur.
func learnVocabulary(counts []count) *vocabulary {
	v := &vocabulary{ids: map[text.Term]int32{}}
	var df []int32
	for _, c := range counts {
		for _, t := range c.term {
			id, ok := v.ids[t]
			if !ok {
				id = int32(len(df))
				v.ids[t], df = id, append(df, 0)
			}
			df[id]++
		}
	}
	v.idf = make([]float32, len(df))
	for i, n := range df {
		v.idf[i] = float32(math.Log(float64(1+len(counts))/float64(1+n)) + 1)
	}
	return v
}

// extend takes in terms that none of n texts held.
func (v *vocabulary) extend(counts []count, n int) {
	rarest := float32(math.Log(float64(1+n)) + 1)
	for _, c := range counts {
		for _, t := range c.term {
			if _, ok := v.ids[t]; !ok {
				v.ids[t] = int32(len(v.idf))
				v.idf = append(v.idf, rarest)
			}
		}
	}
}

// row weighs a text's known terms by (1 + ln tf) · idf and makes the length 1. A text without known
// terms is an empty row.
func (v *vocabulary) row(c count) row {
	var r row
	for i, t := range c.term {
		if id, ok := v.ids[t]; ok {
			r.id = append(r.id, id)
			r.w = append(r.w, float32(1+math.Log(float64(c.n[i])))*v.idf[id])
		}
	}
	sortRow(&r)
	var sum float64
	for _, x := range r.w {
		sum += float64(x) * float64(x)
	}
	if sum > 0 {
		scale := float32(1 / math.Sqrt(sum))
		for i := range r.w {
			r.w[i] *= scale
		}
	}
	return r
}

func (v *vocabulary) rows(counts []count) []row {
	out := make([]row, len(counts))
	parallel(len(counts), func(i int) { out[i] = v.row(counts[i]) })
	return out
}

func sortRow(r *row) {
	order := make([]int, len(r.id))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(r.id[a] - r.id[b]) })
	id, w := make([]int32, len(order)), make([]float32, len(order))
	for i, at := range order {
		id[i], w[i] = r.id[at], r.w[at]
	}
	r.id, r.w = id, w
}

// dot is the product of a row with a weight for each term.
func (r row) dot(w []float32) float32 {
	var sum float32
	for i, id := range r.id {
		sum += r.w[i] * w[id]
	}
	return sum
}

// isBlank reports whether a text holds nothing that could be compared.
func isBlank(s string) bool {
	return strings.TrimSpace(s) == "" || len(terms(s, 1)) == 0
}
