package mutate_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"zhuanhua/plan"
	"zhuanhua/plan/mutate"
	"zhuanhua/plan/plantest"
)

// run tries mutants on all processors and keeps their order.
func run(files fs.FS, mutants []*mutate.Mutant) []mutate.Outcome {
	out := make([]mutate.Outcome, len(mutants))
	var work sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for i := range next {
				out[i] = mutants[i].Run(files, plantest.Options())
			}
		})
	}
	for i := range mutants {
		next <- i
	}
	close(next)
	work.Wait()
	return out
}

// report is the page that says what survives and why. Its table is written by this test (UPDATE=1), the
// reasons below it are written by hand: one line a survivor, "- `NAME` — reason".
const report = "../../docs/plan-mutations.md"

var reasonLine = regexp.MustCompile("(?m)^- `([^`]+)` — (.{20,})$")

// TestMutants tries the changes of the plan of Guangxi: at least 95 in 100 are caught, and whatever
// survives is argued for. By default every seventh change is tried; `make mutate-plan` tries all
// (ZHUANHUA_MUTATE=all), prints the figures and checks the page against them.
func TestMutants(t *testing.T) {
	files := plantest.Files(t, plantest.Guangxi)
	mutants, err := mutate.All(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(mutants) < 400 {
		t.Fatalf("only %d changes were made", len(mutants))
	}
	all := os.Getenv("ZHUANHUA_MUTATE") == "all"
	if !all {
		mutants = sample(mutants, 7)
	}
	outcomes := run(files, mutants)
	page, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{}
	for _, m := range reasonLine.FindAllStringSubmatch(string(page), -1) {
		reasons[m[1]] = true
	}
	survived := map[string]bool{}
	for _, o := range outcomes {
		if o.Caught {
			continue
		}
		survived[o.Name()] = true
		if !reasons[o.Name()] {
			t.Errorf("%s:%d: nothing notices `%s` (%s): add a trial, or say in docs/plan-mutations.md why none can", o.File, o.Line, o.Name(), o.Kind)
		}
	}
	if len(survived)*20 > len(outcomes) {
		t.Errorf("%d of %d changes survive, more than 5 in 100", len(survived), len(outcomes))
	}
	if all {
		checkPage(t, string(page), outcomes, reasons, survived)
	}
}

// sample takes every nth mutant.
func sample(mutants []*mutate.Mutant, n int) []*mutate.Mutant {
	var out []*mutate.Mutant
	for i := 0; i < len(mutants); i += n {
		out = append(out, mutants[i])
	}
	return out
}

// checkPage compares the page with what was found; with UPDATE=1 it writes the table anew.
func checkPage(t *testing.T, page string, outcomes []mutate.Outcome, reasons, survived map[string]bool) {
	for name := range reasons {
		if !survived[name] {
			t.Errorf("docs/plan-mutations.md argues for `%s`, which is caught or not made any more: remove it", name)
		}
	}
	figures := table(outcomes)
	t.Log("\n" + figures)
	before, rest, ok := strings.Cut(page, "<!-- figures -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- end -->")
	if !ok || !ok2 {
		t.Fatal("docs/plan-mutations.md has lost the marks around its table")
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(report, []byte(before+"<!-- figures -->\n"+figures+"<!-- end -->"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !strings.Contains(page, figures) {
		t.Errorf("the table in docs/plan-mutations.md is not that of this run; write it anew with UPDATE=1 make mutate-plan")
	}
}

// table counts mutants by kind.
func table(outcomes []mutate.Outcome) string {
	type row struct{ made, loader, trial, survived int }
	rows := map[string]*row{"all": {}}
	for _, o := range outcomes {
		if rows[o.Kind] == nil {
			rows[o.Kind] = &row{}
		}
		for _, r := range []*row{rows[o.Kind], rows["all"]} {
			r.made++
			switch {
			case o.By == "loader":
				r.loader++
			case o.Caught:
				r.trial++
			default:
				r.survived++
			}
		}
	}
	var b strings.Builder
	b.WriteString("| what is changed | changes | refused by the loader | caught by a trial | survive |\n|---|---|---|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(rows)) {
		if kind != "all" {
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", kind, rows[kind].made, rows[kind].loader, rows[kind].trial, rows[kind].survived)
		}
	}
	r := rows["all"]
	caught := 1000 * (r.loader + r.trial) / r.made
	byTrials := 1000 * r.trial / (r.made - r.loader)
	fmt.Fprintf(&b, "| **all** | %d | %d | %d | %d |\n\nCaught: %d.%d %%. Of the %d that load at all, trials catch %d.%d %%.\n",
		r.made, r.loader, r.trial, r.survived, caught/10, caught%10, r.made-r.loader, byTrials/10, byTrials%10)
	return b.String()
}

// TestUnchangedFilesLoad: writing a file down again is no change of the plan; otherwise the loader would
// "catch" everything.
func TestUnchangedFilesLoad(t *testing.T) {
	files := plantest.Files(t, plantest.Guangxi)
	p, err := plan.Load(files, "plan", plantest.Options())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Rules {
		same, err := mutate.Same(files, "incentives/"+r.ID+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if o := same.Run(files, plantest.Options()); o.Caught {
			t.Errorf("%s, written down again, is caught by %s", same.File, o.By)
		}
	}
}

// TestMutantsAreChanges: the changes are the ones that people make by mistake, each of them once.
func TestMutantsAreChanges(t *testing.T) {
	mutants, err := mutate.All(plantest.Files(t, plantest.Guangxi))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range mutants {
		if seen[m.Name()] || m.Was == m.Is || m.Line < 1 {
			t.Errorf("%s:%d %s: twice, or no change", m.File, m.Line, m.Name())
		}
		seen[m.Name()] = true
	}
	for _, name := range []string{
		"R05.received: > (column 14) → >=",
		"R04.rate: 25 % → 24.99 %",
		"R02.floor: 200 万元 → 200000001 分",
		"R02.years: 5 → 6",
		"R04.cap: stated → none",
		"R04.counted: min (column 17) → max",
		"R01.source_outside: outside (column 1) → inside",
		"R07.unrelated: ! (column 1) → ",
		"R07.broker_kind: ['transfer_institution', 'ip_platform'] → ['ip_platform']",
		"R08.first_payment: the condition → none",
		"R01.rate: not set → 5 %",
		"R09.industrialised_required: true → false",
		"plan.valid.to: 2027-12-31 → 2028-01-01",
		"stacking.R01+R07: flag → allow",
	} {
		if !seen[name] {
			t.Errorf("the change `%s` is not made", name)
		}
	}
}
