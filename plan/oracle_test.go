package plan_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/plan"
)

// A second implementation of the twelve rules, from the words of the plan and in nothing but maps and
// big rationals. It shares no code with the package: where the two differ, one of them is wrong.

// situation is a case as the oracle sees it: facts as JSON values, missing ones left out.
type situation struct {
	facts map[string]any
	rate  string // set by an officer; "" not set
	on    string
}

func (s *situation) has(keys ...string) bool {
	for _, k := range keys {
		if _, ok := s.facts[k]; !ok {
			return false
		}
	}
	return true
}

func (s *situation) is(key string, values ...string) bool {
	for _, v := range values {
		if s.facts[key] == v {
			return true
		}
	}
	return false
}

func (s *situation) yes(key string) bool { return s.facts[key] == true }
func (s *situation) no(key string) bool  { return s.facts[key] == false }

func (s *situation) inside(key string) bool {
	v, _ := s.facts[key].(string)
	return len(v) == 6 && v[:2] == "45"
}

func (s *situation) outside(key string) bool { return s.has(key) && !s.inside(key) }

func (s *situation) fen(key string) *big.Rat {
	v, ok := s.facts[key].(string)
	if !ok {
		return big.NewRat(-1, 1)
	}
	r, _ := new(big.Rat).SetString(v)
	return r
}

func (s *situation) year() int { v, _ := s.facts["support_year"].(int); return v }

func yuan(n int64) *big.Rat { return big.NewRat(n*100, 1) }

// oracle answers a rule: eligible, and the amount in fen ("" none).
func oracle(rule string, s *situation) (bool, string) {
	if s.on < "2025-09-24" || s.on > "2027-12-31" {
		return false, ""
	}
	ok, base, stated, limit := oracleRule(rule, s)
	rate := s.rate
	if rate == "" {
		rate = stated
	}
	if !ok || base == nil || rate == "" {
		return ok, ""
	}
	r, _ := new(big.Rat).SetString(rate)
	r.Mul(r, base)
	if limit != nil && r.Cmp(limit) > 0 {
		r = limit
	}
	return true, new(big.Int).Quo(r.Num(), r.Denom()).String()
}

// oracleRule gives whether a case is eligible, the base, the rate the plan states ("1" where the base
// is the amount itself), and the cap.
func oracleRule(rule string, s *situation) (ok bool, base *big.Rat, rate string, limit *big.Rat) {
	switch rule {
	case "R01":
		return s.outside("source_region") && s.inside("landed_region") && s.yes("contract_registered") && s.has("tech_amount_actual_fen"),
			s.fen("tech_amount_actual_fen"), "", yuan(5_000_000)
	case "R02":
		return s.is("programme", "national_major", "national_key") && s.inside("industrialised_region") && s.is("yearly_review", "outstanding") &&
			s.year() >= 1 && s.year() <= 5 && s.fen("requested_fen").Cmp(yuan(2_000_000)) >= 0, s.fen("requested_fen"), "1", nil
	case "R03":
		national := s.is("award_kind", "national_progress", "national_invention") && s.is("award_level", "national") && s.has("award_grade")
		first := s.is("award_grade", "first", "special")
		other := first && (s.is("award_kind", "provincial") && s.is("award_level", "provincial") || s.is("award_kind", "ministerial") && s.is("award_level", "ministerial"))
		return (national || other) && s.inside("industrialised_region") && s.has("requested_fen"), s.fen("requested_fen"), "", yuan(5_000_000)
	case "R04":
		least := s.fen("challenge_amount_fen")
		if c := s.fen("contract_tech_amount_fen"); c.Cmp(least) < 0 {
			least = c
		}
		return s.is("posed_by", "enterprise") && s.yes("listed_by_government") && s.has("challenge_amount_fen", "contract_tech_amount_fen"), least, "1/4", yuan(10_000_000)
	case "R05":
		return s.fen("received_fen").Cmp(yuan(1_000_000)) > 0 && s.fen("fiscal_fen").Sign() == 0, nil, "", nil
	case "R06":
		return s.yes("acceptance_passed"), nil, "", nil
	case "R07":
		before := s.has("broker_agreement_on", "contract_on") && s.facts["broker_agreement_on"].(string) < s.facts["contract_on"].(string)
		return s.yes("contract_registered") && before && s.no("related_party") && s.is("broker_kind", "transfer_institution", "ip_platform") && s.has("tech_amount_actual_fen"),
			s.fen("tech_amount_actual_fen"), "1/100", nil
	case "R08":
		paid := s.has("first_payment_on") && s.facts["first_payment_on"].(string) <= s.on
		return s.is("licence_mode", "use_first_pay_later") && s.yes("contract_registered") && paid && s.has("tech_amount_actual_fen"), s.fen("tech_amount_actual_fen"), "", nil
	case "R09":
		return s.is("programme", "regional_key", "jianfeng") && s.inside("industrialised_region") && s.is("yearly_review", "outstanding") &&
			s.year() >= 1 && s.year() <= 3 && s.fen("requested_fen").Cmp(yuan(1_000_000)) >= 0, s.fen("requested_fen"), "1", nil
	case "R10":
		return s.has("bond_interest_paid_fen", "bond_proceeds_innovation_share"), s.fen("bond_interest_paid_fen"), "", nil
	case "R11":
		return s.is("insured_kind", "first_set", "first_batch", "first_version", "transfer") && s.has("premium_paid_fen"), s.fen("premium_paid_fen"), "", nil
	case "R12":
		return s.is("evaluation_grade", "outstanding") && s.yes("programme_call"), nil, "", nil
	}
	panic(rule)
}

