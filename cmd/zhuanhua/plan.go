package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plans"
)

// defaultPlan is the embedded pack that commands use when no other is named.
const defaultPlan = "guangxi-2025-2027"

// storyFiles are the stories of this very program: `plan check` reads in them what is proved to work.
//
//go:embed testdata/*.txtar
var storyFiles embed.FS

const planHelp = `plan WORK [flags]

The action plan as data: an official reads, tests and changes it without a programmer.
  check [DIR]    read the pack strictly and run its trials; --missing lists what the plan leaves open
  test [DIR]     run the trials alone
  targets        the targets of the plan
  facts RULE     what a rule asks for
  quote RULE     what a rule gives for a file of facts; quote all answers every rule
  diff OLD NEW   what changes for whom between two plans, and which trials are answered otherwise
  sandbox        a changed plan over a folder of cases, before anything is published: cost by year,
                 who gains and who loses, whom the next small change would reach
  book           the whole plan as HTML for screen and paper, in Chinese and English, to be read and signed`

const planExamples = `  zhuanhua plan check
  zhuanhua plan check plans/guangxi-2025-2027 --missing
  zhuanhua plan facts R07
  zhuanhua plan quote R07 --facts facts.json --on 2026-06-30
  zhuanhua plan quote R01 --facts facts.json --set R01.rate=0.05 --json
  zhuanhua plan quote all --facts facts.json --lang en
  zhuanhua plan diff guangxi-2025-2027 my-plan
  zhuanhua plan sandbox --pack my-plan --facts-dir examples/plan-cases
  zhuanhua plan book --out book
`

// planWork is one thing that `zhuanhua plan` does.
type planWork func(io stdio, o *planFlags, args []string) error

func planWorks() map[string]planWork {
	return map[string]planWork{"check": planCheck, "test": planTest, "targets": planTargets, "facts": planFacts, "quote": planQuote,
		"diff": planDiff, "sandbox": planSandbox, "book": planBook}
}

// works lists the works for people.
func works() string { return strings.Join(slices.Sorted(mapKeys(planWorks())), ", ") }

// planFlags are the flags of all works on plans.
type planFlags struct {
	plan, lang, facts, on string
	pack, factsDir, near  string
	out                   string
	json, missing         bool
	set                   settings
}

// settings collects --set flags.
type settings []string

// String shows the flag in the help.
func (s *settings) String() string { return strings.Join(*s, " ") }

// Set takes one flag.
func (s *settings) Set(v string) error {
	*s = append(*s, v)
	return nil
}

func runPlan(_ context.Context, io stdio, args []string) error {
	f := newFlags(io, "plan", planHelp, planExamples)
	o := &planFlags{}
	f.StringVar(&o.plan, "plan", "", "`DIR` of the pack, or the id of an embedded one (default: "+defaultPlan+")")
	f.StringVar(&o.lang, "lang", "zh", "`language` of the words: zh or en")
	f.StringVar(&o.facts, "facts", "", "quote: `FILE` with the facts, one JSON object")
	f.StringVar(&o.on, "on", "", "quote: the `day`, 2026-06-30 (default: today); sandbox: of cases that name none")
	f.StringVar(&o.pack, "pack", "", "sandbox: `DIR` or id of the changed plan (default: the plan itself, to try --set)")
	f.StringVar(&o.factsDir, "facts-dir", "", "sandbox: `DIR` of cases, see examples/plan-cases/README.md")
	f.StringVar(&o.near, "near", "5%", "sandbox: how close to a bound a case is a boundary case, as a `share` of the bound")
	f.StringVar(&o.out, "out", "", "book: `DIR` to write index.html and en.html to")
	f.Var(&o.set, "set", "quote, sandbox: set a parameter (sandbox: of the changed plan), `R01.rate=0.05`; may be repeated")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.BoolVar(&o.missing, "missing", false, "check: list what the plan leaves open")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if o.lang != "zh" && o.lang != "en" {
		return errUsage{fmt.Errorf("--lang is zh or en, not %q; zh is the default", o.lang)}
	}
	if len(rest) == 0 {
		return errUsage{fmt.Errorf("plan needs a work: %s; see zhuanhua plan --help", works())}
	}
	work, ok := planWorks()[rest[0]]
	if !ok {
		return errUsage{fmt.Errorf("plan has no work %q; there are %s", rest[0], works())}
	}
	return work(io, o, rest[1:])
}

