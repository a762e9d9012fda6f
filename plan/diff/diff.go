// Package diff says in words what a new version of a plan changes, and for whom: rates, caps, floors,
// years, conditions, days, targets, duties, stacking and words. Words alone do not show what a change
// does, so every trial of both versions is asked of both, and those that are answered otherwise are
// listed too.
package diff

import (
	"slices"
	"strings"

	"zhuanhua/plan"
)

// The kinds of changes.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Version names one side of a comparison.
type Version struct {
	Plan    string `json:"plan"`
	Version string `json:"version"`
	Sum     string `json:"sum"`
}

// Report is everything that differs between two plans.
type Report struct {
	Old     Version  `json:"old"`
	New     Version  `json:"new"`
	Changes []Change `json:"changes"`
	Trials  int      `json:"trials"`  // how many situations were asked of both
	Answers []Answer `json:"answers"` // those that are answered otherwise
}

// Change is one thing that differs.
type Change struct {
	Area  string      `json:"area"` // plan, rule, stacking, target, measure, department, fact or vocabulary
	ID    string      `json:"id"`   // of the rule, the target …
	Title plan.Text   `json:"title"`
	For   []plan.Text `json:"for"`  // whom it concerns
	Kind  string      `json:"kind"` // added, removed or changed
	Key   string      `json:"key"`  // what of it: "parameter.rate", "condition.listed"; "" the whole thing
	What  plan.Text   `json:"what"` // the same in words
	Was   plan.Text   `json:"was"`
	Is    plan.Text   `json:"is"`
	Words plan.Text   `json:"words"` // the change in one line
}

// Between compares two plans.
func Between(old, new *plan.Pack) *Report {
	r := &Report{Old: versionOf(old), New: versionOf(new), Changes: []Change{}, Answers: []Answer{}}
	before, after := index(subjects(old)), subjects(new)
	seen := map[string]bool{}
	for _, s := range after {
		seen[s.key()] = true
		if was := before[s.key()]; was != nil {
			r.Changes = append(r.Changes, s.against(was)...)
		} else {
			r.Changes = append(r.Changes, s.whole(Added))
		}
	}
	for _, s := range subjects(old) {
		if !seen[s.key()] {
			r.Changes = append(r.Changes, s.whole(Removed))
		}
	}
	// Within an area the order of the plan is kept: people read along in it.
	slices.SortStableFunc(r.Changes, func(a, b Change) int {
		return slices.Index(areas, a.Area) - slices.Index(areas, b.Area)
	})
	r.answers(old, new)
	return r
}

// versionOf names a plan; the checksum tells two plans apart that claim the same version.
func versionOf(p *plan.Pack) Version { return Version{p.ID, p.Version, p.Sum} }

// areas are the areas in the order in which people look for them: money first.
var areas = []string{"plan", "rule", "stacking", "target", "measure", "department", "fact", "vocabulary"}

// subject is a thing that has changes: a rule, a target, a measure.
type subject struct {
	area, id string
	title    plan.Text
	whom     []plan.Text
	aspects  []aspect
}

// aspect is one side of a thing, with its value in words. Two versions are compared aspect by aspect.
type aspect struct {
	key    string
	parent string // an aspect without which this one is not worth a line of its own
	main   bool   // belongs into the one line about a thing that is new or gone
	name   plan.Text
	value  plan.Text
}

func (s *subject) key() string { return s.area + " " + s.id }

// index finds a thing of the other plan by its kind and id.
func index(list []*subject) map[string]*subject {
	out := map[string]*subject{}
	for _, s := range list {
		out[s.key()] = s
	}
	return out
}

func (s *subject) find(key string) *aspect {
	for i := range s.aspects {
		if s.aspects[i].key == key {
			return &s.aspects[i]
		}
	}
	return nil
}

// whole is the change of a thing that is new or gone, with its main figures.
func (s *subject) whole(kind string) Change {
	c := Change{Area: s.area, ID: s.id, Title: s.title, For: s.whom, Kind: kind}
	var zh, en []string
	for _, a := range s.aspects {
		if a.main {
			zh, en = append(zh, a.name.ZH+"："+a.value.ZH), append(en, a.name.EN+": "+a.value.EN)
		}
	}
	figures := plan.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
	if kind == Added {
		c.Is = figures
		c.Words = joined(plan.Text{ZH: "新增", EN: "new"}, figures)
	} else {
		c.Was = figures
		c.Words = joined(plan.Text{ZH: "取消", EN: "gone"}, figures)
	}
	return c
}

// joined puts the figures of a thing behind what has become of it.
func joined(a, b plan.Text) plan.Text {
	if b.IsZero() {
		return a
	}
	return plan.Text{ZH: a.ZH + "。" + b.ZH, EN: a.EN + ". " + b.EN}
}

// against compares a thing with what it was.
func (s *subject) against(was *subject) []Change {
	var out []Change
	for _, w := range was.whom { // who is let off is concerned too
		if (s.area == "measure" || s.area == "target") && !slices.Contains(s.whom, w) {
			s.whom = append(s.whom, w)
		}
	}
	for i := range s.aspects {
		a := &s.aspects[i]
		b := was.find(a.key)
		switch {
		// The wording of a condition that is new is part of its being new.
		case a.parent != "" && (was.find(a.parent) == nil || s.find(a.parent) == nil):
		case b == nil:
			out = append(out, s.change(Added, a, plan.Text{}, a.value))
		case a.value != b.value:
			out = append(out, s.change(Changed, a, b.value, a.value))
		}
	}
	for i := range was.aspects {
		b := &was.aspects[i]
		if s.find(b.key) == nil && (b.parent == "" || s.find(b.parent) != nil) {
			out = append(out, s.change(Removed, b, b.value, plan.Text{}))
		}
	}
	return out
}

// change is one line: what was, what is, and of what.
func (s *subject) change(kind string, a *aspect, was, is plan.Text) Change {
	c := Change{Area: s.area, ID: s.id, Title: s.title, For: s.whom, Kind: kind, Key: a.key, What: a.name, Was: was, Is: is}
	switch kind {
	case Added:
		c.Words = plan.Text{ZH: "新增" + a.name.ZH + "：" + is.ZH, EN: "new " + a.name.EN + ": " + is.EN}
	case Removed:
		c.Words = plan.Text{ZH: "取消" + a.name.ZH + "（原为：" + was.ZH + "）", EN: "gone: " + a.name.EN + " (was: " + was.EN + ")"}
	default:
		c.Words = plan.Text{ZH: a.name.ZH + "：" + moved(was.ZH, is.ZH, "（英文）", was.EN, is.EN), EN: a.name.EN + ": " + moved(was.EN, is.EN, "(in Chinese) ", was.ZH, is.ZH)}
	}
	return c
}

// moved is "was → is", in the other language where only that one has changed.
func moved(was, is, mark, otherWas, otherIs string) string {
	if was == is {
		return mark + otherWas + " → " + otherIs
	}
	return was + " → " + is
}
