package plan

import (
	"regexp"
	"slices"
	"strings"
)

// guard checks what a guard names.
func (x workflowChecker) guard(a *Action, g *Guard) {
	x.isClock(g.Clock)
	for _, r := range g.Actions {
		x.isAction(r)
	}
	switch g.Kind {
	case "rule_met", "rule_open_told":
		x.needsRule(g.At, g.Kind)
	case "year_left", "years_done":
		x.needsYears(g.At, g.Kind)
	case "entitled":
		x.isRule(g.Rule)
	case "single_claim":
		x.ofType(Ref{}, g.Field, FieldContract, FieldAchievement, FieldNeed, FieldCase, FieldOrganisation, FieldText)
	case "value":
		x.valueGuard(g)
	case "linked":
		x.linkedGuard(g)
	case "reviews", "reviews_closed":
		x.needsEffect(g.At, g.Kind, "assign")
	case "bids", "no_bids":
		x.needsEffect(g.At, g.Kind, "take_bid")
	case "opened":
		x.needsEffect(g.At, g.Kind, "open_bids")
	case "no_open_objection":
		x.needsEffect(g.At, g.Kind, "object")
	case "tranche_left", "tranches_done":
		x.needsEffect(g.At, g.Kind, "commit")
	case "milestones_done", "milestone_due":
		x.needsEffect(g.At, g.Kind, "milestones")
	default:
		x.registerGuard(g)
	}
}

// valueGuard checks that a field can say what the guard waits for.
func (x workflowChecker) valueGuard(g *Guard) {
	if len(g.Is) == 0 {
		x.fault(g.At, "value 缺少 is 或 in", "value needs is or in", "写 is: 值，或 in: [值, 值]", "write is: a value, or in: [values]")
	}
	for _, f := range x.field(g.Form, g.Field) {
		codes := []string{"true", "false"}
		if f.Type == FieldEnum {
			codes = x.Vocabulary(f.Vocabulary.ID).Codes()
		} else if f.Type != FieldBool {
			continue
		}
		for _, v := range g.Is {
			if !slices.Contains(codes, v.ID) {
				x.missing(say("字段 "+f.ID+" 的取值", "value of the field "+f.ID), v, codes)
			}
		}
	}
}

// linkedGuard checks what a linked case has to be.
func (x workflowChecker) linkedGuard(g *Guard) {
	if g.Link != "case" {
		return
	}
	w := x.Workflow(g.Of.ID)
	if w == nil {
		var ids []string
		for _, o := range x.Workflows {
			ids = append(ids, o.ID)
		}
		if g.Of.ID == "" {
			g.Of.At = g.At
			x.fault(g.At, "linked 缺少 workflow", "linked names no workflow", "写明相关办件的流程", "name the workflow of the other case")
		}
		x.missing(say("流程", "workflow"), g.Of, ids)
		return
	}
	other := workflowChecker{x.checker, w}
	other.isState(g.State)
}

// needsRule refuses a word that speaks of a rule where a case has none.
func (x workflowChecker) needsRule(at Pos, word string) {
	if len(x.w.Serves) == 0 {
		x.fault(at, word+" 需要规则，而流程 "+x.w.ID+" 不服务于任何规则", word+" needs a rule, and the workflow "+x.w.ID+" serves none", "写 serves，或删去 "+word, "write serves, or remove "+word)
	}
}

// needsYears refuses a word about years where a rule has none.
func (x workflowChecker) needsYears(at Pos, word string) {
	x.needsRule(at, word)
	for _, s := range x.w.Serves {
		if r := x.Rule(s.ID); r != nil && r.Years.ID == "" {
			x.fault(at, word+" 需要支持年限，而规则 "+r.ID+" 没有 years", word+" needs years of support, and the rule "+r.ID+" has none", "在规则里写 years，或删去 "+word, "write years in the rule, or remove "+word)
		}
	}
}

