package plan

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"zhuanhua"
)

// rule checks what a rule refers to; its expressions are checked by compiling them.
func (c *checker) rule(r *Rule) {
	c.source(r.Source)
	c.within(r.Valid, r.At)
	if c.Item(r.Measure.ID) == nil {
		c.missing(say("条目", "item"), r.Measure, c.itemIDs())
	}
	for _, a := range r.Also {
		if c.Item(a.ID) == nil {
			c.missing(say("条目", "item"), a, c.itemIDs())
		}
	}
	seen := map[string]bool{}
	// The list of facts is what applicants are asked: each once, and each declared with its question.
	for _, f := range r.Facts {
		switch {
		case c.Fact(f.ID) == nil:
			c.missing(say("事实", "fact"), f, factIDs(c.Facts))
		case seen[f.ID]:
			c.faults.add(f.At, say("事实 "+f.ID+" 重复", "the fact "+f.ID+" is there twice"), say("删去一个", "remove one"))
		}
		seen[f.ID] = true
	}
	for _, p := range r.Parameters {
		c.parameter(r, p)
	}
	c.conditions(r)
	c.bounds(r)
	c.tranches(r)
	for _, o := range r.Open {
		c.setBy(o.NotSet)
	}
	// Without a trial nothing would notice when a rule no longer says what its owner meant.
	if len(c.TrialsOf(r.ID)) == 0 && r.ID != "" {
		c.faults.add(r.At, say("规则 "+r.ID+" 没有试例", "the rule "+r.ID+" has no trial"), say("在 trials/"+r.ID+".yaml 写试例", "write trials in trials/"+r.ID+".yaml"))
	}
}

// parameter checks that a figure has one value a day: where periods overlap it would be left to their
// order which one pays. Gaps are allowed; in a gap the parameter is not set, and the answer says so.
func (c *checker) parameter(r *Rule, p *Parameter) {
	c.setBy(p.NotSet)
	if (p.Type == TypeEnum) != (len(p.Choices) > 0) {
		c.faults.add(p.At, say("只有 choice 参数才有 choices，且必须有", "choices belong to a choice parameter, and it needs them"), say("补上或删去 choices", "add or remove choices"))
	}
	for i, s := range p.Values {
		c.source(s.Source)
		c.within(s.Valid, s.At)
		// Each pair is looked at once; the later one in the file is the one that is refused.
		for _, before := range p.Values[:i] {
			if overlap(before.Valid, s.Valid) {
				c.faults.add(s.At, say(fmt.Sprintf("参数 %s.%s 的期间与第 %d 行重叠", r.ID, p.Name, before.At.Line), fmt.Sprintf("the period of %s.%s overlaps the one on line %d", r.ID, p.Name, before.At.Line)), say("一天只能有一个值", "a day has one value only"))
			}
		}
	}
	if p.Assumed == nil && p.NotSet == nil && len(p.Values) == 0 {
		c.faults.add(p.At, say("参数 "+p.Name+" 没有值", "the parameter "+p.Name+" has no value"), say("写 values，或用 not_set 说明", "write values, or say why with not_set"))
	}
}

// overlap reports whether two periods share a day. A missing end is open.
func overlap(a, b zhuanhua.Period) bool {
	return (a.To.IsZero() || !a.To.Before(b.From)) && (b.To.IsZero() || !b.To.Before(a.From))
}

// placeholder is where the value of a parameter stands in words for people: {{cap}}.
var placeholder = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// conditions checks names and words. The compiler has no view of texts, and a text that names a parameter
// which is gone would show its braces to an applicant.
func (c *checker) conditions(r *Rule) {
	// in_force is the engine's own condition; a second one of that name would hide it.
	seen := map[string]bool{inForce: true}
	if len(r.Conditions) == 0 {
		c.faults.add(r.At, say("规则 "+r.ID+" 没有条件", "the rule "+r.ID+" has no conditions"), say("至少写一个条件", "write at least one"))
	}
	for _, x := range r.Conditions {
		c.source(x.Source)
		if seen[x.ID] && x.ID != "" {
			c.faults.add(x.At, say("条件 "+x.ID+" 重复或为保留名", "the condition "+x.ID+" is there twice, or the name is reserved"), say("改名", "rename it"))
		}
		seen[x.ID] = true
		for _, t := range []string{x.Need.ZH, x.Need.EN, x.Text.ZH, x.Text.EN, x.Next.ZH, x.Next.EN} {
			for _, m := range placeholder.FindAllStringSubmatch(t, -1) {
				if r.Parameter(m[1]) == nil {
					c.missing(say("参数", "parameter"), Ref{m[1], x.At}, parameterNames(r))
				}
			}
		}
	}
	if r.YearlyGate.ID != "" && !seen[r.YearlyGate.ID] {
		c.missing(say("条件", "condition"), r.YearlyGate, sortedKeys(seen))
	}
}

