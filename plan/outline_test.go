package plan_test

import (
	"testing"

	"zhuanhua"
	"zhuanhua/plan"
)

// outline is a rule of the embedded plan in words, on a day on which it holds.
func outline(t *testing.T, p *plan.Pack, rule string) *plan.Outline {
	t.Helper()
	o, err := p.Outline(rule, zhuanhua.Date{Year: 2026, Month: 6, Day: 30})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestOutlineSteps: the way to an amount is said with the choice that stands in, and with parameters
// that have no value by their names.
func TestOutlineSteps(t *testing.T) {
	p := guangxi(t)
	for _, x := range []struct{ rule, step, zh, en string }{
		{"R04", "counted", "揭榜金额与合同技术交易额中较小者", "the smaller of "},
		{"R04", "support", "支持比例 × 计算基数", "rate × base"},
		{"R01", "subsidy", "补助比例 × 实际技术交易额", "subsidy rate × "},
	} {
		found := false
		for _, s := range outline(t, p, x.rule).Steps {
			if s.ID != x.step {
				continue
			}
			found = true
			if s.Words.ZH != x.zh || len(s.Words.EN) < len(x.en) || s.Words.EN[:len(x.en)] != x.en {
				t.Errorf("%s.%s: %q, %q", x.rule, x.step, s.Words.ZH, s.Words.EN)
			}
		}
		if !found {
			t.Errorf("%s has no step %s", x.rule, x.step)
		}
	}
}

// TestOutlineConditions: every condition stands in the outline, with values in place of names.
func TestOutlineConditions(t *testing.T) {
	p := guangxi(t)
	for _, r := range p.Rules {
		o := outline(t, p, r.ID)
		if len(o.Conditions) != len(r.Conditions) || o.Valid != p.Valid && r.Valid == (zhuanhua.Period{}) {
			t.Errorf("%s: %d conditions, valid %v", r.ID, len(o.Conditions), o.Valid)
		}
	}
	need := outline(t, p, "R02").Conditions[4].Need
	if need.ZH != "不低于 2,000,000.00 元" || need.EN != "at least 2,000,000.00 yuan" {
		t.Errorf("%+v", need)
	}
}

// TestOutlineRefuses: a rule that does not exist is an error.
func TestOutlineRefuses(t *testing.T) {
	if _, err := guangxi(t).Outline("R99", zhuanhua.Date{Year: 2026, Month: 6, Day: 30}); err == nil {
		t.Error("R99 has an outline")
	}
}

// TestParameterText: choices are said by their names.
func TestParameterText(t *testing.T) {
	p := guangxi(t)
	base := p.Rule("R04").Parameter("base")
	if s := p.ParameterText(base, base.Assumed.Value).EN; s != "the smaller of the challenge amount and the technology amount of the contract" {
		t.Error(s)
	}
	kind := p.Fact("posed_by")
	if s := p.FactText(kind, plan.Value{Type: plan.TypeEnum, Code: "enterprise"}).ZH; s != "企业" {
		t.Error(s)
	}
}
