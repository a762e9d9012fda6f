package advice_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/advice"
	"zhuanhua/plan/plantest"
)

var day = zhuanhua.Date{Year: 2026, Month: 6, Day: 30}

func rank(t *testing.T, p *plan.Pack, facts string, on zhuanhua.Date, set plan.Settings) []*advice.Advice {
	t.Helper()
	f, err := p.ReadFacts([]byte(facts), "facts")
	if err != nil {
		t.Fatal(err)
	}
	quotes, err := p.QuoteAll(f, on, set)
	if err != nil {
		t.Fatal(err)
	}
	return advice.Rank(p, quotes, f)
}

// TestStanding: how far a case is from a rule, and the one step that is said to come next.
func TestStanding(t *testing.T) {
	p := plantest.Load(t, plantest.Guangxi)
	for _, c := range []struct {
		name, rule, facts string
		want              advice.Standing
		step              string
	}{
		{"eligible", "R06", `{"acceptance_passed": true}`, advice.Claim, ""},
		{"one fact missing", "R05", `{"received_fen": 200000000}`, advice.Say, "请说明：其中财政资金"},
		{"several facts missing are asked for at once", "R01", `{"source_region": "440300"}`, advice.Say, "请说明：成果落地地、合同已认定登记、实际技术交易额"},
		{"a step for today", "R07", `{"tech_amount_actual_fen": 1, "contract_registered": false, "broker_kind": "ip_platform", "broker_agreement_on": "2026-01-01", "contract_on": "2026-02-01", "related_party": false}`, advice.Now, "到技术合同登记机构办理认定登记"},
		{"time", "R05", `{"received_fen": 100000000, "fiscal_fen": 0}`, advice.Later, "待到位经费超过 1,000,000.00 元 后备案"},
		{"today's step comes before the one that takes time", "R05", `{"received_fen": 100000000, "fiscal_fen": 5}`, advice.Later, "将财政资金另行立项核算"},
		{"a word comes before everything", "R01", `{"source_region": "440300", "landed_region": "440300", "contract_registered": false}`, advice.Later, "请说明：实际技术交易额"},
		{"what cannot change ends it", "R01", `{"source_region": "450100", "contract_registered": false}`, advice.Never, "本项只补助区外引进的成果，可查看其他规则"},
		{"nothing stated", "R10", `{"acceptance_passed": true}`, advice.Silent, "请说明：已付债券利息、募集资金用于科技创新的比例"},
	} {
		for _, a := range rank(t, p, c.facts, day, nil) {
			if a.Rule != c.rule {
				continue
			}
			step := ""
			if a.Step != nil {
				step = a.Step.ZH
			}
			if a.Standing != c.want || step != c.step {
				t.Errorf("%s: %s, %q; should be %s, %q", c.name, a.Standing, step, c.want, c.step)
			}
		}
	}
}

// TestOrder: claims first, the largest amount at the top, then the nearest, what does not fit last.
func TestOrder(t *testing.T) {
	p := plantest.Load(t, plantest.Guangxi)
	facts := `{"tech_amount_actual_fen":"2000000000","contract_registered":true,"source_region":"440300","landed_region":"450100",
"broker_kind":"ip_platform","broker_agreement_on":"2026-03-01","contract_on":"2026-04-01","related_party":false,"acceptance_passed":true,
"received_fen":"1","fiscal_fen":"0","licence_mode":"other","evaluation_grade":"good"}`
	var got []string
	for _, a := range rank(t, p, facts, day, plan.Settings{"R01.rate": "5%"}) {
		got = append(got, fmt.Sprintf("%s %s %d", a.Rule, a.Standing, a.Steps))
	}
	want := "R01 claim 0, R07 claim 0, R06 claim 0, R05 later 1, R12 later 2, R10 silent 2, R11 silent 2, R04 silent 4, R02 silent 5, R03 silent 5, R09 silent 5, R08 never 2"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// TestOutOfForce: before the first day a claim has to wait; after the last day it is too late.
func TestOutOfForce(t *testing.T) {
	p := plantest.Load(t, plantest.Guangxi)
	for on, want := range map[zhuanhua.Date]advice.Standing{
		{Year: 2025, Month: 9, Day: 23}: advice.Later,
		{Year: 2028, Month: 1, Day: 1}:  advice.Never,
	} {
		for _, a := range rank(t, p, `{"acceptance_passed": true}`, on, nil) {
			if a.Rule == "R06" && (a.Standing != want || a.First().ID != "in_force") {
				t.Errorf("%s: %s, %s", on, a.Standing, a.First().ID)
			}
		}
	}
}

// TestEveryPlan: a plan that says nothing of reach gets an order too, and every rule stands in it once.
func TestEveryPlan(t *testing.T) {
	p := plantest.Load(t, "example-region")
	seen := map[string]bool{}
	for _, a := range rank(t, p, `{}`, day, nil) {
		if seen[a.Rule] || a.Standing == advice.Claim || a.Step == nil {
			t.Errorf("%s: %s %v", a.Rule, a.Standing, a.Step)
		}
		seen[a.Rule] = true
	}
	if len(seen) != len(p.Rules) {
		t.Errorf("%d rules of %d", len(seen), len(p.Rules))
	}
}

// TestJSON: the answer's own keys stay beside the standing.
func TestJSON(t *testing.T) {
	p := plantest.Load(t, plantest.Guangxi)
	data, err := json.Marshal(rank(t, p, `{"received_fen": 100000000, "fiscal_fen": 0}`, day, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"rule":"R05"`, `"eligible":false`, `"standing":"later"`, `"next_step":{"zh":"待到位`, `"short_by":"1"`, `"reach":"later"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is not in %s", want, data)
		}
	}
}
