package plan_test

import (
	"strings"
	"testing"

	"zhuanhua/plan"
)

// TestFaults plants one fault at a time in a copy of the real plan. Each is refused in the right file and
// line, in both languages, with words on how to mend it.
//
// A row says: the fault; the file that is edited (and, behind ">", the file that is refused where that is
// another one); what is replaced ("" puts the text in front, "*" replaces the file); by what; the text on
// the line that is refused ("" line 1); what is said in Chinese, in English, and how to mend it.
func TestFaults(t *testing.T) {
	table := []struct{ name, file, old, new, at, zh, en, mend string }{
		{"an unknown key", "incentives/R07.yaml", "beneficiary:", "benefciary:", "benefciary:", "未知的键", "did you mean beneficiary", "是不是 beneficiary？"},
		{"a missing key", "incentives/R07.yaml", "title:", "# title:", "rule: R07", "缺少", `"title" is missing`, "补上这一项"},
		{"a key written twice", "incentives/R07.yaml", "rule: R07\n", "rule: R07\nrule: R08\n", "rule: R08", "重复", "written twice", "删去其中一个"},
		{"a tab", "incentives/R07.yaml", "  rate:", "\trate:", "\trate:", "制表符", "tab", "用空格代替制表符"},
		{"an anchor", "incentives/R07.yaml", "source: {doc", "source: &s {doc", "source: &s", "锚点", "anchors", "把内容完整写出来"},
		{"an alias", "incentives/R07.yaml", "rule: R07", "rule: *r", "rule: *r", "YAML", "unknown anchor", "检查该行及上一行的缩进、冒号"},
		{"a tag", "incentives/R07.yaml", "rule: R07", "rule: !!str R07", "rule: !!str", "标签", "tags", "删去标签"},
		{"a merge key", "incentives/R07.yaml", "rule: R07", "<<: {a: b}\nrule: R07", "<<:", "合并键", "merge keys", "把内容完整写出来"},
		{"two documents", "incentives/R07.yaml", "rule: R07", "rule: R07\n---\nrule: R08", "---", "YAML", "second document", "检查该行及上一行的缩进、冒号"},
		{"an invisible character", "incentives/R07.yaml", "rule: R07", "rule: R\u200b07\ufeff", "rule: R\u200b07", "看不见", "invisible", "删去它"},
		{"broken YAML", "incentives/R07.yaml", "facts: [", "facts: ]", "facts: ]", "YAML", "not valid YAML", "检查该行及上一行的缩进、冒号"},
		{"an unresolved item", "incentives/R07.yaml", "measure: M15.4", "measure: M15.9", "measure: M15.9", "不存在", "no item M15.9", "是不是 M15.1？"},
		{"an unresolved document", "incentives/R07.yaml", "doc: contract-registration-rules", "doc: contract-rules", "doc: contract-rules", "不存在", "no document contract-rules", "先定义它，或改正名称"},
		{"an unresolved department", "incentives/R07.yaml", "set_by: [KJT, CZT]", "set_by: [KJTT, CZT]", "KJTT", "部门", "no department KJTT", "是不是 JTT？"},
		{"an unresolved fact", "incentives/R07.yaml", "related_party]", "related_part]", "related_part]", "事实", "did you mean related_party", "是不是 related_pa"},
		{"a rule that the item's carrier does not name", "measures/M15.yaml", "carried_by: {kind: rule, ref: R07}", "carried_by: {kind: rule, ref: R08}", "ref: R08", "没有写它承担", "does not say that it carries", "在规则的 measure 或"},
		{"an unresolved target", "measures/M01.yaml", "ref: T01", "ref: T99", "ref: T99", "目标", "no target T99", "是不是 T09？"},
		{"a rate above 1", "incentives/R07.yaml", "value: 1 %", "value: 101 %", "value: 101 %", "大于 1", "above 1", "写成 25% 或 0.25"},
		{"a negative rate", "incentives/R07.yaml", "value: 1 %", "value: -1 %", "value: -1 %", "不是比例", "is no rate", "写成 25% 或 0.25"},
		{"money without a unit", "incentives/R04.yaml", "value: 1000 万元", "value: 10000000", "value: 10000000", "没有单位", "has no unit", "写成 500 万元 或 0."},
		{"money finer than a fen", "incentives/R04.yaml", "value: 1000 万元", "value: 0.001 元", "value: 0.001", "比一分还细", "finer than a fen", "写成 500 万元 或 0."},
		{"money for a rate", "incentives/R07.yaml", "value: 1 %", "value: 1 元", "value: 1 元", "不是比例", "is no rate", "写成 25% 或 0.25"},
		{"a value without a source", "incentives/R07.yaml", `- {value: 1 %, source: {doc: action-plan, article: "四(十五)", item: M15.4}}`, "- {value: 1 %}", "- {value: 1 %}", "缺少", `"source" is missing`, "补上这一项"},
		{"a condition without a source", "incentives/R06.yaml", `    source: {doc: action-plan, article: "二(七)", item: M07.4}`, "", "- id: acceptance", "缺少", `"source" is missing`, "补上这一项"},
		{"overlapping periods", "incentives/R07.yaml", "- {value: 1 %,", "- {value: 2 %, to: 2026-06-30, source: {doc: action-plan}}\n      - {value: 1 %, from: 2026-06-30,", "- {value: 1 %", "重叠", "overlaps", "一天只能有一个值"},
		{"a period that runs backwards", "plan.yaml", "from: 2025-09-24, to: 2027-12-31", "from: 2027-12-31, to: 2025-09-24", "valid:", "颠倒", "backwards", "对调起止日期"},
		{"a period outside the plan's", "incentives/R07.yaml", "- {value: 1 %,", "- {value: 1 %, from: 2020-01-01,", "- {value: 1 %", "超出方案的有效期", "leaves the plan's own", "改正日期"},
		{"a day that does not exist", "plan.yaml", "dated: 2025-09-24", "dated: 2025-02-30", "dated:", "不是日期", "no date", "写成 2027-12-31"},
		{"a circle of documents", "plan.yaml", "    confidence: sure", "    amends: [action-plan]\n    confidence: sure", "amends", "循环引用", "circle", "断开其中一处"},
		{"a circle of steps", "incentives/R04.yaml", "value: rate * counted", "value: rate * support", "value: rate * support", "互相引用", "circle", "让每一步只用前面的步骤"},
		{"a step that nothing uses", "incentives/R04.yaml", "value: rate * counted", "value: rate * challenge_amount_fen", "- id: counted", "没有用到", "nothing uses the step counted", "最后一步的结果就是金额"},
		{"a fact that nothing uses", "incentives/R07.yaml", `"!related_party"`, "contract_registered", "related_party]", "没有条件或步骤用到", "nothing uses the fact related_party", "用在条件或计算里，或删去"},
		{"a region of another province", "vocabularies.yaml", `"450200"`, `"440100"`, `"440100"`, "不在本方案的地区", "does not lie in", "改正代码"},
		{"a region under another name", "vocabularies.yaml", `"450200", name: {zh: 柳州市`, `"450200", name: {zh: 桂林城`, `"450200"`, "不是桂林城", "not 桂林城", "改正代码或名称"},
		{"an ambiguous region", "plan.yaml", `region: "450000"`, "region: 鼓楼区", "region: 鼓楼区", "不明确", "not clear", "写 6 位行政区划代码（GB"},
		{"a trial with an unknown fact", "trials/R06.yaml", "acceptance_passed: true", "aceptance_passed: true", "aceptance_passed", "未知的事实", "did you mean acceptance_passed", "是不是 acceptance"},
		{"a trial with an unknown condition", "trials/R06.yaml", "unmet: [acceptance]", "unmet: [accepted]", "unmet: [accepted]", "条件", "no condition accepted", "可用的是"},
		{"a trial that sets what is not there", "trials/R06.yaml", "set: {R06.rate", "set: {R06.cap", "R06.cap", "没有参数", "has no parameter", "是不是 R06.rate？"},
		{"a trial that expects what is not there to be unset", "trials/R06.yaml", "unset: [R06.rate]", "unset: [R06.rates]", "R06.rates", "参数", "did you mean R06.rate", "是不是 R06.rate？"},
		{"a code that does not exist", "incentives/R07.yaml", "'ip_platform'", "'ip_platfrom'", "ip_platfrom", "不是可选值", "did you mean ip_platform", "是不是 ip_platform？"},
		{"an undefined name in a formula", "incentives/R07.yaml", "value: rate * tech", "value: ratee * tech", "value: ratee", "没有定义", "did you mean rate", "是不是 rate？"},
		{"a rate added to money", "incentives/R07.yaml", "value: rate * tech", "value: rate + tech", "value: rate +", "公式有误", "no matching overload", "检查公式的写法和类型"},
		{"a condition that is no condition", "incentives/R07.yaml", "when: contract_registered", "when: tech_amount_actual_fen", "when: tech", "类型", "should be bool", "检查公式"},
		{"a number without a source", "incentives/R02.yaml", "support_year >= 1 && support_year <= years", "support_year >= 1 && support_year <= 5", "<= 5", "没有出处", "has no source", "把它写成带出处的参数"},
		{"a binary fraction", "incentives/R07.yaml", "when: contract_registered", "when: contract_registered && 0.1 == 0.1", "0.1", "不精确", "not exact", "把数写成参数，如 25 %"},
		{"a loop", "incentives/R07.yaml", "when: contract_registered", "when: \"[1, 1].all(x, contract_registered)\"", "all(x", "没有定义", "not defined", "可用的是"},
		{"a long formula", "incentives/R07.yaml", "when: contract_registered", "when: contract_registered" + strings.Repeat(" && contract_registered", 40), "when: contract_registered &&", "字节", "bytes long", "最多 600 字节，请拆成几步"},
		{"a costly formula", "incentives/R07.yaml", "when: contract_registered", "when: contract_registered" + strings.Repeat(" && broker_kind in ['other']", 20), "when: contract_registered &&", "计算量太大", "costs too much", "把它拆成几步"},
		{"a deep formula", "incentives/R07.yaml", "when: contract_registered", `when: "` + strings.Repeat("(", 60) + "contract_registered" + strings.Repeat(")", 60) + `"`, "((((", "公式有误", "recursion", "检查公式的写法和类型"},
		{"a placeholder of no parameter", "incentives/R05.yaml", "超过 {{threshold}}", "超过 {{treshold}}", "- id: received", "参数", "did you mean threshold", "是不是 threshold？"},
		{"a cap that is no money", "incentives/R04.yaml", "cap: cap", "cap: rate", "cap: rate", "单位不对", "wrong unit", "改正 kind 或引用"},
		{"a fact of money in yuan", "facts.yaml", `unit: {zh: 分, en: "fen"}`, `unit: {zh: 元, en: "yuan"}`, "- id: tech_amount_actual_fen", "单位是分", "the unit of tech_amount_actual_fen is fen", "写 unit: {zh: 分"},
		{"a fact with a capital", "facts.yaml", "id: contract_on", "id: contractOn", "contractOn", "不能用在公式里", "cannot be used in a formula", "用小写字母、数字和 _"},
		{"a stacking pair of no rule", "stacking.yaml", "[R01, R07]", "[R01, R77]", "R77", "规则", "no rule R77", "是不是 R07？"},
		{"a stacking pair twice", "stacking.yaml", "[R01, R06]", "[R07, R01]", "[R07, R01]", "重复", "there twice", "每对只写一次，且是两条不同的规则"},
		{"a target with a wrong operator", "targets.yaml", `op: ">="`, `op: "=>"`, `op: "=>"`, "可选值", "none of the allowed values", "是不是 >=？"},
		{"a target of money without a unit", "targets.yaml", "2500 亿元", "2500", "value: 2500", "没有单位", "has no unit", "写成 500 万元 或 0."},
		{"one word for two departments", "departments.yaml", "code: JYT", "code: KJT", "zh: 教育厅", "重复", "there twice", "改名或删去其一"},
		{"a proof by the trials of another rule", "measures/M15.yaml", `proof: ["trials:R07"`, `proof: ["trials:R04"`, "trials:R04", "不能证明", "prove nothing of the item M15.4", "在规则的 measure 或"},
		{"a proof that is none", "measures/M15.yaml", `proof: ["trials:R07"`, `proof: ["works"`, `proof: ["works"`, "证明", `the proof "works"`, "写成 trials:R05 "},
		{"a rate above 1 as a decimal", "incentives/R07.yaml", "value: 1 %", `value: "1.01"`, "1.01", "比例 1.01 大于 1（100%）", "the rate 1.01 is above 1 (100%)", "写成 25% 或 0.25"},
		{"a rate that is a float with an exponent", "incentives/R07.yaml", "value: 1 %", "value: 1e-2", "1e-2", `"1e-2" 不是比例`, `"1e-2" is no rate`, "写成 25% 或 0.25"},
		{"money as a float", "incentives/R04.yaml", "value: 1000 万元", "value: 1.0e7 元", "1.0e7", `金额 "1.0e7 元" 没有单位或写法不对`, `the amount "1.0e7 元" has no unit or is not written rightly`, "写成 500 万元 或 0."},
		{"money of two units", "incentives/R04.yaml", "value: 1000 万元", "value: 1000 万元 5 分", "5 分", `金额 "1000 万元 5 分" 没有单位或写法不对`, `the amount "1000 万元 5 分" has no unit or is not written rightly`, "写成 500 万元 或 0."},
		{"money beyond what an amount holds", "incentives/R04.yaml", "value: 1000 万元", "value: 100000000000 亿元", "100000000000 亿元", `金额 "100000000000 亿元" 太大`, `the amount "100000000000 亿元" is too large`, "写成 500 万元 或 0."},
		{"negative money", "incentives/R04.yaml", "value: 1000 万元", "value: -1000 万元", "-1000", `金额 "-1000 万元" 没有单位或写法不对`, `the amount "-1000 万元" has no unit or is not written rightly`, "写成 500 万元 或 0."},
		{"a count with a unit", "incentives/R02.yaml", "value: 5,", "value: 5 年,", "5 年", "“5 年”不是整数", `"5 年" is no whole number`, "只写数字，单位写在 unit"},
		{"a flag that is a word", "incentives/R09.yaml", "value: true", "value: yes", "value: yes", "“yes”不是 true 或 false", `"yes" is neither true nor false`, "写 true 或 false"},
		{"a choice that is none", "incentives/R04.yaml", "value: min\n", "value: mean\n", "value: mean", `"mean" 不在可选值之内`, `"mean" is none of the allowed values`, "是不是 min？"},
		{"a value and a not_set", "incentives/R07.yaml", "    values:\n", "    not_set: {note: {zh: 无, en: none}, set_by: [KJT]}\n    values:\n", "rate:", "参数 rate 应有且只有 values、not_set、assumed 之一", "the parameter rate needs exactly one of values, not_set and assumed", "方案写明的用 values，"},
		{"words in one language only", "incentives/R07.yaml", "zh: 奖励比例, en: rate", "zh: 奖励比例", "title: {zh: 奖励比例", `缺少 "en"`, `"en" is missing`, "补上这一项"},
		{"an empty value", "incentives/R07.yaml", "rule: R07", "rule:", "rule:", `"rule" 没有内容`, `"rule" is empty`, "填写或删去"},
		{"a list where a value belongs", "incentives/R07.yaml", "rule: R07", "rule: [R07]", "rule: [R07]", "这里应是一个值", "a single value belongs here", "只写一个值，不写列表或下级的键"},
		{"a value where a list belongs", "incentives/R07.yaml", "measure: M15.4", "measure: M15.4\nalso: M15.4", "also:", "这里应是列表", "a list belongs here", "每项以 - 开头"},
		{"a rule twice", "incentives/R06.yaml", "rule: R06", "rule: R05", "rule: R05", "规则 R05 重复", "the rule R05 is there twice", "改名或删去其一"},
		{"a condition of a reserved name", "incentives/R06.yaml", "id: acceptance", "id: in_force", "id: in_force", "条件 in_force 重复或为保留名", "the condition in_force is there twice, or the name is reserved", "改名"},
		{"a name that formulas have taken", "incentives/R07.yaml", "  rate:\n", "  in:\n", "  in:", "名称 in 已被占用", "the name in is taken", "换一个名称"},
		{"an unknown lead", "measures/M04.yaml", "lead: [KJT", "lead: [KJX", "lead: [KJX]", "部门 KJX 不存在", "there is no department KJX", "是不是 KJT？"},
		{"a measure without a lead", "measures/M04.yaml", "lead: [KJT", "lead: []\n# [KJT", "measure: M04", "措施 M04 没有牵头部门", "the measure M04 has no lead", "在 lead 写部门代码"},
		{"an item of another measure", "measures/M04.yaml", "id: M04.1", "id: M05.99", "- id: M05.99", "条目 M05.99 不属于措施 M04", "the item M05.99 does not belong to M04", "编号以 M04. 开头"},
		{"a target that is due too late", "targets.yaml", "by: 2027-12-31", "by: 2028-12-31", "- id: T01", "目标 T01 的期限 2028-12-31 不在方案有效期内", "the target T01 is due on 2028-12-31, outside the plan's validity", "改正 by"},
		{"a target of nothing", "targets.yaml", "value: 20\n", "value: 0\n", "- id: T01", "目标 T01 的数值为零", "the target T01 is zero", "写出目标数值"},
		{"a vocabulary that is not there", "facts.yaml", "enum: posed_by", "enum: posedby", "enum: posedby", "词表 posedby 不存在", "there is no vocabulary posedby", "是不是 posed_by？"},
		{"an enumeration without words", "facts.yaml", "  enum: posed_by\n", "", "- id: posed_by", "枚举 posed_by 没有词表", "the enumeration posed_by has no vocabulary", "用 enum 指明词表"},
		{"a code twice", "vocabularies.yaml", `"450300"`, `"450200"`, `"450200", name: {zh: 桂林市`, "代码 450200 重复", "the code 450200 is there twice", "改正其一"},
		{"a region that does not exist", "vocabularies.yaml", `"450200"`, `"459900"`, `- {code: "459900"`, "地区代码 459900 不明确", "the region 459900 is not clear", "写 6 位行政区划代码"},
		{"a yearly gate that is no condition", "incentives/R02.yaml", "yearly_gate: review", "yearly_gate: reviews", "yearly_gate: reviews", "条件 reviews 不存在", "there is no condition reviews", "是不是 review？"},
		{"years that are money", "incentives/R02.yaml", "years: years", "years: floor", "years: floor", "参数 floor 的单位不对：是 money，应为 count", "the parameter floor has the wrong unit: it is of kind money and should be count", "改正 kind 或引用"},
		{"tranches of 90 %", "incentives/R04.yaml", "open:\n", "tranches:\n  - {share: 50 %, when: {zh: 前, en: first}}\n  - {share: 40 %, when: {zh: 后, en: then}}\nopen:\n", "- {share: 50 %", "各期拨付合计 90%，不是 100%", "the tranches add up to 90% and not to 100%", "改正比例"},
		{"a trial of money without a unit", "trials/R07.yaml", `tech_amount_actual_fen: "500 万元"`, `tech_amount_actual_fen: "500"`, `tech_amount_actual_fen: "500"`, `金额 "500" 没有单位或写法不对`, `the amount "500" has no unit or is not written rightly`, "写成 500 万元 或 0."},
		{"a trial with a word for a truth", "trials/R07.yaml", "contract_registered: true", "contract_registered: \"yes\"", `contract_registered: "yes"`, `contract_registered："yes" 不是 true 或 false`, `contract_registered: "yes" is no true or false`, "不加引号写 true 或 f"},
		{"a trial with an unknown region", "trials/R01.yaml", `landed_region: "450100"`, `landed_region: "459900"`, `landed_region: "459900"`, `landed_region："459900" 不是已知地区的代码`, `landed_region: "459900" is no code of a known region`, "写 6 位行政区划代码的字符"},
		{"a trial with a region's name", "trials/R01.yaml", `landed_region: "450100"`, `landed_region: 南宁市`, "landed_region: 南宁市", `landed_region："南宁市" 不是已知地区的代码`, `landed_region: "南宁市" is no code of a known region`, `是不是 "450100"？`},
		{"a stacking answer that is none", "stacking.yaml", "answer: flag", "answer: maybe", "answer: maybe", `"maybe" 不在可选值之内`, `"maybe" is none of the allowed values`, "可用的是"},
		{"a stacking pair with source and not_set", "stacking.yaml", "  not_set:\n", "  source: {doc: action-plan}\n  not_set:\n", "- rules: [R01, R07]", "应写 source 或 not_set 之一", "either source or not_set belongs here", "方案写明的写出处，没有写明的"},
		{"a reach that is none", "incentives/R07.yaml", "reach: now", "reach: soon", "reach: soon", `"soon" 不在可选值之内`, `"soon" is none of the allowed values`, "可用的是"},
		{"an alias bomb", "targets.yaml", "*", bomb(), "", "锚点", "anchors are not allowed", "把内容完整写出来"},
		{"BOM", "targets.yaml", "", "\ufeff", "", "文件以 BOM 开头", "the file begins with a byte order mark", "请另存为不带 BOM 的 U"},
		{"UTF-16", "targets.yaml", "", "\xff\xfe", "", "文件是 UTF-16 编码", "the file is UTF-16", "请另存为不带 BOM 的 U"},
		{"GB 18030", "targets.yaml", "", "# \xd0\xc5\n", "# ", "此处不是 UTF-8（可能是 GBK/GB 18030）", "this is not UTF-8 (GBK or GB 18030, perhaps)", "请另存为不带 BOM 的 U"},
		{"a reserved word in a formula", "incentives/R07.yaml", "when: contract_registered", "when: contract_registered && null == null", "when: contract_registered && null == null", "公式里有不支持的常量", "the formula has a constant that rules do not have", "只用文字、true、fals"},
		{"an amount that is a truth", "incentives/R07.yaml", "value: rate * tech_amount_actual_fen", "value: contract_registered", "value: contract_registered", "结果的类型是 bool，应为 money", "the result is of type bool and should be money", "检查公式"},
		{"a condition on a step", "incentives/R04.yaml", "when: stated(contract_tech_amount_fen)", "when: stated(contract_tech_amount_fen) && counted > counted", "when: stated(contract_tech_amount_fen) && counted > counted", "条件不能用计算步骤 counted", "a condition cannot use the step counted", "只用事实和参数"},
		{"a rounding that is not down", "plan.yaml", "rounding: down", "rounding: half-up", "rounding: half-up", `"half-up" 不在可选值之内`, `"half-up" is none of the allowed values`, "可用的是"},
		{"an identifier with spaces", "incentives/R07.yaml", "id: broker_kind", "id: broker kind", "- id: broker kind", `"broker kind" 不是标识符`, `"broker kind" is no identifier`, "只用字母、数字、- 和 _"},
		{"a parameter nobody uses", "incentives/R07.yaml", "conditions:\n", "  spare:\n    kind: money\n    title: {zh: 备用, en: spare}\n    values: [{value: 1 元, source: {doc: action-plan}}]\nconditions:\n", "spare:", "没有条件或步骤用到参数 spare", "nothing uses the parameter spare", "用在条件或计算里，或删去"},
		{"nobody may set it", "incentives/R01.yaml", "set_by: [KJT, CZT]", "set_by: []", "note: {zh: 方案只写按实际技术交易额给予补助，没有写比例。", "没有写明由谁设定", "it is not said who may set this", "在 set_by 写部门代码"},
		{"a rule without trials", "trials/R06.yaml > incentives/R06.yaml", "rule: R06", "rule: R05", "rule: R06", "没有试例", "has no trial", "在 trials/R06.yaml 写试例"},
		{"a condition twice", "incentives/R07.yaml", "id: unrelated", "id: registered", "id: registered\n    text: {zh: 中介", "条件 registered 重复", "is there twice", "改名"},
	}
	if len(table) < 100 {
		t.Errorf("only %d faults are planted", len(table))
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			edited, refused, other := strings.Cut(c.file, " > ")
			if !other {
				refused = edited
			}
			files := copyOf(t)
			switch c.old {
			case "":
				prefix(files, edited, c.new)
			case "*":
				files[edited].Data = []byte(c.new)
			default:
				change(t, files, edited, c.old, c.new)
			}
			line := lineOf(files, refused, c.at)
			_, err := load(files)
			faults, ok := err.(plan.Faults)
			if !ok {
				t.Fatalf("accepted (%v)", err)
			}
			found := false
			for _, f := range faults {
				found = found || f.File == guangxiDir+"/"+refused && f.Line == line && f.Column > 0 &&
					strings.Contains(f.What.ZH, c.zh) && strings.Contains(f.String(), c.en) && strings.Contains(f.Do.ZH, c.mend)
				if f.What.ZH == "" || f.What.EN == "" || f.Do.ZH == "" || f.Do.EN == "" {
					t.Errorf("not said in both languages, or not how to mend it: %v", f)
				}
			}
			if !found {
				t.Errorf("not refused at %s:%d with %q, %q and %q; found:\n%v", refused, line, c.zh, c.en, c.mend, faultText(faults))
			}
		})
	}
}
