// Package family finds records that may describe one and the same achievement, in other words or in
// another year. It proposes families for people to look at and merges nothing.
package family

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"zhuanhua/match/text"
	"zhuanhua/match/vector"
)

// Item is a record as far as families are concerned.
type Item struct {
	ID      string
	Title   string
	Holders []string   // who has it: completing units
	People  []string   // who made it: completers
	Meaning vector.Vec // of title and abstract; without values where there is no encoder
}

// Why says what links two records.
type Why string

// The reasons, the surest first.
const (
	SameTitle Why = "same-title" // the titles are the same but for years, brackets and spelling
	LikeTitle Why = "like-title" // the titles share nearly all their characters in pairs
	SameOwner Why = "same-owner" // the texts mean much the same and a holder is the same
	LikeText  Why = "like-text"  // the texts mean nearly the same
)

// Link is why two records are in one family.
type Link struct {
	A       string  `json:"a"`
	B       string  `json:"b"`
	Why     Why     `json:"why"`
	Title   float64 `json:"title"`   // share of common character pairs, 0–1
	Meaning float64 `json:"meaning"` // cosine, 0 without an encoder
}

// Family is records that may be one achievement, held together by links.
type Family struct {
	IDs   []string `json:"ids"`
	Links []Link   `json:"links"`
}

// Options are the thresholds; zero fields take the defaults, which docs/intake.md argues.
type Options struct {
	LikeTitle float64 // Jaccard of the titles' character pairs
	SameOwner float64 // cosine of the texts of one holder with a completer in common
	LikeOwner float64 // cosine of the texts of one holder without one
	LikeText  float64 // cosine of any texts
	Most      int     // records up to which all texts are compared with all; beyond, only those of one holder
}

// Defaults of the thresholds.
const (
	DefaultLikeTitle = 0.80
	DefaultSameOwner = 0.74
	DefaultLikeOwner = 0.84
	DefaultLikeText  = 0.90
	defaultMost      = 20_000
)

func (o Options) withDefaults() Options {
	o.LikeTitle = cmp.Or(o.LikeTitle, DefaultLikeTitle)
	o.SameOwner = cmp.Or(o.SameOwner, DefaultSameOwner)
	o.LikeOwner = cmp.Or(o.LikeOwner, DefaultLikeOwner)
	o.LikeText = cmp.Or(o.LikeText, DefaultLikeText)
	o.Most = cmp.Or(o.Most, defaultMost)
	return o
}

// Find links the records that may be one, and returns families in the order of their first ids.
func Find(items []Item, o Options) []Family {
	f := &finder{items: items, o: o.withDefaults(), parent: make([]int, len(items)), shapes: make([]shape, len(items))}
	for i := range items {
		f.parent[i] = i
		f.shapes[i] = shapeOf(items[i].Title)
	}
	f.sameTitles()
	f.likeTitles()
	f.sameOwners()
	f.likeTexts()
	return f.families()
}

type finder struct {
	items  []Item
	o      Options
	shapes []shape
	parent []int
	links  []Link
	at     []int // of each link, its first record
}

// shape is a title reduced to what is compared.
type shape struct {
	key   string
	pairs []text.Term // each once, sorted
}

var (
	aside = regexp.MustCompile(`[(（\[【〔][^)）\]】〕]*[)）\]】〕]`)
	years = regexp.MustCompile(`(?:19|20)\d\d\s*(?:年度?|版)?`)
)

// shapeOf takes years and remarks in brackets off a title, and spelling with them.
func shapeOf(title string) shape {
	core := years.ReplaceAllString(aside.ReplaceAllString(title, ""), "")
	folded := text.Fold(core)
	var kept []rune
	for _, r := range folded.Runes {
		if text.IsWord(r) || text.IsHan(r) {
			kept = append(kept, r)
		}
	}
	s := shape{key: string(kept)}
	for i := 1; i < len(kept); i++ {
		s.pairs = append(s.pairs, text.Gram(kept[i-1], kept[i]))
	}
	slices.Sort(s.pairs)
	s.pairs = slices.Compact(s.pairs)
	return s
}

const (
	fewRunes = 4 // titles shorter than this say too little to be the same
	fewPairs = 5 // and with fewer pairs, too little to be alike
)

// Key is a title without years, remarks in brackets and spelling, "" for one that says too little to be
// told by: records of one holder with the same key are one achievement.
func Key(title string) string {
	if key := shapeOf(title).key; len([]rune(key)) >= fewRunes {
		return key
	}
	return ""
}

// sameTitles links records whose titles are reduced to the same.
func (f *finder) sameTitles() {
	first := map[string]int{}
	for i, s := range f.shapes {
		if len([]rune(s.key)) < fewRunes {
			continue
		}
		if j, ok := first[s.key]; ok {
			f.link(j, i, SameTitle)
			continue
		}
		first[s.key] = i
	}
}

