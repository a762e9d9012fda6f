package match

import (
	"cmp"
	"context"
	"slices"
)

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
	wide.Top, wide.Apart = backDepth, true // each wording has needs of its own
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

// Both is what needs and achievements are to each other, without reasons.
type Both struct {
	Needs        [][]Other          // by need, in their order: the achievements that may serve it
	Achievements map[string][]Other // by id, those with any: the needs that it may serve
}

// Other is the other side of a pair.
type Other struct {
	ID    string
	Score float64 // 0–1, falling
}

// Both ranks all needs against the library once and tells the best of it in both directions, at most
// ask.Top each, with the scores of Match. It looks at the best 200 achievements of each need.
func (e *Engine) Both(ctx context.Context, needs []Document, ask Ask) (*Both, error) {
	s := e.state()
	only := e.among(s, ask.Filter)
	done := counter(len(needs), ask.Progress)
	b := &Both{Achievements: map[string][]Other{}}
	for block := range slices.Chunk(needs, matchBlock) {
		depth := max(ask.Top, backDepth)
		ranked, err := e.rankNeeds(ctx, s, block, depth, depth, only, done)
		if err != nil {
			return nil, err
		}
		for i, list := range ranked {
			found := make([]Other, len(list))
			for j, r := range list {
				found[j] = Other{r.id, r.score}
				b.Achievements[r.id] = append(b.Achievements[r.id], Other{block[i].ID, r.score})
			}
			b.Needs = append(b.Needs, found[:min(ask.Top, len(found))])
		}
	}
	for id, list := range b.Achievements {
		slices.SortStableFunc(list, func(a, b Other) int { return cmp.Compare(b.Score, a.Score) })
		b.Achievements[id] = list[:min(ask.Top, len(list))]
	}
	return b, nil
}
