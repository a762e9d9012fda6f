package match

import (
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/match/text"
)

const (
	satisfied    = "satisfied"
	unsatisfied  = "not satisfied"
	incomparable = "not comparable"
	nothing      = "nothing to compare"
)

// numberRows are what a need asks for, what an achievement says, and what must come of it. Marks show
// what is quoted, where it is not all of the text.
var numberRows = []struct{ need, ach, verdict string }{
	// the same unit
	{"木糖收率≥67%", "木糖收率72%", satisfied},
	{"木糖收率≥67%", "木糖收率66.9%", unsatisfied},
	{"木糖收率≥67%", "木糖收率67%", satisfied},
	{"木糖收率>67%", "木糖收率67%", unsatisfied},
	{"木糖收率≥67％", "木糖收率７２％", satisfied},
	// shares
	{"木糖收率≥67 %", "木糖收率0.72", satisfied},
	{"木糖收率≥67%", "木糖收率为0.66", unsatisfied},
	{"木糖收率≥0.67", "木糖收率达72%", satisfied},
	{"识别准确率不低于95%", "识别准确率可达0.963", satisfied},
	{"识别准确率≥0.97", "识别准确率96.3%", unsatisfied},
	{"杂质占比≤0.5‰", "杂质占比0.02%", satisfied},
	{"杂质占比≤0.5%", "杂质占比300 ppm", satisfied},
	{"工作频率≥67%", "工作频率0.72", nothing}, // no share of anything
	// densities
	{"密度≤1.80 g/cm³", "密度1800 kg/m³", satisfied},
	{"密度≤1.80 g/cm³", "密度1.81 t/m³", unsatisfied},
	{"堆积密度≤0.8 g/cm3", "堆积密度780 kg/m³", satisfied},
	{"热导率≥1400 W/(m·K)", "热导率1.5 kW/(m·K)", satisfied},
	{"热导率≥1400 W/(m·K)", "热导率235 W/m·K", unsatisfied},
	// temperatures and their differences
	{"耐热温度≥300 K", "耐热温度30℃", satisfied},
	{"耐热温度≥150℃", "耐热温度400 K", unsatisfied},
	{"耐热温度≥150℃", "耐热温度430 K", satisfied},
	{"使用温度-40～60℃", "使用温度-30～50℃", satisfied},
	{"使用温度-20~60℃", "使用温度-30~50℃", unsatisfied},
	{"耐寒温度≤-20℃", "耐寒温度-40℃", satisfied},
	{"耐寒温度≤-40℃", "耐寒温度零下25℃", unsatisfied},
	{"控温精度±0.5℃", "控温精度±0.3℃", satisfied},
	{"控温精度±0.5℃", "控温精度±1 K", unsatisfied},
	{"测温误差≤0.5℃", "测温误差±0.2 K", satisfied},
	{"固化温度100±5℃", "固化温度98℃", satisfied},
	{"固化温度100±5℃", "固化温度110℃", unsatisfied},
	// 万 and 亿
	{"年产值≥0.3亿元", "年产值3500万元", satisfied},
	{"年产值≥2亿元", "年产值15000万元", unsatisfied},
	{"年处理量≥3万吨", "年处理量35000 t", satisfied},
	{"年处理量≥3万吨", "年处理量2.5万t", unsatisfied},
	{"循环寿命≥5000次", "循环寿命1.2万次", satisfied},
	{"图像样本≥10万张", "图像样本120000张", satisfied},
	{"图像样本≥10万张", "图像样本8千张", unsatisfied},
	{"活菌数≥1×10⁹ CFU/mL", "活菌数12亿CFU/mL", satisfied},
	{"投资额不超过3000万元", "投资额0.25亿元", satisfied},
	{"服务用户≥50万户", "服务用户1百万户", satisfied},
	// ranges
	{"粒径10～20 mm", "粒径12-18 mm", satisfied},
	{"粒径10～20 mm", "粒径15～25 mm", unsatisfied},
	{"粒径10至20 mm", "粒径1.5 cm", satisfied},
	{"木糖收率≥67%", "木糖收率70%~75%", satisfied},
	{"木糖收率≥67%", "木糖收率60%~75%", unsatisfied},
	{"装料量≤3 kg", "装料量500 g～2 kg", satisfied},
	{"装料量≥1 kg", "装料量500 g～2 kg", unsatisfied},
	{"pH值6.5~8.5", "pH值7.0~7.5", satisfied},
	// words of comparison, before and after
	{"纯度不低于98.5%", "纯度达到99.0%", satisfied},
	{"纯度不得低于99.5%", "纯度99.0%", unsatisfied},
	{"能耗不超过28 kWh/t", "能耗25 kW·h/t", satisfied},
	{"能耗不高于28 kWh/t", "能耗30千瓦时/吨", unsatisfied},
	{"抗拉强度500MPa以上", "抗拉强度520 N/mm²", satisfied},
	{"抗拉强度500MPa以上", "抗拉强度0.48 GPa", unsatisfied},
	{"响应时间100 ms以内", "响应时间0.08 s", satisfied},
	{"响应时间50毫秒以下", "响应时间小于30 ms", satisfied},
	{"废水排放≤18 t", "废水排放20吨以下", unsatisfied},
	{"主轴转速≥3000 rpm", "主轴转速3600 r/min", satisfied},
	{"续航时间大于等于2 h", "续航时间150 min", satisfied},
	{"催化剂寿命至少5000 h", "催化剂寿命超过4200 h", unsatisfied},
	{"功率至多2 kW", "功率最大1500 W", satisfied},
	// English
	{"Xylose yield of at least 67%", "Xylose yield 72%", satisfied},
	{"Xylose yield of at least 67%", "xylose yield reached 0.61", unsatisfied},
	{"density no more than 1.80 g/cm3", "density is 1750 kg/m3", satisfied},
	{"purity 99% or more", "purity: 98.7%", unsatisfied},
	{"response below 100 ms", "response of 0.12 s", unsatisfied},
	// what cannot be compared is said, where the names are the same
	{"木糖收率≥67%", "木糖收率≤72%", incomparable},
	{"年处理量≥3万吨", "年处理量5000立方米", incomparable},
	{"密度≤1.80 g/cm³", "密度1.5 g/mm", incomparable},
	{"粒径10～20 mm", "粒径大于10 mm", incomparable},
	{"处理能力≥300吨/天", "处理能力10万吨/年", incomparable},
	{"磁通密度≥400", "磁通密度100 ℃", nothing}, // its unit was not understood
	// and other things are not set beside each other
	{"木糖收率≥67%", "木糖纯度99%", nothing},
	{"木糖收率67%", "木糖收率60%", nothing}, // nothing is bound
	{"木糖收率≥67%", "木糖", nothing},
	{"寿命≥3年", "成立于2019年", nothing},
}

