package plan

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"zhuanhua"
)

// registerChecker checks one register.
type registerChecker struct {
	*checker
	r *Register
}

// register checks a register: that everything it names exists, that its evaluation adds up, that what is
// confidential stays so, and that it counts what can be counted here.
func (c *checker) register(r *Register) {
	x := registerChecker{c, r}
	c.source(r.Source)
	x.items()
	workflowChecker{c, &Workflow{ID: r.ID}}.roles(r.Begins, false)
	x.workflows()
	c.fields(r.Fields)
	x.named()
	x.validity()
	if r.Barred != nil {
		x.barred(r.Barred)
	}
	if r.Ascends != nil {
		x.ascends(r.Ascends)
	}
	for _, k := range r.Relations {
		x.relation(k)
	}
	if r.Evaluation != nil {
		x.evaluation(r.Evaluation)
	}
	if r.Ladder != nil {
		x.ladder(r.Ladder)
	}
	x.confidential()
	for _, k := range r.Counts {
		x.count(k)
	}
}

func (x registerChecker) fault(at Pos, zh, en, doZH, doEN string) {
	x.faults.add(at, say(zh, en), say(doZH, doEN))
}

// registerIDs are for suggestions.
func (c *checker) registerIDs() []string {
	var out []string
	for _, r := range c.Registers {
		out = append(out, r.ID)
	}
	return out
}

// carries reports whether a register says that it carries an item.
func (r *Register) carries(id string) bool { return r.Measure.ID == id || holds(r.Also, id) }

// carriedByRegister checks that an item's register is there and names the item too.
func (c *checker) carriedByRegister(i *Item) {
	r := c.Register(i.Carried.Ref.ID)
	switch {
	case r == nil:
		c.missing(say("名录", "register"), i.Carried.Ref, c.registerIDs())
	case !r.carries(i.ID):
		c.faults.add(i.Carried.Ref.At, say("名录 "+r.ID+" 没有写它承担条目 "+i.ID, "the register "+r.ID+" does not say that it carries the item "+i.ID), say("在名录的 measure 或 also 里写 "+i.ID, "name "+i.ID+" in the register's measure or also"))
	}
}

// items checks the items that the register carries: one that is carried by another register is that one's,
// unless this one is a part of it.
func (x registerChecker) items() {
	if x.r.Under.ID != "" && x.Register(x.r.Under.ID) == nil {
		x.missing(say("名录", "register"), x.r.Under, x.registerIDs())
	}
	for _, ref := range append([]Ref{x.r.Measure}, x.r.Also...) {
		i := x.Item(ref.ID)
		if i == nil {
			x.missing(say("条目", "item"), ref, x.itemIDs())
			continue
		}
		by := i.Carried.Ref.ID
		if i.Carried.Kind == "register" && by != x.r.ID && by != x.r.Under.ID {
			x.fault(ref.At, "条目 "+i.ID+" 由名录 "+by+" 承担", "the item "+i.ID+" is carried by the register "+by, "写 under: "+by+"，或改正条目的 carried_by", "write under: "+by+", or mend the item's carried_by")
		}
	}
}

// workflows checks that entries can come in and change as the register says.
func (x registerChecker) workflows() {
	does := map[string]string{"amend": "amend_entry", "evaluate": "evaluate_entry", "renew": "renew", "suspend": "suspend_entry", "resume": "resume_entry",
		"revoke": "revoke_entry", "rename": "rename_entry", "merge": "merge_entry", "close": "close_entry"}
	x.workflowDoes(x.r.Enters, "accredit")
	for _, c := range x.r.Changes {
		x.workflowDoes(c.Workflow, does[c.Change])
		if c.Change == "evaluate" && x.r.Evaluation == nil {
			x.fault(c.Workflow.At, "名录 "+x.r.ID+" 要评价，却没有 evaluation", "the register "+x.r.ID+" is evaluated and has no evaluation", "补上 evaluation", "add an evaluation")
		}
	}
	if x.r.Evaluation != nil && !slices.ContainsFunc(x.r.Changes, func(c Changing) bool { return c.Change == "evaluate" }) {
		x.fault(x.r.Evaluation.At, "名录 "+x.r.ID+" 有评价方案，却没有评价流程", "the register "+x.r.ID+" has an evaluation and no workflow for it", "在 changes 写 evaluate: 流程", "write evaluate: a workflow in changes")
	}
}

