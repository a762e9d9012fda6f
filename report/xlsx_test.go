package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
)

func readBack(t *testing.T, in Input) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := XLSX(&b, in); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func cell(t *testing.T, f *excelize.File, sheet, at string, raw bool) string {
	t.Helper()
	s, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: raw})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestXLSXSheets(t *testing.T) {
	f := readBack(t, sample())
	if got := strings.Join(f.GetSheetList(), " "); got != "匹配结果 需求概览 说明" {
		t.Fatalf("sheets %s", got)
	}
	for sheet, filter := range map[string]string{"匹配结果": "$A$1:$Q$9", "需求概览": "$A$1:$L$7"} {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 2 {
			t.Errorf("%s: panes %+v %v", sheet, panes, err)
		}
		found := false
		for _, d := range f.GetDefinedName() {
			found = found || d.Name == "_xlnm._FilterDatabase" && strings.HasSuffix(d.RefersTo, "'"+sheet+"'!"+filter)
		}
		if !found {
			t.Errorf("%s: no filter over %s in %+v", sheet, filter, f.GetDefinedName())
		}
	}
}

func TestXLSXCells(t *testing.T) {
	f := readBack(t, sample())
	for at, want := range map[string]string{
		"A2": "XQ-0001", "D2": "广西柳州市", "F2": "1", "G2": "CG-1007", "N2": "强相关", "K2": "中试（TRL 6）", "F3": "2", "N3": "较强相关", "E2": "300.00", "M2": "0.91",
	} {
		if got := cell(t, f, "匹配结果", at, false); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	if got := cell(t, f, "匹配结果", "E5", false); got != "1,240.00" {
		t.Errorf("budget shown as %q", got)
	}
	for _, at := range []string{"E2", "F2", "L2", "M2"} {
		// excelize reads a number's cell, which carries no type of its own, as unset.
		if kind, err := f.GetCellType("匹配结果", at); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s is no number: %v %v", at, kind, err)
		}
	}
	if got := cell(t, f, "匹配结果", "E5", true); got != "1240" {
		t.Errorf("budget stored as %q", got)
	}
	if got := cell(t, f, "匹配结果", "L4", true); got != "" {
		t.Errorf("a price that is not stated: %q", got)
	}
	if got := cell(t, f, "匹配结果", "O2", false); !strings.Contains(got, "指标对比：要求≥67%，成果为72%，高出5个百分点。需求“良率≥67%”，成果“综合良率72%”\n") {
		t.Errorf("reasons %q", got)
	}
	if got := cell(t, f, "需求概览", "K7", false); got != "库中暂无合适成果" {
		t.Errorf("need without a match: %q", got)
	}
	if got := cell(t, f, "需求概览", "G2", false) + cell(t, f, "需求概览", "H2", false) + cell(t, f, "需求概览", "I2", false); got != "111" {
		t.Errorf("levels of the first need: %s", got)
	}
}

func TestXLSXNeutralisesFormulas(t *testing.T) {
	for in, want := range map[string]string{
		`=HYPERLINK("http://evil.example","x")`: `'=HYPERLINK("http://evil.example","x")`, "+1": "'+1", "-5℃": "'-5℃", "@SUM(A1)": "'@SUM(A1)",
		"\t=1+1": "' =1+1", "\r=1+1": "'\n=1+1", "  =1": "'  =1", "\x00=1": "'=1", "＝1": "'＝1", "普通=1": "普通=1", "": "",
	} {
		if got := safe(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f := readBack(t, hostile("=1+1"))
	for _, sheet := range []string{"匹配结果", "需求概览"} {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, v := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, _ := f.GetCellFormula(sheet, at); formula != "" || formulaStart(v) {
					t.Errorf("%s %s: %q is a formula", sheet, at, v)
				}
			}
		}
	}
}

func TestXLSXBadTexts(t *testing.T) {
	// Excel reads _x003D_ in a text as the sign itself; it must come back as written.
	f := readBack(t, hostile("_x003D_1+1"))
	if got := cell(t, f, "匹配结果", "B2", false); got != "_x003D_1+1" {
		t.Errorf("escape in a text: %q", got)
	}
	f = readBack(t, hostile("坏\xff\x00字\u202e"))
	if got := cell(t, f, "匹配结果", "B2", false); got != "坏\uFFFD字" {
		t.Errorf("invalid text: %q", got)
	}
	f = readBack(t, hostile(strings.Repeat("𠮷", 40_000)))
	got := cell(t, f, "匹配结果", "B2", false)
	if n := len(utf16.Encode([]rune(got))); n > maxCellChars || n < maxCellChars-20 || !strings.HasSuffix(got, "…（其余略）") {
		t.Errorf("a huge text has %d units", n)
	}
	if got := safe(strings.Repeat("行\n", 400)); strings.Contains(got, "\n") {
		t.Error("more line breaks than a cell may hold")
	}
	if got := safe(strings.Repeat("字", maxCellChars)); len([]rune(got)) != maxCellChars {
		t.Error("a text that just fits was cut")
	}
}

func TestXLSXLarge(t *testing.T) {
	start := time.Now()
	f := readBack(t, large(500, 10))
	t.Logf("written and opened in %v", time.Since(start))
	if got := cell(t, f, "匹配结果", "F5001", false); got != "10" {
		t.Errorf("last row's rank %q", got)
	}
}

func TestXLSXTooMany(t *testing.T) {
	in := sample()
	in.Results = []NeedResult{{Need: in.Results[0].Need, Pairs: make([]Pair, maxSheetRows)}}
	for i := range in.Results[0].Pairs {
		in.Results[0].Pairs[i].Match.Level = "weak"
	}
	if err := XLSX(&bytes.Buffer{}, in); err == nil || !strings.Contains(err.Error(), "--top") {
		t.Errorf("more rows than a sheet holds: %v", err)
	}
}

// TestOtherWordings: the workbook and the page name the other records of one achievement, and those that
// it has none of say nothing.
func TestOtherWordings(t *testing.T) {
	in := sample()
	p := &in.Results[0].Pairs[0]
	p.Match.Same = []match.Same{{ID: "CG-2", Why: match.SameTitle}, {ID: "CG-3", Why: match.SameText}}
	p.Same = []*intake.Achievement{{Value: zhuanhua.Achievement{ID: "CG-2", Title: "示例二期<b>"}}, nil}
	f := readBack(t, in)
	if got := cell(t, f, "匹配结果", "Q2", false); got != "CG-2 示例二期<b>\nCG-3" {
		t.Errorf("the workbook says %q", got)
	}
	if got := cell(t, f, "匹配结果", "Q3", false); got != "" {
		t.Errorf("of one without others the workbook says %q", got)
	}
	page := render(t, in)
	for _, want := range []string{"另有 2 条同一成果的不同表述", "CG-2 示例二期&lt;b&gt;", "<li>CG-3</li>"} {
		if n := strings.Count(page, want); n != 1 {
			t.Errorf("%q stands %d times", want, n)
		}
	}
	if got := OtherWordings(make([]match.Same, 7)); !strings.HasPrefix(got, "另有 7 条同一成果的不同表述：") || !strings.HasSuffix(got, " 等") {
		t.Error(got)
	}
}
