package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/plan/calendar"
)

// Notice is what an authority makes public of a case (公示、公告): that something is to be granted and until when
// one may object, or that it was granted. Confidential cases have none.
type Notice struct {
	ID       string // of the case; a decision's ends in "-decision"
	Decision bool   // what was decided, not what is proposed
	Case     string
	Workflow plan.Text
	Rule     *plan.Rule     // that money is given under; nil: none
	Register *plan.Register // that it is about; nil: none
	Subject  string         // what it is about, "" where only the holder is named
	Holder   string         // name of the organisation
	Text     string         // as it was publicised
	Hash     string         // of the text, as it was taken then
	Amount   *zhuanhua.Money
	Numbers  []string  // issued to the case
	At       time.Time // when it was made public
	Due      zhuanhua.Date
	Left     int    // working days, or days, after today and up to the last; of a running publicity
	Running  bool   // objections are taken
	Paused   bool   // while an objection is looked into
	Object   string // the action by which one objects; "" where nobody can
	Entry    string // that came of it
}

// decisionSuffix marks the notice of a decision.
const decisionSuffix = "-decision"

// Notices are what is public now, the newest first.
func (d *Desk) Notices(ctx context.Context) ([]Notice, error) {
	// What clocks cannot do now, such as on a full disk, does not keep anybody from reading: whether a period is over
	// is told by its last day.
	_, _ = d.Tick(ctx)
	s, err := d.shelved(ctx)
	if err != nil {
		return nil, err
	}
	today := d.Today(ctx)
	var out []Notice
	for i := range s.cases {
		c := &s.cases[i]
		if c.Publicity == nil || d.confidential(c.Register, c.Readers) {
			continue
		}
		n := d.notice(c, s.names)
		if at, ok := granted(c); ok {
			m := n
			m.ID, m.Decision, m.At = n.ID+decisionSuffix, true, at
			out = append(out, m)
		}
		out = append(out, d.publicity(n, c, today))
	}
	slices.SortStableFunc(out, func(a, b Notice) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ID, b.ID)) })
	return out, nil
}

// notice is what both notices of a case say.
func (d *Desk) notice(c *zhuanhua.Case, names map[string]string) Notice {
	n := Notice{ID: c.ID, Case: c.ID, Subject: c.Title, Holder: cmp.Or(names[c.Organisation], c.Organisation), Text: c.Publicity.Text, Hash: c.Publicity.TextHash,
		Amount: c.Amount, At: c.Publicity.From, Due: c.Publicity.Due, Rule: d.plan.Rule(c.Rule), Register: d.plan.Register(c.Register), Entry: c.Accreditation}
	if w := d.plan.Workflow(c.Workflow); w != nil {
		n.Workflow = w.Title
	}
	if n.Register != nil && n.Register.Subject != "person" { // nobody's name is made public here
		n.Subject = cmp.Or(c.Forms[n.Register.Form().ID].Values["name"], c.Title)
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Numbers)) {
		n.Numbers = append(n.Numbers, c.Numbers[kind])
	}
	return n
}

// publicity adds the clock to the notice of what is proposed.
func (d *Desk) publicity(n Notice, c *zhuanhua.Case, today zhuanhua.Date) Notice {
	i := slices.IndexFunc(c.Clocks, func(k zhuanhua.CaseClock) bool { return k.ID == c.Publicity.Clock })
	if i < 0 {
		return n
	}
	k := c.Clocks[i]
	n.Paused = !k.Paused.IsZero() && !k.Over && !k.Stopped
	if !k.Due.IsZero() {
		n.Due = k.Due
	}
	n.Running = !n.Paused && !k.Over && !k.Stopped && !c.Publicity.Done && !k.Due.Before(today)
	w := d.plan.Workflow(c.Workflow)
	if w == nil || !n.Running && !n.Paused {
		return n
	}
	if n.Running {
		unit := calendar.Workdays
		if x := w.Clock(k.ID); x != nil {
			unit = calendar.Unit(x.Unit)
		}
		if left, err := flow.Calendar(d.plan).Left(today, k.Due, unit); err == nil {
			n.Left = left
		}
	}
	for _, a := range w.Actions {
		if n.Running && a.Effect("object") != nil && a.IsFrom(c.State) {
			n.Object = a.ID
		}
	}
	return n
}

// granted is when a case got after its publicity what was publicised.
func granted(c *zhuanhua.Case) (time.Time, bool) {
	for _, x := range c.Decisions {
		if x.Decides == "grant" && x.At.After(c.Publicity.From) {
			return x.At, true
		}
	}
	return time.Time{}, false
}

// Object raises an objection by name (实名异议) against what a notice proposes.
func (d *Desk) Object(ctx context.Context, as, id string, values map[string]string) error {
	list, err := d.Notices(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(n Notice) bool { return n.ID == id })
	switch {
	case i < 0:
		return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "notice " + id, What: "没有这个公示 there is no such notice", Do: "see the notices"}
	case list[i].Object == "":
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "notice " + id, What: "公示期已结束或暂停 the publicity is over or stands still", Do: "write to the authority"}
	}
	_, err = d.Do(ctx, as, list[i].Case, Doing{Act: flow.Act{Action: list[i].Object, Values: values}})
	return err
}
