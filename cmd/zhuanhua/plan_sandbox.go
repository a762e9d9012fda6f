package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/sandbox"
)

// mostRows is how many winners, losers and boundary cases are printed; JSON has all of them.
const mostRows = 20

// planSandbox tries a changed plan on a folder of cases.
func planSandbox(io stdio, o *planFlags, args []string) error {
	if len(args) > 0 || o.factsDir == "" || o.pack == "" && len(o.set) == 0 {
		return errUsage{fmt.Errorf("plan sandbox needs cases and what to try; give --facts-dir DIR, and --pack DIR or --set R01.rate=0.05")}
	}
	q, err := o.sandboxQuestion(io)
	if faults := faultsOf(err); faults != nil {
		return o.refused(io, faults)
	}
	if err != nil {
		return o.badCases(io, err)
	}
	r, err := sandbox.Run(q)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(io, r)
	}
	(&sandboxPrinter{printer{io, q.New, o.language()}, r}).print()
	return nil
}

func (o *planFlags) sandboxQuestion(io stdio) (q *sandbox.Question, err error) {
	q = &sandbox.Question{}
	if q.Near, err = sandbox.ParseNear(o.near); err != nil {
		return nil, err
	}
	on, err := o.day()
	if err != nil {
		return nil, err
	}
	if q.Set, err = plan.ReadSettings(o.set); err != nil {
		return nil, err
	}
	if q.Old, err = o.load(io); err != nil {
		return nil, err
	}
	if q.New = q.Old; o.pack != "" {
		if q.New, err = loadPlan(io, o.pack); err != nil {
			return nil, err
		}
	}
	dir := io.path(o.factsDir)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, zhuanhua.Unavailable(o.factsDir, "没有这个文件夹 (there is no such folder)", "检查 --facts-dir 的路径 (check the path of --facts-dir)", nil)
	}
	q.Cases, err = sandbox.ReadCases(os.DirFS(dir), o.factsDir, on)
	return q, err
}

// badCases prints every fault of the cases where there are several; a single one is said as usual.
func (o *planFlags) badCases(io stdio, err error) error {
	var many interface{ Unwrap() []error }
	if !errors.As(err, &many) || len(many.Unwrap()) < 2 {
		return err
	}
	for _, e := range many.Unwrap() {
		fmt.Fprintln(io.err, e)
	}
	fmt.Fprintf(io.err, "zhuanhua: 案例有 %d 处错误 (the cases have %d faults); 逐条改正后再试 (mend them and try again)\n", len(many.Unwrap()), len(many.Unwrap()))
	return errTold(exitInvalid)
}

// sandboxPrinter prints what a changed plan would do.
type sandboxPrinter struct {
	printer
	report *sandbox.Report
}

func (p *sandboxPrinter) print() {
	r := p.report
	fmt.Fprintf(p.io.out, "%s %s %s → %s %s%s\n", p.say("试算", "sandbox"), r.Old.Plan, r.Old.Version, r.New.Plan, r.New.Version, p.settings())
	fmt.Fprintf(p.io.out, p.say("案例 %d 个\n", "%d cases\n"), r.Cases)
	p.costs()
	p.effects(sandbox.Wins, p.say("受益", "Winners"))
	p.effects(sandbox.Loses, p.say("受损", "Losers"))
	p.effects(sandbox.Other, p.say("理由改变，结果和金额不变", "Other reasons, the same result and money"))
	p.boundary()
	p.open()
}

