package app

import (
	"context"
	"fmt"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// States of a line of a batch of payments.
const (
	lineOrdered  = "ordered"
	linePaid     = "paid"
	lineReturned = "returned"
)

// Payments lists the batches of payments in the order of their ids.
func (d *Desk) Payments(ctx context.Context) ([]zhuanhua.Payment, error) {
	list := []zhuanhua.Payment{}
	err := each(ctx, d.store, store.Filter{}, func(p zhuanhua.Payment, _ int64) error {
		list = append(list, p)
		return nil
	})
	return list, err
}

// ExportPayments hands a batch over to the bank: from then on it takes no further lines. A second time
// it is the same batch again.
func (d *Desk) ExportPayments(ctx context.Context, actor, as, id string) (zhuanhua.Payment, error) {
	var p zhuanhua.Payment
	actor, err := d.finance(ctx, actor, as)
	if err != nil {
		return p, err
	}
	_, err = d.decide(ctx, actor, "", func(ctx context.Context) (zhuanhua.Change, []*store.Staged, error) {
		have, version, err := d.payment(ctx, id)
		if p = have; err != nil {
			return zhuanhua.Change{}, nil, err
		}
		c := zhuanhua.Change{Batch: p.ID + "/export"}
		if p.Exported.IsZero() {
			p.Exported = d.store.Now(ctx)
			c.Items = append(c.Items, on(p, version))
		}
		return c, nil, nil
	})
	return p, err
}

func (d *Desk) payment(ctx context.Context, id string) (zhuanhua.Payment, int64, error) {
	p, version, err := get[zhuanhua.Payment](ctx, d.store, id)
	if zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
		err = &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "batch " + id, What: "没有这个支付批次 there is no such batch of payments",
			Do: "compare with zhuanhua ledger payments; a payment of another system is not ours to book"}
	}
	return p, version, err
}

// Reconciled is what became of one line of the bank's answer.
type Reconciled struct {
	Row     int            `json:"row"`
	Batch   string         `json:"batch"`
	N       int            `json:"n"`
	Case    string         `json:"case"`
	Tranche int            `json:"tranche"`
	Amount  zhuanhua.Money `json:"amount_fen"`
	Result  string         `json:"result"` // paid, returned, known (booked before), refused
	Problem string         `json:"problem,omitempty"`
}

// Reconcile books the bank's answer: every line is an act of a finance user in its case. The whole
// answer is compared with the batches first; where one line fits none, nothing is booked. An answer that
// comes twice changes nothing the second time.
func (d *Desk) Reconcile(ctx context.Context, as string, answer []intake.BankReturn) ([]Reconciled, error) {
	if _, err := acting(ctx, d.store, as); err != nil {
		return nil, err
	}
	lines := make([]Reconciled, len(answer))
	for i, r := range answer {
		var err error
		if lines[i], err = d.compareLine(ctx, r); err != nil {
			return nil, err
		}
	}
	for i, r := range answer {
		if lines[i].Result != "" {
			continue
		}
		err := d.book(ctx, as, r, &lines[i])
		kind := zhuanhua.KindOf(err)
		switch {
		case err == nil:
		case kind == zhuanhua.KindInternal || kind == zhuanhua.KindUnavailable:
			return lines, err
		default: // the other lines do not wait for this one
			lines[i].Result, lines[i].Problem = "refused", err.Error()
		}
	}
	return lines, nil
}

// compareLine finds the line of a batch that the bank speaks of.
func (d *Desk) compareLine(ctx context.Context, r intake.BankReturn) (Reconciled, error) {
	out := Reconciled{Row: r.Row, Batch: r.Batch, N: r.N, Amount: r.Amount}
	p, _, err := d.payment(ctx, r.Batch)
	if err != nil {
		return out, fmt.Errorf("row %d: %w", r.Row, err)
	}
	where := fmt.Sprintf("row %d, %s line %d", r.Row, r.Batch, r.N)
	if p.Exported.IsZero() {
		return out, zhuanhua.Invalid(where, "这个批次还没有送银行 the batch was not handed to the bank yet", "export it first with zhuanhua ledger export --batch "+p.ID)
	}
	for _, l := range p.Lines {
		if l.N != r.N {
			continue
		}
		out.Case, out.Tranche = l.Case, l.Tranche
		switch told := map[bool]string{true: linePaid, false: lineReturned}[r.Paid]; {
		case l.Amount != r.Amount:
			return out, zhuanhua.Invalid(where, fmt.Sprintf("金额不符：批次为 %s，回单为 %s the amount is not the one of the batch", AmountText(zhuanhua.UnitCNY, int64(l.Amount)), AmountText(zhuanhua.UnitCNY, int64(r.Amount))),
				"ask the bank; nothing of this answer was booked")
		case l.State == told:
			out.Result = "known"
		case l.State != lineOrdered:
			return out, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: where, What: "已记为 " + l.State + "，回单却说 " + told + " it is booked otherwise already",
				Do: "ask the bank which holds; a payment that comes back later is a bank return in its case"}
		}
		return out, nil
	}
	return out, zhuanhua.Invalid(where, "批次里没有这一笔 the batch has no such line", "compare with the exported list; nothing of this answer was booked")
}

// book does in the case what the bank says.
func (d *Desk) book(ctx context.Context, as string, r intake.BankReturn, out *Reconciled) error {
	c, _, err := get[zhuanhua.Case](ctx, d.store, out.Case)
	if err != nil {
		return err
	}
	effect, result := "paid", linePaid
	if !r.Paid {
		effect, result = "bank_returned", lineReturned
	}
	a, err := d.actionWith(&c, effect)
	if err != nil {
		return err
	}
	act := flow.Act{Action: a.ID, Note: r.Reason, Values: map[string]string{"tranche": fmt.Sprint(out.Tranche)}}
	if _, err := d.Do(ctx, as, c.ID, Doing{Act: act}); err != nil {
		return err
	}
	out.Result = result
	return nil
}

// actionWith is the action that has an effect, from the state that a case is in.
func (d *Desk) actionWith(c *zhuanhua.Case, effect string) (*plan.Action, error) {
	w := d.plan.Workflow(c.Workflow)
	if w == nil {
		return nil, d.noWorkflow(c.Workflow)
	}
	for _, a := range w.Actions {
		if a.IsFrom(c.State) && a.Effect(effect) != nil {
			return a, nil
		}
	}
	return nil, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "case " + c.ID, What: "办件在状态 " + c.State + "，不等银行回单 the case does not wait for the bank now",
		Do: "look at it with zhuanhua case show, and book the payment there"}
}
