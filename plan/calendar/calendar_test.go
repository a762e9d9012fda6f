package calendar_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/plan/calendar"
	"zhuanhua/plans"
)

// guangxi is the calendar of the plan of Guangxi.
func guangxi(t *testing.T) *calendar.Calendar {
	t.Helper()
	files, err := fs.Sub(plans.Files, "guangxi-2025-2027")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Load(files, "guangxi-2025-2027", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return flow.Calendar(p)
}

func day(t *testing.T, s string) zhuanhua.Date {
	t.Helper()
	d, ok := zhuanhua.ParseDate(s)
	if !ok {
		t.Fatalf("%q is no date", s)
	}
	return d
}

// TestDeadlines: dates that were counted by hand on the notices of the State Council for 2024, 2025 and
// 2026 and on Guangxi's own holiday. An event happens on a day; a period of so many units ends on another.
// The two rows that say "as reckoned" hang on the days of Sanyuesan 2026, whose notice was not seen.
func TestDeadlines(t *testing.T) {
	c := guangxi(t)
	table := []struct {
		event string
		n     int
		unit  calendar.Unit
		ends  string
		why   string
	}{
		{"2024-01-02", 5, calendar.Workdays, "2024-01-09", "over one weekend"},
		{"2024-02-02", 3, calendar.Workdays, "2024-02-06", "Sunday 4 February is worked"},
		{"2024-02-08", 2, calendar.Workdays, "2024-02-18", "New Year's Eve 2024 is a working day; after the week, Sunday the 18th is worked"},
		{"2024-02-09", 5, calendar.Workdays, "2024-02-22", "the holiday is not counted"},
		{"2024-02-09", 7, calendar.Days, "2024-02-18", "the 16th lies in the holiday; the first worked day after it is Sunday the 18th"},
		{"2024-04-03", 2, calendar.Workdays, "2024-04-08", "Sunday 7 April is worked"},
		{"2024-04-03", 3, calendar.Days, "2024-04-07", "the 6th is a holiday; Sunday the 7th is worked"},
		{"2024-04-08", 5, calendar.Workdays, "2024-04-17", "Sanyuesan on the 11th and 12th"},
		{"2024-04-10", 1, calendar.Workdays, "2024-04-15", "Sanyuesan and the weekend behind it"},
		{"2024-04-09", 3, calendar.Days, "2024-04-15", "the 12th is Sanyuesan"},
		{"2024-04-26", 5, calendar.Workdays, "2024-05-07", "Sunday 28 April is worked, the 27th is not"},
		{"2024-04-30", 5, calendar.Workdays, "2024-05-10", "Labour Day to the 5th"},
		{"2024-05-10", 1, calendar.Workdays, "2024-05-11", "Saturday 11 May is worked"},
		{"2024-06-07", 1, calendar.Workdays, "2024-06-11", "a weekend and the Dragon Boat Festival"},
		{"2024-06-05", 5, calendar.Days, "2024-06-11", "the 10th is the Dragon Boat Festival"},
		{"2024-09-13", 3, calendar.Workdays, "2024-09-19", "Saturday 14 September is worked, the 15th to 17th are not"},
		{"2024-09-14", 1, calendar.Months, "2024-10-14", "a month is the same day of the next"},
		{"2024-09-27", 5, calendar.Workdays, "2024-10-10", "Sunday 29 September is worked, then a week is not"},
		{"2024-09-30", 7, calendar.Days, "2024-10-08", "the 7th is the last day of the holiday"},
		{"2024-10-08", 5, calendar.Workdays, "2024-10-14", "Saturday 12 October is worked"},
		{"2024-01-31", 1, calendar.Months, "2024-02-29", "February has no 31st: its last day, in a leap year"},
		{"2024-12-31", 15, calendar.Workdays, "2025-01-22", "over the turn of the year: only 1 January is off"},
		{"2024-12-24", 7, calendar.Days, "2024-12-31", "a Tuesday"},
		{"2025-01-24", 3, calendar.Workdays, "2025-02-05", "Sunday 26 January is worked; New Year's Eve is off from 2025"},
		{"2025-01-27", 1, calendar.Workdays, "2025-02-05", "eight days off"},
		{"2025-01-27", 7, calendar.Workdays, "2025-02-12", "Saturday 8 February is worked"},
		{"2025-01-27", 8, calendar.Days, "2025-02-05", "4 February is the last day off"},
		{"2025-02-07", 2, calendar.Workdays, "2025-02-10", "Saturday 8 February is worked, the 9th is not"},
		{"2025-03-28", 2, calendar.Workdays, "2025-04-03", "Sanyuesan on 31 March and 1 April"},
		{"2025-03-28", 3, calendar.Days, "2025-04-02", "31 March is Sanyuesan"},
		{"2025-03-31", 5, calendar.Workdays, "2025-04-09", "an event on a day off counts from the day after; Qingming"},
		{"2025-04-03", 1, calendar.Workdays, "2025-04-07", "Qingming is Friday to Sunday"},
		{"2025-04-25", 5, calendar.Workdays, "2025-05-06", "Sunday 27 April is worked"},
		{"2025-04-30", 3, calendar.Days, "2025-05-06", "3 May lies in the holiday"},
		{"2025-05-30", 1, calendar.Workdays, "2025-06-03", "the Dragon Boat Festival and its weekend"},
		{"2025-05-29", 15, calendar.Workdays, "2025-06-20", "fifteen working days, as publicity of rewards has them"},
		{"2025-09-26", 2, calendar.Workdays, "2025-09-29", "Sunday 28 September is worked"},
		{"2025-09-26", 10, calendar.Workdays, "2025-10-16", "eight days off, Saturday 11 October is worked"},
		{"2025-09-30", 8, calendar.Days, "2025-10-09", "8 October is the last day off"},
		{"2025-10-10", 1, calendar.Workdays, "2025-10-11", "Saturday 11 October is worked"},
		{"2025-09-24", 10, calendar.Workdays, "2025-10-14", "both worked weekend days count"},
		{"2025-08-31", 1, calendar.Months, "2025-09-30", "September has no 31st"},
		{"2025-12-30", 3, calendar.Workdays, "2026-01-05", "Sunday 4 January is worked"},
		{"2025-11-30", 3, calendar.Months, "2026-02-28", "February has no 30th; Saturday the 28th is worked"},
		{"2025-02-28", 1, calendar.Years, "2026-02-28", "that Saturday is worked"},
		{"2026-01-02", 1, calendar.Days, "2026-01-04", "the 3rd is off, Sunday the 4th is worked"},
		{"2026-02-13", 2, calendar.Workdays, "2026-02-24", "Saturday 14 February is worked, then nine days are not"},
		{"2026-02-13", 7, calendar.Workdays, "2026-03-02", "Saturday 28 February is worked too"},
		{"2026-02-09", 15, calendar.Workdays, "2026-03-06", "three weeks with nine days off"},
		{"2026-02-14", 9, calendar.Days, "2026-02-24", "the 23rd is the last day off"},
		{"2026-02-27", 1, calendar.Workdays, "2026-02-28", "Saturday 28 February is worked"},
		{"2026-04-03", 5, calendar.Workdays, "2026-04-13", "Qingming is Saturday to Monday"},
		{"2026-04-16", 3, calendar.Workdays, "2026-04-23", "Sanyuesan on the 20th and 21st, as reckoned"},
		{"2026-04-17", 3, calendar.Days, "2026-04-22", "the 20th is Sanyuesan, as reckoned"},
		{"2026-04-20", 1, calendar.Months, "2026-05-20", "a month from a day off"},
		{"2026-04-30", 3, calendar.Workdays, "2026-05-08", "Labour Day to the 5th"},
		{"2026-05-08", 1, calendar.Workdays, "2026-05-09", "Saturday 9 May is worked"},
		{"2026-06-18", 1, calendar.Workdays, "2026-06-22", "the Dragon Boat Festival and its weekend"},
		{"2026-06-15", 5, calendar.Days, "2026-06-22", "the 20th lies in the holiday"},
		{"2026-09-18", 5, calendar.Workdays, "2026-09-24", "Sunday 20 September is worked"},
		{"2026-09-24", 3, calendar.Workdays, "2026-09-30", "the Mid-Autumn Festival"},
		{"2026-09-30", 3, calendar.Workdays, "2026-10-10", "Saturday 10 October is worked"},
		{"2026-09-30", 7, calendar.Days, "2026-10-08", "the 7th is the last day off"},
		{"2026-10-09", 1, calendar.Workdays, "2026-10-10", "Saturday 10 October is worked"},
		{"2024-02-29", 1, calendar.Years, "2025-02-28", "2025 has no 29 February"},
		{"2024-02-29", 2, calendar.Years, "2026-02-28", "nor has 2026; that Saturday is worked"},
	}
	if len(table) < 60 {
		t.Errorf("only %d dates", len(table))
	}
	for _, x := range table {
		end, err := c.Add(day(t, x.event), x.n, x.unit)
		if err != nil || end.Day != day(t, x.ends) || end.Provisional {
			t.Errorf("%d %s after %s end on %s (%v, provisional %v), by hand on %s: %s", x.n, x.unit, x.event, end.Day, err, end.Provisional, x.ends, x.why)
		}
	}
}

// TestProvisional: a period that runs into a year without a notice is marked.
func TestProvisional(t *testing.T) {
	c := guangxi(t)
	for _, x := range []struct {
		event       string
		n           int
		unit        calendar.Unit
		ends        string
		provisional bool
	}{
		{"2026-12-25", 4, calendar.Workdays, "2026-12-31", false},
		{"2026-12-25", 5, calendar.Workdays, "2027-01-04", true},
		{"2026-08-31", 6, calendar.Months, "2027-03-01", true},
		{"2026-12-31", 1, calendar.Days, "2027-01-04", true}, // 1 January is off, then a weekend
		{"2027-04-08", 1, calendar.Workdays, "2027-04-13", true},
	} {
		end, err := c.Add(day(t, x.event), x.n, x.unit)
		if err != nil || end != (calendar.End{Day: day(t, x.ends), Provisional: x.provisional}) {
			t.Errorf("%d %s after %s: %+v, %v", x.n, x.unit, x.event, end, err)
		}
	}
}

// TestCalendarEnds: a period that runs past the last year says which year is missing, and where to add it.
func TestCalendarEnds(t *testing.T) {
	c := guangxi(t)
	for _, x := range []struct {
		event string
		n     int
		unit  calendar.Unit
		year  string
	}{
		{"2033-12-30", 5, calendar.Workdays, "2034"},
		{"2033-12-30", 5, calendar.Days, "2034"},
		{"2031-01-06", 3, calendar.Years, "2034"},
		{"2023-12-29", 1, calendar.Workdays, "2023"},
	} {
		_, err := c.Add(day(t, x.event), x.n, x.unit)
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), "没有 "+x.year+" 年") || !strings.Contains(err.Error(), "calendar.yaml") {
			t.Errorf("%d %s after %s: %v", x.n, x.unit, x.event, err)
		}
	}
}

