package flow

import (
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// entryGuard checks a guard about entries of registers; false for a guard of another sort.
func (d *decision) entryGuard(g *plan.Guard) (zhuanhua.Reason, bool) {
	check := map[string]func(*plan.Guard) zhuanhua.Reason{
		"entry":              d.entryState,
		"no_overlap":         d.noOverlap,
		"not_revoked_before": d.notRevoked,
		"exclusive_relation": d.exclusive,
		"evaluated":          d.evaluated,
		"change_allowed":     d.changeAllowed,
	}[g.Kind]
	if check == nil {
		return zhuanhua.Reason{}, false
	}
	return check(g), true
}

// entryState checks the state of the case's entry.
func (d *decision) entryState(g *plan.Guard) zhuanhua.Reason {
	if d.entry == nil {
		return unmet(g.Kind, say("办件没有条目", "the case has no entry"), say("先列入", "bring it in first"))
	}
	state := d.entry.State(d.today)
	if slices.Contains(g.Words, state) {
		return met(g.Kind, say("条目 "+d.entry.ID+" "+stateTitle(state).ZH, "the entry "+d.entry.ID+" is "+stateTitle(state).EN))
	}
	var zh, en []string
	for _, w := range g.Words {
		zh, en = append(zh, stateTitle(w).ZH), append(en, stateTitle(w).EN)
	}
	return unmet(g.Kind, say("条目 "+d.entry.ID+" 现为“"+stateTitle(state).ZH+"”", "the entry "+d.entry.ID+" is "+stateTitle(state).EN), say("应为"+strings.Join(zh, "或"), "it has to be "+strings.Join(en, " or ")))
}

// asked is the entry that the case would bring in, or has; false as long as its form is not filled in.
func (d *decision) asked() (zhuanhua.Accreditation, bool) {
	if d.entry != nil && d.form == nil && len(d.registered().Values) == 0 {
		return *d.entry, true
	}
	if d.reg == nil || len(d.registered().Values) == 0 {
		return zhuanhua.Accreditation{}, false
	}
	e := d.candidate()
	if d.entry != nil { // a change: it is the same entry with other contents
		e.ID, e.Spans, e.Organisation = d.entry.ID, d.amendedSpans(e.Values), orElse(e.Values["organisation"], d.entry.Organisation)
	}
	return e, true
}

// amendedSpans are the periods of the case's entry as they will be once its form says something else: whoever makes
// a posting longer may run into the next one.
func (d *decision) amendedSpans(values map[string]string) []zhuanhua.Span {
	spans := slices.Clone(d.entry.Spans)
	if first := d.reg.Effective.ID; len(spans) == 1 && first != "" && values[first] != d.entry.Values[first] {
		spans[0].From = d.firstDay(values)
	}
	until := d.reg.Validity.Until.ID
	if until == "" || values[until] == d.entry.Values[until] {
		return spans
	}
	for i := len(spans) - 1; i >= 0; i-- {
		if spans[i].State == zhuanhua.EntryActive {
			spans[i].To = d.lastDay(spans[i].From, values)
			break
		}
	}
	return spans
}

// others are the entries of the case's register that are not its own.
func (d *decision) others() []*zhuanhua.Accreditation { return d.entriesOf([]string{d.reg.ID}) }

// entriesOf are the entries of some registers that are not the case's own.
func (d *decision) entriesOf(registers []string) []*zhuanhua.Accreditation {
	var out []*zhuanhua.Accreditation
	for i := range d.s.Entries {
		if e := &d.s.Entries[i].Accreditation; slices.Contains(registers, e.Register) && e.ID != d.c.Accreditation {
			out = append(out, e)
		}
	}
	return out
}

// alike reports whether two entries have the same in each of some things, and anything in one of them.
func alike(a, b *zhuanhua.Accreditation, keys []string) bool {
	something := false
	for _, k := range keys {
		x, y := thing(a, k), thing(b, k)
		if !slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) }) {
			return false
		}
		something = something || len(x) > 0 && x[0] != ""
	}
	return something
}

