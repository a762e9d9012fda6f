package app

import (
	"context"
	"fmt"
	"maps"
	"time"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// Appropriation is money that a budget gets.
type Appropriation struct {
	Programme string // a rule or a workflow of the plan
	Year      int
	Unit      zhuanhua.Unit // "": CNY
	Amount    int64         // > 0
	Note      string
}

// Appropriate puts an amount at a programme's disposal. as is who does it in finance, or "" for the
// operator of the machine.
func (d *Desk) Appropriate(ctx context.Context, actor, as string, ap Appropriation) (zhuanhua.Entry, error) {
	var e zhuanhua.Entry
	actor, err := d.finance(ctx, actor, as)
	if err != nil {
		return e, err
	}
	if err := d.checkAppropriation(&ap); err != nil {
		return e, err
	}
	_, err = d.decide(ctx, actor, "", func(ctx context.Context) (zhuanhua.Change, []*store.Staged, error) {
		now := d.store.Now(ctx)
		id, next, err := d.ledgerID(ctx, now)
		if err != nil {
			return zhuanhua.Change{}, nil, err
		}
		e = zhuanhua.Entry{ID: id, At: now, Unit: ap.Unit, Amount: ap.Amount, Debit: zhuanhua.Available, Credit: zhuanhua.Appropriation,
			Programme: ap.Programme, Year: ap.Year, By: actor, Note: ap.Note}
		c, err := d.post(ctx, e)
		c.Items = append(c.Items, next)
		return c, nil, err
	})
	return e, err
}

func (d *Desk) checkAppropriation(ap *Appropriation) error {
	if ap.Unit == "" {
		ap.Unit = zhuanhua.UnitCNY
	}
	switch {
	case d.plan.Rule(ap.Programme) == nil && d.plan.Workflow(ap.Programme) == nil:
		return zhuanhua.Invalid("--programme "+ap.Programme, "方案里没有这条规则或流程 the plan has no such rule or workflow", "name one as the plan does, such as R01")
	case ap.Year < 2000 || ap.Year > 2100:
		return zhuanhua.Invalid("--year "+fmt.Sprint(ap.Year), "不是预算年度 this is no budget year", "write it as 2026")
	case ap.Amount <= 0:
		return zhuanhua.Invalid("--amount", "金额须大于零 the amount must be more than nothing", "write it as \"1000 万元\"")
	}
	return nil
}

// finance says under which name something is written into the ledger, and whether that user may.
func (d *Desk) finance(ctx context.Context, actor, as string) (string, error) {
	if as == "" {
		return actor, nil
	}
	u, err := acting(ctx, d.store, as)
	if err == nil && !u.Has(zhuanhua.RoleFinance, zhuanhua.DateOf(d.store.Now(ctx))) {
		err = &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "user " + as, What: "只有财务（finance）记台账 only finance writes into the ledger", Do: "ask one of these, or have the role given"}
	}
	return as, err
}

func (d *Desk) ledgerID(ctx context.Context, now time.Time) (string, zhuanhua.Item, error) {
	n, next, err := d.counter(ctx, "ledger", now)
	return fmt.Sprintf("L-%d-%04d", zhuanhua.DateOf(now).Year, n), next, err
}

// post is the change that writes an entry and brings its budget in step.
func (d *Desk) post(ctx context.Context, e zhuanhua.Entry) (zhuanhua.Change, error) {
	id := zhuanhua.BudgetID(e.Programme, e.Year, e.Unit)
	b := zhuanhua.Budget{ID: id, Programme: e.Programme, Year: e.Year, Unit: e.Unit}
	row, err := find(ctx, d.store, zhuanhua.NounBudget, id)
	if err != nil {
		return zhuanhua.Change{}, err
	}
	var version int64
	if row != nil {
		if b, err = store.As[zhuanhua.Budget](*row); err != nil {
			return zhuanhua.Change{}, err
		}
		version = row.Version
	}
	if b, err = moved(b, e); err != nil {
		return zhuanhua.Change{}, err
	}
	return zhuanhua.Change{Batch: e.ID, Reason: e.Note, Items: []zhuanhua.Item{on(e, 0), on(b, version)}}, nil
}

