package match

import (
	"cmp"
	"context"
	"slices"

	"zhuanhua/match/vector"
)

// unproven is the score of a pair that would be fair or strong but has no evidence to quote.
const unproven = leastFair - 0.001

// explaining is the matches of one need in the making.
type explaining struct {
	need  *analysed
	lines []line
	done  int // so many of lines are explained
	out   []Match
}

// explainNeeds turns the ranked documents of each need into matches. First so many as are wanted are
// explained; more only where some of those lost their level, so that an answer costs no more than it
// shows.
func (e *Engine) explainNeeds(ctx context.Context, s *state, needs []Document, ranked [][]scored, ask Ask) ([]Result, error) {
	top := ask.Top
	all := make([]*explaining, len(needs))
	parallel(len(needs), func(i int) {
		all[i] = &explaining{need: &analysed{doc: &needs[i]}, lines: s.lines(ranked[i], top+spare, ask.Apart), out: []Match{}}
	})
	for {
		var open []*explaining
		for _, x := range all {
			if x.open(top) {
				open = append(open, x)
			}
		}
		if len(open) == 0 {
			break
		}
		if err := e.explainMore(ctx, s, open, top); err != nil {
			return nil, err
		}
	}
	results := make([]Result, len(needs))
	for i, x := range all {
		matches := x.out[:min(top, len(x.out))]
		results[i] = Result{NeedID: needs[i].ID, Matches: matches, NoGood: s.noGood(&needs[i], matches)}
	}
	return results, nil
}

// open reports whether a document that is not explained yet may come among the first.
func (x *explaining) open(top int) bool {
	return x.done < len(x.lines) && (len(x.out) < top || x.out[top-1].Score < x.lines[x.done].score)
}

// explainMore explains the next documents of needs, with the vectors of all their sentences made in
// one go.
func (e *Engine) explainMore(ctx context.Context, s *state, open []*explaining, top int) error {
	docs := make([][]*analysed, len(open))
	parallel(len(open), func(i int) {
		x := open[i]
		if x.done == 0 {
			x.need = analyse(x.need.doc)
		}
		for _, l := range x.next(top) {
			docs[i] = append(docs[i], analyse(l.doc))
		}
	})
	vecs, err := e.sentenceVectors(ctx, open, docs)
	if err != nil {
		return err
	}
	parallel(len(open), func(i int) {
		x := open[i]
		var alone []line
		for j, l := range x.next(top) {
			if m, ok := e.prove(s, x.need, docs[i][j], l.scored, vecs); ok {
				m.Same = l.same
				x.out = append(x.out, m)
			} else {
				alone = append(alone, l)
			}
		}
		x.done += len(docs[i])
		x.release(s, alone)
		slices.SortStableFunc(x.out, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	})
	return nil
}

// next are the documents to explain next: as many as are wanted, then the others.
func (x *explaining) next(top int) []line {
	until := len(x.lines)
	if x.done == 0 {
		until = min(top, until)
	}
	return x.lines[x.done:until]
}

// release gives the other wordings of what has nothing to show a line of their own: one of them may.
func (x *explaining) release(s *state, of []line) {
	for _, l := range of {
		for _, other := range l.same {
			if doc, ok := s.lex.Doc(other.ID); ok {
				x.lines = append(x.lines, line{scored: scored{doc, other.ID, other.Score}, doc: s.documentOf(doc)})
			}
		}
	}
	slices.SortStableFunc(x.lines[x.done:], func(a, b line) int { return cmp.Compare(b.score, a.score) })
}

// prove gathers the evidence for a pair. Without anything to show it is no proposal.
func (e *Engine) prove(s *state, need, ach *analysed, r scored, vecs map[string]vector.Vec) (Match, bool) {
	ev := e.explain(s, need, ach, vecs)
	m := Match{AchievementID: r.id, Score: r.score, Reasons: ev.reasons, Against: ev.against}
	if m.Score >= leastFair && !ev.strong {
		m.Score = unproven // it may fit, but nothing that can be shown says so
	} else if l := e.levelsOf(s, need.doc); l != nil {
		c := l.Of(m.Score)
		m.Chances = &Chances{c[0], c[1], c[2], c[3]}
	}
	m.Level = LevelOf(m.Score)
	return m, m.Level != None && len(m.Reasons) > 0
}

// sentenceVectors encodes the sentences of every pair that is to be explained, all in one go; nil
// without an encoder.
func (e *Engine) sentenceVectors(ctx context.Context, open []*explaining, docs [][]*analysed) (map[string]vector.Vec, error) {
	if e.opt.Mode == Lexical {
		return nil, nil
	}
	at := map[string]vector.Vec{}
	var texts []string
	add := func(d *analysed) {
		for _, s := range d.sentences {
			if _, ok := at[s.text]; !ok {
				at[s.text] = vector.Vec{}
				texts = append(texts, s.text)
			}
		}
	}
	for i, x := range open {
		add(x.need)
		for _, d := range docs[i] {
			add(d)
		}
	}
	vecs, err := e.encode(ctx, vector.KindPassage, texts)
	if err != nil {
		return nil, err
	}
	for i, t := range texts {
		at[t] = vecs[i]
	}
	return at, nil
}
