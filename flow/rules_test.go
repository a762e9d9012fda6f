package flow_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
)

// TestForms: what is wrong with a form is told field by field, all at once, and nothing of it is kept.
func TestForms(t *testing.T) {
	for _, x := range []struct {
		name   string
		change func(*world, *flow.Act)
		words  string // "" allowed
	}{
		{"as it should be", func(*world, *flow.Act) {}, ""},
		{"an amount without a unit is in fen", func(_ *world, a *flow.Act) { a.Values["spent_fen"] = "12000" }, ""},
		{"nothing in a required field", func(_ *world, a *flow.Act) { delete(a.Values, "contract") }, "“合同”没有填写"},
		{"an amount in words", func(_ *world, a *flow.Act) { a.Values["spent_fen"] = "一百万" }, "不是以分为单位的整数"},
		{"an amount below the least", func(_ *world, a *flow.Act) { a.Values["spent_fen"] = "1 分" }, "超出范围"},
		{"a field that the form does not have", func(_ *world, a *flow.Act) { a.Values["spend"] = "1" }, `没有字段 "spend"`},
		{"no attachment", func(_ *world, a *flow.Act) { a.Files = nil }, "“发票”没有填写"},
		{"an attachment that lies about its type", func(w *world, a *flow.Act) { a.Files["invoices"] = []string{w.attach("发票.pdf", "exe", 1000)} }, "的内容是 exe，“发票”只收 pdf、xlsx"},
		{"an empty attachment", func(w *world, a *flow.Act) { a.Files["invoices"] = []string{w.attach("发票.pdf", "pdf", 0)} }, "是空文件"},
		{"an attachment of two gigabytes", func(w *world, a *flow.Act) { a.Files["invoices"] = []string{w.attach("发票.pdf", "pdf", 2<<30)} }, "有 2048 MB，超过 10 MB"},
		{"an attachment that never came", func(_ *world, a *flow.Act) { a.Files["invoices"] = []string{strings.Repeat("a", 64)} }, "找不到附件 aaaaaaaaaaaa"},
		{"a note of a novel's length", func(_ *world, a *flow.Act) { a.Note = strings.Repeat("字", 5001) }, "说明有 5001 字，最多 5000 字"},
		{"a note where one is not needed", func(_ *world, a *flow.Act) { a.Note = "示例" }, ""},
	} {
		w := casework(t)
		w.way("grant-1", "draft")
		a := w.claim()
		x.change(w, &a)
		_, err := w.do("grant-1", "firm-a", a)
		if (err == nil) != (x.words == "") || err != nil && !strings.Contains(err.Error(), x.words) {
			t.Errorf("%s: %v; it should say %q", x.name, err, x.words)
		}
		if c := w.cases["grant-1"]; err != nil && (len(c.Forms) > 0 || c.State != "draft" || len(w.claims) > 0) {
			t.Errorf("%s: the refused form left something: %+v", x.name, c)
		}
	}
}

// TestDrafts: a draft may be half empty and goes on where it was; a submission adds to it.
func TestDrafts(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	w.way(id, "draft")
	w.must(id, "firm-a", act("save", "contract=2026450001"))
	w.must(id, "firm-a2", act("save", "spent_fen=80 万元", "registered=true"))
	w.refuse(id, "firm-a", act("submit"), zhuanhua.KindInvalid, "“收款账户”没有填写")
	a := act("submit", "payee_account=示例账户", "spent_fen=100 万元")
	a.Files = map[string][]string{"invoices": {w.attach("发票.pdf", "pdf", 10)}}
	w.must(id, "firm-a", a)
	f := w.cases[id].Forms["claim"]
	if f.Version != 3 || f.Values["spent_fen"] != "100000000" || f.Values["contract"] != "2026450001" || f.Values["registered"] != "true" || f.By != "firm-a" {
		t.Errorf("%+v", f)
	}
	if s := w.steps[id]; s[2].Values["spent_fen"] != "80000000" || s[2].By != "firm-a2" {
		t.Errorf("the earlier version is gone: %+v", s[2])
	}
}