func (x registerChecker) workflowDoes(r Ref, effect string) {
	w := x.Workflow(r.ID)
	if w == nil {
		var ids []string
		for _, w := range x.Workflows {
			ids = append(ids, w.ID)
		}
		x.missing(say("流程", "workflow"), r, ids)
		return
	}
	if len(w.Serves) > 0 {
		x.fault(r.At, "流程 "+w.ID+" 办理奖补规则，不能办理名录", "the workflow "+w.ID+" is about money rules and not about a register", "用不写 serves 的流程", "use a workflow without serves")
	}
	if !slices.ContainsFunc(w.Actions, func(a *Action) bool { return a.Effect(effect) != nil }) {
		x.fault(r.At, "流程 "+w.ID+" 没有动作 "+effect, "no action of the workflow "+w.ID+" does "+effect, "在某个动作的 does 里写 "+effect+"，或改流程", "write "+effect+" in an action's does, or name another workflow")
	}
}

// field checks that the register has a field, of one of some types where there are any.
func (x registerChecker) field(r Ref, types ...FieldType) *Field {
	if r.ID == "" {
		return nil
	}
	f := x.r.Field(r.ID)
	if f == nil {
		var ids []string
		for _, f := range x.r.Fields {
			ids = append(ids, f.ID)
		}
		x.missing(say("字段", "field"), r, ids)
		return nil
	}
	if len(types) > 0 && !slices.Contains(types, f.Type) {
		x.fault(r.At, "字段 "+f.ID+" 的类型是 "+string(f.Type)+"，这里用不了", "the field "+f.ID+" is of type "+string(f.Type)+", which does not fit here", "改用类型为 "+string(types[0])+" 的字段", "name a field of type "+string(types[0]))
		return nil
	}
	return f
}

// named checks the fields whose ids mean something, and those that the register names.
func (x registerChecker) named() {
	for id, types := range map[string][]FieldType{"organisation": {FieldOrganisation}, "person": {FieldPerson}, "region": {FieldRegion}, "grade": {FieldEnum}, "name": {FieldText}} {
		if f := x.r.Field(id); f != nil && !slices.Contains(types, f.Type) {
			x.fault(f.At, "字段 "+id+" 的类型应是 "+string(types[0]), "the field "+id+" has to be of type "+string(types[0]), "改类型或改名", "change its type or its name")
		}
	}
	grade := x.r.Field("grade")
	if (grade != nil) != (x.r.Grades.ID != "") || grade != nil && grade.Vocabulary.ID != x.r.Grades.ID {
		x.fault(x.r.At, "名录 "+x.r.ID+" 的 grades 应是字段 grade 的词表", "grades of the register "+x.r.ID+" is not the vocabulary of its field grade", "让两处一致", "make them agree")
	}
	if x.r.Subject == "person" && x.r.Field("person") == nil {
		x.fault(x.r.At, "名录 "+x.r.ID+" 是关于人的，却没有字段 person", "the register "+x.r.ID+" is about persons and has no field person", "加上 {id: person, type: person}", "add {id: person, type: person}")
	}
	x.field(x.r.Effective, FieldDate)
	for _, o := range x.r.OnePer {
		if !slices.Contains([]string{"organisation", "person", "name"}, o.ID) {
			x.field(o)
		}
	}
	for _, p := range x.r.Public {
		if f := x.field(p); f != nil && (f.Private || f.Type == FieldPerson || f.Type == FieldUser) {
			x.fault(p.At, "字段 "+f.ID+" 不能公开", "the field "+f.ID+" cannot be public", "从 public 删去", "remove it from public")
		}
	}
}

func (x registerChecker) validity() {
	v := x.r.Validity
	x.source(v.Length.Source)
	x.setBy(v.Length.NotSet)
	x.field(v.Until, FieldDate)
}

