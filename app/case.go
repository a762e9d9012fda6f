package app

import (
	"context"
	"fmt"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// Doing is an act with what comes from outside with it.
type Doing struct {
	flow.Act
	Files    []File // by field of the action's form
	Identity string // of an officer who enters a part of a key
}

// Done is what an act came to.
type Done struct {
	View
	Step zhuanhua.Step `json:"step"`
}

// NewCase begins a case for a user.
func (d *Desk) NewCase(ctx context.Context, as string, b flow.Beginning) (Done, error) {
	u, err := acting(ctx, d.store, as)
	if err != nil {
		return Done{}, err
	}
	var out flow.Decided
	_, err = d.decide(ctx, as, "", func(ctx context.Context) (zhuanhua.Change, []*store.Staged, error) {
		if out, err = d.begin(ctx, &u, b); err != nil {
			return zhuanhua.Change{}, nil, err
		}
		return out.Change, nil, nil
	})
	if err != nil {
		return Done{}, err
	}
	return d.done(ctx, &u, out)
}

// begin decides about a new case and adds the number it gets.
func (d *Desk) begin(ctx context.Context, u *zhuanhua.User, b flow.Beginning) (flow.Decided, error) {
	now := d.store.Now(ctx)
	if d.plan.Workflow(b.Workflow) == nil {
		return flow.Decided{}, d.noWorkflow(b.Workflow)
	}
	if err := d.checkLinks(ctx, u, b.Links); err != nil {
		return flow.Decided{}, err
	}
	s := flow.Situation{Plan: d.plan, CaseVersion: zhuanhua.NewOnly, Users: map[string]*zhuanhua.User{u.ID: u}}
	for _, l := range b.Links {
		if l.Kind != string(zhuanhua.NounCase) {
			continue
		}
		if err := d.addLinked(ctx, &s, []string{l.ID}); err != nil {
			return flow.Decided{}, err
		}
	}
	if err := d.beginEntry(ctx, u, &s, b.Entry); err != nil {
		return flow.Decided{}, err
	}
	var next *zhuanhua.Item
	var err error
	if b.ID, next, err = d.caseID(ctx, b, d.registerOf(b, s.Entry), now); err != nil {
		return flow.Decided{}, err
	}
	out, err := flow.Begin(s, flow.Actor{User: u, Now: now}, b)
	if err != nil {
		return out, err
	}
	if next != nil {
		out.Change.Items = append(out.Change.Items, *next)
	}
	if out.Change.Batch == "" {
		out.Change.Batch = d.batch(&out.Case, out.Step.ID)
	}
	return out, nil
}

// checkLinks refuses links to records that are not there, as are cases that the user may not know of.
func (d *Desk) checkLinks(ctx context.Context, u *zhuanhua.User, links []zhuanhua.Link) error {
	for _, l := range links {
		kind := zhuanhua.Noun(l.Kind)
		switch kind {
		case zhuanhua.NounContract, zhuanhua.NounAchievement, zhuanhua.NounNeed, zhuanhua.NounCase, zhuanhua.NounOrganisation:
		default:
			return zhuanhua.Invalid("--link "+l.Kind, "办件不能关联这种记录 a case is not linked to such records", "use contract, achievement, need, case or organisation")
		}
		row, err := find(ctx, d.store, kind, l.ID)
		if err != nil {
			return err
		}
		if row != nil && kind == zhuanhua.NounCase {
			c, err := store.As[zhuanhua.Case](*row)
			if err != nil {
				return err
			}
			if !d.knowsCase(&c, u, zhuanhua.DateOf(d.store.Now(ctx))) {
				row = nil
			}
		}
		if row == nil {
			return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: l.Kind + "/" + l.ID, What: "没有这条记录 there is no such record", Do: "check the id, or import the record first"}
		}
	}
	return nil
}

func (d *Desk) noWorkflow(id string) error {
	var known []string
	for _, w := range d.plan.Workflows {
		known = append(known, w.ID)
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "workflow " + id, What: "方案里没有这个流程 the plan has no such workflow", Do: fmt.Sprintf("use one of %v", known)}
}

