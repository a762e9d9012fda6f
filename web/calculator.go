package web

import (
	"encoding/json"
	"html/template"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plan/advice"
)

// ruleView is a money rule with its calculator.
type ruleView struct {
	*plan.Rule
	Item    *plan.Item
	Outline *plan.Outline
	Fields  []factField
	Quote   *quoteView // nil before anything was said
	Wrong   []factField
	Cap     string
}

// factField is one question of a calculator.
type factField struct {
	ID, Title, Question string
	Type                plan.Type
	Value               string
	Unit                string
	Choices             []pair
	Max                 int // of the slider
	Slider              bool
	Wrong               string
	Assume              bool // a parameter that nobody has set, which the reader may try
}

// quoteView is an answer in the reader's language.
type quoteView struct {
	Eligible   bool
	Asked      bool // something was said
	Amount     string
	NoAmount   string
	Conditions []conditionView
	Trace      []stepView
	Unset      []string
	Assumed    []string
	Met, Open  int
}

// conditionView is one condition: met, short by how much, or still to be said.
type conditionView struct {
	Text, Have, Need, Next string
	Tone, Icon, Verdict    string
	Short                  string // a whole sentence about what is missing
	Source                 string
	Met                    bool
}

type stepView struct{ Text, Words, Figures string }

func (s *Server) rule(c *call) error {
	r := s.o.Pack.Rule(c.r.PathValue("id"))
	if r == nil {
		return statusError(http.StatusNotFound)
	}
	v := &ruleView{Rule: r, Item: s.o.Pack.Item(r.Measure.ID), Cap: c.cap(r)}
	var err error
	if v.Outline, err = s.o.Pack.Outline(r.ID, c.dayToday()); err != nil {
		return err
	}
	facts, _ := s.o.Pack.FactsOf(r.ID) // the rule is there
	q := c.r.URL.Query()
	given, set := c.read(facts, q, &v.Fields)
	for _, x := range r.Parameters {
		if x.On(c.dayToday()) == nil {
			c.assume(v, x, q, set)
		}
	}
	for _, f := range v.Fields {
		if f.Wrong != "" {
			v.Wrong = append(v.Wrong, f)
		}
	}
	quote, err := s.o.Pack.Quote(r.ID, given, c.dayToday(), set)
	if err != nil {
		return err
	}
	v.Quote = c.quote(quote, given)
	p := &page{Name: "rule", Title: c.text(r.Title), Hall: "policy", Data: v, NoIndex: c.r.URL.RawQuery != ""}
	if len(v.Wrong) > 0 {
		p.Title, p.Error = c.say("error.mark")+p.Title, true
	}
	p.Crumbs = []crumb{{"/policy", c.say("hall.policy")}, {"", r.ID}}
	return c.show(p)
}

// read takes the facts out of the address; what cannot be read is told at its field.
func (c *call) read(facts []*plan.Fact, q url.Values, fields *[]factField) (plan.Facts, plan.Settings) {
	out := plan.Facts{}
	for _, f := range facts {
		field := c.fieldOf(f)
		field.Value = strings.TrimSpace(cutRunes(q.Get(f.ID), 100))
		if field.Value != "" {
			v, ok := c.parse(f, field.Value)
			if ok {
				out[f.ID] = v
			} else {
				field.Wrong = c.say("calc.wrong."+string(f.Type), field.Title)
			}
		}
		*fields = append(*fields, field)
	}
	return out, plan.Settings{}
}

