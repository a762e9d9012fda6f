package plan

import (
	"fmt"
	"slices"
)

// Ladder says how entries of a register climb: the steps in their order, and what each asks. Conditions are
// those of rules, over facts and parameters, so that one language says what a claim needs and what a step does.
type Ladder struct {
	Aim   Ref           // the field with the step that an entry aims at; ID "": the one behind its own
	Known []*LadderFact // facts that the records tell; others stand in fields of the entry
	Steps []*LadderStep
	At    Pos
}

// LadderFact is a fact that nobody has to type: whole years since a day, a word of the holder's record, or how
// many entries of another register the holder has.
type LadderFact struct {
	Fact       Ref
	YearsSince Ref    // a date field, or grade: since the entry has its present step
	Holder     string // region
	Entries    Ref    // of a register
	At         Pos
}

// LadderStep is one step and what it asks.
type LadderStep struct {
	Grade  Ref
	Source Source
	NotSet *NotSet // what the plan does not state about it
	rule   *Rule   // its conditions; without any the step is not set
	At     Pos
}

// Stated reports whether anything is said about what the step asks.
func (s *LadderStep) Stated() bool { return len(s.rule.Conditions) > 0 }

// Conditions are what the step asks.
func (s *LadderStep) Conditions() []*Condition { return s.rule.Conditions }

// Standing is how far a condition of a step is kept.
type Standing string

// The standings of a condition. An unknown fact makes neither met nor short.
const (
	StandsMet     Standing = "met"
	StandsShort   Standing = "short"
	StandsUnknown Standing = "unknown" // the records do not say
	StandsNotSet  Standing = "not_set" // nobody has set the bound
)

// Judged is one condition of a step, with where an entry stands.
type Judged struct {
	Standing Standing `json:"standing"`
	Answer   Answer   `json:"condition"`
}

// Step is the step of a grade, nil where the ladder has none.
func (l *Ladder) Step(grade string) *LadderStep {
	return find(l.Steps, func(s *LadderStep) bool { return s.Grade.ID == grade })
}

// Above is the step behind a grade; "" is before the first. It is nil at the top, and for a grade that the
// ladder does not have.
func (l *Ladder) Above(grade string) *LadderStep {
	i := slices.IndexFunc(l.Steps, func(s *LadderStep) bool { return s.Grade.ID == grade })
	if i+1 >= len(l.Steps) || i < 0 && grade != "" {
		return nil
	}
	return l.Steps[i+1]
}

// ladder reads the ladder of a register.
func (n node) ladder(r *Register) *Ladder {
	l := &Ladder{At: n.pos()}
	n.object(
		may("aim", func(v node) { l.Aim = v.ref() }),
		may("known", func(v node) {
			v.items(func(v node) { l.Known = append(l.Known, v.ladderFact()) })
		}),
		must("steps", func(v node) {
			v.items(func(v node) { l.Steps = append(l.Steps, v.ladderStep(r)) })
		}))
	return l
}

// ladderFact reads what the records tell, exactly one way.
func (n node) ladderFact() *LadderFact {
	f := &LadderFact{At: n.pos()}
	ways := 0
	for _, k := range []string{"years_since", "holder", "entries"} {
		if n.has(k) {
			ways++
		}
	}
	if ways != 1 {
		n.fault(say("应有且只有 years_since、holder、entries 之一", "exactly one of years_since, holder and entries belongs here"), say("写明事实取自哪里", "say where the fact comes from"))
	}
	n.object(
		must("fact", func(v node) { f.Fact = v.ref() }),
		may("years_since", func(v node) { f.YearsSince = v.ref() }),
		may("holder", func(v node) { f.Holder = v.choice("region") }),
		may("entries", func(v node) { f.Entries = v.ref() }))
	return f
}

