package report

import (
	"strings"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/match"
)

// Lengths of a quotation, in code points.
const (
	contextRunes = 30  // about so much on each side of the span
	sentenceMin  = 12  // from here on the end of a sentence may end the context
	wordMax      = 12  // so much further, rather than cutting a number or a Latin word
	markHead     = 140 // a longer span is shown by its head …
	markTail     = 60  // … and its tail
)

// quote is a span in its context. Before and After are cut from the raw value, never reworded.
type quote struct {
	Column        string // in words
	Key           string // as the file has it
	Before, After string
	CutLeft       bool // the text goes on
	CutRight      bool
	Mark, Tail    string // Tail is the end of a span too long to show, "" otherwise
}

// quoteSpan finds the span in the record's raw values. A span that is not there (a list, a value
// joined from parts) is quoted alone: its text is all that can be vouched for.
func quoteSpan(cells []zhuanhua.Cell, sp match.Span) quote {
	q := quote{Column: brief(columnWord(sp.Field, ""), 30), Key: brief(sp.Field, 60)}
	raw, from, to := "", 0, 0
	for _, c := range cells {
		if c.Column != sp.Field {
			continue
		}
		q.Column = brief(columnWord(c.Column, c.Noun), 30)
		if f, t, ok := locate(c.Raw, sp); ok {
			raw, from, to = c.Raw, f, t
			break
		}
	}
	if raw == "" {
		q.Mark, q.Tail = shorten(sp.Text)
		return q
	}
	left, cutLeft := leftOf(raw[:from])
	right, cutRight := rightOf(raw[to:])
	q.Before, q.CutLeft = clean(left), cutLeft
	q.After, q.CutRight = clean(right), cutRight
	if !cutLeft {
		q.Before = strings.TrimLeft(q.Before, " \n　")
	}
	if !cutRight {
		q.After = strings.TrimRight(q.After, " \n　")
	}
	q.Mark, q.Tail = shorten(sp.Text)
	return q
}

// locate turns code points into bytes and checks that the span's own text stands there.
func locate(raw string, sp match.Span) (from, to int, ok bool) {
	if sp.Start < 0 || sp.End <= sp.Start {
		return 0, 0, false
	}
	n := 0
	from = -1
	for i := range raw {
		if n == sp.Start {
			from = i
			break
		}
		n++
	}
	if from < 0 || !strings.HasPrefix(raw[from:], sp.Text) {
		return 0, 0, false
	}
	if utf8.RuneCountInString(sp.Text) != sp.End-sp.Start {
		return 0, 0, false
	}
	return from, from + len(sp.Text), true
}

// leftOf is the end of s that goes before a quotation, and whether more stands before it.
func leftOf(s string) (string, bool) {
	i, n := len(s), 0
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n >= sentenceMin && endsSentence(r) {
			return s[i:], false
		}
		if n >= contextRunes && (n >= contextRunes+wordMax || !inWord(r) || !inWordAt(s[i:])) {
			return s[i:], true
		}
		i -= size
		n++
	}
	return s, false
}

// rightOf is the beginning of s that goes after a quotation, and whether more follows.
func rightOf(s string) (string, bool) {
	last, n := rune(0), 0
	for i, r := range s {
		if n >= sentenceMin && endsSentence(last) {
			return s[:i], false
		}
		if n >= contextRunes && (n >= contextRunes+wordMax || !inWord(r) || !inWord(last)) {
			return s[:i], true
		}
		last = r
		n++
	}
	return s, false
}

func endsSentence(r rune) bool { return strings.ContainsRune("。！？；!?;\n", r) }

// inWord reports whether a cut beside r could split a number or a Latin word.
func inWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.' || r == ',' || r == '%'
}

func inWordAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return inWord(r)
}

// shorten keeps a span as it is, or its head and its tail.
func shorten(s string) (head, tail string) {
	n := utf8.RuneCountInString(s)
	if n <= markHead+markTail {
		return clean(s), ""
	}
	runes := []rune(s)
	return clean(string(runes[:markHead])), clean(string(runes[n-markTail:]))
}
