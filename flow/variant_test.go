package flow_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
)

// variant is a world under the invented plan with some words changed: "file", "old", "new", and so on.
func variant(t testing.TB, changes ...string) *world {
	t.Helper()
	files := fstest.MapFS{}
	dir := os.DirFS(filepath.Join("..", "plan", "testdata", "casework"))
	err := fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, p)
		files[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 3 {
		f := files[changes[i]]
		if !bytes.Contains(f.Data, []byte(changes[i+1])) {
			t.Fatalf("%s has no %q", changes[i], changes[i+1])
		}
		f.Data = bytes.Replace(f.Data, []byte(changes[i+1]), []byte(changes[i+2]), 1)
	}
	w := newWorld(t, pack(t, files, "casework"))
	w.appropriate("R1", 2026, 500*zhuanhua.WanYuan)
	return w
}

// reviewed leads a case of R1 to where its amount is set.
func (w *world) reviewed(id string) {
	w.t.Helper()
	w.way(id, "review")
	w.scores(id, "30")
	w.must(id, "reviewer-1", act("close"))
}

// TestTrancheTable: tranches that a form lists are the whole, and one that waits for a milestone is not
// paid before it.
func TestTrancheTable(t *testing.T) {
	for _, x := range []struct{ name, parts, words string }{
		{"two parts", `[{"amount":"30 万元","for":"m1"},{"amount":"20 万元"}]`, ""},
		{"too little", `[{"amount":"30 万元"},{"amount":"19.99 万元"}]`, "各期合计 499,900.00 元，不是核定的 500,000.00 元"},
		{"a part of nothing", `[{"amount":"50 万元"},{"amount":"0 元"}]`, "分期金额须大于 0"},
		{"no table", "", "表格 parts 没有填写"},
	} {
		w := variant(t, "forms/opinion.yaml", "fields:\n", "fields:\n  - {id: parts, type: rows, title: {zh: 分期, en: parts}, columns: [{id: amount, type: money, title: {zh: 金额, en: amount}, required: true}, {id: for, type: text, title: {zh: 条件, en: for}}]}\n",
			"workflows/grant.yaml", "{tranches: rule}", "{tranches: {form: opinion, field: parts}}")
		w.reviewed("grant-1")
		w.must("grant-1", "reviewer-1", act("set_by_form", "amount=50 万元", "result=通过", "parts="+x.parts))
		w.must("grant-1", "officer-1", act("publish"))
		w.later(10 * 24 * time.Hour)
		d, err := w.do("grant-1", "approver-1", act("approve"))
		if (err == nil) != (x.words == "") || err != nil && !strings.Contains(err.Error(), x.words) {
			t.Errorf("%s: %v; it should say %q", x.name, err, x.words)
		}
		if err != nil {
			continue
		}
		if ts := d.Case.Tranches; len(ts) != 2 || ts[0].Amount != 30*zhuanhua.WanYuan || ts[0].For != "m1" || ts[1].Amount != 20*zhuanhua.WanYuan || ts[0].Budget != 2026 {
			t.Errorf("%s: %+v", x.name, ts)
		}
		w.cases["grant-1"].Milestones = []zhuanhua.Milestone{{ID: "m1", Title: "示例样机", State: "open"}}
		w.refuse("grant-1", "finance-1", act("order", "tranche=1"), zhuanhua.KindInvalid, "里程碑 m1“示例样机”未完成，不能拨付第 1 笔")
		w.must("grant-1", "finance-1", act("order", "tranche=2"))
	}
}

