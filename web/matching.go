package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/match"
)

// longestNeed is how many characters of a need are read; more is refused with the text kept.
const longestNeed = 5_000

// resultRows is how many results a page has.
const resultRows = 10

// askView is the form for a need.
type askView struct {
	Text  string
	Wrong string
}

// matchForm asks for a need.
func (s *Server) matchForm(c *call) error {
	return c.askAgain(cutRunes(c.r.URL.Query().Get("need"), longestNeed), "", http.StatusOK)
}

func (c *call) askAgain(text, wrong string, code int) error {
	p := &page{Name: "ask", Title: c.say("ask.title"), Hall: "achievements", Brief: c.say("ask.brief"), Data: askView{text, wrong}, Status: code, Error: wrong != ""}
	p.Crumbs = []crumb{{"/achievements", c.say("hall.achievements")}, {"", p.Title}}
	if wrong != "" {
		p.Title = c.say("error.mark") + p.Title
	}
	return c.show(p)
}

// matchAsk takes a need and leads to its matches. The text goes into no address.
func (s *Server) matchAsk(c *call) error {
	typed := strings.TrimSpace(strings.ReplaceAll(c.r.PostFormValue("need"), "\r\n", "\n"))
	switch {
	case !utf8.ValidString(typed) || strings.ContainsRune(typed, 0):
		return statusError(http.StatusBadRequest)
	case typed == "":
		return c.askAgain("", c.say("ask.empty"), http.StatusUnprocessableEntity)
	case utf8.RuneCountInString(typed) > longestNeed:
		return c.askAgain(cutRunes(typed, longestNeed), c.say("ask.long", number(utf8.RuneCountInString(typed)), number(longestNeed)), http.StatusUnprocessableEntity)
	case !s.limits.allow("match", c.client(), 60, 60):
		return c.askAgain(typed, c.say("form.often"), http.StatusTooManyRequests)
	}
	return c.see(c.url("/match/" + s.shares.keep(app.Ask(typed))))
}

// readableText is what of a text is text: a form may hold any bytes.
func readableText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

// tooLargeOr passes on that a body was too large; any other fault of a form is the sender's.
func tooLargeOr(err error) error {
	if status(err) == http.StatusRequestEntityTooLarge {
		return err
	}
	return statusError(http.StatusBadRequest)
}

// ranking is what was found for a need, for as long as a reader looks through it.
type ranking struct {
	mode   match.Mode
	at     time.Time
	found  []match.Other
	joined map[string]string // of other wordings of an achievement: the id that stands for them
}

// rankingLife is how long a ranking stands before new records are asked about.
const rankingLife = 2 * time.Minute

func (c *call) rank(a *asked) (*ranking, error) {
	a.ranking.Lock()
	defer a.ranking.Unlock()
	mode := c.o.Finder.Mode()
	if r := a.ranked; r != nil && r.mode == mode && c.o.Now().Sub(r.at) < rankingLife {
		return r, nil
	}
	found, err := c.o.Finder.Matches(c.r.Context(), a.Document())
	if err != nil {
		return nil, err
	}
	a.ranked = &ranking{mode, c.o.Now(), found, c.o.Finder.Joined(found)}
	return a.ranked, nil
}

// matchView is the matches of a need.
type matchView struct {
	*hallView
	Token   string
	Asked   *app.Asked
	Text    template.HTML // the need with what was read out of it marked
	Strong  int
	Whole   int
	Results []*resultView
	Until   time.Time // when the link expires
	Lexical bool
	Link    string
	Saved   bool // somebody keeps it, so the link does not expire
}

// matchFacets are what matches can be narrowed by.
func matchFacets() []app.Facet {
	return []app.Facet{app.FacetRegion, app.FacetMaturity, app.FacetMode, app.FacetPrice}
}

// matchShow shows the matches of a need that was asked for.
func (s *Server) matchShow(c *call) error {
	token := c.r.PathValue("token")
	a := s.share(token)
	if a == nil {
		return statusError(http.StatusGone)
	}
	c.w.Header().Set("Cache-Control", "no-store")
	ranked, err := c.rank(a)
	if err != nil {
		return err
	}
	v := &matchView{hallView: &hallView{Noun: zhuanhua.NounAchievement, Path: "/match/" + token}, Token: token, Asked: a.Asked, Whole: len(ranked.found),
		Text: spanned(a.Text, a.Marks), Until: a.at.Add(shareLife), Lexical: s.o.Finder.Mode() == match.Lexical}
	b := c.matchBrowse(v, ranked)
	if err := c.results(v, b, a, ranked.found); err != nil {
		return err
	}
	_, v.Saved = s.o.Favourites.Need(token)
	v.Link = c.origin() + c.url("/match/"+token)
	p := &page{Name: "match", Title: c.say("match.title"), Hall: "achievements", NoIndex: true, Data: v}
	p.Crumbs = []crumb{{"/match", c.say("ask.title")}, {"", c.say("match.crumb")}}
	return c.show(p)
}

