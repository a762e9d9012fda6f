package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestMergedCells: a unit written once for two achievements belongs to both; a row that only carries
// merged cells is no record.
func TestMergedCells(t *testing.T) {
	rows := [][]string{{"编号", "成果名称", "完成单位", "备注"}, {"1", "甲", "示例大学"}, {"2", "乙"}, {"", "", "", ""}, {"3", "丙", "另一所"}}
	b := asXLSX(rows, func(f *excelize.File) {
		_ = f.MergeCell("Sheet1", "C2", "C4")
		_ = f.MergeCell("Sheet1", "B5", "B5")
		_ = f.MergeCell("Sheet1", "C5", "D5")
	})
	got, warned, err := readA("a.xlsx", b, Options{})
	if err != nil || len(warned) != 1 {
		t.Fatal(err, warned)
	}
	var units [][]string
	for _, r := range got {
		units = append(units, r.Value.Units)
	}
	if want := [][]string{{"示例大学"}, {"示例大学"}, {"另一所"}}; !reflect.DeepEqual(units, want) {
		t.Errorf("%q, want %q", units, want)
	}
	if c := cellOf(t, got[1].Source, "完成单位"); c.Raw != "示例大学" {
		t.Errorf("%+v", c)
	}
}

// TestMergedHeader: the columns below a group have both names, so that the number of a patent is not
// taken for the id of the record.
func TestMergedHeader(t *testing.T) {
	rows := [][]string{
		{"2026年成果汇总"},
		{"序号", "成果名称", "知识产权", "", "基本信息", ""},
		{"", "", "编号", "类型", "摘要", "完成单位"},
		{"1", "甲", "ZL1", "发明", "一", "示例大学"},
	}
	b := asXLSX(rows, func(f *excelize.File) {
		for _, ref := range [][2]string{{"A1", "F1"}, {"A2", "A3"}, {"B2", "B3"}, {"C2", "D2"}, {"E2", "F2"}} {
			_ = f.MergeCell("Sheet1", ref[0], ref[1])
		}
	})
	got := mustA(t, "a.xlsx", b)
	if len(got) != 1 {
		t.Fatalf("%d records", len(got))
	}
	v := got[0].Value
	if v.ID != "1" || v.Title != "甲" || v.Abstract != "一" || !reflect.DeepEqual(v.Units, []string{"示例大学"}) || got[0].Source.Line != 4 {
		t.Errorf("%+v", got[0])
	}
	if c := cellOf(t, got[0].Source, "知识产权/编号"); c.Noun != "" || c.Raw != "ZL1" {
		t.Errorf("%+v", c)
	}
}

func TestSheets(t *testing.T) {
	rows := [][]string{{"请填写第二个表"}}
	b := asXLSX(rows, func(f *excelize.File) {
		for sheet, title := range map[string]string{"成果": "可见", "隐藏": "藏", "另一个": "另"} {
			_, _ = f.NewSheet(sheet)
			_ = f.SetSheetRow(sheet, "A1", &[]string{"编号", "成果名称"})
			_ = f.SetSheetRow(sheet, "A2", &[]string{"1", title})
		}
		_ = f.SetSheetVisible("隐藏", false)
		_ = f.MoveSheet("隐藏", "Sheet1")
		_ = f.MoveSheet("成果", "另一个")
	})
	for sheet, want := range map[string]string{"": "可见", "隐藏": "藏", "另一个": "另"} {
		got, _, err := readA("a.xlsx", b, Options{Sheet: sheet})
		if err != nil || got[0].Value.Title != want {
			t.Errorf("sheet %q: %v %v, want %s", sheet, got, err, want)
		}
	}
}

// TestCellTypes reads what programs other than Excel write: prefixes, rich text, phonetic guides,
// escapes, rows and cells without a reference.
func TestCellTypes(t *testing.T) {
	sheet := `<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>
<x:row><x:c t="inlineStr"><x:is><x:t>编号</x:t></x:is></x:c><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v> 1 </x:v></x:c></x:row>
<x:row/><x:row r="5"><x:c s="9"><x:v>12</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>甲_x000D_乙_x005F_x000D__x</x:v></x:c><x:c t="d"><x:v>2026-03-01</x:v></x:c><x:c t="str"><x:f>""</x:f><x:v></x:v></x:c></x:row>
<x:row><x:c><x:v>13</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c></x:row>
</x:sheetData><x:mergeCells count="1"><x:mergeCell ref="C5:C6"/></x:mergeCells></x:worksheet>`
	texts := `<sst><si><r><t>成果</t></r><rPh sb="0" eb="1"><t>guide</t></rPh><r><rPr><b/></rPr><t xml:space="preserve">名称</t></r></si><si><t>摘要</t></si><si><t> 空 </t></si></sst>`
	got, warned, err := readA("a.xlsx", rawXLSX(sheet, texts, noStyles, zip.Deflate), Options{})
	if err != nil || len(got) != 2 || len(warned) != 1 {
		t.Fatal(err, got, warned)
	}
	if raw := cellOf(t, got[0].Source, "成果名称").Raw; raw != "甲\r乙_x000D__x" {
		t.Errorf("%q", raw)
	}
	if got[0].Value.ID != "12" || got[0].Source.Line != 5 || got[1].Value.Title != "空" || got[1].Value.Abstract != "2026-03-01" {
		t.Errorf("%+v", got)
	}
}