// TestLinked: a case that hangs on another waits until that one has got so far.
func TestLinked(t *testing.T) {
	for _, x := range []struct {
		name  string
		guard string
		link  zhuanhua.Link
		state string // of the other case
		words string
	}{
		{"the other is done", "{linked: {kind: case, workflow: challenge, outcome: done}}", zhuanhua.Link{Kind: "case", ID: "other"}, "done", ""},
		{"the other still runs", "{linked: {kind: case, workflow: challenge, outcome: done}}", zhuanhua.Link{Kind: "case", ID: "other"}, "running", "没有关联的“示例揭榜挂帅”办件，或它尚未done"},
		{"nothing is linked", "{linked: {kind: case, workflow: challenge, state: running}}", zhuanhua.Link{Kind: "contract", ID: "1"}, "running", "没有关联的“示例揭榜挂帅”办件"},
		{"a contract", "{linked: {kind: contract}}", zhuanhua.Link{Kind: "contract", ID: "1"}, "running", ""},
		{"no contract", "{linked: {kind: contract}}", zhuanhua.Link{Kind: "need", ID: "1"}, "running", "没有关联的 contract；开办时用 --link 关联"},
	} {
		w := variant(t, "workflows/grant.yaml", "if: [rule_open_told, ", "if: [rule_open_told, "+x.guard+", ")
		other := zhuanhua.Case{ID: "other", Workflow: "challenge", State: x.state}
		if x.state == "done" {
			other.Outcome = "done"
		}
		w.cases["other"] = &other
		if _, err := w.begin("firm-a", flow.Beginning{ID: "grant-1", Workflow: "grant", Rule: "R1", Links: []zhuanhua.Link{x.link}}); err != nil {
			t.Fatal(err)
		}
		_, err := w.do("grant-1", "firm-a", w.claim())
		if (err == nil) != (x.words == "") || err != nil && !strings.Contains(err.Error(), x.words) {
			t.Errorf("%s: %v; it should say %q", x.name, err, x.words)
		}
	}
}

// TestEntitled: the right to claim that an earlier case gives is used once, by who has it, under its rule.
func TestEntitled(t *testing.T) {
	w := variant(t, "workflows/grant.yaml", "if: [rule_open_told, ", "if: [rule_open_told, {entitled: R1}, ", "workflows/grant.yaml", "does: [claim]", "does: [claim, use_entitlement]")
	other := zhuanhua.Case{ID: "other", Workflow: "challenge", State: "done", Outcome: "done", Organisation: "示例企业-b", Parties: []string{"示例企业-a"}, Entitles: []zhuanhua.Entitlement{{Rule: "R2"}, {Rule: "R1"}}}
	w.put(other)
	w.cases["other"] = &other
	begin := func(by, id string) {
		t.Helper()
		if _, err := w.begin(by, flow.Beginning{ID: id, Workflow: "grant", Rule: "R1", Links: []zhuanhua.Link{{Kind: "case", ID: "other"}}}); err != nil {
			t.Fatal(err)
		}
	}
	begin("firm-c", "grant-c")
	w.refuse("grant-c", "firm-c", w.claim(), zhuanhua.KindInvalid, "没有可用的 R1 申请资格")
	begin("firm-a", "grant-a")
	w.must("grant-a", "firm-a", w.claim())
	if e := w.cases["other"].Entitles; e[0].Used != "" || e[1].Used != "grant-a" {
		t.Errorf("%+v", e)
	}
	begin("firm-b", "grant-b")
	second := w.claim()
	second.Values["contract"] = "2026450009"
	w.refuse("grant-b", "firm-b", second, zhuanhua.KindInvalid, "没有可用的 R1 申请资格")
}

// TestBegunByAuthority: what an office brings in itself its officers handle; the firm that it concerns does
// not become theirs.
func TestBegunByAuthority(t *testing.T) {
	w := variant(t, "workflows/challenge.yaml", "begins: [enterprise]", "begins: [enterprise, officer]")
	if _, err := w.begin("officer-1", flow.Beginning{ID: "c", Workflow: "challenge"}); err != nil {
		t.Fatal(err)
	}
	w.must("c", "officer-1", act("post", "h1=officer-1", "h2=reviewer-2", "h3=finance-3"))
	w.must("c", "firm-a", act("bid", "text=示例", "price=1 元"))
	w.users["officer-2"].Organisation = "示例企业-a"
	w.now = shanghai(t, "2026-03-20T09:00:00")
	w.tick("c")
	w.must("c", "officer-1", act("enter_part"))
	w.must("c", "reviewer-2", act("enter_part"))
	w.refuse("c", "officer-2", act("look_through"), zhuanhua.KindForbidden, "您所在单位 示例企业-a 是当事方")
	w.must("c", "officer-3", act("look_through"))
}

