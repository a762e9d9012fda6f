package plan_test

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua/plan"
)

// casework is the invented plan with workflows of testdata, in memory for changing.
func casework(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	files := os.DirFS(filepath.Join("testdata", "casework"))
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCaseworkPack: the plan that the faults are planted in is sound itself, and read as it is written.
func TestCaseworkPack(t *testing.T) {
	p, err := plan.Load(casework(t), "casework", plan.Options{})
	if err != nil {
		t.Fatal(faultText(err.(plan.Faults)))
	}
	w := p.Workflow("grant")
	a := w.Action("approve")
	if w.Start().ID != "draft" || !w.DemandsPublicity || w.Blind != "double" || a.Decides != "grant" || !a.Official() || !a.IsFrom("heard") || a.IsFrom("draft") || a.To.ID != "approved" {
		t.Errorf("%+v %+v", w, a)
	}
	if g := a.Guard("different_from"); len(g.Actions) != 6 || a.Guard("funds") == nil || a.Effect("commit") == nil || a.Effect("tranches").From != "rule" {
		t.Errorf("%+v", g)
	}
	if k := w.Clock("mending"); k.Length.Value != 10 || k.Length.NotSet == nil || k.Unit != "days" || k.Then.ID != "lapse" || !p.Workflow("grant").Action("lapse").IsBy("clock") {
		t.Errorf("%+v", k)
	}
	if f := p.FormOf(w.Action("submit"), "R1"); f == nil || f.ID != "claim" || p.FormOf(w.Action("submit"), "R2").ID != "reward" || p.FormOf(w.Action("check"), "R1") != nil {
		t.Errorf("%+v", f)
	}
	f := p.Form("claim").Field("spent_fen")
	if f.Type != plan.FieldMoney || f.Title.ZH != "实际支出" || f.Min.Value.Money != 100 || p.Form("claim").Field("invoices").MaxSize != 10<<20 || p.Form("nothing").Field("x") != nil {
		t.Errorf("%+v", f)
	}
	if y := p.Calendar.Years[0]; y.Year != 2026 || len(y.MakeUp) != 1 || !p.Calendar.Years[1].Provisional || p.Calendar.Regional[0].Days[0].String() != "2026-03-12" {
		t.Errorf("%+v", y)
	}
}

// TestCaseworkFaults plants one fault at a time in workflows, forms and calendar. Each is refused in the
// right file and line, in both languages, with words on how to mend it. The columns are those of TestFaults.
func TestCaseworkFaults(t *testing.T) {
	const grant, challenge = "workflows/grant.yaml", "workflows/challenge.yaml"
	table := []struct{ name, file, old, new, at, zh, en, mend string }{
		{"an unknown state", grant, "to: heard", "to: herd", "to: herd", "状态 herd 不存在", "no state herd", "是不是 heard？"},
		{"an unknown state to come from", grant, "from: [heard]\n", "from: [haerd]\n", "from: [haerd]", "状态 haerd 不存在", "no state haerd", "是不是 heard？"},
		{"an unknown action in a guard", grant, "{different_from: [approve]}", "{different_from: [aprove]}", "{different_from: [aprove]}", "动作 aprove 不存在", "no action aprove", "是不是 approve？"},
		{"an unknown form", grant, "form: sheet", "form: shet", "form: shet", "表单 shet 不存在", "no form shet", "是不是 sheet？"},
		{"an unknown clock", grant, "{clock_over: shown}", "{clock_over: show}", "{clock_over: show}", "时限 show 不存在", "no clock show", "是不是 shown？"},
		{"an unknown role", grant, "by: [approver]", "by: [aprover]", "by: [aprover]", "角色 aprover 不存在", "no role aprover", "是不是 approver？"},
		{"an actor where a role begins", grant, "begins: [enterprise, organisation_admin]", "begins: [applicant]", "begins: [applicant]", "角色 applicant 不存在", "no role applicant", "可用的是：inventor"},
		{"an unknown guard", grant, "tranche_left,", "tranches_left,", "tranches_left,", `未知的条件 "tranches_left"`, `unknown guard "tranches_left"`, "是不是 tranche_left？"},
		{"an unknown effect", grant, "does: [close_reviews]", "does: [close_review]", "does: [close_review]", `未知的效果 "close_review"`, `unknown effect "close_review"`, "是不是 close_reviews？"},
		{"a guard that needs more", grant, "{reviews: {at_least: 3}}", "reviews", "if: [unrelated, reviews]", "条件 reviews 缺少内容", "the guard reviews needs something more", "写成 {reviews: …}"},
		{"an unknown key in an action", grant, "decides: grant", "decide: grant", "decide: grant", `未知的键 "decide"`, `unknown key "decide"`, "是不是 decides？"},
		{"a state that nothing reaches", grant, "  - {id: ordered, title: {zh: 支付中", "  - {id: lost, title: {zh: 失落, en: lost}}\n  - {id: ordered, title: {zh: 支付中", "{id: lost,", "没有路径到达状态 lost", "no way leads to the state lost", "加上通往它的动作"},
		{"a state that nothing leaves", grant, "    to: revoked\n", "", "{id: recovering", "状态 recovering 走不到任何终止状态", "no way leads from the state recovering to an end", "加上离开它的动作"},
		{"an action from an end", grant, "from: [recovering]", "from: [recovering, refused]", "from: [recovering, refused]", "终止状态 refused 之后不能再有动作", "nothing happens after the end refused", "去掉 kind: end"},
		{"an end without an outcome", grant, "{id: done, title: {zh: 办结, en: done}, kind: end, outcome: granted}", "{id: done, title: {zh: 办结, en: done}, kind: end}", "{id: done,", "终止状态 done 没有 outcome", "the end done has no outcome", "写明 outcome"},
		{"an outcome of what is no end", grant, "{id: heard, title: {zh: 公示期满, en: heard}, waits_for: authority}", "{id: heard, title: {zh: 公示期满, en: heard}, outcome: granted}", "{id: heard,", "不是终止状态", "is no end", "加上 kind: end"},
		{"two starts", grant, "en: submitted}, waits_for: authority}", "en: submitted}, kind: start}", "workflow: grant", "应有且只有一个起始状态", "needs exactly one start", "给一个状态写 kind: start"},
		{"an action with the name of the beginning", grant, "- id: save", "- id: begin", "- id: begin", "动作名 begin 为开办保留", "the name begin is kept", "改名"},
		{"a state twice", grant, "{id: heard,", "{id: review,", "{id: review, title: {zh: 公示期满", "状态 review 重复", "the state review is there twice", "改名或删去其一"},
		{"an order without a decision", grant, "    decides: grant\n", "", "does: [commit,", "未经决定就到达 approve（commit）", "a way to approve (commit) without a decision", "在之前加 decides: grant"},
		{"a way around the decision", grant, "  - id: order\n    title: {zh: 列入支付, en: order}\n    from: [approved]", "  - id: order\n    title: {zh: 列入支付, en: order}\n    from: [approved, reviewed]", "does: [order]", "未经决定就到达 order（order）", "a way to order (order) without a decision", "在之前加 decides: grant"},
		{"a grant around the publicity", grant, "from: [heard]\n    to: approved", "from: [heard, reviewed]\n    to: approved", "- id: approve", "未经公示（到期且无未决异议）就到达决定 approve", "a way to the decision approve without a publicity period", "在之前加公示"},
		{"a publicity that does not run out", grant, "    to: heard\n    by: [clock]\n    if: [{clock_over: shown}, no_open_objection]", "    to: heard\n    by: [clock, officer]\n    if: [no_open_objection]", "- id: approve", "未经公示", "without a publicity period", "在之前加公示"},
		{"a publicity with open objections", grant, "if: [{clock_over: shown}, no_open_objection]", "if: [{clock_over: shown}]", "- id: approve", "未经公示", "without a publicity period", "在之前加公示"},
		{"a period without anything shown", grant, "does: [{publish: shown}]", "does: [{start: shown}]", "- id: approve", "未经公示", "without a publicity period", "在之前加公示"},
		{"a publicity without a period", grant, "does: [{publish: shown}]", "does: [publish]", "does: [publish]", "", "", ""},
		{"a publicity that starts nothing", challenge, "does: [milestone_done]", "does: [milestone_done, publish]", "does: [milestone_done, publish]", "公示没有期限", "the publicity has no period", "写 publish: 时限"},
		{"a clock without a consequence", grant, "    then: check_overdue\n", "", "id: checking", "时限 checking 到期没有后果", "nothing follows when the clock checking runs out", "用 then 指明到期的动作"},
		{"a clock that never starts", grant, "    starts: {on: returned}\n", "", "id: mending", "时限 mending 从不开始", "the clock mending never starts", "写 starts"},
		{"a clock that does what people do", grant, "then: lapse", "then: close", "then: close", "动作 close 不能由时限执行", "the action close is not one of the clock", "在该动作的 by 里写 clock"},
		{"an action of a clock that no clock takes", grant, "by: [finance]\n    if: [tranches_done]", "by: [finance, clock]\n    if: [tranches_done]", "- id: finish", "没有时限执行动作 finish", "no clock takes the action finish", "在时限的 then 里写它"},
		{"an action of a clock with a note", grant, "from: [returned]\n    to: lapsed\n    by: [clock]", "from: [returned]\n    to: lapsed\n    note: required\n    by: [clock]", "- id: lapse", "不能要求表单或说明", "cannot ask for a form or a note", "删去 form 和 note"},
		{"a clock of no length", grant, "length: {value: 5, source: {doc: text}}\n    starts: {on: submitted}", "length: {value: 0, source: {doc: text}}\n    starts: {on: submitted}", "length: {value: 0", "不是 1 到 3660 之间的整数", "no whole number from 1 to 3660", "写整数"},
		{"a length without a source", grant, "length: {value: 5, source: {doc: text}}\n    starts: {on: submitted}", "length: {value: 5}\n    starts: {on: submitted}", "length: {value: 5}", `缺少 "source"`, `"source" is missing`, "补上这一项"},
		{"an applicant who decides", grant, "by: [approver]\n    decides: grant", "by: [applicant]\n    decides: grant", "by: [applicant]\n    decides: grant", "“applicant”不能作决定", `"applicant" cannot decide`, "由 approver 等主管部门的角色决定"},
		{"a decision by one person alone", grant, "{different_from: [submit, resubmit, check, close, set_by_rule, set_by_form]}, ", "", "- id: approve", "却没有 different_from（双人原则）", "has no different_from (two persons)", "在 if 里写 {different_from"},
		{"a refusal without reasons", grant, "by: [approver]\n    note: required\n    decides: refuse\n    if: [{different_from: [submit, resubmit, check]}]", "by: [approver]\n    decides: refuse\n    if: [{different_from: [submit, resubmit, check]}]", "- id: refuse", "却不要求说明理由", "asks for no reasons", "写 note: required"},
		{"a rule without its workflow", "incentives/R1.yaml", "workflow: grant", "workflow: grants", "workflow: grants", "流程 grants 不存在", "no workflow grants", "是不是 grant？"},
		{"a rule without its form", "incentives/R1.yaml", "form: claim", "form: clam", "form: clam", "表单 clam 不存在", "no form clam", "是不是 claim？"},
		{"a workflow that does not serve the rule", grant + " > incentives/R2.yaml", "serves: [R1, R2]", "serves: [R1]", "workflow: grant", "serves 里没有规则 R2", "does not serve the rule R2", "在 serves 里写 R2"},
		{"a rule that does not name the workflow", "incentives/R2.yaml > " + grant, "workflow: grant\n", "", "serves: [R1, R2]", "规则 R2 没有写明走流程 grant", "the rule R2 does not name the workflow grant", "在规则里写 workflow: grant"},
		{"a rule that is not there", grant, "serves: [R1, R2]", "serves: [R1, R2, R9]", "serves: [R1, R2, R9]", "规则 R9 不存在", "no rule R9", "是不是 R1？"},
		{"a fact that the rule does not ask for", "incentives/R1.yaml > forms/claim.yaml", "facts: [spent_fen, registered]", "facts: [spent_fen]", "fact: registered", "规则 R1 不问它", "which rule R1 does not ask for", "可用的是：spent_fen"},
		{"a workflow that nothing uses", "plan.yaml > " + challenge, "{kind: workflow, ref: challenge}", "{kind: workflow, ref: another}", "workflow: challenge", "没有规则、条目或名录用到流程 challenge", "no rule, item or register uses the workflow challenge", "在规则的 workflow、条目的 carried_by 或名录的 enters、changes 里写它"},
		{"a form that nothing uses", challenge + " > forms/milestone.yaml", "    form: milestone\n    does: [milestone_done]", "    form: book\n    does: [{milestones: {field: milestones}}]", "form: milestone", "没有动作、规则或条目用到表单 milestone", "no action, rule or item uses the form milestone", "在动作或规则的 form 里写它"},
		{"rule words without a rule", challenge, "if: [milestones_done]", "if: [milestones_done, rule_met]", "rule_met", "rule_met 需要规则", "rule_met needs a rule", "写 serves，或删去"},
		{"years of a rule without years", grant, "if: [tranches_done]", "if: [tranches_done, years_done]", "years_done", "规则 R1 没有 years", "the rule R1 has none", "在规则里写 years"},
		{"a guard that nothing makes true", challenge, "if: [milestones_done]", "if: [milestones_done, tranches_done]", "tranches_done", "tranches_done 需要 commit", "needs commit, which no action does", "在某个动作的 does 里写 commit"},
		{"a field that is not there", grant, "{amount: {form: opinion, field: amount}}", "{amount: {form: opinion, field: amont}}", "field: amont", "字段 amont 不存在", "no field amont", "是不是 amount？"},
		{"an amount that is no money", grant, "{amount: {form: opinion, field: amount}}", "{amount: {form: opinion, field: result}}", "field: result}}]", "字段 result 的类型是 enum", "the field result is of type enum", "改用类型为 money 的字段"},
		{"a value that the field cannot have", grant, "field: result, is: passed", "field: result, is: pass", "is: pass}", "字段 result 的取值 pass 不存在", "no value of the field result pass", "是不是 passed？"},
		{"a value guard without a value", grant, "field: result, is: passed", "field: result", "{value: {form: opinion, field: result}}", "value 缺少 is 或 in", "value needs is or in", "写 is: 值"},
		{"two holders of a key", challenge, "fields: [h1, h2, h3]", "fields: [h1, h2]", "fields: [h1, h2]", "密钥由三人分持", "three persons hold the key", "写三个 user 类型的字段"},
		{"bids without a deadline", challenge, "form: bid\n    if: [{clock_running: bidding}]", "form: bid", "does: [take_bid]", "揭榜没有截止时间", "bids are taken without a deadline", "加条件 {clock_running: 时限}"},
		{"bids that are opened before the deadline", challenge, "    from: [closed]\n    by: [holder]", "    from: [closed, posted]\n    by: [holder]", "does: [enter_part, open_bids]", "在截止之前就到达 enter_part", "a way to enter_part (enter_part) before the deadline", "在之前加 clock_over 条件"},
		{"an effect whose field the form lacks", challenge, "form: qualification\n    does: [qualify]", "form: winners\n    does: [qualify]", "does: [qualify]", "效果 qualify 要读动作表单的字段 bid", "the effect qualify reads the field bid", "在动作 qualify 的表单里加上 bid"},
		{"more sheets than experts", challenge, "{experts: 3, min_reviews: 2}", "{experts: 3, min_reviews: 4}", "min_reviews: 4", "min_reviews 多于 experts", "min_reviews is above experts", "减少 min_reviews"},
		{"a number without a running number", challenge, "示例-{year}-{n:5}", "示例-{year}", "pattern:", "编号格式", "the pattern", "写成 {year}-{n:5}"},
		{"a claim of nothing", grant, "if: [rule_open_told, {single_claim: contract}]", "if: [rule_open_told]", "does: [claim]", "claim 没有说明占用什么", "claim does not say what is claimed", "写 claim: 字段"},
		{"an unknown type of field", "forms/opinion.yaml", "type: money", "type: cash", "type: cash", `"cash" 不在可选值之内`, `"cash" is none of the allowed values`, "是不是 case？"},
		{"a field of a fact and a type", "forms/claim.yaml", "fact: spent_fen,", "fact: spent_fen, type: money,", "fact: spent_fen, type", "有且只有 fact、type 之一", "exactly one of fact and type", "规则要用的写 fact"},
		{"a field of an unknown fact", "forms/claim.yaml", "fact: spent_fen", "fact: spend_fen", "fact: spend_fen", "事实 spend_fen 不存在", "no fact spend_fen", "是不是 spent_fen？"},
		{"a field without a title", "forms/opinion.yaml", "title: {zh: 金额, en: amount}, ", "", "id: amount", `缺少 "title"`, `"title" is missing`, "补上这一项"},
		{"an enumeration without words", "forms/opinion.yaml", "vocabulary: result, ", "", "id: result", "enum 类型的字段缺少 vocabulary", "a field of type enum needs vocabulary", "补上 vocabulary"},
		{"an unknown vocabulary", "forms/opinion.yaml", "vocabulary: result", "vocabulary: results", "vocabulary: results", "词表 results 不存在", "no vocabulary results", "是不是 result？"},
		{"bounds of a text", "forms/objection.yaml", "type: long,", "type: long, min: 3,", "min: 3", "long 类型的字段没有 min", "a field of type long has no min", "删去 min"},
		{"bounds that run backwards", "forms/sheet.yaml", "min: 0, max: 60", "min: 60, max: 6", "max: 6}", "max 小于 min", "below its min", "对调"},
		{"a field twice", "forms/answer.yaml", "id: upheld", "id: answer", "id: answer, type: bool", "字段 answer 重复", "the field answer is there twice", "改名或删去其一"},
		{"a size of nothing", "forms/claim.yaml", "max_size: 10 MB", "max_size: ten", "max_size: ten", "不是文件大小", "is no size of a file", "写成 20 MB"},
		{"an unknown kind of file", "forms/claim.yaml", "types: [pdf, xlsx]", "types: [pdf, exe]", "types: [pdf, exe]", `"exe" 不在可选值之内`, `"exe" is none of the allowed values`, "是不是 txt？"},
		{"an unknown prefill", "forms/opinion.yaml", "type: money,", "type: money, prefill: contract.amout,", "prefill:", `"contract.amout" 不在可选值之内`, "none of the allowed values", "是不是 contract.amount？"},
		{"a form of no fields", "forms/objection.yaml", "fields:\n  - {id: text, type: long, title: {zh: 异议, en: objection}, required: true}\n", "fields: []\n", "form: objection", "表单 objection 没有字段", "the form objection has no fields", "补上字段"},
		{"a worked day on a weekday", "calendar.yaml", "makeup_days: [2026-10-10]", "makeup_days: [2026-10-09]", "makeup_days: [2026-10-09]", "不是周末", "is no Saturday or Sunday", "只写调休上班的周六、周日"},
		{"a day both off and worked", "calendar.yaml", "makeup_days: [2026-10-10]", "makeup_days: [2026-10-03]", "makeup_days: [2026-10-03]", "既放假", "both a holiday", "删去其一"},
		{"a holiday of another year", "calendar.yaml", "from: 2026-10-01, to: 2026-10-07", "from: 2025-10-01, to: 2025-10-07", "from: 2025-10-01", "不在 2026 年之内", "does not lie in 2026", "改正日期"},
		{"a year twice", "calendar.yaml", "year: 2027", "year: 2026", "- year: 2026\n    source: {doc: text}\n    provisional: true", "2026 年重复", "the year 2026 is there twice", "删去其一"},
		{"a year left out", "calendar.yaml", "year: 2027", "year: 2028", "- year: 2026", "2026 年之后缺 2027 年", "after 2026 the year 2027 is missing", "补上该年"},
		{"a regional day without a year", "calendar.yaml", "days: [2026-03-12]", "days: [2031-03-12]", "days: [2031-03-12]", "没有日历", "of which the calendar says nothing", "先在 years 里补上该年"},
		{"a year that does not say whether it is announced", "calendar.yaml", "    provisional: true\n", "", "- year: 2027", `缺少 "provisional"`, `"provisional" is missing`, "补上这一项"},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			edited, refused, other := strings.Cut(c.file, " > ")
			if !other {
				refused = edited
			}
			files := casework(t)
			change(t, files, edited, c.old, c.new)
			_, err := plan.Load(files, "casework", plan.Options{})
			if c.zh == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wanted(t, files, err, "casework/"+refused, refused, c.at, c.zh, c.en, c.mend)
		})
	}
}

