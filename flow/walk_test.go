package flow_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

// walkSteps is how many steps a random walk takes: few in CI, as many as ZHUANHUA_WALK says elsewhere.
func walkSteps(t *testing.T) int {
	t.Helper()
	s := os.Getenv("ZHUANHUA_WALK")
	if s == "" {
		return 700
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("ZHUANHUA_WALK=%q is no number", s)
	}
	return n
}

// walkBegins is a day on which every rule of the plans is in force.
const walkBegins = "2026-08-03T09:00:00"

// TestRandomWalks lets several people act at random on cases of every workflow, and looks after every step
// whether anything happened that must never happen. Set ZHUANHUA_WALK=10000 for the full length.
func TestRandomWalks(t *testing.T) {
	for dir, p := range map[string]*plan.Pack{"casework": casework(t).p, "guangxi-2025-2027": embedded(t, "guangxi-2025-2027"), "example-region": embedded(t, "example-region")} {
		longer(p)
		for _, w := range p.Workflows {
			t.Run(dir+"/"+w.ID, func(t *testing.T) { walkAll(t, p, w, 1) })
		}
	}
}

// longer adds years without a notice to a plan's calendar: support for five years runs past its end.
func longer(p *plan.Pack) {
	last := p.Calendar.Years[len(p.Calendar.Years)-1].Year
	for y := last + 1; y <= lastYear; y++ {
		p.Calendar.Years = append(p.Calendar.Years, &plan.CalendarYear{Year: y, Provisional: true})
	}
}

// lastYear is the last one of the calendars that walks use.
const lastYear = 2040

// walkAll walks a workflow and says how far it came.
func walkAll(t *testing.T, p *plan.Pack, w *plan.Workflow, seed uint64) *walker {
	t.Helper()
	x := newWalker(t, p, w, seed)
	for range walkSteps(t) {
		x.step()
		if t.Failed() {
			return x
		}
	}
	x.atEnd()
	if x.done < walkSteps(t)/4 || len(x.ended) == 0 {
		t.Errorf("only %d steps of %d did anything, and no more ends than %v", x.done, walkSteps(t), x.ended)
	}
	year := 0
	for _, c := range x.cases {
		year = max(year, c.Year)
	}
	t.Logf("never taken: %v", x.untaken())
	t.Logf("%d steps in %d cases, %d acts refused; states %d of %d, ended %v, year of support %d, paid %s", x.done, len(x.ids), x.refused, len(x.states), len(w.States), x.ended, year, plan.MoneyText(x.paid()).EN)
	return x
}

// untaken are the actions that no walk of the workflow took.
func (x *walker) untaken() []string {
	var list []string
	for _, a := range x.flow.Actions {
		if x.took[a.ID] == 0 {
			list = append(list, a.ID)
		}
	}
	return list
}

// walker acts at random.
type walker struct {
	*world
	dice    *rand.Rand
	flow    *plan.Workflow
	ids     []string // of all cases
	open    []string
	users   []string
	wants   map[string][]string // by form.field: what guards wait for
	done    int
	refused int
	states  map[string]bool
	took    map[string]int // by action: how often it was taken
	vain    map[string]int // by case, and by case and action: how often in vain since something was done
	ended   map[string]int
	secrets int
}

func newWalker(t *testing.T, p *plan.Pack, w *plan.Workflow, seed uint64) *walker {
	x := &walker{world: newWorld(t, p), dice: rand.New(rand.NewPCG(seed, 2026)), flow: w, wants: map[string][]string{}, states: map[string]bool{}, took: map[string]int{}, vain: map[string]int{}, ended: map[string]int{}}
	x.now = shanghai(t, walkBegins)
	x.users = slices.Sorted(maps.Keys(x.world.users))
	for _, a := range w.Actions {
		for _, g := range a.If {
			if g.Kind == "value" {
				for _, v := range g.Is {
					x.wants[g.Form.ID+"."+g.Field.ID] = append(x.wants[g.Form.ID+"."+g.Field.ID], v.ID)
				}
			}
		}
	}
	x.set = settings(p)
	for year := 2026; year <= lastYear; year++ {
		for _, r := range p.Rules {
			x.appropriate(r.ID, year, 30_000*zhuanhua.WanYuan)
		}
		x.appropriate(w.ID, year, 30_000*zhuanhua.WanYuan)
	}
	x.entitling()
	return x
}