// TestMarks: what is sent back can be corrected, and nothing else; the record that was claimed stays.
func TestMarks(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	w.way(id, "submitted")
	w.refuse(id, "officer-1", act("return"), zhuanhua.KindInvalid, "没有标记要补正的字段")
	back := act("return")
	back.Marks = []zhuanhua.Mark{{Form: "claim", Field: "spent", Note: "示例"}}
	w.refuse(id, "officer-1", back, zhuanhua.KindInvalid, "没有字段 claim.spent")
	w.cases[id].Forms["opinion"] = zhuanhua.Filled{Version: 1, Values: map[string]string{"result": "passed"}, By: "officer-2"}
	back.Marks = []zhuanhua.Mark{{Form: "opinion", Field: "result", Note: "示例"}}
	w.refuse(id, "officer-1", back, zhuanhua.KindInvalid, "不是申请人补正时填写的表单")
	delete(w.cases[id].Forms, "opinion")
	back.Marks = []zhuanhua.Mark{{Form: "claim", Field: "spent_fen", Note: "示例：与发票不符"}}
	back.Note = " "
	w.refuse(id, "officer-1", back, zhuanhua.KindInvalid, "须写明理由")
	back.Note = "示例：请补正"
	w.must(id, "officer-1", back)
	w.refuse(id, "firm-a", act("resubmit", "spent_fen=110 万元", "payee_account=另一账户"), zhuanhua.KindInvalid, "“收款账户”没有要求补正，不能修改")
	w.must(id, "firm-a", act("resubmit", "spent_fen=110 万元"))
	c := w.cases[id]
	if len(c.Marks) != 0 || c.Forms["claim"].Values["spent_fen"] != "110000000" || c.Forms["claim"].Version != 2 {
		t.Errorf("%+v", c.Forms["claim"])
	}
	// Even a field that is sent back does not free the claim for another record.
	back.Marks = []zhuanhua.Mark{{Form: "claim", Field: "contract", Note: "示例：编号有误"}}
	w.must(id, "officer-1", back)
	w.refuse(id, "firm-a", act("resubmit", "contract=2026450002"), zhuanhua.KindInvalid, "申请已占用“2026450001”")
}

// TestClaims: one record is claimed once under a rule, and under two rules only as the stacking table says;
// a claim that came to nothing frees it.
func TestClaims(t *testing.T) {
	for _, x := range []struct {
		name, rule, contract string
		before               string // what became of the first case
		words                string // "" allowed
	}{
		{"the same contract again", "R1", "2026450001", "submitted", "2026450001 已由办件 grant-1 按 R1 申请"},
		{"another contract", "R1", "2026450002", "submitted", ""},
		{"under a rule that does not go with it", "R2", "2026450001", "submitted", "与 R2 不能同时享受：示例不得重复"},
		{"after it was withdrawn", "R1", "2026450001", "withdrawn", ""},
		{"after it was refused", "R2", "2026450001", "refused", ""},
		{"after it was granted", "R1", "2026450001", "done", "已由办件 grant-1 按 R1 申请"},
	} {
		w := casework(t)
		switch x.before {
		case "withdrawn":
			w.way("grant-1", "submitted")
			w.must("grant-1", "firm-a", act("withdraw"))
		case "refused":
			w.way("grant-1", "submitted")
			w.must("grant-1", "approver-1", act("refuse"))
		case "done":
			w.way("grant-1", "approved")
			w.must("grant-1", "firm-a", act("waive"))
		default:
			w.way("grant-1", "submitted")
		}
		if _, err := w.begin("firm-b", flow.Beginning{ID: "grant-2", Workflow: "grant", Rule: x.rule}); err != nil {
			t.Fatal(err)
		}
		a := w.claim()
		a.Values["contract"] = x.contract
		if x.rule == "R2" {
			delete(a.Values, "spent_fen")
			a.Files = nil
		}
		_, err := w.do("grant-2", "firm-b", a)
		if (err == nil) != (x.words == "") || err != nil && !strings.Contains(err.Error(), x.words) {
			t.Errorf("%s: %v; it should say %q", x.name, err, x.words)
		}
		if c := w.claims[x.rule+"/contract/"+x.contract]; err == nil && (c.Case != "grant-2" || c.Released) {
			t.Errorf("%s: the claim is %+v", x.name, c)
		}
	}
}

