package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake/write"
)

// pageRows is how many rows a page of a hall has.
const pageRows = 20

// longestQuery is how many characters of a search are read.
const longestQuery = 500

// hallView is what a hall shows.
type hallView struct {
	Noun    zhuanhua.Noun
	Path    string
	Query   string
	Typed   bool // words are asked for
	Cut     bool // more was typed than is read
	Words   []string
	Heard   []app.Heard // words typed by their sound
	List    *app.List
	Facets  []facetView
	Chips   []chip
	Sorts   []choice
	SortNow string
	Views   []choice
	Cards   bool
	Page    int
	Pages   int
	First   int
	Last    int
	Prev    string
	Next    string
	Clear   string
	CSV     string
	XLSX    string
	AtLeast bool   // the search found as many as it looks for
	Waiting bool   // the index is not there yet
	Bad     string // why the search was not understood
	Hidden  []pair // what a form keeps besides its own fields
	Filters int
}

// pair is a name with a value.
type pair struct{ Name, Value string }

// choice is one of several ways to see a list.
type choice struct {
	Word string
	URL  string
	Now  bool
}

// chip is a chosen value with the address that takes it away.
type chip struct{ Word, URL string }

// facetView is one facet of the tree.
type facetView struct {
	Name   app.Facet
	Title  string
	Open   bool
	Chosen int
	Values []valueView
	More   []valueView // behind "all"
}

// valueView is one value with the number of records that choosing it leaves.
type valueView struct {
	Value string
	Word  string
	Count int
	On    bool
	Sub   bool // stands below the one before
}

func (s *Server) achievements(c *call) error { return c.hall(zhuanhua.NounAchievement) }

func (s *Server) needs(c *call) error { return c.hall(zhuanhua.NounNeed) }

// hall shows a list narrowed by the address.
func (c *call) hall(n zhuanhua.Noun) error {
	v, b, err := c.browse(n)
	if err != nil {
		return err
	}
	v.List = c.o.Catalogue.Browse(b)
	c.paginate(v, b)
	c.facets(v, b)
	c.links(v, b)
	name := strings.TrimPrefix(v.Path, "/")
	p := &page{Name: "hall", Title: c.say(name + ".title"), Hall: name, Brief: c.say(name + ".brief"), Data: v}
	p.Crumbs = []crumb{{"", c.say("hall." + name)}}
	p.NoIndex = c.r.URL.RawQuery != ""
	return c.show(p)
}

// browse reads what is asked for from the address. What it does not understand it leaves out.
func (c *call) browse(n zhuanhua.Noun) (*hallView, app.Browse, error) {
	q := c.r.URL.Query()
	v := &hallView{Noun: n, Path: "/achievements"}
	if n == zhuanhua.NounNeed {
		v.Path = "/needs"
	}
	b := app.Browse{Noun: n, Chosen: map[app.Facet][]string{}, Sort: app.SortNewest, Count: pageRows}
	for _, f := range app.Facets() {
		for _, value := range q[string(f)] {
			if value != "" && len(value) <= 100 && !slices.Contains(b.Chosen[f], value) && len(b.Chosen[f]) < 50 {
				b.Chosen[f] = append(b.Chosen[f], value)
				v.Filters++
			}
		}
	}
	v.Query = strings.TrimSpace(q.Get("q"))
	if r := []rune(v.Query); len(r) > longestQuery {
		v.Query, v.Cut = string(r[:longestQuery]), true
	}
	if v.Query != "" {
		if err := c.search(v, &b); err != nil {
			return nil, b, err
		}
	}
	if sort := app.Sort(q.Get("sort")); slices.Contains(sorts(v.Typed), sort) {
		b.Sort = sort
	}
	v.Cards = q.Get("view") == "cards"
	v.Page, _ = strconv.Atoi(q.Get("page"))
	v.Page = min(max(v.Page, 1), 1_000_000)
	b.From = (v.Page - 1) * pageRows
	return v, b, nil
}

// search puts what was typed into the list that is browsed.
func (c *call) search(v *hallView, b *app.Browse) error {
	v.Typed = true
	b.Sort = app.SortBest
	hits, err := c.o.Finder.Search(c.r.Context(), b.Noun, v.Query)
	switch {
	case zhuanhua.KindOf(err) == zhuanhua.KindUnavailable:
		v.Waiting = true
	case zhuanhua.KindOf(err) == zhuanhua.KindInvalid:
		v.Bad = v.Query
	case err != nil:
		return err
	}
	b.Among, b.Joined, v.Words = append([]string{}, hits.IDs...), hits.Joined, hits.Words
	v.Heard = hits.Heard
	v.AtLeast = len(hits.IDs) >= app.MostFound
	return nil
}