// wanted fails unless a fault stands in a file, on the line of a text, with these words; every fault has
// both languages.
func wanted(t *testing.T, files fstest.MapFS, err error, shown, file, at, zh, en, mend string) {
	t.Helper()
	faults, ok := err.(plan.Faults)
	if !ok {
		t.Fatalf("accepted (%v)", err)
	}
	line, found := lineOf(files, file, at), false
	for _, f := range faults {
		found = found || f.File == shown && f.Line == line && f.Column > 0 && strings.Contains(f.What.ZH, zh) && strings.Contains(f.String(), en) && strings.Contains(f.Do.ZH, mend)
		if f.What.ZH == "" || f.What.EN == "" || f.Do.ZH == "" || f.Do.EN == "" {
			t.Errorf("not said in both languages, or not how to mend it: %v", f)
		}
	}
	if !found {
		t.Errorf("not refused at %s:%d with %q, %q and %q; found:\n%v", file, line, zh, en, mend, faultText(faults))
	}
}

// TestCaseworkDamage damages the plan at random: the loader answers with a plan, or with faults that have a
// place and words, and never gives up in another way.
func TestCaseworkDamage(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	refused := 0
	for range 400 {
		files := casework(t)
		name := []string{"workflows/grant.yaml", "workflows/challenge.yaml", "forms/claim.yaml", "calendar.yaml"}[r.IntN(4)]
		lines := bytes.SplitAfter(bytes.Clone(files[name].Data), []byte("\n"))
		switch i := r.IntN(len(lines)); r.IntN(3) {
		case 0:
			lines = slices.Delete(lines, i, i+1)
		case 1:
			lines = slices.Insert(lines, i, lines[r.IntN(len(lines))])
		case 2:
			if n := len(lines[i]); n > 3 {
				at := r.IntN(n - 2)
				lines[i] = slices.Delete(bytes.Clone(lines[i]), at, at+2)
			}
		}
		files[name].Data = bytes.Join(lines, nil)
		_, err := plan.Load(files, "casework", plan.Options{})
		if err == nil {
			continue
		}
		refused++
		for _, f := range err.(plan.Faults) {
			if f.File == "" || f.What.ZH == "" || f.What.EN == "" {
				t.Errorf("%s: a fault without place or words: %+v", name, f)
			}
		}
	}
	if refused < 200 {
		t.Errorf("only %d of 400 damaged plans are refused", refused)
	}
}