// TestAmount: by the rule up to its cap; entered by hand within what the rule allows; reasons where the
// plan asks for them; and a rule that is not met is not paid.
func TestAmount(t *testing.T) {
	for _, x := range []struct {
		name, spent string
		a           flow.Act
		fen         zhuanhua.Money
		words       string
	}{
		{"half", "120 万元", act("set_by_rule"), 60 * zhuanhua.WanYuan, ""},
		{"the cap", "300 万元", act("set_by_rule"), 100 * zhuanhua.WanYuan, ""},
		{"an odd fen is cut", "100.01 元", act("set_by_rule"), 5000, ""},
		{"less by hand", "120 万元", act("set_by_form", "amount=50 万元", "result=通过"), 50 * zhuanhua.WanYuan, ""},
		{"more than the rule gives, by hand", "120 万元", act("set_by_form", "amount=60.01 万元", "result=通过"), 0, "超过规则允许的 600,000.00 元"},
		{"nothing by hand", "120 万元", act("set_by_form", "amount=0", "result=通过"), 0, "低于下限 0.01 元"},
		{"by hand without a pass", "120 万元", act("set_by_form", "amount=50 万元", "result=failed"), 0, "“结论”是“不通过”；应为“通过”"},
		{"by hand without reasons", "120 万元", flow.Act{Action: "set_by_form", Values: map[string]string{"amount": "50 万元", "result": "通过"}}, 0, "须写明理由"},
	} {
		w := casework(t)
		w.way("grant-1", "draft")
		a := w.claim()
		a.Values["spent_fen"] = x.spent
		w.must("grant-1", "firm-a", a)
		w.must("grant-1", "officer-1", act("check"))
		w.scores("grant-1", "30")
		w.must("grant-1", "reviewer-1", act("close"))
		d, err := w.do("grant-1", "reviewer-1", x.a)
		if (err == nil) != (x.words == "") || err != nil && !strings.Contains(err.Error(), x.words) {
			t.Errorf("%s: %v; it should say %q", x.name, err, x.words)
		}
		if err == nil && *d.Case.Amount != x.fen {
			t.Errorf("%s: %d fen, not %d", x.name, *d.Case.Amount, x.fen)
		}
	}
	w := casework(t)
	w.way("grant-1", "draft")
	a := w.claim()
	a.Values["registered"] = "否"
	d := w.must("grant-1", "firm-a", a)
	if r := d.Step.Reasons[0]; r.Check != "rule_open_told" || !r.Met || !strings.Contains(r.ZH, "尚不符合规则 R1：合同已登记（现为 否，需 是）") {
		t.Errorf("the applicant is not told: %+v", d.Step.Reasons)
	}
	w.refuse("grant-1", "officer-1", act("check"), zhuanhua.KindInvalid, "不符合规则 R1：合同已登记（现为 否，需 是）；先登记合同")
}

// TestMoney: what stops a payment.
func TestMoney(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	w.way(id, "heard")
	// Without a budget, and with too little of it.
	b := w.budgets["R1/2026/CNY"]
	delete(w.budgets, "R1/2026/CNY")
	w.refuse(id, "approver-1", act("approve"), zhuanhua.KindInvalid, "R1 没有 2026 年预算；先下达预算：ledger appropriate --programme R1 --year 2026")
	b.Balance[zhuanhua.Available] = int64(60*zhuanhua.WanYuan) - 1
	w.budgets["R1/2026/CNY"] = b
	w.refuse(id, "approver-1", act("approve"), zhuanhua.KindInvalid, "2026 年可用预算 599,999.99 元，不足 600,000.00 元")
	b.Balance[zhuanhua.Available] = int64(60 * zhuanhua.WanYuan)
	w.must(id, "approver-1", act("approve"))
	w.refuse(id, "approver-1", act("approve"), zhuanhua.KindConflict, "办件处于“已批准”")
	w.refuse(id, "finance-1", act("finish"), zhuanhua.KindInvalid, "还有 2 笔款项未拨付")
	w.refuse(id, "finance-1", act("order", "tranche=3"), zhuanhua.KindInvalid, "没有处于 planned 的款项 3")
	// An account never goes below zero, whatever a guard has let through.
	w.budgets["R1/2026/CNY"].Balance[zhuanhua.Committed] = 5
	w.refuse(id, "finance-1", act("order"), zhuanhua.KindInvalid, "预算 R1/2026/CNY 的 committed 余额 0.05 元 不足 360,000.00 元")
	w.budgets["R1/2026/CNY"].Balance[zhuanhua.Committed] = int64(60 * zhuanhua.WanYuan)
	// A batch that is with the bank takes no more lines; the next one does.
	w.must(id, "finance-1", act("order"))
	w.payment["P-2026-0001"].Exported = w.now
	w.must(id, "finance-1", act("confirm"))
	if p := w.payment["P-2026-0001"]; p.Settled.IsZero() {
		t.Errorf("every line is paid and the batch is not settled: %+v", p)
	}
	w.must(id, "finance-1", act("order"))
	if len(w.payment) != 2 || w.payment["P-2026-0002"].Lines[0].Tranche != 2 {
		t.Errorf("%+v", w.payment)
	}
	w.must(id, "finance-1", act("confirm"))
	w.refuse(id, "finance-1", act("order"), zhuanhua.KindInvalid, "没有待拨付的款项")
	// What was paid is claimed back and comes back; it can be done by nobody who paid.
	w.must(id, "approver-2", act("claw_back"))
	w.must(id, "finance-1", act("money_back"))
	if b := w.budgets["R1/2026/CNY"]; b.Balance[zhuanhua.Recovered] != int64(60*zhuanhua.WanYuan) || b.Balance[zhuanhua.Paid] != 0 || w.cases[id].Outcome != "revoked" {
		t.Errorf("%+v", b.Balance)
	}
}