// sorts are the orders that a list can have.
func sorts(typed bool) []app.Sort {
	list := []app.Sort{app.SortNewest, app.SortMature, app.SortCheapest, app.SortDearest}
	if typed {
		list = append([]app.Sort{app.SortBest}, list...)
	}
	return list
}

// paginate says which rows of how many are shown; a page past the end shows the last.
func (c *call) paginate(v *hallView, b app.Browse) {
	v.Pages = max(1, (v.List.Total+pageRows-1)/pageRows)
	if v.Page > v.Pages {
		v.Page = v.Pages
		b.From = (v.Page - 1) * pageRows
		v.List = c.o.Catalogue.Browse(b)
	}
	v.First, v.Last = (v.Page-1)*pageRows+1, (v.Page-1)*pageRows+len(v.List.Entries)
	if v.Page > 1 {
		v.Prev = c.hallURL(v, func(q url.Values) { q.Set("page", itoa(v.Page-1)) })
	}
	if v.Page < v.Pages {
		v.Next = c.hallURL(v, func(q url.Values) { q.Set("page", itoa(v.Page+1)) })
	}
}

// hallURL is this page's address with something changed.
func (c *call) hallURL(v *hallView, change func(url.Values)) string {
	q := url.Values{}
	for k, values := range c.r.URL.Query() {
		if k != "page" && len(values) > 0 && (slices.Contains(app.Facets(), app.Facet(k)) || k == "q" || k == "sort" || k == "view") {
			q[k] = slices.Clone(values)
		}
	}
	if v.Query != "" {
		q.Set("q", v.Query)
	}
	change(q)
	at := c.url(v.Path)
	if len(q) > 0 {
		at += "?" + q.Encode()
	}
	return at
}

// links are the addresses of everything that changes the list.
func (c *call) links(v *hallView, b app.Browse) {
	f := speaker{c.Server, c.lang}
	for _, facet := range app.Facets() {
		for _, value := range b.Chosen[facet] {
			v.Chips = append(v.Chips, chip{c.valueWord(f, facet, value), c.hallURL(v, func(q url.Values) {
				q[string(facet)] = slices.DeleteFunc(q[string(facet)], func(s string) bool { return s == value })
			})})
		}
	}
	v.Clear = c.hallURL(v, func(q url.Values) {
		for _, facet := range app.Facets() {
			q.Del(string(facet))
		}
	})
	for _, sort := range sorts(v.Typed) {
		word := c.say("sort." + string(sort))
		if b.Sort == sort {
			v.SortNow = word
		}
		v.Sorts = append(v.Sorts, choice{word, c.hallURL(v, func(q url.Values) { q.Set("sort", string(sort)) }), b.Sort == sort})
	}
	for _, view := range []string{"table", "cards"} {
		v.Views = append(v.Views, choice{c.say("view." + view), c.hallURL(v, func(q url.Values) { q.Set("view", view) }), v.Cards == (view == "cards")})
	}
	file := strings.TrimPrefix(v.Path, "/")
	_, query, _ := strings.Cut(c.hallURL(v, func(url.Values) {}), "?")
	v.CSV, v.XLSX = c.url("/export/"+file+".csv"), c.url("/export/"+file+".xlsx")
	if query != "" {
		v.CSV, v.XLSX = v.CSV+"?"+query, v.XLSX+"?"+query
	}
	if v.Cards {
		v.Hidden = append(v.Hidden, pair{"view", "cards"})
	}
	if b.Sort != app.SortNewest && b.Sort != app.SortBest {
		v.Hidden = append(v.Hidden, pair{"sort", string(b.Sort)})
	}
}

// shownValues is how many values of a facet stand there at once.
const shownValues = 8

// mostValues is how many values a facet lists at all.
const mostValues = 60

// facets makes the tree.
func (c *call) facets(v *hallView, b app.Browse) {
	f := speaker{c.Server, c.lang}
	for i, facet := range app.Facets() {
		view := facetView{Name: facet, Title: c.facetTitle(v.Noun, facet), Chosen: len(b.Chosen[facet])}
		view.Open = i < 3 || view.Chosen > 0
		for _, value := range c.ordered(facet, v.List.Counts[facet], b.Chosen[facet]) {
			view.Values = append(view.Values, valueView{Value: value, Word: c.valueWord(f, facet, value), Count: v.List.Counts[facet][value],
				On: slices.Contains(b.Chosen[facet], value), Sub: below(facet, value)})
		}
		if len(view.Values) > shownValues+2 {
			at := shownValues
			for at < len(view.Values) && view.Values[at].On {
				at++
			}
			view.More, view.Values = view.Values[at:], view.Values[:at]
		}
		if len(view.Values) > 0 {
			v.Facets = append(v.Facets, view)
		}
	}
}