func verdictIn(c compared) string {
	switch c.verdict {
	case text.Meets:
		return satisfied
	case text.Misses:
		return unsatisfied
	}
	return incomparable
}

// TestNumbers: a wanted figure beside an offered one is satisfied, missed or not comparable, with units
// converted, and both texts are quoted as they stand, wherever in a text they are.
func TestNumbers(t *testing.T) {
	if len(numberRows) < 60 {
		t.Fatalf("only %d rows", len(numberRows))
	}
	for _, row := range numberRows {
		need, ach := doc("n", "示例", "前言𠮷，"+row.need+"。"), doc("a", "示例", "㎡ ﬁ；"+row.ach+"，其他")
		list := compareNumbers(analyse(&need), analyse(&ach))
		got := nothing
		if len(list) > 0 {
			got = verdictIn(list[0])
		}
		if got != row.verdict || len(list) > 1 {
			t.Errorf("wanted %q, offered %q: %s (%d), want %s", row.need, row.ach, got, len(list), row.verdict)
			continue
		}
		if len(list) == 0 {
			continue
		}
		n, a := list[0].spans()
		checkSpan(t, &need, n)
		checkSpan(t, &ach, a)
		if !strings.Contains(row.need, n.Text) || !strings.Contains(row.ach, a.Text) {
			t.Errorf("wanted %q, offered %q: quoted are %q and %q", row.need, row.ach, n.Text, a.Text)
		}
	}
}

