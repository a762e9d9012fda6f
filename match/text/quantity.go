package text

import (
	"math"
	"strconv"
	"strings"
)

// Comparator says how a figure binds.
type Comparator string

// The comparators, folded.
const (
	Equal   Comparator = "="
	AtLeast Comparator = "≥"
	More    Comparator = ">"
	AtMost  Comparator = "≤"
	Less    Comparator = "<"
	Between Comparator = "~"
)

// Quantity is a number with its unit as it stands in a text: "木糖收率不低于 67%" is the label 木糖收率,
// AtLeast, 67 and "%". Low and High are in the unit as written; BaseLow and BaseHigh in base units
// of the dimension, so that 1.80 g/cm³ and 1800 kg/m³ compare.
type Quantity struct {
	Comparator        Comparator
	Low, High         float64 // equal unless Between
	BaseLow, BaseHigh float64
	Unit              string // folded, "g/cm3"; "" is a bare number
	Dims              string // what is measured in terms of base units; equal for comparable quantities
	Label             string // what is measured, in the words before the number; may be ""
	Start, End        int    // folded characters, comparator and unit included
	LabelStart        int    // where the label begins; Start when there is none
}

// before and after are the words of comparison that stand around a number.
var (
	before = []struct {
		word string
		cmp  Comparator
	}{
		{"不低于", AtLeast}, {"不少于", AtLeast}, {"不小于", AtLeast}, {"大于等于", AtLeast}, {"大于或等于", AtLeast}, {"至少", AtLeast}, {"达到", AtLeast}, {">=", AtLeast}, {"≥", AtLeast}, {"≧", AtLeast}, {"⩾", AtLeast},
		{"不高于", AtMost}, {"不超过", AtMost}, {"不大于", AtMost}, {"不多于", AtMost}, {"小于等于", AtMost}, {"小于或等于", AtMost}, {"至多", AtMost}, {"<=", AtMost}, {"≤", AtMost}, {"≦", AtMost}, {"⩽", AtMost}, {"控制在", AtMost},
		{"高于", More}, {"大于", More}, {"超过", More}, {"多于", More}, {">", More},
		{"低于", Less}, {"小于", Less}, {"少于", Less}, {"<", Less},
		{"约为", Equal}, {"约", Equal}, {"为", Equal}, {"达", Equal}, {"是", Equal}, {"=", Equal}, {"≈", Equal}, {":", Equal},
	}
	after = []struct {
		word string
		cmp  Comparator
	}{{"以上", AtLeast}, {"及以上", AtLeast}, {"以下", AtMost}, {"以内", AtMost}, {"及以下", AtMost}, {"之内", AtMost}}
	rangeMarks = []string{"~", "～", "-", "–", "—", "至", "到"}
)

// Quantities finds the numbers of a folded text that have a unit, a comparator, or both.
func Quantities(f *Folded) []Quantity {
	var out []Quantity
	r := f.Runes
	for i := 0; i < len(r); {
		if !isDigit(r[i]) || i > 0 && (IsWord(r[i-1]) || r[i-1] == '.') {
			i++
			continue
		}
		q, ok := quantityAt(r, i)
		if ok && (q.Unit != "" || q.Comparator != Equal) {
			out = append(out, q)
		}
		i = max(q.End, i+1)
	}
	return out
}

// quantityAt reads the quantity whose number begins at i.
func quantityAt(r []rune, i int) (Quantity, bool) {
	q := Quantity{Comparator: Equal}
	var end int
	q.Low, end = number(r, i)
	q.High = q.Low
	unitStart, unitEnd := unitSpan(r, end)
	if second, ok := rangeEnd(r, end, unitEnd); ok { // 10~20 mm, 60%~80%
		q.Comparator = Between
		q.High, end = number(r, second)
		unitStart, unitEnd = unitSpan(r, end)
	}
	q.End = end
	if unitEnd > unitStart {
		q.Unit, q.End = string(r[unitStart:unitEnd]), unitEnd
	} else if end < len(r) && IsWord(r[end]) {
		q.End = wordEnd(r, i)
		return q, false // a name such as 5g or h2o, not a measure
	}
	u, ok := parseUnit(q.Unit)
	if !ok {
		return q, false
	}
	if q.High < q.Low {
		q.Low, q.High = q.High, q.Low
	}
	q.Dims, q.BaseLow, q.BaseHigh = u.dims, (q.Low+u.offset)*u.factor, (q.High+u.offset)*u.factor
	q.Start = i
	comparatorAround(r, &q)
	q.LabelStart, q.Label = label(r, q.Start)
	return q, true
}

