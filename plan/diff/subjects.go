package diff

import (
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

func say(zh, en string) plan.Text { return plan.Text{ZH: zh, EN: en} }

func same(s string) plan.Text { return plan.Text{ZH: s, EN: s} }

// subjects lists everything of a plan that has changes. Trials are left out: they are not what the plan
// grants but how it is tested, and a change that matters shows in their answers.
func subjects(p *plan.Pack) []*subject {
	out := []*subject{planSubject(p)}
	for _, r := range p.Rules {
		out = append(out, ruleSubject(p, r))
	}
	for _, s := range p.Stacking.Pairs {
		out = append(out, pairSubject(p, s))
	}
	for _, t := range p.Targets {
		out = append(out, targetSubject(p, t))
	}
	for _, m := range p.Measures {
		out = append(out, measureSubject(p, m))
	}
	for _, d := range p.Departments {
		out = append(out, &subject{area: "department", id: d.Code, title: d.Name, whom: []plan.Text{d.Name},
			aspects: []aspect{{key: "name", name: say("名称", "name"), value: d.Name}}})
	}
	for _, f := range p.Facts {
		out = append(out, factSubject(p, f))
	}
	for _, v := range p.Vocabularies {
		out = append(out, vocabularySubject(p, v))
	}
	return out
}

// everyone is whom a change of the plan as a whole concerns.
func everyone() []plan.Text {
	return []plan.Text{say("适用本方案的所有单位", "everybody under the plan")}
}

// planSubject is the plan as a whole: its days and its region reach every rule.
func planSubject(p *plan.Pack) *subject {
	s := &subject{area: "plan", id: p.ID, title: p.Title, whom: everyone(), aspects: []aspect{
		{key: "version", name: say("版本", "version"), value: same(p.Version)},
		{key: "valid", name: say("有效期", "validity"), value: periodText(p.Valid)},
		{key: "region", name: say("地区", "region"), value: same(string(p.Region))},
		{key: "title", name: say("标题", "title"), value: p.Title},
		{key: "issuer", name: say("发文机关", "issuer"), value: p.Issuer},
		{key: "dated", name: say("发文日期", "date of issue"), value: same(p.Dated.String())},
		{key: "stacking", name: say("没有列出的两项规则能否叠加", "two rules that are not listed, on one contract"), value: answerText(p.Stacking.Default)},
	}}
	if p.Replaces != "" {
		s.aspects = append(s.aspects, aspect{key: "replaces", name: say("取代的版本", "version that it replaces"), value: same(p.Replaces)})
	}
	for _, d := range p.Documents {
		s.aspects = append(s.aspects, aspect{key: "document." + d.ID, name: say("依据文件 "+d.ID, "document "+d.ID), value: d.Title})
	}
	for _, b := range p.LegalBases {
		s.aspects = append(s.aspects, aspect{key: "legal_base." + b.ID, name: say("法律依据", "legal base"), value: same(b.ID)})
	}
	for _, i := range p.Items {
		s.aspects = append(s.aspects, itemAspects(i)...)
	}
	return s
}

// periodText is a validity in words; a thing without days of its own holds as long as the plan.
func periodText(v zhuanhua.Period) plan.Text {
	switch {
	case v.From.IsZero() && v.To.IsZero():
		return say("随方案", "with the plan")
	case v.To.IsZero():
		return say(v.From.String()+" 起", "from "+v.From.String())
	case v.From.IsZero():
		return say("至 "+v.To.String(), "to "+v.To.String())
	}
	return say(v.From.String()+" 至 "+v.To.String(), v.From.String()+" to "+v.To.String())
}

// answerText says what a stacking table answers.
func answerText(answer string) plan.Text {
	return map[string]plan.Text{"allow": say("可以叠加", "may both be claimed"), "refuse": say("不能叠加", "may not both be claimed"), "flag": say("由人决定", "a person decides")}[answer]
}

// pairSubject is an answer for two rules; it concerns both who would claim.
func pairSubject(p *plan.Pack, s *plan.StackingPair) *subject {
	out := &subject{area: "stacking", id: s.Rules[0].ID + "+" + s.Rules[1].ID}
	var zh, en []string
	for _, ref := range s.Rules {
		if r := p.Rule(ref.ID); r != nil {
			out.whom = append(out.whom, r.Beneficiary)
			zh, en = append(zh, r.Title.ZH), append(en, r.Title.EN)
		}
	}
	out.title = say(strings.Join(zh, " 与 "), strings.Join(en, " with "))
	out.aspects = []aspect{
		{key: "answer", main: true, name: say("能否叠加", "both on one contract"), value: answerText(s.Answer)},
		{key: "why", name: say("理由", "reason"), value: s.Why},
	}
	return out
}

// targetSubject is a target; it concerns the office that leads the measure, which has to reach it.
func targetSubject(p *plan.Pack, t *plan.Target) *subject {
	s := &subject{area: "target", id: t.ID, title: t.Title}
	measure, _, _ := strings.Cut(t.Measure.ID, ".")
	if m := p.Measure(measure); m != nil {
		s.whom = departments(p, m.Lead)
	}
	value := say(t.Op+" "+t.Value.String()+" "+t.Unit.ZH, t.Op+" "+t.Value.String()+" "+t.Unit.EN)
	if t.Value.Type == plan.TypeMoney {
		money := plan.MoneyText(t.Value.Money)
		value = say(t.Op+" "+money.ZH, t.Op+" "+money.EN)
	}
	s.aspects = []aspect{
		{key: "value", main: true, name: say("目标值", "target"), value: value},
		{key: "by", main: true, name: say("期限", "due"), value: same(t.By.String())},
		{key: "wording", name: say("措辞", "wording"), value: map[string]plan.Text{"strive": say("力争", "strive for"), "plain": say("达到", "reach")}[t.Wording]},
		{key: "title", name: say("名称", "title"), value: t.Title},
		{key: "measure", name: say("所属条目", "item"), value: same(t.Measure.ID)},
		{key: "counts", name: say("统计口径", "what counts"), value: t.Counts.What},
		{key: "since", name: say("统计起点", "counted since"), value: since(t.Counts)},
	}
	return s
}

// since is the day from which a target is counted, which moves a target as much as its figure.
func since(c plan.Counting) plan.Text {
	if c.From.IsZero() {
		return say("未写明", "not stated")
	}
	return same(c.From.String())
}

// departments are the names of offices.
func departments(p *plan.Pack, refs []plan.Ref) []plan.Text {
	var out []plan.Text
	for _, r := range refs {
		if d := p.Department(r.ID); d != nil {
			out = append(out, d.Name)
		}
	}
	return out
}

// measureSubject is a measure with its duties office by office: a list that changes as a whole would leave
// the reader to find out who is in it no more.
func measureSubject(p *plan.Pack, m *plan.Measure) *subject {
	s := &subject{area: "measure", id: m.ID, title: m.Title, whom: append(departments(p, m.Lead), departments(p, m.With)...)}
	s.aspects = []aspect{
		{key: "title", name: say("标题", "title"), value: m.Title},
		{key: "valid", name: say("有效期", "validity"), value: periodText(m.Valid)},
	}
	duty := func(refs []plan.Ref, value plan.Text) {
		for i, name := range departments(p, refs) {
			s.aspects = append(s.aspects, aspect{key: "duty." + refs[i].ID, main: true, name: say(name.ZH+"的职责", "duty of "+name.EN), value: value})
		}
	}
	duty(m.Lead, say("牵头", "leads"))
	duty(m.With, say("配合", "takes part"))
	for _, i := range m.Items {
		s.aspects = append(s.aspects, itemAspects(i)...)
	}
	return s
}

// itemAspects are what a numbered item says, its days, and what in the program carries it.
func itemAspects(i *plan.Item) []aspect {
	key := "item." + i.ID
	return []aspect{
		{key: key, name: say("条目 "+i.ID, "item "+i.ID), value: i.Text},
		{key: key + ".valid", parent: key, name: say("条目 "+i.ID+" 的有效期", "validity of item "+i.ID), value: periodText(i.Valid)},
		{key: key + ".carried", parent: key, name: say("承担条目 "+i.ID+" 的", "carrier of item "+i.ID), value: same(i.Carried.Kind + " " + i.Carried.Ref.ID)},
	}
}

// whomFact are those who claim under the rules that ask for a fact.
func whomFact(p *plan.Pack, asks func(*plan.Rule) bool) []plan.Text {
	var out []plan.Text
	for _, r := range p.Rules {
		if asks(r) {
			out = append(out, say(r.ID+" "+r.Beneficiary.ZH, r.ID+" "+r.Beneficiary.EN))
		}
	}
	return out
}

// factSubject is something that people are asked.
func factSubject(p *plan.Pack, f *plan.Fact) *subject {
	s := &subject{area: "fact", id: f.ID, title: f.Title, whom: whomFact(p, func(r *plan.Rule) bool { return r.Asks(f.ID) })}
	s.aspects = []aspect{
		{key: "type", name: say("类型", "type"), value: same(strings.TrimSpace(string(f.Type) + " " + f.Vocabulary.ID))},
		{key: "unit", name: say("单位", "unit"), value: f.Unit},
		{key: "title", name: say("名称", "title"), value: f.Title},
		{key: "question", name: say("问法", "question"), value: f.Question},
	}
	return s
}

// vocabularySubject is a list of words; it concerns those whose rules compare with it.
func vocabularySubject(p *plan.Pack, v *plan.Vocabulary) *subject {
	s := &subject{area: "vocabulary", id: v.ID, title: v.Title}
	s.whom = whomFact(p, func(r *plan.Rule) bool {
		for _, ref := range r.Facts {
			if p.Fact(ref.ID).Vocabulary.ID == v.ID {
				return true
			}
		}
		return false
	})
	for _, w := range v.Values {
		s.aspects = append(s.aspects, aspect{key: "word." + w.Code, main: true, name: say("词 "+w.Code, "word "+w.Code), value: w.Name})
	}
	return s
}
