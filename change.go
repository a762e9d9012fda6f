package zhuanhua

import (
	"bytes"
	"encoding/json"
)

// Noun names a kind of record that is kept: one table, one file in each layer.
type Noun string

// The nouns that are kept.
const (
	NounAchievement  Noun = "achievement"
	NounNeed         Noun = "need"
	NounOrganisation Noun = "organisation"
	NounPerson       Noun = "person"
	NounContract     Noun = "contract"
	NounUser         Noun = "user"
	NounCase         Noun = "case"
	NounStep         Noun = "step"
	NounEntry        Noun = "entry"
	NounBudget       Noun = "budget"
	NounClaim        Noun = "claim"
	NounPayment      Noun = "payment"
	NounSetting      Noun = "setting"

	NounAccreditation Noun = "accreditation"
)

// Nouns lists every noun that is kept, in the order in which dumps and exports show them.
func Nouns() []Noun {
	return []Noun{NounAchievement, NounNeed, NounOrganisation, NounPerson, NounContract}
}

// Record is a noun that is kept: it knows its kind and the id that other files refer to.
type Record interface {
	Noun() Noun
	Key() string
}

// Noun says that it is an achievement.
func (a Achievement) Noun() Noun { return NounAchievement }

// Key is the id.
func (a Achievement) Key() string { return a.ID }

// Noun says that it is a need.
func (n Need) Noun() Noun { return NounNeed }

// Key is the id.
func (n Need) Key() string { return n.ID }

// Noun says that it is an organisation.
func (o Organisation) Noun() Noun { return NounOrganisation }

// Key is the id.
func (o Organisation) Key() string { return o.ID }

// Noun says that it is a person.
func (p Person) Noun() Noun { return NounPerson }

// Key is the id.
func (p Person) Key() string { return p.ID }

// Noun says that it is a contract.
func (c Contract) Noun() Noun { return NounContract }

// Key is the id.
func (c Contract) Key() string { return c.ID }

// Change is all that one decision alters: made by a decider or by intake, recorded by the store in
// one transaction or not at all.
type Change struct {
	Batch  string // what belongs together and can be undone together; "" asks the store for a new one
	Reason string // why, for the log; may be empty
	Items  []Item
}

// Versions that an Item may expect instead of a number.
const (
	AnyVersion int64 = 0  // whatever is there is replaced
	NewOnly    int64 = -1 // there must be no record of this id, or a deleted one
)

// Item is what a Change does to one record: the full image after it, or its deletion.
type Item struct {
	Noun    Noun
	ID      string // the external id
	Image   string // canonical JSON of the whole record after the change; "" deletes it
	Source  Source // where the image came from; zero when it was not read from a file
	Version int64  // the version that the decision was made on, AnyVersion or NewOnly
}

// Put is the item that makes r the current image of its record.
func Put(r Record, from Source) Item {
	return Item{Noun: r.Noun(), ID: r.Key(), Image: CanonicalJSON(r), Source: from}
}

// Delete is the item that deletes a record; its history stays in the log.
func Delete(noun Noun, id string) Item { return Item{Noun: noun, ID: id} }

// CanonicalJSON is v as JSON on one line, fields in the order of the type, keys of maps sorted and
// nothing escaped that JSON does not ask for: equal values give equal bytes. It returns "" for a value
// that JSON cannot hold, which no noun is.
func CanonicalJSON(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return ""
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
