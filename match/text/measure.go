package text

import "strings"

// Units of measures that make no index terms of their own: a change here changes what is compared and
// not what is found.
var moreUnits = map[string]unit{
	"百分点": {"point:1", 0.01, 0}, "个百分点": {"point:1", 0.01, 0},
	"周": {"s:1", 7 * 86400, 0}, "月": {"month:1", 1, 0}, "分": {"分:1", 1, 0}, "季度": {"month:1", 3, 0},
	"微升": {"m:3", 1e-9, 0}, "立方": {"m:3", 1, 0}, "平米": {"m:2", 1, 0}, "平方": {"m:2", 1, 0}, "dm": {"m:1", 0.1, 0}, "分米": {"m:1", 0.1, 0}, "pm": {"m:1", 1e-12, 0},
	"ng": {"g:1", 1e-9, 0}, "微秒": {"s:1", 1e-6, 0}, "us": {"s:1", 1e-6, 0}, "ns": {"s:1", 1e-9, 0}, "纳秒": {"s:1", 1e-9, 0}, "公顷": {"m:2", 1e4, 0}, "ha": {"m:2", 1e4, 0},
	"摄氏": {"kelvin:1", 1, 273.15}, "千帕": {"pa:1", 1e3, 0}, "帕": {"pa:1", 1, 0}, "吉帕": {"pa:1", 1e9, 0}, "mbar": {"pa:1", 100, 0}, "atm": {"pa:1", 101325, 0},
	"瓦": {"w:1", 1, 0}, "吉瓦": {"w:1", 1e9, 0}, "gw": {"w:1", 1e9, 0}, "gwh": {"j:1", 3.6e12, 0}, "兆瓦时": {"j:1", 3.6e9, 0}, "大卡": {"j:1", 4184, 0}, "千焦": {"j:1", 1e3, 0}, "焦": {"j:1", 1, 0}, "ev": {"ev:1", 1, 0},
	"伏": {"v:1", 1, 0}, "伏特": {"v:1", 1, 0}, "千伏": {"v:1", 1e3, 0}, "ma": {"amp:1", 1e-3, 0}, "安": {"amp:1", 1, 0}, "安时": {"ah:1", 1, 0}, "毫安时": {"ah:1", 1e-3, 0},
	"赫兹": {"hz:1", 1, 0}, "兆赫": {"hz:1", 1e6, 0}, "分贝": {"db:1", 1, 0}, "dbm": {"dbm:1", 1, 0}, "流明": {"lm:1", 1, 0}, "lm": {"lm:1", 1, 0}, "lx": {"lx:1", 1, 0}, "lux": {"lx:1", 1, 0},
	"kb": {"byte:1", 1e3, 0}, "mb": {"byte:1", 1e6, 0}, "gb": {"byte:1", 1e9, 0}, "tb": {"byte:1", 1e12, 0}, "mbps": {"bps:1", 1e6, 0}, "gbps": {"bps:1", 1e9, 0}, "fps": {"帧:1 s:-1", 1, 0}, "dpi": {"dpi:1", 1, 0},
	"r": {"r:1", 1, 0}, "转": {"r:1", 1, 0}, "牛": {"n:1", 1, 0}, "千牛": {"n:1", 1e3, 0}, "毫伏": {"v:1", 1e-3, 0}, "毫摩尔": {"mol:1", 1e-3, 0}, "摩尔": {"mol:1", 1, 0}, "tce": {"tce:1", 1, 0}, "吨标煤": {"tce:1", 1, 0}, "吨标准煤": {"tce:1", 1, 0},
	"两": {"g:1", 50, 0}, "kgce": {"tce:1", 1e-3, 0}, "欧姆": {"ohm:1", 1, 0}, "°bx": {"brix:1", 1, 0}, "bx": {"brix:1", 1, 0},
	"张": counted("张"), "辆": counted("辆"), "户": counted("户"), "项": counted("项"), "家": counted("家"), "条": counted("条"), "批": counted("批"), "组": counted("组"), "幅": counted("幅"),
	"羽": counted("羽"), "颗": counted("颗"), "粒": counted("粒"), "棵": counted("棵"), "篇": counted("篇"), "片": counted("片"), "枚": counted("枚"), "块": counted("块"), "支": counted("支"), "根": counted("根"),
	"箱": counted("箱"), "桶": counted("桶"), "瓶": counted("瓶"), "袋": counted("袋"), "人次": counted("人次"), "架": counted("架"), "艘": counted("艘"), "匹": counted("匹"), "座": counted("座"), "像素": counted("像素"),
}

