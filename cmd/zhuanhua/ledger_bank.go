package main

import (
	"context"
	"fmt"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/intake/write"
	"zhuanhua/store"
)

// ledgerExport writes a batch for the bank and closes it.
func ledgerExport(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("export", args); err != nil {
		return err
	}
	format, ok := write.FormatOf(o.out)
	if o.batch == "" || !ok || format == write.JSONL {
		return errUsage{fmt.Errorf("ledger export needs --batch P-2026-0001 and --out FILE.xlsx or FILE.csv")}
	}
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		p, err := app.New(s).Desk(nil).ExportPayments(ctx, o.who(), o.as, o.batch)
		if err != nil {
			return err
		}
		n := 0
		err = writeFile(io.path(o.out), true, func(w writer) (err error) {
			n, err = write.Payments(w, format, p)
			return err
		})
		if err != nil {
			return err
		}
		return o.print(io, map[string]any{"batch": p.ID, "file": o.out, "payments": n}, func() {
			fmt.Fprintf(io.out, "%s：%s，%d 笔 payments\n", o.out, p.ID, n)
		})
	})
}

// ledgerReconcile books the bank's answer. Lines that a case refuses are said, and make the exit code 3.
func ledgerReconcile(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("reconcile", args, "a FILE"); err != nil {
		return err
	}
	if o.as == "" {
		return errUsage{fmt.Errorf("ledger reconcile needs --as USER: somebody in finance books it")}
	}
	answer, err := intake.BankReturns(io.path(args[0]), intake.Options{})
	if err != nil {
		return err
	}
	refused := 0
	err = o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		d, err := o.desk(io, s)
		if err != nil {
			return err
		}
		lines, err := d.Reconcile(ctx, o.as, answer)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.Result == "refused" {
				refused++
			}
		}
		err = o.print(io, lines, func() {
			for _, l := range lines {
				fmt.Fprintf(io.out, "%s 第 %d 笔  %s 第 %d 期  %s  %s %s\n", l.Batch, l.N, l.Case, l.Tranche, app.AmountText(zhuanhua.UnitCNY, int64(l.Amount)), l.Result, l.Problem)
			}
		})
		if err == nil && refused > 0 {
			return zhuanhua.Invalid(args[0], fmt.Sprintf("%d 笔没有入账 lines were not booked", refused), "see the lines above, and the cases that they name")
		}
		return err
	})
	return err
}
