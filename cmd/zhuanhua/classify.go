package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"zhuanhua"
	"zhuanhua/match/classify"
	"zhuanhua/match/vector"
)

const classifyExamples = `  zhuanhua classify --train train.jsonl --test test.jsonl --json
  zhuanhua classify --train train.jsonl --test test.jsonl --baseline --out predicted.jsonl
  zhuanhua classify --train all.jsonl --folds 5 --baseline
  zhuanhua classify --train disciplines.jsonl --coarse fields.jsonl --test test.jsonl
`

func runClassify(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "classify", "classify --train FILE.jsonl (--test FILE.jsonl | --folds K) [flags]", classifyExamples)
	c := classification{io: io}
	train := f.String("train", "", "`FILE` to learn from: a line each {\"text\":…,\"label\":…}")
	test := f.String("test", "", "`FILE` to label and compare, of the same form")
	f.IntVar(&c.folds, "folds", 0, "instead of --test: deal the training file into `K` parts and label each by what the others teach; records with the same \"group\" stay together")
	coarse := f.String("coarse", "", "`FILE` of other texts with labels of a higher level, which help to tell the labels of the training file")
	out := f.String("out", "", "write what is predicted to `FILE`, a line a record of the test file")
	f.BoolVar(&c.baseline, "baseline", false, "also learn and measure TF-IDF with a linear classifier")
	f.BoolVar(&c.asJSON, "json", false, "print one JSON object")
	f.Uint64Var(&c.seed, "seed", 1, "the same `number` gives the same result")
	engine := addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if *train == "" || (*test == "") == (c.folds == 0) || len(rest) > 0 {
		return errUsage{fmt.Errorf("classify needs --train FILE and one of --test FILE and --folds K, and takes no further arguments; see zhuanhua classify --help")}
	}
	if c.train, err = readLabelled(io, *train); err != nil {
		return err
	}
	c.test = c.train
	if c.folds == 0 {
		if c.test, err = readLabelled(io, *test); err != nil {
			return err
		}
	}
	if *coarse != "" {
		if c.coarse, err = readLabelled(io, *coarse); err != nil {
			return err
		}
	}
	if err := c.run(ctx, engine); err != nil {
		return err
	}
	if *out != "" {
		if err := writeWhole(io.path(*out), c.write); err != nil {
			return err
		}
	}
	return c.print()
}

func readLabelled(io stdio, path string) ([]classify.Record, error) {
	f, err := os.Open(io.path(path))
	if err != nil {
		return nil, zhuanhua.Unavailable(path, "the file cannot be read", "check the path and its permissions", err)
	}
	defer f.Close()
	return classify.Read(f, path)
}

// classification is one run of classify: what it is given and what comes out.
type classification struct {
	io               stdio
	train, test      []classify.Record // the same where folds are looked at
	coarse           []classify.Record // with labels of a higher level; nil for none
	folds            int
	seed             uint64
	baseline, asJSON bool

	parts []part
	// What is said of each test record, by the model and by the baseline.
	predicted   [][]classify.Prediction
	best, plain []string
	fold        []int // a test record: its fold from 1; 0 without folds
}

// part is one model that was learned, and what it was asked.
type part struct {
	classify.Fold
	model   *classify.Model
	plain   *classify.Baseline
	unknown int // test records that bear only labels the model does not know
}

// topLabels is how many labels of each text are kept for --out.
const topLabels = 3

func (c *classification) run(ctx context.Context, engine *engineFlags) error {
	encode, done, err := engine.encodeTexts(ctx, c.io)
	if err != nil {
		return err
	}
	defer done()
	folds := []classify.Fold{{Train: upTo(len(c.train)), Test: upTo(len(c.test))}}
	if c.folds != 0 {
		if folds, err = classify.Folds(c.train, c.folds, c.seed); err != nil {
			return err
		}
	}
	opt := classify.Options{Seed: c.seed, Encode: encode}
	if opt.Coarse, err = c.learnCoarse(ctx, opt); err != nil {
		return err
	}
	c.predicted, c.fold = make([][]classify.Prediction, len(c.test)), make([]int, len(c.test))
	c.best, c.plain = make([]string, len(c.test)), make([]string, len(c.test))
	for i, f := range folds {
		if err := c.learn(ctx, f, opt); err != nil {
			return err
		}
		for _, at := range f.Test {
			c.fold[at] = min(c.folds, i+1)
		}
	}
	c.warn()
	return nil
}

