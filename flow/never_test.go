package flow_test

import (
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/plan/calendar"
)

// look checks what must never happen, after the steps from one on.
func (x *walker) look(id string, from int) {
	x.t.Helper()
	c := x.cases[id]
	x.states[c.State] = true
	x.nothingLost(c)
	x.ledgerAgrees(c)
	x.neverAboveCap(c)
	x.nobodyOnTwoSides(c)
	x.sealedStaysSealed(c)
	x.entriesSound(c)
	for _, s := range x.steps[id][from:] {
		x.took[s.Action]++
		x.afterPublicity(c, s)
		x.twoPersons(c, s)
	}
	if end := x.flow.State(c.State); (end.Kind == "end") != !c.Closed.IsZero() || end.Outcome != c.Outcome {
		x.t.Errorf("%s is in %s, closed %v with outcome %q", c.ID, c.State, c.Closed, c.Outcome)
	}
}

// nothingLost: the case counts as many steps as there are, and each begins where the last one ended.
func (x *walker) nothingLost(c *zhuanhua.Case) {
	x.t.Helper()
	steps := x.steps[c.ID]
	if len(steps) != c.Steps || steps[len(steps)-1].To != c.State {
		x.t.Errorf("%s counts %d steps to %s; there are %d to %s", c.ID, c.Steps, c.State, len(steps), steps[len(steps)-1].To)
	}
	for i, s := range steps {
		if s.N != i+1 || i > 0 && (s.From != steps[i-1].To || s.At.Before(steps[i-1].At)) {
			x.t.Errorf("%s: step %d (%s from %s) does not follow the one before", c.ID, s.N, s.Action, s.From)
		}
	}
}

// ledgerAgrees: what the entries of a case add up to is what its tranches say, and no entry is without a
// step.
func (x *walker) ledgerAgrees(c *zhuanhua.Case) {
	x.t.Helper()
	sums, byTranche, named := map[zhuanhua.Account]int64{}, map[int]map[zhuanhua.Account]int64{}, map[string]bool{}
	for _, s := range x.steps[c.ID] {
		for _, e := range s.Entries {
			named[e] = true
		}
	}
	for _, e := range x.entries {
		if e.Case != c.ID {
			continue
		}
		if !named[e.ID] || e.Amount <= 0 {
			x.t.Errorf("%s: the entry %s of %d stands in no step", c.ID, e.ID, e.Amount)
		}
		sums[e.Debit] += e.Amount
		sums[e.Credit] -= e.Amount
		if byTranche[e.Tranche] == nil {
			byTranche[e.Tranche] = map[zhuanhua.Account]int64{}
		}
		byTranche[e.Tranche][e.Debit]++
	}
	want := map[zhuanhua.Account]int64{}
	account := map[string]zhuanhua.Account{"planned": zhuanhua.Committed, "ordered": zhuanhua.Ordered, "paid": zhuanhua.Paid, "claimed_back": zhuanhua.Receivable, "recovered": zhuanhua.Recovered}
	for _, t := range c.Tranches {
		if t.Budget != 0 && t.State != "released" {
			want[account[t.State]] += int64(t.Amount)
		}
		if n := byTranche[t.N][zhuanhua.Paid]; n > 1 {
			x.t.Errorf("%s: tranche %d is paid %d times", c.ID, t.N, n)
		}
		if !c.Closed.IsZero() && (t.State == "planned" || t.State == "ordered") {
			x.t.Errorf("%s is closed with tranche %d %s", c.ID, t.N, t.State)
		}
	}
	for _, a := range zhuanhua.Accounts()[2:] {
		if sums[a] != want[a] {
			x.t.Errorf("%s: the ledger has %d in %s, the tranches say %d", c.ID, sums[a], a, want[a])
		}
	}
}

