package flow

import (
	"slices"
	"time"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/calendar"
)

// Calendar is the calendar of a plan, for counting. A plan without one knows no year, and every period that
// is counted with it says which year is missing.
func Calendar(p *plan.Pack) *calendar.Calendar {
	var years []calendar.Year
	var regional []zhuanhua.Date
	if p.Calendar == nil {
		return calendar.New(nil, nil)
	}
	for _, y := range p.Calendar.Years {
		out := calendar.Year{Year: y.Year, Provisional: y.Provisional}
		for _, h := range y.Holidays {
			out.Off = append(out.Off, h.Period)
		}
		for _, d := range y.MakeUp {
			out.Worked = append(out.Worked, d.Date)
		}
		years = append(years, out)
	}
	for _, h := range p.Calendar.Regional {
		for _, d := range h.Days {
			regional = append(regional, d.Date)
		}
	}
	return calendar.New(years, regional)
}

// days is the plan's calendar.
func (d *decision) days() *calendar.Calendar {
	if d.cal == nil {
		d.cal = Calendar(d.s.Plan)
	}
	return d.cal
}

// closing is when a last day ends: 24:00 in Beijing.
func closing(due zhuanhua.Date) time.Time {
	return time.Date(due.Year, due.Month, due.Day+1, 0, 0, 0, 0, zhuanhua.Shanghai())
}

// isOver reports whether a clock has run out: one that stands, or was stopped before, has not.
func isOver(k zhuanhua.CaseClock, now time.Time) bool {
	if k.Over || k.Stopped {
		return k.Over
	}
	return k.Paused.IsZero() && !k.Due.IsZero() && !now.Before(closing(k.Due))
}

// runs reports whether a clock is still open: it runs or stands, and has not run out.
func runs(k zhuanhua.CaseClock, now time.Time) bool { return !k.Stopped && !isOver(k, now) }

// clock is the case's clock with an id, nil when it never started.
func (d *decision) clock(id string) *zhuanhua.CaseClock {
	for i := range d.c.Clocks {
		if d.c.Clocks[i].ID == id {
			return &d.c.Clocks[i]
		}
	}
	return nil
}

// begin starts a clock anew.
func (d *decision) begin(id string) error {
	// The day of the event does not count (Civil Code, art. 201), whatever the hour.
	k := d.w.Clock(id)
	end, err := d.days().Add(d.today, k.Length.Value, calendar.Unit(k.Unit))
	if err != nil {
		return d.noCalendar(k, err)
	}
	at := d.by.Now.UTC()
	fresh := zhuanhua.CaseClock{ID: id, Started: at, Since: at, Due: end.Day, Provisional: end.Provisional}
	if have := d.clock(id); have != nil {
		*have = fresh
	} else {
		d.c.Clocks = append(d.c.Clocks, fresh)
	}
	return nil
}

// noCalendar says that a period cannot be counted.
func (d *decision) noCalendar(k *plan.Clock, err error) error {
	return d.invalid("calendar", say("无法计算“"+k.Title.ZH+"”："+err.Error(), "\""+k.Title.EN+"\" cannot be counted"), plan.Text{ZH: "请方案管理员补充日历", EN: "ask the owner of the plan to complete the calendar"})
}

// pause lets a clock stand. The day on which it stops is used.
func (d *decision) pause(x *zhuanhua.CaseClock) error {
	if !runs(*x, d.by.Now) || !x.Paused.IsZero() {
		return nil
	}
	k := d.w.Clock(x.ID)
	_, unit := calendar.Whole(zhuanhua.DateOf(x.Started), k.Length.Value, calendar.Unit(k.Unit))
	spent, err := d.days().Spent(zhuanhua.DateOf(x.Since), d.today, unit)
	if err != nil {
		return d.noCalendar(k, err)
	}
	x.Paused, x.Spent, x.Due = d.by.Now.UTC(), x.Spent+spent, zhuanhua.Date{}
	return nil
}

// resume lets a clock go on for what it has left, unless the state that the case comes to holds it, or an
// objection to what it publicises is open.
func (d *decision) resume(x *zhuanhua.CaseClock, to string) error {
	k := d.w.Clock(x.ID)
	publicity := d.c.Publicity != nil && d.c.Publicity.Clock == x.ID && d.openObjections() > 0
	if x.Paused.IsZero() || x.Stopped || pausesIn(k, to) || publicity {
		return nil
	}
	// What is left is counted from today and not added to the old end: holidays that fell into the standstill
	// must not count twice.
	whole, unit := calendar.Whole(zhuanhua.DateOf(x.Started), k.Length.Value, calendar.Unit(k.Unit))
	end, err := d.days().Add(d.today, max(0, whole-x.Spent), unit)
	if err != nil {
		return d.noCalendar(k, err)
	}
	x.Paused, x.Since, x.Due = time.Time{}, d.by.Now.UTC(), end.Day
	x.Provisional = x.Provisional || end.Provisional
	return nil
}

// pausesIn reports whether a clock stands in a state.
func pausesIn(k *plan.Clock, state string) bool {
	return slices.ContainsFunc(k.PausesIn, func(r plan.Ref) bool { return r.ID == state })
}

// clocks moves every clock as the action and the states ask: it stands in some states, goes on behind
// them, begins anew with some actions, and starts with an action or a state unless it runs already.
func (d *decision) clocks(from, to string) error {
	for _, k := range d.w.Clocks {
		if err := d.clockMoves(k, from, to); err != nil {
			return err
		}
	}
	for i := range d.c.Clocks {
		x := &d.c.Clocks[i]
		if d.by.User == nil && isOver(*x, d.by.Now) && thenOf(d.w, x.ID) == d.a {
			x.Over = true
		}
	}
	d.publicityMoves()
	return nil
}

// clockMoves moves one clock.
func (d *decision) clockMoves(k *plan.Clock, from, to string) error {
	// A clock that runs or stands is not started again by coming to its state once more: returning a claim for
	// correction must not give the office its whole time anew.
	restarts := slices.ContainsFunc(k.RestartsOn, func(r plan.Ref) bool { return r.ID == d.a.ID })
	starts := k.Starts.ID != "" && (k.Starts.ID == d.a.ID || k.Starts.ID == to && from != to)
	x := d.clock(k.ID)
	live := x != nil && runs(*x, d.by.Now)
	stopped := slices.ContainsFunc(d.a.Does, func(e *plan.Effect) bool { return e.Kind == "stop" && e.Clock.ID == k.ID })
	if !stopped && (restarts || starts && !live) {
		if err := d.begin(k.ID); err != nil {
			return err
		}
		x, live = d.clock(k.ID), true
	}
	switch {
	case !live:
		return nil
	case pausesIn(k, to):
		return d.pause(x)
	case from != to && pausesIn(k, from):
		return d.resume(x, to)
	}
	return nil
}

// publicityMoves keeps the publicity in step with its clock.
func (d *decision) publicityMoves() {
	p := d.c.Publicity
	if p == nil {
		return
	}
	if k := d.clock(p.Clock); k != nil {
		p.Due = k.Due
		p.Done = p.Done || isOver(*k, d.by.Now) && d.openObjections() == 0
	}
}

// openObjections counts objections without an answer.
func (d *decision) openObjections() int {
	n := 0
	for _, o := range d.c.Objections {
		if o.Closed.IsZero() {
			n++
		}
	}
	return n
}
