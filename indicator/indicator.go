// Package indicator counts what targets count: entries of registers that the plan says count, each unit with
// the record behind it. It is pure: entries and a day in, a figure out.
package indicator

import (
	"cmp"
	"fmt"
	"slices"

	"zhuanhua"
	"zhuanhua/plan"
)

// Count is what a target has come to on a day.
type Count struct {
	Target  string         `json:"target"`
	On      zhuanhua.Date  `json:"on"`
	Value   *int           `json:"value"` // nil where entries of registers do not count towards it
	Unit    string         `json:"unit"`
	UnitZH  string         `json:"unit_zh"`
	Records []Record       `json:"records"`
	NotSet  []plan.Missing `json:"not_set,omitempty"` // what the plan leaves open about the count
	Note    string         `json:"note,omitempty"`
}

// Record is an entry behind one unit of a count.
type Record struct {
	ID           string          `json:"id"`
	Register     string          `json:"register"`
	Name         string          `json:"name"`
	Organisation string          `json:"organisation,omitempty"`
	Region       zhuanhua.Region `json:"region,omitempty"`
	Since        zhuanhua.Date   `json:"since"`
	Case         string          `json:"case"`
	Why          plan.Text       `json:"why"`
}

// Of counts towards a target on a day. Entries that no rule of the target names are passed over, so that all
// may be handed in.
func Of(p *plan.Pack, target string, entries []zhuanhua.Accreditation, on zhuanhua.Date) (Count, error) {
	t := p.Target(target)
	if t == nil {
		return Count{}, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "target " + target, What: "方案里没有这个目标 the plan has no such target", Do: "see the targets with zhuanhua plan check"}
	}
	c := Count{Target: t.ID, On: on, Unit: t.Unit.EN, UnitZH: t.Unit.ZH, Records: []Record{}}
	if t.Value.Type == plan.TypeMoney { // money has one unit in every language of a plan
		c.UnitZH = "分"
	}
	ruled := false
	for _, r := range p.Registers {
		for _, rule := range r.Counts {
			if rule.Target.ID != t.ID {
				continue
			}
			ruled = true
			c.Records = append(c.Records, records(r, rule, since(rule, t), entries, on)...)
			c.open(t, rule)
		}
	}
	if !ruled {
		c.Note = later(p, t)
		return c, nil
	}
	slices.SortFunc(c.Records, byAge)
	n := len(c.Records)
	c.Value = &n
	return c, nil
}

// later says in one sentence why nothing is counted.
func later(p *plan.Pack, t *plan.Target) string {
	if p.CountsLater(t.ID) {
		return fmt.Sprintf("目标 %s 统计服务、合同或登记，不统计名录条目，待相应模块提供（%s counts services, contracts or registrations, which no register holds yet）。", t.ID, t.ID)
	}
	return fmt.Sprintf("方案没有写哪个名录计入目标 %s（the plan does not say which register counts towards %s）。", t.ID, t.ID)
}

// since is the day from which entries count: that of the rule, else of the target, else none.
func since(rule *plan.CountRule, t *plan.Target) zhuanhua.Date {
	if rule.From.IsZero() && rule.Open == nil {
		return t.Counts.From
	}
	return rule.From
}

// open notes what the plan leaves open.
func (c *Count) open(t *plan.Target, rule *plan.CountRule) {
	add := func(id string, n *plan.NotSet, assumed string) {
		if n == nil {
			return
		}
		m := plan.Missing{ID: id, Note: n.Note, SetBy: []string{}}
		for _, d := range n.SetBy {
			m.SetBy = append(m.SetBy, d.ID)
		}
		if assumed != "" {
			m.Assumed = &assumed
		}
		c.NotSet = append(c.NotSet, m)
	}
	add(t.ID+".mode", rule.Assumed, rule.Mode)
	if rule.From.IsZero() && t.Counts.From.IsZero() {
		add(t.ID+".from", cmp.Or(rule.Open, t.Counts.Open), "")
	}
}