// TestStuckReview: when no expert is left to take a place, stepping back is allowed all the same. Everybody is told what
// is missing; once there is another expert the officer fills the place, in the same round, and the review goes on.
func TestStuckReview(t *testing.T) {
	w := variant(t, "workflows/grant.yaml", "  - id: waive\n", "  - {id: more, title: {zh: 补抽专家, en: ask more experts}, from: [review], to: review, by: [officer], if: [unrelated], does: [{assign: {experts: 3, min_reviews: 3}}]}\n  - id: waive\n")
	var spare []*zhuanhua.User
	for _, id := range slices.Sorted(maps.Keys(w.users)) {
		if strings.HasPrefix(id, "expert-") && id > "expert-2" && len(id) == len("expert-2") {
			spare = append(spare, w.users[id])
			delete(w.users, id)
		}
	}
	const id = "grant-1"
	c := w.way(id, "review")
	first, second, third := c.Reviews[0].Expert, c.Reviews[1].Expert, c.Reviews[2].Expert
	w.refuse(id, "officer-1", act("more"), zhuanhua.KindInvalid, "本轮评审的专家已足")
	for _, gone := range []string{first, second} {
		d := w.must(id, gone, act("recuse"))
		last := d.Step.Reasons[len(d.Step.Reasons)-1].ZH
		if len(d.Case.Reviews) != 3 || !strings.Contains(last, "没有可以替补的专家：需要 1 名专家，符合条件的只有 0 名") || !strings.Contains(last, "由经办人再办“补抽专家”补抽") {
			t.Errorf("%d reviews, %q", len(d.Case.Reviews), last)
		}
	}
	w.refuse(id, "officer-1", act("more"), zhuanhua.KindInvalid, "符合条件的只有 0 名")
	w.must(id, third, act("score", "merit=30", "use=40"))
	w.refuse(id, "reviewer-1", act("close"), zhuanhua.KindInvalid, "本轮评审缺 2 名专家，专家库补充后，由经办人再办“补抽专家”补抽")
	w.users[spare[0].ID] = spare[0]
	w.must(id, "officer-1", act("more")) // one of two: as many as there are
	w.refuse(id, "reviewer-1", act("more"), zhuanhua.KindForbidden, "由经办人办理")
	w.users[spare[1].ID] = spare[1]
	w.must(id, "officer-1", act("more"))
	c = w.cases[id]
	for i, want := range []string{spare[0].ID, spare[1].ID} {
		if len(c.Reviews) != 5 || c.Reviews[3+i].Expert != want || c.Reviews[3+i].Round != 1 {
			t.Fatalf("%+v, want %s in round 1", c.Reviews, want)
		}
	}
	w.refuse(id, "officer-1", act("more"), zhuanhua.KindInvalid, "本轮评审的专家已足")
	w.scores(id, "30")
	w.must(id, "reviewer-1", act("close"))
	if r := w.cases[id].Rounds; len(r) != 1 || r[0].Sheets != 3 {
		t.Errorf("%+v", r)
	}
}

// TestStuckComparison: where bids are compared, the place of an expert is filled for the bids whose sheets they owed.
func TestStuckComparison(t *testing.T) {
	w := variant(t, "workflows/challenge.yaml", "from: [opened]\n    to: compared", "from: [opened, compared]\n    to: compared",
		"workflows/challenge.yaml", "  - id: rank\n", "  - {id: recuse, title: {zh: 回避, en: step back}, from: [compared], by: [assigned], note: required, does: [recuse]}\n  - id: rank\n")
	w.posted("c")
	for _, firm := range []string{"firm-b", "firm-c"} {
		w.must("c", firm, act("bid", "text=示例", "price=1 元"))
	}
	w.now = shanghai(t, "2026-03-20T09:00:00")
	for _, s := range [][2]string{{"officer-1", "enter_part"}, {"reviewer-2", "enter_part"}, {"officer-2", "look_through"}, {"officer-2", "compare"}} {
		w.must("c", s[0], act(s[1]))
	}
	gone := w.cases["c"].Reviews[0].Expert
	w.must("c", gone, act("score", "bid=1", "merit=10", "use=10"))
	spare := map[string]*zhuanhua.User{}
	for id, u := range w.users {
		if u.Has(zhuanhua.RoleExpert, zhuanhua.DateOf(w.now)) && !slices.ContainsFunc(w.cases["c"].Reviews, func(r zhuanhua.Review) bool { return r.Expert == id }) {
			spare[id] = u
			delete(w.users, id)
		}
	}
	w.must("c", gone, act("recuse"))
	maps.Copy(w.users, spare)
	before := len(w.cases["c"].Reviews)
	w.must("c", "officer-2", act("compare"))
	if new := w.cases["c"].Reviews[before:]; len(new) != 1 || new[0].Bid != 2 || new[0].Round != 1 || new[0].Expert == gone {
		t.Errorf("%+v", new)
	}
	w.refuse("c", "officer-2", act("compare"), zhuanhua.KindInvalid, "本轮评审的专家已足")
}

