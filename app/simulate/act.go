package simulate

import (
	"context"
	"fmt"
	"slices"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

// kind is one sort of case: a workflow and, where it serves rules, one of them.
type kind struct {
	w    *plan.Workflow
	rule string
}

// kinds are all sorts, each in turn.
func (x *sim) kinds() []kind {
	var list []kind
	for _, w := range x.plan.Workflows {
		for _, r := range w.Serves {
			list = append(list, kind{w, r.ID})
		}
		if len(w.Serves) == 0 {
			list = append(list, kind{w, ""})
		}
	}
	return list
}

// beginOne begins the next case, if there are to be more. Every sort has its turn.
func (x *sim) beginOne(ctx context.Context) (bool, error) {
	if len(x.cases) >= x.o.Cases || x.begun > 20*x.o.Cases {
		return false, nil
	}
	// A sort that cannot begin yet, such as a change where there is no entry, gives its turn to the next.
	kinds := x.kinds()
	var k kind
	var b flow.Beginning
	applicant := ""
	for range kinds {
		var err error
		k = kinds[x.begun%len(kinds)]
		x.begun++
		if b, applicant, err = x.beginning(ctx, k); err != nil {
			return false, err
		}
		if applicant != "" {
			break
		}
	}
	if applicant == "" {
		return false, nil
	}
	done, err := x.desk.NewCase(x.at(ctx), applicant, b)
	if err != nil {
		if x.mistake(err) {
			return false, nil
		}
		return false, err
	}
	x.cases = append(x.cases, &simCase{id: done.ID, workflow: k.w.ID, applicant: applicant, trial: x.trial(k.rule), acts: map[string]int{}})
	x.pass(x.minutes(5, 20))
	return true, nil
}

// beginning is who begins a case and with what. No applicant means that it cannot be begun yet.
func (x *sim) beginning(ctx context.Context, k kind) (flow.Beginning, string, error) {
	b := flow.Beginning{Workflow: k.w.ID, Rule: k.rule, Title: name("%s %d", k.w.Title.ZH, len(x.cases)+1)}
	if len(x.plan.RegistersOf(k.w.ID)) > 0 {
		b, applicant, err := x.about(ctx, k, b)
		if err != nil || applicant == "" {
			return b, "", err
		}
		return x.withContract(ctx, b, applicant)
	}
	if entitling := x.entitling(k); entitling {
		other, org := x.unused(ctx, k.rule)
		if other == "" {
			return b, "", nil
		}
		b.Links = append(b.Links, zhuanhua.Link{Kind: string(zhuanhua.NounCase), ID: other})
		applicant := x.userOf(org, k.w.Begins)
		if applicant == "" {
			return b, "", nil
		}
		return x.withContract(ctx, b, applicant)
	}
	applicant := x.oneOf(x.people.byRole[zhuanhua.Role(k.w.Begins[x.rng.IntN(len(k.w.Begins))].ID)])
	if applicant == "" {
		return b, "", nil
	}
	return x.withContract(ctx, b, applicant)
}

// entitling reports whether a rule is claimed with what another case gave.
func (x *sim) entitling(k kind) bool {
	return slices.ContainsFunc(k.w.Actions, func(a *plan.Action) bool {
		g := a.Guard("entitled")
		return g != nil && g.Rule.ID == k.rule
	})
}

// unused is a case that entitles somebody to claim under a rule, and whose organisation that may be.
func (x *sim) unused(ctx context.Context, rule string) (id, org string) {
	for _, c := range x.cases {
		if c.acts["claimed "+rule] > 0 {
			continue
		}
		k, err := x.read(ctx, c.id)
		if err != nil || !slices.ContainsFunc(k.Entitles, func(e zhuanhua.Entitlement) bool { return e.Rule == rule && e.Used == "" }) {
			continue
		}
		c.acts["claimed "+rule]++
		for _, o := range append(slices.Clone(k.Parties), k.Organisation) {
			if slices.Contains(x.people.orgs, o) {
				return k.ID, o
			}
		}
	}
	return "", ""
}

// userOf is a user of an organisation with one of the roles.
func (x *sim) userOf(org string, roles []plan.Ref) string {
	for _, r := range roles {
		for _, u := range x.people.byRole[zhuanhua.Role(r.ID)] {
			if x.people.org[u] == org {
				return u
			}
		}
	}
	return ""
}

// withContract gives a case records of its own to be about: one record is claimed once.
func (x *sim) withContract(ctx context.Context, b flow.Beginning, applicant string) (flow.Beginning, string, error) {
	n := len(x.cases) + 1
	amount := zhuanhua.Money(50+x.rng.IntN(900)) * zhuanhua.WanYuan
	c := zhuanhua.Contract{ID: fmt.Sprintf("SIM-C-%05d", n), NationalNo: fmt.Sprintf("SIM%010d", n), Type: zhuanhua.ContractTransfer, Title: name("合同 %d", n),
		Seller: x.oneOf(x.people.orgs), Buyer: x.people.org[applicant], Signed: zhuanhua.DateOf(x.now), Amount: &amount, TechVerified: &amount, Region: x.plan.Region}
	need := zhuanhua.Need{ID: fmt.Sprintf("SIM-N-%05d", n), Title: name("需求 %d", n), Indicators: name("指标"), Organisation: x.people.org[applicant], Budget: &amount}
	found := zhuanhua.Achievement{ID: fmt.Sprintf("SIM-A-%05d", n), Title: name("成果 %d", n)}
	change := zhuanhua.Change{Batch: fmt.Sprintf("simulate/records/%05d", n)}
	for _, r := range []zhuanhua.Record{c, need, found} {
		change.Items = append(change.Items, zhuanhua.Put(r, zhuanhua.Source{}))
		b.Links = append(b.Links, zhuanhua.Link{Kind: string(r.Noun()), ID: r.Key()})
	}
	_, err := x.store.Record(x.at(ctx), "simulate", change)
	return b, applicant, err
}

// trial is facts under which a rule gives something: one of its own trials.
func (x *sim) trial(rule string) *plan.Trial {
	var good []*plan.Trial
	for _, t := range x.plan.TrialsOf(rule) {
		if t.Expect.Eligible != nil && *t.Expect.Eligible && len(t.Set) == 0 {
			good = append(good, t)
		}
	}
	if len(good) == 0 {
		return nil
	}
	return good[x.rng.IntN(len(good))]
}

// waits reports whether a period runs whose end moves the case on.
func (g *guide) waits(k *zhuanhua.Case) bool {
	return slices.ContainsFunc(k.Clocks, func(c zhuanhua.CaseClock) bool {
		clock := g.w.Clock(c.ID)
		if c.Stopped || c.Over || c.Due.IsZero() || clock == nil {
			return false
		}
		then := g.w.Action(clock.Then.ID)
		return then != nil && then.IsFrom(k.State) && then.To.ID != "" && then.To.ID != k.State
	})
}

// mostTries bounds how many acts are tried in one turn.
const mostTries = 4

// patience is how many turns in vain a case waits before its people give it up.
const patience = 3

// turn lets somebody do something in a case, if anything can be done.
func (x *sim) turn(ctx context.Context, c *simCase) (bool, error) {
	k, err := x.read(ctx, c.id)
	if err != nil {
		return false, err
	}
	if !k.Closed.IsZero() {
		c.closed = true
		return false, nil
	}
	g := x.plans[c.workflow]
	waits := g.waits(&k)
	if waits && c.stood == k.Steps && x.rng.IntN(500) > 0 {
		return false, nil // nothing could be done before, and nothing has happened since
	}
	weary := c.idle >= patience && !waits || x.rng.IntN(25) == 0
	seen := map[string][]flow.Offer{}
	for tries, a := range x.choices(g, c, &k, weary) {
		if tries == mostTries && !weary {
			break
		}
		ok, err := x.try(ctx, c, &k, a, seen)
		if ok || err != nil {
			c.idle = 0
			return ok, err
		}
	}
	c.idle++
	c.stood = k.Steps
	return false, nil
}

// choices are the actions of the state in an order of chance, the likely ones first as a rule. What
// gives the case up is among them only when its people are weary of it.
func (x *sim) choices(g *guide, c *simCase, k *zhuanhua.Case, weary bool) []*plan.Action {
	type choice struct {
		a      *plan.Action
		weight int
	}
	var open []choice
	total := 0
	for _, a := range g.w.Actions {
		if !a.IsFrom(k.State) || len(a.By) == 1 && a.IsBy("clock") {
			continue
		}
		n := g.weight(a, k.State, c.acts[a.ID])
		if n == weightGiveUp && !weary {
			n = 0
		}
		if n > 0 {
			open = append(open, choice{a, n})
			total += n
		}
	}
	var list []*plan.Action
	for len(open) > 0 {
		at, i := x.rng.IntN(total), 0
		for at >= open[i].weight {
			at -= open[i].weight
			i++
		}
		list = append(list, open[i].a)
		total -= open[i].weight
		open = slices.Delete(open, i, i+1)
	}
	return list
}

// offers is what a user can do in a case, looked up once a turn.
func (x *sim) offers(ctx context.Context, c *simCase, u string, seen map[string][]flow.Offer) ([]flow.Offer, error) {
	if list, ok := seen[u]; ok {
		return list, nil
	}
	_, list, err := x.desk.Open(x.at(ctx), u, c.id)
	if err != nil && x.mistake(err) {
		err = nil // who does not see the case can do nothing in it
	}
	seen[u] = list
	return list, err
}

// try lets one who may take an action.
func (x *sim) try(ctx context.Context, c *simCase, k *zhuanhua.Case, a *plan.Action, seen map[string][]flow.Offer) (bool, error) {
	at := x.at(ctx)
	for _, u := range x.actors(k, a) {
		offers, err := x.offers(ctx, c, u, seen)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(offers, func(o flow.Offer) bool { return o.Allowed && o.Action.ID == a.ID }) {
			continue
		}
		do, ok := x.doing(c, k, a, u)
		if !ok {
			return false, nil
		}
		if _, err := x.desk.Do(at, u, c.id, do); err != nil {
			if x.mistake(err) {
				return false, nil
			}
			return false, err
		}
		c.acts[a.ID]++
		return true, nil
	}
	return false, nil
}

// actors are some who may take an action, as far as the case says.
func (x *sim) actors(k *zhuanhua.Case, a *plan.Action) []string {
	var list []string
	for _, b := range a.By {
		switch b.ID {
		case "clock":
		case "applicant":
			list = append(list, k.User)
		case "bidder":
			list = append(list, x.bidders(k, a)...)
		case "winner":
			for _, bid := range k.Bids {
				if bid.Won {
					list = append(list, bid.User)
				}
			}
		case "assigned":
			for _, r := range k.Reviews {
				if flow.Owed(k, r) {
					list = append(list, r.Expert)
				}
			}
		case "holder":
			for _, u := range k.Officers {
				if !slices.Contains(k.Actors[a.ID], u) {
					list = append(list, u)
				}
			}
		case "subject":
			list = append(list, x.userOf(k.Holder, applying()))
		case "employer":
			list = append(list, x.userOf(k.Organisation, []plan.Ref{{ID: string(zhuanhua.RoleOrganisationAdmin)}}))
		case "anyone":
			list = append(list, x.oneOf(x.people.byRole[zhuanhua.RoleInventor]))
		default:
			list = append(list, x.shuffled(x.people.byRole[zhuanhua.Role(b.ID)])...)
		}
	}
	return list
}

// bidders are one from elsewhere who bids, or those who have bid.
func (x *sim) bidders(k *zhuanhua.Case, a *plan.Action) []string {
	if a.Effect("take_bid") != nil {
		u := x.oneOf(x.people.byRole[zhuanhua.RoleOrganisationAdmin])
		if slices.ContainsFunc(k.Bids, func(b zhuanhua.Bid) bool { return b.Organisation == x.people.org[u] }) {
			return nil
		}
		return []string{u}
	}
	var list []string
	for _, b := range k.Bids {
		if !b.Withdrawn {
			list = append(list, b.User)
		}
	}
	return list
}

// doing is an act with everything that its form asks for.
func (x *sim) doing(c *simCase, k *zhuanhua.Case, a *plan.Action, u string) (app.Doing, bool) {
	do := app.Doing{Act: flow.Act{Action: a.ID, Values: map[string]string{}}, Identity: name("")}
	if a.Note != "none" {
		do.Note = name("理由")
	}
	if a.Effect("mark_fields") != nil {
		do.Marks = x.marks(k)
	}
	form := x.plan.FormFor(a, k)
	f := filler{sim: x, c: c, k: k, a: a, user: u, guide: x.plans[c.workflow]}
	if form != nil && !f.form(form, &do) {
		return do, false
	}
	for _, p := range flow.Parameters(a) {
		if v, ok := f.conventional(p.Name); ok {
			do.Values[p.Name] = v
		}
	}
	return do, true
}

// marks sends one field back that the applicant filled in.
func (x *sim) marks(k *zhuanhua.Case) []zhuanhua.Mark {
	form := k.Rule
	if r := x.plan.Rule(k.Rule); r != nil {
		form = r.Form.ID
	}
	for _, f := range x.fieldsOf(form) {
		if k.Forms[form].Values[f.ID] != "" && f.Type != plan.FieldContract {
			return []zhuanhua.Mark{{Form: form, Field: f.ID, Note: name("请核对")}}
		}
	}
	for _, id := range sortedForms(k) {
		return []zhuanhua.Mark{{Form: id, Note: name("请核对")}}
	}
	return nil
}
