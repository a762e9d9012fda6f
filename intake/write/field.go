// Package write writes what intake reads: exports that come back as the same records, templates to
// fill in, and reports of what was wrong with a file, row by row. It keeps nothing and decides nothing.
package write

import (
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/intake"
)

// field is one column of a noun: its key in jsonl, its heading in tables, its value in a record.
type field struct {
	key, heading string
	get          func(zhuanhua.Record) value
	words        []string // the vocabulary, for a drop-down; nil: free
	several      bool     // more than one word of the vocabulary may stand
	note         string   // for people who fill in a template
	sample       string   // what the sample row shows
	wide         bool     // holds long text
}

// value is what a field holds: one text, a list of texts, or a plain number.
type value struct {
	text    string
	list    []string
	words   bool // the list is of words, which are also divided by blanks when read
	numeric bool
}

func (v value) empty() bool { return v.text == "" && len(v.list) == 0 }

// cell is the value in one cell. A list that would be read otherwise than it is meant is written as JSON.
func (v value) cell() string {
	if v.list == nil {
		return v.text
	}
	s := strings.Join(v.list, "；")
	if read := intake.SplitList(s, v.words); !equal(read, v.list) {
		return zhuanhua.CanonicalJSON(v.list)
	}
	return s
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func text(s string) value           { return value{text: s} }
func list(l []string) value         { return value{list: l} }
func words(l []string) value        { return value{list: l, words: true} }
func date(d zhuanhua.Date) value    { return value{text: d.String()} }
func named[T ~string](v T) value    { return value{text: string(v)} }
func level(t zhuanhua.TRL) value    { return number(int(t)) }
func modes(m []zhuanhua.Mode) value { return value{list: plain(m)} }

func number(n int) value {
	if n == 0 {
		return value{}
	}
	return value{text: strconv.Itoa(n), numeric: true}
}

func plain[T ~string](list []T) []string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// money is an amount with its unit: 万元 where two decimals are enough for it, else 元.
func money(m *zhuanhua.Money) value {
	if m == nil {
		return value{}
	}
	unit, name := zhuanhua.WanYuan, "万元"
	if *m%(unit/100) != 0 {
		unit, name = zhuanhua.Yuan, "元"
	}
	s := strconv.FormatInt(int64(*m/unit), 10)
	if rest := *m % unit * 100 / unit; rest != 0 {
		s += "." + strings.TrimRight(strconv.Itoa(int(100 + rest))[1:], "0")
	}
	return value{text: s + name}
}

// rights are the texts by which the holder named them.
func rights(list []zhuanhua.IPRight) value {
	var texts []string
	for _, r := range list {
		texts = append(texts, r.Text)
	}
	return value{text: strings.Join(texts, "；")}
}

// of makes a getter of one noun.
func of[T zhuanhua.Record](get func(T) value) func(zhuanhua.Record) value {
	return func(r zhuanhua.Record) value {
		t, ok := r.(T)
		if !ok {
			return value{}
		}
		return get(t)
	}
}

// Cells are the values of a record as an export would show them, for records that came from no file:
// what is matched and quoted must stand somewhere.
func Cells(r zhuanhua.Record) []zhuanhua.Cell {
	var cells []zhuanhua.Cell
	for _, f := range fieldsOf(r.Noun()) {
		if v := f.get(r); !v.empty() {
			cells = append(cells, zhuanhua.Cell{Column: f.heading, Noun: f.key, Raw: v.text, List: v.list})
		}
	}
	return cells
}
