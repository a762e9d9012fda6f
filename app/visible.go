package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// sight is how much of a case somebody sees, and as what.
type sight string

// The sights, the widest first.
const (
	sightOfficial sight = "authority" // everything
	sightAudit    sight = "auditor"   // everything, and changes nothing
	sightOwn      sight = "applicant" // the own case, without the experts
	sightExpert   sight = "expert"    // what is to be judged, and the own sheet
	sightHolder   sight = "holder"    // of a part of the key: what was published, and the parts
	sightBidder   sight = "bidder"    // what was published, and the own bid
	sightPublic   sight = "public"    // what was published
	sightNone     sight = ""          // not even that there is such a case
)

// sight says what a user sees of a case. The widest that applies holds.
func (d *Desk) sight(c *zhuanhua.Case, u *zhuanhua.User, now time.Time) sight {
	today := zhuanhua.DateOf(now)
	w := d.plan.Workflow(c.Workflow)
	of := func(role func(zhuanhua.Role) bool) bool {
		return slices.ContainsFunc(u.Roles, func(g zhuanhua.Grant) bool { return role(g.Role) && u.Has(g.Role, today) })
	}
	is := func(r zhuanhua.Role) bool { return u.Has(r, today) }
	own := c.User == u.ID || u.Organisation != "" && u.Organisation == c.Organisation || holdsEntry(c, u)
	switch {
	case u.Disabled, !d.knowsCase(c, u, today):
		return sightNone
	case of(zhuanhua.Role.Decides), is(zhuanhua.RoleRecommender) && w != nil && recommends(w):
		return sightOfficial
	case is(zhuanhua.RoleAuditor), is(zhuanhua.RoleAuditAdmin):
		return sightAudit
	// A recommending body that files for others sees what it began, as long as who began it is of it.
	case c.User == u.ID && c.Organisation == u.Organisation, own && of(zhuanhua.Role.Applies):
		return sightOwn
	case slices.ContainsFunc(c.Reviews, func(r zhuanhua.Review) bool { return r.Expert == u.ID && r.Recused == "" }):
		return sightExpert
	case slices.Contains(c.Officers, u.ID):
		return sightHolder
	case slices.ContainsFunc(c.Bids, func(b zhuanhua.Bid) bool { return bidOf(&b, u) }):
		return sightBidder
	case c.Publicity != nil || c.Seal != nil || inTheOpen(w, c.State):
		return sightPublic
	}
	return sightNone
}

// inTheOpen reports whether everybody may do something in a state, such as answer or bid.
func inTheOpen(w *plan.Workflow, state string) bool {
	return w != nil && slices.ContainsFunc(w.Actions, func(a *plan.Action) bool {
		return a.IsFrom(state) && (a.IsBy("anyone") || a.Effect("take_bid") != nil)
	})
}

// recommends reports whether recommending bodies have a part in a workflow.
func recommends(w *plan.Workflow) bool {
	return slices.ContainsFunc(w.Actions, func(a *plan.Action) bool { return a.IsBy(string(zhuanhua.RoleRecommender)) })
}

func bidOf(b *zhuanhua.Bid, u *zhuanhua.User) bool {
	return b.User == u.ID || u.Organisation != "" && b.Organisation == u.Organisation
}

// hides reports whether the applicant is hidden from who sees a case so: from experts of a double-blind
// review.
func (d *Desk) hides(c *zhuanhua.Case, how sight) bool {
	w := d.plan.Workflow(c.Workflow)
	return how == sightExpert && w != nil && w.Blind == "double"
}

// hidden stands in the place of a name that the reader may not know.
const hidden = "（已隐去 hidden）"

// redact is a case as somebody may see it. The original is left alone.
func (d *Desk) redact(c zhuanhua.Case, u *zhuanhua.User, how sight) zhuanhua.Case {
	if c.Seal != nil && how != sightHolder {
		c.Seal = &zhuanhua.Seal{Recipient: c.Seal.Recipient, Opened: c.Seal.Opened} // parts are for who holds them
	}
	switch how {
	case sightOfficial, sightAudit:
		return c
	case sightOwn:
		if c.Reviews = feedback(&c); c.Reviews == nil {
			c.Rounds = nil
		}
		c.Actors, c.Recusals = nil, nil
		if d.chooses(&c) {
			return c
		}
		return ownBids(c, u)
	case sightExpert:
		return d.blind(c, u)
	}
	return d.published(c, u)
}

// chooses reports whether the applicant picks among bids that are open: then they have to be read.
func (d *Desk) chooses(c *zhuanhua.Case) bool {
	w := d.plan.Workflow(c.Workflow)
	return w != nil && c.Seal != nil && !c.Seal.Opened.IsZero() &&
		slices.ContainsFunc(w.Actions, func(a *plan.Action) bool { return a.IsBy("applicant") && a.Effect("choose_winner") != nil })
}

// feedback is what an applicant learns of the sheets: nothing before the case is published or closed,
// then scores and opinions without the experts.
func feedback(c *zhuanhua.Case) []zhuanhua.Review {
	if c.Publicity == nil && c.Closed.IsZero() {
		return nil
	}
	list := slices.Clone(c.Reviews)
	for i := range list {
		list[i].Expert = fmt.Sprintf("专家%d", i+1)
		list[i].Recused = ""
	}
	return list
}

