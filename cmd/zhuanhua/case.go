package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/store"
)

const caseHelp = `case WORK --as USER --data DIR | --database URL [flags]

Cases (办件): what somebody applies for and an authority decides, by the workflows of the plan.
  new WORKFLOW       begin a case, with --rule, --organisation, --link contract=ID,
                     --register KIND for a new entry of a register, --entry ID for a change of one
  show ID            its state, what led there, and what can be done now
  act ID ACTION      do it: --set field=value, --file field=PATH, --note, --mark form.field=why
  list               the cases that the user may see
  tick               do what clocks ask for, in every case
  archive ID         the package of a closed case with --out; --check FILE looks at one
  workflows          what the plan has
A case that changed while you looked at it is refused with --version N, and says who did what.`

const caseExamples = `  zhuanhua case new after-subsidy --rule R01 --link contract=C-1 --as u-corp --data data
  zhuanhua case show after-subsidy-2026-00001 --as u-officer --data data
  zhuanhua case act after-subsidy-2026-00001 submit --set amount="100 万元" --file evidence=发票.pdf --as u-corp --data data
  zhuanhua case act after-subsidy-2026-00001 return --mark claim.amount=与发票不符 --note 请更正 --version 3 --as u-officer --data data
  zhuanhua case list --state submitted --as u-officer --data data --json
  zhuanhua case tick --at 2026-03-20T09:00 --data rehearsal
`

func runCase(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "case", caseHelp, caseExamples)
	o := newDesk(f, "case", args)
	o.addPlan(f)
	f.StringVar(&o.rule, "rule", "", "new, list: the `rule` that the case is about")
	f.StringVar(&o.register, "register", "", "new: the `register` that an entry is to come into")
	f.StringVar(&o.entry, "entry", "", "new: the `id` of the register's entry that the case is about")
	f.StringVar(&o.organisation, "organisation", "", "new: the applicant, where it is not the user's own `organisation`; list: of one")
	f.StringVar(&o.title, "title", "", "new: a `title` of the case")
	f.Var(&o.parties, "party", "new: a further `organisation` that takes part; may be repeated")
	f.Var(&o.links, "link", "new: a record that the case is about, `contract=ID`; may be repeated")
	f.Var(&o.set, "set", "act: a value, `field=value`; may be repeated")
	f.Var(&o.files, "file", "act: an attachment, `field=PATH`; may be repeated")
	f.StringVar(&o.note, "note", "", "act: a `remark` that goes on record")
	f.Var(&o.marks, "mark", "act: a field to be corrected and why, `form.field=why`; may be repeated")
	f.IntVar(&o.version, "version", 0, "act: the `version` that you saw; a case that changed since is not touched")
	f.StringVar(&o.batch, "batch", "", "act: a `name` for cases that are decided together")
	f.StringVar(&o.identity, "identity", "", "act: `FILE` with an officer's secret key, to open sealed bids")
	f.StringVar(&o.workflow, "workflow", "", "list: cases of one `workflow`")
	f.StringVar(&o.state, "state", "", "list: cases in one `state`")
	f.StringVar(&o.outcome, "outcome", "", "list: closed cases of one `outcome`")
	f.StringVar(&o.out, "out", "", "archive: the `FILE`.zip")
	f.StringVar(&o.check, "check", "", "archive: a package to look at, `FILE`.zip")
	return caseWorks().run(ctx, io, f, o)
}

func caseWorks() worktable {
	return worktable{"new": caseNew, "show": caseShow, "act": caseAct, "list": caseList, "tick": caseTick, "archive": caseArchive, "workflows": caseWorkflows}
}

// atDesk opens the records and the plan for a work of a user.
func (o *deskFlags) atDesk(ctx context.Context, io stdio, do func(context.Context, *app.Desk) error) error {
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		d, err := o.desk(io, s)
		if err != nil {
			return err
		}
		return do(ctx, d)
	})
}

func (o *deskFlags) needsUser(work string) error {
	if o.as == "" {
		return errUsage{fmt.Errorf("case %s needs --as USER; zhuanhua user list shows who there is", work)}
	}
	return nil
}

func caseNew(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := errors.Join(o.exactly("new", args, "a WORKFLOW"), o.needsUser("new")); err != nil {
		return err
	}
	links, err := o.linked()
	if err != nil {
		return err
	}
	b := flow.Beginning{Workflow: args[0], Rule: o.rule, Register: o.register, Entry: o.entry, Title: o.title, Organisation: o.organisation, Parties: o.parties, Links: links}
	return o.atDesk(ctx, io, func(ctx context.Context, d *app.Desk) error {
		done, err := d.NewCase(ctx, o.as, b)
		return o.printDone(io, done, err)
	})
}

// linked reads --link.
func (o *deskFlags) linked() ([]zhuanhua.Link, error) {
	var out []zhuanhua.Link
	for _, l := range o.links {
		kind, id, ok := strings.Cut(l, "=")
		if !ok || kind == "" || id == "" {
			return nil, errUsage{fmt.Errorf("--link %q: write it as contract=ID", l)}
		}
		out = append(out, zhuanhua.Link{Kind: kind, ID: id})
	}
	return out, nil
}

func caseAct(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := errors.Join(o.exactly("act", args, "an ID", "an ACTION"), o.needsUser("act")); err != nil {
		return err
	}
	do, err := o.doing(io, args[1])
	if err != nil {
		return err
	}
	files, closeAll, err := o.openFiles(io)
	if err != nil {
		return err
	}
	defer closeAll()
	do.Files = files
	return o.atDesk(ctx, io, func(ctx context.Context, d *app.Desk) error {
		done, err := d.Act(ctx, o.as, args[0], do)
		return o.printDone(io, done, err)
	})
}