// moved is a budget after an entry. What is available never falls below nothing.
func moved(b zhuanhua.Budget, e zhuanhua.Entry) (zhuanhua.Budget, error) {
	b.Balance = maps.Clone(b.Balance)
	if b.Balance == nil {
		b.Balance = map[zhuanhua.Account]int64{}
	}
	b.Balance[e.Debit] += e.Amount
	b.Balance[e.Credit] -= e.Amount
	b.Entries++
	if left := b.Balance[zhuanhua.Available]; left < 0 {
		return b, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "ledger " + b.ID, What: fmt.Sprintf("可用预算不足，还差 %s the budget is short by as much", AmountText(e.Unit, -left)),
			Do: "the amount is committed already: release commitments first, or appropriate more"}
	}
	return b, nil
}

// AmountText shows an amount of the ledger in its unit.
func AmountText(u zhuanhua.Unit, n int64) string {
	if u == zhuanhua.UnitCNY {
		return plan.MoneyText(zhuanhua.Money(n)).ZH
	}
	return fmt.Sprintf("%d %s", n, u)
}

// Correct takes an entry back with the opposite one. An entry that a case made is answered in the case,
// so that case and ledger go on agreeing.
func (d *Desk) Correct(ctx context.Context, actor, as, id, note string) (zhuanhua.Entry, error) {
	var opposite zhuanhua.Entry
	actor, err := d.finance(ctx, actor, as)
	if err != nil {
		return opposite, err
	}
	if note == "" {
		return opposite, zhuanhua.Invalid("--note", "更正须写明原因 a correction needs its reason", "write it with --note")
	}
	_, err = d.decide(ctx, actor, "", func(ctx context.Context) (zhuanhua.Change, []*store.Staged, error) {
		e, err := d.correctable(ctx, id)
		if err != nil {
			return zhuanhua.Change{}, nil, err
		}
		now := d.store.Now(ctx)
		// The id says what it takes back, so that a second correction of the same entry is refused.
		opposite = e.Opposite(e.ID+"/correction", now, actor, note)
		c, err := d.post(ctx, opposite)
		if err != nil { // the budget may be short because another corrected the entry meanwhile
			if _, corrected := d.correctable(ctx, id); corrected != nil {
				err = corrected
			}
		}
		return c, nil, err
	})
	return opposite, err
}

// correctable reads an entry that can be taken back.
func (d *Desk) correctable(ctx context.Context, id string) (zhuanhua.Entry, error) {
	e, _, err := get[zhuanhua.Entry](ctx, d.store, id)
	where := "entry " + id
	switch {
	case zhuanhua.KindOf(err) == zhuanhua.KindNotFound:
		return e, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: where, What: "台账里没有这一笔 the ledger has no such entry", Do: "see zhuanhua ledger entries"}
	case err != nil:
		return e, err
	case e.Case != "":
		return e, &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: where, What: "这一笔属于办件 " + e.Case + " it belongs to a case",
			Do: "answer it there: a bank return, a release of the rest, a claw-back"}
	case e.Reverses != "":
		return e, &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: where, What: "这一笔本身是更正 it is a correction itself", Do: "make the right entry anew"}
	}
	if again, err := find(ctx, d.store, zhuanhua.NounEntry, id+"/correction"); err != nil || again != nil {
		if err == nil {
			err = &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: where, What: "已更正过 it was corrected already", Do: "see zhuanhua ledger entries"}
		}
		return e, err
	}
	return e, nil
}

// Balance sums the ledger by account, programme, year and organisation: debits and credits are equal
// over all of it.
func (d *Desk) Balance(ctx context.Context) ([]store.Balance, error) { return balance(ctx, d.store) }

func balance(ctx context.Context, s *store.Store) ([]store.Balance, error) {
	list := []store.Balance{}
	for b, err := range s.Balances(ctx) {
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// EntryFilter narrows Entries; "" and 0 are any.
type EntryFilter struct {
	Programme, Organisation, Case, Payment string
	Year                                   int
}

// Entries lists the ledger line by line, in the order of their ids.
func (d *Desk) Entries(ctx context.Context, f EntryFilter) ([]zhuanhua.Entry, error) {
	is := map[string]any{}
	for column, value := range map[string]string{"programme": f.Programme, "organisation": f.Organisation, "case_id": f.Case, "payment": f.Payment} {
		if value != "" {
			is[column] = value
		}
	}
	if f.Year != 0 {
		is["year"] = f.Year
	}
	list := []zhuanhua.Entry{}
	err := each(ctx, d.store, store.Filter{Is: is}, func(e zhuanhua.Entry, _ int64) error {
		list = append(list, e)
		return nil
	})
	return list, err
}
