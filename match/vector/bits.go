package vector

import "math/bits"

// Bits is a set of numbers, such as those of the documents that a search may find. It grows as
// needed; the zero Bits is empty.
type Bits []uint64

// Add puts a number, at least 0, into the set.
func (b *Bits) Add(n int) {
	for len(*b) <= n/64 {
		*b = append(*b, 0)
	}
	(*b)[n/64] |= 1 << (n % 64)
}

// Has says whether a number is in the set.
func (b Bits) Has(n int) bool { return n >= 0 && n/64 < len(b) && b[n/64]>>(n%64)&1 != 0 }

// Len returns how many numbers are in the set.
func (b Bits) Len() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// All calls do with the numbers of the set, the least first.
func (b Bits) All(do func(n int)) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			do(i*64 + bits.TrailingZeros64(w))
		}
	}
}
