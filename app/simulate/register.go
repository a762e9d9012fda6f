package simulate

import (
	"context"
	"slices"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/store"
)

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

// entering is who begins a case that brings an entry into a kind's register, "" where an entry that it has to name
// is not there yet.
func (x *sim) entering(k *kind) string {
	if len(x.lacking(k)) > 0 {
		return ""
	}
	var roles []plan.Ref
	for _, ref := range x.plan.Register(k.register).Begins {
		if slices.ContainsFunc(k.w.Begins, func(o plan.Ref) bool { return o.ID == ref.ID }) {
			roles = append(roles, ref)
		}
	}
	if len(roles) == 0 {
		return ""
	}
	return x.oneOf(x.people.byRole[zhuanhua.Role(roles[x.rng.IntN(len(roles))].ID)])
}

// changing gives a beginning an entry to change, and names who begins: its holder, or one of the authority. No
// applicant means that there is no entry that anybody could change.
func (x *sim) changing(k *kind, b flow.Beginning) (flow.Beginning, string) {
	for _, i := range x.rng.Perm(len(x.active)) {
		e := &x.active[i]
		r := x.plan.Register(e.Register)
		if r == nil || r.Confidential || len(r.ChangesBy(k.w.ID)) == 0 {
			continue
		}
		role := zhuanhua.Role(k.w.Begins[x.rng.IntN(len(k.w.Begins))].ID)
		applicant := x.userOf(e.Organisation, k.w.Begins)
		if !role.Applies() || applicant == "" && role.Decides() {
			applicant = x.oneOf(x.people.byRole[role])
		}
		if applicant != "" {
			b.Entry = e.ID
			return b, applicant
		}
	}
	return b, ""
}

// entryOf is an active entry of a register, other than one.
func (x *sim) entryOf(ctx context.Context, register, not string) string {
	list, err := x.entries(ctx, func(e *zhuanhua.Accreditation) bool { return e.Register == register && e.ID != not })
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[x.rng.IntN(len(list))].ID
}

// person is one whom the case's register does not have yet: of the case's organisation, else of any.
func (f *filler) person() string {
	taken, err := f.entries(context.Background(), func(e *zhuanhua.Accreditation) bool { return e.Register == f.k.Register })
	if err != nil {
		return ""
	}
	for _, org := range append([]string{f.k.Organisation}, f.shuffled(f.people.orgs)...) {
		for _, id := range f.shuffled(f.people.staff[org]) {
			if !slices.ContainsFunc(taken, func(e zhuanhua.Accreditation) bool { return e.Person == id }) {
				return id
			}
		}
	}
	return ""
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
