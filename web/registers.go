package web

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/plan"
)

// as is the user who asks, "" the public: what they may see is decided by the desk.
func (c *call) as() string {
	if c.session == nil {
		return ""
	}
	return c.session.User.Name
}

// servicesView is the hall of registers.
type servicesView struct {
	Chapters []serviceChapter
	Entries  int
	Kinds    int // that have entries
	On       zhuanhua.Date
	City     zhuanhua.Region // chosen; "" none
	CityName string
	Here     []entryRow // in the city
	Map      mapView
}

// serviceChapter is the registers that one chapter of the plan sets up.
type serviceChapter struct {
	Name   string
	Filled []serviceRow
	Bare   []serviceRow // without entries yet
	Count  int
}

// serviceRow is a register with the number of its entries that hold.
type serviceRow struct {
	*plan.Register
	Count int
	URL   string
}

// services shows all registers by chapter, with a map of the cities.
func (s *Server) services(c *call) error {
	v := &servicesView{On: c.dayToday()}
	if s.o.Desk == nil {
		v.Map = c.mapOf(nil, "")
		return c.showServices(v)
	}
	all, err := s.o.Desk.Registered(c.r.Context(), c.as(), "", app.RegisterFilter{})
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(e app.EntryRow) bool { return e.State != zhuanhua.EntryActive })
	inCity := map[zhuanhua.Region]int{}
	for _, e := range all {
		inCity[e.Region.City()]++
	}
	if city := zhuanhua.Region(c.r.URL.Query().Get("region")); city.Valid() && city.City() == city {
		v.City, v.CityName = city, speaker{s, c.lang}.city(city)
		all = slices.DeleteFunc(all, func(e app.EntryRow) bool { return !e.Region.Within(city) })
	}
	v.Map = c.mapOf(inCity, v.City)
	v.Entries = len(all)
	if v.City != "" {
		if v.Here, err = c.entryRows(all); err != nil {
			return err
		}
	}
	c.chapters(v, all)
	return c.showServices(v)
}

func (c *call) showServices(v *servicesView) error {
	p := &page{Name: "services", Title: c.say("services.title"), Hall: "services", Brief: c.say("services.brief"), Data: v, NoIndex: c.r.URL.RawQuery != ""}
	p.Crumbs = []crumb{{"", c.say("hall.services")}}
	if v.City != "" {
		p.Title = c.say("services.in", v.CityName)
		p.Crumbs = []crumb{{"/services", c.say("hall.services")}, {"", v.CityName}}
	}
	return c.show(p)
}

// chapters puts the registers under the chapters of the plan, in the plan's order. One that is confidential stands
// there only for whom it shows something.
func (c *call) chapters(v *servicesView, all []app.EntryRow) {
	count := map[string]int{}
	for _, e := range all {
		count[e.Register]++
	}
	for _, m := range c.o.Pack.Measures {
		for _, r := range c.o.Pack.Registers {
			item := c.o.Pack.Item(r.Measure.ID)
			if item == nil || !slices.Contains(m.Items, item) || r.Confidential && count[r.ID] == 0 {
				continue
			}
			if n := len(v.Chapters); n == 0 || v.Chapters[n-1].Name != m.Chapter {
				v.Chapters = append(v.Chapters, serviceChapter{Name: m.Chapter})
			}
			ch := &v.Chapters[len(v.Chapters)-1]
			row := serviceRow{r, count[r.ID], registerURL(r.ID)}
			if v.City != "" {
				row.URL += "?region=" + string(v.City)
			}
			ch.Count += row.Count
			if row.Count == 0 {
				ch.Bare = append(ch.Bare, row)
				continue
			}
			v.Kinds++
			ch.Filled = append(ch.Filled, row)
		}
	}
}

func registerURL(kind string) string { return "/services/" + url.PathEscape(kind) }

func entryURL(kind, id string) string { return registerURL(kind) + "/" + url.PathEscape(id) }

