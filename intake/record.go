package intake

import (
	"errors"
	"iter"

	"zhuanhua"
)

// Record is one row of a file of records that are to be kept. One with problems is not fit to be kept:
// a value that is left out would take away the value that is there.
type Record struct {
	Value    zhuanhua.Record // nil when there are problems
	Source   zhuanhua.Source
	Problems []Problem
}

// Records yields the rows of a file as records to be kept, in bounded memory. Unlike EachAchievement it
// asks for ids, and refuses a record with a value that is not understood. An error is the last thing
// yielded.
func Records(path string, noun zhuanhua.Noun, opt Options) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		in, err := openInput(path, opt.Limits.withDefaults())
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer in.close()
		in.records(noun, opt)(yield)
	}
}

func (in *input) records(noun zhuanhua.Noun, opt Options) iter.Seq2[Record, error] {
	k, ok := kindOf(noun)
	k.mapping = opt.Mapping
	var lost []Problem
	warn := opt.Warn
	opt.kept = true
	opt.Warn = func(p Problem) {
		switch {
		case p.Lost:
			lost = append(lost, p)
		case warn != nil:
			warn(p)
		}
	}
	return func(yield func(Record, error) bool) {
		if !ok {
			yield(Record{}, zhuanhua.Invalid(in.name, "there are no records of kind "+string(noun), "name one of "+nounList()))
			return
		}
		if err := opt.Mapping.check(k); err != nil {
			yield(Record{}, err)
			return
		}
		for row, err := range readRows(in, opt, k, recordOf(noun)) {
			rec := Record{row.Value, row.Source, lost}
			var bad *RowError
			if errors.As(err, &bad) {
				rec.Problems, err = append(rec.Problems, bad.Problem), nil
			}
			if len(rec.Problems) > 0 {
				rec.Value = nil
			}
			if !yield(rec, err) || err != nil {
				return
			}
			lost = nil
		}
	}
}

// recordOf reads the fields of a noun. A record must have a name: one without is no use to anybody.
func recordOf(noun zhuanhua.Noun) func(*converter, *zhuanhua.Source, string) zhuanhua.Record {
	return func(c *converter, src *zhuanhua.Source, id string) zhuanhua.Record {
		f := fields{c, *src}
		switch noun {
		case zhuanhua.NounAchievement:
			a := c.achievement(src)
			a.ID = id
			f.required("title", a.Title)
			return a
		case zhuanhua.NounNeed:
			n := c.need(src)
			n.ID = id
			f.required("title", n.Title)
			return n
		case zhuanhua.NounOrganisation:
			return f.organisation(id)
		case zhuanhua.NounPerson:
			return f.person(id)
		default:
			return f.contract(id)
		}
	}
}

// required tells of a record without its name as of a value that is lost.
func (f fields) required(noun, value string) {
	if value != "" {
		return
	}
	p := Problem{File: f.src.File, Sheet: f.sheet, Row: f.src.Row, Line: f.src.Line, Column: noun, Lost: true,
		What: "the record has no " + noun, Do: "fill it in"}
	for _, c := range f.src.Cells {
		if c.Noun == noun {
			p.Column = c.Column
		}
	}
	f.warn(p)
}

func nounList() string {
	s := ""
	for i, n := range zhuanhua.Nouns() {
		if i > 0 {
			s += ", "
		}
		s += string(n)
	}
	return s
}