// TestWordInATextIsNoTag: the search for merged cells must not be led astray by what a cell says.
func TestWordInATextIsNoTag(t *testing.T) {
	body := inlineRow(1, "编号", "成果名称", "完成单位") + inlineRow(2, "1", "sheetData> mergeCells", "甲") + inlineRow(3, "2", strings.Repeat("/sheetData>", 20_000))
	sheet := `<worksheet><sheetData>` + body + `</sheetData><mergeCells><mergeCell ref="C2:C3"/></mergeCells></worksheet>`
	got, _, err := readA("a.xlsx", rawXLSX(sheet, noTexts, noStyles, zip.Deflate), Options{})
	if err != nil || len(got) != 2 || len(got[1].Value.Units) != 1 {
		t.Error(err, len(got))
	}
}

func TestHostileParts(t *testing.T) {
	row := inlineRow(1, "编号", "成果名称")
	deep := rawXLSX(sheetXML(row+`<row r="2"><c>`+strings.Repeat("<a>", 1000)), noTexts, noStyles, zip.Store)
	if _, _, err := readA("a.xlsx", deep, Options{}); err == nil || !strings.Contains(err.Error(), "nested too deeply") {
		t.Error(err)
	}
	var rows strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&rows, `<row><c><v>%d</v></c><c t="s"><v>0</v></c></row>`, i)
	}
	laugh := rawXLSX(sheetXML(row+rows.String()), `<sst><si><t>`+strings.Repeat("哈", 10_000)+`</t></si></sst>`, noStyles, zip.Deflate)
	if _, _, err := readA("a.xlsx", laugh, Options{Limits: Limits{UnpackedBytes: 10 << 20}}); err == nil || !strings.Contains(err.Error(), "unreasonable size") {
		t.Error(err)
	}
	comments := `<row r="2"><c t="str"><v>` + strings.Repeat("a<!---->", 200_000) + `</v></c></row>`
	if _, _, err := readA("a.xlsx", rawXLSX(sheetXML(row+comments), noTexts, noStyles, zip.Deflate), Options{}); err == nil {
		t.Error("an id of 200,000 characters is accepted")
	}
	styles := `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="` + strings.Repeat("[", 200) + `"/></numFmts><cellXfs><xf numFmtId="170"/></cellXfs></styleSheet>`
	odd := rawXLSX(sheetXML(row+`<row><c><v>7</v></c><c s="0"><v>1e300</v></c></row>`), noTexts, styles, zip.Deflate)
	if got, _, err := readA("a.xlsx", odd, Options{}); err != nil {
		t.Error(got, err)
	}
}

func TestPartLongerThanDeclared(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.CreateRaw(&zip.FileHeader{Name: "_rels/.rels", Method: zip.Store, UncompressedSize64: 1, CompressedSize64: 40})
	_, _ = w.Write([]byte(`<Relationships>` + strings.Repeat(" ", 25)))
	_ = z.Close()
	if _, _, err := readA("a.xlsx", b.Bytes(), Options{}); err == nil {
		t.Error("no error")
	}
}

// bigTable is a workbook of so many rows and 10 columns; 100,000 rows are about 4 MB.
func bigTable(tb testing.TB, rows int) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	_ = sw.SetRow("A1", []any{"编号", "成果名称", "摘要", "关键词", "技术领域", "完成单位", "成熟度", "意向价格（万元）", "来源地", "登记日"})
	for i := range rows {
		_ = sw.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprint("A-", i), fmt.Sprintf("第%d号成果：糖蜜发酵", i), fmt.Sprintf("摘要%d，收率%d%%", i, i%100),
			"糖蜜；发酵", "农业", fmt.Sprintf("示例单位%d", i%1000), i%9 + 1, float64(i) / 10, "广西柳州市", "2026-03-01"})
	}
	if err := sw.Flush(); err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// TestRowsAreStreamed shows that the memory in use does not grow with the number of rows.
func TestRowsAreStreamed(t *testing.T) {
	const want = 15_000
	b := bigTable(t, want)
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	n, peak := 0, uint64(0)
	for row, err := range readAchievements(inMemory("a.xlsx", b), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%3000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
		}
		if row.Value.Regions.Source != "450200" || row.Value.Price == nil || row.Value.Maturity == 0 {
			t.Fatalf("%+v", row.Value)
		}
	}
	if n != want || peak > 32<<20 {
		t.Errorf("%d records, the heap grew by %d MB", n, peak>>20)
	}
}

// BenchmarkHundredThousandRows is the import of a large table.
func BenchmarkHundredThousandRows(b *testing.B) {
	body := bigTable(b, 100_000)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		n := 0
		for _, err := range readAchievements(inMemory("a.xlsx", body), Options{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 100_000 {
			b.Fatal(n)
		}
	}
}
