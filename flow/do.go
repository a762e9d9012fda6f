package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/calendar"
)

// decision is one act being decided. It works on a copy of the case; what it was given stays as it is.
type decision struct {
	s      Situation
	by     Actor
	act    Act
	w      *plan.Workflow
	a      *plan.Action
	rule   *plan.Rule // nil: the case is about none
	before *zhuanhua.Case
	c      zhuanhua.Case
	role   string             // as whom the actor acts
	cal    *calendar.Calendar // made when a period is counted first
	today  zhuanhua.Date
	asking bool // an offer, not an act: what the form will say is not known yet

	step    zhuanhua.Step
	form    *plan.Form
	loose   map[string]string // what was filled into a form that the case does not keep
	whole   bool              // the key of sealed bids was made whole in this act
	quote   *plan.Quote
	quoted  error
	entries []zhuanhua.Entry
	budgets map[string]*BudgetSeen // touched
	claims  []ClaimSeen            // written
	linked  []CaseSeen             // written
	payment *zhuanhua.Payment      // written
	number  string
	archive bool
	reg     *plan.Register          // of the case, nil: none
	entry   *zhuanhua.Accreditation // the case's entry, a copy where anything is done; nil: none
	touched bool                    // the entry is to be written
}

// Do decides an act: who may do it, whether its form is filled in, whether every guard holds, and what
// follows. An act that is not allowed is a *Refused with every reason.
func Do(s Situation, by Actor, a Act) (Decided, error) {
	d, err := start(s, by, a)
	if err != nil {
		return Decided{}, err
	}
	d.c = clone(s.Case)
	if d.entry != nil {
		d.entry = cloneEntry(d.entry)
	}
	// The form comes before the guards, which look at what it says, and the guards before any effect: an act
	// that is refused has done nothing, and above all has opened nothing.
	for _, step := range []func() error{d.seen, d.from, d.may, d.fill, d.guards, d.effects, d.move} {
		if err := step(); err != nil {
			return Decided{}, err
		}
	}
	return d.decided()
}

// start finds what an act is about. Nothing is written yet: who only asks needs no copy of the case.
func start(s Situation, by Actor, a Act) (*decision, error) {
	d := &decision{s: s, by: by, act: a, before: s.Case, today: zhuanhua.DateOf(by.Now), budgets: map[string]*BudgetSeen{}}
	d.c = *s.Case // cloned before anything is written
	d.w = s.Plan.Workflow(s.Case.Workflow)
	if d.w == nil {
		return nil, d.invalid("workflow", say("方案里没有流程 "+s.Case.Workflow, "the plan has no workflow "+s.Case.Workflow), say("用开办时的方案版本办理", "use the version of the plan that the case was begun under"))
	}
	d.a = d.w.Action(a.Action)
	if d.a == nil {
		return nil, d.invalid("action", say("流程“"+d.w.Title.ZH+"”没有动作 "+a.Action, "the workflow \""+d.w.Title.EN+"\" has no action "+a.Action), say("可办的动作见 case show", "case show lists what can be done"))
	}
	d.rule = s.Plan.Rule(s.Case.Rule)
	d.form = s.Plan.FormFor(d.a, s.Case)
	d.reg = s.Plan.Register(s.Case.Register)
	if s.Entry != nil {
		d.entry = &s.Entry.Accreditation // likewise
	}
	return d, d.gathered()
}

// clone copies a case so deeply that nothing of the one that was handed in is shared.
func clone(c *zhuanhua.Case) zhuanhua.Case {
	var out zhuanhua.Case
	if data, err := json.Marshal(c); err == nil {
		err = json.Unmarshal(data, &out)
		if err == nil {
			return out
		}
	}
	return *c // no case is without a JSON form; sharing would still not lose it
}

// gathered refuses a situation without the users that it has to know: a person who is not looked at could
// examine what they did themselves.
func (d *decision) gathered() error {
	// Closed rather than open: an act that cannot be judged is not allowed.
	for _, id := range people(d.s.Case) {
		if d.s.Users[id] == nil {
			return fmt.Errorf("case %s: the user %s was not gathered", d.s.Case.ID, id)
		}
	}
	if d.c.Accreditation != "" && d.entry == nil {
		return fmt.Errorf("case %s: the entry %s was not gathered", d.s.Case.ID, d.c.Accreditation)
	}
	return nil
}

// people are the users that a case names.
func people(c *zhuanhua.Case) []string {
	out := []string{c.User}
	for _, ids := range c.Actors {
		out = append(out, ids...)
	}
	for _, r := range c.Reviews {
		out = append(out, r.Expert)
	}
	for _, r := range c.Recusals {
		out = append(out, r.User)
	}
	for _, b := range c.Bids {
		out = append(out, b.User)
	}
	out = append(out, c.Officers...)
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(id string) bool { return id == "" || id == zhuanhua.ByClock })
}

