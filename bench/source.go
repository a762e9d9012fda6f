package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is the stock that documents are made of.
type source struct {
	name      string
	titles    []string
	sentences []string
	lengths   []int // of real texts, in characters: how long a made one is to be
}

// readSource reads the CSL sample below shared, or the examples of the repository without it.
func readSource(shared, root string) (*source, error) {
	s := &source{name: "the CSL sample (titles and sentences of abstracts)"}
	csl := filepath.Join(shared, "data", "csl")
	err := eachRecord(filepath.Join(csl, "corpus.jsonl"), func(r map[string]any) { s.addText(str(r, "text")) })
	if errors.Is(err, fs.ErrNotExist) || shared == "" {
		return readExamples(root)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range [][2]string{{"records.jsonl", "title"}, {"train_title_category.jsonl", "text"}} {
		if err := eachRecord(filepath.Join(csl, f[0]), func(r map[string]any) { s.addTitle(str(r, f[1])) }); err != nil {
			return nil, err
		}
	}
	return s.finish()
}

func readExamples(root string) (*source, error) {
	s := &source{name: "examples/ (the evaluation data is not here; figures do not compare with runs on CSL)"}
	for _, file := range []string{"achievements.jsonl", "needs.jsonl"} {
		err := eachRecord(filepath.Join(root, "examples", file), func(r map[string]any) {
			s.addTitle(str(r, "title"))
			for _, key := range []string{"abstract", "body", "background", "objective"} {
				s.addText(str(r, key))
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return s.finish()
}

// finish drops what is there twice; the order is that of the files, so that a seed gives the same
// corpus every time.
func (s *source) finish() (*source, error) {
	s.titles, s.sentences = distinct(s.titles), distinct(s.sentences)
	if len(s.titles) < 10 || len(s.sentences) < 10 {
		return nil, fmt.Errorf("%s has too few texts", s.name)
	}
	return s, nil
}

func str(r map[string]any, key string) string {
	v, _ := r[key].(string)
	return strings.TrimSpace(v)
}

func (s *source) addTitle(t string) {
	if n := utf8.RuneCountInString(t); n >= shortest && n <= longestTitle {
		s.titles = append(s.titles, t)
	}
}

func (s *source) addText(t string) {
	if t == "" {
		return
	}
	s.lengths = append(s.lengths, min(utf8.RuneCountInString(t), longestText))
	for _, sentence := range split(t) {
		if n := utf8.RuneCountInString(sentence); n >= shortest && n <= longestText/2 {
			s.sentences = append(s.sentences, sentence)
		}
	}
}

// longestText and longestTitle keep made documents within one passage of the encoder, so that each
// has one vector.
const (
	longestText  = 380
	longestTitle = 60
)

// split cuts after marks that end sentences, and after a point that does not stand in a number or
// word, as abstracts use them.
func split(t string) []string {
	var out []string
	runes, start := []rune(t), 0
	for i, r := range runes {
		end := strings.ContainsRune("。；！？;!?\n", r)
		if r == '.' {
			end = i+1 == len(runes) || i > 0 && unicode.Is(unicode.Han, runes[i-1]) || unicode.Is(unicode.Han, runes[i+1])
		}
		if end {
			out = append(out, strings.TrimSpace(string(runes[start:i+1])))
			start = i + 1
		}
	}
	return append(out, strings.TrimSpace(string(runes[start:])))
}

func distinct(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := list[:0]
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// eachRecord calls do for every line of a jsonl file.
func eachRecord(path string, do func(map[string]any)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var r map[string]any
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		do(r)
	}
	return lines.Err()
}