// settings gives every figure that the plan leaves open a value.
func settings(p *plan.Pack) plan.Settings {
	out := plan.Settings{}
	for _, r := range p.Rules {
		for _, x := range r.Parameters {
			if x.NotSet != nil && x.Assumed == nil {
				out[r.ID+"."+x.Name] = map[plan.Type]string{plan.TypeShare: "0.05", plan.TypeMoney: "300 万元", plan.TypeCount: "3", plan.TypeBool: "true"}[x.Type]
				if x.Type == plan.TypeEnum {
					out[r.ID+"."+x.Name] = x.Choices[0].Code
				}
			}
		}
	}
	return out
}

// entitling puts a finished case into the world that gives rights to claim under every rule.
func (x *walker) entitling() {
	c := zhuanhua.Case{ID: "finished", Workflow: "horizontal-project", State: "accepted", Outcome: "granted", Organisation: "示例大学", Parties: []string{"示例企业-a", "示例企业-b", "示例企业-c", "示例企业-d", "示例转移机构"}, User: "uni", Closed: x.now}
	for _, r := range x.p.Rules {
		for range 40 {
			c.Entitles = append(c.Entitles, zhuanhua.Entitlement{Rule: r.ID})
		}
	}
	x.put(c)
	x.cases[c.ID] = &c
}

// step does one thing at random: a new case, time that passes, or an act.
func (x *walker) step() {
	x.t.Helper()
	if x.within(); len(x.open) < 3 {
		x.newCase()
		return
	}
	id := x.open[x.dice.IntN(len(x.open))]
	if x.passTime(id); len(x.open) == 0 {
		return
	}
	before := len(x.steps[id])
	x.tick(id)
	x.look(id, before)
	if c := x.cases[id]; !c.Closed.IsZero() {
		x.close(c)
		return
	}
	by, a := x.choose(id)
	x.act(id, by, a)
}

// newCase begins a case.
func (x *walker) newCase() {
	x.t.Helper()
	by := []string{"firm-a", "firm-b", "firm-c", "uni", "broker", "officer-1", "city"}[x.dice.IntN(7)]
	b := flow.Beginning{ID: fmt.Sprintf("%s-2026-%05d", x.flow.ID, len(x.ids)+1), Workflow: x.flow.ID, Title: "示例办件", Links: []zhuanhua.Link{{Kind: "case", ID: "finished"}, {Kind: "contract", ID: "示例合同"}}}
	if n := len(x.flow.Serves); n > 0 {
		b.Rule = x.flow.Serves[x.dice.IntN(n)].ID
	}
	x.registered(&b)
	if _, err := x.begin(by, b); err != nil {
		x.refusal(err)
		return
	}
	x.done++
	x.ids, x.open = append(x.ids, b.ID), append(x.open, b.ID)
	x.look(b.ID, 0)
}

// passTime lets hours pass, or goes to the last second of a period, or just past it.
func (x *walker) passTime(id string) {
	switch n := x.dice.IntN(100); {
	case n < 40:
		x.later(time.Duration(x.dice.IntN(20)) * time.Hour)
	case n < 60:
		for _, k := range x.cases[id].Clocks {
			if at := x.runsOut(k); !at.IsZero() && (n < 52 || at.Sub(x.now) <= 40*24*time.Hour) {
				x.goTo(at.Add(time.Duration(x.dice.IntN(3)-1) * time.Second))
				break
			}
		}
	case n < 80:
		x.waitFor(x.cases[id])
	}
	x.within()
}