func (c *call) facetTitle(n zhuanhua.Noun, f app.Facet) string {
	if n == zhuanhua.NounNeed && f == app.FacetPrice {
		return c.say("facet.budget")
	}
	return c.say("facet." + string(f))
}

// ordered are the values of a facet as they are shown: those of a scale in its order, places by
// province with their cities below, all others by how many there are.
func (c *call) ordered(f app.Facet, counts map[string]int, chosen []string) []string {
	var list []string
	for v := range counts {
		list = append(list, v)
	}
	for _, v := range chosen {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	byCount := func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b)) }
	switch f {
	case app.FacetMaturity:
		slices.Sort(list)
	case app.FacetPrice:
		slices.SortFunc(list, func(a, b string) int {
			return slices.Index(app.PriceRanges(), a) - slices.Index(app.PriceRanges(), b)
		})
	case app.FacetYear:
		slices.SortFunc(list, func(a, b string) int { return strings.Compare(b, a) })
	case app.FacetRegion, app.FacetIndustry:
		slices.SortFunc(list, func(a, b string) int {
			if pa, pb := above(f, a), above(f, b); pa != pb {
				return cmp.Or(rank(f, pa)-rank(f, pb), byCount(pa, pb))
			}
			return cmp.Or(level(f, a)-level(f, b), byCount(a, b))
		})
	default:
		slices.SortFunc(list, byCount)
	}
	return list[:min(len(list), mostValues)]
}

// above is the upper value of a facet with two levels, the value itself where it is one.
func above(f app.Facet, v string) string {
	switch {
	case f == app.FacetRegion:
		return string(zhuanhua.Region(v).Province())
	case f == app.FacetIndustry && v != "":
		return v[:1]
	}
	return v
}

// below reports whether a value stands below another one.
func below(f app.Facet, v string) bool { return above(f, v) != v }

func level(f app.Facet, v string) int {
	if below(f, v) {
		return 1
	}
	return 0
}

// rank puts the plan's own region before the others.
func rank(f app.Facet, v string) int {
	if f == app.FacetRegion && v == "450000" {
		return 0
	}
	return 1
}

// valueWord is a value of a facet in words. A value that nobody offers is shown as it was typed.
func (c *call) valueWord(f speaker, facet app.Facet, value string) string {
	switch facet {
	case app.FacetField:
		return f.field(value)
	case app.FacetMode:
		return f.mode(zhuanhua.Mode(value))
	case app.FacetRegion:
		if !zhuanhua.Region(value).Valid() {
			return cutText(value, 12)
		}
		return f.city(zhuanhua.Region(value))
	case app.FacetMaturity:
		return f.known("maturity.", value)
	case app.FacetPrice:
		return f.known("range.", value)
	case app.FacetIndustry:
		return f.known("industry.", value)
	case app.FacetYear:
		return c.say("value.year", cutText(value, 6))
	}
	return value
}

// mostSuggested is how many titles are proposed while somebody types.
const mostSuggested = 8

// suggest answers while somebody types: a list of links, or nothing.
func (s *Server) suggest(c *call) error {
	n := zhuanhua.NounAchievement
	if c.r.URL.Query().Get("of") == "needs" {
		n = zhuanhua.NounNeed
	}
	typed := cutRunes(c.r.URL.Query().Get("q"), 60)
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.Header().Set("Cache-Control", "no-store")
	list, words := c.o.Finder.Suggest(c.r.Context(), n, typed, mostSuggested)
	return c.pages[c.lang]["hall"].ExecuteTemplate(c.w, "suggestions", map[string]any{"List": list, "Noun": n, "Words": words})
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// export writes what the filters leave, in the form of an export that comes back as the same.
func (s *Server) export(c *call) error {
	file := c.r.PathValue("file")
	format, ok := write.FormatOf(file)
	base, _, _ := strings.Cut(file, ".")
	nouns := map[string]zhuanhua.Noun{"achievements": zhuanhua.NounAchievement, "needs": zhuanhua.NounNeed}
	n, known := nouns[base]
	if !ok || !known || strings.Count(file, ".") != 1 {
		return statusError(http.StatusNotFound)
	}
	if !s.limits.allow("export", c.client(), 10, 10) {
		return statusError(http.StatusTooManyRequests)
	}
	_, b, err := c.browse(n)
	if err != nil {
		return err
	}
	kinds := map[write.Format]string{write.CSV: "text/csv; charset=utf-8", write.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write.JSONL: "application/jsonl; charset=utf-8"}
	c.w.Header().Set("Content-Type", kinds[format])
	c.w.Header().Set("Content-Disposition", `attachment; filename="`+file+`"`)
	_, err = s.o.App.ExportOf(c.r.Context(), c.w, format, n, s.o.Catalogue.Passing(b))
	return err
}
