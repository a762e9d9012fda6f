package diff

import (
	"strings"

	"zhuanhua/plan"
)

// ruleSubject is a money rule, the figures first: they are what people look for.
func ruleSubject(p *plan.Pack, r *plan.Rule) *subject {
	s := &subject{area: "rule", id: r.ID, title: r.Title, whom: []plan.Text{r.Beneficiary}}
	// Rates, caps, floors and years are all parameters, so one loop says them all.
	for _, x := range r.Parameters {
		key := "parameter." + x.Name
		name := say(x.Title.ZH+"（"+r.ID+"."+x.Name+"）", x.Title.EN+" ("+r.ID+"."+x.Name+")")
		s.aspects = append(s.aspects, aspect{key: key, main: true, name: name, value: settingsText(p, x)})
		for _, c := range x.Choices {
			s.aspects = append(s.aspects, aspect{key: key + ".choice." + c.Code, parent: key, name: say(name.ZH+"的选项", "choice of "+name.EN), value: c.Name})
		}
	}
	for _, c := range r.Conditions {
		s.aspects = append(s.aspects, conditionAspects(r, c)...)
	}
	s.amount(r)
	s.bounds(r)
	s.aspects = append(s.aspects, aspect{key: "valid", name: say("有效期", "validity"), value: periodText(r.Valid)},
		aspect{key: "beneficiary", name: say("受益人", "beneficiary"), value: r.Beneficiary},
		aspect{key: "title", name: say("名称", "title"), value: r.Title},
		aspect{key: "measure", name: say("所属条目", "item"), value: same(r.Measure.ID)},
		aspect{key: "source", name: say("出处", "source"), value: p.SourceText(r.Source)})
	for _, f := range r.Facts {
		s.aspects = append(s.aspects, aspect{key: "fact." + f.ID, name: say("要问的事实", "fact asked for"), value: p.Fact(f.ID).Title})
	}
	for _, o := range r.Open {
		s.aspects = append(s.aspects, aspect{key: "open." + o.Name, name: say("方案未写明的事项", "what the plan leaves open"), value: o.NotSet.Note})
	}
	return s
}

// settingsText says what a parameter is worth, and when, where that changes in time.
func settingsText(p *plan.Pack, x *plan.Parameter) plan.Text {
	switch {
	case x.Assumed != nil:
		v := p.ParameterText(x, x.Assumed.Value)
		return say("暂定 "+v.ZH, "assumed "+v.EN)
	case len(x.Values) == 0:
		return say("未设定", "not set")
	}
	var zh, en []string
	for _, s := range x.Values {
		v, days := p.ParameterText(x, s.Value), periodText(s.Valid)
		if !s.Valid.From.IsZero() || !s.Valid.To.IsZero() {
			v = say(v.ZH+"（"+days.ZH+"）", v.EN+" ("+days.EN+")")
		}
		zh, en = append(zh, v.ZH), append(en, v.EN)
	}
	return say(strings.Join(zh, "，"), strings.Join(en, ", "))
}

// conditionAspects are a condition and what of it can change by itself: the test decides, the words tell
// people what it decides, and one without the other is worth noticing.
func conditionAspects(r *plan.Rule, c *plan.Condition) []aspect {
	key, text := "condition."+c.ID, plain(r, c.Text)
	name := say("条件“"+text.ZH+"”", "condition \""+text.EN+"\"")
	return []aspect{
		{key: key, main: true, name: say("条件", "condition"), value: text},
		{key: key + ".when", parent: key, name: say(name.ZH+"的判断", "test of "+name.EN), value: same(strings.Join(strings.Fields(c.When.Code), " "))},
		{key: key + ".need", parent: key, name: say(name.ZH+"的要求", "need of "+name.EN), value: plain(r, c.Need)},
		{key: key + ".next", parent: key, name: say(name.ZH+"的建议", "advice of "+name.EN), value: plain(r, c.Next)},
		{key: key + ".reach", parent: key, name: say(name.ZH+"的远近", "reach of "+name.EN), value: reachText(c.Reach)},
		{key: key + ".source", parent: key, name: say(name.ZH+"的出处", "source of "+name.EN), value: same(c.Source.Doc + " " + c.Source.Article + " " + c.Source.Item)},
	}
}

// reachText says how near a condition is to who does not meet it.
func reachText(r plan.Reach) plan.Text {
	return map[plan.Reach]plan.Text{plan.ReachNow: say("当下可办", "can be mended now"), plan.ReachLater: say("须待条件具备", "takes an event or time"), plan.ReachNever: say("本案无法改变", "cannot change in this case")}[r]
}

// plain puts the names of parameters in place of {{name}}: their values have lines of their own, and
// would show here as a second change.
func plain(r *plan.Rule, t plan.Text) plan.Text {
	for _, p := range r.Parameters {
		t.ZH = strings.ReplaceAll(t.ZH, "{{"+p.Name+"}}", "〔"+p.Title.ZH+"〕")
		t.EN = strings.ReplaceAll(t.EN, "{{"+p.Name+"}}", "["+p.Title.EN+"]")
	}
	return t
}

// amount lists the steps of the calculation, or why there is none.
func (s *subject) amount(r *plan.Rule) {
	if r.Amount == nil {
		s.aspects = append(s.aspects, aspect{key: "amount", name: say("金额", "amount"), value: r.NoAmount})
		return
	}
	for _, step := range r.Amount.Steps {
		s.aspects = append(s.aspects, aspect{key: "step." + step.ID, name: say("计算步骤“"+step.Text.ZH+"”", "step \""+step.Text.EN+"\""), value: same(strings.Join(strings.Fields(step.Value.Code), " "))})
	}
}

// bounds says which parameters bound the answer; a bound that is dropped leaves its parameter behind.
func (s *subject) bounds(r *plan.Rule) {
	for _, b := range []struct {
		key  string
		name plan.Text
		of   plan.Ref
	}{
		{"cap", say("封顶", "cap"), r.Cap},
		{"floor", say("下限", "floor"), r.Floor},
		{"years", say("最长年数", "most years"), r.Years},
		{"yearly_gate", say("年度把关的条件", "condition judged each year"), r.YearlyGate},
	} {
		if b.of.ID != "" {
			s.aspects = append(s.aspects, aspect{key: b.key, name: b.name, value: same(r.ID + "." + b.of.ID)})
		}
	}
	if r.Once {
		s.aspects = append(s.aspects, aspect{key: "once", name: say("次数", "how often"), value: say("只补一次", "once only")})
	}
	for _, t := range r.Tranches {
		s.aspects = append(s.aspects, aspect{key: "tranche." + t.When.ZH, name: say("分期拨付", "tranche"), value: say(plan.Percent(t.Share)+" "+t.When.ZH, plan.Percent(t.Share)+" "+t.When.EN)})
	}
}
