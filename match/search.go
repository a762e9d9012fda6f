package match

import (
	"context"
	"strings"
	"unicode"

	"zhuanhua"
	"zhuanhua/match/lexical"
	"zhuanhua/match/text"
)

// Search is a typed query taken apart: words to rank by, phrases that must stand in the text, words
// that must not, and a filter.
type Search struct {
	Words   string
	Phrases []string // folded
	Without []string // folded
	Filter  Filter
	Apart   bool // each wording of an achievement by itself; else one stands for all
}

// searchKeys are the words before a colon that narrow a search.
var searchKeys = map[string]string{
	"地区": "region", "region": "region", "领域": "field", "field": "field", "成熟度": "maturity", "maturity": "maturity", "trl": "maturity",
	"方式": "mode", "合作方式": "mode", "mode": "mode", "价格": "price", "price": "price",
}

// longestSearch is how many characters of a typed query are read; a need of 200,000 characters is a
// text to match, not a query to type.
const longestSearch = 10_000

// ParseSearch reads what a user types: plain words; "a phrase" that must occur as it stands; -word
// that must not occur; and 地区:450200 领域:农业 成熟度:6 方式:许可 价格:100万元 (or region: field: maturity: mode:
// price:) that narrow. It fails only where a narrowing value cannot be understood: any other text is
// words. regionOf turns a name or code into a region code.
func ParseSearch(s string, regionOf func(string) (zhuanhua.Region, bool)) (Search, error) {
	var q Search
	var words []string
	if r := []rune(s); len(r) > longestSearch {
		s = string(r[:longestSearch])
	}
	for _, tok := range splitSearch(s) {
		switch {
		case tok.quoted:
			words = append(words, tok.text)
			if p := foldPhrase(tok.text); p != "" {
				q.Phrases = append(q.Phrases, p)
			}
		case len(tok.text) > 1 && tok.text[0] == '-':
			if p := foldPhrase(tok.text[1:]); p != "" {
				q.Without = append(q.Without, p)
			}
		default:
			narrowed, err := q.narrow(tok.text, regionOf)
			if err != nil {
				return Search{}, err
			}
			if !narrowed {
				words = append(words, tok.text)
			}
		}
	}
	q.Words = strings.Join(words, " ")
	return q, nil
}

type searchToken struct {
	text   string
	quoted bool
}

