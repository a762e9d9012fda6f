package web

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/indicator"
	"zhuanhua/plan"
	"zhuanhua/web/words"
)

// policyView is the hall of measures and money rules.
type policyView struct {
	Pack     *plan.Pack
	Chapters []chapterView
	Rules    []ruleRow
}

// chapterView is measures that stand together in the plan.
type chapterView struct {
	Name     string
	Measures []*plan.Measure
}

// ruleRow is one money rule in a list.
type ruleRow struct {
	*plan.Rule
	Cap string // the most it gives, where the plan says so
}

// safeguards is the measure that is none of the twenty.
const safeguards = "S"

func (s *Server) policy(c *call) error {
	p := s.o.Pack
	v := &policyView{Pack: p}
	for _, m := range p.Measures {
		if m.ID == safeguards {
			continue
		}
		if n := len(v.Chapters); n == 0 || v.Chapters[n-1].Name != m.Chapter {
			v.Chapters = append(v.Chapters, chapterView{Name: m.Chapter})
		}
		last := &v.Chapters[len(v.Chapters)-1]
		last.Measures = append(last.Measures, m)
	}
	for _, r := range p.Rules {
		v.Rules = append(v.Rules, ruleRow{r, c.cap(r)})
	}
	page := &page{Name: "policy", Title: c.say("policy.title"), Hall: "policy", Brief: c.say("policy.brief"), Data: v}
	page.Crumbs = []crumb{{"", c.say("hall.policy")}}
	return c.show(page)
}

// cap is the most that a rule gives today.
func (c *call) cap(r *plan.Rule) string {
	x := r.Parameter(r.Cap.ID)
	if r.Cap.ID == "" || x == nil {
		return ""
	}
	set := x.On(c.dayToday())
	if set == nil || set.Value.Type != plan.TypeMoney {
		return ""
	}
	return speaker{c.Server, c.lang}.money(set.Value.Money)
}

// dayToday is the calendar day in Beijing.
func (c *call) dayToday() zhuanhua.Date { return dayOf(c.today()) }

func dayOf(t time.Time) zhuanhua.Date {
	return zhuanhua.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}

// measureView is one measure with what carries its items.
type measureView struct {
	*plan.Measure
	Lead, With []plan.Text
	Rules      map[string]*plan.Rule
	Targets    map[string]*plan.Target
	Prev, Next *plan.Measure
}

func (s *Server) measure(c *call) error {
	p := s.o.Pack
	m := p.Measure(c.r.PathValue("id"))
	if m == nil {
		return statusError(http.StatusNotFound)
	}
	v := &measureView{Measure: m, Rules: map[string]*plan.Rule{}, Targets: map[string]*plan.Target{}}
	for _, refs := range []struct {
		from []plan.Ref
		to   *[]plan.Text
	}{{m.Lead, &v.Lead}, {m.With, &v.With}} {
		for _, ref := range refs.from {
			if d := p.Department(ref.ID); d != nil {
				*refs.to = append(*refs.to, d.Name)
			}
		}
	}
	for _, i := range m.Items {
		switch i.Carried.Kind {
		case "rule":
			v.Rules[i.ID] = p.Rule(i.Carried.Ref.ID)
		case "target":
			v.Targets[i.ID] = p.Target(i.Carried.Ref.ID)
		}
	}
	for i, x := range p.Measures {
		if x.ID == m.ID && i > 0 {
			v.Prev = p.Measures[i-1]
		}
		if x.ID == m.ID && i+1 < len(p.Measures) {
			v.Next = p.Measures[i+1]
		}
	}
	page := &page{Name: "measure", Title: c.text(m.Title), Hall: "policy", Data: v}
	page.Crumbs = []crumb{{"/policy", c.say("hall.policy")}, {"", m.ID}}
	return c.show(page)
}

// yuanForm finds the amounts in the plan's words.
var yuanForm = regexp.MustCompile(`([0-9][0-9,]*\.[0-9]{2}) 元`)

// inWan writes the amounts in a Chinese text in 万元, as every page does; small ones stay in 元.
func (c *call) inWan(s string) string {
	if c.lang != words.ZH {
		return s
	}
	s = yuanForm.ReplaceAllStringFunc(s, func(m string) string {
		digits := strings.ReplaceAll(strings.TrimSuffix(m, " 元"), ",", "")
		v, ok := zhuanhua.ParseMoney(digits)
		if !ok || v != 0 && v < zhuanhua.WanYuan/100 {
			return m
		}
		return speaker{c.Server, c.lang}.wanPlain(v) + "万元"
	})
	return typedBlank.ReplaceAllString(s, "$1$3$2$4")
}

