package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
)

// Limits of the file format.
const (
	maxSheetRows  = 1_048_576
	maxCellChars  = 32_767 // counted in UTF-16 code units
	maxCellBreaks = 200    // the format allows 253
	maxTextColumn = 2_000  // code points of one reason list: longer rows cannot be read
)

// The sheets of the workbook.
const (
	sheetMatches = "匹配结果"
	sheetNeeds   = "需求概览"
	sheetAbout   = "说明"
)

// XLSX writes the workbook: the matches one a row, the needs one a row, and how to read them.
func XLSX(w io.Writer, in Input) error {
	rows := 0
	for _, r := range in.Results {
		rows += len(r.proposed())
	}
	if rows >= maxSheetRows || len(in.Results) >= maxSheetRows {
		return zhuanhua.Invalid(sheetMatches, fmt.Sprintf("%d matches do not fit into one sheet of %d rows", rows, maxSheetRows),
			"ask for fewer matches a need (--top) or divide the file of needs")
	}
	f := excelize.NewFile()
	defer f.Close()
	b := &book{file: f, in: in}
	steps := []func() error{
		b.prepare, b.makeStyles,
		func() error { return b.sheet(matchColumns(), rows, b.matches) },
		func() error { return b.sheet(needColumns(), len(in.Results), b.needs) },
		b.about,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// book is a workbook being written.
type book struct {
	file  *excelize.File
	in    Input
	style styles
}

// prepare makes the three sheets in order and says who made the file and when.
func (b *book) prepare() error {
	if err := b.file.SetSheetName("Sheet1", sheetMatches); err != nil {
		return err
	}
	for _, name := range []string{sheetNeeds, sheetAbout} {
		if _, err := b.file.NewSheet(name); err != nil {
			return err
		}
	}
	at := b.in.MadeAt.UTC().Format(time.RFC3339)
	return b.file.SetDocProps(&excelize.DocProperties{
		Title: "供需匹配结果", Creator: "zhuanhua", LastModifiedBy: "zhuanhua", Created: at, Modified: at, Language: "zh-CN",
	})
}

// table is one sheet of rows under a header.
type table struct {
	name   string
	freeze int // columns that stay on the left
	cols   []column
}

// column is one column of a table.
type column struct {
	head  string
	width float64
	style func(styles) int
}

func matchColumns() table {
	return table{sheetMatches, 2, []column{
		{"需求编号", 14, text}, {"需求名称", 30, text}, {"需求单位", 20, text}, {"地区", 16, text}, {"预算（万元）", 13, money},
		{"名次", 7, whole}, {"成果编号", 14, text}, {"成果名称", 34, text}, {"完成单位", 24, text}, {"技术领域", 16, text},
		{"成熟度", 16, text}, {"报价（万元）", 13, money}, {"匹配度（0–1）", 13, score}, {"相关程度", 12, text},
		{"匹配依据", 64, text}, {"不利之处", 40, text}, {"同一成果的不同表述", 34, text},
	}}
}

func needColumns() table {
	return table{sheetNeeds, 2, []column{
		{"需求编号", 14, text}, {"需求名称", 40, text}, {"需求单位", 24, text}, {"地区", 18, text}, {"预算（万元）", 13, money},
		{"截止日期", 13, text}, {"强相关（项）", 12, whole}, {"较强相关（项）", 14, whole}, {"弱相关（项）", 12, whole},
		{"最高匹配度（0–1）", 17, score}, {"结论", 22, text}, {"库中缺少", 44, text},
	}}
}

// sheet writes a table: header, frozen panes, filter and layout, then the rows that fill makes.
func (b *book) sheet(t table, rows int, fill func(*excelize.StreamWriter) error) error {
	last, err := excelize.CoordinatesToCellName(len(t.cols), rows+1)
	if err != nil {
		return err
	}
	// Filter and page layout go before the stream: it keeps what the sheet has, and what is set
	// afterwards would read the whole sheet back into memory.
	if err := b.file.AutoFilter(t.name, "A1:"+last, nil); err != nil {
		return err
	}
	if err := b.layout(t); err != nil {
		return err
	}
	sw, err := b.file.NewStreamWriter(t.name)
	if err != nil {
		return err
	}
	head := make([]any, len(t.cols))
	for i, c := range t.cols {
		if err := sw.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		head[i] = excelize.Cell{StyleID: b.style.head, Value: c.head}
	}
	corner, err := excelize.CoordinatesToCellName(t.freeze+1, 2)
	if err != nil {
		return err
	}
	if err := sw.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: t.freeze, YSplit: 1, TopLeftCell: corner, ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: corner, ActiveCell: corner, Pane: "bottomRight"}},
	}); err != nil {
		return err
	}
	if err := sw.SetRow("A1", head, excelize.RowOpts{Height: 26}); err != nil {
		return err
	}
	if err := fill(sw); err != nil {
		return err
	}
	return sw.Flush()
}

