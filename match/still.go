package match

import (
	"context"

	"zhuanhua/match/vector"
)

// Still is the library as it stands to one need, held still: it tells what any text would score if it
// stood in the library in place of a document, with every statistic of the library as it is. The text of
// the document itself scores what the engine says of it.
type Still struct {
	e   *Engine
	ask asked
	bg  spreads
	of  *refiner // nil where the fused value decides
}

// Still holds the library as it is now still for a need, under the filter that it is asked with.
func (e *Engine) Still(ctx context.Context, need *Document, filter *Filter) (*Still, error) {
	s := e.state()
	vecs, err := e.needVectorsOf(ctx, need)
	if err != nil {
		return nil, err
	}
	return e.still(s, need, vecs, e.among(s, filter))
}

func (e *Engine) still(s *state, need *Document, vecs needVectors, only *among) (*Still, error) {
	ask, err := e.ask(s, need, vecs)
	if err != nil {
		return nil, err
	}
	h := &Still{e: e, ask: ask}
	var list []Ranked
	list, h.bg = e.fused(ask, refined, refined, only)
	if !e.judges(ask) {
		return h, nil
	}
	h.of, err = e.refiner(ask, h.bg, list)
	return h, err
}

// Score is what texts would score, each in place of the document that has its id.
func (h *Still) Score(ctx context.Context, docs []Document) ([]float64, error) {
	vecs, first, err := h.vectors(ctx, docs)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(docs))
	for i := range docs {
		var own []vector.Vec
		if vecs != nil {
			own = vecs[first[i]:first[i+1]]
		}
		out[i] = h.score(&docs[i], own)
	}
	return out, nil
}

// vectors encodes the passages of texts: those of text i begin at first[i]. nil without the encoder.
func (h *Still) vectors(ctx context.Context, docs []Document) (vecs []vector.Vec, first []int, err error) {
	if !h.ask.dense {
		return nil, nil, nil
	}
	var texts []string
	first = make([]int, len(docs)+1)
	for i := range docs {
		texts = append(texts, docs[i].passages()...)
		first[i+1] = len(texts)
	}
	vecs, err = h.e.encode(ctx, vector.KindPassage, texts)
	return vecs, first, err
}

func (h *Still) score(d *Document, own []vector.Vec) float64 {
	fields := d.fields()
	score := float64(h.ask.lex.ScoreText(h.ask.query, fields))
	cosine := float32(0)
	if len(own) > 0 {
		cosine = h.ask.asks.Score(own)
	}
	g := h.e.signals(h.ask, score, cosine)
	k := told{raw: h.e.raw(g, score, lengthOf(fields)), signals: g}
	if h.of == nil {
		return judgeOf(h.e.opt.Mode).score(k.raw, h.bg.raw)
	}
	if len(own) > 0 {
		k.first, k.hub = own[0], h.of.hub.Score(own)
	}
	var m reading
	j := h.of.judge(d, k, &m)
	return h.of.model.Levels[h.of.form].Good(j.Place)
}

// lengthOf is the weighted length of a document in terms.
func lengthOf[T any](fields [][]T) float64 {
	n := 0
	for i, f := range fields {
		n += fieldWeights()[i] * len(f)
	}
	return float64(n)
}

// without is a document without what a reason quotes of it: the passage cut out of its text, or the
// field that it states.
func (d *Document) without(r *Reason) Document {
	out := *d
	out.Parts = append([]Part{}, d.Parts...)
	if r.Kind == ReasonField {
		out.Facts.TechField, out.Facts.Industries = d.Facts.TechField.unless(r), nil
		for _, x := range d.Facts.Industries {
			if x = x.unless(r); x.Value != "" {
				out.Facts.Industries = append(out.Facts.Industries, x)
			}
		}
		return out
	}
	for i := range out.Parts {
		p := &out.Parts[i]
		if p.Column == r.Achievement.Field && sliceRunes(p.Raw, r.Achievement.Start, r.Achievement.End) == r.Achievement.Text {
			n := len([]rune(p.Raw))
			p.Raw = sliceRunes(p.Raw, 0, r.Achievement.Start) + sliceRunes(p.Raw, r.Achievement.End, n)
			break
		}
	}
	return out
}

// unless is the fact, or none if it is the one that a reason quotes.
func (f Fact) unless(r *Reason) Fact {
	if f.Column == r.Achievement.Field && f.span() == r.Achievement {
		return Fact{}
	}
	return f
}

// proveReasons tells for the first reasons of each match by how much the score falls without the
// passage that the reason quotes.
func (e *Engine) proveReasons(ctx context.Context, s *state, needs []Document, results []Result, ask Ask, only *among) error {
	if ask.Prove <= 0 {
		return nil
	}
	vecs, err := e.queryVectors(ctx, needs)
	if err != nil {
		return err
	}
	for i := range results {
		if len(results[i].Matches) == 0 {
			continue
		}
		var n needVectors
		if vecs != nil {
			n.whole = vecs[i].Float()
		}
		h, err := e.still(s, &needs[i], n, only)
		if err != nil {
			return err
		}
		if err := h.prove(ctx, &results[i], ask.Prove); err != nil {
			return err
		}
	}
	return nil
}

// prove sets the falls of a need's matches.
func (h *Still) prove(ctx context.Context, r *Result, most int) error {
	var docs []Document
	var falls []*float64
	for i := range r.Matches {
		m := &r.Matches[i]
		d := h.ask.document(m.AchievementID)
		if d == nil {
			continue
		}
		docs, falls = append(docs, *d), append(falls, nil)
		for k := range m.Reasons[:min(most, len(m.Reasons))] {
			fall := new(float64)
			m.Reasons[k].Fall = fall
			docs, falls = append(docs, d.without(&m.Reasons[k])), append(falls, fall)
		}
	}
	scores, err := h.Score(ctx, docs)
	if err != nil {
		return err
	}
	whole := 0.0
	for i, fall := range falls {
		if fall == nil {
			whole = scores[i]
			continue
		}
		*fall = whole - scores[i]
	}
	return nil
}
