package rank

import (
	"slices"

	"zhuanhua/match/text"
)

// phrases fills the features of whole phrases: the title of the need as it stands, and the things that it
// lists.
func phrases(q *Query, d *Doc, out *Row) {
	out[fFirst], out[fLast] = 1, -1
	if len(q.whole) >= 2 && len(q.whole) <= window {
		o := occurrences(d.runes, q.whole)
		out[fPhrase], out[fBounds] = log1p(min(o.n, mostRepeats)), float32(o.bounds)
		out[fDensity] = float32(min(o.n, mostRepeats)*len(q.whole)) / float32(max(1, d.length))
		if o.n > 0 {
			out[fFirst], out[fLast] = float32(o.first)/float32(len(d.runes)), float32(o.last)/float32(len(d.runes))
		}
	}
	if len(q.units) == 0 {
		return
	}
	whole := 0
	least, sum := float32(1), float32(0)
	for _, u := range q.units {
		share := longestPart(d.runes, u)
		if share == 1 {
			whole++
		}
		least = min(least, share)
		sum += share
	}
	n := float32(len(q.units))
	out[fUnits], out[fUnitLeast], out[fUnitMean] = float32(whole)/n, least, sum/n
}

// longestUnit is how many characters of a thing are looked for.
const longestUnit = 12

// longestPart is how much of a thing stands in a text in one piece, as a share of its characters: its
// longest beginning or end.
func longestPart(s, unit []rune) float32 {
	unit = unit[:min(len(unit), longestUnit)]
	n := len(unit)
	head, tail := 0, 0
	for i := range s {
		if s[i] == unit[0] {
			k := 1
			for k < n && i+k < len(s) && s[i+k] == unit[k] {
				k++
			}
			if head = max(head, k); head == n {
				return 1
			}
		}
		if s[i] == unit[n-1] {
			k := 1
			for k < n && i-k >= 0 && s[i-k] == unit[n-1-k] {
				k++
			}
			tail = max(tail, k)
		}
	}
	if head == 1 {
		head = 0 // one character is a coincidence
	}
	if tail == 1 {
		tail = 0
	}
	return float32(max(head, tail)) / float32(n)
}

// places tells where a phrase stands in a text.
type places struct{ n, first, last, bounds int }

// occurrences counts where sub stands in s. bounds is the best that any of them has: 1 for each side where
// the phrase ends at a mark, a blank or a function word rather than inside a longer compound.
func occurrences(s, sub []rune) places {
	var p places
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i] != sub[0] || !slices.Equal(s[i:i+len(sub)], sub) {
			continue
		}
		if p.n++; p.n == 1 {
			p.first = i
		}
		p.last = i
		bounds := 0
		if i == 0 || boundary(s[i-1]) {
			bounds++
		}
		if j := i + len(sub); j == len(s) || boundary(s[j]) {
			bounds++
		}
		p.bounds = max(p.bounds, bounds)
	}
	return p
}

func boundary(r rune) bool { return !text.IsHan(r) && !text.IsWord(r) || text.IsFunction(r) }

// charWindow is how many characters a passage has in which the characters of a title stand together.
const charWindow = 16

// characters fills the features of single characters of the need's title: 制糖 for 糖厂. How much of
// them stands in the document, and how much in one passage.
func characters(q *Query, d *Doc, sc *Scratch, out *Row) {
	if q.marks == 0 {
		return
	}
	if len(sc.chars) < 2*q.marks {
		sc.chars = make([]int32, 4*q.marks)
	}
	ever, now := sc.chars[:q.marks], sc.chars[q.marks:2*q.marks]
	clear(sc.chars[:2*q.marks])
	sc.hits = sc.hits[:0]
	all, sum, best, from := 0.0, 0.0, 0.0, 0
	for i, r := range d.runes {
		if r < 0x3400 {
			continue
		}
		n := q.chars.get(text.Single(r))
		if n < 0 {
			continue
		}
		if ever[n] == 0 {
			ever[n] = 1
			all += float64(q.rarity[n])
		}
		sc.hits = append(sc.hits, hit{int32(i), n})
		if now[n]++; now[n] == 1 {
			sum += float64(q.rarity[n])
		}
		for sc.hits[from].at <= int32(i)-charWindow {
			old := sc.hits[from].term
			if now[old]--; now[old] == 0 {
				sum -= float64(q.rarity[old])
			}
			from++
		}
		best = max(best, sum)
	}
	out[fChars], out[fCharWindow] = ratio(all, q.rare), ratio(best, q.rare)
}
