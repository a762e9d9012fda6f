package plan

import "zhuanhua"

// Workflow is how a case moves from who applies to who decides: states, the actions between them, and the
// periods that run meanwhile.
type Workflow struct {
	ID               string
	Title            Text
	Source           Source
	Serves           []Ref // the rules that a case may be about; none: a case is about no rule
	Begins           []Ref // roles of who may begin a case
	SelfRecorded     bool  // entries are written down by who made them, and looked at afterwards
	DemandsPublicity bool  // no grant before a publicity period has ended without an open objection
	Blind            string
	States           []*State
	Actions          []*Action
	Clocks           []*Clock
	At               Pos
}

// Begin is the first step of every case; no action of a workflow has its name.
const Begin = "begin"

// State is a situation in which a case waits for somebody.
type State struct {
	ID       string
	Title    Text
	Kind     string // start, end or ""
	Outcome  string // of an end
	WaitsFor string // applicant, authority, experts, public, bank, time
	At       Pos
}

// Action is one thing that somebody may do in a case.
type Action struct {
	ID       string
	Title    Text
	From     []Ref // states
	To       Ref   // ID "": the state stays
	By       []Ref // roles, or applicant, bidder, winner, assigned, holder, anyone, clock
	Form     Ref   // ID "": none of its own
	RuleForm bool  // the form of the case's rule
	// RegisterForm and EvaluationForm are forms that the case's register makes.
	RegisterForm, EvaluationForm bool
	Partial                      bool // a draft: required fields may be missing
	Note                         string
	Decides                      string // grant, refuse, return or none
	If                           []*Guard
	Does                         []*Effect
	At                           Pos
}

// Clock is a period with a consequence.
type Clock struct {
	ID         string
	Title      Text
	Unit       string // workdays, days, months, years
	Length     Length
	Starts     Ref   // an action or a state; ID "": an effect starts it
	PausesIn   []Ref // states in which it stands
	RestartsOn []Ref // actions that begin it anew
	Then       Ref   // what the clock does when it runs out; ID "": a guard looks at it
	At         Pos
}

// Length is how long a clock runs: stated by a source, or assumed until somebody sets it.
type Length struct {
	Value  int
	Source Source
	NotSet *NotSet // why a value is assumed, and who may set it
	At     Pos
}

// Guard is one thing that must hold before an action. Which fields count depends on its kind.
type Guard struct {
	Kind    string
	Clock   Ref      // clock_running, clock_over
	Actions []Ref    // different_from
	AtLeast int      // reviews, bids
	Form    Ref      // value
	Field   Ref      // value, single_claim
	Is      []Ref    // value: what the field may say
	Rule    Ref      // entitled
	Link    string   // linked: the kind of record
	Of      Ref      // linked: the workflow of a case
	State   Ref      // linked: the state of a case
	Outcome string   // linked: the outcome of a case
	Words   []string // entry: states; evaluated: consequences
	Grades  []Ref    // evaluated
	Unit    string   // not_revoked_before
	Length  Length   // not_revoked_before
	At      Pos
}

// Effect is one thing that an action does. Which fields count depends on its kind.
type Effect struct {
	Kind       string
	Clock      Ref     // start, stop, publish, rectify
	From       string  // amount, tranches: rule, year or form
	Form       Ref     // amount, tranches, milestones, admit
	Field      Ref     // amount, tranches, milestones, claim, link, relate; assign: what the experts must know
	Fields     []Ref   // draw_key: who holds the parts; admit: who may know
	Experts    int     // assign
	MinReviews int     // assign
	NotSet     *NotSet // assign: why the number is assumed, and who may set it; nil where nobody says
	Number     string  // number: what is numbered
	Pattern    string  // number
	Rule       Ref     // entitle, use_entitlement
	Link       string  // link: the kind of record; relate: the kind of relation
	At         Pos
}

// Workflow is the workflow with an id, nil when there is none.
func (p *Pack) Workflow(id string) *Workflow {
	return find(p.Workflows, func(w *Workflow) bool { return w.ID == id })
}

// State is the state with an id, nil when there is none.
func (w *Workflow) State(id string) *State {
	return find(w.States, func(s *State) bool { return s.ID == id })
}

// Start is the state in which a case begins.
func (w *Workflow) Start() *State {
	return find(w.States, func(s *State) bool { return s.Kind == "start" })
}

// Action is the action with an id, nil when there is none.
func (w *Workflow) Action(id string) *Action {
	return find(w.Actions, func(a *Action) bool { return a.ID == id })
}

// Clock is the clock with an id, nil when there is none.
func (w *Workflow) Clock(id string) *Clock {
	return find(w.Clocks, func(c *Clock) bool { return c.ID == id })
}

// IsFrom reports whether the action can be taken in a state.
func (a *Action) IsFrom(state string) bool { return holds(a.From, state) }

// IsBy reports whether an action names a role or a sort of actor.
func (a *Action) IsBy(who string) bool { return holds(a.By, who) }

// Effect is the first effect of a kind, nil when there is none.
func (a *Action) Effect(kind string) *Effect {
	return find(a.Does, func(e *Effect) bool { return e.Kind == kind })
}

// Guard is the first guard of a kind, nil when there is none.
func (a *Action) Guard(kind string) *Guard {
	return find(a.If, func(g *Guard) bool { return g.Kind == kind })
}

// Official reports whether an action belongs to the authority: whoever may take it examines, decides or
// pays.
func (a *Action) Official() bool {
	for _, b := range a.By {
		if zhuanhua.Role(b.ID).Decides() {
			return true
		}
	}
	return false
}

// holds reports whether one of the references has an id.
func holds(refs []Ref, id string) bool {
	for _, r := range refs {
		if r.ID == id {
			return true
		}
	}
	return false
}
