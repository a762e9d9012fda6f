package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"zhuanhua"
)

// converter turns records into nouns. What cannot be read is left out and told to warn: a price
// in words is no reason to lose an achievement.
type converter struct {
	names   lookups
	unit    map[string]string // of the money columns of a table, by column
	sheet   string
	warn    func(Problem)
	regions map[string]regionAnswer
	amounts amountColumns
}

type regionAnswer struct {
	code    zhuanhua.Region
	choices []string
}

// fields is one record while it is converted.
type fields struct {
	*converter
	src zhuanhua.Source
}

// achievement reads the fields of an achievement. A column "text" is the abstract where the record
// has no column for that, else the body; the cell is renamed, so that both agree.
func (c *converter) achievement(src *zhuanhua.Source) zhuanhua.Achievement {
	hasAbstract := slices.ContainsFunc(src.Cells, func(cell zhuanhua.Cell) bool { return cell.Noun == "abstract" })
	for i := range src.Cells {
		switch cell := &src.Cells[i]; {
		case cell.Noun == "text" && hasAbstract:
			cell.Noun = "body"
		case cell.Noun == "text":
			cell.Noun = "abstract"
		}
	}
	f := fields{c, *src}
	a := zhuanhua.Achievement{
		Title: f.one("title"), Abstract: f.text("abstract"), Body: f.text("body"), Keywords: f.list("keywords", true),
		TechField: f.one("field"), IPC: f.ipc(), Industries: f.industries(),
		Units: f.list("units", false), Persons: f.list("persons", true), Rights: readRights(f.text("ip")),
		Modes: f.modes(), Price: f.money("price"),
		Regions: zhuanhua.Geography{
			Source: f.region("source_region"), Landing: f.region("landing_region"), Application: f.region("application_region"),
		},
		DuplicateOf: f.one("duplicate_of"),
	}
	a.Class = readOne(f, "class", readClass, "write 应用技术类, 基础理论类 or 软科学类")
	a.Stage = readOne(f, "stage", readStage, "write 初期, 中试 or 成熟应用")
	if stage, ok := readStage(f.one("maturity")); ok && !hasTRL(f.one("maturity")) && f.one("maturity") != "" {
		a.Stage = firstOf(a.Stage, stage) // many tables write 中试 under 成熟度
	} else {
		a.Maturity = f.maturity()
	}
	f.checkWords(a.Title, a.Abstract, a.Body)
	return a
}

// need reads the fields of a need.
func (c *converter) need(src *zhuanhua.Source) zhuanhua.Need {
	f := fields{c, *src}
	n := zhuanhua.Need{
		Title: f.one("title"), Text: f.text("text"), Background: f.text("background"), Objective: f.text("objective"),
		Indicators: f.text("indicators"), Keywords: f.list("keywords", true), TechField: f.one("field"), Industries: f.industries(),
		Organisation: f.one("organisation"), Budget: f.money("budget"), Region: f.region("region"),
		Modes: f.modes(), MinMaturity: f.maturity(),
	}
	n.Deadline = readOne(f, "deadline", readDate, "write the day as 2027-12-31")
	f.checkWords(n.Title, n.Text, n.Background, n.Objective, n.Indicators)
	return n
}

