package web

import (
	"cmp"
	"fmt"
	"html/template"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/plan"
)

// entryPage is one entry of a register.
type entryPage struct {
	entryRow
	Register  *plan.Register
	View      app.EntryView
	Fields    []fieldView
	Relations []relationView // to others
	Related   []relationView // from others
	Rounds    []roundView
	History   []historyView
	Names     []zhuanhua.Name // where it was called otherwise before
	Item      *plan.Item
	Targets   []string
	On        zhuanhua.Date
	Past      bool
}

// fieldView is a field of an entry in words.
type fieldView struct {
	Title string
	Text  string
	URL   string
	Head  []string // of a table
	Table [][]string
}

// relationView is another record that an entry is tied to.
type relationView struct {
	Title string
	Name  string
	URL   string // "" where it has no page
	zhuanhua.Period
}

// roundView is one evaluation.
type roundView struct {
	Round, Grade, Then, Total string
	On                        zhuanhua.Date
}

// historyView is what a day brought.
type historyView struct {
	On      zhuanhua.Date
	What    string
	Changed []string
}

// entry shows one entry.
func (s *Server) entry(c *call) error {
	if s.o.Desk == nil {
		return statusError(http.StatusNotFound)
	}
	day := &registerView{On: c.dayToday()}
	c.dayAsked(day)
	e, err := s.o.Desk.Entry(c.r.Context(), c.as(), c.r.PathValue("id"), app.RegisterFilter{On: day.On}, true)
	if err != nil {
		return err
	}
	r := s.o.Pack.Register(e.Register)
	if r == nil || r.ID != c.r.PathValue("kind") {
		return statusError(http.StatusNotFound)
	}
	names, err := s.o.Desk.OrganisationNames(c.r.Context())
	if err != nil {
		return err
	}
	v := &entryPage{entryRow: c.entryRow(e.EntryRow, names), Register: r, View: e, Item: s.o.Pack.Item(r.Measure.ID), Targets: r.CountsFor(), On: day.On, Past: day.Past}
	if len(e.Names) > 1 {
		v.Names = e.Names
	}
	c.entryFields(v, names)
	if err := c.relations(v); err != nil {
		return err
	}
	c.rounds(v)
	c.history(v)
	p := &page{Name: "entry", Title: v.Title, Hall: "services", Data: v, NoIndex: r.Confidential || c.r.URL.RawQuery != ""}
	p.Brief = c.say("entry.brief", v.Kind, v.Title)
	p.Crumbs = []crumb{{"/services", c.say("hall.services")}, {registerURL(r.ID), v.Kind}, {"", cutText(v.Title, 20)}}
	return c.show(p)
}

// entryFields are the fields that the reader may see, but for those that stand in the head.
func (c *call) entryFields(v *entryPage, names map[string]string) {
	inHead := []string{"name", "organisation", "region", "grade"}
	for _, f := range v.Register.Fields {
		value := v.View.Values[f.ID]
		related := slices.ContainsFunc(v.Register.Relations, func(k *plan.RelationKind) bool { return k.Field.ID == f.ID })
		if value == "" || slices.Contains(inHead, f.ID) || related {
			continue
		}
		x := fieldView{Title: c.text(f.Title)}
		switch f.Type {
		case plan.FieldRows:
			c.tableField(&x, f, value)
		case plan.FieldOrganisation:
			x.Text = cmp.Or(names[value], value)
		default:
			x.Text, x.URL = c.fieldText(f, value)
		}
		v.Fields = append(v.Fields, x)
	}
}

func (c *call) tableField(x *fieldView, f *plan.Field, value string) {
	rows, err := plan.ReadRows(value)
	if err != nil {
		x.Text = value
		return
	}
	for _, col := range f.Columns {
		x.Head = append(x.Head, c.text(col.Title))
	}
	for _, row := range rows {
		var line []string
		for _, col := range f.Columns {
			text, _ := c.fieldText(col, row[col.ID])
			line = append(line, cmp.Or(text, c.say("value.none")))
		}
		x.Table = append(x.Table, line)
	}
}

