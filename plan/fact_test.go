package plan_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/plan"
)

// TestFactsRefused: each wrong fact is named, with what was found and how to write it, in both languages.
func TestFactsRefused(t *testing.T) {
	p := guangxi(t)
	for _, c := range []struct{ json, zh, en string }{
		{`{"received_fen":-5}`, "金额 -5 为负", "is negative"},
		{`{"received_fen":"-5"}`, "为负", "is negative"},
		{`{"received_fen":-0}`, "为负", "is negative"},
		{`{"received_fen":1.5}`, "1.5 不是以分为单位的整数", "1.5 is no whole number of fen"},
		{`{"received_fen":1e3}`, "1e3 不是", "1e3 is no whole number"},
		{`{"received_fen":100.0}`, "100.0 不是", "100.0 is no whole number"},
		{`{"received_fen":"100 万元"}`, "带有单位", "carries a unit"},
		{`{"received_fen":"1,000"}`, "不是以分为单位的整数", "is no whole number"},
		{`{"received_fen":"007"}`, "不是以分为单位的整数", "is no whole number"},
		{`{"received_fen":" 7"}`, "不是以分为单位的整数", "is no whole number"},
		{`{"received_fen":"٣"}`, "不是以分为单位的整数", "is no whole number"},
		{`{"received_fen":""}`, "不是以分为单位的整数", "is no whole number"},
		{`{"received_fen":true}`, "true 不是金额", "true is no amount"},
		{`{"received_fen":[1]}`, "[1] 不是金额", "[1] is no amount"},
		{`{"received_fen":9223372036854775808}`, "超出范围", "out of range"},
		{`{"received_fen":"` + strings.Repeat("9", 10_000) + `"}`, "不是以分为单位的整数", "is no whole number"},
		{`{"recieved_fen":1}`, "未知的事实", "did you mean received_fen?"},
		{`{"received_yuan":1}`, "未知的事实", "unknown fact"},
		{`{"received_fen":1,"received_fen":2}`, "重复", "written twice"},
		{`[]`, "不是 JSON 对象", "no JSON object"},
		{``, "不是 JSON 对象", "no JSON object"},
		{`null`, "不是 JSON 对象", "no JSON object"},
		{`{"received_fen":1`, "没有写完", "ends too early"},
		{`{"received_fen":}`, "有误", "is broken"},
		{`{"received_fen":1} {}`, "还有内容", "something follows"},
		{"\ufeff{}", "BOM", "byte order mark"},
		{"{\"received_fen\":\"\xff\"}", "不是 UTF-8", "not UTF-8"},
		{`{"source_region":"ZZ"}`, "不是已知地区", "no code of a known region"},
		{`{"source_region":"999999"}`, "不是已知地区", "no code of a known region"},
		{`{"source_region":"459999"}`, "不是已知地区", "no code of a known region"},
		{`{"source_region":"45"}`, "不是已知地区", `did you mean "450000"`},
		{`{"source_region":"南宁"}`, "不是已知地区", `did you mean "450100"`},
		{`{"source_region":"vn"}`, "不是已知地区", `did you mean "VN"`},
		{`{"source_region":450100}`, "450100 不是", "as a string"},
		{`{"source_region":"CN"}`, "没有说明是哪个省", "which province"},
		{`{"contract_registered":"yes"}`, "不是 true 或 false", "without quotes"},
		{`{"contract_registered":1}`, "不是 true 或 false", "without quotes"},
		{`{"contract_registered":"true"}`, "不是 true 或 false", "without quotes"},
		{`{"contract_on":"2026-02-30"}`, "不是日期", "no date"},
		{`{"contract_on":"2026-2-3"}`, "不是日期", "no date"},
		{`{"contract_on":"2026-02-03T00:00:00Z"}`, "不是日期", "no date"},
		{`{"contract_on":20260203}`, "不是日期", "no date"},
		{`{"posed_by":"enterprize"}`, "可选值", "did you mean enterprise?"},
		{`{"posed_by":"Enterprise"}`, "可选值", "did you mean enterprise?"},
		{`{"posed_by":true}`, "可选值", "no value of"},
		{`{"bond_proceeds_innovation_share":0.5}`, "不是小数字符串", "decimal string"},
		{`{"bond_proceeds_innovation_share":"1.5"}`, "大于 1", "above 1"},
		{`{"bond_proceeds_innovation_share":"-0.5"}`, "不是小数字符串", "decimal string"},
		{`{"bond_proceeds_innovation_share":"1e-1"}`, "不是小数字符串", "decimal string"},
		{`{"bond_proceeds_innovation_share":"50%"}`, "不是小数字符串", "decimal string"},
		{`{"support_year":"three"}`, "不是整数", "no whole number"},
		{`{"support_year":-1}`, "不是整数", "no whole number"},
		{`{"support_year":1.5}`, "不是整数", "no whole number"},
		{`{"programme_call":"no"}`, "不是 true、false 或名称", "true, false or name"},
		{`{"programme_call":"False"}`, "不是 true、false 或名称", "true, false or name"},
		{`{"programme_call":7}`, "不是 true、false 或名称", "true, false or name"},
	} {
		_, err := p.ReadFacts([]byte(c.json), "facts.json")
		if err == nil {
			t.Errorf("%.60s is accepted", c.json)
			continue
		}
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), c.zh) || !strings.Contains(err.Error(), c.en) || !strings.HasPrefix(err.Error(), "facts.json") {
			t.Errorf("%.60s: %v\n should say %q and %q", c.json, err, c.zh, c.en)
		}
		if len(err.Error()) > 900 {
			t.Errorf("%.60s: the message has %d bytes", c.json, len(err.Error()))
		}
	}
}

