package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhuanhua"
)

var (
	// serialDay is a day as spreadsheets count it, from 1954 to 2119, with or without a time of day.
	serialDay  = regexp.MustCompile(`^([2-7]\d{4})(?:\.\d+)?$`)
	yearMonth  = regexp.MustCompile(`^((?:19|20|21)\d\d)(0[1-9]|1[0-2])$`)
	hanDigits  = strings.NewReplacer("〇", "0", "○", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9", "元年", "1年")
	hanYear    = regexp.MustCompile(`^[〇○零一二三四五六七八九]{4}年`)
	hanTens    = regexp.MustCompile(`([1-9]?)十([1-9]?)`)
	monthWords = regexp.MustCompile(`(?i)^(?:(\d{1,2})(?:st|nd|rd|th)?[- .]*)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[- ,]*(?:(\d{1,2})(?:st|nd|rd|th)?[- ,]+)?,?(\d{4})$`)
)

// spreadsheetEpoch is day 0 of serial days, as it works out after the leap day of 1900 that never was.
var spreadsheetEpoch = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)

// spelledDate rewrites the spellings that readDate does not know into one that it does: 二〇二六年三月,
// 46082 (a serial day), 202603, 1 March 2026. What is ambiguous, 03/01/2026, stays and is refused.
func spelledDate(s string) string {
	if m := serialDay.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // five digits
		return spreadsheetEpoch.AddDate(0, 0, n).Format("2006-01-02")
	}
	if m := yearMonth.FindStringSubmatch(s); m != nil {
		return m[1] + "-" + m[2]
	}
	if hanYear.MatchString(s) {
		return hanTens.ReplaceAllStringFunc(hanDigits.Replace(s), func(tens string) string {
			m := hanTens.FindStringSubmatch(tens)
			return strconv.Itoa(10*digit(m[1], 1) + digit(m[2], 0))
		})
	}
	if m := monthWords.FindStringSubmatch(s); m != nil {
		month := 1 + strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(m[2]))/3
		return strings.TrimSuffix(m[4]+"-"+strconv.Itoa(month)+"-"+m[1]+m[3], "-")
	}
	return s
}

func digit(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return otherwise
	}
	return n
}

// readFirstDay reads a day; a month stands for its first day, as the beginning of something.
func readFirstDay(s string) (zhuanhua.Date, bool) {
	d, ok := readDate(s)
	last := time.Date(d.Year, d.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if ok && d.Day == last && !namesDay(s, last) {
		d.Day = 1
	}
	return d, ok
}

// namesDay reports whether a date that was read as the last day of its month says so itself.
func namesDay(s string, day int) bool {
	for _, suffix := range []string{strconv.Itoa(day), strconv.Itoa(day) + "日", strconv.Itoa(day) + "号"} {
		if strings.HasSuffix(strings.TrimSpace(s), suffix) {
			return true
		}
	}
	return strings.HasSuffix(s, "日") || serialDay.MatchString(s) || strings.Contains(s, ":")
}
