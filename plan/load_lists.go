package plan

import (
	"math/big"
	"strings"

	"go.yaml.in/yaml/v3"

	"zhuanhua"
)

// readDepartments reads departments.yaml.
func (l *loader) readDepartments(n node) {
	n.items(func(n node) {
		d := &Department{At: n.pos()}
		n.object(
			must("code", func(v node) { d.Code = v.id() }),
			must("name", func(v node) { d.Name = v.text() }),
			must("source", func(v node) { d.Source = v.source() }))
		l.pack.Departments = append(l.pack.Departments, d)
	})
}

// readVocabularies reads vocabularies.yaml. The values of a vocabulary may name one source for all.
func (l *loader) readVocabularies(n node) {
	n.each(func(key, n node) {
		v := &Vocabulary{ID: key.id(), At: key.pos()}
		var common Source
		n.object(
			must("title", func(n node) { v.Title = n.text() }),
			may("source", func(n node) { common = n.source() }),
			must("values", func(n node) {
				n.items(func(n node) { v.Values = append(v.Values, n.word(common)) })
			}))
		l.pack.Vocabularies = append(l.pack.Vocabularies, v)
	})
}

// word reads one value of a vocabulary.
func (n node) word(common Source) *Word {
	w := &Word{At: n.pos(), Source: common}
	fields := []field{
		must("code", func(v node) { w.Code = v.id() }),
		must("name", func(v node) { w.Name = v.text() }),
		may("parent", func(v node) { w.Parent = v.id() }),
		may("source", func(v node) { w.Source = v.source() }),
	}
	// Fourteen cities of one standard need one source, not fourteen; but one there must be.
	if common.IsZero() {
		fields[3].needed = true
	}
	n.object(fields...)
	return w
}

// readFacts reads facts.yaml.
func (l *loader) readFacts(n node) {
	n.items(func(n node) {
		f := &Fact{At: n.pos()}
		n.object(
			must("id", func(v node) { f.ID = v.variable() }),
			must("type", func(v node) {
				f.Type = Type(v.choice("money", "share", "count", "year", "bool", "region", "date", "enum", "named"))
			}),
			may("enum", func(v node) { f.Vocabulary = v.ref() }),
			must("title", func(v node) { f.Title = v.text() }),
			must("question", func(v node) { f.Question = v.text() }),
			must("unit", func(v node) { f.Unit = v.text() }),
			must("source", func(v node) { f.Source = v.source() }))
		l.pack.Facts = append(l.pack.Facts, f)
	})
}

// variable reads a name that expressions use.
func (n node) variable() string {
	// Dots separate a rule from its parameter in R01.rate, and dashes subtract.
	s := n.id()
	if strings.ContainsAny(s, ".-") || s != strings.ToLower(s) || s != "" && s[0] >= '0' && s[0] <= '9' {
		n.fault(say("名称 "+s+" 不能用在公式里", "the name "+s+" cannot be used in a formula"), say("用小写字母、数字和 _", "use lower-case letters, digits and _"))
		return ""
	}
	return s
}

// readTargets reads targets.yaml.
func (l *loader) readTargets(n node) {
	n.items(func(n node) {
		t := &Target{At: n.pos()}
		var money bool
		n.object(append([]field{
			must("id", func(v node) { t.ID = v.id() }),
			must("measure", func(v node) { t.Measure = v.ref() }),
			must("title", func(v node) { t.Title = v.text() }),
			must("op", func(v node) { t.Op = v.choice(">", ">=") }),
			must("unit", func(v node) {
				// Money is the one unit that the program knows; every other is words for people.
				if money = v.y.Kind == yaml.ScalarNode; money {
					t.Unit = same(v.choice("fen"))
				} else {
					t.Unit = v.text()
				}
			}),
			must("value", func(v node) { t.Value = v.targetValue(money) }),
			must("by", func(v node) { t.By = v.date() }),
			must("wording", func(v node) { t.Wording = v.choice("strive", "plain") }),
			must("counts", func(v node) { t.Counts = v.counting() }),
			must("source", func(v node) { t.Source = v.source() }),
		}, n.period(&t.Valid)...)...)
		n.forward(t.Valid)
		l.pack.Targets = append(l.pack.Targets, t)
	})
}

// targetValue reads money for targets in fen, a whole number for others.
func (n node) targetValue(money bool) Value {
	s, ok := n.scalar()
	if !ok {
		return Value{}
	}
	// Targets count whole things: stations, contracts, people.
	if money {
		return n.value(TypeMoney, s)
	}
	return n.value(TypeCount, s)
}