// records are the entries that count by one rule: of those that count as one, the eldest.
func records(r *plan.Register, rule *plan.CountRule, from zhuanhua.Date, entries []zhuanhua.Accreditation, on zhuanhua.Date) []Record {
	by := map[string]Record{}
	for i := range entries {
		e := &entries[i]
		if e.Register != r.ID {
			continue
		}
		first, ok := counts(rule, e, on)
		if !ok || first.Before(from) {
			continue
		}
		x := Record{ID: e.ID, Register: e.Register, Name: e.Name(on), Organisation: e.Organisation, Region: e.Region, Since: first, Case: caseOf(e, first), Why: why(r, rule, e, first, on)}
		key := unit(rule, e)
		if have, there := by[key]; !there || byAge(x, have) < 0 {
			by[key] = x
		}
	}
	var out []Record
	for _, x := range by {
		out = append(out, x)
	}
	return out
}

// byAge orders records by the day since which they count.
func byAge(a, b Record) int {
	return cmp.Or(cmp.Compare(a.Since.String(), b.Since.String()), cmp.Compare(a.ID, b.ID))
}

// unit is what makes two entries one unit.
func unit(rule *plan.CountRule, e *zhuanhua.Accreditation) string {
	v := map[string]string{"entry": e.ID, "organisation": e.Organisation, "person": e.Person}[rule.DistinctBy]
	if !slices.Contains([]string{"entry", "organisation", "person"}, rule.DistinctBy) {
		v = e.Values[rule.DistinctBy]
	}
	if v == "" {
		return "\x00" + e.ID // of whom nothing is said counts by itself
	}
	return v
}

// counts reports whether an entry counts on a day by a rule, and the first day on which it met the rule.
func counts(rule *plan.CountRule, e *zhuanhua.Accreditation, on zhuanhua.Date) (zhuanhua.Date, bool) {
	if !slices.Contains(rule.States, e.State(on)) || !where(rule, e, on) {
		return zhuanhua.Date{}, false
	}
	var first zhuanhua.Date
	for _, day := range turns(e) {
		active := e.State(day) == zhuanhua.EntryActive || rule.Mode == "stock" && slices.Contains(rule.States, e.State(day))
		if !on.Before(day) && active && where(rule, e, day) && (first.IsZero() || day.Before(first)) {
			first = day
		}
	}
	return first, !first.IsZero()
}

// turns are the days on which something about an entry begins.
func turns(e *zhuanhua.Accreditation) []zhuanhua.Date {
	var out []zhuanhua.Date
	for _, s := range e.Spans {
		out = append(out, s.From)
	}
	for _, g := range e.Grades {
		out = append(out, g.From)
	}
	return out
}

// where reports whether an entry's field says what the rule asks, on a day.
func where(rule *plan.CountRule, e *zhuanhua.Accreditation, on zhuanhua.Date) bool {
	if rule.Where == nil {
		return true
	}
	v := e.Values[rule.Where.Field.ID]
	if rule.Where.Field.ID == "grade" {
		v = e.Grade(on)
	}
	return slices.ContainsFunc(rule.Where.Is, func(r plan.Ref) bool { return r.ID == v })
}

// caseOf is the case that decided the period which a day lies in.
func caseOf(e *zhuanhua.Accreditation, day zhuanhua.Date) string {
	for _, g := range e.Grades {
		if g.From == day && g.Case != "" {
			return g.Case
		}
	}
	if s := e.On(day); s != nil {
		return s.Case
	}
	return ""
}

// why says what makes an entry count.
func why(r *plan.Register, rule *plan.CountRule, e *zhuanhua.Accreditation, first, on zhuanhua.Date) plan.Text {
	t := plan.Text{ZH: "名录“" + r.Title.ZH + "”，" + first.String() + " 起", EN: "register " + r.ID + ", since " + first.String()}
	if rule.Where != nil {
		field := plan.Text{ZH: rule.Where.Field.ID, EN: rule.Where.Field.ID}
		if f := r.Field(rule.Where.Field.ID); f != nil {
			field = f.Title
		}
		t.ZH += "，" + field.ZH + "符合"
		t.EN += ", " + field.EN + " as asked"
	}
	t.ZH += "；" + on.String() + stateWord(e.State(on))
	t.EN += "; " + e.State(on) + " on " + on.String()
	return t
}

// stateWord is a state in Chinese.
func stateWord(state string) string {
	words := map[string]string{zhuanhua.EntryActive: "有效", zhuanhua.EntrySuspended: "暂停", zhuanhua.EntryRevoked: "已撤销", zhuanhua.EntryExpired: "已到期",
		zhuanhua.EntryMerged: "已合并", zhuanhua.EntryClosed: "已注销"}
	return cmp.Or(words[state], state)
}