// fieldText is a value of a field in words, and where it leads.
func (c *call) fieldText(f *plan.Field, value string) (text, at string) {
	say := speaker{c.Server, c.lang}
	switch f.Type {
	case plan.FieldMoney:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return say.money(zhuanhua.Money(n)), ""
		}
	case plan.FieldShare:
		return percent(value), ""
	case plan.FieldCount:
		if n, err := strconv.Atoi(value); err == nil {
			return number(n), ""
		}
	case plan.FieldDate:
		if d, ok := zhuanhua.ParseDate(value); ok {
			return say.day(d), ""
		}
	case plan.FieldRegion:
		return say.region(zhuanhua.Region(value)), ""
	case plan.FieldEnum:
		return c.vocabularyWord(f.Vocabulary.ID, value), ""
	case plan.FieldBool:
		return c.say(map[string]string{"true": "value.yes", "false": "value.no"}[value]), ""
	case plan.FieldAchievement:
		return c.recordTitle(zhuanhua.NounAchievement, value)
	case plan.FieldNeed:
		return c.recordTitle(zhuanhua.NounNeed, value)
	}
	return value, ""
}

// recordTitle is what a record is called, with its page where it is there.
func (c *call) recordTitle(n zhuanhua.Noun, id string) (text, at string) {
	if e := c.o.Catalogue.Entry(n, id); e != nil {
		return e.Title, recordURL(n, id)
	}
	return id, ""
}

// percent writes a share, of which the machine form is a fraction of one.
func percent(value string) string {
	r, ok := new(big.Rat).SetString(value)
	if !ok {
		return value
	}
	text := r.Mul(r, big.NewRat(100, 1)).FloatString(2)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "%"
}

// relations are ties to other records, both ways.
func (c *call) relations(v *entryPage) error {
	for _, x := range v.View.Relations {
		k := v.Register.Relation(x.Kind)
		kind, id, _ := strings.Cut(x.To, "/")
		if k == nil {
			continue
		}
		r := relationView{Title: c.text(k.Title), Name: id, Period: x.Period}
		switch zhuanhua.Noun(kind) {
		case zhuanhua.NounAccreditation:
			other, err := c.o.Desk.Entry(c.r.Context(), c.as(), id, app.RegisterFilter{}, false)
			if zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
				continue // what the reader may not know of is not there
			}
			if err != nil {
				return err
			}
			row := c.entryRow(other.EntryRow, nil)
			r.Name, r.URL = row.Title, row.URL
		case zhuanhua.NounAchievement, zhuanhua.NounNeed:
			r.Name, r.URL = c.recordTitle(zhuanhua.Noun(kind), id)
		}
		v.Relations = append(v.Relations, r)
	}
	for _, b := range v.View.Related {
		other, err := c.o.Desk.Entry(c.r.Context(), c.as(), b.Entry, app.RegisterFilter{}, false)
		if err != nil {
			return err
		}
		row := c.entryRow(other.EntryRow, nil)
		v.Related = append(v.Related, relationView{Title: c.text(b.Title), Name: row.Title, URL: row.URL, Period: b.Period})
	}
	return nil
}

// rounds are the evaluations with what they came to.
func (c *call) rounds(v *entryPage) {
	for _, e := range v.View.Evaluations {
		r := roundView{Round: e.Round, Grade: e.Grade, Total: fmt.Sprintf("%d.%02d", e.Total/100, e.Total%100), On: dayOf(e.At.In(beijing()))}
		if v.Register.Evaluation != nil {
			if g := v.Register.Evaluation.Grade(e.Grade); g != nil {
				r.Grade = c.text(g.Title)
			}
		}
		if key := "entry.then." + e.Consequence; e.Consequence != "" && c.words.Has(c.lang, key) {
			r.Then = c.say(key)
		}
		v.Rounds = append(v.Rounds, r)
	}
}

// history tells the changes, the newest first, in the words of the parts that changed.
func (c *call) history(v *entryPage) {
	for i, h := range v.View.History {
		x := historyView{On: dayOf(h.At.In(beijing())), What: c.say("entry.changed")}
		if i == 0 {
			x.What = c.say("entry.entered")
		}
		for _, part := range h.Changed {
			if key := "entry.part." + part; i > 0 && c.words.Has(c.lang, key) {
				x.Changed = append(x.Changed, c.say(key))
			}
		}
		v.History = append(v.History, x)
	}
	slices.Reverse(v.History)
}

// Period writes from when until when.
func (p *page) Period(x zhuanhua.Period) template.HTML {
	say := speaker{p.Server, p.lang}
	switch {
	case x.From.IsZero() && x.To.IsZero():
		return ""
	case x.To.IsZero():
		return template.HTML(template.HTMLEscapeString(p.say("period.since", say.day(x.From))))
	}
	return template.HTML(template.HTMLEscapeString(p.say("period.both", say.day(x.From), say.day(x.To))))
}