// thing is what an entry says of one thing; of names all that it ever had, so that nobody comes back under an
// old one.
func thing(e *zhuanhua.Accreditation, key string) []string {
	switch key {
	case "organisation":
		return []string{e.Organisation}
	case "person":
		return []string{e.Person}
	case "name":
		var out []string
		for _, n := range e.Names {
			out = append(out, strings.Join(strings.Fields(n.Name), ""))
		}
		return append(out, "")[:max(1, len(out))]
	}
	return []string{e.Values[key]}
}

// holding reports whether an entry is active or suspended on some day of a period.
func holding(e *zhuanhua.Accreditation, p zhuanhua.Period) (zhuanhua.Span, bool) {
	for _, s := range e.Spans {
		if (s.State == zhuanhua.EntryActive || s.State == zhuanhua.EntrySuspended) && overlap(s.Period, p) {
			return s, true
		}
	}
	return zhuanhua.Span{}, false
}

// until is the end of a period for people.
func until(p zhuanhua.Period) string {
	if p.To.IsZero() {
		return "—"
	}
	return p.To.String()
}

// noOverlap refuses a second entry of the same body, thing or person for days on which it has one.
func (d *decision) noOverlap(g *plan.Guard) zhuanhua.Reason {
	e, ok := d.asked()
	if !ok {
		return met(g.Kind, say("填表后核对", "checked once the form is filled in"))
	}
	if what := d.nobody(&e); !what.IsZero() {
		return unmet(g.Kind, what, say("代填的写明是谁的条目", "who files it for another names the other"))
	}
	if what := d.overlapping(&e); !what.IsZero() {
		return unmet(g.Kind, what, say("变更或延续原条目，或待其到期", "amend or renew that entry, or wait until it has ended"))
	}
	if what := d.descending(&e); !what.IsZero() {
		return unmet(g.Kind, what, say("按级别的先后申报", "apply for a grade above it"))
	}
	return met(g.Kind, say("没有有效期重叠的条目", "no entry overlaps it"))
}

// nobody says what is not filled in where an entry names nothing by which the register tells entries apart: two such
// would never be found to be one.
func (d *decision) nobody(e *zhuanhua.Accreditation) plan.Text {
	keys := d.reg.OneOf()
	if slices.ContainsFunc(keys, func(k string) bool { return thing(e, k)[0] != "" }) {
		return plan.Text{}
	}
	title := plan.Text{ZH: strings.Join(keys, "、"), EN: strings.Join(keys, ", ")}
	if f := d.reg.Field(keys[0]); f != nil {
		title = f.Title
	}
	return say("“"+title.ZH+"”没有填写，条目不属于任何人", "\""+title.EN+"\" is not filled in, and the entry is nobody's")
}

// descending names an entry of the same person or body with a grade that is not below the new one, where the
// register's grades ascend; zero when there is none. One that was revoked is held no more.
func (d *decision) descending(e *zhuanhua.Accreditation) plan.Text {
	if d.reg.Ascends == nil {
		return plan.Text{}
	}
	order := d.s.Plan.Vocabulary(d.reg.Grades.ID).Codes()
	from := e.Spans[0].From
	grade := e.Grade(from)
	for _, o := range d.others() {
		have := o.Grade(from)
		if o.State(from) == zhuanhua.EntryRevoked || have == "" || !alike(e, o, subjectKeys(d.reg)) {
			continue
		}
		if slices.Index(order, grade) <= slices.Index(order, have) {
			title := d.s.Plan.Vocabulary(d.reg.Grades.ID).Find(have).Name
			return say("条目 "+o.ID+" 已是“"+title.ZH+"”，新的级别不高于它", "the entry "+o.ID+" is \""+title.EN+"\" already, and the new grade is not above it")
		}
	}
	return plan.Text{}
}