// counting reads what a target counts and since when; "since when" is open where the plan does not say,
// because the same figure counted from another day is another target.
func (n node) counting() (c Counting) {
	n.object(
		must("what", func(v node) { c.What = v.text() }),
		may("from", func(v node) {
			if v.y.Kind == yaml.MappingNode {
				v.object(must("not_set", func(v node) { c.Open = v.notSet() }))
			} else {
				c.From = v.date()
			}
		}),
		may("note", func(v node) { c.Note = v.text() }))
	return c
}

// value reads a figure of a pack, written for people.
func (n node) value(t Type, s string) Value {
	v := Value{Type: t}
	var what, do Text
	switch t {
	case TypeMoney:
		v.Money, what = parseAmount(s)
		do = amountForm()
	case TypeShare:
		v.Share, what = parseRate(s)
		do = rateForm()
	case TypeCount:
		var ok bool
		if v.Count, ok = parseWhole(s); !ok {
			what, do = say("“"+s+"”不是整数", "\""+s+"\" is no whole number"), say("只写数字，单位写在 unit", "write digits alone, the unit goes to unit")
		}
	case TypeBool:
		if v.Bool = s == "true"; s != "true" && s != "false" {
			what, do = say("“"+s+"”不是 true 或 false", "\""+s+"\" is neither true nor false"), say("写 true 或 false", "write true or false")
		}
	// The checker compares codes with their list; here nothing is known of it.
	default:
		v.Code = s
	}
	if !what.IsZero() {
		n.fault(what, do)
		if t == TypeShare {
			v.Share = new(big.Rat)
		}
	}
	return v
}

// readMeasure reads one file of measures/.
func (l *loader) readMeasure(n node) {
	m := &Measure{At: n.pos()}
	n.object(append([]field{
		must("measure", func(v node) { m.ID = v.id() }),
		must("chapter", func(v node) { m.Chapter, _ = v.scalar() }),
		must("title", func(v node) { m.Title = v.text() }),
		must("lead", func(v node) { m.Lead = v.refs() }),
		may("with", func(v node) { m.With = v.refs() }),
		must("source", func(v node) { m.Source = v.source() }),
		must("items", func(v node) {
			v.items(func(v node) { m.Items = append(m.Items, v.item()) })
		}),
	}, n.period(&m.Valid)...)...)
	n.forward(m.Valid)
	// An item without a source of its own stands in the measure's article.
	for _, i := range m.Items {
		if i.Source.IsZero() {
			i.Source = Source{m.Source.Doc, m.Source.Article, i.ID, i.At}
		}
	}
	l.pack.Measures = append(l.pack.Measures, m)
}

// item reads one numbered thing that the plan says.
func (n node) item() *Item {
	i := &Item{At: n.pos()}
	n.object(append([]field{
		must("id", func(v node) { i.ID = v.id() }),
		must("kind", func(v node) {
			i.Kind = v.choice("system", "people", "data", "ai", "money", "process", "rule", "target", "text")
		}),
		must("text", func(v node) { i.Text = v.text() }),
		must("carried_by", func(v node) {
			v.object(
				must("kind", func(v node) {
					i.Carried.Kind = v.choice("target", "rule", "register", "workflow", "form", "indicator", "text")
				}),
				must("ref", func(v node) { i.Carried.Ref = v.ref() }))
		}),
		// Proofs are checked, never believed: see States.
		may("proof", func(v node) {
			v.items(func(v node) {
				s, _ := v.scalar()
				i.Proof = append(i.Proof, Ref{s, v.pos()})
			})
		}),
		may("source", func(v node) { i.Source = v.source() }),
	}, n.period(&i.Valid)...)...)
	n.forward(i.Valid)
	return i
}

// readStacking reads stacking.yaml.
func (l *loader) readStacking(n node) {
	n.items(func(n node) {
		p := &StackingPair{At: n.pos()}
		n.object(
			must("rules", func(v node) { p.Rules = v.pair() }),
			must("answer", func(v node) { p.Answer = v.choice("allow", "refuse", "flag") }),
			must("why", func(v node) { p.Why = v.text() }),
			may("source", func(v node) { p.Source = v.source() }),
			may("not_set", func(v node) { p.NotSet = v.notSet() }))
		l.pack.Stacking.Pairs = append(l.pack.Stacking.Pairs, p)
	})
}

// pair reads two names.
func (n node) pair() (out [2]Ref) {
	refs := n.refs()
	if len(refs) != 2 {
		n.fault(say("这里应是两条规则", "two rules belong here"), say("写成 [R01, R07]", "write it as [R01, R07]"))
		return out
	}
	return [2]Ref{refs[0], refs[1]}
}

// zeroPeriod reports whether no end of a period is given.
func zeroPeriod(p zhuanhua.Period) bool { return p.From.IsZero() && p.To.IsZero() }
