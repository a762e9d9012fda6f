package text

import (
	"sort"
	"strconv"
	"strings"
)

// unit is a unit of measurement as a product of base dimensions with exponents, and the factor that
// turns a figure in it into one in base units.
type unit struct {
	dims   string // "g:1 m:-3", sorted; "" for a bare number
	factor float64
	offset float64 // added before the factor: ℃ to K
}

// simpleUnits are the units that technical indicators of the catalogue use, folded. The dimension
// names are base units of our own choosing (metre, gram, second, …), "%" is a pure share.
// Counting words (台, 次, 例) are dimensions of their own: 30 台 and 30 次 are not comparable.
var simpleUnits = map[string]unit{
	"%": {"share:1", 0.01, 0}, "‰": {"share:1", 0.001, 0}, "ppm": {"share:1", 1e-6, 0}, "ppb": {"share:1", 1e-9, 0},
	"m": {"m:1", 1, 0}, "米": {"m:1", 1, 0}, "km": {"m:1", 1e3, 0}, "公里": {"m:1", 1e3, 0}, "千米": {"m:1", 1e3, 0},
	"cm": {"m:1", 1e-2, 0}, "厘米": {"m:1", 1e-2, 0}, "mm": {"m:1", 1e-3, 0}, "毫米": {"m:1", 1e-3, 0},
	"μm": {"m:1", 1e-6, 0}, "um": {"m:1", 1e-6, 0}, "微米": {"m:1", 1e-6, 0}, "nm": {"m:1", 1e-9, 0}, "纳米": {"m:1", 1e-9, 0},
	"平方米": {"m:2", 1, 0}, "平方公里": {"m:2", 1e6, 0}, "亩": {"m:2", 2000.0 / 3, 0}, "公顷": {"m:2", 1e4, 0}, "hm2": {"m:2", 1e4, 0},
	"立方米": {"m:3", 1, 0}, "方": {"m:3", 1, 0}, "l": {"m:3", 1e-3, 0}, "升": {"m:3", 1e-3, 0}, "ml": {"m:3", 1e-6, 0}, "毫升": {"m:3", 1e-6, 0}, "μl": {"m:3", 1e-9, 0},
	"g": {"g:1", 1, 0}, "克": {"g:1", 1, 0}, "kg": {"g:1", 1e3, 0}, "千克": {"g:1", 1e3, 0}, "公斤": {"g:1", 1e3, 0}, "斤": {"g:1", 500, 0},
	"mg": {"g:1", 1e-3, 0}, "毫克": {"g:1", 1e-3, 0}, "μg": {"g:1", 1e-6, 0}, "微克": {"g:1", 1e-6, 0}, "t": {"g:1", 1e6, 0}, "吨": {"g:1", 1e6, 0}, "万吨": {"g:1", 1e10, 0},
	"s": {"s:1", 1, 0}, "秒": {"s:1", 1, 0}, "ms": {"s:1", 1e-3, 0}, "毫秒": {"s:1", 1e-3, 0}, "μs": {"s:1", 1e-6, 0}, "min": {"s:1", 60, 0}, "分钟": {"s:1", 60, 0},
	"h": {"s:1", 3600, 0}, "小时": {"s:1", 3600, 0}, "d": {"s:1", 86400, 0}, "天": {"s:1", 86400, 0}, "日": {"s:1", 86400, 0}, "个月": {"month:1", 1, 0}, "年": {"month:1", 12, 0}, "a": {"month:1", 12, 0},
	"°c": {"kelvin:1", 1, 273.15}, "℃": {"kelvin:1", 1, 273.15}, "摄氏度": {"kelvin:1", 1, 273.15}, "k": {"kelvin:1", 1, 0},
	"pa": {"pa:1", 1, 0}, "kpa": {"pa:1", 1e3, 0}, "mpa": {"pa:1", 1e6, 0}, "兆帕": {"pa:1", 1e6, 0}, "gpa": {"pa:1", 1e9, 0}, "bar": {"pa:1", 1e5, 0},
	"n": {"n:1", 1, 0}, "kn": {"n:1", 1e3, 0}, "j": {"j:1", 1, 0}, "kj": {"j:1", 1e3, 0}, "mj": {"j:1", 1e6, 0}, "gj": {"j:1", 1e9, 0},
	"wh": {"j:1", 3600, 0}, "kwh": {"j:1", 3.6e6, 0}, "千瓦时": {"j:1", 3.6e6, 0}, "度电": {"j:1", 3.6e6, 0}, "mwh": {"j:1", 3.6e9, 0}, "kcal": {"j:1", 4184, 0},
	"w": {"w:1", 1, 0}, "kw": {"w:1", 1e3, 0}, "千瓦": {"w:1", 1e3, 0}, "mw": {"w:1", 1e6, 0}, "兆瓦": {"w:1", 1e6, 0},
	"v": {"v:1", 1, 0}, "kv": {"v:1", 1e3, 0}, "mv": {"v:1", 1e-3, 0}, "ah": {"ah:1", 1, 0}, "mah": {"ah:1", 1e-3, 0},
	"hz": {"hz:1", 1, 0}, "khz": {"hz:1", 1e3, 0}, "mhz": {"hz:1", 1e6, 0}, "ghz": {"hz:1", 1e9, 0}, "db": {"db:1", 1, 0}, "ω": {"ohm:1", 1, 0},
	"mol": {"mol:1", 1, 0}, "mmol": {"mol:1", 1e-3, 0}, "cfu": {"cfu:1", 1, 0}, "iu": {"iu:1", 1, 0}, "ntu": {"ntu:1", 1, 0}, "rpm": {"rpm:1", 1, 0}, "hv": {"hv:1", 1, 0}, "hrc": {"hrc:1", 1, 0},
	"元": {"yuan:1", 1, 0}, "万元": {"yuan:1", 1e4, 0}, "亿元": {"yuan:1", 1e8, 0},
	"次": {"次:1", 1, 0}, "万次": {"次:1", 1e4, 0}, "循环": {"次:1", 1, 0}, "倍": {"倍:1", 1, 0}, "台": {"台:1", 1, 0}, "套": {"套:1", 1, 0}, "件": {"件:1", 1, 0}, "只": {"只:1", 1, 0}, "个": {"个:1", 1, 0},
	"例": {"例:1", 1, 0}, "人": {"人:1", 1, 0}, "种": {"种:1", 1, 0}, "株": {"株:1", 1, 0}, "尾": {"尾:1", 1, 0}, "头": {"头:1", 1, 0}, "帧": {"帧:1", 1, 0}, "级": {"级:1", 1, 0}, "°": {"deg:1", 1, 0}, "度": {"deg:1", 1, 0},
}

