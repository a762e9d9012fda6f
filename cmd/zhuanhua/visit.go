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

const visitHelp = `visit WORK --as USER --data DIR | --database URL [flags]

Field work (走访): a day's visits on a sheet, for places without a network.
  export             before the trip: the officer's visits of --on and empty lines, to --out
  import FILE        after it: new lines are recorded, changed ones corrected
What somebody else changed meanwhile is shown and left as it is. The same file again changes nothing.`

const visitExamples = `  zhuanhua visit export --officer posted-officer-2026-0001 --on 2026-06-30 --out day.xlsx --as u-officer --data data
  zhuanhua visit import day.xlsx --as u-officer --data data
`

func runVisit(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "visit", visitHelp, visitExamples)
	o := newDesk(f, "visit", args)
	o.addPlan(f)
	f.StringVar(&o.officer, "officer", "", "export: the `id` of the officer's posting, or of the person")
	f.StringVar(&o.on, "on", "", "export: the `day` of the trip; left out: today")
	f.StringVar(&o.out, "out", "", "export: the `FILE`, .xlsx or .csv")
	return worktable{"export": visitExport, "import": visitImport}.run(ctx, io, f, o)
}

func visitExport(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("export", args); err != nil {
		return err
	}
	if o.as == "" || o.officer == "" || o.out == "" {
		return errUsage{fmt.Errorf("visit export needs --as USER, --officer ID and --out FILE")}
	}
	format, ok := write.FormatOf(o.out)
	if !ok {
		return errUsage{fmt.Errorf("--out %q: name a file that ends in .xlsx or .csv", o.out)}
	}
	return o.atRegister(ctx, io, func(ctx context.Context, d *app.Desk, f app.RegisterFilter) error {
		if f.On.IsZero() {
			f.On = d.Today(ctx)
		}
		sheet, err := d.Visits(ctx, o.as, o.officer, f.On)
		if err != nil {
			return err
		}
		if err := writeFile(io.path(o.out), true, func(w writer) error { return write.Table(w, format, "走访", sheet.Header, sheet.Rows) }); err != nil {
			return err
		}
		return o.print(io, map[string]any{"file": o.out, "on": f.On, "visits": sheet.Known, "lines": len(sheet.Rows)}, func() {
			fmt.Fprintf(io.out, "%s：%s，已有走访 %d 条，共 %d 行 lines\n", o.out, f.On, sheet.Known, len(sheet.Rows))
		})
	})
}

// visitImport brings a sheet back. Lines that are refused or in conflict are shown, and make the exit code 3.
func visitImport(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("import", args, "a FILE"); err != nil {
		return err
	}
	if o.as == "" {
		return errUsage{fmt.Errorf("visit import needs --as USER: somebody records the visits")}
	}
	rows, err := intake.PlainTable(io.path(args[0]), intake.Options{})
	if err != nil {
		return err
	}
	lines := make([]app.VisitLine, len(rows))
	for i, r := range rows {
		lines[i] = app.VisitLine{Row: r.Row, Cells: r.Cells}
	}
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		d, err := o.desk(io, s)
		if err != nil {
			return err
		}
		list, err := d.ImportVisits(ctx, o.as, lines)
		if err != nil {
			return err
		}
		open := 0
		for _, r := range list {
			if r.Result == "refused" || r.Result == "conflict" {
				open++
			}
		}
		err = o.print(io, list, func() { printVisits(io, list) })
		if err == nil && open > 0 {
			return zhuanhua.Invalid(args[0], fmt.Sprintf("%d 行没有入库 lines were not taken in", open), "see the lines above; the others are in")
		}
		return err
	})
}

func printVisits(io stdio, list []app.VisitResult) {
	for _, r := range list {
		fmt.Fprintf(io.out, "第 %d 行 line  %s  %s %s  %s\n", r.Row, r.Result, r.Entry, r.Case, r.Problem)
		for _, x := range r.Differs {
			fmt.Fprintf(io.out, "    %s：文件 file “%s”，现为 now “%s”\n", x.Field, x.File, x.Now)
		}
	}
	fmt.Fprintf(io.out, "%d 行 lines\n", len(list))
}