// parse reads one fact as people write it, through the plan's own reader.
func (c *call) parse(f *plan.Fact, typed string) (plan.Value, bool) {
	var raw any = typed
	switch f.Type {
	case plan.TypeMoney:
		m, ok := moneyTyped(typed)
		if !ok {
			return plan.Value{}, false
		}
		raw = strconv.FormatInt(int64(m), 10)
	case plan.TypeShare:
		s, ok := shareTyped(typed)
		if !ok {
			return plan.Value{}, false
		}
		raw = s
	case plan.TypeBool:
		raw = typed == "true"
	case plan.TypeNamed:
		if typed == "true" || typed == "false" {
			raw = typed == "true"
		}
	}
	b, err := json.Marshal(map[string]any{f.ID: raw})
	if err != nil {
		return plan.Value{}, false
	}
	facts, err := c.o.Pack.ReadFacts(b, "")
	v, ok := facts[f.ID]
	return v, err == nil && ok
}

// moneyTyped is an amount in 万元 unless another unit is written.
func moneyTyped(s string) (zhuanhua.Money, bool) {
	if !strings.HasSuffix(s, "元") && !strings.HasSuffix(s, "万") && !strings.HasSuffix(s, "亿") {
		s += "万元"
	}
	m, ok := zhuanhua.ParseMoney(s)
	return m, ok && m >= 0
}

// shareTyped is a percentage as the decimal that plans take.
func shareTyped(s string) (string, bool) {
	s = strings.TrimSpace(strings.TrimRight(s, "%％ "))
	if len(s) > 12 || s == "" || strings.Trim(s, "0123456789.") != "" {
		return "", false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return "", false
	}
	r.Quo(r, big.NewRat(100, 1))
	out := strings.TrimRight(strings.TrimRight(r.FloatString(12), "0"), ".")
	return out, r.Cmp(big.NewRat(1, 1)) <= 0
}

// fieldOf is the question about a fact.
func (c *call) fieldOf(f *plan.Fact) factField {
	field := factField{ID: f.ID, Title: c.text(f.Title), Question: c.text(f.Question), Type: f.Type, Unit: c.text(f.Unit)}
	switch f.Type {
	case plan.TypeMoney:
		field.Unit, field.Slider, field.Max = c.say("unit.wan"), true, 2000
	case plan.TypeShare:
		field.Unit, field.Slider, field.Max = "%", true, 100
	case plan.TypeBool, plan.TypeNamed:
		field.Choices = []pair{{"true", c.say("value.yes")}, {"false", c.say("value.no")}}
	case plan.TypeEnum:
		if v := c.o.Pack.Vocabulary(f.Vocabulary.ID); v != nil {
			for _, w := range v.Values {
				field.Choices = append(field.Choices, pair{w.Code, c.text(w.Name)})
			}
		}
	case plan.TypeRegion:
		field.Choices = c.places()
	}
	return field
}

// places are provinces and the cities of the plan's region, for people to choose from.
func (c *call) places() []pair {
	f := speaker{c.Server, c.lang}
	var own, others []pair
	for _, name := range intake.Regions() {
		code, ok := intake.RegionOf(name)
		switch {
		case !ok:
		case code.Within(c.o.Pack.Region):
			own = append(own, pair{string(code), f.region(code)})
		case code.City() == "" && code != "CN":
			others = append(others, pair{string(code), f.region(code)})
		}
	}
	return append(own, others...)
}

// assume offers a parameter that nobody has set for a trial.
func (c *call) assume(v *ruleView, x *plan.Parameter, q url.Values, set plan.Settings) {
	field := factField{ID: "set_" + x.Name, Title: c.text(x.Title), Type: x.Type, Assume: true, Value: strings.TrimSpace(cutRunes(q.Get("set_"+x.Name), 30))}
	if x.NotSet != nil {
		field.Question = c.text(x.NotSet.Note)
	}
	switch x.Type {
	case plan.TypeShare:
		field.Unit, field.Slider, field.Max = "%", true, 100
	case plan.TypeMoney:
		field.Unit, field.Slider, field.Max = c.say("unit.wan"), true, 2000
	case plan.TypeEnum:
		for _, w := range x.Choices {
			field.Choices = append(field.Choices, pair{w.Code, c.text(w.Name)})
		}
	}
	if field.Value != "" {
		value, ok := field.Value, true
		switch x.Type {
		case plan.TypeShare:
			value, ok = shareTyped(field.Value)
		case plan.TypeMoney:
			_, ok = moneyTyped(field.Value)
			value = strings.TrimSuffix(field.Value, "万元") + " 万元"
		}
		trial := plan.Settings{v.ID + "." + x.Name: value}
		if _, err := c.o.Pack.Quote(v.ID, plan.Facts{}, c.dayToday(), trial); err != nil || !ok {
			field.Wrong = c.say("calc.wrong."+string(x.Type), field.Title)
		} else {
			set[v.ID+"."+x.Name] = value
		}
	}
	v.Fields = append(v.Fields, field)
}

