package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"zhuanhua/app/simulate"
	"zhuanhua/store"
)

const simulateHelp = `simulate [--plan DIR] [--cases N] [--seed S] [--data DIR] [flags]

Tries the plan's workflows with invented people who do at random what the plan lets them do, with a
clock of their own. Everything is marked 示例. The same plan, number and seed make the same records.
Without --data the records are made in a temporary directory and are gone afterwards.`

const simulateExamples = `  zhuanhua simulate --cases 300 --seed 1 --json
  zhuanhua simulate --plan my-plan --cases 50 --data rehearsal
  zhuanhua verify --data rehearsal
`

func runSimulate(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "simulate", simulateHelp, simulateExamples)
	r := addRecordFlags(f)
	o := &deskFlags{recordFlags: r}
	o.addPlan(f)
	cases := f.Int("cases", 100, "`number` of cases")
	seed := f.Uint64("seed", 1, "`number` that chance begins with")
	rest, err := parse(f, args)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return errUsage{fmt.Errorf("simulate takes no arguments besides flags, not %q", rest)}
	case *cases < 1 || *cases > 100_000:
		return errUsage{fmt.Errorf("--cases %d: between 1 and 100000", *cases)}
	case r.at != "":
		return errUsage{fmt.Errorf("simulate has a clock of its own; leave --at out")}
	}
	p, err := o.load(io)
	if err != nil {
		return err
	}
	options, tidy, err := o.place(io)
	if err != nil {
		return err
	}
	defer tidy()
	s, err := simulate.Open(ctx, options, *seed)
	if err != nil {
		return err
	}
	result, err := simulate.Run(ctx, s, p, simulate.Options{Cases: *cases, Seed: *seed, Progress: progress(io, "办结")})
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return r.print(io, result, func() { printSimulation(io, result) })
}

// place is where a simulation keeps its records: where --data says, else in a directory that goes.
func (o *deskFlags) place(io stdio) (store.Options, func(), error) {
	if o.named() {
		options, err := o.options(io)
		return options, func() {}, err
	}
	dir, err := os.MkdirTemp("", "zhuanhua-simulate-")
	if err != nil {
		return store.Options{}, nil, cannotWrite(os.TempDir(), err)
	}
	return store.Options{Dir: dir}, func() { _ = os.RemoveAll(dir) }, nil
}

func printSimulation(io stdio, r simulate.Result) {
	fmt.Fprintf(io.out, "%s\n%s，%s 至 %s，种子 seed %d\n", r.Example, r.Plan, r.From, r.Until, r.Seed)
	for _, w := range r.Workflows {
		fmt.Fprintf(io.out, "%s：%d 件，办结 %d，%d 步，支付 %s\n", w.Workflow, w.Cases, w.Finished, w.Events, yuan(w.PaidFen))
		for _, state := range slices.Sorted(maps.Keys(w.Ended)) {
			fmt.Fprintf(io.out, "    %s %d\n", state, w.Ended[state])
		}
	}
	fmt.Fprintf(io.out, "合计 total：%d 件，办结 %d，%d 步，支付 %s\n校验 sum：%s\n", r.Cases, r.Finished, r.Events, yuan(r.PaidFen), r.Sum)
}
