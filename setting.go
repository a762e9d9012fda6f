package zhuanhua

// Setting is something that a data directory remembers of itself, such as whether its clock is real.
type Setting struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// Noun says that it is a setting.
func (s Setting) Noun() Noun { return NounSetting }

// Key is the id.
func (s Setting) Key() string { return s.ID }
