package zhuanhua

// Person is a natural person (人员): a completer of achievements, an expert, a broker, an officer. All
// but the id is personal: the store keeps it encrypted, so an id must not be an identity-card number.
type Person struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Organisation string   `json:"organisation,omitempty"` // id or name of the body the person works for
	Title        string   `json:"title,omitempty"`        // professional title (职称)
	Fields       []string `json:"fields,omitempty"`       // what the person knows, in own words
	Contact      string   `json:"contact,omitempty"`      // telephone or mail address, as given
}