// TestSplit: the tranches of a rule are cut down to the fen, and the last one takes what is left over.
func TestSplit(t *testing.T) {
	w := casework(t)
	w.way("grant-1", "draft")
	a := w.claim()
	a.Values["spent_fen"] = "100.07 元" // half of it, cut: 5003 fen; 60 % of that are 3001.8
	w.must("grant-1", "firm-a", a)
	w.must("grant-1", "officer-1", act("check"))
	w.scores("grant-1", "30")
	w.must("grant-1", "reviewer-1", act("close"))
	w.must("grant-1", "reviewer-1", act("set_by_rule"))
	w.must("grant-1", "officer-1", act("publish"))
	w.later(10 * 24 * time.Hour)
	c := w.must("grant-1", "approver-1", act("approve")).Case
	if len(c.Tranches) != 2 || c.Tranches[0].Amount != 3001 || c.Tranches[1].Amount != 2002 || c.Tranches[0].For != "批复后" {
		t.Errorf("%+v", c.Tranches)
	}
}

// TestReturnedAcrossYears: what was committed in a year stays in that year's budget, whenever it is paid.
func TestReturnedAcrossYears(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	w.way(id, "approved")
	w.appropriate("R1", 2027, zhuanhua.WanYuan)
	w.now = shanghai(t, "2027-01-05T10:00:00")
	w.must(id, "finance-1", act("order"))
	w.must(id, "finance-2", act("bounce"))
	w.must(id, "finance-1", act("order"))
	w.must(id, "finance-1", act("confirm"))
	w.must(id, "firm-a", act("waive"))
	old, new := w.budgets["R1/2026/CNY"].Balance, w.budgets["R1/2027/CNY"].Balance
	if old[zhuanhua.Paid] != int64(36*zhuanhua.WanYuan) || old[zhuanhua.Available] != int64(464*zhuanhua.WanYuan) || old[zhuanhua.Committed] != 0 || new[zhuanhua.Available] != int64(zhuanhua.WanYuan) {
		t.Errorf("%v %v", old, new)
	}
}

// TestExperts: who is asked has no part in the case, the idle are asked first, the seed decides between
// equals, and the same seed decides the same.
func TestExperts(t *testing.T) {
	drawn := func(seed uint64, busy ...string) []string {
		w := casework(t)
		w.seed = seed
		for i, e := range busy {
			w.cases[fmt.Sprint("busy", i)] = &zhuanhua.Case{ID: fmt.Sprint("busy", i), Reviews: []zhuanhua.Review{{Expert: e, Round: 1}}}
		}
		w.way("grant-1", "review")
		var out []string
		for _, r := range w.cases["grant-1"].Reviews {
			out = append(out, r.Expert)
		}
		return out
	}
	sets := map[string]bool{}
	for seed := range uint64(30) {
		out := drawn(seed)
		if len(out) != 3 || slices.Contains(out, "expert-firm") || slices.Contains(out, "expert-kin") {
			t.Errorf("seed %d draws %v", seed, out)
		}
		if again := drawn(seed); !slices.Equal(out, again) {
			t.Errorf("seed %d draws %v and %v", seed, out, again)
		}
		sets[strings.Join(out, " ")] = true
	}
	if len(sets) < 10 {
		t.Errorf("thirty seeds draw only %d different panels", len(sets))
	}
	busy := []string{"expert-0", "expert-1", "expert-2", "expert-3", "expert-4", "expert-5"}
	if out := drawn(1, busy...); !slices.Equal(out, []string{"expert-6", "expert-7", "expert-8"}) {
		t.Errorf("the busy are asked before the idle: %v", out)
	}
	w := casework(t)
	maps.DeleteFunc(w.users, func(id string, _ *zhuanhua.User) bool {
		return strings.HasPrefix(id, "expert-") && id > "expert-1" && len(id) == 8
	})
	w.way("grant-1", "submitted")
	w.refuse("grant-1", "officer-1", act("check"), zhuanhua.KindInvalid, "需要 3 名专家，符合条件的只有 2 名（同单位 same organisation 1, 已申报关联 declared relation 1）")
}

