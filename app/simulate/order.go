package simulate

import (
	"cmp"
	"context"
	"slices"

	"zhuanhua"
	"zhuanhua/plan"
)

// kind is one sort of case: a workflow and, where it serves rules or brings entries into registers, one of them.
type kind struct {
	w        *plan.Workflow
	rule     string
	register string // that an entry comes into
	changes  bool   // it is about an entry that there is
	cases    int    // that were begun
}

// kindsOf are all sorts of cases that a plan has.
func kindsOf(p *plan.Pack) []*kind {
	var list []*kind
	for _, w := range p.Workflows {
		of := p.RegistersOf(w.ID)
		changes := len(of) > 0
		for _, r := range of {
			if r.Enters.ID == w.ID {
				list = append(list, &kind{w: w, register: r.ID})
				changes = false
			}
		}
		for _, r := range w.Serves {
			list = append(list, &kind{w: w, rule: r.ID})
		}
		if len(w.Serves) == 0 && (changes || len(of) == 0) {
			list = append(list, &kind{w: w, changes: changes})
		}
	}
	return list
}

// order is the kinds in the order in which their turn comes. Workflows that no case has tried yet come first; the
// first half of the cases is spread over the workflows, the second over the kinds. As long as a workflow waits, such
// as a renewal for an entry, some cases are kept for it and for what it waits for.
func (x *sim) order() []*kind {
	untried := 0
	for _, w := range x.plan.Workflows {
		if x.casesOf[w.ID] == 0 {
			untried++
		}
	}
	even := x.o.Cases / (2 * len(x.plan.Workflows))
	turn := func(k *kind) [3]int {
		switch n := x.casesOf[k.w.ID]; {
		case n == 0:
			return [3]int{0, k.cases}
		case n < even:
			return [3]int{1, n, k.cases}
		}
		return [3]int{2, k.cases}
	}
	list := slices.Clone(x.kinds)
	if kept := keptFor * untried; !x.hopeless && x.o.Cases-len(x.cases) <= kept {
		list = slices.DeleteFunc(list, func(k *kind) bool { return x.casesOf[k.w.ID] > 0 })
	}
	slices.SortStableFunc(list, func(a, b *kind) int { s, t := turn(a), turn(b); return slices.Compare(s[:], t[:]) })
	return list
}

// keptFor is how many cases are kept for each workflow that waits: what it refers to may in turn refer to something,
// and now and then a case comes to nothing.
const keptFor = 4

// ahead is the kind of case that has to come before another can begin: one that brings in an entry that it refers to
// or changes. nil where such a case is under way, or where there is none.
func (x *sim) ahead(ctx context.Context, k *kind) (*kind, error) {
	for range x.kinds { // no chain is longer
		lacking := x.lacking(k)
		if len(lacking) == 0 || slices.ContainsFunc(lacking, x.underWay) {
			return nil, nil
		}
		enters := x.entersInto(lacking)
		if enters == nil {
			return nil, nil
		}
		if _, applicant, err := x.beginning(ctx, enters); applicant != "" || err != nil {
			return enters, err
		}
		k = enters
	}
	return nil, nil
}

// lacking are the registers an entry of which would let a kind of case begin: for one that brings in an entry the first
// that its fields have to name and that has none, for a change all whose entries it changes.
func (x *sim) lacking(k *kind) []string {
	if !k.changes {
		for _, of := range x.named(k) {
			if !x.has(of) {
				return []string{of}
			}
		}
		return nil
	}
	var list []string
	for _, r := range x.plan.RegistersOf(k.w.ID) {
		if !r.Confidential {
			list = append(list, r.ID)
		}
	}
	return list
}

// named are the registers that a kind's forms have to name an entry of.
func (x *sim) named(k *kind) []string {
	var fields []*plan.Field
	if r := x.plan.Register(k.register); r != nil {
		fields = append(fields, r.Fields...)
	}
	for _, a := range k.w.Actions {
		fields = append(fields, x.fieldsOf(a.Form.ID)...)
	}
	var list []string
	for _, f := range fields {
		if f.Required && f.Type == plan.FieldRegister && f.Of.ID != "" {
			list = append(list, f.Of.ID)
		}
	}
	return list
}

// has reports whether a register has an active entry.
func (x *sim) has(register string) bool {
	return slices.ContainsFunc(x.active, func(e zhuanhua.Accreditation) bool { return e.Register == register })
}

// underWay reports whether an open case may yet bring an entry into a register.
func (x *sim) underWay(register string) bool {
	return slices.ContainsFunc(x.cases, func(c *simCase) bool {
		return c.register == register && !c.closed && c.idle <= patience
	})
}

// entersInto is the kind that brings entries into one of some registers, the one with the fewest that it has to name
// and the fewest cases so far.
func (x *sim) entersInto(registers []string) *kind {
	var list []*kind
	for _, k := range x.kinds {
		if slices.Contains(registers, k.register) {
			list = append(list, k)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return slices.MinFunc(list, func(a, b *kind) int {
		return cmp.Or(cmp.Compare(len(x.named(a)), len(x.named(b))), cmp.Compare(a.cases, b.cases))
	})
}
