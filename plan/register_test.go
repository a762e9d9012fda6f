package plan_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua/plan"
)

// exampleRegion is the invented plan, in memory for changing.
func exampleRegion(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	files := os.DirFS(filepath.Join("..", "plans", "example-region"))
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

// TestRegisterRead: a register is read as it is written, and makes its forms.
func TestRegisterRead(t *testing.T) {
	p, err := plan.Load(exampleRegion(t), "example", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := p.Register("observation-post")
	if r.Subject != "organisation" || r.Enters.ID != "example-entry" || r.Validity.Unit != "years" || r.Validity.Length.Value != 2 || r.Effective.ID != "opened_on" || strings.Join(r.OneOf(), " ") != "organisation name" {
		t.Errorf("%+v", r)
	}
	if f := p.Form("register/observation-post"); f == nil || f.Field("observers") == nil || p.Form("register/nothing") != nil {
		t.Errorf("%+v", f)
	}
	sheet := p.Form("evaluation/observation-post")
	if sheet == nil || sheet.Field("reports").Type != plan.FieldScore || sheet.Field("reports").Required || !sheet.Field("opinion").Required || p.Form("evaluation/example-fund") != nil {
		t.Errorf("%+v", sheet)
	}
	if c := r.ChangesBy("example-change"); strings.Join(c, " ") != "amend rename revoke" || !r.ShowsPublicly("observers") || r.ShowsPublicly("name") {
		t.Errorf("%v", c)
	}
}

// TestRegisterFaults plants one fault at a time in a register or its workflows. Each is refused with the file and
// words on how to mend it.
func TestRegisterFaults(t *testing.T) {
	const post, entry, evaluation = "registers/observation-post.yaml", "workflows/example-entry.yaml", "workflows/example-evaluation.yaml"
	for _, c := range []struct{ name, file, old, new, says string }{
		{"weights of 99 %", post, `weight: "30 %"`, `weight: "29 %"`, "权重合计为 99.00 %"},
		{"weights of 101 %", post, `weight: "70 %"`, `weight: "71 %"`, "权重合计为 101.00 %"},
		{"weights of just less", post, `weight: "30 %"`, `weight: "29.99 %"`, "权重合计为 99.99 %"},
		{"a weight of nothing", post, `weight: "30 %"`, `weight: "0 %"`, "权重须大于 0"},
		{"a criterion twice", post, "id: days, title", "id: reports, title", "指标 reports 重复"},
		{"grades upwards", post, "from: 50, then", "from: 90, then", "没有逐级降低"},
		{"grades that leave a gap at the bottom", post, "from: 0, then", "from: 10, then", "最低等次的下限须为 0"},
		{"an unknown consequence", post, "then: reward", "then: rewards", "是不是 reward"},
		{"an evaluation that is nobody's", post, "  source: {doc: example-plan, article: 甲(一), item: M01.1}\n  criteria", "  criteria", "source、assumed 之一"},
		{"an unknown workflow", post, "enters: example-entry", "enters: example-entri", "是不是 example-entry"},
		{"a workflow that lets nothing in", post, "enters: example-entry", "enters: example-change", "没有动作 accredit"},
		{"a change that the workflow does not make", post, "rename: example-change", "suspend: example-change", "没有动作 suspend_entry"},
		{"an evaluation without a workflow", post, "evaluate: example-evaluation, ", "", "没有评价流程"},
		{"an unknown change", post, "rename: example-change", "renam: example-change", "是不是 rename"},
		{"an unknown item", post, "measure: M01.1", "measure: M01.99", "条目 M01.99 不存在"},
		{"another register's item", post, "also: [M01.3]", "also: [M01.3, M05.3]", "由名录 sea-test-site 承担"},
		{"an item that is not named back", post, "measure: M01.1", "measure: M01.3", "没有写它承担条目 M01.1"},
		{"an unknown target", post, "target: T01", "target: T91", "目标 T91 不存在"},
		{"a target of money", post, "target: T01", "target: T02", "是金额，不是个数"},
		{"an unknown state", post, "states: [active]", "states: [activ]", "是不是 active"},
		{"counting by an unknown field", post, "distinct_by: entry", "distinct_by: colour", "字段 colour 不存在"},
		{"a first day that is no day", post, "effective: opened_on", "effective: observers", "类型是 count"},
		{"a public field that is not there", post, "public: [observers, opened_on]", "public: [observer]", "是不是 observers"},
		{"a public private field", post, "title: {zh: 示例：观察员（人）, en: observers}", "private: true, title: {zh: 示例：观察员（人）, en: observers}", "不能公开"},
		{"a public person", "registers/example-broker.yaml", "public: [trained_on]", "public: [person]", "不能公开"},
		{"a person's register without the person", "registers/example-broker.yaml", "{id: person, type: person", "{id: who, type: person", "没有字段 person"},
		{"confidential and counting", post, "public: [observers, opened_on]\n", "confidential: need_to_know\nreaders: {department: SKJ, roles: [reviewer]}\n", "不能计数"},
		{"confidential for nobody", "registers/sea-test-site.yaml", "public: [depth]", "confidential: need_to_know", "没有写谁能看到"},
		{"confidential, with a look for doubles", "registers/sea-test-site.yaml", "public: [depth]", "confidential: need_to_know\nreaders: {department: SKJ, roles: [reviewer]}", "会泄露"},
		{"readers of an unknown office", "registers/sea-test-site.yaml", "public: [depth]", "confidential: need_to_know\nreaders: {department: SKX, roles: [reviewer]}", "部门 SKX 不存在"},
		{"an entry that nobody decided", entry, "    decides: grant\n", "", "不作决定，却列入名录"},
		{"an unknown state in a guard", evaluation, "{entry: [active]}", "{entry: [activ]}", "是不是 active"},
		{"an evaluation that nobody adds up", evaluation, "    does: [evaluate]\n", "", "evaluated 需要 evaluate"},
		{"a revocation looked at without a length", entry, "{not_revoked_before: {unit: years, length: {value: 1, source: {doc: example-plan, article: 甲(一), item: M01.1}}}}", "not_revoked_before", "not_revoked_before 缺少内容"},
		{"a revocation by an unknown mark", post, "effective: opened_on", "barred: {by: [colour], assumed: {note: {zh: 示例, en: x}, set_by: [SKJ]}}\neffective: opened_on", "字段 colour 不存在"},
		{"a revocation by nothing", post, "effective: opened_on", "barred: {by: [], assumed: {note: {zh: 示例, en: x}, set_by: [SKJ]}}\neffective: opened_on", "凭什么认出"},
		{"a revocation without a word where that is written", post, "effective: opened_on", "barred: {by: [organisation]}\neffective: opened_on", "source、assumed 之一"},
		{"revocations of an unknown register", post, "effective: opened_on", "barred: {by: [organisation], also: [example-fnd], assumed: {note: {zh: 示例, en: x}, set_by: [SKJ]}}\neffective: opened_on", "是不是 example-fund"},
		{"revocations of the register itself", post, "effective: opened_on", "barred: {by: [organisation], also: [observation-post], assumed: {note: {zh: 示例, en: x}, set_by: [SKJ]}}\neffective: opened_on", "不必写在 also 里"},
		{"revocations by a field that the other register lacks", post, "effective: opened_on", "barred: {by: [observers], also: [example-fund], assumed: {note: {zh: 示例, en: x}, set_by: [SKJ]}}\neffective: opened_on", "字段 observers 不存在"},
		{"an unknown register's entry", "registers/sea-test-site.yaml", "type: count, title: {zh: 示例：水深（米）, en: depth in metres}, required: true, min: 1}", "type: register, of: observatory, title: {zh: 示例：水深（米）, en: depth in metres}}", "名录 observatory 不存在"},
		{"a register that tells of a confidential one", "registers/sea-test-site.yaml", "{id: depth, type: count, title: {zh: 示例：水深（米）, en: depth in metres}, required: true, min: 1}", "{id: depth, type: register, of: example-broker, title: {zh: 示例, en: x}}", "不能指向保密名录"},
		{"a field of no type that has an of", "registers/sea-test-site.yaml", "type: count, title: {zh: 示例：水深（米）", "type: count, of: example-fund, title: {zh: 示例：水深（米）", "没有 of"},
	} {
		files := exampleRegion(t)
		text := string(files[c.file].Data)
		if strings.Count(text, c.old) != 1 {
			t.Errorf("%s: %s holds %q %d times", c.name, c.file, c.old, strings.Count(text, c.old))
			continue
		}
		if c.says == "不能指向保密名录" {
			broker := string(files["registers/example-broker.yaml"].Data)
			files["registers/example-broker.yaml"] = &fstest.MapFile{Data: []byte(broker + "confidential: need_to_know\nreaders: {department: SKJ, roles: [reviewer]}\n")}
		}
		files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		_, err := plan.Load(files, "example", plan.Options{})
		faults, ok := err.(plan.Faults)
		if !ok {
			t.Errorf("%s: taken (%v)", c.name, err)
			continue
		}
		if !strings.Contains(faultText(faults), c.says) {
			t.Errorf("%s: the faults do not say %q:\n%s", c.name, c.says, faultText(faults))
		}
		for _, f := range faults {
			if f.What.EN == "" || f.Do.ZH == "" || f.Do.EN == "" || f.Line == 0 && f.Pos.Line == 0 {
				t.Errorf("%s: %+v does not say where and what to do", c.name, f)
			}
		}
	}
}

// TestLaterTargets: the targets of services, contracts and registrations are no register's.
func TestLaterTargets(t *testing.T) {
	p, err := plan.Load(os.DirFS(filepath.Join("..", "plans", "guangxi-2025-2027")), "guangxi", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]bool{}
	for _, r := range p.Registers {
		for _, target := range r.CountsFor() {
			counted[target] = true
		}
	}
	for _, target := range p.Targets {
		if counted[target.ID] == p.CountsLater(target.ID) {
			t.Errorf("%s: counted by a register %v, counted later %v", target.ID, counted[target.ID], p.CountsLater(target.ID))
		}
	}
	if len(p.Registers) < 28 {
		t.Errorf("only %d kinds", len(p.Registers))
	}
}
