package flow

import (
	"slices"
	"strconv"
	"time"

	"zhuanhua"
	"zhuanhua/plan"
)

// Gather says what a decision about an act looks at, so that whoever gathers needs to know nothing of
// guards and effects. For Offers the act has no action: then it is what any action of the state looks at.
func Gather(p *plan.Pack, c *zhuanhua.Case, a Act, now time.Time) Needs {
	g := &gathering{p: p, c: c, act: a, year: zhuanhua.DateOf(now).Year}
	g.needs.Users = people(c)
	for _, l := range c.Links {
		if l.Kind == "case" {
			g.needs.Linked = append(g.needs.Linked, l.ID)
		}
	}
	w := p.Workflow(c.Workflow)
	if w == nil {
		return g.needs
	}
	for _, x := range w.Actions {
		if x.ID == a.Action || a.Action == "" && x.IsFrom(c.State) {
			g.action(w, x)
		}
	}
	for _, id := range c.Claims {
		g.base(baseOf(id))
	}
	g.needs.Entry = c.Accreditation
	for _, list := range []*[]string{&g.needs.Users, &g.needs.Bases, &g.needs.Linked, &g.needs.Budgets, &g.needs.Files} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return g.needs
}

// gathering collects needs.
type gathering struct {
	p     *plan.Pack
	c     *zhuanhua.Case
	act   Act
	year  int
	needs Needs
}

// baseOf is the record behind a claim's id, "R06/contract/1" → "contract/1".
func baseOf(id string) string {
	for i, r := range id {
		if r == '/' {
			return id[i+1:]
		}
	}
	return id
}

func (g *gathering) base(b string) {
	if b != "" {
		g.needs.Bases = append(g.needs.Bases, b)
	}
}

// budget names the budget of a year.
func (g *gathering) budget(year int) {
	programme := g.c.Rule
	if programme == "" {
		programme = g.c.Workflow
	}
	g.needs.Budgets = append(g.needs.Budgets, zhuanhua.BudgetID(programme, year, zhuanhua.UnitCNY))
}

// action collects what one action looks at.
func (g *gathering) action(w *plan.Workflow, a *plan.Action) {
	form := g.p.FormFor(a, g.c)
	g.register(a, form)
	for _, sums := range g.act.Files {
		g.needs.Files = append(g.needs.Files, sums...)
	}
	if f := g.kept(form); f != nil {
		for _, sums := range f.Files {
			g.needs.Files = append(g.needs.Files, sums...)
		}
	}
	if form != nil {
		for _, f := range form.Fields {
			if f.Type == plan.FieldUser && g.act.Values[f.ID] != "" {
				g.needs.Users = append(g.needs.Users, g.act.Values[f.ID])
			}
		}
	}
	for _, x := range a.If {
		switch x.Kind {
		case "single_claim":
			g.claimed(form, x.Field.ID)
		case "funds":
			g.budget(g.year)
		}
	}
	for _, e := range a.Does {
		g.effect(w, a, form, e)
	}
}

// kept is what was filled into a form before, nil when nothing was.
func (g *gathering) kept(form *plan.Form) *zhuanhua.Filled {
	if form == nil {
		return nil
	}
	if f, ok := g.c.Forms[form.ID]; ok {
		return &f
	}
	return nil
}

// claimed names the record that a field holds, in the act or in any form of the case.
func (g *gathering) claimed(form *plan.Form, field string) {
	add := func(f *plan.Field, v string) {
		switch {
		case f == nil || v == "":
		case slices.Contains([]plan.FieldType{plan.FieldContract, plan.FieldAchievement, plan.FieldNeed, plan.FieldCase, plan.FieldOrganisation}, f.Type):
			g.base(string(f.Type) + "/" + v)
		default:
			g.base("record/" + v)
		}
	}
	if form != nil {
		add(form.Field(field), g.act.Values[field])
	}
	for id, filled := range g.c.Forms {
		add(g.p.Form(id).Field(field), filled.Values[field])
	}
}

// effect collects what one effect looks at or writes.
func (g *gathering) effect(w *plan.Workflow, a *plan.Action, form *plan.Form, e *plan.Effect) {
	switch e.Kind {
	case "claim":
		field := e.Field.ID
		for _, x := range w.Actions {
			if s := x.Guard("single_claim"); s != nil && field == "" {
				field = s.Field.ID
			}
		}
		g.claimed(form, field)
	case "commit":
		g.budget(g.year)
	case "order":
		g.needs.Payment, g.needs.Payee = "open", true
		g.tranches()
	case "paid", "bank_returned":
		g.ordered()
		g.tranches()
	case "release_rest", "claw_back", "recovered":
		g.tranches()
	case "assign", "recuse":
		g.needs.Experts = true
	case "number":
		if g.c.Numbers[e.Number] == "" {
			g.needs.Number = e.Number
		}
	}
}

// ordered names the batch of the tranche that the bank answers for.
func (g *gathering) ordered() {
	named := g.act.Values["tranche"]
	for _, t := range g.c.Tranches {
		if t.State == trancheOrdered && g.needs.Payment == "" && (named == "" || named == strconv.Itoa(t.N)) {
			g.needs.Payment = t.Payment
		}
	}
}

// tranches names the budgets that the case's tranches are committed in.
func (g *gathering) tranches() {
	for _, t := range g.c.Tranches {
		if t.Budget != 0 {
			g.budget(t.Budget)
		}
	}
}
