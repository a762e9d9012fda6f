package simulate

import (
	"zhuanhua/plan"
)

// guide is the way through a workflow: how many steps each state is from a good end, and which values
// its guards wait for.
type guide struct {
	w     *plan.Workflow
	steps map[string]int    // to an end with outcome granted or done
	wants map[string]string // "form.field" → what a guard wants it to say
}

func newGuide(w *plan.Workflow) *guide {
	g := &guide{w: w, steps: map[string]int{}, wants: map[string]string{}}
	for _, s := range w.States {
		if s.Kind == "end" && (s.Outcome == "granted" || s.Outcome == "done") {
			g.steps[s.ID] = 0
		}
	}
	for range w.States { // as many rounds as a way can be long
		for _, a := range w.Actions {
			n, ok := g.steps[a.To.ID]
			if a.To.ID == "" || !ok || givesUp(a) {
				continue
			}
			for _, from := range a.From {
				if have, ok := g.steps[from.ID]; !ok || n+1 < have {
					g.steps[from.ID] = n + 1
				}
			}
		}
	}
	for _, a := range w.Actions {
		for _, c := range a.If {
			if c.Kind == "value" && len(c.Is) > 0 {
				g.wants[c.Form.ID+"."+c.Field.ID] = c.Is[0].ID
			}
		}
	}
	return g
}

// givesUp reports whether an action ends what the case is about: a refusal, or the applicant's own will.
func givesUp(a *plan.Action) bool {
	return a.Decides == "refuse" || a.Effect("release_rest") != nil || a.Effect("release_claim") != nil
}

// Weights of choices. They only say how often something happens; what may happen the plan says.
const (
	weightForward = 60
	weightWork    = 40 // what stays in the state and is needed to leave it
	weightSide    = 6
	weightBack    = 2
	weightGiveUp  = 8
	weightCircle  = 1 // what was done twice is done again only where nothing else is left
)

// weight says how often an action is taken from a state, after it was taken so many times in the case.
func (g *guide) weight(a *plan.Action, state string, taken int) int {
	here, ok := g.steps[state]
	if a.To.ID == "" || a.To.ID == state {
		return stayWeight(a, taken)
	}
	there, known := g.steps[a.To.ID]
	switch {
	case !known || givesUp(a):
		return weightGiveUp
	case !ok || there < here:
		return weightForward
	case a.Effect("object") != nil && taken > 0:
		return 0 // one round of objections is enough to see it work
	case taken > 1:
		return weightCircle
	}
	return weightBack
}

// stayWeight is weight for what leaves the state as it is.
func stayWeight(a *plan.Action, taken int) int {
	for _, kind := range []string{"qualify", "enter_part", "milestone_done", "answer_objection", "take_bid", "order", "paid"} {
		if a.Effect(kind) != nil {
			if kind == "take_bid" && taken >= 3 {
				return 0
			}
			return weightWork
		}
	}
	switch {
	case a.IsBy("assigned") && a.Effect("recuse") == nil:
		return weightWork
	case taken > 0:
		return 0
	}
	return weightSide
}
