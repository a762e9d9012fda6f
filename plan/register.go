package plan

import (
	"math/big"

	"zhuanhua"
)

// Register is a list of bodies, things or persons that the plan sets up: what an entry says, how it comes
// in, how long it holds, how it is evaluated, and what it counts towards.
type Register struct {
	ID           string
	Title        Text
	Measure      Ref   // the item that sets it up
	Also         []Ref // further items that it carries
	Under        Ref   // the register that the item names, where this one is a part of it; ID "" none
	Source       Source
	Subject      string     // organisation, person or thing
	Begins       []Ref      // roles of who may apply
	Enters       Ref        // the workflow by which an entry comes in
	Changes      []Changing // the workflows by which it changes
	Fields       []*Field
	Grades       Ref        // the vocabulary of the field "grade"
	OnePer       []Ref      // what two entries may not have in common at the same time
	Ascends      *Ascending // nil: grades have no order; else a later entry of a person or body has a higher one
	Barred       *Barred    // nil: a revocation keeps away what OnePer tells alike, in this register
	Effective    Ref        // the field with the first day; ID "": the day of the decision
	Validity     Validity
	Relations    []*RelationKind
	Evaluation   *Evaluating // nil: entries are not evaluated
	Public       []Ref       // fields that everybody sees
	Confidential bool        // who is not among the readers does not even learn that an entry exists
	Readers      Readers
	Counts       []*CountRule
	Ladder       *Ladder // nil: entries do not climb
	At           Pos

	form, sheet *Form
}

// Changing is a way in which an entry changes, and the workflow that decides about it.
type Changing struct {
	Change   string // amend, evaluate, renew, suspend, resume, revoke, rename, merge, close
	Workflow Ref
}

// Validity is how long an entry holds: for a length of time, until a day in a field, or without an end.
type Validity struct {
	Unit   string // days, months or years; "": not a length
	Length Length
	Until  Ref // the field; ID "": none
	None   Text
	At     Pos
}

// Barred says whom a revocation keeps from applying again, for as long as the workflow says.
type Barred struct {
	By      []Ref // what tells a revoked one again: organisation, person, name or a field
	Also    []Ref // registers whose revocations count too
	Source  Source
	Assumed *NotSet // the plan does not state it
	At      Pos
}

// Ascending says that later entries of one person or body have higher grades, and who said so.
type Ascending struct {
	Source  Source
	Assumed *NotSet // the plan does not state it
	At      Pos
}

// RelationKind ties entries to other records, by what a field names.
type RelationKind struct {
	ID        string
	Field     Ref
	Of        Ref // a register, or achievement, need, contract, case
	Title     Text
	Back      Text // what the other record calls it
	Exclusive bool // one at a time
	At        Pos
}

// Evaluating is how entries are evaluated.
type Evaluating struct {
	Unit     string
	Every    Length
	Source   Source
	Assumed  *NotSet // the plan does not state weights and thresholds
	Criteria []*Criterion
	Missing  string // zero, refuse or exclude: what a criterion without a score does
	Ties     Text
	Grades   []*GradeBound
	At       Pos
}

// Criterion is one thing that an evaluation judges.
type Criterion struct {
	ID       string
	Title    Text
	Weight   *big.Rat
	Evidence Text
	Max      int
	At       Pos
}

// GradeBound is what a total is called from a number of points on, and what follows.
type GradeBound struct {
	ID    string
	Title Text
	From  int
	Then  string // reward, priority, none, rectify, revoke
	At    Pos
}

// Readers are who may know of confidential entries besides those who are admitted to one.
type Readers struct {
	Department Ref
	Roles      []Ref
	At         Pos
}

// CountRule says which entries count towards a target.
type CountRule struct {
	Target     Ref
	States     []string
	Mode       string // stock: on the day; ever: at any time up to it
	From       zhuanhua.Date
	Open       *NotSet // it is not said since when
	Where      *CountWhere
	DistinctBy string // entry, organisation, person or a field
	Assumed    *NotSet
	Source     Source
	At         Pos
}