func (p *sandboxPrinter) settings() string {
	var out []string
	for name, value := range p.report.Settings {
		out = append(out, name+"="+value)
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(slices.Sorted(slices.Values(out)), ", ") + ")"
}

func (p *sandboxPrinter) costs() {
	fmt.Fprintf(p.io.out, "\n%s\n", p.say("各年各规则的支出（旧 → 新）", "Cost by year and rule (old → new)"))
	for _, c := range p.report.Costs {
		if c.Old.Eligible+c.New.Eligible > 0 {
			p.cost(fmt.Sprintf("%d %s", c.Year, c.Rule), c, c.Title.In(p.lang))
		}
	}
	p.cost(p.say("合计", "total"), &p.report.Total, "")
}

func (p *sandboxPrinter) cost(name string, c *sandbox.Cost, title string) {
	line := fmt.Sprintf("  %-9s %s → %s (%s)  %s", name, p.side(&c.Old), p.side(&c.New), p.signed(&c.Change), title)
	fmt.Fprintln(p.io.out, strings.TrimRight(line, " "))
}

func (p *sandboxPrinter) side(s *sandbox.Side) string {
	out := fmt.Sprintf(p.say("%d 件 %s", "%d cases %s"), s.Eligible, s.Amount.Text().In(p.lang))
	if s.Open > 0 {
		out += fmt.Sprintf(p.say("（其中 %d 件没有金额）", " (%d of them without an amount)"), s.Open)
	}
	return out
}

func (p *sandboxPrinter) effects(kind, title string) {
	n := 0
	for _, e := range p.report.Effects {
		if e.Kind != kind {
			continue
		}
		if n++; n == 1 {
			fmt.Fprintf(p.io.out, "\n%s\n", title)
		}
		if n > mostRows {
			continue
		}
		fmt.Fprintf(p.io.out, "  %s %s%s\n      %s → %s\n", e.Case, e.Rule, p.by(e), e.Was.Words.In(p.lang), e.Is.Words.In(p.lang))
		for _, w := range e.Why {
			fmt.Fprintf(p.io.out, "      %s%s\n", p.say("原因：", "why: "), w.In(p.lang))
		}
	}
	p.more(n)
}

// by is how much a case gains or loses.
func (p *sandboxPrinter) by(e *sandbox.Effect) string {
	if e.By == nil || e.By.Sign() == 0 {
		return ""
	}
	return p.say("：", ": ") + p.signed(e.By)
}

func (p *sandboxPrinter) signed(s *sandbox.Sum) string {
	if s.Sign() > 0 {
		return "+" + s.Text().In(p.lang)
	}
	return s.Text().In(p.lang)
}

func (p *sandboxPrinter) more(n int) {
	if n > mostRows {
		fmt.Fprintf(p.io.out, p.say("  另有 %d 个，见 --json\n", "  and %d more, see --json\n"), n-mostRows)
	}
}

func (p *sandboxPrinter) boundary() {
	for i, b := range p.report.Boundary {
		if i == 0 {
			fmt.Fprintf(p.io.out, "\n%s\n", p.say("新的边界案例（界限再动一点，结果就变）", "New boundary cases (the next small move of the bound turns them)"))
		}
		if i < mostRows {
			met := p.say("现在满足", "met now")
			if !b.Met {
				met = p.say("现在不满足", "not met now")
			}
			fmt.Fprintf(p.io.out, "  %s %s %s%s%s%s%s (%s)\n", b.Case, b.Rule, p.bound(&b), p.say("：现有 ", ": "), b.Have.In(p.lang), p.say("，界限 ", ", the bound is "), b.Bound.In(p.lang), met)
		}
	}
	p.more(len(p.report.Boundary))
}

// bound is what people call the condition that a case is close to.
func (p *sandboxPrinter) bound(b *sandbox.Boundary) string {
	if f := p.pack.Fact(b.Fact); f != nil {
		return f.Title.In(p.lang)
	}
	return p.say("封顶前的金额", "the amount before the cap")
}

func (p *sandboxPrinter) open() {
	r := p.report
	for i, u := range r.Unset {
		if i == 0 {
			fmt.Fprintf(p.io.out, "\n%s\n", p.say("未设定，因此没有金额（旧 → 新，件）", "Not set, hence no amount (old → new, cases)"))
		}
		fmt.Fprintf(p.io.out, "  %s  %d → %d\n", u.Name, u.Old, u.New)
	}
	for i, s := range r.Stacking {
		if i == 0 {
			fmt.Fprintf(p.io.out, "\n%s\n", p.say("同一案例得两项支持，支出里都算了，须先决定能否叠加", "Cases that get money twice; both are in the cost, and stacking has to be decided first"))
		}
		if i < mostRows {
			fmt.Fprintf(p.io.out, "  %s %s + %s: %s\n", s.Case, s.Rules[0], s.Rules[1], s.Why.In(p.lang))
		}
	}
	p.more(len(r.Stacking))
	for i, n := range r.Notes {
		if i == 0 {
			fmt.Fprintf(p.io.out, "\n%s\n", p.say("注意", "Notes"))
		}
		fmt.Fprintf(p.io.out, "  %s: %s\n", n.Case, n.Text.In(p.lang))
	}
}