// parameterNames are for suggestions.
func parameterNames(r *Rule) []string {
	var out []string
	for _, p := range r.Parameters {
		out = append(out, p.Name)
	}
	return out
}

// bounds checks that cap, floor and years name parameters of the right kind.
func (c *checker) bounds(r *Rule) {
	for _, b := range []struct {
		ref Ref
		of  Type
	}{{r.Cap, TypeMoney}, {r.Floor, TypeMoney}, {r.Years, TypeCount}} {
		p := r.Parameter(b.ref.ID)
		switch {
		case b.ref.ID == "":
		case p == nil:
			c.missing(say("参数", "parameter"), b.ref, parameterNames(r))
		// A cap in years or a floor in percent compares what cannot be compared.
		case p.Type != b.of:
			c.faults.add(b.ref.At, say(fmt.Sprintf("参数 %s 的单位不对：是 %s，应为 %s", p.Name, p.Type, b.of), fmt.Sprintf("the parameter %s has the wrong unit: it is of kind %s and should be %s", p.Name, p.Type, b.of)), say("改正 kind 或引用", "mend its kind or the reference"))
		}
	}
}

// tranches checks that the parts of a payment are the whole: otherwise money is left over, or paid twice.
func (c *checker) tranches(r *Rule) {
	if len(r.Tranches) == 0 {
		return
	}
	sum := new(big.Rat)
	for _, t := range r.Tranches {
		if t.Share != nil {
			sum.Add(sum, t.Share)
		}
	}
	if sum.Cmp(big.NewRat(1, 1)) != 0 {
		c.faults.add(r.Tranches[0].At, say("各期拨付合计 "+Percent(sum)+"，不是 100%", "the tranches add up to "+Percent(sum)+" and not to 100%"), say("改正比例", "mend the shares"))
	}
}

func (c *checker) ruleIDs() []string {
	var out []string
	for _, r := range c.Rules {
		out = append(out, r.ID)
	}
	return out
}

func (c *checker) isRule(r Ref) {
	if c.Rule(r.ID) == nil {
		c.missing(say("规则", "rule"), r, c.ruleIDs())
	}
}

// stacking checks that a pair of rules has one answer, which is either taken from the plan or marked as
// open: an answer without either would pass for the plan's own.
func (c *checker) stacking() {
	seen := map[[2]string]bool{}
	for _, s := range c.Stacking.Pairs {
		c.isRule(s.Rules[0])
		c.isRule(s.Rules[1])
		c.source(s.Source)
		c.setBy(s.NotSet)
		if s.Source.IsZero() == (s.NotSet == nil) {
			c.faults.add(s.At, say("应写 source 或 not_set 之一", "either source or not_set belongs here"), say("方案写明的写出处，没有写明的写 not_set", "a source where it is stated, not_set where it is not"))
		}
		// R01 with R07 is R07 with R01.
		key := [2]string{min(s.Rules[0].ID, s.Rules[1].ID), max(s.Rules[0].ID, s.Rules[1].ID)}
		if seen[key] || key[0] == key[1] {
			c.faults.add(s.At, say(key[0]+" 与 "+key[1]+" 重复", key[0]+" with "+key[1]+" is there twice"), say("每对只写一次，且是两条不同的规则", "each pair once, of two different rules"))
		}
		seen[key] = true
	}
}