// TestReview: an expert owes one sheet, another takes the place of who steps back, too few sheets close
// nothing.
func TestReview(t *testing.T) {
	w := casework(t)
	const id = "grant-1"
	c := w.way(id, "review")
	first, second := c.Reviews[0].Expert, c.Reviews[1].Expert
	w.must(id, first, act("score", "merit=50", "use=39.5"))
	w.refuse(id, first, act("score", "merit=60", "use=40"), zhuanhua.KindForbidden, "由受邀专家办理")
	w.refuse(id, second, act("score", "merit=61", "use=40"), zhuanhua.KindInvalid, "超出范围")
	w.refuse(id, "reviewer-1", act("close"), zhuanhua.KindInvalid, "已交评审意见 1 份，需 3 份")
	w.must(id, second, act("recuse"))
	c = w.cases[id]
	if c.Reviews[1].Recused == "" || len(c.Reviews) != 4 || c.Reviews[3].Expert == first || c.Reviews[3].Expert == second || len(c.Recusals) != 1 {
		t.Errorf("%+v", c.Reviews)
	}
	w.refuse(id, second, act("score", "merit=50", "use=40"), zhuanhua.KindForbidden, "由受邀专家办理")
	w.scores(id, "50", "10")
	w.must(id, "reviewer-1", act("close"))
	c = w.cases[id]
	if r := c.Rounds[0]; r.Sheets != 3 || r.Median != 8950 || r.Mean != 7650 || len(r.Outliers) != 1 || c.Reviews[0].Score != 8950 {
		t.Errorf("%+v", r)
	}
	if _, kept := c.Forms["sheet"]; kept {
		t.Error("the case keeps one expert's sheet as its form")
	}
}

// TestAggregate: mean, median, and which sheets are noted as lying far from the others.
func TestAggregate(t *testing.T) {
	for _, x := range []struct {
		scores       []int64
		mean, median int64
		out          string
	}{
		{nil, 0, 0, ""},
		{[]int64{8000}, 8000, 8000, ""},
		{[]int64{8000, 2000}, 5000, 5000, ""},                    // of two nobody can say which
		{[]int64{8000, 8200, 7800}, 8000, 8000, ""},              // within two points
		{[]int64{8000, 8000, 8400}, 8133, 8000, ""},              // within five points of a panel that agrees
		{[]int64{8000, 8000, 8501}, 8167, 8000, "2"},             // beyond them
		{[]int64{9000, 8800, 3000}, 6933, 8800, "2"},             // 58 points from the median, the others 2 and 0
		{[]int64{9000, 6000, 3000}, 6000, 6000, ""},              // a panel that disagrees evenly has no outlier
		{[]int64{90, 80, 70, 60}, 75, 75, ""},                    //
		{[]int64{1, 2}, 2, 1, ""},                                // one and a half rounds up
		{[]int64{8000, 8100, 7900, 8050, 2000}, 6810, 8000, "4"}, //
	} {
		var sheets []zhuanhua.Review
		for i, s := range x.scores {
			sheets = append(sheets, zhuanhua.Review{Expert: fmt.Sprint(i), Score: s})
		}
		r := flow.Aggregate(sheets)
		if r.Sheets != len(sheets) || r.Mean != x.mean || r.Median != x.median || strings.Join(r.Outliers, ",") != x.out {
			t.Errorf("%v give %+v; they should give %d, %d and %q", x.scores, r, x.mean, x.median, x.out)
		}
	}
}

