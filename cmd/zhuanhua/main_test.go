package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"zhuanhua/match/vector/parts"
)

// TestMain lets the stories call zhuanhua as a command of this very test program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"zhuanhua": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(run(ctx, stdio{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Args[1:]))
		},
	})
}

// TestStories runs testdata/*.txtar: what a user types and what comes back. With ZHUANHUA_BINARY
// they run against that built program, else against this test program.
func TestStories(t *testing.T) { testscript.Run(t, stories(t)) }

// stories are all of testdata, with the commands and the environment that they need.
func stories(t *testing.T) testscript.Params {
	examples, err1 := filepath.Abs("../../examples")
	here, err2 := filepath.Abs("testdata")
	plans, err3 := filepath.Abs("../../plans")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir() // shared, so that the stories encode the examples once
	packs := sharedPacks(t)
	return testscript.Params{
		Files:               toldHere(t),
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("STORIES", here)
			env.Setenv("PLANS", plans)
			env.Setenv("ZHUANHUA_CACHE", cache)
			env.Values[shelfKey{}] = packs
			if b := os.Getenv("ZHUANHUA_BINARY"); b != "" {
				env.Setenv("PATH", filepath.Dir(b)+string(filepath.ListSeparator)+env.Getenv("PATH"))
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "encoder" {
				_, err := parts.Model()
				return err == nil, nil
			}
			if cond == "mount" {
				return canMount(), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"repeat":  repeat,
			"oneline": oneLineOnly,
			"tmpfs":   tmpfs,
			"binary":  writeBinary,
			"waitfor": waitFor,
			"rows":    writeRows,

			"waitindexed":   waitIndexed,
			"waitlistening": waitListening,
			"fetch":         fetch,

			"zh":          inProcess,
			"cast":        cast,
			"cannotread":  cannotRead,
			"experts":     experts,
			"firstexpert": firstExpert,
			"pack":        copyPack,
			"edit":        edit,

			"enter":    enter,
			"amend":    amend,
			"evaluate": evaluateEntry,
			"begin":    begin,
			"entryof":  entryOf,
		},
	}
}

// toldHere are the stories to run. Under the race detector, which makes them ten times as slow, those of
// cases and registers are told by three of them: all run twice without it, in this program and in the built one.
func toldHere(t *testing.T) []string {
	all, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(all) == 0 {
		t.Fatal("there are no stories", err)
	}
	if !slow {
		return all
	}
	told := []string{"case-R05.txtar", "case-challenge-demand.txtar", "register-stations.txtar"}
	return slices.DeleteFunc(all, func(path string) bool {
		name := filepath.Base(path)
		long := strings.HasPrefix(name, "case-") || strings.HasPrefix(name, "register-") || name == "simulate.txtar"
		return long && !slices.Contains(told, name)
	})
}

// repeat FILE TEXT N [PREFIX] [SUFFIX] writes TEXT N times.
func repeat(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	text := strings.Repeat(unescape(args[1]), n)
	if len(args) > 3 {
		text = unescape(args[3]) + text
	}
	if len(args) > 4 {
		text += unescape(args[4])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// binary FILE HEX… writes bytes.
func writeBinary(ts *testscript.TestScript, _ bool, args []string) {
	var out []byte
	for _, h := range args[1:] {
		b, err := strconv.ParseUint(h, 16, 8)
		ts.Check(err)
		out = append(out, byte(b))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o644))
}

// waitindexed DIR N waits until the server of DIR says that it holds N records and nothing is missing.
func waitIndexed(ts *testscript.TestScript, _ bool, args []string) {
	var last string
	for range 200 {
		var out, errs strings.Builder
		code := run(context.Background(), stdio{out: &out, err: &errs}, []string{"index", "verify", "--data", ts.MkAbs(args[0]), "--mode", "lexical", "--json"})
		if last = out.String() + errs.String(); code == exitOK && strings.Contains(last, `"records":`+args[1]+`,`) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("not indexed: %s", last)
}

// waitlistening FILE DIR waits until the server of DIR listens and writes its address to FILE. The story's
// background output cannot be read before it ends, so the address is that of the process's socket.
func waitListening(ts *testscript.TestScript, _ bool, args []string) {
	for range 400 {
		if at := listening(ts.MkAbs(args[1])); at != "" {
			ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(at), 0o644))
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("no server listens")
}

// listening is the address at which the process that holds a data directory listens and answers.
func listening(dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, "zhuanhua.lock"))
	if err != nil {
		return ""
	}
	inodes := map[string]bool{}
	fds, _ := filepath.Glob("/proc/" + strings.TrimSpace(string(b)) + "/fd/*")
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, "socket:[") {
			inodes[strings.Trim(to, "socket:[]")] = true
		}
	}
	table, _ := os.ReadFile("/proc/net/tcp")
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != "0A" || !inodes[f[9]] {
			continue
		}
		_, port, _ := strings.Cut(f[1], ":")
		if n, err := strconv.ParseInt(port, 16, 32); err == nil {
			at := fmt.Sprintf("http://127.0.0.1:%d", n)
			if r, err := http.Get(at + "/healthz"); err == nil {
				r.Body.Close()
				return at
			}
		}
	}
	return ""
}

// fetch FILE PATH STATUS TEXT asks the server whose address is in FILE, up to five seconds, for a page
// with a status and a text.
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	base, last := strings.TrimSpace(ts.ReadFile(args[0])), ""
	for range 100 {
		r, err := http.Get(base + args[1])
		ts.Check(err)
		b, err := io.ReadAll(r.Body)
		r.Body.Close()
		ts.Check(err)
		if last = fmt.Sprintf("%d\n%s", r.StatusCode, b); strconv.Itoa(r.StatusCode) == args[2] && strings.Contains(string(b), args[3]) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s is not %s with %q: %.300s", args[1], args[2], args[3], last)
}

// rows FILE N writes a csv of N needs.
func writeRows(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("需求编号,需求名称,需求内容\n")
	for i := range n {
		fmt.Fprintf(&b, "N-%06d,示例需求%d,%s\n", i, i, strings.Repeat("示例", 60))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

// waitfor FILE waits until a file is there.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for range 400 {
		if _, err := os.Lstat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s has not come", args[0])
}

func unescape(s string) string {
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\q`, `"`).Replace(s)
}

// oneLineOnly checks that the last command's stderr is one sentence: one line that says what to do
// after a semicolon.
func oneLineOnly(ts *testscript.TestScript, _ bool, _ []string) {
	s := strings.TrimRight(ts.ReadFile("stderr"), "\n")
	if strings.Contains(s, "\n") || !strings.HasPrefix(s, "zhuanhua: ") || !strings.Contains(s, "; ") {
		ts.Fatalf("stderr is not one sentence with what to do: %q", s)
	}
}

// tmpfs DIR SIZE [noexec] mounts a small file system, so that a disk can be full or forbid programs.
func tmpfs(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	flags := uintptr(0)
	if len(args) > 2 && args[2] == "noexec" {
		flags = syscall.MS_NOEXEC
	}
	ts.Check(syscall.Mount("tmpfs", dir, "tmpfs", flags, "size="+args[1]))
	ts.Defer(func() { _ = syscall.Unmount(dir, 0) })
}

// canMount tries to mount a file system.
func canMount() bool {
	dir, err := os.MkdirTemp("", "mount")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	if syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4k") != nil {
		return false
	}
	return syscall.Unmount(dir, 0) == nil
}
