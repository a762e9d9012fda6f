package plan

import (
	"slices"

	"zhuanhua"
)

// Judge says for each condition of a step where facts stand with it on a day. The plan's validity does not come
// in: a step is climbed, not claimed.
func (p *Pack) Judge(s *LadderStep, facts Facts, on zhuanhua.Date) ([]Judged, error) {
	values, unset, err := p.parameters(s.rule, on, nil)
	if err != nil {
		return nil, err
	}
	e := &evaluation{pack: p, rule: s.rule, on: on, facts: facts, params: values, vars: map[string]any{}}
	e.bind()
	var out []Judged
	for i, c := range s.rule.Conditions {
		x := s.rule.compiled.conditions[i]
		a, err := e.condition(c, x)
		if err != nil {
			return nil, err
		}
		open := slices.ContainsFunc(x.params, func(p *Parameter) bool { return slices.Contains(unset, s.rule.ID+"."+p.Name) })
		out = append(out, Judged{standing(&a, open), a})
	}
	return out, nil
}

// Asks says in words what a step asks, with the bounds that hold on a day.
func (p *Pack) Asks(s *LadderStep, on zhuanhua.Date) ([]ConditionWords, error) {
	values, _, err := p.parameters(s.rule, on, nil)
	if err != nil {
		return nil, err
	}
	e := &evaluation{pack: p, rule: s.rule, on: on, params: values}
	var out []ConditionWords
	for _, c := range s.rule.Conditions {
		out = append(out, ConditionWords{c, e.fill(c.Text), e.fill(c.Need), e.fill(c.Next)})
	}
	return out, nil
}

// standing says where a condition stands. A bound that is not set comes before a fact that is not known: no
// fact would help.
func standing(a *Answer, open bool) Standing {
	switch {
	case open:
		return StandsNotSet
	case len(a.Missing) > 0:
		return StandsUnknown
	case a.Met:
		return StandsMet
	}
	return StandsShort
}