// entryRow is an entry in words.
type entryRow struct {
	app.EntryRow
	URL      string
	Title    string
	Holder   string
	Place    string
	Kind     string // of register
	Level    string // its grade
	StateTag levelTag
}

// entryRows puts entries into words.
func (c *call) entryRows(list []app.EntryRow) ([]entryRow, error) {
	names, err := c.o.Desk.OrganisationNames(c.r.Context())
	if err != nil {
		return nil, err
	}
	out := make([]entryRow, len(list))
	for i, e := range list {
		out[i] = c.entryRow(e, names)
	}
	return out, nil
}

func (c *call) entryRow(e app.EntryRow, names map[string]string) entryRow {
	row := entryRow{EntryRow: e, URL: entryURL(e.Register, e.ID), Title: e.Name, Holder: cmp.Or(names[e.Organisation], e.Organisation), StateTag: entryState(e.State)}
	if e.Region != "" {
		row.Place = speaker{c.Server, c.lang}.city(e.Region)
	}
	r := c.o.Pack.Register(e.Register)
	if r == nil {
		row.Title = cmp.Or(row.Title, e.ID)
		return row
	}
	row.Kind, row.Level = c.text(r.Title), c.vocabularyWord(r.Grades.ID, e.Grade)
	if row.Title == "" { // a person, or a record of a day: the number says which, and nobody's name
		_, number, _ := strings.Cut(strings.TrimPrefix(e.ID, r.ID+"-"), "-")
		row.Title = c.say("entry.unnamed", row.Kind, number)
	}
	return row
}

// vocabularyWord is the name of a code.
func (c *call) vocabularyWord(vocabulary, code string) string {
	if w := c.o.Pack.Vocabulary(vocabulary).Find(code); w != nil {
		return c.text(w.Name)
	}
	return code
}

// entryState is the tone and the icon of a state of an entry.
func entryState(state string) levelTag {
	switch state {
	case zhuanhua.EntryActive:
		return levelTag{"entry.state." + state, "ok", "check"}
	case zhuanhua.EntrySuspended:
		return levelTag{"entry.state." + state, "warn", "alert-triangle"}
	case zhuanhua.EntryRevoked:
		return levelTag{"entry.state." + state, "bad", "x"}
	case "":
		return levelTag{"entry.state.coming", "info", "clock"}
	}
	return levelTag{"entry.state." + state, "", "circle-minus"}
}

// registerView is one register as a list.
type registerView struct {
	hallView
	Register     *plan.Register
	Rows         []entryRow
	List         struct{ Records, Whole int } // what the filters leave, and all
	On           zhuanhua.Date
	Past         bool // as of another day than today
	DayWrong     string
	Confidential bool // and there is nothing that the reader may know of
	Regional     bool // entries have places
	Graded       bool
	Held         bool
	Targets      []string
}

// entryFacets are what the list of a register is narrowed by.
func entryFacets() []app.Facet { return []app.Facet{"region", "state", "grade"} }

// register shows one register.
func (s *Server) register(c *call) error {
	v, list, err := c.registerList()
	if err != nil {
		return err
	}
	c.pageEntries(v, list)
	if v.Rows, err = c.entryRows(list[v.First-1 : v.Last]); err != nil {
		return err
	}
	p := &page{Name: "register", Title: c.text(v.Register.Title), Hall: "services", Data: v, NoIndex: c.r.URL.RawQuery != "" || v.Register.Confidential}
	p.Brief = c.say("register.brief", p.Title)
	p.Crumbs = []crumb{{"/services", c.say("hall.services")}, {"", p.Title}}
	return c.show(p)
}

