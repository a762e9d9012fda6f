package app_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plans"
	"zhuanhua/store"
)

// table is intake's table of regions.
type table struct{}

func (table) RegionName(r zhuanhua.Region) string          { return intake.RegionName(r) }
func (table) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

// pack is one of the embedded plans, read once.
func pack(t testing.TB, id string) *plan.Pack {
	t.Helper()
	p, err := loadPack(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var packs sync.Map // id → func() (*plan.Pack, error)

func loadPack(id string) (*plan.Pack, error) {
	load, _ := packs.LoadOrStore(id, sync.OnceValues(func() (*plan.Pack, error) {
		files, err := fs.Sub(plans.Files, id)
		if err != nil {
			return nil, err
		}
		return plan.Load(files, id, plan.Options{Regions: table{}})
	}))
	return load.(func() (*plan.Pack, error))()
}

// hall is a desk with its people, on records of its own.
type hall struct {
	t     testing.TB
	app   *app.App
	desk  *app.Desk
	store *store.Store
	dir   string
	ctx   context.Context // with the time of the rehearsal
}

const example, guangxi = "example-region", "guangxi-2025-2027"

func newHall(t testing.TB, o store.Options, packID string) *hall {
	t.Helper()
	a, s := open(t, o)
	h := &hall{t: t, app: a, desk: a.Desk(pack(t, packID)), store: s, dir: o.Dir}
	h.at("2026-09-01T09:00")
	for _, u := range []struct{ id, org, role string }{
		{"corp", "O-1", "enterprise"}, {"corp2", "O-1", "organisation_admin"}, {"other", "O-2", "enterprise"}, {"uni", "O-3", "organisation_admin"},
		{"officer", "KJT", "officer"}, {"officer2", "KJT", "officer"}, {"officer3", "KJT", "officer"}, {"reviewer", "KJT", "reviewer"},
		{"approver", "KJT", "approver"}, {"approver2", "KJT", "approver"}, {"finance", "CZT", "finance"}, {"auditor", "SJT", "auditor"},
		{"system", "KJT", "system_admin"}, {"security", "KJT", "security_admin"}, {"inside", "O-1", "officer"},
	} {
		h.user(u.id, u.org, zhuanhua.Role(u.role))
	}
	for i := range 6 {
		h.user(fmt.Sprintf("expert%d", i+1), fmt.Sprintf("X-%d", i+1), zhuanhua.RoleExpert)
	}
	return h
}

// at sets the time of what is done from now on.
func (h *hall) at(text string) {
	h.t.Helper()
	day, err := time.ParseInLocation("2006-01-02T15:04", text, zhuanhua.Shanghai())
	if err != nil {
		h.t.Fatal(err)
	}
	h.ctx = store.At(h.t.Context(), day)
}

func (h *hall) user(id, org string, roles ...zhuanhua.Role) {
	h.t.Helper()
	u := zhuanhua.User{ID: id, Name: "示例 " + id, Organisation: org}
	for _, r := range roles {
		u.Roles = append(u.Roles, zhuanhua.Grant{Role: r})
	}
	if _, err := h.app.AddUser(h.ctx, "test", "", u); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) put(records ...zhuanhua.Record) {
	h.t.Helper()
	var c zhuanhua.Change
	for _, r := range records {
		c.Items = append(c.Items, zhuanhua.Put(r, zhuanhua.Source{}))
	}
	if _, err := h.store.Record(h.ctx, "test", c); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) begin(as string, b flow.Beginning) string {
	h.t.Helper()
	done, err := h.desk.NewCase(h.ctx, as, b)
	if err != nil {
		h.t.Fatal(err)
	}
	return done.ID
}

// act does something; do changes what is plain.
func (h *hall) act(as, id, action string, values map[string]string, do ...func(*app.Doing)) error {
	d := app.Doing{Act: flow.Act{Action: action, Values: values, Note: "示例理由"}}
	for _, change := range do {
		change(&d)
	}
	_, err := h.desk.Do(h.ctx, as, id, d)
	return err
}

func (h *hall) must(as, id, action string, values map[string]string, do ...func(*app.Doing)) {
	h.t.Helper()
	if err := h.act(as, id, action, values, do...); err != nil {
		h.t.Fatalf("%s %s %s: %v", as, action, id, err)
	}
}

func (h *hall) appropriate(programme string, amount zhuanhua.Money) {
	h.t.Helper()
	if _, err := h.desk.Appropriate(h.ctx, "test", "finance", app.Appropriation{Programme: programme, Year: 2026, Amount: int64(amount)}); err != nil {
		h.t.Fatal(err)
	}
}

// jobs is what claim-jobs asks for; each claim is on a list of its own.
func jobs(n int) map[string]string {
	return map[string]string{"base": fmt.Sprintf("示例清单-%d", n), "jobs_created": "30", "local_purchase_share": "0.6", "payee_name": "示例收款单位", "payee_account": "622200000000"}
}

// heard brings a claim for jobs to where it can be approved.
func (h *hall) claimed(n int) string {
	h.t.Helper()
	id := h.begin("corp", flow.Beginning{Workflow: "job-reward", Rule: "R08"})
	h.must("corp", id, "claim", jobs(n))
	h.must("officer", id, "check", nil)
	h.must("officer", id, "publish", nil)
	return id
}

// sound checks that the log verifies, that the ledger balances and agrees with budgets and cases.
func (h *hall) sound() {
	h.t.Helper()
	v, err := h.store.Verify(h.t.Context())
	if err != nil || len(v.Findings) > 0 {
		h.t.Fatalf("verify: %+v %v", v.Findings, err)
	}
	list, err := h.desk.Balance(h.ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	var debit, credit int64
	committed := map[string]int64{}
	balance := map[string]int64{}
	for _, b := range list {
		debit, credit = debit+b.Debit, credit+b.Credit
		balance[fmt.Sprintf("%s/%d/%s %s", b.Programme, b.Year, b.Unit, b.Account)] += b.Debit - b.Credit
	}
	if debit != credit {
		h.t.Errorf("debits %d, credits %d", debit, credit)
	}
	entries, err := h.desk.Entries(h.ctx, app.EntryFilter{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		switch {
		case e.Debit == zhuanhua.Committed && e.Credit == zhuanhua.Available:
			committed[e.Case] += e.Amount
		case e.Debit == zhuanhua.Available && e.Credit == zhuanhua.Committed:
			committed[e.Case] -= e.Amount
		}
	}
	for row, err := range h.store.Rows(h.t.Context(), zhuanhua.NounBudget, store.Filter{}) {
		b, err2 := store.As[zhuanhua.Budget](row)
		if err := errors.Join(err, err2); err != nil {
			h.t.Fatal(err)
		}
		if b.Balance[zhuanhua.Available] < 0 {
			h.t.Errorf("%s is overdrawn: %v", b.ID, b.Balance)
		}
		for account, n := range b.Balance {
			if n != balance[b.ID+" "+string(account)] {
				h.t.Errorf("%s %s: the budget says %d, the ledger %d", b.ID, account, n, balance[b.ID+" "+string(account)])
			}
		}
	}
	for row, err := range h.store.Rows(h.t.Context(), zhuanhua.NounCase, store.Filter{}) {
		c, err2 := store.As[zhuanhua.Case](row)
		if err := errors.Join(err, err2); err != nil {
			h.t.Fatal(err)
		}
		var decided int64
		for _, x := range c.Tranches {
			if x.State != "released" {
				decided += int64(x.Amount)
			}
		}
		if decided != committed[c.ID] {
			h.t.Errorf("%s: the case says %d, the ledger %d", c.ID, decided, committed[c.ID])
		}
	}
}

// refusedWith checks that an error is of a kind and says certain words, and what to do.
func refusedWith(t *testing.T, err error, kind zhuanhua.Kind, words ...string) {
	t.Helper()
	if zhuanhua.KindOf(err) != kind {
		t.Errorf("%v: kind %q, not %q", err, zhuanhua.KindOf(err), kind)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// TestClaimToPayment goes all the way once, on both databases.
func TestClaimToPayment(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		h.put(zhuanhua.Organisation{ID: "O-1", Name: "示例企业"})
		h.appropriate("R08", 100*zhuanhua.WanYuan)
		id := h.claimed(1)
		h.at("2026-09-15T09:00") // the hearing is over: the clock acts before anybody else does
		h.must("approver", id, "approve", nil)
		h.must("finance", id, "order", nil)
		v, err := h.desk.Case(h.ctx, "corp2", id)
		if err != nil || v.State != "ordered" || v.SeenAs != "applicant" || v.Amount == nil || !v.Rehearsal {
			t.Fatalf("%+v %v", v, err)
		}
		var by []string
		for _, s := range v.History {
			by = append(by, s.By+" "+s.Action)
		}
		if got := strings.Join(by, ", "); got != "corp begin, corp claim, officer check, officer publish, clock close, approver approve, finance order" {
			t.Error(got)
		}
		p, err := h.desk.ExportPayments(h.ctx, "test", "finance", v.Tranches[0].Payment)
		if err != nil || len(p.Lines) != 1 || p.Lines[0].Name != "示例收款单位" || p.Lines[0].Amount != *v.Amount {
			t.Fatalf("%+v %v", p, err)
		}
		answer := []intake.BankReturn{{Row: 2, Batch: p.ID, N: 1, Amount: *v.Amount, Paid: false, Reason: "账号不存在"}}
		for i, want := range []string{"returned", "known"} {
			lines, err := h.desk.Reconcile(h.ctx, "finance", answer)
			if err != nil || len(lines) != 1 || lines[0].Result != want {
				t.Fatalf("answer %d: %+v %v", i, lines, err)
			}
		}
		h.sound()
		h.must("finance", id, "order", nil)
		v, err = h.desk.Case(h.ctx, "finance", id)
		if err != nil || v.Tranches[0].Payment == p.ID {
			t.Fatalf("the batch that was handed over took a line: %+v %v", v.Tranches, err)
		}
		if p, err = h.desk.ExportPayments(h.ctx, "test", "finance", v.Tranches[0].Payment); err != nil {
			t.Fatal(err)
		}
		answer = []intake.BankReturn{{Row: 2, Batch: p.ID, N: 1, Amount: *v.Amount, Paid: true}}
		if lines, err := h.desk.Reconcile(h.ctx, "finance", answer); err != nil || lines[0].Result != "paid" {
			t.Fatalf("%+v %v", lines, err)
		}
		if v, err = h.desk.Case(h.ctx, "corp", id); err != nil || v.Outcome != "granted" {
			t.Fatalf("%+v %v", v, err)
		}
		h.sound()
	})
}

// TestBankAnswers that fit nothing are refused whole, with what to do, and nothing is booked.
func TestBankAnswers(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	h.appropriate("R08", 100*zhuanhua.WanYuan)
	id := h.claimed(1)
	h.at("2026-09-15T09:00")
	h.must("approver", id, "approve", nil)
	h.must("finance", id, "order", nil)
	v, err := h.desk.Case(h.ctx, "finance", id)
	if err != nil {
		t.Fatal(err)
	}
	batch := v.Tranches[0].Payment
	good := intake.BankReturn{Row: 2, Batch: batch, N: 1, Amount: *v.Amount, Paid: true}
	try := func(bad func(*intake.BankReturn)) error {
		r := good
		r.Row = 3
		bad(&r)
		_, err := h.desk.Reconcile(h.ctx, "finance", []intake.BankReturn{good, r})
		return err
	}
	refusedWith(t, try(func(*intake.BankReturn) {}), zhuanhua.KindInvalid, "没有送银行", "export")
	if _, err := h.desk.ExportPayments(h.ctx, "test", "", batch); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, try(func(r *intake.BankReturn) { r.Batch = "P-1999-0001" }), zhuanhua.KindNotFound, "row 3", "P-1999-0001", "没有这个支付批次")
	refusedWith(t, try(func(r *intake.BankReturn) { r.N = 7 }), zhuanhua.KindInvalid, "没有这一笔")
	refusedWith(t, try(func(r *intake.BankReturn) { r.Amount++ }), zhuanhua.KindInvalid, "金额不符")
	entries, err := h.desk.Entries(h.ctx, app.EntryFilter{Payment: batch})
	if err != nil || len(entries) != 1 {
		t.Errorf("something was booked: %+v %v", entries, err)
	}
	if lines, err := h.desk.Reconcile(h.ctx, "finance", []intake.BankReturn{good}); err != nil || lines[0].Result != "paid" {
		t.Errorf("%+v %v", lines, err)
	}
	refusedWith(t, try(func(r *intake.BankReturn) { r.Paid = false }), zhuanhua.KindConflict, "paid", "returned")
	h.sound()
}