// within goes back to the first day where the plan does not hold any more: what it gives begins while it holds.
// Support that runs for years goes on beyond it.
func (x *walker) within() {
	running := slices.ContainsFunc(x.open, func(id string) bool { return x.cases[id].Year > 0 })
	if today := zhuanhua.DateOf(x.now); !x.p.Valid.Holds(today) && !running || today.Year > lastYear-3 {
		x.now = shanghai(x.t, walkBegins)
		x.open = nil
	}
}

// runsOut is the first moment after a clock that runs, zero where it does not.
func (x *walker) runsOut(k zhuanhua.CaseClock) time.Time {
	at := time.Date(k.Due.Year, k.Due.Month, k.Due.Day+1, 0, 0, 0, 0, zhuanhua.Shanghai())
	if k.Stopped || k.Over || k.Due.IsZero() || at.Before(x.now) {
		return time.Time{}
	}
	return at
}

func (x *walker) goTo(at time.Time) {
	if at.After(x.now) {
		x.now = at
	}
}

// waitFor goes to the end of a period whose end leads to what nobody has done yet.
func (x *walker) waitFor(c *zhuanhua.Case) {
	far := x.far()
	for _, k := range c.Clocks {
		a := x.flow.Action(x.flow.Clock(k.ID).Then.ID)
		if at := x.runsOut(k); !at.IsZero() && a != nil && a.IsFrom(c.State) && len(x.nearer(far, c, []*plan.Action{a})) > 0 {
			x.goTo(at)
			return
		}
	}
}

// choose picks somebody and what they do: mostly something that is offered to them, at times anything. Every other
// time it is something that leads to what no walk has done yet, for otherwise few would come to a late year.
func (x *walker) choose(id string) (string, flow.Act) {
	if x.dice.IntN(100) < 12 {
		return x.anything(id)
	}
	curious := x.dice.IntN(2) == 0
	far := x.far()
	var by string
	var can []*plan.Action
	for _, i := range x.dice.Perm(len(x.users)) {
		var here []*plan.Action
		for _, o := range flow.Offers(x.situation(id, flow.Act{}), flow.Actor{User: x.world.users[x.users[i]], Now: x.now}) {
			if o.Allowed && (x.leadsOn(o.Action) || x.took[o.Action.ID] == 0 || x.dice.IntN(10) == 0) {
				here = append(here, o.Action)
			}
		}
		if new := x.nearer(far, x.cases[id], here); curious && len(new) > 0 {
			by, can = x.users[i], new
			break
		}
		if len(can) == 0 {
			by, can = x.users[i], here
		}
		if len(can) > 0 && (!curious || len(far) == 0) {
			break
		}
	}
	if len(can) == 0 {
		return x.anything(id)
	}
	return by, x.fill(id, by, can[x.dice.IntN(len(can))])
}

// anything is any action by anybody.
func (x *walker) anything(id string) (string, flow.Act) {
	by := x.users[x.dice.IntN(len(x.users))]
	return by, x.fill(id, by, x.flow.Actions[x.dice.IntN(len(x.flow.Actions))])
}

// far is how many steps each state is from an action that nobody has taken yet; states without a way to one are left
// out.
func (x *walker) far() map[string]int {
	far := map[string]int{}
	for range x.flow.States { // no way is longer
		for _, a := range x.flow.Actions {
			n, ok := far[a.To.ID]
			if n++; x.took[a.ID] == 0 {
				n, ok = 0, true
			}
			for _, from := range a.From {
				if have, known := far[from.ID]; ok && (!known || n < have) {
					far[from.ID] = n
				}
			}
		}
	}
	return far
}

// nearer are the actions that nobody has taken, and that were not tried in the case in vain, or that lead nearer to one.
func (x *walker) nearer(far map[string]int, c *zhuanhua.Case, actions []*plan.Action) []*plan.Action {
	var out []*plan.Action
	for _, a := range actions {
		n, ok := far[a.To.ID]
		if x.took[a.ID] == 0 && x.vain[c.ID+a.ID] < 3 || ok && n < far[c.State] {
			out = append(out, a)
		}
	}
	return out
}

