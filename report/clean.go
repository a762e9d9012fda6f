package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes a text from outside safe to show: valid UTF-8 without control characters, and without
// the marks that turn the writing direction, which can make a line read as something else.
// Line breaks stay.
func clean(s string) string {
	if !dirty(s) {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case r == '\t':
			return ' '
		case forbidden(r):
			return -1
		}
		return r
	}, s)
}

func dirty(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && (forbidden(r) || r == '\u2028' || r == '\u2029')
	})
}

// forbidden are control characters, marks of direction, the byte order mark and what is no character.
func forbidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\uFEFF', r == '\u200E', r == '\u200F':
		return true
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r >= '\uFDD0' && r <= '\uFDEF':
		return true
	}
	return r&0xFFFE == 0xFFFE
}

// oneLine is clean text with each run of white space as one blank.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// brief is the beginning of a text on one line, n code points at most. It looks at no more of s than
// that needs: a cell may hold megabytes, and the page asks for its beginning often.
func brief(s string, n int) string {
	most := 16*n + 256
	if len(s) <= most {
		return limit(oneLine(s), n)
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	out := oneLine(s[:most])
	if out == "" {
		return ""
	}
	return limit(out+"…", n)
}

// limit cuts a text to n code points, with … for the rest.
func limit(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
