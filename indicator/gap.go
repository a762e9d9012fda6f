package indicator

import (
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// Gap is how far an entry is from the next step of its register's ladder.
type Gap struct {
	Entry      string         `json:"entry"`
	Register   string         `json:"register"`
	On         zhuanhua.Date  `json:"on"`
	Step       *StepName      `json:"step"`       // the present one; nil where the entry has none
	Next       *StepName      `json:"next"`       // nil at the top of the ladder
	Reached    bool           `json:"reached"`    // every condition of the next step is met
	Conditions []plan.Judged  `json:"conditions"` // of the next step
	NotSet     []plan.Missing `json:"not_set"`    // what nobody has said about the next step, or only assumed
	Source     *plan.Source   `json:"source"`     // where it is written what the next step asks; nil where nothing is
}

// StepName is a step by its code and its words.
type StepName struct {
	Code  string    `json:"code"`
	Title plan.Text `json:"title"`
}

// Behind is what a gap is computed from besides the entry itself.
type Behind struct {
	Holder  *zhuanhua.Organisation   // nil: there is no record
	Entries []zhuanhua.Accreditation // of the holder, in other registers
}

// GapOf says how far an entry is from the next step on a day. It is nil for an entry of a register without a
// ladder, and for one that is not active then: who has left climbs no more.
func GapOf(p *plan.Pack, e *zhuanhua.Accreditation, behind Behind, on zhuanhua.Date) (*Gap, error) {
	r := p.Register(e.Register)
	if r == nil || r.Ladder == nil || e.State(on) != zhuanhua.EntryActive {
		return nil, nil
	}
	grades := p.Vocabulary(r.Grades.ID)
	g := &Gap{Entry: e.ID, Register: r.ID, On: on, Step: stepName(grades, e.Grade(on)), Conditions: []plan.Judged{}, NotSet: []plan.Missing{}}
	next := nextStep(r.Ladder, e, on)
	if next == nil {
		return g, nil
	}
	g.Next = stepName(grades, next.Grade.ID)
	for _, m := range p.NotSet() {
		if id := r.ID + "." + next.Grade.ID; m.ID == id || strings.HasPrefix(m.ID, id+".") {
			g.NotSet = append(g.NotSet, m)
		}
	}
	if !next.Stated() {
		return g, nil
	}
	facts, err := known(p, r, e, behind, on)
	if err != nil {
		return nil, err
	}
	if g.Conditions, err = p.Judge(next, facts, on); err != nil {
		return nil, err
	}
	g.Reached, g.Source = true, &next.Source
	for _, c := range g.Conditions {
		g.Reached = g.Reached && c.Standing == plan.StandsMet
	}
	return g, nil
}

// nextStep is the step that an entry aims at, where that is above its own, else the one behind its own.
func nextStep(l *plan.Ladder, e *zhuanhua.Accreditation, on zhuanhua.Date) *plan.LadderStep {
	grade := e.Grade(on)
	behind := l.Above(grade)
	aim := e.Values[l.Aim.ID]
	for s := behind; s != nil; s = l.Above(s.Grade.ID) {
		if s.Grade.ID == aim {
			return s
		}
	}
	return behind
}

func stepName(v *plan.Vocabulary, code string) *StepName {
	if w := v.Find(code); w != nil {
		return &StepName{code, w.Name}
	}
	return nil
}

// known are the facts that the entry's fields and the records tell. What neither tells is left out, so that it is
// unknown and not zero.
func known(p *plan.Pack, r *plan.Register, e *zhuanhua.Accreditation, behind Behind, on zhuanhua.Date) (plan.Facts, error) {
	out := plan.Facts{}
	for _, f := range r.Fields {
		s := e.Values[f.ID]
		if f.Fact.ID == "" || s == "" {
			continue
		}
		v, err := p.FactValue(f.Fact.ID, s)
		if err != nil {
			return nil, err
		}
		out[f.Fact.ID] = v
	}
	for _, k := range r.Ladder.Known {
		if v, ok := told(k, e, behind, on); ok {
			out[k.Fact.ID] = v
		}
	}
	return out, nil
}

// told is a fact that the records tell, false where they do not.
func told(k *plan.LadderFact, e *zhuanhua.Accreditation, behind Behind, on zhuanhua.Date) (plan.Value, bool) {
	switch {
	case k.Holder == "region":
		if behind.Holder == nil || behind.Holder.Region == "" {
			return plan.Value{}, false
		}
		return plan.Value{Type: plan.TypeRegion, Code: string(behind.Holder.Region)}, true
	case k.Entries.ID != "":
		if e.Organisation == "" {
			return plan.Value{}, false
		}
		n := int64(0)
		for _, o := range behind.Entries {
			if o.Register == k.Entries.ID && o.Organisation == e.Organisation && o.State(on) == zhuanhua.EntryActive {
				n++
			}
		}
		return plan.Value{Type: plan.TypeCount, Count: n}, true
	}
	since, ok := sinceDay(k.YearsSince.ID, e, on)
	if !ok {
		return plan.Value{}, false
	}
	return plan.Value{Type: plan.TypeCount, Count: wholeYears(since, on)}, true
}

// sinceDay is the day in a field, or the one from which the entry has its present step without a break.
func sinceDay(field string, e *zhuanhua.Accreditation, on zhuanhua.Date) (zhuanhua.Date, bool) {
	if field != "grade" {
		return zhuanhua.ParseDate(e.Values[field])
	}
	day, ok := zhuanhua.Date{}, false
	for i, g := range e.Grades {
		if on.Before(g.From) {
			break
		}
		if i == 0 || g.Grade != e.Grades[i-1].Grade {
			day, ok = g.From, true
		}
	}
	return day, ok
}

// wholeYears are the years from a day that are over on another: from 29 February the first is over on 1 March.
func wholeYears(from, on zhuanhua.Date) int64 {
	n := on.Year - from.Year
	if on.Month < from.Month || on.Month == from.Month && on.Day < from.Day {
		n--
	}
	return int64(max(n, 0))
}
