package main

import (
	"fmt"
	"strings"

	"zhuanhua/plan"
	"zhuanhua/plan/diff"
)

// mostTrials is how many changed trials of a rule are printed; JSON has all of them.
const mostTrials = 12

// planDiff says what changes for whom between two plans.
func planDiff(io stdio, o *planFlags, args []string) error {
	if len(args) != 2 || o.plan != "" {
		return errUsage{fmt.Errorf("plan diff needs two plans; name the old and the new, folders or ids of embedded ones")}
	}
	var packs [2]*plan.Pack
	for i, name := range args {
		p, err := loadPlan(io, name)
		if faults := faultsOf(err); faults != nil {
			return o.refused(io, faults)
		}
		if err != nil {
			return err
		}
		packs[i] = p
	}
	r := diff.Between(packs[0], packs[1])
	if o.json {
		return printJSON(io, r)
	}
	(&diffPrinter{printer{io, packs[1], o.language()}, r}).print(packs[0])
	return nil
}

// diffPrinter prints a comparison for people.
type diffPrinter struct {
	printer
	report *diff.Report
}

// areaTitles are what people call the parts of a plan.
func areaTitles() map[string]plan.Text {
	return map[string]plan.Text{
		"plan": {ZH: "方案", EN: "plan"}, "rule": {ZH: "规则", EN: "rule"}, "stacking": {ZH: "叠加", EN: "stacking"},
		"target": {ZH: "目标", EN: "target"}, "measure": {ZH: "措施", EN: "measure"}, "department": {ZH: "部门", EN: "department"},
		"fact": {ZH: "事实", EN: "fact"}, "vocabulary": {ZH: "词表", EN: "vocabulary"},
	}
}

func (p *diffPrinter) print(old *plan.Pack) {
	r, l := p.report, p.lang
	fmt.Fprintf(p.io.out, "%s %s %s → %s %s\n", areaTitles()["plan"].In(l), r.Old.Plan, r.Old.Version, r.New.Plan, r.New.Version)
	fmt.Fprintf(p.io.out, p.say("改动 %d 处；试例 %d 个，其中 %d 个答案改变\n", "%d changes; of %d trials %d are answered otherwise\n"), len(r.Changes), r.Trials, len(r.Answers))
	if len(r.Changes) == 0 && r.Old.Sum != r.New.Sum {
		fmt.Fprintln(p.io.out, p.say("文件有差别，但内容没有改动（注释、空格、试例）", "the files differ, and nothing of the plan does (comments, spaces, trials)"))
	}
	told := map[string]bool{}
	for i, c := range r.Changes {
		if i == 0 || r.Changes[i-1].Area != c.Area || r.Changes[i-1].ID != c.ID {
			p.heading(c.Area, c.ID, c.Title, c.For)
		}
		fmt.Fprintf(p.io.out, "  · %s\n", c.Words.In(l))
		if last := i == len(r.Changes)-1 || r.Changes[i+1].Area != c.Area || r.Changes[i+1].ID != c.ID; last && (c.Area == "rule" || c.Area == "stacking") {
			p.answers(c.ID)
			told[c.ID] = true
		}
	}
	p.elsewhere(old, told)
}

func (p *diffPrinter) heading(area, id string, title plan.Text, whom []plan.Text) {
	fmt.Fprintf(p.io.out, "\n%s %s %s\n", areaTitles()[area].In(p.lang), id, title.In(p.lang))
	var names []string
	for _, w := range whom {
		names = append(names, w.In(p.lang))
	}
	if len(names) > 0 {
		fmt.Fprintf(p.io.out, "  %s%s\n", p.say("涉及：", "concerns: "), strings.Join(names, p.say("；", "; ")))
	}
}

// answers lists the trials of a rule that are answered otherwise.
func (p *diffPrinter) answers(rule string) {
	n := 0
	for _, a := range p.report.Answers {
		if a.Rule != rule {
			continue
		}
		if n++; n == 1 {
			fmt.Fprintf(p.io.out, "  %s\n", p.say("答案改变的试例：", "trials answered otherwise:"))
		}
		if n <= mostTrials {
			fmt.Fprintf(p.io.out, "    %s\n      %s\n      → %s\n", a.Trial.In(p.lang), a.Was.Words.In(p.lang), a.Is.Words.In(p.lang))
		}
	}
	if n > mostTrials {
		fmt.Fprintf(p.io.out, p.say("    另有 %d 个，见 --json\n", "    and %d more, see --json\n"), n-mostTrials)
	}
}

// elsewhere lists the trials of rules that have no change of their own: a change of the plan's days or
// region, or of a default, reaches them.
func (p *diffPrinter) elsewhere(old *plan.Pack, told map[string]bool) {
	for _, a := range p.report.Answers {
		if told[a.Rule] {
			continue
		}
		told[a.Rule] = true
		r := p.pack.Rule(a.Rule)
		if r == nil {
			r = old.Rule(a.Rule)
		}
		if r == nil {
			p.heading("stacking", a.Rule, plan.Text{}, nil)
		} else {
			p.heading("rule", r.ID, r.Title, []plan.Text{r.Beneficiary})
		}
		p.answers(a.Rule)
	}
}