// CountWhere narrows a count to entries whose field has one of some values.
type CountWhere struct {
	Field Ref
	Is    []Ref
	At    Pos
}

// Register is the register with an id, nil when there is none.
func (p *Pack) Register(id string) *Register {
	return find(p.Registers, func(r *Register) bool { return r.ID == id })
}

// RegistersOf lists the registers that a workflow brings entries into or changes entries of.
func (p *Pack) RegistersOf(workflow string) []*Register {
	var out []*Register
	for _, r := range p.Registers {
		if r.Enters.ID == workflow || len(r.ChangesBy(workflow)) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// ChangesBy lists the changes that a workflow decides about.
func (r *Register) ChangesBy(workflow string) []string {
	var out []string
	for _, c := range r.Changes {
		if c.Workflow.ID == workflow {
			out = append(out, c.Change)
		}
	}
	return out
}

// Field is the field with an id, nil when there is none.
func (r *Register) Field(id string) *Field { return r.Form().Field(id) }

// registerForm and evaluationForm begin the ids of the forms that a register makes. No form of a pack has
// such an id: a slash is no part of one.
const (
	registerForm   = "register/"
	evaluationForm = "evaluation/"
)

// Form is what an application asks: the register's fields.
func (r *Register) Form() *Form { return r.form }

// Sheet is what an evaluation asks: a score a criterion, and an opinion; nil where there is none.
func (r *Register) Sheet() *Form { return r.sheet }

// makeForms makes the forms that follow from a register.
func (r *Register) makeForms() {
	r.form = &Form{ID: registerForm + r.ID, Title: r.Title, Source: r.Source, Fields: r.Fields, At: r.At}
	if r.Evaluation == nil {
		return
	}
	r.sheet = &Form{ID: evaluationForm + r.ID, Title: say(r.Title.ZH+"评价表", r.Title.EN+": evaluation sheet"), Source: r.Source, At: r.Evaluation.At}
	for _, c := range r.Evaluation.Criteria {
		bound := func(n int) *Bound { return &Bound{Value: Value{Type: TypeCount, Count: int64(n)}, At: c.At} }
		r.sheet.Fields = append(r.sheet.Fields, &Field{ID: c.ID, Type: FieldScore, Title: c.Title, Help: c.Evidence,
			Required: r.Evaluation.Missing == "refuse", Min: bound(0), Max: bound(c.Max), At: c.At})
	}
	r.sheet.Fields = append(r.sheet.Fields, &Field{ID: "opinion", Type: FieldLong, Title: say("评价意见", "opinion"), Required: true, At: r.Evaluation.At})
}

// OneOf lists what two entries may not have in common at a time. Where the register does not say, it follows
// from whom an entry is about.
func (r *Register) OneOf() []string {
	var out []string
	for _, o := range r.OnePer {
		out = append(out, o.ID)
	}
	if len(out) > 0 {
		return out
	}
	return map[string][]string{"person": {"person"}, "organisation": {"organisation", "name"}, "thing": {"name"}}[r.Subject]
}

// BarredBy lists what tells a revoked one again.
func (r *Register) BarredBy() []string {
	if r.Barred == nil {
		return r.OneOf()
	}
	var out []string
	for _, k := range r.Barred.By {
		out = append(out, k.ID)
	}
	return out
}

// BarredIn lists the registers whose revocations keep from applying for this one, itself first.
func (r *Register) BarredIn() []string {
	out := []string{r.ID}
	if r.Barred != nil {
		for _, o := range r.Barred.Also {
			out = append(out, o.ID)
		}
	}
	return out
}

// ShowsPublicly reports whether everybody sees a field of an entry.
func (r *Register) ShowsPublicly(field string) bool { return !r.Confidential && holds(r.Public, field) }

// Grade is the grade with an id, nil when there is none.
func (e *Evaluating) Grade(id string) *GradeBound {
	return find(e.Grades, func(g *GradeBound) bool { return g.ID == id })
}
