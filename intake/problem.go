package intake

import (
	"strconv"
	"strings"

	"zhuanhua"
)

// Problem is one thing in a file that its giver should look at: as a warning the record was read
// without it, as a RowError the record could not be read.
type Problem struct {
	File   string
	Sheet  string // xlsx only
	Row    int    // record, 1 is the first below the header; 0: the file as a whole
	Line   int    // line of a text file, row of a sheet; 0: the file as a whole
	Column string // the file's own column or key
	Value  string // the value as it stood, shortened
	What   string // what is wrong, without a full stop
	Do     string // what to do
	Lost   bool   // a stated value was not understood and is missing from the record
}

// maxShown is how many runes of a value a message repeats.
const maxShown = 40

// Where names the place as the giver sees it in the program that shows the file.
func (p Problem) Where() string {
	parts := []string{p.File}
	if p.Sheet != "" {
		parts = append(parts, "sheet "+p.Sheet)
	}
	switch {
	case p.Line > 0 && p.Sheet != "":
		parts = append(parts, "row "+strconv.Itoa(p.Line))
	case p.Line > 0:
		parts = append(parts, "line "+strconv.Itoa(p.Line))
	}
	if p.Column != "" {
		parts = append(parts, "column "+shorten(p.Column))
	}
	return strings.Join(parts, ", ")
}

// String is the problem in one sentence.
func (p Problem) String() string { return p.invalid().Error() }

// invalid is the problem as an error that the giver can mend.
func (p Problem) invalid() *zhuanhua.Error {
	what := p.What
	if p.Value != "" {
		what += ": " + strconv.Quote(shorten(p.Value))
	}
	return zhuanhua.Invalid(p.Where(), what, p.Do)
}

// RowError is a record that could not be read; the records after it can be.
type RowError struct{ Problem }

// Error is the problem in one sentence.
func (e *RowError) Error() string { return e.String() }

// Unwrap gives the error its kind.
func (e *RowError) Unwrap() error { return e.invalid() }

// shorten cuts s for a message and keeps it on one line.
func shorten(s string) string {
	s = strings.Join(strings.Fields(plain(s[:min(len(s), 16*maxShown)])), " ")
	if r := []rune(s); len(r) > maxShown {
		return string(r[:maxShown]) + "…"
	}
	return s
}
