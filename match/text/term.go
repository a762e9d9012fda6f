package text

// Term is the key of one indexed unit of text: a pair of Han characters, a word of Latin letters
// and digits, or a number with its unit. Pairs are packed exactly (two code points of 21 bits);
// words and quantities are hashed to 63 bits, so that two of them meet by chance about once in
// 2^31 different words, which ranking can bear and indexing never sees as an error.
//
// Keys rather than strings keep the index free of allocation: one key costs a shift, one string
// costs a header, a copy and a garbage collection later.
type Term uint64

const hashed Term = 1 << 63

// Gram is the term of two neighbouring characters.
func Gram(a, b rune) Term { return Term(a)<<21 | Term(b) }

// Single is the term of a Han character that has no Han neighbour.
func Single(a rune) Term { return Term(a) }

// Word is the term of a word given as folded characters.
func Word(w []rune) Term {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a, 64 bits, per code point
	h := uint64(offset)
	for _, r := range w {
		h ^= uint64(r)
		h *= prime
	}
	h ^= h >> 29
	return hashed | Term(h)
}

// IsGram reports whether t is a pair of characters (not a word, a quantity or a lone character).
func (t Term) IsGram() bool { return t&hashed == 0 && t>>21 != 0 }
