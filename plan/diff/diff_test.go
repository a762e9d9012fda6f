package diff_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"zhuanhua/plan"
	"zhuanhua/plan/diff"
	"zhuanhua/plan/plantest"
)

func guangxi(t testing.TB, edits ...plantest.Edit) *plan.Pack {
	t.Helper()
	return plantest.Load(t, plantest.Guangxi, edits...)
}

func edit(file, old, new string) plantest.Edit { return plantest.Edit{File: file, Old: old, New: new} }

// TestNothingChanges: a plan does not differ from itself, and every trial is asked.
func TestNothingChanges(t *testing.T) {
	p := guangxi(t)
	r := diff.Between(p, guangxi(t))
	if len(r.Changes) > 0 || len(r.Answers) > 0 || r.Trials != len(p.Trials) {
		t.Errorf("%d trials of %d, %+v %+v", r.Trials, len(p.Trials), r.Changes, r.Answers)
	}
}

// TestChangesInWords changes one thing of the plan at a time: what is said, of what, for whom.
func TestChangesInWords(t *testing.T) {
	old := guangxi(t)
	for _, c := range []struct {
		name          string
		edit          plantest.Edit
		area, id, key string
		zh, en, whom  string
		answers       bool // some trial is answered otherwise
		more          bool // the edit is more than one change
	}{
		{"a rate", edit("incentives/R04.yaml", "value: 25 %", "value: 30 %"), "rule", "R04", "parameter.rate",
			"支持比例（R04.rate）：25% → 30%", "rate (R04.rate): 25% → 30%", "择优确定的揭榜项目", true, false},
		{"a cap", edit("incentives/R03.yaml", "value: 500 万元", "value: 400 万元"), "rule", "R03", "parameter.cap",
			"补助上限（R03.cap）：5,000,000.00 元 → 4,000,000.00 元", "cap (R03.cap): 5,000,000.00 yuan → 4,000,000.00 yuan", "将获奖成果产业化的企业", true, false},
		{"a floor", edit("incentives/R02.yaml", "value: 200 万元", "value: 150 万元"), "rule", "R02", "parameter.floor",
			"每年支持的下限（R02.floor）：2,000,000.00 元 → 1,500,000.00 元", "floor a year (R02.floor): 2,000,000.00 yuan → 1,500,000.00 yuan", "成果产业化的优秀项目", true, false},
		{"years", edit("incentives/R09.yaml", "value: 3,", "value: 4,"), "rule", "R09", "parameter.years",
			"最长支持年数（R09.years）：3 → 4", "most years (R09.years): 3 → 4", "优秀的成果转化项目", true, false},
		{"a value for part of the time", edit("incentives/R07.yaml", "{value: 1 %,", "{value: 1 %, to: 2026-12-31,"), "rule", "R07", "parameter.rate",
			"1% → 1%（至 2026-12-31）", "1% → 1% (to 2026-12-31)", "促成交易的", true, false},
		{"a rate that is set", edit("incentives/R08.yaml", "    not_set:\n      note: {zh: 方案写按实际技术交易额的一定比例，没有写数字。, en: The plan says \"a certain proportion\" of the technology amount and gives no figure.}\n      set_by: [KJT, CZT]", "    values: [{value: 10 %, source: {doc: action-plan}}]"), "rule", "R08", "parameter.rate",
			"未设定 → 10%", "not set → 10%", "被许可的企业", true, false},
		{"an assumed value", edit("incentives/R04.yaml", "value: min\n", "value: challenge\n"), "rule", "R04", "parameter.base",
			"暂定 揭榜金额与合同技术交易额中较小者 → 暂定 揭榜金额", "→ assumed challenge amount", "", true, false},
		{"a test", edit("incentives/R05.yaml", "received_fen > threshold", "received_fen >= threshold"), "rule", "R05", "condition.received.when",
			"received_fen > threshold → received_fen >= threshold", "test of condition", "高校、科研院所", true, false},
		{"a need in words", edit("incentives/R06.yaml", "need: {zh: 验收通过,", "need: {zh: 已通过验收,"), "rule", "R06", "condition.acceptance.need",
			"验收通过 → 已通过验收", "", "", false, false},
		{"a formula", edit("incentives/R04.yaml", "value: rate * counted", "value: max(rate * counted, rate * counted)"), "rule", "R04", "step.support",
			"rate * counted → max(", "step \"support by the rate\"", "", false, false},
		{"no cap any more", edit("incentives/R04.yaml", "  cap: cap\n", "  floor: cap\n"), "rule", "R04", "cap",
			"取消封顶（原为：R04.cap）", "gone: cap (was: R04.cap)", "", true, true},
		{"the validity of the plan", edit("plan.yaml", "to: 2027-12-31", "to: 2028-12-31"), "plan", "guangxi-2025-2027", "valid",
			"有效期：2025-09-24 至 2027-12-31 → 2025-09-24 至 2028-12-31", "validity: 2025-09-24 to 2027-12-31 → ", "所有单位", true, false},
		{"the validity of a rule", edit("incentives/R06.yaml", "rule: R06\n", "rule: R06\nfrom: 2026-01-01\n"), "rule", "R06", "valid",
			"随方案 → 2026-01-01 起", "with the plan → from 2026-01-01", "购买成果的企业", true, false},
		{"a target", edit("targets.yaml", "2500 亿元", "3000 亿元"), "target", "T04", "value",
			"> 250,000,000,000.00 元 → > 300,000,000,000.00 元", "yuan", "", false, false},
		{"a department's name", edit("departments.yaml", "zh: 教育厅", "zh: 教育委员会"), "department", "JYT", "name",
			"教育厅 → 教育委员会", "name: (in Chinese) 教育厅 → 教育委员会", "教育委员会", false, false},
		{"a stacking answer", edit("stacking.yaml", "answer: flag", "answer: refuse"), "stacking", "R01+R07", "answer",
			"能否叠加：由人决定 → 不能叠加", "a person decides → may not both be claimed", "引进成果的企业", true, false},
		{"the default of stacking", edit("plan.yaml", "default: flag", "default: allow"), "plan", "guangxi-2025-2027", "stacking",
			"由人决定 → 可以叠加", "may both be claimed", "", true, false},
		{"a word", edit("vocabularies.yaml", "zh: 柳州市", "zh: 州市"), "vocabulary", "region", "word.450200",
			"柳州市 → 州市", "", "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := diff.Between(old, guangxi(t, c.edit))
			if len(r.Changes) > 1 && !c.more {
				t.Errorf("one edit, several changes: %+v", r.Changes)
			}
			if (len(r.Answers) > 0) != c.answers {
				t.Errorf("answers that change: %+v", r.Answers)
			}
			for _, x := range r.Changes {
				if x.Area == c.area && x.ID == c.id && x.Key == c.key {
					if !strings.Contains(x.Words.ZH, c.zh) || !strings.Contains(x.Words.EN, c.en) {
						t.Errorf("said as %v", x.Words)
					}
					if len(x.For) == 0 && c.whom != "" || c.whom != "" && !strings.Contains(x.For[0].ZH, c.whom) {
						t.Errorf("concerns %v", x.For)
					}
					return
				}
			}
			t.Errorf("not found among %+v", r.Changes)
		})
	}
}

