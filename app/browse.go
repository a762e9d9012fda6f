package app

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"zhuanhua"
)

// Facet is one thing that a list can be narrowed by.
type Facet string

// The facets.
const (
	FacetField    Facet = "field"
	FacetIndustry Facet = "industry"
	FacetRegion   Facet = "region"
	FacetMaturity Facet = "maturity"
	FacetMode     Facet = "mode"
	FacetPrice    Facet = "price"
	FacetYear     Facet = "year"
)

// Facets lists the facets in the order in which they are shown.
func Facets() []Facet {
	return []Facet{FacetField, FacetMaturity, FacetMode, FacetRegion, FacetPrice, FacetIndustry, FacetYear}
}

// Values of the facets that are ranges.
const (
	MaturityEarly  = "1-3"
	MaturityLab    = "4-5"
	MaturityPilot  = "6-7"
	MaturityMature = "8-9"
	PriceOpen      = "open" // not stated
)

// priceSteps are the upper bounds of the price ranges in 万元.
var priceSteps = [...]int64{50, 100, 300, 1000}

// PriceRange is the range that a price lies in: "0-50", "50-100", … "1000-", PriceOpen.
func PriceRange(m *zhuanhua.Money) string {
	if m == nil {
		return PriceOpen
	}
	from := int64(0)
	for _, step := range priceSteps {
		if *m <= zhuanhua.Money(step)*zhuanhua.WanYuan {
			return strconv.FormatInt(from, 10) + "-" + strconv.FormatInt(step, 10)
		}
		from = step
	}
	return strconv.FormatInt(from, 10) + "-"
}

// PriceRanges lists the ranges from the least on.
func PriceRanges() []string {
	return []string{"0-50", "50-100", "100-300", "300-1000", "1000-", PriceOpen}
}

// MaturityRange is the range that a readiness lies in, "" when it is not stated.
func MaturityRange(t zhuanhua.TRL) string {
	switch {
	case t >= 8:
		return MaturityMature
	case t >= 6:
		return MaturityPilot
	case t >= 4:
		return MaturityLab
	case t >= 1:
		return MaturityEarly
	}
	return ""
}

// values are what an entry counts for under a facet.
func (e *Entry) values(f Facet, out []string) []string {
	add := func(v string) {
		if v != "" {
			out = append(out, v)
		}
	}
	switch f {
	case FacetField:
		add(e.Field)
	case FacetIndustry:
		out = append(out, e.Industry...)
	case FacetRegion:
		for _, r := range e.Regions {
			out = addOnce(out, string(r.Province()))
			if city := r.City(); city != "" {
				out = addOnce(out, string(city))
			}
		}
	case FacetMaturity:
		add(MaturityRange(e.Maturity))
	case FacetMode:
		for _, m := range e.Modes {
			out = addOnce(out, string(m))
		}
	case FacetPrice:
		add(PriceRange(e.Price))
	case FacetYear:
		if !e.Updated.IsZero() {
			add(strconv.Itoa(e.Updated.In(beijing()).Year()))
		}
	}
	return out
}

