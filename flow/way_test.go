package flow_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
)

// casework is a world under the invented plan of package plan's testdata, with money for a year.
func casework(t testing.TB) *world {
	t.Helper()
	p := pack(t, os.DirFS(filepath.Join("..", "plan", "testdata", "casework")), "casework")
	w := newWorld(t, p)
	w.appropriate("R1", 2026, 500*zhuanhua.WanYuan)
	w.appropriate("R2", 2026, 500*zhuanhua.WanYuan)
	return w
}

// claim is a claim of a firm under R1, filled in: 120 万元 were spent, so that the rule gives 60 万元.
func (w *world) claim() flow.Act {
	return flow.Act{Action: "submit", Values: map[string]string{"contract": "2026450001", "spent_fen": "120 万元", "registered": "是", "payee_account": "示例账户"},
		Files: map[string][]string{"invoices": {w.attach("发票.pdf", "pdf", 1000)}}}
}

// must does an act that has to be allowed.
func (w *world) must(id, by string, a flow.Act) flow.Decided {
	w.t.Helper()
	d, err := w.do(id, by, a)
	if err != nil {
		w.t.Fatalf("%s by %s: %v", a.Action, by, err)
	}
	return d
}

// act is an act with values, written "field=value".
func act(action string, values ...string) flow.Act {
	a := flow.Act{Action: action, Values: map[string]string{}, Note: "示例理由"}
	for _, v := range values {
		field, value, _ := strings.Cut(v, "=")
		a.Values[field] = value
	}
	return a
}

// way leads a new case of R1 to a state along the straight way.
func (w *world) way(id, state string) *zhuanhua.Case {
	w.t.Helper()
	if _, err := w.begin("firm-a", flow.Beginning{ID: id, Workflow: "grant", Rule: "R1", Title: "示例项目"}); err != nil {
		w.t.Fatal(err)
	}
	steps := []func(){
		func() { w.must(id, "firm-a", w.claim()) },
		func() { w.must(id, "officer-1", act("check")) },
		func() { w.scores(id, "30", "30", "30") },
		func() { w.must(id, "reviewer-1", act("close")) },
		func() { w.must(id, "reviewer-1", act("set_by_rule")) },
		func() { w.must(id, "officer-1", act("publish")) },
		func() { w.later(10 * 24 * time.Hour); w.tick(id) },
		func() { w.must(id, "approver-1", act("approve")) },
		func() { w.must(id, "finance-1", act("order")) },
	}
	for _, step := range steps {
		if w.cases[id].State == state && (state != "reviewed" || w.cases[id].Amount != nil) {
			return w.cases[id]
		}
		step()
	}
	if w.cases[id].State != state {
		w.t.Fatalf("the way ends in %s, not in %s", w.cases[id].State, state)
	}
	return w.cases[id]
}

// scores lets every expert of a round hand in a sheet.
func (w *world) scores(id string, merits ...string) {
	w.t.Helper()
	n := 0
	for _, r := range slices.Clone(w.cases[id].Reviews) {
		if flow.Owed(w.cases[id], r) {
			w.must(id, r.Expert, act("score", fmt.Sprintf("bid=%d", r.Bid), "merit="+merits[n%len(merits)], "use=40"))
			n++
		}
	}
}

// refuse does an act that must not be allowed, and looks for words in the refusal.
func (w *world) refuse(id, by string, a flow.Act, kind zhuanhua.Kind, words string) {
	w.t.Helper()
	w.tick(id)
	before := zhuanhua.CanonicalJSON(*w.cases[id])
	_, err := w.do(id, by, a)
	if err == nil || zhuanhua.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		w.t.Errorf("%s by %s: %v; it should be refused as %s with %q", a.Action, by, err, kind, words)
	}
	if after := zhuanhua.CanonicalJSON(*w.cases[id]); after != before {
		w.t.Errorf("the refused %s changed the case", a.Action)
	}
}

