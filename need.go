package zhuanhua

// Need is a technology need (技术需求) of an enterprise: what it wants solved, to what figures,
// for how much and by when.
type Need struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Text         string   `json:"text,omitempty"` // free text, where the giver made no parts
	Background   string   `json:"background,omitempty"`
	Objective    string   `json:"objective,omitempty"`
	Indicators   string   `json:"indicators,omitempty"` // technical indicators as written, "收率≥67%；纯度≥98.5%"
	Keywords     []string `json:"keywords,omitempty"`
	TechField    string   `json:"field,omitempty"`
	Industries   []string `json:"industry,omitempty"`
	Organisation string   `json:"organisation,omitempty"`
	Budget       *Money   `json:"budget_fen,omitempty"`
	Deadline     Date     `json:"deadline,omitzero"`
	Region       Region   `json:"region,omitempty"`
	Modes        []Mode   `json:"modes,omitempty"`
	MinMaturity  TRL      `json:"maturity,omitempty"` // the least readiness the giver accepts; 0: not stated
}
