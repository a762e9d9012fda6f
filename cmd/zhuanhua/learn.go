package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"zhuanhua"
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
	if err := l.gather(ctx, engine); err != nil {
		return err
	}
	return l.learn(ctx)
}

// gather reads the sets and computes the features of their pairs.
func (l *learning) gather(ctx context.Context, engine *engineFlags) error {
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
	sets = withViews(sets)
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
	return nil
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
	t := rank.Training{Seed: o.Seed, Nets: uint32(o.Nets), Epochs: uint32(o.Epochs), Version: 2}
	for _, s := range sets {
		if s.View {
			continue // the same needs once more
		}
		t.Sets++
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
	return l.modelFrom(ctx, name, sets, values)
}

// modelFrom is model, from the values that weights which have not seen a need give its pairs.
func (l *learning) modelFrom(ctx context.Context, name string, sets []learn.Set, values [][][]float32) (rank.Model, error) {
	l.figures.add(name, l.sets, sets, values)
	samples := samplesOf(sets, values)
	m := rank.Model{Net: learn.Whole(sets, l.options)}
	if len(samples) == 0 {
		return m, zhuanhua.Invalid(strings.Join(l.dirs, ", "), "no set holds pairs graded from 0 to 3, which the levels are learned from", "add a set whose grades include 0 and 2 or 3")
	}
	m.Levels = learn.FitLevels(samples, -1)
	fitted := learn.FitFolds(samples)
	for i, s := range sets {
		if n := countOf(samples, i); n > 0 {
			l.figures.calibrated(name, s.Name, fitted.Calibrate(samples, func(x *learn.Sample) bool { return x.Set == i }))
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
					out = append(out, learn.Sample{Value: values[i][j][k], Row: &p.Row, Grade: min(p.Grade, 3), Form: s.Needs[j].Form, Fold: s.Needs[j].Fold, Set: i})
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
