// Package kernel compares many small vectors at the speed that memory is read: dot products of int8
// values and distances of binary codes, in assembly where the processor has the instructions and in
// plain Go elsewhere. All ways give the same numbers. What the numbers mean, and where the vectors
// lie, is decided in match/vector.
package kernel

import "math/bits"

// Level is a way to compute.
type Level uint8

// The levels. Each is faster than the one before.
const (
	Portable Level = iota // plain Go
	AVX2
	AVX512 // with VNNI for dot products, with VPOPCNTDQ for codes
)

func (l Level) String() string { return [...]string{"portable", "avx2", "avx512"}[l] }

// Set says how each of the two kinds of comparison is computed; the zero Set is plain Go. One with
// levels that Best does not reach stops the program at an unknown instruction.
type Set struct {
	Dot  Level
	Code Level
}

func (s Set) String() string {
	if s.Dot == s.Code {
		return s.Dot.String()
	}
	return s.Dot.String() + " and " + s.Code.String()
}

// All returns the sets of equal levels that this processor can compute, and Best last.
func All() []Set {
	best := best()
	var out []Set
	for l := Portable; l < min(best.Dot, best.Code); l++ {
		out = append(out, Set{l, l})
	}
	if best.Dot != best.Code {
		out = append(out, Set{min(best.Dot, best.Code), min(best.Dot, best.Code)})
	}
	return append(out, best)
}

// Best returns the fastest set of this processor.
func Best() Set { return best() }

// CodeWords is the unit of binary codes in words: they are as long as a whole number of cache lines.
const CodeWords = 8

// unit is what the assembly multiplies at a time; what is left over of a vector is done in Go.
const unit = 64

// Dots sets out[i] to the dot product of q and the i-th row: rows holds len(out) rows as long as q,
// one after the other. Vectors have at most 65,536 values, so that sums fit.
func (s Set) Dots(out []int32, q, rows []int8) {
	rows = rows[:len(out)*len(q)]
	if s.Dot == Portable || len(q) < unit || len(out) == 0 {
		for i := range out {
			out[i] = dot(q, rows[i*len(q):(i+1)*len(q)])
		}
		return
	}
	s.dots(out, q, rows)
	if tail := len(q) &^ (unit - 1); tail < len(q) {
		for i := range out {
			out[i] += dot(q[tail:], rows[i*len(q)+tail:(i+1)*len(q)])
		}
	}
}

// DotsAt is Dots for rows that lie anywhere; each is as long as q.
func (s Set) DotsAt(out []int32, q []int8, rows [][]int8) {
	rows = rows[:len(out)]
	for _, r := range rows {
		_ = r[:len(q)] // the assembly checks nothing
	}
	if s.Dot == Portable || len(q) < unit || len(out) == 0 {
		for i, r := range rows {
			out[i] = dot(q, r[:len(q)])
		}
		return
	}
	s.dotsAt(out, q, rows)
	if tail := len(q) &^ (unit - 1); tail < len(q) {
		for i, r := range rows {
			out[i] += dot(q[tail:], r[tail:len(q)])
		}
	}
}

// Distances sets dist[i] to how far the i-th code is from q. The query is three codes one after the
// other: its bits, those bits that count once where the codes differ, and those that count twice; a
// bit in both counts three times. Codes have a multiple of CodeWords words, and at most 256.
func (s Set) Distances(dist []uint16, q, codes []uint64) {
	words := len(q) / 3
	codes = codes[:len(dist)*words]
	if s.Code == Portable || len(dist) == 0 || words == 0 || words%CodeWords != 0 {
		for i := range dist {
			dist[i] = distance(q, codes[i*words:(i+1)*words])
		}
		return
	}
	s.distances(dist, q[:3*words], codes)
}

// Within sets bit i of masks where dist[i] is at most limit; masks has a bit for each, and those
// beyond the last are 0.
func (s Set) Within(masks []uint64, dist []uint16, limit uint16) {
	masks = masks[:(len(dist)+63)/64]
	whole := len(dist) / 64
	if s.Code == Portable {
		whole = 0
	} else if whole > 0 {
		s.within(masks[:whole], dist, limit)
	}
	for i := whole; i < len(masks); i++ {
		masks[i] = within(dist[i*64:min(len(dist), (i+1)*64)], limit)
	}
}

// dot multiplies in plain Go: four sums a round let the processor work on several at once, and the
// array pointers spare it the bounds checks.
func dot(a, b []int8) int32 {
	var s0, s1, s2, s3 int32
	b = b[:len(a)]
	for len(a) >= 16 {
		x, y := (*[16]int8)(a), (*[16]int8)(b)
		s0 += int32(x[0])*int32(y[0]) + int32(x[4])*int32(y[4]) + int32(x[8])*int32(y[8]) + int32(x[12])*int32(y[12])
		s1 += int32(x[1])*int32(y[1]) + int32(x[5])*int32(y[5]) + int32(x[9])*int32(y[9]) + int32(x[13])*int32(y[13])
		s2 += int32(x[2])*int32(y[2]) + int32(x[6])*int32(y[6]) + int32(x[10])*int32(y[10]) + int32(x[14])*int32(y[14])
		s3 += int32(x[3])*int32(y[3]) + int32(x[7])*int32(y[7]) + int32(x[11])*int32(y[11]) + int32(x[15])*int32(y[15])
		a, b = a[16:], b[16:]
	}
	for i := range a {
		s0 += int32(a[i]) * int32(b[i])
	}
	return s0 + s1 + s2 + s3
}

// distance compares in plain Go, four words a round.
func distance(q, code []uint64) uint16 {
	words := len(code)
	bit, once, twice := q[:words], q[words:2*words], q[2*words:3*words]
	n, n2 := 0, 0
	for len(code) >= 4 {
		c, b, o, t := (*[4]uint64)(code), (*[4]uint64)(bit), (*[4]uint64)(once), (*[4]uint64)(twice)
		x0, x1, x2, x3 := c[0]^b[0], c[1]^b[1], c[2]^b[2], c[3]^b[3]
		n += bits.OnesCount64(x0&o[0]) + bits.OnesCount64(x1&o[1]) + bits.OnesCount64(x2&o[2]) + bits.OnesCount64(x3&o[3])
		n2 += bits.OnesCount64(x0&t[0]) + bits.OnesCount64(x1&t[1]) + bits.OnesCount64(x2&t[2]) + bits.OnesCount64(x3&t[3])
		code, bit, once, twice = code[4:], bit[4:], once[4:], twice[4:]
	}
	for i, c := range code {
		n += bits.OnesCount64((c ^ bit[i]) & once[i])
		n2 += bits.OnesCount64((c ^ bit[i]) & twice[i])
	}
	return uint16(n + 2*n2)
}

// within compares in plain Go, without branches.
func within(dist []uint16, limit uint16) uint64 {
	var m uint64
	for i, d := range dist {
		m |= (uint64(limit) - uint64(d)) >> 63 << i
	}
	return m ^ (1<<len(dist) - 1)
}
