package flow

import (
	"maps"
	"slices"

	"zhuanhua"
	"zhuanhua/flow/score"
	"zhuanhua/plan"
)

// effectiveOn is the day from which a change holds: the one that a form says, else that of the decision.
func (d *decision) effectiveOn() zhuanhua.Date {
	s, _ := d.field("", "effective_on")
	if on, ok := zhuanhua.ParseDate(s); ok {
		return on
	}
	return d.today
}

// reason is why a change is made, in the words of the form, else of the act.
func (d *decision) reason() string {
	s, _ := d.field("", "reasons")
	return orElse(s, d.act.Note)
}

// refuseDay refuses a change on a day that does not fit the entry.
func (d *decision) refuseDay(on zhuanhua.Date, state string) error {
	have := say("尚未列入", "not in yet")
	if state != "" {
		have = say(stateTitle(state).ZH, stateTitle(state).EN)
	}
	return d.invalid("effective_on", say("条目在 "+on.String()+" 的状态是“"+have.ZH+"”，不能"+d.a.Title.ZH, "on "+on.String()+" the entry is \""+have.EN+"\", which does not allow \""+d.a.Title.EN+"\""), say("改正生效日期", "mend the day from which it holds"))
}

// stateTitle is what people call a state of an entry.
func stateTitle(state string) plan.Text {
	t, ok := map[string]plan.Text{
		zhuanhua.EntryActive: say("有效", "active"), zhuanhua.EntrySuspended: say("暂停", "suspended"), zhuanhua.EntryRevoked: say("已撤销", "revoked"),
		zhuanhua.EntryExpired: say("已到期", "expired"), zhuanhua.EntryMerged: say("已合并", "merged"), zhuanhua.EntryClosed: say("已关闭", "closed"),
	}[state]
	if !ok {
		return say("尚未列入", "not in yet")
	}
	return t
}

// amend takes over what the register's form says now. What it was before stands in the log, names and grades
// in the entry itself.
func (d *decision) amend() error {
	e, f := d.entry, d.registered()
	on := d.effectiveOn()
	first := len(e.Spans) == 1 && d.reg.Effective.ID != "" && f.Values[d.reg.Effective.ID] != e.Values[d.reg.Effective.ID]
	if first { // the day on which it began was written down wrongly
		on = d.firstDay(f.Values)
	}
	e.Spans = d.amendedSpans(f.Values)
	if name := f.Values["name"]; name != "" && name != e.Name(on) {
		if err := d.call(name, on); err != nil {
			return err
		}
	}
	if grade := f.Values["grade"]; grade != "" && grade != e.Grade(on) {
		e.Grades = append(cutGrades(e.Grades, on), zhuanhua.Graded{Grade: grade, From: on, Case: d.c.ID})
	}
	d.relations(f.Values, on)
	e.Values, e.Files = f.Values, f.Files
	e.Region = zhuanhua.Region(orElse(f.Values["region"], string(e.Region)))
	e.Organisation, e.Person = orElse(f.Values["organisation"], e.Organisation), orElse(f.Values["person"], e.Person)
	d.c.Holder, d.c.Person = e.Organisation, e.Person
	if d.reg.Confidential {
		return nil // a refusal would tell that there is another one
	}
	if what := d.overlapping(e); !what.IsZero() {
		return d.refuse(zhuanhua.KindConflict, "no_overlap", what, say("改正变更内容", "mend what is changed"))
	}
	return nil
}

// cutGrades leaves the grades from before a day.
func cutGrades(grades []zhuanhua.Graded, on zhuanhua.Date) []zhuanhua.Graded {
	return slices.DeleteFunc(slices.Clone(grades), func(g zhuanhua.Graded) bool { return !g.From.Before(on) })
}

