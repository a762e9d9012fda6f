package plan

import "slices"

// nearest is the word among choices that is most like word, "" when none is: what a typing error meant.
func nearest(word string, choices []string) string {
	best, least := "", len([]rune(word))/3+2
	for _, c := range slices.Sorted(slices.Values(choices)) {
		d := distance([]rune(word), []rune(c))
		if d < least || d == least && best != "" && len(c) == len(word) && len(best) != len(word) {
			best, least = c, d // of two as near, the one as long: "=>" meant ">=" and not ">"
		}
	}
	return best
}

// distance counts insertions, deletions, changes and swaps of neighbours between two words. Words are
// cut to 60 runes: it serves suggestions only.
func distance(a, b []rune) int {
	// Three rows are enough: this one, the last, and the one before it for swaps.
	a, b = a[:min(len(a), 60)], b[:min(len(b), 60)]
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// or is a suggestion, or another where there is none: a fault always says how to mend it.
func (t Text) or(other Text) Text {
	if t.IsZero() {
		return other
	}
	return t
}

// meant suggests the nearest of the choices, or lists them when none is near and they are few.
func meant(word string, choices []string) Text {
	if n := nearest(word, choices); n != "" {
		return say("是不是 "+n+"？", "did you mean "+n+"?")
	}
	// A longer list helps nobody who mistyped one word.
	if len(choices) == 0 || len(choices) > 24 {
		return Text{}
	}
	list := ""
	for i, c := range choices {
		if i > 0 {
			list += ", "
		}
		list += c
	}
	return say("可用的是："+list, "there are: "+list)
}
