package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/store"
)

const importExamples = `  zhuanhua import examples/achievements.jsonl examples/needs.jsonl --data data
  zhuanhua import 成果.xlsx --data data --kind achievement --mapping 对照.yaml
  zhuanhua import 上报.zip --data data --report 问题 --json
`

// importFlags is all that import is told.
type importFlags struct {
	*recordFlags
	kind, sheet, encoding, mapping, prefix, report, reason string
	try                                                    bool
	actor                                                  *string
}

func runImport(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "import", "import FILE… --data DIR | --database URL [flags]\n\n"+
		"Rows with a problem are refused and listed in a report, all others are recorded; a second import\nof the same file changes nothing. The exit code is 3 when rows were refused.", importExamples)
	m := importFlags{recordFlags: addRecordFlags(f), actor: addActor(f)}
	f.StringVar(&m.kind, "kind", "", "what the records are: `achievement|need|organisation|person|contract` (default: told from headers or keys)")
	f.StringVar(&m.sheet, "sheet", "", "xlsx: `name` of the sheet to read")
	f.StringVar(&m.encoding, "encoding", "", "csv, jsonl: utf-8 or gb18030 (default: detected)")
	f.StringVar(&m.mapping, "mapping", "", "yaml or csv `FILE` that says what columns of your own hold")
	f.StringVar(&m.prefix, "prefix", "", "`text` from which and the row's number ids are made where there is no column for them")
	f.StringVar(&m.report, "report", "", "`NAME` of the report of problems, written as NAME.csv and NAME.xlsx (default: the first file's name and -problems, in the current directory)")
	f.StringVar(&m.reason, "reason", "", "`why`, for the log")
	f.BoolVar(&m.try, "try", false, "read and check only, record nothing")
	files, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errUsage{fmt.Errorf("import needs at least one file; see zhuanhua import --help")}
	}
	o, err := m.options(io, files)
	if err != nil {
		return err
	}
	if m.try {
		return m.do(ctx, io, nil, files, o)
	}
	if io.server == nil { // what is plainly wrong is said before a data directory is made
		if err := m.readable(io, files, o); err != nil {
			return err
		}
	}
	*m.actor = actor(*m.actor)
	return m.writing(ctx, io, "import", withActor(args, *m.actor), func(ctx context.Context, s *store.Store) error {
		return m.do(ctx, io, s, files, o)
	})
}

// withActor adds who gives the command, for a server that runs as somebody else.
func withActor(args []string, name string) []string {
	return append([]string{"--actor", name}, args...)
}

func (m *importFlags) options(io stdio, files []string) (app.ImportOptions, error) {
	noun, err := nounFlag(m.kind)
	if err != nil {
		return app.ImportOptions{}, err
	}
	o := app.ImportOptions{Noun: noun, Intake: intake.Options{Sheet: m.sheet, Encoding: m.encoding, Prefix: m.prefix}, Reason: m.reason, Try: m.try}
	if m.mapping != "" {
		if o.Intake.Mapping, err = intake.ReadMapping(io.path(m.mapping)); err != nil {
			return o, err
		}
	}
	if o.Report = io.path(m.report); m.report == "" {
		base := filepath.Base(files[0])
		o.Report = io.path(strings.TrimSuffix(base, filepath.Ext(base)) + "-problems")
	}
	return o, nil
}