// posted is a challenge that takes bids.
func (w *world) posted(id string) {
	w.t.Helper()
	if _, err := w.begin("firm-a", flow.Beginning{ID: id, Workflow: "challenge", Title: "示例难题"}); err != nil {
		w.t.Fatal(err)
	}
	w.must(id, "officer-1", act("post", "h1=officer-1", "h2=reviewer-2", "h3=finance-3"))
}

// TestHolders: who may hold a part of the key.
func TestHolders(t *testing.T) {
	for _, x := range []struct{ name, third, words string }{
		{"three of the authority", "finance-3", ""},
		{"somebody twice", "officer-1", "三名持有人须是三个人"},
		{"somebody who is not there", "nobody", "没有用户 nobody"},
		{"somebody without a key", "keyless", "没有密钥"},
		{"who poses the challenge", "firm-a", "与揭榜有利害关系"},
		{"another firm", "firm-b", "与揭榜有利害关系"},
	} {
		w := casework(t)
		w.users["keyless"] = &zhuanhua.User{ID: "keyless", Name: "示例", Organisation: "示例主管部门", Roles: []zhuanhua.Grant{{Role: zhuanhua.RoleOfficer}}}
		if _, err := w.begin("firm-a", flow.Beginning{ID: "c", Workflow: "challenge"}); err != nil {
			t.Fatal(err)
		}
		_, err := w.do("c", "officer-1", act("post", "h1=officer-1", "h2=reviewer-2", "h3="+x.third))
		if (err == nil) != (x.words == "") || err != nil && !strings.Contains(err.Error(), x.words) {
			t.Errorf("%s: %v; it should say %q", x.name, err, x.words)
		}
	}
}

// TestSealed: bids stay sealed until two of three holders have entered their parts after the deadline.
func TestSealed(t *testing.T) {
	w := casework(t)
	const id = "challenge-1"
	w.posted(id)
	bid := func(s string) flow.Act { return act("bid", "text=SECRET-"+s, "price=80 万元") }
	w.refuse(id, "firm-b", act("bid", "text=示例"), zhuanhua.KindInvalid, "“报价”没有填写")
	w.must(id, "firm-b", bid("b"))
	w.refuse(id, "firm-b", bid("b2"), zhuanhua.KindConflict, "贵单位已揭榜")
	w.refuse(id, "firm-a", bid("a"), zhuanhua.KindForbidden, "发榜方不能自己揭榜")
	w.refuse(id, "firm-a2", bid("a"), zhuanhua.KindForbidden, "发榜方不能自己揭榜")
	w.users["firm-d"].Relations = []string{"示例企业-a"}
	w.refuse(id, "firm-d", bid("d"), zhuanhua.KindForbidden, "有关联")
	w.must(id, "firm-c", bid("c"))
	w.must(id, "firm-c", act("withdraw_bid"))
	w.must(id, "firm-c", bid("c again"))
	w.must(id, "uni", bid("u"))
	w.refuse(id, "officer-1", act("enter_part"), zhuanhua.KindConflict, "办件处于“揭榜中”")
	if text := zhuanhua.CanonicalJSON(*w.cases[id]) + zhuanhua.CanonicalJSON(w.steps[id]); strings.Contains(text, "SECRET") {
		t.Error("a sealed bid stands in the case or in its steps")
	}
	w.now = shanghai(t, "2026-03-17T23:59:59") // fifteen days after Monday the 2nd
	w.tick(id)
	if w.cases[id].State != "posted" {
		t.Errorf("on the last day the bids are %s", w.cases[id].State)
	}
	w.now = shanghai(t, "2026-03-18T00:00:00")
	w.refuse(id, "broker", bid("late"), zhuanhua.KindConflict, "办件处于“已截止”")
	w.refuse(id, "officer-2", act("enter_part"), zhuanhua.KindForbidden, "由密钥持有人办理")
	w.must(id, "officer-1", act("enter_part"))
	w.refuse(id, "officer-2", act("look_through"), zhuanhua.KindInvalid, "揭榜材料尚未开启")
	if c := w.cases[id]; c.Bids[0].Values != nil || !c.Seal.Opened.IsZero() {
		t.Errorf("one holder opens the bids: %+v", c.Bids)
	}
	w.must(id, "finance-3", act("enter_part"))
	c := w.cases[id]
	if c.Seal.Opened.IsZero() || c.Bids[0].Values["text"] != "SECRET-b" || c.Bids[1].Values != nil || c.Bids[2].Values["text"] != "SECRET-c again" || c.Bids[0].Values["price"] != "80000000" {
		t.Errorf("%+v", c.Bids)
	}
	w.refuse(id, "reviewer-2", act("enter_part"), zhuanhua.KindInvalid, "没有待开启的揭榜")
	w.compare(id)
}