func counted(what string) unit { return unit{what + ":1", 1, 0} }

// longestMore is the length in characters of the longest of moreUnits.
const longestMore = 4

// multipliers stand between a number and its unit: 30 万张, 2 亿元, 5 千吨.
var multipliers = []struct {
	word   string
	factor float64
}{{"万亿", 1e12}, {"千万", 1e7}, {"百万", 1e6}, {"十万", 1e5}, {"亿", 1e8}, {"万", 1e4}, {"千", 1e3}, {"百", 1e2}}

// measureSpan is unitSpan for quantities: it knows more units, and multipliers before them.
func measureSpan(r []rune, i int) (start, end int) {
	start = i
	if start < len(r) && r[start] == ' ' {
		start++
	}
	if end = longerUnit(r, start); end > start {
		return start, moreAfter(r, end)
	}
	for _, m := range multipliers {
		n := len([]rune(m.word))
		if start+n > len(r) || string(r[start:start+n]) != m.word {
			continue
		}
		end = start + n
		if to := longerUnit(r, end); to > end {
			return start, moreAfter(r, to)
		}
		if m.factor < 1e4 {
			break // 5 百 and 5 千 without a unit are the beginning of other words
		}
		return start, end
	}
	return i, i
}

// longerUnit is the end of the longest unit at i, quotients of simple ones included; i without one.
func longerUnit(r []rune, i int) int {
	end := moreUnitEnd(r, i)
	if from, to := unitSpan(r, i); from == i {
		end = max(end, to)
	}
	return end
}

// moreAfter goes on with "/unit" where the second unit is one of moreUnits, and with "/(unit·unit)".
func moreAfter(r []rune, end int) int {
	if end+2 < len(r) && r[end] == '/' && r[end+1] == '(' { // W/(m·K)
		inner := longerUnit(r, end+2)
		if inner = moreAfter(r, inner); inner > end+2 && inner < len(r) && r[inner] == ')' {
			return inner + 1
		}
		return end
	}
	for end+1 < len(r) && (r[end] == '/' || r[end] == '·') {
		next := max(simpleUnitEnd(r, end+1), moreUnitEnd(r, end+1))
		if next == end+1 {
			break
		}
		end = next
	}
	return end
}

// moreUnitEnd is simpleUnitEnd for moreUnits.
func moreUnitEnd(r []rune, i int) int {
	for n := min(longestMore, len(r)-i); n > 0; n-- {
		if _, ok := moreUnits[string(r[i:i+n])]; !ok {
			continue
		}
		end := i + n
		if r[i] < 0x2e80 && end < len(r) && IsWord(r[end]) {
			continue
		}
		return end
	}
	return i
}

// parseMeasure is parseUnit for what measureSpan finds.
func parseMeasure(s string) (unit, bool) {
	if strings.Contains(s, "(") {
		s = strings.NewReplacer("(", "", ")", "").Replace(s) // all that follows a stroke is below it
	}
	if u, ok := parseUnit(s); ok {
		return u, true
	}
	for _, m := range multipliers {
		if rest, ok := strings.CutPrefix(s, m.word); ok {
			u, known := parseUnit(rest)
			u.factor *= m.factor
			return u, known
		}
	}
	return unit{}, false
}

// goesBelowZero reports whether figures in a unit may be negative.
func goesBelowZero(u unit) bool {
	switch u.dims {
	case "kelvin:1", "v:1", "db:1", "dbm:1", "deg:1":
		return true
	}
	return false
}