// relations ends those that the form no longer says, and begins those that it says anew.
func (d *decision) relations(values map[string]string, on zhuanhua.Date) {
	for _, k := range d.reg.Relations {
		to := ""
		if values[k.Field.ID] != "" {
			to = relatedTo(d.s.Plan, k, values[k.Field.ID])
		}
		there := false
		for i := range d.entry.Relations {
			r := &d.entry.Relations[i]
			if r.Kind != k.ID || !r.Period.To.IsZero() {
				continue
			}
			if r.To == to {
				there = true
				continue
			}
			r.Period.To = on.AddDays(-1)
		}
		if to != "" && !there {
			d.entry.Relations = append(d.entry.Relations, zhuanhua.Relation{Kind: k.ID, To: to, Period: zhuanhua.Period{From: on}})
		}
	}
}

// renew gives an entry another term: behind the present one, or from the day of the decision where it has
// run out.
func (d *decision) renew() error {
	last := d.entry.Spans[len(d.entry.Spans)-1]
	if last.State != zhuanhua.EntryActive && d.entry.State(d.today) != zhuanhua.EntryExpired {
		return d.refuseDay(d.today, d.entry.State(d.today))
	}
	if last.To.IsZero() {
		return d.invalid("renew", say("条目没有期限，不用延续", "the entry has no end and needs no renewal"), say("撤回申请", "withdraw the application"))
	}
	from := last.To.Next()
	if last.To.Before(d.today) {
		from = d.effectiveOn()
	}
	if !last.To.Before(from) {
		return d.refuseDay(from, d.entry.State(from))
	}
	values := maps.Clone(d.entry.Values)
	maps.Copy(values, d.registered().Values)
	d.entry.Spans = append(d.entry.Spans, zhuanhua.Span{Period: zhuanhua.Period{From: from, To: d.lastDay(from, values)}, State: zhuanhua.EntryActive, Case: d.c.ID, Reason: d.reason()})
	return nil
}

// suspend takes an active entry out for a while: until a day, or for the rest of its term.
func (d *decision) suspend() error {
	on := d.effectiveOn()
	s := d.entry.On(on)
	if s == nil || s.State != zhuanhua.EntryActive {
		return d.refuseDay(on, d.entry.State(on))
	}
	over := zhuanhua.Span{Period: zhuanhua.Period{From: on, To: s.To}, State: zhuanhua.EntrySuspended, Case: d.c.ID, Reason: d.reason()}
	until, _ := d.field("", "until")
	if to, ok := zhuanhua.ParseDate(until); ok {
		if to.Before(on) {
			return d.invalid("until", say("暂停至 "+until+" 早于生效日 "+on.String(), "suspended until "+until+" ends before it begins on "+on.String()), say("改正日期", "mend the dates"))
		}
		if s.To.IsZero() || to.Before(s.To) {
			over.To = to
		}
	}
	d.entry.Spans = put(d.entry.Spans, over)
	return nil
}

// resumeEntry brings a suspended entry back for the rest of the time.
func (d *decision) resumeEntry() error {
	on := d.effectiveOn()
	s := d.entry.On(on)
	if s == nil || s.State != zhuanhua.EntrySuspended {
		return d.refuseDay(on, d.entry.State(on))
	}
	d.entry.Spans = put(d.entry.Spans, zhuanhua.Span{Period: zhuanhua.Period{From: on, To: s.To}, State: zhuanhua.EntryActive, Case: d.c.ID, Reason: d.reason()})
	return nil
}

// endEntry revokes or closes an entry for good. One that a case brought in and closes again is closed even if
// it ran out meanwhile.
func (d *decision) endEntry(state string) error {
	on := d.effectiveOn()
	switch d.entry.State(on) {
	case zhuanhua.EntryActive, zhuanhua.EntrySuspended:
	case zhuanhua.EntryExpired:
		return nil // it has ended by itself; nothing is left to take away
	default:
		return d.refuseDay(on, d.entry.State(on))
	}
	d.entry.Spans = append(cutFrom(d.entry.Spans, on), zhuanhua.Span{Period: zhuanhua.Period{From: on}, State: state, Case: d.c.ID, Reason: d.reason()})
	for i := range d.entry.Relations {
		if r := &d.entry.Relations[i]; r.Period.To.IsZero() || !r.Period.To.Before(on) {
			r.Period.To = on.AddDays(-1)
		}
	}
	return nil
}

