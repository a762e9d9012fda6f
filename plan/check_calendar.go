package plan

import (
	"fmt"
	"time"

	"zhuanhua"
)

// calendar checks that each day is said once, in its own year: a holiday that stands in the wrong year is
// one that nobody has.
func (c *checker) calendar() {
	if c.Calendar == nil {
		return
	}
	years := map[int]Pos{}
	for _, y := range c.Calendar.Years {
		c.source(y.Source)
		if first, ok := years[y.Year]; ok {
			c.faults.add(y.At, say(fmt.Sprintf("%d 年重复，已见于第 %d 行", y.Year, first.Line), fmt.Sprintf("the year %d is there twice, first on line %d", y.Year, first.Line)), say("删去其一", "remove one"))
		}
		years[y.Year] = y.At
		c.calendarYear(y)
	}
	c.gaps(years)
	for _, h := range c.Calendar.Regional {
		c.source(h.Source)
		for _, d := range h.Days {
			if _, ok := years[d.Year]; !ok && !d.IsZero() {
				c.faults.add(d.At, say(fmt.Sprintf("%s 所在的 %d 年没有日历", d, d.Year), fmt.Sprintf("%s lies in %d, of which the calendar says nothing", d, d.Year)), say("先在 years 里补上该年", "add the year in years first"))
			}
		}
	}
}

// calendarYear checks one year: holidays inside it, worked days on weekends and on no holiday.
func (c *checker) calendarYear(y *CalendarYear) {
	for i, h := range y.Holidays {
		if h.From.Year != y.Year || h.To.Year != y.Year {
			c.faults.add(h.At, say(fmt.Sprintf("%s不在 %d 年之内", h.Name.ZH, y.Year), fmt.Sprintf("%s does not lie in %d", h.Name.EN, y.Year)), say("改正日期，跨年的假期分写两年", "mend the dates; a holiday across two years is written in both"))
		}
		for _, before := range y.Holidays[:i] {
			if overlap(before.Period, h.Period) {
				c.faults.add(h.At, say(h.Name.ZH+"与"+before.Name.ZH+"重叠", h.Name.EN+" overlaps "+before.Name.EN), say("每天只写一次", "name each day once"))
			}
		}
	}
	for _, d := range y.MakeUp {
		switch {
		case d.IsZero():
		case d.Year != y.Year:
			c.faults.add(d.At, say(fmt.Sprintf("调休上班日 %s 不在 %d 年", d, y.Year), fmt.Sprintf("the worked day %s does not lie in %d", d, y.Year)), say("改正日期", "mend the date"))
		case weekday(d.Date) != time.Saturday && weekday(d.Date) != time.Sunday:
			c.faults.add(d.At, say(fmt.Sprintf("调休上班日 %s 不是周末", d), fmt.Sprintf("the worked day %s is no Saturday or Sunday", d)), say("只写调休上班的周六、周日", "name Saturdays and Sundays that are worked"))
		}
		for _, h := range y.Holidays {
			if h.Holds(d.Date) {
				c.faults.add(d.At, say(fmt.Sprintf("%s 既放假（%s）又上班", d, h.Name.ZH), fmt.Sprintf("%s is both a holiday (%s) and worked", d, h.Name.EN)), say("删去其一", "remove one"))
			}
		}
	}
}

// gaps refuses a missing year between two that are there: a period that runs across it would end nowhere.
func (c *checker) gaps(years map[int]Pos) {
	for y, at := range years {
		_, next := years[y+1]
		for z := range years {
			if !next && z > y+1 {
				c.faults.add(at, say(fmt.Sprintf("%d 年之后缺 %d 年", y, y+1), fmt.Sprintf("after %d the year %d is missing", y, y+1)), say("补上该年", "add it"))
				break
			}
		}
	}
}

// weekday is the day of the week.
func weekday(d zhuanhua.Date) time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
}
