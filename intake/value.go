package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhuanhua"
)

// unstated are the ways to write that there is no value.
var unstated = []string{"", "-", "--", "—", "/", "无", "暂无", "未定", "待定", "面议", "双方面议", "协商", "协商确定", "另议", "不限", "均可", "不详", "其他", "n/a", "na", "none", "null"}

// said reports whether a value states anything.
func said(s string) bool { return !slices.Contains(unstated, strings.ToLower(strings.TrimSpace(s))) }

// splitList cuts a list at semicolons, commas, bars and line ends outside brackets. Where there is
// none of these, Chinese words are also cut at blanks.
func splitList(s string, blanks bool) []string {
	items := splitOutside(s, func(rest string) bool {
		r := []rune(rest[:min(len(rest), 16)])
		if r[0] == ',' { // not in "Co., Ltd."
			after := strings.ToLower(strings.TrimSpace(string(r[1:])))
			return !strings.HasPrefix(after, "ltd") && !strings.HasPrefix(after, "inc") && !strings.HasPrefix(after, "llc")
		}
		return strings.ContainsRune("；;、|｜，\n", r[0])
	})
	if len(items) != 1 || !blanks || !strings.ContainsFunc(items[0], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return items
	}
	words := strings.Fields(items[0])
	for _, w := range words {
		if len([]rune(w)) < 2 { // 张 三 is one name
			return items
		}
	}
	return words
}

// splitOutside cuts s before each rune outside brackets at which cut holds, and trims the pieces.
func splitOutside(s string, cut func(rest string) bool) []string {
	var items []string
	depth, from := 0, 0
	keep := func(to int) {
		if item := strings.TrimSpace(s[from:to]); item != "" {
			items = append(items, item)
		}
	}
	for i, r := range s {
		switch {
		case strings.ContainsRune("(（[【", r):
			depth++
		case strings.ContainsRune(")）]】", r):
			depth = max(0, depth-1)
		case depth == 0 && cut(s[i:]):
			keep(i)
			from = i + len(string(r))
		}
	}
	keep(len(s))
	return items
}

// softMoney are words around an amount that do not change what it is compared with.
var softMoney = strings.NewReplacer("左右", "", "以内", "", "以下", "", "以上", "", "不超过", "", "不高于", "", "不低于", "", "大约", "", "起", "", "≤", "", "<=", "", "≥", "", ">=", "")

// readMoney reads an amount; a plain number has the unit of its column.
func readMoney(s, unit string) (zhuanhua.Money, bool) {
	s = softMoney.Replace(strings.TrimSpace(norm.NFKC.String(s)))
	if s == "" {
		return 0, false
	}
	if last := s[len(s)-1]; last >= '0' && last <= '9' && unit != "" {
		s += unit
	}
	m, ok := zhuanhua.ParseMoney(s)
	return m, ok && m >= 0
}

var (
	dateForm   = regexp.MustCompile(`^\d{4}[-./年]\d{1,2}(?:[-./月]\d{1,2})?[日号]?月?$`)
	dateDigits = regexp.MustCompile(`^\d{8}$`)
	timeOfDay  = regexp.MustCompile(`[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$`)
	dateTail   = regexp.MustCompile(`(?:之前|以前|前|止|截止|底|末)$`)
)

