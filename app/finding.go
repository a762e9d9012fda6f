package app

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/match/text"
)

// Finder answers searches and matches over the newest index that there is. It is safe for concurrent
// use; before the first index is there it finds nothing and says so.
type Finder struct {
	index     atomic.Pointer[Index]
	catalogue *Catalogue
	searched  memo[Hits]
	liked     memo[[]*Entry]
}

// NewFinder makes a finder over a catalogue; Use hands it an index.
func NewFinder(c *Catalogue) *Finder {
	f := &Finder{catalogue: c}
	f.liked.most = mostLiked
	return f
}

// Use takes an index in place of the one before, such as one with vectors for one of words alone.
func (f *Finder) Use(x *Index) { f.index.Store(x) }

// Ready reports whether there is an index.
func (f *Finder) Ready() bool { return f.index.Load() != nil }

// Mode says which signals rank: words alone while vectors are still made.
func (f *Finder) Mode() match.Mode {
	if x := f.index.Load(); x != nil {
		return x.Engine(zhuanhua.NounAchievement).Mode()
	}
	return match.Lexical
}

func (f *Finder) engine(n zhuanhua.Noun) (*match.Engine, error) {
	x := f.index.Load()
	if x == nil {
		return nil, zhuanhua.Unavailable("search", "the index is being made", "try again in a minute", nil)
	}
	return x.Engine(n), nil
}

// MostFound is how many records a search finds at most: nobody reads on, and a count says "or more".
const MostFound = 200

// mostJoined is of how many records found it is asked whether they mean one achievement: those of the first
// pages. Further down only what the records themselves say joins them.
const mostJoined = 60

// Hits are what a search finds.
type Hits struct {
	IDs    []string          // best first
	Joined map[string]string // of other wordings of an achievement: the id that stands for them
	Words  []string          // to mark in what is shown
	Heard  []Heard           // words that were typed by their sound
}

// Search finds the records for a typed query.
func (f *Finder) Search(ctx context.Context, n zhuanhua.Noun, typed string) (Hits, error) {
	e, err := f.engine(n)
	if err != nil {
		return Hits{}, err
	}
	shelves := f.catalogue.now.Load()
	question := string(n) + " " + string(e.Mode()) + " " + typed
	if known, ok := f.searched.get(shelves, question); ok {
		return known, nil
	}
	q, err := match.ParseSearch(typed, intake.RegionOf)
	if err != nil {
		return Hits{}, err
	}
	var heard []Heard
	q.Words, heard = shelves.hear(n, q.Words)
	q.Apart = true
	found, err := e.Search(ctx, &q, MostFound)
	if err != nil {
		return Hits{}, err
	}
	hits := Hits{IDs: []string{}, Heard: heard, Words: append(strings.Fields(q.Words), q.Phrases...)}
	var first []match.Other
	for i, hit := range found {
		hits.IDs = append(hits.IDs, hit.ID)
		if i < mostJoined {
			first = append(first, match.Other{ID: hit.ID, Score: hit.Score})
		}
	}
	if n == zhuanhua.NounAchievement && q.Words != "" {
		hits.Joined = e.Joined(first)
	}
	if len(hits.IDs) == 0 { // perhaps it was typed by its sound
		for _, hit := range f.catalogue.Suggest(n, typed, MostFound) {
			hits.IDs = append(hits.IDs, hit.ID)
		}
	}
	f.searched.put(shelves, question, hits)
	return hits, nil
}

// Document is a record as the engine sees it, nil where there is none.
func (f *Finder) Document(n zhuanhua.Noun, id string) *match.Document {
	e, err := f.engine(n)
	if err != nil {
		return nil
	}
	return e.Document(id)
}

// MostMatches is how many achievements are proposed for a need.
const MostMatches = 40

// Matches ranks the achievements for a need, without reasons.
func (f *Finder) Matches(ctx context.Context, need match.Document) ([]match.Other, error) {
	e, err := f.engine(zhuanhua.NounAchievement)
	if err != nil {
		return nil, err
	}
	both, err := e.Both(ctx, []match.Document{need}, match.Ask{Top: MostMatches})
	if err != nil {
		return nil, err
	}
	return both.Needs[0], nil
}

// Joined tells which of the ranked achievements are another wording of one before them: by their ids, the id
// of the one that stands for each.
func (f *Finder) Joined(found []match.Other) map[string]string {
	e, err := f.engine(zhuanhua.NounAchievement)
	if err != nil {
		return nil
	}
	return e.Joined(found)
}

// Reasons explains some of what Matches found for a need. deep also compares passages by their meaning,
// which takes longer.
func (f *Finder) Reasons(ctx context.Context, need match.Document, found []match.Other, deep bool) (map[string]*match.Match, error) {
	out := map[string]*match.Match{}
	e, err := f.engine(zhuanhua.NounAchievement)
	if err != nil || len(found) == 0 {
		return out, err
	}
	var list []match.Match
	if deep {
		list, err = e.Explain(ctx, need, found)
	} else {
		list = e.Glance(need, found)
	}
	for i := range list {
		out[list[i].AchievementID] = &list[i]
	}
	return out, err
}

