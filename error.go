package zhuanhua

import (
	"errors"
	"fmt"
)

// Kind says what sort of trouble an error is, so that each surface (command line, page, API)
// can choose its exit code or status without reading the words.
type Kind string

// The kinds of error. A new kind needs a place in every surface's table.
const (
	KindInvalid     Kind = "invalid"     // the input is wrong and its giver can mend it
	KindNotFound    Kind = "not_found"   // what was named does not exist
	KindConflict    Kind = "conflict"    // somebody changed it meanwhile, or it exists already
	KindForbidden   Kind = "forbidden"   // the actor may not do this
	KindUnavailable Kind = "unavailable" // a part, file or machine is missing; trying again may help
	KindInternal    Kind = "internal"    // ours to mend
)

// Error is an error with a kind and words for people: what is wrong, where, and what to do.
type Error struct {
	Kind  Kind
	What  string // what is wrong, without a full stop
	Where string // file, row, column, field; may be empty
	Do    string // how to mend it; may be empty
	Err   error  // the cause for the operator; may be nil
}

// Error joins what, where, the cause and what to do into one sentence.
func (e *Error) Error() string {
	s := e.What
	if e.Where != "" {
		s = e.Where + ": " + s
	}
	if e.Err != nil {
		s += fmt.Sprintf(" (%v)", e.Err)
	}
	if e.Do != "" {
		s += "; " + e.Do
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, KindInternal for any other error,
// and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// Invalid makes an error that the giver of the input can mend.
func Invalid(where, what, do string) *Error {
	return &Error{Kind: KindInvalid, Where: where, What: what, Do: do}
}

// Unavailable makes an error about a missing part, file or machine.
func Unavailable(where, what, do string, cause error) *Error {
	return &Error{Kind: KindUnavailable, Where: where, What: what, Do: do, Err: cause}
}
