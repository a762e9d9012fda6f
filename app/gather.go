package app

import (
	"context"
	"fmt"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// gathering collects what a decision looks at, and the counters that it may move.
type gathering struct {
	desk    *Desk
	now     time.Time
	user    *zhuanhua.User // who looks; nil: the clock
	entry   *zhuanhua.Item // of the number of a new entry
	turn    *zhuanhua.Item // of the register whose entries were compared
	number  *zhuanhua.Item // of the number that an effect issues
	payment *zhuanhua.Item // of a new batch of payments
}

// situation is all that flow says an act needs.
func (g *gathering) situation(ctx context.Context, c *zhuanhua.Case, version int64, a flow.Act) (flow.Situation, error) {
	d := g.desk
	n := flow.Gather(d.plan, c, a, g.now)
	s := flow.Situation{Plan: d.plan, Case: c, CaseVersion: version, Users: map[string]*zhuanhua.User{}, Files: map[string]flow.FileSeen{}, Seed: seed(c)}
	steps := []func() error{
		func() error { return g.users(ctx, &s, n.Users) },
		func() error { return g.claims(ctx, &s, n.Bases) },
		func() error { return d.addLinked(ctx, &s, n.Linked) },
		func() error { return g.budgets(ctx, &s, n.Budgets) },
		func() error { return g.files(ctx, &s, n.Files) },
		func() error { return g.experts(ctx, &s, n.Experts) },
		func() error { return g.batch(ctx, &s, n.Payment) },
		func() error { return g.payee(ctx, &s, n.Payee) },
		func() error { return g.nextNumber(ctx, &s, n.Number) },
		func() error { return g.entries(ctx, &s, n) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// some narrows a reading to ids, and says whether there are any.
func some(ids []string) (store.Filter, bool) { return store.Filter{IDs: ids}, len(ids) > 0 }

func (g *gathering) users(ctx context.Context, s *flow.Situation, ids []string) error {
	f, any := some(ids)
	if !any {
		return nil
	}
	return each(ctx, g.desk.store, f, func(u zhuanhua.User, _ int64) error {
		s.Users[u.ID] = &u
		return nil
	})
}

func (g *gathering) claims(ctx context.Context, s *flow.Situation, bases []string) error {
	for _, base := range bases {
		err := each(ctx, g.desk.store, store.Filter{Is: map[string]any{"base": base}}, func(c zhuanhua.Claim, version int64) error {
			s.Claims = append(s.Claims, flow.ClaimSeen{Claim: c, Version: version})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// addLinked adds other cases.
func (d *Desk) addLinked(ctx context.Context, s *flow.Situation, ids []string) error {
	f, any := some(ids)
	if !any {
		return nil
	}
	return each(ctx, d.store, f, func(c zhuanhua.Case, version int64) error {
		s.Linked = append(s.Linked, flow.CaseSeen{Case: c, Version: version})
		return nil
	})
}

func (g *gathering) budgets(ctx context.Context, s *flow.Situation, ids []string) error {
	f, any := some(ids)
	if !any {
		return nil
	}
	return each(ctx, g.desk.store, f, func(b zhuanhua.Budget, version int64) error {
		s.Budgets = append(s.Budgets, flow.BudgetSeen{Budget: b, Version: version})
		return nil
	})
}

// files tells what is known of attachments that are kept already.
func (g *gathering) files(ctx context.Context, s *flow.Situation, sums []string) error {
	for _, sum := range sums {
		a, err := g.desk.store.Attachment(ctx, sum)
		if zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
			continue // it comes with the act, or flow refuses it
		}
		if err != nil {
			return err
		}
		s.Files[sum] = seen(a)
	}
	return nil
}

// experts are all who may review, with the sheets that they still owe.
func (g *gathering) experts(ctx context.Context, s *flow.Situation, wanted bool) error {
	if !wanted {
		return nil
	}
	today := zhuanhua.DateOf(g.now)
	err := each(ctx, g.desk.store, store.Filter{}, func(u zhuanhua.User, _ int64) error {
		if u.Has(zhuanhua.RoleExpert, today) {
			s.Experts = append(s.Experts, flow.ExpertLoad{User: u})
		}
		return nil
	})
	if err != nil {
		return err
	}
	owed := map[string]int{}
	err = each(ctx, g.desk.store, store.Filter{Is: map[string]any{"reviewing": 1}}, func(c zhuanhua.Case, _ int64) error {
		for _, r := range c.Reviews {
			if flow.Owed(&c, r) {
				owed[r.Expert]++
			}
		}
		return nil
	})
	for i := range s.Experts {
		s.Experts[i].Open = owed[s.Experts[i].User.ID]
	}
	return err
}

// open asks for the batch of payments that still takes lines.
const open = "open"

func (g *gathering) batch(ctx context.Context, s *flow.Situation, id string) error {
	if id == "" {
		return nil
	}
	f := store.Filter{IDs: []string{id}}
	if id == open {
		f = store.Filter{Is: map[string]any{"exported": 0}}
	}
	err := each(ctx, g.desk.store, f, func(p zhuanhua.Payment, version int64) error {
		s.Payment, s.PaymentVersion = &p, version
		return nil
	})
	if err != nil || s.Payment != nil || id != open {
		return err
	}
	n, next, err := g.desk.counter(ctx, "payment", g.now)
	s.Payment = &zhuanhua.Payment{ID: fmt.Sprintf("P-%d-%04d", zhuanhua.DateOf(g.now).Year, n)}
	s.PaymentVersion = zhuanhua.NewOnly
	g.payment = &next
	return err
}

// payee is where the applicant's money goes: the name from the records, the account from the newest
// form that states one.
func (g *gathering) payee(ctx context.Context, s *flow.Situation, wanted bool) error {
	if !wanted {
		return nil
	}
	row, err := find(ctx, g.desk.store, zhuanhua.NounOrganisation, s.Case.Organisation)
	if err != nil {
		return err
	}
	s.Payee.Name = s.Case.Organisation
	if row != nil {
		o, err := store.As[zhuanhua.Organisation](*row)
		if err != nil {
			return err
		}
		s.Payee.Name = o.Name
	}
	var newest time.Time
	for _, f := range s.Case.Forms {
		account := f.Values["payee_account"]
		if account == "" || !f.At.After(newest) {
			continue
		}
		newest = f.At
		s.Payee.Account = account
		if bank := f.Values["payee_bank"]; bank != "" {
			s.Payee.Account = bank + " " + account
		}
		if name := f.Values["payee_name"]; name != "" {
			s.Payee.Name = name
		}
	}
	return nil
}

func (g *gathering) nextNumber(ctx context.Context, s *flow.Situation, kind string) error {
	if kind == "" {
		return nil
	}
	n, next, err := g.desk.counter(ctx, kind, g.now)
	s.Number, g.number = n, &next
	return err
}

// finish adds to a change the counters that it used, and names its batch.
func (g *gathering) finish(c *zhuanhua.Change, out flow.Decided) {
	if c.Batch == "" {
		c.Batch = g.desk.batch(&out.Case, out.Step.ID)
	}
	entries, came := false, false
	for _, it := range c.Items {
		entries = entries || it.Noun == zhuanhua.NounAccreditation
		came = came || it.Noun == zhuanhua.NounAccreditation && it.Version == zhuanhua.NewOnly
	}
	if came && out.Entry != nil && g.entry != nil && out.Entry.Cases[0] == out.Case.ID {
		c.Items = append(c.Items, *g.entry)
	}
	if entries && g.turn != nil {
		c.Items = append(c.Items, *g.turn)
	}
	if out.Number != "" && g.number != nil {
		c.Items = append(c.Items, *g.number)
	}
	for _, it := range c.Items {
		if it.Noun == zhuanhua.NounPayment && it.Version == zhuanhua.NewOnly && g.payment != nil {
			c.Items = append(c.Items, *g.payment)
			return
		}
	}
}
