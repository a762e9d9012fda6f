package plan

import (
	"strings"

	"golang.org/x/text/language"

	"zhuanhua"
)

// Pack is one version of one action plan.
type Pack struct {
	ID, Version string
	Replaces    string // the version that this one takes the place of where both are valid; "" none
	Example     bool   // invented, for showing and testing
	Title       Text
	Issuer      Text
	Dated       zhuanhua.Date
	Valid       zhuanhua.Period
	ValidSource Source
	Region      zhuanhua.Region
	Documents   []*Document
	LegalBases  []Ref
	Items       []*Item // of the plan as a whole, such as its header

	Departments  []*Department
	Vocabularies []*Vocabulary
	Facts        []*Fact
	Measures     []*Measure
	Targets      []*Target
	Rules        []*Rule
	Stacking     StackingTable
	Trials       []*Trial

	Calendar  *Calendar // nil: the plan has none
	Forms     []*Form
	Workflows []*Workflow
	Registers []*Register

	Sum string // SHA-256 over the files, so that a decision can name exactly what it was made under

	regions Regions
}

// Document is something that values are taken from.
type Document struct {
	ID         string
	Title      Text
	Issuer     Text
	Number     string
	Dated      zhuanhua.Date
	Note       Text
	Confidence string // sure, likely or unsure
	Amends     []Ref
	At         Pos
}

// Department is an office that carries duties.
type Department struct {
	Code   string
	Name   Text
	Source Source
	At     Pos
}

// Vocabulary is a list of words with codes.
type Vocabulary struct {
	ID     string
	Title  Text
	Values []*Word
	At     Pos
}

// Word is one value of a vocabulary.
type Word struct {
	Code   string
	Name   Text
	Parent string // the code of a word above it; "" none
	Source Source
	At     Pos
}

// Find is the word with a code, nil when there is none or no vocabulary.
func (v *Vocabulary) Find(code string) *Word {
	if v == nil {
		return nil
	}
	for _, w := range v.Values {
		if w.Code == code {
			return w
		}
	}
	return nil
}

// Codes lists the codes in the order of the pack.
func (v *Vocabulary) Codes() []string {
	if v == nil {
		return nil
	}
	var out []string
	for _, w := range v.Values {
		out = append(out, w.Code)
	}
	return out
}

// Fact is something that a rule may ask for.
type Fact struct {
	ID         string
	Type       Type
	Vocabulary Ref // of TypeEnum
	Title      Text
	Question   Text // what a person is asked
	Unit       Text
	Source     Source
	At         Pos
}

// Measure is one of the plan's measures, or the safeguards ("S").
type Measure struct {
	ID      string
	Chapter string
	Title   Text
	Lead    []Ref
	With    []Ref
	Source  Source
	Valid   zhuanhua.Period
	Items   []*Item
	At      Pos
}

// Item is one numbered thing that a measure says, and what in the program carries it.
type Item struct {
	ID      string
	Kind    string // what sort of thing the plan says: system, people, money, target …
	Text    Text
	Carried Carrier
	Proof   []Ref // "trials:R05", "story:match"
	Source  Source
	Valid   zhuanhua.Period
	At      Pos
}

// Carrier is the part of the program that carries an item.
type Carrier struct {
	Kind string // target, rule, register, workflow, form, indicator or text
	Ref  Ref
}

// Target is a number that the plan wants to reach.
type Target struct {
	ID      string
	Measure Ref // the item
	Title   Text
	Op      string // ">" or ">="
	Value   Value
	Unit    Text // "fen" in both languages for money
	By      zhuanhua.Date
	Wording string // strive or plain
	Counts  Counting
	Source  Source
	Valid   zhuanhua.Period
	At      Pos
}

// Counting says what a target counts and since when.
type Counting struct {
	What Text
	From zhuanhua.Date
	Open *NotSet // set when the plan does not say since when
	Note Text
}

// Regions looks regions up; the program hands its table in.
type Regions interface {
	RegionName(zhuanhua.Region) string            // "" or the code itself when there is no such region
	RegionOf(text string) (zhuanhua.Region, bool) // by a name, for suggestions
}

// find is the element with an id.
func find[T any](list []*T, match func(*T) bool) *T {
	for _, x := range list {
		if match(x) {
			return x
		}
	}
	return nil
}

