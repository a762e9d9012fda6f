package text

// TokenKind says what a token is.
type TokenKind uint8

// The kinds of token.
const (
	TokenGram     TokenKind = iota // two neighbouring Han characters
	TokenLone                      // a Han character without Han neighbours
	TokenWord                      // letters and digits
	TokenQuantity                  // a number with its unit
)

// Token is one unit of a folded text; Start and End are positions in Folded.Runes.
type Token struct {
	Term       Term
	Start, End int32
	Kind       TokenKind
}

// Tokens cuts a folded text into its index terms: overlapping pairs of Han characters, words of
// letters and digits, numbers (1.80 is 1.8), and numbers with their units kept whole as one more
// term ("1.80 g/cm³" is 1.8 and g and cm3 and 1.8g/cm3).
func Tokens(f *Folded) []Token {
	out := make([]Token, 0, len(f.Runes)+4)
	for i := 0; i < len(f.Runes); {
		r := f.Runes[i]
		switch {
		case IsHan(r):
			end := i + 1
			for end < len(f.Runes) && IsHan(f.Runes[end]) {
				end++
			}
			out = appendGrams(out, f, i, end)
			i = end
		case IsWord(r):
			end := wordEnd(f.Runes, i)
			out = append(out, Token{Word(trimZeros(f.Runes[i:end])), int32(i), int32(end), TokenWord})
			if q, ok := quantityTerm(f, i, end); ok {
				out = append(out, q)
			}
			i = end
		default:
			i++
		}
	}
	return out
}

// Terms is the index terms of a raw text, without their places.
func Terms(s string) []Term {
	f := Fold(s)
	tokens := Tokens(&f)
	out := make([]Term, len(tokens))
	for i, t := range tokens {
		out[i] = t.Term
	}
	return out
}

func appendGrams(out []Token, f *Folded, start, end int) []Token {
	if end-start == 1 {
		return append(out, Token{Single(f.Runes[start]), int32(start), int32(end), TokenLone})
	}
	for i := start; i+1 < end; i++ {
		out = append(out, Token{Gram(f.Runes[i], f.Runes[i+1]), int32(i), int32(i + 2), TokenGram})
	}
	return out
}

// wordEnd is the end of the word that starts at i: letters and digits, and a point between digits.
func wordEnd(runes []rune, i int) int {
	end := i
	for end < len(runes) {
		r := runes[end]
		if IsWord(r) || r == '.' && end > i && end+1 < len(runes) && isDigit(runes[end-1]) && isDigit(runes[end+1]) {
			end++
			continue
		}
		break
	}
	return end
}

// trimZeros drops the zeros that end a decimal fraction, so that 1.80 and 1.8 are one term.
func trimZeros(w []rune) []rune {
	point := -1
	for i, r := range w {
		if r == '.' {
			if point >= 0 {
				return w // a version or a date, not a number
			}
			point = i
		} else if !isDigit(r) {
			return w
		}
	}
	if point < 0 {
		return w
	}
	end := len(w)
	for end > point+1 && w[end-1] == '0' {
		end--
	}
	if end == point+1 {
		end = point
	}
	return w[:end]
}

// quantityTerm is the whole-quantity term of a number that stands at [start, end) when a unit of
// letters or signs follows it ("67%", "1.8 g/cm3", "500mpa").
func quantityTerm(f *Folded, start, end int) (Token, bool) {
	if !isDigit(f.Runes[start]) {
		return Token{}, false
	}
	num := numberEnd(f.Runes, start)
	unitStart, unitEnd := unitSpan(f.Runes, num)
	if unitEnd == unitStart || unitStart == num && unitEnd == end {
		return Token{}, false // no unit, or the word itself is number and unit already
	}
	key := append([]rune{}, trimZeros(f.Runes[start:num])...)
	key = append(key, f.Runes[unitStart:unitEnd]...)
	return Token{Word(key), int32(start), int32(unitEnd), TokenQuantity}, true
}

// AppendCharacters appends the Han characters of a folded text that have Han neighbours, one by one;
// those without are tokens already.
func AppendCharacters(out []Term, f *Folded) []Term {
	for i, r := range f.Runes {
		if IsHan(r) && (i > 0 && IsHan(f.Runes[i-1]) || i+1 < len(f.Runes) && IsHan(f.Runes[i+1])) {
			out = append(out, Single(r))
		}
	}
	return out
}

// Place is a term and the folded character that it begins with.
type Place struct {
	Term Term
	At   int32
}

// AppendPlaces appends the terms of folded characters with their places, base counted on: those of
// Tokens but for numbers with their units.
func AppendPlaces(out []Place, runes []rune, base int32) []Place {
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case IsHan(r):
			start := i
			for i++; i < len(runes) && IsHan(runes[i]); i++ {
				out = append(out, Place{Gram(runes[i-1], runes[i]), base + int32(i-1)})
			}
			if i == start+1 {
				out = append(out, Place{Single(r), base + int32(start)})
			}
		case IsWord(r):
			end := wordEnd(runes, i)
			out = append(out, Place{Word(trimZeros(runes[i:end])), base + int32(i)})
			i = end
		default:
			i++
		}
	}
	return out
}
