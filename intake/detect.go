package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhuanhua"
)

// sampleRows is how many records of a jsonl file are looked at to tell what it holds.
const sampleRows = 20

// Detect tells from the header or the keys of a file what its records are. Where that is not clear it
// asks for the kind instead of guessing.
func Detect(path string, opt Options) (zhuanhua.Noun, error) {
	in, err := openInput(path, opt.Limits.withDefaults())
	if err != nil {
		return "", err
	}
	defer in.close()
	return in.detect(opt)
}

func (in *input) detect(opt Options) (zhuanhua.Noun, error) {
	if opt.Mapping != nil && opt.Mapping.Kind != "" {
		return opt.Mapping.Kind, nil
	}
	opt.Limits = opt.Limits.withDefaults()
	headers, err := in.headers(opt)
	if err != nil {
		return "", err
	}
	best, second, most := zhuanhua.Noun(""), 0, 0
	for _, noun := range zhuanhua.Nouns() {
		score := 0
		for _, names := range headers {
			score = max(score, fit(noun, names, opt.Mapping))
		}
		if score > most {
			best, second, most = noun, most, score
		} else {
			second = max(second, score)
		}
	}
	if most > second+1 {
		return best, nil
	}
	what := "it is not clear what the records are: their columns fit several kinds"
	if most == 0 {
		what = "it is not clear what the records are: no column with their name or title is found"
	}
	if len(headers) > 0 {
		what += "; the columns are: " + strings.Join(shown(headers), ", ")
	}
	return "", zhuanhua.Invalid(in.name, what, "say what they are: --kind "+strings.ReplaceAll(nounList(), ", ", "|"))
}

// fit is how many different fields of a noun the names stand for, those that only this noun has counted
// twice and its name or id, if only this noun calls it so, four times; 0 without a name.
func fit(noun zhuanhua.Noun, names []string, m *Mapping) int {
	k, _ := kindOf(noun)
	k.mapping = m
	seen, only := map[string]bool{}, map[string]bool{}
	own := 0
	for _, name := range names {
		c := lookUp(k, name)
		if c.Noun == "" || c.Noun == "serial" || c.Noun == "words" {
			continue
		}
		seen[c.Noun] = true
		if !onlyFor(noun, name) {
			continue
		}
		only[c.Noun] = true
		if c.Noun == k.naming() || c.Noun == "id" {
			own = 2
		}
	}
	if !seen[k.naming()] {
		return 0
	}
	return len(seen) + len(only) + own
}

// onlyFor reports whether no other noun has a column of this name.
func onlyFor(noun zhuanhua.Noun, name string) bool {
	for _, other := range zhuanhua.Nouns() {
		k, _ := kindOf(other)
		if other != noun && lookUp(k, name).Noun != "" {
			return false
		}
	}
	return true
}

func shown(headers [][]string) []string {
	var list []string
	for _, n := range slices.MaxFunc(headers, func(a, b []string) int { return len(a) - len(b) }) {
		if n = strings.TrimSpace(shorten(n)); n != "" && len(list) < maxNamed {
			list = append(list, n)
		}
	}
	return list
}

// headers returns the rows in which the header may be, or the keys of the first records.
func (in *input) headers(opt Options) ([][]string, error) {
	f, err := in.sniff()
	if err != nil {
		return nil, err
	}
	if f == formatXLSX {
		return in.sheetHeaders(opt)
	}
	r, err := in.textReader(opt.Encoding, opt.Limits)
	if err != nil {
		return nil, err
	}
	if f == formatJSONL {
		return in.keys(r, opt.Limits)
	}
	var all [][]string
	head, _ := r.Peek(min(sniffBytes, r.Size())) // a short file gives an error and all it has
	for _, comma := range []byte{',', ';', '\t'} {
		lim := opt.Limits
		lim.Columns = len(head) + 1
		rows := firstRows(newCSVGrid(bufio.NewReader(bytes.NewReader(head)), in.name, comma, lim))
		all = append(all, rows...)
	}
	return all, nil
}

func firstRows(g grid) (rows [][]string) {
	for len(rows) < headerRows {
		row, err := g.next()
		if err != nil {
			return rows // reading the records will say what is wrong
		}
		if !row.blank() {
			rows = append(rows, row.cells)
		}
	}
	return rows
}

func (in *input) keys(r *bufio.Reader, lim Limits) ([][]string, error) {
	j := &jsonlRecords{r: r, name: in.name, kind: achievements, lim: lim, title: true}
	var keys []string
	for range sampleRows {
		src, err := j.next()
		if err != nil {
			if len(keys) == 0 {
				return nil, err
			}
			break
		}
		for _, c := range src.Cells {
			if !slices.Contains(keys, c.Column) {
				keys = append(keys, c.Column)
			}
		}
	}
	return [][]string{keys}, nil
}

// sheetHeaders returns the first rows of the first sheet that can be read as any kind of record.
func (in *input) sheetHeaders(opt Options) ([][]string, error) {
	w, err := openWorkbook(in, opt.Limits)
	if err != nil {
		return nil, err
	}
	var first [][]string
	for _, info := range w.sheets {
		if opt.Sheet != "" && info.name != opt.Sheet || opt.Sheet == "" && info.hidden {
			continue
		}
		g, err := w.sheet(info)
		if err != nil {
			return nil, err
		}
		rows := firstRows(g)
		g.close()
		if first == nil {
			first = rows
		}
		for _, noun := range zhuanhua.Nouns() {
			if slices.ContainsFunc(rows, func(names []string) bool { return fit(noun, names, opt.Mapping) > 0 }) {
				return rows, nil
			}
		}
	}
	if first == nil && opt.Sheet != "" {
		return nil, in.bad(fmt.Sprintf("there is no sheet named %q; the sheets are: %s", shorten(opt.Sheet), w.sheetNames()), "name one of them")
	}
	if first == nil {
		return nil, errors.Join(in.bad("all sheets of the workbook are hidden or empty", "show the sheet and save the file, or name the sheet"))
	}
	return first, nil
}
