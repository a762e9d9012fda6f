package flow

import (
	"fmt"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// years is how many years of support the case's rule gives, 0 when it gives none.
func (d *decision) years() int {
	if d.rule == nil || d.rule.Years.ID == "" {
		return 0
	}
	if p := d.rule.Parameter(d.rule.Years.ID); p != nil {
		if s := p.On(d.judged()); s != nil {
			return int(s.Value.Count)
		}
	}
	return 0
}

// judged is the day on which the rule is asked: when the applicant handed the claim in, so that a claim of
// the plan's last day can be decided afterwards, and support for five years can go on beyond it.
func (d *decision) judged() zhuanhua.Date {
	if d.rule != nil && d.rule.Form.ID != "" {
		if f, ok := d.c.Forms[d.rule.Form.ID]; ok {
			return zhuanhua.DateOf(f.At)
		}
	}
	return d.today
}

// facts are what all forms of the case say; the form that was filled in last counts.
func (d *decision) facts() (plan.Facts, error) {
	out := plan.Facts{}
	var order []string
	for id := range d.c.Forms {
		order = append(order, id)
	}
	slices.SortFunc(order, func(a, b string) int {
		if c := d.c.Forms[a].At.Compare(d.c.Forms[b].At); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	for _, id := range order {
		form := d.s.Plan.Form(id)
		if form == nil {
			continue
		}
		for _, f := range form.Fields {
			s := d.c.Forms[id].Values[f.ID]
			if f.Fact.ID == "" || s == "" {
				continue
			}
			v, err := d.s.Plan.FactValue(f.Fact.ID, s)
			if err != nil {
				return nil, err
			}
			if v.Type == plan.TypeYear {
				v.Count = max(v.Count, int64(d.c.Year)) // the case has counted too
			}
			out[f.Fact.ID] = v
		}
	}
	return out, nil
}

// ask asks the case's rule, once a decision.
func (d *decision) ask() (*plan.Quote, error) {
	if d.quote != nil || d.quoted != nil || d.rule == nil {
		return d.quote, d.quoted
	}
	// Once a decision: the guard that says a rule is met and the effect that takes its amount must see the same
	// answer.
	facts, err := d.facts()
	if err == nil {
		set := plan.Settings{}
		for name, v := range d.s.Settings {
			if strings.HasPrefix(name, d.rule.ID+".") {
				set[name] = v
			}
		}
		d.quote, err = d.s.Plan.Quote(d.rule.ID, facts, d.judged(), set)
	}
	d.quoted = err
	return d.quote, d.quoted
}

// ruleMet checks the conditions of the rule, and names each that is not met with what is needed.
func (d *decision) ruleMet() zhuanhua.Reason {
	q, err := d.ask()
	switch {
	case err != nil:
		return unmet("rule_met", say("规则无法核对："+err.Error(), "the rule cannot be asked: "+err.Error()), say("检查表单的内容", "look at what the forms say"))
	case q == nil:
		return unmet("rule_met", say("办件没有规则", "the case is about no rule"), say("开办时用 --rule 指明", "name one with --rule when the case begins"))
	case q.Eligible:
		return met("rule_met", say("符合规则 "+q.Rule+" 的全部 "+fmt.Sprint(len(q.Conditions))+" 项条件", fmt.Sprintf("all %d conditions of %s are met", len(q.Conditions), q.Rule)))
	}
	what, do := unmetConditions(q)
	return unmet("rule_met", say("不符合规则 "+q.Rule+"："+what.ZH, "rule "+q.Rule+" is not met: "+what.EN), do)
}

// unmetConditions lists what a rule asks and a case does not have.
func unmetConditions(q *plan.Quote) (what, do plan.Text) {
	var zh, en, doZH, doEN []string
	for _, a := range q.Conditions {
		if a.Met {
			continue
		}
		short := a.Short()
		if !short.IsZero() {
			short = say("，差 "+short.ZH, ", short by "+short.EN)
		}
		zh = append(zh, fmt.Sprintf("%s（现为 %s，需 %s%s）", a.Text.ZH, a.Have.ZH, a.Need.ZH, short.ZH))
		en = append(en, fmt.Sprintf("%s (have %s, need %s%s)", a.Text.EN, a.Have.EN, a.Need.EN, short.EN))
		doZH, doEN = append(doZH, a.Next.ZH), append(doEN, a.Next.EN)
	}
	return say(strings.Join(zh, "；"), strings.Join(en, "; ")), say(strings.Join(doZH, "；"), strings.Join(doEN, "; "))
}

// ruleTold tells what the rule says without asking for it: the applicant may hand in all the same.
func (d *decision) ruleTold() zhuanhua.Reason {
	q, err := d.ask()
	switch {
	case err != nil || q == nil:
		return met("rule_open_told", say("规则暂时无法核对", "the rule cannot be asked yet"))
	case q.Eligible:
		return met("rule_open_told", say("测算：符合规则 "+q.Rule, "the rule "+q.Rule+" is met"))
	}
	what, _ := unmetConditions(q)
	return met("rule_open_told", say("测算：尚不符合规则 "+q.Rule+"："+what.ZH, "not yet met by rule "+q.Rule+": "+what.EN))
}

// computed is the amount that the rule gives, nil where it gives none.
func (d *decision) computed() *zhuanhua.Money {
	q, err := d.ask()
	if err != nil || q == nil || q.AmountFen == nil || !q.Eligible {
		return nil
	}
	m := zhuanhua.Money(*q.AmountFen)
	return &m
}

// proposed is the amount that an action sets, nil when it sets none; an error says why it cannot.
func (d *decision) proposed() (*zhuanhua.Money, error) {
	e := d.a.Effect("amount")
	switch {
	case e == nil:
		return d.c.Amount, nil
	case e.From == "rule":
		return d.byRule()
	}
	m, err := d.byForm(e)
	return m, err
}

// byRule is the amount that the rule gives.
func (d *decision) byRule() (*zhuanhua.Money, error) {
	if m := d.computed(); m != nil {
		return m, nil
	}
	q, err := d.ask()
	switch {
	case err != nil:
		return nil, err
	case q == nil:
		return nil, d.invalid("amount", say("办件没有规则", "the case is about no rule"), plan.Text{})
	case !q.Eligible:
		what, do := unmetConditions(q)
		return nil, d.invalid("amount", say("不符合规则 "+q.Rule+"："+what.ZH, "rule "+q.Rule+" is not met: "+what.EN), do)
	case len(q.Unset) > 0:
		names := strings.Join(q.Unset, ", ")
		return nil, d.invalid("amount", say("规则 "+q.Rule+" 算不出金额：参数 "+names+" 尚未设定", "rule "+q.Rule+" gives no amount: "+names+" is not set"), say("先由主管部门设定参数，或由审批人写明理由填写金额", "have it set, or let the approver enter the amount with reasons"))
	}
	return nil, d.invalid("amount", say("规则 "+q.Rule+" 不计算金额", "rule "+q.Rule+" gives no amount"), say("由审批人写明理由填写金额", "let the approver enter it with reasons"))
}

// byForm is the amount that an approver entered: within the floor and the cap of the rule, and not above
// what the rule gives where it gives an amount.
func (d *decision) byForm(e *plan.Effect) (*zhuanhua.Money, error) {
	form := e.Form.ID
	if form == "" && d.form != nil {
		form = d.form.ID
	}
	s, _ := d.field(form, e.Field.ID)
	v, err := plan.Fen(0), error(nil)
	if s == "" {
		return nil, d.invalid("amount", say("没有填写金额", "the amount is not filled in"), say("在表单里填写", "fill it in"))
	}
	if err = v.UnmarshalText([]byte(s)); err != nil {
		return nil, err
	}
	m := zhuanhua.Money(v)
	q, err := d.ask()
	if err != nil {
		return nil, err
	}
	// An approver may give less than the rule does, where money is short, and never more.
	least, most := zhuanhua.Money(1), zhuanhua.Money(-1)
	if q != nil && q.MinFen != nil {
		least = zhuanhua.Money(*q.MinFen)
	}
	if q != nil && q.MaxFen != nil {
		most = zhuanhua.Money(*q.MaxFen)
	}
	if c := d.computed(); c != nil && (most < 0 || *c < most) {
		most = *c
	}
	switch {
	case m < least:
		return nil, d.invalid("amount", say("金额 "+plan.MoneyText(m).ZH+" 低于下限 "+plan.MoneyText(least).ZH, "the amount "+plan.MoneyText(m).EN+" is below the floor of "+plan.MoneyText(least).EN), say("改正金额", "mend it"))
	case most >= 0 && m > most:
		return nil, d.invalid("amount", say("金额 "+plan.MoneyText(m).ZH+" 超过规则允许的 "+plan.MoneyText(most).ZH, "the amount "+plan.MoneyText(m).EN+" is above the "+plan.MoneyText(most).EN+" that the rule allows"), say("改正金额", "mend it"))
	}
	return &m, nil
}

// base is the record that a claim stands on, "" when the field is not filled in.
func (d *decision) base(field string) string {
	v, f := d.field("", field)
	if v == "" || f == nil {
		return ""
	}
	switch f.Type {
	case plan.FieldContract, plan.FieldAchievement, plan.FieldNeed, plan.FieldCase, plan.FieldOrganisation:
		return string(f.Type) + "/" + v
	}
	return "record/" + v
}

// programme is what money and claims of the case are booked under.
func (d *decision) programme() string {
	if d.c.Rule != "" {
		return d.c.Rule
	}
	return d.c.Workflow
}

// singleClaim checks that no other case claims on the same record: never twice under one rule, and under
// two rules only as the plan's stacking table says.
func (d *decision) singleClaim(g *plan.Guard) zhuanhua.Reason {
	base := d.base(g.Field.ID)
	if base == "" {
		return unmet(g.Kind, say("没有填写申请所依据的记录（"+g.Field.ID+"）", "the record that the claim stands on is not filled in ("+g.Field.ID+")"), say("填写后再提交", "fill it in"))
	}
	told := say(base+" 没有其他申请", "nothing else is claimed on "+base)
	for _, c := range d.s.Claims {
		if c.Base != base || c.Case == d.c.ID || c.Released {
			continue
		}
		if c.Rule == d.programme() {
			return unmet(g.Kind, say(base+" 已由办件 "+c.Case+" 按 "+c.Rule+" 申请", "the case "+c.Case+" has claimed on "+base+" under "+c.Rule), say("同一记录只能申请一次；前一申请撤回或不予支持后可再申请", "one record is claimed once; when the other claim is withdrawn or refused it is free again"))
		}
		if d.s.Plan.Rule(c.Rule) == nil || d.rule == nil {
			continue
		}
		st := d.s.Plan.Stack(c.Rule, d.c.Rule)
		if st.Answer == "refuse" {
			return unmet(g.Kind, say(base+" 已按 "+c.Rule+" 申请，与 "+d.c.Rule+" 不能同时享受："+st.Why.ZH, base+" is claimed under "+c.Rule+", which does not go with "+d.c.Rule+": "+st.Why.EN), say("两项择一", "choose one of the two"))
		}
		// The plan leaves it open: it is told to who decides, and not decided here.
		told = say(told.ZH+"；"+base+" 另按 "+c.Rule+" 申请，能否同时享受由人判断："+st.Why.ZH, told.EN+"; "+base+" is claimed under "+c.Rule+" too, a person decides: "+st.Why.EN)
	}
	return met(g.Kind, told)
}
