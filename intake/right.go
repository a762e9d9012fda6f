package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"zhuanhua"
)

// rightKinds are the words by which the kind of a right is told, the most telling first.
var rightKinds = []struct {
	kind  string
	words []string
}{
	{"实用新型", []string{"实用新型", "utility model"}},
	{"外观设计", []string{"外观设计", "外观专利", "design patent"}},
	{"软件著作权", []string{"软件著作权", "软著", "计算机软件", "software copyright"}},
	{"植物新品种权", []string{"植物新品种", "品种权", "plant variety"}},
	{"集成电路布图设计", []string{"布图设计", "集成电路"}},
	{"技术秘密", []string{"技术秘密", "专有技术", "商业秘密", "know-how", "trade secret"}},
	{"发明专利", []string{"发明", "invention"}},
}

var (
	// patentNumber is a Chinese application number; the digit after the year is the kind.
	patentNumber = regexp.MustCompile(`(?i)(?:ZL|CN)?\s*(?:19|20)\d\d\s*([123])\s*0?\d{3}\s*\d{3}`)
	rightEnded   = regexp.MustCompile(`失效|终止|放弃|届满|expired|lapsed`)
	rightHolds   = regexp.MustCompile(`(?:未|没有|尚未|无|即将|将于|不)\s*(?:失效|终止|放弃|届满)`)
	rightUntil   = regexp.MustCompile(`(?:有效期(?:限)?(?:截?止|至|到|为)*|届满日期?|到期日?期?|保护期(?:限)?(?:至|到)|valid (?:to|until))\s*[:：]?\s*(\d{4}(?:\s*[-./年]\s*\d{1,2}(?:\s*[-./月]\s*\d{1,2})?)?)`)
)

// readRights reads the intellectual property that a cell lists, one right between semicolons.
func readRights(text string) []zhuanhua.IPRight {
	var rights []zhuanhua.IPRight
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("；;\n|", r) }) {
		part = strings.TrimSpace(part)
		if part == "" || part == "无" || part == "/" {
			continue
		}
		rights = append(rights, readRight(part))
	}
	return rights
}

func readRight(text string) zhuanhua.IPRight {
	right := zhuanhua.IPRight{Text: text}
	s := strings.ToLower(norm.NFKC.String(text))
	right.Kind = rightKind(s)
	if m := rightUntil.FindStringSubmatch(s); m != nil {
		right.ValidTo = lastDay(m[1])
	}
	ended := rightHolds.ReplaceAllString(s, "")
	if !right.ValidTo.IsZero() {
		ended = strings.ReplaceAll(ended, "届满", "") // 届满日 2039-06 names the day and does not say that it has come
	}
	right.Expired = rightEnded.MatchString(ended)
	return right
}

func rightKind(s string) string {
	for _, k := range rightKinds {
		for _, w := range k.words {
			if strings.Contains(s, w) {
				return k.kind
			}
		}
	}
	if m := patentNumber.FindStringSubmatch(s); m != nil {
		return map[string]string{"1": "发明专利", "2": "实用新型", "3": "外观设计"}[m[1]]
	}
	return ""
}

// lastDay reads a date of which the day, or the month too, may be missing, as its last day.
func lastDay(s string) zhuanhua.Date {
	s = strings.Join(strings.Fields(s), "")
	if d, ok := zhuanhua.ParseDate(s); ok {
		return d
	}
	if y, err := strconv.Atoi(s); err == nil && y >= 1900 && y <= 2200 {
		return zhuanhua.Date{Year: y, Month: time.December, Day: 31}
	}
	return zhuanhua.Date{}
}