// learnCoarse learns labels of a higher level from texts of which none is a training or test text,
// nor of the same group: what is said of these must not be remembered.
func (c *classification) learnCoarse(ctx context.Context, opt classify.Options) (*classify.Model, error) {
	if c.coarse == nil {
		return nil, nil
	}
	kept := classify.Without(classify.Without(c.coarse, c.train), c.test)
	if n := len(c.coarse) - len(kept); n > 0 {
		fmt.Fprintf(c.io.err, "--coarse 文件中 %d 条与训练或测试文件相同，已略过: %d records of the --coarse file that are in the training or test file were left out\n", n, n)
	}
	m, err := classify.Train(ctx, kept, opt)
	if err != nil {
		return nil, fmt.Errorf("--coarse: %w", err)
	}
	return m, nil
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// learn learns from one part of the records and labels the other.
func (c *classification) learn(ctx context.Context, f classify.Fold, opt classify.Options) error {
	train := pick(c.train, f.Train)
	model, err := classify.Train(ctx, train, opt)
	if err != nil {
		return err
	}
	p := part{Fold: f, model: model}
	var texts []string
	for _, r := range pick(c.test, f.Test) {
		texts = append(texts, r.Text)
		if !slices.ContainsFunc(r.Labels, func(l string) bool { return slices.Contains(model.Labels(), l) }) {
			p.unknown++
		}
	}
	got, err := model.Predict(ctx, texts, topLabels)
	if err != nil {
		return err
	}
	for i, at := range f.Test {
		c.predicted[at], c.best[at] = got[i], got[i][0].Label
	}
	if c.baseline {
		if p.plain, err = classify.TrainBaseline(ctx, train, c.seed); err != nil {
			return err
		}
		for i, label := range p.plain.Predict(texts) {
			c.plain[f.Test[i]] = label
		}
	}
	c.parts = append(c.parts, p)
	return nil
}

func pick[T any](from []T, at []int) []T {
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = from[k]
	}
	return out
}

// warn says what a reader of the figures should know.
func (c *classification) warn() {
	blank := 0 // a blank record is left out by all folds but one
	for _, p := range c.parts {
		blank = max(blank, p.model.Summary().Blank)
	}
	if blank > 0 {
		fmt.Fprintf(c.io.err, "训练文件中 %d 条没有文字，已略过: %d training records without a word were left out\n", blank, blank)
	}
	if n := c.unknown(); n > 0 {
		fmt.Fprintf(c.io.err, "测试文件中 %d 条的类别在训练文件中没有，必然判错: %d test records bear only labels that the training file lacks\n", n, n)
	}
}

// unknown counts the test records that cannot be told right.
func (c *classification) unknown() int {
	n := 0
	for _, p := range c.parts {
		n += p.unknown
	}
	return n
}

// encodeTexts opens the encoder that the settings ask for as a function; nil, with a word on
// stderr, where there is none and none was asked for by name.
func (s *engineFlags) encodeTexts(ctx context.Context, io stdio) (classify.Encode, func(), error) {
	nothing := func() {}
	switch s.mode {
	case "lexical":
		return nil, nothing, nil
	case "", "hybrid":
	default:
		return nil, nil, errUsage{fmt.Errorf("--mode %q is not one of lexical, hybrid for classify", s.mode)}
	}
	enc, err := s.encoder(ctx)
	if err != nil {
		if s.mode != "" || s.remoteURL != "" || s.model != "" {
			return nil, nil, err
		}
		fmt.Fprintf(io.err, "只按词面分类（语义模型不可用）: going on with words only: %v\n", err)
		return nil, nothing, nil
	}
	cache := s.openCache(io, enc)
	encode := func(ctx context.Context, texts []string) ([][]float32, error) {
		vecs, err := vector.EncodeAll(ctx, enc, cache, vector.KindPassage, texts, progress(io, "语义编码"))
		if err != nil {
			return nil, err
		}
		out := make([][]float32, len(vecs))
		for i, v := range vecs {
			out[i] = v.Float()
		}
		return out, nil
	}
	return encode, func() { cache.Close(); enc.Close() }, nil
}

// predictedLine is a line of --out.
type predictedLine struct {
	Record int                   `json:"record"` // from 1, in the order of the test file
	Fold   int                   `json:"fold,omitempty"`
	Label  string                `json:"label"`
	Right  bool                  `json:"right"`
	Top    []classify.Prediction `json:"top"`
}

func (c *classification) write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, p := range c.predicted {
		for k := range p {
			p[k].Chance = round4(p[k].Chance)
		}
		if err := enc.Encode(predictedLine{i + 1, c.fold[i], p[0].Label, c.test[i].Has(p[0].Label), p}); err != nil {
			return err
		}
	}
	return nil
}
