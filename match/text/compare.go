package text

import (
	"math"
	"slices"
	"strings"
)

// bound is a word of comparison and how it binds.
type bound struct {
	word string
	cmp  Comparator
}

// before and after are the words of comparison that stand around a number, the longer ones first where
// one ends like another.
var (
	before = []bound{
		{"不低于", AtLeast}, {"不得低于", AtLeast}, {"不应低于", AtLeast}, {"不少于", AtLeast}, {"不得少于", AtLeast}, {"不应少于", AtLeast}, {"不小于", AtLeast}, {"不应小于", AtLeast}, {"不得小于", AtLeast},
		{"大于等于", AtLeast}, {"大于或等于", AtLeast}, {"至少", AtLeast}, {"达到", AtLeast}, {"最低", AtLeast}, {"最少", AtLeast}, {"最小", AtLeast}, {">=", AtLeast}, {"≥", AtLeast}, {"≧", AtLeast}, {"⩾", AtLeast}, {"≮", AtLeast},
		{"不高于", AtMost}, {"不得高于", AtMost}, {"不应高于", AtMost}, {"不超过", AtMost}, {"不得超过", AtMost}, {"不应超过", AtMost}, {"不大于", AtMost}, {"不得大于", AtMost}, {"不应大于", AtMost}, {"不多于", AtMost}, {"不得多于", AtMost},
		{"小于等于", AtMost}, {"小于或等于", AtMost}, {"至多", AtMost}, {"最多", AtMost}, {"最高", AtMost}, {"最大", AtMost}, {"<=", AtMost}, {"≤", AtMost}, {"≦", AtMost}, {"⩽", AtMost}, {"≯", AtMost}, {"控制在", AtMost},
		{"高于", More}, {"大于", More}, {"超过", More}, {"多于", More}, {"高出", More}, {">", More},
		{"低于", Less}, {"小于", Less}, {"少于", Less}, {"<", Less},
		{"no less than", AtLeast}, {"not less than", AtLeast}, {"at least", AtLeast}, {"minimum", AtLeast}, {"minimum of", AtLeast}, {"no lower than", AtLeast}, {"not lower than", AtLeast},
		{"no more than", AtMost}, {"not more than", AtMost}, {"at most", AtMost}, {"maximum", AtMost}, {"maximum of", AtMost}, {"up to", AtMost}, {"within", AtMost}, {"not exceeding", AtMost}, {"no higher than", AtMost}, {"not higher than", AtMost},
		{"more than", More}, {"greater than", More}, {"higher than", More}, {"over", More}, {"above", More}, {"exceeding", More},
		{"less than", Less}, {"lower than", Less}, {"below", Less}, {"under", Less},
		{"约为", Equal}, {"约", Equal}, {"为", Equal}, {"达", Equal}, {"是", Equal}, {"=", Equal}, {"≈", Equal}, {":", Equal}, {"of", Equal}, {"is", Equal}, {"about", Equal}, {"reaches", Equal}, {"reached", Equal},
	}
	after = []bound{
		{"或以上", AtLeast}, {"及以上", AtLeast}, {"以上", AtLeast}, {"或更高", AtLeast},
		{"或以下", AtMost}, {"及以下", AtMost}, {"以下", AtMost}, {"以内", AtMost}, {"之内", AtMost}, {"或更低", AtMost},
		{"or more", AtLeast}, {"or above", AtLeast}, {"or higher", AtLeast}, {"and above", AtLeast},
		{"or less", AtMost}, {"or below", AtMost}, {"or lower", AtMost}, {"and below", AtMost},
	}
)

// boundEnds and boundStarts are the characters that words of comparison end or begin with, before and
// after a number: nearly all numbers have others beside them.
const (
	boundEnds   = "于到过多至少低小高大在等于约为达是出" + ">=≥≧⩾≮<≤≦⩽≯≈:" + "ntmfpognrewsd"
	boundStarts = "或及以之oa"
)

// comparatorAround looks for a comparison before and after the quantity and widens its span by it.
func comparatorAround(r []rune, q *Quantity) {
	i := skipBack(r, q.Start)
	if b, start, ok := boundBefore(r, i); ok {
		if q.Comparator != Between {
			q.Comparator = b.cmp
		}
		q.Start = start
	}
	at := q.End
	for at < len(r) && r[at] == ' ' {
		at++
	}
	if at == len(r) || !strings.ContainsRune(boundStarts, r[at]) {
		return
	}
	for _, a := range after {
		n := len([]rune(a.word))
		latin := a.word[0] < 0x80
		if from := at; from+n <= len(r) && (latin || from == q.End) && string(r[from:from+n]) == a.word {
			if q.Comparator == Equal {
				q.Comparator = a.cmp
			}
			q.End = from + n
			return
		}
	}
}

