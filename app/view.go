package app

import (
	"cmp"
	"context"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

// View is a case as a user may see it: its state, what led there, and what can be done now.
type View struct {
	zhuanhua.Case
	Version    int64           `json:"version"` // to act on what was seen and nothing later
	StateTitle plan.Text       `json:"state_title,omitzero"`
	SeenAs     string          `json:"seen_as"`
	Rehearsal  bool            `json:"rehearsal,omitempty"`
	Stuck      string          `json:"stuck,omitempty"` // what a clock that ran out could not do, and why
	History    []zhuanhua.Step `json:"history"`
	Offers     []OfferView     `json:"offers"`
}

// OfferView is an action of the state: allowed, or why not.
type OfferView struct {
	Action  string            `json:"action"`
	Title   plan.Text         `json:"title"`
	Allowed bool              `json:"allowed"`
	Note    string            `json:"note,omitempty"` // required, optional
	Form    string            `json:"form,omitempty"`
	Fields  []FieldView       `json:"fields,omitempty"`
	Reasons []zhuanhua.Reason `json:"reasons,omitempty"`
}

// FieldView is what an action asks for, with what is known of it already.
type FieldView struct {
	ID       string    `json:"id"`
	Title    plan.Text `json:"title"`
	Type     string    `json:"type,omitempty"`
	Required bool      `json:"required,omitempty"`
	Value    string    `json:"value,omitempty"` // filled in before, or from the records
}

// Listed is one line of a list of cases.
type Listed struct {
	ID           string          `json:"id"`
	Workflow     string          `json:"workflow"`
	Rule         string          `json:"rule,omitempty"`
	Title        string          `json:"title"`
	Organisation string          `json:"organisation"`
	State        string          `json:"state"`
	StateTitle   plan.Text       `json:"state_title,omitzero"`
	Outcome      string          `json:"outcome,omitempty"`
	Amount       *zhuanhua.Money `json:"amount_fen,omitempty"`
	Version      int64           `json:"version"`
}

func (d *Desk) listed(c *zhuanhua.Case, version int64) Listed {
	return Listed{c.ID, c.Workflow, c.Rule, c.Title, c.Organisation, c.State, d.stateTitle(c), c.Outcome, c.Amount, version}
}

// stateTitle is what the plan calls the state of a case.
func (d *Desk) stateTitle(c *zhuanhua.Case) plan.Text {
	if w := d.plan.Workflow(c.Workflow); w != nil {
		if s := w.State(c.State); s != nil {
			return s.Title
		}
	}
	return plan.Text{}
}

// view reads a case for a user.
func (d *Desk) view(ctx context.Context, u *zhuanhua.User, id string) (View, error) {
	c, version, err := d.readCase(ctx, u, id)
	if err != nil {
		return View{}, err
	}
	now := d.store.Now(ctx)
	how := d.sight(&c, u, now)
	v := View{Case: d.redact(c, u, how), Version: version, StateTitle: d.stateTitle(&c), SeenAs: string(how), Offers: []OfferView{}}
	if v.Rehearsal, err = (&App{d.store}).Rehearsal(ctx); err != nil {
		return v, err
	}
	if v.History, err = d.steps(ctx, &c, u, how); err != nil {
		return v, err
	}
	if how == sightAudit || d.plan.Workflow(c.Workflow) == nil {
		return v, nil
	}
	offers, err := d.offers(ctx, u, &c, version)
	if err != nil {
		return v, err
	}
	for _, o := range offers {
		x, err := d.offerView(ctx, &c, o)
		if err != nil {
			return v, err
		}
		v.Offers = append(v.Offers, x)
	}
	return v, nil
}

// Open is a case as it stands and what a user can do in it: for programs that act for people.
func (d *Desk) Open(ctx context.Context, as, id string) (zhuanhua.Case, []flow.Offer, error) {
	u, err := acting(ctx, d.store, as)
	if err != nil {
		return zhuanhua.Case{}, nil, err
	}
	c, version, err := d.readCase(ctx, &u, id)
	if err != nil {
		return c, nil, err
	}
	offers, err := d.offers(ctx, &u, &c, version)
	return d.redact(c, &u, d.sight(&c, &u, d.store.Now(ctx))), offers, err
}

// offers are the actions of the state of a case, for a user.
func (d *Desk) offers(ctx context.Context, u *zhuanhua.User, c *zhuanhua.Case, version int64) ([]flow.Offer, error) {
	g := &gathering{desk: d, now: d.store.Now(ctx), user: u}
	s, err := g.situation(ctx, c, version, flow.Act{})
	if err != nil {
		return nil, err
	}
	return flow.Offers(s, flow.Actor{User: u, Now: g.now}), nil
}

func (d *Desk) offerView(ctx context.Context, c *zhuanhua.Case, o flow.Offer) (OfferView, error) {
	v := OfferView{Action: o.Action.ID, Title: o.Action.Title, Allowed: o.Allowed, Note: o.Action.Note, Reasons: o.Reasons}
	if v.Note == "none" {
		v.Note = ""
	}
	if !o.Allowed {
		return v, nil
	}
	form := d.plan.FormFor(o.Action, c)
	known, err := d.prefill(ctx, c, o.Action, nil)
	if err != nil {
		return v, err
	}
	present, err := d.presentFields(ctx, c, o.Action)
	if err != nil {
		return v, err
	}
	if form != nil {
		v.Form = form.ID
		for _, f := range form.Fields {
			x := FieldView{ID: f.ID, Title: f.Title, Type: string(f.Type), Required: f.Required, Value: cmp.Or(present[f.ID], known[f.ID])}
			if was := c.Forms[form.ID].Values[f.ID]; was != "" {
				x.Value = was
			}
			v.Fields = append(v.Fields, x)
		}
	}
	for _, p := range flow.Parameters(o.Action) {
		v.Fields = append(v.Fields, FieldView{ID: p.Name, Title: p.Title})
	}
	return v, nil
}
