package plan

import (
	"cmp"
	"fmt"
	"slices"

	"zhuanhua"
)

// Fault is one thing that is wrong in a pack: where, what, and how to mend it.
type Fault struct {
	Pos
	What Text
	Do   Text
}

// String is the fault in one line, "file:line:column: 中文 (English); …".
func (f Fault) String() string {
	s := f.File
	if f.Line > 0 {
		s += fmt.Sprintf(":%d:%d", f.Line, f.Column)
	}
	s += ": " + f.What.Both()
	if !f.Do.IsZero() {
		s += "; " + f.Do.Both()
	}
	return s
}

// Faults are all faults of a pack, by place. As an error they are of kind invalid.
type Faults []Fault

// Error is the first fault and how many more there are.
func (fs Faults) Error() string {
	if len(fs) == 0 {
		return "no faults"
	}
	s := fs[0].String()
	if len(fs) > 1 {
		s += fmt.Sprintf(" (共 %d 处错误, %d faults in all: zhuanhua plan check)", len(fs), len(fs))
	}
	return s
}

// Unwrap gives the error its kind.
func (fs Faults) Unwrap() error {
	return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, What: "the plan is not sound"}
}

// sort orders the faults by place and drops repetitions of one.
func (fs Faults) sort() Faults {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(fs)
}

// faultList collects faults; the parts of the loader and the checker share one.
type faultList struct{ all Faults }

func (l *faultList) add(at Pos, what, do Text) {
	l.all = append(l.all, Fault{Pos: at, What: what, Do: do})
}
