package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/match/text"
)

// Who has no input method at hand types a word by its sound, without tones. The word that is meant is
// looked for in the records themselves: the one that is said most often.

// Bounds of words by their sound.
const (
	fewestSounds = 4      // letters: less is a word of another language, or initials
	mostSounds   = 48     // letters
	soundedTexts = 20_000 // records whose texts are looked through where no title has the word
)

// Heard is a word that was typed by its sound.
type Heard struct{ Typed, Meant string }

// hear replaces the words of a query that are sounds by what they mean in the records of a shelf.
func (s *shelves) hear(n zhuanhua.Noun, words string) (string, []Heard) {
	var out []string
	var heard []Heard
	for _, w := range strings.Fields(words) {
		if meant := s.meant(n, w); meant != "" {
			heard = append(heard, Heard{w, meant})
			w = meant
		}
		out = append(out, w)
	}
	if heard == nil {
		return words, nil
	}
	return strings.Join(out, " "), heard
}

// meant is the word that a sound stands for, "" where it is none or the records use it as it is written.
func (s *shelves) meant(n zhuanhua.Noun, typed string) string {
	sound := strings.ToLower(typed)
	if len(sound) < fewestSounds || len(sound) > mostSounds || strings.ContainsFunc(sound, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return ""
	}
	counts := map[string]int{}
	for _, e := range s.entries[n] {
		if strings.Contains(e.folded, sound) {
			return ""
		}
		if strings.Contains(e.sound, sound) {
			spoken(e.folded, sound, counts)
		}
	}
	if len(counts) == 0 {
		for _, e := range s.entries[n][:min(soundedTexts, len(s.entries[n]))] {
			f := text.Fold(e.Brief)
			spoken(string(f.Runes), sound, counts)
		}
	}
	if len(counts) == 0 {
		return ""
	}
	return slices.MaxFunc(slices.Sorted(maps.Keys(counts)), func(a, b string) int { return cmp.Compare(counts[a], counts[b]) })
}

// spoken counts the words of two characters and more of a folded text that sound so.
func spoken(folded, sound string, counts map[string]int) {
	table := sounds()
	for i, r := range folded {
		said := table[r]
		if said == "" || !strings.HasPrefix(sound, said) {
			continue
		}
		rest, end := sound[len(said):], i+utf8.RuneLen(r)
		for rest != "" && end < len(folded) {
			next, size := utf8.DecodeRuneInString(folded[end:])
			if said = table[next]; said == "" || !strings.HasPrefix(rest, said) {
				break
			}
			rest, end = rest[len(said):], end+size
		}
		if rest == "" && end > i+utf8.RuneLen(r) {
			counts[folded[i:end]]++
		}
	}
}

// Suggest finds titles while somebody types; where none has what was typed, what a search finds for it.
func (f *Finder) Suggest(ctx context.Context, n zhuanhua.Noun, typed string, count int) ([]*Entry, []string) {
	list := f.catalogue.Suggest(n, typed, count)
	if len(list) > 0 || utf8.RuneCountInString(strings.TrimSpace(typed)) < 2 || !f.Ready() {
		return list, []string{typed}
	}
	hits, err := f.Search(ctx, n, typed)
	if err != nil { // such as a condition that is half typed
		return nil, nil
	}
	for _, id := range hits.IDs[:min(count, len(hits.IDs))] {
		if e := f.catalogue.Entry(n, id); e != nil {
			list = append(list, e)
		}
	}
	return list, hits.Words
}