// quote puts an answer into words.
func (c *call) quote(q *plan.Quote, given plan.Facts) *quoteView {
	v := &quoteView{Eligible: q.Eligible, Asked: len(given) > 0}
	if q.AmountFen != nil {
		v.Amount = speaker{c.Server, c.lang}.money(zhuanhua.Money(*q.AmountFen))
	}
	for i := range q.Conditions {
		x := c.condition(&q.Conditions[i])
		if x.Met {
			v.Met++
		} else {
			v.Open++
		}
		v.Conditions = append(v.Conditions, x)
	}
	for _, t := range q.Trace {
		if q.Eligible && t.ID == "none" {
			v.NoAmount = c.inWan(c.text(t.Text))
		}
		v.Trace = append(v.Trace, stepView{c.inWan(c.text(t.Text)), c.inWan(c.text(t.Words)), c.inWan(c.text(t.Figures))})
	}
	for _, name := range q.Unset {
		v.Unset = append(v.Unset, c.parameterWord(name))
	}
	for _, a := range q.Assumed {
		v.Assumed = append(v.Assumed, c.parameterWord(a.Name)+c.say("calc.assumed", c.choiceWord(a.Name, a.Value))+c.text(a.Note))
	}
	return v
}

// parameterWord is the title of a parameter by its full name.
func (c *call) parameterWord(full string) string {
	rule, name, _ := strings.Cut(full, ".")
	if r := c.o.Pack.Rule(rule); r != nil && r.Parameter(name) != nil {
		return c.text(r.Parameter(name).Title)
	}
	return full
}

// choiceWord is a value of a parameter in words, where it is one of a list.
func (c *call) choiceWord(full, value string) string {
	rule, name, _ := strings.Cut(full, ".")
	r := c.o.Pack.Rule(rule)
	if r == nil || r.Parameter(name) == nil {
		return value
	}
	for _, w := range r.Parameter(name).Choices {
		if w.Code == value {
			return "“" + c.text(w.Name) + "”"
		}
	}
	return value
}

func (c *call) condition(a *plan.Answer) conditionView {
	v := conditionView{Text: c.inWan(c.text(a.Text)), Have: c.inWan(c.text(a.Have)), Need: c.inWan(c.text(a.Need)), Next: c.inWan(c.text(a.Next)),
		Source: c.text(c.o.Pack.SourceText(a.Source)), Met: a.Met}
	switch {
	case a.Met:
		v.Tone, v.Icon, v.Verdict = "ok", "check", c.say("condition.met")
	case len(a.Missing) > 0:
		v.Tone, v.Icon, v.Verdict = "", "clock", c.say("condition.unsaid")
	case a.ShortBy != nil && a.Unit.EN == "fen":
		short, strict := shortOf(*a.ShortBy)
		amount := speaker{c.Server, c.lang}.money(short)
		v.Tone, v.Icon, v.Verdict = "warn", "trending-down", c.say("condition.short", amount)
		key := "condition.least"
		if strict {
			key = "condition.more"
		}
		v.Short = c.say(key, v.Have, v.Need, amount)
	case a.ShortBy != nil:
		v.Tone, v.Icon, v.Verdict = "warn", "trending-down", c.say("condition.short", *a.ShortBy+c.text(a.Unit))
	default:
		v.Tone, v.Icon, v.Verdict = "warn", "alert-triangle", c.say("condition.unmet")
	}
	return v
}

