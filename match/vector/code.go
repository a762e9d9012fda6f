package vector

import "zhuanhua/match/vector/kernel"

// A binary code holds the sign of each value of a vector: a bit that is set stands for less than 0.
// It takes an eighth of the room of int8, and scanning codes first leaves few vectors to look at.
// Weighed as queryCode does, codes find no more of the nearest vectors after the mean was moved to 0,
// and turning finds less (docs/bench.md), so a code is a function of its vector alone.

// codeWords is the length of the codes of vectors, filled up with zeros.
func codeWords(dim int) int {
	const line = 64 * kernel.CodeWords
	return (dim + line - 1) / line * kernel.CodeWords
}

// signs writes the code of a vector.
func signs(code []uint64, q []int8) {
	clear(code)
	for i, x := range q {
		code[i/64] |= uint64(uint8(x)>>7) << (i % 64)
	}
}

// queryCode makes what kernel.Distances compares codes with. A bit that differs costs more where the
// query's value is larger: nothing up to a quarter of the usual value (root mean square), then 1, from
// three quarters on 2, from five quarters on 3. That needs a third of the candidates that counting
// every bit alike does.
func queryCode(q []int8) []uint64 {
	words := codeWords(len(q))
	out := make([]uint64, 3*words)
	signs(out[:words], q)
	squares := 0
	for _, x := range q {
		squares += int(x) * int(x)
	}
	for i, x := range q {
		// (4·x)²·dim against squares, in whole numbers.
		w, size := 0, 16*int(x)*int(x)*len(q)
		for _, times := range []int{1, 9, 25} {
			if size > times*squares {
				w++
			}
		}
		out[words+i/64] |= uint64(w&1) << (i % 64)
		out[2*words+i/64] |= uint64(w>>1) << (i % 64)
	}
	return out
}
