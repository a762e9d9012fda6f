package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// worktable is what a command can do, by name: user, case and ledger are several works each.
type worktable map[string]func(ctx context.Context, io stdio, o *deskFlags, args []string) error

func (w worktable) names() string { return strings.Join(slices.Sorted(maps.Keys(w)), ", ") }

// deskFlags are the flags of the works on users, cases and the ledger.
type deskFlags struct {
	*recordFlags
	command string   // "case"
	line    []string // the command line behind it, for a server
	plan    string
	as      string
	actor   *string

	name, organisation, recipient, out, identity, check string
	rule, title, workflow, state, outcome               string
	note, batch, programme, amount, unit                string
	add, remove, department, region                     string
	register, entry, on, known, officer                 string
	history, none                                       bool
	year, version                                       int
	roles, fields, links, parties                       words
	set, files, marks                                   words
}

// words collects a flag that may be repeated.
type words []string

// String shows the flag in the help.
func (l *words) String() string { return strings.Join(*l, " ") }

// Set takes one flag.
func (l *words) Set(v string) error {
	*l = append(*l, v)
	return nil
}

// newDesk makes the flags that all works of a command take.
func newDesk(f *flag.FlagSet, command string, args []string) *deskFlags {
	o := &deskFlags{recordFlags: addRecordFlags(f), command: command, line: args, actor: addActor(f)}
	f.StringVar(&o.as, "as", "", "`user` who does it")
	return o
}

func (o *deskFlags) addPlan(f *flag.FlagSet) {
	f.StringVar(&o.plan, "plan", "", "`DIR` of the pack, or the id of an embedded one (default: "+defaultPlan+")")
}

// run does the work that the first argument names.
func (w worktable) run(ctx context.Context, io stdio, f *flag.FlagSet, o *deskFlags) error {
	rest, err := parse(f, o.line)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return errUsage{fmt.Errorf("%s needs a work: %s; see zhuanhua %s --help", o.command, w.names(), o.command)}
	}
	do, ok := w[rest[0]]
	if !ok {
		return errUsage{fmt.Errorf("%s has no work %q; there are %s", o.command, rest[0], w.names())}
	}
	return do(ctx, io, o, rest[1:])
}

// exactly checks how many arguments a work has got.
func (o *deskFlags) exactly(work string, args []string, names ...string) error {
	if len(args) == len(names) {
		return nil
	}
	if len(names) == 0 {
		return errUsage{fmt.Errorf("%s %s takes no arguments besides flags, not %q", o.command, work, args)}
	}
	return errUsage{fmt.Errorf("%s %s needs %s; see zhuanhua %s --help", o.command, work, strings.Join(names, " and "), o.command)}
}

// who is the name under which the log keeps what no user does.
func (o *deskFlags) who() string { return actor(*o.actor) }

// change opens the records for writing, or has the server do the work.
func (o *deskFlags) change(ctx context.Context, io stdio, do func(context.Context, *store.Store) error) error {
	line := o.line
	if io.server == nil {
		*o.actor = o.who()
		line = withActor(line, *o.actor)
	}
	return o.writing(ctx, io, o.command, line, do)
}

// look is change for a work that makes no records where there are none.
func (o *deskFlags) look(ctx context.Context, io stdio, do func(context.Context, *store.Store) error) error {
	if _, _, err := o.timed(ctx, io); err != nil {
		return err
	}
	dir, err := o.dir(io)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "zhuanhua.db")); err != nil && io.server == nil && o.database == "" {
		return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: dir, What: "there are no records here",
			Do: "name the data directory with --data, or begin with zhuanhua user add", Err: err}
	}
	return o.change(ctx, io, do)
}

// desk is the casework of a store under the plan that is meant. A plan with faults is refused.
func (o *deskFlags) desk(io stdio, s *store.Store) (*app.Desk, error) {
	p, err := o.load(io)
	if err != nil {
		return nil, err
	}
	return app.New(s).Desk(p), nil
}

func (o *deskFlags) load(io stdio) (*plan.Pack, error) {
	return (&planFlags{plan: o.plan}).load(io)
}

// pairs reads flags such as field=value. A name that is given twice contradicts itself.
func pairs(flag string, l words) (map[string]string, error) {
	m := map[string]string{}
	for _, s := range l {
		name, value, ok := strings.Cut(s, "=")
		name = strings.TrimSpace(name)
		if _, twice := m[name]; !ok || name == "" || twice {
			return nil, errUsage{fmt.Errorf("--%s %q: write it as name=value, each name once", flag, s)}
		}
		m[name] = value
	}
	return m, nil
}
