package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/intake/write"
	"zhuanhua/store"
)

// TestImportTwice: the examples are told, imported, and change nothing the second time; what changed in
// between is changed; a batch is taken back whole.
func TestImportTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		a, s := open(t, o)
		files := []string{"../examples/achievements.jsonl", "../examples/needs.jsonl"}
		first, err := a.Import(t.Context(), "test", files, app.ImportOptions{})
		if err != nil || first.Events != 284 || first.Refused != 0 || first.Files[0].Noun != zhuanhua.NounAchievement || first.Files[1].Noun != zhuanhua.NounNeed {
			t.Fatalf("%+v %v", first, err)
		}
		again, err := a.Import(t.Context(), "test", files, app.ImportOptions{})
		if err != nil || again.Events != 0 || again.Batch != "" || again.Files[0].Unchanged != 190 {
			t.Fatalf("%+v %v", again, err)
		}
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		changed := text(t, "a.jsonl", strings.Replace(string(b), `"price": "1200万元"`, `"price": "1300万元"`, 1))
		one, err := a.Import(t.Context(), "test", []string{changed}, app.ImportOptions{})
		if err != nil || one.Events != 1 || one.Files[0].Changed != 1 || one.Files[0].Unchanged != 189 {
			t.Fatalf("%+v %v", one, err)
		}
		row, err := s.Get(t.Context(), zhuanhua.NounAchievement, "A-SUG-01")
		if err != nil || row.Source.File != "a.jsonl" || row.Source.Line != 1 || row.Version != 2 {
			t.Fatalf("%+v %v", row.Source, err)
		}
		if !slices.ContainsFunc(row.Source.Cells, func(c zhuanhua.Cell) bool { return c.Noun == "price" && c.Raw == "1300万元" }) {
			t.Error("the provenance of the price is missing")
		}
		if _, err := s.Undo(t.Context(), "test", one.Batch, ""); err != nil {
			t.Fatal(err)
		}
		back, err := a.Import(t.Context(), "test", files, app.ImportOptions{})
		if err != nil || back.Events != 0 {
			t.Fatalf("after undo: %+v %v", back, err)
		}
	})
}

// TestExportsComeBack: importing an export makes no event, and exporting again gives the same bytes.
func TestExportsComeBack(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		a, _ := open(t, o)
		files := []string{"../examples/achievements.jsonl", "../examples/needs.jsonl", records(t, "organisations"), records(t, "persons"), records(t, "contracts")}
		if _, err := a.Import(t.Context(), "test", files, app.ImportOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, noun := range zhuanhua.Nouns() {
			for _, f := range []write.Format{write.CSV, write.XLSX, write.JSONL} {
				first := export(t, a, noun, f)
				r, err := a.Import(t.Context(), "test", []string{text(t, "e."+string(f), string(first))}, app.ImportOptions{})
				if err != nil || r.Events != 0 || r.Refused != 0 || r.Files[0].Noun != noun || r.Files[0].Rows == 0 {
					t.Errorf("%s as %s: %+v %v", noun, f, r, err)
				}
				if second := export(t, a, noun, f); f != write.XLSX && !bytes.Equal(first, second) {
					t.Errorf("%s as %s: the second export differs", noun, f)
				}
			}
		}
	})
}

