package intake

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"zhuanhua"
)

// records yields the records of a file. After a *RowError the next record can be asked for; any
// other error, io.EOF among them, ends the file.
type records interface {
	next() (zhuanhua.Source, error)
	close()
}

// gridRow is one row of a csv or xlsx file as it stands.
type gridRow struct {
	num    int // line or sheet row where it begins
	cells  []string
	filled []bool          // cells that repeat the value of a merged cell above; nil: none
	faults map[int]Problem // cells without a usable value, such as a formula that failed
}

// blank reports whether the row holds nothing of its own.
func (r gridRow) blank() bool {
	for i, c := range r.cells {
		if strings.TrimSpace(c) != "" && (r.filled == nil || !r.filled[i]) {
			return false
		}
	}
	return len(r.faults) == 0
}

// grid yields the rows of a csv or xlsx file, the header among them.
type grid interface {
	next() (gridRow, error)
	close()
}

// headerRows is how many rows may stand above the header: titles, remarks, units.
const headerRows = 20

// table reads the rows below the header as records.
type table struct {
	grid
	name     string
	sheet    string
	columns  []column
	overflow bool // csv: a row longer than the header is an error, for its commas are not all dividers
	warn     func(Problem)
	row      int
	told     map[int]bool // columns without a name that were warned of
	filled   bool         // merged cells were warned of
}

// newTable reads up to the header; untitled says what was found when there is none.
func newTable(g grid, in *input, sheet string, k kind, warn func(Problem)) (*table, error) {
	t := &table{grid: g, name: in.name, sheet: sheet, warn: warn, overflow: sheet == "", told: map[int]bool{}}
	var first []string
	unit, rows := "", 0
	for rows < headerRows {
		row, err := g.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if row.blank() {
			continue
		}
		rows++
		if t.columns = headerOf(k, row.cells); t.columns != nil {
			return t, t.finishHeader(k, row, unit)
		}
		if u := unitRemark(row.cells); u != "" {
			unit = u
		}
		if len(row.cells) > len(first) {
			first = row.cells
		}
	}
	if rows == 0 {
		return nil, &headerError{in.bad("the file holds nothing but blanks", "hand in a file with a header and at least one record")}
	}
	return nil, &headerError{untitled(Problem{File: in.name, Sheet: sheet}.Where(), k, first)}
}

// headerError says that a table has no header that is understood; another sheet may have one.
type headerError struct{ error }

// Unwrap gives the error its kind.
func (e *headerError) Unwrap() error { return e.error }

// headerOf reads a row as header: one of its columns must be the title.
func headerOf(k kind, cells []string) []column {
	columns, titled := make([]column, len(cells)), false
	for i, name := range cells {
		columns[i] = lookUp(k, name)
		titled = titled || columns[i].Noun == k.naming()
	}
	if !titled {
		return nil
	}
	return columns
}

// finishHeader joins the lower lines of a merged header, gives the unit stated above the table and
// refuses two columns of one name.
func (t *table) finishHeader(k kind, row gridRow, unit string) error {
	if g, ok := t.grid.(*sheetGrid); ok {
		if err := t.joinHeader(k, g, row); err != nil {
			return err
		}
	}
	at := map[string]int{}
	for i := range t.columns {
		c := &t.columns[i]
		if isAmount(c.Noun) && c.Unit == "" {
			c.Unit = unit
		}
		if c.Noun == "" {
			continue
		}
		if j, twice := at[c.Name]; twice {
			p := Problem{File: t.name, Sheet: t.sheet, Line: row.num, Column: c.Name,
				What: fmt.Sprintf("the header holds this name twice (columns %s and %s)", letters(j), letters(i)), Do: "rename or remove one"}
			return p.invalid()
		}
		at[c.Name] = i
	}
	return nil
}

