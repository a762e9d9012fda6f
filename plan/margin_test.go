package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"zhuanhua/plan"
)

// TestMargins: every comparison of a fact has its margin, on either side of the bound; what is missing
// or not set has none.
func TestMargins(t *testing.T) {
	p := guangxi(t)
	for _, c := range []struct {
		rule, facts string
		set         plan.Settings
		want        string
	}{
		{"R05", `{"received_fen": 100000000, "fiscal_fen": 7}`, nil, "received 100000000/100000000; no_fiscal 7/0"},
		{"R05", `{"received_fen": 1}`, nil, "received 1/100000000"},
		{"R02", `{"support_year": 5, "requested_fen": 3}`, nil, "year 5/1; year 5/5; requested 3/200000000"},
		{"R07", `{"broker_agreement_on": "2026-03-31", "contract_on": "2026-04-01"}`, nil, "agreement_before 20543/20544"},
		{"R10", `{"bond_proceeds_innovation_share": "0.7"}`, plan.Settings{"R10.min_share": "0.75"}, "innovation_share 7/10/3/4"},
		{"R01", `{"tech_amount_actual_fen": 5}`, nil, ""},
	} {
		facts, err := p.ReadFacts([]byte(c.facts), "facts")
		if err != nil {
			t.Fatal(err)
		}
		margins, err := p.Margins(c.rule, facts, benchDay, c.set)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range margins {
			got = append(got, fmt.Sprintf("%s %s/%s", m.Condition, m.Value.RatString(), m.Bound.RatString()))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s %s: %v, should be %s", c.rule, c.facts, got, c.want)
		}
	}
	if _, err := p.Margins("R99", nil, benchDay, nil); err == nil {
		t.Error("a rule that is not there has margins")
	}
}

// TestMarginWords: both sides are said as people write them.
func TestMarginWords(t *testing.T) {
	p := guangxi(t)
	facts, err := p.ReadFacts([]byte(`{"received_fen": 100000001, "first_payment_on": "2026-06-30"}`), "facts")
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{"R05": "1,000,000.01 元 | 1,000,000.00 元", "R08": "2026-06-30 | 2026-06-30"} {
		m, err := p.Margins(rule, facts, benchDay, nil)
		if err != nil || len(m) != 1 || m[0].Have.ZH+" | "+m[0].At.ZH != want {
			t.Errorf("%s: %+v %v", rule, m, err)
		}
	}
}

// TestMarginEitherSide: a bound written before its fact is the same bound.
func TestMarginEitherSide(t *testing.T) {
	files := copyOf(t)
	change(t, files, "incentives/R05.yaml", "received_fen > threshold", "threshold < received_fen")
	p, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := p.ReadFacts([]byte(`{"received_fen": 7}`), "facts")
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Margins("R05", facts, benchDay, nil)
	if err != nil || len(m) != 1 || m[0].Value.RatString() != "7" || m[0].Bound.RatString() != "100000000" || m[0].Have.EN != "0.07 yuan" {
		t.Errorf("%+v %v", m, err)
	}
}
