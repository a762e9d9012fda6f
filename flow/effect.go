package flow

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// The states of a milestone.
const (
	milestoneOpen   = "open"
	milestoneDone   = "done"
	milestoneFailed = "failed"
)

// effects does what the action does, in the order in which the plan says it.
func (d *decision) effects() error {
	if d.role == "assigned" && d.form != nil && d.a.Effect("recuse") == nil {
		if err := d.handIn(); err != nil {
			return err
		}
	}
	for _, e := range d.a.Does {
		if err := d.effect(e); err != nil {
			return err
		}
	}
	return nil
}

// effect does one thing.
func (d *decision) effect(e *plan.Effect) error {
	if do := d.moneyEffect(e.Kind); do != nil {
		return do()
	}
	if do := d.bidEffect(e.Kind); do != nil {
		return do()
	}
	if do := d.entryEffect(e); do != nil {
		return do()
	}
	switch e.Kind {
	case "start":
		return d.begin(e.Clock.ID)
	case "stop":
		d.stop(e.Clock.ID)
	case "suspend_clocks":
		return d.eachClock(d.pause)
	case "resume_clocks":
		return d.eachClock(func(k *zhuanhua.CaseClock) error { return d.resume(k, d.a.To.ID) })
	case "mark_fields":
		return d.mark()
	case "assign":
		return d.assign(e)
	case "close_reviews":
		return d.closeReviews()
	case "recuse":
		return d.recuse()
	case "publish":
		return d.publish(e)
	case "object":
		return d.object()
	case "answer_objection":
		return d.answer()
	case "claim":
		return d.claim(e)
	case "release_claim":
		d.releaseClaims()
	case "tranches":
		return d.split(e)
	case "draw_key":
		return d.drawKey(e)
	case "milestones":
		return d.milestones(e)
	case "milestone_done":
		return d.milestone(milestoneDone)
	case "milestone_failed":
		return d.milestone(milestoneFailed)
	case "next_year":
		return d.nextYear()
	case "number":
		return d.issue(e)
	case "link":
		return d.link(e)
	case "entitle":
		d.c.Entitles = append(d.c.Entitles, zhuanhua.Entitlement{Rule: e.Rule.ID})
	case "use_entitlement":
		return d.useEntitlement()
	case "archive":
		d.archive = true
	default:
		return fmt.Errorf("the effect %q is not one that flow knows", e.Kind)
	}
	return nil
}

// moneyEffect is what moves money, nil for any other effect.
func (d *decision) moneyEffect(kind string) func() error {
	return map[string]func() error{
		"amount":        d.setAmount,
		"commit":        d.commit,
		"order":         d.order,
		"paid":          d.paid,
		"bank_returned": d.bankReturned,
		"release_rest":  d.releaseRest,
		"claw_back":     func() error { return d.shift(tranchePaid, trancheClaimed, zhuanhua.Receivable, zhuanhua.Paid) },
		"recovered": func() error {
			return d.shift(trancheClaimed, trancheRecovered, zhuanhua.Recovered, zhuanhua.Receivable)
		},
	}[kind]
}

// bidEffect is what concerns sealed bids, nil for any other effect.
func (d *decision) bidEffect(kind string) func() error {
	return map[string]func() error{
		"take_bid":      d.takeBid,
		"withdraw_bid":  d.withdrawBid,
		"enter_part":    d.enterPart,
		"open_bids":     d.openBids,
		"qualify":       d.qualify,
		"rank_bids":     d.rankBids,
		"choose_winner": d.chooseWinner,
	}[kind]
}

// stop ends a clock. One that has run out before is marked so: that a period was kept stays provable.
func (d *decision) stop(id string) {
	if k := d.clock(id); k != nil {
		k.Over = isOver(*k, d.by.Now)
		k.Stopped = true
	}
}

