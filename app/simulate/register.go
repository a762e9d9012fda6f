package simulate

import (
	"context"
	"slices"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// enterable are the registers that a workflow brings entries into and a simulation can fill in: it keeps no
// persons, whose keys are never the same twice.
func (x *sim) enterable(w *plan.Workflow) []*plan.Register {
	return slices.DeleteFunc(x.plan.RegistersOf(w.ID), func(r *plan.Register) bool {
		return r.Enters.ID != w.ID || slices.ContainsFunc(r.Fields, func(f *plan.Field) bool { return f.Required && f.Type == plan.FieldPerson })
	})
}

// entries are those of the records that are active, in the order of their ids.
func (x *sim) entries(ctx context.Context, fits func(*zhuanhua.Accreditation) bool) ([]zhuanhua.Accreditation, error) {
	var out []zhuanhua.Accreditation
	for row, err := range x.store.Rows(ctx, zhuanhua.NounAccreditation, store.Filter{}) {
		if err != nil {
			return nil, err
		}
		e, err := store.As[zhuanhua.Accreditation](row)
		if err != nil {
			return nil, err
		}
		if e.State(zhuanhua.DateOf(x.now)) == zhuanhua.EntryActive && fits(&e) {
			out = append(out, e)
		}
	}
	return out, nil
}

// about gives a beginning the register that an entry is to come into, or an entry to change, and names who
// begins. No applicant means that it cannot be begun yet.
func (x *sim) about(ctx context.Context, k kind, b flow.Beginning) (flow.Beginning, string, error) {
	if of := x.enterable(k.w); len(of) > 0 {
		r := of[x.rng.IntN(len(of))]
		b.Register = r.ID
		roles := slices.DeleteFunc(slices.Clone(r.Begins), func(ref plan.Ref) bool {
			return !slices.ContainsFunc(k.w.Begins, func(o plan.Ref) bool { return o.ID == ref.ID })
		})
		if len(roles) == 0 || !x.referable(ctx, r) {
			return b, "", nil
		}
		return b, x.oneOf(x.people.byRole[zhuanhua.Role(roles[x.rng.IntN(len(roles))].ID)]), nil
	}
	list, err := x.entries(ctx, func(e *zhuanhua.Accreditation) bool {
		r := x.plan.Register(e.Register)
		return r != nil && !r.Confidential && len(r.ChangesBy(k.w.ID)) > 0 && slices.Contains(x.people.orgs, e.Organisation)
	})
	if err != nil || len(list) == 0 {
		return b, "", err
	}
	e := list[x.rng.IntN(len(list))]
	b.Entry = e.ID
	role := k.w.Begins[x.rng.IntN(len(k.w.Begins))]
	if zhuanhua.Role(role.ID).Applies() {
		return b, x.userOf(e.Organisation, k.w.Begins), nil
	}
	return b, x.oneOf(x.people.byRole[zhuanhua.Role(role.ID)]), nil
}

// referable reports whether there is an entry for every field of a register that has to name one.
func (x *sim) referable(ctx context.Context, r *plan.Register) bool {
	for _, f := range r.Fields {
		if f.Required && f.Type == plan.FieldRegister && x.entryOf(ctx, f.Of.ID, "") == "" {
			return false
		}
	}
	return true
}

// entryOf is an active entry of a register, other than one.
func (x *sim) entryOf(ctx context.Context, register, not string) string {
	list, err := x.entries(ctx, func(e *zhuanhua.Accreditation) bool { return e.Register == register && e.ID != not })
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[x.rng.IntN(len(list))].ID
}

// applying are the roles of those who apply.
func applying() []plan.Ref {
	var out []plan.Ref
	for _, r := range zhuanhua.Roles() {
		if r.Applies() {
			out = append(out, plan.Ref{ID: string(r)})
		}
	}
	return out
}

// change is one that the register has by the case's workflow, and that the action waits for where it says so.
func (f *filler) change() (string, bool) {
	r := f.plan.Register(f.k.Register)
	if r == nil {
		return "", false
	}
	list := r.ChangesBy(f.k.Workflow)
	if g := f.a.Guard("value"); g != nil && g.Field.ID == "change" {
		list = slices.DeleteFunc(list, func(c string) bool {
			return !slices.ContainsFunc(g.Is, func(w plan.Ref) bool { return w.ID == c })
		})
	}
	return f.oneOf(list), len(list) > 0
}
