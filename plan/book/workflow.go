package book

import (
	"cmp"
	"fmt"
	"strings"

	"zhuanhua/plan"
)

// experts ends the name under which a plan leaves the number of experts of an action open.
const experts = ".experts"

// workflowView is a workflow as officials read it: who waits for whom, what each step asks, which periods run.
type workflowView struct {
	*plan.Workflow
	Who    string // may begin
	States []stateView
	Steps  []stepView
	Clocks []clockView
}

// stateView is a state and what the case waits for there, or how it ended.
type stateView struct {
	*plan.State
	Says string
}

// stepView is an action: who does it, from where to where, what must hold and what follows.
type stepView struct {
	*plan.Action
	Anchor   string // "" where nothing points to it
	Who      string
	Way      string
	Form     plan.Ref
	Must     []string
	Follows  []string
	Decision string
}

// clockView is a period in words.
type clockView struct {
	*plan.Clock
	Anchor string
	Long   string
	Runs   string
	Then   string
}

// there reports whether a carrier is a workflow that the plan has, and so stands in the book.
func (b *builder) there(c plan.Carrier) bool {
	return c.Kind == "workflow" && b.pack.Workflow(c.Ref.ID) != nil
}

// workflows are the plan's workflows in words.
func (b *builder) workflows() []workflowView {
	var out []workflowView
	for _, w := range b.pack.Workflows {
		v := workflowView{Workflow: w, Who: b.actors(w.Begins)}
		for _, s := range w.States {
			v.States = append(v.States, stateView{s, b.waits(s)})
		}
		for _, a := range w.Actions {
			v.Steps = append(v.Steps, b.step(w, a))
		}
		for _, k := range w.Clocks {
			v.Clocks = append(v.Clocks, b.clock(w, k))
		}
		out = append(out, v)
	}
	return out
}

// step is an action in words. The rule's own form is named by no id: each rule has another.
func (b *builder) step(w *plan.Workflow, a *plan.Action) stepView {
	v := stepView{Action: a, Who: b.actors(a.By), Form: a.Form, Decision: b.decision(a)}
	if a.Effect("assign") != nil {
		v.Anchor = w.ID + "." + a.ID + experts
	}
	to := cmp.Or(b.stateTitle(w, a.To.ID), b.say("状态不变", "the state stays"))
	v.Way = b.titles(w, a.From) + " → " + to
	for _, g := range a.If {
		v.Must = append(v.Must, b.guard(w, g))
	}
	for _, e := range a.Does {
		v.Follows = append(v.Follows, b.effect(w, e))
	}
	return v
}

func (b *builder) clock(w *plan.Workflow, k *plan.Clock) clockView {
	v := clockView{Clock: k, Anchor: w.ID + "." + k.ID, Long: b.length(k)}
	begins := b.stateTitle(w, k.Starts.ID)
	if begins == "" {
		begins = b.actionTitle(w, k.Starts.ID)
	}
	v.Runs = b.say("自“"+begins+"”起", "from \""+begins+"\" on")
	if begins == "" {
		v.Runs = b.say("由步骤起算", "begun by a step")
	}
	if len(k.PausesIn) > 0 {
		v.Runs += b.say("；在“"+b.titles(w, k.PausesIn)+"”停钟", "; stands in \""+b.titles(w, k.PausesIn)+"\"")
	}
	v.Then = cmp.Or(b.actionTitle(w, k.Then.ID), b.say("此后不能再办相关步骤", "what depends on it can no longer be done"))
	return v
}

// assumed is what a workflow assumes: how long a clock runs, or how many experts an action asks.
func (b *builder) assumed(w *plan.Workflow, name string) (title, value string) {
	title = b.in(w.Title) + b.say("：", ": ")
	if k := w.Clock(name); k != nil {
		return title + b.in(k.Title), b.length(k)
	}
	a := w.Action(strings.TrimSuffix(name, experts))
	return title + b.in(a.Title), fmt.Sprintf("%d %s", a.Effect("assign").Experts, b.say("名专家", "experts"))
}

// length is how long a period is: 5 个工作日.
func (b *builder) length(k *plan.Clock) string {
	return fmt.Sprintf("%d %s", k.Length.Value, b.unit(k.Unit))
}

func (b *builder) stateTitle(w *plan.Workflow, id string) string {
	if s := w.State(id); s != nil {
		return b.in(s.Title)
	}
	return ""
}

func (b *builder) actionTitle(w *plan.Workflow, id string) string {
	if a := w.Action(id); a != nil {
		return b.in(a.Title)
	}
	return ""
}

// titles are states or actions by what people call them.
func (b *builder) titles(w *plan.Workflow, refs []plan.Ref) string {
	var out []string
	for _, r := range refs {
		out = append(out, cmp.Or(b.stateTitle(w, r.ID), b.actionTitle(w, r.ID), r.ID))
	}
	return strings.Join(out, b.say("／", " / "))
}

// actors are who may act.
func (b *builder) actors(refs []plan.Ref) string {
	var out []string
	for _, r := range refs {
		out = append(out, b.actor(r.ID))
	}
	return strings.Join(out, b.say("、", ", "))
}

// formView is a form with what it asks.
type formView struct {
	*plan.Form
	Rules []string // whose claim it is
}

// forms are the plan's forms, those of the rules named with them.
func (b *builder) forms() []formView {
	var out []formView
	for _, f := range b.pack.Forms {
		v := formView{Form: f}
		for _, r := range b.pack.Rules {
			if r.Form.ID == f.ID {
				v.Rules = append(v.Rules, r.ID)
			}
		}
		out = append(out, v)
	}
	return out
}

// asked is what a field takes: type, bounds, files.
func (b *builder) asked(f *plan.Field) string {
	words := []string{b.fieldType(f.Type)}
	if f.Required {
		words = append(words, b.say("必填", "required"))
	}
	if f.Private {
		words = append(words, b.say("只供申请人和主管部门", "for applicant and authority alone"))
	}
	if len(f.Types) > 0 {
		words = append(words, strings.Join(f.Types, " "))
	}
	if f.MaxSize > 0 {
		words = append(words, b.say("不超过 ", "at most ")+fmt.Sprintf("%d MB", f.MaxSize>>20))
	}
	return strings.Join(words, b.say("，", ", "))
}
