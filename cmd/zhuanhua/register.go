package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/indicator"
	"zhuanhua/plan"
	"zhuanhua/store"
)

const registerHelp = `register WORK [flags]

Registers (名录): every body, list and person that the plan sets up.
  kinds              the registers of the plan; needs no records
  list KIND          the entries that are there on a day
  show ID            an entry: when it held, under which name, what it leads to; --history its images
  gap ID             what an entry lacks for the next step, to its holder and the authority
  count TARGET       what a target has come to on a day, with the record behind each unit
  new KIND           begin the case by which an entry comes in: as case new, with the register's workflow
Two days are asked for: --on is the day on which things hold, --known the time up to which they were known.
Without --as it is shown what everybody may see.`

const registerExamples = `  zhuanhua register kinds --json
  zhuanhua register list liaison-station --on 2026-06-30 --region 110000 --data data
  zhuanhua register show liaison-station-2026-0001 --history --as u-officer --data data
  zhuanhua register gap enterprise-ladder-2026-0001 --as u-enterprise --data data
  zhuanhua register count T01 --on 2027-12-31 --data data --json
  zhuanhua register new liaison-station --as u-admin --data data
`

func runRegister(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "register", registerHelp, registerExamples)
	o := newDesk(f, "register", args)
	o.addPlan(f)
	f.StringVar(&o.on, "on", "", "list, show, count: the `day` on which things hold; left out: today")
	f.StringVar(&o.known, "known", "", "list, show, count: what was known at this `time`; left out: now")
	f.StringVar(&o.region, "region", "", "list: entries in a `region`, six digits")
	f.StringVar(&o.state, "state", "", "list: entries in one `state`: active, suspended, revoked, expired, merged, closed")
	f.BoolVar(&o.history, "history", false, "show: every image of the entry")
	f.StringVar(&o.organisation, "organisation", "", "new: the applicant, where it is not the user's own `organisation`")
	f.StringVar(&o.title, "title", "", "new: a `title` of the case")
	f.Var(&o.links, "link", "new: a record that the case is about, `contract=ID`; may be repeated")
	return worktable{"kinds": registerKinds, "list": registerList, "show": registerShow, "gap": registerGap, "count": registerCount, "new": registerNew}.run(ctx, io, f, o)
}

// kindRow is a register as `register kinds` shows it.
type kindRow struct {
	ID        string    `json:"id"`
	Title     plan.Text `json:"title"`
	Measure   string    `json:"measure"`
	CountsFor []string  `json:"counts_for"`
}

func registerKinds(_ context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("kinds", args); err != nil {
		return err
	}
	p, err := o.load(io)
	if err != nil {
		return err
	}
	rows := []kindRow{}
	for _, r := range p.Registers {
		rows = append(rows, kindRow{r.ID, r.Title, r.Measure.ID, r.CountsFor()})
	}
	return o.print(io, rows, func() {
		for _, r := range rows {
			fmt.Fprintf(io.out, "%-8s %s  %s  %v\n", r.Measure, r.ID, r.Title.ZH, r.CountsFor)
		}
		fmt.Fprintf(io.out, "%d 个名录 registers\n", len(rows))
	})
}

// filter is what --on, --known, --region and --state say.
func (o *deskFlags) filter() (app.RegisterFilter, error) {
	f := app.RegisterFilter{Region: zhuanhua.Region(o.region), State: o.state}
	if o.region != "" && !f.Region.Valid() {
		return f, errUsage{fmt.Errorf("--region %q is no code of a region; write six digits, such as 450100", o.region)}
	}
	if o.on != "" {
		on, ok := zhuanhua.ParseDate(o.on)
		if !ok {
			return f, errUsage{fmt.Errorf("--on %q is no day; write it as 2026-06-30", o.on)}
		}
		f.On = on
	}
	if o.known == "" {
		return f, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, o.known, zhuanhua.Shanghai()); err == nil {
			f.Known = t
			return f, nil
		}
	}
	day, ok := zhuanhua.ParseDate(o.known)
	if !ok {
		return f, errUsage{fmt.Errorf("--known %q is no time; write it as 2026-06-30T18:00 or 2026-06-30", o.known)}
	}
	f.Known = time.Date(day.Year, day.Month, day.Day+1, 0, 0, 0, -1, zhuanhua.Shanghai())
	return f, nil
}

