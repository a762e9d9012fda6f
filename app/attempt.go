package app

import (
	"context"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// attempt is one act while it is tried.
type attempt struct {
	desk *Desk
	user *zhuanhua.User // nil: the clock
	id   string
	do   Doing

	files   *uploads
	extra   []*store.Staged // what the last try made itself, such as a bid's ciphertext
	before  zhuanhua.Case
	version int64
	out     flow.Decided
}

// drop lets go of files that were not recorded.
func (a *attempt) drop() {
	if a.files != nil {
		a.files.drop()
	}
	a.dropExtra()
}

func (a *attempt) dropExtra() {
	for _, g := range a.extra {
		g.Drop()
	}
	a.extra = nil
}

// once reads the case, lets flow decide, and returns the change.
func (a *attempt) once(ctx context.Context) (zhuanhua.Change, []*store.Staged, error) {
	d := a.desk
	a.dropExtra()
	var err error
	if a.before, a.version, err = d.readCase(ctx, a.user, a.id); err != nil {
		return zhuanhua.Change{}, nil, err
	}
	act, err := a.act(ctx)
	if err != nil {
		return zhuanhua.Change{}, nil, err
	}
	now := d.store.Now(ctx)
	g := &gathering{desk: d, now: now, user: a.user}
	s, err := g.situation(ctx, &a.before, a.version, act)
	if err != nil {
		return zhuanhua.Change{}, nil, err
	}
	a.files.describe(s.Files)
	s.Keys = d.keys(&deciding{ctx: ctx, attempt: a, users: s.Users})
	a.out, err = flow.Do(s, flow.Actor{User: a.user, Now: now}, act)
	if err != nil {
		return zhuanhua.Change{}, nil, a.tooLate(ctx, err)
	}
	c := a.out.Change
	g.finish(&c, a.out)
	return c, append(a.files.staged(), a.extra...), nil
}

// act is the act with its files taken in and what the records know filled in.
func (a *attempt) act(ctx context.Context) (flow.Act, error) {
	d := a.desk
	act := a.do.Act
	act.Version = 0 // seen to already
	w := d.plan.Workflow(a.before.Workflow)
	if w == nil {
		return act, d.noWorkflow(a.before.Workflow)
	}
	action := w.Action(act.Action)
	if a.files == nil {
		sealed := action != nil && action.Effect("take_bid") != nil
		var err error
		if a.files, err = takeIn(d.store, a.do.Files, sealed); err != nil {
			a.files = nil
			return act, err
		}
	}
	act.Files = a.files.byField()
	if action == nil {
		return act, nil
	}
	values, err := d.prefill(ctx, &a.before, action, act.Values)
	act.Values = values
	return act, err
}

// mayRepeat says whether an act that lost a race may simply be decided again: nobody moved the case or
// touched the form, so that nothing is overwritten that was not seen.
func (a *attempt) mayRepeat(ctx context.Context) (bool, error) {
	if a.do.Version != 0 {
		return false, nil
	}
	now, _, err := a.desk.readCase(ctx, a.user, a.id)
	if err != nil {
		return false, err
	}
	return now.State == a.before.State && formVersion(&now, a.out.Step.Form) == formVersion(&a.before, a.out.Step.Form) && len(now.Marks) == len(a.before.Marks), nil
}

func formVersion(c *zhuanhua.Case, form string) int { return c.Forms[form].Version }