// matches writes one row a pair; a need without any has its row in the other sheet.
func (b *book) matches(sw *excelize.StreamWriter) error {
	at := 2
	for _, r := range b.in.Results {
		n := needOf(r)
		for i, p := range r.proposed() {
			values := []any{
				safe(n.ID), safe(n.Title), safe(n.Organisation), safe(regionName(n.Region)), amount(n.Budget), i + 1,
			}
			values = append(values, b.achievement(p)...)
			values = append(values, unit(p.Match.Score), p.Match.Level.Chinese(), safe(reasonLines(p.Match)), safe(againstLines(p.Match)), safe(wordingLines(p)))
			if err := b.row(sw, at, matchColumns(), values, map[int]int{13: b.style.level[p.Match.Level]}); err != nil {
				return err
			}
			at++
		}
	}
	return nil
}

// achievement are the cells from the achievement's id to its price.
func (b *book) achievement(p Pair) []any {
	a := achievementOf(p)
	return []any{
		safe(a.ID), safe(a.Title), safe(strings.Join(a.Units, "；")), safe(a.TechField),
		safe(maturity(a.Stage, a.Maturity)), amount(a.Price),
	}
}

// needs writes one row a need.
func (b *book) needs(sw *excelize.StreamWriter) error {
	for i, r := range b.in.Results {
		n, t := needOf(r), count(r.proposed())
		level := t.level()
		var best any
		verdict := noMatch
		if level != match.None {
			best, verdict = t.best, wordOf(level).Best
		}
		values := []any{
			safe(n.ID), safe(n.Title), safe(n.Organisation), safe(regionName(n.Region)), amount(n.Budget), n.Deadline.String(),
			t.strong, t.fair, t.weak, best, verdict, safe(lackLines(r.NoGood)),
		}
		if err := b.row(sw, i+2, needColumns(), values, map[int]int{10: b.style.level[level]}); err != nil {
			return err
		}
	}
	return nil
}

// row writes values in the columns' styles, or in their own where special names one.
func (b *book) row(sw *excelize.StreamWriter, at int, t table, values []any, special map[int]int) error {
	cells := make([]any, len(values))
	for i, v := range values {
		id := t.cols[i].style(b.style)
		if own, ok := special[i]; ok {
			id = own
		}
		if s, ok := v.(string); ok && s == "" {
			v = nil
		}
		cells[i] = excelize.Cell{StyleID: id, Value: v}
	}
	return sw.SetRow(fmt.Sprintf("A%d", at), cells)
}

// amount is money as a number of 万元, or an empty cell: a word among the numbers would break sums.
func amount(m *zhuanhua.Money) any {
	if m == nil {
		return nil
	}
	return float64(*m) / float64(zhuanhua.WanYuan)
}

func needOf(r NeedResult) zhuanhua.Need {
	if r.Need == nil {
		return zhuanhua.Need{}
	}
	return r.Need.Value
}

// achievementOf is the pair's achievement; the id stands for one that is not there.
func achievementOf(p Pair) zhuanhua.Achievement {
	if p.Achievement == nil {
		return zhuanhua.Achievement{ID: p.Match.AchievementID}
	}
	return p.Achievement.Value
}

func rowOf(p Pair) *intake.Achievement {
	if p.Achievement == nil {
		return &intake.Achievement{Value: achievementOf(p)}
	}
	return p.Achievement
}

// reasonLines are the reasons in words, one a line.
func reasonLines(m match.Match) string {
	var lines []string
	for _, r := range m.Reasons {
		line := kindWord(r.Kind) + "："
		if note := brief(r.Note, 200); note != "" {
			line += note + "。"
		}
		line += fmt.Sprintf("需求“%s”，成果“%s”", brief(r.Need.Text, 80), brief(r.Achievement.Text, 80))
		if fall := fallWords(r.Fall); fall != "" {
			line += "。" + fall
		}
		lines = append(lines, line)
	}
	return limit(strings.Join(lines, "\n"), maxTextColumn)
}

// lackLines say what the library lacks for a need without a good match, one a line.
func lackLines(n *match.NoGood) string {
	return limit(strings.Join(lacks(n), "\n"), maxTextColumn)
}

func againstLines(m match.Match) string {
	var lines []string
	for _, o := range m.Against {
		lines = append(lines, againstWord(o.Kind)+"："+brief(o.Message, 200))
	}
	return limit(strings.Join(lines, "\n"), maxTextColumn)
}

// safe makes a text harmless in a spreadsheet and in what is later exported from it. It is written
// as a string, so Excel never calculates it; a CSV export loses that, hence the apostrophe.
func safe(s string) string {
	if s == "" {
		return ""
	}
	risky := formulaStart(s)
	s = clean(s)
	if risky || formulaStart(strings.TrimLeft(s, " \n　")) {
		s = "'" + s
	}
	if n := strings.Count(s, "\n"); n > maxCellBreaks {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	return fitCell(s)
}

// formulaStart reports whether a spreadsheet could take s for a formula; the full-width signs count
// too, since some fold them.
func formulaStart(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size > 0 && strings.ContainsRune("=+-@\t\r＝＋－＠", r)
}

// fitCell cuts a text to what one cell can hold.
func fitCell(s string) string {
	const rest = "…（其余略）"
	if len(s) <= maxCellChars {
		return s
	}
	units, keep := 0, 0
	room := maxCellChars - len([]rune(rest))
	for i, r := range s {
		n := utf16.RuneLen(r)
		if units+n <= room {
			keep = i + len(string(r))
		}
		if units += n; units > maxCellChars {
			return s[:keep] + rest
		}
	}
	return s
}