// needsEffect refuses a guard that nothing in the workflow can make true.
func (x workflowChecker) needsEffect(at Pos, word, effect string) {
	if !slices.ContainsFunc(x.w.Actions, func(a *Action) bool { return a.Effect(effect) != nil }) {
		x.fault(at, word+" 需要 "+effect+"，流程里没有动作这样做", word+" needs "+effect+", which no action does", "在某个动作的 does 里写 "+effect+"，或删去 "+word, "write "+effect+" in an action's does, or remove "+word)
	}
}

// formOf is the form that an effect names, or else the action's own.
func formOf(a *Action, e *Effect) Ref {
	if e.Form.ID != "" {
		return e.Form
	}
	return a.Form
}

// asks lists the fields that an effect reads from the form of its action.
func asks(effect string) []string {
	return map[string][]string{
		"qualify":          {"bid", "qualified"},
		"choose_winner":    {"winners"},
		"object":           {"text"},
		"answer_objection": {"n", "answer", "upheld"},
		"milestone_done":   {"milestone"},
		"milestone_failed": {"milestone"},
	}[effect]
}

// effect checks what an effect names, and that the action's form asks for what the effect reads.
func (x workflowChecker) effect(a *Action, e *Effect) {
	x.isClock(e.Clock)
	switch e.Kind {
	case "amount":
		if e.From == "rule" {
			x.needsRule(e.At, "amount: rule")
		} else {
			x.ofType(formOf(a, e), e.Field, FieldMoney)
		}
	case "tranches":
		if e.From == "rule" || e.From == "year" {
			x.needsRule(e.At, "tranches: "+e.From)
		} else {
			x.table(formOf(a, e), e.Field, "amount")
		}
	case "milestones":
		x.table(formOf(a, e), e.Field, "title")
	case "draw_key":
		x.holders(a, e)
	case "claim":
		x.claimField(e)
	case "entitle":
		x.isRule(e.Rule)
	case "next_year":
		x.needsYears(e.At, e.Kind)
	case "number":
		x.pattern(a, e)
	case "link":
		x.ofType(a.Form, e.Field, FieldType(e.Link), FieldText)
	case "assign":
		x.assign(e)
	case "publish":
		x.publishes(a, e)
	case "take_bid":
		x.takesBid(a, e)
	case "commit":
		x.needsEffect(e.At, e.Kind, "amount")
	case "order":
		x.needsEffect(e.At, e.Kind, "commit")
	default:
		x.registerEffect(a, e)
	}
	if a.RuleForm || a.RegisterForm || a.EvaluationForm {
		return
	}
	f := x.Form(a.Form.ID)
	for _, id := range asks(e.Kind) {
		if f.Field(id) == nil {
			x.fault(e.At, "效果 "+e.Kind+" 要读动作表单的字段 "+id+"，表单里没有", "the effect "+e.Kind+" reads the field "+id+" of the action's form, which has none", "在动作 "+a.ID+" 的表单里加上 "+id, "add "+id+" to the form of the action "+a.ID)
		}
	}
}

// table checks that a field is a table with a column.
func (x workflowChecker) table(form, field Ref, column string) {
	x.ofType(form, field, FieldRows)
	for _, f := range x.field(form, field) {
		if f.Type == FieldRows && (&Form{Fields: f.Columns}).Field(column) == nil {
			x.fault(field.At, "表格 "+f.ID+" 没有列 "+column, "the table "+f.ID+" has no column "+column, "加上这一列", "add it")
		}
	}
}

// holders checks who hold the parts of the key of sealed bids: two of three open them.
func (x workflowChecker) holders(a *Action, e *Effect) {
	if len(e.Fields) != 3 {
		x.fault(e.At, "密钥由三人分持，这里写了别的人数", "three persons hold the key, and another number is named", "写三个 user 类型的字段", "name three fields of type user")
	}
	for _, f := range e.Fields {
		x.ofType(formOf(a, e), f, FieldUser)
	}
}

// claimField checks that it is said what is claimed.
func (x workflowChecker) claimField(e *Effect) {
	if e.Field.ID != "" {
		x.field(Ref{}, e.Field)
		return
	}
	if !slices.ContainsFunc(x.w.Actions, func(a *Action) bool { return a.Guard("single_claim") != nil }) {
		x.fault(e.At, "claim 没有说明占用什么", "claim does not say what is claimed", "写 claim: 字段，或加条件 {single_claim: 字段}", "write claim: a field, or add the guard {single_claim: a field}")
	}
}

