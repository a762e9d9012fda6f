package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"zhuanhua"
)

// inProcess is `zh ARGS` in a story: zhuanhua in the test's own process: a story of casework has a hundred
// commands, and a hundred processes would take minutes. With ZHUANHUA_BINARY the built program runs.
func inProcess(ts *testscript.TestScript, neg bool, args []string) {
	if os.Getenv("ZHUANHUA_BINARY") != "" {
		if err := ts.Exec("zhuanhua", withStoryFlags(ts, args)...); (err == nil) == neg {
			ts.Fatalf("zhuanhua %s: %v", strings.Join(args, " "), err)
		}
		return
	}
	code := run(context.Background(), stdio{out: ts.Stdout(), err: ts.Stderr(), dir: ts.MkAbs("."), packs: shelfOf(ts)}, withStoryFlags(ts, args))
	if (code == exitOK) == neg {
		ts.Fatalf("zhuanhua %s: exit code %d", strings.Join(args, " "), code)
	}
}

// withStoryFlags says in flags what the story says in its environment, which is not that of this process.
func withStoryFlags(ts *testscript.TestScript, args []string) []string {
	if len(args) == 0 || !slices.Contains([]string{"user", "case", "register", "visit", "ledger", "import", "verify", "simulate"}, args[0]) {
		return args
	}
	out := slices.Clone(args)
	for _, f := range []struct{ env, flag string }{{"ZHUANHUA_DATA", "--data"}, {"ZHUANHUA_DATABASE", "--database"}, {"ZHUANHUA_AT", "--at"}, {"PLAN", "--plan"}} {
		takes := f.flag != "--plan" || slices.Contains([]string{"case", "register", "visit", "ledger"}, args[0]) || args[0] == "simulate"
		if v := ts.Getenv(f.env); v != "" && takes && !slices.Contains(args, f.flag) {
			out = append(out, f.flag, v)
		}
	}
	return out
}

// cast adds those users of testdata/cast.txt whom the story names, and every expert, because the program
// draws among them. Who holds parts of sealed bids gets a key.
func cast(ts *testscript.TestScript, _ bool, _ []string) {
	f, err := os.Open(filepath.Join(ts.Getenv("STORIES"), "cast.txt"))
	ts.Check(err)
	defer f.Close()
	story, err := os.ReadFile(filepath.Join(ts.Getenv("STORIES"), ts.Name()+".txtar"))
	ts.Check(err)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		col := strings.Split(line, "|")
		if len(col) < 4 {
			continue
		}
		id := strings.TrimSpace(col[0])
		if !strings.Contains(string(story), id) && strings.TrimSpace(col[3]) != "expert" {
			continue
		}
		args := []string{"user", "add", id, "--name", strings.TrimSpace(col[1]), "--organisation", strings.TrimSpace(col[2])}
		for _, r := range strings.Split(col[3], ",") {
			args = append(args, "--role", strings.TrimSpace(r))
		}
		inProcess(ts, false, args)
		if strings.HasPrefix(id, "持钥") {
			inProcess(ts, false, []string{"user", "key", id, "--out", id + ".key"})
		}
	}
}

// copyPack ID DIR copies a plan, so that the story can set what the plan leaves open.
func copyPack(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(filepath.Join(ts.Getenv("PLANS"), args[0]))))
}

// edit FILE OLD NEW replaces the words of the file OLD by those of the file NEW, once. Words that are not
// there fail the story: it would go on with a plan that nobody changed.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	text, old, with := ts.ReadFile(args[0]), ts.ReadFile(args[1]), ts.ReadFile(args[2])
	if strings.Count(text, old) != 1 {
		ts.Fatalf("%s holds the words of %s %d times", args[0], args[1], strings.Count(text, old))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, with, 1)), 0o644))
}

// experts CASE ACTION FLAGS… hands in the sheet of every expert who was drawn and has not handed it in;
// with --set bid=N the sheets of that bid. Who is drawn is for the program, so a story cannot name them.
func experts(ts *testscript.TestScript, _ bool, args []string) {
	bid := 0
	for _, a := range args {
		fmt.Sscanf(a, "bid=%d", &bid)
	}
	for _, e := range owing(ts, args[0], bid) {
		inProcess(ts, false, append([]string{"case", "act", args[0], args[1], "--as", e}, args[2:]...))
	}
}

// firstexpert CASE ACTION FLAGS… is what the first of them does.
func firstExpert(ts *testscript.TestScript, neg bool, args []string) {
	inProcess(ts, neg, append([]string{"case", "act", args[0], args[1], "--as", owing(ts, args[0], 0)[0]}, args[2:]...))
}

// owing are the experts who owe a sheet.
func owing(ts *testscript.TestScript, id string, bid int) []string {
	var out strings.Builder
	show := withStoryFlags(ts, []string{"case", "show", id, "--as", "经办甲", "--json"})
	if code := run(context.Background(), stdio{out: &out, err: ts.Stderr(), dir: ts.MkAbs("."), packs: shelfOf(ts)}, show); code != exitOK {
		ts.Fatalf("case show %s: exit code %d", id, code)
	}
	var c zhuanhua.Case
	ts.Check(json.Unmarshal([]byte(out.String()), &c))
	var list []string
	for _, r := range c.Reviews {
		if r.Bid == bid && r.At.IsZero() && r.Recused == "" {
			list = append(list, r.Expert)
		}
	}
	if len(list) == 0 {
		ts.Fatalf("no expert of %s owes a sheet", id)
	}
	return list
}
