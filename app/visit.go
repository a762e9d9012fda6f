package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// visitRegister is the register of visits, which every plan with field work has under this name.
const visitRegister = "visit"

// spareRows is how many empty lines a sheet has for visits that are still to come.
const spareRows = 20

// The columns that tie a line to an entry. Lines for new visits leave them empty.
const (
	entryColumn   = "条目编号（勿改）"
	versionColumn = "版本（勿改）"
)

// VisitSheet is a day's visits of an officer, for work without a network.
type VisitSheet struct {
	Header []string
	Rows   [][]string
	Known  int // lines that are visits already recorded
}

// VisitResult is what became of a line that was brought back.
type VisitResult struct {
	Row     int          `json:"row"`
	Result  string       `json:"result"` // recorded, corrected, unchanged, conflict, refused
	Entry   string       `json:"entry,omitempty"`
	Case    string       `json:"case,omitempty"`
	Differs []Difference `json:"differs,omitempty"` // of a conflict
	Problem string       `json:"problem,omitempty"`
}

// Difference is a field that says one thing in the file and another in the records.
type Difference struct {
	Field string `json:"field"`
	File  string `json:"file"`
	Now   string `json:"now"`
}

// visits is the work on one sheet.
type visits struct {
	desk *Desk
	reg  *plan.Register
	as   string
	who  reader
}

func (d *Desk) visits(ctx context.Context, as string) (*visits, error) {
	reg := d.plan.Register(visitRegister)
	if reg == nil {
		return nil, d.noRegister(visitRegister)
	}
	who, err := d.looking(ctx, as)
	return &visits{d, reg, as, who}, err
}

// column is what a field is called in a sheet.
func column(f *plan.Field) string { return f.Title.ZH + "（" + f.ID + "）" }

// fields are those that a sheet can hold.
func (v *visits) fields() []*plan.Field {
	return slices.DeleteFunc(slices.Clone(v.reg.Fields), func(f *plan.Field) bool { return f.Type == plan.FieldFiles })
}

// Visits is the sheet of a day's visits of an officer: those that are recorded, to be corrected, and empty
// lines to fill in. The officer is named by the entry of their posting, or by the person's id.
func (d *Desk) Visits(ctx context.Context, as, officer string, on zhuanhua.Date) (VisitSheet, error) {
	v, err := d.visits(ctx, as)
	if err != nil {
		return VisitSheet{}, err
	}
	posting, err := v.posting(ctx, officer, on)
	if err != nil {
		return VisitSheet{}, err
	}
	s := VisitSheet{Header: []string{entryColumn, versionColumn}}
	for _, f := range v.fields() {
		s.Header = append(s.Header, column(f))
	}
	err = each(ctx, d.store, store.Filter{Is: map[string]any{"register": v.reg.ID}}, func(e zhuanhua.Accreditation, version int64) error {
		if e.Values["officer"] == posting.ID && e.Values[v.reg.Effective.ID] == on.String() && e.State(on) == zhuanhua.EntryActive && d.mayKnow(v.who, e.Register, e.Readers) {
			s.Rows = append(s.Rows, v.line(e.ID, strconv.FormatInt(version, 10), e.Values))
		}
		return nil
	})
	s.Known = len(s.Rows)
	known := map[string]string{"officer": posting.ID, v.reg.Effective.ID: on.String(), "station": posting.Values["station"]}
	for range spareRows {
		s.Rows = append(s.Rows, v.line("", "", known))
	}
	return s, err
}

func (v *visits) line(entry, version string, values map[string]string) []string {
	row := []string{entry, version}
	for _, f := range v.fields() {
		row = append(row, values[f.ID])
	}
	return row
}