// likeTitles links different titles that share nearly all pairs. A title can only be that like another
// if it shares one of its rarest few pairs with it, which keeps the comparisons few.
func (f *finder) likeTitles() {
	lists := map[text.Term][]int{}
	seen := map[string]bool{}
	var distinct []int
	for i, s := range f.shapes {
		if len(s.pairs) < fewPairs || seen[s.key] {
			continue
		}
		seen[s.key] = true
		distinct = append(distinct, i)
		for _, p := range s.pairs {
			lists[p] = append(lists[p], i)
		}
	}
	met := make([]int, len(f.items))
	for _, i := range distinct {
		pairs := slices.Clone(f.shapes[i].pairs)
		slices.SortFunc(pairs, func(a, b text.Term) int {
			return cmp.Or(len(lists[a])-len(lists[b]), cmp.Compare(a, b))
		})
		need := int(f.o.LikeTitle * float64(len(pairs)))
		for _, p := range pairs[:min(len(pairs), len(pairs)-need+1)] {
			for _, j := range lists[p] {
				if j == i || met[j] == i+1 || len(f.shapes[j].pairs) < len(pairs) {
					continue
				}
				met[j] = i + 1
				if jaccard(pairs, f.shapes[j].pairs) >= f.o.LikeTitle {
					f.link(min(i, j), max(i, j), LikeTitle)
				}
			}
		}
	}
}

// jaccard is the share of common pairs; b is sorted.
func jaccard(a, b []text.Term) float64 {
	common := 0
	for _, p := range a {
		if _, ok := slices.BinarySearch(b, p); ok {
			common++
		}
	}
	if common == 0 {
		return 0
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

// mostOfHolder bounds the records of one holder that are compared with each other.
const mostOfHolder = 5000

// sameOwners links texts of like meaning that share a holder.
func (f *finder) sameOwners() {
	of := map[string][]int{}
	for i, it := range f.items {
		for _, h := range it.Holders {
			if key := shapeOf(h).key; key != "" && len(it.Meaning.Q) > 0 && !slices.Contains(of[key], i) {
				of[key] = append(of[key], i)
			}
		}
	}
	for _, list := range of {
		list = list[:min(len(list), mostOfHolder)]
		for x, i := range list {
			for _, j := range list[x+1:] {
				if f.cosine(i, j) >= f.ownerThreshold(i, j) {
					f.link(i, j, SameOwner)
				}
			}
		}
	}
}

// ownerThreshold asks less of two texts whose makers are in part the same people.
func (f *finder) ownerThreshold(i, j int) float64 {
	if slices.ContainsFunc(f.items[i].People, func(p string) bool { return slices.Contains(f.items[j].People, p) }) {
		return f.o.SameOwner
	}
	return f.o.LikeOwner
}

// likeTexts links texts of nearly the same meaning, whoever holds them.
func (f *finder) likeTexts() {
	if len(f.items) > f.o.Most {
		return
	}
	for i := range f.items {
		for j := range i {
			if f.cosine(i, j) >= f.o.LikeText {
				f.link(j, i, LikeText)
			}
		}
	}
}

func (f *finder) cosine(i, j int) float64 {
	a, b := f.items[i].Meaning, f.items[j].Meaning
	if len(a.Q) == 0 || len(a.Q) != len(b.Q) {
		return 0
	}
	return float64(a.Dot(b))
}

// link joins two records; a later, weaker reason for the same two is not told.
func (f *finder) link(i, j int, why Why) {
	a, b := f.root(i), f.root(j)
	if a == b {
		return
	}
	f.parent[max(a, b)] = min(a, b)
	f.links = append(f.links, Link{A: f.items[i].ID, B: f.items[j].ID, Why: why,
		Title: jaccard(f.shapes[i].pairs, f.shapes[j].pairs), Meaning: f.cosine(i, j)})
	f.at = append(f.at, i)
}

func (f *finder) root(i int) int {
	for f.parent[i] != i {
		f.parent[i] = f.parent[f.parent[i]]
		i = f.parent[i]
	}
	return i
}

func (f *finder) families() []Family {
	of := map[int]*Family{}
	var order []int
	for i, it := range f.items {
		r := f.root(i)
		if of[r] == nil {
			of[r] = &Family{}
			order = append(order, r)
		}
		of[r].IDs = append(of[r].IDs, it.ID)
	}
	for n, l := range f.links {
		fam := of[f.root(f.at[n])]
		fam.Links = append(fam.Links, l)
	}
	var out []Family
	for _, r := range order {
		if fam := of[r]; len(fam.IDs) > 1 {
			slices.SortFunc(fam.Links, func(a, b Link) int { return cmp.Or(strings.Compare(a.A, b.A), strings.Compare(a.B, b.B)) })
			out = append(out, *fam)
		}
	}
	return out
}
