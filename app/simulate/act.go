package simulate

import (
	"cmp"
	"context"
	"slices"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

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
// gives the case up, or goes round once more, is among them only when its people are weary of it.
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
		if (n == weightGiveUp || n == weightCircle) && !weary {
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
	return slices.DeleteFunc(list, func(u string) bool { return u == "" })
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
		do.Marks = x.marks(k, a)
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

// marks sends one field back that the applicant filled in and fills in again where the act brings the case; the whole
// form where it has no field to spare.
func (x *sim) marks(k *zhuanhua.Case, by *plan.Action) []zhuanhua.Mark {
	to := cmp.Or(by.To.ID, k.State)
	for _, a := range x.plan.Workflow(k.Workflow).Actions {
		form := x.plan.FormFor(a, k)
		if form == nil || !a.IsFrom(to) || !a.IsBy("applicant") || k.Forms[form.ID].Version == 0 {
			continue
		}
		for _, f := range form.Fields {
			if k.Forms[form.ID].Values[f.ID] != "" && f.Type != plan.FieldContract {
				return []zhuanhua.Mark{{Form: form.ID, Field: f.ID, Note: name("请核对")}}
			}
		}
		return []zhuanhua.Mark{{Form: form.ID, Note: name("请核对")}}
	}
	return nil
}