// rolling turns the grant into support that is decided anew each year, for two years at most.
func rolling(t *testing.T) *world {
	t.Helper()
	return variant(t, "workflows/grant.yaml", "serves: [R1, R2]", "serves: [R1]", "incentives/R2.yaml", "workflow: grant\n", "",
		"incentives/R1.yaml", "parameters:\n", "parameters:\n  years: {kind: count, title: {zh: 年限, en: years}, values: [{value: 2, source: {doc: text}}]}\n",
		"incentives/R1.yaml", "workflow: grant", "years: years\nworkflow: grant",
		"workflows/grant.yaml", "does: [commit, {tranches: rule}]", "does: [next_year, commit, {tranches: year}]",
		"workflows/grant.yaml", "  - id: waive\n", "  - {id: again, title: {zh: 下一年度, en: next year}, from: [approved], to: reviewed, by: [officer], if: [tranches_done, year_left]}\n  - id: waive\n")
}

// TestYears: each year has its own amount, its own tranche and its own publicity; less in the second year is
// possible, a third one is not.
func TestYears(t *testing.T) {
	w := rolling(t)
	const id = "grant-1"
	w.reviewed(id)
	year := func(amount string) flow.Decided {
		t.Helper()
		w.must(id, "reviewer-1", act("set_by_form", "amount="+amount, "result=通过"))
		w.must(id, "officer-1", act("publish"))
		w.later(10 * 24 * time.Hour)
		return w.must(id, "approver-1", act("approve"))
	}
	pay := func() {
		t.Helper()
		w.must(id, "finance-1", act("order"))
		w.must(id, "finance-1", act("confirm"))
	}
	if c := year("50 万元").Case; c.Year != 1 || len(c.Tranches) != 1 || c.Tranches[0].Year != 1 {
		t.Errorf("%d %+v", c.Year, c.Tranches)
	}
	w.refuse(id, "officer-1", act("again"), zhuanhua.KindInvalid, "还有 1 笔款项未拨付")
	pay()
	w.must(id, "officer-1", act("again"))
	c := year("20 万元").Case
	if c.Year != 2 || len(c.Tranches) != 2 || c.Tranches[1].Year != 2 || c.Tranches[1].N != 2 || c.Tranches[1].Amount != 20*zhuanhua.WanYuan || len(c.Decisions) != 2 || *c.Decisions[0].Amount != 50*zhuanhua.WanYuan {
		t.Errorf("%d %+v %+v", c.Year, c.Tranches, c.Decisions)
	}
	pay()
	w.refuse(id, "officer-1", act("again"), zhuanhua.KindInvalid, "支持年限 2 年已满；按办结处理")
	if b := w.budgets["R1/2026/CNY"]; b.Balance[zhuanhua.Paid] != int64(70*zhuanhua.WanYuan) {
		t.Errorf("%+v", b.Balance)
	}
}

// TestNoThirdYear: even a plan that forgets to ask does not go beyond the rule's years.
func TestNoThirdYear(t *testing.T) {
	w := rolling(t)
	w.reviewed("grant-1")
	w.must("grant-1", "reviewer-1", act("set_by_form", "amount=50 万元", "result=通过"))
	w.must("grant-1", "officer-1", act("publish"))
	w.later(10 * 24 * time.Hour)
	w.tick("grant-1")
	w.cases["grant-1"].Year = 2
	w.refuse("grant-1", "approver-1", act("approve"), zhuanhua.KindInvalid, "支持年限 2 年已满")
}

