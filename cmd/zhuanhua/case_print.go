package main

import (
	"fmt"
	"maps"
	"slices"

	"zhuanhua"
	"zhuanhua/app"
)

// printCase shows a case to people.
func printCase(io stdio, v app.View) {
	if v.Rehearsal {
		fmt.Fprintln(io.out, "（演练 rehearsal）")
	}
	fmt.Fprintf(io.out, "%s  %s\n", v.ID, v.Title)
	fmt.Fprintf(io.out, "  流程 workflow：%s %s；单位 organisation：%s\n", v.Workflow, v.Rule, v.Organisation)
	fmt.Fprintf(io.out, "  状态 state：%s（%s），第 %d 版 version %d\n", v.StateTitle.ZH, v.State, v.Version, v.Version)
	if v.Outcome != "" {
		fmt.Fprintf(io.out, "  结果 outcome：%s\n", v.Outcome)
	}
	if v.Amount != nil {
		fmt.Fprintf(io.out, "  金额 amount：%s\n", app.AmountText(zhuanhua.UnitCNY, int64(*v.Amount)))
	}
	for _, k := range slices.Sorted(maps.Keys(v.Numbers)) {
		fmt.Fprintf(io.out, "  编号 number：%s %s\n", k, v.Numbers[k])
	}
	if v.Stuck != "" {
		fmt.Fprintf(io.out, "  时限已到而未能办理 stuck：%s\n", v.Stuck)
	}
	printMoney(io, &v.Case)
	printOpen(io, &v.Case)
	for _, s := range v.History {
		fmt.Fprintf(io.out, "  %3d  %s  %s  %s → %s  %s\n", s.N, s.At.In(zhuanhua.Shanghai()).Format("2006-01-02 15:04"), s.By, s.Action, s.To, s.Note)
	}
	for _, o := range v.Offers {
		printOffer(io, &o)
	}
}

func printMoney(io stdio, c *zhuanhua.Case) {
	for _, t := range c.Tranches {
		fmt.Fprintf(io.out, "  第 %d 期 tranche：%s，%s %s\n", t.N, app.AmountText(zhuanhua.UnitCNY, int64(t.Amount)), t.State, t.Payment)
	}
	for _, m := range c.Milestones {
		fmt.Fprintf(io.out, "  节点 milestone %s：%s，%s %s\n", m.ID, m.Title, m.Due, m.State)
	}
}

// printOpen shows what somebody still has to see to.
func printOpen(io stdio, c *zhuanhua.Case) {
	for _, m := range c.Marks {
		fmt.Fprintf(io.out, "  待更正 to correct：%s.%s %s\n", m.Form, m.Field, m.Note)
	}
	for _, k := range c.Clocks {
		if k.Stopped || k.Over {
			continue
		}
		fmt.Fprintf(io.out, "  时限 clock：%s，至 until %s\n", k.ID, k.Due)
	}
	for _, x := range c.Objections {
		if x.Closed.IsZero() {
			fmt.Fprintf(io.out, "  异议 objection %d：%s\n", x.N, x.Text)
		}
	}
}

func printOffer(io stdio, o *app.OfferView) {
	if o.Allowed {
		fmt.Fprintf(io.out, "  可办 can be done：%s（%s）\n", o.Action, o.Title.ZH)
		for _, f := range o.Fields {
			must := ""
			if f.Required {
				must = "必填 required"
			}
			fmt.Fprintf(io.out, "      %s（%s）%s %s\n", f.ID, f.Title.ZH, must, f.Value)
		}
		return
	}
	for _, r := range o.Reasons {
		if !r.Met {
			fmt.Fprintf(io.out, "  不可办 not now：%s（%s）：%s\n", o.Action, o.Title.ZH, r.ZH)
			return
		}
	}
}