func export(t *testing.T, a *app.App, noun zhuanhua.Noun, f write.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := a.Export(t.Context(), &b, f, noun); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// records is a small file of records of a kind.
func records(t *testing.T, kind string) string {
	return text(t, kind+".csv", map[string]string{
		"organisations": "机构名称,统一社会信用代码,机构类型,所在地\n示例大学,91350100M000100Y43,高校,南宁\n",
		"persons":       "人员编号,姓名,工作单位,职称,专业领域,联系方式\nP-1,示例人员甲,示例大学,教授,制糖；节能,示例电话\n",
		"contracts":     "合同编号,合同名称,合同类型,签订日期,有效期起,有效期止,合同成交额（万元）,技术交易额\nC-1,示例合同,技术服务,二〇二六年三月一日,2026.3.1,20271231,20,\"180,000元\"\n",
	}[kind])
}

// TestImportBig imports a workbook of a hundred thousand rows of which one in a hundred is bad in one of
// five ways (ten thousand with -short and under the race detector), and the same again.
func TestImportBig(t *testing.T) {
	rows := 100_000
	if testing.Short() || slow {
		rows = 10_000
	}
	path := workbook(t, rows+1, bigRow)
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	report := filepath.Join(t.TempDir(), "report")
	runtime.GC()
	peak, stop := watchHeap()
	start := time.Now()
	r, err := a.Import(t.Context(), "test", []string{path}, app.ImportOptions{Report: report})
	took := time.Since(start)
	stop()
	if err != nil || r.Refused != rows/100 || r.Events != rows-rows/100 || r.Files[0].Rows != rows {
		t.Fatalf("%+v %v", r.Files, err)
	}
	t.Logf("%d rows: %.1f s, %.0f rows/s, live heap at most %d MiB", rows, took.Seconds(), float64(rows)/took.Seconds(), peak.Load()>>20)
	if limit := uint64(512 << 20); peak.Load() > limit {
		t.Errorf("the heap grew to %d MiB", peak.Load()>>20)
	}
	checkBigReport(t, report, rows)
	start = time.Now()
	before, err := s.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := a.Import(t.Context(), "test", []string{path}, app.ImportOptions{})
	if err != nil || again.Events != 0 || again.Files[0].Unchanged != rows-rows/100 {
		t.Fatalf("%+v %v", again.Files, err)
	}
	if after, err := s.Info(t.Context()); err != nil || after.Events != before.Events {
		t.Errorf("%d events before, %d after, %v", before.Events, after.Events, err)
	}
	t.Logf("again: %.1f s, 0 events", time.Since(start).Seconds())
}

// bigBad are the ways in which a row of the big workbook is bad: the column, its value, and words of the
// report.
var bigBad = []struct {
	column int
	value  any
	what   string
}{
	{0, "", "no id"},
	{1, " ", "no title"},
	{3, "三百来万吧", "amount is not understood"},
	{4, "12级", "not understood"},
	{5, "示例不存在的地方", "region is not known"},
}

func bigRow(i int) []any {
	if i == 0 {
		return []any{"成果编号", "成果名称", "成果简介", "意向价格（万元）", "技术成熟度", "来源地", "转化方式"}
	}
	row := []any{fmt.Sprintf("示例-%06d", i), fmt.Sprintf("示例成果第%d号：甘蔗滤泥制备缓释肥", i), strings.Repeat("示例简介。", 12), i % 500, i%9 + 1, "南宁市", "许可；技术服务"}
	if i%100 == 50 {
		bad := bigBad[i/100%len(bigBad)]
		row[bad.column] = bad.value
	}
	return row
}

func watchHeap() (*atomic.Uint64, func()) {
	var peak atomic.Uint64
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	return &peak, func() { close(done) }
}

// checkBigReport compares the report line by line with what is wrong with the workbook.
func checkBigReport(t *testing.T, base string, rows int) {
	t.Helper()
	b, err := os.ReadFile(base + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil || len(lines) != rows/100+1 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for n, line := range lines[1:] {
		i := n*100 + 50
		bad := bigBad[i/100%len(bigBad)]
		if line[2] != strconv.Itoa(i+1) || line[3] != strconv.Itoa(i) || !strings.Contains(line[6], bad.what) || line[7] == "" {
			t.Fatalf("line %d of the report is %q, row %d is bad by %v", n+2, line, i+1, bad)
		}
		if bad.column > 1 && line[5] != bad.value {
			t.Fatalf("the value is %q, not %q", line[5], bad.value)
		}
	}
	f, err := excelize.OpenFile(base + ".xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet, err := f.GetRows("问题")
	if err != nil || len(sheet) != len(lines) || sheet[1][6] != lines[1][6] {
		t.Errorf("xlsx: %d lines, %v", len(sheet), err)
	}
}

// TestImportSays is the table of bad input: what is refused, what is said, and that the rest is kept.
func TestImportSays(t *testing.T) {
	type result struct{ created, refused int }
	for name, c := range map[string]struct {
		file, content string
		noun          zhuanhua.Noun
		want          result
		says          string
	}{
		"wrong credit code":     {"o.csv", "机构名称,统一社会信用代码\n示例甲,91350100M000100Y44\n示例乙,91350100M000100Y43\n", "", result{1, 1}, "check character"},
		"credit code, a letter": {"o.csv", "机构名称,信用代码\n示例甲,9135O100M000100Y43\n", "", result{0, 1}, `character 5, 'O'`},
		"credit code, number":   {"o.csv", "编号,机构名称,统一社会信用代码\n1,示例甲,1.24500004983E+17\n", "", result{0, 1}, "format the column as text"},
		"no id":                 {"a.csv", "成果名称,成果简介,来源地\n示例,示例,南宁\n", "", result{0, 1}, "prefix"},
		"serial only":           {"a.csv", "序号,成果名称,成果简介,来源地\n1,示例,示例,南宁\n", "", result{0, 1}, "another file has the same numbers"},
		"same id, other record": {"a.csv", "成果编号,成果名称\nA,示例甲\nA,示例乙\nB,示例丙\n", "", result{2, 1}, "the id is used by another record on line 2"},
		"same record twice":     {"a.csv", "成果编号,成果名称\nA,示例甲\nA,示例甲\n", "", result{1, 0}, ""},
		"identity card":         {"p.csv", "人员编号,姓名\n11010119900101001X,示例甲\nP-2,示例乙\n", "", result{1, 1}, "identity-card number"},
		"a date that is none":   {"c.csv", "合同编号,合同名称,签订日期\nC-1,示例,2026-02-30\nC-2,示例,2026-02-28\n", "", result{1, 1}, "not understood"},
		"an ambiguous date":     {"c.csv", "合同编号,合同名称,签订日期\nC-1,示例,03/01/2026\n", "", result{0, 1}, "2027-12-31"},
		"a term backwards":      {"c.csv", "合同编号,合同名称,合同有效期\nC-1,示例,2026-03-01至2025-03-01\n", "", result{0, 1}, "before it begins"},
		"a part above the sum":  {"c.csv", "合同编号,合同名称,合同成交额（万元）,技术交易额（元）\nC-1,示例,20,200001\nC-2,示例,20,200000\n", "", result{1, 1}, "larger than the amount"},
		"units that disagree":   {"c.csv", "合同编号,合同名称,合同成交额\nC-1,示例,80万元\nC-2,示例,120\nC-3,示例,500000元\n", "", result{2, 1}, "no unit"},
		"a made-up type":        {"c.csv", "合同编号,合同名称,合同类型\nC-1,示例,买卖\n", "", result{0, 1}, "技术开发"},
		"a formula in a text":   {"a.csv", "成果编号,成果名称\nA,'=1+1\n", "", result{1, 0}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
			r, err := a.Import(t.Context(), "test", []string{text(t, c.file, c.content)}, app.ImportOptions{Noun: c.noun})
			if err != nil {
				t.Fatal(err)
			}
			if got := (result{r.Files[0].Created, r.Refused}); got != c.want {
				t.Errorf("%+v, want %+v; %v", got, c.want, r.Problems)
			}
			said := fmt.Sprint(r.Problems)
			if !strings.Contains(said, c.says) || (c.want.refused > 0) != (len(r.Problems) > 0) {
				t.Errorf("said %s, not %q", said, c.says)
			}
		})
	}
}

// TestImportRefuses is what no row of a file can be read from.
func TestImportRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, content, says string }{
		"not clear": {"x.csv", "id,title\n1,示例\n", "--kind achievement|need|organisation|person|contract"},
		"nothing":   {"x.csv", "甲,乙\n1,2\n", "no column with their name or title"},
		"html":      {"x.xlsx", "<html><table><tr><td>成果名称</td></tr></table></html>", "web page"},
	} {
		t.Run(name, func(t *testing.T) {
			a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
			_, err := a.Import(t.Context(), "test", []string{text(t, c.file, c.content)}, app.ImportOptions{})
			if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), c.says) {
				t.Error(err)
			}
			if i, err := s.Info(t.Context()); err != nil || i.Events != 0 {
				t.Errorf("%d events, %v", i.Events, err)
			}
		})
	}
}

