package classify

import (
	"math"
	"testing"
)

// TestMeasure holds the figures to a table worked by hand.
func TestMeasure(t *testing.T) {
	records := []Record{
		{Labels: []string{"a"}}, {Labels: []string{"a"}}, {Labels: []string{"a"}},
		{Labels: []string{"b"}}, {Labels: []string{"b"}},
		{Labels: []string{"c"}}, // never said
	}
	said := []string{"a", "a", "b", "b", "d", "a"} // d is borne by none
	f := Measure(records, said)
	// a: given 3, said 3, right 2: P 2/3 R 2/3 F 2/3. b: given 2, said 2, right 1: F 1/2. c, d: 0.
	if f.Records != 6 || math.Abs(f.Accuracy-3.0/6) > 1e-12 {
		t.Errorf("accuracy %v of %d", f.Accuracy, f.Records)
	}
	if want := (2.0/3 + 0.5 + 0 + 0) / 4; math.Abs(f.MacroF1-want) > 1e-12 {
		t.Errorf("macro-F1 %v, want %v", f.MacroF1, want)
	}
	want := []LabelFigure{
		{"a", 3, 3, 2.0 / 3, 2.0 / 3, 2.0 / 3}, {"b", 2, 2, 0.5, 0.5, 0.5}, {"c", 1, 0, 0, 0, 0}, {"d", 0, 1, 0, 0, 0},
	}
	for i, l := range f.Labels {
		if l != want[i] {
			t.Errorf("got %v, want %v", l, want[i])
		}
	}
	if len(f.Labels) != len(want) {
		t.Errorf("%d labels", len(f.Labels))
	}
}

// TestMeasureSeveralLabels: any right label counts and stands for the text, else the first.
func TestMeasureSeveralLabels(t *testing.T) {
	records := []Record{{Labels: []string{"a", "b"}}, {Labels: []string{"a", "b"}}}
	f := Measure(records, []string{"b", "c"})
	// The first text is a b, said b; the second an a, said c. F1: a 0, b 1, c 0.
	if f.Accuracy != 0.5 || math.Abs(f.MacroF1-1.0/3) > 1e-12 {
		t.Errorf("accuracy %v, macro-F1 %v", f.Accuracy, f.MacroF1)
	}
	if f := Measure(nil, nil); f.Accuracy != 0 || f.MacroF1 != 0 {
		t.Errorf("nothing gives %+v", f)
	}
}
