package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// findRegister finds the register that a case to begin is about: of the entry that it changes, the one that is
// named, or the only one that the workflow brings entries into.
func (d *decision) findRegister(b *Beginning) error {
	of := d.s.Plan.RegistersOf(d.w.ID)
	if d.s.Entry != nil {
		return d.findChange(b)
	}
	var enters []string
	for _, r := range of {
		if r.Enters.ID == d.w.ID {
			enters = append(enters, r.ID)
		}
	}
	if b.Register == "" && len(enters) == 1 && len(of) == 1 {
		b.Register = enters[0]
	}
	d.reg = d.s.Plan.Register(b.Register)
	switch {
	case b.Register == "" && len(of) == 0:
		return nil
	case b.Register == "" && len(enters) == 0:
		return d.invalid("entry", say("“"+d.w.Title.ZH+"”是对已有条目办理的", "\""+d.w.Title.EN+"\" is about an entry that there is"), say("用 --entry 写条目编号", "name it with --entry ID"))
	case b.Register == "":
		return d.invalid("register", say("没有写明列入哪个名录", "it is not said which register the entry comes into"), say("用 --register 写："+strings.Join(enters, "、"), "name one with --register: "+strings.Join(enters, ", ")))
	case d.reg == nil:
		return d.invalid("register", say("方案里没有名录 "+b.Register, "the plan has no register "+b.Register), say("可用的："+strings.Join(enters, "、"), "there are: "+strings.Join(enters, ", ")))
	case d.reg.Enters.ID != d.w.ID:
		return d.invalid("register", say("名录“"+d.reg.Title.ZH+"”经“"+d.reg.Enters.ID+"”列入", "entries come into \""+d.reg.Title.EN+"\" by "+d.reg.Enters.ID), say("改用流程 "+d.reg.Enters.ID, "begin "+d.reg.Enters.ID))
	}
	return nil
}

// findChange checks that the workflow changes entries of the register that the entry is in.
func (d *decision) findChange(b *Beginning) error {
	e := &d.s.Entry.Accreditation
	d.reg = d.s.Plan.Register(e.Register)
	switch {
	case d.reg == nil:
		return d.invalid("entry", say("方案里没有名录 "+e.Register, "the plan has no register "+e.Register), say("用开办时的方案版本办理", "use the version of the plan that has it"))
	case b.Register != "" && b.Register != e.Register:
		return d.invalid("register", say("条目 "+e.ID+" 在名录 "+e.Register+" 里", "the entry "+e.ID+" is in the register "+e.Register), say("不写 --register，或改正条目", "leave --register out, or name another entry"))
	case len(d.reg.ChangesBy(d.w.ID)) == 0:
		return d.invalid("entry", say("名录“"+d.reg.Title.ZH+"”的条目不经“"+d.w.Title.ZH+"”变动", "\""+d.w.Title.EN+"\" changes no entries of \""+d.reg.Title.EN+"\""), say("可用的流程："+changeWays(d.reg), "there are: "+changeWays(d.reg)))
	}
	b.Register = d.reg.ID
	d.entry = cloneEntry(e)
	return nil
}

// changeWays lists the workflows that change entries of a register.
func changeWays(r *plan.Register) string {
	var out []string
	for _, c := range r.Changes {
		out = append(out, c.Change+": "+c.Workflow.ID)
	}
	if len(out) == 0 {
		return "—"
	}
	return strings.Join(out, ", ")
}

// mayEnter reports whether a role begins cases of the register: the workflow is for several registers, and each
// says who may apply for it.
func (d *decision) mayEnter(b *Beginning, role string) bool {
	if d.reg == nil || d.entry != nil {
		return true
	}
	return slices.ContainsFunc(d.reg.Begins, func(r plan.Ref) bool { return r.ID == role })
}

// beginEntry makes a new case one about a register, or about an entry, which only its holder and the authority
// may want to change.
func (d *decision) beginEntry(b *Beginning) error {
	title := d.w.Title.ZH
	if d.reg != nil {
		d.c.Register = d.reg.ID
		title += "：" + d.reg.Title.ZH
		if d.reg.Confidential {
			d.c.Readers = []string{d.by.User.ID}
		}
	}
	if e := d.entry; e != nil {
		title = d.w.Title.ZH + "：" + orElse(e.Name(d.today), e.ID)
		d.c.Accreditation, d.c.Holder, d.c.Person = e.ID, e.Organisation, e.Person
		if e.Organisation != "" && e.Organisation != d.c.Organisation && !slices.Contains(d.c.Parties, e.Organisation) {
			d.c.Parties = append(d.c.Parties, e.Organisation)
		}
		for _, r := range e.Readers {
			d.admitted(r)
		}
		if zhuanhua.Role(d.role).Applies() && !d.holds(d.by.User) && !slices.Contains(e.Cases, d.begunIn(e)) {
			return d.refuse(zhuanhua.KindForbidden, "entry", say("条目 "+e.ID+" 不是您单位的", "the entry "+e.ID+" is not your organisation's"), say("由持有人办理", "let its holder do it"))
		}
	}
	if d.c.Title == "" {
		d.c.Title = title
	}
	return nil
}