// joinHeader reads a header of several lines, held together by merged cells: 知识产权 above 类型 and
// 编号 gives the columns 知识产权/类型 and 知识产权/编号, so that 编号 is not taken for the id.
func (t *table) joinHeader(k kind, g *sheetGrid, row gridRow) error {
	bottom := g.merges.bottom(row.num)
	if bottom == row.num {
		return nil
	}
	names := g.merges.spread(row)
	for n := row.num + 1; n <= bottom; n++ {
		lower, err := g.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i, name := range lower.cells {
			if i >= len(names) {
				names = append(names, "")
			}
			if name != "" && name != names[i] {
				names[i] = strings.Trim(names[i]+"/"+name, "/")
			}
		}
		n = max(n, lower.num)
	}
	t.columns = headerOf(k, names)
	for i := range t.columns {
		group, last, ok := strings.Cut(names[i], "/")
		if ok && t.columns[i].Noun == "" && strings.ContainsAny(group, "信基内") { // 基本信息, 成果内容, …
			t.columns[i] = lookUp(k, last)
			t.columns[i].Name = names[i]
		}
	}
	if headerOf(k, names) == nil {
		t.columns = headerOf(k, row.cells)
	}
	return nil
}

// unitRemark finds the remark 单位：万元 that stands above many tables.
func unitRemark(cells []string) string {
	for _, c := range cells {
		c = strings.Join(strings.Fields(norm.NFKC.String(shorten(c))), "")
		if _, unit, ok := strings.Cut(c, "单位:"); ok {
			return unitOf(foldRunes(unit))
		}
	}
	return ""
}

// next returns the next record that is not blank.
func (t *table) next() (zhuanhua.Source, error) {
	for {
		row, err := t.grid.next()
		if errors.Is(err, io.EOF) && t.row == 0 {
			return zhuanhua.Source{}, zhuanhua.Invalid(Problem{File: t.name, Sheet: t.sheet}.Where(),
				"there is a header but no record below it", "add at least one record")
		}
		if err != nil {
			return zhuanhua.Source{}, err
		}
		if !row.blank() {
			t.row++
			return t.record(row)
		}
	}
}

func (t *table) record(row gridRow) (zhuanhua.Source, error) {
	src := zhuanhua.Source{File: t.name, Row: t.row, Line: row.num}
	for i, raw := range row.cells {
		if p, bad := row.faults[i]; bad {
			p.Row = t.row
			if i < len(t.columns) && t.columns[i].Noun != "" {
				p.Column = t.columns[i].Name
				return src, &RowError{p}
			}
			t.warn(p)
		}
		if raw == "" {
			continue
		}
		if i >= len(t.columns) || t.columns[i].Name == "" {
			if err := t.unnamed(i, row, raw); err != nil {
				return src, err
			}
			src.Cells = append(src.Cells, zhuanhua.Cell{Column: letters(i), Raw: raw})
			continue
		}
		src.Cells = append(src.Cells, zhuanhua.Cell{Column: t.columns[i].Name, Noun: t.columns[i].Noun, Raw: raw})
	}
	if row.filled != nil && !t.filled {
		t.filled = true
		t.warn(Problem{File: t.name, Sheet: t.sheet, Row: t.row, Line: row.num,
			What: "merged cells: their value is taken for every row that they cover", Do: "check that this is meant"})
	}
	return src, nil
}

// unnamed handles a value that stands under no name.
func (t *table) unnamed(i int, row gridRow, raw string) error {
	if strings.TrimSpace(raw) == "" {
		return nil
	}
	p := Problem{File: t.name, Sheet: t.sheet, Row: t.row, Line: row.num, Value: raw}
	if i >= len(t.columns) && t.overflow {
		p.What = fmt.Sprintf("the line has %d values, the header %d names; the first beyond it is", len(row.cells), len(t.columns))
		p.Do = "put values that hold the dividing character into quotation marks"
		return &RowError{p}
	}
	if !t.told[i] {
		t.told[i] = true
		p.Column, p.What, p.Do = letters(i), "a value in a column without a name is not used", "name the column in the header"
		t.warn(p)
	}
	return nil
}

// letters is the name of a column in a spreadsheet, A for 0.
func letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}