// merge ends an entry in another one of the register that is there on that day.
func (d *decision) merge() error {
	id, _ := d.field("", "merged_into")
	into := d.seenEntry(id)
	on := d.effectiveOn()
	switch {
	case id == "":
		return d.invalid("merged_into", say("没有填写并入哪个条目", "it is not said which entry it is merged into"), say("填写 merged_into", "fill in merged_into"))
	case id == d.entry.ID:
		return d.invalid("merged_into", say("不能并入自身", "an entry is not merged into itself"), say("改写另一条目", "name another one"))
	case into == nil || into.Register != d.entry.Register || into.State(on) != zhuanhua.EntryActive:
		return d.invalid("merged_into", say("条目 "+id+" 不在同一名录，或在 "+on.String()+" 不是有效状态", "the entry "+id+" is not of the same register, or not active on "+on.String()), say("改写有效的条目", "name one that is active"))
	}
	d.entry.MergedInto = id
	return d.endEntry(zhuanhua.EntryMerged)
}

// rename calls an entry by another name from a day on.
func (d *decision) rename() error {
	name, _ := d.field("", "new_name")
	if name == "" {
		return d.invalid("new_name", say("没有填写新名称", "the new name is not filled in"), say("填写 new_name", "fill in new_name"))
	}
	if err := d.call(name, d.effectiveOn()); err != nil {
		return err
	}
	if d.entry.Values == nil {
		d.entry.Values = map[string]string{}
	}
	if d.reg.Field("name") != nil {
		d.entry.Values["name"] = name
	}
	return nil
}

// call adds a name; earlier ones stay.
func (d *decision) call(name string, on zhuanhua.Date) error {
	names := d.entry.Names
	if n := len(names); n > 0 && !names[n-1].From.Before(on) {
		if names[n-1].From != on {
			return d.invalid("effective_on", say("更名日期早于上次更名 "+names[n-1].From.String(), "the name is older than the one of "+names[n-1].From.String()), say("改正生效日期", "mend the day"))
		}
		d.entry.Names = names[:n-1]
	}
	d.entry.Names = append(d.entry.Names, zhuanhua.Name{Name: name, From: on})
	return nil
}

// relate ties the entry to the record that a field names.
func (d *decision) relate(e *plan.Effect) error {
	k := d.reg.Relation(e.Link)
	id, _ := d.field("", e.Field.ID)
	if k == nil || id == "" {
		return d.invalid(e.Field.ID, say("没有填写相关记录", "the related record is not filled in"), say("填写 "+e.Field.ID, "fill in "+e.Field.ID))
	}
	d.entry.Relations = append(d.entry.Relations, zhuanhua.Relation{Kind: k.ID, To: relatedTo(d.s.Plan, k, id), Period: zhuanhua.Period{From: d.effectiveOn()}})
	return nil
}

// scheme is how entries of a register are evaluated.
func scheme(e *plan.Evaluating) score.Scheme {
	s := score.Scheme{Missing: score.Missing(e.Missing)}
	for _, c := range e.Criteria {
		s.Criteria = append(s.Criteria, score.Criterion{ID: c.ID, Weight: c.Weight, Max: int64(c.Max) * 100})
	}
	for _, g := range e.Grades {
		s.Grades = append(s.Grades, score.Grade{ID: g.ID, From: int64(g.From) * 100})
	}
	return s
}

