// Command zhuanhua matches the needs of enterprises with the achievements of research, offline, in
// one file. This package reads flags and settings, joins the parts by hand and prints; it decides
// nothing itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"zhuanhua"
)

// Exit codes, the same for every subcommand.
const (
	exitOK          = 0
	exitInternal    = 1 // ours to mend
	exitUsage       = 2 // flags or arguments are wrong
	exitInvalid     = 3 // the input is wrong
	exitUnavailable = 4 // a file, a place on disk or a part is missing
	exitInterrupted = 130
)

const exitHelp = `Exit codes: 0 done; 1 internal error; 2 wrong flags or arguments; 3 wrong input;
4 a file, place on disk or part is missing or not allowed; 130 interrupted.
`

// stdio is where a command reads and writes; results go to out, all else to err.
type stdio struct {
	in       io.Reader // nil: nothing comes in
	out, err io.Writer
	dir      string  // what relative paths start from; "" is the process's own directory
	server   *server // the server that carries the command out for another process; nil in that process
	packs    *shelf  // the plans that the process has loaded; nil: each command loads its own
}

// path is a path as the giver of the command meant it.
func (s stdio) path(p string) string {
	if s.dir == "" || p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(s.dir, p)
}

// command is one subcommand.
type command struct {
	name, summary string
	run           func(ctx context.Context, io stdio, args []string) error
}

func commands() []command {
	return []command{
		{"match", "match a file of needs with a file of achievements, with reasons", runMatch},
		{"search", "search a file of achievements (or needs) with words", runSearch},
		{"eval", "measure ranking quality against graded pairs", runEval},
		{"classify", "learn labels from examples and measure on others", runClassify},
		{"learn", "learn how to rank from graded pairs, measured on others", runLearn},
		{"import", "take in files of records (csv, xlsx, jsonl, zip)", runImport},
		{"export", "write records to a file that comes back as the same", runExport},
		{"template", "write an empty table to fill in", runTemplate},
		{"families", "report achievements that may be one and the same", runFamilies},
		{"index", "make the search index again, or verify it", runIndex},
		{"verify", "check the log, its seals, the records and the attachments", runVerify},
		{"backup", "write everything to one encrypted file", runBackup},
		{"restore", "put a backup in place where there is nothing", runRestore},
		{"undo", "take back an import", runUndo},
		{"forget", "make a person's data unreadable for good", runForget},
		{"doctor", "show what is there and whether it is well", runDoctor},
		{"serve", "keep the records open: index, jobs, commands of others", runServe},
		{"plan", "read, check, test and ask the action plan", runPlan},
		{"user", "who may act, and as what", runUser},
		{"case", "begin, show, list and handle cases", runCase},
		{"register", "entries of registers: bodies, lists, persons; what counts", runRegister},
		{"visit", "a day's visits, out before a trip and in after it", runVisit},
		{"ledger", "appropriations, balances, entries, payments", runLedger},
		{"simulate", "random but legal cases by simulated people, for trying a plan", runSimulate},
		{"version", "print version, platform and embedded parts", runVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, stdio{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, io stdio, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		usage(io.err)
		if len(args) == 0 {
			return exitUsage
		}
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return report(io, c.run(ctx, io, args[1:]))
		}
	}
	fmt.Fprintf(io.err, "zhuanhua: there is no command %q; `zhuanhua help` lists them\n", args[0])
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprint(w, "zhuanhua 转化 — 科技成果与技术需求的离线匹配 (offline matching of achievements and needs)\n\nUsage: zhuanhua COMMAND [flags]; zhuanhua COMMAND --help explains one.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\n", exitHelp)
}

// errUsage marks errors of flags and arguments.
type errUsage struct{ error }

// errTold is the exit code of something that was said already.
type errTold int

// Error is for the case that it is said again.
func (e errTold) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// report prints an error in one line and gives its exit code.
func report(io stdio, err error) int {
	var u errUsage
	var told errTold
	switch {
	case errors.As(err, &told):
		return int(told)
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(io.err, "zhuanhua: interrupted; what was done so far is kept, a second run goes on from there")
		return exitInterrupted
	case errors.Is(err, syscall.EPIPE):
		return exitOK // the reader of our output had enough
	}
	fmt.Fprintln(io.err, "zhuanhua: "+strings.ReplaceAll(err.Error(), "\n", " "))
	if errors.As(err, &u) {
		return exitUsage
	}
	switch zhuanhua.KindOf(err) {
	case zhuanhua.KindInvalid, zhuanhua.KindNotFound, zhuanhua.KindConflict:
		return exitInvalid
	case zhuanhua.KindUnavailable, zhuanhua.KindForbidden:
		return exitUnavailable
	}
	return exitInternal
}

// newFlags makes a flag set whose help shows the summary, the examples and the exit codes.
func newFlags(io stdio, name, synopsis, examples string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.err)
	f.Usage = func() {
		fmt.Fprintf(io.err, "Usage: zhuanhua %s\n\nFlags:\n", synopsis)
		f.PrintDefaults()
		fmt.Fprintf(io.err, "\nExamples:\n%s\n%s", examples, exitHelp)
	}
	return f
}

// parse parses flags that may stand before, between or after the arguments, and returns the arguments.
func parse(f *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		for len(args) > 0 && isWord(args[0]) {
			rest = append(rest, args[0])
			args = args[1:]
		}
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage{err}
		}
		args = f.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest = append(rest, args[0])
		args = args[1:]
	}
}

// isWord reports whether an argument that begins with a dash is a word to leave out of a search
// (-饲料): no flag begins with anything but a letter.
func isWord(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && arg[1] >= 0x80
}