// seen refuses an act on a case that has changed since the actor looked.
func (d *decision) seen() error {
	if d.act.Version == 0 || d.act.Version == d.s.CaseVersion {
		return nil
	}
	return d.refuse(zhuanhua.KindConflict, "version", say("您查看之后，办件已有变动", "the case has changed since you looked"), say("重新查看后再办理", "look at it again, then act"))
}

// from refuses an action that the state does not have.
func (d *decision) from() error {
	if d.a.IsFrom(d.c.State) {
		return nil
	}
	state := d.w.State(d.c.State)
	title := say(d.c.State, d.c.State)
	if state != nil {
		title = state.Title
	}
	do := say("可办的动作见 case show", "case show lists what can be done")
	if state != nil && state.Kind == "end" {
		do = say("办件已办结，不能再办理", "the case is closed")
	}
	return d.refuse(zhuanhua.KindConflict, "state", say("办件处于“"+title.ZH+"”，不能"+d.a.Title.ZH, "the case is in \""+title.EN+"\", where \""+d.a.Title.EN+"\" cannot be done"), do)
}

// guards checks every guard; all reasons are told at once.
func (d *decision) guards() error {
	// Every guard is asked even when the first does not hold: who is told one reason at a time comes back each
	// time. Those that hold are kept in the step, so that it can be seen later what was checked.
	refused := &Refused{Kind: zhuanhua.KindInvalid, Action: d.act.Action}
	ok := true
	for _, g := range d.a.If {
		r := d.guard(g)
		ok = ok && r.Met
		if !r.Met && (g.Kind == "different_from" || g.Kind == "unrelated") {
			refused.Kind = zhuanhua.KindForbidden
		}
		d.step.Reasons = append(d.step.Reasons, r)
	}
	if e := d.a.Effect("assign"); e != nil && d.running(e) {
		r := d.placeFree(e)
		ok = ok && r.Met
		d.step.Reasons = append(d.step.Reasons, r)
	}
	if !ok {
		refused.Reasons = d.step.Reasons
		return refused
	}
	return nil
}

// move takes the case to its next state, moves the clocks and closes a case that has come to an end.
func (d *decision) move() error {
	from, to := d.c.State, d.c.State
	if d.a.To.ID != "" {
		to = d.a.To.ID
	}
	// The decision is kept before the clocks move, as a publicity that begins with it shows what was decided.
	d.decide()
	if err := d.clocks(from, to); err != nil {
		return err
	}
	if to != from {
		d.c.State, d.c.Since = to, d.by.Now.UTC()
	}
	if end := d.w.State(to); end != nil && end.Kind == "end" {
		return d.close(end)
	}
	return nil
}

// decide keeps what the authority decided.
func (d *decision) decide() {
	if d.a.Decides != "grant" && d.a.Decides != "refuse" {
		return
	}
	x := zhuanhua.CaseDecision{Action: d.a.ID, Decides: d.a.Decides, By: d.actor(), At: d.by.Now.UTC(), Reasons: d.act.Note, Batch: d.act.Batch}
	if d.a.Decides == "grant" {
		x.Amount = d.c.Amount
		x.Computed = d.computed()
	}
	d.c.Decisions = append(d.c.Decisions, x)
}

// close ends a case. Money that is committed and neither paid nor given back would be forgotten.
func (d *decision) close(end *plan.State) error {
	for _, t := range d.c.Tranches {
		if t.State == tranchePlanned || t.State == trancheOrdered {
			return d.invalid("tranches", say(fmt.Sprintf("第 %d 笔款项尚未拨付或收回额度，不能办结", t.N), fmt.Sprintf("tranche %d is neither paid nor released, so the case cannot end", t.N)),
				say("先拨付，或释放剩余额度（release_rest）", "pay it, or release what is left (release_rest)"))
		}
	}
	d.c.Closed, d.c.Outcome = d.by.Now.UTC(), end.Outcome
	for i := range d.c.Clocks {
		d.c.Clocks[i].Stopped = true
	}
	if slices.Contains([]string{"refused", "withdrawn", "failed"}, end.Outcome) {
		d.releaseClaims()
	}
	return nil
}

// actor is who acts, as it is written down.
func (d *decision) actor() string {
	if d.by.User == nil {
		return zhuanhua.ByClock
	}
	return d.by.User.ID
}

