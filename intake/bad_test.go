package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhuanhua"
)

var update = flag.Bool("update", false, "write the golden files anew")

// badFile is a file that a person may hand in by mistake or ill will.
type badFile struct {
	about, name string
	body        []byte
	opt         Options
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

const head = "编号,成果名称,摘要\n"

// badTexts are csv and jsonl files.
func badTexts() []badFile {
	t := func(about, name, body string) badFile { return badFile{about: about, name: name, body: []byte(body)} }
	return []badFile{
		t("empty file", "a.csv", ""),
		t("only blanks", "a.csv", " \n\n\t\n"),
		t("only a byte-order mark", "a.csv", bom),
		t("header only", "a.csv", head),
		t("header only, jsonl is empty but for line ends", "a.jsonl", "\n\n"),
		t("no title column", "a.csv", "编号,备注,Price\n1,x,3\n"),
		t("no title column, no names at all", "a.csv", "1;2;3\n4;5;6\n"),
		t("no title key", "a.jsonl", `{"id": "1", "label": "x"}`),
		t("one column twice", "a.csv", "编号,标题,标题\n1,a,b\n"),
		t("wrong encoding: UTF-8 with three broken bytes", "a.csv", head+"1,好,好\n2,坏\xff,\xfe坏\n3,坏\xe5,x\n"),
		t("wrong encoding: neither", "a.csv", head+"1,\xff\xff\xff\xff,x\n"),
		{"declared UTF-8 and is not", "a.csv", asGB([]byte(head + "1,好,好\n")), Options{Encoding: "utf-8"}},
		{"declared GB18030 and is not", "a.csv", []byte(head + "1,好,好坏\n"), Options{Encoding: "GBK"}},
		{"encoding that does not exist", "a.csv", []byte(head), Options{Encoding: "klingon"}},
		t("binary junk", "a.csv", repeat("\x00\x01\x02\x03\x04", 100)),
		t("UTF-16 without a mark", "a.csv", repeat("a\x00,\x00", 100)),
		t("10,000 columns, csv", "a.csv", "编号,标题"+repeat(",x", 9998)+"\n1,a\n"),
		t("10,000 keys, jsonl", "a.jsonl", `{"title":"a"`+manyKeys(10000)+"}"),
		t("more values than names", "a.csv", head+"1,甲,一\n2,乙,用糖蜜,发酵\n"),
		t("quotation mark never closed", "a.csv", head+"1,甲,一\n2,\"乙,二\n3,丙,三\n"),
		t("text after a closing quotation mark", "a.csv", head+"1,\"甲\"乙,一\n"),
		{"a line longer than the limit, csv", "a.csv", []byte(head + "1,甲," + repeat("长", 9000)), Options{Limits: Limits{LineBytes: 16 << 10}}},
		{"a quoted value longer than the limit", "a.csv", []byte(head + "1,\"" + repeat("长\n", 9000)), Options{Limits: Limits{LineBytes: 16 << 10}}},
		{"a line longer than the limit, jsonl", "a.jsonl", []byte(`{"title":"` + repeat("长", 9000)), Options{Limits: Limits{LineBytes: 16 << 10}}},
		{"a text longer than the limit, csv", "a.csv", []byte(head + "1,甲," + repeat("长", 101)), Options{Limits: Limits{CellRunes: 100}}},
		{"a text longer than the limit, jsonl", "a.jsonl", []byte(`{"title":"` + repeat("长", 101) + `"}`), Options{Limits: Limits{CellRunes: 100}}},
		{"too many records", "a.csv", []byte(head + "1,甲,一\n2,乙,二\n3,丙,三\n"), Options{Limits: Limits{Records: 2}}},
		t("duplicate id, other content", "a.csv", head+"1,甲,一\n2,乙,二\n1,丙,三\n"),
		t("empty id", "a.csv", head+"1,甲,一\n,乙,二\n"),
		t("id with a line break", "a.csv", head+"\"1\n2\",甲,一\n"),
		t("id that is a text", "a.csv", head+repeat("长", 100)+",甲,一\n"),
		t("JSON cut off", "a.jsonl", `{"id": "1", "title": "甲"}`+"\n"+`{"id": "2", "title": "乙`),
		t("JSON with single quotation marks", "a.jsonl", `{'title': '甲'}`),
		t("JSON over several lines", "a.jsonl", "{\n  \"title\": \"甲\"\n}\n"),
		t("JSON list around the records", "a.json", `[{"title": "甲"}]`),
		t("JSON text as record", "a.jsonl", "{\"title\": \"甲\"}\n\"乙\"\n"),
		t("JSON number as record", "a.jsonl", "12\n"),
		t("JSON object inside", "a.jsonl", `{"title": "甲", "region": {"code": "450000"}}`),
		t("JSON list of lists", "a.jsonl", `{"title": "甲", "keywords": ["a", ["b"]]}`),
		t("JSON key twice", "a.jsonl", `{"title": "甲", "text": "一", "title": "乙"}`),
		t("two JSON objects on a line", "a.jsonl", `{"title": "甲"} {"title": "乙"}`),
		t("web page named xlsx", "a.xlsx", "\n<HTML><table><tr><td>成果名称</td></tr></table>"),
		t("XML named xls", "a.xls", "<?xml version=\"1.0\"?><Workbook/>"),
		t("csv named xlsx", "a.xlsx", head+"1,甲,一\n"),
		t("old .xls", "a.xls", oleMagic+repeat("\x00", 600)),
		t("encrypted workbook", "a.xlsx", oleMagic+repeat("\x00", 600)+"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"),
		t("PDF", "a.csv", "%PDF-1.7\n"),
		t("gzip", "a.csv.gz", "\x1f\x8b\x08"),
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":1`, i)
	}
	return b.String()
}

// badWorkbooks are xlsx files.
func badWorkbooks() []badFile {
	x := func(about string, body []byte) badFile { return badFile{about: about, name: "a.xlsx", body: body} }
	cells := [][]string{{"编号", "成果名称", "摘要", "备注"}, {"1", "甲", "一", "x"}, {"2", "乙", "二", "y"}}
	good := asXLSX(cells, nil)
	header := inlineRow(1, "编号", "成果名称", "摘要")
	raw := func(rows string) []byte { return rawXLSX(sheetXML(header+rows), noTexts, noStyles, zip.Deflate) }
	return []badFile{
		x("workbook cut in half", good[:len(good)/2]),
		x("zip without a workbook", zipOf("readme.txt", "hello")),
		x("Word document", zipOf("word/document.xml", "<x/>")),
		x("OpenDocument", zipOf("content.xml", "<x/>")),
		{"too many entries", "a.xlsx", good, Options{Limits: Limits{ZipEntries: 3}}},
		x("zip bomb", rawXLSX(sheetXML(repeat("<row></row>", 2<<20)), noTexts, noStyles, zip.Deflate)),
		x("empty sheet", asXLSX(nil, nil)),
		x("header only", asXLSX(cells[:1], nil)),
		x("no title column", asXLSX([][]string{{"2025年汇总"}, {"号码", "备注"}, {"1", "x"}}, nil)),
		x("all sheets hidden", asXLSX(cells, func(f *excelize.File) {
			_, _ = f.NewSheet("空")
			_ = f.SetSheetVisible("空", true)
			f.SetActiveSheet(1)
			_ = f.SetSheetVisible("Sheet1", false)
			_ = f.DeleteSheet("空")
		})),
		x("only a hidden sheet has the records", asXLSX(cells, func(f *excelize.File) {
			_, _ = f.NewSheet("说明")
			_ = f.SetCellStr("说明", "A1", "请看隐藏的表")
			f.SetActiveSheet(1)
			_ = f.SetSheetVisible("Sheet1", false)
		})),
		{"sheet that is not there", "a.xlsx", good, Options{Sheet: "成果"}},
		x("formula never computed", asXLSX([][]string{cells[0][:3], {"1", "甲"}}, func(f *excelize.File) { _ = f.SetCellFormula("Sheet1", "C2", "A1&B1") })),
		x("formula with an error", raw(`<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`)),
		x("text that is not in the file", raw(`<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>5</v></c></row>`)),
		x("sheet cut off inside the zip", rawXLSX(`<worksheet><sheetData>`+header+`<row r="2"><c r="A2"><v>1</v>`, noTexts, noStyles, zip.Deflate)),
		x("rows out of order", raw(inlineRow(3, "1", "甲")+inlineRow(2, "2", "乙"))),
		x("a byte changed inside the zip", flipped(rawXLSX(sheetXML(header+inlineRow(2, "1", "甲")), noTexts, noStyles, zip.Store))),
		x("10,000 columns, xlsx", raw(`<row r="2"><c r="NTP2"><v>1</v></c></row>`)),
		{"a text longer than the limit, xlsx", "a.xlsx", raw(inlineRow(2, "1", repeat("长", 4001))), Options{Limits: Limits{CellRunes: 1000}}},
		x("duplicate id, other content, xlsx", asXLSX(append(cells, []string{"1", "丙"}), nil)),
	}
}

func zipOf(name, body string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create(name)
	_, _ = w.Write([]byte(body))
	_ = z.Close()
	return b.Bytes()
}

// flipped changes one character of a stored text, so that only the checksum tells.
func flipped(b []byte) []byte { return bytes.Replace(b, []byte("甲"), []byte("乙"), 1) }

// TestBadInput compares every message with messages.golden, which is for people to read: each says
// what is wrong, where, and what to do.
func TestBadInput(t *testing.T) {
	var out strings.Builder
	for _, f := range append(badTexts(), badWorkbooks()...) {
		_, warned, err := readA(f.name, f.body, f.opt)
		if err == nil {
			t.Errorf("%s: no error", f.about)
			continue
		}
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: kind %q of %v", f.about, zhuanhua.KindOf(err), err)
		}
		if strings.ContainsAny(err.Error(), "\n\x00") || !strings.HasPrefix(err.Error(), f.name) {
			t.Errorf("%s: message %q", f.about, err)
		}
		fmt.Fprintf(&out, "%s\n    %v\n", f.about, err)
		_ = warned
	}
	golden(t, "messages.golden", out.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run go test ./intake -update and look at the change. Got:\n%s", name, got)
	}
}

