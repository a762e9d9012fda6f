package intake

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/match/measure"
)

// Grades reads graded pairs: lines of query id, document id and gain with tabs between, a header
// line or none; lines of four columns as TREC writes them (query, 0, document, gain) too. Gains below
// zero count as zero; a pair that is graded twice keeps the later grade.
func Grades(path string) (map[string]measure.Grades, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, zhuanhua.Unavailable(path, "the file of grades cannot be read", "check the path and its permissions", err)
	}
	defer f.Close()
	out := map[string]measure.Grades{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(strings.TrimPrefix(lines.Text(), "\ufeff"), "\r\n")
		if line == "" {
			continue
		}
		query, doc, gain, err := grade(line)
		if err != nil {
			if n == 1 {
				continue // the header
			}
			return nil, zhuanhua.Invalid(fmt.Sprintf("%s line %d", path, n), err.Error(), "write query id, document id and a whole-number gain with tabs between")
		}
		if out[query] == nil {
			out[query] = measure.Grades{}
		}
		out[query][doc] = max(gain, 0)
	}
	if err := lines.Err(); err != nil {
		return nil, zhuanhua.Invalid(path, "a line of the file of grades is too long or cannot be read ("+err.Error()+")", "check that it is a tab-separated text file")
	}
	if len(out) == 0 {
		return nil, zhuanhua.Invalid(path, "the file holds no grades", "write query id, document id and gain with tabs between")
	}
	return out, nil
}

func grade(line string) (query, doc string, gain int, err error) {
	c := strings.Split(line, "\t")
	if len(c) == 1 {
		c = strings.Fields(line)
	}
	if len(c) == 4 {
		c = []string{c[0], c[2], c[3]}
	}
	if len(c) != 3 {
		return "", "", 0, fmt.Errorf("the line has %d columns instead of 3", len(c))
	}
	g, err := strconv.ParseFloat(strings.TrimSpace(c[2]), 64)
	if err != nil || g != g || g > 100 {
		return "", "", 0, fmt.Errorf("the gain %q is no small number", c[2])
	}
	return c[0], c[1], int(g), nil
}
