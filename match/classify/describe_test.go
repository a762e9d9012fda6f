package classify

import (
	"slices"
	"strings"
	"testing"
)

// TestDescribe: which labels say something by themselves or by a table.
func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		what   string
		labels []string
		label  int
		want   string // a name of that label, "" where labels are not described
	}{
		{"subclasses", []string{"A01B", "G06F"}, 0, "手动工具"},
		{"classes", []string{"A01", "G06"}, 0, "手动工具"},
		{"sections", []string{"A", "B", "C"}, 0, "手动工具"},
		{"half of them", []string{"A01B", "其他"}, 0, "手动工具"},
		{"disciplines", []string{"化学/化学工程与技术", "数学"}, 0, "无机化学"},
		{"words", []string{"示例糖业", "示例铝业"}, 1, "示例铝业"},
		{"English", []string{"sugar", "fish"}, 1, "fish"},
		{"numbers", []string{"0", "1", "2"}, 0, ""},
		{"unknown codes", []string{"Z99X", "1a", "2b"}, 0, ""},
	} {
		d := describe(c.labels)
		if c.want == "" {
			if d != nil {
				t.Errorf("%s: %v", c.what, d[c.label].names)
			}
			continue
		}
		if d == nil || !slices.ContainsFunc(d[c.label].names, func(n string) bool { return strings.Contains(n, c.want) }) {
			t.Errorf("%s: nothing says %s", c.what, c.want)
		}
	}
	if d := describe([]string{"A01", "G06F"}); len(d[0].subjects) < 10 || len(d[1].subjects) != 1 {
		t.Errorf("A01 has %d subjects, G06F %d", len(d[0].subjects), len(d[1].subjects))
	}
}

// TestDisciplines: each line names a discipline once, with subjects.
func TestDisciplines(t *testing.T) {
	seen := map[string]bool{}
	for line := range strings.Lines(disciplinesTable) {
		name, subjects, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || seen[name] || len(strings.Fields(subjects)) < 2 || strings.ContainsAny(name, " /") {
			t.Errorf("line %q", line)
		}
		seen[name] = true
	}
	if len(seen) < 80 {
		t.Errorf("%d disciplines", len(seen))
	}
}

func TestFamilies(t *testing.T) {
	got := families([]string{"A01B", "A01C", "G06F", "G06Q", "G06T", "G01N", "H04L", "H04W"})
	if len(got) != 2 || !slices.Equal(got[0], []int32{0, 0, 1, 1, 1, 1, 2, 2}) || !slices.Equal(got[1], []int32{0, 0, 1, 1, 1, 2, 3, 3}) {
		t.Errorf("got %v", got)
	}
	for _, labels := range [][]string{{"数学", "物理学"}, {"1", "2", "11", "12"}, {"A", "B"}} {
		if got := families(labels); got != nil {
			t.Errorf("%q have families %v", labels, got)
		}
	}
}

// TestDescriptionsTeach: a label that no description fits stays behind one that does, with next to no
// examples.
func TestDescriptionsTeach(t *testing.T) {
	d := describe([]string{"A01B", "G06F", "H04L"})
	o := newTermOpinion(d, countAll([]string{"示例"}, 2))
	bayes, cosine := o.values(&space{rows: make([]row, 2), told: o.vocab.rows(countAll([]string{"耕地用的犁", "电数字数据处理"}, 2))})
	for i, want := range []int{0, 1} {
		for l := range 3 {
			if l != want && (bayes.row(i)[l] >= bayes.row(i)[want] || cosine.row(i)[l] >= cosine.row(i)[want]) {
				t.Errorf("text %d: %v %v, want label %d first", i, bayes.row(i), cosine.row(i), want)
			}
		}
	}
}

func TestPickEvenly(t *testing.T) {
	list := strings.Split("a b c d e f g h", " ")
	if got := pickEvenly(list, 4); !slices.Equal(got, []string{"a", "c", "e", "g"}) {
		t.Errorf("got %q", got)
	}
	if got := pickEvenly(list, 9); len(got) != 8 {
		t.Errorf("got %q", got)
	}
}

// TestTerms: runs of Han characters up to a length, words whole, capitals and widths folded.
func TestTerms(t *testing.T) {
	if a, b := terms("ＬＥＤ燈", 2), terms("led灯", 2); !slices.Equal(a, b) || len(a) != 2 {
		t.Errorf("got %v and %v", a, b)
	}
	for longest, want := range []int{0, 4, 7, 9} {
		if longest > 0 {
			if n := len(terms("甘蔗压榨", longest)); n != want {
				t.Errorf("up to %d: %d terms, want %d", longest, n, want)
			}
		}
	}
	v := learnVocabulary(countAll([]string{"甘蔗", "甘蔗"}, 1))
	if r := v.row(countTerms("甘蔗甘", 1)); len(r.id) != 2 || r.w[0] <= 0 || r.dot(make([]float32, 2)) != 0 {
		t.Errorf("row %v", r)
	}
}
