package plan_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"zhuanhua"
	"zhuanhua/plan"
)

// ask quotes a rule for facts as JSON.
func ask(t *testing.T, p *plan.Pack, rule, facts string, set plan.Settings) *plan.Quote {
	t.Helper()
	f, err := p.ReadFacts([]byte(facts), "facts")
	if err != nil {
		t.Fatal(err)
	}
	q, err := p.Quote(rule, f, benchDay, set)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestQuoteJSON: the form that other programs read does not change unnoticed.
func TestQuoteJSON(t *testing.T) {
	p := guangxi(t)
	q := ask(t, p, "R05", `{"received_fen":"100000000","fiscal_fen":0}`, nil)
	q.Sum = ""
	data, err := json.MarshalIndent(q, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Rule, On   string
		Eligible   *bool
		AmountFen  *string `json:"amount_fen"`
		MinFen     *string `json:"min_fen"`
		YearsMax   *int    `json:"years_max"`
		Unset      []string
		Conditions []struct {
			ID, Text, Have, Need string
			Met                  bool
			ShortBy              *string `json:"short_by"`
			HaveZH               string  `json:"have_zh"`
			Source               plan.Source
		}
		Trace  []map[string]string
		Source plan.Source
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	c := back.Conditions[1]
	if back.Rule != "R05" || back.On != "2026-06-30" || *back.Eligible || back.AmountFen != nil || back.YearsMax != nil || back.Unset == nil ||
		c.ID != "received" || c.Met || *c.ShortBy != "1" || c.Have != "1,000,000.00 yuan" || c.HaveZH != "1,000,000.00 元" || c.Need != "more than 1,000,000.00 yuan" ||
		c.Source.Item != "M07.3" || back.Source.Article != "二(七)" || back.Trace[0]["id"] != "not_eligible" {
		t.Errorf("%s", data)
	}
	for _, key := range []string{`"amount_fen": null`, `"min_fen": null`, `"max_fen": null`, `"years_max": null`, `"unset": []`} {
		if !strings.Contains(string(data), key) {
			t.Errorf("no %s in %s", key, data)
		}
	}
}

// TestTrace: a calculation can be followed step by step, and its figures follow the chosen base.
func TestTrace(t *testing.T) {
	p := guangxi(t)
	facts := `{"challenge_amount_fen":"101","contract_tech_amount_fen":"99","posed_by":"enterprise","listed_by_government":true}`
	for base, want := range map[string][]string{
		"min":       {"揭榜金额与合同技术交易额中较小者 | min(1.01 元, 0.99 元) = 0.99 元 | 99", "支持比例 × 计算基数 | 25% × 0.99 元 = 0.2475 元 | 24.75", "计算结果与上限中较小者 | min(0.2475 元, 10,000,000.00 元) = 0.2475 元 | 24.75", "只在最后舍一次，不足一分的舍去 | 0.2475 元 → 0.24 元 | 24"},
		"challenge": {"揭榜金额 | 1.01 元 | 101", "支持比例 × 计算基数 | 25% × 1.01 元 = 0.2525 元 | 25.25", "计算结果与上限中较小者 | min(0.2525 元, 10,000,000.00 元) = 0.2525 元 | 25.25", "只在最后舍一次，不足一分的舍去 | 0.2525 元 → 0.25 元 | 25"},
		"contract":  {"合同技术交易额 | 0.99 元 | 99", "支持比例 × 计算基数 | 25% × 0.99 元 = 0.2475 元 | 24.75", "计算结果与上限中较小者 | min(0.2475 元, 10,000,000.00 元) = 0.2475 元 | 24.75", "只在最后舍一次，不足一分的舍去 | 0.2475 元 → 0.24 元 | 24"},
	} {
		q := ask(t, p, "R04", facts, plan.Settings{"R04.base": base})
		var got []string
		for _, s := range q.Trace {
			got = append(got, s.Words.ZH+" | "+s.Figures.ZH+" | "+s.ValueFen)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("base %s:\n%s\nshould be\n%s", base, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if q := ask(t, p, "R01", `{"tech_amount_actual_fen":1,"contract_registered":true,"source_region":"VN","landed_region":"450000"}`, nil); q.Trace[0].Figures.ZH != "R01.rate 未设定，金额无法计算" {
		t.Errorf("without a rate: %+v", q.Trace)
	}
}

// TestNextStep: who is not eligible is told the cheapest step, or what to state.
func TestNextStep(t *testing.T) {
	p := guangxi(t)
	q := ask(t, p, "R02", `{"programme":"national_key","industrialised_region":"450100","support_year":1,"requested_fen":100000000}`, nil)
	next := map[string]string{}
	for _, a := range q.Conditions {
		next[a.ID] = a.Next.ZH
	}
	if next["requested"] != "按不低于 2,000,000.00 元 编制当年预算后申请" || next["review"] != "请说明：年度评审结果" || next["year"] != "" {
		t.Errorf("%v", next)
	}
}

// TestTooLargeAmount: an amount beyond what can be written is an error, never another number.
func TestTooLargeAmount(t *testing.T) {
	files := copyOf(t)
	change(t, files, "incentives/R07.yaml", "value: rate * tech_amount_actual_fen", "value: tech_amount_actual_fen + tech_amount_actual_fen + rate * tech_amount_actual_fen")
	p, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := p.ReadFacts([]byte(`{"tech_amount_actual_fen":"9223372036854775807","contract_registered":true,"broker_kind":"ip_platform","broker_agreement_on":"2026-01-01","contract_on":"2026-02-01","related_party":false}`), "facts")
	if err != nil {
		t.Fatal(err)
	}
	if q, err := p.Quote("R07", facts, benchDay, nil); zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), "out of range") {
		t.Errorf("%+v, %v", q, err)
	}
}

// TestQuotesTogether: one pack answers many at the same time, each as if it were alone.
func TestQuotesTogether(t *testing.T) {
	p := guangxi(t)
	facts, err := p.ReadFacts([]byte(benchFacts), "facts")
	if err != nil {
		t.Fatal(err)
	}
	alone, err := p.QuoteAll(facts, benchDay, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(alone)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				quotes, err := p.QuoteAll(facts, benchDay, nil)
				got, _ := json.Marshal(quotes)
				if err != nil || string(got) != string(want) {
					t.Errorf("differs: %v", err)
				}
			}
		})
	}
	group.Wait()
}