// doing is the act that the flags describe, without its files.
func (o *deskFlags) doing(io stdio, action string) (app.Doing, error) {
	values, err := pairs("set", o.set)
	if err != nil {
		return app.Doing{}, err
	}
	do := app.Doing{Act: flow.Act{Action: action, Values: values, Note: o.note, Batch: o.batch, Version: int64(o.version)}}
	for _, m := range o.marks {
		where, why, ok := strings.Cut(m, "=")
		form, field, _ := strings.Cut(where, ".")
		if !ok || form == "" || why == "" {
			return do, errUsage{fmt.Errorf("--mark %q: write it as form.field=why", m)}
		}
		do.Marks = append(do.Marks, zhuanhua.Mark{Form: form, Field: field, Note: why})
	}
	if o.identity != "" {
		text, err := os.ReadFile(io.path(o.identity))
		if err != nil {
			return do, zhuanhua.Unavailable(o.identity, "密钥文件读不出来 the key cannot be read", "name the file that zhuanhua user key wrote", err)
		}
		do.Identity = identityLine(string(text))
	}
	return do, nil
}

// openFiles opens what --file names. Where a server will read them itself they are opened here too, so
// that a slip in a path is said at once.
func (o *deskFlags) openFiles(io stdio) ([]app.File, func(), error) {
	var files []app.File
	var opened []*os.File
	closeAll := func() {
		for _, f := range opened {
			_ = f.Close() // read only
		}
	}
	for _, arg := range o.files {
		field, path, ok := strings.Cut(arg, "=")
		if !ok || field == "" || path == "" {
			closeAll()
			return nil, nil, errUsage{fmt.Errorf("--file %q: write it as field=PATH", arg)}
		}
		f, size, err := openFile(io.path(path))
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		opened = append(opened, f)
		files = append(files, app.File{Field: field, Name: filepath.Base(path), Size: size, Content: f})
	}
	return files, closeAll, nil
}

func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, zhuanhua.Unavailable(path, "文件读不出来 the file cannot be read", "check the path and the permissions", err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = zhuanhua.Invalid(path, "不是文件 this is no file", "name a file, not a folder")
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return nil, 0, err
	}
	return f, st.Size(), nil
}

func caseShow(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := errors.Join(o.exactly("show", args, "an ID"), o.needsUser("show")); err != nil {
		return err
	}
	return o.atDesk(ctx, io, func(ctx context.Context, d *app.Desk) error {
		v, err := d.Case(ctx, o.as, args[0])
		if err != nil {
			return err
		}
		return o.print(io, v, func() { printCase(io, v) })
	})
}

func caseList(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := errors.Join(o.exactly("list", args), o.needsUser("list")); err != nil {
		return err
	}
	return o.atDesk(ctx, io, func(ctx context.Context, d *app.Desk) error {
		list, err := d.Cases(ctx, o.as, app.CaseFilter{Workflow: o.workflow, Rule: o.rule, State: o.state, Organisation: o.organisation, Outcome: o.outcome})
		if err != nil {
			return err
		}
		return o.print(io, list, func() {
			for _, c := range list {
				fmt.Fprintf(io.out, "%s  %s %s  %s  %s（%s）%s\n", c.ID, c.Workflow, c.Rule, c.Organisation, c.StateTitle.ZH, c.State, c.Title)
			}
			fmt.Fprintf(io.out, "%d 件 cases\n", len(list))
		})
	})
}

func caseTick(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("tick", args); err != nil {
		return err
	}
	return o.atDesk(ctx, io, func(ctx context.Context, d *app.Desk) error {
		ticked, err := d.Tick(ctx)
		if err != nil {
			return err
		}
		return o.print(io, ticked, func() {
			for _, s := range ticked.Steps {
				fmt.Fprintf(io.out, "%s  %s → %s\n", s.ID, s.Action, s.To)
			}
			for _, s := range ticked.Stuck {
				fmt.Fprintf(io.out, "未能办理 stuck：%s  %s\n", s.Case, s.Why)
			}
			fmt.Fprintf(io.out, "%d 步 steps\n", len(ticked.Steps))
		})
	})
}

func caseWorkflows(_ context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("workflows", args); err != nil {
		return err
	}
	p, err := o.load(io)
	if err != nil {
		return err
	}
	type row struct {
		ID    string   `json:"workflow"`
		Title any      `json:"title"`
		Rules []string `json:"serves"`
		Begin []string `json:"begins"`
	}
	rows := []row{}
	for _, w := range p.Workflows {
		r := row{ID: w.ID, Title: w.Title, Rules: []string{}, Begin: []string{}}
		for _, s := range w.Serves {
			r.Rules = append(r.Rules, s.ID)
		}
		for _, b := range w.Begins {
			r.Begin = append(r.Begin, b.ID)
		}
		rows = append(rows, r)
	}
	return o.print(io, rows, func() {
		for i, w := range p.Workflows {
			fmt.Fprintf(io.out, "%s  %s  %s  %s\n", w.ID, w.Title.ZH, strings.Join(rows[i].Rules, " "), strings.Join(rows[i].Begin, " "))
		}
	})
}

func (o *deskFlags) printDone(io stdio, done app.Done, err error) error {
	if err != nil {
		return err
	}
	return o.print(io, done, func() {
		fmt.Fprintf(io.out, "%s  %s → %s\n", done.Step.ID, done.Step.Action, done.Step.To)
		printCase(io, done.View)
	})
}
