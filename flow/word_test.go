package flow

import (
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/plan"
)

// TestKnowsEveryWord: every guard that a plan can name is judged in words, and every effect is done or
// refused for a reason; a word that the loader reads and nobody here knows would pass for one that holds.
func TestKnowsEveryWord(t *testing.T) {
	fresh := func() *decision {
		return &decision{s: Situation{Plan: &plan.Pack{}}, by: Actor{User: &zhuanhua.User{ID: "u"}, Now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}, w: &plan.Workflow{Clocks: []*plan.Clock{{ID: "k"}}},
			a: &plan.Action{ID: "a"}, c: zhuanhua.Case{ID: "c"}, budgets: map[string]*BudgetSeen{}}
	}
	for _, word := range plan.Guards() {
		r := fresh().guard(&plan.Guard{Kind: word, Clock: plan.Ref{ID: "k"}, AtLeast: 1, Is: []plan.Ref{{ID: "x"}}, Link: "contract"})
		if r.Check != word || r.ZH == "" || r.EN == "" || strings.HasPrefix(r.ZH, "；") {
			t.Errorf("%s: %+v", word, r)
		}
	}
	for _, word := range plan.Effects() {
		err := fresh().effect(&plan.Effect{Kind: word, Clock: plan.Ref{ID: "k"}})
		if err != nil && strings.Contains(err.Error(), "flow knows") {
			t.Error(err)
		}
	}
}