// registerList is the register of the address, with the entries that the address leaves.
func (c *call) registerList() (*registerView, []app.EntryRow, error) {
	if c.o.Desk == nil {
		return nil, nil, statusError(http.StatusNotFound)
	}
	r := c.o.Pack.Register(strings.TrimSuffix(c.r.PathValue("kind"), ".csv"))
	if r == nil {
		return nil, nil, statusError(http.StatusNotFound)
	}
	v := &registerView{Register: r, On: c.dayToday(), Targets: r.CountsFor()}
	v.Path = registerURL(r.ID)
	c.dayAsked(v)
	all, err := c.o.Desk.Register(c.r.Context(), c.as(), r.ID, app.RegisterFilter{On: v.On})
	if err != nil {
		return nil, nil, err
	}
	v.List.Whole, v.Confidential = len(all), r.Confidential && len(all) == 0
	for _, e := range all {
		v.Regional, v.Graded, v.Held = v.Regional || e.Region != "", v.Graded || e.Grade != "", v.Held || e.Organisation != ""
	}
	return v, c.narrowed(v, all), nil
}

// dayAsked reads the day as of which the register is shown.
func (c *call) dayAsked(v *registerView) {
	asked := c.r.URL.Query().Get("on")
	if asked == "" {
		return
	}
	t, err := time.Parse(time.DateOnly, asked)
	if err != nil || t.Year() < 1990 || t.Year() > 2100 {
		v.DayWrong = c.say("register.on.wrong")
		return
	}
	v.On = dayOf(t)
	v.Past = v.On != c.dayToday()
	if v.Past {
		v.Hidden = append(v.Hidden, pair{"on", v.On.String()})
	}
}

// narrowed leaves the entries that the filters pass, and fills the facets: a count beside a value is what choosing it
// leaves under the other filters.
func (c *call) narrowed(v *registerView, all []app.EntryRow) []app.EntryRow {
	q := c.r.URL.Query()
	v.Query = strings.TrimSpace(cutRunes(q.Get("q"), 100))
	v.Cards = q.Get("view") == "cards"
	names, err := c.o.Desk.OrganisationNames(c.r.Context())
	if err != nil {
		names = nil // a search by the holder's name finds nothing then
	}
	said := map[string]string{}
	for _, e := range all {
		row := c.entryRow(e, names)
		said[e.ID] = strings.ToLower(strings.Join([]string{row.Title, row.Holder, row.Place, row.Level, e.ID}, "\n"))
	}
	passes := func(e app.EntryRow, but app.Facet) bool {
		for _, f := range entryFacets() {
			if chosen := q[string(f)]; f != but && len(chosen) > 0 && !slices.Contains(chosen, facetOf(e, f)) {
				return false
			}
		}
		for _, word := range strings.Fields(strings.ToLower(v.Query)) {
			if !strings.Contains(said[e.ID], word) {
				return false
			}
		}
		return true
	}
	for _, f := range entryFacets() {
		v.Facets = append(v.Facets, c.entryFacet(v, f, all, passes)...)
	}
	list := slices.DeleteFunc(slices.Clone(all), func(e app.EntryRow) bool { return !passes(e, "") })
	v.List.Records = len(list)
	return list
}

func facetOf(e app.EntryRow, f app.Facet) string {
	switch f {
	case "region":
		return string(cmp.Or(e.Region.City(), e.Region))
	case "state":
		return e.State
	}
	return e.Grade
}

// entryFacet is one facet with its values; none where entries do not differ in it.
func (c *call) entryFacet(v *registerView, f app.Facet, all []app.EntryRow, passes func(app.EntryRow, app.Facet) bool) []facetView {
	chosen := c.r.URL.Query()[string(f)]
	count, values := map[string]int{}, slices.Clone(chosen)
	for _, e := range all {
		value := facetOf(e, f)
		if value == "" {
			continue
		}
		if !slices.Contains(values, value) {
			values = append(values, value)
		}
		if passes(e, f) {
			count[value]++
		}
	}
	if len(values) == 0 || len(values) == 1 && len(chosen) == 0 {
		return nil // there is nothing to choose
	}
	slices.Sort(values)
	out := facetView{Name: f, Title: c.say("facet.entry." + string(f)), Open: true}
	for _, value := range slices.Compact(values) {
		word, on := c.entryWord(v.Register, f, value), slices.Contains(chosen, value)
		if on {
			out.Chosen++
			v.Filters++
			v.Chips = append(v.Chips, chip{word, c.registerPage(v, func(q url.Values) {
				q[string(f)] = slices.DeleteFunc(q[string(f)], func(s string) bool { return s == value })
			})})
		}
		out.Values = append(out.Values, valueView{Value: value, Word: word, Count: count[value], On: on})
	}
	return []facetView{out}
}

