package intake

import (
	_ "embed" // the table of names
	"fmt"
	"regexp"
	"slices"
	"strings"

	"zhuanhua"
)

//go:embed headers_records.txt
var headersRecordsText string

var (
	organisations = kind{code: 'o'}
	persons       = kind{code: 'p'}
	contracts     = kind{code: 'c'}
)

// kindOf is how the records of a noun are read.
func kindOf(n zhuanhua.Noun) (kind, bool) {
	k, ok := map[zhuanhua.Noun]kind{
		zhuanhua.NounAchievement: achievements, zhuanhua.NounNeed: needs, zhuanhua.NounOrganisation: organisations,
		zhuanhua.NounPerson: persons, zhuanhua.NounContract: contracts,
	}[n]
	return k, ok
}

// naming is the field without which a row cannot be a header.
func (k kind) naming() string {
	if k.code == 'o' || k.code == 'p' {
		return "name"
	}
	return "title"
}

// isAmount reports whether a field holds money, so that a unit stated above the table is its unit.
func isAmount(noun string) bool {
	return slices.Contains([]string{"price", "budget", "amount", "tech_declared", "tech_verified"}, noun)
}

// nouns lists the fields of a kind that a column can be mapped to.
func (k kind) nouns() []string {
	var list []string
	for line := range strings.Lines(headersText + headersRecordsText) {
		noun, kinds, _, ok := cutHeaderLine(line)
		if ok && strings.ContainsRune(kinds, rune(k.code)) && !slices.Contains(list, noun) {
			list = append(list, noun)
		}
	}
	return list
}

// SampleID is the id of the sample row of a template: a row with it is no record.
const SampleID = "示例行（导入时略过）"

// idRule says how records that are kept get their ids: an id of their own, or something official in its
// place. They are never just counted, for the first row of the next file would be the same record.
type idRule struct {
	kind   kind
	prefix string
}

func ruleFor(k kind, opt Options) *idRule {
	if !opt.kept {
		return nil
	}
	return &idRule{k, opt.Prefix}
}

// identityCard is the form of an identity-card number, which may not serve as the id of a person.
var identityCard = regexp.MustCompile(`^[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$|^[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}$`)

// apply returns the id of a record; sample is true for the sample row of a template.
func (r *idRule) apply(p Problem, src zhuanhua.Source) (id string, sample bool, err error) {
	own, official, serial := "", "", ""
	for _, c := range src.Cells {
		if c.List != nil {
			continue
		}
		switch {
		case c.Noun == "id" && own == "":
			own, p.Column = clean(c), c.Column
		case (c.Noun == "uscc" || c.Noun == "national_no") && official == "":
			official = strings.ToUpper(strings.Join(strings.Fields(clean(c)), ""))
		case c.Noun == "serial" && serial == "":
			serial = clean(c)
		}
	}
	switch {
	case own == SampleID:
		return own, true, nil
	case own != "" && r.kind.code == 'p' && identityCard.MatchString(own):
		p.What, p.Do = "the id has the form of an identity-card number, which must not be used as one", "give the person a number of your own, such as a staff number"
		return "", false, &RowError{p}
	case own != "":
		return own, false, nil
	case official != "" && (r.kind.code == 'o' || r.kind.code == 'c'):
		return official, false, nil
	case r.prefix != "" && serial != "":
		return r.prefix + serial, false, nil
	case r.prefix != "":
		return r.prefix + fmt.Sprint(src.Row), false, nil
	case serial != "":
		p.Value, p.What = serial, "there is a serial number but no id; another file has the same numbers"
	default:
		p.What = "the record has no id"
	}
	p.Do = "fill in a column id (编号), or give a prefix from which and the row's number ids are made"
	return "", false, &RowError{p}
}