// overlapping names another entry of the same body, thing or person that holds on a day on which this one does,
// zero when there is none.
func (d *decision) overlapping(e *zhuanhua.Accreditation) plan.Text {
	for _, o := range d.others() {
		if !alike(e, o, d.reg.OneOf()) {
			continue
		}
		for _, s := range e.Spans {
			if have, there := holding(o, s.Period); there && (s.State == zhuanhua.EntryActive || s.State == zhuanhua.EntrySuspended) {
				return say("与条目 "+o.ID+"（"+have.From.String()+" 至 "+until(have.Period)+"）有效期重叠", "it overlaps the entry "+o.ID+" ("+have.From.String()+" to "+until(have.Period)+")")
			}
		}
	}
	return plan.Text{}
}

// notRevoked refuses who was revoked not long ago, in the registers and by the marks that the register says: a body
// that was revoked does not come back under another name where it is the body that was found wanting. Why it was
// revoked is the authority's note and not told.
func (d *decision) notRevoked(g *plan.Guard) zhuanhua.Reason {
	e, ok := d.asked()
	if !ok {
		return met(g.Kind, say("填表后核对", "checked once the form is filled in"))
	}
	for _, o := range d.entriesOf(d.reg.BarredIn()) {
		for _, s := range o.Spans {
			again := term(s.From, g.Length.Value, g.Unit).Next()
			if s.State == zhuanhua.EntryRevoked && alike(&e, o, d.reg.BarredBy()) && d.today.Before(again) {
				return unmet(g.Kind, say("条目 "+o.ID+"（"+orElse(o.Name(s.From), o.Register)+"）已于 "+s.From.String()+" 被撤销", "the entry "+o.ID+" was revoked on "+s.From.String()), say(again.String()+" 起可再申请", "apply again from "+again.String()))
			}
		}
	}
	return met(g.Kind, say("近期没有被撤销", "not revoked of late"))
}

// exclusive refuses a relation of which there is one at a time, such as a posting of one person, where the
// same person or body has another one then.
func (d *decision) exclusive(g *plan.Guard) zhuanhua.Reason {
	e, ok := d.asked()
	if !ok {
		return met(g.Kind, say("填表后核对", "checked once the form is filled in"))
	}
	for _, k := range d.reg.Relations {
		if !k.Exclusive || e.Values[k.Field.ID] == "" {
			continue
		}
		for _, o := range d.others() {
			if r, there := d.related(o, k.ID, e.Spans); there && alike(&e, o, subjectKeys(d.reg)) {
				return unmet(g.Kind, say("“"+k.Title.ZH+"”同一时间只能有一个：条目 "+o.ID+" 已"+k.Title.ZH+" "+bare(r.To)+"（"+r.From.String()+" 至 "+until(r.Period)+"）", "\""+k.Title.EN+"\" holds one at a time: the entry "+o.ID+" is "+k.Title.EN+" "+bare(r.To)+" ("+r.From.String()+" to "+until(r.Period)+")"),
					say("先结束原来的，或改正起止日期", "end that one first, or mend the dates"))
			}
		}
	}
	return met(g.Kind, say("没有同时的其他关系", "no other at the same time"))
}

// subjectKeys is what tells one subject of a register from another.
func subjectKeys(r *plan.Register) []string {
	return map[string][]string{"person": {"person"}, "organisation": {"organisation"}, "thing": {"name"}}[r.Subject]
}

// related finds a relation of an entry that holds on a day of some periods.
func (d *decision) related(o *zhuanhua.Accreditation, kind string, spans []zhuanhua.Span) (zhuanhua.Relation, bool) {
	for _, r := range o.Relations {
		for _, s := range spans {
			have, there := holding(o, s.Period)
			if r.Kind != kind || !there || !overlap(r.Period, s.Period) {
				continue
			}
			if r.Period.To.IsZero() {
				r.Period.To = have.To
			}
			return r, true
		}
	}
	return zhuanhua.Relation{}, false
}

// bare is the id in "accreditation/liaison-station-2026-0001".
func bare(to string) string { return baseOf(to) }