// TestLeft: the last day is day zero, and what is over counts downwards.
func TestLeft(t *testing.T) {
	c := guangxi(t)
	for _, x := range []struct {
		today, due string
		unit       calendar.Unit
		left       int
	}{
		{"2026-09-30", "2026-10-10", calendar.Workdays, 3},
		{"2026-09-30", "2026-10-10", calendar.Days, 10},
		{"2026-10-10", "2026-10-10", calendar.Workdays, 0},
		{"2026-10-12", "2026-10-10", calendar.Workdays, -1},
		{"2026-10-12", "2026-10-10", calendar.Months, -2},
	} {
		left, err := c.Left(day(t, x.today), day(t, x.due), x.unit)
		if err != nil || left != x.left {
			t.Errorf("%s to %s: %d %s left (%v), not %d", x.today, x.due, left, x.unit, err, x.left)
		}
	}
}

// TestPause: a period that stops on a day and goes on the same day ends where it would have, whatever the
// day and the unit; one that stands for k units ends k units later.
func TestPause(t *testing.T) {
	c := guangxi(t)
	start := day(t, "2025-09-22")
	for _, unit := range []calendar.Unit{calendar.Workdays, calendar.Days, calendar.Months} {
		n := map[calendar.Unit]int{calendar.Workdays: 20, calendar.Days: 30, calendar.Months: 2}[unit]
		end, err := c.Add(start, n, unit)
		if err != nil {
			t.Fatal(err)
		}
		whole, in := calendar.Whole(start, n, unit)
		for d := start; !end.Day.Before(d); d = next(d) {
			spent, err := c.Spent(start, d, in)
			if err != nil {
				t.Fatal(err)
			}
			if spent > whole {
				break // the days that the end was moved by
			}
			again, err := c.Add(d, whole-spent, in)
			if err != nil || again.Day != end.Day {
				t.Errorf("%s: stopped and gone on on %s, it ends on %s and not on %s (%v)", unit, d, again.Day, end.Day, err)
			}
		}
	}
	// Four working days are used by the 26th (the event on the 22nd does not count); sixteen are left.
	spent, _ := c.Spent(start, day(t, "2025-09-26"), calendar.Workdays)
	end, err := c.Add(day(t, "2025-10-13"), 20-spent, calendar.Workdays)
	if spent != 4 || err != nil || end.Day != day(t, "2025-11-04") {
		t.Errorf("%d used, ends on %s (%v)", spent, end.Day, err)
	}
}

// next is the day after.
func next(d zhuanhua.Date) zhuanhua.Date {
	t := time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, time.UTC)
	return zhuanhua.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}
