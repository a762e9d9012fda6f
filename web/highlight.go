package web

import (
	"html/template"
	"strings"

	"zhuanhua/match"
	"zhuanhua/match/text"
)

// marked is a text with words in it marked, whatever width, case or form of characters they have there.
func marked(s string, words []string) template.HTML {
	f := text.Fold(s)
	hit := make([]bool, len(f.Runes))
	for _, w := range words {
		folded := text.Fold(w)
		if word := []rune(strings.TrimSpace(string(folded.Runes))); !markWord(f.Runes, hit, word) {
			markPairs(f.Runes, hit, word)
		}
	}
	var spans []match.Span
	for i := 0; i < len(hit); {
		if !hit[i] {
			i++
			continue
		}
		end := i
		for end < len(hit) && hit[end] {
			end++
		}
		from, to := f.Raw(i, end)
		spans = append(spans, match.Span{Start: from, End: to})
		i = end
	}
	return spanned(s, spans)
}

// markWord notes every place of a word and reports whether there is one.
func markWord(in []rune, hit []bool, word []rune) bool {
	found := false
	for i := 0; len(word) > 1 && i+len(word) <= len(in); i++ {
		if string(in[i:i+len(word)]) == string(word) {
			found = true
			for j := range word {
				hit[i+j] = true
			}
		}
	}
	return found
}

// markPairs notes the places of pairs of Chinese characters of a longer word.
func markPairs(in []rune, hit []bool, word []rune) {
	for i := 0; i+1 < len(word); i++ {
		if text.IsHan(word[i]) && text.IsHan(word[i+1]) && text.IsWordPair(word[i], word[i+1]) && !text.Boilerplate(string(word[i:i+2])) {
			markWord(in, hit, word[i:i+2])
		}
	}
}

// spanned is a text with spans marked. Everything of the text is escaped; spans that do not fit are
// left out.
func spanned(s string, spans []match.Span) template.HTML {
	runes := []rune(s)
	var b strings.Builder
	at := 0
	for _, sp := range spans {
		if sp.Start < at || sp.End > len(runes) || sp.Start >= sp.End {
			continue
		}
		template.HTMLEscape(&b, []byte(string(runes[at:sp.Start])))
		b.WriteString("<mark>")
		template.HTMLEscape(&b, []byte(string(runes[sp.Start:sp.End])))
		b.WriteString("</mark>")
		at = sp.End
	}
	template.HTMLEscape(&b, []byte(string(runes[at:])))
	return template.HTML(b.String())
}

// snippet is the place in a text where words stand, with what is around it; "" where they do not.
func snippet(s string, words []string) template.HTML {
	f := text.Fold(s)
	hit := make([]bool, len(f.Runes))
	for _, w := range words {
		folded := text.Fold(w)
		if !markWord(f.Runes, hit, folded.Runes) {
			markPairs(f.Runes, hit, folded.Runes)
		}
	}
	for i := range hit {
		if hit[i] {
			from, _ := f.Raw(i, i+1)
			runes := []rune(s)
			start := max(0, from-20)
			cut := string(runes[start:min(len(runes), start+60)])
			if start+60 < len(runes) {
				cut += "…"
			}
			if start > 0 {
				cut = "…" + cut
			}
			return marked(cut, words)
		}
	}
	return ""
}
