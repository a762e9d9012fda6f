package intake

import (
	"strings"

	"zhuanhua"
)

// amountColumns watches columns in which some amounts carry a unit and others do not: 120 between
// 80万元 and 50万元 is hardly 120元. It is only asked for records that are kept.
type amountColumns struct {
	kept  bool
	units map[string]bool // columns in which a value carries a unit
	bare  map[string]bool // columns in which a value was taken in 元 for want of a unit
}

// agree reports whether an amount can be read beside those before it, and tells when it cannot.
func (a *amountColumns) agree(f fields, cell zhuanhua.Cell, s, unit string) bool {
	if !a.kept || unit != "" {
		return true
	}
	if a.units == nil {
		a.units, a.bare = map[string]bool{}, map[string]bool{}
	}
	const do = "write the unit into each value, or into the header: %s（万元）"
	help := strings.Replace(do, "%s", shorten(cell.Column), 1)
	stated := strings.ContainsAny(s, "元万亿分")
	p := Problem{File: f.src.File, Sheet: f.sheet, Row: f.src.Row, Line: f.src.Line, Column: cell.Column, Value: s, Do: help}
	switch {
	case stated && a.bare[cell.Column] && !a.units[cell.Column]:
		p.What = "amounts above this one have no unit and were taken in 元, this one has"
		f.warn(p)
	case !stated && a.units[cell.Column]:
		f.tell(cell, "the amount has no unit, others in this column have", help)
		return false
	case !stated && !a.bare[cell.Column]:
		p.What = "the column states no unit: its numbers are taken in 元"
		f.warn(p)
	}
	if stated {
		a.units[cell.Column] = true
	} else {
		a.bare[cell.Column] = true
	}
	return true
}
