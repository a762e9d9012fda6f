package intake

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
)

// inMemory is a file that lies in memory.
func inMemory(name string, b []byte) *input {
	return &input{name: name, r: bytes.NewReader(b), size: int64(len(b))}
}

// readA and readN read a file in memory to its first error, with its warnings.
func readA(name string, b []byte, opt Options) ([]Achievement, []Problem, error) {
	var warned []Problem
	opt.Warn = func(p Problem) { warned = append(warned, p) }
	rows, err := collect(readAchievements(inMemory(name, b), opt))
	return rows, warned, err
}

func readN(name string, b []byte, opt Options) ([]Need, []Problem, error) {
	var warned []Problem
	opt.Warn = func(p Problem) { warned = append(warned, p) }
	rows, err := collect(readNeeds(inMemory(name, b), opt))
	return rows, warned, err
}

// mustA reads achievements without an error or a warning.
func mustA(t *testing.T, name string, b []byte) []Achievement {
	t.Helper()
	rows, warned, err := readA(name, b, Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, w := range warned {
		t.Errorf("%s: unexpected warning: %v", name, w)
	}
	return rows
}

func asCSV(rows [][]string, comma rune) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = comma
	if err := w.WriteAll(rows); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asGB(b []byte) []byte {
	out, err := simplifiedchinese.GB18030.NewEncoder().Bytes(b)
	if err != nil {
		panic(err)
	}
	return out
}

func asUTF16(b []byte, order xunicode.Endianness) []byte {
	out, err := xunicode.UTF16(order, xunicode.UseBOM).NewEncoder().Bytes(b)
	if err != nil {
		panic(err)
	}
	return out
}

func asJSONL(rows [][]string) []byte {
	var b bytes.Buffer
	for _, row := range rows[1:] {
		b.WriteByte('{')
		for i, v := range row {
			if i > 0 {
				b.WriteString(", ")
			}
			key, _ := json.Marshal(rows[0][i])
			value, _ := json.Marshal(v)
			fmt.Fprintf(&b, "%s: %s", key, value)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// asXLSX writes rows with excelize and lets change go over the workbook.
func asXLSX(rows [][]string, change func(f *excelize.File)) []byte {
	f := excelize.NewFile()
	defer f.Close()
	for r, row := range rows {
		for c, v := range row {
			if err := f.SetCellStr("Sheet1", letters(c)+fmt.Sprint(r+1), v); err != nil {
				panic(err)
			}
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// rawXLSX wraps the XML of one sheet, its shared texts and its styles into a workbook; method is
// zip.Store or zip.Deflate.
func rawXLSX(sheet, texts, styles string, method uint16) []byte {
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	parts := []struct{ name, body string }{
		{"_rels/.rels", `<Relationships><Relationship Id="r1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns:r="` + rel + `"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="` + rel + `/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="` + rel + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet}, {"xl/sharedStrings.xml", texts}, {"xl/styles.xml", styles},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: method})
		if err != nil {
			panic(err)
		}
		if !strings.HasPrefix(p.body, "<?xml") {
			_, _ = w.Write([]byte(xmlHead))
		}
		_, _ = w.Write([]byte(p.body))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const (
	noTexts  = `<sst/>`
	noStyles = `<styleSheet/>`
)

// sheetXML wraps the XML of rows.
func sheetXML(rows string) string {
	return `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`
}

// inlineRow is a row of inline texts.
func inlineRow(num int, cells ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, num)
	for i, c := range cells {
		fmt.Fprintf(&b, `<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, letters(i), num, c)
	}
	return b.String() + "</row>"
}

func writeFile(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