// atRegister opens the records for looking only.
func (o *deskFlags) atRegister(ctx context.Context, io stdio, do func(context.Context, *app.Desk, app.RegisterFilter) error) error {
	f, err := o.filter()
	if err != nil {
		return err
	}
	ctx, _, err = o.timed(ctx, io)
	if err != nil {
		return err
	}
	return o.reading(ctx, io, func(s *store.Store) error {
		d, err := o.desk(io, s)
		if err != nil {
			return err
		}
		return do(ctx, d, f)
	})
}

func registerList(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("list", args, "a KIND"); err != nil {
		return err
	}
	return o.atRegister(ctx, io, func(ctx context.Context, d *app.Desk, f app.RegisterFilter) error {
		list, err := d.Register(ctx, o.as, args[0], f)
		if err != nil {
			return err
		}
		return o.print(io, list, func() {
			for _, e := range list {
				fmt.Fprintf(io.out, "%s  %s  %s %s  %s %s  %s 至 %s\n", e.ID, e.Name, e.Organisation, e.Region, e.State, e.Grade, e.From, orDash(e.To))
			}
			fmt.Fprintf(io.out, "%d 条 entries\n", len(list))
		})
	})
}

func orDash(d zhuanhua.Date) string {
	if d.IsZero() {
		return "—"
	}
	return d.String()
}

func registerShow(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("show", args, "an ID"); err != nil {
		return err
	}
	return o.atRegister(ctx, io, func(ctx context.Context, d *app.Desk, f app.RegisterFilter) error {
		v, err := d.Entry(ctx, o.as, args[0], f, o.history)
		if err != nil {
			return err
		}
		return o.print(io, v, func() { printEntry(io, &v) })
	})
}

// printEntry shows an entry to people.
func printEntry(io stdio, v *app.EntryView) {
	fmt.Fprintf(io.out, "%s  %s  %s\n", v.ID, v.Name, v.RegisterTitle.ZH)
	fmt.Fprintf(io.out, "  %s 的状态 state：%s %s\n", v.On, v.State, v.Grade)
	for _, s := range v.Spans {
		fmt.Fprintf(io.out, "  %s 至 %s  %s  %s %s\n", s.From, orDash(s.To), s.State, s.Case, s.Reason)
	}
	for _, k := range slices.Sorted(maps.Keys(v.Values)) {
		fmt.Fprintf(io.out, "  %s：%s\n", k, v.Values[k])
	}
	for _, n := range v.Names {
		fmt.Fprintf(io.out, "  名称 name：%s 起 from %s\n", n.Name, n.From)
	}
	for _, e := range v.Evaluations {
		fmt.Fprintf(io.out, "  评价 evaluation %s：%d.%02d %s %s\n", e.Round, e.Total/100, e.Total%100, e.Grade, e.Consequence)
	}
	for _, r := range v.Relations {
		fmt.Fprintf(io.out, "  关系 relation %s → %s（%s 至 %s）\n", r.Kind, r.To, r.From, orDash(r.Period.To))
	}
	for _, r := range v.Related {
		fmt.Fprintf(io.out, "  %s：%s %s\n", r.Title.ZH, r.Entry, r.Name)
	}
	for _, h := range v.History {
		fmt.Fprintf(io.out, "  第 %d 版 version  %s  %s %s  %s  %v\n", h.Version, h.At.In(zhuanhua.Shanghai()).Format("2006-01-02 15:04"), h.By, h.Case, h.State, h.Changed)
	}
}

func registerGap(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := errors.Join(o.exactly("gap", args, "an ID"), o.needsUser("gap")); err != nil {
		return err
	}
	return o.atRegister(ctx, io, func(ctx context.Context, d *app.Desk, f app.RegisterFilter) error {
		g, err := d.Gap(ctx, o.as, args[0], f)
		if err != nil {
			return err
		}
		return o.print(io, g, func() { printGap(io, &g) })
	})
}

