package zhuanhua

import (
	"fmt"
	"strings"
	"time"
)

// Date is a calendar day without a time zone, "2027-12-31"; the zero Date is not stated.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "2026-03-01", "2026.3.1", "2026/3/1", "2026年3月1日" and, as the last day of the
// month, "2026-03" and "2026年3月". It returns false for anything else and for days that do not exist.
func ParseDate(s string) (Date, bool) {
	s = strings.TrimSpace(s)
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", ".", "-", "/", "-", "－", "-").Replace(s)
	s = strings.TrimSuffix(s, "-")
	if !dateDigits(s) {
		return Date{}, false
	}
	var y, m, d int
	switch strings.Count(s, "-") {
	case 2:
		if n, err := fmt.Sscanf(s, "%d-%d-%d", &y, &m, &d); n != 3 || err != nil {
			return Date{}, false
		}
	case 1:
		if n, err := fmt.Sscanf(s, "%d-%d", &y, &m); n != 2 || err != nil || m < 1 || m > 12 {
			return Date{}, false
		}
		d = time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	default:
		return Date{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 1900 || y > 2200 || t.Month() != time.Month(m) || t.Day() != d {
		return Date{}, false
	}
	return Date{y, time.Month(m), d}, true
}

// dateDigits reports whether s is a year of four digits and parts of one or two: Sscanf alone would
// take "2026-03-011" for the 11th and pass over what follows a number.
func dateDigits(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if part == "" || i == 0 && len(part) != 4 || i > 0 && len(part) > 2 || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

// IsZero reports whether the date is not stated.
func (d Date) IsZero() bool { return d == Date{} }

// Before reports whether d comes before e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// Next is the day after, the zero Date after the zero Date.
func (d Date) Next() Date { return d.AddDays(1) }

// AddDays is the day n days later, or earlier where n is negative; the zero Date stays.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	y, m, day := time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, day}
}

// String is the date as "2027-12-31", or "" when not stated.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes the date for JSON and YAML.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote, and every spelling that ParseDate takes.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, ok := ParseDate(string(b))
	if !ok {
		return Invalid("", fmt.Sprintf("%q is not a date", b), "write it as 2027-12-31")
	}
	*d = v
	return nil
}

// Period is a span of days, both ends included; a zero end is open.
type Period struct {
	From Date `json:"from,omitzero"`
	To   Date `json:"to,omitzero"`
}

// Holds reports whether the day lies in the period.
func (p Period) Holds(d Date) bool {
	return !d.Before(p.From) && (p.To.IsZero() || !p.To.Before(d))
}

// Shanghai is Beijing time, which days and deadlines are counted in: eight hours ahead of UTC, without
// summer time since 1991, so that no time-zone database is needed.
func Shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// DateOf is the day of a time, in Beijing.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Shanghai()).Date()
	return Date{y, m, d}
}
