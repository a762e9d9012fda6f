package flow

import (
	"zhuanhua"
	"zhuanhua/plan"
)

// register collects what an action looks at in registers.
func (g *gathering) register(a *plan.Action, form *plan.Form) {
	if form != nil {
		for _, f := range form.Fields {
			g.reference(f, g.act.Values[f.ID])
			if kept, ok := g.c.Forms[form.ID]; ok {
				g.reference(f, kept.Values[f.ID])
			}
		}
	}
	reg := g.p.Register(g.c.Register)
	if reg == nil {
		return
	}
	if a.Effect("accredit") != nil {
		g.needs.NewEntry = reg.ID
		g.needs.Holder = orElse(g.said(reg, "organisation"), g.c.Organisation)
		if person := g.said(reg, "person"); person != "" {
			g.needs.Persons = append(g.needs.Persons, person)
		}
	}
	if a.Effect("merge_entry") != nil {
		for _, f := range g.c.Forms {
			if id := f.Values["merged_into"]; id != "" {
				g.needs.Entries = append(g.needs.Entries, id)
			}
		}
	}
	amends := a.Effect("amend_entry") != nil && !reg.Confidential
	// The case's own register comes first: it is whose turn is taken.
	if a.Guard("no_overlap") != nil || amends {
		g.alike(reg, reg.ID, reg.OneOf())
	}
	if a.Guard("exclusive_relation") != nil {
		g.alike(reg, reg.ID, subjectKeys(reg))
	}
	if a.Guard("not_revoked_before") != nil {
		for _, in := range reg.BarredIn() {
			g.alike(reg, in, reg.BarredBy())
		}
	}
}

// reference collects the record that a field names.
func (g *gathering) reference(f *plan.Field, id string) {
	switch {
	case id == "":
	case f.Type == plan.FieldRegister:
		g.needs.Entries = append(g.needs.Entries, id)
	case f.Type == plan.FieldPerson:
		g.needs.Persons = append(g.needs.Persons, id)
	}
}

// said is what the register's form says, in the act or before it.
func (g *gathering) said(reg *plan.Register, field string) string {
	if v, given := g.act.Values[field]; given && reg.Field(field) != nil {
		return v
	}
	return g.c.Forms[reg.Form().ID].Values[field]
}

// alike asks for entries of a register with the same organisation or person as the case's register form says; where
// neither tells entries apart, for all.
func (g *gathering) alike(reg *plan.Register, in string, keys []string) {
	for _, k := range keys {
		v := g.said(reg, k)
		switch {
		case k == "person" && v != "":
			g.likewise(Alike{in, k, v})
			return
		case k == "organisation":
			g.likewise(Alike{in, k, v})
			if v == "" {
				g.likewise(Alike{in, k, g.c.Organisation})
				g.likewise(Alike{in, k, g.c.Holder})
			}
			return
		}
	}
	g.likewise(Alike{Register: in})
}

func (g *gathering) likewise(a Alike) {
	for _, have := range g.needs.Alike {
		if have == a {
			return
		}
	}
	g.needs.Alike = append(g.needs.Alike, a)
}

// GatherBeginning says which cases tell whether somebody may change an entry: those that brought it in.
func GatherBeginning(e *zhuanhua.Accreditation) Needs { return Needs{Linked: e.Cases} }
