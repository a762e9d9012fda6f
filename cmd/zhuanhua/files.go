package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
)

// mostWarnings is how many warnings of one file are printed; the rest are counted.
const mostWarnings = 20

// warner prints the warnings of one file to stderr.
func warner(io stdio, opt intake.Options) (intake.Options, func()) {
	n := 0
	opt.Warn = func(w intake.Problem) {
		if n++; n <= mostWarnings {
			fmt.Fprintln(io.err, "注意 warning:", w)
		}
	}
	return opt, func() {
		if n > mostWarnings {
			fmt.Fprintf(io.err, "注意 warning: … and %d more\n", n-mostWarnings)
		}
	}
}

func readAchievements(io stdio, path string, opt intake.Options) ([]intake.Achievement, error) {
	opt, done := warner(io, opt)
	defer done()
	return intake.Achievements(path, opt)
}

func readNeeds(io stdio, path string, opt intake.Options) ([]intake.Need, error) {
	opt, done := warner(io, opt)
	defer done()
	return intake.Needs(path, opt)
}

// documents turns rows into what the engine takes.
func documents[T any](rows []intake.Row[T], make1 func(*T, *zhuanhua.Source) match.Document) []match.Document {
	out := make([]match.Document, len(rows))
	for i := range rows {
		out[i] = make1(&rows[i].Value, &rows[i].Source)
	}
	return out
}

func dirOf(path string) string { return filepath.Dir(path) }

func cannotWrite(path string, err error) error {
	do := "check the disk and try again"
	switch {
	case errors.Is(err, fs.ErrPermission):
		do = "choose a place that you may write to"
	case errors.Is(err, fs.ErrNotExist):
		do = "make the directory first"
	}
	return zhuanhua.Unavailable(path, "the file cannot be written", do, err)
}
