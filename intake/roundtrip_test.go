package intake

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	xunicode "golang.org/x/text/encoding/unicode"

	"zhuanhua"
)

// sample is one table with everything that an achievement may say.
var sample = [][]string{
	{"成果编号", "* 成果名称（必填）", "摘要", "正文", "关键词", "技术领域", "IPC分类号", "所属行业", "完成单位", "完成人", "知识产权", "技术成熟度", "所处阶段", "成果类型", "合作方式", "意向价格（万元）", "来源地", "落地地", "应用地", "备注"},
	{"A-1", "甘蔗糖蜜发酵制备丁二酸", "以糖蜜为原料，\"一步法\"发酵；\n收率 67%。", "第一段\n第二段", "糖蜜；丁二酸、发酵", "生物、医药和医疗器械", "C12P 7/46; C13K13/00", "C1340 制糖业", "示例大学（轻工学院、化工学院）；示例糖业有限公司", "张三、李四", "发明专利 ZL202010123456.7，有效期至2039-06；实用新型，已失效", "TRL6", "中试阶段", "应用技术类", "专利转让、授权许可", "380", "广西柳州市", "南宁", "越南", "  留空白 "},
	{"A-2", "锰渣制砖", "无害化处理", "", "锰渣 制砖", "环境保护与资源综合利用", "", "", "示例研究院", "", "", "9", "产业化", "应用技术类", "技术入股", "面议", "450000", "", "", ""},
}

func TestSameRecordsInEveryFormat(t *testing.T) {
	csvText := asCSV(sample, ',')
	want := mustA(t, "a.csv", csvText)
	crlf := bytes.ReplaceAll(asCSV(sample, ','), []byte("\n"), []byte("\r\n"))
	forms := map[string][]byte{
		"bom.csv": append([]byte(bom), csvText...), "semicolon.csv": asCSV(sample, ';'), "tab.csv": asCSV(sample, '\t'),
		"gb.csv": asGB(csvText), "utf16le.csv": asUTF16(csvText, xunicode.LittleEndian), "utf16be.txt": asUTF16(csvText, xunicode.BigEndian),
		"a.jsonl": asJSONL(sample), "gb.jsonl": asGB(asJSONL(sample)), "noext": asJSONL(sample), "a.xlsx": asXLSX(sample, nil), "wrong.csv": asXLSX(sample, nil),
	}
	for name, b := range forms {
		equalRows(t, name, mustA(t, name, b), want)
	}
	got := mustA(t, "crlf.csv", crlf)
	if raw := cellOf(t, got[0].Source, "摘要").Raw; !strings.Contains(raw, "；\r\n收率") {
		t.Errorf("CR LF inside quotation marks is lost: %q", raw)
	}
	if !reflect.DeepEqual(got[0].Value, want[0].Value) {
		t.Errorf("CR LF: %+v, want %+v", got[0].Value, want[0].Value)
	}
}

// equalRows compares values and cells; file and line differ between formats.
func equalRows(t *testing.T, name string, got, want []Achievement) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d records, want %d", name, len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i].Value, want[i].Value) {
			t.Errorf("%s: record %d is\n%+v\nwant\n%+v", name, i, got[i].Value, want[i].Value)
		}
		if !reflect.DeepEqual(got[i].Source.Cells, want[i].Source.Cells) {
			t.Errorf("%s: cells of record %d are\n%q\nwant\n%q", name, i, got[i].Source.Cells, want[i].Source.Cells)
		}
		if got[i].Source.Row != i+1 || got[i].Source.File != name {
			t.Errorf("%s: record %d says file %q, row %d", name, i, got[i].Source.File, got[i].Source.Row)
		}
	}
}

func cellOf(t *testing.T, src zhuanhua.Source, column string) zhuanhua.Cell {
	t.Helper()
	for _, c := range src.Cells {
		if c.Column == column {
			return c
		}
	}
	t.Fatalf("no cell %q in %q", column, src.Cells)
	return zhuanhua.Cell{}
}

func TestAchievementFields(t *testing.T) {
	rows := mustA(t, "a.csv", asCSV(sample, ','))
	price := 380 * zhuanhua.WanYuan
	want := zhuanhua.Achievement{
		ID: "A-1", Title: "甘蔗糖蜜发酵制备丁二酸", Abstract: "以糖蜜为原料，\"一步法\"发酵；\n收率 67%。", Body: "第一段\n第二段",
		Keywords: []string{"糖蜜", "丁二酸", "发酵"}, TechField: "生物、医药和医疗器械", IPC: []string{"C12P7/46", "C13K13/00"},
		Industries: []string{"C1340"}, Class: zhuanhua.ClassApplied, Units: []string{"示例大学（轻工学院、化工学院）", "示例糖业有限公司"},
		Persons: []string{"张三", "李四"}, Maturity: 6, Stage: zhuanhua.StagePilot,
		Modes: []zhuanhua.Mode{zhuanhua.ModeAssignment, zhuanhua.ModeLicence}, Price: &price,
		Regions: zhuanhua.Geography{Source: "450200", Landing: "450100", Application: "VN"},
		Rights: []zhuanhua.IPRight{
			{Kind: "发明专利", Text: "发明专利 ZL202010123456.7，有效期至2039-06", ValidTo: zhuanhua.Date{Year: 2039, Month: time.June, Day: 30}},
			{Kind: "实用新型", Text: "实用新型，已失效", Expired: true},
		},
	}
	if !reflect.DeepEqual(rows[0].Value, want) {
		t.Errorf("got\n%+v\nwant\n%+v", rows[0].Value, want)
	}
	second := rows[1].Value
	if second.Price != nil || second.Stage != zhuanhua.StageMature || second.Maturity != 9 || second.Regions.Source != "450000" ||
		!reflect.DeepEqual(second.Keywords, []string{"锰渣", "制砖"}) || !reflect.DeepEqual(second.Modes, []zhuanhua.Mode{zhuanhua.ModeEquity}) {
		t.Errorf("second record: %+v", second)
	}
	if c := cellOf(t, rows[0].Source, "备注"); c.Noun != "" || c.Raw != "  留空白 " {
		t.Errorf("unknown column: %+v", c)
	}
	if c := cellOf(t, rows[0].Source, "正文"); c.Noun != "body" {
		t.Errorf("正文 beside 摘要 should be the body, is %q", c.Noun)
	}
	if rows[0].Source.Line != 2 || rows[1].Source.Line != 5 {
		t.Errorf("lines %d and %d, want 2 and 5", rows[0].Source.Line, rows[1].Source.Line)
	}
}