// ascends checks that there are grades to ascend, and somebody whose they are.
func (x registerChecker) ascends(a *Ascending) {
	x.source(a.Source)
	x.setBy(a.Assumed)
	if a.Source.IsZero() == (a.Assumed == nil) {
		x.fault(a.At, "ascends 应有且只有 source、assumed 之一", "ascends needs exactly one of source and assumed", "写明出处，或写明为何暂定、由谁定", "say where it is written, or why it is assumed and who sets it")
	}
	if x.r.Grades.ID == "" || x.r.Subject == "thing" {
		x.fault(a.At, "名录 "+x.r.ID+" 没有 grades，或不是关于人或单位的", "the register "+x.r.ID+" has no grades, or is about neither persons nor bodies", "删去 ascends", "remove ascends")
	}
	if w := x.Workflow(x.r.Enters.ID); w != nil && !slices.ContainsFunc(w.Actions, func(a *Action) bool { return a.Guard("no_overlap") != nil }) {
		x.fault(a.At, "流程 "+w.ID+" 不核对 no_overlap，ascends 没有作用", "the workflow "+w.ID+" does not ask no_overlap, so ascends does nothing", "在提交的动作里写 no_overlap，或删去 ascends", "write no_overlap where it is applied for, or remove ascends")
	}
}

// barred checks that what tells a revoked one again is there in each register, that a workflow asks for it, and
// that no refusal tells of a confidential entry.
func (x registerChecker) barred(b *Barred) {
	x.source(b.Source)
	x.setBy(b.Assumed)
	if b.Source.IsZero() == (b.Assumed == nil) {
		x.fault(b.At, "barred 应有且只有 source、assumed 之一", "barred needs exactly one of source and assumed", "写明出处，或写明为何暂定、由谁定", "say where it is written, or why it is assumed and who sets it")
	}
	if len(b.By) == 0 {
		x.fault(b.At, "barred 没有写凭什么认出被撤销的", "it is not said what tells a revoked one again", "写 by: [organisation]", "write by: [organisation]")
	}
	if w := x.Workflow(x.r.Enters.ID); w != nil && !slices.ContainsFunc(w.Actions, func(a *Action) bool { return a.Guard("not_revoked_before") != nil }) {
		x.fault(b.At, "流程 "+w.ID+" 不核对 not_revoked_before，barred 没有作用", "the workflow "+w.ID+" does not ask not_revoked_before, so barred does nothing", "在提交的动作里写 not_revoked_before，或删去 barred", "write not_revoked_before where it is applied for, or remove barred")
	}
	in := []*Register{x.r}
	for _, o := range b.Also {
		r := x.Register(o.ID)
		switch {
		case r == nil:
			x.missing(say("名录", "register"), o, x.registerIDs())
			continue
		case r.Confidential:
			x.fault(o.At, "名录 "+o.ID+" 是保密的，拒绝会泄露其条目", "the register "+o.ID+" is confidential: a refusal would tell of its entries", "从 also 删去", "remove it from also")
		case r == x.r:
			x.fault(o.At, "名录自己不必写在 also 里", "a register need not be named in its own also", "删去", "remove it")
		}
		in = append(in, r)
	}
	for _, k := range b.By {
		for _, r := range in {
			if !slices.Contains([]string{"organisation", "person", "name"}, k.ID) {
				registerChecker{x.checker, r}.field(k)
			}
		}
	}
}

// relation checks what entries are tied to: the field names records of that kind.
func (x registerChecker) relation(k *RelationKind) {
	f := x.field(k.Field)
	if f == nil {
		return
	}
	ok := f.Type == FieldRegister && f.Of.ID == k.Of.ID || string(f.Type) == k.Of.ID && slices.Contains([]FieldType{FieldAchievement, FieldNeed, FieldContract, FieldCase}, f.Type)
	if !ok {
		x.fault(k.Of.At, "关系 "+k.ID+" 的 of 与字段 "+f.ID+" 不符", "of in the relation "+k.ID+" does not fit the field "+f.ID, "让两处一致", "make them agree")
	}
}