// readable opens each file and tells its kind.
func (m *importFlags) readable(io stdio, files []string, o app.ImportOptions) error {
	for _, path := range files {
		for f, err := range intake.Files(io.path(path), o.Intake) {
			if err == nil && o.Noun == "" {
				_, err = f.Detect(o.Intake)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *importFlags) do(ctx context.Context, io stdio, s *store.Store, files []string, o app.ImportOptions) error {
	paths := make([]string, len(files))
	for i, p := range files {
		paths[i] = io.path(p)
	}
	opt, done := warner(io, o.Intake)
	o.Intake = opt
	tell := progress(io, "导入")
	o.Progress = func(rows int) { tell(rows, max(rows+1, 1<<20)) }
	r, err := app.New(s).Import(ctx, *m.actor, paths, o)
	done()
	if printErr := m.show(io, r); err == nil {
		err = printErr
	}
	if err == nil && r.Refused > 0 {
		where := "say --report NAME for a list"
		if len(r.Report) > 0 {
			where = "see " + strings.Join(r.Report, " and ")
		}
		err = zhuanhua.Invalid("", fmt.Sprintf("%d rows were refused, all others are recorded", r.Refused), where+", mend them and import the file again")
	}
	return err
}

func (m *importFlags) show(io stdio, r app.Imported) error {
	if len(r.Files) == 0 {
		return nil
	}
	return m.print(io, r, func() {
		for _, f := range r.Files {
			fmt.Fprintf(io.out, "%s：%s %d 行，新增 %d，更新 %d，未变 %d，退回 %d\n", f.File, f.Noun, f.Rows, f.Created, f.Changed, f.Unchanged, f.Refused)
		}
		for i, p := range r.Problems {
			if i == 5 {
				fmt.Fprintf(io.err, "退回 refused: … and more\n")
				break
			}
			fmt.Fprintln(io.err, "退回 refused:", p)
		}
		switch {
		case r.Batch != "":
			fmt.Fprintf(io.out, "批次 batch %s，事件 %d\n", r.Batch, r.Events)
		case !m.try:
			fmt.Fprintln(io.out, "没有变化 nothing changed")
		}
	})
}

const undoExamples = `  zhuanhua undo --list --data data
  zhuanhua undo b-3f0c… --data data --reason 文件有误
`

func runUndo(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "undo", "undo BATCH --data DIR | --database URL [flags]\n\nRestores what every record of the batch was before it; the log keeps both.", undoExamples)
	r := addRecordFlags(f)
	who := addActor(f)
	reason := f.String("reason", "", "`why`, for the log")
	list := f.Bool("list", false, "list the newest batches instead")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if *list {
		return r.reading(ctx, io, func(s *store.Store) error { return r.batches(ctx, io, s) })
	}
	if len(rest) != 1 {
		return errUsage{fmt.Errorf("undo needs the name of one batch; undo --list lists them")}
	}
	*who = actor(*who)
	return r.writing(ctx, io, "undo", withActor(args, *who), func(ctx context.Context, s *store.Store) error {
		done, err := s.Undo(ctx, *who, rest[0], *reason)
		if err != nil {
			return err
		}
		v := map[string]any{"batch": done.Batch, "undone": rest[0], "created": done.Created, "changed": done.Changed, "deleted": done.Deleted}
		return r.print(io, v, func() {
			fmt.Fprintf(io.out, "已撤销 undone: 恢复 %d，删除 %d；批次 batch %s\n", done.Created+done.Changed, done.Deleted, done.Batch)
		})
	})
}

// batchLine is a batch in JSON.
type batchLine struct {
	Batch    string    `json:"batch"`
	Actor    string    `json:"actor"`
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at"`
	Events   int64     `json:"events"`
	UndoneBy string    `json:"undone_by,omitempty"`
}

func (r *recordFlags) batches(ctx context.Context, io stdio, s *store.Store) error {
	list, err := s.Undoable(ctx, 50)
	if err != nil {
		return err
	}
	shown := make([]batchLine, len(list))
	for i, b := range list {
		shown[i] = batchLine{b.ID, b.Actor, b.Reason, b.At, b.Events, b.UndoneBy}
	}
	return r.print(io, shown, func() {
		for _, b := range list {
			note := ""
			if b.UndoneBy != "" {
				note = "  已撤销 undone by " + b.UndoneBy
			}
			fmt.Fprintf(io.out, "%s  %s  %s  事件 %d  %s%s\n", b.ID, b.At.Local().Format("2006-01-02 15:04:05"), b.Actor, b.Events, b.Reason, note)
		}
	})
}

const forgetExamples = `  zhuanhua forget P-017 --data data --reason 本人申请 --yes
`

func runForget(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "forget", "forget PERSON-ID --data DIR | --database URL --yes [flags]\n\nDestroys the key of a person's data. It cannot be undone, and the id cannot be used again.", forgetExamples)
	r := addRecordFlags(f)
	who := addActor(f)
	reason := f.String("reason", "", "`why`, for the log")
	yes := f.Bool("yes", false, "yes, for good")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || !*yes {
		return errUsage{fmt.Errorf("forget needs one person's id and --yes, for it cannot be undone")}
	}
	*who = actor(*who)
	return r.writing(ctx, io, "forget", withActor(args, *who), func(ctx context.Context, s *store.Store) error {
		if err := s.Forget(ctx, *who, rest[0], *reason); err != nil {
			return err
		}
		return r.print(io, map[string]string{"forgotten": rest[0]}, func() { fmt.Fprintln(io.out, "已删除 forgotten:", rest[0]) })
	})
}

// secret reads a passphrase from a file or the environment.
func secret(io stdio, file string) (string, error) {
	if file == "" {
		return os.Getenv("ZHUANHUA_PASSPHRASE"), nil
	}
	b, err := os.ReadFile(io.path(file))
	if err != nil {
		return "", zhuanhua.Unavailable(file, "the file of the passphrase cannot be read", "check the path and its permissions", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}
