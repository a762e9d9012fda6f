package plan_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/plantest"
)

const ladderFile = "registers/sea-test-site.yaml"

// ladderText makes the invented test sites climb. Nothing but YAML is needed for it.
const ladderText = `grades: broker_kind
ladder:
  aim: aim
  known:
    - {fact: jobs_created, years_since: built_on}
    - {fact: source_region, holder: region}
  steps:
    - step: agency
      source: {doc: example-plan, article: 甲(一), item: M01.1}
      facts: [jobs_created, local_purchase_share, source_region]
      parameters:
        years: {kind: count, title: {zh: 年数, en: years}, values: [{value: 2, source: {doc: example-plan, article: 甲(一), item: M01.1}}]}
        share: {kind: rate, title: {zh: 比例, en: share}, not_set: {note: {zh: 示例, en: sample}, set_by: [SKJ]}}
      conditions:
        - {id: old, text: {zh: 够久, en: old enough}, when: jobs_created >= years, need: {zh: "{{years}} 年", en: "{{years}} years"}, next: {zh: 等, en: wait}, source: {doc: example-plan, article: 甲(一), item: M01.1}}
        - {id: bought, text: {zh: 够多, en: enough}, when: local_purchase_share >= share, need: {zh: "{{share}}", en: "{{share}}"}, next: {zh: 买, en: buy}, source: {doc: example-plan, article: 甲(一), item: M01.1}}
        - {id: here, text: {zh: 在本地, en: here}, when: inside(source_region), need: {zh: 本地, en: here}, next: {zh: 迁来, en: move here}, source: {doc: example-plan, article: 甲(一), item: M01.1}}
    - step: other
      not_set: {note: {zh: 示例：没有写, en: not said}, set_by: [SKJ]}
`

// climbing is the invented plan with that ladder.
func climbing(t *testing.T) fstest.MapFS {
	files := exampleRegion(t)
	const fields = "fields:\n"
	text := strings.Replace(string(files[ladderFile].Data), fields, fields+`  - {id: grade, type: enum, vocabulary: broker_kind, title: {zh: 级别, en: step}}
  - {id: aim, type: enum, vocabulary: broker_kind, title: {zh: 争取, en: aim}}
  - {id: built_on, type: date, title: {zh: 建成, en: built on}}
  - {id: bought, fact: local_purchase_share}
`, 1)
	files[ladderFile] = &fstest.MapFile{Data: []byte(text + ladderText)}
	return files
}

// TestLadderFaults plants one fault at a time in a ladder.
func TestLadderFaults(t *testing.T) {
	if _, err := plan.Load(climbing(t), "example", plan.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, says string }{
		{"a step that is no grade", "- step: agency", "- step: agencies", "是不是 agency"},
		{"a step twice", "- step: other", "- step: agency", "级别 agency 重复"},
		{"an aim that is no field", "aim: aim\n", "aim: goal\n", "字段 goal 不存在"},
		{"an aim that is no word", "aim: aim\n", "aim: depth\n", "类型是 count"},
		{"a step that says both", "- step: other\n", "- step: other\n      source: {doc: example-plan}\n", "source 和 conditions"},
		{"a step that says nothing", "\n      not_set: {note: {zh: 示例：没有写, en: not said}, set_by: [SKJ]}", "", "source 和 conditions"},
		{"a step that an unknown office sets", "没有写, en: not said}, set_by: [SKJ]", "没有写, en: not said}, set_by: [SKX]", "部门 SKX 不存在"},
		{"a fact that nobody tells", "    - {fact: jobs_created, years_since: built_on}\n", "", "事实 jobs_created 没有出处"},
		{"a fact told twice", "{fact: source_region, holder", "{fact: jobs_created, holder", "应为 region"},
		{"years that are a share", "{fact: jobs_created, years", "{fact: local_purchase_share, years", "应为 count"},
		{"an unknown fact", "{fact: source_region, holder", "{fact: source_regions, holder", "是不是 source_region"},
		{"years since no day", "years_since: built_on", "years_since: depth", "类型是 count"},
		{"a fact from nowhere", "jobs_created, years_since: built_on", "jobs_created", "years_since、holder、entries 之一"},
		{"entries of no register", "years_since: built_on", "entries: example-fnd", "是不是 example-fund"},
		{"a figure in a condition", "when: jobs_created >= years", "when: jobs_created >= 60", "没有出处"},
		{"a bound without a source", "{value: 2, source: {doc: example-plan, article: 甲(一), item: M01.1}}", "{value: 2}", "缺少 \"source\""},
		{"a bound that words do not find", "\"{{years}} 年\"", "\"{{year}} 年\"", "是不是 years"},
		{"a fact that nothing looks at", "when: inside(source_region)", "when: jobs_created >= years", "没有条件或步骤用到事实 source_region"},
		{"a ladder without grades", "grades: broker_kind\n", "", "有 ladder，却没有 grades"},
		{"a document that is not there", "step: agency\n      source: {doc: example-plan", "step: agency\n      source: {doc: exemple-plan", "是不是 example-plan"},
	} {
		files := climbing(t)
		text := string(files[ladderFile].Data)
		if strings.Count(text, c.old) != 1 {
			t.Errorf("%s: the ladder holds %q %d times", c.name, c.old, strings.Count(text, c.old))
			continue
		}
		files[ladderFile] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		_, err := plan.Load(files, "example", plan.Options{})
		faults, ok := err.(plan.Faults)
		if !ok {
			t.Errorf("%s: taken (%v)", c.name, err)
		} else if !strings.Contains(faultText(faults), c.says) {
			t.Errorf("%s: the faults do not say %q:\n%s", c.name, c.says, faultText(faults))
		}
	}
}