// boundBefore is the longest word of comparison that ends at i.
func boundBefore(r []rune, i int) (best bound, start int, ok bool) {
	if i == 0 || !strings.ContainsRune(boundEnds, r[i-1]) {
		return best, 0, false
	}
	for _, b := range before {
		from, there := endsAt(r, i, b.word)
		if !there || ok && from >= start {
			continue
		}
		if IsWord(r[from]) && from > 0 && IsWord(r[from-1]) {
			continue // a piece of a longer word
		}
		best, start, ok = b, from, true
	}
	return best, start, ok
}

func skipBack(r []rune, i int) int {
	for i > 0 && r[i-1] == ' ' {
		i--
	}
	return i
}

// longestLabel is how many characters before a figure can name what it measures.
const longestLabel = 12

// label is the run of Han characters and words that ends where the quantity starts; of a text in Latin
// letters the last word, without those that only lead to the figure.
func label(r []rune, start int) (int, string) {
	end := skipBack(r, start)
	for {
		from, ok := wordBefore(r, end)
		if !ok || !slices.Contains([]string{"of", "is", "are", "was", "the", "a", "to", "can", "reach", "reaches", "reached", "should", "be", "must"}, string(r[from:end])) {
			break
		}
		end = skipBack(r, from)
	}
	i := end
	for i > 0 && end-i < longestLabel && (IsHan(r[i-1]) || IsWord(r[i-1]) || r[i-1] == '-') {
		i--
	}
	for i < end && (r[i] == '-' || isDigit(r[i])) {
		i++
	}
	if i == end {
		return start, ""
	}
	return i, string(r[i:end])
}

// wordBefore is where the Latin word begins that ends at end.
func wordBefore(r []rune, end int) (int, bool) {
	i := end
	for i > 0 && r[i-1] >= 'a' && r[i-1] <= 'z' {
		i--
	}
	return i, i < end
}

// Measured is what a label names, without the words that lead from a name to its figure ("收率可达到",
// "成本降低了").
func Measured(label string) string {
	for changed := true; changed; {
		changed = false
		for _, w := range []string{"达到", "可达", "达", "为", "约", "可", "应", "须", "需", "的", "在", "了", "均", "控制", "要求", "一般", "仅", "能"} {
			if t := strings.TrimSuffix(label, w); t != label && t != "" {
				label, changed = t, true
			}
		}
	}
	return label
}

// namesShare reports whether what a label names is a part of a whole, so that 0.72 is 72 %.
func namesShare(label string) bool {
	name := Measured(label)
	for _, w := range []string{"频率", "功率", "速率", "曲率", "倍率", "分辨率", "斜率", "汇率", "电阻率", "比率", "磁导率", "折射率", "热导率", "电导率", "渗透率"} {
		if strings.HasSuffix(name, w) {
			return false
		}
	}
	for _, w := range []string{"率", "占比", "比例", "比重", "纯度", "准确度", "精确度", "覆盖度", "yield", "accuracy", "purity", "recall", "precision", "efficiency", "conversion"} {
		if strings.HasSuffix(name, w) {
			return true
		}
	}
	return false
}

// namesDifference reports whether what a label names is a difference of two readings.
func namesDifference(label string) bool {
	name := Measured(label)
	for _, w := range []string{"误差", "偏差", "温差", "精度", "波动", "温升", "均匀性", "温漂", "error", "deviation", "accuracy"} {
		if strings.HasSuffix(name, w) {
			return true
		}
	}
	return false
}

// Verdict says how an offered figure stands to a wanted one.
type Verdict int

// The verdicts.
const (
	Incomparable Verdict = iota
	Meets
	Misses
)

// Judge compares what is offered with what is wanted: both must measure the same dimensions. A wanted
// figure without comparator is no bound, so nothing can miss it.
func Judge(wanted, offered Quantity) Verdict {
	if wanted.Dims != offered.Dims {
		return Incomparable
	}
	const slack = 1e-9 // figures are decimal fractions in binary: 0.3 and 30 % must be equal
	eps := slack * math.Max(math.Abs(wanted.BaseLow), math.Abs(offered.BaseLow))
	low, high := offered.BaseLow, offered.BaseHigh
	switch wanted.Comparator {
	case AtLeast, More:
		if offered.Comparator == AtMost || offered.Comparator == Less {
			return Incomparable // "at most 70 %" says nothing of a floor
		}
		return verdict(low > wanted.BaseLow+eps || wanted.Comparator == AtLeast && low >= wanted.BaseLow-eps)
	case AtMost, Less:
		if offered.Comparator == AtLeast || offered.Comparator == More {
			return Incomparable
		}
		return verdict(high < wanted.BaseHigh-eps || wanted.Comparator == AtMost && high <= wanted.BaseHigh+eps)
	case Between:
		if offered.Comparator != Equal && offered.Comparator != Between {
			return Incomparable // "more than 10 mm" says nothing of where it ends
		}
		return verdict(low >= wanted.BaseLow-eps && high <= wanted.BaseHigh+eps)
	}
	return Incomparable
}

func verdict(ok bool) Verdict {
	if ok {
		return Meets
	}
	return Misses
}
