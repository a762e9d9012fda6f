package write

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"zhuanhua"
)

const (
	lastRow    = 20_000 // to which drop-downs reach
	maxDropped = 255    // UTF-16 units that a drop-down can hold itself
	listSheet  = "词表"
)

// Template writes an empty table of a noun for people to fill in: drop-downs from the vocabularies,
// remarks at the headings, and a sample row that is marked as one and passed over when it comes back.
func Template(w io.Writer, noun zhuanhua.Noun) error {
	fields := fieldsOf(noun)
	if fields == nil {
		return zhuanhua.Invalid("", "there are no records of kind "+string(noun), "")
	}
	t := &template{f: excelize.NewFile(), sheet: titles[noun], lists: map[string]string{}}
	defer t.f.Close()
	if err := t.f.SetSheetName("Sheet1", t.sheet); err != nil {
		return err
	}
	if _, err := t.f.NewSheet(listSheet); err != nil {
		return err
	}
	if err := t.styles(); err != nil {
		return err
	}
	for i, f := range fields {
		if err := t.column(i+1, f); err != nil {
			return fmt.Errorf("column %s: %w", f.heading, err)
		}
	}
	if err := t.f.SetPanes(t.sheet, &excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	if err := t.f.SetSheetVisible(listSheet, false); err != nil {
		return err
	}
	return t.f.Write(w)
}

type template struct {
	f                        *excelize.File
	sheet                    string
	head, must, sample, body int               // styles
	lists                    map[string]string // where a long vocabulary lies, by its words
}

func (t *template) styles() error {
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&t.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}}},
		{&t.must, excelize.Style{Font: &excelize.Font{Bold: true, Color: "C00000"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}}},
		{&t.sample, excelize.Style{Font: &excelize.Font{Italic: true, Color: "7F7F7F"}, NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&t.body, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}}, // text: codes and dates stay as they are typed
	} {
		id, err := t.f.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	return nil
}

// column writes heading, remark, sample and drop-down of one field.
func (t *template) column(n int, f field) error {
	col, err := excelize.ColumnNumberToName(n)
	if err != nil {
		return err
	}
	heading, style, width := f.heading, t.head, 16.0
	if strings.HasPrefix(f.note, "必填") {
		heading, style = heading+"*", t.must
	}
	if f.wide {
		width = 40
	}
	for _, err := range []error{
		t.f.SetColStyle(t.sheet, col, t.body),
		t.f.SetColWidth(t.sheet, col, col, width),
		t.f.SetCellStr(t.sheet, col+"1", heading),
		t.f.SetCellStyle(t.sheet, col+"1", col+"1", style),
		t.f.SetCellStr(t.sheet, col+"2", f.sample),
		t.f.SetCellStyle(t.sheet, col+"2", col+"2", t.sample),
	} {
		if err != nil {
			return err
		}
	}
	if f.note != "" {
		if err := t.f.AddComment(t.sheet, excelize.Comment{Cell: col + "1", Paragraph: []excelize.RichTextRun{{Text: f.note}}}); err != nil {
			return err
		}
	}
	if f.words == nil {
		return nil
	}
	return t.dropDown(col, f)
}

func (t *template) dropDown(col string, f field) error {
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(fmt.Sprintf("%s2:%s%d", col, col, lastRow))
	if len(utf16.Encode([]rune(strings.Join(f.words, ",")))) <= maxDropped {
		if err := dv.SetDropList(f.words); err != nil {
			return err
		}
	} else {
		ref, err := t.list(f.words)
		if err != nil {
			return err
		}
		dv.SetSqrefDropList(ref)
	}
	if f.several {
		dv.ShowErrorMessage = false // one is picked from the list, others may be typed
	} else {
		dv.SetError(excelize.DataValidationErrorStyleWarning, "不在列表中", "请从列表中选择："+cut(strings.Join(f.words, "、"), 180))
	}
	return t.f.AddDataValidation(t.sheet, dv)
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// list puts a vocabulary that is too long for a drop-down on the hidden sheet.
func (t *template) list(words []string) (string, error) {
	key := strings.Join(words, ",")
	if ref, ok := t.lists[key]; ok {
		return ref, nil
	}
	col, err := excelize.ColumnNumberToName(len(t.lists) + 1)
	if err != nil {
		return "", err
	}
	for i, w := range words {
		if err := t.f.SetCellStr(listSheet, fmt.Sprintf("%s%d", col, i+1), w); err != nil {
			return "", err
		}
	}
	t.lists[key] = fmt.Sprintf("'%s'!$%s$1:$%s$%d", listSheet, col, col, len(words))
	return t.lists[key], nil
}
