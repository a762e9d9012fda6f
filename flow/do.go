package flow

import (
	"errors"
	"time"

	"zhuanhua"
	"zhuanhua/plan"
)

var errSkeleton = errors.New("not built yet")

// Begin decides whether a case may begin.
func Begin(s Situation, by Actor, b Beginning) (Decided, error) { return Decided{}, errSkeleton }

// Do decides an act.
func Do(s Situation, by Actor, a Act) (Decided, error) { return Decided{}, errSkeleton }

// Offers lists every action of the state that the case is in.
func Offers(s Situation, by Actor) []Offer { return nil }

// Due lists the actions of clocks that have run out, in the order in which they ran out. Ask again after
// each.
func Due(s Situation, now time.Time) []Act { return nil }

// Gather says what a decision about an act looks at. For Offers, the act has no action: then it names what
// the actions of the state look at.
func Gather(p *plan.Pack, c *zhuanhua.Case, a Act, now time.Time) Needs { return Needs{} }

// Parameter is a value that an action takes beside the fields of its form, because one of its effects asks
// for it.
type Parameter struct {
	Name     string
	Title    plan.Text
	Required bool
}

// Parameters lists what an action takes beside its form.
func Parameters(a *plan.Action) []Parameter { return nil }

// Refused is why an act is not allowed: every check, met or not. Its kind is invalid, forbidden or
// conflict.
type Refused struct {
	Kind    zhuanhua.Kind
	Action  string
	Reasons []zhuanhua.Reason
}

// Error says what is missing.
func (r *Refused) Error() string { return "refused" }
