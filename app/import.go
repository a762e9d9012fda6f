package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/intake/write"
	"zhuanhua/store"
)

// ImportOptions say how files are imported; the zero value tells everything from the files.
type ImportOptions struct {
	Noun     zhuanhua.Noun  // what the records are; "" tells it from headers or keys
	Intake   intake.Options // Warn is told of what needs a look though the record is kept
	Report   string         // where the report of problems goes, without ending; "" makes none
	Reason   string         // why, for the log
	Try      bool           // read and check only
	Progress func(rows int) // may be nil
}

// ImportedFile is what became of one file, or of one table of an archive.
type ImportedFile struct {
	File      string        `json:"file"`
	Noun      zhuanhua.Noun `json:"kind"`
	Rows      int           `json:"rows"` // read, the refused ones among them
	Created   int           `json:"created"`
	Changed   int           `json:"changed"`
	Unchanged int           `json:"unchanged"`
	Refused   int           `json:"refused"`
}

// Imported is what an import did.
type Imported struct {
	Batch    string           `json:"batch,omitempty"` // "" when nothing changed
	Events   int              `json:"events"`
	Files    []ImportedFile   `json:"files"`
	Problems []intake.Problem `json:"-"` // the first few
	Refused  int              `json:"refused"`
	Report   []string         `json:"report,omitempty"` // the files with all problems
}

// chunkRows and chunkBytes bound what is recorded in one transaction.
const (
	chunkRows  = 1000
	chunkBytes = 4 << 20
)

// shownProblems is how many problems an Imported holds itself.
const shownProblems = 20

// Import records the rows of files: one event a row that changes something, one batch for all of it.
// A row with a problem is refused and reported while the others are kept. Rows are recorded a thousand
// at a time: when it ends with an error, what Imported counts is recorded and a second import of the
// same files goes on from there.
func (a *App) Import(ctx context.Context, actor string, files []string, o ImportOptions) (Imported, error) {
	m := &importer{app: a, actor: actor, o: o, report: write.NewReport(o.Report)}
	err := m.files(ctx, files)
	m.done.Refused = 0
	for _, f := range m.done.Files {
		m.done.Refused += f.Refused
	}
	reports, reportErr := m.report.Close()
	m.done.Report = reports
	if err == nil {
		err = reportErr
	}
	if err != nil && m.done.Events > 0 {
		err = fmt.Errorf("%w; %d rows before this are recorded as batch %s: import the same files again to go on, or undo the batch", err, m.done.Events, m.done.Batch)
	}
	return m.done, err
}

// importer is one import under way.
type importer struct {
	app    *App
	actor  string
	o      ImportOptions
	report *write.Report
	done   Imported
	now    *ImportedFile
	folder string // of the file, which provenance does not need to name
	chunk  []zhuanhua.Item
	bytes  int
	rows   int
}

func (m *importer) files(ctx context.Context, files []string) error {
	for _, path := range files {
		m.folder = filepath.Dir(path) + string(filepath.Separator)
		for f, err := range intake.Files(path, m.o.Intake) {
			if err == nil {
				err = m.file(ctx, f)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *importer) file(ctx context.Context, f intake.File) error {
	noun := m.o.Noun
	if noun == "" {
		var err error
		if noun, err = f.Detect(m.o.Intake); err != nil {
			return err
		}
	}
	if err := m.whole(f, noun); err != nil {
		return err
	}
	m.done.Files = append(m.done.Files, ImportedFile{File: f.Name, Noun: noun})
	m.now = &m.done.Files[len(m.done.Files)-1]
	for rec, err := range f.Records(noun, m.o.Intake) {
		if err != nil {
			return err
		}
		if err := m.take(ctx, rec); err != nil {
			return err
		}
	}
	return m.flush(ctx)
}

// whole reads a file to its end before anything of it is recorded: one that is cut off in the middle
// is refused as a whole. Workbooks are looked through when they are opened.
func (m *importer) whole(f intake.File, noun zhuanhua.Noun) error {
	if ext := strings.ToLower(filepath.Ext(f.Name)); ext == ".xlsx" || ext == ".xlsm" {
		return nil
	}
	o := m.o.Intake
	o.Warn = nil
	for _, err := range f.Records(noun, o) {
		if err != nil {
			return err
		}
	}
	return nil
}

// take puts a row into the chunk, or into the report.
func (m *importer) take(ctx context.Context, rec intake.Record) error {
	m.now.Rows++
	if m.rows++; m.o.Progress != nil && m.rows%100 == 0 {
		m.o.Progress(m.rows)
	}
	if len(rec.Problems) > 0 {
		return m.refuse(rec.Problems...)
	}
	rec.Source.File = strings.TrimPrefix(rec.Source.File, m.folder)
	it := zhuanhua.Put(rec.Value, rec.Source)
	m.chunk = append(m.chunk, it)
	m.bytes += len(it.Image)
	if len(m.chunk) < chunkRows && m.bytes < chunkBytes {
		return nil
	}
	return m.flush(ctx)
}

func (m *importer) refuse(problems ...intake.Problem) error {
	m.now.Refused++
	for _, p := range problems {
		if len(m.done.Problems) < shownProblems {
			m.done.Problems = append(m.done.Problems, p)
		}
		if m.o.Report == "" {
			continue
		}
		if err := m.report.Add(p); err != nil {
			return err
		}
	}
	return nil
}

// flush records the chunk.
func (m *importer) flush(ctx context.Context) error {
	rows := m.chunk
	m.chunk, m.bytes = m.chunk[:0], 0
	if len(rows) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.o.Try {
		return nil
	}
	return m.record(ctx, rows)
}

// record writes rows in one transaction. Where one of them cannot be recorded the others are, by halves.
func (m *importer) record(ctx context.Context, rows []zhuanhua.Item) error {
	c := zhuanhua.Change{Batch: m.done.Batch, Reason: m.o.Reason, Items: rows}
	r, err := m.app.store.Record(ctx, m.actor, c)
	if err == nil {
		m.count(r)
		return nil
	}
	switch kind := zhuanhua.KindOf(err); {
	case kind != zhuanhua.KindForbidden && kind != zhuanhua.KindInvalid && kind != zhuanhua.KindConflict:
		return err
	case len(rows) > 1:
		if err := m.record(ctx, rows[:len(rows)/2]); err != nil {
			return err
		}
		return m.record(ctx, rows[len(rows)/2:])
	}
	return m.refuse(problemOf(rows[0], err))
}

func (m *importer) count(r store.Recorded) {
	if r.First != 0 {
		m.done.Batch = r.Batch
	}
	m.done.Events += r.Created + r.Changed
	m.now.Created += r.Created
	m.now.Changed += r.Changed
	m.now.Unchanged += r.Unchanged
}

// problemOf puts what the store says about a row into the report's form.
func problemOf(it zhuanhua.Item, err error) intake.Problem {
	p := intake.Problem{File: it.Source.File, Row: it.Source.Row, Line: it.Source.Line, Column: "id", Value: it.ID, What: err.Error()}
	var e *zhuanhua.Error
	if errors.As(err, &e) {
		p.What, p.Do = e.What, e.Do
	}
	return p
}
