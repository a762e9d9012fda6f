package flow

import (
	"fmt"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// guard checks one guard, and says in words what is there and what is missing.
func (d *decision) guard(g *plan.Guard) zhuanhua.Reason {
	// An offer is made before anybody has filled in the form; what the form will say cannot speak against it.
	if d.asking && d.form != nil && slices.Contains([]string{"rule_met", "single_claim", "value", "funds", "rule_open_told", "no_overlap", "not_revoked_before", "exclusive_relation", "change_allowed"}, g.Kind) {
		return met(g.Kind, say("填表后核对", "checked once the form is filled in"))
	}
	switch g.Kind {
	case "rule_met":
		return d.ruleMet()
	case "rule_open_told":
		return d.ruleTold()
	case "different_from":
		return d.differentFrom(g)
	case "unrelated":
		return d.unrelated()
	case "clock_running", "clock_over":
		return d.clockGuard(g)
	case "no_open_objection":
		n := d.openObjections()
		return d.counted(g, n == 0, say(fmt.Sprintf("%d 项异议尚未答复", n), fmt.Sprintf("%d objections are open", n)), say("先答复异议", "answer them first"))
	case "reviews":
		n := d.handedIn()
		return d.counted(g, n >= g.AtLeast, say(fmt.Sprintf("已交评审意见 %d 份，需 %d 份", n, g.AtLeast), fmt.Sprintf("%d review sheets of %d are in", n, g.AtLeast)), d.howToGetSheets(say("等待专家提交，或另行指派", "wait for the experts, or assign others")))
	case "reviews_closed":
		return d.counted(g, len(d.c.Rounds) > 0 && d.round() == d.c.Rounds[len(d.c.Rounds)-1].Round, say("专家评审尚未汇总", "the review is not closed"), say("先汇总评审意见", "close it first"))
	case "funds":
		return d.funds()
	case "single_claim":
		return d.singleClaim(g)
	case "value":
		return d.valueGuard(g)
	case "linked":
		return d.linkedGuard(g)
	case "entitled":
		return d.entitled(g)
	}
	if r, ok := d.entryGuard(g); ok {
		return r
	}
	return d.countGuard(g)
}

// counted is a guard about how many there are.
func (d *decision) counted(g *plan.Guard, ok bool, what, do plan.Text) zhuanhua.Reason {
	if ok {
		return met(g.Kind, say(guardTitle(g.Kind).ZH, guardTitle(g.Kind).EN))
	}
	return unmet(g.Kind, what, do)
}

// guardTitle says what a guard asks, for the record of a step in which it held.
func guardTitle(kind string) plan.Text {
	return map[string]plan.Text{
		"no_open_objection": say("没有未决异议", "no open objection"),
		"reviews":           say("评审意见已足数", "enough review sheets"),
		"reviews_closed":    say("专家评审已汇总", "the review is closed"),
		"bids":              say("揭榜数足够", "enough bids"),
		"no_bids":           say("无人揭榜", "there are no bids"),
		"opened":            say("揭榜材料已开启", "the bids are open"),
		"tranche_left":      say("尚有待拨付款项", "a tranche is left to pay"),
		"tranches_done":     say("款项已全部拨付", "every tranche is paid"),
		"year_left":         say("支持年限未满", "a year of support is left"),
		"years_done":        say("支持年限已满", "the years of support are over"),
		"milestones_done":   say("里程碑全部完成", "every milestone is reached"),
		"milestone_due":     say("有到期的里程碑", "a milestone is due"),
	}[kind]
}

// countGuard checks guards that only count what the case holds.
func (d *decision) countGuard(g *plan.Guard) zhuanhua.Reason {
	years := d.years()
	planned, paid, owed := 0, 0, 0
	for _, t := range d.c.Tranches {
		planned += count(t.State == tranchePlanned && t.Budget != 0)
		paid += count(t.State == tranchePaid)
		owed += count(t.State == tranchePlanned || t.State == trancheOrdered)
	}
	done, open, due := 0, 0, 0
	for _, m := range d.c.Milestones {
		done += count(m.State == milestoneDone)
		open += count(m.State == milestoneOpen)
		due += count(m.State == milestoneOpen && !m.Due.IsZero() && !d.today.Before(m.Due))
	}
	bids := len(d.counting())
	x := map[string]struct {
		ok       bool
		what, do plan.Text
	}{
		"bids":            {bids >= g.AtLeast, say(fmt.Sprintf("有效揭榜 %d 份，需 %d 份", bids, g.AtLeast), fmt.Sprintf("%d bids count, %d are needed", bids, g.AtLeast)), say("延长征集或按流榜处理", "extend the call, or end it without a winner")},
		"no_bids":         {bids == 0, say(fmt.Sprintf("还有 %d 份有效揭榜", bids), fmt.Sprintf("%d bids count", bids)), say("按评榜程序办理", "go on with them")},
		"opened":          {d.c.Seal != nil && !d.c.Seal.Opened.IsZero(), say("揭榜材料尚未开启", "the bids are still sealed"), say("由两名密钥持有人录入密钥", "let two holders enter their parts of the key")},
		"tranche_left":    {planned > 0, say("没有待拨付的款项", "no tranche is left to pay"), say("先批复并确定分期", "approve and set the tranches first")},
		"tranches_done":   {owed == 0, say(fmt.Sprintf("还有 %d 笔款项未拨付", owed), fmt.Sprintf("%d tranches are not paid", owed)), say("先拨付或释放", "pay or release them first")},
		"year_left":       {d.c.Year < years, say(fmt.Sprintf("支持年限 %d 年已满", years), fmt.Sprintf("the %d years of support are over", years)), say("按办结处理", "close the case")},
		"years_done":      {d.c.Year >= years, say(fmt.Sprintf("现为第 %d 年，共 %d 年", d.c.Year, years), fmt.Sprintf("this is year %d of %d", d.c.Year, years)), say("进入下一年度", "go on with the next year")},
		"milestones_done": {done > 0 && open == 0 && done == len(d.c.Milestones), say(fmt.Sprintf("里程碑完成 %d 个，共 %d 个", done, len(d.c.Milestones)), fmt.Sprintf("%d of %d milestones are reached", done, len(d.c.Milestones))), say("先验收里程碑", "examine the milestones first")},
		"milestone_due":   {due > 0, say("没有到期的里程碑", "no milestone is due"), say("到期后再检查", "wait until one is due")},
	}[g.Kind]
	return d.counted(g, x.ok, x.what, x.do)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// differentFrom is the two-person rule: the actor is none of those who did these actions in the case.
func (d *decision) differentFrom(g *plan.Guard) zhuanhua.Reason {
	if d.by.User == nil {
		return met(g.Kind, say("由时限办理", "done by the clock"))
	}
	for _, a := range g.Actions {
		for _, id := range d.c.Actors[a.ID] {
			if d.same(id, d.by.User.ID) {
				return unmet(g.Kind, say("您办理过“"+d.titleOf(a.ID).ZH+"”，不能再办理“"+d.a.Title.ZH+"”", "you did \""+d.titleOf(a.ID).EN+"\" and cannot do \""+d.a.Title.EN+"\" as well"), say("由另一人办理", "let another person do it"))
			}
		}
	}
	return met(g.Kind, say("与"+d.titlesOf(g.Actions).ZH+"的不是同一人", "not who did "+d.titlesOf(g.Actions).EN))
}

// titlesOf names actions.
func (d *decision) titlesOf(refs []plan.Ref) plan.Text {
	var zh, en []string
	for _, r := range refs {
		zh, en = append(zh, "“"+d.titleOf(r.ID).ZH+"”"), append(en, "\""+d.titleOf(r.ID).EN+"\"")
	}
	return say(strings.Join(zh, "、"), strings.Join(en, ", "))
}

// unrelated is the duty to step back.
func (d *decision) unrelated() zhuanhua.Reason {
	if d.by.User == nil {
		return met("unrelated", say("由时限办理", "done by the clock"))
	}
	if why := d.interest(); !why.IsZero() && d.role != "applicant" && d.role != "winner" {
		return unmet("unrelated", why, say("请回避，由他人办理", "step back and let somebody else do it"))
	}
	return met("unrelated", say("与当事方没有已知关联", "no known relation to a party"))
}

// clockGuard checks whether a period runs, or has run out. One that stands still runs: it can go on.
func (d *decision) clockGuard(g *plan.Guard) zhuanhua.Reason {
	k := d.w.Clock(g.Clock.ID)
	x := d.clock(g.Clock.ID)
	title := k.Title
	never := unmet(g.Kind, say("“"+title.ZH+"”没有开始", "\""+title.EN+"\" has not started"), say("先办理使它开始的动作", "do first what starts it"))
	if x == nil {
		return never
	}
	over := isOver(*x, d.by.Now)
	last := say("最后一天是 "+x.Due.String(), "its last day is "+x.Due.String())
	if !x.Paused.IsZero() {
		last = say("现在中止计算", "it stands at present")
	}
	switch {
	case g.Kind == "clock_over" && over:
		return met(g.Kind, say("“"+title.ZH+"”已满（"+last.ZH+"）", "\""+title.EN+"\" is over ("+last.EN+")"))
	case g.Kind == "clock_over":
		return unmet(g.Kind, say("“"+title.ZH+"”未满，"+last.ZH, "\""+title.EN+"\" is not over: "+last.EN), say("到期后再办理", "wait until it is"))
	case over:
		return unmet(g.Kind, say("“"+title.ZH+"”已过，"+last.ZH+"（24:00 截止）", "\""+title.EN+"\" is over: "+last.EN+", until 24:00"), say("逾期不再受理", "what comes later is not taken"))
	case x.Stopped:
		return unmet(g.Kind, say("“"+title.ZH+"”已停止", "\""+title.EN+"\" was stopped"), say("不再受理", "it is not taken any more"))
	}
	return met(g.Kind, say("“"+title.ZH+"”之内（"+last.ZH+"）", "within \""+title.EN+"\" ("+last.EN+")"))
}

// valueGuard checks what a form says.
func (d *decision) valueGuard(g *plan.Guard) zhuanhua.Reason {
	f := d.s.Plan.Form(g.Form.ID).Field(g.Field.ID)
	v := d.c.Forms[g.Form.ID].Values[g.Field.ID]
	if g.Form.ID == "" {
		if v, f = d.field("", g.Field.ID); f == nil {
			return unmet(g.Kind, say("“"+g.Field.ID+"”没有填写", "\""+g.Field.ID+"\" is not filled in"), say("先填表", "fill the form in first"))
		}
	}
	if f == nil {
		return unmet(g.Kind, say("方案里没有字段 "+g.Form.ID+"."+g.Field.ID, "the plan has no field "+g.Form.ID+"."+g.Field.ID), say("请方案管理员检查流程", "ask the owner of the plan"))
	}
	title := say(f.Title.ZH, f.Title.EN)
	is := d.choice(f, v)
	var zh, en []string
	for _, r := range g.Is {
		if r.ID == v && v != "" {
			return met(g.Kind, say(title.ZH+"："+is.ZH, title.EN+": "+is.EN))
		}
		w := d.choice(f, r.ID)
		zh, en = append(zh, "“"+w.ZH+"”"), append(en, w.EN)
	}
	do := say("应为"+strings.Join(zh, "或"), "it should be "+strings.Join(en, " or "))
	if v == "" {
		return unmet(g.Kind, say("“"+title.ZH+"”没有填写", "\""+title.EN+"\" is not filled in"), do)
	}
	return unmet(g.Kind, say("“"+title.ZH+"”是“"+is.ZH+"”", "\""+title.EN+"\" is "+is.EN), do)
}

// choice is what a value of a field is called, for people; the value itself where it has no name.
func (d *decision) choice(f *plan.Field, v string) plan.Text {
	if f.Type == plan.FieldBool {
		switch v {
		case "true":
			return say("是", "yes")
		case "false":
			return say("否", "no")
		}
	}
	if w := d.s.Plan.Vocabulary(f.Vocabulary.ID).Find(v); w != nil {
		return w.Name
	}
	return say(v, v)
}

// linkedGuard checks that the case hangs on a record, and that a case it hangs on has got so far.
func (d *decision) linkedGuard(g *plan.Guard) zhuanhua.Reason {
	for _, l := range d.c.Links {
		if l.Kind != g.Link {
			continue
		}
		if g.Link != "case" {
			return met(g.Kind, say("已关联 "+l.ID, "linked to "+l.ID))
		}
		for _, o := range d.s.Linked {
			if o.ID == l.ID && o.Workflow == g.Of.ID && (g.State.ID == "" || o.State == g.State.ID) && (g.Outcome == "" || o.Outcome == g.Outcome) {
				return met(g.Kind, say("关联办件 "+l.ID+" 已到"+g.State.ID+g.Outcome, "the linked case "+l.ID+" is "+g.State.ID+g.Outcome))
			}
		}
	}
	what := say("没有关联的 "+g.Link, "no "+g.Link+" is linked")
	if g.Link == "case" {
		what = say("没有关联的“"+d.s.Plan.Workflow(g.Of.ID).Title.ZH+"”办件，或它尚未"+g.State.ID+g.Outcome, "no case of "+g.Of.ID+" is linked, or it is not "+g.State.ID+g.Outcome)
	}
	return unmet(g.Kind, what, say("开办时用 --link 关联", "link it when the case begins, with --link"))
}

// entitled checks that another case gives the right to claim. It concerns cases of that rule alone.
func (d *decision) entitled(g *plan.Guard) zhuanhua.Reason {
	if d.c.Rule != g.Rule.ID {
		return met(g.Kind, say("本规则不要求", "this rule does not ask for it"))
	}
	if i, _ := d.entitlement(g.Rule.ID); i >= 0 {
		return met(g.Kind, say("办件 "+d.s.Linked[i].ID+" 给予申请资格", "the case "+d.s.Linked[i].ID+" gives the right to apply"))
	}
	return unmet(g.Kind, say("没有可用的 "+g.Rule.ID+" 申请资格", "there is no unused right to apply under "+g.Rule.ID), say("用 --link case=办件编号 关联已验收的项目", "link the accepted project with --link case=ID"))
}

// entitlement finds an unused right to claim under a rule: the linked case, and its place in it.
func (d *decision) entitlement(rule string) (linked, place int) {
	for i, o := range d.s.Linked {
		ours := o.Organisation == d.c.Organisation || slices.Contains(o.Parties, d.c.Organisation)
		linked := slices.ContainsFunc(d.c.Links, func(l zhuanhua.Link) bool { return l.Kind == "case" && l.ID == o.ID })
		for j, e := range o.Entitles {
			if ours && linked && e.Rule == rule && (e.Used == "" || e.Used == d.c.ID) {
				return i, j
			}
		}
	}
	return -1, -1
}