// matchDrop forgets a need before its time.
func (s *Server) matchDrop(c *call) error {
	token := c.r.PathValue("token")
	if c.session != nil {
		if err := s.o.Favourites.RemoveNeed(c.session.User.Name, token); err != nil {
			return err
		}
	}
	s.shares.drop(token)
	return c.see(c.url("/match"))
}

// matchBrowse narrows what was found by the address.
func (c *call) matchBrowse(v *matchView, ranked *ranking) app.Browse {
	b := app.Browse{Noun: zhuanhua.NounAchievement, Chosen: map[app.Facet][]string{}, Sort: app.SortBest, Among: []string{}, Joined: ranked.joined, Count: resultRows}
	for _, f := range ranked.found {
		b.Among = append(b.Among, f.ID)
	}
	q := c.r.URL.Query()
	for _, f := range matchFacets() {
		for _, value := range q[string(f)] {
			if value != "" && len(value) <= 100 && !slices.Contains(b.Chosen[f], value) && len(b.Chosen[f]) < 50 {
				b.Chosen[f] = append(b.Chosen[f], value)
				v.Filters++
			}
		}
	}
	if sort := app.Sort(q.Get("sort")); slices.Contains(sorts(true), sort) {
		b.Sort = sort
	}
	v.Typed, v.Page = true, 1
	if q.Get("more") != "" {
		b.Count = app.MostMatches
	}
	v.List = c.o.Catalogue.Browse(b)
	c.facets(v.hallView, b)
	v.Facets = slices.DeleteFunc(v.Facets, func(f facetView) bool { return !slices.Contains(matchFacets(), f.Name) })
	slices.SortFunc(v.Facets, func(x, y facetView) int {
		return slices.Index(matchFacets(), x.Name) - slices.Index(matchFacets(), y.Name)
	})
	for i := range v.Facets {
		v.Facets[i].Open = true
	}
	c.links(v.hallView, b)
	if b.Count < v.List.Total {
		v.Next = c.hallURL(v.hallView, func(q url.Values) { q.Set("more", "1") })
	}
	return b
}

// results explains what is shown: the first and what was opened in full, the others in two lines.
func (c *call) results(v *matchView, b app.Browse, a *asked, found []match.Other) error {
	scores := map[string]float64{}
	for _, f := range found {
		scores[f.ID] = f.Score
	}
	lines := b
	lines.From, lines.Count = 0, app.MostMatches
	for _, e := range c.o.Catalogue.Browse(lines).Entries {
		if match.LevelOf(scores[e.ID]) == match.Strong {
			v.Strong++
		}
	}
	opened := c.r.URL.Query()["open"]
	var all, closer []match.Other
	var deep []string
	for i, e := range v.List.Entries {
		found := match.Other{ID: e.ID, Score: scores[e.ID]}
		all = append(all, found)
		if len(opened) == 0 && i == 0 || slices.Contains(opened, e.ID) {
			deep, closer = append(deep, e.ID), append(closer, found)
		}
	}
	need := a.Document()
	brief, err := c.o.Finder.Reasons(c.r.Context(), need, all, false)
	if err != nil {
		return err
	}
	whole, err := c.o.Finder.Reasons(c.r.Context(), need, closer, true)
	if err != nil {
		return err
	}
	for _, e := range v.List.Entries {
		m, open := brief[e.ID], slices.Contains(deep, e.ID)
		if open && whole[e.ID] != nil {
			m = whole[e.ID]
		}
		if m == nil {
			m = &match.Match{AchievementID: e.ID, Level: match.LevelOf(scores[e.ID])}
		}
		r := c.result(e, &need, m, open)
		r.OpenURL = c.openURL(v, deep, e.ID, true) + "#" + r.Anchor
		r.FoldURL = c.openURL(v, deep, e.ID, false) + "#" + r.Anchor
		v.Results = append(v.Results, r)
	}
	return nil
}

// openURL is this page with one result opened or folded.
func (c *call) openURL(v *matchView, deep []string, id string, open bool) string {
	return c.hallURL(v.hallView, func(q url.Values) {
		if c.r.URL.Query().Get("more") != "" {
			q.Set("more", "1")
		}
		list := slices.DeleteFunc(slices.Clone(deep), func(s string) bool { return s == id })
		if open {
			list = append(list, id)
		}
		if len(list) == 0 {
			list = []string{"-"}
		}
		q["open"] = list
	})
}