// TestFactsAccepted: money as text or number, what is null is not stated.
func TestFactsAccepted(t *testing.T) {
	p := guangxi(t)
	facts, err := p.ReadFacts([]byte(`{"received_fen":"9223372036854775807","fiscal_fen":0,"support_year":"2","source_region":"VN","landed_region":null,
		"bond_proceeds_innovation_share":"0.70","contract_on":"2024-02-29","programme_call":"科创飞地能力提升专项","related_party":false}`), "facts.json")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"received_fen": "9223372036854775807", "fiscal_fen": "0", "support_year": "2", "source_region": "VN",
		"bond_proceeds_innovation_share": "0.7", "contract_on": "2024-02-29", "programme_call": "科创飞地能力提升专项", "related_party": "false"} {
		if got := facts[id].String(); got != want {
			t.Errorf("%s is %q and should be %q", id, got, want)
		}
	}
	if _, ok := facts["landed_region"]; ok {
		t.Error("null is taken for a value")
	}
}

// TestSettings: what an officer sets is checked like everything else.
func TestSettings(t *testing.T) {
	p := guangxi(t)
	for _, c := range []struct{ pairs, rule, zh, en string }{
		{"R01.rate=1.5", "R01", "大于 1", "above 1"},
		{"R01.rate=-0.1", "R01", "不是比例", "no rate"},
		{"R01.rate=1e-2", "R01", "不是比例", "no rate"},
		{"R01.rate=五", "R01", "不是比例", "no rate"},
		{"R01.rat=0.1", "R01", "没有参数", "did you mean R01.rate?"},
		{"R08.rate=0.1", "R01", "没有参数", "has no parameter \"R08.rate\""},
		{"R01.rate", "R01", "写法不对", "not written rightly"},
		{"R01.rate=", "R01", "写法不对", "not written rightly"},
		{"R01.rate=0.1 R01.rate=0.2", "R01", "重复", "given twice"},
		{"R01.cap=-5", "R01", "为负", "negative"},
		{"R04.base=biggest", "R04", "可选值", "there are: min, challenge, contract"},
		{"R09.industrialised_required=no", "R09", "true 或 false", "neither true nor false"},
		{"R02.years=five", "R02", "不是整数", "no whole number"},
	} {
		set, err := plan.ReadSettings(strings.Fields(c.pairs))
		if err == nil {
			_, err = p.Quote(c.rule, plan.Facts{}, benchDay, set)
		}
		if err == nil || !strings.Contains(err.Error(), c.zh) || !strings.Contains(err.Error(), c.en) {
			t.Errorf("%s: %v\n should say %q and %q", c.pairs, err, c.zh, c.en)
		}
	}
	if _, err := p.QuoteAll(plan.Facts{}, benchDay, plan.Settings{"R99.rate": "0.1"}); err == nil {
		t.Error("a setting of no rule is accepted")
	}
	if _, err := p.Quote("R1", plan.Facts{}, benchDay, nil); err == nil || !strings.Contains(err.Error(), "did you mean R01") {
		t.Errorf("no rule R1: %v", err)
	}
}

// FuzzFacts reads arbitrary bytes as facts and asks every rule: an answer or an error with words, and
// amounts within what the rules allow.
func FuzzFacts(f *testing.F) {
	p := guangxi(f)
	f.Add([]byte(benchFacts), "R01.rate=0.05")
	f.Add([]byte(`{"received_fen":"100000000","fiscal_fen":0}`), "R04.base=challenge")
	f.Add([]byte(`{}`), "")
	f.Fuzz(func(t *testing.T, data []byte, pair string) {
		facts, err := p.ReadFacts(data, "facts")
		if err == nil {
			var set plan.Settings
			if set, err = plan.ReadSettings([]string{pair}); err != nil {
				set = nil
			}
			var quotes []*plan.Quote
			if quotes, err = p.QuoteAll(facts, benchDay, set); err == nil {
				for _, q := range quotes {
					soundQuote(t, p, q, facts)
				}
			}
		}
		if err != nil && (zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !utf8.ValidString(err.Error())) {
			t.Errorf("the error is not one of the giver's input: %v", err)
		}
	})
}

func soundQuote(t *testing.T, p *plan.Pack, q *plan.Quote, facts plan.Facts) {
	t.Helper()
	if q.AmountFen != nil && (!q.Eligible || *q.AmountFen < 0 || q.MaxFen != nil && *q.AmountFen > *q.MaxFen) {
		t.Errorf("%s: amount %d of a case that is eligible: %v", q.Rule, *q.AmountFen, q.Eligible)
	}
	checkAnswers(t, p, q, facts, q.Settings)
}