// again is a condition that R06 gets in addition.
var again = plantest.Edit{File: "incentives/R06.yaml", Old: "amount:\n  none", New: `  - id: again
    text: {zh: 再次验收通过, en: It passed once more}
    when: acceptance_passed
    need: {zh: 通过, en: passed}
    next: {zh: 再验收, en: pass again}
    source: {doc: action-plan}
amount:
  none`}

// TestConditionsComeAndGo: a new condition is one change, with one line, and so is one that is gone; the
// cases that it decides are answered otherwise.
func TestConditionsComeAndGo(t *testing.T) {
	old, new := guangxi(t), guangxi(t, again)
	for _, c := range []struct {
		report   *diff.Report
		kind, zh string
	}{
		{diff.Between(old, new), diff.Added, "新增条件：再次验收通过"},
		{diff.Between(new, old), diff.Removed, "取消条件（原为：再次验收通过）"},
	} {
		if len(c.report.Changes) != 1 || c.report.Changes[0].Kind != c.kind || c.report.Changes[0].Words.ZH != c.zh {
			t.Errorf("%+v", c.report.Changes)
		}
		if len(c.report.Answers) == 0 {
			t.Error("no trial without acceptance shows the condition")
		}
	}
}

// TestDuties: who leads and who takes part is said office by office.
func TestDuties(t *testing.T) {
	old := guangxi(t)
	m := old.Measure("M04")
	lead, with := m.Lead[0].ID, m.With[0].ID
	m.Lead[0].ID, m.With[0].ID = with, lead
	defer func() { m.Lead[0].ID, m.With[0].ID = lead, with }()
	words := map[string]bool{}
	for _, c := range diff.Between(old, guangxi(t)).Changes {
		words[c.Area+" "+c.ID+" "+c.Words.ZH] = true
	}
	a, b := old.Department(lead).Name.ZH, old.Department(with).Name.ZH
	for _, want := range []string{"measure M04 " + a + "的职责：配合 → 牵头", "measure M04 " + b + "的职责：牵头 → 配合"} {
		if !words[want] {
			t.Errorf("not said: %s; there is %v", want, words)
		}
	}
}

