package vector

import (
	"math"

	"zhuanhua/match/vector/kernel"
)

// Vec is a vector in int8: its values are Q times Scale. It takes a quarter of the room of float32
// and is compared in integers.
type Vec struct {
	Scale float32 // 0 for a vector of zeros
	Q     []int8  // −127 to 127
}

// Quantize rounds a vector to int8. Scale is chosen so that the length of the vector stays what it
// was, which makes the dot product of two unit vectors their exact cosine after rounding; rounding
// moves it by less than QuantError.
func Quantize(v []float32) Vec {
	q := make([]int8, len(v))
	return Vec{Scale: quantizeTo(q, v), Q: q}
}

// quantizeTo writes the rounded values to q, which has v's length, and returns the scale.
func quantizeTo(q []int8, v []float32) float32 {
	var top, length float64
	for _, x := range v {
		top = max(top, math.Abs(float64(x)))
		length += float64(x) * float64(x)
	}
	if top == 0 || math.IsNaN(length) || math.IsInf(length, 0) {
		clear(q)
		return 0
	}
	step := 127 / top
	var squares int64
	for i, x := range v {
		n := int8(math.RoundToEven(float64(x) * step))
		q[i] = n
		squares += int64(n) * int64(n)
	}
	return float32(math.Sqrt(length / float64(squares)))
}

// Float returns the vector in float32.
func (v Vec) Float() []float32 {
	out := make([]float32, len(v.Q))
	for i, n := range v.Q {
		out[i] = float32(n) * v.Scale
	}
	return out
}

// Dot returns the dot product of two vectors of the same length, the cosine if both have unit length.
func (v Vec) Dot(w Vec) float32 {
	var dot [1]int32
	kernel.Best().Dots(dot[:], v.Q, w.Q)
	return float32(dot[0]) * v.Scale * w.Scale
}

// QuantError bounds how far the dot product of two unit vectors moves by rounding both. Each value
// is off by half a step at most and the length by as much again, so that with steps of 1/127 of the
// largest value each vector moves by at most √dim · top / 127, where top is that value.
func QuantError(a, b []float32) float64 {
	move := func(v []float32) float64 {
		var top float64
		for _, x := range v {
			top = max(top, math.Abs(float64(x)))
		}
		return math.Sqrt(float64(len(v))) * top / 127
	}
	x, y := move(a), move(b)
	return x + y + x*y
}