// carriers checks what items name as carrying them. Indicators are not
// part of a pack yet: their names are kept as they are.
func (c *checker) carriers() {
	for _, i := range c.AllItems() {
		switch i.Carried.Kind {
		case "target":
			if c.Target(i.Carried.Ref.ID) == nil {
				var ids []string
				for _, t := range c.Targets {
					ids = append(ids, t.ID)
				}
				c.missing(say("目标", "target"), i.Carried.Ref, ids)
			}
		case "rule":
			c.isRule(i.Carried.Ref)
			if r := c.Rule(i.Carried.Ref.ID); r != nil && !r.carries(i.ID) {
				c.faults.add(i.Carried.Ref.At, say("规则 "+r.ID+" 没有写它承担条目 "+i.ID, "the rule "+r.ID+" does not say that it carries the item "+i.ID), say("在规则的 measure 或 also 里写 "+i.ID, "name "+i.ID+" in the rule's measure or also"))
			}
		}
		if i.Carried.Kind == "register" {
			c.carriedByRegister(i)
		}
		for _, p := range i.Proof {
			c.proof(i, p)
		}
	}
}

// proof checks the form of a proof; whether it holds is computed, see States.
func (c *checker) proof(i *Item, p Ref) {
	kind, name, _ := strings.Cut(p.ID, ":")
	switch {
	case kind == "trials" && c.Rule(name) == nil:
		c.isRule(Ref{name, p.At})
	case kind == "trials" && !c.Rule(name).carries(i.ID):
		c.faults.add(p.At, say("规则 "+name+" 的试例不能证明条目 "+i.ID, "the trials of rule "+name+" prove nothing of the item "+i.ID), say("在规则的 measure 或 also 里写 "+i.ID, "name "+i.ID+" in the rule's measure or also"))
	case kind == "trials":
	case kind == "story" && idForm.MatchString(name):
	default:
		c.faults.add(p.At, say(fmt.Sprintf("证明 %q 写法不对", p.ID), fmt.Sprintf("the proof %q is not written rightly", p.ID)), say("写成 trials:R05 或 story:match", "write trials:R05 or story:match"))
	}
}

// trial checks that a trial asks what its rule can answer; a fact that the rule does not look at would
// make the trial say less than it seems to.
func (c *checker) trial(t *Trial) {
	if t.Expect.Answer != "" {
		c.isRule(t.Pair[0])
		c.isRule(t.Pair[1])
		return
	}
	r := c.Rule(t.Rule.ID)
	if r == nil {
		c.isRule(t.Rule)
		return
	}
	for _, id := range sortedKeys(t.Facts) {
		if !r.Asks(id) {
			c.missing(say("规则 "+r.ID+" 的事实", "fact of rule "+r.ID), Ref{id, t.factsAt[id]}, r.factIDs())
		}
	}
	for _, name := range sortedKeys(t.Set) {
		if _, bad := c.setting(r, name, t.Set[name]); bad != nil {
			c.faults.add(t.setAt[name], bad.what, bad.do)
		}
	}
	c.expectation(r, t)
}

func (r *Rule) factIDs() []string {
	var out []string
	for _, f := range r.Facts {
		out = append(out, f.ID)
	}
	return out
}

// expectation checks the names of what is expected: a condition that does not exist is never unmet, and
// the trial would pass for the wrong reason.
func (c *checker) expectation(r *Rule, t *Trial) {
	conditions := []string{inForce}
	for _, x := range r.Conditions {
		conditions = append(conditions, x.ID)
	}
	refs := slices.Clone(t.Expect.Unmet)
	for _, id := range append(sortedKeys(t.Expect.ShortBy), sortedKeys(t.Expect.Have)...) {
		refs = append(refs, Ref{id, t.At})
	}
	var params []string
	for _, name := range parameterNames(r) {
		params = append(params, r.ID+"."+name)
	}
	for _, u := range t.Expect.Unset {
		if !slices.Contains(params, u.ID) {
			c.missing(say("参数", "parameter"), u, params)
		}
	}
	for _, u := range refs {
		if !slices.Contains(conditions, u.ID) {
			c.missing(say("条件", "condition"), u, conditions)
		}
	}
}