// typedBlank is a blank that somebody typed between Chinese and a figure: style draws it.
var typedBlank = regexp.MustCompile(`([\p{Han}：；，]) ([0-9])|([0-9%元]) (\p{Han})`)

// Plain is one of the plan's texts, its amounts in 万元.
func (p *page) Plain(t plan.Text) string { return p.inWan(p.text(t)) }

// SourceText says where something is written.
func (p *page) SourceText(s plan.Source) string { return p.text(p.o.Pack.SourceText(s)) }

// targetView is a target with the figure that is there.
type targetView struct {
	*plan.Target
	Goal   string // with unit
	Now    string // "" where no register counts towards it
	Filled int    // percent of the goal
	Mark   int    // percent of the time that is over
	Count  indicator.Count
}

// targets are the targets of the plan today.
func (c *call) targets() ([]targetView, error) {
	var out []targetView
	for _, t := range c.o.Pack.Targets {
		v, err := c.targetOf(t)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// targetOf is a target with what registers count towards it today, as everybody may know it: the figure is the same
// whoever reads it.
func (c *call) targetOf(t *plan.Target) (targetView, error) {
	v := targetView{Target: t, Goal: c.goal(t)}
	from, to := c.o.Pack.Valid.From, t.By
	whole := days(from, to)
	if whole > 0 {
		v.Mark = min(100, max(0, days(from, c.dayToday())*100/whole))
	}
	if c.o.Desk == nil {
		return v, nil
	}
	var err error
	if v.Count, err = c.o.Desk.Count(c.r.Context(), "", t.ID, app.RegisterFilter{}); err != nil || v.Count.Value == nil {
		return v, err
	}
	v.Now = number(*v.Count.Value)
	if goal, err := strconv.Atoi(t.Value.String()); err == nil && goal > 0 && t.Value.Type != plan.TypeMoney {
		v.Filled = min(100, *v.Count.Value*100/goal)
	}
	return v, nil
}

// goal is what a target wants, with its unit.
func (c *call) goal(t *plan.Target) string {
	if t.Value.Type == plan.TypeMoney {
		return speaker{c.Server, c.lang}.money(t.Value.Money)
	}
	n, err := strconv.Atoi(t.Value.String())
	if err != nil {
		return t.Value.String() + c.text(t.Unit)
	}
	if c.lang == words.EN {
		return number(n)
	}
	return number(n) + c.text(t.Unit)
}

func days(a, b zhuanhua.Date) int {
	at := func(d zhuanhua.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
	return int(at(b).Sub(at(a)).Hours() / 24)
}

// targetPage is a target with the entries behind its figure.
type targetPage struct {
	targetView
	Item      *plan.Item
	Records   []countedRow
	Registers []*plan.Register // that count towards it
	More      int              // records that are not shown
	Open      []string         // what the plan leaves open about the count
}

// countedRow is an entry that counts, and why.
type countedRow struct {
	entryRow
	Since zhuanhua.Date
	Why   string
}

// mostCounted is how many records a target's page shows; the registers show the others.
const mostCounted = 200

// target shows what one target counts.
func (s *Server) target(c *call) error {
	t := s.o.Pack.Target(c.r.PathValue("id"))
	if t == nil {
		return statusError(http.StatusNotFound)
	}
	v := &targetPage{Item: s.o.Pack.Item(t.Measure.ID)}
	var err error
	if v.targetView, err = c.targetOf(t); err != nil {
		return err
	}
	v.Open = c.openNotes(v)
	for _, r := range s.o.Pack.Registers {
		if slices.Contains(r.CountsFor(), t.ID) {
			v.Registers = append(v.Registers, r)
		}
	}
	shown := v.Count.Records[:min(len(v.Count.Records), mostCounted)]
	v.More = len(v.Count.Records) - len(shown)
	for _, x := range shown {
		row := c.entryRow(app.EntryRow{ID: x.ID, Register: x.Register, Name: x.Name, Organisation: x.Organisation, Region: x.Region}, nil)
		v.Records = append(v.Records, countedRow{row, x.Since, c.text(x.Why)})
	}
	p := &page{Name: "target", Title: c.text(t.Title), Hall: "data", Data: v}
	p.Crumbs = []crumb{{"/data", c.say("hall.data")}, {"", t.ID}}
	return c.show(p)
}

// openNotes says once each what is not set about a count.
func (c *call) openNotes(v *targetPage) []string {
	var out []string
	add := func(text plan.Text) {
		if s := c.text(text); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if v.Counts.Open != nil {
		add(v.Counts.Open.Note)
	}
	for _, n := range v.Count.NotSet {
		add(n.Note)
	}
	return out
}

// PlanVersion is the version of the plan that answers are made under.
func (p *page) PlanVersion() string { return p.o.Pack.Version }
