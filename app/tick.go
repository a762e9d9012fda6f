package app

import (
	"context"
	"errors"
	"slices"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// Ticked is what clocks did, and what they could not do.
type Ticked struct {
	Steps []zhuanhua.Step `json:"steps"`
	Stuck []Stuck         `json:"stuck"`
}

// Stuck is a case in which a clock cannot do what it has to, such as where the calendar ends too early.
type Stuck struct {
	Case string `json:"case"`
	Why  string `json:"why"`
}

// Tick does what clocks ask for in every open case. Nobody needs to ask for it: a case whose clock ran
// out is brought up to date when it is looked at.
func (d *Desk) Tick(ctx context.Context) (Ticked, error) {
	today := zhuanhua.DateOf(d.store.Now(ctx))
	var due []string
	untold := map[string]bool{} // whoever asks for a tick need not know of these
	err := each(ctx, d.store, store.Filter{Below: map[string]any{"due": today.String()}}, func(c zhuanhua.Case, _ int64) error {
		due = append(due, c.ID)
		untold[c.ID] = d.confidential(c.Register, c.Readers)
		return nil
	})
	out := Ticked{Steps: []zhuanhua.Step{}, Stuck: []Stuck{}}
	for _, id := range due {
		if err != nil {
			break
		}
		var steps []zhuanhua.Step
		steps, err = d.runClocks(ctx, id)
		var refused *flow.Refused
		stuck := errors.As(err, &refused)
		if stuck {
			err = nil
		}
		if untold[id] {
			continue
		}
		out.Steps = append(out.Steps, steps...)
		if stuck {
			out.Stuck = append(out.Stuck, Stuck{id, refused.Error()})
		}
	}
	return out, err
}

// overdue reports whether a clock of a case may have run out: flow says whether it has.
func overdue(c *zhuanhua.Case, today zhuanhua.Date) bool {
	return slices.ContainsFunc(c.Clocks, func(k zhuanhua.CaseClock) bool {
		return !k.Due.IsZero() && !k.Over && !k.Stopped && k.Due.Before(today)
	})
}

// tickCase brings a case up to date before somebody acts in it or looks at it. What a clock cannot do
// does not stand in their way.
func (d *Desk) tickCase(ctx context.Context, id string) (stuck string, err error) {
	_, err = d.runClocks(ctx, id)
	var refused *flow.Refused
	if errors.As(err, &refused) {
		return refused.Error(), nil
	}
	return "", err
}

// mostDue bounds what clocks do in one case at once.
const mostDue = 100

// runClocks does what is due in a case, and returns the steps.
func (d *Desk) runClocks(ctx context.Context, id string) ([]zhuanhua.Step, error) {
	var steps []zhuanhua.Step
	for range mostDue {
		c, version, err := get[zhuanhua.Case](ctx, d.store, id)
		if zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
			return steps, nil // whoever asks for it is told
		}
		now := d.store.Now(ctx)
		if err != nil || d.plan.Workflow(c.Workflow) == nil || !overdue(&c, zhuanhua.DateOf(now)) {
			return steps, err
		}
		s, err := (&gathering{desk: d, now: now}).situation(ctx, &c, version, flow.Act{})
		if err != nil {
			return steps, err
		}
		due := flow.Due(s, now)
		if len(due) == 0 {
			return steps, nil
		}
		a := &attempt{desk: d, id: id, do: Doing{Act: due[0]}}
		_, err = d.decide(ctx, zhuanhua.ByClock, id, a.once)
		a.drop()
		switch {
		case ownConflict(err, id): // somebody else saw to it
		case err != nil:
			return steps, err
		default:
			steps = append(steps, a.out.Step)
		}
	}
	return steps, nil
}