// TestWarnings compares what is told of files that can be used, though something in them cannot.
func TestWarnings(t *testing.T) {
	var out strings.Builder
	for _, f := range []badFile{
		{"no id column", "a.csv", []byte("成果名称\n甲\n"), Options{}},
		{"the same record twice", "a.csv", []byte(head + "1,甲,一\n1,甲,一\n"), Options{}},
		{"only punctuation", "a.csv", []byte(head + "1,。。。,——\n"), Options{}},
		{"values that cannot be read", "a.csv", []byte("编号,成果名称,来源地,成熟度,意向价格,合作方式,所处阶段,IPC\n1,甲,玄武国,很高,五十到一百万,以物易物,很远,没有\n"), Options{}},
		{"region with many answers", "a.csv", []byte("编号,成果名称,来源地\n1,甲,鼓楼区\n2,乙,广西、广东\n"), Options{}},
		{"merged cells", "a.xlsx", asXLSX([][]string{{"编号", "成果名称", "完成单位"}, {"1", "甲", "示例大学"}, {"2", "乙", ""}}, func(f *excelize.File) {
			_ = f.MergeCell("Sheet1", "C2", "C3")
		}), Options{}},
		{"a value under no name", "a.xlsx", asXLSX([][]string{{"编号", "成果名称"}, {"1", "甲", "", "多出"}}, nil), Options{}},
		{"formula never computed in a column that is not read", "a.xlsx", asXLSX([][]string{{"编号", "成果名称", "合计"}, {"1", "甲"}}, func(f *excelize.File) {
			_ = f.SetCellFormula("Sheet1", "C2", "1+1")
		}), Options{}},
	} {
		_, warned, err := readA(f.name, f.body, f.opt)
		if err != nil || len(warned) == 0 {
			t.Errorf("%s: error %v, warnings %v", f.about, err, warned)
		}
		fmt.Fprintf(&out, "%s\n", f.about)
		for _, w := range warned {
			fmt.Fprintf(&out, "    %v\n", w)
		}
	}
	_, warned, err := readN("n.csv", []byte("编号,需求名称,预算（万元）,截止日期,成熟度\n1,甲,很多,马上,小试\n2,乙,50-100,2026-02-30,\n"), Options{})
	if err != nil {
		t.Error(err)
	}
	fmt.Fprintln(&out, "values of a need that cannot be read")
	for _, w := range warned {
		fmt.Fprintf(&out, "    %v\n", w)
	}
	golden(t, "warnings.golden", out.String())
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	big := writeFile(t, "big.csv", []byte(head+"1,甲,一\n"))
	closed := writeFile(t, "closed.csv", []byte(head))
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		path, want string
		opt        Options
	}{
		{dir + "/none.csv", "there is no such file", Options{}},
		{dir, "this is a folder", Options{}},
		{big, "larger than 10 bytes", Options{Limits: Limits{FileBytes: 10}}},
	}
	if runtime.GOOS == "linux" {
		cases = append(cases, struct {
			path, want string
			opt        Options
		}{"/dev/zero", "not an ordinary file", Options{}})
	}
	if os.Geteuid() != 0 {
		cases = append(cases, struct {
			path, want string
			opt        Options
		}{closed, "may not be read", Options{}})
	}
	for _, c := range cases {
		if _, err := Achievements(c.path, c.opt); err == nil || !strings.Contains(err.Error(), c.want) || zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
	if err := openError("a.csv", fs.ErrPermission); !strings.Contains(err.Error(), "may not be read") {
		t.Error(err)
	}
	if _, err := Needs(writeFile(t, "n.csv", []byte("需求名称,编号\n甲,1\n")), Options{}); err != nil {
		t.Error(err)
	}
}

