package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"zhuanhua/match"
)

// styles are the cell formats of the workbook, in the light colours of the page.
type styles struct {
	head, text, whole, money, score int
	title, label, body              int
	level                           map[match.Level]int
}

func text(s styles) int  { return s.text }
func whole(s styles) int { return s.whole }
func money(s styles) int { return s.money }
func score(s styles) int { return s.score }

const (
	fontName  = "微软雅黑" // on every office machine; elsewhere the program's own Chinese font steps in
	inkColor  = "1B2130"
	lineColor = "E2DFD5"
	headFill  = "F3F1EA"
)

func (b *book) makeStyles() error {
	edges := []excelize.Border{{Type: "bottom", Color: lineColor, Style: 1}}
	top := func(horizontal string) *excelize.Alignment {
		return &excelize.Alignment{Horizontal: horizontal, Vertical: "top", WrapText: true}
	}
	font := func(size float64, bold bool, color string) *excelize.Font {
		return &excelize.Font{Family: fontName, Size: size, Bold: bold, Color: color}
	}
	amount, fraction := "#,##0.00", "0.00"
	plain := font(10, false, inkColor)
	var err error
	add := func(s *excelize.Style) int {
		if err != nil {
			return 0
		}
		var id int
		id, err = b.file.NewStyle(s)
		return id
	}
	b.style = styles{
		head: add(&excelize.Style{Font: font(10, true, inkColor), Fill: fill(headFill),
			Border:    []excelize.Border{{Type: "bottom", Color: "84827A", Style: 1}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}),
		text:  add(&excelize.Style{Font: plain, Border: edges, Alignment: top("left")}),
		whole: add(&excelize.Style{Font: plain, Border: edges, Alignment: top("right"), NumFmt: 1}),
		money: add(&excelize.Style{Font: plain, Border: edges, Alignment: top("right"), CustomNumFmt: &amount}),
		score: add(&excelize.Style{Font: plain, Border: edges, Alignment: top("right"), CustomNumFmt: &fraction}),
		title: add(&excelize.Style{Font: font(16, true, inkColor), Alignment: &excelize.Alignment{Vertical: "center"}}),
		label: add(&excelize.Style{Font: font(10, true, inkColor), Border: edges, Alignment: top("left")}),
		body:  add(&excelize.Style{Font: plain, Border: edges, Alignment: top("left")}),
		level: map[match.Level]int{},
	}
	for _, l := range []struct {
		level     match.Level
		color, bg string
	}{
		{match.Strong, "1B6E42", "E5F3EA"}, {match.Fair, "2A4B9B", "E9EEF9"},
		{match.Weak, "565D6C", "EFEEE9"}, {match.None, "565D6C", "FFFFFF"},
	} {
		b.style.level[l.level] = add(&excelize.Style{Font: font(10, l.level != match.None, l.color), Fill: fill(l.bg), Border: edges, Alignment: top("left")})
	}
	return err
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// layout makes the sheet print on A4 across, all columns on one page, the header on each.
func (b *book) layout(t table) error {
	landscape, a4, width, height, fit, grid := "landscape", 9, 1, 0, true, false
	if err := b.file.SetSheetProps(t.name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := b.file.SetSheetView(t.name, 0, &excelize.ViewOptions{ShowGridLines: &grid}); err != nil {
		return err
	}
	if err := b.file.SetPageLayout(t.name, &excelize.PageLayoutOptions{
		Orientation: &landscape, Size: &a4, FitToWidth: &width, FitToHeight: &height,
	}); err != nil {
		return err
	}
	return b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$1", t.name), Scope: t.name,
	})
}

// about writes the sheet that says how the results were made and how to read them.
func (b *book) about() error {
	grid := false
	if err := b.file.SetSheetView(sheetAbout, 0, &excelize.ViewOptions{ShowGridLines: &grid}); err != nil {
		return err
	}
	sw, err := b.file.NewStreamWriter(sheetAbout)
	if err != nil {
		return err
	}
	for i, width := range []float64{22, 96} {
		if err := sw.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := sw.SetRow("A1", []any{excelize.Cell{StyleID: b.style.title, Value: "供需匹配结果说明"}}, excelize.RowOpts{Height: 32}); err != nil {
		return err
	}
	for i, line := range aboutLines(b.in) {
		cells := []any{excelize.Cell{StyleID: b.style.label, Value: line[0]}, excelize.Cell{StyleID: b.style.body, Value: safe(line[1])}}
		if err := sw.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// aboutLines are what a reader must know, label and sentence, the same in workbook and page.
func aboutLines(in Input) [][2]string {
	lines := [][2]string{
		{"生成时间", in.MadeAt.In(beijing()).Format("2006-01-02 15:04") + "（北京时间）"},
		{"比对范围", fmt.Sprintf("%s项需求，%s项成果", number(len(in.Results)), number(in.Achievements))},
	}
	if how := brief(in.How, 500); how != "" {
		lines = append(lines, [2]string{"生成方式", how})
	}
	if how := brief(in.HowEnglish, 500); how != "" {
		lines = append(lines, [2]string{"How it was made", how})
	}
	if in.Example {
		lines = append(lines, [2]string{"数据", "示例数据，单位、人员和数字均为虚构"})
	}
	for _, w := range levels() {
		lines = append(lines, [2]string{w.Chinese + " " + w.English, w.Meaning})
	}
	return append(lines,
		[2]string{"匹配度", "0–1之间，越大越相近。用来给同一需求的成果排先后，不是成功率，也不宜跨需求比较"},
		[2]string{"匹配依据", "逐字摘自双方提交的文件，可按编号和栏目查回原文"},
		[2]string{"金额", "单位为万元；空格表示未提供或面议"},
		[2]string{"由人决定", "程序比对文本、提出建议；是否合适、是否联系、以什么条件合作，由双方判断"},
	)
}
