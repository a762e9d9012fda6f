package plan

import (
	"slices"

	"zhuanhua"
)

// workflowChecker checks one workflow.
type workflowChecker struct {
	*checker
	w *Workflow
}

// workflow checks a workflow: first its names, then its ways, which mean nothing while a name is wrong.
func (c *checker) workflow(w *Workflow) {
	x := workflowChecker{c, w}
	before := len(c.faults.all)
	c.source(w.Source)
	x.serves()
	x.roles(w.Begins, false)
	x.unique()
	x.states()
	for _, k := range w.Clocks {
		x.clock(k)
	}
	for _, a := range w.Actions {
		x.action(a)
	}
	if len(c.faults.all) == before {
		x.ways()
	}
}

// fault records what is wrong in the workflow.
func (x workflowChecker) fault(at Pos, zh, en, doZH, doEN string) {
	x.faults.add(at, say(zh, en), say(doZH, doEN))
}

// serves checks the rules that a case may be about: each names this workflow too, so that a claim has one
// way to go.
func (x workflowChecker) serves() {
	for _, s := range x.w.Serves {
		x.isRule(s)
		if r := x.Rule(s.ID); r != nil && r.Workflow.ID != x.w.ID {
			x.fault(s.At, "规则 "+s.ID+" 没有写明走流程 "+x.w.ID, "the rule "+s.ID+" does not name the workflow "+x.w.ID, "在规则里写 workflow: "+x.w.ID, "write workflow: "+x.w.ID+" in the rule")
		}
	}
}

// Who may act besides the roles.
func actors() []string {
	return []string{"applicant", "bidder", "winner", "assigned", "holder", "anyone", "clock", "subject", "employer"}
}

// roles checks who may begin or act.
func (x workflowChecker) roles(refs []Ref, acting bool) {
	var known []string
	for _, r := range zhuanhua.Roles() {
		known = append(known, string(r))
	}
	if acting {
		known = append(known, actors()...)
	}
	for _, r := range refs {
		if !slices.Contains(known, r.ID) {
			x.missing(say("角色", "role"), r, known)
		}
	}
}

// unique refuses names that occur twice in the workflow.
func (x workflowChecker) unique() {
	seen := map[string]bool{}
	once := func(kind Text, id string, at Pos) {
		if id != "" && seen[kind.EN+id] {
			x.fault(at, kind.ZH+" "+id+" 重复", "the "+kind.EN+" "+id+" is there twice", "改名或删去其一", "rename or remove one")
		}
		seen[kind.EN+id] = true
	}
	for _, s := range x.w.States {
		once(say("状态", "state"), s.ID, s.At)
	}
	for _, a := range x.w.Actions {
		once(say("动作", "action"), a.ID, a.At)
		if a.ID == Begin {
			x.fault(a.At, "动作名 "+a.ID+" 为开办保留", "the name "+a.ID+" is kept for how a case begins", "改名", "rename it")
		}
	}
	for _, k := range x.w.Clocks {
		once(say("时限", "clock"), k.ID, k.At)
	}
}

// states checks that there is one beginning, and that ends say how the case ended.
func (x workflowChecker) states() {
	starts := 0
	for _, s := range x.w.States {
		switch {
		case s.Kind == "start":
			starts++
		case s.Kind == "end" && s.Outcome == "":
			x.fault(s.At, "终止状态 "+s.ID+" 没有 outcome", "the end "+s.ID+" has no outcome", "写明 outcome，如 granted 或 refused", "say how it ended, such as granted or refused")
		}
		if s.Kind != "end" && s.Outcome != "" {
			x.fault(s.At, "状态 "+s.ID+" 不是终止状态，不能有 outcome", "the state "+s.ID+" is no end and has no outcome", "加上 kind: end，或删去 outcome", "add kind: end, or remove the outcome")
		}
	}
	if starts != 1 {
		x.fault(x.w.At, "流程 "+x.w.ID+" 应有且只有一个起始状态", "the workflow "+x.w.ID+" needs exactly one start", "给一个状态写 kind: start", "write kind: start for one state")
	}
}

// isState, isAction and isClock check names.
func (x workflowChecker) isState(r Ref) {
	if r.ID != "" && x.w.State(r.ID) == nil {
		var ids []string
		for _, s := range x.w.States {
			ids = append(ids, s.ID)
		}
		x.missing(say("状态", "state"), r, ids)
	}
}