// endless is a file of one line whose bytes are made when they are read.
type endless struct{ read int64 }

func (e *endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		p[i] = 'x'
		if at := off + int64(i); at < int64(len(head)) {
			p[i] = head[at]
		}
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestLineOfOneGigabyteIsRefusedEarly(t *testing.T) {
	for _, name := range []string{"a.csv", "a.jsonl"} {
		e := &endless{}
		_, err := collect(readAchievements(&input{name: name, r: e, size: 1 << 30}, Options{}))
		if err == nil || !strings.Contains(err.Error(), "longer than 16 MiB") {
			t.Errorf("%s: %v", name, err)
		}
		if e.read > 32<<20 {
			t.Errorf("%s: %d bytes were read", name, e.read)
		}
	}
}

func TestTextOfTwoMegabytesIsAccepted(t *testing.T) {
	long := repeat("很长的正文。", 120_000)
	rows := [][]string{{"编号", "成果名称", "摘要"}, {"1", "甲", long}}
	sheet := sheetXML(inlineRow(1, rows[0]...) + inlineRow(2, rows[1]...))
	for name, b := range map[string][]byte{"a.csv": asCSV(rows, ','), "a.jsonl": asJSONL(rows), "gb.csv": asGB(asCSV(rows, ',')), "a.xlsx": rawXLSX(sheet, noTexts, noStyles, zip.Store)} {
		if got := mustA(t, name, b); got[0].Value.Abstract != long {
			t.Errorf("%s: %d bytes, want %d", name, len(got[0].Value.Abstract), len(long))
		}
	}
}

// TestReadersGoOnAfterABadRow is what importing needs: the good rows and a report of the others.
func TestReadersGoOnAfterABadRow(t *testing.T) {
	var good []string
	var bad []*RowError
	body := head + "1,甲,一\n1,乙,二\n2,丙,三,多\n,丁,四\n3,戊,五\n"
	for row, err := range readAchievements(inMemory("a.csv", []byte(body)), Options{}) {
		var re *RowError
		switch {
		case err == nil:
			good = append(good, row.Value.ID)
		case errors.As(err, &re):
			bad = append(bad, re)
		default:
			t.Fatal(err)
		}
	}
	if fmt.Sprint(good) != "[1 3]" || len(bad) != 3 || bad[0].Row != 2 || bad[0].Line != 3 || bad[2].Row != 4 {
		t.Errorf("good %v, bad %v", good, bad)
	}
	for range readAchievements(inMemory("a.csv", []byte(body)), Options{}) {
		break // the reader must let go
	}
}

// failing is a file whose disk breaks.
type failing struct{ bytes.Reader }

func (f *failing) ReadAt(p []byte, off int64) (int, error) {
	if off > 0 {
		return 0, io.ErrClosedPipe
	}
	return f.Reader.ReadAt(p, off)
}

func TestBrokenDisk(t *testing.T) {
	body := []byte(head + repeat("1,甲,一\n", 100_000))
	f := &failing{*bytes.NewReader(body)}
	_, err := collect(readAchievements(&input{name: "a.csv", r: f, size: int64(len(body))}, Options{}))
	if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Errorf("%v", err)
	}
}