// posting finds the entry of an officer who is posted on a day.
func (v *visits) posting(ctx context.Context, officer string, on zhuanhua.Date) (zhuanhua.Accreditation, error) {
	var found zhuanhua.Accreditation
	f := v.reg.Field("officer")
	if f == nil {
		return found, zhuanhua.Invalid("officer", "走访名录没有字段 officer the register of visits has no field officer", "add it to the plan")
	}
	err := v.desk.eachEntry(ctx, v.who, RegisterFilter{}, f.Of.ID, func(e *zhuanhua.Accreditation) error {
		if (e.ID == officer || officer != "" && e.Person == officer) && e.State(on) == zhuanhua.EntryActive {
			found = *e
		}
		return nil
	})
	if err == nil && found.ID == "" {
		err = &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "--officer " + officer, What: "当日没有在任的派驻专员 no officer of that id is posted on that day", Do: "see zhuanhua register list " + f.Of.ID + " --on " + on.String()}
	}
	return found, err
}

// VisitLine is a line that is brought back: its row in the file, and its cells by column.
type VisitLine struct {
	Row   int
	Cells map[string]string
}

// ImportVisits takes a sheet in. New lines are recorded, changed ones corrected; what somebody else changed
// meanwhile, or recorded otherwise, stays as it is and is shown. The same sheet again changes nothing.
func (d *Desk) ImportVisits(ctx context.Context, as string, lines []VisitLine) ([]VisitResult, error) {
	v, err := d.visits(ctx, as)
	if err != nil {
		return nil, err
	}
	list := []VisitResult{}
	for _, l := range lines {
		values := v.values(l)
		if v.empty(values) && l.Cells[entryColumn] == "" {
			continue
		}
		r, err := v.take(ctx, l, values)
		if r.Row = l.Row; err != nil {
			// What is wrong with one line does not keep the others out.
			if kind := zhuanhua.KindOf(err); kind == zhuanhua.KindInternal || kind == zhuanhua.KindUnavailable {
				return list, err
			}
			r.Result, r.Problem = "refused", strings.ReplaceAll(err.Error(), "\n", " ")
		}
		list = append(list, r)
	}
	return list, nil
}

// values are the fields of a line, in their machine form where they have one.
func (v *visits) values(l VisitLine) map[string]string {
	out := map[string]string{}
	for _, f := range v.fields() {
		if s := l.Cells[column(f)]; s != "" {
			out[f.ID] = s
		}
	}
	filled, problems := v.desk.plan.Fill(v.reg.Form(), out, nil, true)
	for _, p := range problems {
		filled[p.Field] = out[p.Field] // flow says what is wrong with it
	}
	return filled
}

// empty reports whether nobody filled a line in: it says no more than an exported one.
func (v *visits) empty(values map[string]string) bool {
	for id := range values {
		if id != "officer" && id != "station" && id != v.reg.Effective.ID {
			return false
		}
	}
	return true
}

// take takes one line in.
func (v *visits) take(ctx context.Context, l VisitLine, values map[string]string) (VisitResult, error) {
	id := l.Cells[entryColumn]
	if id == "" {
		there, _, err := v.same(ctx, values)
		switch {
		case err != nil:
			return VisitResult{}, err
		case there == nil:
			return v.record(ctx, values)
		}
		return v.compare(there, values), nil
	}
	e, version, err := v.desk.readEntry(ctx, v.who, id)
	if err != nil {
		return VisitResult{}, err
	}
	r := v.compare(&e, values)
	if r.Result == "unchanged" || l.Cells[versionColumn] != strconv.FormatInt(version, 10) {
		return r, nil
	}
	return v.correct(ctx, &e, values)
}

// same finds the recorded visit that a line without an id is about.
func (v *visits) same(ctx context.Context, values map[string]string) (found *zhuanhua.Accreditation, version int64, err error) {
	err = each(ctx, v.desk.store, store.Filter{Is: map[string]any{"register": v.reg.ID}}, func(e zhuanhua.Accreditation, n int64) error {
		alike := !slices.ContainsFunc(v.reg.OneOf(), func(k string) bool { return e.Values[k] != values[k] })
		if alike && v.desk.mayKnow(v.who, e.Register, e.Readers) && e.State(v.who.today) != zhuanhua.EntryRevoked {
			found, version = &e, n
		}
		return nil
	})
	return found, version, err
}