// evaluated checks what the case's evaluation came to.
func (d *decision) evaluated(g *plan.Guard) zhuanhua.Reason {
	e := d.c.Evaluation
	if e == nil {
		return unmet(g.Kind, say("还没有评分", "nothing is scored yet"), say("先评分", "score it first"))
	}
	is := slices.Contains(g.Words, e.Consequence) || slices.ContainsFunc(g.Grades, func(r plan.Ref) bool { return r.ID == e.Grade })
	title := d.gradeTitle(e.Grade)
	what := say("评价 "+centi(e.Total)+" 分，"+title.ZH, "evaluated with "+centi(e.Total)+", "+title.EN)
	if is {
		return met(g.Kind, what)
	}
	return unmet(g.Kind, what, say("按该等次的后果办理", "do what follows from that grade"))
}

// changeAllowed checks that the register has such a change, by this workflow.
func (d *decision) changeAllowed(g *plan.Guard) zhuanhua.Reason {
	change, _ := d.field("", "change")
	if d.reg != nil && slices.Contains(d.reg.ChangesBy(d.w.ID), change) {
		return met(g.Kind, say("名录允许这种变动", "the register has such a change"))
	}
	ways := "—"
	if d.reg != nil {
		ways = strings.Join(d.reg.ChangesBy(d.w.ID), ", ")
	}
	return unmet(g.Kind, say("名录没有变动“"+change+"”", "the register has no change \""+change+"\""), say("可用的："+ways, "there are: "+ways))
}

// seenEntry is an entry that was gathered, nil when there is none.
func (d *decision) seenEntry(id string) *zhuanhua.Accreditation {
	for i := range d.s.Entries {
		if d.s.Entries[i].ID == id {
			return &d.s.Entries[i].Accreditation
		}
	}
	return nil
}

// references checks the fields of a form that name entries and persons: an entry has to be one of its register,
// and active when it is named; a person has to be one whom the records have, so that no name stands there.
func (d *decision) references(values map[string]string) []zhuanhua.Reason {
	var bad []zhuanhua.Reason
	for _, f := range d.form.Fields {
		v := values[f.ID]
		check := d.form.ID + "." + f.ID
		switch {
		case v == "", d.entry != nil && d.a.RegisterForm && v == d.entry.Values[f.ID]:
		case f.Type == plan.FieldPerson && !d.s.Persons[v]:
			bad = append(bad, unmet(check, say("“"+f.Title.ZH+"”：没有人员记录 "+v, "\""+f.Title.EN+"\": there is no person "+v), say("先导入人员，再写其编号", "import the person and write the id")))
		case f.Type == plan.FieldRegister:
			bad = append(bad, d.reference(f, v, values)...)
		}
	}
	return bad
}

// reference checks a field that names an entry.
func (d *decision) reference(f *plan.Field, id string, values map[string]string) []zhuanhua.Reason {
	of := orElse(f.Of.ID, d.c.Register)
	e := d.seenEntry(id)
	check := d.form.ID + "." + f.ID
	if e == nil || e.Register != of {
		return []zhuanhua.Reason{unmet(check, say("“"+f.Title.ZH+"”：名录 "+of+" 没有条目 "+id, "\""+f.Title.EN+"\": the register "+of+" has no entry "+id), say("可用的见 register list "+of, "see register list "+of))}
	}
	on := d.today
	if d.a.RegisterForm && d.reg != nil {
		on = d.firstDay(values)
	}
	if e.State(d.today) != zhuanhua.EntryActive && e.State(on) != zhuanhua.EntryActive {
		return []zhuanhua.Reason{unmet(check, say("“"+f.Title.ZH+"”：条目 "+id+" 现为“"+stateTitle(e.State(on)).ZH+"”", "\""+f.Title.EN+"\": the entry "+id+" is "+stateTitle(e.State(on)).EN), say("改写有效的条目", "name one that is active"))}
	}
	return nil
}
