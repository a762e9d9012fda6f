package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/match"
)

// Lengths in code points beyond which the page shows less; the workbook and the files have the rest.
const (
	maxTitle   = 200
	maxLine    = 300
	shortText  = 160   // a need's text up to here stands open
	maxText    = 4_000 // and is cut here
	maxReasons = 12

	maxIndicators = 12
)

// page is all that the template shows, every text clean and of bounded length.
type page struct {
	Example         bool
	MadeAt, MadeISO string
	How, HowEnglish string
	Needs, Pairs    string
	Achievements    string
	Headline        string
	Tiles           []tile
	Bar             []segment
	Chips           []chip
	About           [][2]string
	Items           []needView
	NoMatch         string
}

// tile is one group of needs in the summary.
type tile struct {
	Level   match.Level
	Word    string
	English string
	Count   string
	Empty   bool
}

// segment is a group's part of the summary bar, in tenths of a percent.
type segment struct {
	Level    match.Level
	At, Size string
}

// chip is one level of the filter with its number of matches.
type chip struct {
	Level         match.Level
	Word, English string
	Count         string
}

// needView is one need as the page shows it.
type needView struct {
	N, Anchor  string
	ID, Title  string
	Best       match.Level
	Score      string // for sorting
	Deadline   string // for sorting
	Size       string // class that reserves height until the browser lays it out
	Facts      []fact
	Indicators []string
	Text, More string // Text stands open, More behind a click
	Place      string
	Verdict    string
	English    string
	Lacks      []string // what the library lacks, where no match is good
	Lacking    string   // the sentence before them
	Matches    []matchView
}

// fact is one label and value under a title.
type fact struct{ Class, Label, Value, Unit, Note string }

// matchView is one match as the page shows it.
type matchView struct {
	Rank          int
	Open          bool
	Level         match.Level
	Word, English string
	ID, Title     string
	Facts         []fact
	Score, Width  string
	Pro, Con      string
	Reasons       []reasonView
	Left          int // reasons not shown
	Against       []againstView
	Wordings      string   // that there are others of the same achievement
	Others        []string // these, id and title
	Place         string
}

type reasonView struct {
	Kind, Note string
	Fall       string
	Need, Ach  quote
}

type againstView struct{ Kind, Message string }

// newPage turns the input into what the template shows.
func newPage(in Input) page {
	p := page{
		Example: in.Example, NoMatch: noMatch,
		MadeAt: in.MadeAt.In(beijing()).Format("2006-01-02 15:04"), MadeISO: in.MadeAt.In(beijing()).Format("2006-01-02T15:04:05-07:00"),
		How: brief(in.How, 500), HowEnglish: brief(in.HowEnglish, 500),
		Needs: number(len(in.Results)), Achievements: number(in.Achievements),
	}
	made := dayOf(in)
	needs, pairs := map[match.Level]int{}, map[match.Level]int{}
	for i, r := range in.Results {
		v := newNeed(i+1, r, made)
		needs[v.Best]++
		for _, m := range v.Matches {
			pairs[m.Level]++
		}
		p.Items = append(p.Items, v)
	}
	p.summarise(needs, pairs)
	for _, line := range aboutLines(in) {
		switch line[0] {
		case "匹配度", "匹配依据", "由人决定":
			p.About = append(p.About, line)
		}
	}
	return p
}

func dayOf(in Input) zhuanhua.Date {
	y, m, d := in.MadeAt.In(beijing()).Date()
	return zhuanhua.Date{Year: y, Month: m, Day: d}
}

// summarise fills headline, tiles, bar and chips.
func (p *page) summarise(needs, pairs map[match.Level]int) {
	total, all, at := len(p.Items), 0, 0
	for _, w := range levels() {
		n := needs[w.Level]
		p.Tiles = append(p.Tiles, tile{w.Level, w.Best, w.English, number(n), n == 0})
		if n > 0 {
			p.Bar = append(p.Bar, segment{w.Level, percent(at, total), percent(n, total)})
		}
		at += n
		if w.Level != match.None {
			all += pairs[w.Level]
			p.Chips = append(p.Chips, chip{w.Level, w.Chinese, w.English, number(pairs[w.Level])})
		}
	}
	p.Pairs = number(all)
	switch {
	case total == 0:
		p.Headline = "没有可以比对的需求"
	case needs[match.Strong] > 0:
		p.Headline = fmt.Sprintf("%s项需求中，%s项找到了强相关成果", number(total), number(needs[match.Strong]))
	case all > 0:
		p.Headline = fmt.Sprintf("%s项需求都没有强相关成果，%s项有可参考的成果", number(total), number(total-needs[match.None]))
	default:
		p.Headline = fmt.Sprintf("%s项需求在库中都暂无合适成果", number(total))
	}
}

func percent(n, of int) string {
	return strconv.FormatFloat(float64(n)*100/float64(of), 'f', 2, 64) + "%"
}

func newNeed(n int, r NeedResult, made zhuanhua.Date) needView {
	need, pairs := needOf(r), r.proposed()
	t := count(pairs)
	v := needView{
		N: strconv.Itoa(n), Anchor: "n" + strconv.Itoa(n), ID: brief(need.ID, 60), Title: title(need.Title, "需求未写名称"),
		Best: t.level(), Score: strconv.FormatFloat(t.best, 'f', 4, 64), Deadline: need.Deadline.String(), Size: "m",
		Facts: needFacts(need, made), Indicators: indicators(need.Indicators),
	}
	w := wordOf(v.Best)
	v.Verdict, v.English = w.Best, w.English
	v.Text, v.More = needText(need)
	if r.Need != nil {
		v.Place = place(r.Need.Source)
	}
	switch {
	case len(pairs) == 0:
		v.Size = "s"
	case len(pairs) > 5:
		v.Size = "l"
	}
	for i, p := range pairs {
		v.Matches = append(v.Matches, newMatch(i, p, r))
	}
	if r.NoGood != nil {
		v.Lacks, v.Lacking = lacks(r.NoGood), noGood
	}
	return v
}

