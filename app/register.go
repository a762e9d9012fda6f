package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/indicator"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// RegisterFilter narrows what is read of registers.
type RegisterFilter struct {
	On     zhuanhua.Date   // the day on which things hold; zero: today
	Known  time.Time       // what was known then; zero: now
	Region zhuanhua.Region // entries in it
	State  string
}

// EntryRow is one line of a register, as everybody may see it.
type EntryRow struct {
	ID           string          `json:"id"`
	Register     string          `json:"register"`
	Name         string          `json:"name"`
	Organisation string          `json:"organisation,omitempty"`
	Region       zhuanhua.Region `json:"region,omitempty"`
	Grade        string          `json:"grade,omitempty"`
	State        string          `json:"state"`
	From         zhuanhua.Date   `json:"from,omitzero"`
	To           zhuanhua.Date   `json:"to,omitzero"`
	Case         string          `json:"case,omitempty"`
}

func row(e *zhuanhua.Accreditation, on zhuanhua.Date) EntryRow {
	r := EntryRow{ID: e.ID, Register: e.Register, Name: e.Name(on), Organisation: e.Organisation, Region: e.Region, Grade: e.Grade(on), State: e.State(on)}
	if s := e.On(on); s != nil {
		r.From, r.To, r.Case = s.From, s.To, s.Case
	}
	return r
}

// seenRow is a line as a reader may see it. Numbers of cases are not for the public: those that run through would
// say how many were refused.
func (d *Desk) seenRow(who reader, e *zhuanhua.Accreditation, on zhuanhua.Date) EntryRow {
	r := row(e, on)
	if d.entrySight(who, e) == sightPublic {
		r.Case = ""
	}
	return r
}

// reader is who looks at registers; the zero reader is the public.
type reader struct {
	user  *zhuanhua.User
	today zhuanhua.Date
}

// looking is the reader that a user is, or the public where none is named.
func (d *Desk) looking(ctx context.Context, as string) (reader, error) {
	r := reader{today: zhuanhua.DateOf(d.store.Now(ctx))}
	if as == "" {
		return r, nil
	}
	u, err := acting(ctx, d.store, as)
	r.user = &u
	return r, err
}

// confidential reports whether entries or cases of a register are for readers alone. Where the plan has
// forgotten the register, what has readers stays for them.
func (d *Desk) confidential(register string, readers []string) bool {
	r := d.plan.Register(register)
	return len(readers) > 0 || r != nil && r.Confidential
}

// mayKnow reports whether a reader may know that there is such an entry or case: one whom it names, or who
// holds one of the register's roles in its department.
func (d *Desk) mayKnow(who reader, register string, readers []string) bool {
	if !d.confidential(register, readers) {
		return true
	}
	u := who.user
	if u == nil || u.Disabled {
		return false
	}
	if slices.Contains(readers, u.ID) {
		return true
	}
	reg := d.plan.Register(register)
	return reg != nil && slices.ContainsFunc(u.Roles, func(g zhuanhua.Grant) bool { return g.Holds(who.today) && reg.Readers.Reads(g) })
}

// knowsCase is mayKnow for a case.
func (d *Desk) knowsCase(c *zhuanhua.Case, u *zhuanhua.User, today zhuanhua.Date) bool {
	return c.Register == "" && len(c.Readers) == 0 || d.mayKnow(reader{u, today}, c.Register, c.Readers)
}

// holdsEntry reports whether the entry that a case is about is the user's own.
func holdsEntry(c *zhuanhua.Case, u *zhuanhua.User) bool {
	return c.Holder != "" && c.Holder == u.Organisation || c.Person != "" && c.Person == u.Person
}

