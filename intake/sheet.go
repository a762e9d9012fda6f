package intake

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"zhuanhua"
)

// sheetGrid reads the rows of one sheet, one at a time.
type sheetGrid struct {
	w      *workbook
	info   sheetInfo
	rc     io.ReadCloser
	d      *xmlReader
	merges *mergeSet
	last   int // number of the row read last
	row    gridRow
}

// maxRows is the number of rows that a sheet can have.
const maxRows = 1 << 20

func (w *workbook) sheet(info sheetInfo) (*sheetGrid, error) {
	merges, err := w.readMerges(info.part)
	if err != nil {
		return nil, err
	}
	rc, err := w.open(info.part, w.lim.UnpackedBytes)
	if err != nil {
		return nil, err
	}
	return &sheetGrid{w: w, info: info, rc: rc, d: newXMLReader(rc), merges: merges}, nil
}

func (g *sheetGrid) close() { _ = g.rc.Close() }

func (g *sheetGrid) place(row int) Problem {
	return Problem{File: g.w.in.name, Sheet: g.info.name, Line: row}
}

func (g *sheetGrid) damaged(err error) error { return g.w.damaged(g.info.part, err) }

// next returns the next row that the file writes down; rows without any cell may be missing.
func (g *sheetGrid) next() (gridRow, error) {
	for {
		tok, err := g.d.Token()
		if errors.Is(err, io.EOF) {
			return gridRow{}, io.EOF
		}
		if err != nil {
			return gridRow{}, g.damaged(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok || el.Name.Local != "row" {
			continue
		}
		if err := g.startRow(el); err != nil {
			return gridRow{}, err
		}
		if err := g.readCells(); err != nil {
			return gridRow{}, g.damaged(err)
		}
		g.merges.fill(&g.row)
		return g.row, nil
	}
}

func (g *sheetGrid) startRow(el xml.StartElement) error {
	num := g.last + 1
	if s := attr(el, "r"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n <= g.last {
			return g.damaged(fmt.Errorf("row %q after row %d", shorten(s), g.last))
		}
		num = n
	}
	if num > maxRows {
		return g.damaged(fmt.Errorf("row %d is beyond the last that a sheet can have", num))
	}
	g.last, g.row = num, gridRow{num: num}
	return nil
}

// readCells reads up to the end of the row.
func (g *sheetGrid) readCells() error {
	col := 0
	for {
		tok, err := g.d.Token()
		if err != nil {
			return unexpected(err)
		}
		switch el := tok.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if el.Name.Local != "c" {
				if err := g.d.Skip(); err != nil {
					return unexpected(err)
				}
				continue
			}
			at := col
			if ref := attr(el, "r"); ref != "" {
				if at = columnOf(ref); at < col {
					return fmt.Errorf("cell %q is out of order", shorten(ref))
				}
			}
			col = at + 1
			if err := g.readCell(el, at); err != nil {
				return err
			}
		}
	}
}

// rawCell is what a cell element holds.
type rawCell struct {
	value, text          string
	hasValue, hasFormula bool
}

func (g *sheetGrid) readCell(el xml.StartElement, at int) error {
	c, err := g.cellParts()
	if err != nil {
		return err
	}
	shown, fault := g.shown(el, c)
	if shown == "" && fault == "" {
		return nil
	}
	if at >= g.w.lim.Columns {
		p := g.place(g.row.num)
		p.Column, p.What, p.Do = letters(at), fmt.Sprintf("the sheet has more than %d columns", g.w.lim.Columns), "keep the columns that describe the record"
		return p.invalid()
	}
	if g.w.shown += int64(len(shown)); g.w.shown > g.w.lim.UnpackedBytes {
		return g.w.bomb(g.info.part, g.w.lim.UnpackedBytes)
	}
	for len(g.row.cells) <= at {
		g.row.cells = append(g.row.cells, "")
	}
	g.row.cells[at] = shown
	if fault != "" {
		p := g.place(g.row.num)
		p.Value, p.What, p.Do = shown, fmt.Sprintf("cell %s%d %s", letters(at), g.row.num, fault), "write the value itself into the cell, or mend the formula and save the file"
		if g.row.faults == nil {
			g.row.faults = map[int]Problem{}
		}
		g.row.faults[at] = p
	}
	return nil
}

// shown is the text that a reader of the sheet sees in the cell, and what is wrong with it.
func (g *sheetGrid) shown(el xml.StartElement, c rawCell) (shown, fault string) {
	kind := attr(el, "t")
	if c.hasFormula && c.value == "" && c.text == "" && !(c.hasValue && kind == "str") {
		return "", "holds a formula that was never computed"
	}
	switch kind {
	case "s":
		if !c.hasValue {
			return "", ""
		}
		i, err := strconv.Atoi(strings.TrimSpace(c.value))
		if err != nil || i < 0 || i >= len(g.w.strings) {
			return "", "refers to a text that is not in the file"
		}
		return g.w.strings[i], ""
	case "inlineStr":
		return c.text, ""
	case "str":
		return unescape(c.value), ""
	case "b":
		return map[bool]string{true: "TRUE", false: "FALSE"}[strings.TrimSpace(c.value) == "1"], ""
	case "e":
		return c.value, "shows an error"
	case "d":
		return c.value, ""
	}
	style, _ := strconv.Atoi(attr(el, "s")) // no style is style 0
	return g.w.shapes.show(style, c.value), ""
}

// cellParts reads the value, the inline text and whether there is a formula.
func (g *sheetGrid) cellParts() (rawCell, error) {
	var c rawCell
	for {
		tok, err := g.d.Token()
		if err != nil {
			return c, unexpected(err)
		}
		switch el := tok.(type) {
		case xml.EndElement:
			return c, nil
		case xml.StartElement:
			switch el.Name.Local {
			case "v":
				c.hasValue = true
				c.value, err = g.text()
			case "is":
				c.text, err = g.w.richText(g.d)
			case "f":
				c.hasFormula = true
				err = g.d.Skip()
			default:
				err = g.d.Skip()
			}
			if err != nil {
				return c, unexpected(err)
			}
		}
	}
}

// text reads the characters up to the end of the element.
func (g *sheetGrid) text() (string, error) {
	var s strings.Builder
	for {
		tok, err := g.d.Token()
		if err != nil {
			return "", err
		}
		switch el := tok.(type) {
		case xml.EndElement:
			return s.String(), nil
		case xml.CharData:
			if s.Write(el); s.Len() > 4*g.w.lim.CellRunes {
				return "", g.w.in.bad(fmt.Sprintf("a cell holds more than %d characters", g.w.lim.CellRunes), "shorten the text")
			}
		case xml.StartElement:
			if err := g.d.Skip(); err != nil {
				return "", err
			}
		}
	}
}

func attr(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf is the column of a reference such as B7, counted from 0; -1 when it is none.
func columnOf(ref string) int {
	n := 0
	for i, r := range ref {
		if r < 'A' || r > 'Z' {
			if i == 0 {
				return -1
			}
			break
		}
		if n = n*26 + int(r-'A') + 1; n > 1<<14 {
			return -1
		}
	}
	return n - 1
}

// openSheet finds the sheet to read and its header.
func (w *workbook) openSheet(k kind, want string, warn func(Problem)) (*table, error) {
	var first error
	hidden := ""
	for _, info := range w.sheets {
		if want != "" && info.name != want {
			continue
		}
		if info.hidden && want == "" {
			hidden = info.name
			continue
		}
		t, err := w.openTable(info, k, warn)
		var headless *headerError
		if err == nil || !errors.As(err, &headless) {
			return t, err
		}
		if first == nil {
			first = err
		}
	}
	switch {
	case first != nil && hidden != "":
		return nil, fmt.Errorf("%w (the hidden sheet %s was not read)", first, shorten(hidden))
	case first != nil:
		return nil, first
	case want != "":
		return nil, w.in.bad(fmt.Sprintf("there is no sheet named %q; the sheets are: %s", shorten(want), w.sheetNames()), "name one of them")
	}
	return nil, zhuanhua.Invalid(Problem{File: w.in.name, Sheet: hidden}.Where(), "all sheets of the workbook are hidden",
		"show the sheet and save the file, or name the sheet")
}

func (w *workbook) openTable(info sheetInfo, k kind, warn func(Problem)) (*table, error) {
	g, err := w.sheet(info)
	if err != nil {
		return nil, err
	}
	t, err := newTable(g, w.in, info.name, k, warn)
	if err != nil {
		g.close()
		return nil, err
	}
	return t, nil
}

func (w *workbook) sheetNames() string {
	var names []string
	for _, s := range w.sheets[:min(len(w.sheets), maxNamed)] {
		names = append(names, shorten(s.name))
	}
	return strings.Join(names, ", ")
}