// TestNumbersAreTold: what is satisfied is a reason, what is missed or unclear an objection, each with
// both texts.
func TestNumbersAreTold(t *testing.T) {
	need := doc("n", "甘蔗渣制木糖技术", "木糖收率≥67%；木糖纯度≥98.5%；催化剂寿命≥5000 h；处理能力≥300吨/天")
	e := libraryOf(t, append(sugar[1:], doc("xylose", "甘蔗渣水解制备木糖", "稀酸水解，木糖收率0.72，木糖纯度98%，催化剂寿命4200 h，处理能力10万吨/年"))...)
	m := matched(t, e, Ask{}, need)[0].Matches[0]
	var reasons, against []string
	for _, r := range m.Reasons {
		if r.Kind == ReasonNumber {
			reasons = append(reasons, r.Need.Text+"→"+r.Achievement.Text)
		}
	}
	for _, o := range m.Against {
		if o.Need == nil || o.Achievement == nil || o.English == "" || !strings.Contains(o.Message, o.Need.Text) {
			t.Errorf("%+v does not quote", o)
			continue
		}
		checkSpan(t, &need, *o.Need)
		checkSpan(t, e.Document("xylose"), *o.Achievement)
		against = append(against, o.Kind+" "+o.Need.Text+"→"+o.Achievement.Text)
	}
	if got := strings.Join(reasons, "；"); got != "木糖收率≥67%→木糖收率0.72" {
		t.Errorf("reasons: %s", got)
	}
	if got := strings.Join(against, "；"); got != "number 木糖纯度≥98.5%→木糖纯度98%；number 催化剂寿命≥5000 h→催化剂寿命4200 h；unclear 处理能力≥300吨/天→处理能力10万吨/年" {
		t.Errorf("against: %s", got)
	}
}

