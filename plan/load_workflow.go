package plan

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// readWorkflow reads one file of workflows/.
func (l *loader) readWorkflow(n node) {
	w := &Workflow{At: n.pos(), Blind: "none"}
	n.object(
		must("workflow", func(v node) { w.ID = v.id() }),
		must("title", func(v node) { w.Title = v.text() }),
		must("source", func(v node) { w.Source = v.source() }),
		may("serves", func(v node) { w.Serves = v.refs() }),
		must("begins", func(v node) { w.Begins = v.refs() }),
		may("demands_publicity", func(v node) { w.DemandsPublicity = v.flag() }),
		may("self_recorded", func(v node) { w.SelfRecorded = v.flag() }),
		may("blind", func(v node) { w.Blind = v.choice("double", "single", "none") }),
		must("states", func(v node) {
			v.items(func(v node) { w.States = append(w.States, v.state()) })
		}),
		must("actions", func(v node) {
			v.items(func(v node) { w.Actions = append(w.Actions, v.action()) })
		}),
		may("clocks", func(v node) {
			v.items(func(v node) { w.Clocks = append(w.Clocks, v.clock()) })
		}))
	l.pack.Workflows = append(l.pack.Workflows, w)
}

// state reads one state.
func (n node) state() *State {
	s := &State{At: n.pos()}
	n.object(
		must("id", func(v node) { s.ID = v.id() }),
		must("title", func(v node) { s.Title = v.text() }),
		may("kind", func(v node) { s.Kind = v.choice("start", "end") }),
		may("outcome", func(v node) { s.Outcome = v.choice(outcomes()...) }),
		may("waits_for", func(v node) {
			s.WaitsFor = v.choice("applicant", "authority", "experts", "public", "bank", "time")
		}))
	return s
}

// outcomes are the ways in which a case can end.
func outcomes() []string {
	return []string{"granted", "refused", "withdrawn", "failed", "revoked", "done"}
}

// action reads one action.
func (n node) action() *Action {
	a := &Action{At: n.pos(), Note: "optional", Decides: "none"}
	n.object(
		must("id", func(v node) { a.ID = v.id() }),
		must("title", func(v node) { a.Title = v.text() }),
		must("from", func(v node) { a.From = v.refs() }),
		may("to", func(v node) { a.To = v.ref() }),
		must("by", func(v node) { a.By = v.refs() }),
		may("form", func(v node) {
			if v.y.Kind == yaml.MappingNode {
				v.object(
					may("rule", func(v node) { a.RuleForm = v.flag() }),
					may("register", func(v node) { a.RegisterForm = v.flag() }),
					may("evaluation", func(v node) { a.EvaluationForm = v.flag() }))
				return
			}
			a.Form = v.ref()
		}),
		may("partial", func(v node) { a.Partial = v.flag() }),
		may("note", func(v node) { a.Note = v.choice("required", "optional", "none") }),
		may("decides", func(v node) { a.Decides = v.choice("grant", "refuse", "return", "none") }),
		may("if", func(v node) {
			v.items(func(v node) { a.If = append(a.If, v.guard()) })
		}),
		may("does", func(v node) {
			v.items(func(v node) { a.Does = append(a.Does, v.effect()) })
		}))
	return a
}

// clock reads one period.
func (n node) clock() *Clock {
	c := &Clock{At: n.pos()}
	n.object(
		must("id", func(v node) { c.ID = v.id() }),
		must("title", func(v node) { c.Title = v.text() }),
		must("unit", func(v node) { c.Unit = v.choice("workdays", "days", "months", "years") }),
		must("length", func(v node) { c.Length = v.length() }),
		may("starts", func(v node) {
			v.object(must("on", func(v node) { c.Starts = v.ref() }))
		}),
		may("pauses_in", func(v node) { c.PausesIn = v.refs() }),
		may("restarts_on", func(v node) { c.RestartsOn = v.refs() }),
		may("then", func(v node) { c.Then = v.ref() }),
		// The one way there is: the last day ends at 24:00 in Beijing (Civil Code, art. 203).
		may("last_day", func(v node) { v.choice("closing") }))
	return c
}

