package flow_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
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

// TestRandomWalks lets several people act at random on cases of every workflow, and looks after every step
// whether anything happened that must never happen. Set ZHUANHUA_WALK=10000 for the full length.
func TestRandomWalks(t *testing.T) {
	for _, dir := range []string{"guangxi-2025-2027", "example-region"} {
		p := embedded(t, dir)
		if len(p.Workflows) == 0 {
			t.Logf("%s has no workflows", dir)
		}
		for _, w := range p.Workflows {
			t.Run(dir+"/"+w.ID, func(t *testing.T) { walkAll(t, p, w, 1) })
		}
	}
}

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
	if testing.Verbose() {
		for _, why := range slices.SortedFunc(maps.Keys(x.why), func(a, b string) int { return x.why[b] - x.why[a] })[:min(8, len(x.why))] {
			t.Logf("%4d × %.200s", x.why[why], why)
		}
	}
	t.Logf("%d steps in %d cases, %d acts refused; states %d of %d, ended %v, paid %s", x.done, len(x.ids), x.refused, len(x.states), len(w.States), x.ended, plan.MoneyText(x.paid()).EN)
	return x
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
	ended   map[string]int
	secrets int
	why     map[string]int
}

// firstUnmet is the check at which an act failed.
func firstUnmet(err error) string {
	var r *flow.Refused
	if errors.As(err, &r) {
		for _, x := range r.Reasons {
			if !x.Met {
				return x.Check + " " + x.EN
			}
		}
	}
	return ""
}

func newWalker(t *testing.T, p *plan.Pack, w *plan.Workflow, seed uint64) *walker {
	x := &walker{world: newWorld(t, p), dice: rand.New(rand.NewPCG(seed, 2026)), flow: w, wants: map[string][]string{}, why: map[string]int{}, states: map[string]bool{}, ended: map[string]int{}}
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
	for year := 2026; year <= 2030; year++ {
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
	if len(x.open) < 3 {
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
	by := []string{"firm-a", "firm-b", "firm-c", "uni", "broker", "officer-1"}[x.dice.IntN(6)]
	b := flow.Beginning{ID: fmt.Sprintf("%s-2026-%05d", x.flow.ID, len(x.ids)+1), Workflow: x.flow.ID, Title: "示例办件", Links: []zhuanhua.Link{{Kind: "case", ID: "finished"}, {Kind: "contract", ID: "示例合同"}}}
	if n := len(x.flow.Serves); n > 0 {
		b.Rule = x.flow.Serves[x.dice.IntN(n)].ID
	}
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
			at := time.Date(k.Due.Year, k.Due.Month, k.Due.Day+1, 0, 0, 0, 0, zhuanhua.Shanghai())
			if k.Stopped || k.Over || k.Due.IsZero() || at.Before(x.now) || at.Sub(x.now) > 40*24*time.Hour && n < 55 {
				continue
			}
			x.now = at.Add(time.Duration(x.dice.IntN(3)-1) * time.Second)
			return
		}
	}
	// The calendar has an end, and so has the walk: what runs for years begins again.
	if zhuanhua.DateOf(x.now).Year > 2027 || zhuanhua.DateOf(x.now).Year == 2027 && x.now.YearDay() > 250 {
		x.now = shanghai(x.t, "2026-03-02T09:00:00")
		x.open = nil
	}
}

// choose picks somebody and what they do: mostly something that is offered to them, at times anything.
func (x *walker) choose(id string) (string, flow.Act) {
	if x.dice.IntN(100) < 12 {
		a := x.flow.Actions[x.dice.IntN(len(x.flow.Actions))]
		by := x.users[x.dice.IntN(len(x.users))]
		return by, x.fill(id, by, a)
	}
	for range 40 {
		by := x.users[x.dice.IntN(len(x.users))]
		var can []*plan.Action
		for _, o := range flow.Offers(x.situation(id, flow.Act{}), flow.Actor{User: x.world.users[by], Now: x.now}) {
			// Ways out are seldom taken, or no case would come far.
			out := x.flow.State(o.Action.To.ID)
			if o.Allowed && (out == nil || out.Kind != "end" || x.dice.IntN(12) == 0 || !slices.Contains([]string{"withdrawn", "refused", "failed"}, out.Outcome)) {
				can = append(can, o.Action)
			}
		}
		if len(can) > 0 {
			a := can[x.dice.IntN(len(can))]
			return by, x.fill(id, by, a)
		}
	}
	by := x.users[x.dice.IntN(len(x.users))]
	return by, x.fill(id, by, x.flow.Actions[x.dice.IntN(len(x.flow.Actions))])
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
		x.refusal(err)
		x.why[a.Action+": "+firstUnmet(err)]++
		return
	}
	x.record(d)
	x.done++
	x.look(id, steps)
	if c := x.cases[id]; !c.Closed.IsZero() {
		x.close(c)
	}
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
	form := x.p.FormOf(a, c.Rule)
	if form == nil {
		return act
	}
	facts := x.facts(c.Rule)
	for _, f := range form.Fields {
		if !f.Required && f.Fact.ID == "" && x.dice.IntN(2) == 0 {
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
	if want := x.wants[form.ID+"."+f.ID]; len(want) > 0 && x.dice.IntN(6) > 0 {
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
	case plan.FieldMoney:
		return strconv.Itoa(1+x.dice.IntN(900)) + " 万元"
	case plan.FieldShare:
		return "50 %"
	case plan.FieldCount, plan.FieldYear:
		return n(1, 5)
	case plan.FieldScore:
		return n(0, 100)
	case plan.FieldDate:
		return zhuanhua.DateOf(x.now.AddDate(0, 0, x.dice.IntN(60))).String()
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
		return x.rows(f)
	}
	return fmt.Sprintf("示例%d", x.dice.IntN(400))
}

// conventional is the value of a field that an effect reads by its name.
func (x *walker) conventional(c *zhuanhua.Case, by string, f *plan.Field) string {
	switch f.ID {
	case "holder_1", "holder_2", "holder_3":
		return map[string]string{"holder_1": "officer-1", "holder_2": "reviewer-2", "holder_3": "finance-3"}[f.ID]
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
			if b.Rank == 1 {
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

// rows is a table of two lines.
func (x *walker) rows(f *plan.Field) string {
	var lines []string
	for n := range 2 {
		var cells []string
		for _, col := range f.Columns {
			v := fmt.Sprintf("示例%d", n+1)
			switch col.Type {
			case plan.FieldDate:
				v = zhuanhua.DateOf(x.now.AddDate(0, 0, 30*(n+1))).String()
			case plan.FieldMoney:
				v = "10 万元"
			case plan.FieldCount, plan.FieldScore:
				v = "1"
			}
			cells = append(cells, fmt.Sprintf("%q: %q", col.ID, v))
		}
		lines = append(lines, "{"+strings.Join(cells, ", ")+"}")
	}
	return "[" + strings.Join(lines, ", ") + "]"
}
