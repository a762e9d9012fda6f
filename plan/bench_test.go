package plan_test

import (
	"testing"

	"cel.dev/cel-go/cel"

	"zhuanhua"
	"zhuanhua/plan"
)

var benchDay = zhuanhua.Date{Year: 2026, Month: 6, Day: 30}

const benchFacts = `{"tech_amount_actual_fen":"123456789","contract_registered":true,"source_region":"440300","landed_region":"450100",
"broker_kind":"ip_platform","broker_agreement_on":"2026-03-01","contract_on":"2026-04-01","related_party":false,
"challenge_amount_fen":"900000000","contract_tech_amount_fen":"800000000","posed_by":"enterprise","listed_by_government":true,
"programme":"national_key","industrialised_region":"450200","support_year":2,"yearly_review":"outstanding","requested_fen":"300000000",
"award_kind":"provincial","award_level":"provincial","award_grade":"first","received_fen":"100000000","fiscal_fen":0,"acceptance_passed":true,
"licence_mode":"use_first_pay_later","first_payment_on":"2026-01-05","bond_interest_paid_fen":1000,"bond_proceeds_innovation_share":"0.8",
"premium_paid_fen":500,"insured_kind":"transfer","evaluation_grade":"outstanding","programme_call":true}`

func benchFactsOf(b *testing.B, p *plan.Pack) plan.Facts {
	b.Helper()
	facts, err := p.ReadFacts([]byte(benchFacts), "bench")
	if err != nil {
		b.Fatal(err)
	}
	return facts
}

// BenchmarkOneRule answers one rule with all words and the calculation; the aim is 50 µs.
func BenchmarkOneRule(b *testing.B) {
	p := guangxi(b)
	facts := benchFactsOf(b, p)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Quote("R04", facts, benchDay, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAllRules answers what applies to me; the aim is 1 ms.
func BenchmarkAllRules(b *testing.B) {
	p := guangxi(b)
	facts := benchFactsOf(b, p)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.QuoteAll(facts, benchDay, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareCEL is one comparison of whole numbers by CEL alone, to hold the figures above against.
func BenchmarkBareCEL(b *testing.B) {
	env, err := cel.NewEnv(cel.Variable("a", cel.IntType), cel.Variable("b", cel.IntType))
	if err != nil {
		b.Fatal(err)
	}
	ast, issues := env.Compile("a > b && a * 25 / 100 < 1000000000")
	if issues.Err() != nil {
		b.Fatal(issues.Err())
	}
	program, err := env.Program(ast)
	if err != nil {
		b.Fatal(err)
	}
	vars := map[string]any{"a": int64(900000000), "b": int64(100000000)}
	b.ReportAllocs()
	for b.Loop() {
		if out, _, err := program.Eval(vars); err != nil || out.Value() != true {
			b.Fatal(out, err)
		}
	}
}

// BenchmarkLoad reads, checks and compiles the whole pack.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		guangxi(b)
	}
}
