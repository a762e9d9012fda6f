// Package classify learns from labelled texts which label a new text bears: the discipline of an
// abstract, the IPC subclass of a title, whatever labels a file holds. It chooses its own settings
// by cross-validation on the training file and is reproducible. Files, encoders and printing are
// left to others.
package classify

import (
	"context"
	"fmt"
	"math"

	"zhuanhua"
)

// Encode turns texts into vectors of one length that stand for their meanings.
type Encode func(ctx context.Context, texts []string) ([][]float32, error)

// Options says how a classifier is learned.
type Options struct {
	Seed   uint64
	Encode Encode // nil: by words alone
	// Coarse is a model of labels of a higher level, learned from other texts; nil for none.
	Coarse *Model

	limit int // exactLimit where 0; lower in tests
}

// Limits of what is learned.
const (
	maxLabels = 2000
	// encodeRunes bounds the code points that are encoded of one file, so that 100,000 long texts take
	// minutes rather than an hour: of each text the beginning is read, minEncoded code points at least.
	encodeRunes = 6_000_000
	minEncoded  = 48
)

// Model is a classifier that has been learned.
type Model struct {
	labels []string
	vocab  *vocabulary
	encode Encode
	mean   []float32 // of the training texts' vectors
	coarse *Model    // nil without labels of a higher level
	fitted
	families [][]int32
	usual    []float64       // how many texts bear each label
	terms    *termOpinion    // nil where labels are not described
	meaning  *meaningOpinion // nil likewise, or without an encoder
	stack    *stack
	summary  Summary
}

// Summary says what was learned and with which settings.
type Summary struct {
	Texts     int                `json:"texts"`            // different texts
	Blank     int                `json:"blank"`            // records without a word, left out
	Labels    int                `json:"labels"`           // different labels
	Encoder   bool               `json:"encoder"`          // whether meanings were compared
	Described bool               `json:"described"`        // whether the labels' names or a table say what they mean
	Coarse    int                `json:"coarse,omitempty"` // labels of a higher level
	Landmarks int                `json:"landmarks"`        // texts that all others are compared with
	Dense     float32            `json:"dense"`            // weight of meaning against words
	Sharp     float32            `json:"sharp"`            // how fast likeness falls
	Ridge     float32            `json:"ridge"`            // how much weights are held small
	Weights   map[string]float64 `json:"weights"`          // of each opinion
}

// Summary returns what was learned.
func (m *Model) Summary() Summary { return m.summary }

// Labels returns the labels that the model knows, sorted.
func (m *Model) Labels() []string { return m.labels }

// Train learns from records. Records without a word are left out.
func Train(ctx context.Context, records []Record, opt Options) (*Model, error) {
	l, blank, err := newChecked(records)
	if err != nil {
		return nil, err
	}
	m := &Model{labels: l.labels, encode: opt.Encode, coarse: opt.Coarse, families: families(l.labels)}
	m.summary = Summary{Texts: len(l.texts), Blank: blank, Labels: len(l.labels), Encoder: opt.Encode != nil, Weights: map[string]float64{}}
	if m.coarse != nil {
		m.summary.Coarse = len(m.coarse.labels)
	}
	counts := countAll(l.texts, 2)
	m.vocab = learnVocabulary(counts)
	if err := m.describeLabels(ctx, counts); err != nil {
		return nil, err
	}
	s, err := m.space(ctx, l.texts, counts)
	if err != nil {
		return nil, err
	}
	t := &training{model: m, lesson: l, space: s, seed: opt.Seed, limit: opt.limit}
	if t.limit == 0 {
		t.limit = exactLimit
	}
	return m, t.run(ctx)
}

