package simulate

import (
	"context"
	"fmt"
	"slices"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

// beginOne begins the next case, if there are to be more.
func (x *sim) beginOne(ctx context.Context) (bool, error) {
	if len(x.cases) >= x.o.Cases || x.begun > 20*x.o.Cases {
		return false, nil
	}
	var err error
	if x.active, err = x.entries(ctx, func(*zhuanhua.Accreditation) bool { return true }); err != nil {
		return false, err
	}
	for _, k := range x.order() {
		b, applicant, err := x.beginning(ctx, k)
		if err != nil {
			return false, err
		}
		if applicant == "" && x.casesOf[k.w.ID] == 0 {
			if k, err = x.ahead(ctx, k); err == nil && k != nil {
				b, applicant, err = x.beginning(ctx, k)
			}
			if err != nil {
				return false, err
			}
		}
		if applicant != "" {
			return x.begin(ctx, k, b, applicant)
		}
	}
	return false, nil
}

// begin begins a case. What the plan does not allow counts as tried.
func (x *sim) begin(ctx context.Context, k *kind, b flow.Beginning, applicant string) (bool, error) {
	x.begun++
	b, err := x.withRecords(ctx, b, applicant)
	if err != nil {
		return false, err
	}
	done, err := x.desk.NewCase(x.at(ctx), applicant, b)
	if err != nil {
		if x.mistake(err) {
			return false, nil
		}
		return false, err
	}
	x.cases = append(x.cases, &simCase{id: done.ID, workflow: k.w.ID, register: k.register, applicant: applicant, trial: x.trial(k.rule), acts: map[string]int{}})
	k.cases++
	x.casesOf[k.w.ID]++
	x.pass(x.minutes(5, 20))
	return true, nil
}

// beginning is who begins a case and with what. No applicant means that it cannot be begun yet.
func (x *sim) beginning(ctx context.Context, k *kind) (flow.Beginning, string, error) {
	b := flow.Beginning{Workflow: k.w.ID, Rule: k.rule, Register: k.register, Title: name("%s %d", k.w.Title.ZH, len(x.cases)+1)}
	switch {
	case k.rule != "" && !x.plan.Rule(k.rule).Valid.Holds(zhuanhua.DateOf(x.now)):
		return b, "", nil
	case k.register != "":
		return b, x.entering(k), nil
	case k.changes:
		b, applicant := x.changing(k, b)
		return b, applicant, nil
	case x.entitling(k):
		other, org, err := x.unused(ctx, k)
		if other != "" {
			b.Links = append(b.Links, zhuanhua.Link{Kind: string(zhuanhua.NounCase), ID: other})
		}
		return b, x.userOf(org, k.w.Begins), err
	}
	return b, x.oneOf(x.people.byRole[zhuanhua.Role(k.w.Begins[x.rng.IntN(len(k.w.Begins))].ID)]), nil
}

// entitling reports whether a rule is claimed with what another case gave.
func (x *sim) entitling(k *kind) bool {
	return slices.ContainsFunc(k.w.Actions, func(a *plan.Action) bool {
		g := a.Guard("entitled")
		return g != nil && g.Rule.ID == k.rule
	})
}

// unused is a case that entitles somebody to claim under a kind's rule, and whose organisation that may be. Each is
// tried once.
func (x *sim) unused(ctx context.Context, k *kind) (id, org string, err error) {
	for _, c := range x.cases {
		if c.acts["claimed "+k.rule] > 0 {
			continue
		}
		e, err := x.read(ctx, c.id)
		if err != nil {
			return "", "", err
		}
		if !slices.ContainsFunc(e.Entitles, func(e zhuanhua.Entitlement) bool { return e.Rule == k.rule && e.Used == "" }) {
			continue
		}
		c.acts["claimed "+k.rule]++
		for _, o := range append(slices.Clone(e.Parties), e.Organisation) {
			if slices.Contains(x.people.orgs, o) && x.userOf(o, k.w.Begins) != "" {
				return e.ID, o, nil
			}
		}
	}
	return "", "", nil
}

// userOf is a user of an organisation with one of the roles, "" where there is none.
func (x *sim) userOf(org string, roles []plan.Ref) string {
	for _, r := range roles {
		for _, u := range x.people.byRole[zhuanhua.Role(r.ID)] {
			if x.people.org[u] == org {
				return u
			}
		}
	}
	return ""
}

// withRecords gives a case records of its own to be about: one record is claimed once.
func (x *sim) withRecords(ctx context.Context, b flow.Beginning, applicant string) (flow.Beginning, error) {
	n := x.begun
	amount := zhuanhua.Money(50+x.rng.IntN(900)) * zhuanhua.WanYuan
	c := zhuanhua.Contract{ID: fmt.Sprintf("SIM-C-%05d", n), NationalNo: fmt.Sprintf("SIM%010d", n), Type: zhuanhua.ContractTransfer, Title: name("合同 %d", n),
		Seller: x.oneOf(x.people.orgs), Buyer: x.people.org[applicant], Signed: zhuanhua.DateOf(x.now), Amount: &amount, TechVerified: &amount, Region: x.plan.Region}
	need := zhuanhua.Need{ID: fmt.Sprintf("SIM-N-%05d", n), Title: name("需求 %d", n), Indicators: name("指标"), Organisation: x.people.org[applicant], Budget: &amount}
	found := zhuanhua.Achievement{ID: fmt.Sprintf("SIM-A-%05d", n), Title: name("成果 %d", n)}
	change := zhuanhua.Change{Batch: fmt.Sprintf("simulate/records/%05d", n)}
	for _, r := range []zhuanhua.Record{c, need, found} {
		change.Items = append(change.Items, zhuanhua.Put(r, zhuanhua.Source{}))
		b.Links = append(b.Links, zhuanhua.Link{Kind: string(r.Noun()), ID: r.Key()})
	}
	_, err := x.store.Record(x.at(ctx), "simulate", change)
	return b, err
}

// trial is facts under which a rule gives something: one of its own trials.
func (x *sim) trial(rule string) *plan.Trial {
	var good []*plan.Trial
	for _, t := range x.plan.TrialsOf(rule) {
		if t.Expect.Eligible != nil && *t.Expect.Eligible && len(t.Set) == 0 {
			good = append(good, t)
		}
	}
	if len(good) == 0 {
		return nil
	}
	return good[x.rng.IntN(len(good))]
}
