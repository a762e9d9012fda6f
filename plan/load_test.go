package plan_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua/plan"
	"zhuanhua/plans"
)

// copyOf is the embedded pack in memory, for changing.
func copyOf(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	sub, err := fs.Sub(plans.Files, guangxiDir)
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(sub, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(sub, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// change replaces the first occurrence of old in a file; it fails when there is none.
func change(t testing.TB, files fstest.MapFS, file, old, new string) {
	t.Helper()
	f := files[file]
	if f == nil || !bytes.Contains(f.Data, []byte(old)) {
		t.Fatalf("%s has no %q", file, old)
	}
	files[file] = &fstest.MapFile{Data: bytes.Replace(f.Data, []byte(old), []byte(new), 1)}
}

// lineOf is the line of the first occurrence of text in a file, from 1.
func lineOf(files fstest.MapFS, file, text string) int {
	before, _, _ := strings.Cut(string(files[file].Data), text)
	return 1 + strings.Count(before, "\n")
}

func load(files fs.FS) (*plan.Pack, error) {
	return plan.Load(files, guangxiDir, plan.Options{Regions: regions{}})
}

// TestFaults plants one fault at a time. Each is refused in its own file and line, in both languages.
func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, at, zh, en string }{
		{"an unknown key", "incentives/R07.yaml", "beneficiary:", "benefciary:", "benefciary:", "未知的键", "did you mean beneficiary"},
		{"a missing key", "incentives/R07.yaml", "title:", "# title:", "rule: R07", "缺少", `"title" is missing`},
		{"a key written twice", "incentives/R07.yaml", "rule: R07\n", "rule: R07\nrule: R08\n", "rule: R08", "重复", "written twice"},
		{"a tab", "incentives/R07.yaml", "  rate:", "\trate:", "\trate:", "制表符", "tab"},
		{"an anchor", "incentives/R07.yaml", "source: {doc", "source: &s {doc", "source: &s", "锚点", "anchors"},
		{"an alias", "incentives/R07.yaml", "rule: R07", "rule: *r", "rule: *r", "YAML", "unknown anchor"},
		{"a tag", "incentives/R07.yaml", "rule: R07", "rule: !!str R07", "rule: !!str", "标签", "tags"},
		{"a merge key", "incentives/R07.yaml", "rule: R07", "<<: {a: b}\nrule: R07", "<<:", "合并键", "merge keys"},
		{"two documents", "incentives/R07.yaml", "rule: R07", "rule: R07\n---\nrule: R08", "---", "YAML", "second document"},
		{"an invisible character", "incentives/R07.yaml", "rule: R07", "rule: R\u200b07\ufeff", "rule: R\u200b07", "看不见", "invisible"},
		{"broken YAML", "incentives/R07.yaml", "facts: [", "facts: ]", "facts: ]", "YAML", "not valid YAML"},
		{"an unresolved item", "incentives/R07.yaml", "measure: M15.4", "measure: M15.9", "measure: M15.9", "不存在", "no item M15.9"},
		{"an unresolved document", "incentives/R07.yaml", "doc: contract-registration-rules", "doc: contract-rules", "doc: contract-rules", "不存在", "no document contract-rules"},
		{"an unresolved department", "incentives/R07.yaml", "set_by: [KJT, CZT]", "set_by: [KJTT, CZT]", "KJTT", "部门", "no department KJTT"},
		{"an unresolved fact", "incentives/R07.yaml", "related_party]", "related_part]", "related_part]", "事实", "did you mean related_party"},
		{"a rule that the item's carrier does not name", "measures/M15.yaml", "carried_by: {kind: rule, ref: R07}", "carried_by: {kind: rule, ref: R08}", "ref: R08", "没有写它承担", "does not say that it carries"},
		{"an unresolved target", "measures/M01.yaml", "ref: T01", "ref: T99", "ref: T99", "目标", "no target T99"},
		{"a rate above 1", "incentives/R07.yaml", "value: 1 %", "value: 101 %", "value: 101 %", "大于 1", "above 1"},
		{"a negative rate", "incentives/R07.yaml", "value: 1 %", "value: -1 %", "value: -1 %", "不是比例", "is no rate"},
		{"money without a unit", "incentives/R04.yaml", "value: 1000 万元", "value: 10000000", "value: 10000000", "没有单位", "has no unit"},
		{"money finer than a fen", "incentives/R04.yaml", "value: 1000 万元", "value: 0.001 元", "value: 0.001", "比一分还细", "finer than a fen"},
		{"money for a rate", "incentives/R07.yaml", "value: 1 %", "value: 1 元", "value: 1 元", "不是比例", "is no rate"},
		{"a value without a source", "incentives/R07.yaml", `- {value: 1 %, source: {doc: action-plan, article: "四(十五)", item: M15.4}}`, "- {value: 1 %}", "- {value: 1 %}", "缺少", `"source" is missing`},
		{"a condition without a source", "incentives/R06.yaml", `    source: {doc: action-plan, article: "二(七)", item: M07.4}`, "", "- id: acceptance", "缺少", `"source" is missing`},
		{"overlapping periods", "incentives/R07.yaml", "- {value: 1 %,", "- {value: 2 %, to: 2026-06-30, source: {doc: action-plan}}\n      - {value: 1 %, from: 2026-06-30,", "- {value: 1 %", "重叠", "overlaps"},
		{"a period that runs backwards", "plan.yaml", "from: 2025-09-24, to: 2027-12-31", "from: 2027-12-31, to: 2025-09-24", "valid:", "颠倒", "backwards"},
		{"a period outside the plan's", "incentives/R07.yaml", "- {value: 1 %,", "- {value: 1 %, from: 2020-01-01,", "- {value: 1 %", "超出方案的有效期", "leaves the plan's own"},
		{"a day that does not exist", "plan.yaml", "dated: 2025-09-24", "dated: 2025-02-30", "dated:", "不是日期", "no date"},
		{"a circle of documents", "plan.yaml", "    confidence: sure", "    amends: [action-plan]\n    confidence: sure", "amends", "循环引用", "circle"},
		{"a circle of steps", "incentives/R04.yaml", "value: rate * counted", "value: rate * support", "value: rate * support", "互相引用", "circle"},
		{"a step that nothing uses", "incentives/R04.yaml", "value: rate * counted", "value: rate * challenge_amount_fen", "- id: counted", "没有用到", "nothing uses the step counted"},
		{"a fact that nothing uses", "incentives/R07.yaml", `"!related_party"`, "contract_registered", "related_party]", "没有条件或步骤用到", "nothing uses the fact related_party"},
		{"a region of another province", "vocabularies.yaml", `"450200"`, `"440100"`, `"440100"`, "不在本方案的地区", "does not lie in"},
		{"a region under another name", "vocabularies.yaml", `"450200", name: {zh: 柳州市`, `"450200", name: {zh: 桂林城`, `"450200"`, "不是桂林城", "not 桂林城"},
		{"an ambiguous region", "plan.yaml", `region: "450000"`, "region: 鼓楼区", "region: 鼓楼区", "不明确", "not clear"},
		{"a rule without trials", "trials/R06.yaml", "rule: R06", "rule: R05", "rule: R06", "没有试例", "has no trial"},
		{"a trial with an unknown fact", "trials/R06.yaml", "acceptance_passed: true", "aceptance_passed: true", "aceptance_passed", "未知的事实", "did you mean acceptance_passed"},
		{"a trial with an unknown condition", "trials/R06.yaml", "unmet: [acceptance]", "unmet: [accepted]", "unmet: [accepted]", "条件", "no condition accepted"},
		{"a trial that sets what is not there", "trials/R06.yaml", "set: {R06.rate", "set: {R06.cap", "R06.cap", "没有参数", "has no parameter"},
		{"a trial that expects what is not there to be unset", "trials/R06.yaml", "unset: [R06.rate]", "unset: [R06.rates]", "R06.rates", "参数", "did you mean R06.rate"},
		{"a code that does not exist", "incentives/R07.yaml", "'ip_platform'", "'ip_platfrom'", "ip_platfrom", "不是可选值", "did you mean ip_platform"},
		{"an undefined name in a formula", "incentives/R07.yaml", "value: rate * tech", "value: ratee * tech", "value: ratee", "没有定义", "did you mean rate"},
		{"a rate added to money", "incentives/R07.yaml", "value: rate * tech", "value: rate + tech", "value: rate +", "公式有误", "no matching overload"},
		{"a condition that is no condition", "incentives/R07.yaml", "when: contract_registered", "when: tech_amount_actual_fen", "when: tech", "类型", "should be bool"},
		{"a number without a source", "incentives/R02.yaml", "support_year >= 1 && support_year <= years", "support_year >= 1 && support_year <= 5", "<= 5", "没有出处", "has no source"},
		{"a binary fraction", "incentives/R07.yaml", "when: contract_registered", "when: contract_registered && 0.1 == 0.1", "0.1", "不精确", "not exact"},
		{"a loop", "incentives/R07.yaml", "when: contract_registered", "when: \"[1, 1].all(x, contract_registered)\"", "all(x", "没有定义", "not defined"},
		{"a long formula", "incentives/R07.yaml", "when: contract_registered", "when: contract_registered" + strings.Repeat(" && contract_registered", 40), "when: contract_registered &&", "字节", "bytes long"},
		{"a costly formula", "incentives/R07.yaml", "when: contract_registered", "when: contract_registered" + strings.Repeat(" && broker_kind in ['other']", 20), "when: contract_registered &&", "计算量太大", "costs too much"},
		{"a deep formula", "incentives/R07.yaml", "when: contract_registered", `when: "` + strings.Repeat("(", 60) + "contract_registered" + strings.Repeat(")", 60) + `"`, "((((", "公式有误", "recursion"},
		{"a placeholder of no parameter", "incentives/R05.yaml", "超过 {{threshold}}", "超过 {{treshold}}", "- id: received", "参数", "did you mean threshold"},
		{"a cap that is no money", "incentives/R04.yaml", "cap: cap", "cap: rate", "cap: rate", "单位不对", "wrong unit"},
		{"a fact of money in yuan", "facts.yaml", `unit: {zh: 分, en: "fen"}`, `unit: {zh: 元, en: "yuan"}`, "- id: tech_amount_actual_fen", "单位是分", "the unit of tech_amount_actual_fen is fen"},
		{"a fact with a capital", "facts.yaml", "id: contract_on", "id: contractOn", "contractOn", "不能用在公式里", "cannot be used in a formula"},
		{"a stacking pair of no rule", "stacking.yaml", "[R01, R07]", "[R01, R77]", "R77", "规则", "no rule R77"},
		{"a stacking pair twice", "stacking.yaml", "[R01, R06]", "[R07, R01]", "[R07, R01]", "重复", "there twice"},
		{"a target with a wrong operator", "targets.yaml", `op: ">="`, `op: "=>"`, `op: "=>"`, "可选值", "none of the allowed values"},
		{"a target of money without a unit", "targets.yaml", "2500 亿元", "2500", "value: 2500", "没有单位", "has no unit"},
		{"one word for two departments", "departments.yaml", "code: JYT", "code: KJT", "zh: 教育厅", "重复", "there twice"},
		{"a proof by the trials of another rule", "measures/M15.yaml", `proof: ["trials:R07"]`, `proof: ["trials:R04"]`, "trials:R04", "不能证明", "prove nothing of the item M15.4"},
		{"a proof that is none", "measures/M15.yaml", `proof: ["trials:R07"]`, `proof: ["works"]`, `proof: ["works"]`, "证明", `the proof "works"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := copyOf(t)
			change(t, files, c.file, c.old, c.new)
			where := c.file
			if c.name == "a rule without trials" {
				where = "incentives/R06.yaml"
			}
			if c.name == "a rule that the item's carrier does not name" {
				where = "measures/M15.yaml"
			}
			line := lineOf(files, where, c.at)
			_, err := load(files)
			faults, ok := err.(plan.Faults)
			if !ok {
				t.Fatalf("accepted (%v)", err)
			}
			for _, f := range faults {
				if f.File == guangxiDir+"/"+where && f.Line == line && f.Column > 0 && strings.Contains(f.What.ZH, c.zh) && strings.Contains(f.String(), c.en) {
					return
				}
			}
			t.Errorf("not refused at %s:%d with %q and %q; found:\n%v", where, line, c.zh, c.en, faults)
		})
	}
}

// TestAllFaultsAtOnce: who mends a pack sees every fault, not one a run.
func TestAllFaultsAtOnce(t *testing.T) {
	files := copyOf(t)
	change(t, files, "incentives/R07.yaml", "beneficiary:", "benefciary:")
	change(t, files, "incentives/R04.yaml", "value: 25 %", "value: 125 %")
	change(t, files, "targets.yaml", "wording: strive", "wording: strove")
	_, err := load(files)
	faults, ok := err.(plan.Faults)
	if !ok {
		t.Fatal("accepted")
	}
	for _, file := range []string{"incentives/R07.yaml", "incentives/R04.yaml", "targets.yaml"} {
		if !strings.Contains(faultText(faults), file) {
			t.Errorf("nothing said of %s in:\n%s", file, faultText(faults))
		}
	}
	for i := 1; i < len(faults); i++ {
		if faults[i-1].File > faults[i].File {
			t.Errorf("not in order of place: %v before %v", faults[i-1], faults[i])
		}
	}
}

func faultText(faults plan.Faults) string {
	var b strings.Builder
	for _, f := range faults {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// TestFiles: what belongs to no part of a pack, what is missing, and what is no text is refused.
func TestFiles(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(fstest.MapFS)
		says string
	}{
		{"a file of another sort", func(m fstest.MapFS) { m["notes.txt"] = &fstest.MapFile{Data: []byte("x")} }, "notes.txt: 方案包里没有这样的文件"},
		{"a folder of another sort", func(m fstest.MapFS) { m["measures/old/M01.yaml"] = m["measures/M01.yaml"] }, "measures/old/M01.yaml"},
		{"no facts", func(m fstest.MapFS) { delete(m, "facts.yaml") }, "缺少文件 facts.yaml"},
		{"an empty file", func(m fstest.MapFS) { m["targets.yaml"] = &fstest.MapFile{} }, "文件是空的"},
		{"a byte order mark", func(m fstest.MapFS) { prefix(m, "targets.yaml", "\ufeff") }, "BOM"},
		{"UTF-16", func(m fstest.MapFS) { prefix(m, "targets.yaml", "\xff\xfe") }, "UTF-16"},
		{"GB 18030", func(m fstest.MapFS) { prefix(m, "targets.yaml", "# \xd0\xc5\n") }, "不是 UTF-8"},
		{"two megabytes", func(m fstest.MapFS) { prefix(m, "targets.yaml", strings.Repeat("# x\n", 500_000)) }, "1 MiB"},
		{"a deep nest", func(m fstest.MapFS) {
			m["targets.yaml"] = &fstest.MapFile{Data: []byte(strings.Repeat("[", 5000) + strings.Repeat("]", 5000))}
		}, "嵌套过深"},
		{"a bomb", func(m fstest.MapFS) { m["targets.yaml"] = &fstest.MapFile{Data: []byte(bomb())} }, "锚点"},
		{"too many values", func(m fstest.MapFS) {
			m["targets.yaml"] = &fstest.MapFile{Data: []byte("[" + strings.Repeat("a,", 100_000) + "a]")}
		}, "内容过多"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := copyOf(t)
			c.do(files)
			_, err := load(files)
			if faults, ok := err.(plan.Faults); !ok || !strings.Contains(faultText(faults), c.says) {
				t.Errorf("should say %q and says %v", c.says, err)
			}
		})
	}
}

func prefix(m fstest.MapFS, file, text string) {
	m[file] = &fstest.MapFile{Data: append([]byte(text), m[file].Data...)}
}

// bomb doubles itself twenty times when aliases are expanded.
func bomb() string {
	b := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 20; i++ {
		n := strings.Repeat("*a"+string(rune('a'+i-1))+", ", 10)
		b += "a" + string(rune('a'+i)) + ": &a" + string(rune('a'+i)) + " [" + n + "x]\n"
	}
	return strings.ReplaceAll(b, "*aa,", "*a0,")
}

// TestLoadTwiceIsTheSame: the checksum names the contents, and nothing else.
func TestLoadTwiceIsTheSame(t *testing.T) {
	a, b := guangxi(t), guangxi(t)
	if a.Sum != b.Sum || len(a.Sum) != 64 {
		t.Errorf("checksums %s and %s", a.Sum, b.Sum)
	}
	files := copyOf(t)
	change(t, files, "incentives/R04.yaml", "value: 25 %", "value: 26 %")
	p, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	if p.Sum == a.Sum {
		t.Error("a changed rate leaves the checksum as it was")
	}
}