// length reads how long a period is, and who says so.
func (n node) length() (x Length) {
	x.At = n.pos()
	if n.has("assumed") {
		x.NotSet = &NotSet{At: n.pos()}
		n.object(
			must("assumed", func(v node) { x.Value = v.whole(1, 3660) }),
			must("note", func(v node) { x.NotSet.Note = v.text() }),
			must("set_by", func(v node) { x.NotSet.SetBy = v.refs() }))
		return x
	}
	n.object(
		must("value", func(v node) { x.Value = v.whole(1, 3660) }),
		must("source", func(v node) { x.Source = v.source() }))
	return x
}

// closed reads a guard or an effect: a bare word, or a word with one thing below it.
func (n node) closed(what Text, bare []string, with map[string]func(node)) string {
	if n.y.Kind == yaml.MappingNode && len(n.y.Content) == 2 {
		key, value := n.at(n.y.Content[0]), n.at(n.y.Content[1])
		read := with[key.y.Value]
		if read == nil {
			key.unknownWord(what, bare, with)
			return ""
		}
		read(value)
		return key.y.Value
	}
	s, ok := n.scalar()
	if !ok {
		return ""
	}
	for _, b := range bare {
		if b == s {
			return s
		}
	}
	if with[s] != nil {
		n.fault(say(what.ZH+" "+s+" 缺少内容", "the "+what.EN+" "+s+" needs something more"), say("写成 {"+s+": …}", "write it as {"+s+": …}"))
		return ""
	}
	n.unknownWord(what, bare, with)
	return ""
}

// unknownWord refuses a word that is none of a closed list.
func (n node) unknownWord(what Text, bare []string, with map[string]func(node)) {
	s := n.y.Value
	all := append(sortedKeys(with), bare...)
	n.fault(say(fmt.Sprintf("未知的%s %q", what.ZH, s), fmt.Sprintf("unknown %s %q", what.EN, s)), meant(s, all).or(say("可用的词见 docs/workflows.md", "docs/workflows.md lists the words")))
}

// guard reads one thing that must hold.
func (n node) guard() *Guard {
	g := &Guard{At: n.pos()}
	atLeast := func(v node) { v.object(must("at_least", func(v node) { g.AtLeast = v.whole(1, 1000) })) }
	g.Kind = n.closed(say("条件", "guard"), bareGuards(), map[string]func(node){
		"different_from": func(v node) { g.Actions = v.refs() },
		"clock_running":  func(v node) { g.Clock = v.ref() },
		"clock_over":     func(v node) { g.Clock = v.ref() },
		"reviews":        atLeast,
		"bids":           atLeast,
		"single_claim":   func(v node) { g.Field = v.ref() },
		"entitled":       func(v node) { g.Rule = v.ref() },
		"value": func(v node) {
			v.object(
				may("form", func(v node) { g.Form = v.ref() }),
				must("field", func(v node) { g.Field = v.ref() }),
				may("is", func(v node) { g.Is = []Ref{v.ref()} }),
				may("in", func(v node) { g.Is = v.refs() }))
		},
		"entry": func(v node) {
			v.items(func(v node) { g.Words = append(g.Words, v.choice(entryStates()...)) })
		},
		"not_revoked_before": func(v node) {
			v.object(
				must("unit", func(v node) { g.Unit = v.choice("days", "months", "years") }),
				must("length", func(v node) { g.Length = v.length() }))
		},
		"evaluated": func(v node) {
			v.object(
				may("then", func(v node) {
					v.items(func(v node) { g.Words = append(g.Words, v.choice(consequences()...)) })
				}),
				may("grade", func(v node) { g.Grades = v.refs() }))
		},
		"linked": func(v node) {
			v.object(
				must("kind", func(v node) { g.Link = v.choice(linkKinds()...) }),
				may("workflow", func(v node) { g.Of = v.ref() }),
				may("state", func(v node) { g.State = v.ref() }),
				may("outcome", func(v node) { g.Outcome = v.choice(outcomes()...) }))
		},
	})
	return g
}