// shortOf is a missing amount; strict says that it has to be passed, not only reached: then the least
// change is one fen more than a whole number of yuan.
func shortOf(fen string) (zhuanhua.Money, bool) {
	n, err := strconv.ParseInt(fen, 10, 64)
	if err != nil {
		return 0, false
	}
	if n%100 == 1 {
		return zhuanhua.Money(n - 1), true
	}
	return zhuanhua.Money(n), false
}

// adviceView says what may apply to somebody.
type adviceView struct {
	Rules  []adviceRule
	Chosen []string
	Fields []factField
	Wrong  []factField
	Ranked []rankedRule
}

type adviceRule struct {
	*plan.Rule
	On bool
}

type rankedRule struct {
	*plan.Rule
	Standing string
	Tone     string
	Icon     string
	Amount   string
	Step     string
	Query    template.URL
}

// advice asks who somebody is and what they have, and puts the rules into order.
func (s *Server) advice(c *call) error {
	q := c.r.URL.Query()
	v := &adviceView{}
	var facts []*plan.Fact
	for _, r := range s.o.Pack.Rules {
		on := slices.Contains(q["r"], r.ID)
		v.Rules = append(v.Rules, adviceRule{r, on})
		if !on {
			continue
		}
		v.Chosen = append(v.Chosen, r.ID)
		own, _ := s.o.Pack.FactsOf(r.ID) // the rule is there
		for _, f := range own {
			if !slices.Contains(facts, f) {
				facts = append(facts, f)
			}
		}
	}
	given, _ := c.read(facts, q, &v.Fields)
	for _, f := range v.Fields {
		if f.Wrong != "" {
			v.Wrong = append(v.Wrong, f)
		}
	}
	if len(v.Chosen) > 0 {
		if err := c.ranked(v, given, q); err != nil {
			return err
		}
	}
	p := &page{Name: "advice", Title: c.say("advice.title"), Hall: "policy", Brief: c.say("advice.brief"), Data: v, NoIndex: len(v.Chosen) > 0}
	if len(v.Wrong) > 0 {
		p.Title, p.Error = c.say("error.mark")+p.Title, true
	}
	p.Crumbs = []crumb{{"/policy", c.say("hall.policy")}, {"", c.say("advice.title")}}
	return c.show(p)
}

func (c *call) ranked(v *adviceView, given plan.Facts, q url.Values) error {
	var quotes []*plan.Quote
	for _, id := range v.Chosen {
		quote, err := c.o.Pack.Quote(id, given, c.dayToday(), nil)
		if err != nil {
			return err
		}
		quotes = append(quotes, quote)
	}
	for _, a := range advice.Rank(c.o.Pack, quotes, given) {
		r := rankedRule{Rule: c.o.Pack.Rule(a.Rule), Standing: c.say("standing." + string(a.Standing)), Tone: "info", Icon: "arrow-right"}
		switch a.Standing {
		case advice.Claim:
			r.Tone, r.Icon = "ok", "check"
		case advice.Now, advice.Later:
			r.Tone, r.Icon = "warn", "clock"
		case advice.Never, advice.Silent:
			r.Tone, r.Icon = "", "circle-minus"
		}
		if a.AmountFen != nil {
			r.Amount = speaker{c.Server, c.lang}.money(zhuanhua.Money(*a.AmountFen))
		}
		if a.Step != nil {
			r.Step = c.inWan(c.text(*a.Step))
		}
		keep := url.Values{}
		for _, f := range r.Facts {
			if q.Get(f.ID) != "" {
				keep.Set(f.ID, q.Get(f.ID))
			}
		}
		r.Query = template.URL(keep.Encode())
		v.Ranked = append(v.Ranked, r)
	}
	return nil
}