// readDate reads a calendar day; a month stands for its last day.
func readDate(s string) (zhuanhua.Date, bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	s = timeOfDay.ReplaceAllString(s, "")
	s = spelledDate(dateTail.ReplaceAllString(strings.Join(strings.Fields(s), ""), ""))
	if dateDigits.MatchString(s) {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	if !dateForm.MatchString(s) {
		return zhuanhua.Date{}, false
	}
	return zhuanhua.ParseDate(strings.ReplaceAll(s, "号", "日"))
}

// trlNames are the levels of GB/T 22900 by name, from 1.
var trlNames = []string{"报告级", "方案级", "功能级", "仿真级", "初样级", "正样级", "环境级", "产品级", "系统级"}

var trlForm = regexp.MustCompile(`^(?:技术)?(?:成熟度|就绪度|就绪水平|trl)?(?:等级)?[ :\-_]*第?([1-9]|[一二三四五六七八九])(?:\.0+)?(?:级|以上|及以上|级以上|级及以上)?$`)

// readTRL reads a level such as 6, TRL6, 6级 or 正样级.
func readTRL(s string) (zhuanhua.TRL, bool) {
	s = strings.ToLower(strings.TrimSpace(outsideBrackets(norm.NFKC.String(s))))
	for i, name := range trlNames {
		if strings.Contains(s, name) {
			return zhuanhua.TRL(i + 1), true
		}
	}
	m := trlForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	if n, err := strconv.Atoi(m[1]); err == nil {
		return zhuanhua.TRL(n), true
	}
	return zhuanhua.TRL(slices.Index([]rune("一二三四五六七八九"), []rune(m[1])[0]) + 1), true
}

// wordTable maps words found in a value to what they mean, the first that is found wins.
type wordTable[T any] []struct {
	value T
	words []string
}

func (t wordTable[T]) find(s string) (value T, ok bool) {
	for _, row := range t {
		for _, w := range row.words {
			if strings.Contains(s, w) {
				return row.value, true
			}
		}
	}
	return value, false
}

var stageWords = wordTable[zhuanhua.Stage]{
	{zhuanhua.StagePilot, []string{"中试", "试生产", "小批量", "试制", "工程化", "pilot"}},
	{zhuanhua.StageEarly, []string{"初期", "实验室", "小试", "研发", "研制", "研究", "样机", "样品", "概念", "原理", "early", "lab"}},
	{zhuanhua.StageMature, []string{"成熟", "产业化", "量产", "批量", "规模", "已应用", "推广", "大生产", "应用", "mature"}},
}

// readStage reads how far an achievement has come.
func readStage(s string) (zhuanhua.Stage, bool) {
	return stageWords.find(strings.ToLower(norm.NFKC.String(s)))
}

var classWords = wordTable[zhuanhua.Class]{
	{zhuanhua.ClassApplied, []string{"应用", "applied"}},
	{zhuanhua.ClassBasic, []string{"基础", "basic"}},
	{zhuanhua.ClassSoft, []string{"软科学", "soft"}},
}

// readClass reads the kind of achievement by the registration rules.
func readClass(s string) (zhuanhua.Class, bool) {
	return classWords.find(strings.ToLower(norm.NFKC.String(s)))
}

var modeWords = wordTable[zhuanhua.Mode]{
	{zhuanhua.ModeAssignment, []string{"转让", "出让", "受让", "出售", "买断", "assign", "transfer", "sale"}},
	{zhuanhua.ModeLicence, []string{"许可", "授权", "先使用后付费", "先用后付", "licen"}},
	{zhuanhua.ModeEquity, []string{"作价", "入股", "技术股", "折股", "equity"}},
	{zhuanhua.ModeJoint, []string{"合作", "联合", "委托开发", "委托研发", "技术开发", "共同开发", "共建", "产学研", "joint", "cooperat", "co-develop"}},
	{zhuanhua.ModeService, []string{"服务", "service"}},
	{zhuanhua.ModeConsulting, []string{"咨询", "consult"}},
}

// readModes reads every mode that one item of a list names.
func readModes(s string) []zhuanhua.Mode {
	s = strings.ToLower(norm.NFKC.String(s))
	var modes []zhuanhua.Mode
	for _, row := range modeWords {
		if slices.ContainsFunc(row.words, func(w string) bool { return strings.Contains(s, w) }) {
			modes = append(modes, row.value)
		}
	}
	return modes
}

var ipcForm = regexp.MustCompile(`[A-H][0-9]{2}[A-Z](?:[ -]*[0-9]{1,4}/[0-9]{2,6})?`)

// readIPC finds the symbols of the patent classification in a text.
func readIPC(s string) []string {
	var list []string
	for _, m := range ipcForm.FindAllString(strings.ToUpper(norm.NFKC.String(s)), -1) {
		list = append(list, strings.NewReplacer(" ", "", "-", "").Replace(m))
	}
	return list
}

var industryCode = regexp.MustCompile(`^([A-T][0-9]{2,4})(?:[^0-9A-Za-z].*)?$`)

// readIndustry keeps the code of "C1340 制糖业", and a name as it is written.
func readIndustry(s string) string {
	if m := industryCode.FindStringSubmatch(norm.NFKC.String(s)); m != nil {
		return m[1]
	}
	return s
}
