//go:build !amd64

package classify

// dots is the product of two rows with four.
func dots(a0, a1, b0, b1, b2, b3 []float32, s *[8]float32) { dotsGo(a0, a1, b0, b1, b2, b3, s) }
