package match

import (
	"strings"

	"zhuanhua"
	"zhuanhua/match/text"
)

// Document is a need or an achievement as the engine sees it: quotable texts and plain facts.
type Document struct {
	ID    string
	Parts []Part
	Facts Facts
	Stamp string // the caller's own note, kept with the document and found by Engine.Stamp
}

// Part is one text of a document, raw, with the column it stood in.
type Part struct {
	Column string
	Role   Role
	Raw    string
	Listed bool // the file held a list: indexed, but no offsets into it make sense
}

// Role is what a text does in its record. Titles count twice in ranking.
type Role uint8

// The roles.
const (
	RoleTitle Role = iota
	RoleKeywords
	RoleText
	RoleIndicators
)

// Facts are the values that filters, common fields and objections are made of. A zero value is not
// stated, and what is not stated neither speaks for nor against.
type Facts struct {
	Region     zhuanhua.Region   // of a need: where it is
	Landing    zhuanhua.Region   // of an achievement: where it has landed or is to land
	Regions    []zhuanhua.Region // every region of the record, for filters
	TechField  Fact
	IPC        []Fact
	Industries []Fact
	Maturity   zhuanhua.TRL
	Modes      []zhuanhua.Mode
	Price      *zhuanhua.Money // of an achievement
	Budget     *zhuanhua.Money // of a need
	Expired    []string        // rights that have ended, as written
	Rights     []Right         // of an achievement: those whose number or end is stated
	Stage      Fact            // of an achievement: how far it has come, one of the stages of the registration form
	Holders    []string        // who has it: completing units, the organisation of a need
	People     []string        // completers
	Same       string          // id of the record that this one is known to word anew
	Deadline   zhuanhua.Date
}

// Right is what is stated of an intellectual-property right.
type Right struct {
	Number string // of the patent or registration, its figures and letters only; "" where none is stated
	Text   string // as written
	Until  zhuanhua.Date
}

// Fact is a value with the place where it can be quoted; Column is "" when it cannot.
type Fact struct {
	Value  string
	Column string
	Raw    string // the whole raw value of the column
}

// noun fields that hold no text of their own: they become facts.
var factFields = map[string]bool{
	"id": true, "field": true, "ipc": true, "industry": true, "units": true, "persons": true, "ip": true, "maturity": true,
	"stage": true, "modes": true, "price": true, "source_region": true, "landing_region": true, "application_region": true,
	"organisation": true, "budget": true, "deadline": true, "region": true, "class": true, "duplicate_of": true, "words": true, "": true,
}

// AchievementDocument is an achievement as the engine sees it.
func AchievementDocument(a *zhuanhua.Achievement, src *zhuanhua.Source) Document {
	d := Document{ID: a.ID, Parts: parts(src)}
	d.Facts = Facts{
		Landing: a.Regions.Landing, Regions: []zhuanhua.Region{a.Regions.Source, a.Regions.Landing, a.Regions.Application},
		Maturity: a.Maturity, Modes: a.Modes, Price: a.Price,
		TechField: fact(src, "field", a.TechField), IPC: facts(src, "ipc", a.IPC), Industries: facts(src, "industry", a.Industries),
		Holders: a.Units, People: a.Persons, Same: a.DuplicateOf,
	}
	if a.Stage != "" {
		d.Facts.Stage = stageFact(src, a.Stage)
	}
	for _, r := range a.Rights {
		if r.Expired {
			d.Facts.Expired = append(d.Facts.Expired, r.Text)
		}
		if right := (Right{rightNumber(r.Text), r.Text, r.ValidTo}); right.Number != "" || !r.Expired && !r.ValidTo.IsZero() {
			d.Facts.Rights = append(d.Facts.Rights, right)
		}
	}
	return d
}