// ladderStep reads one step. What it asks becomes a rule without an amount: conditions compile, answer and
// measure what is missing in one way only.
func (n node) ladderStep(r *Register) *LadderStep {
	s := &LadderStep{At: n.pos()}
	rule := &Rule{Measure: r.Measure, At: n.pos()}
	n.object(
		must("step", func(v node) { s.Grade = v.ref() }),
		may("source", func(v node) { s.Source = v.source() }),
		may("facts", func(v node) { rule.Facts = v.refs() }),
		may("parameters", func(v node) {
			v.each(func(key, v node) { rule.Parameters = append(rule.Parameters, v.parameter(key)) })
		}),
		may("conditions", func(v node) {
			v.items(func(v node) { rule.Conditions = append(rule.Conditions, v.condition()) })
		}),
		may("not_set", func(v node) { s.NotSet = v.notSet() }))
	if (len(rule.Conditions) > 0) == s.Source.IsZero() || len(rule.Conditions) == 0 && s.NotSet == nil {
		n.fault(say("一级应写 source 和 conditions，或写 not_set", "a step has a source and conditions, or says not_set"), say("没有写明条件的级别写 not_set，不要猜", "a step about which nothing is stated says not_set; nothing is guessed"))
	}
	rule.ID, rule.Source = r.ID+"."+s.Grade.ID, s.Source
	s.rule = rule
	return s
}

// ladder checks that the steps are grades, each once, and that each fact they ask comes from somewhere.
func (x registerChecker) ladder(l *Ladder) {
	grades := x.Vocabulary(x.r.Grades.ID)
	if grades == nil {
		x.fault(l.At, "名录 "+x.r.ID+" 有 ladder，却没有 grades", "the register "+x.r.ID+" has a ladder and no grades", "用 grades 写明级别的词表", "name the vocabulary of the steps with grades")
		return
	}
	x.field(l.Aim, FieldEnum)
	told := x.knownFacts(l)
	seen := map[string]bool{}
	for _, s := range l.Steps {
		if grades.Find(s.Grade.ID) == nil {
			x.missing(say("级别", "step"), s.Grade, grades.Codes())
		}
		if seen[s.Grade.ID] {
			x.fault(s.At, "级别 "+s.Grade.ID+" 重复", "the step "+s.Grade.ID+" is there twice", "删去一个", "remove one")
		}
		seen[s.Grade.ID] = true
		x.setBy(s.NotSet)
		if !s.Stated() {
			continue
		}
		x.source(s.Source)
		for _, p := range s.rule.Parameters {
			x.parameter(s.rule, p)
		}
		x.conditions(s.rule)
		for _, f := range s.rule.Facts {
			if !told[f.ID] {
				x.fault(f.At, "事实 "+f.ID+" 没有出处：没有字段写它，known 也没有", "nothing tells the fact "+f.ID+": no field is of it, and known does not say it", "给名录加一个 fact: "+f.ID+" 的字段", "add a field with fact: "+f.ID)
			}
		}
	}
}

// knownFacts are the facts that fields or records tell; each record has to be there and of the fact's type.
func (x registerChecker) knownFacts(l *Ladder) map[string]bool {
	told := map[string]bool{}
	for _, f := range x.r.Fields {
		if f.Fact.ID != "" {
			told[f.Fact.ID] = true
		}
	}
	for _, k := range l.Known {
		f := x.Fact(k.Fact.ID)
		want := TypeCount
		if k.Holder == "region" {
			want = TypeRegion
		}
		switch {
		case f == nil:
			x.missing(say("事实", "fact"), k.Fact, factIDs(x.Facts))
		case f.Type != want:
			x.fault(k.Fact.At, fmt.Sprintf("事实 %s 的类型是 %s，应为 %s", f.ID, f.Type, want), fmt.Sprintf("the fact %s is of type %s and should be %s", f.ID, f.Type, want), "改正 known", "mend known")
		case told[f.ID]:
			x.fault(k.At, "事实 "+f.ID+" 有两个来源", "the fact "+f.ID+" comes from two places", "只留一个", "leave one")
		}
		told[k.Fact.ID] = true
		if k.YearsSince.ID != "grade" {
			x.field(k.YearsSince, FieldDate)
		}
		if o := x.Register(k.Entries.ID); k.Entries.ID != "" && o == nil {
			x.missing(say("名录", "register"), k.Entries, x.registerIDs())
		} else if o != nil && o.Confidential {
			x.fault(k.Entries.At, "名录 "+o.ID+" 是保密的，不能数它的条目", "the register "+o.ID+" is confidential: its entries are not counted", "删去这一项", "remove it")
		}
	}
	return told
}

// ladderRules are the conditions of all steps, to be compiled with the rules.
func (p *Pack) ladderRules() []*Rule {
	var out []*Rule
	for _, r := range p.Registers {
		if r.Ladder == nil {
			continue
		}
		for _, s := range r.Ladder.Steps {
			out = append(out, s.rule)
		}
	}
	return out
}