func (c *call) entryWord(r *plan.Register, f app.Facet, value string) string {
	switch f {
	case "region":
		return speaker{c.Server, c.lang}.city(zhuanhua.Region(cutRunes(value, 6)))
	case "state":
		if key := "entry.state." + value; c.words.Has(c.lang, key) {
			return c.say(key)
		}
		return cutRunes(value, 20)
	}
	return cutRunes(c.vocabularyWord(r.Grades.ID, value), 40)
}

// registerPage is this list's address with something changed.
func (c *call) registerPage(v *registerView, change func(url.Values)) string {
	q := url.Values{}
	for k, values := range c.r.URL.Query() {
		if slices.Contains([]string{"region", "state", "grade", "q", "on", "view"}, k) {
			q[k] = slices.Clone(values)
		}
	}
	change(q)
	if at := q.Encode(); at != "" {
		return c.url(v.Path) + "?" + at
	}
	return c.url(v.Path)
}

// pageEntries cuts the list into pages and makes the links around it.
func (c *call) pageEntries(v *registerView, list []app.EntryRow) {
	v.Page, _ = strconv.Atoi(c.r.URL.Query().Get("page"))
	v.Pages = max(1, (len(list)+pageRows-1)/pageRows)
	v.Page = min(max(v.Page, 1), v.Pages)
	v.First, v.Last = (v.Page-1)*pageRows+1, min(v.Page*pageRows, len(list))
	if v.Page > 1 {
		v.Prev = c.registerPage(v, func(q url.Values) { q.Set("page", itoa(v.Page-1)) })
	}
	if v.Page < v.Pages {
		v.Next = c.registerPage(v, func(q url.Values) { q.Set("page", itoa(v.Page+1)) })
	}
	v.Clear = c.registerPage(v, func(q url.Values) {
		for _, f := range entryFacets() {
			q.Del(string(f))
		}
	})
	for _, view := range []string{"table", "cards"} {
		v.Views = append(v.Views, choice{c.say("view." + view), c.registerPage(v, func(q url.Values) { q.Set("view", view) }), v.Cards == (view == "cards")})
	}
	_, query, _ := strings.Cut(c.registerPage(v, func(url.Values) {}), "?")
	v.CSV = c.url("/export/registers/" + url.PathEscape(v.Register.ID) + ".csv")
	if query != "" {
		v.CSV += "?" + query
	}
}

// registerFile writes what the list shows as a file for spreadsheets.
func (s *Server) registerFile(c *call) error {
	if !strings.HasSuffix(c.r.PathValue("kind"), ".csv") {
		return statusError(http.StatusNotFound)
	}
	v, list, err := c.registerList()
	if err != nil {
		return err
	}
	rows, err := c.entryRows(list)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	c.w.Header().Set("Content-Disposition", `attachment; filename="`+v.Register.ID+`.csv"`)
	out := csv.NewWriter(c.w)
	head := []string{}
	for _, k := range []string{"id", "name", "holder", "code", "region", "grade", "state", "from", "to"} {
		head = append(head, c.say("register.column."+k))
	}
	if _, err := c.w.Write([]byte("\ufeff")); err != nil {
		return nil // the reader has gone away
	}
	_ = out.Write(head) // errors are kept until Error
	for _, e := range rows {
		place := ""
		if e.Region != "" {
			place = intake.RegionName(e.Region)
		}
		line := []string{e.ID, e.Title, e.Holder, string(e.Region), place, e.Level, c.say(e.StateTag.Key), dayText(e.From), dayText(e.To)}
		for i := range line {
			line[i] = inert(line[i])
		}
		_ = out.Write(line)
	}
	out.Flush()
	return nil
}

func dayText(d zhuanhua.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// inert keeps spreadsheets from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
