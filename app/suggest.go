package app

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"zhuanhua"
	"zhuanhua/match/text"
)

// foldTitle is a title as comparisons see it: width, case, traditional characters.
func foldTitle(s string) string {
	f := text.Fold(s)
	return string(f.Runes)
}

// soundOf is a title by its sounds, "zhezha zz", so that who types pinyin or initials finds it. What is
// not Chinese stands as it is.
func soundOf(s string) string {
	var whole, initials strings.Builder
	f := text.Fold(s)
	for _, r := range f.Runes {
		switch sound := sounds()[r]; {
		case sound != "":
			whole.WriteString(sound)
			initials.WriteByte(sound[0])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			whole.WriteRune(r)
			initials.WriteRune(r)
		}
	}
	return whole.String() + " " + initials.String()
}

// sounds are the sounds of the common characters without tones. Looking one up in the library takes a
// regular expression each time.
var sounds = sync.OnceValue(func() map[rune]string {
	out := make(map[rune]string, 21_000)
	args := pinyin.NewArgs()
	for r := rune(0x4e00); r <= 0x9fff; r++ {
		if list := pinyin.SinglePinyin(r, args); len(list) > 0 {
			out[r] = list[0]
		}
	}
	return out
})

// Suggest finds titles that hold what was typed, or sound like it: those that begin with it first.
func (c *Catalogue) Suggest(n zhuanhua.Noun, typed string, count int) []*Entry {
	typed = strings.TrimSpace(foldTitle(typed))
	if typed == "" || len(typed) > 200 {
		return nil
	}
	s := c.now.Load()
	question := string(n) + "\n" + typed + "\n" + strconv.Itoa(count)
	if known, ok := c.suggested.get(s, question); ok {
		return known
	}
	found := s.suggest(n, typed, count)
	c.suggested.put(s, question, found)
	return found
}

// suggest looks through the titles of a shelf.
func (s *shelves) suggest(n zhuanhua.Noun, typed string, count int) []*Entry {
	latin := strings.ReplaceAll(typed, " ", "")
	if strings.ContainsFunc(latin, func(r rune) bool { return r > unicode.MaxASCII }) {
		latin = ""
	}
	var first, then []*Entry
	for _, e := range s.entries[n] {
		switch at := place(e, typed, latin); {
		case at == 0:
			first = append(first, e)
		case at > 0 && len(then) < count:
			then = append(then, e)
		}
		if len(first) == count {
			break
		}
	}
	first = append(first, then...)
	return first[:min(count, len(first))]
}

// place is where in its title an entry holds what was typed, −1 nowhere.
func place(e *Entry, typed, latin string) int {
	if at := strings.Index(e.folded, typed); at >= 0 || latin == "" {
		return at
	}
	whole, initials, _ := strings.Cut(e.sound, " ")
	if at := strings.Index(initials, latin); at >= 0 && len(latin) > 1 {
		return at
	}
	if len(latin) < 3 {
		return -1
	}
	return strings.Index(whole, latin)
}