// pairView is one need and one achievement side by side.
type pairView struct {
	Need, Achievement *app.Entry
	Result            *resultView
}

// pair shows why a recorded need and a recorded achievement fit, or that they do not.
func (s *Server) pair(c *call) error {
	q := c.r.URL.Query()
	v := &pairView{Need: s.o.Catalogue.Entry(zhuanhua.NounNeed, q.Get("need")), Achievement: s.o.Catalogue.Entry(zhuanhua.NounAchievement, q.Get("achievement"))}
	if v.Need == nil || v.Achievement == nil {
		return statusError(http.StatusNotFound)
	}
	need := s.o.Finder.Document(zhuanhua.NounNeed, v.Need.ID)
	if need == nil {
		return statusError(http.StatusServiceUnavailable)
	}
	m, err := c.judged(*need, v.Achievement.ID)
	if err != nil {
		return err
	}
	v.Result = c.result(v.Achievement, need, m, true)
	p := &page{Name: "pair", Title: c.say("pair.title"), Hall: "achievements", NoIndex: true, Data: v}
	p.Crumbs = []crumb{{"/needs", c.say("hall.needs")}, {recordURL(zhuanhua.NounNeed, v.Need.ID), cutText(v.Need.Title, 16)}, {"", c.say("pair.title")}}
	return c.show(p)
}

// judged is a recorded pair with its score among all achievements, and its reasons.
func (c *call) judged(need match.Document, id string) (*match.Match, error) {
	found, err := c.o.Finder.Matches(c.r.Context(), need)
	if err != nil {
		return nil, err
	}
	pair := []match.Other{{ID: id}} // not among the best: what they have in common is shown all the same
	deep := false
	for _, f := range found {
		if f.ID == id {
			pair[0], deep = f, true
		}
	}
	list, err := c.o.Finder.Reasons(c.r.Context(), need, pair, deep)
	if m := list[id]; m != nil || err != nil {
		return m, err
	}
	return &match.Match{AchievementID: id, Level: match.None}, nil
}

// mostCompared is how many achievements stand beside each other.
const mostCompared = 4

// compareView is achievements beside each other.
type compareView struct {
	Entries []*app.Entry
	Rows    []compareRow
	Dropped int // chosen beyond the most
}

// compareRow is one thing that all of them say.
type compareRow struct {
	Title  string
	Values []template.HTML
	Same   bool
}

// compare sets up to four achievements beside each other.
func (s *Server) compare(c *call) error {
	v := &compareView{}
	for _, id := range c.r.URL.Query()["a"] {
		e := s.o.Catalogue.Entry(zhuanhua.NounAchievement, id)
		switch {
		case e == nil || slices.Contains(v.Entries, e):
		case len(v.Entries) == mostCompared:
			v.Dropped++
		default:
			v.Entries = append(v.Entries, e)
		}
	}
	f := speaker{s, c.lang}
	plain := func(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }
	for _, row := range []struct {
		key string
		of  func(*app.Entry) template.HTML
	}{
		{"fact.field", func(e *app.Entry) template.HTML { return plain(f.field(e.Field)) }},
		{"fact.maturity", func(e *app.Entry) template.HTML { return plain(f.maturity(e.Stage, e.Maturity)) }},
		{"fact.modes", func(e *app.Entry) template.HTML { return plain(f.modes(e.Modes)) }},
		{"fact.price", func(e *app.Entry) template.HTML { return f.price(e.Price) }},
		{"fact.place", func(e *app.Entry) template.HTML { return plain(f.region(e.Place)) }},
		{"fact.units", func(e *app.Entry) template.HTML { return plain(f.units(e.Units)) }},
		{"fact.updated", func(e *app.Entry) template.HTML { return plain(f.date(e.Updated)) }},
		{"fact.brief", func(e *app.Entry) template.HTML { return plain(e.Brief) }},
	} {
		r := compareRow{Title: c.say(row.key), Same: len(v.Entries) > 1}
		for _, e := range v.Entries {
			r.Values = append(r.Values, row.of(e))
			r.Same = r.Same && r.Values[0] == r.Values[len(r.Values)-1]
		}
		v.Rows = append(v.Rows, r)
	}
	p := &page{Name: "compare", Title: c.say("compare.title"), Hall: "achievements", NoIndex: true, Data: v}
	p.Crumbs = []crumb{{"/achievements", c.say("hall.achievements")}, {"", p.Title}}
	return c.show(p)
}