// edges are the amounts around which something changes.
var edges = []int64{0, 1, 3, 4, 99, 100, 100_000_000, 200_000_000, 500_000_000, 1_000_000_000, 4_000_000_000, 10_000_000_000, 1<<63 - 2}

func randomFen(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return strconv.FormatInt(max(0, edges[r.IntN(len(edges))]+int64(r.IntN(3))-1), 10)
	}
	return strconv.FormatInt(r.Int64N(1<<(1+r.IntN(62))), 10)
}

func randomDay(r *rand.Rand) string {
	return fmt.Sprintf("%04d-%02d-%02d", 2025+r.IntN(3), 1+r.IntN(12), 1+r.IntN(28))
}

// randomFact makes a value of a fact's type, mostly one that lets a case pass so that amounts are met.
func randomFact(r *rand.Rand, p *plan.Pack, f *plan.Fact) any {
	switch f.Type {
	case plan.TypeMoney:
		return randomFen(r)
	case plan.TypeShare:
		return []string{"0", "0.5", "0.123456", "1"}[r.IntN(4)]
	case plan.TypeYear:
		return r.IntN(7)
	case plan.TypeRegion:
		return []string{"450000", "450100", "450102", "451400", "110000", "440300", "VN", "SG"}[r.IntN(8)]
	case plan.TypeDate:
		return randomDay(r)
	case plan.TypeEnum:
		codes := p.Vocabulary(f.Vocabulary.ID).Codes()
		return codes[r.IntN(len(codes))]
	}
	if f.ID == "related_party" {
		return r.IntN(5) == 0
	}
	return r.IntN(5) > 0
}

func randomSituation(r *rand.Rand, p *plan.Pack, rule *plan.Rule) *situation {
	s := &situation{facts: map[string]any{}, on: []string{"2025-09-23", "2025-09-24", "2026-06-30", "2026-11-01", "2027-12-31", "2028-01-01"}[r.IntN(6)]}
	for _, ref := range rule.Facts {
		if r.IntN(12) > 0 {
			s.facts[ref.ID] = randomFact(r, p, p.Fact(ref.ID))
		}
	}
	if x := rule.Parameter("rate"); x != nil && r.IntN(2) == 0 {
		s.rate = []string{"0", "0.05", "0.333333333333", "0.0000001", "1", "0.999999999999999999"}[r.IntN(6)]
	}
	return s
}

// TestOracle compares every rule with the oracle over random cases. ZHUANHUA_ORACLE sets how many.
func TestOracle(t *testing.T) {
	p := guangxi(t)
	n := 1200
	if v, err := strconv.Atoi(os.Getenv("ZHUANHUA_ORACLE")); err == nil {
		n = v
	}
	for _, rule := range p.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, uint64(len(rule.ID))+uint64(rule.ID[2])))
			eligible, amounts := 0, 0
			for range n {
				s := randomSituation(r, p, rule)
				ok, amount := oracle(rule.ID, s)
				compareWithOracle(t, p, rule.ID, s, ok, amount)
				if ok {
					eligible++
				}
				if amount != "" {
					amounts++
				}
			}
			if eligible < n/500 || rule.Amount != nil && amounts == 0 {
				t.Errorf("only %d eligible and %d amounts of %d: the cases say little", eligible, amounts, n)
			}
		})
	}
}