// evaluate adds the scores up: those of the experts' sheets of the last round, by the mean of each criterion,
// else those of the sheet that the authority filled in.
func (d *decision) evaluate() error {
	if d.reg == nil || d.reg.Evaluation == nil {
		return d.invalid("evaluate", say("名录没有评价方案", "the register is not evaluated"), say("撤回办件", "withdraw the case"))
	}
	scores := d.sheets()
	sheet, direct := d.c.Forms[d.reg.Sheet().ID]
	if direct && (len(scores) == 0 || d.a.EvaluationForm) {
		scores = scoresOf(d.reg.Evaluation, sheet.Values)
	}
	total, err := scheme(d.reg.Evaluation).Evaluate(scores)
	if err != nil {
		return d.invalid("evaluate", say("评分无法汇总："+err.Error(), "the scores cannot be added up: "+err.Error()), say("改正评分", "mend the scores"))
	}
	round, _ := d.field("", "round")
	if round == "" {
		round = d.today.String()[:4]
	}
	then := ""
	if g := d.reg.Evaluation.Grade(total.Grade); g != nil {
		then = g.Then
	}
	d.c.Evaluation = &zhuanhua.Evaluation{Round: round, Case: d.c.ID, Scores: scores, Total: total.Centi, Grade: total.Grade, Consequence: then, By: d.actor(), At: d.by.Now.UTC()}
	d.step.Reasons = append(d.step.Reasons, met("evaluate", say("总分 "+centi(total.Centi)+"，"+d.gradeTitle(total.Grade).ZH, "total "+centi(total.Centi)+", "+d.gradeTitle(total.Grade).EN)))
	return nil
}

// gradeTitle is what people call a grade.
func (d *decision) gradeTitle(id string) plan.Text {
	if d.reg != nil && d.reg.Evaluation != nil {
		if g := d.reg.Evaluation.Grade(id); g != nil {
			return g.Title
		}
	}
	return say(id, id)
}

// scoresOf reads the scores of a sheet, in hundredths of a point.
func scoresOf(e *plan.Evaluating, values map[string]string) map[string]int64 {
	out := map[string]int64{}
	for _, c := range e.Criteria {
		if values[c.ID] != "" {
			out[c.ID] = plan.Centi(values[c.ID])
		}
	}
	return out
}

// sheets is the mean of the experts' scores by criterion, in the last round. An expert who left a criterion
// out does not count for it.
func (d *decision) sheets() map[string]int64 {
	sum, n := map[string]int64{}, map[string]int64{}
	for _, r := range d.c.Reviews {
		if r.Round != d.round() || r.At.IsZero() || r.Recused != "" {
			continue
		}
		for id, s := range scoresOf(d.reg.Evaluation, r.Values) {
			sum[id] += s
			n[id]++
		}
	}
	out := map[string]int64{}
	for id := range sum {
		out[id] = (2*sum[id] + n[id]) / (2 * n[id]) // rounded to the nearest
	}
	return out
}

// keepEvaluation puts the case's evaluation into the entry.
func (d *decision) keepEvaluation() error {
	e := d.c.Evaluation
	if e == nil {
		return d.invalid("evaluate", say("还没有评分", "nothing is scored yet"), say("先评分", "score it first"))
	}
	d.entry.Evaluations = append(d.entry.Evaluations, *e)
	return nil
}

// rectify starts the time to put things right, and notes its last day with the evaluation that asks for it.
func (d *decision) rectify(e *plan.Effect) error {
	if err := d.begin(e.Clock.ID); err != nil {
		return err
	}
	if d.entry == nil || len(d.entry.Evaluations) == 0 {
		return nil
	}
	if k := d.clock(e.Clock.ID); k != nil {
		d.entry.Evaluations[len(d.entry.Evaluations)-1].Rectify = k.Due
		d.touched = true
	}
	return nil
}

// weigh makes the score of one sheet its weighted total, so that sheets compare as evaluations do.
func (d *decision) weigh(r *zhuanhua.Review) error {
	total, err := scheme(d.reg.Evaluation).Evaluate(scoresOf(d.reg.Evaluation, r.Values))
	if err != nil {
		return d.invalid("evaluate", say("评分无法汇总："+err.Error(), "the scores cannot be added up: "+err.Error()), say("改正评分", "mend the scores"))
	}
	r.Score, r.Opinion = total.Centi, orElse(r.Opinion, r.Values["opinion"])
	return nil
}
