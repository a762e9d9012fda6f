package intake

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"zhuanhua"
)

func written(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDetect tells kinds from headers and keys, and asks where they could be several.
func TestDetect(t *testing.T) {
	gb := func(s string) string {
		s, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, c := range map[string]struct {
		file, content string
		want          zhuanhua.Noun
	}{
		"achievements":          {"a.csv", "序号,成果名称,完成单位\n1,示例,示例\n", zhuanhua.NounAchievement},
		"needs":                 {"a.csv", "编号;需求名称;截止日期\n1;示例;\n", zhuanhua.NounNeed},
		"needs in GB18030":      {"a.csv", gb("编号,需求名称,截止日期\n1,示例,\n"), zhuanhua.NounNeed},
		"below a title":         {"a.csv", "2026年技术合同登记表\n单位：万元\n合同编号,合同名称,合同成交额\n1,示例,2\n", zhuanhua.NounContract},
		"organisations":         {"a.csv", "单位名称,统一社会信用代码\n示例,\n", zhuanhua.NounOrganisation},
		"persons":               {"a.csv", "工号\t姓名\t职称\n1\t示例\t\n", zhuanhua.NounPerson},
		"organisations, keys":   {"a.jsonl", `{"id":"1","name":"示例","uscc":"","kind":"企业"}`, zhuanhua.NounOrganisation},
		"persons, keys":         {"a.jsonl", `{"id":"1","name":"示例","organisation":"示例","title":"教授","contact":"示例"}`, zhuanhua.NounPerson},
		"contracts, keys":       {"a.jsonl", `{"id":"1","title":"示例","seller":"甲","buyer":"乙","amount":"3万元"}`, zhuanhua.NounContract},
		"a title alone":         {"a.csv", "id,title\n1,示例\n", ""},
		"a name alone":          {"a.csv", "id,name\n1,示例\n", ""},
		"a title and its field": {"a.jsonl", `{"id":"1","title":"示例","field":"农业"}`, ""},
		"nothing known":         {"a.csv", "甲,乙\n1,2\n", ""},
	} {
		got, err := Detect(written(t, c.file, []byte(c.content)), Options{})
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err != nil && (zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), "--kind achievement|need")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for path, want := range map[string]zhuanhua.Noun{"../examples/achievements.jsonl": zhuanhua.NounAchievement, "../examples/needs.jsonl": zhuanhua.NounNeed} {
		if got, err := Detect(path, Options{}); got != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}

// TestArchiveNames: programs for Chinese Windows write names in GB 18030 without saying so.
func TestArchiveNames(t *testing.T) {
	name, err := simplifiedchinese.GB18030.NewEncoder().String("成果汇总.csv")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, NonUTF8: true, Method: zip.Deflate})
	if err == nil {
		_, err = f.Write([]byte("成果编号,成果名称\n1,示例\n"))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for file, err := range Files(written(t, "a.zip", b.Bytes()), Options{}) {
		if err != nil || !strings.HasSuffix(file.Name, "a.zip/成果汇总.csv") {
			t.Error(file.Name, err)
		}
		n++
	}
	if n != 1 {
		t.Error(n, "tables")
	}
	for _, err := range Files(written(t, "a.zip", b.Bytes()[:b.Len()-30]), Options{}) {
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Error(err)
		}
	}
}

// FuzzMapping: no mapping file breaks the reader, and what it takes it can use.
func FuzzMapping(f *testing.F) {
	for _, s := range []string{"columns: {a: title}", "kind: need\ncolumns:\n  a: {field: budget, unit: 万元}\n", "columns:\n  - a", "a: &x [*x]", "\"", ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := &Mapping{name: "m.yaml", columns: map[string]column{}}
		if len(s) > maxMapping || m.readYAML(s) != nil {
			return
		}
		for name := range m.columns {
			if c, ok := m.column(name); !ok || c.Name != name {
				t.Errorf("%q is lost", name)
			}
		}
	})
}
