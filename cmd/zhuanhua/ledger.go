package main

import (
	"context"
	"fmt"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/store"
)

const ledgerHelp = `ledger WORK --data DIR | --database URL [flags]

The ledger (台账): every amount goes from one account to another, nothing is altered, a correction is
the opposite entry.
  appropriate      put an amount at a programme's disposal
  balance          debits and credits by unit, account, programme, year and organisation
  entries          line by line
  correct ENTRY    take an appropriation back with its reason
  payments         the batches of payments
  export           a batch for the bank, which takes no further lines then
  reconcile FILE   book the bank's answer`

const ledgerExamples = `  zhuanhua ledger appropriate --programme R01 --year 2026 --amount "1000 万元" --as u-finance --data data
  zhuanhua ledger balance --data data --json
  zhuanhua ledger entries --programme R01 --year 2026 --data data
  zhuanhua ledger export --batch P-2026-0001 --out 支付清单.xlsx --as u-finance --data data
  zhuanhua ledger reconcile 银行回单.xlsx --as u-finance --data data
  zhuanhua ledger correct L-2026-0001 --note 金额录错 --data data
`

func runLedger(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "ledger", ledgerHelp, ledgerExamples)
	o := newDesk(f, "ledger", args)
	o.addPlan(f)
	f.StringVar(&o.programme, "programme", "", "appropriate, entries: a `rule` or workflow of the plan")
	f.IntVar(&o.year, "year", 0, "appropriate, entries: the budget's `year`")
	f.StringVar(&o.amount, "amount", "", "appropriate: the `amount` with its unit, \"1000 万元\"")
	f.StringVar(&o.unit, "unit", "CNY", "appropriate: `CNY`, point or count")
	f.StringVar(&o.organisation, "organisation", "", "entries: of one `organisation`")
	f.StringVar(&o.rule, "case", "", "entries: of one `case`")
	f.StringVar(&o.note, "note", "", "appropriate, correct: the `reason`")
	f.StringVar(&o.batch, "batch", "", "entries, export: a batch of `payments`")
	f.StringVar(&o.out, "out", "", "export: the `FILE`, .xlsx or .csv")
	return ledgerWorks().run(ctx, io, f, o)
}

func ledgerWorks() worktable {
	return worktable{"appropriate": ledgerAppropriate, "balance": ledgerBalance, "entries": ledgerEntries, "correct": ledgerCorrect, "payments": ledgerPayments,
		"export": ledgerExport, "reconcile": ledgerReconcile}
}

func ledgerAppropriate(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("appropriate", args); err != nil {
		return err
	}
	n, err := o.quantity()
	if err != nil {
		return err
	}
	return o.change(ctx, io, func(ctx context.Context, s *store.Store) error {
		d, err := o.desk(io, s)
		if err != nil {
			return err
		}
		e, err := d.Appropriate(ctx, o.who(), o.as, app.Appropriation{Programme: o.programme, Year: o.year, Unit: zhuanhua.Unit(o.unit), Amount: n, Note: o.note})
		return o.printEntry(io, e, err)
	})
}

// quantity reads --amount in its unit.
func (o *deskFlags) quantity() (int64, error) {
	if zhuanhua.Unit(o.unit) == zhuanhua.UnitCNY {
		m, ok := zhuanhua.ParseMoney(o.amount)
		if !ok {
			return 0, errUsage{fmt.Errorf("--amount %q is no amount of money; write it as \"1000 万元\"", o.amount)}
		}
		return int64(m), nil
	}
	if u := zhuanhua.Unit(o.unit); u != zhuanhua.UnitPoint && u != zhuanhua.UnitCount {
		return 0, errUsage{fmt.Errorf("--unit %q is not one of CNY, point, count", o.unit)}
	}
	var n int64
	if _, err := fmt.Sscanf(o.amount+"\n", "%d\n", &n); err != nil {
		return 0, errUsage{fmt.Errorf("--amount %q is no whole number", o.amount)}
	}
	return n, nil
}

func ledgerBalance(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("balance", args); err != nil {
		return err
	}
	return o.reading(ctx, io, func(s *store.Store) error {
		list, err := app.New(s).Desk(nil).Balance(ctx)
		if err != nil {
			return err
		}
		return o.print(io, list, func() {
			for _, b := range list {
				fmt.Fprintf(io.out, "%s  %-13s %s  %d  %s  借 %s  贷 %s\n", b.Unit, b.Account, b.Programme, b.Year, b.Organisation, app.AmountText(b.Unit, b.Debit), app.AmountText(b.Unit, b.Credit))
			}
		})
	})
}

func ledgerEntries(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("entries", args); err != nil {
		return err
	}
	return o.reading(ctx, io, func(s *store.Store) error {
		list, err := app.New(s).Desk(nil).Entries(ctx, app.EntryFilter{Programme: o.programme, Organisation: o.organisation, Case: o.rule, Payment: o.batch, Year: o.year})
		if err != nil {
			return err
		}
		return o.print(io, list, func() {
			for _, e := range list {
				fmt.Fprintln(io.out, entryLine(e))
			}
		})
	})
}

func ledgerCorrect(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("correct", args, "an ENTRY"); err != nil {
		return err
	}
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		e, err := app.New(s).Desk(nil).Correct(ctx, o.who(), o.as, args[0], o.note)
		return o.printEntry(io, e, err)
	})
}

func ledgerPayments(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("payments", args); err != nil {
		return err
	}
	return o.reading(ctx, io, func(s *store.Store) error {
		list, err := app.New(s).Desk(nil).Payments(ctx)
		if err != nil {
			return err
		}
		return o.print(io, list, func() {
			for _, p := range list {
				var sum zhuanhua.Money
				for _, l := range p.Lines {
					sum += l.Amount
				}
				fmt.Fprintf(io.out, "%s  %d 笔  %s\n", p.ID, len(p.Lines), app.AmountText(zhuanhua.UnitCNY, int64(sum)))
			}
		})
	})
}

func (o *deskFlags) printEntry(io stdio, e zhuanhua.Entry, err error) error {
	if err != nil {
		return err
	}
	return o.print(io, e, func() { fmt.Fprintln(io.out, entryLine(e)) })
}

func entryLine(e zhuanhua.Entry) string {
	return fmt.Sprintf("%s  %s  %s %s → %s  %s %d  %s %s", e.ID, e.At.In(zhuanhua.Shanghai()).Format("2006-01-02"), app.AmountText(e.Unit, e.Amount), e.Credit, e.Debit,
		e.Programme, e.Year, e.Organisation, e.Note)
}

// yuan shows an amount of money.
func yuan(fen int64) string { return app.AmountText(zhuanhua.UnitCNY, fen) }
