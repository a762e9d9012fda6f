package flow_test

import (
	"slices"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

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

// tookAll checks that the walk went everywhere: in full length everybody has done everything, in the bounded form most.
func (x *walker) tookAll() {
	x.t.Helper()
	list := x.untaken()
	if walkSteps(x.t) >= fullWalk && len(list) > 0 || 2*len(list) > len(x.flow.Actions) {
		x.t.Errorf("nobody ever did %v of the %d actions of %s", list, len(x.flow.Actions), x.flow.ID)
	}
	if len(list) > 0 {
		x.t.Logf("not walked: %v", list)
	}
}

// fullWalk is how long a walk is that leaves nothing out.
const fullWalk = 10_000

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