// begunIn is a case by which the actor brought the entry in, "" where they did not: who wrote down a list item
// without a holder keeps it.
func (d *decision) begunIn(e *zhuanhua.Accreditation) string {
	for _, l := range d.s.Linked {
		if l.User == d.by.User.ID && slices.Contains(e.Cases, l.ID) {
			return l.ID
		}
	}
	return ""
}

// holds reports whether the case's entry is the user's: of their organisation, where they apply for it, or
// about themselves.
func (d *decision) holds(u *zhuanhua.User) bool {
	return u.Organisation != "" && u.Organisation == d.c.Holder && applies(u, d.today) || u.Person != "" && u.Person == d.c.Person
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// entitle gives a case the name that its register's form says, in place of the general one.
func (d *decision) entitle() {
	if !d.a.RegisterForm || d.reg == nil || d.entry != nil {
		return
	}
	name := d.c.Forms[d.form.ID].Values["name"]
	general := d.w.Title.ZH + "：" + d.reg.Title.ZH
	if name != "" && strings.HasPrefix(d.c.Title, general) {
		d.c.Title = general + "：" + name
	}
}

// cloneEntry copies an entry so deeply that nothing is shared.
func cloneEntry(e *zhuanhua.Accreditation) *zhuanhua.Accreditation {
	var out zhuanhua.Accreditation
	if data, err := json.Marshal(e); err == nil && json.Unmarshal(data, &out) == nil {
		return &out
	}
	shared := *e // no entry is without a JSON form
	return &shared
}

// written is the entry where the act brought it in or changed it, nil where it did not.
func (d *decision) written() *zhuanhua.Accreditation {
	if !d.touched {
		return nil
	}
	return d.entry
}

// entryVersion is the version that a change of the entry stands on.
func (d *decision) entryVersion() int64 {
	if d.s.Entry == nil {
		return zhuanhua.NewOnly
	}
	return d.s.Entry.Version
}

// entryEffect is what an effect does to an entry, nil for an effect of another sort.
func (d *decision) entryEffect(e *plan.Effect) func() error {
	return map[string]func() error{
		"accredit":       d.accredit,
		"amend_entry":    d.changing(d.amend),
		"renew":          d.changing(d.renew),
		"suspend_entry":  d.changing(d.suspend),
		"resume_entry":   d.changing(d.resumeEntry),
		"revoke_entry":   d.changing(func() error { return d.endEntry(zhuanhua.EntryRevoked) }),
		"close_entry":    d.changing(func() error { return d.endEntry(zhuanhua.EntryClosed) }),
		"merge_entry":    d.changing(d.merge),
		"rename_entry":   d.changing(d.rename),
		"evaluate":       d.evaluate,
		"evaluate_entry": d.changing(d.keepEvaluation),
		"rectify":        func() error { return d.rectify(e) },
		"admit":          func() error { return d.admit(e) },
		"relate":         d.changing(func() error { return d.relate(e) }),
	}[e.Kind]
}

// changing is an effect on the case's entry: the case goes on its list, and its periods stay in order. A
// case that has brought none in, such as one that is refused before, has nothing to change.
func (d *decision) changing(do func() error) func() error {
	return func() error {
		if d.entry == nil {
			return nil
		}
		if err := do(); err != nil {
			return err
		}
		if what := d.entry.CheckSpans(); what != "" {
			return d.invalid("spans", say("有效期不成立："+what, what), say("改正日期", "mend the dates"))
		}
		if !slices.Contains(d.entry.Cases, d.c.ID) {
			d.entry.Cases = append(d.entry.Cases, d.c.ID)
		}
		d.touched = true
		return nil
	}
}

// registered is what the case says in the register's form.
func (d *decision) registered() zhuanhua.Filled {
	if d.reg == nil {
		return zhuanhua.Filled{}
	}
	return d.c.Forms[d.reg.Form().ID]
}

// candidate is the entry that the case would bring in, as its form stands now. An authority that keeps a list
// is not itself what it lists.
func (d *decision) candidate() zhuanhua.Accreditation {
	f := d.registered()
	e := zhuanhua.Accreditation{ID: d.s.EntryID, Register: d.reg.ID, Organisation: f.Values["organisation"], Person: f.Values["person"],
		Region: zhuanhua.Region(f.Values["region"]), Values: f.Values, Files: f.Files, Readers: d.c.Readers, Cases: []string{d.c.ID}}
	if e.Organisation == "" && !d.begunByAuthority() {
		e.Organisation = d.c.Organisation
	}
	if e.Region == "" && d.s.Holder != nil && d.s.Holder.ID == e.Organisation {
		e.Region = d.s.Holder.Region
	}
	from := d.firstDay(f.Values)
	if name := orElse(f.Values["name"], d.c.Title); e.Person == "" || f.Values["name"] != "" {
		e.Names = []zhuanhua.Name{{Name: name, From: from}}
	}
	if grade := f.Values["grade"]; grade != "" {
		e.Grades = []zhuanhua.Graded{{Grade: grade, From: from, Case: d.c.ID}}
	}
	e.Spans = []zhuanhua.Span{{Period: zhuanhua.Period{From: from, To: d.lastDay(from, f.Values)}, State: zhuanhua.EntryActive, Case: d.c.ID}}
	for _, k := range d.reg.Relations {
		if to := f.Values[k.Field.ID]; to != "" {
			e.Relations = append(e.Relations, zhuanhua.Relation{Kind: k.ID, To: relatedTo(d.s.Plan, k, to), Period: zhuanhua.Period{From: from}})
		}
	}
	return e
}

// relatedTo names the record that a relation leads to, with its noun.
func relatedTo(p *plan.Pack, k *plan.RelationKind, id string) string {
	noun := k.Of.ID
	if p.Register(k.Of.ID) != nil {
		noun = string(zhuanhua.NounAccreditation)
	}
	return noun + "/" + id
}

// firstDay is the day from which an entry holds: that of the register's field, else the day of the decision.
func (d *decision) firstDay(values map[string]string) zhuanhua.Date {
	if on, ok := zhuanhua.ParseDate(values[d.reg.Effective.ID]); ok {
		return on
	}
	return d.today
}

// lastDay is the last day on which an entry holds, zero where it has no end.
func (d *decision) lastDay(from zhuanhua.Date, values map[string]string) zhuanhua.Date {
	v := d.reg.Validity
	switch {
	case v.Until.ID != "":
		to, _ := zhuanhua.ParseDate(values[v.Until.ID])
		return to
	case v.Unit == "":
		return zhuanhua.Date{}
	}
	return term(from, v.Length.Value, v.Unit)
}

// accredit brings the entry in. What is entered stands on the case, and on nothing else.
func (d *decision) accredit() error {
	if d.reg == nil || d.s.EntryID == "" {
		return fmt.Errorf("case %s: the id of the new entry was not gathered", d.c.ID)
	}
	if d.c.Accreditation != "" {
		return d.refuse(zhuanhua.KindConflict, "accredit", say("本办件已列入条目 "+d.c.Accreditation, "the case has brought in "+d.c.Accreditation+" already"), say("变动另行开办", "begin a case about the entry"))
	}
	if _, filled := d.c.Forms[d.reg.Form().ID]; !filled {
		return d.invalid("accredit", say("名录的登记表没有填写", "the register's form is not filled in"), say("先填表", "fill it in first"))
	}
	e := d.candidate()
	if what := e.CheckSpans(); what != "" {
		return d.invalid("spans", say("有效期不成立："+what, what), say("改正日期", "mend the dates"))
	}
	if e.Person != "" && !d.s.Persons[e.Person] { // who was there when it was applied for may have been forgotten since
		return d.refuse(zhuanhua.KindConflict, "accredit", say("人员记录 "+e.Person+" 已不存在", "the record of the person "+e.Person+" is there no more"), say("不予列入，或由本人重新授权并导入", "refuse it, or import the person anew with their consent"))
	}
	d.entry, d.touched = cloneEntry(&e), true
	d.c.Accreditation, d.c.Holder, d.c.Person = e.ID, e.Organisation, e.Person
	return nil
}

// admit lets users know of a confidential case and its entry.
func (d *decision) admit(e *plan.Effect) error {
	form := e.Form.ID
	if form == "" && d.form != nil {
		form = d.form.ID
	}
	for _, f := range e.Fields {
		id := d.c.Forms[form].Values[f.ID]
		if id == "" {
			continue
		}
		if d.user(id) == nil {
			return d.invalid(f.ID, say("没有用户 "+id, "there is no user "+id), say("写已有用户的编号", "name a user that there is"))
		}
		d.admitted(id)
	}
	return nil
}

// admitted adds a reader to the case and its entry.
func (d *decision) admitted(id string) {
	if !slices.Contains(d.c.Readers, id) {
		d.c.Readers = append(d.c.Readers, id)
	}
	if d.entry != nil && !slices.Contains(d.entry.Readers, id) {
		d.entry.Readers = append(d.entry.Readers, id)
		d.touched = d.before != nil && d.before.ID != ""
	}
}
