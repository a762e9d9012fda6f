package mutate

import (
	"fmt"
	"io/fs"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// words are the vocabularies and the types of the facts, as the expressions of a pack use them.
type words struct {
	codes [][]string        // one list a vocabulary
	types map[string]string // of facts

	second, lastButOne string // the plan's second day and the last but one
}

// readWords reads what expressions are made of.
func readWords(files fs.FS) (*words, error) {
	vocabularies, err := parse(files, "vocabularies.yaml")
	if err != nil {
		return nil, err
	}
	facts, err := parse(files, "facts.yaml")
	if err != nil {
		return nil, err
	}
	top, err := parse(files, "plan.yaml")
	if err != nil {
		return nil, err
	}
	w := &words{types: map[string]string{}, second: shifted(at(top, "valid", "from").Value, 1), lastButOne: shifted(at(top, "valid", "to").Value, -1)}
	for i := 1; i < len(vocabularies.Content); i += 2 {
		w.codes = append(w.codes, codesOf(at(vocabularies.Content[i], "values")))
	}
	for _, f := range facts.Content {
		w.types[at(f, "id").Value] = at(f, "type").Value
	}
	return w, nil
}

// codesOf are the codes of a list of words.
func codesOf(list *yaml.Node) []string {
	var out []string
	for _, v := range list.Content {
		out = append(out, at(v, "code").Value)
	}
	return out
}

// planEdits changes the days on which the plan holds, the region, and the default of stacking.
func planEdits(root *yaml.Node) []edit {
	var out []edit
	for _, end := range []string{"from", "to"} {
		n := at(root, "valid", end)
		for _, days := range []int{-1, 1} {
			out = append(out, replace("date", "plan.valid."+end, n, shifted(n.Value, days)))
		}
	}
	region := at(root, "region")
	for _, other := range []string{"430000", "440000", "460000"} {
		out = append(out, replace("region", "plan.region", region, other))
	}
	return append(out, answerEdits("stacking.default", at(root, "stacking", "default"))...)
}

// stackingEdits changes the answer for each pair of rules.
func stackingEdits(root *yaml.Node) []edit {
	var out []edit
	for _, p := range root.Content {
		rules := at(p, "rules")
		out = append(out, answerEdits("stacking."+rules.Content[0].Value+"+"+rules.Content[1].Value, at(p, "answer"))...)
	}
	return out
}

// answerEdits are the two other answers.
func answerEdits(site string, n *yaml.Node) []edit {
	var out []edit
	for _, answer := range []string{"allow", "refuse", "flag"} {
		if answer != n.Value {
			out = append(out, replace("stacking", site, n, answer))
		}
	}
	return out
}

// shifted is a day some days later.
func shifted(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// ruleEdits collects the edits of one rule.
type ruleEdits struct {
	root  *yaml.Node
	id    string
	words *words
	out   []edit
}

func (r *ruleEdits) add(e edit) { r.out = append(r.out, e) }

func (r *ruleEdits) all() []edit {
	// Figures, conditions, steps, bounds, days: the order of the file, so that a report can be read beside it.
	parameters := at(r.root, "parameters")
	for i := 0; i+1 < len(parameters.Content); i += 2 {
		r.parameter(parameters.Content[i].Value, parameters.Content[i+1])
	}
	conditions := at(r.root, "conditions")
	for i, c := range conditions.Content {
		site := r.id + "." + at(c, "id").Value
		r.add(edit{"condition", site, "the condition", "none", c.Line, remove(conditions, i, 1)})
		r.expression(site, at(c, "when"), true)
	}
	for _, s := range at(r.root, "amount", "steps").Content {
		r.expression(r.id+"."+at(s, "id").Value, at(s, "value"), false)
	}
	r.bounds()
	// The first and the last day on which the rule could hold are lost.
	r.add(edit{"date", r.id, "valid from the plan's first day", "a day later", r.root.Line, add(r.root, "from", r.words.second)})
	r.add(edit{"date", r.id, "valid to the plan's last day", "a day earlier", r.root.Line, add(r.root, "to", r.words.lastButOne)})
	return r.out
}

// bounds takes away cap, floor, years and gate, and claims once that may be made more than once.
func (r *ruleEdits) bounds() {
	for _, place := range []struct {
		in  *yaml.Node
		key string
	}{{at(r.root, "amount"), "cap"}, {at(r.root, "amount"), "floor"}, {r.root, "years"}, {r.root, "yearly_gate"}, {r.root, "once"}} {
		if i := index(place.in, place.key); i >= 0 {
			r.add(edit{"bound", r.id + "." + place.key, "stated", "none", place.in.Content[i].Line, remove(place.in, i, 2)})
		}
	}
}

// parameter changes the value, its days, and whether there is one.
func (r *ruleEdits) parameter(name string, p *yaml.Node) {
	site := r.id + "." + name
	for _, v := range at(p, "values").Content {
		r.value(site, p, at(v, "value"))
		r.add(edit{"date", site, "from the plan's first day", "a day later", v.Line, add(v, "from", r.words.second)})
		r.add(edit{"date", site, "to the plan's last day", "a day earlier", v.Line, add(v, "to", r.words.lastButOne)})
	}
	if i := index(p, "assumed"); i >= 0 {
		r.value(site, p, at(p, "assumed", "value"))
		r.add(edit{kindOf(p), site, "assumed", "not set", p.Content[i].Line, state(p, i, "not_set", "")})
	}
	if i := index(p, "not_set"); i >= 0 {
		for _, v := range []string{"0 %", "5 %"} {
			r.add(edit{kindOf(p), site, "not set", v, p.Content[i].Line, state(p, i, "assumed", v)})
		}
	}
}

// kindOf is the kind of edits of a parameter's value.
func kindOf(p *yaml.Node) string {
	if kind := at(p, "kind").Value; kind != "bool" {
		return kind
	}
	return "choice"
}

// state turns "not set" into "assumed" and back; the value comes and goes with it.
func state(p *yaml.Node, i int, key, value string) func() func() {
	return func() func() {
		before, inner := p.Content, p.Content[i+1].Content
		name, body := *p.Content[i], *p.Content[i+1]
		name.Value = key
		if value == "" {
			v := index(&body, "value")
			body.Content = slices.Delete(slices.Clone(inner), v, v+2)
		} else {
			body.Content = append(slices.Clone(inner), &yaml.Node{Kind: yaml.ScalarNode, Value: "value"}, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
		}
		p.Content = slices.Clone(before)
		p.Content[i], p.Content[i+1] = &name, &body
		return func() { p.Content = before }
	}
}

// value changes a figure by the least step, doubles it, and halves it.
func (r *ruleEdits) value(site string, p, v *yaml.Node) {
	kind := kindOf(p)
	var others []string
	switch at(p, "kind").Value {
	case "rate":
		others = rates(v.Value)
	case "money":
		others = amounts(v.Value)
	case "count":
		others = counts(v.Value)
	case "bool":
		others = []string{map[string]string{"true": "false", "false": "true"}[v.Value]}
	case "choice":
		others = codesOf(at(p, "choices"))
	}
	for _, to := range others {
		if to != v.Value {
			r.add(replace(kind, site, v, to))
		}
	}
}

// rates are a rate a hundredth of a point up and down, which only an exact trial notices, and twice and half
// of it, which any trial should.
func rates(s string) []string {
	n, ok := new(big.Rat).SetString(strings.TrimSuffix(s, " %"))
	if !ok {
		return nil
	}
	var out []string
	for _, to := range []*big.Rat{
		new(big.Rat).Add(n, big.NewRat(1, 100)), new(big.Rat).Sub(n, big.NewRat(1, 100)),
		new(big.Rat).Mul(n, big.NewRat(2, 1)), new(big.Rat).Mul(n, big.NewRat(1, 2)),
	} {
		if to.Sign() >= 0 && to.Cmp(n) != 0 {
			out = append(out, to.FloatString(2)+" %")
		}
	}
	return out
}

var moneyForm = regexp.MustCompile(`^([0-9.]+) (亿元|万元|元|分)$`)

// amounts are an amount a fen up and down, ten times and a tenth of it: the slip of a fen shows whether a
// bound is tried exactly, the others are misread units.
func amounts(s string) []string {
	m := moneyForm.FindStringSubmatch(s)
	if m == nil {
		return nil
	}
	n, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return nil
	}
	n.Mul(n, big.NewRat(map[string]int64{"亿元": 10_000_000_000, "万元": 1_000_000, "元": 100, "分": 1}[m[2]], 1))
	fen := n.Num().Int64()
	out := []string{fmt.Sprintf("%d 分", fen+1)}
	if fen > 0 {
		out = append(out, fmt.Sprintf("%d 分", fen-1), fmt.Sprintf("%d 分", fen*10), fmt.Sprintf("%d 分", fen/10))
	}
	return out
}

// counts are a number one up, one down, and twice.
func counts(s string) []string {
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil {
		return nil
	}
	return []string{fmt.Sprint(n + 1), fmt.Sprint(n - 1), fmt.Sprint(n * 2)}
}
