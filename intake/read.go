package intake

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"zhuanhua"
)

// Achievements reads a whole file of achievements; the first problem that costs a record ends it.
func Achievements(path string, opt Options) ([]Achievement, error) {
	return collect(EachAchievement(path, opt))
}

// Needs reads a whole file of needs; the first problem that costs a record ends it.
func Needs(path string, opt Options) ([]Need, error) { return collect(EachNeed(path, opt)) }

// EachAchievement yields the achievements of a file one at a time, in bounded memory. A *RowError
// costs one record and the next follows; any other error is the last thing yielded.
func EachAchievement(path string, opt Options) iter.Seq2[Achievement, error] {
	return each(path, opt, readAchievements)
}

// EachNeed yields the needs of a file one at a time, as EachAchievement does achievements.
func EachNeed(path string, opt Options) iter.Seq2[Need, error] { return each(path, opt, readNeeds) }

func collect[T any](rows iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}

func each[T any](path string, opt Options, read func(*input, Options) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		in, err := openInput(path, opt.Limits.withDefaults())
		if err != nil {
			yield(none, err)
			return
		}
		defer in.close()
		for row, err := range read(in, opt) {
			if !yield(row, err) {
				return
			}
		}
	}
}

func readAchievements(in *input, opt Options) iter.Seq2[Achievement, error] {
	return readRows(in, opt, achievements, func(c *converter, src *zhuanhua.Source, id string) zhuanhua.Achievement {
		a := c.achievement(src)
		a.ID = id
		return a
	})
}

func readNeeds(in *input, opt Options) iter.Seq2[Need, error] {
	return readRows(in, opt, needs, func(c *converter, src *zhuanhua.Source, id string) zhuanhua.Need {
		n := c.need(src)
		n.ID = id
		return n
	})
}

// readRows goes through the records: identity first, so that a second copy costs nothing more.
func readRows[T any](in *input, opt Options, k kind, convert func(*converter, *zhuanhua.Source, string) T) iter.Seq2[Row[T], error] {
	return func(yield func(Row[T], error) bool) {
		if opt.Warn == nil {
			opt.Warn = func(Problem) {}
		}
		opt.Limits = opt.Limits.withDefaults()
		rec, conv, err := in.open(k, opt)
		if err != nil {
			yield(Row[T]{}, err)
			return
		}
		defer rec.close()
		ids := identities{warn: opt.Warn, sheet: conv.sheet, seen: map[string]identity{}, rule: ruleFor(k, opt)}
		for {
			src, err := rec.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && src.Row > opt.Limits.Records {
				err = in.bad(fmt.Sprintf("the file holds more than %d records", opt.Limits.Records), "divide it into smaller files")
			}
			var id string
			fresh := false
			if err == nil {
				id, fresh, err = ids.next(src)
			}
			var bad *RowError
			switch {
			case err != nil:
				if !yield(Row[T]{}, err) || !errors.As(err, &bad) {
					return
				}
			case fresh:
				row := Row[T]{Value: convert(conv, &src, id)}
				row.Source = src
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// open tells the format and reads up to the first record.
func (in *input) open(k kind, opt Options) (records, *converter, error) {
	conv := &converter{names: lookups{kind: k}, warn: opt.Warn, unit: map[string]string{}, amounts: amountColumns{kept: opt.kept}}
	f, err := in.sniff()
	if err != nil {
		return nil, nil, err
	}
	if f == formatXLSX {
		w, err := openWorkbook(in, opt.Limits)
		if err != nil {
			return nil, nil, err
		}
		t, err := w.openSheet(k, opt.Sheet, opt.Warn)
		return conv.over(t, err)
	}
	r, err := in.textReader(opt.Encoding, opt.Limits)
	if err != nil {
		return nil, nil, err
	}
	if f == formatJSONL {
		return &jsonlRecords{r: r, name: in.name, kind: k, lim: opt.Limits, names: lookups{kind: k}}, conv, nil
	}
	g := newCSVGrid(r, in.name, sniffComma(r, k, opt.Limits), opt.Limits)
	t, err := newTable(g, in, "", k, opt.Warn)
	return conv.over(t, err)
}

// over gives the converter what the header of the table says about units.
func (c *converter) over(t *table, err error) (records, *converter, error) {
	if err != nil {
		return nil, nil, err
	}
	c.sheet = t.sheet
	for _, col := range t.columns {
		c.unit[col.Name] = col.Unit
	}
	return t, c, nil
}

// identities gives each record its id and finds those that come twice.
type identities struct {
	warn    func(Problem)
	sheet   string
	seen    map[string]identity
	given   bool // the file has no ids; they are counted
	started bool
	rule    *idRule // of records that are kept; nil: any id will do
}

type identity struct {
	line int
	sum  [16]byte
}

// next returns the id of a record; fresh is false for a second copy of one that was read.
func (s *identities) next(src zhuanhua.Source) (id string, fresh bool, err error) {
	p := Problem{File: src.File, Sheet: s.sheet, Row: src.Row, Line: src.Line}
	cell, id := idOf(src)
	if s.rule != nil {
		var sample bool
		if id, sample, err = s.rule.apply(p, src); err != nil || sample {
			return id, false, err
		}
		s.started = true
	}
	if !s.started {
		s.started, s.given = true, cell.Column == ""
		if s.given {
			s.warn(Problem{File: src.File, Sheet: s.sheet, What: "there is no column for the id; the records are numbered 1, 2, …",
				Do: "add a column id or 编号 to refer to records by ids of your own"})
		}
	}
	if id == "" && s.given {
		id = strconv.Itoa(src.Row)
	}
	p.Column = cell.Column
	if what := zhuanhua.CheckID(id); what != "" {
		p.Value, p.What, p.Do = id, what, "give each record an id of its own"
		return id, false, &RowError{p}
	}
	now := identity{line: src.Line, sum: sum(src)}
	before, twice := s.seen[id]
	switch {
	case !twice:
		s.seen[id] = now
		return id, true, nil
	case before.sum == now.sum:
		p.Value, p.What, p.Do = id, fmt.Sprintf("the same record stood on %s; it is read once", s.place(before.line)), "remove one of them"
		s.warn(p)
		return id, false, nil
	}
	p.Value, p.What, p.Do = id, fmt.Sprintf("the id is used by another record on %s too", s.place(before.line)), "give one of them another id"
	return id, false, &RowError{p}
}

func (s *identities) place(line int) string {
	if s.sheet != "" {
		return "row " + strconv.Itoa(line)
	}
	return "line " + strconv.Itoa(line)
}

// idOf finds the cell with the id; a serial number serves where there is none.
func idOf(src zhuanhua.Source) (zhuanhua.Cell, string) {
	for _, noun := range []string{"id", "serial"} {
		for _, c := range src.Cells {
			if c.Noun == noun && c.List == nil {
				if id := clean(c); id != "" {
					return c, id
				}
			}
		}
	}
	return zhuanhua.Cell{}, ""
}

// sum is a digest of what the record says; two copies of it may have different serial numbers.
func sum(src zhuanhua.Source) [16]byte {
	h := sha256.New()
	for _, c := range src.Cells {
		if c.Noun == "serial" {
			continue
		}
		fmt.Fprintf(h, "%d:%s=%d:%s", len(c.Column), c.Column, len(c.Raw), c.Raw)
		for _, s := range c.List {
			fmt.Fprintf(h, ",%d:%s", len(s), s)
		}
	}
	return [16]byte(h.Sum(nil)[:16])
}
