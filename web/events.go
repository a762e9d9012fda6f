package web

import (
	"cmp"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/plan"
)

// eventVocabulary grades the registers whose entries take place on a day: matchmaking, roadshows, contests.
const eventVocabulary = "event_kind"

// eventsView is what is coming and what has been.
type eventsView struct {
	Coming, Past []eventRow
	Registers    []*plan.Register
}

// eventRow is an event with its day.
type eventRow struct {
	entryRow
	On zhuanhua.Date
}

// soonDays is how far ahead events are looked for.
const soonDays = 365

// events shows the entries of registers of events, by their day.
func (s *Server) events(c *call) error {
	v := &eventsView{}
	for _, r := range s.o.Pack.Registers {
		if r.Grades.ID != eventVocabulary || s.o.Desk == nil || r.Confidential {
			continue
		}
		v.Registers = append(v.Registers, r)
		if err := c.eventsOf(v, r); err != nil {
			return err
		}
	}
	slices.SortFunc(v.Coming, func(a, b eventRow) int {
		return cmp.Or(strings.Compare(a.On.String(), b.On.String()), strings.Compare(a.ID, b.ID))
	})
	slices.SortFunc(v.Past, func(a, b eventRow) int {
		return cmp.Or(strings.Compare(b.On.String(), a.On.String()), strings.Compare(a.ID, b.ID))
	})
	v.Past = v.Past[:min(len(v.Past), 2*pageRows)]
	p := &page{Name: "events", Title: c.say("events.title"), Hall: "events", Brief: c.say("events.brief"), Data: v}
	p.Crumbs = []crumb{{"", p.Title}}
	return c.show(p)
}

// eventsOf adds the events of one register: an entry counts from the day on which the event takes place.
func (c *call) eventsOf(v *eventsView, r *plan.Register) error {
	today := c.dayToday()
	list, err := c.o.Desk.Register(c.r.Context(), c.as(), r.ID, app.RegisterFilter{On: dayOf(c.today().AddDate(0, 0, soonDays)), State: zhuanhua.EntryActive})
	if err != nil {
		return err
	}
	rows, err := c.entryRows(list)
	if err != nil {
		return err
	}
	for _, e := range rows {
		row := eventRow{entryRow: e, On: e.From}
		if e.From.Before(today) {
			v.Past = append(v.Past, row)
			continue
		}
		row.URL += "?on=" + e.From.String()
		v.Coming = append(v.Coming, row)
	}
	return nil
}