// Act does something in a case, and shows what became of it.
func (d *Desk) Act(ctx context.Context, as, id string, do Doing) (Done, error) {
	out, err := d.Do(ctx, as, id, do)
	if err != nil {
		return Done{}, err
	}
	u, err := acting(ctx, d.store, as)
	if err != nil {
		return Done{}, err
	}
	return d.done(ctx, &u, out)
}

// Do is Act without looking at the case afterwards. What became due meanwhile is done by the clock
// first. Who loses a race is told who did what, and what differs.
func (d *Desk) Do(ctx context.Context, as, id string, do Doing) (flow.Decided, error) {
	u, err := acting(ctx, d.store, as)
	if err != nil {
		return flow.Decided{}, err
	}
	if _, err := d.tickCase(ctx, id); err != nil {
		return flow.Decided{}, err
	}
	if do.Version != 0 {
		if err := d.checkSeen(ctx, &u, id, do.Version); err != nil {
			return flow.Decided{}, err
		}
	}
	a := &attempt{desk: d, user: &u, id: id, do: do}
	defer a.drop()
	for try := 1; ; try++ {
		_, err := d.decide(ctx, as, id, a.once)
		if err == nil {
			return a.out, nil
		}
		if !ownConflict(err, id) {
			return flow.Decided{}, err
		}
		again, err := a.mayRepeat(ctx)
		if err != nil {
			return flow.Decided{}, err
		}
		if !again || try == tries {
			return flow.Decided{}, d.overtaken(ctx, &u, id, a.version)
		}
	}
}

// readCase reads a case that a user may see; any other is not found, whether it is there or not. A nil
// user sees all.
func (d *Desk) readCase(ctx context.Context, u *zhuanhua.User, id string) (zhuanhua.Case, int64, error) {
	c, version, err := get[zhuanhua.Case](ctx, d.store, id)
	if zhuanhua.KindOf(err) == zhuanhua.KindNotFound || err == nil && u != nil && d.sight(&c, u, d.store.Now(ctx)) == sightNone {
		return zhuanhua.Case{}, 0, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "case " + id, What: "没有这个办件 there is no such case",
			Do: "check the id, or list yours with zhuanhua case list"}
	}
	return c, version, err
}

// Case shows a case as a user may see it.
func (d *Desk) Case(ctx context.Context, as, id string) (View, error) {
	u, err := acting(ctx, d.store, as)
	if err != nil {
		return View{}, err
	}
	stuck, err := d.tickCase(ctx, id)
	if err != nil {
		return View{}, err
	}
	v, err := d.view(ctx, &u, id)
	v.Stuck = stuck
	return v, err
}

// CaseFilter narrows Cases; "" is any.
type CaseFilter struct {
	Workflow, Rule, State, Organisation, Outcome string
}

// Cases lists what a user may see, in the order of the ids.
func (d *Desk) Cases(ctx context.Context, as string, f CaseFilter) ([]Listed, error) {
	u, err := acting(ctx, d.store, as)
	if err != nil {
		return nil, err
	}
	if _, err := d.Tick(ctx); err != nil {
		return nil, err
	}
	is := map[string]any{}
	for column, value := range map[string]string{"workflow": f.Workflow, "rule": f.Rule, "state": f.State, "organisation": f.Organisation, "outcome": f.Outcome} {
		if value != "" {
			is[column] = value
		}
	}
	list := []Listed{}
	err = each(ctx, d.store, store.Filter{Is: is}, func(c zhuanhua.Case, version int64) error {
		how := d.sight(&c, &u, d.store.Now(ctx))
		if how == sightNone || f.Organisation != "" && d.hides(&c, how) {
			return nil
		}
		seen := d.redact(c, &u, how)
		list = append(list, d.listed(&seen, version))
		return nil
	})
	return list, err
}

// done is what the actor is shown after an act: nothing but the act itself where it ended their part in
// the case, such as an expert's who steps back.
func (d *Desk) done(ctx context.Context, u *zhuanhua.User, out flow.Decided) (Done, error) {
	v, err := d.view(ctx, u, out.Case.ID)
	if zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
		v, err = View{Case: zhuanhua.Case{ID: out.Case.ID}, History: []zhuanhua.Step{}, Offers: []OfferView{}}, nil
	}
	return Done{View: v, Step: out.Step}, err
}