// printGap shows to people what an entry lacks for its next step.
func printGap(io stdio, g *indicator.Gap) {
	title := func(s *indicator.StepName) string {
		if s == nil {
			return "—"
		}
		return s.Title.ZH + " " + s.Code
	}
	fmt.Fprintf(io.out, "%s  %s：现为 now %s，下一级 next %s\n", g.Entry, g.On, title(g.Step), title(g.Next))
	for _, c := range g.Conditions {
		short := ""
		if s := c.Answer.Short(); !s.IsZero() {
			short = "，差 short by " + s.ZH
		}
		fmt.Fprintf(io.out, "  %s  %s：现为 %s，需 %s%s\n", standing(c.Standing).Both(), c.Answer.Text.ZH, c.Answer.Have.ZH, c.Answer.Need.ZH, short)
		if c.Answer.Source.Article != "" {
			fmt.Fprintf(io.out, "      %s %s\n", c.Answer.Source.Doc, c.Answer.Source.Article)
		}
	}
	for _, n := range g.NotSet {
		if n.Assumed == nil {
			fmt.Fprintf(io.out, "  未设定 not set：%s %s\n", n.ID, n.Note.ZH)
		} else {
			fmt.Fprintf(io.out, "  暂定 assumed：%s＝%s %s\n", n.ID, *n.Assumed, n.Note.ZH)
		}
	}
	if g.Reached {
		fmt.Fprintln(io.out, "  条件都已具备，可以办理升级 every condition is met: apply for the step")
	}
}

// standing is what people call the standing of a condition.
func standing(s plan.Standing) plan.Text {
	return map[plan.Standing]plan.Text{plan.StandsMet: {ZH: "具备", EN: "met"}, plan.StandsShort: {ZH: "不足", EN: "short"},
		plan.StandsUnknown: {ZH: "未知", EN: "unknown"}, plan.StandsNotSet: {ZH: "未设定", EN: "not set"}}[s]
}

func registerCount(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("count", args, "a TARGET"); err != nil {
		return err
	}
	return o.atRegister(ctx, io, func(ctx context.Context, d *app.Desk, f app.RegisterFilter) error {
		c, err := d.Count(ctx, o.as, args[0], f)
		if err != nil {
			return err
		}
		return o.print(io, c, func() { printCount(io, &c) })
	})
}

// printCount shows a count to people.
func printCount(io stdio, c *indicator.Count) {
	if c.Value == nil {
		fmt.Fprintln(io.out, c.Note)
		return
	}
	fmt.Fprintf(io.out, "%s  %s：%d %s\n", c.Target, c.On, *c.Value, c.UnitZH)
	for _, r := range c.Records {
		fmt.Fprintf(io.out, "  %s  %s  %s  %s 起  %s\n", r.ID, r.Name, r.Organisation, r.Since, r.Case)
	}
	for _, n := range c.NotSet {
		assumed := ""
		if n.Assumed != nil {
			assumed = "（暂定 assumed " + *n.Assumed + "）"
		}
		fmt.Fprintf(io.out, "  方案未写明 not set：%s%s %s\n", n.ID, assumed, n.Note.ZH)
	}
}

func registerNew(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := errors.Join(o.exactly("new", args, "a KIND"), o.needsUser("new")); err != nil {
		return err
	}
	links, err := o.linked()
	if err != nil {
		return err
	}
	return o.atDesk(ctx, io, func(ctx context.Context, d *app.Desk) error {
		r := d.Plan().Register(args[0])
		if r == nil {
			return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "register " + args[0], What: "方案里没有这个名录 the plan has no such register", Do: "see them with zhuanhua register kinds"}
		}
		done, err := d.NewCase(ctx, o.as, flow.Beginning{Workflow: r.Enters.ID, Register: r.ID, Title: o.title, Organisation: o.organisation, Links: links})
		return o.printDone(io, done, err)
	})
}