// TestLadderOpen: what a ladder leaves open stands on the list of what the plan leaves open.
func TestLadderOpen(t *testing.T) {
	p, err := plan.Load(climbing(t), "example", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{}
	for _, m := range p.NotSet() {
		open[m.ID] = true
	}
	if !open["sea-test-site.other"] || !open["sea-test-site.agency.share"] || open["sea-test-site.agency.years"] || open["sea-test-site.agency"] {
		t.Errorf("%v", open)
	}
}

// TestLadderSteps: the steps in their order, up to the top.
func TestLadderSteps(t *testing.T) {
	p, err := plan.Load(os.DirFS(filepath.Join("..", "plans", "guangxi-2025-2027")), "guangxi", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := p.Register("enterprise-ladder").Ladder
	for _, c := range []struct{ of, above string }{{"", "tech_sme"}, {"tech_sme", "hnte"}, {"hnte", "gazelle"}, {"gazelle", "unicorn"}, {"unicorn", ""}, {"nothing", ""}} {
		got := ""
		if s := l.Above(c.of); s != nil {
			got = s.Grade.ID
		}
		if got != c.above {
			t.Errorf("above %q stands %q, want %q", c.of, got, c.above)
		}
	}
	if l.Step("gazelle").Stated() || !l.Step("hnte").Stated() || len(l.Step("hnte").Conditions()) != 8 {
		t.Error("what is stated about the steps")
	}
}

// TestJudge: each line is one condition of the certificate, what is known, and where that stands. The figures
// are those of the rules, by hand.
func TestJudge(t *testing.T) {
	p := plantest.Load(t, "guangxi-2025-2027", plantest.Edit{File: "registers/enterprise-ladder.yaml",
		Old: `values: [{value: 60 %, source: {doc: hnte-rules, article: 第十一条, item: M06.1}}]}`,
		New: `not_set: {note: {zh: 示例, en: sample}, set_by: [KJT]}}`})
	on := zhuanhua.Date{Year: 2030, Month: 5, Day: 1} // beyond the plan: a step is climbed, not claimed
	for _, c := range []struct {
		condition, facts string
		standing         plan.Standing
		short            string
	}{
		{"years", `{"years_registered": 1}`, plan.StandsMet, ""},
		{"years", `{"years_registered": 0}`, plan.StandsShort, "1"},
		{"years", `{}`, plan.StandsUnknown, ""},
		{"score", `{"innovation_score": 71}`, plan.StandsMet, ""},
		{"score", `{"innovation_score": 70}`, plan.StandsShort, "1"},
		{"technicians", `{"tech_staff_share": "0.1"}`, plan.StandsMet, ""},
		{"technicians", `{"tech_staff_share": "0.075"}`, plan.StandsShort, "0.025"},
		{"research", `{"research_share": "0.04", "annual_sales_fen": "5000000000"}`, plan.StandsShort, "0.01"},
		{"research", `{"research_share": "0.04", "annual_sales_fen": "5000000001"}`, plan.StandsMet, ""},
		{"research", `{"research_share": "0.035", "annual_sales_fen": "20000000000"}`, plan.StandsShort, "0.005"},
		{"research", `{"research_share": "0.03", "annual_sales_fen": "20000000001"}`, plan.StandsMet, ""},
		{"research", `{"research_share": "0.9"}`, plan.StandsUnknown, ""},
		{"field", `{"supported_field": false}`, plan.StandsShort, ""},
		{"income", `{"high_tech_share": "0.99"}`, plan.StandsNotSet, ""},
		{"income", `{}`, plan.StandsNotSet, ""},
	} {
		facts, err := p.ReadFacts([]byte(c.facts), "test")
		if err != nil {
			t.Fatal(err)
		}
		judged, err := p.Judge(p.Register("enterprise-ladder").Ladder.Step("hnte"), facts, on)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range judged {
			if j.Answer.ID != c.condition {
				continue
			}
			short := ""
			if j.Answer.ShortBy != nil {
				short = *j.Answer.ShortBy
			}
			if j.Standing != c.standing || short != c.short {
				t.Errorf("%s with %s: %s, short by %q; want %s, %q", c.condition, c.facts, j.Standing, short, c.standing, c.short)
			}
		}
	}
}
