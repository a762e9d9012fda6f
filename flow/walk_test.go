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
func walkSteps(t testing.TB) int {
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
	x.tookAll()
	if x.done < walkSteps(t)/4 || len(x.ended) == 0 {
		t.Errorf("only %d steps of %d did anything, and no more ends than %v", x.done, walkSteps(t), x.ended)
	}
	year := 0
	for _, c := range x.cases {
		year = max(year, c.Year)
	}
	t.Logf("%d steps in %d cases, %d acts refused; %d of %d actions, states %d of %d, ended %v, year of support %d, paid %s", x.done, len(x.ids), x.refused, len(w.Actions)-len(x.untaken()), len(w.Actions), len(x.states), len(w.States), x.ended, year, plan.MoneyText(x.paid()).EN)
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
	by := x.beginner()
	b := flow.Beginning{ID: fmt.Sprintf("%s-2026-%05d", x.flow.ID, len(x.ids)+1), Workflow: x.flow.ID, Title: "示例办件", Links: []zhuanhua.Link{{Kind: "case", ID: "finished"}, {Kind: "contract", ID: "示例合同"}}}
	if n := len(x.flow.Serves); n > 0 {
		b.Rule = x.flow.Serves[x.dice.IntN(n)].ID
	}
	x.registered(by, &b)
	if _, err := x.begin(by, b); err != nil {
		x.refusal(err)
		return
	}
	x.done++
	x.ids, x.open = append(x.ids, b.ID), append(x.open, b.ID)
	x.look(b.ID, 0)
}

// beginner is mostly somebody who may begin a case of the workflow.
func (x *walker) beginner() string {
	list := []string{"firm-a", "firm-b", "firm-c", "uni", "broker", "officer-1", "city"}
	by := list[x.dice.IntN(len(list))]
	may := slices.DeleteFunc(list, func(id string) bool {
		return !slices.ContainsFunc(x.flow.Begins, func(r plan.Ref) bool { return x.world.users[id].Has(zhuanhua.Role(r.ID), zhuanhua.DateOf(x.now)) })
	})
	if len(may) > 0 && x.dice.IntN(4) > 0 {
		return may[x.dice.IntN(len(may))]
	}
	return by
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
}

// within goes back to the first day where the plan does not hold any more: what it gives begins while it holds.
// What was granted goes on beyond it.
func (x *walker) within() {
	running := slices.ContainsFunc(x.open, func(id string) bool { return len(x.cases[id].Tranches) > 0 })
	if today := zhuanhua.DateOf(x.now); !x.p.Valid.Holds(today) && !running || today.Year > lastYear-3 {
		x.now = shanghai(x.t, walkBegins)
		x.open = nil
	}
}

// act tries an act and looks at what came of it.
func (x *walker) act(id, by string, a flow.Act) {
	x.t.Helper()
	steps := len(x.steps[id])
	s := x.situation(id, a)
	handed := func() string { return zhuanhua.CanonicalJSON(*x.cases[id]) + zhuanhua.CanonicalJSON(s.Entry) }
	before := handed()
	d, err := flow.Do(s, flow.Actor{User: x.world.users[by], Now: x.now}, a)
	if after := handed(); after != before {
		x.t.Fatalf("%s: deciding %s changed what was handed in:\n%s\n%s", id, a.Action, before, after)
	}
	if err != nil {
		x.refused++
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