// assign checks that enough sheets can come from the experts that are asked.
func (x workflowChecker) assign(e *Effect) {
	x.setBy(e.NotSet)
	if e.MinReviews > e.Experts {
		x.fault(e.At, "min_reviews 多于 experts", "min_reviews is above experts", "减少 min_reviews 或增加 experts", "ask for fewer sheets or more experts")
	}
	if e.Field.ID != "" {
		x.field(Ref{}, e.Field)
	}
	if !slices.ContainsFunc(x.w.Actions, func(a *Action) bool { return a.IsBy("assigned") && (a.Form.ID != "" || a.RuleForm || a.EvaluationForm) }) {
		x.fault(e.At, "指派了专家，却没有由 assigned 填写表单的动作", "experts are assigned, and no action by assigned fills in a form", "加上专家评审的动作", "add the action in which they hand in their sheets")
	}
}

// ClockOf is the clock of a publicity period that an action opens: the one that is named, or the one that
// the action or the state that it leads to starts; nil when there is none, or more than one.
func (w *Workflow) ClockOf(a *Action, publish *Effect) *Clock {
	if publish.Clock.ID != "" {
		return w.Clock(publish.Clock.ID)
	}
	var found *Clock
	for _, k := range w.Clocks {
		starts := k.Starts.ID == a.ID || k.Starts.ID == a.To.ID && a.To.ID != "" ||
			slices.ContainsFunc(a.Does, func(e *Effect) bool { return e.Kind == "start" && e.Clock.ID == k.ID }) || holds(k.RestartsOn, a.ID)
		if starts && found != nil {
			return nil
		}
		if starts {
			found = k
		}
	}
	return found
}

// publishes checks that a publicity period has an end.
func (x workflowChecker) publishes(a *Action, e *Effect) {
	if x.w.ClockOf(a, e) == nil {
		x.fault(e.At, "公示没有期限：动作 "+a.ID+" 不开始时限，或开始了几个", "the publicity has no period: the action "+a.ID+" starts no clock, or several", "写 publish: 时限", "write publish: the clock")
	}
}

// takesBid checks that bids are taken while a clock runs.
func (x workflowChecker) takesBid(a *Action, e *Effect) {
	if a.Guard("clock_running") == nil {
		x.fault(e.At, "揭榜没有截止时间", "bids are taken without a deadline", "加条件 {clock_running: 时限}", "add the guard {clock_running: a clock}")
	}
	x.needsEffect(e.At, e.Kind, "draw_key")
	if a.Form.ID == "" {
		x.fault(e.At, "揭榜没有表单", "bids have no form", "在动作 "+a.ID+" 写 form", "write the form of the action "+a.ID)
	}
}

// patternForm is a pattern of issued numbers: text without braces, and words in braces.
var patternForm = regexp.MustCompile(`^(?:[^{}]|\{(?:year|rule|workflow|n|n:[1-9])\})+$`)

// pattern checks the pattern of issued numbers: without a running number it would be issued twice.
func (x workflowChecker) pattern(a *Action, e *Effect) {
	if !patternForm.MatchString(e.Pattern) || !strings.Contains(e.Pattern, "{n") {
		x.fault(e.At, "编号格式 "+raw{'s', e.Pattern}.shown()+" 写法不对", "the pattern "+raw{'s', e.Pattern}.shown()+" is not written rightly", "写成 {year}-{n:5}，可用 {year} {rule} {workflow} {n:位数}", "write it as {year}-{n:5}; there are {year} {rule} {workflow} {n:digits}")
	}
	n := 0
	for _, o := range a.Does {
		if o.Kind == "number" {
			n++
		}
	}
	if n > 1 {
		x.fault(e.At, "一个动作只能发一个编号", "an action issues one number only", "分成两个动作", "make two actions of it")
	}
}
