package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"zhuanhua/match/measure"
	"zhuanhua/match/rank/learn"
)

// learned is the JSON of learn ranker.
type learned struct {
	Sets        []setFigures        `json:"sets"`
	Calibration []calibrationFigure `json:"calibration"`
	Seconds     float64             `json:"seconds"` // of learning and measuring, without the encoding of texts
	Needs       int                 `json:"needs"`

	of [][]wayOfSet // by set, by way
}

// setFigures are those of one set.
type setFigures struct {
	Set     string       `json:"set"`
	Needs   int          `json:"needs"`
	Ways    []wayFigures `json:"ways"`
	Further bool         `json:"further,omitempty"` // learned from, not measured
	View    bool         `json:"view,omitempty"`    // parts of the needs of another set
	Worst   []worst      `json:"worst,omitempty"`
}

// wayFigures are those of one way of ranking, with the chances that its distances from the ways before
// it are none (paired randomisation): of nDCG@10, and in judged sets of the condensed one and pairs in order.
type wayFigures struct {
	Way       string               `json:"way"`
	NDCG10    float64              `json:"ndcg@10"`
	Condensed *float64             `json:"condensed_ndcg@10,omitempty"`
	PairAcc   *float64             `json:"pair_acc,omitempty"`
	P         map[string][]float64 `json:"p"`
}

type calibrationFigure struct {
	Way string `json:"way"`
	Set string `json:"set"`
	learn.Calibration
}

// worst is a need that is answered badly.
type worst struct {
	Need   string  `json:"need"`
	NDCG10 float64 `json:"ndcg@10"`
	Kind   string  `json:"kind"`
}

// wayOfSet is the figures of the needs of a set in one way.
type wayOfSet struct {
	name string
	by   []measure.Figures
}

func (l *learned) start(sets []gathered) {
	l.of = make([][]wayOfSet, len(sets))
	for i := range sets {
		s := &sets[i]
		if s.full == nil {
			l.Needs += len(s.needs)
		}
		l.Sets = append(l.Sets, setFigures{Set: s.name, Needs: len(s.needs), Further: s.further, View: s.full != nil})
		if s.further {
			continue
		}
		for way, name := range wayNames {
			if s.plainly[way] != nil {
				l.addWay(i, wayOfSet{name, s.plainly[way]}, s)
			}
		}
	}
}

// add measures values of pairs as a way of ranking.
func (l *learned) add(name string, sets []gathered, pairs []learn.Set, values [][][]float32) {
	for i := range sets {
		s := &sets[i]
		if s.further {
			continue
		}
		w := wayOfSet{name: name, by: make([]measure.Figures, len(s.needs))}
		orders := make([][]string, len(s.needs))
		each(len(s.needs), func(j int) {
			orders[j] = learn.Order(&pairs[i].Needs[j], values[i][j])
			w.by[j] = measure.Query(orders[j], s.grades[s.needs[j].ID])
		})
		l.addWay(i, w, s)
		if name == "learned" {
			l.Sets[i].Worst = worstOf(s, &pairs[i], w.by, orders)
		}
	}
}

func (l *learned) addWay(i int, w wayOfSet, s *gathered) {
	m := measure.Mean(w.by)
	f := wayFigures{Way: w.name, NDCG10: round4(m.NDCG10), P: map[string][]float64{}}
	if s.judged() {
		n, p := round4(m.CondensedNDCG10), round4(m.PairAcc)
		f.Condensed, f.PairAcc = &n, &p
	}
	for _, o := range l.of[i] {
		if slices.Contains(wayNames[:], o.name) {
			f.P[o.name] = chances(w, o, s.judged())
		}
	}
	l.of[i] = append(l.of[i], w)
	l.Sets[i].Ways = append(l.Sets[i].Ways, f)
}

// chances are those of paired randomisation between two ways.
func chances(w, other wayOfSet, judged bool) []float64 {
	of := func(value func(f *measure.Figures) float64) float64 {
		d := make([]float64, 0, len(w.by))
		for i := range w.by {
			if a, b := value(&w.by[i]), value(&other.by[i]); a >= 0 && b >= 0 {
				d = append(d, a-b)
			}
		}
		return round4(learn.Randomisation(d, 1))
	}
	out := []float64{of(func(f *measure.Figures) float64 { return f.NDCG10 })}
	if judged {
		out = append(out, of(func(f *measure.Figures) float64 { return f.CondensedNDCG10 }), of(func(f *measure.Figures) float64 { return f.PairAcc }))
	}
	return out
}

func (l *learned) calibrated(way, set string, c learn.Calibration) {
	l.Calibration = append(l.Calibration, calibrationFigure{way, set, c})
}

func (l *learning) print() error {
	if l.asJSON {
		return json.NewEncoder(l.io.out).Encode(l.figures)
	}
	w := l.io.out
	fmt.Fprintf(w, "%d sets, %d needs, %d pairs; every figure of a learned way is cross-validated by need\n\n", l.ranker.Training.Sets, l.figures.Needs, l.ranker.Training.Pairs)
	for _, s := range l.figures.Sets {
		if s.Further {
			continue
		}
		fmt.Fprintf(w, "%s (%d needs)\n", s.Set, s.Needs)
		for _, f := range s.Ways {
			fmt.Fprintf(w, "  %-22s nDCG@10 %.4f", f.Way, f.NDCG10)
			if f.Condensed != nil {
				fmt.Fprintf(w, "  judged %.4f  pairs in order %.4f", *f.Condensed, *f.PairAcc)
			}
			for _, other := range []string{wayNames[wayPlain], wayNames[wayFused]} {
				if p := f.P[other]; p != nil {
					fmt.Fprintf(w, "  p from %s %s", other, inWords(p))
				}
			}
			fmt.Fprintln(w)
		}
	}
	for _, c := range l.figures.Calibration {
		fmt.Fprintf(w, "\nlevels, %s, %s: %d pairs, calibration error %.3f, level prediction %.3f\n", c.Way, c.Set, c.Pairs, c.Error, c.Level)
		for _, b := range c.Bins {
			if b.Pairs > 0 {
				fmt.Fprintf(w, "  said %.2f  was %.2f  %s (%d)\n", b.Said, b.Happened, strings.Repeat("#", int(b.Happened*40+0.5)), b.Pairs)
			}
		}
	}
	_, err := fmt.Fprintf(w, "\n%.0f s of learning and measuring\n", l.figures.Seconds)
	return err
}

func inWords(chances []float64) string {
	var out []string
	for _, p := range chances {
		out = append(out, fmt.Sprintf("%.4f", p))
	}
	return strings.Join(out, " ")
}
