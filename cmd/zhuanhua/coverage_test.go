package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"zhuanhua/plan"
)

// told reports whether a line of a story matches.
func told(story, pattern string) bool {
	return regexp.MustCompile(`(?m)` + strings.ReplaceAll(pattern, " ", ` +`)).MatchString(story)
}

// untold is what the stories of an item leave out of a register's life: coming in, standing in public, being
// evaluated. An entry of a confidential register stands nowhere in public.
func untold(r *plan.Register, stories string) []string {
	id := regexp.QuoteMeta(r.ID)
	var out []string
	if !told(stories, `^enter `+id+` |--register `+id+`(\s|$)`) {
		out = append(out, "an entry that comes in")
	}
	if !r.Confidential && !stands(id, stories) {
		out = append(out, "an entry in the register as everybody sees it")
	}
	if r.Evaluation != nil && !told(stories, `^evaluate `+id+`-|^zh case new evaluation-round .*--entry `+id+`-`) {
		out = append(out, "an evaluation")
	}
	return out
}

// stands reports whether a story shows an entry in public: the entry itself, or the list and something that stands in it.
func stands(id, stories string) bool {
	lines := strings.Split(stories, "\n")
	for i, line := range lines[:len(lines)-1] {
		listed := told(line, `^zh register list `+id+`(\s|$)`) && strings.HasPrefix(lines[i+1], "stdout ") && !strings.Contains(lines[i+1], "'0 条")
		if listed || told(line, `^zh register show `+id+`-`) {
			return true
		}
	}
	return false
}

// TestEveryRegisterHasItsStory: "works" in the table of coverage says that a story takes an entry from its
// application to the public register and, where there is one, through an evaluation. A story that only names the
// item proves nothing, so it is read.
func TestEveryRegisterHasItsStory(t *testing.T) {
	files := os.DirFS(filepath.Join("..", "..", "plans", "guangxi-2025-2027"))
	p, err := plan.Load(files, "guangxi", plan.Options{Regions: regionTable{}})
	if err != nil {
		t.Fatal(err)
	}
	stories, err := plan.ReadStories(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	told := map[string]string{} // by register: the stories of all of its items
	for _, c := range p.Coverage(p.States(nil, stories), stories) {
		rows[c.Register]++
		if c.State != plan.Works || len(c.Stories) == 0 {
			t.Errorf("%s, carried by %s: %s, stories %v", c.Item, c.Register, c.State, c.Stories)
		}
		for _, s := range c.Stories {
			text, err := os.ReadFile(filepath.Join("testdata", s+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			script, _, _ := strings.Cut(string(text), "\n-- ")
			told[c.Register] += script + "\n"
		}
	}
	for _, r := range p.Registers {
		if rows[r.ID] == 0 {
			t.Errorf("%s stands in no line of the table", r.ID)
		}
		for _, what := range untold(r, told[r.ID]) {
			t.Errorf("no story of %s tells %s", r.ID, what)
		}
	}
}

// TestUntold: what is left out is found.
func TestUntold(t *testing.T) {
	plain, judged := &plan.Register{ID: "zone"}, &plan.Register{ID: "zone", Evaluation: &plan.Evaluating{}}
	hidden := &plan.Register{ID: "zone", Confidential: true}
	for _, c := range []struct {
		of    *plan.Register
		story string
		want  int
	}{
		{plain, "", 2},
		{plain, "enter zone-market 企业\nzh register list zone-market\n", 2}, // another register
		{plain, "# enter zone 企业\n", 2},
		{plain, "enter zone 企业 name=示例\nzh register list zone --json\n", 1},
		{plain, "enter zone 企业 name=示例\nzh register list zone\nstdout '0 条'\n", 1},
		{plain, "enter zone 企业 name=示例\nzh register list zone --json\nstdout '示例'\n", 0},
		{plain, "zh case new filing --register zone --as 企业\nzh register show zone-2026-0001\n", 0},
		{judged, "enter zone 企业 name=示例\nzh register list zone --json\nstdout '示例'\n", 1},
		{judged, "enter zone 企业 name=示例\nzh register list zone\nstdout '1 条'\nevaluate zone-2026-0001 企业 a=1\n", 0},
		{hidden, "zh case new filing --register zone --as 企业\n", 0},
	} {
		if got := untold(c.of, c.story); len(got) != c.want {
			t.Errorf("%q leaves out %v", c.story, got)
		}
	}
}
