package classify

// Figures say how well predictions fit. Where several labels are right for a text, any of them
// counts, and stands for the text in the figures by label; else the first does.
type Figures struct {
	Accuracy float64       `json:"accuracy"`
	MacroF1  float64       `json:"macro_f1"` // mean of F1 over all labels that were given or predicted
	Records  int           `json:"records"`
	Labels   []LabelFigure `json:"-"` // sorted by label
}

// LabelFigure is how well one label is told.
type LabelFigure struct {
	Label             string
	Given, Predicted  int // how many texts bear it, how many were said to
	Precision, Recall float64
	F1                float64
}

// Measure compares predictions with records, in the same order.
func Measure(records []Record, predicted []string) Figures {
	given, said, right := map[string]int{}, map[string]int{}, map[string]int{}
	hits := 0
	for i, r := range records {
		truth := r.Labels[0]
		if r.Has(predicted[i]) {
			truth = predicted[i]
			hits++
			right[truth]++
		}
		given[truth]++
		said[predicted[i]]++
	}
	f := Figures{Records: len(records), Accuracy: share(hits, len(records))}
	all := map[string]bool{}
	for l := range given {
		all[l] = true
	}
	for l := range said {
		all[l] = true
	}
	for _, l := range sortedKeys(all) {
		one := LabelFigure{Label: l, Given: given[l], Predicted: said[l], Precision: share(right[l], said[l]), Recall: share(right[l], given[l])}
		one.F1 = share(2*right[l], given[l]+said[l])
		f.MacroF1 += one.F1 / float64(len(all))
		f.Labels = append(f.Labels, one)
	}
	return f
}

// share is a of b, 0 of nothing.
func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