// compare leads an opened challenge to its end: qualification, sheets a bid, ranking, a task book with
// milestones, and the right to a reward.
func (w *world) compare(id string) {
	t := w.t
	t.Helper()
	w.must(id, "officer-2", act("look_through"))
	w.refuse(id, "officer-2", flow.Act{Action: "qualify", Values: map[string]string{"bid": "4", "qualified": "否"}}, zhuanhua.KindInvalid, "不合格须写明理由")
	w.refuse(id, "officer-2", act("qualify", "bid=2", "qualified=是"), zhuanhua.KindInvalid, "没有有效的揭榜 2")
	w.must(id, "officer-2", act("qualify", "bid=4", "qualified=否", "reason=示例：资质不符"))
	w.must(id, "officer-2", act("compare"))
	if n := len(w.cases[id].Reviews); n != 6 {
		t.Errorf("three experts and two bids make %d sheets", n)
	}
	w.refuse(id, w.cases[id].Reviews[0].Expert, act("score", "bid=4", "merit=1", "use=1"), zhuanhua.KindInvalid, "没有待您评审的揭榜 4")
	w.scores(id, "20", "50")
	w.must(id, "reviewer-1", act("rank"))
	c := w.cases[id]
	if c.Bids[2].Rank != 1 || c.Bids[0].Rank != 2 || c.Bids[3].Rank != 0 || c.Bids[2].Score != 9000 {
		t.Errorf("%+v", c.Bids)
	}
	w.refuse(id, "approver-1", act("choose", "winners=4"), zhuanhua.KindInvalid, "资格审查未通过")
	w.must(id, "approver-1", act("choose", "winners=3"))
	w.refuse(id, "firm-b", act("start", `milestones=[]`), zhuanhua.KindForbidden, "由中榜方办理")
	d := w.must(id, "firm-c", act("start", `milestones=[{"title":"样机","due":"2026-06-30"},{"title":"量产","due":"2026-09-30"}]`))
	if d.Number != "示例-2026-00001" || d.Case.Numbers["project"] != d.Number || len(d.Case.Milestones) != 2 || !slices.Contains(d.Case.Parties, "示例企业-c") {
		t.Errorf("%q %+v", d.Number, d.Case)
	}
	w.must(id, "officer-2", act("suspend"))
	w.later(30 * 24 * time.Hour)
	w.must(id, "officer-2", act("resume"))
	// Six months from 18 March end on 18 September; thirty days of standstill move it to Sunday the 18th of
	// October, and so to Monday.
	if k := w.clockOf(id, "work"); k.Due.String() != "2026-10-19" {
		t.Errorf("%+v", k)
	}
	w.must(id, "officer-2", act("reach", "milestone=m1"))
	w.refuse(id, "officer-2", act("accept"), zhuanhua.KindInvalid, "里程碑完成 1 个，共 2 个")
	w.refuse(id, "officer-2", act("reach", "milestone=m1"), zhuanhua.KindInvalid, "没有未完成的里程碑 m1")
	w.must(id, "officer-2", act("reach", "milestone=m2"))
	d = w.must(id, "officer-2", act("accept"))
	if d.Case.Outcome != "done" || len(d.Case.Entitles) != 1 || d.Case.Entitles[0].Rule != "R2" || !d.Archive {
		t.Errorf("%+v", d.Case)
	}
}

// TestNoBid: a challenge to which nobody answers, or whose only bid was withdrawn, ends so.
func TestNoBid(t *testing.T) {
	w := casework(t)
	const id = "challenge-1"
	w.posted(id)
	w.must(id, "firm-b", act("bid", "text=示例", "price=1 元"))
	w.must(id, "firm-b", act("withdraw_bid"))
	w.refuse(id, "firm-b", act("withdraw_bid"), zhuanhua.KindForbidden, "由揭榜方办理")
	w.now = shanghai(t, "2026-03-20T09:00:00")
	d := w.must(id, "officer-1", act("give_up"))
	if d.Case.State != "no_bid" || d.Case.Outcome != "failed" {
		t.Errorf("%+v", d.Case)
	}
}