// compare says whether a line agrees with an entry, and where it does not.
func (v *visits) compare(e *zhuanhua.Accreditation, values map[string]string) VisitResult {
	r := VisitResult{Result: "unchanged", Entry: e.ID, Case: e.Cases[0]}
	for _, f := range v.fields() {
		if e.Values[f.ID] != values[f.ID] {
			r.Differs = append(r.Differs, Difference{f.ID, values[f.ID], e.Values[f.ID]})
		}
	}
	if len(r.Differs) > 0 {
		r.Result = "conflict"
		r.Problem = "记录已有变动，未覆盖 the record differs and was left as it is"
	}
	return r
}

// record begins and hands in the case of a new visit. One that is refused is given up, so that the next try
// begins anew.
func (v *visits) record(ctx context.Context, values map[string]string) (VisitResult, error) {
	d := v.desk
	w := d.plan.Workflow(v.reg.Enters.ID)
	enter := action(w, w.Start().ID, func(a *plan.Action) bool { return a.RegisterForm && a.Effect("accredit") != nil })
	if enter == nil {
		return VisitResult{}, zhuanhua.Invalid(w.ID, "流程不能一步记录走访 the workflow records no visit in one step", "give its first action the register's form and the effect accredit")
	}
	done, err := d.NewCase(ctx, v.as, flow.Beginning{Workflow: w.ID, Register: v.reg.ID, Title: v.reg.Title.ZH + "：" + values["visited"]})
	if err != nil {
		return VisitResult{}, err
	}
	out, err := d.Do(ctx, v.as, done.ID, Doing{Act: flow.Act{Action: enter.ID, Values: values, Note: "外勤导入 brought in from the field"}})
	if err != nil {
		v.giveUp(ctx, w, done.ID)
		return VisitResult{Case: done.ID}, err
	}
	return VisitResult{Result: "recorded", Entry: out.Case.Accreditation, Case: out.Case.ID}, nil
}

// action is the first action of a state that fits, nil when none does.
func action(w *plan.Workflow, state string, fits func(*plan.Action) bool) *plan.Action {
	for _, a := range w.Actions {
		if a.IsFrom(state) && fits(a) {
			return a
		}
	}
	return nil
}

// giveUp withdraws a case that could not be handed in.
func (v *visits) giveUp(ctx context.Context, w *plan.Workflow, id string) {
	end := action(w, w.Start().ID, func(a *plan.Action) bool {
		to := w.State(a.To.ID)
		return a.IsBy("applicant") && to != nil && to.Outcome == "withdrawn"
	})
	if end != nil {
		// Where even this is refused the draft stays; nothing hangs on it.
		_, _ = v.desk.Do(ctx, v.as, id, Doing{Act: flow.Act{Action: end.ID, Note: "外勤导入未成 the import was refused"}})
	}
}

// correct changes a recorded visit that nobody else has touched since the sheet was made.
func (v *visits) correct(ctx context.Context, e *zhuanhua.Accreditation, values map[string]string) (VisitResult, error) {
	d := v.desk
	c, _, err := d.readCase(ctx, v.who.user, e.Cases[0])
	if err != nil {
		return VisitResult{}, err
	}
	w := d.plan.Workflow(c.Workflow)
	amend := action(w, c.State, func(a *plan.Action) bool { return a.RegisterForm && a.Effect("amend_entry") != nil })
	if amend == nil {
		return VisitResult{Entry: e.ID, Case: c.ID}, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: e.ID, What: "记录已核对，不能再更正 the record is confirmed and not corrected any more", Do: "begin an amendment: zhuanhua case new amendment --entry " + e.ID}
	}
	given := maps.Clone(values)
	for _, f := range v.fields() {
		if _, there := given[f.ID]; !there && e.Values[f.ID] != "" {
			given[f.ID] = "" // it was cleared in the sheet
		}
	}
	_, err = d.Do(ctx, v.as, c.ID, Doing{Act: flow.Act{Action: amend.ID, Values: given, Note: "外勤导入更正 corrected from the field"}})
	var refused *flow.Refused
	if errors.As(err, &refused) {
		return VisitResult{Entry: e.ID, Case: c.ID}, err
	}
	if err != nil {
		return VisitResult{}, fmt.Errorf("%s: %w", e.ID, err)
	}
	return VisitResult{Result: "corrected", Entry: e.ID, Case: c.ID}, nil
}
