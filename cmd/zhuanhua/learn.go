package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/match/measure"
	"zhuanhua/match/rank"
	"zhuanhua/match/rank/learn"
)

const learnExamples = `  zhuanhua learn ranker --sets sets --out weights.bin
  zhuanhua learn ranker --sets sets --sets examples --out weights.bin --json > figures.json
  zhuanhua learn ranker --sets sets --out weights.bin --ablation
`

func runLearn(ctx context.Context, io stdio, args []string) error {
	if len(args) == 0 || args[0] != "ranker" && !strings.HasPrefix(args[0], "-") {
		return errUsage{fmt.Errorf("learn needs what to learn: ranker; see zhuanhua learn ranker --help")}
	}
	if args[0] == "ranker" {
		args = args[1:]
	}
	f := newFlags(io, "learn", "learn ranker --sets DIR --out FILE [flags]", learnExamples)
	l := learning{io: io, options: learn.Usual()}
	f.Func("sets", "`DIR` of sets, each a folder of corpus.jsonl, queries.jsonl and qrels.tsv (or achievements.jsonl, needs.jsonl and pairs.tsv); may be given again", func(s string) error {
		l.dirs = append(l.dirs, s)
		return nil
	})
	out := f.String("out", "", "write the weights to `FILE`")
	f.BoolVar(&l.asJSON, "json", false, "print one JSON object")
	f.BoolVar(&l.ablation, "ablation", false, "also measure without each group of features")
	f.Uint64Var(&l.options.Seed, "seed", l.options.Seed, "the same `number` gives the same weights")
	f.IntVar(&l.options.Epochs, "epochs", l.options.Epochs, "`times` that all needs are gone through")
	f.IntVar(&l.options.Nets, "nets", l.options.Nets, "`networks` that are averaged")
	f.IntVar(&l.options.Hidden, "hidden", l.options.Hidden, "hidden `units` of each")
	f.Float64Var(&l.options.Decay, "decay", l.options.Decay, "decay of weights")
	engine := addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	o := l.options
	if len(l.dirs) == 0 || *out == "" || len(rest) > 0 || o.Epochs < 1 || o.Nets < 1 || o.Hidden < 1 || o.Epochs > 1000 || o.Nets*o.Hidden > 4096 {
		return errUsage{fmt.Errorf("learn ranker needs --sets DIR and --out FILE, whole numbers above 0 for --epochs, --nets and --hidden (at most 4096 units in all), and takes no further arguments; see zhuanhua learn ranker --help")}
	}
	if err := l.run(ctx, engine); err != nil {
		return err
	}
	if err := writeWhole(io.path(*out), l.write); err != nil {
		return err
	}
	return l.print()
}

// learning is one run of learn ranker: what it is given and what comes out.
type learning struct {
	io               stdio
	dirs             []string
	asJSON, ablation bool
	options          learn.Options

	sets    []gathered
	ranker  rank.Ranker
	figures learned
}

func (l *learning) run(ctx context.Context, engine *engineFlags) error {
	sets, err := findSets(l.io, l.dirs)
	if err != nil {
		return err
	}
	opt, done, err := engine.options(ctx, l.io)
	if err != nil {
		return err
	}
	defer done()
	g := &gatherer{io: l.io, opt: opt}
	if g.centre, err = centreOf(ctx, opt, sets); err != nil {
		return err
	}
	folds := newFolding(sets)
	for _, s := range sets {
		some, err := g.gather(ctx, s, folds)
		if err != nil {
			return err
		}
		l.sets = append(l.sets, some)
	}
	l.ranker.Centre = g.centre
	if opt.Encoder != nil {
		l.ranker.Encoder = rank.StampOf(opt.Encoder.Model().Revision)
	}
	return l.learn(ctx)
}

// learn makes the weights and measures them.
func (l *learning) learn(ctx context.Context) error {
	begin := time.Now()
	hybrid, words := l.parts()
	l.ranker.Training = training(words, l.options)
	l.figures.start(l.sets)
	var err error
	if l.ranker.Lexical, err = l.model(ctx, "learned, words alone", words); err != nil {
		return err
	}
	l.ranker.Hybrid = l.ranker.Lexical // never asked: without an encoder there are no vectors
	if l.ranker.Centre != nil {
		if l.ranker.Hybrid, err = l.model(ctx, "learned", hybrid); err != nil {
			return err
		}
	}
	if l.ablation {
		l.ablate(ctx, hybrid, words)
	}
	l.figures.Seconds = time.Since(begin).Seconds()
	return ctx.Err()
}