// eachClock does something with every clock that runs or stands.
func (d *decision) eachClock(do func(*zhuanhua.CaseClock) error) error {
	for i := range d.c.Clocks {
		if k := &d.c.Clocks[i]; runs(*k, d.by.Now) {
			if err := do(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// mark sends fields back for correction.
func (d *decision) mark() error {
	if len(d.act.Marks) == 0 {
		return d.invalid("marks", say("没有标记要补正的字段", "no field is marked for correction"), say("用 --mark 表单.字段=理由 标记", "mark them with --mark form.field=reason"))
	}
	for _, m := range d.act.Marks {
		f := d.s.Plan.Form(m.Form)
		if _, filled := d.c.Forms[m.Form]; !filled || f == nil || m.Field != "" && f.Field(m.Field) == nil {
			return d.invalid(m.Form+"."+m.Field, say("办件里没有字段 "+m.Form+"."+m.Field, "the case has no field "+m.Form+"."+m.Field), say("写申请人填过的表单和字段", "name a form and field that was filled in"))
		}
		if !d.mendable(m.Form) {
			return d.invalid(m.Form+"."+m.Field, say("“"+f.Title.ZH+"”不是申请人补正时填写的表单", "\""+f.Title.EN+"\" is no form that the applicant fills in to correct"), say("标记申请表的字段；别的表单由填写的人更正", "mark fields of the application; who filled the other form in corrects it"))
		}
	}
	d.c.Marks = slices.Clone(d.act.Marks)
	return nil
}

// mendable reports whether the applicant can fill a form in, where the act brings the case.
func (d *decision) mendable(form string) bool {
	to := cmp.Or(d.a.To.ID, d.before.State)
	return slices.ContainsFunc(d.w.Actions, func(a *plan.Action) bool {
		f := d.s.Plan.FormFor(a, d.before)
		return a.IsFrom(to) && a.IsBy("applicant") && f != nil && f.ID == form
	})
}

// publish shows the case to the public for a period, with a hash of what is shown: a changed text is a new
// publicity.
func (d *decision) publish(e *plan.Effect) error {
	k := d.w.ClockOf(d.a, e)
	if k == nil {
		return fmt.Errorf("workflow %s: %s publishes without a clock", d.w.ID, d.a.ID)
	}
	// The hash proves later that what was decided is what was shown.
	text := d.publicText()
	sum := sha256.Sum256([]byte(text))
	p := &zhuanhua.Publicity{Clock: k.ID, From: d.by.Now.UTC(), Text: text, TextHash: hex.EncodeToString(sum[:])}
	if before := d.c.Publicity; before != nil {
		p.Restarts = before.Restarts + 1
	}
	d.c.Publicity = p
	return d.begin(k.ID)
}

// publicText is what the public sees: the matter, who, under which rule, how much; nobody's account, and no
// person.
func (d *decision) publicText() string {
	lines := []string{"事项：" + d.w.Title.ZH, "名称：" + d.c.Title, "单位：" + d.c.Organisation}
	if d.rule != nil {
		lines = append(lines, "依据："+d.rule.ID+" "+d.rule.Title.ZH)
	}
	for _, b := range d.c.Bids {
		if b.Won {
			lines = append(lines, fmt.Sprintf("中榜方：%s（%s 分）", b.Organisation, centi(b.Score)))
		}
	}
	if d.reg != nil {
		lines = append(lines, "名录："+d.reg.Title.ZH)
	}
	if e := d.c.Evaluation; e != nil && d.reg != nil {
		lines = append(lines, fmt.Sprintf("评价：%s 分，%s", centi(e.Total), d.gradeTitle(e.Grade).ZH))
	}
	if d.c.Amount != nil {
		lines = append(lines, "金额："+plan.MoneyText(*d.c.Amount).ZH)
	}
	return strings.Join(lines, "\n")
}

// object takes a named objection: the period of publicity stands until it is answered.
func (d *decision) object() error {
	u := d.by.User
	text := d.value("text")
	if text == "" {
		text = d.act.Note
	}
	if strings.TrimSpace(text) == "" {
		return d.invalid("text", say("没有写异议的内容", "the objection says nothing"), say("写明异议事项和依据", "say what is wrong and why"))
	}
	var files []string
	for _, sums := range d.act.Files {
		files = append(files, sums...)
	}
	slices.Sort(files)
	d.c.Objections = append(d.c.Objections, zhuanhua.Objection{N: len(d.c.Objections) + 1, By: u.ID, Organisation: u.Organisation, Text: text, Files: files, At: d.by.Now.UTC()})
	if d.c.Publicity == nil {
		return nil
	}
	if k := d.clock(d.c.Publicity.Clock); k != nil {
		return d.pause(k)
	}
	return nil
}

// answer answers an objection; behind the last one the period of publicity goes on.
func (d *decision) answer() error {
	n, _ := strconv.Atoi(d.value("n"))
	for i := range d.c.Objections {
		o := &d.c.Objections[i]
		if o.N != n || !o.Closed.IsZero() {
			continue
		}
		if d.same(o.By, d.by.User.ID) {
			return d.refuse(zhuanhua.KindForbidden, "n", say("不能答复自己的异议", "nobody answers their own objection"), say("由他人答复", "let somebody else do it"))
		}
		o.Answer, o.AnsweredBy, o.Upheld, o.Closed = d.value("answer"), d.by.User.ID, d.value("upheld") == "true", d.by.Now.UTC()
		if d.c.Publicity == nil {
			return nil
		}
		to := d.a.To.ID
		if to == "" {
			to = d.c.State
		}
		if k := d.clock(d.c.Publicity.Clock); k != nil {
			return d.resume(k, to)
		}
		return nil
	}
	return d.invalid("n", say("没有待答复的异议 "+d.value("n"), "there is no open objection "+d.value("n")), say("写异议的编号", "write its number"))
}

// claim takes the record that the case stands on: nobody else claims on it under the same rule.
func (d *decision) claim(e *plan.Effect) error {
	field := e.Field.ID
	for _, a := range d.w.Actions {
		if g := a.Guard("single_claim"); g != nil && field == "" {
			field = g.Field.ID
		}
	}
	base := d.base(field)
	if base == "" {
		return d.invalid(field, say("没有填写申请所依据的记录", "the record that the claim stands on is not filled in"), say("填写后再提交", "fill it in"))
	}
	c := zhuanhua.Claim{ID: d.programme() + "/" + base, Rule: d.programme(), Base: base, Case: d.c.ID, Organisation: d.c.Organisation}
	// New or on the version that was read: of two cases that claim at the same moment, the store keeps one.
	version := zhuanhua.NewOnly
	for _, seen := range d.s.Claims {
		if seen.ID != c.ID {
			continue
		}
		if !seen.Released && seen.Case != d.c.ID {
			return d.refuse(zhuanhua.KindConflict, field, say(base+" 已由办件 "+seen.Case+" 申请", "the case "+seen.Case+" has claimed on "+base), say("同一记录只能申请一次", "one record is claimed once"))
		}
		version = seen.Version
	}
	// A claim on another record than before gives the earlier one back.
	for _, id := range d.c.Claims {
		if id != c.ID {
			d.release(id)
		}
	}
	d.c.Claims = []string{c.ID}
	d.claims = append(d.claims, ClaimSeen{c, version})
	return nil
}

// releaseClaims gives back everything that the case holds.
func (d *decision) releaseClaims() {
	for _, id := range d.c.Claims {
		d.release(id)
	}
	d.c.Claims = nil
}

// release gives one record back.
func (d *decision) release(id string) {
	for _, seen := range d.s.Claims {
		if seen.ID == id && seen.Case == d.c.ID {
			seen.Released = true
			d.claims = append(d.claims, seen)
		}
	}
}

// milestones takes the task book's milestones from a table. Those that were reached stay.
func (d *decision) milestones(e *plan.Effect) error {
	rows, err := d.table(e)
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(d.c.Milestones), func(m zhuanhua.Milestone) bool { return m.State == milestoneOpen })
	for _, r := range rows {
		due, _ := zhuanhua.ParseDate(r["due"])
		kept = append(kept, zhuanhua.Milestone{ID: fmt.Sprintf("m%d", len(kept)+1), Title: r["title"], Due: due, State: milestoneOpen})
	}
	d.c.Milestones = kept
	return nil
}

// milestone says that a milestone was reached, or that it was not.
func (d *decision) milestone(state string) error {
	id := d.value("milestone")
	for i := range d.c.Milestones {
		if m := &d.c.Milestones[i]; m.ID == id && m.State != milestoneDone {
			m.State, m.Note, m.At = state, d.act.Note, d.by.Now.UTC()
			return nil
		}
	}
	return d.invalid("milestone", say("没有未完成的里程碑 "+id, "there is no open milestone "+id), say("写里程碑的编号，如 m1", "write its id, such as m1"))
}

// nextYear goes on to the next year of support, never beyond the rule's last.
func (d *decision) nextYear() error {
	if years := d.years(); d.c.Year >= years {
		return d.invalid("year", say(fmt.Sprintf("支持年限 %d 年已满", years), fmt.Sprintf("the %d years of support are over", years)), say("按办结处理", "close the case"))
	}
	d.c.Year++
	for id, f := range d.c.Forms {
		f.Done = true
		d.c.Forms[id] = f
	}
	return nil
}

// issue issues a number, once.
func (d *decision) issue(e *plan.Effect) error {
	// A case that comes this way again keeps its number: what is printed on a certificate does not change.
	if d.c.Numbers[e.Number] != "" {
		return nil
	}
	if d.s.Number < 1 {
		return fmt.Errorf("case %s: the next number of %s was not gathered", d.c.ID, e.Number)
	}
	out := strings.NewReplacer("{year}", strconv.Itoa(d.today.Year), "{rule}", d.c.Rule, "{workflow}", d.c.Workflow, "{n}", strconv.FormatInt(d.s.Number, 10)).Replace(e.Pattern)
	for width := 1; width < 10; width++ {
		out = strings.ReplaceAll(out, fmt.Sprintf("{n:%d}", width), fmt.Sprintf("%0*d", width, d.s.Number))
	}
	if d.c.Numbers == nil {
		d.c.Numbers = map[string]string{}
	}
	d.c.Numbers[e.Number], d.number = out, out
	return nil
}

// link makes the case hang on a record that the form names.
func (d *decision) link(e *plan.Effect) error {
	id := d.value(e.Field.ID)
	if id == "" {
		id, _ = d.field("", e.Field.ID)
	}
	if id == "" {
		return d.invalid(e.Field.ID, say("没有填写要关联的记录", "the record to link is not filled in"), say("填写后再办理", "fill it in"))
	}
	if l := (zhuanhua.Link{Kind: e.Link, ID: id}); !slices.Contains(d.c.Links, l) {
		d.c.Links = append(d.c.Links, l)
	}
	// An organisation that takes part is a party: its people stand aside, and what the case gives may be its.
	if e.Link == "organisation" && id != d.c.Organisation && !slices.Contains(d.c.Parties, id) {
		d.c.Parties = append(d.c.Parties, id)
	}
	return nil
}

// useEntitlement uses up the right to claim that a linked case gives; cases of other rules have nothing to
// use.
func (d *decision) useEntitlement() error {
	i, j := d.entitlement(d.c.Rule)
	if i < 0 {
		return nil
	}
	other := d.s.Linked[i]
	if other.Entitles[j].Used == d.c.ID {
		return nil
	}
	other.Case = clone(&other.Case)
	other.Entitles[j].Used = d.c.ID
	d.linked = append(d.linked, other)
	return nil
}

// Parameter is a value that an action takes beside the fields of its form, because one of its effects asks
// for it.
type Parameter struct {
	Name     string
	Title    plan.Text
	Required bool
}

// Parameters lists what an action takes beside its form.
func Parameters(a *plan.Action) []Parameter {
	var out []Parameter
	for _, kind := range []string{"order", "paid", "bank_returned"} {
		if a.Effect(kind) != nil && len(out) == 0 {
			out = append(out, Parameter{Name: "tranche", Title: say("第几笔款项（不写则为最早的一笔）", "which tranche (the first one if left out)")})
		}
	}
	return out
}
