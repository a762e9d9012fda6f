package match

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"zhuanhua/match/vector"
)

// Ask is what Match is asked for.
type Ask struct {
	Top      int     // matches a need, at most
	Filter   *Filter // of achievements; nil: all
	Progress func(done, total int)
}

// Match finds the achievements of the library for each need, with scores, levels, reasons and
// objections. Results stand in the order of the needs.
func (e *Engine) Match(ctx context.Context, needs []Document, ask Ask) ([]Result, error) {
	s := e.state()
	vecs, err := e.queryVectors(ctx, needs)
	if err != nil {
		return nil, err
	}
	ranked, err := e.rankAllNeeds(ctx, s, needs, vecs, ask)
	if err != nil {
		return nil, err
	}
	look, err := e.sentenceVectors(ctx, needs, ranked)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(needs))
	parallel(len(needs), func(i int) {
		results[i] = Result{NeedID: needs[i].ID, Matches: e.explainAll(s, &needs[i], ranked[i], ask.Top, look)}
	})
	return results, nil
}

// rankAllNeeds ranks every need on all cores.
func (e *Engine) rankAllNeeds(ctx context.Context, s *state, needs []Document, vecs []vector.Vec, ask Ask) ([][]scored, error) {
	ranked := make([][]scored, len(needs))
	errs := make([]error, len(needs))
	keep := e.keep(ask.Filter)
	done := counter(len(needs), ask.Progress)
	parallel(len(needs), func(i int) {
		if errs[i] = ctx.Err(); errs[i] != nil {
			return
		}
		var vec vector.Vec
		if vecs != nil {
			vec = vecs[i]
		}
		// A few more than asked for: those that lose their level for want of evidence make room.
		list, bg, err := e.rank(s, &needs[i], vec, ask.Top+spare, keep)
		ranked[i], errs[i] = e.scored(list, bg), err
		done()
	})
	return ranked, errors.Join(errs...)
}

// spare is how many documents beyond the wanted ones are explained.
const spare = 5

// scored is a ranked document with its score.
type scored struct {
	id    string
	score float64
}

// scored gives scores and drops what is unrelated.
func (e *Engine) scored(list []Ranked, bg background) []scored {
	j := judgeOf(e.opt.Mode)
	out := make([]scored, 0, len(list))
	for _, r := range list {
		if score := j.score(r.Raw, bg); LevelOf(score) != None {
			out = append(out, scored{r.ID, score})
		}
	}
	return out
}

// queryVectors encodes the needs, nil without the encoder.
func (e *Engine) queryVectors(ctx context.Context, needs []Document) ([]vector.Vec, error) {
	if e.opt.Mode == Lexical {
		return nil, nil
	}
	texts := make([]string, len(needs))
	for i := range needs {
		texts[i] = needs[i].whole()
	}
	return vector.EncodeAll(ctx, e.opt.Encoder, e.cache, vector.KindQuery, texts, e.opt.Progress)
}

// sentenceVectors encodes the sentences of every pair that is to be explained, all in one go.
func (e *Engine) sentenceVectors(ctx context.Context, needs []Document, ranked [][]scored) (func(string) (vector.Vec, bool), error) {
	if e.opt.Mode == Lexical {
		return nil, nil
	}
	at := map[string]int{}
	var texts []string
	add := func(d *Document) {
		for i := range d.Parts {
			for _, sp := range quotableSentences(&d.Parts[i]) {
				t := sliceRunes(d.Parts[i].Raw, sp.Start, sp.End)
				if _, ok := at[t]; !ok {
					at[t] = len(texts)
					texts = append(texts, t)
				}
			}
		}
	}
	seen := map[string]bool{}
	for i := range needs {
		if len(ranked[i]) > 0 {
			add(&needs[i])
		}
		for _, r := range ranked[i] {
			if d := e.Document(r.id); d != nil && !seen[r.id] {
				seen[r.id] = true
				add(d)
			}
		}
	}
	vecs, err := vector.EncodeAll(ctx, e.opt.Encoder, e.cache, vector.KindPassage, texts, e.opt.Progress)
	if err != nil {
		return nil, err
	}
	return func(t string) (vector.Vec, bool) {
		i, ok := at[t]
		if !ok {
			return vector.Vec{}, false
		}
		return vecs[i], true
	}, nil
}

// explainAll turns the ranked documents of one need into matches, best first.
func (e *Engine) explainAll(s *state, need *Document, ranked []scored, top int, look func(string) (vector.Vec, bool)) []Match {
	out := []Match{}
	n := analyse(need)
	for _, r := range ranked {
		d := e.Document(r.id)
		if d == nil {
			continue // deleted meanwhile
		}
		ev := e.explain(s, n, analyse(d), look)
		m := Match{AchievementID: r.id, Score: r.score, Reasons: ev.reasons, Against: ev.against}
		if m.Score >= leastFair && !ev.strong {
			m.Score = unproven // it may fit, but nothing that can be shown says so
		}
		m.Level = LevelOf(m.Score)
		if m.Level != None && len(m.Reasons) > 0 { // without anything to show it is no proposal
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(top, len(out))]
}

// unproven is the score of a pair that would be fair or strong but has no evidence to quote.
const unproven = leastFair - 0.001

// counter returns a function that counts calls and tells progress.
func counter(total int, progress func(done, total int)) func() {
	if progress == nil {
		return func() {}
	}
	var mu sync.Mutex
	n := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		n++
		progress(n, total)
	}
}

// Back is what was found for one achievement, in the words of a need's result.
type Back struct {
	AchievementID string      `json:"achievement_id"`
	Matches       []BackMatch `json:"matches"`
}

// BackMatch is one need that an achievement may serve.
type BackMatch struct {
	NeedID  string      `json:"need_id"`
	Score   float64     `json:"score"`
	Level   Level       `json:"level"`
	Reasons []Reason    `json:"reasons"`
	Against []Objection `json:"against"`
}

// backDepth is how many achievements of each need are looked at when the question is turned round.
const backDepth = 200

// MatchBack turns the question round: for each achievement of the library the needs that it may
// serve. A pair has the same score, level and reasons as in Match. Achievements come in the order of
// their ids; those without a need are left out.
func (e *Engine) MatchBack(ctx context.Context, needs []Document, ask Ask) ([]Back, error) {
	wide := ask
	wide.Top = backDepth
	results, err := e.Match(ctx, needs, wide)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var out []Back
	for _, r := range results {
		for _, m := range r.Matches {
			i, ok := at[m.AchievementID]
			if !ok {
				i = len(out)
				at[m.AchievementID] = i
				out = append(out, Back{AchievementID: m.AchievementID})
			}
			out[i].Matches = append(out[i].Matches, BackMatch{r.NeedID, m.Score, m.Level, m.Reasons, m.Against})
		}
	}
	for i := range out {
		slices.SortStableFunc(out[i].Matches, func(a, b BackMatch) int { return cmp.Compare(b.Score, a.Score) })
		out[i].Matches = out[i].Matches[:min(ask.Top, len(out[i].Matches))]
	}
	slices.SortFunc(out, func(a, b Back) int { return cmp.Compare(a.AchievementID, b.AchievementID) })
	return out, nil
}
