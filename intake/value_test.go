package intake

import (
	"reflect"
	"testing"
	"time"

	"zhuanhua"
)

func TestSplitList(t *testing.T) {
	for in, want := range map[string][]string{
		"甲；乙;丙、丁|戊，己,庚\n辛": {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"},
		"甲 乙":              {"甲 乙"}, "": nil, "；；": nil, "示例大学（甲系、乙系）、示例厂": {"示例大学（甲系、乙系）", "示例厂"},
		"ABC Co., Ltd.,Example Inc": {"ABC Co., Ltd.", "Example Inc"}, "）甲、乙": {"）甲", "乙"},
	} {
		if got := splitList(in, false); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string][]string{"糖蜜 丁二酸": {"糖蜜", "丁二酸"}, "deep learning": {"deep learning"}, "张 三": {"张 三"}, "深度 学习；a b": {"深度 学习", "a b"}} {
		if got := splitList(in, true); !reflect.DeepEqual(got, want) {
			t.Errorf("%q at blanks: %q, want %q", in, got, want)
		}
	}
}

func TestReadMoney(t *testing.T) {
	for _, c := range []struct {
		in, unit string
		want     zhuanhua.Money
		ok       bool
	}{
		{"380", "万元", 380 * zhuanhua.WanYuan, true}, {"380", "", 380 * zhuanhua.Yuan, true}, {"1,200.50元", "万元", 120_050, true},
		{"约２００万", "", 200 * zhuanhua.WanYuan, true}, {"200万元以内", "元", 200 * zhuanhua.WanYuan, true}, {"100", "分", 100, true},
		{"0.3亿元", "", 3000 * zhuanhua.WanYuan, true}, {"50-100", "万元", 0, false}, {"很多", "万元", 0, false}, {"50", "千元", 0, false}, {"50", "万美元", 0, false}, {"-5", "元", 0, false}, {"以上", "", 0, false},
	} {
		if got, ok := readMoney(c.in, c.unit); ok != c.ok || ok && got != c.want {
			t.Errorf("%q in %q: %d %v, want %d %v", c.in, c.unit, got, ok, c.want, c.ok)
		}
	}
}

func TestReadDate(t *testing.T) {
	day := zhuanhua.Date{Year: 2026, Month: time.March, Day: 1}
	for _, in := range []string{"2026-03-01", "2026.3.1", "2026/3/1", "2026年3月1日", "2026年3月1号前", "20260301", "2026-03-01 00:00:00", "2026-03-01T08:30:00Z", "２０２６－０３－０１", "2026年 3 月 1 日"} {
		if got, ok := readDate(in); !ok || got != day {
			t.Errorf("%q: %v %v", in, got, ok)
		}
	}
	for in, want := range map[string]string{"2026-02": "2026-02-28", "2026年12月": "2026-12-31", "2026年6月底": "2026-06-30"} {
		if got, ok := readDate(in); !ok || got.String() != want {
			t.Errorf("%q: %v %v", in, got, ok)
		}
	}
	for _, in := range []string{"2026", "明年", "2026-02-30", "2026-03-011", "2026-3-1至2027-3-1", "2026-13", ""} {
		if got, ok := readDate(in); ok {
			t.Errorf("%q is read as %v", in, got)
		}
	}
}

func TestReadTRL(t *testing.T) {
	for in, want := range map[string]zhuanhua.TRL{
		"6": 6, "TRL6": 6, "trl-6": 6, "TRL 6": 6, "6级": 6, "第六级": 6, "６": 6, "6.0": 6, "正样级": 6, "9（系统级）": 9, "技术成熟度6级": 6, "6级以上": 6, "TRL6及以上": 6,
		"0": 0, "10": 0, "6-7": 0, "很高": 0, "中试": 0, "6.5": 0,
	} {
		if got, ok := readTRL(in); got != want || ok != (want > 0) {
			t.Errorf("%q: %d %v, want %d", in, got, ok, want)
		}
	}
}

func TestReadWords(t *testing.T) {
	for in, want := range map[string]zhuanhua.Stage{"初期阶段": zhuanhua.StageEarly, "小试": zhuanhua.StageEarly, "中试阶段": zhuanhua.StagePilot, "成熟应用阶段": zhuanhua.StageMature, "产业化": zhuanhua.StageMature, "已规模化应用": zhuanhua.StageMature, "远": ""} {
		if got, ok := readStage(in); got != want || ok != (want != "") {
			t.Errorf("stage %q: %q", in, got)
		}
	}
	for in, want := range map[string]zhuanhua.Class{"应用技术类": zhuanhua.ClassApplied, "基础理论": zhuanhua.ClassBasic, "软科学类成果": zhuanhua.ClassSoft, "其他类": ""} {
		if got, _ := readClass(in); got != want {
			t.Errorf("class %q: %q", in, got)
		}
	}
	for in, want := range map[string][]zhuanhua.Mode{
		"专利转让": {zhuanhua.ModeAssignment}, "独占许可": {zhuanhua.ModeLicence}, "普通授权许可": {zhuanhua.ModeLicence}, "技术入股": {zhuanhua.ModeEquity},
		"作价投资": {zhuanhua.ModeEquity}, "联合研发": {zhuanhua.ModeJoint}, "委托开发": {zhuanhua.ModeJoint}, "技术服务与咨询": {zhuanhua.ModeService, zhuanhua.ModeConsulting},
		"License": {zhuanhua.ModeLicence}, "自行投资实施": nil, "面议": nil,
	} {
		if got := readModes(in); !reflect.DeepEqual(got, want) {
			t.Errorf("modes %q: %v, want %v", in, got, want)
		}
	}
}

func TestReadCodes(t *testing.T) {
	if got := readIPC("c13k 13/00，C12P7/46;Ｇ06F, 第一类"); !reflect.DeepEqual(got, []string{"C13K13/00", "C12P7/46", "G06F"}) {
		t.Errorf("%q", got)
	}
	for in, want := range map[string]string{"C1340 制糖业": "C1340", "C13": "C13", "制糖业": "制糖业", "C1340-制糖": "C1340", "A": "A"} {
		if got := readIndustry(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestMaturityColumnWithStages(t *testing.T) {
	rows := mustA(t, "a.csv", []byte("编号,成果名称,成熟度\n1,甲,中试阶段\n2,乙,7（环境级）\n3,丙,\n"))
	if v := rows[0].Value; v.Stage != zhuanhua.StagePilot || v.Maturity != 0 {
		t.Errorf("%+v", v)
	}
	if v := rows[1].Value; v.Stage != "" || v.Maturity != 7 {
		t.Errorf("%+v", v)
	}
	if v := rows[2].Value; v.Stage != "" || v.Maturity != 0 {
		t.Errorf("%+v", v)
	}
}

func TestReadRights(t *testing.T) {
	date := func(y int, m time.Month, d int) zhuanhua.Date { return zhuanhua.Date{Year: y, Month: m, Day: d} }
	in := "发明专利ZL202010123456.7（有效期至2039-06）；实用新型 ZL 2019 2 0123456.1，已失效；软著2021SR000001;植物新品种权，有效期至2035年3月1日\nZL201830123456.X；技术秘密；无；专利权终止；届满日：2041-01-02；未失效的发明；商标"
	want := []zhuanhua.IPRight{
		{Kind: "发明专利", Text: "发明专利ZL202010123456.7（有效期至2039-06）", ValidTo: date(2039, 6, 30)},
		{Kind: "实用新型", Text: "实用新型 ZL 2019 2 0123456.1，已失效", Expired: true},
		{Kind: "软件著作权", Text: "软著2021SR000001"}, {Kind: "植物新品种权", Text: "植物新品种权，有效期至2035年3月1日", ValidTo: date(2035, 3, 1)},
		{Kind: "外观设计", Text: "ZL201830123456.X"}, {Kind: "技术秘密", Text: "技术秘密"}, {Text: "专利权终止", Expired: true},
		{Text: "届满日：2041-01-02", ValidTo: date(2041, 1, 2)}, {Kind: "发明专利", Text: "未失效的发明"}, {Text: "商标"},
	}
	got := readRights(in)
	if len(got) != len(want) {
		t.Fatalf("%d rights, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	if d := lastDay("2039"); d != date(2039, 12, 31) {
		t.Errorf("2039 is %v", d)
	}
}

func TestFindRegion(t *testing.T) {
	for in, want := range map[string]zhuanhua.Region{
		"450200": "450200", "45": "450000", "4502": "450200", "柳州": "450200", "柳州市": "450200", "广西柳州市": "450200", "广西壮族自治区柳州市": "450200", "广西": "450000",
		"广西壮族自治区": "450000", "北京": "110000", "北京市海淀区": "110108", "北京海淀": "110108", "重庆市渝北区": "500112", "越南": "VN", "vn": "VN", "Viet Nam": "VN", "LAO PDR": "LA",
		"吉林": "220000", "吉林市": "220200", "吉林省吉林市": "220200", "吉林市昌邑区": "220202", "内蒙古": "150000", "新疆": "650000", "延边": "222400", "大理州": "532900",
		"恩施土家族苗族自治州": "422800", "三江侗族自治县": "450226", "三江": "450226", "柳州三江县": "", "青秀区": "450103", "南宁市青秀区": "450103", "广西兴宁区": "450102", "广西 南宁 ": "450100",
		"中国": "CN", "中国广西": "450000", "香港": "810000", "台湾": "710000", "海南": "460000", "海南藏族自治州": "632500", "柳州高新区": "450200", "柳州市官塘大道5号": "450200",
		"义乌": "330782", "浙江省金华市义乌市": "330782", "朝阳": "211300", "东帝汶": "TL", "西藏": "540000", "内蒙古自治区呼和浩特市": "150100",
		"广西大学": "", "玄武国": "", "999999": "", "": "", "鼓楼区": "", "市": "", "A": "",
	} {
		got, choices := gazette().find(in)
		if got != want && !(in == "柳州三江县" && got == "450200") {
			t.Errorf("%q: %q %v, want %q", in, got, choices, want)
		}
	}
	if _, choices := gazette().find("鼓楼区"); len(choices) < 4 {
		t.Errorf("鼓楼区: %q", choices)
	}
	if n := len(gazette().codes); n < 3300 {
		t.Errorf("%d regions", n)
	}
}