// splitSearch cuts at blanks outside quotation marks. An open mark runs to the end.
func splitSearch(s string) []searchToken {
	var out []searchToken
	var b strings.Builder
	quoted := false
	flush := func() {
		if b.Len() > 0 {
			out = append(out, searchToken{b.String(), quoted})
			b.Reset()
		}
	}
	for _, r := range s {
		switch {
		case strings.ContainsRune("\"“”", r):
			flush()
			quoted = !quoted
		case !quoted && unicode.IsSpace(r):
			flush()
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return out
}

// narrow reads key:value; it says false when the token is no condition.
func (q *Search) narrow(tok string, regionOf func(string) (zhuanhua.Region, bool)) (bool, error) {
	key, value, ok := strings.Cut(strings.Replace(tok, "：", ":", 1), ":")
	kind := searchKeys[strings.ToLower(key)]
	if !ok || kind == "" || value == "" {
		return false, nil
	}
	bad := func(do string) (bool, error) {
		return false, zhuanhua.Invalid("search condition "+key, "“"+value+"” is not understood", do)
	}
	switch kind {
	case "region":
		r, ok := regionOf(value)
		if !ok {
			return bad("write a name such as 柳州 or a code such as 450200")
		}
		q.Filter.Regions = append(q.Filter.Regions, r)
	case "field":
		q.Filter.TechFields = append(q.Filter.TechFields, value)
	case "maturity":
		t := zhuanhua.TRL(0)
		if d := strings.TrimLeft(strings.ToUpper(value), "TRL>=≥"); len(d) == 1 {
			t = zhuanhua.TRL(d[0] - '0')
		}
		if !t.Valid() {
			return bad("write a level from 1 to 9, such as 成熟度:6")
		}
		q.Filter.MinMaturity = t
	case "mode":
		q.Filter.Modes = append(q.Filter.Modes, zhuanhua.Mode(value))
	case "price":
		m, ok := zhuanhua.ParseMoney(strings.TrimLeft(value, "<=≤"))
		if !ok {
			return bad("write an amount such as 价格:100万元")
		}
		q.Filter.MaxPrice = &m
	}
	return true, nil
}

func foldPhrase(s string) string {
	f := text.Fold(s)
	return strings.TrimSpace(string(f.Runes))
}

// Keep reports whether a document passes the phrases, the exclusions and the filter.
func (q *Search) Keep(d *Document) bool {
	return q.Filter.Keep(d) && (len(q.Phrases)+len(q.Without) == 0 || q.keepText(d))
}

// keepText reports whether a document passes the phrases and the exclusions.
func (q *Search) keepText(d *Document) bool {
	var all strings.Builder
	for _, p := range d.Parts {
		f := text.Fold(p.Raw)
		all.WriteString(string(f.Runes))
		all.WriteByte('\n')
	}
	s := all.String()
	for _, p := range q.Phrases {
		if !strings.Contains(s, p) {
			return false
		}
	}
	for _, p := range q.Without {
		if strings.Contains(s, p) {
			return false
		}
	}
	return true
}

// Found is one document that a search finds.
type Found struct {
	ID    string
	Score float64 // 0–1, falling
	Same  []Same  // other wordings of the same, as they rank
}

// Search finds the documents of the library for a typed query, best first. A query of conditions
// alone lists what passes them. Documents that are unrelated to the words are not found.
func (e *Engine) Search(ctx context.Context, q *Search, top int) ([]Found, error) {
	asked := Document{Parts: []Part{{Column: "query", Role: RoleTitle, Raw: q.Words}}}
	s := e.state()
	only := e.among(s, &q.Filter)
	if len(q.Phrases)+len(q.Without) > 0 {
		if only == nil {
			only = &among{}
		}
		only.also = func(doc int) bool {
			d := s.documentOf(doc)
			return d != nil && q.keepText(d)
		}
	}
	vecs, err := e.needVectorsOf(ctx, &asked)
	if err != nil {
		return nil, err
	}
	if q.Words == "" {
		vecs = needVectors{} // nothing is near to no words
	}
	list, _, bg, err := e.first(s, &asked, vecs, top*searchSpare, only)
	if err != nil {
		return nil, err
	}
	said := sayAny(s, &asked, list)
	var hits []scored
	most := 1.0
	for i, r := range list {
		// Who was judged and who was not is measured with two measures: nobody is worth more than who stands before.
		score := min(e.score(&list[i], bg), most)
		most = score
		if q.Words == "" || said[i] || e.opt.Mode != Lexical && score >= leastFair {
			hits = append(hits, scored{r.doc, r.ID, score})
		}
	}
	out := make([]Found, 0, min(top, len(hits)))
	if q.Apart || q.Words == "" { // nothing but their ids is asked for
		for _, h := range hits[:min(top, len(hits))] {
			out = append(out, Found{h.id, h.score, nil})
		}
		return out, nil
	}
	for _, l := range s.lines(hits, top, false) {
		out = append(out, Found{l.id, l.score, l.same})
	}
	return out, nil
}

// searchSpare is how many times more documents are ranked than shown: some share only characters
// with the query, not a word.
const searchSpare = 5

// sayAny tells which of the ranked documents hold a pair of characters or a word of the query.
func sayAny(s *state, q *Document, list []Ranked) []bool {
	var words lexical.Query
	for _, p := range q.Parts {
		f := text.Fold(p.Raw)
		for _, t := range text.Tokens(&f) {
			words = append(words, lexical.QueryTerm{Term: t.Term, Weight: 1})
		}
	}
	docs := make([]int, len(list))
	for i, r := range list {
		docs[i] = r.doc
	}
	out := make([]bool, len(list))
	for i, score := range s.lex.ScoreDocs(words, docs, nil) {
		out[i] = score > 0
	}
	return out
}
