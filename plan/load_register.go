package plan

import (
	"math/big"

	"zhuanhua"
)

// readRegister reads one file of registers/.
func (l *loader) readRegister(n node) {
	r := &Register{At: n.pos()}
	n.object(
		must("register", func(v node) { r.ID = v.id() }),
		must("title", func(v node) { r.Title = v.text() }),
		must("measure", func(v node) { r.Measure = v.ref() }),
		may("also", func(v node) { r.Also = v.refs() }),
		may("under", func(v node) { r.Under = v.ref() }),
		must("source", func(v node) { r.Source = v.source() }),
		must("subject", func(v node) { r.Subject = v.choice("organisation", "person", "thing") }),
		must("begins", func(v node) { r.Begins = v.refs() }),
		must("enters", func(v node) { r.Enters = v.ref() }),
		may("changes", func(v node) { r.Changes = v.changes() }),
		must("fields", func(v node) {
			v.items(func(v node) { r.Fields = append(r.Fields, l.field(v, false)) })
		}),
		may("grades", func(v node) { r.Grades = v.ref() }),
		may("one_per", func(v node) { r.OnePer = v.refs() }),
		may("ascends", func(v node) { r.Ascends = v.ascending() }),
		may("barred", func(v node) { r.Barred = v.barred() }),
		may("effective", func(v node) { r.Effective = v.ref() }),
		must("validity", func(v node) { r.Validity = v.validity() }),
		may("relations", func(v node) {
			v.items(func(v node) { r.Relations = append(r.Relations, v.relation()) })
		}),
		may("evaluation", func(v node) { r.Evaluation = v.evaluating() }),
		may("public", func(v node) { r.Public = v.refs() }),
		may("confidential", func(v node) { r.Confidential = v.choice("need_to_know") != "" }),
		may("readers", func(v node) { r.Readers = v.readers() }),
		may("counts", func(v node) {
			v.items(func(v node) { r.Counts = append(r.Counts, v.countRule()) })
		}),
		may("ladder", func(v node) { r.Ladder = v.ladder(r) }))
	r.makeForms()
	l.pack.Registers = append(l.pack.Registers, r)
}

// changeKinds are the ways in which an entry changes.
func changeKinds() []string {
	return []string{"amend", "evaluate", "renew", "suspend", "resume", "revoke", "rename", "merge", "close"}
}

// changes reads which workflow decides about which change.
func (n node) changes() (out []Changing) {
	n.each(func(key, value node) {
		if kind := key.choice(changeKinds()...); kind != "" {
			out = append(out, Changing{kind, value.ref()})
		}
	})
	return out
}

// ascending reads who says that grades ascend.
func (n node) ascending() *Ascending {
	a := &Ascending{At: n.pos()}
	n.object(
		may("source", func(v node) { a.Source = v.source() }),
		may("assumed", func(v node) { a.Assumed = v.notSet() }))
	return a
}

// barred reads whom a revocation keeps away.
func (n node) barred() *Barred {
	b := &Barred{At: n.pos()}
	n.object(
		must("by", func(v node) { b.By = v.refs() }),
		may("also", func(v node) { b.Also = v.refs() }),
		may("source", func(v node) { b.Source = v.source() }),
		may("assumed", func(v node) { b.Assumed = v.notSet() }))
	return b
}

// validity reads how long an entry holds.
func (n node) validity() (x Validity) {
	x.At = n.pos()
	switch {
	case n.has("none"):
		n.object(must("none", func(v node) { x.None = v.text() }))
	case n.has("until"):
		n.object(must("until", func(v node) { x.Until = v.ref() }))
	default:
		n.object(
			must("unit", func(v node) { x.Unit = v.choice("days", "months", "years") }),
			must("length", func(v node) { x.Length = v.length() }))
	}
	return x
}

// relation reads one kind of relation.
func (n node) relation() *RelationKind {
	r := &RelationKind{At: n.pos()}
	n.object(
		must("id", func(v node) { r.ID = v.id() }),
		must("field", func(v node) { r.Field = v.ref() }),
		must("of", func(v node) { r.Of = v.ref() }),
		must("title", func(v node) { r.Title = v.text() }),
		must("back", func(v node) { r.Back = v.text() }),
		may("exclusive", func(v node) { r.Exclusive = v.flag() }),
		// The one way there is: a relation ends with the entry.
		may("while", func(v node) { v.choice("active") }))
	return r
}