// neverAboveCap: no year of a case binds more than the rule's cap, nor more than was granted for it.
func (x *walker) neverAboveCap(c *zhuanhua.Case) {
	x.t.Helper()
	r := x.p.Rule(c.Rule)
	years := map[int]zhuanhua.Money{}
	for _, t := range c.Tranches {
		if t.State != "released" && t.Budget != 0 {
			years[t.Year] += t.Amount
		}
	}
	most := int64(-1)
	if r != nil && r.Cap.ID != "" {
		if s := r.Parameter(r.Cap.ID).On(zhuanhua.DateOf(x.now)); s != nil {
			most = int64(s.Value.Money)
		}
	}
	for year, m := range years {
		if most >= 0 && int64(m) > most {
			x.t.Errorf("%s binds %d in year %d, above the cap of %d", c.ID, m, year, most)
		}
		granted := slices.ContainsFunc(c.Decisions, func(d zhuanhua.CaseDecision) bool {
			return d.Decides == "grant" && d.Amount != nil && *d.Amount >= m
		})
		if !granted {
			x.t.Errorf("%s binds %d in year %d, which nobody granted", c.ID, m, year)
		}
	}
}

// side is on which side an action stands: of who applies, of who reviews, of who decides.
func (x *walker) side(action string) string {
	a := x.flow.Action(action)
	switch {
	case a == nil || a.IsBy("applicant") || a.IsBy("bidder") || a.IsBy("winner") || a.IsBy("anyone"):
		return "applicant"
	case a.IsBy("assigned"):
		return "expert"
	case a.Official() || a.IsBy("holder"):
		return "authority"
	}
	return ""
}

// nobodyOnTwoSides: no person applies and examines, and nobody examines their own organisation's case.
func (x *walker) nobodyOnTwoSides(c *zhuanhua.Case) {
	x.t.Helper()
	sides := map[string]string{}
	for _, s := range x.steps[c.ID] {
		u := x.world.users[s.By]
		side := x.side(s.Action)
		party := c.Organisation
		if x.world.users[c.User].Has(zhuanhua.RoleOfficer, zhuanhua.DateOf(c.Opened)) { // the authority brought it in: whom it is about is the party
			party = c.Holder
			if a := x.flow.Action(s.Action); a == nil || a.IsBy("applicant") {
				side = "authority"
			}
		}
		if u == nil || side == "" {
			continue
		}
		if other := sides[s.By]; other != "" && other != side {
			x.t.Errorf("%s: %s stands on the side of the %s and of the %s", c.ID, s.By, other, side)
		}
		sides[s.By] = side
		if side != "applicant" && party != "" && (u.Organisation == party || slices.Contains(u.Relations, party)) {
			x.t.Errorf("%s: %s did %s for their own organisation's case, or one that they are related to", c.ID, s.By, s.Action)
		}
	}
}

// twoPersons: who took an action is none of those whom its two-person rule names.
func (x *walker) twoPersons(c *zhuanhua.Case, s zhuanhua.Step) {
	x.t.Helper()
	a := x.flow.Action(s.Action)
	if a == nil || s.By == zhuanhua.ByClock {
		return
	}
	for _, g := range a.If {
		for _, other := range g.Actions {
			for _, before := range x.steps[c.ID][:s.N-1] {
				if before.Action == other.ID && before.By == s.By {
					x.t.Errorf("%s: %s did both %s and %s", c.ID, s.By, other.ID, s.Action)
				}
			}
		}
	}
}

// afterPublicity: a grant of a programme that demands publicity comes after a period that was shown to the
// public, lasted its full working days and ended without an open objection. Counted from the steps alone.
func (x *walker) afterPublicity(c *zhuanhua.Case, s zhuanhua.Step) {
	x.t.Helper()
	a := x.flow.Action(s.Action)
	if a == nil || a.Decides != "grant" || !x.flow.DemandsPublicity {
		return
	}
	opened, answered := 0, 0
	var shown *zhuanhua.Step
	var k *plan.Clock
	for i, b := range x.steps[c.ID][:s.N-1] {
		action := x.flow.Action(b.Action)
		if action == nil {
			continue
		}
		if e := action.Effect("publish"); e != nil {
			shown, k, opened, answered = &x.steps[c.ID][i], x.flow.ClockOf(action, e), 0, 0
		}
		opened += has(action, "object")
		answered += has(action, "answer_objection")
	}
	if shown == nil || opened != answered {
		x.t.Errorf("%s: %s is granted without a publicity, or with %d objections of which %d are answered", c.ID, s.Action, opened, answered)
		return
	}
	end, err := flow.Calendar(x.p).Add(zhuanhua.DateOf(shown.At), k.Length.Value, calendar.Unit(k.Unit))
	if err != nil || !end.Day.Before(zhuanhua.DateOf(s.At)) {
		x.t.Errorf("%s: shown on %s, %s on %s, before the period ends on %s (%v)", c.ID, shown.At, s.Action, s.At, end.Day, err)
	}
}

