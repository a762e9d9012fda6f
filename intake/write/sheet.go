package write

import (
	"fmt"
	"io"

	"zhuanhua"
)

// Table writes a table of texts as csv or xlsx: what people fill in and intake.PlainTable reads back.
func Table(w io.Writer, f Format, title string, header []string, rows [][]string) error {
	var out rowWriter
	switch f {
	case CSV:
		out = newCSV(w)
	case XLSX:
		var err error
		if out, err = newXLSX(w, title); err != nil {
			return err
		}
	default:
		return zhuanhua.Invalid("", fmt.Sprintf("a table is written as csv or xlsx, not as %q", f), "name a file that ends in .csv or .xlsx")
	}
	if err := out.header(header); err != nil {
		return err
	}
	for i, r := range rows {
		cells := make([]value, len(r))
		for j, s := range r {
			cells[j] = value{text: s}
		}
		if err := out.row(cells); err != nil {
			return fmt.Errorf("line %d: %w", i+2, err)
		}
	}
	return out.finish()
}