// leadsOn reports whether an action brings a case further: others are seldom taken, or none would come far.
func (x *walker) leadsOn(a *plan.Action) bool {
	for _, kind := range []string{"object", "recuse", "withdraw_bid", "bank_returned", "mark_fields", "suspend_clocks", "milestone_failed"} {
		if has(a, kind) == 1 {
			return false
		}
	}
	to := x.flow.State(a.To.ID)
	return !a.Partial && a.Decides != "refuse" && (to == nil || to.Kind != "end" || slices.Contains([]string{"granted", "done"}, to.Outcome))
}

// act tries an act and looks at what came of it.
func (x *walker) act(id, by string, a flow.Act) {
	x.t.Helper()
	before := zhuanhua.CanonicalJSON(*x.cases[id])
	steps := len(x.steps[id])
	s := x.situation(id, a)
	d, err := flow.Do(s, flow.Actor{User: x.world.users[by], Now: x.now}, a)
	if after := zhuanhua.CanonicalJSON(*x.cases[id]); after != before {
		x.t.Fatalf("%s: deciding %s changed what was handed in:\n%s\n%s", id, a.Action, before, after)
	}
	if err != nil {
		x.refused++
		if os.Getenv("ZZ") != "" && x.took[a.Action] == 0 && x.flow.Action(a.Action).IsFrom(x.cases[id].State) {
			x.t.Log("ZZ", a.Action, err)
		}
		x.refusal(err)
		x.inVain(id, a.Action)
		return
	}
	x.vain[id] = 0
	also, rival := x.rival(id)
	x.record(d)
	if rival && !x.conflicts(also) {
		x.t.Errorf("%s: %s and %s were decided on the same version, and both could be kept", id, d.Step.Action, also.Step.Action)
	}
	x.done++
	x.look(id, steps)
	if c := x.cases[id]; !c.Closed.IsZero() {
		x.close(c)
	}
}

// inVain counts an act that was refused. A case in which nothing goes any more is left alone.
func (x *walker) inVain(id, action string) {
	x.vain[id+action]++
	if x.vain[id]++; x.vain[id] > 15 {
		x.open = slices.DeleteFunc(x.open, func(o string) bool { return o == id })
	}
}

// rival decides, now and then, what somebody else does in the same case at the same moment.
func (x *walker) rival(id string) (flow.Decided, bool) {
	if x.dice.IntN(10) > 0 {
		return flow.Decided{}, false
	}
	by, a := x.choose(id)
	d, err := flow.Do(x.situation(id, a), flow.Actor{User: x.world.users[by], Now: x.now}, a)
	return d, err == nil
}

// refusal checks that a refusal speaks to people: in both languages, with a kind that they can act on.
func (x *walker) refusal(err error) {
	x.t.Helper()
	var r *flow.Refused
	if !errors.As(err, &r) {
		x.t.Fatalf("refused without words: %v", err)
	}
	unmet := 0
	for _, reason := range r.Reasons {
		if reason.ZH == "" || reason.EN == "" {
			x.t.Errorf("a reason without words: %+v", reason)
		}
		if !reason.Met {
			unmet++
		}
	}
	if k := zhuanhua.KindOf(err); unmet == 0 || k != zhuanhua.KindInvalid && k != zhuanhua.KindForbidden && k != zhuanhua.KindConflict {
		x.t.Errorf("a refusal of kind %q with %d reasons: %v", k, unmet, err)
	}
}

// close takes a case off the table.
func (x *walker) close(c *zhuanhua.Case) {
	x.ended[c.State]++
	x.open = slices.DeleteFunc(x.open, func(id string) bool { return id == c.ID })
}

