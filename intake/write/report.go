package write

import (
	"os"
	"path/filepath"
	"strconv"

	"zhuanhua"
	"zhuanhua/intake"
)

// Report is a table of what was wrong with a file, one line a problem: in which row and column, what
// value, and what to do. It is written as csv and as xlsx side by side.
type Report struct {
	base  string
	parts []reportPart
	n     int
}

type reportPart struct {
	to   string
	file *os.File
	w    rowWriter
}

// maxValue is how many runes of a value a report repeats.
const maxValue = 200

// maxLines bounds the lines of a report: a file in which more is wrong needs another look than this.
const maxLines = 1_000_000

var reportHeadings = []string{"文件 file", "工作表 sheet", "行 row", "记录 record", "列 column", "值 value", "问题 what is wrong", "处理办法 what to do"}

// NewReport makes a report at base.csv and base.xlsx. Nothing is written before the first problem.
func NewReport(base string) *Report { return &Report{base: base} }

// Add puts down one problem.
func (r *Report) Add(p intake.Problem) error {
	if r.parts == nil {
		if err := r.begin(); err != nil {
			return err
		}
	}
	if r.n++; r.n > maxLines {
		return nil
	}
	shown := []rune(p.Value)
	if len(shown) > maxValue {
		shown = append(shown[:maxValue:maxValue], '…')
	}
	cells := []value{text(filepath.Base(p.File)), text(p.Sheet), place(p.Line), place(p.Row), text(p.Column), text(string(shown)), text(p.What), text(p.Do)}
	for _, part := range r.parts {
		if err := part.w.row(cells); err != nil {
			return r.failed(err)
		}
	}
	return nil
}

func place(n int) value {
	if n <= 0 {
		return value{}
	}
	return value{text: strconv.Itoa(n), numeric: true}
}

func (r *Report) begin() error {
	for _, ext := range []string{".csv", ".xlsx"} {
		f, err := os.CreateTemp(filepath.Dir(r.base), ".report-*"+ext)
		if err != nil {
			return r.failed(err)
		}
		part := reportPart{to: r.base + ext, file: f}
		if ext == ".csv" {
			part.w = newCSV(f)
		} else if part.w, err = newXLSX(f, "问题"); err != nil {
			return r.failed(err)
		}
		r.parts = append(r.parts, part)
		if err := part.w.header(reportHeadings); err != nil {
			return r.failed(err)
		}
	}
	return nil
}

func (r *Report) failed(err error) error {
	r.Discard()
	return zhuanhua.Unavailable(r.base, "the report of problems cannot be written", "name a place with space to which you may write", err)
}

// Discard takes away what was written.
func (r *Report) Discard() {
	for _, p := range r.parts {
		_ = p.file.Close() // it is removed
		_ = os.Remove(p.file.Name())
	}
	r.parts = nil
}

// Close puts the report in its place and returns its files, none when there was no problem.
func (r *Report) Close() ([]string, error) {
	var files []string
	for _, p := range r.parts {
		err := p.w.finish()
		if err == nil {
			err = p.file.Chmod(0o644)
		}
		if err == nil {
			err = p.file.Close()
		}
		if err == nil {
			err = os.Rename(p.file.Name(), p.to)
		}
		if err != nil {
			return nil, r.failed(err)
		}
		files = append(files, p.to)
	}
	r.parts = nil
	return files, nil
}