// evaluation checks that an evaluation adds up: weights to one hundred per cent, grades downwards to zero.
func (x registerChecker) evaluation(e *Evaluating) {
	x.source(e.Source)
	x.source(e.Every.Source)
	x.setBy(e.Every.NotSet)
	x.setBy(e.Assumed)
	if e.Source.IsZero() == (e.Assumed == nil) {
		x.fault(e.At, "评价方案应有且只有 source、assumed 之一", "an evaluation needs exactly one of source and assumed", "写明出处，或写明为何暂定、由谁定", "say where it is written, or why it is assumed and who sets it")
	}
	sum := new(big.Rat)
	seen := map[string]bool{}
	for _, c := range e.Criteria {
		sum.Add(sum, c.Weight)
		if c.Weight.Sign() <= 0 {
			x.fault(c.At, "指标 "+c.ID+" 的权重须大于 0", "the weight of "+c.ID+" has to be above 0", "写权重，如 30 %", "write its weight, such as 30 %")
		}
		if seen[c.ID] || c.ID == "opinion" || c.ID == "bid" {
			x.fault(c.At, "指标 "+c.ID+" 重复，或与评价表的字段同名", "the criterion "+c.ID+" is there twice, or named as a field of the sheet", "改名", "rename it")
		}
		seen[c.ID] = true
	}
	if percent := new(big.Rat).Mul(sum, big.NewRat(100, 1)); sum.Cmp(big.NewRat(1, 1)) != 0 {
		x.fault(e.At, "权重合计为 "+percent.FloatString(2)+" %，应为 100 %", "the weights add up to "+percent.FloatString(2)+" %, not to 100 %", "调整权重", "adjust the weights")
	}
	x.grades(e)
}

func (x registerChecker) grades(e *Evaluating) {
	seen := map[string]bool{}
	for i, g := range e.Grades {
		if seen[g.ID] || i > 0 && g.From >= e.Grades[i-1].From {
			x.fault(g.At, "等次 "+g.ID+" 重复，或下限没有逐级降低", "the grade "+g.ID+" is there twice, or does not begin below the one before", "从高到低排列", "put the best first")
		}
		seen[g.ID] = true
	}
	if n := len(e.Grades); n == 0 || e.Grades[n-1].From != 0 {
		x.fault(e.At, "最低等次的下限须为 0", "the last grade has to begin at 0", "写 from: 0", "write from: 0")
	}
}

// confidential checks that what is for few is shown to nobody else, and that somebody can begin to look at it.
func (x registerChecker) confidential() {
	r := x.r
	if !r.Confidential {
		for _, f := range r.Fields {
			if of := x.Register(f.Of.ID); of != nil && of.Confidential {
				x.fault(f.Of.At, "名录 "+r.ID+" 不保密，不能指向保密名录 "+of.ID+" 的条目", "the register "+r.ID+" is not confidential and names entries of "+of.ID+", which is", "删去字段 "+f.ID, "remove the field "+f.ID)
			}
		}
		if r.Readers.Department.ID != "" {
			x.fault(r.Readers.At, "名录 "+r.ID+" 不是保密的，readers 没有作用", "the register "+r.ID+" is not confidential, so readers does nothing", "写 confidential: need_to_know，或删去 readers", "write confidential: need_to_know, or remove readers")
		}
		return
	}
	if len(r.Public) > 0 || len(r.Counts) > 0 {
		x.fault(r.At, "名录 "+r.ID+" 是保密的，不能公开字段，也不能计数", "the register "+r.ID+" is confidential: it shows no fields and counts towards nothing", "删去 public 和 counts", "remove public and counts")
	}
	if len(r.Readers.Roles) == 0 {
		x.fault(r.At, "名录 "+r.ID+" 没有写谁能看到新的条目", "it is not said who sees new entries of the register "+r.ID, "写 readers: {department, roles}", "write readers: {department, roles}")
		return
	}
	x.departments([]Ref{r.Readers.Department})
	workflowChecker{x.checker, &Workflow{ID: r.ID}}.roles(r.Readers.Roles, false)
	if w := x.Workflow(r.Enters.ID); w != nil && slices.ContainsFunc(w.Actions, func(a *Action) bool { return a.Guard("no_overlap") != nil || a.Effect("publish") != nil }) {
		x.fault(r.Enters.At, "流程 "+w.ID+" 公示或核对重复，会泄露保密名录 "+r.ID+" 的条目", "the workflow "+w.ID+" publicises or looks for doubles, which would tell of entries of the confidential register "+r.ID, "用没有 publish、no_overlap 的流程", "use a workflow without publish and no_overlap")
	}
}

// laterTargets count services, contracts and registrations, which are no entries of a register.
func laterTargets() []string { return []string{"T02", "T04", "T11", "T14", "T15", "T16", "T17"} }