func compareWithOracle(t *testing.T, p *plan.Pack, rule string, s *situation, ok bool, amount string) {
	t.Helper()
	data, err := json.Marshal(s.facts)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := p.ReadFacts(data, "facts")
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	on, _ := plan.ParseDay(s.on)
	var set plan.Settings
	if s.rate != "" {
		set = plan.Settings{rule + ".rate": s.rate}
	}
	q, err := p.Quote(rule, facts, on, set)
	if err != nil {
		t.Fatalf("%s on %s with rate %s, facts %s: %v", rule, s.on, s.rate, data, err)
	}
	got := ""
	if q.AmountFen != nil {
		got = strconv.FormatInt(int64(*q.AmountFen), 10)
	}
	if q.Eligible != ok || got != amount {
		t.Errorf("%s on %s with rate %q, facts %s:\n is eligible %v, amount %q (unmet %v)\n should be %v, %q", rule, s.on, s.rate, data, q.Eligible, got, q.Unmet(), ok, amount)
	}
	checkAnswers(t, p, q, facts, set)
}

// checkAnswers holds for every quote: conditions have a source and words in both languages; what is
// missing says so; the least change is the least.
func checkAnswers(t *testing.T, p *plan.Pack, q *plan.Quote, facts plan.Facts, set plan.Settings) {
	t.Helper()
	if len(q.Trace) == 0 || q.Source.IsZero() {
		t.Errorf("%s: no trace or no source", q.Rule)
	}
	for _, a := range q.Conditions {
		if a.Source.IsZero() || a.Text.ZH == "" || a.Text.EN == "" || a.Need.ZH == "" || a.Need.EN == "" || a.Have.ZH == "" || a.Have.EN == "" {
			t.Errorf("%s.%s: no source or no words: %+v", q.Rule, a.ID, a)
		}
		if len(a.Missing) > 0 && (a.Met || a.Have.EN != "not stated" || a.ShortBy != nil) {
			t.Errorf("%s.%s: missing %v and yet %+v", q.Rule, a.ID, a.Missing, a)
		}
		if a.Met && (a.ShortBy != nil || !a.Next.IsZero()) || !a.Met && a.Next.IsZero() {
			t.Errorf("%s.%s: met %v with %v to go and %q next", q.Rule, a.ID, a.Met, a.ShortBy, a.Next.EN)
		}
		checkLeast(t, p, q, a, facts, set)
	}
}

// changed are the facts that the least change of a condition is about, and which way they go.
var changed = map[string]struct {
	fact string
	sign int64
}{
	"R02.requested": {"requested_fen", 1}, "R09.requested": {"requested_fen", 1}, "R05.received": {"received_fen", 1}, "R05.no_fiscal": {"fiscal_fen", -1},
	"R02.year": {"support_year", 0}, "R09.year": {"support_year", 0},
}

// checkLeast applies the least change: then the condition is met, and with one less it is not.
func checkLeast(t *testing.T, p *plan.Pack, q *plan.Quote, a plan.Answer, facts plan.Facts, set plan.Settings) {
	t.Helper()
	c, known := changed[q.Rule+"."+a.ID]
	if !known || a.Met || len(a.Missing) > 0 {
		return
	}
	if a.ShortBy == nil {
		t.Errorf("%s.%s: no least change", q.Rule, a.ID)
		return
	}
	by, err := strconv.ParseInt(*a.ShortBy, 10, 64)
	if err != nil || by <= 0 {
		t.Errorf("%s.%s: least change %q", q.Rule, a.ID, *a.ShortBy)
		return
	}
	sign := c.sign
	if sign == 0 { // years: year 0 has to come up, a late one down
		sign = 1
		if facts["support_year"].Count > 1 {
			sign = -1
		}
	}
	for _, step := range []struct {
		by  int64
		met bool
	}{{by, true}, {by - 1, false}} {
		other := plan.Facts{}
		for k, v := range facts {
			other[k] = v
		}
		v := other[c.fact]
		v.Money, v.Count = v.Money+zhuanhua.Money(sign*step.by), v.Count+sign*step.by
		other[c.fact] = v
		again, err := p.Quote(q.Rule, other, q.On, set)
		if err != nil {
			t.Fatal(err)
		}
		if met := !strings.Contains(" "+strings.Join(again.Unmet(), " ")+" ", " "+a.ID+" "); met != step.met {
			t.Errorf("%s.%s: changed by %d of %d it is met: %v", q.Rule, a.ID, step.by, by, met)
		}
	}
}