func (x workflowChecker) actionIDs() []string {
	var ids []string
	for _, a := range x.w.Actions {
		ids = append(ids, a.ID)
	}
	return ids
}

func (x workflowChecker) isAction(r Ref) {
	if r.ID != "" && x.w.Action(r.ID) == nil {
		x.missing(say("动作", "action"), r, x.actionIDs())
	}
}

func (x workflowChecker) isClock(r Ref) {
	if r.ID != "" && x.w.Clock(r.ID) == nil {
		var ids []string
		for _, k := range x.w.Clocks {
			ids = append(ids, k.ID)
		}
		x.missing(say("时限", "clock"), r, ids)
	}
}

// clock checks a period: something starts it, and something follows from it.
func (x workflowChecker) clock(k *Clock) {
	x.source(k.Length.Source)
	x.setBy(k.Length.NotSet)
	for _, s := range k.PausesIn {
		x.isState(s)
	}
	for _, a := range k.RestartsOn {
		x.isAction(a)
	}
	x.isAction(k.Then)
	if k.Starts.ID != "" && x.w.State(k.Starts.ID) == nil && x.w.Action(k.Starts.ID) == nil {
		x.missing(say("动作或状态", "action or state"), k.Starts, x.actionIDs())
	}
	started, guarded := k.Starts.ID != "", false
	for _, a := range x.w.Actions {
		started = started || slices.ContainsFunc(a.Does, func(e *Effect) bool { return e.Kind == "start" && e.Clock.ID == k.ID })
		guarded = guarded || slices.ContainsFunc(a.If, func(g *Guard) bool { return g.Clock.ID == k.ID })
	}
	if !started {
		x.fault(k.At, "时限 "+k.ID+" 从不开始", "the clock "+k.ID+" never starts", "写 starts: {on: 动作或状态}", "write starts: {on: an action or a state}")
	}
	if k.Then.ID == "" && !guarded {
		x.fault(k.At, "时限 "+k.ID+" 到期没有后果", "nothing follows when the clock "+k.ID+" runs out", "用 then 指明到期的动作，或在条件里用 clock_over、clock_running", "name an action in then, or look at it in a guard (clock_over, clock_running)")
	}
	if a := x.w.Action(k.Then.ID); a != nil && !a.IsBy("clock") {
		x.fault(k.Then.At, "动作 "+a.ID+" 不能由时限执行", "the action "+a.ID+" is not one of the clock", "在该动作的 by 里写 clock", "name clock in its by")
	}
}

// action checks one action.
func (x workflowChecker) action(a *Action) {
	for _, s := range a.From {
		x.isState(s)
		if from := x.w.State(s.ID); from != nil && from.Kind == "end" {
			x.fault(s.At, "终止状态 "+s.ID+" 之后不能再有动作", "nothing happens after the end "+s.ID, "去掉 kind: end，或改 from", "remove kind: end, or change from")
		}
	}
	x.isState(a.To)
	x.roles(a.By, true)
	if len(a.From) == 0 || len(a.By) == 0 {
		x.fault(a.At, "动作 "+a.ID+" 的 from 或 by 为空", "the action "+a.ID+" has nothing in from or by", "写明从哪个状态、由谁办理", "say from which state and by whom")
	}
	x.actionForm(a)
	x.registerForms(a)
	x.decides(a)
	x.byClock(a)
	for _, g := range a.If {
		x.guard(a, g)
	}
	for _, e := range a.Does {
		x.effect(a, e)
	}
}

// actionForm checks the form of an action: of the rule only where a case has one.
func (x workflowChecker) actionForm(a *Action) {
	if a.Form.ID != "" && x.Form(a.Form.ID) == nil {
		x.missing(say("表单", "form"), a.Form, x.formIDs())
	}
	if !a.RuleForm {
		return
	}
	if len(x.w.Serves) == 0 {
		x.fault(a.At, "流程 "+x.w.ID+" 不服务于任何规则，没有规则的表单", "the workflow "+x.w.ID+" serves no rule, so there is no rule's form", "写 serves，或指明表单", "write serves, or name the form")
	}
	for _, s := range x.w.Serves {
		if r := x.Rule(s.ID); r != nil && r.Form.ID == "" {
			x.fault(s.At, "规则 "+r.ID+" 没有写表单", "the rule "+r.ID+" names no form", "在规则里写 form", "write form in the rule")
		}
	}
}

