package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/match/measure"
)

// evalSet is one set of graded pairs: needs of one kind over one corpus.
type evalSet struct {
	name    string
	corpus  string // path; sets over the same corpus share its documents
	needs   []match.Document
	grades  map[string]measure.Grades
	further bool            // learned from, not measured
	part    map[string]bool // ids of the corpus that are used; nil: all
	// full are the whole needs, by id, where needs are parts of them; else nil.
	full map[string]*match.Document
}

// findSets finds the sets of directories: in each, and in each of its folders, a corpus with queries and
// grades in files of the names that eval's sets have, or achievements with needs and pairs.
func findSets(io stdio, dirs []string) ([]evalSet, error) {
	var out []evalSet
	for _, dir := range dirs {
		dir = io.path(dir)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, zhuanhua.Unavailable(dir, "the directory of sets cannot be read", "check the path and its permissions", err)
		}
		folders := []string{dir}
		for _, e := range entries {
			if e.IsDir() {
				folders = append(folders, filepath.Join(dir, e.Name()))
			}
		}
		found := len(out)
		for _, folder := range folders {
			some, err := setsIn(io, folder)
			if err != nil {
				return nil, err
			}
			out = append(out, some...)
		}
		if len(out) == found {
			return nil, zhuanhua.Invalid(dir, "no set of graded pairs lies here or in a folder of it",
				"put corpus.jsonl, queries.jsonl and qrels.tsv (or achievements.jsonl, needs.jsonl and pairs.tsv) into a folder")
		}
	}
	return out, nil
}

// setsIn reads the sets of one folder: each qrels_KIND.tsv with its queries_KIND.jsonl over the corpus,
// and what its records give further needs for.
func setsIn(io stdio, folder string) ([]evalSet, error) {
	name := filepath.Base(folder)
	if exists(filepath.Join(folder, "pairs.tsv")) {
		s, err := readSet(io, name, filepath.Join(folder, "achievements.jsonl"), filepath.Join(folder, "needs.jsonl"), filepath.Join(folder, "pairs.tsv"))
		return []evalSet{s}, err
	}
	qrels, err := filepath.Glob(filepath.Join(folder, "qrels*.tsv"))
	if err != nil || len(qrels) == 0 {
		return nil, err
	}
	corpora, err := filepath.Glob(filepath.Join(folder, "*corpus.jsonl"))
	if err != nil {
		return nil, err
	}
	if len(corpora) != 1 {
		return nil, zhuanhua.Invalid(folder, fmt.Sprintf("%d files are named *corpus.jsonl where one is wanted", len(corpora)), "leave one corpus in the folder")
	}
	var out []evalSet
	for _, path := range qrels {
		kind := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "qrels"), ".tsv")
		s, err := readSet(io, strings.TrimSpace(name+" "+strings.TrimPrefix(kind, "_")), corpora[0], filepath.Join(folder, "queries"+kind+".jsonl"), path)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	more, err := furtherSet(name, corpora[0], filepath.Join(folder, "records.jsonl"), out)
	if more != nil {
		out = append(out, *more)
	}
	return out, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func readSet(io stdio, name, corpus, queries, grades string) (evalSet, error) {
	s := evalSet{name: name, corpus: corpus}
	needs, err := readNeeds(io, queries, intake.Options{})
	if err != nil {
		return s, err
	}
	if s.grades, err = intake.Grades(grades); err != nil {
		return s, err
	}
	s.needs = slices.DeleteFunc(documents(needs, match.NeedDocument), func(d match.Document) bool { return !s.grades[d.ID].Relevant() })
	return s, nil
}

// judged reports whether people judged pairs one by one: then there are zeros.
func (s *evalSet) judged() bool { return measure.HasZeros(s.grades) }

// record is a line of records.jsonl: what its authors said of a document of the corpus.
type record struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Keywords []string `json:"keywords"`
}

// furtherSet makes needs of records: each keyword asks for all documents that its authors gave it to,
// each title that no set asks for asks for its own document. Only documents with a record are ranked, since
// of the others nobody knows the keywords. nil without records.
func furtherSet(name, corpus, path string, known []evalSet) (*evalSet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil // there need be none
	}
	defer f.Close()
	s := &evalSet{name: name + " records", corpus: corpus, grades: map[string]measure.Grades{}, further: true, part: map[string]bool{}}
	taken := map[string]bool{}
	for _, k := range known {
		for _, n := range k.needs {
			taken[n.Title()] = true
		}
	}
	of := map[string]measure.Grades{}
	var titles []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, zhuanhua.Invalid(fmt.Sprintf("%s line %d", path, n), "this is no record: "+err.Error(), "write one JSON object a line with id, title and keywords")
		}
		s.part[r.ID] = true
		for _, w := range append(r.Keywords, r.Title) {
			if len([]rune(w)) < 2 || w == r.Title && taken[w] {
				continue
			}
			if of[w] == nil {
				of[w] = measure.Grades{}
				titles = append(titles, w)
			}
			of[w][r.ID] = 1
		}
	}
	for i, w := range titles {
		id := fmt.Sprintf("%s-further-%d", name, i+1)
		s.needs = append(s.needs, match.Document{ID: id, Parts: []match.Part{{Column: "title", Role: match.RoleTitle, Raw: w}}})
		s.grades[id] = of[w]
	}
	return s, lines.Err()
}