// fill makes an act with a form filled in at random.
func (x *walker) fill(id, by string, a *plan.Action) flow.Act {
	c := x.cases[id]
	act := flow.Act{Action: a.ID, Values: map[string]string{}, Files: map[string][]string{}}
	if a.Note == "required" || x.dice.IntN(3) == 0 {
		act.Note = "示例理由"
	}
	if a.Effect("mark_fields") != nil {
		for form, f := range c.Forms {
			for field := range f.Values {
				act.Marks = []zhuanhua.Mark{{Form: form, Field: field, Note: "示例补正"}}
			}
		}
	}
	form := x.p.FormFor(a, c)
	if form == nil {
		return act
	}
	facts := x.facts(c.Rule)
	for _, f := range form.Fields {
		if !f.Required && f.Fact.ID == "" && x.dice.IntN(2) == 0 {
			continue
		}
		if !x.mayChange(c, form, f) {
			continue
		}
		if f.Type == plan.FieldFiles {
			act.Files[f.ID] = []string{x.attachment(f)}
			continue
		}
		if v := x.value(c, by, form, f, facts); v != "" {
			act.Values[f.ID] = v
		}
	}
	if a.Effect("take_bid") != nil {
		x.secrets++
		for _, f := range form.Fields {
			if f.Type == plan.FieldLong {
				act.Values[f.ID] = fmt.Sprintf("SECRET-%d", x.secrets)
			}
		}
	}
	return act
}

// mayChange reports whether a field was sent back, where any was; now and then another is tried.
func (x *walker) mayChange(c *zhuanhua.Case, form *plan.Form, f *plan.Field) bool {
	marked := slices.ContainsFunc(c.Marks, func(m zhuanhua.Mark) bool { return m.Form == form.ID })
	return !marked || x.dice.IntN(100) == 0 || slices.ContainsFunc(c.Marks, func(m zhuanhua.Mark) bool { return m.Form == form.ID && m.Field == f.ID })
}

// attachment is a file, at times one that the field does not take.
func (x *walker) attachment(f *plan.Field) string {
	typ := "pdf"
	if len(f.Types) > 0 {
		typ = f.Types[0]
	}
	size := int64(1000)
	switch x.dice.IntN(40) {
	case 0:
		typ = "exe"
	case 1:
		size = 0
	case 2:
		size = 2 << 30
	}
	return x.attach("示例."+typ, typ, size)
}

