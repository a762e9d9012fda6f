package simulate

import (
	"context"
	"fmt"
	"slices"

	"zhuanhua"
	"zhuanhua/app"
)

// people is who acts.
type people struct {
	byRole map[zhuanhua.Role][]string
	org    map[string]string   // user → organisation
	orgs   []string            // of the applicants
	staff  map[string][]string // organisation → ids of persons
	region map[string]zhuanhua.Region
}

// How many there are of each sort.
const (
	simOrganisations = 20
	simExperts       = 12
	simOfficials     = 3
)

// populate makes organisations, users and budgets.
func (x *sim) populate(ctx context.Context) error {
	x.people = people{byRole: map[zhuanhua.Role][]string{}, org: map[string]string{}, staff: map[string][]string{}, region: map[string]zhuanhua.Region{}}
	ctx = x.at(ctx)
	var c zhuanhua.Change
	c.Batch = "simulate/organisations"
	kinds := []zhuanhua.OrgKind{zhuanhua.OrgEnterprise, zhuanhua.OrgUniversity, zhuanhua.OrgInstitute, zhuanhua.OrgBroker}
	for i := range simOrganisations {
		o := zhuanhua.Organisation{ID: fmt.Sprintf("sim-org-%02d", i+1), Name: name("单位%02d", i+1), Kind: kinds[i%len(kinds)], Region: x.plan.Region}
		x.people.orgs = append(x.people.orgs, o.ID)
		x.people.region[o.ID] = o.Region
		c.Items = append(c.Items, zhuanhua.Put(o, zhuanhua.Source{}))
	}
	if _, err := x.store.Record(ctx, "simulate", c); err != nil {
		return err
	}
	if err := x.applicants(ctx); err != nil {
		return err
	}
	if err := x.persons(ctx); err != nil {
		return err
	}
	if err := x.authority(ctx); err != nil {
		return err
	}
	return x.appropriate(ctx)
}

func (x *sim) addUser(ctx context.Context, u zhuanhua.User, roles ...zhuanhua.Role) error {
	for _, r := range roles {
		u.Roles = append(u.Roles, zhuanhua.Grant{Role: r})
		x.people.byRole[r] = append(x.people.byRole[r], u.ID)
	}
	x.people.org[u.ID] = u.Organisation
	for _, r := range x.plan.Registers { // who looks at confidential entries does so in a department
		for _, of := range r.Readers.Roles {
			g := zhuanhua.Grant{Role: zhuanhua.Role(of.ID), Department: r.Readers.Department.ID}
			if slices.Contains(roles, g.Role) && !slices.Contains(u.Roles, g) {
				u.Roles = append(u.Roles, g)
			}
		}
	}
	_, err := x.app.AddUser(ctx, "simulate", "", u)
	return err
}

// applicants are one user of each sort in every organisation. Inventors and brokers are persons, who can be entered
// into registers.
func (x *sim) applicants(ctx context.Context) error {
	for _, org := range x.people.orgs {
		for _, r := range []zhuanhua.Role{zhuanhua.RoleEnterprise, zhuanhua.RoleOrganisationAdmin, zhuanhua.RoleInventor, zhuanhua.RoleBroker} {
			n := org[len("sim-org-"):]
			u := zhuanhua.User{ID: fmt.Sprintf("sim-%s-%s", r, n), Name: name("用户"), Organisation: org}
			if r == zhuanhua.RoleInventor || r == zhuanhua.RoleBroker {
				u.Person = fmt.Sprintf("sim-person-%s-%s", r, n)
				x.people.staff[org] = append(x.people.staff[org], u.Person)
			}
			if err := x.addUser(ctx, u, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// persons records whom the users of the organisations are.
func (x *sim) persons(ctx context.Context) error {
	c := zhuanhua.Change{Batch: "simulate/persons"}
	for _, org := range x.people.orgs {
		for i, id := range x.people.staff[org] {
			c.Items = append(c.Items, zhuanhua.Put(zhuanhua.Person{ID: id, Name: name("人员%s-%d", org[len("sim-org-"):], i+1), Organisation: org}, zhuanhua.Source{}))
		}
	}
	_, err := x.store.Record(ctx, "simulate", c)
	return err
}

// authority are the officials, each of one role, and experts from elsewhere.
func (x *sim) authority(ctx context.Context) error {
	for _, r := range []zhuanhua.Role{zhuanhua.RoleRecommender, zhuanhua.RoleOfficer, zhuanhua.RoleReviewer, zhuanhua.RoleApprover, zhuanhua.RoleFinance} {
		for i := range simOfficials {
			u := zhuanhua.User{ID: fmt.Sprintf("sim-%s-%d", r, i+1), Name: name("%s%d", r, i+1), Organisation: "sim-authority", Recipient: name("公钥")}
			if r == zhuanhua.RoleRecommender {
				u.Organisation = fmt.Sprintf("sim-city-%d", i+1)
			}
			if err := x.addUser(ctx, u, r); err != nil {
				return err
			}
		}
	}
	for i := range simExperts {
		u := zhuanhua.User{ID: fmt.Sprintf("sim-expert-%02d", i+1), Name: name("专家%02d", i+1), Organisation: fmt.Sprintf("sim-institute-%02d", i+1)}
		if err := x.addUser(ctx, u, zhuanhua.RoleExpert); err != nil {
			return err
		}
	}
	return nil
}

// appropriate gives every rule and workflow a budget for each year.
func (x *sim) appropriate(ctx context.Context) error {
	var programmes []string
	for _, r := range x.plan.Rules {
		programmes = append(programmes, r.ID)
	}
	for _, w := range x.plan.Workflows {
		if len(w.Serves) == 0 {
			programmes = append(programmes, w.ID)
		}
	}
	for _, p := range programmes {
		for year := x.now.Year(); year <= x.end.Year(); year++ {
			ap := app.Appropriation{Programme: p, Year: year, Amount: int64(100 * zhuanhua.YiYuan), Note: name("预算")}
			if _, err := x.desk.Appropriate(ctx, "simulate", "", ap); err != nil {
				return err
			}
		}
	}
	return nil
}
