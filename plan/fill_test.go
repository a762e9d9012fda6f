package plan_test

import (
	"strings"
	"testing"

	"zhuanhua/plan"
)

// TestFill: what people write into a form, what is kept of it, and what they are told.
func TestFill(t *testing.T) {
	p, err := plan.Load(casework(t), "casework", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	full := func() map[string]string {
		return map[string]string{"contract": "2026450001", "spent_fen": "200 万元", "registered": "是", "payee_account": "6222"}
	}
	files := map[string][]string{"invoices": {"abc"}}
	got, problems := p.Fill(p.Form("claim"), full(), files, false)
	if len(problems) > 0 || got["spent_fen"] != "200000000" || got["registered"] != "true" || got["contract"] != "2026450001" {
		t.Errorf("%v %v", got, problems)
	}
	for _, c := range []struct {
		name    string
		change  map[string]string
		files   map[string][]string
		partial bool
		field   string // where the problem is; "" none
		zh, en  string
	}{
		{"a draft may lack what is required", map[string]string{"contract": ""}, nil, true, "", "", ""},
		{"a submission may not", map[string]string{"contract": ""}, files, false, "contract", "“合同”没有填写", `"contract" is not filled in`},
		{"an attachment that is required", nil, nil, false, "invoices", "“发票”没有填写", `"invoices" is not filled in`},
		{"fen as a program writes them", map[string]string{"spent_fen": "100"}, files, false, "", "", ""},
		{"an amount below the least", map[string]string{"spent_fen": "99 分"}, files, false, "spent_fen", "超出范围", "out of range"},
		{"an amount with a fraction of a fen", map[string]string{"spent_fen": "1.001 元"}, files, false, "spent_fen", "不是以分为单位的整数", "whole number of fen"},
		{"a negative amount", map[string]string{"spent_fen": "-5"}, files, false, "spent_fen", "为负", "is negative"},
		{"neither yes nor no", map[string]string{"registered": "也许"}, files, false, "registered", "不是是或否", "is no yes or no"},
		{"a field that the plan no longer has", map[string]string{"payee_acount": "1"}, files, false, "payee_acount", "没有字段", "has no field"},
		{"words where a file belongs", map[string]string{"invoices": "见附件"}, files, false, "invoices", "是附件，不填文字", "takes attachments"},
		{"a file where words belong", nil, map[string][]string{"invoices": {"a"}, "contract": {"b"}}, false, "contract", "不是附件", "takes no attachments"},
		{"a text that is too long", map[string]string{"payee_account": strings.Repeat("1", 41)}, files, false, "payee_account", "有 41 字，超过 40 字", "41 characters, more than 40"},
		{"a control character", map[string]string{"payee_account": "1\x002"}, files, false, "payee_account", "控制字符", "control characters"},
	} {
		values := full()
		for k, v := range c.change {
			values[k] = v
		}
		_, problems := p.Fill(p.Form("claim"), values, c.files, c.partial)
		if c.field == "" {
			if len(problems) > 0 {
				t.Errorf("%s: %v", c.name, problems)
			}
			continue
		}
		if len(problems) != 1 || problems[0].Field != c.field || !strings.Contains(problems[0].What.ZH, c.zh) || !strings.Contains(problems[0].What.EN, c.en) || problems[0].Do.ZH == "" || problems[0].Do.EN == "" {
			t.Errorf("%s: %+v", c.name, problems)
		}
	}
	// All problems are told at once.
	if _, problems := p.Fill(p.Form("claim"), nil, nil, false); len(problems) != 5 {
		t.Errorf("%d problems of an empty form: %v", len(problems), problems)
	}
}

// TestFillOther: scores, words of a vocabulary, tables.
func TestFillOther(t *testing.T) {
	p, err := plan.Load(casework(t), "casework", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ form, field, given, kept string }{
		{"sheet", "merit", "55.5", "55.5"},
		{"sheet", "merit", "60", "60"},
		{"sheet", "merit", "60.01", ""},
		{"sheet", "merit", "55.555", ""},
		{"sheet", "merit", "-1", ""},
		{"opinion", "result", "passed", "passed"},
		{"opinion", "result", "通过", "passed"},
		{"opinion", "result", "好", ""},
		{"book", "milestones", `[{"title":"样机","due":"2026-12-31"}]`, `[{"due":"2026-12-31","title":"样机"}]`},
		{"book", "milestones", `[{"title":"样机","due":"年底"}]`, ""},
		{"book", "milestones", `[{"title":"样机"}]`, ""},
		{"book", "milestones", `[{"title":"样机","due":"2026-12-31","cost":1}]`, ""},
		{"book", "milestones", `{"title":"样机"}`, ""},
		{"book", "milestones", "样机", ""},
	} {
		form := &plan.Form{ID: c.form, Fields: []*plan.Field{p.Form(c.form).Field(c.field)}}
		got, problems := p.Fill(form, map[string]string{c.field: c.given}, nil, false)
		if got[c.field] != c.kept || (len(problems) == 0) != (c.kept != "") {
			t.Errorf("%s of %s.%s gives %q (%v), not %q", c.given, c.form, c.field, got[c.field], problems, c.kept)
		}
	}
	for given, want := range map[string]string{"好": "可用的是：通过（passed）, 不通过（failed）", "pased": "是不是 passed？"} {
		form := &plan.Form{ID: "opinion", Fields: []*plan.Field{p.Form("opinion").Field("result")}}
		if _, problems := p.Fill(form, map[string]string{"result": given}, nil, false); len(problems) != 1 || problems[0].Do.ZH != want {
			t.Errorf("%q: %+v, want %q", given, problems, want)
		}
	}
	if n := plan.Centi("85.5"); n != 8550 {
		t.Errorf("85.5 points are %d hundredths", n)
	}
}