// facts are those of a trial of the rule in which everything is met, mostly.
func (x *walker) facts(rule string) plan.Facts {
	var good, all []plan.Facts
	for _, t := range x.p.TrialsOf(rule) {
		all = append(all, t.Facts)
		if t.Expect.Eligible != nil && *t.Expect.Eligible {
			good = append(good, t.Facts)
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case len(good) == 0 || x.dice.IntN(8) == 0:
		return all[x.dice.IntN(len(all))]
	}
	return good[x.dice.IntN(len(good))]
}

// value is a random value of a field, mostly one that leads on.
func (x *walker) value(c *zhuanhua.Case, by string, form *plan.Form, f *plan.Field, facts plan.Facts) string {
	if v, ok := facts[f.Fact.ID]; ok && f.Fact.ID != "" {
		return v.String()
	}
	if v := x.conventional(c, by, f); v != "" {
		return v
	}
	want := append(slices.Clone(x.wants[form.ID+"."+f.ID]), x.wants["."+f.ID]...)
	if len(want) > 0 && x.dice.IntN(6) > 0 {
		return want[x.dice.IntN(len(want))]
	}
	n := func(least, most int) string {
		if f.Min != nil {
			least = int(f.Min.Value.Count)
		}
		if f.Max != nil {
			most = int(f.Max.Value.Count)
		}
		return strconv.Itoa(least + x.dice.IntN(max(1, most-least+1)))
	}
	switch f.Type {
	case plan.FieldPerson, plan.FieldRegister:
		return x.reference(c, f)
	case plan.FieldMoney:
		return strconv.Itoa(1+x.dice.IntN(900)) + " 万元"
	case plan.FieldShare:
		return "50 %"
	case plan.FieldCount, plan.FieldYear:
		return n(1, 5)
	case plan.FieldScore:
		return n(0, 100)
	case plan.FieldDate:
		return x.date(c, f).String()
	case plan.FieldRegion:
		return string(x.p.Region)
	case plan.FieldEnum:
		codes := x.p.Vocabulary(f.Vocabulary.ID).Codes()
		return codes[x.dice.IntN(len(codes))]
	case plan.FieldBool:
		return strconv.FormatBool(x.dice.IntN(8) > 0)
	case plan.FieldNamed:
		return "true"
	case plan.FieldOrganisation:
		return "示例合作单位"
	case plan.FieldContract, plan.FieldAchievement, plan.FieldNeed, plan.FieldCase:
		return fmt.Sprintf("示例-%d", x.dice.IntN(400))
	case plan.FieldUser:
		return x.users[x.dice.IntN(len(x.users))]
	case plan.FieldRows:
		return x.rows(c, f)
	}
	return fmt.Sprintf("示例%d", x.dice.IntN(400))
}

// date is a day of the next two months; mostly, an entry begins today and ends next year.
func (x *walker) date(c *zhuanhua.Case, f *plan.Field) zhuanhua.Date {
	days := x.dice.IntN(60)
	if r := x.p.Register(c.Register); r != nil && x.dice.IntN(10) > 0 {
		switch f.ID {
		case r.Effective.ID:
			days = 0
		case r.Validity.Until.ID:
			days += 300
		}
	}
	return zhuanhua.DateOf(x.now.AddDate(0, 0, days))
}

// conventional is the value of a field that an effect reads by its name.
func (x *walker) conventional(c *zhuanhua.Case, by string, f *plan.Field) string {
	switch f.ID {
	case "holder_1", "holder_2", "holder_3", "h1", "h2", "h3":
		return map[byte]string{'1': "officer-1", '2': "reviewer-2", '3': "finance-3"}[f.ID[len(f.ID)-1]]
	case "bid":
		for _, r := range c.Reviews {
			if r.Expert == by && flow.Owed(c, r) {
				return strconv.Itoa(r.Bid)
			}
		}
		if len(c.Bids) > 0 {
			return strconv.Itoa(1 + x.dice.IntN(len(c.Bids)))
		}
	case "winners":
		for _, b := range c.Bids {
			if b.Rank == 1 || b.Rank == 0 && !b.Withdrawn && b.Qualified != "no" {
				return strconv.Itoa(b.N)
			}
		}
	case "n":
		for _, o := range c.Objections {
			if o.Closed.IsZero() {
				return strconv.Itoa(o.N)
			}
		}
	case "milestone":
		for _, m := range c.Milestones {
			if m.State != "done" {
				return m.ID
			}
		}
	}
	return ""
}

// rows is a table of two lines; sums of money add up to the amount of the case, where it has one.
func (x *walker) rows(c *zhuanhua.Case, f *plan.Field) string {
	var lines []map[string]string
	for n := range 2 {
		line := map[string]string{}
		for _, col := range f.Columns {
			v := fmt.Sprintf("示例%d", n+1)
			switch col.Type {
			case plan.FieldDate:
				v = zhuanhua.DateOf(x.now.AddDate(0, 0, 30*(n+1))).String()
			case plan.FieldMoney:
				if v = "10 万元"; c.Amount != nil {
					v = fmt.Sprintf("%d 分", (*c.Amount+zhuanhua.Money(n))/2)
				}
			case plan.FieldCount, plan.FieldScore:
				v = "1"
			case plan.FieldEnum:
				v = x.p.Vocabulary(col.Vocabulary.ID).Codes()[0]
			}
			line[col.ID] = v
		}
		lines = append(lines, line)
	}
	return zhuanhua.CanonicalJSON(lines)
}