// eachEntry goes through the entries that a reader may know of, as they were known at a time.
func (d *Desk) eachEntry(ctx context.Context, who reader, f RegisterFilter, register string, do func(*zhuanhua.Accreditation) error) error {
	take := func(e zhuanhua.Accreditation) error {
		if register != "" && e.Register != register || !d.mayKnow(who, e.Register, e.Readers) || f.Region != "" && !e.Region.Within(f.Region) {
			return nil
		}
		return do(&e)
	}
	if f.Known.IsZero() && d.shelf != nil {
		s, err := d.shelved(ctx)
		if err != nil {
			return err
		}
		for i := range s.entries {
			if err := take(s.entries[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if f.Known.IsZero() {
		is := map[string]any{}
		if register != "" {
			is["register"] = register
		}
		return each(ctx, d.store, store.Filter{Is: is}, func(e zhuanhua.Accreditation, _ int64) error { return take(e) })
	}
	for row, err := range d.store.AsKnown(ctx, zhuanhua.NounAccreditation, f.Known) {
		if err != nil {
			return err
		}
		e, err := store.As[zhuanhua.Accreditation](row)
		if err == nil {
			err = take(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// on is the day that a filter means.
func (f RegisterFilter) on(today zhuanhua.Date) zhuanhua.Date {
	if f.On.IsZero() {
		return today
	}
	return f.On
}

// Register lists the entries of a register that are there on a day, in the order of their ids. as is the
// user who looks, "" the public.
func (d *Desk) Register(ctx context.Context, as, register string, f RegisterFilter) ([]EntryRow, error) {
	if d.plan.Register(register) == nil {
		return nil, d.noRegister(register)
	}
	return d.Registered(ctx, as, register, f)
}

// Registered is Register, for all registers of the plan where none is named.
func (d *Desk) Registered(ctx context.Context, as, register string, f RegisterFilter) ([]EntryRow, error) {
	who, err := d.looking(ctx, as)
	if err != nil {
		return nil, err
	}
	on := f.on(who.today)
	list := []EntryRow{}
	err = d.eachEntry(ctx, who, f, register, func(e *zhuanhua.Accreditation) error {
		if state := e.State(on); state != "" && (f.State == "" || f.State == state) {
			list = append(list, d.seenRow(who, e, on))
		}
		return nil
	})
	slices.SortFunc(list, func(a, b EntryRow) int { return strings.Compare(a.ID, b.ID) })
	return list, err
}

// OrganisationNames are the names of organisations by id, for reading alone.
func (d *Desk) OrganisationNames(ctx context.Context) (map[string]string, error) {
	s, err := d.shelved(ctx)
	return s.names, err
}

func (d *Desk) noRegister(id string) error {
	return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "register " + id, What: "方案里没有这个名录 the plan has no such register", Do: "see them with zhuanhua register kinds"}
}

// Count counts towards a target on a day, with the records behind each unit.
func (d *Desk) Count(ctx context.Context, as, target string, f RegisterFilter) (indicator.Count, error) {
	who, err := d.looking(ctx, as)
	if err != nil {
		return indicator.Count{}, err
	}
	var entries []zhuanhua.Accreditation
	public := map[string]bool{} // entries that the reader sees as everybody does
	err = d.eachEntry(ctx, who, f, "", func(e *zhuanhua.Accreditation) error {
		if r := d.plan.Register(e.Register); r != nil && slices.Contains(r.CountsFor(), target) {
			entries = append(entries, *e)
			public[e.ID] = d.entrySight(who, e) == sightPublic
		}
		return nil
	})
	if err != nil {
		return indicator.Count{}, err
	}
	c, err := indicator.Of(d.plan, target, entries, f.on(who.today))
	for i := range c.Records {
		if public[c.Records[i].ID] {
			c.Records[i].Case = ""
		}
	}
	return c, err
}

// readEntry reads an entry that a reader may know of; any other is not found, whether it is there or not.
func (d *Desk) readEntry(ctx context.Context, who reader, id string) (zhuanhua.Accreditation, int64, error) {
	e, version, err := get[zhuanhua.Accreditation](ctx, d.store, id)
	if zhuanhua.KindOf(err) == zhuanhua.KindNotFound || err == nil && !d.mayKnow(who, e.Register, e.Readers) {
		return zhuanhua.Accreditation{}, 0, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "entry " + id, What: "没有这个条目 there is no such entry", Do: "check the id, or see zhuanhua register list"}
	}
	return e, version, err
}

// may reports whether who acts may know of an entry. Clocks look at everything and tell nobody.
func (g *gathering) may(e *zhuanhua.Accreditation) bool {
	if g.user == nil {
		return true
	}
	return g.desk.mayKnow(reader{g.user, zhuanhua.DateOf(g.now)}, e.Register, e.Readers)
}

// entries adds the case's entry, those that forms name, and those alike. What the actor may not know of is
// not there for them.
func (g *gathering) entries(ctx context.Context, s *flow.Situation, n flow.Needs) error {
	if n.Entry != "" {
		e, version, err := get[zhuanhua.Accreditation](ctx, g.desk.store, n.Entry)
		if err != nil {
			return err
		}
		s.Entry = &flow.EntrySeen{Accreditation: e, Version: version}
	}
	if err := g.takeTurn(ctx, n.Alike); err != nil {
		return err
	}
	seen := map[string]bool{}
	add := func(e zhuanhua.Accreditation, version int64) error {
		if !seen[e.ID] && g.may(&e) {
			s.Entries = append(s.Entries, flow.EntrySeen{Accreditation: e, Version: version})
		}
		seen[e.ID] = true
		return nil
	}
	if f, any := some(n.Entries); any {
		if err := each(ctx, g.desk.store, f, add); err != nil {
			return err
		}
	}
	for _, a := range n.Alike {
		is := map[string]any{"register": a.Register}
		if a.Column != "" {
			is[a.Column] = a.Value
		}
		if err := each(ctx, g.desk.store, store.Filter{Is: is}, add); err != nil {
			return err
		}
	}
	return g.newEntry(ctx, s, n)
}

// takeTurn reads, before the entries that a decision compares with, the turn of their register. The change
// moves it, so that of two decisions that did not see each other's entry one is decided again.
func (g *gathering) takeTurn(ctx context.Context, alike []flow.Alike) error {
	if len(alike) == 0 {
		return nil
	}
	_, next, err := g.desk.counter(ctx, "turn/"+alike[0].Register, g.now)
	g.turn = &next
	return err
}

// newEntry adds the id for an entry that comes in, and whom it is for.
func (g *gathering) newEntry(ctx context.Context, s *flow.Situation, n flow.Needs) error {
	d := g.desk
	s.Persons = map[string]bool{}
	if f, any := some(n.Persons); any {
		for row, err := range d.store.Rows(ctx, zhuanhua.NounPerson, f) {
			if err != nil {
				return err
			}
			s.Persons[row.ID] = !row.Forgotten
		}
	}
	if n.Holder != "" {
		row, err := find(ctx, d.store, zhuanhua.NounOrganisation, n.Holder)
		if err != nil {
			return err
		}
		if row != nil {
			o, err := store.As[zhuanhua.Organisation](*row)
			if err != nil {
				return err
			}
			s.Holder = &o
		}
	}
	if n.NewEntry == "" || n.Entry != "" {
		return nil
	}
	year := zhuanhua.DateOf(g.now).Year
	if d.confidential(n.NewEntry, nil) {
		s.EntryID = d.unguessable(n.NewEntry, year)
		return nil
	}
	i, next, err := d.counter(ctx, "entry/"+n.NewEntry, g.now)
	s.EntryID, g.entry = fmt.Sprintf("%s-%d-%04d", n.NewEntry, year, i), &next
	return err
}

// unguessable is an id that says nothing of how many there are: confidential cases and entries are not numbered
// through.
func (d *Desk) unguessable(kind string, year int) string {
	return fmt.Sprintf("%s-%d-%s", kind, year, strings.ToLower(d.random())[:12])
}

// randomText is the default of Desk.random.
func randomText() string { return rand.Text() }

// beginEntry adds to a beginning the entry that it changes, and checks that the user may know of it.
func (d *Desk) beginEntry(ctx context.Context, u *zhuanhua.User, s *flow.Situation, id string) error {
	if id == "" {
		return nil
	}
	e, version, err := d.readEntry(ctx, reader{u, zhuanhua.DateOf(d.store.Now(ctx))}, id)
	if err != nil {
		return err
	}
	s.Entry = &flow.EntrySeen{Accreditation: e, Version: version}
	return d.addLinked(ctx, s, flow.GatherBeginning(&e).Linked)
}

// caseID is the id of a new case: numbered through, but for confidential ones.
func (d *Desk) caseID(ctx context.Context, b flow.Beginning, register string, now time.Time) (string, *zhuanhua.Item, error) {
	year := zhuanhua.DateOf(now).Year
	if d.confidential(register, nil) {
		return d.unguessable(b.Workflow, year), nil, nil
	}
	n, next, err := d.counter(ctx, "case/"+b.Workflow, now)
	return fmt.Sprintf("%s-%d-%05d", b.Workflow, year, n), &next, err
}

// registerOf is the register that a case to begin is about, as far as it can be told beforehand.
func (d *Desk) registerOf(b flow.Beginning, e *flow.EntrySeen) string {
	if e != nil {
		return e.Register
	}
	if of := d.plan.RegistersOf(b.Workflow); b.Register == "" && len(of) == 1 {
		return of[0].ID
	}
	return b.Register
}

// batch is the name under which a decision is recorded: that of its step, which lists of batches show; for a
// confidential one a name that says nothing.
func (d *Desk) batch(c *zhuanhua.Case, step string) string {
	if d.confidential(c.Register, c.Readers) {
		return "b-" + strings.ToLower(d.random())
	}
	return step
}

// presentFields are the values of the register's form as an entry has them, for who changes it.
func (d *Desk) presentFields(ctx context.Context, c *zhuanhua.Case, a *plan.Action) (map[string]string, error) {
	if !a.RegisterForm || c.Accreditation == "" {
		return nil, nil
	}
	e, _, err := get[zhuanhua.Accreditation](ctx, d.store, c.Accreditation)
	return e.Values, err
}

// Today is the day on which the desk works.
func (d *Desk) Today(ctx context.Context) zhuanhua.Date { return zhuanhua.DateOf(d.store.Now(ctx)) }
