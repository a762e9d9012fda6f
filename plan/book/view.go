package book

import (
	"cmp"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// content is a book as its pages show it.
type content struct {
	*plan.Pack
	Lang, Other     string // language of this edition; file of the other
	Heading, Years  string // the title; what stands in brackets at its end
	MeasureCount    int    // without the safeguards
	ItemCount       int
	Works, Recorded int
	TrialCount      int
	Chapters        []chapter
	Safeguards      []measure
	Goals           []goal
	Rules           []rule
	PairTrials      []pairTrial
	Flows           []workflowView
	Lists           []registerView
	Asks            []formView
	Facts           []factView
	Unset           []unsetGroup
	UnsetCount      int
	Duties          []duty
	Index           []indexGroup
}

// safeguards is the measure that holds no numbered measure but the safeguards.
const safeguards = "S"

func (b *builder) content(results []plan.TrialResult) (*content, error) {
	p := b.pack
	c := &content{Pack: p, Lang: b.say("zh-Hans-CN", "en"), Other: b.say("en.html", "index.html"), ItemCount: len(b.states), TrialCount: len(results)}
	for _, s := range b.states {
		if s.State == plan.Works {
			c.Works++
		}
	}
	c.Recorded = c.ItemCount - c.Works
	c.Chapters, c.Safeguards = b.measures()
	c.MeasureCount = len(p.Measures) - len(c.Safeguards)
	c.Heading, c.Years = brackets(b.in(p.Title))
	for _, t := range p.Targets {
		c.Goals = append(c.Goals, goal{t, b.required(t), b.bound(t)})
	}
	for _, r := range p.Rules {
		v, err := b.rule(r, results)
		if err != nil {
			return nil, err
		}
		c.Rules = append(c.Rules, *v)
	}
	for _, r := range results {
		if r.Trial.Expect.Answer != "" {
			c.PairTrials = append(c.PairTrials, pairTrial{r.Trial, p.Stack(r.Trial.Pair[0].ID, r.Trial.Pair[1].ID).Answer})
		}
	}
	for _, f := range p.Facts {
		c.Facts = append(c.Facts, factView{f, b.asks(f.ID)})
	}
	c.Flows, c.Asks, c.Lists = b.workflows(), b.forms(), b.registers()
	c.Unset, c.UnsetCount = b.unset(), len(p.NotSet())
	c.Duties = b.duties()
	c.Index = b.index()
	return c, nil
}

// chapter is measures that stand together in the plan.
type chapter struct {
	Name     string
	Measures []measure
}

// measure is a measure and how many of its items work.
type measure struct {
	*plan.Measure
	Works int
}

// measures are the measures by chapter, and the safeguards apart.
func (b *builder) measures() (chapters []chapter, apart []measure) {
	for _, m := range b.pack.Measures {
		v := measure{Measure: m}
		for _, i := range m.Items {
			if b.state(i.ID) == plan.Works {
				v.Works++
			}
		}
		switch n := len(chapters); {
		case m.ID == safeguards:
			apart = append(apart, v)
		case n > 0 && chapters[n-1].Name == m.Chapter:
			chapters[n-1].Measures = append(chapters[n-1].Measures, v)
		default:
			chapters = append(chapters, chapter{m.Chapter, []measure{v}})
		}
	}
	return chapters, apart
}

// goal is a target with its bound in words and in figures.
type goal struct {
	*plan.Target
	Required, Bound string
}

// pairTrial is a trial of the stacking table and the answer that the table gives.
type pairTrial struct {
	*plan.Trial
	Answer string
}

// factView is a fact and the rules that ask for it.
type factView struct {
	*plan.Fact
	Rules []string
}

// asks lists the rules that ask for a fact.
func (b *builder) asks(fact string) []string {
	var out []string
	for _, r := range b.pack.Rules {
		if r.Asks(fact) {
			out = append(out, r.ID)
		}
	}
	return out
}

// unsetGroup is values of one sort that the plan leaves open.
type unsetGroup struct {
	Title plan.Text
	Note  plan.Text
	Rows  []unsetRow
}

// unsetRow is one value that the plan leaves open.
type unsetRow struct {
	ID, Anchor string
	Title      string // what it is called; "" where only the id says it
	Note       plan.Text
	Assumed    string
	SetBy      []office
}

// unset lists everything that the plan leaves open, by how much hangs on it: values that an amount
// waits for, values that stand in, and the rest.
func (b *builder) unset() []unsetGroup {
	groups := []unsetGroup{
		{Title: plan.Text{ZH: "金额等它们来算", EN: "Amounts wait for these"}, Note: plan.Text{ZH: "没有设定之前，规则只答“符合，金额未定”。", EN: "Until they are set, a rule answers “eligible, the amount is not set”."}},
		{Title: plan.Text{ZH: "方案没有写，暂用的值", EN: "The plan is silent, a value stands in"}, Note: plan.Text{ZH: "计算时用暂定值；有权设定的部门可以改。", EN: "Answers use the value that stands in; whoever may set it can change it."}},
		{Title: plan.Text{ZH: "预算、拨付、扣除等", EN: "Budgets, payment, deductions"}},
		{Title: plan.Text{ZH: "目标的起算日", EN: "From when targets count"}},
		{Title: plan.Text{ZH: "叠加", EN: "Stacking"}},
		{Title: plan.Text{ZH: "名录的有效期和评价", EN: "Terms and evaluations of registers"}, Note: plan.Text{ZH: "按暂定值办理；有权设定的部门可以改。", EN: "What stands in is used; whoever may set it can change it."}},
		{Title: plan.Text{ZH: "办理时限和专家人数", EN: "Periods and numbers of experts"}, Note: plan.Text{ZH: "办理按暂定值进行；有权设定的部门可以改。", EN: "Cases go by what stands in; whoever may set it can change it."}},
	}
	for _, m := range b.pack.NotSet() {
		row, group := b.unsetRow(m)
		groups[group].Rows = append(groups[group].Rows, row)
	}
	return slices.DeleteFunc(groups, func(g unsetGroup) bool { return len(g.Rows) == 0 })
}

func (b *builder) unsetRow(m plan.Missing) (unsetRow, int) {
	row := unsetRow{ID: m.ID, Anchor: b.anchor(m.ID), Note: m.Note}
	for _, code := range m.SetBy {
		row.SetBy = append(row.SetBy, b.offices([]plan.Ref{{ID: code}})...)
	}
	if strings.HasPrefix(m.ID, "stacking") {
		return row, 4
	}
	owner, name, _ := strings.Cut(m.ID, ".")
	if w := b.pack.Workflow(owner); w != nil {
		row.Title, row.Assumed = b.assumed(w, name)
		return row, 6
	}
	if r := b.pack.Register(owner); r != nil {
		row.Title = b.registerTitle(r, name)
		return row, 5
	}
	if t := b.pack.Target(owner); t != nil {
		row.Title = b.in(t.Title)
		return row, 3
	}
	if r := b.pack.Rule(owner); r != nil && r.Parameter(name) != nil {
		x := r.Parameter(name)
		row.Title = b.in(x.Title)
		if x.Assumed == nil {
			return row, 0
		}
		row.Assumed = b.value(x, x.Assumed.Value)
		return row, 1
	}
	return row, 2
}

// anchor is the place in the book where something that the plan leaves open stands.
func (b *builder) anchor(id string) string {
	if owner, _, _ := strings.Cut(id, "."); b.pack.Target(owner) != nil {
		return owner
	}
	return strings.NewReplacer(" ", "-", "+", "-").Replace(id)
}

// duty is what falls to one department.
type duty struct {
	*plan.Department
	Leads, Joins []*plan.Measure
	Sets         []string // names of what it may set
}

func (b *builder) duties() []duty {
	var out []duty
	for _, d := range b.pack.Departments {
		v := duty{Department: d}
		is := func(r plan.Ref) bool { return r.ID == d.Code }
		for _, m := range b.pack.Measures {
			if slices.ContainsFunc(m.Lead, is) {
				v.Leads = append(v.Leads, m)
			}
			if slices.ContainsFunc(m.With, is) {
				v.Joins = append(v.Joins, m)
			}
		}
		for _, m := range b.pack.NotSet() {
			if slices.Contains(m.SetBy, d.Code) {
				v.Sets = append(v.Sets, m.ID)
			}
		}
		out = append(out, v)
	}
	return out
}

// indexGroup is ids that stand together in the index.
type indexGroup struct {
	Title string
	IDs   []string
}

// index lists every id of the plan: items measure by measure, then targets, rules and parameters.
func (b *builder) index() []indexGroup {
	own := indexGroup{Title: b.say("总则", "General")}
	for _, i := range b.pack.Items {
		own.IDs = append(own.IDs, i.ID)
	}
	out := []indexGroup{own}
	for _, m := range b.pack.Measures {
		g := indexGroup{Title: m.ID}
		for _, i := range m.Items {
			g.IDs = append(g.IDs, i.ID)
		}
		out = append(out, g)
	}
	goals := indexGroup{Title: b.say("目标", "Targets")}
	for _, t := range b.pack.Targets {
		goals.IDs = append(goals.IDs, t.ID)
	}
	out = append(out, goals)
	for _, r := range b.pack.Rules {
		g := indexGroup{Title: b.say("规则", "Rule"), IDs: []string{r.ID}}
		for _, x := range r.Parameters {
			g.IDs = append(g.IDs, r.ID+"."+x.Name)
		}
		out = append(out, g)
	}
	return slices.DeleteFunc(out, func(g indexGroup) bool { return len(g.IDs) == 0 })
}

// brackets parts a title from what stands in brackets at its end, which is not to be split over lines.
func brackets(title string) (head, tail string) {
	if i := strings.LastIndexAny(title, "（("); i > 0 && (strings.HasSuffix(title, "）") || strings.HasSuffix(title, ")")) {
		return title[:i], title[i:]
	}
	return title, ""
}

// first is the day that a rule's words are said for: its own first day.
func (b *builder) first(r *plan.Rule) zhuanhua.Date {
	return cmp.Or(r.Valid.From, b.pack.Valid.From)
}