// ownBids hides the bids of others, whoever posted the challenge: they are sealed until they are opened,
// and afterwards for the authority and the experts.
func ownBids(c zhuanhua.Case, u *zhuanhua.User) zhuanhua.Case {
	var own []zhuanhua.Bid
	for _, b := range c.Bids {
		if bidOf(&b, u) {
			own = append(own, b)
		} else if b.Won && c.Publicity != nil {
			own = append(own, zhuanhua.Bid{N: b.N, Organisation: b.Organisation, Won: true, Rank: b.Rank})
		}
	}
	c.Bids = own
	return c
}

// blind is what an expert sees: the forms without private fields, the own sheets, and in a double-blind
// review nobody's name.
func (d *Desk) blind(c zhuanhua.Case, u *zhuanhua.User) zhuanhua.Case {
	c.Reviews = slices.DeleteFunc(slices.Clone(c.Reviews), func(r zhuanhua.Review) bool { return r.Expert != u.ID })
	c.Objections, c.Decisions, c.Officers, c.Actors, c.Recusals, c.Rounds = nil, nil, nil, nil, nil, nil
	double := d.hides(&c, sightExpert)
	c.Forms = d.forms(&c, func(f *plan.Field) bool { return f.Private || double && names(f) })
	c.Bids = slices.Clone(c.Bids)
	if !double {
		return c
	}
	for i := range c.Bids {
		c.Bids[i].User, c.Bids[i].Organisation = hidden, hidden
	}
	c.Organisation, c.User, c.Title, c.Parties, c.Links = hidden, hidden, hidden, nil, nil
	c.Claims = nil // they name the records
	return c
}

// names reports whether a field says who somebody is.
func names(f *plan.Field) bool {
	switch f.Type {
	case plan.FieldOrganisation, plan.FieldUser, plan.FieldContract, plan.FieldAchievement, plan.FieldNeed, plan.FieldCase:
		return true
	}
	return len(f.Prefill) > 12 && f.Prefill[:13] == "organisation."
}

// forms are the forms of a case without the fields that are left out. A form that the plan does not
// know is left out whole.
func (d *Desk) forms(c *zhuanhua.Case, leave func(*plan.Field) bool) map[string]zhuanhua.Filled {
	out := map[string]zhuanhua.Filled{}
	for id, filled := range c.Forms {
		form := d.plan.Form(id)
		if form == nil {
			continue
		}
		filled.By = ""
		filled.Values, filled.Files = maps.Clone(filled.Values), maps.Clone(filled.Files)
		drop := func(field string) bool {
			f := form.Field(field)
			return f == nil || leave(f)
		}
		maps.DeleteFunc(filled.Values, func(k, _ string) bool { return drop(k) })
		maps.DeleteFunc(filled.Files, func(k string, _ []string) bool { return drop(k) })
		out[id] = filled
	}
	return out
}

// published is what everybody may see, with the own bid and, for who holds a part of the key, the parts.
func (d *Desk) published(c zhuanhua.Case, u *zhuanhua.User) zhuanhua.Case {
	p := zhuanhua.Case{ID: c.ID, Workflow: c.Workflow, Rule: c.Rule, Plan: c.Plan, PlanVersion: c.PlanVersion, PlanSum: c.PlanSum, Title: c.Title,
		Organisation: c.Organisation, State: c.State, Since: c.Since, Opened: c.Opened, Closed: c.Closed, Outcome: c.Outcome,
		Publicity: c.Publicity, Numbers: c.Numbers, Seal: c.Seal, Clocks: c.Clocks, Bids: c.Bids}
	if c.Publicity != nil {
		p.Amount = c.Amount
	}
	if c.Seal != nil || inTheOpen(d.plan.Workflow(c.Workflow), c.State) && c.Publicity == nil { // read by who wants to bid or answer
		p.Forms = d.forms(&c, func(f *plan.Field) bool { return f.Private })
	}
	for _, o := range c.Objections {
		if o.By == u.ID {
			p.Objections = append(p.Objections, o)
		}
	}
	if slices.Contains(c.Officers, u.ID) {
		p.Officers = c.Officers
	}
	return ownBids(p, u)
}

// steps is the history of a case as somebody may see it.
func (d *Desk) steps(ctx context.Context, c *zhuanhua.Case, u *zhuanhua.User, how sight) ([]zhuanhua.Step, error) {
	list := []zhuanhua.Step{}
	err := each(ctx, d.store, store.Filter{Is: map[string]any{"case_id": c.ID}}, func(s zhuanhua.Step, _ int64) error {
		if s, ok := d.seenStep(s, u, how); ok {
			list = append(list, s)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b zhuanhua.Step) int { return a.N - b.N }) // "#1000" stands before "#999" as text
	return list, err
}

// seenStep is a step as somebody may see it, and whether at all.
func (d *Desk) seenStep(s zhuanhua.Step, u *zhuanhua.User, how sight) (zhuanhua.Step, bool) {
	expert := s.Role == string(zhuanhua.RoleExpert) || s.Role == "assigned"
	switch {
	case how == sightOfficial, how == sightAudit, s.By == u.ID:
		return s, true
	case how == sightOwn && expert:
		return zhuanhua.Step{ID: s.ID, Case: s.Case, N: s.N, Action: s.Action, By: "专家", At: s.At, From: s.From, To: s.To}, true
	case how == sightOwn:
		if s.Role != "applicant" && !zhuanhua.Role(s.Role).Applies() {
			s.Values, s.Files, s.Reasons = nil, nil, nil // what an authority wrote for itself
		}
		return s, true
	case how == sightExpert:
		return s, false
	}
	return zhuanhua.Step{ID: s.ID, Case: s.Case, N: s.N, Action: s.Action, At: s.At, From: s.From, To: s.To}, how != sightNone
}
