package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"zhuanhua"
)

// move is one step of a workflow as a story takes it: the action, who acts ("" the applicant), what is filled
// in, and how many days pass before it.
type move struct {
	action, as string
	set        []string
	days       int
}

// entries are the ways into the registers that have no surprises. A story that shows how a way goes writes
// its steps out; one that only needs the entry uses `enter`.
func entries() map[string][]move {
	return map[string][]move{
		"filing":     {{action: "submit"}, {action: "accept", as: "经办甲", set: []string{"result=verified"}}, {action: "file", as: "审核甲"}},
		"listing":    {{action: "prepare"}, {action: "list", as: "审核甲"}},
		"field-work": {{action: "record"}},
		"use-first-publication": {{action: "submit"},
			{action: "review", as: "经办甲", set: []string{"valid=true", "clear=true", "checked_on=2026-03-01"}}, {action: "publish_item", as: "审核甲"}},
		"accreditation": {{action: "submit"}, {action: "recommend", as: "推荐", set: []string{"opinion=示例：同意推荐"}},
			{action: "accept", as: "经办甲"}, {action: "assign", as: "经办甲"},
			{action: "score", as: "experts", set: []string{"base=26", "plan=25", "team=12", "effect=21", "advice=support", "opinion=示例意见"}},
			{action: "close_review", as: "审核甲"}, {action: "propose", as: "审核甲"}, {action: "publish", as: "经办甲"}, {action: "accredit", as: "审批甲", days: 14}},
		"amendment": {{action: "submit"}, {action: "amend", as: "审核甲"}},
	}
}

// enter REGISTER USER FIELD=VALUE… FIELD@FILE… brings an entry into a register, by the register's own way.
func enter(ts *testscript.TestScript, _ bool, args []string) {
	way := wayIn(ts, args[0])
	id := newCase(ts, way, args[1], "--register", args[0])
	walk(ts, id, way, args[1], args[2:])
}

// amend ENTRY USER FIELD=VALUE… changes an entry.
func amend(ts *testscript.TestScript, _ bool, args []string) {
	id := newCase(ts, "amendment", args[1], "--entry", args[0])
	walk(ts, id, "amendment", args[1], args[2:])
}

// evaluate ENTRY HOLDER CRITERION=SCORE… takes an entry through a round of evaluation up to the day on which
// the grade can be confirmed, and leaves the case's id in $ROUND: what is confirmed is for the story to say.
func evaluateEntry(ts *testscript.TestScript, _ bool, args []string) {
	id := newCase(ts, "evaluation-round", "经办甲", "--entry", args[0])
	ts.Setenv("ROUND", id)
	for _, m := range []move{
		{action: "open", as: "经办甲", set: []string{"round=示例轮次", "period_from=2026-01-01", "period_to=2026-12-31"}},
		{action: "report", as: args[1], set: []string{"summary=示例自评"}},
		{action: "score_directly", as: "审核甲", set: append([]string{"opinion=示例评价意见"}, args[2:]...)},
		{action: "publish", as: "经办甲"},
	} {
		take(ts, id, m, m.as, m.set)
	}
	pass(ts, 14)
}

// walk takes a case along a way; the applicant's values are those that the story gives.
func walk(ts *testscript.TestScript, id, way, applicant string, values []string) {
	for _, m := range entries()[way] {
		pass(ts, m.days)
		switch m.as {
		case "":
			take(ts, id, m, applicant, values)
		case "experts":
			experts(ts, false, append([]string{id, m.action}, flagsOf(m.set)...))
		default:
			take(ts, id, m, other(m.as, applicant), m.set)
		}
	}
}

// other is who acts where the applicant is an officer too: nobody examines what they handed in.
func other(as, applicant string) string {
	if as == applicant {
		return "经办乙"
	}
	return as
}

// take takes one action.
func take(ts *testscript.TestScript, id string, m move, as string, values []string) {
	args := append([]string{"case", "act", id, m.action, "--as", as}, flagsOf(values)...)
	if m.action == "submit" && strings.HasPrefix(id, "amendment") {
		args = append(args, "--note", "示例变更")
	}
	inProcess(ts, false, args)
}

// flagsOf writes FIELD=VALUE and FIELD@FILE as flags.
func flagsOf(values []string) []string {
	var out []string
	for _, v := range values {
		field, file, isFile := strings.Cut(v, "@")
		if isFile && !strings.Contains(field, "=") {
			out = append(out, "--file", field+"="+file)
		} else {
			out = append(out, "--set", v)
		}
	}
	return out
}

// idOf finds the id in what `case new --json` says.
var idOf = regexp.MustCompile(`"id": ?"([^"]+)"`)

// newCase begins a case and returns its id.
func newCase(ts *testscript.TestScript, way, as string, more ...string) string {
	var out strings.Builder
	args := withStoryFlags(ts, append([]string{"case", "new", way, "--as", as, "--json"}, more...))
	if code := run(context.Background(), stdio{out: &out, err: ts.Stderr(), dir: ts.MkAbs("."), packs: shelfOf(ts)}, args); code != exitOK {
		ts.Fatalf("case new %s: exit code %d", way, code)
	}
	m := idOf.FindStringSubmatch(out.String())
	if m == nil {
		ts.Fatalf("case new %s told no id: %s", way, out.String())
	}
	return m[1]
}

// begin VAR WORKFLOW USER FLAGS… begins a case and leaves its id in $VAR: those of confidential registers cannot
// be told beforehand.
func begin(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], newCase(ts, args[1], args[2], args[3:]...))
}

// entryof VAR CASE USER leaves the id of the entry that a case has brought in, in $VAR.
func entryOf(ts *testscript.TestScript, _ bool, args []string) {
	var out strings.Builder
	show := withStoryFlags(ts, []string{"case", "show", args[1], "--as", args[2], "--json"})
	if code := run(context.Background(), stdio{out: &out, err: ts.Stderr(), dir: ts.MkAbs("."), packs: shelfOf(ts)}, show); code != exitOK {
		ts.Fatalf("case show %s: exit code %d", args[1], code)
	}
	var c zhuanhua.Case
	ts.Check(json.Unmarshal([]byte(out.String()), &c))
	if c.Accreditation == "" {
		ts.Fatalf("%s has brought in no entry", args[1])
	}
	ts.Setenv(args[0], c.Accreditation)
}

// pass lets days go by in a story.
func pass(ts *testscript.TestScript, days int) {
	const form = "2006-01-02T15:04"
	at, err := time.Parse(form, ts.Getenv("ZHUANHUA_AT"))
	ts.Check(err)
	ts.Setenv("ZHUANHUA_AT", at.AddDate(0, 0, days).Format(form))
}

// wayIn is the workflow by which entries of a register come in.
func wayIn(ts *testscript.TestScript, register string) string {
	dir := ts.Getenv("PLAN")
	if dir == "" {
		dir = filepath.Join(ts.Getenv("PLANS"), "guangxi-2025-2027")
	}
	m := enters.FindStringSubmatch(ts.ReadFile(filepath.Join(dir, "registers", register+".yaml")))
	if m == nil {
		ts.Fatalf("the plan has no register %s", register)
	}
	return m[1]
}

// enters is the line of a register that names the workflow.
var enters = regexp.MustCompile(`(?m)^enters: (\S+)$`)