// newChecked refuses what cannot be learned from.
func newChecked(records []Record) (*lesson, int, error) {
	var kept []Record
	for _, r := range records {
		if !isBlank(r.Text) {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return nil, 0, zhuanhua.Invalid("", "没有可学习的文本 no training text holds a word", "check the key text")
	}
	l := newLesson(kept)
	if len(l.labels) < 2 {
		return nil, 0, zhuanhua.Invalid("", fmt.Sprintf("只有一个类别 all training records bear the one label %q", l.labels[0]), "give examples of two labels at least")
	}
	if len(l.labels) > maxLabels {
		return nil, 0, zhuanhua.Invalid("", fmt.Sprintf("类别过多 the training records bear %d labels, more than %d", len(l.labels), maxLabels), "take coarser labels, or check that label holds no free text")
	}
	if len(l.texts) < 2 {
		return nil, 0, zhuanhua.Invalid("", "只有一条文本 all training records hold the same text", "give different texts")
	}
	return l, len(records) - len(kept), nil
}

// space puts texts where the kernel can compare them. The first call, for the training texts, takes
// their mean.
func (m *Model) space(ctx context.Context, texts []string, counts []count) (*space, error) {
	s := &space{terms: len(m.vocab.idf), rows: m.vocab.rows(counts)}
	if m.terms != nil {
		s.told = m.terms.vocab.rows(counts)
	}
	var err error
	if s.coarse, err = m.coarseLogs(ctx, texts); err != nil {
		return nil, err
	}
	if m.encode == nil {
		return s, nil
	}
	vecs, err := m.encodeTexts(ctx, texts)
	if err != nil {
		return nil, err
	}
	if m.mean == nil {
		m.mean = meanOf(vecs)
	}
	s.dense = centred(vecs, m.mean)
	return s, nil
}

func (m *Model) encodeTexts(ctx context.Context, texts []string) ([][]float32, error) {
	most := max(minEncoded, encodeRunes/len(texts))
	short := make([]string, len(texts))
	for i, t := range texts {
		short[i] = beginning(t, most)
	}
	vecs, err := m.encode(ctx, short)
	if err == nil && len(vecs) != len(texts) {
		err = fmt.Errorf("classify: %d vectors for %d texts", len(vecs), len(texts))
	}
	return vecs, err
}

func beginning(s string, runes int) string {
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}

func meanOf(vecs [][]float32) []float32 {
	sum := make([]float64, len(vecs[0]))
	for _, v := range vecs {
		for i, x := range v {
			sum[i] += float64(x)
		}
	}
	out := make([]float32, len(sum))
	for i, x := range sum {
		out[i] = float32(x / float64(len(vecs)))
	}
	return out
}

// centred takes the mean off and makes the lengths 1.
func centred(vecs [][]float32, mean []float32) *matrix {
	out := newMatrix(len(vecs), len(mean))
	for i, v := range vecs {
		to := out.row(i)
		var squares float64
		for k := range to {
			to[k] = v[k] - mean[k]
			squares += float64(to[k]) * float64(to[k])
		}
		scale := float32(1 / max(math.Sqrt(squares), 1e-9))
		for k := range to {
			to[k] *= scale
		}
	}
	return out
}

// describeLabels prepares the opinions that know what labels mean.
func (m *Model) describeLabels(ctx context.Context, texts []count) error {
	d := describe(m.labels)
	if d == nil {
		return nil
	}
	m.summary.Described = true
	m.terms = newTermOpinion(d, texts)
	if m.encode == nil {
		return nil
	}
	var phrases []string
	o := &meaningOpinion{labels: len(m.labels)}
	for l := range d {
		for _, p := range pickEvenly(d[l].names, nameCount(len(m.labels))) {
			phrases = append(phrases, p)
			o.owner = append(o.owner, int32(l))
		}
	}
	vecs, err := m.encodeTexts(ctx, phrases)
	if err != nil {
		return err
	}
	o.phrases = centred(vecs, meanOf(vecs))
	m.meaning = o
	return nil
}

// Prediction is a label and how sure the model is of it.
type Prediction struct {
	Label  string  `json:"label"`
	Chance float64 `json:"chance"`
}

// Predict gives the likeliest labels of each text, at most top, the likeliest first.
func (m *Model) Predict(ctx context.Context, texts []string, top int) ([][]Prediction, error) {
	out := make([][]Prediction, len(texts))
	err := m.eachChance(ctx, texts, func(i int, chance []float64) { out[i] = m.best(chance, top) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// eachChance gives the chances of all labels for each text, on all cores.
func (m *Model) eachChance(ctx context.Context, texts []string, do func(i int, chance []float64)) error {
	const lot = 16384
	for from := 0; from < len(texts); from += lot {
		part := texts[from:min(from+lot, len(texts))]
		s, err := m.space(ctx, part, countAll(part, 2))
		if err != nil {
			return err
		}
		ops := m.opinions(s, m.fitted)
		parallel(len(part), func(i int) {
			chance := make([]float64, len(m.labels))
			m.stack.chances(ops, i, chance)
			do(from+i, chance)
		})
	}
	return nil
}

// best takes the likeliest labels; of equals the more usual, of these the one that sorts first.
func (m *Model) best(chance []float64, top int) []Prediction {
	var out []Prediction
	taken := make([]bool, len(chance))
	for range min(top, len(chance)) {
		at := -1
		for l, c := range chance {
			if !taken[l] && (at < 0 || c > chance[at] || c == chance[at] && m.usual[l] > m.usual[at]) {
				at = l
			}
		}
		taken[at] = true
		out = append(out, Prediction{m.labels[at], chance[at]})
	}
	return out
}
