package main

import (
	"slices"
	"testing"

	"zhuanhua/match"
	"zhuanhua/match/measure"
)

func aNeed(id string, parts ...match.Part) match.Document {
	return match.Document{ID: id, Parts: parts}
}

func said(role match.Role, raw string) match.Part {
	return match.Part{Column: "c", Role: role, Raw: raw}
}

// TestViews: needs with a title and a text are asked once more by either, with the grades of the whole and in
// its fold; what says one alone already, and sets without levels, have no views.
func TestViews(t *testing.T) {
	whole := aNeed("whole", said(match.RoleTitle, "题"), said(match.RoleText, "文"), said(match.RoleKeywords, "词"), said(match.RoleIndicators, "≥1"))
	line := aNeed("line", said(match.RoleTitle, "另一题"))
	blank := aNeed("blank", said(match.RoleTitle, "第三题"), said(match.RoleText, " "))
	graded := evalSet{name: "a", needs: []match.Document{whole, line, blank}, grades: map[string]measure.Grades{"whole": {"x": 3, "y": 0}, "line": {"x": 2}, "blank": {"x": 1}}}
	marked := evalSet{name: "b", needs: []match.Document{aNeed("m", said(match.RoleTitle, "丙"), said(match.RoleText, "丁"))}, grades: map[string]measure.Grades{"m": {"x": 1, "y": 0}}}
	known := evalSet{name: "c", needs: []match.Document{aNeed("n", said(match.RoleTitle, "甲"), said(match.RoleText, "乙"))}, grades: map[string]measure.Grades{"n": {"x": 3}}}
	sets := withViews([]evalSet{graded, marked, known})
	var names []string
	for _, s := range sets {
		names = append(names, s.name)
	}
	if want := []string{"a", "a title alone", "a text alone", "b", "c"}; !slices.Equal(names, want) {
		t.Fatalf("sets %q, want %q", names, want)
	}
	texts := func(d *match.Document) (out []string) {
		for _, p := range d.Parts {
			out = append(out, p.Raw)
		}
		return out
	}
	folds := newFolding(sets)
	for i, want := range map[int][]string{1: {"题"}, 2: {"文", "≥1"}} {
		s := &sets[i]
		if len(s.needs) != 1 || !slices.Equal(texts(&s.needs[0]), want) || s.grades["whole"]["x"] != 3 {
			t.Errorf("%s: needs %+v, want one of %q", s.name, s.needs, want)
		}
		if got, want := folds.need(s, &s.needs[0]).Fold, folds.need(&sets[0], &whole).Fold; got != want {
			t.Errorf("%s: fold %d, that of the whole need is %d", s.name, got, want)
		}
	}
	if f := folds.need(&sets[0], &whole); slices.Contains(f.Shun[:], true) {
		t.Errorf("the need would be kept from learning in folds %v by its own views", f.Shun)
	}
}
