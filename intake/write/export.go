package write

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"zhuanhua"
	"zhuanhua/intake"
)

// Format is how an export is laid out.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	XLSX  Format = "xlsx"
	JSONL Format = "jsonl"
)

// FormatOf tells the format from the name of a file.
func FormatOf(path string) (Format, bool) {
	for _, f := range []Format{CSV, XLSX, JSONL} {
		if strings.HasSuffix(strings.ToLower(path), "."+string(f)) {
			return f, true
		}
	}
	return "", false
}

// Export writes records of one noun, in the order given, so that reading the file gives the same
// records again. It returns how many there were.
func Export(w io.Writer, f Format, noun zhuanhua.Noun, rows iter.Seq2[zhuanhua.Record, error]) (int, error) {
	fields := fieldsOf(noun)
	if fields == nil {
		return 0, zhuanhua.Invalid("", "there are no records of kind "+string(noun), "")
	}
	var out rowWriter
	switch f {
	case CSV:
		out = newCSV(w)
	case JSONL:
		out = &jsonlWriter{bufio.NewWriter(w), fields}
	case XLSX:
		var err error
		if out, err = newXLSX(w, titles[noun]); err != nil {
			return 0, err
		}
	default:
		return 0, zhuanhua.Invalid("", fmt.Sprintf("the format %q is not known", f), "name csv, xlsx or jsonl")
	}
	if err := out.header(headings(fields)); err != nil {
		return 0, err
	}
	n := 0
	values := make([]value, len(fields))
	for r, err := range rows {
		if err != nil {
			return n, err
		}
		for i := range fields {
			values[i] = fields[i].get(r)
		}
		if err := out.row(values); err != nil {
			return n, fmt.Errorf("%s %s: %w", noun, r.Key(), err)
		}
		n++
	}
	return n, out.finish()
}

func headings(fields []field) []string {
	out := make([]string, len(fields))
	for i := range fields {
		out[i] = fields[i].heading
	}
	return out
}

// rowWriter lays out rows in one format.
type rowWriter interface {
	header(names []string) error
	row(values []value) error
	finish() error
}

type csvWriter struct{ w *csv.Writer }

// newCSV begins a csv file with a byte-order mark, by which spreadsheet programs know UTF-8.
func newCSV(w io.Writer) *csvWriter {
	b := bufio.NewWriter(w)
	b.WriteString("\ufeff") // bufio remembers an error until Flush
	return &csvWriter{csv.NewWriter(b)}
}

func (c *csvWriter) header(names []string) error { return c.w.Write(names) }

func (c *csvWriter) row(values []value) error {
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = guard(v.cell())
	}
	return c.w.Write(cells)
}

func (c *csvWriter) finish() error {
	c.w.Flush()
	return c.w.Error()
}

// guard keeps a spreadsheet program from taking a text for a formula when it opens a csv file.
func guard(s string) string {
	if intake.IsFormula(s) {
		return "'" + s
	}
	return s
}

type jsonlWriter struct {
	w      *bufio.Writer
	fields []field
}

func (j *jsonlWriter) header([]string) error { return nil }

func (j *jsonlWriter) row(values []value) error {
	sep := "{"
	for i, v := range values {
		if v.empty() {
			continue
		}
		var part string
		switch {
		case v.numeric:
			part = v.text
		case v.list != nil:
			part = zhuanhua.CanonicalJSON(v.list)
		default:
			part = zhuanhua.CanonicalJSON(v.text)
		}
		fmt.Fprintf(j.w, `%s"%s":%s`, sep, j.fields[i].key, part)
		sep = ","
	}
	_, err := j.w.WriteString("}\n")
	return err
}

func (j *jsonlWriter) finish() error { return j.w.Flush() }

type xlsxWriter struct {
	to   io.Writer
	file *excelize.File
	s    *excelize.StreamWriter
	num  int
}

// maxCell is how many UTF-16 units a cell of a workbook can hold.
const maxCell = 32767

func newXLSX(w io.Writer, sheet string) (*xlsxWriter, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	if err := f.SetDocProps(&excelize.DocProperties{}); err != nil {
		return nil, err
	}
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	return &xlsxWriter{to: w, file: f, s: s}, nil
}

func (x *xlsxWriter) header(names []string) error {
	style, err := x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	if err != nil {
		return err
	}
	if err := x.s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := x.s.SetColWidth(1, len(names), 18); err != nil {
		return err
	}
	cells := make([]any, len(names))
	for i, n := range names {
		cells[i] = excelize.Cell{StyleID: style, Value: n}
	}
	return x.put(cells)
}

func (x *xlsxWriter) put(cells []any) error {
	x.num++
	if x.num > excelize.TotalRows {
		return zhuanhua.Invalid("", "a workbook holds no more than 1,048,576 rows", "write csv or jsonl")
	}
	at, err := excelize.CoordinatesToCellName(1, x.num)
	if err != nil {
		return err
	}
	return x.s.SetRow(at, cells)
}

func (x *xlsxWriter) row(values []value) error {
	cells := make([]any, len(values))
	for i, v := range values {
		s := v.cell()
		if len(s) > maxCell && len(utf16.Encode([]rune(s))) > maxCell {
			return zhuanhua.Invalid("", "a text is longer than a cell of a workbook can hold (32,767 characters)", "write csv or jsonl")
		}
		switch {
		case s == "":
		case v.numeric:
			cells[i] = json.Number(s)
			if n, err := json.Number(s).Int64(); err == nil {
				cells[i] = n
			}
		default:
			cells[i] = s
		}
	}
	return x.put(cells)
}

func (x *xlsxWriter) finish() error {
	if err := x.s.Flush(); err != nil {
		return err
	}
	if err := x.file.Write(x.to); err != nil {
		return err
	}
	return x.file.Close()
}