// conflictRows are conflicts between what a need asks for and what an achievement is.
var conflictRows = []struct {
	name          string
	need, ach     string // texts
	needIs, achIs Facts
	kind          string // "": none
	says, quotes  string // in the message; the achievement's quotation
	needQuotes    string
	english       string
}{
	{name: "wanted for industry, shown in a laboratory", need: "要求直接产业化", ach: "已完成实验室阶段验证", kind: AgainstMaturity, says: "产业化", needQuotes: "产业化", quotes: "实验室阶段", english: "wanted industrial use, offered laboratory stage"},
	{name: "wanted at pilot scale", need: "需完成中试", ach: "目前处于小试，尚未进行中试", kind: AgainstMaturity, needQuotes: "中试", quotes: "小试"},
	{name: "in English", need: "technology ready for industrial-scale production", ach: "demonstrated at lab scale, not yet at pilot scale", kind: AgainstMaturity, needQuotes: "industrial-scale", quotes: "lab scale"},
	{name: "the stage is stated", need: "要求量产", ach: "木糖", achIs: Facts{Stage: Fact{Value: "中试", Column: "stage", Raw: "中试"}}, kind: AgainstMaturity, says: "中试阶段", needQuotes: "量产", quotes: "中试"},
	{name: "the level is stated", need: "要求工业化应用", ach: "木糖", achIs: Facts{Maturity: 3}, kind: AgainstMaturity, says: "TRL3", needQuotes: "工业化"},
	{name: "both levels", need: "木糖", ach: "木糖", needIs: Facts{Maturity: 8}, achIs: Facts{Maturity: 6}, kind: AgainstMaturity, says: "TRL8以上", english: "wanted TRL 8 or more, offered TRL 6"},
	{name: "a level and words", need: "木糖", ach: "仅有小试结果", needIs: Facts{Maturity: 7}, kind: AgainstMaturity, quotes: "小试"},
	{name: "far enough", need: "要求产业化", ach: "由小试、中试到产业化"},
	{name: "nothing said", need: "要求产业化", ach: "稀酸水解半纤维素"},
	{name: "not denied by another sentence", need: "要求中试", ach: "此前没有先例。中试已完成"},
	{name: "other modes", need: "木糖", ach: "木糖", needIs: Facts{Modes: []zhuanhua.Mode{zhuanhua.ModeAssignment}}, achIs: Facts{Modes: []zhuanhua.Mode{zhuanhua.ModeLicence, zhuanhua.ModeService}}, kind: AgainstMode, says: "许可、技术服务", english: "wanted assignment; offered licence, technical service"},
	{name: "one mode in common", need: "木糖", ach: "木糖", needIs: Facts{Modes: []zhuanhua.Mode{zhuanhua.ModeAssignment, zhuanhua.ModeLicence}}, achIs: Facts{Modes: []zhuanhua.Mode{zhuanhua.ModeLicence}}},
	{name: "another province", need: "木糖", ach: "木糖", needIs: Facts{Region: "450200"}, achIs: Facts{Landing: "440300"}, kind: AgainstRegion, says: "440300"},
	{name: "the same province", need: "木糖", ach: "木糖", needIs: Facts{Region: "450200"}, achIs: Facts{Landing: "450100"}},
	{name: "an ended right", need: "木糖", ach: "木糖", achIs: Facts{Expired: []string{"实用新型1件（已失效）"}}, kind: AgainstRight, says: "已失效"},
	{name: "a right that ends too soon", need: "木糖", ach: "木糖", needIs: Facts{Deadline: zhuanhua.Date{Year: 2027, Month: 6, Day: 30}}, achIs: Facts{Rights: []Right{{Text: "发明专利1件（有效期至2027-03）", Until: zhuanhua.Date{Year: 2027, Month: 3, Day: 31}}}}, kind: AgainstRight, says: "2027-06-30"},
	{name: "a right that lasts", need: "木糖", ach: "木糖", needIs: Facts{Deadline: zhuanhua.Date{Year: 2027, Month: 6, Day: 30}}, achIs: Facts{Rights: []Right{{Until: zhuanhua.Date{Year: 2037, Month: 3, Day: 31}}}}},
}

// TestConflicts: conflicts are named, in both languages, with what stands in the texts; what is not
// stated is none.
func TestConflicts(t *testing.T) {
	filler := "。" + strings.Repeat("稀酸水解半纤维素，结晶分离。", 4)
	for _, c := range conflictRows {
		need, ach := doc("n", "木糖", c.need), doc("a", "木糖", c.ach+filler)
		need.Facts, ach.Facts = c.needIs, c.achIs
		list := objections(analyse(&need), analyse(&ach), nil, func(r zhuanhua.Region) string { return string(r) })
		if c.kind == "" || len(list) != 1 {
			if c.kind != "" || len(list) > 0 {
				t.Errorf("%s: %+v", c.name, list)
			}
			continue
		}
		o := list[0]
		if o.Kind != c.kind || !strings.Contains(o.Message, c.says) || !strings.Contains(o.English, c.english) || o.English == "" {
			t.Errorf("%s: %+v", c.name, o)
		}
		if quotedIn(t, &need, o.Need) != c.needQuotes || quotedIn(t, &ach, o.Achievement) != c.quotes {
			t.Errorf("%s: quotes %+v and %+v", c.name, o.Need, o.Achievement)
		}
	}
}

// quotedIn is what a span quotes, "" without one.
func quotedIn(t *testing.T, d *Document, s *Span) string {
	t.Helper()
	if s == nil {
		return ""
	}
	if s.Field != d.Facts.Stage.Column {
		checkSpan(t, d, *s)
	}
	return s.Text
}
