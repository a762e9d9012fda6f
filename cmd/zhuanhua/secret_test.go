package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bench runs commands in this process over a data directory of its own.
type bench struct {
	t   *testing.T
	dir string
}

// run returns what a command printed, and its exit code.
func (b *bench) run(args ...string) (string, int) {
	var out bytes.Buffer
	code := run(context.Background(), stdio{out: &out, err: &out, dir: b.dir}, args)
	return out.String(), code
}

// must runs a command that has to succeed.
func (b *bench) must(args ...string) string {
	b.t.Helper()
	out, code := b.run(args...)
	if code != exitOK {
		b.t.Fatalf("zhuanhua %s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// at runs a command of the rehearsal.
func (b *bench) at(args ...string) string {
	b.t.Helper()
	return b.must(append(args, "--data", "data", "--at", "2026-03-02T09:00")...)
}

// file writes a file into the bench's folder.
func (b *bench) file(name, content string) string {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(content), 0o644); err != nil {
		b.t.Fatal(err)
	}
	return name
}

// begun begins a case and returns its id.
func (b *bench) begun(args ...string) string {
	b.t.Helper()
	var c struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(b.at(append(args, "--json")...)), &c); err != nil {
		b.t.Fatal(err)
	}
	return c.ID
}

// outsiders are everybody whom an unpublished application is not for: the highest of the authority among them,
// and a colleague of who applied.
var outsiders = []string{"同事", "别家", "推荐", "经办", "无部门审核", "他局审核", "审批", "财务", "专家", "审计", "审计管理", "系统管理"}

// staff adds the users.
func (b *bench) staff() {
	for _, u := range [][]string{
		{"主体", "示例企业甲", "organisation_admin"}, {"同事", "示例企业甲", "enterprise"}, {"别家", "示例企业乙", "enterprise"}, {"推荐", "示例市科技局", "recommender"},
		{"经办", "示例厅", "officer"}, {"核对", "示例局", "officer"}, {"审查员", "示例局", "officer"}, {"复核员", "示例局", "officer"}, {"无部门审核", "示例局", "reviewer"},
		{"他局审核", "示例厅", "reviewer", "KJT"}, {"局审核", "示例局", "reviewer", "SJG"}, {"审批", "示例局", "approver"}, {"财务", "示例局", "finance"},
		{"专家", "示例专家单位", "expert"}, {"审计", "示例审计局", "auditor"}, {"审计管理", "示例审计局", "audit_admin"}, {"系统管理", "示例厅", "system_admin"},
	} {
		args := []string{"user", "add", u[0], "--name", "示例" + u[0], "--organisation", u[1], "--role", u[2]}
		if len(u) > 3 {
			args = append(args, "--department", u[3])
		}
		b.at(args...)
	}
}

// patent is an unpublished application for a patent, taken for examination: its words, its case and its entry.
type patent struct{ name, abstract, caseID, entry string }

func (b *bench) application() patent {
	b.t.Helper()
	subject := b.begun("case", "new", "filing", "--register", "ip-fast-protection", "--as", "主体")
	b.at("case", "act", subject, "submit", "--set", "name=示例企业甲", "--set", "uscc=示例信用代码", "--set", "industry=示例产业", "--set", "contact=示例联系人", "--as", "主体")
	b.at("case", "act", subject, "accept", "--set", "result=verified", "--as", "核对")
	b.at("case", "act", subject, "file", "--as", "审批")
	s := patent{name: "示例绝密发明", abstract: "示例绝密摘要"}
	paper := b.file("papers.pdf", "%PDF-1.4\n示例\n%%EOF\n")
	s.caseID = b.begun("register", "new", "ip-pre-examination", "--as", "主体")
	b.at("case", "act", s.caseID, "request", "--set", "name="+s.name, "--set", "subject=ip-fast-protection-2026-0001", "--set", "kind=invention", "--set", "ipc=G06F",
		"--set", "abstract="+s.abstract, "--set", "inventors=示例发明人", "--file", "papers="+paper, "--as", "主体")
	b.at("case", "act", s.caseID, "designate", "--set", "examiner=审查员", "--set", "second_examiner=复核员", "--as", "局审核")
	out := b.at("case", "act", s.caseID, "take", "--set", "ipc=G06F", "--set", "in_scope=true", "--set", "abnormal=false", "--as", "审查员", "--json")
	var c struct {
		Accreditation string `json:"accreditation"`
	}
	if err := json.Unmarshal([]byte(out), &c); err != nil || c.Accreditation == "" {
		b.t.Fatalf("%s %v", out, err)
	}
	s.entry = c.Accreditation
	return s
}

// TestNeedToKnow: nobody outside the list learns that an unpublished application exists: not its words, not its
// ids, not by another answer than for an id that never was. Every command is asked; one that is added later
// fails this test until it is asked too.
func TestNeedToKnow(t *testing.T) {
	if slow {
		t.Skip("the race detector sees nothing of who may know what; the run without it asks every command")
	}
	b := &bench{t, t.TempDir()}
	b.staff()
	s := b.application()
	words := []string{s.name, s.abstract, s.caseID, s.entry, strings.TrimPrefix(s.caseID, "ip-pre-examination-2026-"), strings.TrimPrefix(s.entry, "ip-pre-examination-2026-")}
	for _, in := range []string{"主体", "局审核", "审查员", "复核员"} {
		for _, show := range [][]string{{"case", "show", s.caseID}, {"case", "list"}, {"register", "show", s.entry}, {"register", "list", "ip-pre-examination"}} {
			if out := b.at(append(show, "--as", in)...); !strings.Contains(out, s.name) {
				t.Errorf("%s, who may know, does not see it in %v:\n%s", in, show, out)
			}
		}
	}
	asked := map[string]bool{}
	for i, line := range commandLines(b) {
		asked[line[0]] = true
		for _, as := range whoAsks(line, i) {
			args := slices.Clone(line)
			if as != "" {
				args = append(args, "--as", as)
			}
			out, _ := b.run(args...)
			for _, w := range words {
				if strings.Contains(out, w) {
					t.Errorf("%q tells %q:\n%s", args, w, out)
				}
			}
		}
	}
	for _, c := range commands() {
		if !asked[c.name] && !slices.Contains([]string{"serve", "simulate", "eval", "classify", "learn", "restore", "version", "template"}, c.name) {
			t.Errorf("nobody asks %s; add it to commandLines", c.name)
		}
	}
	b.sameAnswer(s)
	b.nothingInFiles(words)
}

// whoAsks are the users who give a command; one that takes no user is given by the operator. What lists or shows
// is asked by all; the rest takes turns, for every asking reads the plan anew.
func whoAsks(line []string, turn int) []string {
	switch line[0] {
	case "case", "ledger", "visit", "register":
		if slices.Contains(line, "tick") || slices.Contains(line, "kinds") || slices.Contains(line, "workflows") {
			return []string{""}
		}
		if line[1] == "show" && !slices.Contains(line, "--json") || line[0] == "case" && line[1] == "list" && len(line) == 6 {
			return append(outsiders, "")
		}
		return []string{outsiders[turn%len(outsiders)], ""}
	}
	return []string{""}
}

// commandLines are commands that print records. Those that take an id take the ids in sameAnswer.
func commandLines(b *bench) [][]string {
	records := []string{"--data", "data", "--at", "2026-03-02T10:00"}
	var out [][]string
	for _, line := range []string{
		"case list", "case list --json", "case list --workflow ip-pre-examination", "case list --organisation 示例企业甲 --json", "case tick --json", "case workflows",
		"register list ip-pre-examination", "register list ip-pre-examination --json --known 2026-12-31", "register list ip-fast-protection --json", "register list ip-confirmation",
		"register show ip-fast-protection-2026-0001 --history --json", "register count T01 --json", "register count T18 --json --known 2026-12-31", "register kinds",
		"visit export --officer 示例 --out visits.xlsx", "ledger balance --json", "ledger entries --json", "ledger payments --json", "user list --json", "undo --list", "undo --list --json",
		"doctor", "verify", "families", "search 示例绝密发明", "match", "index", "import nothing.xlsx", "backup backup.age", "forget 示例 --yes", "plan check",
		"export a.jsonl --kind achievement", "export o.jsonl --kind organisation", "export p.jsonl --kind person", "export n.jsonl --kind need", "export c.csv --kind contract",
	} {
		args := strings.Fields(line)
		if !slices.Contains([]string{"plan"}, args[0]) && line != "register kinds" && line != "case workflows" {
			args = append(args, records...)
		}
		out = append(out, args)
	}
	return out
}

// sameAnswer: an id that is another's secret is answered as one that never was.
func (b *bench) sameAnswer(s patent) {
	b.t.Helper()
	const noCase, noEntry = "ip-pre-examination-2026-aaaaaaaaaaaa", "ip-pre-examination-2026-bbbbbbbbbbbb"
	for i, line := range []string{
		"case show CASE", "case show CASE --json", "case act CASE judge", "case act CASE withdraw --note 示例", "case act CASE ask_supplement --version 1", "case archive CASE --out a.zip",
		"case new amendment --entry ENTRY", "case new status-change --entry ENTRY", "case new horizontal-project --rule R05 --link case=CASE", "case new listing --register task --link case=CASE",
		"register show ENTRY", "register show ENTRY --history --known 2026-12-31", "register list ENTRY", "visit export --officer ENTRY --out v.xlsx", "undo CASE#001", "undo CASE#002", "forget ENTRY --yes", "forget CASE --yes",
	} {
		args := append(strings.Fields(line), "--data", "data", "--at", "2026-03-02T10:00")
		for _, as := range whoAsks(args, i) {
			ask := func(caseID, entry string) (string, int) {
				line := slices.Clone(args)
				for i := range line {
					line[i] = strings.NewReplacer("CASE", caseID, "ENTRY", entry).Replace(line[i])
				}
				if as != "" {
					line = append(line, "--as", as)
				}
				out, code := b.run(line...)
				return strings.NewReplacer(caseID, "CASE", entry, "ENTRY").Replace(out), code
			}
			secretOut, secretCode := ask(s.caseID, s.entry)
			out, code := ask(noCase, noEntry)
			if secretOut != out || secretCode != code {
				b.t.Errorf("%s as %q answers otherwise than for an id that never was:\n%d %s\n%d %s", line, as, secretCode, secretOut, code, out)
			}
		}
	}
}

// nothingInFiles: what lies beside the database and outside of attachments holds nothing of it: the search index,
// the vectors, and everything that commands have written.
func (b *bench) nothingInFiles(words []string) {
	b.t.Helper()
	looked := 0
	err := filepath.WalkDir(b.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(filepath.Base(p), "zhuanhua.db") {
			return err
		}
		data, err := os.ReadFile(p)
		looked++
		for _, w := range words {
			if bytes.Contains(data, []byte(w)) {
				b.t.Errorf("%s holds %q", p, w)
			}
		}
		return err
	})
	if err != nil || looked == 0 {
		b.t.Fatalf("%d files: %v", looked, err)
	}
}
