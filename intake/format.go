package intake

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// numberShape shows numbers as the spreadsheet program shows them: dates, percentages, units.
type numberShape struct {
	date1904 bool
	formats  []int          // number format by style
	codes    map[int]string // custom formats
	file     *excelize.File
	cells    map[int]string // a cell of file for each format in use
	cache    map[shapeKey]string
}

type shapeKey struct {
	format int
	value  string
}

// maxCache bounds the values remembered; a table repeats few formats and many values.
const maxCache = 4096

// maxCode is the longest number format that Excel itself accepts.
const maxCode = 255

// readStyles reads which style has which number format.
func (w *workbook) readStyles() error {
	if w.styles == "" {
		return nil
	}
	var sheet struct {
		Custom []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Styles []struct {
			ID int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode(w.styles, &sheet); err != nil {
		return err
	}
	w.shapes.codes = map[int]string{}
	for _, c := range sheet.Custom {
		if len(c.Code) <= maxCode {
			w.shapes.codes[c.ID] = c.Code
		}
	}
	for _, s := range sheet.Styles {
		w.shapes.formats = append(w.shapes.formats, s.ID)
	}
	return nil
}

// show is the number as a reader of the sheet sees it, or as it is stored when the format is not known.
func (n *numberShape) show(style int, value string) string {
	if len(value) > 64 || !isNumber(value) {
		return value
	}
	format := 0
	if style >= 0 && style < len(n.formats) {
		format = n.formats[style]
	}
	if format == 0 && len(value) <= 15 && !strings.ContainsAny(value, "eE") {
		return value
	}
	key := shapeKey{format, value}
	if s, ok := n.cache[key]; ok {
		return s
	}
	if n.cache == nil || len(n.cache) >= maxCache {
		n.cache = map[shapeKey]string{}
	}
	s := n.format(format, value)
	n.cache[key] = s
	return s
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// format asks excelize, in a workbook that holds one cell for each format. A format that it cannot
// read may make it panic; the stored number is the honest answer then.
func (n *numberShape) format(format int, value string) (shown string) {
	defer func() {
		if recover() != nil {
			shown = value
		}
	}()
	cell, err := n.cellFor(format)
	if err != nil {
		return value
	}
	if err := n.file.SetCellDefault("Sheet1", cell, value); err != nil {
		return value
	}
	shown, err = n.file.GetCellValue("Sheet1", cell)
	if err != nil || shown == "" {
		return value
	}
	return strings.ToValidUTF8(shown, "\ufffd")
}

func (n *numberShape) cellFor(format int) (string, error) {
	if n.file == nil {
		n.cells = map[int]string{}
		n.file = excelize.NewFile(excelize.Options{
			ShortDatePattern: "yyyy/m/d", LongDatePattern: `yyyy"年"m"月"d"日"`, CultureInfo: excelize.CultureNameZhCN,
		})
		if err := n.file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &n.date1904}); err != nil {
			return "", err
		}
	}
	if cell, ok := n.cells[format]; ok {
		return cell, nil
	}
	style := &excelize.Style{NumFmt: format}
	if code, custom := n.codes[format]; custom {
		style = &excelize.Style{CustomNumFmt: &code}
	}
	id, err := n.file.NewStyle(style)
	if err != nil {
		return "", err
	}
	cell := fmt.Sprintf("A%d", len(n.cells)+1)
	n.cells[format] = cell
	return cell, n.file.SetCellStyle("Sheet1", cell, cell, id)
}

// unescape turns _x000D_ and its like, the way xlsx writes control characters, back into them.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s) < i+7 {
			b.WriteString(s)
			return b.String()
		}
		v, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
		if err != nil || s[i+6] != '_' || v >= 0xd800 && v < 0xe000 {
			b.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteRune(rune(v))
		s = s[i+7:]
	}
}
