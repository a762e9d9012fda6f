package intake

import (
	_ "embed" // the table of names
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhuanhua"
)

// kind is what the records of a file are, and what the giver says about their columns.
type kind struct {
	code    byte // as in the tables of names
	mapping *Mapping
}

var (
	achievements = kind{code: 'a'}
	needs        = kind{code: 'n'}
)

// column is one column or key as it was understood.
type column struct {
	Name string // as in the file
	Noun string // field of the noun; "" when not understood
	Unit string // of plain numbers, "万元"; "" when not stated
}

//go:embed headers.txt
var headersText string

// headerTable maps folded names to nouns, for each kind.
var headerTable = sync.OnceValue(func() map[byte]map[string]string {
	table := map[byte]map[string]string{'a': {}, 'n': {}, 'o': {}, 'p': {}, 'c': {}}
	for line := range strings.Lines(headersText + headersRecordsText) {
		noun, kinds, names, ok := cutHeaderLine(line)
		if !ok {
			continue
		}
		for k := range table {
			if !strings.ContainsRune(kinds, rune(k)) {
				continue
			}
			for name := range strings.SplitSeq(names, ",") {
				table[k][fold(name)] = noun
			}
		}
	}
	return table
})

func cutHeaderLine(line string) (noun, kinds, names string, ok bool) {
	parts := strings.Split(line, "|")
	if strings.HasPrefix(line, "#") || len(parts) != 3 {
		return "", "", "", false
	}
	return strings.TrimSpace(parts[0]), parts[1], parts[2], true
}

// moneyUnits are the units that a header may carry, folded.
var moneyUnits = []struct{ name, unit string }{
	{"亿元", "亿元"}, {"万元", "万元"}, {"10kcny", "万元"}, {"10krmb", "万元"}, {"10kyuan", "万元"}, {"wan", "万元"}, {"万", "万元"},
	{"元", "元"}, {"yuan", "元"}, {"rmb", "元"}, {"cny", "元"}, {"fen", "分"}, {"分", "分"},
}

// unitOf reads a remark such as 万元 or 单位：万元. One that speaks of money in another way (千元, 万美元)
// is given back as it is: no amount can be read with it, which is better than a wrong amount.
func unitOf(remark string) string {
	remark = strings.TrimPrefix(strings.TrimPrefix(remark, "单位"), "人民币")
	for _, u := range moneyUnits {
		if remark == u.name {
			return u.unit
		}
	}
	if strings.ContainsAny(remark, "元万亿千") || strings.Contains(remark, "usd") || strings.Contains(remark, "million") {
		return remark
	}
	return ""
}

// lookUp finds what a column of this name holds.
func lookUp(k kind, name string) column {
	c := column{Name: name}
	if len(name) > 400 { // a text, not a name; folding it would only cost time
		return c
	}
	if m, ok := k.mapping.column(name); ok {
		return m
	}
	table, key := headerTable()[k.code], fold(name)
	c.Noun = table[key]
	if i := strings.IndexAny(norm.NFKC.String(name), "(["); i >= 0 {
		c.Unit = unitOf(foldRunes(norm.NFKC.String(name)[i:]))
	}
	if c.Noun == "" {
		if rest, unit := cutUnit(key); table[rest] != "" {
			c.Noun, c.Unit = table[rest], unit
		} else if rest := strings.TrimLeft(key, "0123456789"); rest != "" {
			c.Noun = table[rest] // "1. 成果名称"
		}
	}
	return c
}

// cutUnit takes a unit of money off the end of a folded name.
func cutUnit(folded string) (rest, unit string) {
	for _, u := range moneyUnits {
		if rest, ok := strings.CutSuffix(folded, u.name); ok {
			return rest, u.unit
		}
	}
	return folded, ""
}

// fold reduces a name to what is compared: no remarks in brackets, letters and digits only.
func fold(name string) string {
	s := norm.NFKC.String(name)
	if outside := foldRunes(outsideBrackets(s)); outside != "" {
		return outside
	}
	return foldRunes(s)
}

func foldRunes(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func outsideBrackets(s string) string {
	depth := 0
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("([{【〔〖《<", r):
			depth++
			return -1
		case strings.ContainsRune(")]}】〕〗》>", r):
			depth = max(0, depth-1)
			return -1
		case depth > 0:
			return -1
		}
		return r
	}, s)
}

// lookups remembers names already looked up: the keys of a jsonl file come with every record.
type lookups struct {
	kind kind
	seen map[string]column
}

// maxLookups bounds the memory of a file whose keys never repeat.
const maxLookups = 10_000

func (l *lookups) of(name string) column {
	if c, ok := l.seen[name]; ok {
		return c
	}
	c := lookUp(l.kind, name)
	if l.seen == nil || len(l.seen) >= maxLookups {
		l.seen = map[string]column{}
	}
	l.seen[name] = c
	return c
}

// maxNamed is how many names a message lists.
const maxNamed = 20

// untitled says that no column holds the title, what there is, and what would be understood.
func untitled(where string, k kind, found []string) error {
	var names []string
	for _, n := range found {
		if n = strings.TrimSpace(shorten(n)); n != "" && len(names) < maxNamed {
			names = append(names, n)
		}
	}
	what := "no column for the title is found; the columns are: " + strings.Join(names, ", ")
	if len(names) == 0 {
		what = "no column for the title is found"
	}
	return zhuanhua.Invalid(where, what, fmt.Sprintf("name the columns for example %s", strings.Join(understood(k), ", ")))
}

// understood lists for each noun the first Chinese name of the table and its English one.
func understood(k kind) []string {
	var list, nouns []string
	for line := range strings.Lines(headersText + headersRecordsText) {
		noun, kinds, names, ok := cutHeaderLine(line)
		if !ok || !strings.ContainsRune(kinds, rune(k.code)) || slices.Contains(nouns, noun) || noun == "serial" || noun == "words" {
			continue
		}
		nouns = append(nouns, noun)
		english, chinese := "", ""
		for name := range strings.SplitSeq(names, ",") {
			name = strings.TrimSpace(name)
			if han := strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }); han && chinese == "" {
				chinese = name
			} else if !han && english == "" {
				english = name
			}
		}
		list = append(list, strings.Trim(english+"/"+chinese, "/"))
		if len(list) >= 8 {
			break
		}
	}
	return list
}