func title(s, missing string) string {
	if s = brief(s, maxTitle); s == "" {
		return missing
	}
	return s
}

// needFacts are the line under a need's title: who, where, for how much, by when.
func needFacts(n zhuanhua.Need, made zhuanhua.Date) []fact {
	var facts []fact
	if s := brief(n.Organisation, 100); s != "" {
		facts = append(facts, fact{Class: "org", Label: "单位", Value: s})
	}
	if s := regionName(n.Region); s != "" {
		facts = append(facts, fact{Class: "region", Label: "地区", Value: s})
	}
	if n.Budget != nil {
		facts = append(facts, fact{Class: "budget", Label: "预算", Value: wan(*n.Budget), Unit: "万元"})
	}
	if !n.Deadline.IsZero() {
		f := fact{Class: "deadline", Label: "截止", Value: n.Deadline.String()}
		if n.Deadline.Before(made) {
			f.Note = "已过"
		}
		facts = append(facts, f)
	}
	return facts
}

// indicators are the technical indicators, one each where the giver separated them.
func indicators(s string) []string {
	var out []string
	left := 0
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '；' || r == ';' || r == '\n' || r == '。' }) {
		if len(out) == maxIndicators {
			left++
		} else if part = brief(part, maxLine); part != "" {
			out = append(out, part)
		}
	}
	if left > 0 {
		out = append(out, fmt.Sprintf("另有%s项，见原文件", number(left)))
	}
	return out
}

// needText is what the need says apart from its indicators: a short text open, a long one folded.
func needText(n zhuanhua.Need) (open, folded string) {
	var parts []string
	for _, s := range []string{n.Background, n.Objective, n.Text} {
		if s = strings.TrimSpace(clean(s)); s != "" {
			parts = append(parts, s)
		}
	}
	s := strings.Join(parts, "\n")
	length := utf8.RuneCountInString(s)
	if length <= shortText {
		return s, ""
	}
	if length > maxText {
		s = limit(s, maxText) + fmt.Sprintf("\n（全文%s字，这里列出前%s字）", number(length), number(maxText))
	}
	return "", s
}

func newMatch(i int, p Pair, r NeedResult) matchView {
	m, row := p.Match, rowOf(p)
	a, w := row.Value, wordOf(p.Match.Level)
	v := matchView{
		Rank: i + 1, Open: i == 0 && m.Level != match.Weak, Level: m.Level, Word: w.Chinese, English: w.English,
		ID: brief(a.ID, 60), Title: title(a.Title, "成果未写名称"), Place: place(row.Source),
		Score: strconv.FormatFloat(unit(m.Score), 'f', 2, 64), Width: strconv.FormatFloat(unit(m.Score)*100, 'f', 0, 64) + "%",
	}
	if s := someOf(a.Units, 3); s != "" {
		v.Facts = append(v.Facts, fact{Class: "org", Label: "完成单位", Value: s})
	}
	if s := maturity(a.Stage, a.Maturity); s != "" {
		v.Facts = append(v.Facts, fact{Class: "maturity", Label: "成熟度", Value: limit(s, 40)})
	}
	if s := brief(a.TechField, 40); s != "" {
		v.Facts = append(v.Facts, fact{Class: "field", Label: "领域", Value: s})
	}
	v.Facts = append(v.Facts, fact{Class: "price", Label: "报价", Value: price(row)})
	if len(m.Same) > 0 {
		v.Wordings, v.Others = fmt.Sprintf("另有 %s 条同一成果的不同表述", number(len(m.Same))), strings.Split(wordingLines(p), "\n")
	}
	v.reasons(p, r, row.Source.Cells)
	return v
}

// reasons fills what speaks for the match and what against it, and the strongest of each for the
// folded row.
func (v *matchView) reasons(p Pair, r NeedResult, cells []zhuanhua.Cell) {
	var needCells []zhuanhua.Cell
	if r.Need != nil {
		needCells = r.Need.Source.Cells
	}
	for i, reason := range p.Match.Reasons {
		if i == maxReasons {
			v.Left = len(p.Match.Reasons) - i
			break
		}
		v.Reasons = append(v.Reasons, reasonView{
			Kind: kindWord(reason.Kind), Note: brief(reason.Note, maxLine), Fall: fallWords(reason.Fall),
			Need: quoteSpan(needCells, reason.Need), Ach: quoteSpan(cells, reason.Achievement),
		})
	}
	for _, o := range p.Match.Against {
		v.Against = append(v.Against, againstView{againstWord(o.Kind), brief(o.Message, maxLine)})
	}
	if len(v.Reasons) > 0 {
		first := v.Reasons[0]
		v.Pro = first.Kind + "：" + first.Note
		if first.Note == "" {
			v.Pro = first.Kind + "：“" + brief(first.Ach.Mark, 40) + "”"
		}
	}
	if len(v.Against) > 0 {
		v.Con = v.Against[0].Message
	}
}