// Similar are records of the same noun that are about the same.
func (f *Finder) Similar(n zhuanhua.Noun, id string, count int) ([]*Entry, error) {
	return f.near(n, n, id, count)
}

// Opposite are the records of the other noun that may fit: needs for an achievement, and the reverse.
func (f *Finder) Opposite(n zhuanhua.Noun, id string, count int) ([]*Entry, error) {
	other := zhuanhua.NounAchievement
	if n == other {
		other = zhuanhua.NounNeed
	}
	return f.near(n, other, id, count)
}

// near ranks the records of a noun by their likeness to one of another noun.
func (f *Finder) near(from, to zhuanhua.Noun, id string, count int) ([]*Entry, error) {
	shelves := f.catalogue.now.Load()
	question := string(from) + " " + string(to) + " " + string(f.Mode()) + " " + id
	if known, ok := f.liked.get(shelves, question); ok {
		return known[:min(count, len(known))], nil
	}
	e, err := f.engine(to)
	if err != nil {
		return nil, err
	}
	other, err := f.engine(from)
	if err != nil {
		return nil, err
	}
	list, err := e.Like(other, id, count+1, from == to)
	if err != nil {
		return nil, err
	}
	var out []*Entry
	for _, r := range list {
		if x := f.catalogue.Entry(to, r.ID); x != nil && (r.ID != id || from != to) && len(out) < count {
			out = append(out, x)
		}
	}
	f.liked.put(shelves, question, out)
	return out, nil
}

// Asked is a need in a person's own words and what could be read out of it.
type Asked struct {
	Text       string
	Indicators []string
	Budget     *zhuanhua.Money
	Region     zhuanhua.Region
	Modes      []zhuanhua.Mode
	Marks      []match.Span // the words that the above was read from
}

// askedColumn is the column of a need that was not in a file.
const askedColumn = "需求"

var (
	budgetForm = regexp.MustCompile(`(?:预算|投入|投资|经费|总价|费用|budget)[^0-9，。；,;]{0,10}([0-9][0-9,.]*) ?(亿元|亿|万元|万|元)(?:以内|以下|左右)?`)
	regionForm = regexp.MustCompile(`(?:在|位于|地处|落地)(南宁|柳州|桂林|梧州|北海|防城港|钦州|贵港|玉林|百色|贺州|河池|来宾|崇左)`)
)

// Ask reads a need that somebody typed: budget, place, ways of cooperation and indicators, where they
// are plainly said.
func Ask(typed string) *Asked {
	a := &Asked{Text: typed}
	f := text.Fold(typed)
	folded := string(f.Runes)
	mark := func(from, to int) string {
		start, end := f.Raw(len([]rune(folded[:from])), len([]rune(folded[:to])))
		raw := string([]rune(typed)[start:end])
		a.Marks = append(a.Marks, match.Span{Field: askedColumn, Start: start, End: end, Text: raw})
		return raw
	}
	if at := budgetForm.FindStringSubmatchIndex(folded); at != nil {
		if m, ok := zhuanhua.ParseMoney(folded[at[2]:at[3]] + folded[at[4]:at[5]]); ok {
			a.Budget = &m
			mark(at[2], at[1])
		}
	}
	if at := regionForm.FindStringSubmatchIndex(folded); at != nil {
		if r, ok := intake.RegionOf(folded[at[2]:at[3]]); ok {
			a.Region = r
			mark(at[2], at[3])
		}
	}
	for _, m := range zhuanhua.Modes() {
		if at := strings.Index(folded, string(m)); at >= 0 {
			a.Modes = append(a.Modes, m)
			mark(at, at+len(m))
		}
	}
	a.indicators(&f, typed)
	slices.SortFunc(a.Marks, func(x, y match.Span) int { return x.Start - y.Start })
	return a
}

// mostIndicators is how many figures are read out of a need.
const mostIndicators = 12

func (a *Asked) indicators(f *text.Folded, typed string) {
	runes := []rune(typed)
	for _, q := range text.Quantities(f) {
		start, end := f.Raw(q.LabelStart, q.End)
		if q.Comparator == text.Equal || a.marked(start, end) || len(a.Indicators) == mostIndicators {
			continue
		}
		from, _ := f.Raw(q.Start, q.End)
		a.Indicators = append(a.Indicators, string(runes[start:end]))
		a.Marks = append(a.Marks, match.Span{Field: askedColumn, Start: from, End: end, Text: string(runes[from:end])})
	}
}

// marked reports whether words were read as something already.
func (a *Asked) marked(start, end int) bool {
	return slices.ContainsFunc(a.Marks, func(s match.Span) bool { return s.Start < end && start < s.End })
}

// Document is the need as the engine sees it.
func (a *Asked) Document() match.Document {
	d := match.Document{ID: "asked", Parts: []match.Part{{Column: askedColumn, Role: match.RoleText, Raw: a.Text}}}
	d.Facts = match.Facts{Region: a.Region, Modes: a.Modes, Budget: a.Budget}
	if a.Region != "" {
		d.Facts.Regions = []zhuanhua.Region{a.Region}
	}
	return d
}
