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

// Quantities finds the numbers of a folded text that have a unit, a comparator, or both, and bare ones
// up to 1 where the words before them name a share.
func Quantities(f *Folded) []Quantity {
	var out []Quantity
	r := f.Runes
	for i := 0; i < len(r); {
		if !isDigit(r[i]) || i > 0 && (IsWord(r[i-1]) || r[i-1] == '.') {
			i++
			continue
		}
		q, ok := quantityAt(r, i)
		if ok && (q.Unit != "" || q.Comparator != Equal || q.Dims != "") {
			out = append(out, q)
		}
		i = max(q.End, i+1)
	}
	return out
}

// figure is a number of a quantity with the span of its unit.
type figure struct {
	value              float64
	end                int // of the number
	unitStart, unitEnd int
}

func figureAt(r []rune, i int) figure {
	v, end := number(r, i)
	start, stop := measureSpan(r, end)
	return figure{v, end, start, stop}
}

func (f figure) unit(r []rune) string { return string(r[f.unitStart:f.unitEnd]) }

func (f figure) after() int { return max(f.end, f.unitEnd) }

// quantityAt reads the quantity whose number begins at i.
func quantityAt(r []rune, i int) (Quantity, bool) {
	q := Quantity{Comparator: Equal, Start: i}
	first := figureAt(r, i)
	if first.unitEnd == first.unitStart && first.end < len(r) && IsWord(r[first.end]) {
		q.End = wordEnd(r, i)
		return q, false // a name such as 5g or h2o, not a measure
	}
	q.End = first.after()
	last := first
	at, tolerance := secondAt(r, first.end, first.unitEnd)
	if at > 0 {
		last = figureAt(r, at+signLength(r, at))
		q.Comparator, q.End = Between, last.after()
		if last.unitEnd == last.unitStart {
			last.unitStart, last.unitEnd = first.unitStart, first.unitEnd // 20 ℃±2
		}
	}
	q.Unit = last.unit(r)
	u, ok := parseMeasure(q.Unit)
	if !ok {
		return q, false
	}
	if at > 0 && !tolerance && r[at] == '-' && goesBelowZero(u) {
		last.value = -last.value
	}
	before := signBefore(r, i, u)
	if before.negative {
		first.value = -first.value
		if at == 0 {
			last.value = first.value
		}
	}
	q.Start = before.start
	if own, ok := parseMeasure(first.unit(r)); at > 0 && ok && first.unitEnd > first.unitStart && own.dims == u.dims {
		q.bounds(own, first.value, u, last.value, tolerance)
	} else {
		q.bounds(u, first.value, u, last.value, tolerance)
	}
	q.Dims = u.dims
	comparatorAround(r, &q)
	q.LabelStart, q.Label = label(r, q.Start)
	q.reinterpret(u, before.tolerance)
	return q, true
}

// bounds sets the figures of a quantity from its first and its second number, which may be one.
func (q *Quantity) bounds(u unit, first float64, v unit, second float64, tolerance bool) {
	if tolerance {
		q.Low, q.High = first-second, first+second
		base, spread := (first+u.offset)*u.factor, second*v.factor
		q.BaseLow, q.BaseHigh = base-spread, base+spread
		return
	}
	q.Low, q.High = first, second
	q.BaseLow, q.BaseHigh = (first+u.offset)*u.factor, (second+v.offset)*v.factor
	if q.BaseHigh < q.BaseLow {
		q.Low, q.High, q.BaseLow, q.BaseHigh = q.High, q.Low, q.BaseHigh, q.BaseLow
	}
}

// reinterpret gives a quantity the meaning that the words before it have: "误差 ±0.5 ℃" is no temperature
// but a difference, "收率 0.72" is a share.
func (q *Quantity) reinterpret(u unit, tolerance bool) {
	if tolerance && q.Comparator == Equal {
		q.Comparator = AtMost
	}
	if q.Dims == "kelvin:1" && (tolerance || namesDifference(q.Label)) {
		q.Dims = "±" + q.Dims
		q.BaseLow, q.BaseHigh = q.BaseLow-u.offset*u.factor, q.BaseHigh-u.offset*u.factor
	}
	if q.Unit == "" && q.Low > 0 && q.High <= 1 && namesShare(q.Label) {
		q.Dims = "share:1"
	}
}

// secondAt is where the second number of a range or a tolerance begins, its sign included, when one
// follows the number that ends at end, with or without a unit that ends at unitEnd; else 0.
func secondAt(r []rune, end, unitEnd int) (at int, tolerance bool) {
	at = max(end, unitEnd)
	for at < len(r) && r[at] == ' ' {
		at++
	}
	for _, m := range rangeMarks {
		n := len([]rune(m))
		if at+n >= len(r) || string(r[at:at+n]) != m {
			continue
		}
		next := at + n
		for next+1 < len(r) && r[next] == ' ' {
			next++
		}
		if isDigit(r[next]) || r[next] == '-' && next+1 < len(r) && isDigit(r[next+1]) {
			return next, m == "±" || m == "+/-"
		}
	}
	return 0, false
}

// rangeMarks stand between the two numbers of a range or a tolerance.
var rangeMarks = []string{"~", "～", "--", "-", "–", "—", "至", "到", "±", "+/-", "to "}

func signLength(r []rune, at int) int {
	if r[at] == '-' {
		return 1
	}
	return 0
}

// signs are what stands before a number and belongs to it.
type signs struct {
	start               int // where the number begins with them
	negative, tolerance bool
}

// signBefore looks for a sign before the number at i. A hyphen is one only before units that go below
// zero: elsewhere it is a dash.
func signBefore(r []rune, i int, u unit) signs {
	for _, m := range []string{"±", "+/-", "正负"} {
		if start, ok := endsAt(r, i, m); ok {
			return signs{start: start, tolerance: true}
		}
	}
	if !goesBelowZero(u) {
		return signs{start: i}
	}
	if start, ok := endsAt(r, i, "零下"); ok {
		return signs{start: start, negative: true}
	}
	if i > 0 && r[i-1] == '-' && (i < 2 || !IsWord(r[i-2])) {
		return signs{start: i - 1, negative: true}
	}
	return signs{start: i}
}

// endsAt reports whether a word ends at i, and where it begins.
func endsAt(r []rune, i int, word string) (int, bool) {
	n := len([]rune(word))
	return i - n, i >= n && string(r[i-n:i]) == word
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
