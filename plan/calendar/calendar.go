// Package calendar counts periods as offices do: in working days, days, months and years, with the days
// off of a place, the Saturdays and Sundays that are worked for them, and the rules of the Civil Code
// (arts. 200–204) on where a period begins and ends.
//
// Counting starts the day after the event. A period of days, months or years whose last day is not worked
// ends on the next day that is; its last day ends at 24:00. A period of working days ends on one by itself.
package calendar

import (
	"fmt"
	"time"

	"zhuanhua"
)

// Unit is what a period is counted in.
type Unit string

// The units.
const (
	Workdays Unit = "workdays"
	Days     Unit = "days"
	Months   Unit = "months"
	Years    Unit = "years"
)

// Year is what is announced for one year.
type Year struct {
	Year        int
	Provisional bool // not announced yet: statutory days only
	Off         []zhuanhua.Period
	Worked      []zhuanhua.Date // Saturdays and Sundays that are worked
}

// Calendar knows which days are worked.
type Calendar struct {
	years  map[int]bool // true: provisional
	off    map[zhuanhua.Date]bool
	worked map[zhuanhua.Date]bool
}

// New makes a calendar of years and of a region's own days off.
func New(years []Year, regional []zhuanhua.Date) *Calendar {
	c := &Calendar{years: map[int]bool{}, off: map[zhuanhua.Date]bool{}, worked: map[zhuanhua.Date]bool{}}
	for _, y := range years {
		c.years[y.Year] = y.Provisional
		for _, p := range y.Off {
			for d := p.From; !p.To.Before(d); d = after(d, 1) {
				c.off[d] = true
			}
		}
		for _, d := range y.Worked {
			c.worked[d] = true
		}
	}
	for _, d := range regional {
		c.off[d] = true
	}
	return c
}

// End is the last day of a period.
type End struct {
	Day         zhuanhua.Date
	Provisional bool // it was counted over a year that is not announced yet
}

// Workday reports whether a day is worked. A year that the calendar does not know is an error: taking its
// days for worked would end periods too early.
func (c *Calendar) Workday(d zhuanhua.Date) (bool, error) {
	if _, ok := c.years[d.Year]; !ok {
		return false, noYear(d.Year)
	}
	// A region's holiday may fall on a Sunday that the nation works: the region is nearer.
	switch {
	case c.off[d]:
		return false, nil
	case c.worked[d]:
		return true, nil
	}
	w := at(d).Weekday()
	return w != time.Saturday && w != time.Sunday, nil
}

// noYear says which year is missing, and where it belongs.
func noYear(year int) error {
	return zhuanhua.Invalid("calendar.yaml", fmt.Sprintf("日历没有 %d 年，期限算不到底 (the calendar has no year %d, so the period has no end)", year, year),
		fmt.Sprintf("在方案包 calendar.yaml 的 years 里补上 %d 年；放假通知未发布时写 provisional: true (add %d to the years of the plan's calendar.yaml, with provisional: true while there is no notice)", year, year))
}

// Add is the last day of a period of n units after the day of an event.
func (c *Calendar) Add(event zhuanhua.Date, n int, u Unit) (End, error) {
	day := event
	if u == Workdays {
		for left := n; left > 0; {
			day = after(day, 1)
			works, err := c.Workday(day)
			if err != nil {
				return End{}, err
			}
			if works {
				left--
			}
		}
	} else {
		day = raw(event, n, u)
	}
	return c.settle(event, day)
}

// settle moves a last day that is not worked to the next one that is (art. 203).
func (c *Calendar) settle(event, day zhuanhua.Date) (End, error) {
	for {
		works, err := c.Workday(day)
		if err != nil {
			return End{}, err
		}
		if works {
			break
		}
		day = after(day, 1)
	}
	e := End{Day: day}
	for y := event.Year; y <= day.Year; y++ {
		e.Provisional = e.Provisional || c.years[y]
	}
	return e, nil
}

// raw is the last day before it is moved. A month has no day of that number: its last day (art. 202).
func raw(event zhuanhua.Date, n int, u Unit) zhuanhua.Date {
	switch u {
	case Months, Years:
		if u == Years {
			n *= 12
		}
		first := time.Date(event.Year, event.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		return zhuanhua.Date{Year: first.Year(), Month: first.Month(), Day: min(event.Day, last)}
	}
	return after(event, n)
}

// Whole is how long a period is in the units that a pause is counted in: working days, or days for all
// others, as half a month has no other measure.
func Whole(event zhuanhua.Date, n int, u Unit) (int, Unit) {
	switch u {
	case Months, Years:
		return between(event, raw(event, n, u)), Days
	}
	return n, u
}

// Spent counts the units after one day, up to and with another: what a period has used when it stops on
// that day. Going on the same day loses nothing.
func (c *Calendar) Spent(from, to zhuanhua.Date, u Unit) (int, error) {
	if u != Workdays {
		return max(0, between(from, to)), nil
	}
	n := 0
	for d := after(from, 1); !to.Before(d); d = after(d, 1) {
		works, err := c.Workday(d)
		if err != nil {
			return 0, err
		}
		if works {
			n++
		}
	}
	return n, nil
}

// Left counts the units after today, up to and with the last day; 0 on the last day, negative after it.
func (c *Calendar) Left(today, due zhuanhua.Date, u Unit) (int, error) {
	if u != Workdays {
		u = Days
	}
	if !due.Before(today) {
		if u == Days {
			return between(today, due), nil
		}
		return c.Spent(today, due, u)
	}
	n, err := c.Spent(due, today, u)
	return -n, err
}

// at is midnight of a day, for counting only.
func at(d zhuanhua.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// after is the day n days after another.
func after(d zhuanhua.Date, n int) zhuanhua.Date {
	t := at(d).AddDate(0, 0, n)
	return zhuanhua.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}

// between counts days from one to another.
func between(from, to zhuanhua.Date) int { return int(at(to).Sub(at(from)).Hours() / 24) }