// Guards lists every word of a guard.
func Guards() []string {
	return append(bareGuards(), "different_from", "clock_running", "clock_over", "reviews", "bids", "single_claim", "entitled", "value", "linked")
}

// Effects lists every word of an effect.
func Effects() []string {
	return append(bareEffects(), "start", "stop", "amount", "tranches", "milestones", "entitle", "assign", "number", "draw_key", "link")
}

// bareGuards are the guards that need nothing said.
func bareGuards() []string {
	return []string{"rule_met", "rule_open_told", "unrelated", "no_open_objection", "reviews_closed", "funds", "no_bids", "opened", "tranche_left", "tranches_done",
		"year_left", "years_done", "milestones_done", "milestone_due",
		"no_overlap", "exclusive_relation", "change_allowed"}
}

// linkKinds are what a case can be about.
func linkKinds() []string {
	return []string{"contract", "achievement", "need", "case", "organisation"}
}

// effect reads one thing that an action does.
func (n node) effect() *Effect {
	e := &Effect{At: n.pos()}
	clock := func(v node) { e.Clock = v.ref() }
	// source reads {form, field}, or one of a few words.
	source := func(words ...string) func(node) {
		return func(v node) {
			if v.y.Kind != yaml.MappingNode && len(words) > 0 {
				e.From = v.choice(words...)
				return
			}
			e.From = "form"
			v.object(
				may("form", func(v node) { e.Form = v.ref() }),
				must("field", func(v node) { e.Field = v.ref() }))
		}
	}
	e.Kind = n.closed(say("效果", "effect"), bareEffects(), map[string]func(node){
		"start":      clock,
		"stop":       clock,
		"publish":    clock,
		"rectify":    clock,
		"amount":     source("rule"),
		"tranches":   source("rule", "year"),
		"milestones": source(),
		"claim":      func(v node) { e.Field = v.ref() },
		"entitle":    func(v node) { e.Rule = v.ref() },
		"assign": func(v node) {
			v.object(
				must("experts", func(v node) { e.Experts = v.whole(1, 99) }),
				must("min_reviews", func(v node) { e.MinReviews = v.whole(1, 99) }),
				may("field", func(v node) { e.Field = v.ref() }),
				may("assumed", func(v node) {
					e.NotSet = &NotSet{At: v.pos()}
					v.object(
						must("note", func(v node) { e.NotSet.Note = v.text() }),
						must("set_by", func(v node) { e.NotSet.SetBy = v.refs() }))
				}))
		},
		"number": func(v node) {
			v.object(
				must("kind", func(v node) { e.Number = v.id() }),
				must("pattern", func(v node) { e.Pattern, _ = v.scalar() }))
		},
		"draw_key": func(v node) {
			v.object(
				may("form", func(v node) { e.Form = v.ref() }),
				must("fields", func(v node) { e.Fields = v.refs() }))
		},
		"admit": func(v node) {
			v.object(
				may("form", func(v node) { e.Form = v.ref() }),
				must("fields", func(v node) { e.Fields = v.refs() }))
		},
		"relate": func(v node) {
			v.object(
				must("kind", func(v node) { e.Link = v.id() }),
				must("field", func(v node) { e.Field = v.ref() }))
		},
		"link": func(v node) {
			v.object(
				must("kind", func(v node) { e.Link = v.choice(linkKinds()...) }),
				must("field", func(v node) { e.Field = v.ref() }))
		},
	})
	return e
}

// bareEffects are the effects that need nothing said.
func bareEffects() []string {
	return []string{"mark_fields", "close_reviews", "publish", "object", "answer_objection", "claim", "release_claim", "commit", "order", "paid", "bank_returned",
		"release_rest", "claw_back", "recovered", "next_year", "use_entitlement", "take_bid", "withdraw_bid", "enter_part", "open_bids", "qualify", "rank_bids",
		"choose_winner", "milestone_done", "milestone_failed", "suspend_clocks", "resume_clocks", "archive", "recuse",
		"accredit", "amend_entry", "renew", "suspend_entry", "resume_entry", "revoke_entry", "rename_entry", "merge_entry", "close_entry", "evaluate", "evaluate_entry"}
}
