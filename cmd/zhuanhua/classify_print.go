package main

import (
	"encoding/json"
	"fmt"

	"zhuanhua/match/classify"
)

// classifyResult is the JSON of classify; figures are rounded to four places.
type classifyResult struct {
	Accuracy float64          `json:"accuracy"`
	MacroF1  float64          `json:"macro_f1"`
	Train    int              `json:"train"`
	Test     int              `json:"test"`
	Labels   int              `json:"labels"`
	Unknown  int              `json:"unknown_labels"` // test records whose labels the training file lacks
	Encoder  bool             `json:"encoder"`
	Seed     uint64           `json:"seed"`
	Baseline *baselineResult  `json:"baseline,omitempty"`
	Folds    []foldResult     `json:"folds,omitempty"`
	Model    classify.Summary `json:"model"` // of the first fold, where there are folds
}

type baselineResult struct {
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"`
	Settings string  `json:"settings"` // of the first fold, where there are folds
	classify.Paired
}

// foldResult is one fold: its figures by the model and by the baseline.
type foldResult struct {
	Train    int      `json:"train"`
	Test     int      `json:"test"`
	Accuracy float64  `json:"accuracy"`
	MacroF1  float64  `json:"macro_f1"`
	Baseline *float64 `json:"baseline_accuracy,omitempty"`
	Settings string   `json:"baseline_settings,omitempty"`
}

func (c *classification) print() error {
	figures := classify.Measure(c.test, c.best)
	r := c.result(figures)
	if c.asJSON {
		return json.NewEncoder(c.io.out).Encode(r)
	}
	w := c.io.out
	if r.Folds != nil {
		fmt.Fprintf(w, "accuracy %.4f  macro-F1 %.4f  (%d records, %d labels, %d folds)\n", r.Accuracy, r.MacroF1, r.Test, r.Labels, len(r.Folds))
	} else {
		fmt.Fprintf(w, "accuracy %.4f  macro-F1 %.4f  (%d records, %d labels learned from %d)\n", r.Accuracy, r.MacroF1, r.Test, r.Labels, r.Train)
	}
	if b := r.Baseline; b != nil {
		fmt.Fprintf(w, "accuracy %.4f  macro-F1 %.4f  %s\n", b.Accuracy, b.MacroF1, b.Settings)
		fmt.Fprintf(w, "difference %+.4f  (%d records better, %d worse, p %.2g)\n", r.Accuracy-b.Accuracy, b.Better, b.Worse, b.P)
	}
	for i, f := range r.Folds {
		fmt.Fprintf(w, "fold %d: accuracy %.4f  macro-F1 %.4f  (%d of %d)", i+1, f.Accuracy, f.MacroF1, f.Test, f.Test+f.Train)
		if f.Baseline != nil {
			fmt.Fprintf(w, "; %.4f by %s", *f.Baseline, f.Settings)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\nprecision  recall      F1   given    said  label\n")
	for _, l := range figures.Labels {
		fmt.Fprintf(w, "%9.3f  %6.3f  %6.3f  %6d  %6d  %s\n", l.Precision, l.Recall, l.F1, l.Given, l.Predicted, l.Label)
	}
	return nil
}

// result joins the figures; those of all folds together are over every record, each labelled by a
// model that did not see it.
func (c *classification) result(figures classify.Figures) classifyResult {
	s := c.parts[0].model.Summary()
	r := classifyResult{Accuracy: round4(figures.Accuracy), MacroF1: round4(figures.MacroF1), Train: len(c.train), Test: len(c.test),
		Unknown: c.unknown(), Encoder: s.Encoder, Seed: c.seed, Model: s}
	labels := map[string]bool{}
	for _, p := range c.parts {
		for _, l := range p.model.Labels() {
			labels[l] = true
		}
	}
	r.Labels = len(labels)
	if c.baseline {
		f := classify.Measure(c.test, c.plain)
		r.Baseline = &baselineResult{round4(f.Accuracy), round4(f.MacroF1), c.parts[0].plain.String(), classify.Compare(c.test, c.best, c.plain)}
	}
	if c.folds == 0 {
		return r
	}
	for _, p := range c.parts {
		records := pick(c.test, p.Test)
		f := classify.Measure(records, pick(c.best, p.Test))
		one := foldResult{Train: len(p.Train), Test: len(p.Test), Accuracy: round4(f.Accuracy), MacroF1: round4(f.MacroF1)}
		if c.baseline {
			b := round4(classify.Measure(records, pick(c.plain, p.Test)).Accuracy)
			one.Baseline, one.Settings = &b, p.plain.String()
		}
		r.Folds = append(r.Folds, one)
	}
	return r
}