// IsUnit reports whether a folded string is a unit of measurement and nothing else.
func IsUnit(s string) bool {
	_, ok := parseUnit(s)
	return ok && s != ""
}

// longestUnit is the length in characters of the longest simple unit.
const longestUnit = 4

// unitSpan finds the unit that follows a number ending at i: at most one blank, then simple units
// joined by / or ·. It returns an empty span when no unit stands there.
func unitSpan(runes []rune, i int) (start, end int) {
	start = i
	if start < len(runes) && runes[start] == ' ' {
		start++
	}
	end = simpleUnitEnd(runes, start)
	if end == start {
		return i, i
	}
	for end+1 < len(runes) && (runes[end] == '/' || runes[end] == '·' || runes[end] == '*') {
		next := simpleUnitEnd(runes, end+1)
		if next == end+1 {
			break
		}
		end = next
	}
	return start, end
}

// simpleUnitEnd is the end of the longest simple unit at i with its power; i when there is none.
// A unit of letters must end where the word ends: "5 manufacturing" is not five metres.
func simpleUnitEnd(runes []rune, i int) int {
	for n := min(longestUnit, len(runes)-i); n > 0; n-- {
		if _, ok := simpleUnits[string(runes[i:i+n])]; !ok {
			continue
		}
		end := i + n
		if latin := runes[i] < 0x2e80 && runes[i] != '%' && runes[i] != '‰'; !latin {
			return end
		}
		end = powerEnd(runes, end)
		if end < len(runes) && IsWord(runes[end]) {
			continue
		}
		return end
	}
	return i
}