// NeedDocument is a need as the engine sees it.
func NeedDocument(n *zhuanhua.Need, src *zhuanhua.Source) Document {
	d := Document{ID: n.ID, Parts: parts(src)}
	d.Facts = Facts{
		Region: n.Region, Regions: []zhuanhua.Region{n.Region}, Maturity: n.MinMaturity, Modes: n.Modes, Budget: n.Budget, Deadline: n.Deadline,
		TechField: fact(src, "field", n.TechField), Industries: facts(src, "industry", n.Industries),
	}
	if n.Organisation != "" {
		d.Facts.Holders = []string{n.Organisation}
	}
	return d
}

// parts takes the texts of a record in the order of the file.
func parts(src *zhuanhua.Source) []Part {
	var out []Part
	for _, c := range src.Cells {
		if factFields[c.Noun] {
			continue
		}
		p := Part{Column: c.Column, Raw: c.Raw, Role: roleOf(c.Noun)}
		if c.List != nil {
			p.Listed = true
			for i, s := range c.List {
				if i > 0 {
					p.Raw += "；"
				}
				p.Raw += s
			}
		}
		if p.Raw != "" {
			out = append(out, p)
		}
	}
	return out
}

func roleOf(noun string) Role {
	switch noun {
	case "title":
		return RoleTitle
	case "keywords":
		return RoleKeywords
	case "indicators":
		return RoleIndicators
	}
	return RoleText
}

func fact(src *zhuanhua.Source, noun, value string) Fact {
	if value == "" {
		return Fact{}
	}
	for _, c := range src.Cells {
		if c.Noun == noun && c.Quotable() {
			return Fact{value, c.Column, c.Raw}
		}
	}
	return Fact{Value: value}
}

// stageFact quotes the stage from the column that says it: many tables have it under 成熟度.
func stageFact(src *zhuanhua.Source, stage zhuanhua.Stage) Fact {
	for _, noun := range []string{"stage", "maturity"} {
		if f := fact(src, noun, string(stage)); f.Column != "" {
			return f
		}
	}
	return Fact{Value: string(stage)}
}

// leastRightFigures is how many figures the number of a right has at least: a year of grant has fewer.
const leastRightFigures = 9

// rightNumber finds the number of a patent or a registration in the text of a right (ZL 2021 1 0123456.7,
// CN115000000A, 2022SR0123456) and gives its figures without the check figure, "" where there is none.
func rightNumber(s string) string {
	var digits []rune
	f := text.Fold(s)
	for _, r := range f.Runes {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, r)
		case len(digits) > 0 && strings.ContainsRune(" sr", r): // within a number
		case len(digits) >= leastRightFigures:
			return string(digits) // what follows is the check figure or the kind of document
		default:
			digits = digits[:0]
		}
	}
	if len(digits) < leastRightFigures {
		return ""
	}
	return string(digits)
}

func facts(src *zhuanhua.Source, noun string, values []string) []Fact {
	out := make([]Fact, 0, len(values))
	for _, v := range values {
		out = append(out, fact(src, noun, v))
	}
	return out
}

// fields cuts a document into the term lists of the lexical index: title first, the rest second.
// Han characters are indexed one by one as well as in pairs: a pair misses 制糖 for 糖厂, a character
// does not; the query gives them little weight (see charWeight).
func (d *Document) fields() [][]text.Term {
	out := make([][]text.Term, 2)
	for _, p := range d.Parts {
		at := 1
		if p.Role == RoleTitle {
			at = 0
		}
		out[at] = appendTerms(out[at], p.Raw)
	}
	return out
}

func appendTerms(out []text.Term, raw string) []text.Term {
	f := text.Fold(raw)
	for _, t := range text.Tokens(&f) {
		out = append(out, t.Term)
	}
	return text.AppendCharacters(out, &f)
}

// Title is the raw title, or "".
func (d *Document) Title() string {
	for _, p := range d.Parts {
		if p.Role == RoleTitle {
			return p.Raw
		}
	}
	return ""
}
