package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"zhuanhua"
)

// csvGrid reads delimited text record by record. encoding/csv is not used because it turns CR LF
// inside quotation marks into LF, which would move every offset behind it, and because one missing
// quotation mark makes it read the rest of the file into memory.
type csvGrid struct {
	r     *bufio.Reader
	name  string
	comma byte
	lim   Limits
	line  int // of the next byte
	cr    bool
	bytes int // of the record so far
	field []byte
	row   gridRow
}

func newCSVGrid(r *bufio.Reader, name string, comma byte, lim Limits) *csvGrid {
	return &csvGrid{r: r, name: name, comma: comma, lim: lim, line: 1}
}

func (c *csvGrid) close() {}

func (c *csvGrid) bad(line int, what, do string) error {
	return zhuanhua.Invalid(fmt.Sprintf("%s, line %d", c.name, line), what, do)
}

// next returns the next record, blank ones included; io.EOF after the last.
func (c *csvGrid) next() (gridRow, error) {
	c.row, c.bytes = gridRow{num: c.line}, 0
	for {
		c.field = c.field[:0]
		end, err := c.readField()
		if err != nil {
			return gridRow{}, err
		}
		if end == endFile && len(c.row.cells) == 0 && len(c.field) == 0 {
			return gridRow{}, io.EOF
		}
		if err := c.keepField(); err != nil {
			return gridRow{}, err
		}
		if end != endField {
			return c.row, nil
		}
	}
}

func (c *csvGrid) keepField() error {
	n := len(c.row.cells) + 1
	if n > c.lim.Columns {
		return c.bad(c.row.num, fmt.Sprintf("the line has more than %d columns", c.lim.Columns),
			"keep the columns that describe the record")
	}
	if len(c.field) > c.lim.CellRunes && utf8.RuneCount(c.field) > c.lim.CellRunes {
		return c.bad(c.row.num, fmt.Sprintf("column %d holds more than %d characters", n, c.lim.CellRunes),
			"shorten the text, or check the quotation marks")
	}
	c.row.cells = append(c.row.cells, string(c.field))
	return nil
}

// fieldEnd says what came after a field.
type fieldEnd int

const (
	endField fieldEnd = iota
	endRecord
	endFile
)

// read returns the next byte, keeping count of lines and of the record's size.
func (c *csvGrid) read() (byte, error) {
	b, err := c.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if c.bytes++; c.bytes > c.lim.LineBytes {
		return 0, c.bad(c.row.num, "the record that begins here is longer than "+size(int64(c.lim.LineBytes)),
			"look for a quotation mark that is not closed")
	}
	if b == '\r' || b == '\n' && !c.cr {
		c.line++
	}
	c.cr = b == '\r'
	return b, nil
}

// readField reads one field into c.field.
func (c *csvGrid) readField() (fieldEnd, error) {
	b, err := c.read()
	if err == nil && b == '"' {
		return c.readQuoted()
	}
	for err == nil {
		if end, done := c.ends(b); done {
			return end, nil
		}
		c.field = append(c.field, b)
		b, err = c.read()
	}
	return endFile, c.atEnd(err)
}

func (c *csvGrid) readQuoted() (fieldEnd, error) {
	opened := c.line
	for {
		b, err := c.read()
		if errors.Is(err, io.EOF) {
			return 0, c.bad(opened, "a quotation mark opens a value here and is never closed", `write " at the end of the value`)
		}
		if err != nil {
			return 0, err
		}
		if b != '"' {
			c.field = append(c.field, b)
			continue
		}
		b, err = c.read()
		if err != nil {
			return endFile, c.atEnd(err)
		}
		if b == '"' {
			c.field = append(c.field, '"')
			continue
		}
		if end, done := c.ends(b); done {
			return end, nil
		}
		return 0, c.bad(c.line, "after a closing quotation mark there is more text",
			`write a quotation mark inside a quoted value twice ("")`)
	}
}

// ends reports whether b ends the field, taking CR LF as one.
func (c *csvGrid) ends(b byte) (fieldEnd, bool) {
	switch b {
	case c.comma:
		return endField, true
	case '\n':
		return endRecord, true
	case '\r':
		if p, err := c.r.Peek(1); err == nil && p[0] == '\n' {
			_, _ = c.read() // cannot fail but for the size, which the next record meets again
		}
		return endRecord, true
	}
	return 0, false
}

func (c *csvGrid) atEnd(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	var known *zhuanhua.Error
	if errors.As(err, &known) {
		return err
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindUnavailable, Where: c.name, What: "the file cannot be read", Err: err}
}

// sniffComma finds what divides the fields: under the right character most columns of the header
// are understood.
func sniffComma(r *bufio.Reader, k kind, lim Limits) byte {
	head, _ := r.Peek(min(sniffBytes, r.Size())) // a short file gives an error and all it has
	best, bestKnown, bestFields := byte(','), -1, 0
	for _, comma := range []byte{',', ';', '\t'} {
		known, fields := headScore(head, comma, k, lim)
		if known > bestKnown || known == bestKnown && fields > bestFields {
			best, bestKnown, bestFields = comma, known, fields
		}
	}
	return best
}

// headScore is the number of columns understood in the best of the first rows, and its width.
func headScore(head []byte, comma byte, k kind, lim Limits) (known, fields int) {
	lim.Columns = len(head) + 1 // too many are refused when the row is read, with its line
	g := newCSVGrid(bufio.NewReader(bytes.NewReader(head)), "", comma, lim)
	for range headerRows {
		row, err := g.next()
		if err != nil {
			break
		}
		n := 0
		for _, name := range row.cells {
			if lookUp(k, name).Noun != "" {
				n++
			}
		}
		if n > known || n == known && len(row.cells) > fields {
			known, fields = n, len(row.cells)
		}
	}
	return known, fields
}