// TestImportDates: one day in the spellings that people use.
func TestImportDates(t *testing.T) {
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	spellings := []string{"2026.3.1", "2026-03-01", "2026/03/01", "2026/3/1", "2026年3月1日", "二〇二六年三月一日", "20260301", "46082", "2026-03-01 00:00:00", "1 March 2026", "２０２６年３月１日", "Mar 1, 2026", "2026. 3. 1"}
	var b strings.Builder
	b.WriteString("合同编号\t合同名称\t签订日期\n")
	for i, d := range spellings {
		fmt.Fprintf(&b, "C-%02d\t示例\t%s\n", i, d)
	}
	fmt.Fprintf(&b, "C-month\t示例\t二〇二六年三月\n")
	if r, err := a.Import(t.Context(), "test", []string{text(t, "c.csv", b.String())}, app.ImportOptions{}); err != nil || r.Refused > 0 {
		t.Fatal(r.Problems, err)
	}
	for row, err := range s.Rows(t.Context(), zhuanhua.NounContract, store.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		want := "2026-03-01"
		if row.ID == "C-month" {
			want = "2026-03-31"
		}
		if c, err := store.As[zhuanhua.Contract](row); err != nil || c.Signed.String() != want {
			t.Errorf("%s %v: %v %v", row.ID, row.Source.Cells[2].Raw, c.Signed, err)
		}
	}
}