// rangeEnd is where the second number of a range begins, when one follows the number that ends at
// end (with or without a unit that ends at unitEnd).
func rangeEnd(r []rune, end, unitEnd int) (int, bool) {
	at := max(end, unitEnd)
	for _, m := range rangeMarks {
		n := len([]rune(m))
		if at+n < len(r) && string(r[at:at+n]) == m && isDigit(r[at+n]) {
			return at + n, true
		}
	}
	return 0, false
}

// numberEnd is the end of the number that begins at i: digits, groups of three, one fraction.
func numberEnd(r []rune, i int) int {
	end := i
	for end < len(r) && isDigit(r[end]) {
		end++
	}
	for end+3 < len(r) && r[end] == ',' && end-i <= 3 && isDigit(r[end+1]) && isDigit(r[end+2]) && isDigit(r[end+3]) && (end+4 == len(r) || !isDigit(r[end+4])) {
		end += 4
	}
	if end+1 < len(r) && r[end] == '.' && isDigit(r[end+1]) {
		end++
		for end < len(r) && isDigit(r[end]) {
			end++
		}
	}
	return end
}

// number reads the number at i with a power of ten after it ("1.2×10^5") and gives its end.
func number(r []rune, i int) (float64, int) {
	end := numberEnd(r, i)
	v, err := strconv.ParseFloat(strings.ReplaceAll(string(r[i:end]), ",", ""), 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, end
	}
	if end+4 < len(r) && (r[end] == '×' || r[end] == 'x' || r[end] == '*') && r[end+1] == '1' && r[end+2] == '0' && r[end+3] == '^' {
		return power(r, v, end+4, end)
	}
	if end < len(r) && r[end] == '^' && v == 10 {
		return power(r, 1, end+1, end)
	}
	return v, end
}

func power(r []rune, v float64, at, otherwise int) (float64, int) {
	end, sign := at, 1
	if end < len(r) && r[end] == '-' {
		sign, end = -1, end+1
	}
	e, digits := 0, 0
	for end < len(r) && (isDigit(r[end]) || r[end] == '^') && digits < 3 {
		if r[end] != '^' {
			e, digits = e*10+int(r[end]-'0'), digits+1
		}
		end++
	}
	if digits == 0 || e > 300 {
		return v, otherwise
	}
	return v * math.Pow10(sign*e), end
}

// comparatorAround looks for a comparison before and after the quantity and widens its span by it.
func comparatorAround(r []rune, q *Quantity) {
	i := q.Start
	for i > 0 && r[i-1] == ' ' {
		i--
	}
	for _, b := range before {
		n := len([]rune(b.word))
		if i >= n && string(r[i-n:i]) == b.word {
			if q.Comparator != Between {
				q.Comparator = b.cmp
			}
			q.Start = i - n
			break
		}
	}
	for _, a := range after {
		n := len([]rune(a.word))
		if q.End+n <= len(r) && string(r[q.End:q.End+n]) == a.word {
			if q.Comparator == Equal {
				q.Comparator = a.cmp
			}
			q.End += n
			return
		}
	}
}

// longestLabel is how many characters before a figure can name what it measures.
const longestLabel = 12

// label is the run of Han characters and words that ends where the quantity starts.
func label(r []rune, start int) (int, string) {
	end := start
	for end > 0 && r[end-1] == ' ' {
		end--
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