// regionTable is intake's table of regions, as plans ask for it.
type regionTable struct{}

// RegionName is the name of a region, "" when there is none.
func (regionTable) RegionName(r zhuanhua.Region) string { return intake.RegionName(r) }

// RegionOf finds a region by its name.
func (regionTable) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

// load reads the pack that is meant: the directory named, or the embedded pack with that id, or the
// default one.
func (o *planFlags) load(io stdio) (*plan.Pack, error) {
	if o.plan == "" {
		return embedded(io, defaultPlan)
	}
	return loadPlan(io, o.plan)
}

// loadPlan reads the folder with a name, or the embedded pack with that id.
func loadPlan(io stdio, name string) (*plan.Pack, error) {
	dir := io.path(name)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		if _, known := fs.Stat(plans.Files, name); known == nil && name != "" {
			return embedded(io, name)
		}
		return nil, zhuanhua.Unavailable(name, "没有这个文件夹 (there is no such folder)", "写方案包所在的文件夹 (name the folder of a plan)", err)
	}
	return io.packs.load(os.DirFS(dir), path.Clean(name))
}

// embedded reads one of the packs that the program carries.
func embedded(io stdio, id string) (*plan.Pack, error) {
	files, err := fs.Sub(plans.Files, id)
	if err != nil {
		return nil, err
	}
	return io.packs.load(files, path.Join("plans", id))
}

// folder takes the folder that check and test may be given in place of --plan.
func (o *planFlags) folder(work string, args []string) error {
	if len(args) > 1 || len(args) == 1 && o.plan != "" {
		return errUsage{fmt.Errorf("plan %s takes one folder; name it once", work)}
	}
	if len(args) == 1 {
		o.plan = args[0]
	}
	return nil
}

func (o *planFlags) language() plan.Lang { return plan.Lang(o.lang) }

// day is the day asked about: today when none is named.
func (o *planFlags) day() (zhuanhua.Date, error) {
	if o.on == "" {
		now := time.Now()
		return zhuanhua.Date{Year: now.Year(), Month: now.Month(), Day: now.Day()}, nil
	}
	d, ok := plan.ParseDay(o.on)
	if !ok {
		return d, zhuanhua.Invalid("--on "+o.on, "不是日期 (this is no date)", "写成 2026-06-30，须为 1900 至 2200 年间存在的一天 (write it as 2026-06-30, a day that exists, from 1900 to 2200)")
	}
	return d, nil
}

// planTargets prints the targets.
func planTargets(io stdio, o *planFlags, args []string) error {
	if err := o.folder("targets", args); err != nil {
		return err
	}
	p, err := o.load(io)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(io, targetRows(p))
	}
	for _, t := range p.Targets {
		value, unit := t.Value.String(), " "+t.Unit.In(o.language())
		if t.Value.Type == plan.TypeMoney {
			value, unit = plan.MoneyText(t.Value.Money).In(o.language()), ""
		}
		fmt.Fprintf(io.out, "%s  %-6s %s %s %s%s  %s\n", t.ID, t.Measure.ID, t.Title.In(o.language()), t.Op, value, unit, t.By)
	}
	return nil
}

// targetRow is one target as JSON.
type targetRow struct {
	ID      string        `json:"id"`
	Measure string        `json:"measure"`
	Title   plan.Text     `json:"title"`
	Op      string        `json:"op"`
	Value   string        `json:"value"`
	Unit    string        `json:"unit"`
	UnitZH  string        `json:"unit_zh"`
	By      zhuanhua.Date `json:"by"`
	Wording string        `json:"wording"`
	Source  plan.Source   `json:"source"`
}

func targetRows(p *plan.Pack) []targetRow {
	out := []targetRow{}
	for _, t := range p.Targets {
		unit := t.Unit
		if unit.EN == "fen" {
			unit.ZH = "分"
		}
		out = append(out, targetRow{t.ID, t.Measure.ID, t.Title, t.Op, t.Value.String(), unit.EN, unit.ZH, t.By, t.Wording, t.Source})
	}
	return out
}

func printJSON(io stdio, v any) error {
	e := json.NewEncoder(io.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// faultsOf are the faults in an error, nil when it is of another sort.
func faultsOf(err error) plan.Faults {
	var faults plan.Faults
	errors.As(err, &faults)
	return faults
}