func TestNeedFields(t *testing.T) {
	in := `{"id": 7, "title": " 需求 ", "text": "全文", "background": "背景", "目标": "目标一", "技术指标": "收率≥67%", "keywords": ["a b", "c"],
"field": "农业", "industry": ["A01"], "organisation": "示例公司", "budget_fen": 20000000, "截止日期": "2027年3月", "region": "广西", "modes": ["许可", "联合研发"], "maturity": "6级以上", "words": ["需", "求"], "n_merged": 3, "aliases": null}`
	rows, warned, err := readN("n.jsonl", []byte(strings.ReplaceAll(in, "\n", " ")), Options{})
	if err != nil || len(warned) > 0 {
		t.Fatal(err, warned)
	}
	budget := 20 * zhuanhua.WanYuan
	want := zhuanhua.Need{ID: "7", Title: "需求", Text: "全文", Background: "背景", Objective: "目标一", Indicators: "收率≥67%",
		Keywords: []string{"a b", "c"}, TechField: "农业", Industries: []string{"A01"}, Organisation: "示例公司", Budget: &budget,
		Deadline: zhuanhua.Date{Year: 2027, Month: time.March, Day: 31}, Region: "450000",
		Modes: []zhuanhua.Mode{zhuanhua.ModeLicence, zhuanhua.ModeJoint}, MinMaturity: 6}
	if !reflect.DeepEqual(rows[0].Value, want) {
		t.Errorf("got\n%+v\nwant\n%+v", rows[0].Value, want)
	}
	if c := cellOf(t, rows[0].Source, "title"); c.Raw != " 需求 " {
		t.Errorf("raw title: %q", c.Raw)
	}
}

// TestRawIsUntouched checks that what a quotation refers to is the value as it stands in the file.
func TestRawIsUntouched(t *testing.T) {
	values := []string{"  两头空白\t", "emoji 👩‍🔬🇨🇳 end", "e\u0301 combining", "全角　ＡＢＣ", "\u200b零宽", "𠮷 㐀 䶮", "a\u00a0b", "\x01控制\x02", "nul\x00nul", `"引号"`, "多行\n\n末行\n", "=1+1"}
	for _, v := range values {
		rows := [][]string{{"id", "标题", "摘要"}, {"1", "T", v}}
		files := map[string][]byte{"a.csv": asCSV(rows, ','), "a.jsonl": asJSONL(rows)}
		if !strings.ContainsAny(v, "\x00\x01\x02") { // XML cannot hold these
			files["a.xlsx"] = asXLSX(rows, nil)
		}
		for name, b := range files {
			got := mustA(t, name, b)
			if raw := cellOf(t, got[0].Source, "摘要").Raw; raw != v {
				t.Errorf("%s: raw is %q, want %q", name, raw, v)
			}
			if a := got[0].Value.Abstract; strings.ContainsAny(a, "\x00\x01\x02") || strings.TrimSpace(a) != a {
				t.Errorf("%s: abstract is %q", name, a)
			}
		}
	}
}

func TestXLSXShowsWhatTheReaderSees(t *testing.T) {
	rows := [][]string{{"编号", "成果名称", "登记日", "意向价格", "比例", "开放", "值"}, {"1", "一"}}
	got := mustA(t, "a.xlsx", asXLSX(rows, func(f *excelize.File) {
		style := func(cell string, value any, s excelize.Style) {
			id, err := f.NewStyle(&s)
			if err != nil {
				t.Fatal(err)
			}
			_ = f.SetCellValue("Sheet1", cell, value)
			_ = f.SetCellStyle("Sheet1", cell, cell, id)
		}
		wan := `#,##0.00"万元"`
		style("C2", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), excelize.Style{NumFmt: 14})
		style("D2", 1380.5, excelize.Style{CustomNumFmt: &wan})
		style("E2", 0.67, excelize.Style{NumFmt: 9})
		_ = f.SetCellBool("Sheet1", "F2", true)
		_ = f.SetCellFloat("Sheet1", "G2", 0.1+0.2, -1, 64)
	}))
	want := map[string]string{"登记日": "2026/3/1", "意向价格": "1,380.50万元", "比例": "67%", "开放": "TRUE", "值": "0.3"}
	for column, shown := range want {
		if raw := cellOf(t, got[0].Source, column).Raw; raw != shown {
			t.Errorf("%s: %q, want %q", column, raw, shown)
		}
	}
	if p := got[0].Value.Price; p == nil || *p != 1_380_500_000 {
		t.Errorf("price: %v", p)
	}
}