func has(a *plan.Action, effect string) int {
	if a.Effect(effect) != nil {
		return 1
	}
	return 0
}

// sealedStaysSealed: before the bids are opened nothing of them stands in the case, a step or an entry; and
// they are opened by two persons after the deadline.
func (x *walker) sealedStaysSealed(c *zhuanhua.Case) {
	x.t.Helper()
	if len(c.Bids) == 0 {
		return
	}
	opened := c.Seal != nil && !c.Seal.Opened.IsZero()
	text := zhuanhua.CanonicalJSON(*c) + zhuanhua.CanonicalJSON(x.steps[c.ID])
	if !opened && strings.Contains(text, "SECRET-") {
		x.t.Errorf("%s shows a bid before it is opened", c.ID)
	}
	if !opened {
		return
	}
	holders := map[string]bool{}
	var lastBid zhuanhua.Step
	for _, s := range x.steps[c.ID] {
		a := x.flow.Action(s.Action)
		if a != nil && has(a, "enter_part") == 1 && !s.At.After(c.Seal.Opened) {
			holders[s.By] = true
		}
		if a != nil && has(a, "take_bid") == 1 {
			lastBid = s
		}
	}
	if len(holders) < 2 || lastBid.At.After(c.Seal.Opened) {
		x.t.Errorf("%s: opened at %s by %d holders, the last bid is of %s", c.ID, c.Seal.Opened, len(holders), lastBid.At)
	}
	for _, k := range c.Clocks {
		for _, a := range x.flow.Actions {
			if g := a.Guard("clock_running"); g != nil && has(a, "take_bid") == 1 && g.Clock.ID == k.ID && !k.Due.Before(zhuanhua.DateOf(c.Seal.Opened)) {
				x.t.Errorf("%s: opened at %s, bids were due until %s", c.ID, c.Seal.Opened, k.Due)
			}
		}
	}
}

// atEnd checks the whole ledger: every budget is what its entries add up to, nothing is overdrawn, and one
// record is claimed once.
func (x *walker) atEnd() {
	x.t.Helper()
	sums := map[string]map[zhuanhua.Account]int64{}
	seen := map[string]bool{}
	for _, e := range x.entries {
		id := zhuanhua.BudgetID(e.Programme, e.Year, e.Unit)
		if sums[id] == nil {
			sums[id] = map[zhuanhua.Account]int64{}
		}
		sums[id][e.Debit] += e.Amount
		sums[id][e.Credit] -= e.Amount
		if seen[e.ID] {
			x.t.Errorf("the entry %s is there twice", e.ID)
		}
		seen[e.ID] = true
	}
	for id, b := range x.budgets {
		var total int64
		for _, a := range zhuanhua.Accounts() {
			total += b.Balance[a]
			if b.Balance[a] != sums[id][a] || a != zhuanhua.Appropriation && b.Balance[a] < 0 {
				x.t.Errorf("budget %s has %d in %s, its entries say %d", id, b.Balance[a], a, sums[id][a])
			}
		}
		if total != 0 {
			x.t.Errorf("budget %s does not balance: %d", id, total)
		}
	}
	for id, c := range x.claims {
		if held := slices.Contains(x.cases[c.Case].Claims, id); held == c.Released {
			x.t.Errorf("the claim %s is released: %v; its case %s holds it: %v", id, c.Released, c.Case, held)
		}
	}
	for _, p := range x.payment {
		for _, l := range p.Lines {
			t := x.cases[l.Case].Tranches
			i := slices.IndexFunc(t, func(t zhuanhua.Tranche) bool { return t.N == l.Tranche })
			if i < 0 || l.State == "ordered" && (t[i].State != "ordered" || t[i].Payment != p.ID) || l.Amount != t[i].Amount {
				x.t.Errorf("%s line %d (%s) does not agree with the case %s", p.ID, l.N, l.State, l.Case)
			}
		}
	}
}

// paid is what was paid in all.
func (x *walker) paid() zhuanhua.Money {
	var sum int64
	for _, e := range x.entries {
		if e.Debit == zhuanhua.Paid {
			sum += e.Amount
		}
	}
	return zhuanhua.Money(sum)
}
