package intake

import (
	"errors"
	"io"
	"strings"
)

// PlainRow is a line of a table as it stands: what its cells say, by the names of the columns.
type PlainRow struct {
	Row   int // of the file, for messages
	Cells map[string]string
}

// PlainTable reads the first sheet of a workbook, or a csv file, whose first line names the columns. Blank
// lines are left out; nothing is converted.
func PlainTable(path string, opt Options) ([]PlainRow, error) {
	opt.Limits = opt.Limits.withDefaults()
	in, err := openInput(path, opt.Limits)
	if err != nil {
		return nil, err
	}
	defer in.close()
	g, err := in.plainGrid(opt)
	if err != nil {
		return nil, err
	}
	defer g.close()
	var header []string
	var list []PlainRow
	for {
		row, err := g.next()
		switch {
		case errors.Is(err, io.EOF) && header == nil:
			return nil, in.bad("the file has no header", "hand in the file that was exported")
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		case row.blank():
		case header == nil:
			header = row.cells
		default:
			x := PlainRow{Row: row.num, Cells: map[string]string{}}
			for i, name := range header {
				if i < len(row.cells) && strings.TrimSpace(row.cells[i]) != "" {
					x.Cells[strings.TrimSpace(name)] = unguard(strings.TrimSpace(row.cells[i]))
				}
			}
			list = append(list, x)
		}
	}
}
