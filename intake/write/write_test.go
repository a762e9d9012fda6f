package write_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/intake/write"
)

func records(t *testing.T, path string, noun zhuanhua.Noun) []zhuanhua.Record {
	t.Helper()
	var out []zhuanhua.Record
	for r, err := range intake.Records(path, noun, intake.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Problems {
			t.Errorf("%s: %s", path, p)
		}
		if r.Value != nil {
			out = append(out, r.Value)
		}
	}
	return out
}

func each(rs []zhuanhua.Record) iter.Seq2[zhuanhua.Record, error] {
	return func(yield func(zhuanhua.Record, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func export(t *testing.T, path string, noun zhuanhua.Noun, rs []zhuanhua.Record) []byte {
	t.Helper()
	f, _ := write.FormatOf(path)
	var b bytes.Buffer
	if n, err := write.Export(&b, f, noun, each(rs)); err != nil || n != len(rs) {
		t.Fatal(n, err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRoundTrip: what is exported comes back as the same images, its kind is told, and exporting it
// again gives the same bytes, in every format.
func TestRoundTrip(t *testing.T) {
	sets := map[zhuanhua.Noun][]zhuanhua.Record{
		zhuanhua.NounAchievement:  append(records(t, "../../examples/achievements.jsonl", zhuanhua.NounAchievement), odd()...),
		zhuanhua.NounNeed:         records(t, "../../examples/needs.jsonl", zhuanhua.NounNeed),
		zhuanhua.NounOrganisation: organisations(),
		zhuanhua.NounPerson:       persons(),
		zhuanhua.NounContract:     contracts(),
	}
	for noun, rs := range sets {
		for _, f := range []string{"csv", "xlsx", "jsonl"} {
			t.Run(string(noun)+"."+f, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "a."+f)
				first := export(t, path, noun, rs)
				if told, err := intake.Detect(path, intake.Options{}); err != nil || told != noun {
					t.Errorf("told %q, %v", told, err)
				}
				back := records(t, path, noun)
				if len(back) != len(rs) {
					t.Fatalf("%d records come back of %d", len(back), len(rs))
				}
				for i := range rs {
					if a, b := zhuanhua.CanonicalJSON(rs[i]), zhuanhua.CanonicalJSON(back[i]); a != b {
						t.Fatalf("record %d\n was  %s\n is   %s", i, a, b)
					}
				}
				if second := export(t, path, noun, back); f != "xlsx" && !bytes.Equal(first, second) {
					t.Error("the second export differs")
				}
			})
		}
	}
}

// odd are achievements with values that an export has to be careful with.
func odd() []zhuanhua.Record {
	zero, fen, wan := zhuanhua.Money(0), zhuanhua.Money(1234567), zhuanhua.Money(125_500_00)
	return []zhuanhua.Record{
		zhuanhua.Achievement{ID: "示例-X1", Title: "=HYPERLINK(\"x\")", Keywords: []string{"a；b", "c,d", "e、f"}, Units: []string{"Example Co., Ltd."}, Price: &zero},
		zhuanhua.Achievement{ID: "示例-X2", Title: "-20℃ 低温\n两行 \"引号\", 逗号", Body: "@甲\n\t乙", Price: &fen, Persons: []string{"张 三", "李四"}},
		zhuanhua.Achievement{ID: "示例-X3", Title: "+86 号线", Price: &wan, Class: zhuanhua.ClassSoft, Stage: zhuanhua.StageEarly, Modes: zhuanhua.Modes(), Keywords: []string{"单独 空格 词语"}},
		zhuanhua.Achievement{ID: "00012", Title: "_x000D_ ＝全角", Maturity: 1, Stage: zhuanhua.StageMature, Keywords: []string{`["像`, `列表"]`}},
		zhuanhua.Achievement{ID: "-5", Title: "2026-03-01", TechField: "1e5", DuplicateOf: "1.50"},
	}
}

func organisations() (rs []zhuanhua.Record) {
	for i, k := range []zhuanhua.OrgKind{zhuanhua.OrgUniversity, zhuanhua.OrgInstitute, zhuanhua.OrgEnterprise, zhuanhua.OrgBroker, zhuanhua.OrgAuthority, zhuanhua.OrgOther, ""} {
		rs = append(rs, zhuanhua.Organisation{ID: fmt.Sprint("O-", i), Name: fmt.Sprint("示例机构", i), USCC: "91350100M000100Y43", Kind: k, Region: "450200"})
	}
	return rs
}

func persons() []zhuanhua.Record {
	return []zhuanhua.Record{
		zhuanhua.Person{ID: "P-1", Name: "示例人员甲", Organisation: "示例研究院", Title: "教授", Fields: []string{"制糖", "节能 降耗"}, Contact: "+86 000 0000"},
		zhuanhua.Person{ID: "P-2", Name: "示例人员乙"},
	}
}

func contracts() (rs []zhuanhua.Record) {
	m := func(n int64) *zhuanhua.Money { v := zhuanhua.Money(n); return &v }
	d := func(s string) zhuanhua.Date { v, _ := zhuanhua.ParseDate(s); return v }
	for i, typ := range zhuanhua.ContractTypes() {
		rs = append(rs, zhuanhua.Contract{ID: fmt.Sprint("C-", i), NationalNo: "示例20260001", Type: typ, Title: "示例合同", Seller: "甲", Buyer: "乙",
			Signed: d("2026-02-28"), Term: zhuanhua.Period{From: d("2026-02-28"), To: d("2027-12-31")}, Amount: m(2_000_000_00), TechDeclared: m(1_999_999_99),
			TechVerified: m(0), Region: "450100", TechField: "农业", Achievements: []string{"A-1", "A-2"}})
	}
	return append(rs, zhuanhua.Contract{ID: "C-9", Title: "示例只有名称"})
}

// TestExportIsSafeCSV: no cell of an exported csv begins as a formula.
func TestExportIsSafeCSV(t *testing.T) {
	b := export(t, filepath.Join(t.TempDir(), "a.csv"), zhuanhua.NounAchievement, odd())
	if !bytes.HasPrefix(b, []byte("\ufeff")) {
		t.Error("no byte-order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(b[3:])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, c := range row {
			if c != "" && strings.ContainsRune("=+@\t\r＝＋－＠", []rune(c)[0]) || strings.HasPrefix(c, "-") && c != "-5" {
				t.Errorf("unsafe cell %q", c)
			}
		}
	}
}

func TestExportRefusesWhatACellCannotHold(t *testing.T) {
	var b bytes.Buffer
	long := zhuanhua.Achievement{ID: "示例-长", Title: "x", Body: strings.Repeat("字", 32768)}
	_, err := write.Export(&b, write.XLSX, zhuanhua.NounAchievement, each([]zhuanhua.Record{long}))
	if err == nil || !strings.Contains(err.Error(), "示例-长") || zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
}

// TestTemplates: a template is told for what it is, its sample row is passed over, and every word of
// its drop-downs is understood.
func TestTemplates(t *testing.T) {
	for _, noun := range zhuanhua.Nouns() {
		t.Run(string(noun), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "t.xlsx")
			var b bytes.Buffer
			if err := write.Template(&b, noun); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			if told, err := intake.Detect(path, intake.Options{}); err != nil || told != noun {
				t.Errorf("told %q, %v", told, err)
			}
			if rs := records(t, path, noun); len(rs) != 0 {
				t.Errorf("the sample row is read: %v", rs)
			}
			f, err := excelize.OpenFile(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			sheet := f.GetSheetName(0)
			dvs, err := f.GetDataValidations(sheet)
			if err != nil || noun != zhuanhua.NounPerson && len(dvs) == 0 {
				t.Errorf("drop-downs: %d, %v", len(dvs), err)
			}
			if visible, err := f.GetSheetVisible("词表"); visible || err != nil {
				t.Error("the lists are not hidden", err)
			}
			fill(t, f, sheet, path)
			if rs := records(t, path, noun); len(rs) != 1 || rs[0].Key() != "示例-1" {
				t.Errorf("a filled row gives %v", rs)
			}
		})
	}
}

// fill copies the sample row below itself under an id of its own.
func fill(t *testing.T, f *excelize.File, sheet, path string) {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	row := slices.Clone(rows[1])
	row[0] = "示例-1"
	if err := f.SetSheetRow(sheet, "A3", &row); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

func TestVocabulariesAreUnderstood(t *testing.T) {
	for _, name := range intake.Regions() {
		if _, ok := intake.RegionOf(name); !ok {
			t.Errorf("region %s is offered and not understood", name)
		}
	}
	if n := len(intake.Regions()); n < 300 {
		t.Errorf("only %d regions", n)
	}
}

func TestReport(t *testing.T) {
	base := filepath.Join(t.TempDir(), "问题")
	r := write.NewReport(base)
	if files, err := r.Close(); err != nil || files != nil {
		t.Fatal(files, err)
	}
	r = write.NewReport(base)
	for i := range 3 {
		p := intake.Problem{File: "dir/a.xlsx", Sheet: "表", Row: i + 1, Line: i + 2, Column: "价格", Value: "=1+1", What: "the amount is not understood", Do: "write it"}
		if err := r.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	files, err := r.Close()
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	b, err := os.ReadFile(base + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b[3:])).ReadAll()
	if err != nil || len(rows) != 4 || strings.Join(rows[1][:6], "|") != "a.xlsx|表|2|1|价格|'=1+1" {
		t.Errorf("%v %q", err, rows)
	}
	f, err := excelize.OpenFile(base + ".xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if v, err := f.GetCellValue("问题", "F4"); v != "=1+1" || err != nil {
		t.Errorf("%q %v", v, err)
	}
	if v, err := f.GetCellFormula("问题", "F4"); v != "" || err != nil {
		t.Errorf("formula %q %v", v, err)
	}
	if left, _ := filepath.Glob(filepath.Dir(base) + "/.report*"); left != nil {
		t.Error("left behind", left)
	}
}