// TestWay: from the draft to the last tranche, with what the ledger says at each step.
func TestWay(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	w.way(id, "heard")
	budget := func() string {
		b := w.budgets["R1/2026/CNY"]
		return fmt.Sprintf("%d available, %d committed, %d ordered, %d paid", b.Balance[zhuanhua.Available]/1e6, b.Balance[zhuanhua.Committed]/1e6, b.Balance[zhuanhua.Ordered]/1e6, b.Balance[zhuanhua.Paid]/1e6)
	}
	for _, x := range []struct{ by, action, state, budget string }{
		{"approver-1", "approve", "approved", "440 available, 60 committed, 0 ordered, 0 paid"},
		{"finance-1", "order", "ordered", "440 available, 24 committed, 36 ordered, 0 paid"},
		{"finance-2", "bounce", "approved", "440 available, 60 committed, 0 ordered, 0 paid"},
		{"finance-1", "order", "ordered", "440 available, 24 committed, 36 ordered, 0 paid"},
		{"finance-1", "confirm", "approved", "440 available, 24 committed, 0 ordered, 36 paid"},
		{"finance-1", "order", "ordered", "440 available, 0 committed, 24 ordered, 36 paid"},
		{"finance-1", "confirm", "approved", "440 available, 0 committed, 0 ordered, 60 paid"},
		{"finance-1", "finish", "done", "440 available, 0 committed, 0 ordered, 60 paid"},
	} {
		d := w.must(id, x.by, act(x.action))
		if d.Case.State != x.state || budget() != x.budget {
			t.Errorf("after %s: %s with %s; it should be %s with %s", x.action, d.Case.State, budget(), x.state, x.budget)
		}
		if x.action == "finish" && !d.Archive {
			t.Error("the end asks for no archive package")
		}
	}
	c := w.cases[id]
	if c.Outcome != "granted" || c.Closed.IsZero() || c.Amount == nil || *c.Amount != 60*zhuanhua.WanYuan || len(c.Decisions) != 1 || c.Decisions[0].Decides != "grant" || *c.Decisions[0].Computed != 60*zhuanhua.WanYuan {
		t.Errorf("%+v", c)
	}
	if p := w.payment["P-2026-0001"]; len(p.Lines) != 3 || p.Lines[0].State != "returned" || p.Lines[0].Reason != "示例理由" || p.Lines[1].State != "paid" || p.Lines[1].Account != "示例账户" {
		t.Errorf("%+v", p)
	}
	returned := 0
	for _, e := range w.entries {
		if e.Reverses != "" {
			returned++
		}
	}
	if returned != 1 {
		t.Errorf("%d entries take another back, the bank returned one", returned)
	}
	if steps := w.steps[id]; len(steps) != c.Steps || steps[0].Action != "begin" || steps[len(steps)-1].To != "done" {
		t.Errorf("%d steps, the case counts %d", len(steps), c.Steps)
	}
}

// TestBegin: who begins what for whom.
func TestBegin(t *testing.T) {
	w := casework(t)
	for _, x := range []struct {
		name, by string
		b        flow.Beginning
		kind     zhuanhua.Kind
		words    string
	}{
		{"a firm for itself", "firm-a", flow.Beginning{ID: "1", Workflow: "grant", Rule: "R1"}, "", ""},
		{"a firm for another", "firm-a", flow.Beginning{ID: "2", Workflow: "grant", Rule: "R1", Organisation: "示例企业-b"}, zhuanhua.KindForbidden, "只能为本单位申请"},
		{"an officer", "officer-1", flow.Beginning{ID: "2", Workflow: "grant", Rule: "R1"}, zhuanhua.KindForbidden, "没有办理“示例补助办理”的角色"},
		{"no rule where there are several", "firm-a", flow.Beginning{ID: "2", Workflow: "grant"}, zhuanhua.KindInvalid, "R1, R2"},
		{"a rule of another workflow", "firm-a", flow.Beginning{ID: "2", Workflow: "grant", Rule: "R9"}, zhuanhua.KindInvalid, "R9"},
		{"no such workflow", "firm-a", flow.Beginning{ID: "2", Workflow: "grants"}, zhuanhua.KindInvalid, "没有流程 grants"},
	} {
		d, err := w.begin(x.by, x.b)
		if zhuanhua.KindOf(err) != x.kind || err != nil && !strings.Contains(err.Error(), x.words) {
			t.Errorf("%s: %v", x.name, err)
		}
		if err == nil && (d.Case.State != "draft" || d.Case.Organisation != "示例企业-a" || d.Step.Action != "begin" || d.Case.PlanSum != w.p.Sum) {
			t.Errorf("%s: %+v", x.name, d.Case)
		}
	}
}

