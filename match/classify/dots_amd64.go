package classify

import "golang.org/x/sys/cpu"

//go:noescape
func dotsFMA(a0, a1, b0, b1, b2, b3 *float32, n int, s *[8]float32)

// dots is the product of two rows with four, in the widest arithmetic that the processor has.
func dots(a0, a1, b0, b1, b2, b3 []float32, s *[8]float32) {
	whole := len(a0) &^ 7
	if whole == 0 || !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		dotsGo(a0, a1, b0, b1, b2, b3, s)
		return
	}
	n := len(a0)
	a1, b0, b1, b2, b3 = a1[:n], b0[:n], b1[:n], b2[:n], b3[:n]
	dotsFMA(&a0[0], &a1[0], &b0[0], &b1[0], &b2[0], &b3[0], whole, s)
	if whole == n {
		return
	}
	var rest [8]float32
	dotsGo(a0[whole:], a1[whole:], b0[whole:], b1[whole:], b2[whole:], b3[whole:], &rest)
	for i, x := range rest {
		s[i] += x
	}
}
