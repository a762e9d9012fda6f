package intake

import (
	"reflect"
	"strings"
	"testing"

	"zhuanhua"
)

// TestEveryHeaderName goes through the table of names, each in the dress that tables put on it.
func TestEveryHeaderName(t *testing.T) {
	seen := map[string]string{}
	lines := 0
	for line := range strings.Lines(headersText + headersRecordsText) {
		noun, kinds, names, ok := cutHeaderLine(line)
		if !ok {
			continue
		}
		lines++
		for _, k := range []kind{achievements, needs, organisations, persons, contracts} {
			if !strings.ContainsRune(kinds, rune(k.code)) {
				continue
			}
			for name := range strings.SplitSeq(names, ",") {
				name = strings.TrimSpace(name)
				if fold(name) == "" {
					t.Fatalf("empty name in %q", line)
				}
				if before := seen[string(k.code)+fold(name)]; before != "" && before != noun {
					t.Errorf("%q is %s and %s", name, before, noun)
				}
				seen[string(k.code)+fold(name)] = noun
				for _, dressed := range []string{name, "* " + name, name + "（必填）", " " + strings.ToUpper(name) + ":", name + "\n(选填)", strings.ReplaceAll(name, " ", "_"), "【" + name + "】"} {
					if got := lookUp(k, dressed); got.Noun != noun || got.Name != dressed {
						t.Errorf("%q for %c is %+v, want %s", dressed, k.code, got, noun)
					}
				}
			}
		}
	}
	if lines < 25 {
		t.Errorf("only %d lines in headers.txt", lines)
	}
}

// TestNounsHaveNames checks that every field that a converter reads can be named in both languages.
func TestNounsHaveNames(t *testing.T) {
	want := map[kind][]string{
		achievements:  {"id", "title", "abstract", "text", "body", "keywords", "field", "ipc", "industry", "units", "persons", "ip", "maturity", "stage", "class", "modes", "price", "source_region", "landing_region", "application_region", "duplicate_of"},
		needs:         {"id", "title", "text", "background", "objective", "indicators", "keywords", "field", "industry", "organisation", "budget", "deadline", "region", "modes", "maturity"},
		organisations: {"id", "name", "uscc", "kind", "region"},
		persons:       {"id", "name", "organisation", "title", "fields", "contact"},
		contracts: {"id", "national_no", "type", "title", "seller", "buyer", "signed", "term", "term_from", "term_to", "amount", "tech_declared",
			"tech_verified", "region", "field", "achievements"},
	}
	for k, nouns := range want {
		for _, noun := range nouns {
			english, chinese := false, false
			for name, n := range headerTable()[k.code] {
				if n == noun {
					han := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != ""
					english, chinese = english || !han, chinese || han
				}
			}
			if !english || !chinese {
				t.Errorf("%s: English name %v, Chinese name %v", noun, english, chinese)
			}
		}
	}
}

func TestHeaderUnits(t *testing.T) {
	for name, want := range map[string]column{
		"预算（万元）": {Noun: "budget", Unit: "万元"}, "预算/万元": {Noun: "budget", Unit: "万元"}, "拟投入资金(元)": {Noun: "budget", Unit: "元"},
		"Budget (10k CNY)": {Noun: "budget", Unit: "万元"}, "预算（千元）": {Noun: "budget", Unit: "千元"}, "预算（人民币：万元）": {Noun: "budget", Unit: "万元"}, "预算（可不填）": {Noun: "budget"}, "budget_fen": {Noun: "budget", Unit: "分"}, "预算金额：亿元": {Noun: "budget", Unit: "亿元"},
		"预算": {Noun: "budget"}, "3. 需求名称": {Noun: "title"}, "联系电话": {}, "": {}, "（）": {}, strings.Repeat("长", 300): {},
		"成熟度（1—9）": {Noun: "maturity"}, "ＴＩＴＬＥ": {Noun: "title"}, "需 求 名 称": {Noun: "title"},
	} {
		want.Name = name
		if got := lookUp(needs, name); got != want {
			t.Errorf("%q is %+v, want %+v", name, got, want)
		}
	}
}

func TestHeaderBelowATitleAndAUnit(t *testing.T) {
	body := "示例市2026年技术需求汇总表,,\n,,单位：万元\n序号,需求名称,预算\n1,甲,50\n,,\n2,乙,20元\n"
	rows, warned, err := readN("n.csv", []byte(body), Options{})
	if err != nil || len(warned) > 0 {
		t.Fatal(err, warned)
	}
	if *rows[0].Value.Budget != 50*zhuanhua.WanYuan || *rows[1].Value.Budget != 20*zhuanhua.Yuan || rows[1].Value.ID != "2" || rows[1].Source.Line != 6 {
		t.Errorf("%+v %+v", rows[0].Value, rows[1])
	}
}

func TestTextsOfOneNounAreJoined(t *testing.T) {
	rows := mustA(t, "a.csv", []byte("编号,序号,成果名称,技术优势,应用前景,完成单位,合作单位\n7,1,甲,优,,示例甲,示例乙；示例甲\n"))
	a := rows[0].Value
	if a.ID != "7" || a.Body != "优" || !reflect.DeepEqual(a.Units, []string{"示例甲", "示例乙"}) {
		t.Errorf("%+v", a)
	}
	one := mustA(t, "a.csv", []byte("编号,成果名称,正文\n1,甲,文\n"))[0]
	if one.Value.Abstract != "文" || one.Source.Cells[2].Noun != "abstract" {
		t.Errorf("正文 alone should be the abstract: %+v", one)
	}
}