// TestWhoMay: in each state, who is kept from what, and in which words.
func TestWhoMay(t *testing.T) {
	for _, x := range []struct {
		name, state, by string
		a               flow.Act
		words           string // "" allowed
	}{
		{"a colleague of the applicant", "draft", "firm-a2", act("withdraw"), ""},
		{"another firm", "draft", "firm-b", act("withdraw"), "由申请人办理，您不是"},
		{"an officer checks", "submitted", "officer-2", act("check"), ""},
		{"a reviewer is no officer", "submitted", "reviewer-1", act("check"), "由经办人办理，您不是"},
		{"an auditor reads only", "submitted", "auditor", act("check"), "由经办人办理，您不是"},
		{"somebody whose account is closed", "submitted", "closed", act("check"), "账号已停用"},
		{"an officer of the applicant's organisation", "submitted", "officer-a", act("check"), "您所在单位 示例企业-a 是当事方"},
		{"an officer who has declared a relation", "submitted", "officer-kin", act("check"), "您已申报与 示例企业-a 有关联"},
		{"an officer who is the applicant under another login", "submitted", "officer-twin", act("check"), "在本办件中办理过“开办”"},
		{"an expert who was not drawn", "review", "expert-firm", act("score", "merit=1", "use=1"), "由受邀专家办理，您不是"},
		{"the clock's own action", "submitted", "officer-1", act("check_overdue"), "由到期自动办理，您不是"},
		{"who checked does not approve", "heard", "all", act("approve"), "您办理过“形式审查通过”，不能再办理“批准”"},
		{"who approved does not order the payment", "approved", "all2", act("order"), "您办理过“批准”"},
		{"an action of another state", "draft", "officer-1", act("check"), "办件处于“草稿”，不能形式审查通过"},
		{"an action that there is not", "draft", "officer-1", act("chek"), "没有动作 chek"},
		{"an objection by who has examined", "publicity", "officer-1", act("object", "text=示例"), "您在本办件中办理过“形式审查通过”"},
		{"an objection by anybody else", "publicity", "firm-b", act("object", "text=示例"), ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := casework(t)
			w.users["firm-a"].Person = "示例人员"
			add := func(id, organisation string, roles ...zhuanhua.Role) *zhuanhua.User {
				u := &zhuanhua.User{ID: id, Name: id, Organisation: organisation}
				for _, r := range roles {
					u.Roles = append(u.Roles, zhuanhua.Grant{Role: r})
				}
				w.users[id] = u
				return u
			}
			add("auditor", "示例审计", zhuanhua.RoleAuditor)
			add("closed", "示例主管部门", zhuanhua.RoleOfficer).Disabled = true
			add("officer-a", "示例企业-a", zhuanhua.RoleOfficer)
			add("officer-kin", "示例主管部门", zhuanhua.RoleOfficer).Relations = []string{"示例企业-a"}
			add("officer-twin", "示例主管部门", zhuanhua.RoleOfficer).Person = "示例人员"
			add("all2", "示例主管部门", zhuanhua.RoleApprover, zhuanhua.RoleFinance)
			switch x.by {
			case "all":
				w.users["officer-1"] = w.users["all"]
				w.users["officer-1"].ID = "officer-1"
				x.by = "officer-1"
			case "all2":
				w.users["approver-1"] = w.users["all2"]
				w.users["approver-1"].ID = "approver-1"
				x.by = "approver-1"
			}
			w.way("grant-1", x.state)
			_, err := w.do("grant-1", x.by, x.a)
			if (err == nil) != (x.words == "") || err != nil && !strings.Contains(err.Error(), x.words) {
				t.Errorf("%v; it should say %q", err, x.words)
			}
		})
	}
}