// powerEnd steps over a power: "3", "-1", "^3".
func powerEnd(runes []rune, i int) int {
	end := i
	if end < len(runes) && runes[end] == '^' {
		end++
	}
	if end < len(runes) && runes[end] == '-' {
		end++
	}
	if end < len(runes) && isDigit(runes[end]) && (end+1 == len(runes) || !isDigit(runes[end+1])) {
		return end + 1
	}
	return i
}

// parseUnit reads a unit expression such as "g/cm3" into its dimensions and factor.
func parseUnit(s string) (unit, bool) {
	if s == "" {
		return unit{"", 1, 0}, true
	}
	exps := map[string]int{}
	factor, offset, sign, parts := 1.0, 0.0, 1, 0
	for len(s) > 0 {
		cut := strings.IndexAny(s, "/·*")
		part := s
		if cut >= 0 {
			part = s[:cut]
		}
		u, power, ok := simplePower(part)
		if !ok {
			return unit{}, false
		}
		parts++
		offset = u.offset
		for range power * sign {
			factor *= u.factor
		}
		for range -power * sign {
			factor /= u.factor
		}
		for dim := range strings.FieldsSeq(u.dims) {
			name, exp, _ := strings.Cut(dim, ":")
			e, _ := strconv.Atoi(exp)
			exps[name] += e * power * sign
		}
		if cut < 0 {
			break
		}
		if s[cut] == '/' {
			sign = -1
		}
		s = strings.TrimPrefix(s[cut:], "·")
		s = strings.TrimLeft(s, "/*")
	}
	if parts > 1 {
		offset = 0 // per degree is a difference, not a temperature
	}
	factor *= settleDims(exps)
	return unit{dimsOf(exps), factor, offset}, true
}

// settleDims writes products of units in the one way in which others write them, and returns the factor
// that this takes: kW·h is energy as J is, N/mm² pressure as Pa, r/min is rpm.
func settleDims(exps map[string]int) float64 {
	switch {
	case exps["w"] == 1 && exps["s"] == 1:
		exps["w"], exps["s"] = 0, 0
		exps["j"]++
	case exps["n"] == 1 && exps["m"] == -2:
		exps["n"], exps["m"] = 0, 0
		exps["pa"]++
	case exps["r"] == 1 && exps["s"] == -1:
		exps["r"], exps["s"] = 0, 0
		exps["rpm"]++
		return 60
	}
	return 1
}

func dimsOf(exps map[string]int) string {
	var names []string
	for n, e := range exps {
		if e != 0 {
			names = append(names, n+":"+strconv.Itoa(e))
		}
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

// simplePower reads a simple unit with its power: "cm3", "s-1", "m^2".
func simplePower(s string) (unit, int, bool) {
	if u, ok := knownUnit(s); ok {
		return u, 1, true
	}
	last := len(s) - 1
	if last < 1 || s[last] < '1' || s[last] > '9' {
		return unit{}, 0, false
	}
	power, name := int(s[last]-'0'), s[:last]
	if rest, ok := strings.CutSuffix(name, "-"); ok {
		power, name = -power, rest
	}
	u, ok := knownUnit(strings.TrimSuffix(name, "^"))
	return u, power, ok
}

func knownUnit(s string) (unit, bool) {
	u, ok := simpleUnits[s]
	if !ok {
		u, ok = moreUnits[s]
	}
	return u, ok
}
