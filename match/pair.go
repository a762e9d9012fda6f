package match

import (
	"context"
	"math"

	"zhuanhua/match/text"
)

// Explain says why documents of the library were ranked for a need as they were: what Both found, with its
// scores, becomes what Match tells. Those without anything to show are left out.
func (e *Engine) Explain(ctx context.Context, need Document, found []Other) ([]Match, error) {
	s := e.state()
	results, err := e.explainNeeds(ctx, s, []Document{need}, [][]scored{s.found(found)}, Ask{Top: len(found), Apart: true})
	if err != nil {
		return nil, err
	}
	return results[0].Matches, nil
}

// found is what was found before, as the engine ranks it now.
func (s *state) found(list []Other) []scored {
	var out []scored
	seen := map[string]bool{}
	for _, f := range list {
		if doc, ok := s.lex.Doc(f.ID); ok && !seen[f.ID] {
			seen[f.ID] = true
			out = append(out, scored{doc: doc, id: f.ID, score: f.Score})
		}
	}
	return out
}

// Glance is Explain without the passages that only the encoder sees alike, and so without waiting for it:
// common words, figures and fields alone.
func (e *Engine) Glance(need Document, found []Other) []Match {
	s := e.state()
	asked := analyse(&need)
	out := make([]Match, 0, len(found))
	for _, r := range s.found(found) {
		if d := s.documentOf(r.doc); d != nil {
			ev := e.explain(s, asked, analyse(d), nil)
			out = append(out, Match{AchievementID: r.id, Score: r.score, Level: LevelOf(r.score), Reasons: ev.reasons, Against: ev.against})
		}
	}
	return out
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