// TestOneSecond: what comes in the last second of a period is in time, what comes one second later is not,
// whatever the workflow says about who else might still act.
func TestOneSecond(t *testing.T) {
	for _, x := range []struct {
		name, at string
		in       bool
	}{
		// Returned on Monday 2 March: ten days end on Thursday the 12th, which is a holiday here, so on the 13th.
		{"a correction in the last second", "2026-03-13T23:59:59", true},
		{"a correction one second later", "2026-03-14T00:00:00", false},
	} {
		w := casework(t)
		w.way("grant-1", "submitted")
		back := act("return")
		back.Marks = []zhuanhua.Mark{{Form: "claim", Field: "spent_fen", Note: "示例：与发票不符"}}
		w.must("grant-1", "officer-1", back)
		w.now = shanghai(t, x.at)
		_, err := w.do("grant-1", "firm-a", act("resubmit", "spent_fen=110 万元"))
		if (err == nil) != x.in {
			t.Errorf("%s: %v", x.name, err)
		}
		if c := w.cases["grant-1"]; !x.in && (c.State != "lapsed" || c.Outcome != "failed" || len(c.Claims) != 0) {
			t.Errorf("%s: the case is %s, holds %v", x.name, c.State, c.Claims)
		}
	}
	for _, x := range []struct {
		name, at string
		in       bool
	}{
		{"an objection in the last minute", "2026-03-09T23:59:30", true},
		{"an objection at midnight", "2026-03-10T00:00:00", false},
	} {
		w := casework(t)
		w.way("grant-1", "publicity")
		w.now = shanghai(t, x.at)
		_, err := w.do("grant-1", "firm-b", act("object", "text=示例异议"))
		if (err == nil) != x.in {
			t.Errorf("%s: %v", x.name, err)
		}
		if state := w.cases["grant-1"].State; (state == "objected") != x.in || !x.in && state != "heard" {
			t.Errorf("%s: the case is %s", x.name, state)
		}
	}
}

// TestLateWithoutClock: a late act is refused by itself, even where nobody has done what the clock does.
func TestLateWithoutClock(t *testing.T) {
	w := casework(t)
	w.way("grant-1", "submitted")
	back := act("return")
	back.Marks = []zhuanhua.Mark{{Form: "claim", Field: "spent_fen", Note: "示例"}}
	w.must("grant-1", "officer-1", back)
	w.now = shanghai(t, "2026-03-14T00:00:00")
	late := act("resubmit", "spent_fen=110 万元")
	_, err := flow.Do(w.situation("grant-1", late), flow.Actor{User: w.users["firm-a"], Now: w.now}, late)
	if err == nil || !strings.Contains(err.Error(), "“补正期限”已过，最后一天是 2026-03-13（24:00 截止）") {
		t.Errorf("%v", err)
	}
	// A period that was stopped does not run out later.
	w.cases["grant-1"].Clocks[slices.IndexFunc(w.cases["grant-1"].Clocks, func(k zhuanhua.CaseClock) bool { return k.ID == "mending" })].Stopped = true
	if _, err := flow.Do(w.situation("grant-1", late), flow.Actor{User: w.users["firm-a"], Now: w.now}, late); err == nil || !strings.Contains(err.Error(), "“补正期限”已停止") {
		t.Errorf("%v", err)
	}
	// The clock does nothing before its time either.
	w.now = shanghai(t, "2026-03-13T23:59:59")
	if _, err := flow.Do(w.situation("grant-1", act("lapse")), flow.Actor{Now: w.now}, act("lapse")); zhuanhua.KindOf(err) != zhuanhua.KindForbidden {
		t.Errorf("%v", err)
	}
}

// TestLeft: who has left the applicant's organisation does not act for it any more.
func TestLeft(t *testing.T) {
	w := casework(t)
	w.way("grant-1", "submitted")
	w.users["firm-a"].Organisation = "示例企业-b"
	w.refuse("grant-1", "firm-a", act("withdraw"), zhuanhua.KindForbidden, "由申请人办理，您不是")
	w.must("grant-1", "firm-a2", act("withdraw"))
}

