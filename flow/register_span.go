package flow

import (
	"slices"
	"time"

	"zhuanhua"
)

// term is the last day of a time that begins on a day: three years from 1 March 2026 end on 28 February 2029.
// A month that has no such day ends on its last.
func term(from zhuanhua.Date, n int, unit string) zhuanhua.Date {
	switch unit {
	case "days":
		return from.AddDays(n - 1)
	case "years":
		n *= 12
	}
	first := time.Date(from.Year, from.Month, 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	days := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	same := zhuanhua.Date{Year: first.Year(), Month: first.Month(), Day: min(from.Day, days)}
	if from.Day > days {
		return same // 31 January and one month: until the last of February
	}
	return same.AddDays(-1)
}

// put lays a period over others: what lies under it gives way, what stands out before or behind stays.
func put(spans []zhuanhua.Span, over zhuanhua.Span) []zhuanhua.Span {
	var out []zhuanhua.Span
	for _, s := range spans {
		if !overlap(s.Period, over.Period) {
			out = append(out, s)
			continue
		}
		if s.From.Before(over.From) {
			before := s
			before.To = over.From.AddDays(-1)
			out = append(out, before)
		}
		if !over.To.IsZero() && (s.To.IsZero() || over.To.Before(s.To)) {
			behind := s
			behind.From = over.To.Next()
			out = append(out, behind)
		}
	}
	out = append(out, over)
	slices.SortFunc(out, func(a, b zhuanhua.Span) int {
		if a.From.Before(b.From) {
			return -1
		}
		return 1
	})
	return out
}

// overlap reports whether two periods have a day in common.
func overlap(a, b zhuanhua.Period) bool {
	return (a.To.IsZero() || !a.To.Before(b.From)) && (b.To.IsZero() || !b.To.Before(a.From))
}

// cutFrom ends every period before a day.
func cutFrom(spans []zhuanhua.Span, day zhuanhua.Date) []zhuanhua.Span {
	var out []zhuanhua.Span
	for _, s := range spans {
		if !s.From.Before(day) {
			continue
		}
		if s.To.IsZero() || !s.To.Before(day) {
			s.To = day.AddDays(-1)
		}
		out = append(out, s)
	}
	return out
}
