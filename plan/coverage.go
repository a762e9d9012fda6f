package plan

import "slices"

// Covered is one line of the table of coverage: an item that implies a body, a list or a person, the
// register that carries it, how entries come in and change, and the stories that prove it.
type Covered struct {
	Item      string   `json:"item"`
	Text      Text     `json:"text"`
	Register  string   `json:"register"`
	Title     Text     `json:"title"`
	Workflow  string   `json:"workflow"`
	Changes   []string `json:"changes"`   // workflows
	Evaluated bool     `json:"evaluated"` // entries go through rounds of evaluation
	CountsFor []string `json:"counts_for"`
	Stories   []string `json:"stories"` // that name the item and that the item names
	State     string   `json:"state"`
}

// Coverage lists item by item which registers carry it. An item that no register carries is not in it.
func (p *Pack) Coverage(states map[string]ItemState, stories Stories) []Covered {
	out := []Covered{}
	for _, i := range p.AllItems() {
		for _, r := range p.Registers {
			if !r.carries(i.ID) {
				continue
			}
			out = append(out, Covered{Item: i.ID, Text: i.Text, Register: r.ID, Title: r.Title, Workflow: r.Enters.ID, Changes: r.changeWorkflows(),
				Evaluated: r.Evaluation != nil, CountsFor: r.CountsFor(), Stories: i.provedBy(stories), State: states[i.ID].State})
		}
	}
	return out
}

// changeWorkflows lists the workflows that change entries, each once.
func (r *Register) changeWorkflows() []string {
	out := []string{}
	for _, c := range r.Changes {
		if !slices.Contains(out, c.Workflow.ID) {
			out = append(out, c.Workflow.ID)
		}
	}
	return out
}

// CountsFor lists the targets that entries count towards.
func (r *Register) CountsFor() []string {
	out := []string{}
	for _, c := range r.Counts {
		if !slices.Contains(out, c.Target.ID) {
			out = append(out, c.Target.ID)
		}
	}
	return out
}

// provedBy lists the stories that an item names and that name it.
func (i *Item) provedBy(stories Stories) []string {
	out := []string{}
	for name, items := range stories {
		if slices.Contains(items, i.ID) && slices.ContainsFunc(i.Proof, func(p Ref) bool { return p.ID == "story:"+name }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
