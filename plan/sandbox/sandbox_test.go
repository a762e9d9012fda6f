package sandbox_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/plantest"
	"zhuanhua/plan/sandbox"
)

var day = zhuanhua.Date{Year: 2026, Month: 6, Day: 30}

func edit(file, old, new string) plantest.Edit { return plantest.Edit{File: file, Old: old, New: new} }

// guangxi is the plan as it is. It is loaded once: under the race detector loading takes longest.
var guangxi struct {
	once sync.Once
	pack *plan.Pack
}

func asItIs(t testing.TB) *plan.Pack {
	t.Helper()
	guangxi.once.Do(func() { guangxi.pack = plantest.Load(t, plantest.Guangxi) })
	return guangxi.pack
}

// try runs cases, one a line, under Guangxi's plan and under the same with edits.
func try(t testing.TB, lines string, set plan.Settings, edits ...plantest.Edit) *sandbox.Report {
	t.Helper()
	cases, err := sandbox.ReadCases(fstest.MapFS{"cases.jsonl": {Data: []byte(lines)}}, "cases", day)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sandbox.Run(&sandbox.Question{Old: asItIs(t), New: plantest.Load(t, plantest.Guangxi, edits...), Set: set, Near: big.NewRat(5, 100), Cases: cases})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func challenge(id string, fen string) string {
	return fmt.Sprintf(`{"id":%q,"rule":"R04","on":"2026-03-01","facts":{"challenge_amount_fen":%q,"contract_tech_amount_fen":%q,"posed_by":"enterprise","listed_by_government":true}}`+"\n", id, fen, fen)
}

// effects are the effects in one line each.
func effects(r *sandbox.Report) string {
	var out []string
	for _, e := range r.Effects {
		by := "?"
		if e.By != nil {
			by = e.By.Text().EN
		}
		var why []string
		for _, w := range e.Why {
			why = append(why, w.EN)
		}
		out = append(out, fmt.Sprintf("%s %s %s %s: %s", e.Case, e.Rule, e.Kind, by, strings.Join(why, "; ")))
	}
	return strings.Join(out, "\n")
}

// TestEffects: who wins, who loses, by how much, and which condition or parameter makes it so. A change
// that does not reach a case is not given as its reason.
func TestEffects(t *testing.T) {
	received := `{"id":"a","rule":"R05","facts":{"received_fen":"97000000","fiscal_fen":"0"}}`
	for _, c := range []struct {
		name, cases string
		set         plan.Settings
		edits       []plantest.Edit
		want        string
	}{
		{"nothing changes", challenge("a", "4000000"), nil, nil, ""},
		{"a rate up", challenge("a", "4000000"), nil, []plantest.Edit{edit("incentives/R04.yaml", "value: 25 %", "value: 30 %")},
			"a R04 wins 2,000.00 yuan: rate (R04.rate): 25% → 30%"},
		{"a rate down, exact to the fen", challenge("a", "1001"), nil, []plantest.Edit{edit("incentives/R04.yaml", "value: 25 %", "value: 24.9 %")},
			"a R04 loses -0.01 yuan: rate (R04.rate): 25% → 24.9%"},
		{"rate and cap, where only the cap counts", challenge("a", "9000000000"), nil, []plantest.Edit{edit("incentives/R04.yaml", "value: 25 %", "value: 30 %"), edit("incentives/R04.yaml", "value: 1000 万元", "value: 900 万元")},
			"a R04 loses -1,000,000.00 yuan: cap (R04.cap): 10,000,000.00 yuan → 9,000,000.00 yuan"},
		{"above the cap before and after", challenge("a", "9000000000"), nil, []plantest.Edit{edit("incentives/R04.yaml", "value: 25 %", "value: 30 %")}, ""},
		{"a threshold", received, nil, []plantest.Edit{edit("incentives/R05.yaml", "value: 100 万元", "value: 95 万元")},
			`a R05 wins ?: the condition "The single project has received more than 1,000,000.00 yuan" is met now: there is 970,000.00 yuan, needed is more than 950,000.00 yuan; threshold (R05.threshold): 1,000,000.00 yuan → 950,000.00 yuan`},
		{"a formula", challenge("a", "4000000"), nil, []plantest.Edit{edit("incentives/R04.yaml", "value: rate * counted", "value: rate * counted + rate * counted")},
			`a R04 wins 10,000.00 yuan: step "support by the rate": rate * counted → rate * counted + rate * counted`},
		{"a rate that is tried", `{"id":"a","rule":"R06","facts":{"acceptance_passed":true}}` + "\n" + `{"id":"b","rule":"R01","facts":{"tech_amount_actual_fen":"1000","contract_registered":true,"source_region":"440300","landed_region":"450100"}}`,
			plan.Settings{"R01.rate": "5%"}, nil, "b R01 wins ?: subsidy rate (R01.rate): not set → 5%"},
		{"another reason, the same result", `{"id":"a","rule":"R05","facts":{"received_fen":"97000000","fiscal_fen":"1"}}`, nil, []plantest.Edit{edit("incentives/R05.yaml", "value: 100 万元", "value: 95 万元")},
			`a R05 other 0.00 yuan: the condition "The single project has received more than 1,000,000.00 yuan" is met now: there is 970,000.00 yuan, needed is more than 950,000.00 yuan; threshold (R05.threshold): 1,000,000.00 yuan → 950,000.00 yuan`},
		{"the validity", `{"id":"a","rule":"R06","on":"2028-02-01","facts":{"acceptance_passed":true}}`, nil, []plantest.Edit{edit("plan.yaml", "to: 2027-12-31", "to: 2028-12-31")},
			`a R06 wins ?: the condition "The rule is in force on the day" is met now: there is 2028-02-01, needed is 2025-09-24 to 2028-12-31`},
		{"the largest first, winners before losers", challenge("small", "400") + challenge("large", "4000000") + `{"id":"out","rule":"R02","facts":{"programme":"national_key","industrialised_region":"450300","support_year":1,"yearly_review":"outstanding","requested_fen":"200000000"}}`, nil,
			[]plantest.Edit{edit("incentives/R04.yaml", "value: 25 %", "value: 50 %"), edit("incentives/R02.yaml", "200 万元", "300 万元")},
			"large R04 wins 10,000.00 yuan: rate (R04.rate): 25% → 50%\nsmall R04 wins 1.00 yuan: rate (R04.rate): 25% → 50%\n" +
				`out R02 loses -2,000,000.00 yuan: the condition "The amount requested is at least 3,000,000.00 yuan a year" is no longer met: there is 2,000,000.00 yuan, needed is at least 3,000,000.00 yuan; floor a year (R02.floor): 2,000,000.00 yuan → 3,000,000.00 yuan`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := effects(try(t, c.cases, c.set, c.edits...)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestCosts: sums are kept by year and rule, exactly, beyond what an amount can hold.
func TestCosts(t *testing.T) {
	huge := `{"id":"%s","rule":"R07","on":"2027-01-01","facts":{"tech_amount_actual_fen":"9223372036854775807","contract_registered":true,"broker_kind":"ip_platform","broker_agreement_on":"2026-01-01","contract_on":"2026-02-01","related_party":false}}` + "\n"
	lines := challenge("a", "10") + challenge("b", "7") + fmt.Sprintf(huge, "c") + fmt.Sprintf(huge, "d") + `{"id":"e","rule":"R06","on":"2027-03-01","facts":{"acceptance_passed":true}}`
	r := try(t, lines, nil, edit("incentives/R07.yaml", "value: 1 %", "value: 100 %"))
	data, err := json.Marshal(r.Costs)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"year":2026,"rule":"R04"`, `"old":{"eligible":2,"no_amount":0,"amount_fen":"3"}`, // 2.5 and 1.75, each rounded down for itself
		`"year":2027,"rule":"R06"`, `"old":{"eligible":1,"no_amount":1,"amount_fen":"0"}`,
		`"new":{"eligible":2,"no_amount":0,"amount_fen":"18446744073709551614"},"change_fen":"18262276632972456098"`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is not in %s", want, data)
		}
	}
	if got := r.Total.New.Amount.Text().EN; got != "184,467,440,737,095,516.17 yuan" {
		t.Errorf("the total is %s", got)
	}
}

// TestGainsAddUp tries random contracts under random changes: what the cases gain and lose, added up, is
// what the plan costs more, to the fen.
func TestGainsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 7))
	for range 6 {
		var lines strings.Builder
		for i := range 60 {
			lines.WriteString(challenge(fmt.Sprint(i), fmt.Sprint(r.Int64N(6_000_000_000))))
		}
		report := try(t, lines.String(), nil,
			edit("incentives/R04.yaml", "value: 25 %", fmt.Sprintf("value: %d.%d %%", r.IntN(60), r.IntN(10))),
			edit("incentives/R04.yaml", "value: 1000 万元", fmt.Sprintf("value: %d 元", 1+r.IntN(20_000_000))))
		sum := new(big.Int)
		for _, e := range report.Effects {
			data, _ := e.By.MarshalJSON()
			x, ok := new(big.Int).SetString(strings.Trim(string(data), `"`), 10)
			if !ok {
				t.Fatalf("%s is no number", data)
			}
			sum.Add(sum, x)
		}
		total, _ := report.Total.Change.MarshalJSON()
		if `"`+sum.String()+`"` != string(total) {
			t.Errorf("the cases gain %s and the plan costs %s more", sum, total)
		}
	}
}

// TestBoundary: a case is a new boundary case where the new bound comes close to it and decides.
func TestBoundary(t *testing.T) {
	received := func(id, fen, fiscal string) string {
		return fmt.Sprintf(`{"id":%q,"rule":"R05","facts":{"received_fen":%q,"fiscal_fen":%q}}`+"\n", id, fen, fiscal)
	}
	cases := received("just below", "199999999", "0") + received("exactly", "200000000", "0") + received("5% above", "210000000", "0") + received("more than 5%", "210000001", "0") +
		received("near the old bound", "100000001", "0") + received("fiscal money decides", "200000001", "5") + received("fiscal money as well", "199999999", "5") + challenge("cap", "2000000000") + challenge("far from the cap", "1000000000")
	r := try(t, cases, nil, edit("incentives/R05.yaml", "value: 100 万元", "value: 200 万元"), edit("incentives/R04.yaml", "value: 25 %", "value: 49 %"))
	var got []string
	for _, b := range r.Boundary {
		got = append(got, fmt.Sprintf("%s: %s %s met=%t", b.Case, b.Condition, b.Gap, b.Met))
	}
	want := "just below: received -1 met=false\nexactly: received 0 met=false\n5% above: received 10000000 met=true\ncap: cap -20000000 met=true"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// TestBoundaryBefore: a case that was as close to the old bound is nothing new.
func TestBoundaryBefore(t *testing.T) {
	lines := `{"id":"a","rule":"R05","facts":{"received_fen":"100500000","fiscal_fen":"0"}}` + "\n" + `{"id":"b","rule":"R05","facts":{"received_fen":"105500000","fiscal_fen":"0"}}`
	r := try(t, lines, nil, edit("incentives/R05.yaml", "value: 100 万元", "value: 101 万元"))
	if len(r.Boundary) != 1 || r.Boundary[0].Case != "b" {
		t.Errorf("%+v", r.Boundary)
	}
}

// TestOpen: rates that are not set, money twice on one contract, and facts that one plan does not know
// are said; a fact of another name is not stated to the new plan.
func TestOpen(t *testing.T) {
	lines := `{"id":"a","facts":{"tech_amount_actual_fen":"100000","contract_registered":true,"source_region":"440300","landed_region":"450100","broker_kind":"other","licence_mode":"use_first_pay_later","first_payment_on":"2026-01-05"}}` + "\n" +
		`{"id":"b","rule":"R11","facts":{"premium_paid_fen":"7","insured_kind":"transfer"}}` + "\n" +
		`{"id":"c","rule":"R08","facts":{"tech_amount_actual_fen":"1","contract_registered":true,"licence_mode":"use_first_pay_later","first_payment_on":"2026-01-05"}}`
	var edits []plantest.Edit
	for _, file := range []string{"facts.yaml", "forms/claim-R11.yaml", "incentives/R11.yaml", "trials/R11.yaml"} {
		edits = append(edits, plantest.Edit{File: file, Old: "premium_paid_fen", New: "premium_fen", All: true})
	}
	r := try(t, lines, plan.Settings{"R01.rate": "5%", "R08.rate": "0.1"}, edits...)
	if got := fmt.Sprint(r.Unset); got != "[{R01.rate 1 0} {R08.rate 2 0} {R11.rate 1 0}]" {
		t.Errorf("not set: %s", got)
	}
	if len(r.Stacking) != 1 || r.Stacking[0].Case != "a" || r.Stacking[0].Rules != [2]string{"R01", "R08"} || r.Stacking[0].Answer != "flag" {
		t.Errorf("stacking: %+v", r.Stacking)
	}
	if len(r.Notes) != 1 || r.Notes[0].Case != "b" || !strings.Contains(r.Notes[0].Text.EN, "the new plan does not understand premium_paid_fen") {
		t.Errorf("notes: %+v", r.Notes)
	}
	if got := effects(r); !strings.Contains(got, "b R11 loses ?: the condition \"The premium paid is stated\" is no longer met") {
		t.Errorf("effects: %s", got)
	}
}

// TestRulesComeAndGo: under a plan without the rule, its cases get nothing, and that is the reason.
func TestRulesComeAndGo(t *testing.T) {
	cases, err := sandbox.ReadCases(fstest.MapFS{"c.json": {Data: []byte(`{"rule":"R12","facts":{"evaluation_grade":"outstanding"}}`)}}, "cases", day)
	if err != nil {
		t.Fatal(err)
	}
	guangxi, example := plantest.Load(t, plantest.Guangxi), plantest.Load(t, "example-region")
	for _, c := range []struct {
		old, new *plan.Pack
		want     string
	}{{guangxi, example, "c R12 other 0.00 yuan: the new plan has no such rule"}, {example, guangxi, "c R12 other 0.00 yuan: the rule is new"}} {
		r, err := sandbox.Run(&sandbox.Question{Old: c.old, New: c.new, Near: new(big.Rat), Cases: cases})
		if err != nil || effects(r) != c.want {
			t.Errorf("%v %s", err, effects(r))
		}
	}
}

// TestReadCases: the form of cases, and what is refused, with its place.
func TestReadCases(t *testing.T) {
	good, err := sandbox.ReadCases(fstest.MapFS{
		"README.md": {Data: []byte("# words")}, "sub/x.txt": {Data: []byte("ignored")},
		"plain.json": {Data: []byte(`{"acceptance_passed": true}`)},
		"one.json":   {Data: []byte(`{"id": "named", "rule": "all", "on": "2026-01-02", "facts": {}}`)},
		"many.jsonl": {Data: []byte("{\"rule\": \"R06\", \"facts\": {}}\n\n{\"facts\": {}}\n")},
	}, "cases", day)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range good {
		got = append(got, fmt.Sprintf("%s %s %v %s", c.ID, c.Where, c.Rules, c.On))
	}
	want := "many:1 cases/many.jsonl:1 [R06] 2026-06-30\nmany:3 cases/many.jsonl:3 [] 2026-06-30\nnamed cases/one.json [] 2026-01-02\nplain cases/plain.json [] 2026-06-30"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	for _, c := range []struct{ name, data, says string }{
		{"a.json", `{"facts": {}, "onn": "x"}`, `unknown key "onn"`},
		{"a.json", `{"facts": {}, "on": "2026-02-30"}`, `"2026-02-30" is no date`},
		{"a.json", `{"facts": {}, "on": 2026}`, `"on" should be a text`},
		{"a.json", `{"facts": {}, "id": ""}`, "the id is empty"},
		{"a.json", `{"facts": {}, "facts": {}}`, `the key "facts" is written twice`},
		{"a.json", `{"facts": {"a": 1, "a": 2}}`, `the key "a" is written twice`},
		{"a.json", `{"facts": []}`, "no JSON object"},
		{"a.json", `{} {}`, "something follows it"},
		{"a.json", `{"facts"`, "no JSON object"},
		{"a.json", "\ufeff{}", "byte order mark"},
		{"a.json", "\xd0\xc5", "UTF-8"},
		{"a.jsonl", "{\"id\":\"x\",\"facts\":{}}\n{\"id\":\"x\",\"facts\":{}}", `a.jsonl:2: 案例 "x" 重复`},
		{"a.csv", "x", "no file of cases"},
		{"README.md", "x", "there are no cases"},
	} {
		if _, err := sandbox.ReadCases(fstest.MapFS{c.name: {Data: []byte(c.data)}}, "cases", day); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %q: %v, should say %s", c.name, c.data, err, c.says)
		}
	}
}

// TestWrongCases: what neither plan understands is refused with the case's place.
func TestWrongCases(t *testing.T) {
	p := plantest.Load(t, plantest.Guangxi)
	for _, c := range []struct{ line, says string }{
		{`{"rule":"R99","facts":{}}`, `cases/a.jsonl:1: 没有规则 "R99"`},
		{`{"facts":{"recieved_fen":1}}`, "did you mean received_fen"},
		{`{"facts":{"received_fen":-1}}`, "is negative"},
		{`{"facts":{"received_fen":"1 元"}}`, "the unit here is fen"},
	} {
		cases, err := sandbox.ReadCases(fstest.MapFS{"a.jsonl": {Data: []byte(c.line)}}, "cases", day)
		if err == nil {
			_, err = sandbox.Run(&sandbox.Question{Old: p, New: p, Near: new(big.Rat), Cases: cases})
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "cases/a.jsonl:1") {
			t.Errorf("%s: %v", c.line, err)
		}
	}
	if _, err := sandbox.Run(&sandbox.Question{Old: p, New: p, Near: new(big.Rat), Set: plan.Settings{"R01.rat": "5%"}}); err == nil || !strings.Contains(err.Error(), "did you mean R01.rate") {
		t.Errorf("a setting of no parameter: %v", err)
	}
}

// TestExamples: the cases that come with the program can be tried.
func TestExamples(t *testing.T) {
	cases, err := sandbox.ReadCases(os.DirFS("../../examples/plan-cases"), "examples", day)
	if err != nil {
		t.Fatal(err)
	}
	p := plantest.Load(t, plantest.Guangxi)
	r, err := sandbox.Run(&sandbox.Question{Old: p, New: p, Near: big.NewRat(1, 20), Set: plan.Settings{"R04.rate": "30%"}, Cases: cases})
	if err != nil || r.Cases < 12 || len(r.Effects) < 3 || len(r.Notes) > 0 {
		t.Errorf("%v %+v", err, r)
	}
}

func TestParseNear(t *testing.T) {
	for s, want := range map[string]string{"5%": "1/20", "0.05": "1/20", "5 %": "1/20", "0": "0", "100%": "1", "101%": "", "-1": "", "x": "", "": "", "1e-3": ""} {
		got, err := sandbox.ParseNear(s)
		if (err != nil) != (want == "") || err == nil && got.RatString() != want {
			t.Errorf("%q: %v %v", s, got, err)
		}
	}
}