// CountsLater reports whether a target counts services, contracts or registrations rather than entries.
// An invented plan numbers its targets as it likes.
func (p *Pack) CountsLater(target string) bool {
	return !p.Example && slices.Contains(laterTargets(), target)
}

// count checks a rule of counting.
func (x registerChecker) count(k *CountRule) {
	x.source(k.Source)
	x.setBy(k.Open)
	x.setBy(k.Assumed)
	t := x.Target(k.Target.ID)
	switch {
	case t == nil:
		var ids []string
		for _, t := range x.Targets {
			ids = append(ids, t.ID)
		}
		x.missing(say("目标", "target"), k.Target, ids)
	case x.CountsLater(t.ID):
		x.fault(k.Target.At, "目标 "+t.ID+" 计服务、合同或登记，不计名录的条目", "the target "+t.ID+" counts services, contracts or registrations and no entries", "删去这条 counts", "remove this rule of counting")
	case t.Value.Type != TypeCount:
		x.fault(k.Target.At, "目标 "+t.ID+" 是金额，不是个数", "the target "+t.ID+" is an amount and no number of things", "删去这条 counts", "remove this rule of counting")
	}
	if len(k.States) == 0 {
		x.fault(k.At, "counts 没有写计哪些状态", "it is not said which states count", "写 states: [active]", "write states: [active]")
	}
	if !slices.Contains([]string{"entry", "organisation", "person"}, k.DistinctBy) {
		x.field(Ref{k.DistinctBy, k.At})
	}
	if k.Where == nil {
		return
	}
	f := x.field(k.Where.Field, FieldEnum, FieldBool, FieldText, FieldRegion)
	for _, v := range k.Where.Is {
		if f != nil && f.Type == FieldEnum && x.Vocabulary(f.Vocabulary.ID).Find(v.ID) == nil {
			x.missing(say("字段 "+f.ID+" 的取值", "value of the field "+f.ID), v, x.Vocabulary(f.Vocabulary.ID).Codes())
		}
	}
}

// open names what the plan leaves open about a register: its term, its evaluation, how it counts.
func (r *Register) open(tell func(id string, n *NotSet, assumed string)) {
	length := func(x Length, unit string) string {
		if x.NotSet == nil {
			return ""
		}
		return strconv.Itoa(x.Value) + " " + unit
	}
	if r.Ascends != nil {
		tell(r.ID+".ascends", r.Ascends.Assumed, "")
	}
	if r.Barred != nil {
		tell(r.ID+".barred", r.Barred.Assumed, "")
	}
	tell(r.ID+".validity", r.Validity.Length.NotSet, length(r.Validity.Length, r.Validity.Unit))
	if e := r.Evaluation; e != nil {
		tell(r.ID+".every", e.Every.NotSet, length(e.Every, e.Unit))
		tell(r.ID+".evaluation", e.Assumed, "")
	}
	for _, c := range r.Counts {
		tell(c.Target.ID+".mode", c.Assumed, c.Mode)
		tell(c.Target.ID+".from", c.Open, "")
	}
	if r.Ladder == nil {
		return
	}
	for _, s := range r.Ladder.Steps {
		tell(s.rule.ID, s.NotSet, "")
		for _, p := range s.rule.Parameters {
			if p.Assumed != nil {
				tell(s.rule.ID+"."+p.Name, p.NotSet, p.Assumed.Value.String())
			} else {
				tell(s.rule.ID+"."+p.Name, p.NotSet, "")
			}
		}
	}
}

// registerForms checks the forms that registers make: they need a register that uses the workflow.
func (x workflowChecker) registerForms(a *Action) {
	if !a.RegisterForm && !a.EvaluationForm {
		return
	}
	of := x.RegistersOf(x.w.ID)
	if len(of) == 0 {
		x.fault(a.At, "没有名录用到流程 "+x.w.ID+"，动作 "+a.ID+" 没有名录的表单", "no register uses the workflow "+x.w.ID+", so the action "+a.ID+" has no form of one", "在名录的 enters 或 changes 里写它", "name it in a register's enters or changes")
	}
	if a.EvaluationForm && !slices.ContainsFunc(of, func(r *Register) bool { return r.Evaluation != nil }) {
		x.fault(a.At, "用到流程 "+x.w.ID+" 的名录都没有评价方案", "no register that uses the workflow "+x.w.ID+" has an evaluation", "在名录里写 evaluation", "write an evaluation in the register")
	}
}