// evaluating reads how entries are evaluated.
func (n node) evaluating() *Evaluating {
	e := &Evaluating{At: n.pos()}
	n.object(
		must("every", func(v node) {
			v.object(
				must("unit", func(v node) { e.Unit = v.choice("days", "months", "years") }),
				must("length", func(v node) { e.Every = v.length() }))
		}),
		may("source", func(v node) { e.Source = v.source() }),
		may("assumed", func(v node) { e.Assumed = v.notSet() }),
		must("criteria", func(v node) {
			v.items(func(v node) { e.Criteria = append(e.Criteria, v.criterion()) })
		}),
		must("missing", func(v node) { e.Missing = v.choice("zero", "refuse", "exclude") }),
		must("ties", func(v node) { e.Ties = v.text() }),
		must("grades", func(v node) {
			v.items(func(v node) { e.Grades = append(e.Grades, v.gradeBound()) })
		}))
	return e
}

// criterion reads one thing that is judged.
func (n node) criterion() *Criterion {
	c := &Criterion{At: n.pos(), Weight: new(big.Rat)}
	n.object(
		must("id", func(v node) { c.ID = v.id() }),
		must("title", func(v node) { c.Title = v.text() }),
		must("weight", func(v node) {
			if s, ok := v.scalar(); ok {
				c.Weight = v.value(TypeShare, s).Share
			}
		}),
		must("evidence", func(v node) { c.Evidence = v.text() }),
		must("max", func(v node) { c.Max = v.whole(1, 1000) }))
	return c
}

// gradeBound reads one grade.
func (n node) gradeBound() *GradeBound {
	g := &GradeBound{At: n.pos()}
	n.object(
		must("id", func(v node) { g.ID = v.id() }),
		must("title", func(v node) { g.Title = v.text() }),
		must("from", func(v node) { g.From = v.whole(0, 100) }),
		must("then", func(v node) { g.Then = v.choice(consequences()...) }))
	return g
}

// consequences are what can follow from a grade.
func consequences() []string { return []string{"reward", "priority", "none", "rectify", "revoke"} }

// readers reads who may know of confidential entries.
func (n node) readers() (r Readers) {
	r.At = n.pos()
	n.object(
		must("department", func(v node) { r.Department = v.ref() }),
		must("roles", func(v node) { r.Roles = v.refs() }))
	return r
}

// entryStates are the states of an entry.
func entryStates() []string {
	return []string{zhuanhua.EntryActive, zhuanhua.EntrySuspended, zhuanhua.EntryRevoked, zhuanhua.EntryExpired, zhuanhua.EntryMerged, zhuanhua.EntryClosed}
}

// countRule reads what counts towards a target.
func (n node) countRule() *CountRule {
	c := &CountRule{At: n.pos()}
	n.object(
		must("target", func(v node) { c.Target = v.ref() }),
		must("states", func(v node) {
			v.items(func(v node) { c.States = append(c.States, v.choice(entryStates()...)) })
		}),
		must("mode", func(v node) { c.Mode = v.choice("stock", "ever") }),
		may("from", func(v node) {
			if v.has("not_set") {
				v.object(must("not_set", func(v node) { c.Open = v.notSet() }))
			} else {
				c.From = v.date()
			}
		}),
		may("where", func(v node) { c.Where = v.countWhere() }),
		must("distinct_by", func(v node) { c.DistinctBy = v.id() }),
		may("assumed", func(v node) { c.Assumed = v.notSet() }),
		must("source", func(v node) { c.Source = v.source() }))
	return c
}

// countWhere reads what an entry's field has to say.
func (n node) countWhere() *CountWhere {
	w := &CountWhere{At: n.pos()}
	n.object(
		must("field", func(v node) { w.Field = v.ref() }),
		may("is", func(v node) { w.Is = []Ref{v.ref()} }),
		may("in", func(v node) { w.Is = v.refs() }))
	return w
}
