package match

import (
	"context"
	"math"

	"zhuanhua/match/text"
)

// Pairs judges some documents of the library for one need: as Match would, but only these. Those that
// are unrelated are left out.
func (e *Engine) Pairs(ctx context.Context, need Document, ids []string) ([]Match, error) {
	s := e.state()
	ranked, err := e.judgedAmong(ctx, s, &need, ids)
	if err != nil {
		return nil, err
	}
	results, err := e.explainNeeds(ctx, s, []Document{need}, [][]scored{ranked}, Ask{Top: len(ids), Apart: true})
	if err != nil {
		return nil, err
	}
	return results[0].Matches, nil
}

// judgedAmong scores some documents for a need as Match scores them among all: what the first documents of
// the whole library have in common is what they are judged by.
func (e *Engine) judgedAmong(ctx context.Context, s *state, need *Document, ids []string) ([]scored, error) {
	vecs, err := e.needVectorsOf(ctx, need)
	if err != nil {
		return nil, err
	}
	ask, err := e.ask(s, need, vecs)
	if err != nil {
		return nil, err
	}
	list, bg := e.fused(ask, len(ids), len(ids), e.amongIDs(s, ids))
	if e.levelled(s, need) && (len(ask.query) > 0 || ask.dense) {
		first, _ := e.fused(ask, refined, refined, nil)
		r, err := e.refiner(ask, bg, first)
		if err != nil {
			return nil, err
		}
		r.refine(list)
	}
	return e.scored(list, bg), nil
}

// amongIDs is the documents with some ids.
func (e *Engine) amongIDs(s *state, ids []string) *among {
	a := &among{docs: make([][]uint64, len(s.places))}
	for i, p := range s.places {
		a.docs[i] = make([]uint64, (len(p.lib)+63)/64)
	}
	if s.vec != nil {
		a.vecs = make([]uint64, (s.vec.Docs()+63)/64)
	}
	for _, id := range ids {
		doc, ok := s.lex.Doc(id)
		if !ok {
			continue
		}
		seg, at := s.lex.Place(doc)
		if a.has(seg, at) {
			continue
		}
		a.docs[seg][at/64] |= 1 << (at % 64)
		a.n++
		if vec := s.vecOfDoc(doc); vec >= 0 {
			a.vecs[vec/64] |= 1 << (vec % 64)
		}
	}
	return a
}

// Glance is Pairs without the passages that only the encoder sees alike, and so without waiting for
// it: common words, figures and fields alone. Scores and levels are those of the ranking.
func (e *Engine) Glance(ctx context.Context, need Document, ids []string) ([]Match, error) {
	s := e.state()
	ranked, err := e.judgedAmong(ctx, s, &need, ids)
	if err != nil {
		return nil, err
	}
	asked := analyse(&need)
	out := make([]Match, 0, len(ids))
	for _, r := range ranked {
		d := s.documentOf(r.doc)
		if d == nil {
			continue
		}
		ev := e.explain(s, asked, analyse(d), nil)
		out = append(out, Match{AchievementID: r.id, Score: r.score, Level: LevelOf(r.score), Reasons: ev.reasons, Against: ev.against})
	}
	return out, nil
}

// Figure is one indicator that a need binds, beside what a document offers for it.
type Figure struct {
	Label   string // what is measured, in the need's words
	Wanted  string // the bound as written, "≥67%"
	Offered string // "" where nothing comparable is offered
	Said    string // the words in which it is offered
	Verdict text.Verdict
	Gap     float64 // by how much it is exceeded or missed, in Unit; 0 where that cannot be said
	Unit    string
}

// mostFigures is how many indicators of a need are set beside a document.
const mostFigures = 12

// Figures sets the indicators of a need beside what a document offers, met or not.
func Figures(need, offer *Document) []Figure {
	n, a := analyse(need), analyse(offer)
	var out []Figure
	for i := range n.parts {
		p := &n.parts[i]
		if p.Listed {
			continue
		}
		for _, w := range p.quantities {
			if w.Comparator == text.Equal || w.Label == "" || len(out) == mostFigures {
				continue
			}
			f := Figure{Label: text.Measured(w.Label), Wanted: p.span(w.Start, w.End).Text}
			if c, ok := bestOffer(p, w, a); ok {
				f.Offered, f.Said, f.Verdict = c.ach.span(c.offered.Start, c.offered.End).Text, c.ach.span(c.offered.LabelStart, c.offered.End).Text, c.verdict
				f.Gap, f.Unit = gap(w, c.offered)
			}
			out = append(out, f)
		}
	}
	return out
}

// gap is how far an offered figure lies from the bound, where both are written in one unit.
func gap(wanted, offered text.Quantity) (float64, string) {
	if wanted.Unit != offered.Unit || wanted.Comparator == text.Between || offered.Comparator == text.Between {
		return 0, ""
	}
	return math.Abs(offered.Low - wanted.Low), wanted.Unit
}

// briefRunes is how much of its first text a document asks with in brief, besides title and keywords: the
// beginning says what it is.
const briefRunes = 80

// Like ranks the library by likeness to a document of an engine, itself or another one with the same
// encoder. The document's own vector is taken from there, so nothing is encoded. In brief it asks with its
// beginning alone, which is several times quicker in a large library.
func (e *Engine) Like(from *Engine, id string, depth int, inBrief bool) ([]Other, error) {
	d := from.Document(id)
	if d == nil {
		return nil, nil
	}
	if inBrief {
		d = d.brief()
	}
	var vecs needVectors
	if e.opt.Mode != Lexical {
		if own := from.Vectors(id); len(own) > 0 {
			vecs.whole = own[0].Float()
		}
	}
	s := e.state()
	ask, err := e.ask(s, d, vecs)
	if err != nil {
		return nil, err
	}
	list, bg := e.fused(ask, depth, depth, nil)
	out := []Other{}
	for _, r := range e.scored(list, bg) {
		out = append(out, Other{r.id, r.score})
	}
	return out, nil
}

// brief is a document of its title, its keywords and the beginning of its first text.
func (d *Document) brief() *Document {
	out := &Document{ID: d.ID, Facts: d.Facts}
	texts := 0
	for _, p := range d.Parts {
		if p.Role == RoleText || p.Role == RoleIndicators {
			if texts++; texts > 1 {
				continue
			}
			p.Raw = sliceRunes(p.Raw, 0, briefRunes)
		}
		out.Parts = append(out.Parts, p)
	}
	return out
}
