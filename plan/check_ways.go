package plan

import (
	"slices"
	"strings"
)

// What a case may have behind it on its way.
const (
	published = 1 << iota // shown to the public
	shown                 // and the period has run out
	unopposed             // and without an open objection
	granted               // decided in favour
	shut                  // no more bids are taken
)

// stand is a state with what the case has behind it.
type stand struct {
	state string
	has   int
}

// ways walks every way that a case can take, and checks what must not be reached without something else.
// What a case has behind it is part of where it stands, so that every path counts and not only the shortest.
func (x workflowChecker) ways() {
	start := stand{state: x.w.Start().ID}
	seen := map[stand]bool{start: true}
	told := map[string]bool{}
	for queue := []stand{start}; len(queue) > 0; queue = queue[1:] {
		for _, a := range x.w.Actions {
			if !a.IsFrom(queue[0].state) {
				continue
			}
			next := x.walk(a, queue[0], told)
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	reached := map[string]bool{}
	for p := range seen {
		reached[p.state] = true
	}
	x.dead(reached)
}

// walk is where an action leads.
func (x workflowChecker) walk(a *Action, from stand, told map[string]bool) stand {
	has := x.after(a, from.has)
	x.order(a, has, told)
	if a.Effect("publish") != nil {
		has = has&^(shown|unopposed) | published
	}
	for _, k := range x.publicity() {
		if holds(k.RestartsOn, a.ID) {
			has &^= shown | unopposed
		}
	}
	if a.Effect("next_year") != nil {
		has &^= granted | published | shown | unopposed // each year is decided anew
	}
	if a.Decides == "grant" {
		has |= granted
	}
	to := a.To.ID
	if to == "" {
		to = from.state
	}
	return stand{to, has}
}

// after adds what an action's own guards prove.
func (x workflowChecker) after(a *Action, has int) int {
	byClock := len(a.By) == 1 && a.IsBy("clock")
	over := func(k *Clock) bool {
		return byClock && k.Then.ID == a.ID ||
			slices.ContainsFunc(a.If, func(g *Guard) bool { return g.Kind == "clock_over" && g.Clock.ID == k.ID })
	}
	for _, k := range x.publicity() {
		// A period that ran out without anything shown to the public is no publicity, whoever started it.
		if over(k) && has&published != 0 {
			has |= shown
		}
	}
	for _, k := range x.bidding() {
		if over(k) {
			has |= shut
		}
	}
	if has&shown != 0 && a.Guard("no_open_objection") != nil {
		has |= unopposed
	}
	return has
}

// order tells, once an action, what it does before its time.
func (x workflowChecker) order(a *Action, has int, told map[string]bool) {
	tell := func(what string, at Pos, zh, en, doZH, doEN string) {
		if !told[a.ID+what] {
			x.fault(at, zh, en, doZH, doEN)
		}
		told[a.ID+what] = true
	}
	if a.Decides == "grant" && x.w.DemandsPublicity && has&unopposed == 0 {
		tell("publicity", a.At, "有一条路径未经公示（到期且无未决异议）就到达决定 "+a.ID, "there is a way to the decision "+a.ID+" without a publicity period that ended without an open objection",
			"在之前加公示：publish、到期（clock_over 或 then）、no_open_objection", "put a publicity before it: publish, its end (clock_over or then), no_open_objection")
	}
	for _, kind := range []string{"commit", "order", "paid"} {
		if e := a.Effect(kind); e != nil && has&granted == 0 && a.Decides != "grant" {
			tell("grant", e.At, "有一条路径未经决定就到达 "+a.ID+"（"+kind+"）", "there is a way to "+a.ID+" ("+kind+") without a decision",
				"在之前加 decides: grant 的动作", "put an action with decides: grant before it")
		}
	}
	for _, kind := range []string{"enter_part", "open_bids"} {
		if e := a.Effect(kind); e != nil && has&shut == 0 {
			tell("shut", e.At, "有一条路径在截止之前就到达 "+a.ID+"（"+kind+"）", "there is a way to "+a.ID+" ("+kind+") before the deadline",
				"在之前加 clock_over 条件，或由时限执行的动作", "put a guard clock_over before it, or the clock's own action")
		}
	}
}

// publicity lists the clocks of publicity periods.
func (x workflowChecker) publicity() []*Clock {
	var out []*Clock
	for _, a := range x.w.Actions {
		for _, e := range a.Does {
			if e.Kind == "publish" {
				out = append(out, x.w.ClockOf(a, e))
			}
		}
	}
	return out
}

// bidding lists the clocks while which bids are taken.
func (x workflowChecker) bidding() []*Clock {
	var out []*Clock
	for _, a := range x.w.Actions {
		if g := a.Guard("clock_running"); g != nil && a.Effect("take_bid") != nil {
			out = append(out, x.w.Clock(g.Clock.ID))
		}
	}
	return out
}

// dead tells of states that no case reaches, and of states that a case cannot leave towards an end.
func (x workflowChecker) dead(reached map[string]bool) {
	ends := map[string]bool{}
	for _, s := range x.w.States {
		ends[s.ID] = s.Kind == "end"
	}
	for changed := true; changed; {
		changed = false
		for _, a := range x.w.Actions {
			if !ends[a.To.ID] {
				continue
			}
			for _, f := range a.From {
				changed = changed || !ends[f.ID]
				ends[f.ID] = true
			}
		}
	}
	for _, s := range x.w.States {
		switch {
		case !reached[s.ID]:
			x.fault(s.At, "没有路径到达状态 "+s.ID, "no way leads to the state "+s.ID, "加上通往它的动作，或删去它"+x.blocked(s), "add an action that leads to it, or remove it"+x.blocked(s))
		case !ends[s.ID]:
			x.fault(s.At, "状态 "+s.ID+" 走不到任何终止状态", "no way leads from the state "+s.ID+" to an end", "加上离开它的动作，或写 kind: end", "add an action that leaves it, or write kind: end")
		}
	}
}

// blocked names the actions that lead to a state and can never be taken.
func (x workflowChecker) blocked(s *State) string {
	var out []string
	for _, a := range x.w.Actions {
		if a.To.ID == s.ID {
			out = append(out, a.ID)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}