// TestPublicity: an objection stops the period, its answer lets it go on for the days that are left, a new
// text begins it anew, and nobody approves before.
func TestPublicity(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	c := w.way(id, "publicity")
	due := func() string { return w.clockOf(id, "shown").Due.String() }
	// Shown on Monday 2 March: five working days end on Monday the 9th.
	if due() != "2026-03-09" || c.Publicity.Due.String() != "2026-03-09" || !strings.Contains(c.Publicity.Text, "600,000.00 元") || strings.Contains(c.Publicity.Text, "示例账户") || len(c.Publicity.TextHash) != 64 {
		t.Errorf("%+v", c.Publicity)
	}
	w.refuse(id, "approver-1", act("approve"), zhuanhua.KindConflict, "办件处于“公示”")
	w.now = shanghai(t, "2026-03-04T10:00:00") // Wednesday: two days are used
	w.must(id, "firm-b", act("object", "text=示例异议一"))
	w.must(id, "firm-c", act("object", "text=示例异议二"))
	if due() != "" || w.clockOf(id, "shown").Spent != 2 {
		t.Errorf("an objection does not stop the period: %+v", w.clockOf(id, "shown"))
	}
	w.now = shanghai(t, "2026-04-01T10:00:00")
	w.refuse(id, "officer-1", act("go_on"), zhuanhua.KindInvalid, "2 项异议尚未答复")
	w.must(id, "reviewer-2", act("answer", "n=1", "answer=示例答复", "upheld=否"))
	w.refuse(id, "reviewer-2", act("answer", "n=1", "answer=示例答复", "upheld=否"), zhuanhua.KindInvalid, "没有待答复的异议 1")
	w.refuse(id, "officer-1", act("go_on"), zhuanhua.KindInvalid, "1 项异议尚未答复")
	w.must(id, "reviewer-2", act("answer", "n=2", "answer=示例答复", "upheld=是"))
	w.must(id, "officer-1", act("go_on"))
	// Three days are left, counted from Thursday 2 April over the weekend: Monday the 6th.
	if due() != "2026-04-06" {
		t.Errorf("after the answer the period ends on %s", due())
	}
	w.now = shanghai(t, "2026-04-03T10:00:00")
	w.must(id, "firm-b", act("object", "text=示例异议三"))
	w.must(id, "reviewer-2", act("answer", "n=3", "answer=示例答复", "upheld=是"))
	w.must(id, "officer-1", act("publish"))
	if due() != "2026-04-10" || w.cases[id].Publicity.Restarts != 1 {
		t.Errorf("a new publicity ends on %s: %+v", due(), w.cases[id].Publicity)
	}
	w.now = shanghai(t, "2026-04-10T23:59:59")
	w.tick(id)
	if w.cases[id].State != "publicity" {
		t.Errorf("on its last day the publicity is over: %s", w.cases[id].State)
	}
	w.now = shanghai(t, "2026-04-11T00:00:00")
	w.tick(id)
	if c := w.cases[id]; c.State != "heard" || !c.Publicity.Done {
		t.Errorf("%s %+v", c.State, c.Publicity)
	}
}

// clockOf is a clock of a case.
func (w *world) clockOf(id, clock string) zhuanhua.CaseClock {
	for _, k := range w.cases[id].Clocks {
		if k.ID == clock {
			return k
		}
	}
	return zhuanhua.CaseClock{}
}