func firstOf[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

func hasTRL(s string) bool { _, ok := readTRL(s); return ok }

// checkWords warns of a record in which there is nothing to match.
func (f fields) checkWords(texts ...string) {
	for _, t := range texts {
		if strings.ContainsFunc(t, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			return
		}
	}
	f.tell(zhuanhua.Cell{}, "the title and the texts hold no word", "this record cannot be matched; fill them in")
}

func (f fields) tell(cell zhuanhua.Cell, what, do string) {
	f.warn(Problem{File: f.src.File, Sheet: f.sheet, Row: f.src.Row, Line: f.src.Line, Column: cell.Column,
		Value: clean(cell), What: what, Do: do, Lost: cell.Column != ""})
}

// cells yields the cells of a noun, in the order of the file.
func (f fields) cells(noun string) []zhuanhua.Cell {
	var cells []zhuanhua.Cell
	for _, c := range f.src.Cells {
		if c.Noun == noun {
			cells = append(cells, c)
		}
	}
	return cells
}

// clean is the value of a cell for people: trimmed, control characters as blanks, a list as lines.
func clean(c zhuanhua.Cell) string {
	if c.List != nil {
		return strings.TrimSpace(plain(strings.Join(c.List, "\n")))
	}
	return unguard(strings.TrimSpace(plain(c.Raw)))
}

// firstCell is the first cell of the noun that is not blank.
func (f fields) firstCell(noun string) (zhuanhua.Cell, string) {
	for _, c := range f.cells(noun) {
		if s := clean(c); s != "" {
			return c, s
		}
	}
	return zhuanhua.Cell{}, ""
}

func (f fields) one(noun string) string {
	_, s := f.firstCell(noun)
	return s
}

// text joins every cell of the noun, one below the other.
func (f fields) text(noun string) string {
	var parts []string
	for _, c := range f.cells(noun) {
		if s := clean(c); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n")
}

// list joins the items of every cell of the noun, each once.
func (f fields) list(noun string, blanks bool) []string {
	var items []string
	for _, c := range f.cells(noun) {
		parts := splitCell(clean(c), blanks)
		if c.List != nil {
			parts = c.List
		}
		for _, p := range parts {
			if p = strings.TrimSpace(plain(p)); p != "" && !slices.Contains(items, p) {
				items = append(items, p)
			}
		}
	}
	return items
}

// readOne reads the first stated value of a noun; one that cannot be read is told and left out.
func readOne[T any](f fields, noun string, read func(string) (T, bool), do string) T {
	var zero T
	cell, s := f.firstCell(noun)
	if !said(s) {
		return zero
	}
	v, ok := read(s)
	if !ok {
		f.tell(cell, "the value is not understood and left out", do)
		return zero
	}
	return v
}

func (f fields) maturity() zhuanhua.TRL {
	return readOne(f, "maturity", readTRL, "write a level from 1 to 9, such as 6 or TRL6")
}

func (f fields) money(noun string) *zhuanhua.Money {
	cell, s := f.firstCell(noun)
	if !said(s) {
		return nil
	}
	unit, ok := f.unit[cell.Column]
	if !ok {
		unit = f.names.of(cell.Column).Unit
	}
	if !f.amounts.agree(f, cell, s, unit) {
		return nil
	}
	m, ok := readMoney(s, unit)
	if !ok {
		f.tell(cell, "the amount is not understood and left out", "write one amount with its unit, such as 200万元, or 面议")
		return nil
	}
	return &m
}

func (f fields) modes() []zhuanhua.Mode {
	var modes []zhuanhua.Mode
	for _, c := range f.cells("modes") {
		items := c.List
		if items == nil {
			items = splitOutside(clean(c), func(rest string) bool {
				return strings.ContainsRune("；;、|，,/\n 或和", []rune(rest[:min(4, len(rest))])[0])
			})
		}
		for _, item := range items {
			read := readModes(item)
			if len(read) == 0 && said(item) {
				f.tell(zhuanhua.Cell{Column: c.Column, Raw: item}, "the mode of cooperation is not understood and left out",
					"write 转让, 许可, 作价投资, 合作开发, 技术服务 or 技术咨询")
			}
			for _, m := range read {
				if !slices.Contains(modes, m) {
					modes = append(modes, m)
				}
			}
		}
	}
	return modes
}

func (f fields) ipc() []string {
	var list []string
	for _, c := range f.cells("ipc") {
		read := readIPC(clean(c))
		if len(read) == 0 && said(clean(c)) {
			f.tell(c, "no IPC symbol is found and the value left out", "write symbols such as C13K 13/00")
		}
		list = append(list, read...)
	}
	return list
}

func (f fields) industries() []string {
	list := f.list("industry", false)
	for i, s := range list {
		list[i] = readIndustry(s)
	}
	return list
}

// maxAnswers bounds the regions remembered; looking one up costs microseconds.
const maxAnswers = 10_000

func (f fields) region(noun string) zhuanhua.Region {
	cell, s := f.firstCell(noun)
	if !said(s) || s == "不限地区" {
		return ""
	}
	items := splitList(s, true)
	if len(items) == 0 {
		return ""
	}
	answer, ok := f.regions[items[0]]
	if !ok {
		if f.regions == nil || len(f.regions) >= maxAnswers {
			f.converter.regions = map[string]regionAnswer{}
		}
		answer.code, answer.choices = gazette().find(items[0])
		f.converter.regions[items[0]] = answer
	}
	switch {
	case len(answer.choices) > 0:
		shown := answer.choices[:min(3, len(answer.choices))]
		f.tell(cell, "several regions have this name", "write one of them with its province or as a code: "+strings.Join(shown, ", "))
	case answer.code == "":
		f.tell(cell, "the region is not known and left out", "write a name such as 柳州市 or 越南, or a code such as 450200")
	case len(items) > 1:
		f.tell(cell, fmt.Sprintf("there are %d regions, only the first is taken", len(items)), "write one region")
	}
	return answer.code
}