// registerGuard checks a guard about entries of registers.
func (x workflowChecker) registerGuard(g *Guard) {
	if !slices.Contains([]string{"entry", "no_overlap", "not_revoked_before", "exclusive_relation", "evaluated", "change_allowed"}, g.Kind) {
		return
	}
	x.needsRegister(g.At, g.Kind)
	x.source(g.Length.Source)
	x.setBy(g.Length.NotSet)
	switch g.Kind {
	case "change_allowed":
		x.field(Ref{}, Ref{"change", g.At})
	case "evaluated":
		x.needsEffect(g.At, g.Kind, "evaluate")
		for _, r := range g.Grades {
			if !slices.ContainsFunc(x.RegistersOf(x.w.ID), func(o *Register) bool { return o.Evaluation != nil && o.Evaluation.Grade(r.ID) != nil }) {
				x.missing(say("等次", "grade"), r, nil)
			}
		}
	}
}

// needsRegister refuses a word about entries in a workflow that no register uses.
func (x workflowChecker) needsRegister(at Pos, word string) {
	if len(x.RegistersOf(x.w.ID)) == 0 {
		x.fault(at, word+" 需要名录，而没有名录用到流程 "+x.w.ID, word+" needs a register, and none uses the workflow "+x.w.ID, "在名录的 enters 或 changes 里写它，或删去 "+word, "name the workflow in a register's enters or changes, or remove "+word)
	}
}

// registerEffect checks an effect on entries of registers: nothing enters a register that nobody decided.
func (x workflowChecker) registerEffect(a *Action, e *Effect) {
	switch e.Kind {
	case "accredit":
		if a.Decides != "grant" && !x.w.SelfRecorded {
			x.fault(e.At, "动作 "+a.ID+" 不作决定，却列入名录", "the action "+a.ID+" enters something into a register and decides nothing", "写 decides: grant；只有本人记录、事后核对的流程才写 self_recorded: true", "write decides: grant; only a log that is looked at afterwards says self_recorded: true")
		}
	case "rename_entry", "merge_entry":
		x.field(Ref{}, Ref{map[string]string{"rename_entry": "new_name", "merge_entry": "merged_into"}[e.Kind], e.At})
	case "amend_entry":
		if !slices.ContainsFunc(x.w.Actions, func(a *Action) bool { return a.RegisterForm }) {
			x.fault(e.At, "amend_entry 要读名录的表单，流程里没有", "amend_entry reads the register's form, which no action has", "在某个动作写 form: {register: true}", "write form: {register: true} in an action")
		}
	case "evaluate":
		if !slices.ContainsFunc(x.w.Actions, func(a *Action) bool { return a.EvaluationForm }) {
			x.fault(e.At, "evaluate 要读评价表，流程里没有", "evaluate reads the evaluation sheet, which no action has", "在某个动作写 form: {evaluation: true}", "write form: {evaluation: true} in an action")
		}
	case "evaluate_entry":
		x.needsEffect(e.At, e.Kind, "evaluate")
	case "admit":
		for _, f := range e.Fields {
			x.ofType(e.Form, f, FieldUser)
		}
	case "relate":
		x.field(Ref{}, e.Field)
		if !slices.ContainsFunc(x.RegistersOf(x.w.ID), func(r *Register) bool { return r.Relation(e.Link) != nil }) {
			x.fault(e.At, fmt.Sprintf("名录没有关系 %s", e.Link), fmt.Sprintf("no register has the relation %s", e.Link), "在名录的 relations 里定义", "define it in the register's relations")
		}
	case "renew", "suspend_entry", "resume_entry", "revoke_entry", "close_entry", "rectify":
	default:
		return
	}
	x.needsRegister(e.At, e.Kind)
}

// Relation is the kind of relation with an id, nil when there is none.
func (r *Register) Relation(id string) *RelationKind {
	return find(r.Relations, func(k *RelationKind) bool { return k.ID == id })
}

// Reads reports whether a role of a department is among those who see every entry of a confidential
// register. The department has to be said: a role everywhere is none of this office.
func (r Readers) Reads(g zhuanhua.Grant) bool {
	return g.Department == r.Department.ID && holds(r.Roles, string(g.Role))
}
