package flow_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plans"
)

// regions is the program's table of regions.
type regions struct{}

func (regions) RegionName(r zhuanhua.Region) string          { return intake.RegionName(r) }
func (regions) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

// embedded loads a plan that the program carries.
func embedded(t testing.TB, dir string) *plan.Pack {
	t.Helper()
	files, err := fs.Sub(plans.Files, dir)
	if err != nil {
		t.Fatal(err)
	}
	return pack(t, files, dir)
}

// pack loads a plan and shows every fault of one that is refused.
func pack(t testing.TB, files fs.FS, name string) *plan.Pack {
	t.Helper()
	p, err := plan.Load(files, name, plan.Options{Regions: regions{}})
	if faults, ok := err.(plan.Faults); ok {
		for _, f := range faults {
			t.Error(f)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// kept is a record of the world with its version.
type kept struct {
	image   string
	version int64
}

// world is all that a decision is made on, in memory, with the versions that a store would keep: it refuses
// what a store refuses.
type world struct {
	t       testing.TB
	p       *plan.Pack
	set     plan.Settings
	now     time.Time
	users   map[string]*zhuanhua.User
	cases   map[string]*zhuanhua.Case
	steps   map[string][]zhuanhua.Step
	entries []zhuanhua.Entry
	budgets map[string]*zhuanhua.Budget
	claims  map[string]zhuanhua.Claim
	payment map[string]*zhuanhua.Payment
	files   map[string]flow.FileSeen
	numbers map[string]int64
	kept    map[string]kept // by noun and id
	sealed  *sealed
	registers
	seed uint64
}

// shanghai is a time in Beijing.
func shanghai(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04:05", s, zhuanhua.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// newWorld is a world with invented users on every side.
func newWorld(t testing.TB, p *plan.Pack) *world {
	w := &world{t: t, p: p, now: shanghai(t, "2026-03-02T09:00:00"), users: map[string]*zhuanhua.User{}, cases: map[string]*zhuanhua.Case{}, steps: map[string][]zhuanhua.Step{},
		budgets: map[string]*zhuanhua.Budget{}, claims: map[string]zhuanhua.Claim{}, payment: map[string]*zhuanhua.Payment{}, files: map[string]flow.FileSeen{},
		numbers: map[string]int64{}, kept: map[string]kept{}, registers: registers{places: map[string]*zhuanhua.Accreditation{}}}
	w.sealed = &sealed{w: w, bids: map[string]sealedBid{}}
	add := func(id, organisation string, roles ...zhuanhua.Role) *zhuanhua.User {
		u := &zhuanhua.User{ID: id, Name: "示例" + id, Organisation: organisation, Recipient: "age1" + id}
		for _, r := range roles {
			u.Roles = append(u.Roles, zhuanhua.Grant{Role: r})
		}
		w.users[id] = u
		return u
	}
	for _, n := range []string{"a", "b", "c", "d"} {
		add("firm-"+n, "示例企业-"+n, zhuanhua.RoleEnterprise, zhuanhua.RoleOrganisationAdmin)
	}
	add("firm-a2", "示例企业-a", zhuanhua.RoleEnterprise)
	add("uni", "示例大学", zhuanhua.RoleInventor, zhuanhua.RoleOrganisationAdmin)
	add("uni-admin", "示例大学", zhuanhua.RoleOrganisationAdmin)
	add("broker", "示例转移机构", zhuanhua.RoleBroker)
	add("city", "示例市科技局", zhuanhua.RoleRecommender)
	for _, n := range []string{"1", "2", "3"} {
		add("officer-"+n, "示例主管部门", zhuanhua.RoleOfficer)
		add("reviewer-"+n, "示例主管部门", zhuanhua.RoleReviewer)
		add("approver-"+n, "示例主管部门", zhuanhua.RoleApprover)
		add("finance-"+n, "示例主管部门", zhuanhua.RoleFinance)
	}
	add("all", "示例主管部门", zhuanhua.RoleOfficer, zhuanhua.RoleReviewer, zhuanhua.RoleApprover, zhuanhua.RoleFinance)
	for n := range 9 {
		add(fmt.Sprintf("expert-%d", n), fmt.Sprintf("示例专家单位-%d", n), zhuanhua.RoleExpert)
	}
	add("expert-firm", "示例企业-a", zhuanhua.RoleExpert)
	add("expert-kin", "示例专家单位-k", zhuanhua.RoleExpert).Relations = []string{"示例企业-a", "示例企业-b", "示例大学"}
	return w
}

// appropriate gives a programme money for a year.
func (w *world) appropriate(programme string, year int, m zhuanhua.Money) {
	id := zhuanhua.BudgetID(programme, year, zhuanhua.UnitCNY)
	b := w.budgets[id]
	if b == nil {
		b = &zhuanhua.Budget{ID: id, Programme: programme, Year: year, Unit: zhuanhua.UnitCNY, Balance: map[zhuanhua.Account]int64{}}
	}
	b.Balance[zhuanhua.Available] += int64(m)
	b.Balance[zhuanhua.Appropriation] -= int64(m)
	b.Entries++
	e := zhuanhua.Entry{ID: fmt.Sprintf("L-%d-%d", year, len(w.entries)+1), Unit: zhuanhua.UnitCNY, Amount: int64(m), Debit: zhuanhua.Available, Credit: zhuanhua.Appropriation, Programme: programme, Year: year}
	w.entries = append(w.entries, e)
	w.put(*b)
	w.budgets[id] = b
}

// put keeps a record as a store would, whatever its version.
func (w *world) put(r zhuanhua.Record) {
	k := string(r.Noun()) + "/" + r.Key()
	w.kept[k] = kept{zhuanhua.CanonicalJSON(r), w.kept[k].version + 1}
}

func (w *world) version(n zhuanhua.Noun, id string) int64 { return w.kept[string(n)+"/"+id].version }

// attach makes an attachment.
func (w *world) attach(name, typ string, size int64) string {
	sum := fmt.Sprintf("%064x", len(w.files)+1)
	w.files[sum] = flow.FileSeen{Name: name, Type: typ, Size: size}
	return sum
}

// situation gathers what Gather names, and nothing else: what a decision looks at besides would be missing.
func (w *world) situation(id string, a flow.Act) flow.Situation {
	c := w.cases[id]
	n := flow.Gather(w.p, c, a, w.now)
	s := flow.Situation{Plan: w.p, Settings: w.set, Case: c, CaseVersion: w.version(zhuanhua.NounCase, id), Users: map[string]*zhuanhua.User{}, Files: map[string]flow.FileSeen{}, Seed: w.seed, Keys: w.sealed}
	for _, u := range n.Users {
		if w.users[u] != nil {
			s.Users[u] = w.users[u]
		}
	}
	for _, b := range n.Budgets {
		if w.budgets[b] != nil {
			s.Budgets = append(s.Budgets, flow.BudgetSeen{Budget: *w.budgets[b], Version: w.version(zhuanhua.NounBudget, b)})
		}
	}
	for id, c := range w.claims {
		if slices.Contains(n.Bases, c.Base) {
			s.Claims = append(s.Claims, flow.ClaimSeen{Claim: c, Version: w.version(zhuanhua.NounClaim, id)})
		}
	}
	slices.SortFunc(s.Claims, func(a, b flow.ClaimSeen) int { return strings.Compare(a.Claim.ID, b.Claim.ID) })
	for _, l := range n.Linked {
		if w.cases[l] != nil {
			s.Linked = append(s.Linked, flow.CaseSeen{Case: *w.cases[l], Version: w.version(zhuanhua.NounCase, l)})
		}
	}
	for _, f := range n.Files {
		if seen, ok := w.files[f]; ok {
			s.Files[f] = seen
		}
	}
	if n.Experts {
		s.Experts = w.experts()
	}
	if n.Number != "" {
		s.Number = w.numbers[n.Number] + 1
	}
	w.gatherPayment(&s, n)
	w.gatherEntries(&s, n)
	return s
}

// experts are all experts with the sheets that they owe.
func (w *world) experts() []flow.ExpertLoad {
	open := map[string]int{}
	for _, c := range w.cases {
		for _, r := range c.Reviews {
			if c.Closed.IsZero() && flow.Owed(c, r) {
				open[r.Expert]++
			}
		}
	}
	var out []flow.ExpertLoad
	for _, id := range slices.Sorted(maps.Keys(w.users)) {
		if u := w.users[id]; u.Has(zhuanhua.RoleExpert, zhuanhua.DateOf(w.now)) {
			out = append(out, flow.ExpertLoad{User: *u, Open: open[id]})
		}
	}
	return out
}

// gatherPayment finds the batch that is asked for: a new one when none is open.
func (w *world) gatherPayment(s *flow.Situation, n flow.Needs) {
	if n.Payment == "" {
		return
	}
	s.PaymentVersion = zhuanhua.NewOnly
	for _, id := range slices.Sorted(maps.Keys(w.payment)) {
		p := w.payment[id]
		if id == n.Payment || n.Payment == "open" && p.Exported.IsZero() {
			s.Payment, s.PaymentVersion = p, w.version(zhuanhua.NounPayment, id)
			return
		}
	}
	if n.Payment == "open" {
		s.Payment = &zhuanhua.Payment{ID: fmt.Sprintf("P-2026-%04d", len(w.payment)+1)}
	}
}

// record keeps what was decided, and fails where a store would refuse it.
func (w *world) record(d flow.Decided) {
	w.t.Helper()
	for _, item := range d.Change.Items {
		k := string(item.Noun) + "/" + item.ID
		have, ok := w.kept[k]
		switch {
		case item.Version == zhuanhua.NewOnly && ok:
			w.t.Fatalf("%s is written as new and is there", k)
		case item.Version > 0 && item.Version != have.version:
			w.t.Fatalf("%s is written on version %d of %d", k, item.Version, have.version)
		case item.Version == zhuanhua.AnyVersion:
			w.t.Fatalf("%s is written without a version", k)
		}
		w.kept[k] = kept{item.Image, have.version + 1}
		w.load(item)
	}
	if d.Number != "" {
		a := w.p.Workflow(d.Case.Workflow).Action(d.Step.Action)
		w.numbers[a.Effect("number").Number]++
	}
}

// conflicts reports whether a store would refuse a decision that was made on earlier versions.
func (w *world) conflicts(d flow.Decided) bool {
	return slices.ContainsFunc(d.Change.Items, func(item zhuanhua.Item) bool {
		have, ok := w.kept[string(item.Noun)+"/"+item.ID]
		return item.Version == zhuanhua.NewOnly && ok || item.Version > 0 && item.Version != have.version
	})
}

// load reads an image back, as a store's reader would.
func (w *world) load(item zhuanhua.Item) {
	switch item.Noun {
	case zhuanhua.NounCase:
		c := read[zhuanhua.Case](w.t, item)
		w.cases[c.ID] = &c
	case zhuanhua.NounStep:
		s := read[zhuanhua.Step](w.t, item)
		w.steps[s.Case] = append(w.steps[s.Case], s)
	case zhuanhua.NounEntry:
		w.entries = append(w.entries, read[zhuanhua.Entry](w.t, item))
	case zhuanhua.NounBudget:
		b := read[zhuanhua.Budget](w.t, item)
		w.budgets[b.ID] = &b
	case zhuanhua.NounClaim:
		c := read[zhuanhua.Claim](w.t, item)
		w.claims[c.ID] = c
	case zhuanhua.NounAccreditation:
		e := read[zhuanhua.Accreditation](w.t, item)
		w.places[e.ID] = &e
	case zhuanhua.NounPayment:
		p := read[zhuanhua.Payment](w.t, item)
		w.payment[p.ID] = &p
	}
}

// begin begins a case.
func (w *world) begin(by string, b flow.Beginning) (flow.Decided, error) {
	s := flow.Situation{Plan: w.p, Settings: w.set, Users: map[string]*zhuanhua.User{by: w.users[by]}, Keys: w.sealed}
	w.gatherEntries(&s, flow.Needs{Entry: b.Entry})
	d, err := flow.Begin(s, flow.Actor{User: w.users[by], Now: w.now}, b)
	if err == nil {
		w.record(d)
	}
	return d, err
}

// do does what is due, and then an act.
func (w *world) do(id, by string, a flow.Act) (flow.Decided, error) {
	w.t.Helper()
	w.tick(id)
	d, err := flow.Do(w.situation(id, a), flow.Actor{User: w.users[by], Now: w.now}, a)
	if err == nil {
		w.record(d)
	}
	return d, err
}

// tick does what the clocks of a case do.
func (w *world) tick(id string) {
	w.t.Helper()
	for range 50 {
		due := flow.Due(w.situation(id, flow.Act{}), w.now)
		if len(due) == 0 {
			return
		}
		d, err := flow.Do(w.situation(id, due[0]), flow.Actor{Now: w.now}, due[0])
		if err != nil {
			w.t.Fatalf("%s: %s is due and cannot be done: %v", id, due[0].Action, err)
		}
		w.record(d)
	}
	w.t.Fatalf("%s: clocks never come to rest", id)
}

// later lets time pass.
func (w *world) later(d time.Duration) { w.now = w.now.Add(d) }

// sealed stands in for the cryptography: it counts parts, and it fails the test when anything is opened
// before two of three have entered theirs.
type sealed struct {
	w     *world
	bids  map[string]sealedBid
	whole bool
}

type sealedBid struct {
	values map[string]string
	files  map[string][]string
}

func (s *sealed) Draw(holders map[string]string) (zhuanhua.Seal, error) {
	if len(holders) != 3 {
		return zhuanhua.Seal{}, fmt.Errorf("%d holders", len(holders))
	}
	z := zhuanhua.Seal{Recipient: "age1example"}
	for _, id := range slices.Sorted(maps.Keys(holders)) {
		z.Parts = append(z.Parts, zhuanhua.SealedPart{Of: id, For: id, Cipher: "…"})
	}
	return z, nil
}

func (s *sealed) Seal(_ zhuanhua.Seal, values map[string]string, files map[string][]string) (string, error) {
	sum := fmt.Sprintf("%064x", 1_000_000+len(s.bids))
	s.bids[sum] = sealedBid{values, files}
	return sum, nil
}

func (s *sealed) Enter(z zhuanhua.Seal, holder string) (zhuanhua.Seal, bool, error) {
	s.whole = false
	for _, p := range z.Parts {
		s.whole = s.whole || p.For == holder && p.Of != holder
	}
	if s.whole {
		return z, true, nil
	}
	z.Parts = slices.Clone(z.Parts)
	for _, p := range z.Parts {
		if p.Of == p.For && p.Of != holder {
			z.Parts = append(z.Parts, zhuanhua.SealedPart{Of: holder, For: p.For, Cipher: "…"})
		}
	}
	return z, false, nil
}

func (s *sealed) Open(file string) (map[string]string, map[string][]string, error) {
	if !s.whole {
		s.w.t.Errorf("a bid was opened without two parts of the key")
	}
	b, ok := s.bids[file]
	if !ok {
		return nil, nil, fmt.Errorf("no bid %s", file)
	}
	return b.values, b.files, nil
}

// read reads the image of an item.
func read[T any](t testing.TB, item zhuanhua.Item) (x T) {
	t.Helper()
	if err := json.Unmarshal([]byte(item.Image), &x); err != nil {
		t.Fatal(err)
	}
	return x
}
