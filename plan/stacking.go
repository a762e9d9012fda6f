package plan

// Stacking says whether two rules may be claimed on one contract.
type Stacking struct {
	Rules  [2]string `json:"rules"`
	Answer string    `json:"answer"` // allow, refuse or flag (a person decides)
	Why    Text      `json:"why"`
	Stated bool      `json:"stated"` // by a source; else it is the pack's choice until somebody sets it
	Source *Source   `json:"source,omitempty"`
}

// Stack looks two rules up in the stacking table; pairs that it does not name get the default.
func (p *Pack) Stack(a, b string) Stacking {
	// The default answers for what the table does not name, with the reason why it stands in.
	for _, s := range p.Stacking.Pairs {
		if s.Rules[0].ID == a && s.Rules[1].ID == b || s.Rules[0].ID == b && s.Rules[1].ID == a {
			out := Stacking{Rules: [2]string{a, b}, Answer: s.Answer, Why: s.Why, Stated: !s.Source.IsZero()}
			if out.Stated {
				out.Source = &s.Source
			}
			return out
		}
	}
	return Stacking{Rules: [2]string{a, b}, Answer: p.Stacking.Default, Why: p.Stacking.Note}
}
