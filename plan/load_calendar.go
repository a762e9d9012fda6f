package plan

import (
	"strconv"

	"zhuanhua"
)

// readCalendar reads calendar.yaml.
func (l *loader) readCalendar(n node) {
	c := &Calendar{At: n.pos()}
	n.object(
		must("years", func(v node) {
			v.items(func(v node) { c.Years = append(c.Years, v.calendarYear()) })
		}),
		may("regional", func(v node) {
			v.items(func(v node) { c.Regional = append(c.Regional, v.regionalHoliday()) })
		}))
	l.pack.Calendar = c
}

// calendarYear reads the announcement of one year.
func (n node) calendarYear() *CalendarYear {
	y := &CalendarYear{At: n.pos()}
	n.object(
		must("year", func(v node) { y.Year = v.whole(1900, 2200) }),
		must("source", func(v node) { y.Source = v.source() }),
		// Said each time: a year whose announcement is not out must not look like one without holidays.
		must("provisional", func(v node) { y.Provisional = v.flag() }),
		must("holidays", func(v node) {
			v.items(func(v node) {
				h := &Holiday{At: v.pos()}
				v.object(append([]field{must("name", func(v node) { h.Name = v.text() })}, v.span(&h.Period)...)...)
				v.forward(h.Period)
				y.Holidays = append(y.Holidays, h)
			})
		}),
		may("makeup_days", func(v node) { y.MakeUp = v.days() }))
	return y
}

// span holds the two ends of a period that has both.
func (n node) span(p *zhuanhua.Period) []field {
	return []field{
		must("from", func(v node) { p.From = v.date() }),
		must("to", func(v node) { p.To = v.date() }),
	}
}

// regionalHoliday reads a holiday of the plan's region.
func (n node) regionalHoliday() *RegionalHoliday {
	h := &RegionalHoliday{At: n.pos()}
	n.object(
		must("name", func(v node) { h.Name = v.text() }),
		must("days", func(v node) { h.Days = v.days() }),
		must("source", func(v node) { h.Source = v.source() }))
	return h
}

// days reads a list of days.
func (n node) days() (out []Day) {
	n.items(func(v node) { out = append(out, Day{v.date(), v.pos()}) })
	return out
}

// whole reads a whole number between two bounds.
func (n node) whole(least, most int) int {
	s, ok := n.scalar()
	if !ok {
		return 0
	}
	i, ok := parseWhole(s)
	if !ok || int(i) < least || int(i) > most {
		from, to := strconv.Itoa(least), strconv.Itoa(most)
		n.fault(say("“"+s+"”不是 "+from+" 到 "+to+" 之间的整数", "\""+s+"\" is no whole number from "+from+" to "+to), say("写整数", "write a whole number"))
		return 0
	}
	return int(i)
}
