package zhuanhua

import (
	"fmt"
	"slices"
	"time"
)

// Accreditation is one entry of a register (认定): a body, a list item or a person that the plan sets up,
// with the periods in which it holds. What led there are the cases that it names.
type Accreditation struct {
	ID           string   `json:"id"` // "liaison-station-2026-0001"
	Register     string   `json:"register"`
	Names        []Name   `json:"names"` // in time order; the last is the present one
	Organisation string   `json:"organisation,omitempty"`
	Person       string   `json:"person,omitempty"` // id of a Person: nothing personal stands here
	Region       Region   `json:"region,omitempty"`
	Grades       []Graded `json:"grades,omitempty"` // type or level, in time order

	Values    map[string]string   `json:"values,omitempty"` // machine form, by field
	Files     map[string][]string `json:"files,omitempty"`  // SHA-256 of attachments, by field
	Relations []Relation          `json:"relations,omitempty"`

	Spans       []Span       `json:"spans"` // in time order, without overlap
	Evaluations []Evaluation `json:"evaluations,omitempty"`
	MergedInto  string       `json:"merged_into,omitempty"`
	Readers     []string     `json:"readers,omitempty"` // of a confidential register: who alone may know of it
	Cases       []string     `json:"cases,omitempty"`
}

// Noun says that it is an accreditation.
func (a Accreditation) Noun() Noun { return NounAccreditation }

// Key is the id.
func (a Accreditation) Key() string { return a.ID }

// Name is what an entry was called from a day on.
type Name struct {
	Name string `json:"name"`
	From Date   `json:"from"`
}

// Graded is the type or level of an entry from a day on.
type Graded struct {
	Grade string `json:"grade"`
	From  Date   `json:"from"`
	Case  string `json:"case,omitempty"`
}

// Relation ties an entry to another record for a while.
type Relation struct {
	Kind string `json:"kind"` // of the register's relations
	To   string `json:"to"`   // "achievement/A-1", "accreditation/enclave-2026-0002"
	Period
}

// Span is a period in which an entry is in one state, both days included; a zero To is open.
type Span struct {
	Period
	State  string `json:"state"`
	Case   string `json:"case"`
	Reason string `json:"reason,omitempty"`
}

// The states of an entry.
const (
	EntryActive    = "active"    // 有效
	EntrySuspended = "suspended" // 暂停
	EntryRevoked   = "revoked"   // 撤销
	EntryExpired   = "expired"   // 到期
	EntryMerged    = "merged"    // 合并
	EntryClosed    = "closed"    // 注销
)

// Evaluation is one round of evaluating an entry.
type Evaluation struct {
	Round       string           `json:"round"` // "2026"
	Case        string           `json:"case"`
	Scores      map[string]int64 `json:"scores_centi"` // hundredths of a point, by criterion
	Total       int64            `json:"total_centi"`
	Grade       string           `json:"grade"`
	Consequence string           `json:"consequence,omitempty"` // reward, priority, rectify, revoke
	By          string           `json:"by"`
	At          time.Time        `json:"at"`
	Rectify     Date             `json:"rectify_by,omitzero"` // the last day to put things right
}

// Name is what the entry was called on a day, its first name before that.
func (a *Accreditation) Name(on Date) string {
	name := ""
	for i, n := range a.Names {
		if i == 0 || !on.Before(n.From) {
			name = n.Name
		}
	}
	return name
}

// Grade is the type or level of the entry on a day, "" where it had none.
func (a *Accreditation) Grade(on Date) string {
	grade := ""
	for _, g := range a.Grades {
		if !on.Before(g.From) {
			grade = g.Grade
		}
	}
	return grade
}

// On is the span that a day lies in. A day behind the last span of a term that ended is expired; before the
// first there is none, nil.
func (a *Accreditation) On(day Date) *Span {
	var last *Span
	for i := range a.Spans {
		s := &a.Spans[i]
		if s.Holds(day) {
			return s
		}
		if s.From.Before(day) {
			last = s
		}
	}
	if last == nil {
		return nil
	}
	return &Span{Period: Period{From: last.To.Next()}, State: EntryExpired, Case: last.Case}
}

// State is the state on a day, "" before the entry came in.
func (a *Accreditation) State(on Date) string {
	if s := a.On(on); s != nil {
		return s.State
	}
	return ""
}

// Since is the first day on which the entry was ever active.
func (a *Accreditation) Since() (Date, bool) {
	at := slices.IndexFunc(a.Spans, func(s Span) bool { return s.State == EntryActive })
	if at < 0 {
		return Date{}, false
	}
	return a.Spans[at].From, true
}

// CheckSpans reports what is wrong with the periods, "" for nothing: one that ends before it begins, two that
// overlap, one without the case that decided it.
func (a *Accreditation) CheckSpans() string {
	for i, s := range a.Spans {
		switch {
		case s.From.IsZero():
			return "a period without a first day"
		case !s.To.IsZero() && s.To.Before(s.From):
			return fmt.Sprintf("the period from %s ends on %s, before it begins", s.From, s.To)
		case s.Case == "":
			return fmt.Sprintf("the period from %s has no case that decided it", s.From)
		case i > 0 && (a.Spans[i-1].To.IsZero() || !a.Spans[i-1].To.Before(s.From)):
			return fmt.Sprintf("the periods from %s and from %s overlap", a.Spans[i-1].From, s.From)
		}
	}
	return ""
}