func addOnce(list []string, v string) []string {
	if v == "" || slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// beijing is fixed, so that no time zone of the machine moves a record into another year.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }

// Sort is the order of a list.
type Sort string

// The orders.
const (
	SortNewest   Sort = "new"
	SortBest     Sort = "best" // only where words are asked for
	SortCheapest Sort = "cheap"
	SortDearest  Sort = "dear"
	SortMature   Sort = "mature"
)

// Browse is what of a hall is asked for.
type Browse struct {
	Noun   zhuanhua.Noun
	Chosen map[Facet][]string
	Among  []string          // ids in their order, best first, where words are asked for; nil: all
	Joined map[string]string // of Among: the id that stands for a record of the same achievement
	Apart  bool              // each wording of an achievement by itself; else one stands for all
	Sort   Sort
	From   int // how many to pass over
	Count  int
}

// List is what a hall shows.
type List struct {
	Entries []*Entry
	Others  map[string][]*Entry      // by the id of an entry: the other wordings of its achievement
	Total   int                      // lines
	Records int                      // that these stand for
	Whole   int                      // records without any filter
	Counts  map[Facet]map[string]int // records under the other filters, so that a count tells what one more click gives
}

// Browse narrows, counts and sorts.
func (c *Catalogue) Browse(b Browse) *List {
	s := c.now.Load()
	if s.words[b.Noun] == nil {
		return &List{Counts: map[Facet]map[string]int{}} // nothing has been read yet
	}
	v := c.arrange(s, b)
	out := &List{Whole: len(s.entries[b.Noun]), Total: len(v.lines), Records: v.records, Counts: v.counts, Others: v.others}
	from := min(max(b.From, 0), len(v.lines))
	out.Entries = v.lines[from:min(from+b.Count, len(v.lines))]
	return out
}

// arranged is what a filter leaves, in order, with the wordings of one achievement as one line.
type arranged struct {
	lines   []*Entry
	others  map[string][]*Entry
	records int
	counts  map[Facet]map[string]int
}

// arrange narrows, counts, sorts and folds. Of a whole shelf it is remembered: who pages through a list
// asks the same again.
func (c *Catalogue) arrange(s *shelves, b Browse) arranged {
	if b.Among != nil {
		list := make([]*Entry, 0, len(b.Among))
		for _, id := range b.Among {
			if e := s.byID[b.Noun][id]; e != nil {
				list = append(list, e)
			}
		}
		return s.arrange(b, list)
	}
	question := b.question()
	if known, ok := c.filtered.get(s, question); ok {
		return known
	}
	v := s.arrange(b, s.entries[b.Noun])
	c.filtered.put(s, question, v)
	return v
}

func (s *shelves) arrange(b Browse, list []*Entry) arranged {
	passing, counts := s.words[b.Noun].narrow(list, b.Chosen)
	v := arranged{records: len(passing), counts: counts}
	if v.lines = order(passing, b); !b.Apart {
		v.lines, v.others = s.fold(b.Noun, v.lines, b.Joined)
	}
	return v
}

// question tells one way of browsing a whole shelf from another.
func (b *Browse) question() string {
	out := string(b.Noun) + "\n" + string(b.Sort)
	if b.Apart {
		out += "\napart"
	}
	for _, f := range Facets() {
		for _, v := range slices.Sorted(slices.Values(b.Chosen[f])) {
			out += "\n" + string(f) + "=" + v
		}
	}
	return out
}

// Passing are the ids of every record that passes, in the order of the list.
func (c *Catalogue) Passing(b Browse) []string {
	b.From, b.Count, b.Apart = 0, 1<<30, true
	list := c.Browse(b)
	ids := make([]string, len(list.Entries))
	for i, e := range list.Entries {
		ids[i] = e.ID
	}
	return ids
}

// facetWords are the values of each facet on a shelf by number, in the order in which they came.
type facetWords struct {
	number [facetCount]map[string]uint16
	word   [facetCount][]string
}

// facetCount is how many facets there are.
const facetCount = 7

// mostWords is how many different values of a facet are told apart; all later ones count as the last.
const mostWords = 1<<16 - 1

// file notes under which values an entry counts, as numbers: counting a hundred thousand is then quick.
func (w *facetWords) file(e *Entry, buf []string) []string {
	e.codes = e.codes[:0]
	for i, f := range Facets() {
		e.ends[i] = uint16(len(e.codes))
		buf = e.values(f, buf[:0])
		for _, v := range buf {
			n, ok := w.number[i][v]
			if !ok && len(w.word[i]) <= mostWords {
				if w.number[i] == nil {
					w.number[i] = map[string]uint16{}
				}
				n = uint16(len(w.word[i]))
				w.number[i][v] = n
				w.word[i] = append(w.word[i], v)
			}
			e.codes = append(e.codes, n)
		}
	}
	e.ends[facetCount] = uint16(len(e.codes))
	return buf
}

// wanted are the chosen values of each facet as a mask by number; nil where nothing is chosen.
func (w *facetWords) wanted(chosen map[Facet][]string) (out [facetCount][]bool) {
	for i, f := range Facets() {
		if len(chosen[f]) == 0 {
			continue
		}
		out[i] = make([]bool, len(w.word[i]))
		for _, v := range chosen[f] {
			if n, ok := w.number[i][v]; ok {
				out[i][n] = true
			}
		}
	}
	return out
}

// narrow returns what passes all chosen values, and counts for each facet what passes the others.
func (w *facetWords) narrow(list []*Entry, chosen map[Facet][]string) ([]*Entry, map[Facet]map[string]int) {
	want := w.wanted(chosen)
	var counts [facetCount][]int
	for i := range counts {
		counts[i] = make([]int, len(w.word[i]))
	}
	passing := list
	if len(chosen) > 0 {
		passing = nil
	}
	for _, e := range list {
		fails, only := e.fails(&want)
		if fails == 0 && len(chosen) > 0 {
			passing = append(passing, e)
		}
		for i := range facetCount {
			if fails == 0 || fails == 1 && only == i {
				for _, n := range e.codes[e.ends[i]:e.ends[i+1]] {
					counts[i][n]++
				}
			}
		}
	}
	out := map[Facet]map[string]int{}
	for i, f := range Facets() {
		out[f] = map[string]int{}
		for n, count := range counts[i] {
			if count > 0 {
				out[f][w.word[i][n]] = count
			}
		}
	}
	return passing, out
}

// fails is how many facets an entry does not pass, and the last of them.
func (e *Entry) fails(want *[facetCount][]bool) (fails, only int) {
	only = -1
	for i := range facetCount {
		if want[i] != nil && !slices.ContainsFunc(e.codes[e.ends[i]:e.ends[i+1]], func(n uint16) bool { return want[i][n] }) {
			fails, only = fails+1, i
		}
	}
	return fails, only
}

// order sorts a copy of the list; the newest first and the best first are how lists come.
func order(list []*Entry, b Browse) []*Entry {
	var by func(x, y *Entry) int
	price := func(e *Entry, none zhuanhua.Money) zhuanhua.Money {
		if e.Price == nil {
			return none
		}
		return *e.Price
	}
	switch b.Sort {
	case SortCheapest:
		by = func(x, y *Entry) int { return cmp.Compare(price(x, 1<<62), price(y, 1<<62)) }
	case SortDearest:
		by = func(x, y *Entry) int { return cmp.Compare(price(y, -1), price(x, -1)) }
	case SortMature:
		by = func(x, y *Entry) int { return cmp.Compare(y.Maturity, x.Maturity) }
	case SortNewest:
		if b.Among == nil {
			return list
		}
		by = func(x, y *Entry) int { return y.Updated.Compare(x.Updated) }
	default:
		return list
	}
	list = slices.Clone(list)
	if b.Among != nil {
		slices.SortStableFunc(list, by)
		return list
	}
	slices.SortFunc(list, func(x, y *Entry) int { return cmp.Or(by(x, y), cmp.Compare(x.number, y.number)) }) // several times quicker
	return list
}

// onAllCores does n things on all cores.
func onAllCores(n int, do func(i int)) {
	var all sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), n) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}