// decides checks who decides: the authority, and where money follows not whoever examined it.
func (x workflowChecker) decides(a *Action) {
	if a.Decides != "grant" && a.Decides != "refuse" {
		return
	}
	for _, b := range a.By {
		if !zhuanhua.Role(b.ID).Decides() && b.ID != "clock" {
			x.fault(b.At, "“"+b.ID+"”不能作决定", "\""+b.ID+"\" cannot decide", "由 approver 等主管部门的角色决定，或改 decides", "let a role of the authority decide, such as approver, or change decides")
		}
	}
	if a.Decides == "refuse" && a.Note != "required" && !a.IsBy("clock") {
		x.fault(a.At, "动作 "+a.ID+" 是不予通过，却不要求说明理由", "the action "+a.ID+" refuses and asks for no reasons", "写 note: required", "write note: required")
	}
	if !x.pays() || !a.Official() {
		return
	}
	g := a.Guard("different_from")
	if g == nil || len(g.Actions) == 0 {
		x.fault(a.At, "动作 "+a.ID+" 作决定，却没有 different_from（双人原则）", "the action "+a.ID+" decides and has no different_from (two persons)", "在 if 里写 {different_from: [受理、审核的动作]}", "write {different_from: [the actions of who examined it]} in if")
	}
}

// pays reports whether money follows from cases of the workflow.
func (x workflowChecker) pays() bool {
	return slices.ContainsFunc(x.w.Actions, func(a *Action) bool { return a.Effect("commit") != nil || a.Effect("order") != nil })
}

// byClock checks what a clock does by itself: it fills in nothing, and it is some clock's consequence.
func (x workflowChecker) byClock(a *Action) {
	if !a.IsBy("clock") {
		return
	}
	if a.RuleForm || a.RegisterForm || a.EvaluationForm || a.Form.ID != "" || a.Note == "required" {
		x.fault(a.At, "由时限执行的动作 "+a.ID+" 不能要求表单或说明", "the action "+a.ID+" of the clock cannot ask for a form or a note", "删去 form 和 note", "remove form and note")
	}
	if !slices.ContainsFunc(x.w.Clocks, func(k *Clock) bool { return k.Then.ID == a.ID }) {
		x.fault(a.At, "没有时限执行动作 "+a.ID, "no clock takes the action "+a.ID, "在时限的 then 里写它，或从 by 里删去 clock", "name it in a clock's then, or remove clock from its by")
	}
}

// usedForms are the forms that a case of the workflow can hold.
func (x workflowChecker) usedForms() []*Form {
	var out []*Form
	add := func(f *Form) {
		if f != nil && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, a := range x.w.Actions {
		if a.Form.ID != "" {
			add(x.Form(a.Form.ID))
		}
		for _, s := range x.w.Serves {
			add(x.FormOf(a, s.ID))
		}
		for _, r := range x.RegistersOf(x.w.ID) {
			if a.RegisterForm {
				add(r.Form())
			}
			if a.EvaluationForm {
				add(r.Sheet())
			}
		}
	}
	return out
}

// field finds a field that a guard or an effect names: in a form, or in every form that the action may
// have, or else in any of the workflow.
func (x workflowChecker) field(form, field Ref) []*Field {
	forms := x.usedForms()
	if form.ID != "" {
		f := x.Form(form.ID)
		if f == nil || !slices.Contains(forms, f) {
			var ids []string
			for _, f := range forms {
				ids = append(ids, f.ID)
			}
			x.missing(say("流程里的表单", "form of the workflow"), form, ids)
			return nil
		}
		forms = []*Form{f}
	}
	var out []*Field
	var ids []string
	for _, f := range forms {
		if y := f.Field(field.ID); y != nil {
			out = append(out, y)
		}
		for _, y := range f.Fields {
			ids = append(ids, y.ID)
		}
	}
	if len(out) == 0 {
		x.missing(say("字段", "field"), field, ids)
	}
	return out
}

// ofType checks that a field is of one of some types.
func (x workflowChecker) ofType(form, field Ref, types ...FieldType) {
	for _, f := range x.field(form, field) {
		if !slices.Contains(types, f.Type) {
			x.fault(field.At, "字段 "+field.ID+" 的类型是 "+string(f.Type)+"，这里用不了", "the field "+field.ID+" is of type "+string(f.Type)+", which does not fit here", "改用类型为 "+string(types[0])+" 的字段", "name a field of type "+string(types[0]))
			return
		}
	}
}