// TestLetOff: an office that has a duty no more is concerned by that change.
func TestLetOff(t *testing.T) {
	old, new := guangxi(t), guangxi(t)
	m := new.Measure("M04")
	gone := old.Department(m.With[0].ID).Name
	m.With = m.With[1:]
	r := diff.Between(old, new)
	if len(r.Changes) != 1 || r.Changes[0].Kind != diff.Removed || !slices.Contains(r.Changes[0].For, gone) {
		t.Errorf("%s is let off: %+v", gone.EN, r.Changes)
	}
}

// TestAnotherPlan compares plans that have little in common: rules come and go as a whole, and the
// trials of one are no questions of the other.
func TestAnotherPlan(t *testing.T) {
	r := diff.Between(guangxi(t), plantest.Load(t, "example-region"))
	gone := map[string]diff.Change{}
	for _, c := range r.Changes {
		if c.Key == "" {
			gone[c.Area+" "+c.ID+" "+c.Kind] = c
		}
	}
	c, ok := gone["rule R12 removed"]
	if !ok || !strings.Contains(c.Words.ZH, "取消。支持比例（R12.rate）：未设定；条件：评价结果为优秀") {
		t.Errorf("R12 is gone: %+v", c)
	}
	for _, a := range r.Answers {
		if a.Rule == "R12" && (a.Was.None || !a.Is.None || a.Is.Words.EN != "no such rule") {
			t.Errorf("%+v", a)
		}
	}
	if r.Trials < 300 {
		t.Errorf("only %d situations were asked", r.Trials)
	}
}

// TestAnswersOfTrials: the trials whose answer changes are exactly those that the change decides.
func TestAnswersOfTrials(t *testing.T) {
	r := diff.Between(guangxi(t), guangxi(t, plantest.Edit{File: "incentives/R05.yaml", Old: "value: 100 万元", New: "value: 999999.99 元"}))
	got := map[string]string{}
	for _, a := range r.Answers {
		got[a.Rule+" "+a.Trial.ZH] = a.Was.Words.ZH + " → " + a.Is.Words.ZH
	}
	want := map[string]string{
		"R05 恰好100万元，不算超过": "不符合（单项到位经费超过 1,000,000.00 元（不含本数）） → 符合，没有金额",
		"R05 两个条件都不满足时都列出": "不符合（单项到位经费超过 1,000,000.00 元（不含本数）；经费中没有财政资金） → 不符合（经费中没有财政资金）",
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
	for trial, answer := range want {
		if got[trial] != answer {
			t.Errorf("%s: %s", trial, got[trial])
		}
	}
}

// TestJSON: the form that other programs read.
func TestJSON(t *testing.T) {
	r := diff.Between(guangxi(t), guangxi(t, plantest.Edit{File: "incentives/R04.yaml", Old: "value: 25 %", New: "value: 30 %"}))
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"area":"rule","id":"R04"`, `"kind":"changed","key":"parameter.rate"`, `"was":{"zh":"25%","en":"25%"},"is":{"zh":"30%","en":"30%"}`, `"amount_fen":"250000000"`, `"amount_fen":"300000000"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is not in %s", want, data)
		}
	}
}
