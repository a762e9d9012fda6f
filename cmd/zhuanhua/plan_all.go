package main

import (
	"fmt"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/advice"
)

// standingTitles head the groups of "what applies to me".
func standingTitles() map[advice.Standing]plan.Text {
	return map[advice.Standing]plan.Text{
		advice.Claim:  {ZH: "现在可以申请", EN: "Can be claimed now"},
		advice.Say:    {ZH: "补充说明后即可判断", EN: "A few more facts and it can be said"},
		advice.Now:    {ZH: "可以马上补办", EN: "Can be put right today"},
		advice.Later:  {ZH: "条件具备后可以申请", EN: "Takes an event, or time"},
		advice.Silent: {ZH: "还没有说明任何情况", EN: "Nothing is stated yet"},
		advice.Never:  {ZH: "不适用于本案", EN: "Does not fit this case"},
	}
}

// all prints what applies to a case: what can be claimed, then the nearest, each with its next step.
func (p *printer) all(list []*advice.Advice, on zhuanhua.Date) {
	claims := 0
	for _, a := range list {
		if a.Standing == advice.Claim {
			claims++
		}
	}
	fmt.Fprintf(p.io.out, p.say("%s %s，版本 %s：%d 条规则中现在可以申请 %d 条\n", "%[2]s, version %[3]s, on %[1]s: %[5]d of %[4]d rules can be claimed now\n"), on, p.pack.Title.In(p.lang), p.pack.Version, len(list), claims)
	for i, a := range list {
		if i == 0 || list[i-1].Standing != a.Standing {
			fmt.Fprintf(p.io.out, "\n%s\n", standingTitles()[a.Standing].In(p.lang))
		}
		p.advice(a)
	}
	fmt.Fprintf(p.io.out, "\n%s\n", p.say("逐项条件、计算和出处：zhuanhua plan quote 规则编号 --facts …", "Conditions, calculation and sources: zhuanhua plan quote RULE --facts …"))
}

// advice prints one rule: what it gives, or the next step and what else is missing.
func (p *printer) advice(a *advice.Advice) {
	fmt.Fprintf(p.io.out, "  %s %s", a.Rule, a.Title.In(p.lang))
	switch a.Standing {
	case advice.Claim:
		fmt.Fprintf(p.io.out, "%s%s\n", p.say("：", ": "), p.gives(a.Quote))
		return
	case advice.Silent:
		fmt.Fprintf(p.io.out, "\n      %s\n", a.Step.In(p.lang))
		return
	case advice.Never:
		first := a.First()
		fmt.Fprintf(p.io.out, "\n      %s%s%s\n", p.say("要求", "needed: "), p.quoted(first.Need), p.say("，现有", ", there is ")+p.quoted(first.Have))
	default:
		fmt.Fprintln(p.io.out)
		p.unmet(a)
	}
	fmt.Fprintf(p.io.out, "      → %s\n", a.Step.In(p.lang))
}

// quoted sets a text off from the sentence around it.
func (p *printer) quoted(t plan.Text) string {
	return p.say("“", "\"") + t.In(p.lang) + p.say("”", "\"")
}

// gives is the amount, or why there is none and who has to set what is missing.
func (p *printer) gives(q *plan.Quote) string {
	switch {
	case q.AmountFen != nil:
		return plan.MoneyText(zhuanhua.Money(*q.AmountFen)).In(p.lang)
	case len(q.Unset) == 0 && len(q.Trace) > 0:
		return q.Trace[len(q.Trace)-1].Text.In(p.lang)
	}
	var names []string
	for _, m := range p.pack.NotSet() {
		for _, unset := range q.Unset {
			if m.ID == unset {
				names = append(names, unset+p.say("，由", ", by ")+p.offices(m.SetBy)+p.say("设定", ""))
			}
		}
	}
	return wordNoAmount.In(p.lang) + p.say("（未设定：", " (not set: ") + strings.Join(names, p.say("；", "; ")) + p.say("）", ")")
}

// offices are the names of departments.
func (p *printer) offices(codes []string) string {
	var names []string
	for _, code := range codes {
		if d := p.pack.Department(code); d != nil {
			names = append(names, d.Name.In(p.lang))
		}
	}
	return strings.Join(names, p.say("、", ", "))
}

// unmet lists what is not met although it is stated; what is missing stands in the next step.
func (p *printer) unmet(a *advice.Advice) {
	for _, c := range a.Conditions {
		if c.Met || len(c.Missing) > 0 {
			continue
		}
		short := ""
		if c.ShortBy != nil {
			short = p.say("，差 ", ", short by ") + c.Short().In(p.lang)
		}
		fmt.Fprintf(p.io.out, "      ✗ %s%s%s%s\n", c.Text.In(p.lang), p.say("：现有", ": there is "), p.quoted(c.Have), short)
	}
}