// decided puts together what was decided: the case, the step, the entries, and everything else that was
// touched, each on the version that was read.
func (d *decision) decided() (Decided, error) {
	d.c.Steps++
	if d.c.Actors == nil {
		d.c.Actors = map[string][]string{}
	}
	if who := d.actor(); !slices.Contains(d.c.Actors[d.a.ID], who) {
		d.c.Actors[d.a.ID] = append(d.c.Actors[d.a.ID], who)
	}
	// The step takes its number from the case, and its entries have got theirs from it: a second decision on
	// the same version would write the same ids, and a store keeps only one of them.
	st := &d.step
	st.ID, st.Case, st.N = zhuanhua.StepID(d.c.ID, d.c.Steps), d.c.ID, d.c.Steps
	st.Action, st.By, st.Role, st.At, st.Note = d.a.ID, d.actor(), d.role, d.by.Now.UTC(), d.act.Note
	st.From, st.To, st.Marks = d.before.State, d.c.State, d.act.Marks
	for i := range d.entries {
		st.Entries = append(st.Entries, d.entries[i].ID)
	}
	return Decided{Case: d.c, Step: d.step, Entries: d.entries, Change: d.change(), Quote: d.quote, Number: d.number, Archive: d.archive, Entry: d.written()}, nil
}

// change is all that has to be recorded together.
func (d *decision) change() zhuanhua.Change {
	out := zhuanhua.Change{Reason: fmt.Sprintf("%s: %s（%s）", d.c.ID, d.a.Title.ZH, d.a.Title.EN)}
	if d.reg != nil && d.reg.Confidential {
		out.Reason = "" // lists of what was recorded are read by others than the case
	}
	put := func(r zhuanhua.Record, version int64) {
		item := zhuanhua.Put(r, zhuanhua.Source{})
		item.Version = version
		out.Items = append(out.Items, item)
	}
	// The case first: who lost a race is told about the case, and not about a budget that moved with it.
	put(d.c, d.s.CaseVersion)
	put(d.step, zhuanhua.NewOnly)
	for _, e := range d.entries {
		put(e, zhuanhua.NewOnly)
	}
	for _, b := range d.s.Budgets {
		if t := d.budgets[b.ID]; t != nil {
			put(t.Budget, b.Version)
		}
	}
	for _, c := range d.claims {
		put(c.Claim, c.Version)
	}
	for _, l := range d.linked {
		put(l.Case, l.Version)
	}
	if e := d.written(); e != nil {
		put(*e, d.entryVersion())
	}
	if d.payment != nil {
		put(*d.payment, d.s.PaymentVersion)
	}
	return out
}

// Begin decides whether a case may begin, and begins it.
func Begin(s Situation, by Actor, b Beginning) (Decided, error) {
	d := &decision{s: s, by: by, act: Act{Action: plan.Begin}, today: zhuanhua.DateOf(by.Now), before: &zhuanhua.Case{}, budgets: map[string]*BudgetSeen{}}
	d.s.CaseVersion = zhuanhua.NewOnly
	d.w = s.Plan.Workflow(b.Workflow)
	if d.w == nil {
		return Decided{}, d.invalid("workflow", say("方案里没有流程 "+b.Workflow, "the plan has no workflow "+b.Workflow), say("可用的流程："+titles(s.Plan).ZH, "there are: "+titles(s.Plan).EN))
	}
	if err := d.findRegister(&b); err != nil {
		return Decided{}, err
	}
	if err := d.mayBegin(&b); err != nil {
		return Decided{}, err
	}
	now := by.Now.UTC()
	d.c = zhuanhua.Case{ID: b.ID, Workflow: d.w.ID, Rule: b.Rule, Plan: s.Plan.ID, PlanVersion: s.Plan.Version, PlanSum: s.Plan.Sum, Title: b.Title,
		Organisation: b.Organisation, User: by.User.ID, Parties: b.Parties, Links: b.Links, State: d.w.Start().ID, Since: now, Opened: now}
	if err := d.beginEntry(&b); err != nil {
		return Decided{}, err
	}
	// The beginning is a step like any other, so that clocks which start with the first state need no rule of
	// their own.
	d.a = &plan.Action{ID: plan.Begin, Title: say("开办", "begin"), Decides: "none"}
	if err := d.clocks("", d.c.State); err != nil {
		return Decided{}, err
	}
	return d.decided()
}

// titles names the workflows of a plan.
func titles(p *plan.Pack) plan.Text {
	var t plan.Text
	for i, w := range p.Workflows {
		if i > 0 {
			t = say(t.ZH+"、", t.EN+", ")
		}
		t = say(t.ZH+w.ID+" "+w.Title.ZH, t.EN+w.ID)
	}
	return t
}