// TestObjectionWithoutState: an objection stops the period by itself, whatever state the case is in; and it
// does not go on while another one is open.
func TestObjectionWithoutState(t *testing.T) {
	w := variant(t, "workflows/grant.yaml", "    pauses_in: [objected]\n", "")
	const id = "grant-1"
	w.way(id, "publicity")
	w.must(id, "firm-b", act("object", "text=示例异议"))
	w.must(id, "firm-c", act("object", "text=示例异议"))
	if k := w.clockOf(id, "shown"); k.Paused.IsZero() || !k.Due.IsZero() {
		t.Errorf("%+v", k)
	}
	w.later(10 * 24 * time.Hour)
	w.must(id, "reviewer-2", act("answer", "n=1", "answer=示例", "upheld=否"))
	if k := w.clockOf(id, "shown"); k.Paused.IsZero() {
		t.Errorf("with an open objection the period goes on: %+v", k)
	}
	w.must(id, "reviewer-2", act("answer", "n=2", "answer=示例", "upheld=否"))
	// Five days are left, from Thursday 12 March, a day off: 13, 16, 17, 18, 19.
	if k := w.clockOf(id, "shown"); !k.Paused.IsZero() || k.Due.String() != "2026-03-19" {
		t.Errorf("%+v", k)
	}
}

// TestNumberOnce: a case keeps the number that it was given.
func TestNumberOnce(t *testing.T) {
	w := variant(t, "workflows/challenge.yaml", "does: [milestone_done]", `does: [milestone_done, {number: {kind: project, pattern: "另-{n:5}"}}]`)
	w.posted("c")
	w.must("c", "firm-b", act("bid", "text=示例", "price=1 元"))
	w.now = shanghai(t, "2026-03-20T09:00:00")
	w.must("c", "officer-1", act("enter_part"))
	w.must("c", "reviewer-2", act("enter_part"))
	w.must("c", "officer-2", act("look_through"))
	w.must("c", "officer-2", act("compare"))
	w.scores("c", "10")
	w.must("c", "reviewer-1", act("rank"))
	w.must("c", "approver-1", act("choose", "winners=1"))
	w.must("c", "firm-b", act("start", `milestones=[{"title":"样机","due":"2026-06-30"}]`))
	d := w.must("c", "officer-2", act("reach", "milestone=m1"))
	if d.Number != "" || d.Case.Numbers["project"] != "示例-2026-00001" {
		t.Errorf("%q %v", d.Number, d.Case.Numbers)
	}
}

// TestSecondPanel: who stepped back once is not asked again, and too few sheets close nothing even where the
// plan does not ask.
func TestSecondPanel(t *testing.T) {
	for seed := range uint64(8) {
		w := variant(t, "workflows/grant.yaml", "if: [unrelated, {reviews: {at_least: 3}}]", "if: [unrelated]",
			"workflows/grant.yaml", "  - id: waive\n", "  - {id: anew, title: {zh: 重新评审, en: review anew}, from: [reviewed], to: review, by: [officer], does: [{assign: {experts: 3, min_reviews: 3}}]}\n  - id: waive\n")
		w.seed = seed
		for id := range w.users {
			if strings.HasPrefix(id, "expert-") && id > "expert-3" {
				delete(w.users, id)
			}
		}
		const id = "grant-1"
		gone := w.way(id, "review").Reviews[0].Expert
		w.must(id, gone, act("recuse"))
		w.refuse(id, "reviewer-1", act("close"), zhuanhua.KindInvalid, "评审意见只有 0 份，至少 3 份")
		w.scores(id, "30")
		w.must(id, "reviewer-1", act("close"))
		for _, r := range w.must(id, "officer-1", act("anew")).Case.Reviews {
			if r.Round == 2 && r.Expert == gone {
				t.Errorf("%s stepped back and is asked again", gone)
			}
		}
		w.refuse(id, "reviewer-1", act("set_by_rule"), zhuanhua.KindConflict, "办件处于“评审”")
	}
}

// TestMoneyOnItsWay: a case does not end while money is committed, even where the plan does not ask.
func TestMoneyOnItsWay(t *testing.T) {
	w := variant(t, "workflows/grant.yaml", "    by: [finance]\n    if: [tranches_done]\n", "    by: [finance]\n")
	w.way("grant-1", "approved")
	w.refuse("grant-1", "finance-1", act("finish"), zhuanhua.KindInvalid, "第 1 笔款项尚未拨付或收回额度，不能办结")
	w.must("grant-1", "firm-a", act("waive"))
}
