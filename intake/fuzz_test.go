package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"
	"unicode/utf8"

	"zhuanhua"
)

// fuzzLimits are small, so that a run that passes them shows at once.
var fuzzLimits = Limits{FileBytes: 8 << 20, UnpackedBytes: 8 << 20, CellRunes: 64 << 10, Columns: 64, Records: 2000, LineBytes: 256 << 10, ZipEntries: 64}

// fuzzBoth reads the bytes as achievements and as needs.
func fuzzBoth(t *testing.T, name string, b []byte) {
	fuzzRows(t, readAchievements(inMemory(name, b), Options{Limits: fuzzLimits}))
	fuzzRows(t, readNeeds(inMemory(name, b), Options{Limits: fuzzLimits}))
}

// fuzzRows checks what holds for every file: ids differ, places are known, raw values are text, and
// errors are the giver's to mend and stand on one line.
func fuzzRows[T any](t *testing.T, rows iter.Seq2[Row[T], error]) {
	last := 0
	for row, err := range rows {
		if err != nil {
			var re *RowError
			if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || strings.ContainsAny(err.Error(), "\n\r\x00") || !utf8.ValidString(err.Error()) {
				t.Fatalf("error %q of kind %q", err.Error(), zhuanhua.KindOf(err))
			}
			if !errors.As(err, &re) {
				return
			}
			continue
		}
		src := row.Source
		if src.Row <= last || src.Line <= 0 {
			t.Fatalf("row %d after %d, line %d", src.Row, last, src.Line)
		}
		last = src.Row
		for _, c := range src.Cells {
			if !utf8.ValidString(c.Raw) || !utf8.ValidString(c.Column) || !utf8.ValidString(strings.Join(c.List, "")) {
				t.Fatalf("cell %q is not UTF-8", c)
			}
			if c.Column == "" && c.Noun != "" || utf8.RuneCountInString(c.Raw) > fuzzLimits.CellRunes {
				t.Fatalf("cell %q", c)
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("编号,成果名称,摘要\n1,\"甲\r\n\"\"乙\"\"\",丙\n"))
	f.Add(asGB([]byte("需求名称;预算（万元）;地区\n甲;20;柳州\n")))
	f.Add([]byte("\xff\xfei\x00d\x00\t\x00t\x00i\x00t\x00l\x00e\x00\n\x001\x00\t\x00a\x00"))
	f.Add([]byte(bom + "单位：万元\nid,title,price,maturity,ip\r1,a,5,TRL6,ZL202010123456.7\r"))
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzzBoth(t, "a.csv", b)
		if !utf8.Valid(b) || bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(b, []byte(bom))), []byte("{")) {
			return
		}
		for row, err := range readAchievements(inMemory("a.csv", b), Options{Limits: fuzzLimits, Encoding: "utf-8"}) {
			if err != nil {
				continue
			}
			for _, c := range row.Source.Cells { // every raw value can be found again in the file
				if c.List == nil && !bytes.Contains(b, []byte(c.Raw)) && !bytes.Contains(b, []byte(strings.ReplaceAll(c.Raw, `"`, `""`))) {
					t.Fatalf("%q is not in the file", c.Raw)
				}
			}
		}
	})
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"id": "1", "title": "甲", "keywords": ["a", 2, true], "price": 3.5e2, "x": null}`))
	f.Add([]byte("{\"标题\": \"\\ud83d\\ude00 \\ud800\", \"text\": \"\"}\n\n{\"title\":\"b\"}"))
	f.Add([]byte(`{"title": {"a": 1}}`))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzBoth(t, "a.jsonl", b) })
}

// FuzzXLSX reads a whole archive, or the XML of a sheet, of the shared texts and of the styles,
// divided by |||: changes inside compressed parts would mostly break the compression only.
func FuzzXLSX(f *testing.F) {
	f.Add(asXLSX([][]string{{"编号", "成果名称"}, {"1", "甲"}}, nil))
	f.Add([]byte(sheetXML(inlineRow(1, "编号", "成果名称", "意向价格")+`<row r="2"><c r="A2" s="1"><v>46082</v></c><c r="B2" t="s"><v>0</v></c><c r="C2" t="b"><f>1</f><v>1</v></c></row>`) +
		`|||<sst><si><r><t>甲</t></r><rPh><t>j</t></rPh></si></sst>|||<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>`))
	f.Add([]byte(`<worksheet><sheetData>` + inlineRow(1, "id", "title") + inlineRow(2, "1", "a") + inlineRow(3, "2") + `</sheetData><mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B2:B4"/></mergeCells></worksheet>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !bytes.HasPrefix(b, []byte("PK")) {
			parts := append(strings.SplitN(string(b), "|||", 3), noTexts, noStyles)
			if len(parts) == 3 {
				parts = append(parts[:1], noTexts, noStyles)
			}
			b = rawXLSX(parts[0], parts[1], parts[2], zip.Store)
		}
		fuzzBoth(t, "a.xlsx", b)
	})
}