// TestImportMapping: columns of the giver's own, by YAML and by csv.
func TestImportMapping(t *testing.T) {
	for _, m := range []string{
		text(t, "m.yaml", "kind: achievement\ncolumns:\n  代号: id\n  叫什么: title   # 题目\n  开价: {field: price, unit: 万元}\n  内部备注: \"\"\n"),
		text(t, "m.csv", "column,field,unit\n代号,id\n叫什么,title\n开价,price,万元\n内部备注,\n"),
	} {
		mapping, err := intake.ReadMapping(m)
		if err != nil {
			t.Fatal(err)
		}
		a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
		r, err := a.Import(t.Context(), "test", []string{text(t, "a.csv", "代号,叫什么,开价,内部备注\nX1,示例成果,30,勿外传\n")},
			app.ImportOptions{Noun: zhuanhua.NounAchievement, Intake: intake.Options{Mapping: mapping}})
		if err != nil || r.Events != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		row, err := s.Get(t.Context(), zhuanhua.NounAchievement, "X1")
		if err != nil || row.Image != `{"id":"X1","title":"示例成果","price_fen":30000000,"regions":{}}` && row.Image != `{"id":"X1","title":"示例成果","price_fen":30000000}` {
			t.Errorf("%s %v", row.Image, err)
		}
	}
	for _, bad := range []string{"columns:\n  a: nonsense\n", "columns: 3\n", "column:\n  a: title\n", "kind: thing\ncolumns: {a: title}\n", "columns: {a: title, a: id}\n", "columns: {a: {field: price, unit: 元宝}}\n"} {
		mapping, err := intake.ReadMapping(text(t, "m.yaml", bad))
		if err == nil {
			for _, e := range intake.Records(text(t, "a.csv", "a,成果名称\n1,2\n"), zhuanhua.NounAchievement, intake.Options{Mapping: mapping}) {
				err = e
			}
		}
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestImportZip: an archive of tables is imported table by table; a bomb and a nest are refused.
func TestImportZip(t *testing.T) {
	path := archive(t, map[string]string{
		"成果.csv": "成果编号,成果名称\nA-1,示例\n", "子/需求.jsonl": `{"id":"N-1","title":"示例","organisation":"示例","budget":"3万元","deadline":"2027-01-01"}` + "\n",
		"__MACOSX/._成果.csv": "x", "说明.txt": "x",
	})
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	r, err := a.Import(t.Context(), "test", []string{path}, app.ImportOptions{})
	if err != nil || len(r.Files) != 2 || r.Events != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	if row, err := s.Get(t.Context(), zhuanhua.NounAchievement, "A-1"); err != nil || row.Source.File != "a.zip/成果.csv" {
		t.Errorf("%q %v", row.Source.File, err)
	}
	for name, files := range map[string]map[string]string{
		"bomb":  {"a.csv": "id,title\n" + strings.Repeat("0", 64<<20)},
		"nest":  {"inner.zip": "PK"},
		"empty": {"b/": ""},
	} {
		if _, err := a.Import(t.Context(), "test", []string{archive(t, files)}, app.ImportOptions{}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text(t, "a.zip", b.String())
}

// TestImportWorkbooks: hidden sheets, a header of merged rows, a formula that failed.
func TestImportWorkbooks(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for _, step := range []error{
		f.SetSheetRow("Sheet1", "A1", &[]any{"基本信息", "", "商务", ""}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"成果编号", "成果名称", "意向价格（万元）", "来源地"}),
		f.MergeCell("Sheet1", "A1", "B1"), f.MergeCell("Sheet1", "C1", "D1"),
		f.SetSheetRow("Sheet1", "A3", &[]any{"A-1", "示例甲", 30, "南宁"}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"A-2", "示例乙", nil, "南宁"}),
		f.SetCellFormula("Sheet1", "C4", "1/0"),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if _, err := f.NewSheet("隐藏"); err != nil {
		t.Fatal(err)
	}
	_ = f.SetSheetRow("隐藏", "A1", &[]any{"成果编号", "成果名称"})
	_ = f.SetSheetRow("隐藏", "A2", &[]any{"H-1", "示例隐藏"})
	if err := f.SetSheetVisible("隐藏", false); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	r, err := a.Import(t.Context(), "test", []string{path}, app.ImportOptions{})
	if err != nil || r.Events != 1 || r.Refused != 1 || !strings.Contains(fmt.Sprint(r.Problems), "C4") {
		t.Fatalf("%+v %v", r, err)
	}
	if _, err := s.Get(t.Context(), zhuanhua.NounAchievement, "H-1"); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Error("the hidden sheet was read", err)
	}
}

// TestImportForgotten: a forgotten person in a file is refused and the others are kept.
func TestImportForgotten(t *testing.T) {
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	var b strings.Builder
	b.WriteString("人员编号,姓名\n")
	for i := range 9 {
		fmt.Fprintf(&b, "P-%d,示例%d\n", i, i)
	}
	path := text(t, "p.csv", b.String())
	if _, err := a.Import(t.Context(), "test", []string{path}, app.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), "test", "P-4", ""); err != nil {
		t.Fatal(err)
	}
	r, err := a.Import(t.Context(), "test", []string{path}, app.ImportOptions{})
	if err != nil || r.Refused != 1 || r.Files[0].Unchanged != 8 || r.Problems[0].Value != "P-4" {
		t.Errorf("%+v %v", r, err)
	}
	if n := bytes.Count(export(t, a, zhuanhua.NounPerson, write.JSONL), []byte("\n")); n != 8 {
		t.Errorf("%d persons are exported", n)
	}
}
