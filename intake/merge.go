package intake

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"
)

// merged is a block of merged cells: rows from 1, columns from 0, ends included.
type merged struct{ top, bottom, left, right int }

// mergeSet repeats the value of a merged cell on every row that it covers, in its first column: a
// unit written once for three achievements belongs to each of them.
type mergeSet struct {
	all    []merged
	next   int
	active map[int]*activeMerge // by column
}

type activeMerge struct {
	merged
	value string
}

// maxMerges bounds the memory of a sheet that is nothing but merged cells.
const maxMerges = 500_000

// readMerges goes through a sheet once, to its end: the list of merged cells stands behind the rows,
// and a damaged or cut-off sheet is found before any record of it is used.
func (w *workbook) readMerges(part string) (*mergeSet, error) {
	rc, err := w.open(part, w.lim.UnpackedBytes)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	tail := &afterRows{r: rc}
	m := &mergeSet{active: map[int]*activeMerge{}}
	d := xml.NewDecoder(tail)
	for {
		tok, err := d.RawToken()
		if err != nil {
			break // the tail is no whole document; what matters is whether the bytes came whole
		}
		if el, ok := tok.(xml.StartElement); ok && el.Name.Local == "mergeCell" {
			if b, ok := mergeOf(attr(el, "ref")); ok && len(m.all) < maxMerges {
				m.all = append(m.all, b)
			}
		}
	}
	if _, err := io.Copy(io.Discard, tail); err != nil {
		return nil, w.damaged(part, err)
	}
	slices.SortFunc(m.all, func(a, b merged) int { return cmp.Compare(a.top, b.top) })
	return m, nil
}

func mergeOf(ref string) (merged, bool) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return merged{}, false
	}
	b := merged{rowOf(from), rowOf(to), columnOf(from), columnOf(to)}
	return b, b.top > 0 && b.bottom >= b.top && b.left >= 0 && b.right >= b.left
}

func rowOf(ref string) int {
	n, err := strconv.Atoi(strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil || n > maxRows {
		return 0
	}
	return n
}

// fill gives the row the values of merged cells that began above it.
func (m *mergeSet) fill(row *gridRow) {
	for ; m.next < len(m.all) && m.all[m.next].top <= row.num; m.next++ {
		b := m.all[m.next]
		if b.bottom == b.top || b.bottom < row.num {
			continue
		}
		a := &activeMerge{merged: b}
		if b.top == row.num && b.left < len(row.cells) {
			a.value = row.cells[b.left]
		}
		m.active[b.left] = a
	}
	for col, a := range m.active {
		if row.num > a.bottom {
			delete(m.active, col)
			continue
		}
		if row.num == a.top || a.value == "" || col < len(row.cells) && row.cells[col] != "" {
			continue
		}
		for len(row.cells) <= col {
			row.cells = append(row.cells, "")
		}
		row.cells[col] = a.value
		if row.filled == nil {
			row.filled = make([]bool, col+1)
		}
		for len(row.filled) <= max(col, len(row.cells)-1) {
			row.filled = append(row.filled, false)
		}
		row.filled[col] = true
	}
	for row.filled != nil && len(row.filled) < len(row.cells) {
		row.filled = append(row.filled, false)
	}
}

// bottom is the last row of a header that begins at row: where the merged cells in it end.
func (m *mergeSet) bottom(row int) int {
	last := row
	for _, b := range m.all {
		if b.top == row {
			last = max(last, min(b.bottom, row+3)) // deeper than that it is no header
		}
	}
	return last
}

// spread is the row with the values of cells merged sideways under every column that they cover.
func (m *mergeSet) spread(row gridRow) []string {
	names := slices.Clone(row.cells)
	for _, b := range m.all {
		if b.top != row.num || b.left >= len(row.cells) {
			continue
		}
		for col := b.left + 1; col <= min(b.right, b.left+200); col++ {
			for len(names) <= col {
				names = append(names, "")
			}
			if names[col] == "" {
				names[col] = row.cells[b.left]
			}
		}
	}
	return names
}

// afterRows passes on what comes after the rows of a sheet. It looks for the closing tag as bytes:
// in well-formed XML the word cannot stand in a text with a < before it.
type afterRows struct {
	r     io.Reader
	found bool
	buf   []byte // room for a chunk and the end of the one before
	rest  []byte // of buf, not passed on yet
	err   error
}

// tagRoom is more than the length of a closing tag with its prefix.
const tagRoom = 128

// Read skips up to the end of the rows; everything after it is passed on as it comes.
func (a *afterRows) Read(p []byte) (int, error) {
	for !a.found && a.err == nil {
		a.skip()
	}
	if len(a.rest) > 0 {
		n := copy(p, a.rest)
		a.rest = a.rest[n:]
		return n, nil
	}
	if a.err != nil {
		return 0, a.err
	}
	return a.r.Read(p)
}

func (a *afterRows) skip() {
	if a.buf == nil {
		a.buf = make([]byte, 64<<10+tagRoom)
	}
	kept := copy(a.buf, a.rest)
	n, err := a.r.Read(a.buf[kept:])
	b := a.buf[:kept+n]
	a.err = err
	if i := endOfRows(b); i >= 0 {
		a.found, a.rest = true, b[i:]
		return
	}
	a.rest = b[max(0, len(b)-tagRoom):]
	if err != nil {
		a.rest = nil
	}
}

// endOfRows is where </sheetData> or </x:sheetData> ends in b, -1 if it is not there.
func endOfRows(b []byte) int {
	tag := []byte("sheetData>")
	for from := 0; ; {
		i := bytes.Index(b[from:], tag)
		if i < 0 {
			return -1
		}
		i += from
		from = i + len(tag)
		near := b[max(0, i-tagRoom):i]
		if lt := bytes.LastIndexByte(near, '<'); lt >= 0 && lt+1 < len(near) && near[lt+1] == '/' {
			return from
		}
	}
}
