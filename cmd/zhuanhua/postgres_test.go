package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"zhuanhua/internal/pgtest"
)

// TestOnPostgres: the commands with --database do what they do with --data alone.
func TestOnPostgres(t *testing.T) {
	t.Cleanup(pgtest.Stop)
	t.Run("records", recordsOnPostgres)
	t.Run("cases", casesOnPostgres)
}

// recordsOnPostgres: what is imported comes out again, and a backup of one database is restored into the
// other with the same exports.
func recordsOnPostgres(t *testing.T) {
	url := pgtest.Database(t)
	dir := t.TempDir()
	t.Setenv("ZHUANHUA_PASSPHRASE", "示例口令")
	in := func(name string) string { return filepath.Join(dir, name) }
	do := func(want string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), stdio{out: &out, err: &errs}, args); code != exitOK || !strings.Contains(out.String(), want) {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, &out, &errs)
		}
	}
	here := []string{"--database", url, "--data", in("a")}
	with := func(args ...string) []string { return append(args, here...) }
	do("新增 190", with("import", "../../examples/achievements.jsonl", "../../examples/needs.jsonl")...)
	do(`"events":0`, with("import", "../../examples/achievements.jsonl", "--json")...)
	do("284 条", with("index", "--mode", "lexical")...)
	do("0 处问题", with("index", "verify", "--mode", "lexical")...)
	do("问题 0", with("verify")...)
	do("PostgreSQL", with("doctor", "--mode", "lexical")...)
	do("190", with("export", in("achievements.csv"))...)
	do("backed up", with("backup", in("all.age"))...)
	do("restored", "restore", in("all.age"), "--data", in("b"))
	do("问题 0", "verify", "--data", in("b"))
	do("190", "export", in("again.csv"), "--kind", "achievement", "--data", in("b"))
	first, err1 := os.ReadFile(in("achievements.csv"))
	again, err2 := os.ReadFile(in("again.csv"))
	if err1 != nil || err2 != nil || !bytes.Equal(first, again) {
		t.Error("the exports differ", err1, err2)
	}
}

// casesOnPostgres tells the stories of casework, and of registers those of what is confidential and what is refused, on the
// other database: the same words come back.
func casesOnPostgres(t *testing.T) {
	if slow {
		t.Skip("the race detector sees the same code in the stories on SQLite; the run without it tells these")
	}
	p := stories(t)
	files, err := filepath.Glob("testdata/case-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	p.Dir, p.Files = "", append(files, "testdata/register-bad-input.txtar", "testdata/register-ip.txtar")
	pgtest.Database(t) // skips where there is none
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("ZHUANHUA_DATABASE", pgtest.Database(t))
		return setup(env)
	}
	testscript.Run(t, p)
}
