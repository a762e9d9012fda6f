package main

import (
	"strings"

	"zhuanhua/match"
)

// withViews adds to sets of judged needs what these would have said with less: the title alone, the text
// alone. Who pastes a line asks like that, and people who graded the whole need graded nothing of that form.
// The grades stay those of the whole need.
func withViews(sets []evalSet) []evalSet {
	var out []evalSet
	for i := range sets {
		s := &sets[i]
		out = append(out, *s)
		if !s.graded() {
			continue
		}
		for _, v := range []struct {
			name string
			keep func(match.Role) bool
		}{
			{" title alone", func(r match.Role) bool { return r == match.RoleTitle }},
			{" text alone", func(r match.Role) bool { return r != match.RoleTitle && r != match.RoleKeywords }},
		} {
			if view := s.view(s.name+v.name, v.keep); len(view.needs) > 0 {
				out = append(out, view)
			}
		}
	}
	return out
}

// graded reports whether pairs have grades of more than one kind of good.
func (s *evalSet) graded() bool {
	if s.further || !s.judged() {
		return false
	}
	for _, g := range s.grades {
		for _, grade := range g {
			if grade > 1 {
				return true
			}
		}
	}
	return false
}

// view is a set of its needs with the parts that are kept alone; needs that lose nothing, or all, are left out.
func (s *evalSet) view(name string, keep func(match.Role) bool) evalSet {
	out := evalSet{name: name, corpus: s.corpus, grades: s.grades, full: map[string]*match.Document{}}
	for i := range s.needs {
		whole := &s.needs[i]
		n := match.Document{ID: whole.ID, Facts: whole.Facts}
		said := 0
		for _, p := range whole.Parts {
			if strings.TrimSpace(p.Raw) == "" {
				continue
			}
			said++
			if keep(p.Role) {
				n.Parts = append(n.Parts, p)
			}
		}
		if len(n.Parts) == 0 || len(n.Parts) == said {
			continue
		}
		out.full[n.ID] = whole
		out.needs = append(out.needs, n)
	}
	return out
}
