package flow

import (
	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/calendar"
)

// Calendar is the calendar of a plan, for counting. A plan without one knows no year, and every period that
// is counted with it says which year is missing.
func Calendar(p *plan.Pack) *calendar.Calendar {
	var years []calendar.Year
	var regional []zhuanhua.Date
	if p.Calendar == nil {
		return calendar.New(nil, nil)
	}
	for _, y := range p.Calendar.Years {
		out := calendar.Year{Year: y.Year, Provisional: y.Provisional}
		for _, h := range y.Holidays {
			out.Off = append(out.Off, h.Period)
		}
		for _, d := range y.MakeUp {
			out.Worked = append(out.Worked, d.Date)
		}
		years = append(years, out)
	}
	for _, h := range p.Calendar.Regional {
		for _, d := range h.Days {
			regional = append(regional, d.Date)
		}
	}
	return calendar.New(years, regional)
}
