package main

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"zhuanhua/plan"
)

// checkReport is `plan check --json`.
type checkReport struct {
	Plan    string                    `json:"plan"`
	Version string                    `json:"version"`
	Faults  []faultRow                `json:"faults"`
	Counts  map[string]int            `json:"counts"`
	Items   map[string]plan.ItemState `json:"items"`
	Targets []targetRow               `json:"targets"`
	Rules   []ruleRow                 `json:"rules"`
	NotSet  []plan.Missing            `json:"not_set"`
	// Coverage is the table of items that imply a body, a list or a person.
	Coverage []plan.Covered `json:"coverage"`
}

// faultRow is one fault as JSON.
type faultRow struct {
	File   string    `json:"file"`
	Line   int       `json:"line"`
	Column int       `json:"column"`
	What   plan.Text `json:"what"`
	Do     plan.Text `json:"do"`
}

// ruleRow is one rule with its trials as JSON.
type ruleRow struct {
	ID      string      `json:"id"`
	Title   plan.Text   `json:"title"`
	Measure string      `json:"measure"`
	Trials  int         `json:"trials"`
	Passed  int         `json:"passed"`
	Source  plan.Source `json:"source"`
}

// planCheck reads a pack, runs its trials, and says what works and what is left open.
func planCheck(io stdio, o *planFlags, args []string) error {
	if err := o.folder("check", args); err != nil {
		return err
	}
	p, err := o.load(io)
	if faults := faultsOf(err); faults != nil {
		return o.refused(io, faults)
	}
	if err != nil {
		return err
	}
	results := p.RunTrials()
	if faults := trialFaults(results); len(faults) > 0 {
		return o.refused(io, faults)
	}
	stories, err := ownStories()
	if err != nil {
		return err
	}
	r := newCheckReport(p, results, stories)
	if o.json {
		return printJSON(io, r)
	}
	r.print(io, o, len(results))
	return nil
}

// ownStories reads what this program's stories prove.
func ownStories() (plan.Stories, error) {
	files, err := fs.Sub(storyFiles, "testdata")
	if err != nil {
		return nil, err
	}
	return plan.ReadStories(files)
}

func newCheckReport(p *plan.Pack, results []plan.TrialResult, stories plan.Stories) *checkReport {
	r := &checkReport{Plan: p.ID, Version: p.Version, Faults: []faultRow{}, Items: p.States(results, stories),
		Targets: targetRows(p), NotSet: p.NotSet(), Counts: map[string]int{plan.Works: 0, plan.Recorded: 0}}
	r.Coverage = p.Coverage(r.Items, stories)
	for _, s := range r.Items {
		r.Counts[s.State]++
	}
	for _, rule := range p.Rules {
		row := ruleRow{ID: rule.ID, Title: rule.Title, Measure: rule.Measure.ID, Source: rule.Source}
		for _, t := range results {
			if t.Trial.Rule.ID != rule.ID {
				continue
			}
			row.Trials++
			if t.Passed() {
				row.Passed++
			}
		}
		r.Rules = append(r.Rules, row)
	}
	return r
}

func (r *checkReport) print(io stdio, o *planFlags, trials int) {
	fmt.Fprintf(io.out, "方案 plan %s，版本 version %s：没有错误 (no faults)\n", r.Plan, r.Version)
	fmt.Fprintf(io.out, "条目 items %d：已实现 works %d，仅记录 recorded %d\n", len(r.Items), r.Counts[plan.Works], r.Counts[plan.Recorded])
	fmt.Fprintf(io.out, "目标 targets %d，规则 rules %d，试例 trials %d 全部通过 (all pass)\n", len(r.Targets), len(r.Rules), trials)
	fmt.Fprintf(io.out, "方案未写明 not set %d\n", len(r.NotSet))
	r.printCoverage(io, o)
	if !o.missing {
		return
	}
	for _, m := range r.NotSet {
		assumed := ""
		if m.Assumed != nil {
			assumed = "  暂定 assumed " + *m.Assumed
		}
		fmt.Fprintf(io.out, "  %s%s  %s  由谁定 set by: %s\n", m.ID, assumed, m.Note.In(o.language()), strings.Join(m.SetBy, ", "))
	}
}

// printCoverage prints which register carries which item, how entries come in and change, and what proves it.
func (r *checkReport) printCoverage(io stdio, o *planFlags) {
	if len(r.Coverage) == 0 {
		return
	}
	works := 0
	fmt.Fprintln(io.out, "名录 registers：条目 item → 名录 register → 流程 workflow → 故事 story")
	for _, c := range r.Coverage {
		if c.State == plan.Works {
			works++
		}
		ways := append([]string{c.Workflow}, c.Changes...)
		fmt.Fprintf(io.out, "  %-7s %s %s → %s → %s  %s\n", c.Item, c.Register, c.Title.In(o.language()), strings.Join(ways, " "), strings.Join(c.Stories, " "), c.State)
	}
	fmt.Fprintf(io.out, "名录覆盖 coverage %d 行，已实现 works %d\n", len(r.Coverage), works)
}

// refused prints every fault and ends with the exit code of wrong input.
func (o *planFlags) refused(io stdio, faults plan.Faults) error {
	if o.json {
		r := checkReport{Faults: []faultRow{}, Items: map[string]plan.ItemState{}, Counts: map[string]int{}, Targets: []targetRow{}, Rules: []ruleRow{}, NotSet: []plan.Missing{}}
		for _, f := range faults {
			r.Faults = append(r.Faults, faultRow{f.File, f.Line, f.Column, f.What, f.Do})
		}
		if err := printJSON(io, r); err != nil {
			return err
		}
	}
	for _, f := range faults {
		fmt.Fprintln(io.err, f)
	}
	fmt.Fprintf(io.err, "zhuanhua: 方案有 %d 处错误 (the plan has %d faults); 逐条改正后再查 (mend them and check again)\n", len(faults), len(faults))
	return errTold(exitInvalid)
}

// trialFaults turns trials that did not come out as expected into faults.
func trialFaults(results []plan.TrialResult) plan.Faults {
	var out plan.Faults
	for _, r := range results {
		for _, d := range r.Differences {
			out = append(out, plan.Fault{Pos: r.Trial.At,
				What: plan.Text{ZH: "试例“" + r.Trial.Name.ZH + "”不符：" + d.ZH, EN: "the trial \"" + r.Trial.Name.EN + "\" fails: " + d.EN},
				Do:   plan.Text{ZH: "改正规则或试例", EN: "mend the rule or the trial"}})
		}
	}
	return out
}

// planTest runs the trials alone and says rule by rule how many passed.
func planTest(io stdio, o *planFlags, args []string) error {
	if err := o.folder("test", args); err != nil {
		return err
	}
	p, err := o.load(io)
	if faults := faultsOf(err); faults != nil {
		return o.refused(io, faults)
	}
	if err != nil {
		return err
	}
	results := p.RunTrials()
	if faults := trialFaults(results); len(faults) > 0 {
		return o.refused(io, faults)
	}
	counts := map[string]int{}
	for _, r := range results {
		name := r.Trial.Rule.ID
		if name == "" {
			name = "stacking"
		}
		counts[name]++
	}
	if o.json {
		return printJSON(io, map[string]any{"plan": p.ID, "version": p.Version, "trials": len(results), "passed": len(results), "by_rule": counts})
	}
	for _, name := range slices.Sorted(mapKeys(counts)) {
		fmt.Fprintf(io.out, "%-9s %d\n", name, counts[name])
	}
	fmt.Fprintf(io.out, "试例 trials %d 全部通过 (all pass)\n", len(results))
	return nil
}