func (l *learning) parts() (hybrid, words []learn.Set) {
	for i := range l.sets {
		hybrid, words = append(hybrid, l.sets[i].hybrid), append(words, l.sets[i].words)
	}
	return hybrid, words
}

func training(sets []learn.Set, o learn.Options) rank.Training {
	t := rank.Training{Seed: o.Seed, Sets: uint32(len(sets)), Nets: uint32(o.Nets), Epochs: uint32(o.Epochs), Version: 1}
	for _, s := range sets {
		t.Needs += uint32(len(s.Needs))
		for i := range s.Needs {
			t.Pairs += uint32(len(s.Needs[i].Pairs))
		}
	}
	return t
}

// model learns one model, measures it by cross-validation under a name, and fits its levels.
func (l *learning) model(ctx context.Context, name string, sets []learn.Set) (rank.Model, error) {
	values := learn.CrossValidated(sets, l.options)
	if err := ctx.Err(); err != nil {
		return rank.Model{}, err
	}
	l.figures.add(name, l.sets, sets, values)
	samples := samplesOf(sets, values)
	m := rank.Model{Net: learn.Whole(sets, l.options)}
	if len(samples) == 0 {
		return m, zhuanhua.Invalid(strings.Join(l.dirs, ", "), "no set holds pairs graded from 0 to 3, which the levels are learned from", "add a set whose grades include 0 and 2 or 3")
	}
	m.Levels = learn.FitLevels(samples, -1)
	for i, s := range sets {
		if n := countOf(samples, i); n > 0 {
			l.figures.calibrated(name, s.Name, learn.Calibrate(samples, func(x *learn.Sample) bool { return x.Set == i }))
		}
	}
	return m, ctx.Err()
}

// samplesOf are the graded pairs of sets with grades of four levels, every set weighing the same.
func samplesOf(sets []learn.Set, values [][][]float32) []learn.Sample {
	var out []learn.Sample
	for i, s := range sets {
		from, high := len(out), false
		for j := range s.Needs {
			for k := range s.Needs[j].Pairs {
				if p := &s.Needs[j].Pairs[k]; s.Judged && p.Known {
					high = high || p.Grade > 1
					out = append(out, learn.Sample{Value: values[i][j][k], Row: &p.Row, Grade: min(p.Grade, 3), Fold: s.Needs[j].Fold, Set: i})
				}
			}
		}
		if !high {
			out = out[:from]
		}
		for k := from; k < len(out); k++ {
			out[k].Weight = 1000 / float64(len(out)-from)
		}
	}
	return out
}

func countOf(samples []learn.Sample, set int) int {
	n := 0
	for i := range samples {
		if samples[i].Set == set {
			n++
		}
	}
	return n
}

// ablate measures without each group of features.
func (l *learning) ablate(ctx context.Context, hybrid, words []learn.Set) {
	sets := hybrid
	if l.ranker.Centre == nil {
		sets = words
	}
	for _, group := range learn.Groups() {
		if ctx.Err() != nil {
			return
		}
		opt := l.options
		opt.Without = learn.WithoutGroup(group)
		l.figures.add("without "+group, l.sets, sets, learn.CrossValidated(sets, opt))
	}
}

func (l *learning) write(w io.Writer) error {
	_, err := w.Write(l.ranker.Write())
	return err
}

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
		l.Needs += len(s.needs)
		l.Sets = append(l.Sets, setFigures{Set: s.name, Needs: len(s.needs), Further: s.further})
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
	fmt.Fprintf(w, "%d sets, %d needs, %d pairs; every figure of a learned way is cross-validated by need\n\n", len(l.sets), l.figures.Needs, l.ranker.Training.Pairs)
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
					fmt.Fprintf(w, "  p from %s %s", other, words(p))
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

func words(chances []float64) string {
	var out []string
	for _, p := range chances {
		out = append(out, fmt.Sprintf("%.4f", p))
	}
	return strings.Join(out, " ")
}
