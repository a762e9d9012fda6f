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
`

func runClassify(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "classify", "classify --train FILE.jsonl --test FILE.jsonl [flags]", classifyExamples)
	c := classification{io: io}
	train := f.String("train", "", "`FILE` to learn from: a line each {\"text\":…,\"label\":…}")
	test := f.String("test", "", "`FILE` to label and compare, of the same form")
	out := f.String("out", "", "write what is predicted to `FILE`, a line a record of the test file")
	f.BoolVar(&c.baseline, "baseline", false, "also learn and measure TF-IDF with a linear classifier")
	f.BoolVar(&c.asJSON, "json", false, "print one JSON object")
	f.Uint64Var(&c.seed, "seed", 1, "the same `number` gives the same result")
	engine := addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if *train == "" || *test == "" || len(rest) > 0 {
		return errUsage{fmt.Errorf("classify needs --train FILE and --test FILE and takes no further arguments; see zhuanhua classify --help")}
	}
	if c.train, err = readLabelled(io, *train); err != nil {
		return err
	}
	if c.test, err = readLabelled(io, *test); err != nil {
		return err
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
	train, test      []classify.Record
	seed             uint64
	baseline, asJSON bool

	model     *classify.Model
	predicted [][]classify.Prediction
	figures   classify.Figures
	plain     *classify.Baseline
	plainly   classify.Figures
}

// topLabels is how many labels of each text are kept for --out.
const topLabels = 3

func (c *classification) run(ctx context.Context, engine *engineFlags) error {
	encode, done, err := engine.encodeTexts(ctx, c.io)
	if err != nil {
		return err
	}
	defer done()
	if c.model, err = classify.Train(ctx, c.train, classify.Options{Seed: c.seed, Encode: encode}); err != nil {
		return err
	}
	texts := make([]string, len(c.test))
	for i, r := range c.test {
		texts[i] = r.Text
	}
	if c.predicted, err = c.model.Predict(ctx, texts, topLabels); err != nil {
		return err
	}
	best := make([]string, len(texts))
	for i, p := range c.predicted {
		best[i] = p[0].Label
	}
	c.figures = classify.Measure(c.test, best)
	if c.baseline {
		if c.plain, err = classify.TrainBaseline(ctx, c.train, c.seed); err != nil {
			return err
		}
		c.plainly = classify.Measure(c.test, c.plain.Predict(texts))
	}
	c.warn()
	return nil
}

// warn says what a reader of the figures should know.
func (c *classification) warn() {
	if n := c.model.Summary().Blank; n > 0 {
		fmt.Fprintf(c.io.err, "训练文件中 %d 条没有文字，已略过: %d training records without a word were left out\n", n, n)
	}
	if n := c.unknown(); n > 0 {
		fmt.Fprintf(c.io.err, "测试文件中 %d 条的类别在训练文件中没有，必然判错: %d test records bear only labels that the training file lacks\n", n, n)
	}
}

// unknown counts the test records that cannot be told right.
func (c *classification) unknown() int {
	n := 0
	for _, r := range c.test {
		if !slices.ContainsFunc(r.Labels, func(l string) bool { return slices.Contains(c.model.Labels(), l) }) {
			n++
		}
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
		if err := enc.Encode(predictedLine{i + 1, p[0].Label, c.test[i].Has(p[0].Label), p}); err != nil {
			return err
		}
	}
	return nil
}

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
	Model    classify.Summary `json:"model"`
}

type baselineResult struct {
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"`
	Settings string  `json:"settings"`
}

func (c *classification) print() error {
	s := c.model.Summary()
	r := classifyResult{Accuracy: round4(c.figures.Accuracy), MacroF1: round4(c.figures.MacroF1), Train: len(c.train), Test: len(c.test),
		Labels: s.Labels, Unknown: c.unknown(), Encoder: s.Encoder, Seed: c.seed, Model: s}
	if c.plain != nil {
		r.Baseline = &baselineResult{round4(c.plainly.Accuracy), round4(c.plainly.MacroF1), c.plain.String()}
	}
	if c.asJSON {
		return json.NewEncoder(c.io.out).Encode(r)
	}
	w := c.io.out
	fmt.Fprintf(w, "accuracy %.4f  macro-F1 %.4f  (%d records, %d labels learned from %d)\n", r.Accuracy, r.MacroF1, r.Test, r.Labels, r.Train)
	if b := r.Baseline; b != nil {
		fmt.Fprintf(w, "accuracy %.4f  macro-F1 %.4f  %s\n", b.Accuracy, b.MacroF1, b.Settings)
	}
	fmt.Fprintf(w, "\nprecision  recall      F1   given    said  label\n")
	for _, l := range c.figures.Labels {
		fmt.Fprintf(w, "%9.3f  %6.3f  %6.3f  %6d  %6d  %s\n", l.Precision, l.Recall, l.F1, l.Given, l.Predicted, l.Label)
	}
	return nil
}
