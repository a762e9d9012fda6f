package zhuanhua

// Claim says which case has claimed under a rule on a base record, such as a contract: one rule and
// record have one live claim.
type Claim struct {
	ID           string `json:"id"` // "R06/contract/<number>"
	Rule         string `json:"rule"`
	Base         string `json:"base"` // "contract/<number>"
	Case         string `json:"case"`
	Organisation string `json:"organisation"`
	Released     bool   `json:"released,omitempty"` // refused or withdrawn: free again
}

// Noun says that it is a claim.
func (c Claim) Noun() Noun { return NounClaim }

// Key is the id.
func (c Claim) Key() string { return c.ID }