// mayBegin checks who begins, for whom, and under which rule.
func (d *decision) mayBegin(b *Beginning) error {
	if what := zhuanhua.CheckID(b.ID); what != "" {
		return fmt.Errorf("the id of the new case: %s", what)
	}
	for _, r := range d.w.Begins {
		if d.by.User != nil && d.by.User.Has(zhuanhua.Role(r.ID), d.today) && d.mayEnter(b, r.ID) {
			d.role = r.ID
		}
	}
	if d.role == "" {
		return d.refuse(zhuanhua.KindForbidden, "begins", say("您没有办理“"+d.w.Title.ZH+"”的角色", "you have no role that begins \""+d.w.Title.EN+"\""), say("需要的角色："+refs(d.w.Begins), "it needs one of: "+refs(d.w.Begins)))
	}
	if b.Organisation == "" {
		b.Organisation = d.by.User.Organisation
	}
	if zhuanhua.Role(d.role).Applies() && b.Organisation != d.by.User.Organisation {
		return d.refuse(zhuanhua.KindForbidden, "organisation", say("只能为本单位申请", "you apply for your own organisation only"), say("由 "+b.Organisation+" 的用户办理", "let a user of "+b.Organisation+" do it"))
	}
	d.rule = d.s.Plan.Rule(b.Rule)
	switch {
	case b.Rule == "" && len(d.w.Serves) == 0:
	// One rule needs no choice; where there are several, guessing would decide what somebody is paid.
	case b.Rule == "" && len(d.w.Serves) == 1:
		b.Rule = d.w.Serves[0].ID
		d.rule = d.s.Plan.Rule(b.Rule)
	case d.rule == nil || !slices.ContainsFunc(d.w.Serves, func(r plan.Ref) bool { return r.ID == b.Rule }):
		return d.invalid("rule", say("“"+d.w.Title.ZH+"”不办理规则 "+b.Rule, "\""+d.w.Title.EN+"\" is not for the rule \""+b.Rule+"\""), say("可用的规则："+refs(d.w.Serves), "there are: "+refs(d.w.Serves)))
	}
	return nil
}

// refs lists names.
func refs(rs []plan.Ref) string {
	out := ""
	for i, r := range rs {
		if i > 0 {
			out += ", "
		}
		out += r.ID
	}
	return out
}

// Offers lists every action of the state that the case is in: allowed, or why not and what to do. What the
// form of an action will say is not known yet, and not held against it.
func Offers(s Situation, by Actor) []Offer {
	w := s.Plan.Workflow(s.Case.Workflow)
	if w == nil {
		return nil
	}
	var out []Offer
	for _, a := range w.Actions {
		if !a.IsFrom(s.Case.State) || len(a.By) == 1 && a.IsBy("clock") {
			continue
		}
		d, err := start(s, by, Act{Action: a.ID})
		if err != nil {
			continue
		}
		d.asking = true
		o := Offer{Action: a, Allowed: true}
		for _, check := range []func() error{d.may, d.guards} {
			if err := check(); err != nil {
				o.Allowed = false
				if r, ok := err.(*Refused); ok && len(r.Reasons) > 0 && len(d.step.Reasons) == 0 {
					o.Reasons = append(o.Reasons, r.Reasons...)
				}
				break
			}
		}
		o.Reasons = append(o.Reasons, d.step.Reasons...)
		out = append(out, o)
	}
	return out
}

// Due lists the actions of clocks that have run out, in the order in which they did. An action may alter
// what is due: ask again after each.
func Due(s Situation, now time.Time) []Act {
	w := s.Plan.Workflow(s.Case.Workflow)
	if w == nil {
		return nil
	}
	var over []zhuanhua.CaseClock
	for _, k := range s.Case.Clocks {
		if isOver(k, now) && !k.Over && !k.Stopped {
			over = append(over, k)
		}
	}
	// By the end of the last day: two clocks of one day end at the same moment and keep the order in which they
	// were started.
	slices.SortStableFunc(over, func(a, b zhuanhua.CaseClock) int { return closing(a.Due).Compare(closing(b.Due)) })
	var out []Act
	for _, k := range over {
		a := thenOf(w, k.ID)
		if a == nil || !a.IsFrom(s.Case.State) {
			continue
		}
		// A guard that does not hold, such as an open objection, holds the clock back; it is asked again each time.
		d, err := start(s, Actor{Now: now}, Act{Action: a.ID})
		if err == nil && d.may() == nil && d.guards() == nil {
			out = append(out, d.act)
		}
	}
	return out
}

// thenOf is what a clock does when it runs out, nil when nothing.
func thenOf(w *plan.Workflow, clock string) *plan.Action {
	if k := w.Clock(clock); k != nil {
		return w.Action(k.Then.ID)
	}
	return nil
}