// Rule is the money rule with an id, nil when there is none.
func (p *Pack) Rule(id string) *Rule { return find(p.Rules, func(r *Rule) bool { return r.ID == id }) }

// Fact is the declaration of a fact, nil when there is none.
func (p *Pack) Fact(id string) *Fact { return find(p.Facts, func(f *Fact) bool { return f.ID == id }) }

// Document is the document with an id, nil when there is none.
func (p *Pack) Document(id string) *Document {
	return find(p.Documents, func(d *Document) bool { return d.ID == id })
}

// Department is the department with a code, nil when there is none.
func (p *Pack) Department(code string) *Department {
	return find(p.Departments, func(d *Department) bool { return d.Code == code })
}

// Vocabulary is the vocabulary with an id, nil when there is none.
func (p *Pack) Vocabulary(id string) *Vocabulary {
	return find(p.Vocabularies, func(v *Vocabulary) bool { return v.ID == id })
}

// Target is the target with an id, nil when there is none.
func (p *Pack) Target(id string) *Target {
	return find(p.Targets, func(t *Target) bool { return t.ID == id })
}

// Measure is the measure with an id, nil when there is none.
func (p *Pack) Measure(id string) *Measure {
	return find(p.Measures, func(m *Measure) bool { return m.ID == id })
}

// Item is the numbered item with an id, wherever it stands; nil when there is none.
func (p *Pack) Item(id string) *Item {
	for _, i := range p.AllItems() {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// AllItems lists the items of the plan and of all measures.
func (p *Pack) AllItems() []*Item {
	out := append([]*Item(nil), p.Items...)
	for _, m := range p.Measures {
		out = append(out, m.Items...)
	}
	return out
}

// FactsOf lists the facts that a rule asks for.
func (p *Pack) FactsOf(rule string) ([]*Fact, error) {
	r := p.Rule(rule)
	if r == nil {
		return nil, p.noRule(rule)
	}
	var out []*Fact
	for _, f := range r.Facts {
		out = append(out, p.Fact(f.ID))
	}
	return out, nil
}

// TrialsOf lists the trials of a rule.
func (p *Pack) TrialsOf(rule string) []*Trial {
	var out []*Trial
	for _, t := range p.Trials {
		if t.Rule.ID == rule {
			out = append(out, t)
		}
	}
	return out
}

// regionName is the name of a region in the program's table, "" where it has none.
func (p *Pack) regionName(r zhuanhua.Region) string { return regionIn(p.regions, r) }

// regionIn is the name of a region in a table, "" when there is no table or no such region.
func regionIn(table Regions, r zhuanhua.Region) string {
	// The table answers with the code itself where it knows no name.
	if table == nil {
		return ""
	}
	if name := table.RegionName(r); name != string(r) {
		return name
	}
	return ""
}

// knownRegion reports whether a code is one that exists: a country of ISO 3166, or a division that
// the table knows. Without a table only the form of divisions can be checked.
func knownRegion(table Regions, r zhuanhua.Region) bool {
	switch {
	case !r.Valid():
		return false
	case len(r) == 2:
		// Exactly the two capitals: ParseRegion would also read "vn" and the numbers of UN M.49.
		c, err := language.ParseRegion(string(r))
		return err == nil && c.IsCountry() && c.String() == string(r)
	}
	return table == nil || regionIn(table, r) != ""
}

// knows reports whether a region exists, for this plan: an invented plan knows its own regions too.
func (p *Pack) knows(r zhuanhua.Region) bool {
	// Only an invented plan: in a real one a code that stands in no table is a slip.
	own := p.Example && (r == p.Region || p.Vocabulary("region").Find(string(r)) != nil)
	return own || knownRegion(p.regions, r)
}

// inside reports whether a region lies in the plan's own: same province, or same prefecture where the
// plan is of a prefecture. A country is outside.
func (p *Pack) inside(r string) bool {
	// Codes nest in pairs of digits: 450000 is the province 45, 450200 the city 4502. A zero that belongs to
	// a pair is put back (460000 trims to 46, 500000 to 5 and back to 50).
	prefix := strings.TrimRight(string(p.Region), "0")
	for len(prefix)%2 != 0 {
		prefix += "0"
	}
	return strings.HasPrefix(r, prefix)
}
