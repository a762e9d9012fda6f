// Package words holds every word that the pages say, in Chinese and in English, by key. What the
// records and the plan say is not in here.
package words

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.txt
var files embed.FS

// Lang is a language of the pages.
type Lang string

// The languages.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// Langs lists the languages, the first is the one without a prefix in addresses.
func Langs() []Lang { return []Lang{ZH, EN} }

// Words are all messages by language and key.
type Words map[Lang]map[string]string

// Load reads the message files. A line is "key = text"; {} stands for what is put in, in order, {0} and
// {1} where a language wants another order. Lines that begin with # are remarks.
func Load() (Words, error) {
	all := Words{}
	for _, l := range Langs() {
		b, err := files.ReadFile(string(l) + ".txt")
		if err != nil {
			return nil, err
		}
		all[l] = map[string]string{}
		n := 0
		for line := range strings.Lines(string(b)) {
			n++
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			key, text, ok := strings.Cut(line, " = ")
			if !ok || all[l][key] != "" {
				return nil, fmt.Errorf("words/%s.txt, line %d: not of the form key = text, or said twice: %s", l, n, line)
			}
			all[l][key] = strings.ReplaceAll(text, "␠", " ") // a blank at an end, which editors take away
		}
	}
	return all, nil
}

// Has reports whether there is a message with a key.
func (w Words) Has(l Lang, key string) bool { _, ok := w[l][key]; return ok }

// Say is a message with what is put in. A key that is not there is shown, so that it is noticed.
func (w Words) Say(l Lang, key string, args ...any) string {
	text, ok := w[l][key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	return Fill(text, args...)
}

// Fill puts values into a message.
func Fill(text string, args ...any) string {
	for i, a := range args {
		value := fmt.Sprint(a)
		if numbered := fmt.Sprintf("{%d}", i); strings.Contains(text, numbered) {
			text = strings.ReplaceAll(text, numbered, value)
			continue
		}
		text = strings.Replace(text, "{}", value, 1)
	}
	return text
}