// TestClocks: a period stands while the applicant mends, goes on afterwards, tells once when it is over, and
// cannot be counted past the calendar.
func TestClocks(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	w.way(id, "submitted")
	if k := w.clockOf(id, "checking"); k.Due.String() != "2026-03-09" || k.Provisional {
		t.Errorf("%+v", k)
	}
	w.now = shanghai(t, "2026-03-03T09:00:00") // one day is used
	back := act("return")
	back.Marks = []zhuanhua.Mark{{Form: "claim", Field: "", Note: "示例：全表重填"}}
	w.must(id, "officer-1", back)
	if k := w.clockOf(id, "checking"); k.Paused.IsZero() || k.Spent != 1 || !k.Due.IsZero() {
		t.Errorf("%+v", k)
	}
	w.now = shanghai(t, "2026-03-11T09:00:00")
	w.must(id, "firm-a", act("resubmit"))
	// Four days are left; Thursday the 12th is off: 13, 16, 17, 18.
	if k := w.clockOf(id, "checking"); k.Due.String() != "2026-03-18" || !k.Paused.IsZero() {
		t.Errorf("%+v", k)
	}
	if k := w.clockOf(id, "mending"); !k.Stopped {
		t.Errorf("%+v", k)
	}
	// A second pause: three days are used by Monday the 16th, two are left from Monday the 23rd.
	w.now = shanghai(t, "2026-03-16T09:00:00")
	w.must(id, "officer-1", back)
	w.now = shanghai(t, "2026-03-23T09:00:00")
	w.must(id, "firm-a", act("resubmit"))
	if k := w.clockOf(id, "checking"); k.Due.String() != "2026-03-25" || k.Spent != 3 {
		t.Errorf("%+v", k)
	}
	w.now = shanghai(t, "2026-03-26T00:00:00")
	w.tick(id)
	w.tick(id)
	told := 0
	for _, s := range w.steps[id] {
		if s.Action == "check_overdue" && s.By == zhuanhua.ByClock {
			told++
		}
	}
	if told != 1 || !w.clockOf(id, "checking").Over || w.cases[id].State != "submitted" {
		t.Errorf("an overdue check was told %d times", told)
	}
	w.now = shanghai(t, "2027-12-30T09:00:00")
	w.refuse(id, "officer-1", back, zhuanhua.KindInvalid, "日历没有 2028 年")
}

// TestVersion: who acts on what they saw before is told that it has changed.
func TestVersion(t *testing.T) {
	w := casework(t)
	w.way("grant-1", "submitted")
	seen := w.version(zhuanhua.NounCase, "grant-1")
	back := act("return")
	back.Marks = []zhuanhua.Mark{{Form: "claim", Field: "spent_fen", Note: "示例"}}
	w.must("grant-1", "officer-1", back)
	late := act("check")
	late.Version = seen
	w.refuse("grant-1", "officer-2", late, zhuanhua.KindConflict, "您查看之后，办件已有变动")
}

// TestOffers: everything that the state has, with why not.
func TestOffers(t *testing.T) {
	w := casework(t)
	w.way("grant-1", "heard")
	offers := map[string]flow.Offer{}
	for _, o := range flow.Offers(w.situation("grant-1", flow.Act{}), flow.Actor{User: w.users["approver-1"], Now: w.now}) {
		offers[o.Action.ID] = o
	}
	if len(offers) != 2 || !offers["approve"].Allowed || !offers["refuse"].Allowed || len(offers["approve"].Reasons) != 4 {
		t.Errorf("%+v", offers)
	}
	for _, o := range flow.Offers(w.situation("grant-1", flow.Act{}), flow.Actor{User: w.users["firm-a"], Now: w.now}) {
		if o.Allowed || len(o.Reasons) == 0 || o.Reasons[0].Met || o.Reasons[0].ZH == "" {
			t.Errorf("%s is offered to the applicant: %+v", o.Action.ID, o.Reasons)
		}
	}
}

// TestGathered: a decision that was not given the people of the case is refused rather than made.
func TestGathered(t *testing.T) {
	w := casework(t)
	w.way("grant-1", "submitted")
	s := w.situation("grant-1", act("check"))
	delete(s.Users, "firm-a")
	if _, err := flow.Do(s, flow.Actor{User: w.users["officer-1"], Now: w.now}, act("check")); err == nil || zhuanhua.KindOf(err) != zhuanhua.KindInternal || !strings.Contains(err.Error(), "firm-a") {
		t.Errorf("%v", err)
	}
}

// TestSameAgain: the same situation, actor and act give the same decision to the byte.
func TestSameAgain(t *testing.T) {
	w := casework(t)
	w.way("grant-1", "submitted")
	var first string
	for range 5 {
		d, err := flow.Do(w.situation("grant-1", act("check")), flow.Actor{User: w.users["officer-1"], Now: w.now}, act("check"))
		if err != nil {
			t.Fatal(err)
		}
		if out := zhuanhua.CanonicalJSON(d.Change); first == "" {
			first = out
		} else if out != first {
			t.Fatalf("%s\n%s", first, out)
		}
	}
}