// TestWords: each word of the lists is read, and the page that explains them names it.
func TestWords(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "workflows.md"))
	if err != nil {
		t.Fatal(err)
	}
	for key, words := range map[string][]string{"if: [tranches_done]": plan.Guards(), "does: [archive]": plan.Effects()} {
		for _, word := range words {
			files := casework(t)
			change(t, files, "workflows/grant.yaml", key, strings.Replace(key, "[", "["+word+", ", 1))
			_, err := plan.Load(files, "casework", plan.Options{})
			if faults, ok := err.(plan.Faults); ok && strings.Contains(faultText(faults), "未知的") {
				t.Errorf("%s: %s", word, faultText(faults))
			}
			if !strings.Contains(string(page), word) {
				t.Errorf("docs/workflows.md does not name %s", word)
			}
		}
	}
}

// TestEachYearIsShown: a grant of the first year does not cover the second; that year needs a publicity of its
// own.
func TestEachYearIsShown(t *testing.T) {
	for to, words := range map[string]string{"reviewed": "", "heard": "未经公示"} {
		files := casework(t)
		change(t, files, "workflows/grant.yaml", "serves: [R1, R2]", "serves: [R1]")
		change(t, files, "incentives/R2.yaml", "workflow: grant\n", "")
		change(t, files, "incentives/R1.yaml", "parameters:\n", "parameters:\n  years: {kind: count, title: {zh: 年限, en: years}, values: [{value: 2, source: {doc: text}}]}\n")
		change(t, files, "incentives/R1.yaml", "workflow: grant", "years: years\nworkflow: grant")
		change(t, files, "workflows/grant.yaml", "does: [commit, {tranches: rule}]", "does: [next_year, commit, {tranches: year}]")
		change(t, files, "workflows/grant.yaml", "  - id: waive\n", "  - {id: again, title: {zh: 下一年度, en: next year}, from: [approved], to: "+to+", by: [officer], if: [year_left]}\n  - id: waive\n")
		_, err := plan.Load(files, "casework", plan.Options{})
		faults, _ := err.(plan.Faults)
		if (err == nil) != (words == "") || err != nil && !strings.Contains(faultText(faults), words) {
			t.Errorf("a second year from %s: %v", to, faultText(faults))
		}
	}
}
