package report

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
)

// sample is an invented run that shows every part of a report: all levels and kinds of reason, a
// need without a match, long names, what is not stated.
func sample() Input {
	needs, achievements := sampleNeeds(), sampleAchievements()
	in := Input{
		Achievements: len(achievements), Example: true,
		MadeAt:     time.Date(2026, 11, 23, 8, 42, 0, 0, time.UTC),
		How:        "zhuanhua 0.1.0，词句检索与语义检索合用，语义模型bge-small-zh-v1.5（int8），全程在本机完成，没有联网",
		HowEnglish: "zhuanhua 0.1.0, lexical and semantic search combined, model bge-small-zh-v1.5 (int8), made offline",
	}
	for _, n := range needs {
		r := NeedResult{Need: n}
		for _, s := range samplePairs() {
			if s.need == n.Value.ID {
				a := achievements[s.achievement]
				r.Pairs = append(r.Pairs, Pair{Match: s.match(n, a), Achievement: a})
			}
		}
		in.Results = append(in.Results, r)
	}
	return in
}

// samplePair is a match written down by the words it quotes.
type samplePair struct {
	need, achievement string
	score             float64
	level             match.Level
	reasons           [][5]string // kind, need's words, achievement's words, note, columns "title|abstract"
	against           [][2]string
}

func (s samplePair) match(n *intake.Need, a *intake.Achievement) match.Match {
	m := match.Match{AchievementID: s.achievement, Score: s.score, Level: s.level}
	for _, r := range s.reasons {
		left, right, _ := strings.Cut(r[4], "|")
		m.Reasons = append(m.Reasons, match.Reason{
			Kind: r[0], Note: r[3],
			Need: spanOf(n.Source.Cells, left, r[1]), Achievement: spanOf(a.Source.Cells, right, r[2]),
		})
	}
	for _, o := range s.against {
		m.Against = append(m.Against, match.Objection{Kind: o[0], Message: o[1]})
	}
	return m
}

// spanOf is where the words stand in a column; words that are not there keep a span of 0.
func spanOf(cells []zhuanhua.Cell, column, words string) match.Span {
	for _, c := range cells {
		if c.Column != column {
			continue
		}
		if i := strings.Index(c.Raw, words); i >= 0 {
			start := utf8.RuneCountInString(c.Raw[:i])
			return match.Span{Field: column, Start: start, End: start + utf8.RuneCountInString(words), Text: words}
		}
	}
	return match.Span{Field: column, Text: words}
}

// cells are the raw values of a record, name and value in turn.
func cells(pairs ...string) []zhuanhua.Cell {
	var out []zhuanhua.Cell
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, zhuanhua.Cell{Column: pairs[i], Noun: pairs[i], Raw: pairs[i+1]})
	}
	return out
}

func wanYuan(n int64) *zhuanhua.Money {
	m := zhuanhua.Money(n) * zhuanhua.WanYuan
	return &m
}

func sampleNeeds() []*intake.Need {
	list := []zhuanhua.Need{
		{ID: "XQ-0001", Title: "铝合金压铸件气孔多，希望提高良率", Organisation: "示例铝业压铸有限公司", Region: "450200", Budget: wanYuan(300),
			Deadline: zhuanhua.Date{Year: 2026, Month: 12, Day: 31}, Indicators: "压铸件良率≥67%；铸件气孔率≤1.0%；不更换现有800吨压铸机；总投入≤300万元",
			Background: "现有两条压铸线生产新能源汽车减震塔，铝合金压铸件气孔多，良率只有58%，返工占去三成工时。"},
		{ID: "XQ-0002", Title: "甘蔗糖蜜酒精废液低成本处理与钾肥回收", Organisation: "示例糖业集团崇左制糖有限公司", Region: "451400", Budget: wanYuan(1240),
			Deadline: zhuanhua.Date{Year: 2027, Month: 6, Day: 30}, Indicators: "COD去除率≥95%；钾回收率≥80%；吨水运行成本≤18元",
			Text: "榨季每天产生酒精废液约1200吨，COD浓度9万至12万mg/L，目前采用浓缩焚烧，锅炉结焦严重，年停炉检修超过20天。希望引进厌氧与膜分离组合的工艺，在达标排放的同时回收钾盐，用于蔗田。装置须能在榨季连续运行120天，适应废液浓度波动，冬季水温不低于18℃，场地为现有污水站旁约2000平方米空地。技术方应提供不少于一个榨季的中试数据。"},
		{ID: "XQ-0003", Title: "罗汉果甜苷提取收率提升", Organisation: "示例生物科技股份有限公司", Region: "450300",
			Indicators: "罗汉果甜苷V收率≥85%；纯度≥98.5%", Objective: "替代现有大孔树脂工艺，减少乙醇用量。"},
		{ID: "XQ-0004", Title: "海上养殖网箱的台风预警与自动下潜装置", Organisation: "示例海洋牧场有限公司", Region: "450500", Budget: wanYuan(86),
			Deadline: zhuanhua.Date{Year: 2026, Month: 9, Day: 30}, Text: "网箱周长90米，布放水深25米。要求收到预警后2小时内下潜到水下12米。"},
		{ID: "XQ-0005", Title: "锰渣无害化后制备路基材料", Organisation: "示例锰业有限责任公司", Region: "451400", Budget: wanYuan(500),
			Indicators: "浸出液锰≤2 mg/L；氨氮≤15 mg/L"},
		{ID: "XQ-0006", Title: "适用于高湿热地区县级融媒体中心与村级广播站联动的多语种（壮语、普通话、越南语）应急信息自动播报与回传系统", Organisation: "示例县级融媒体中心（示例县广播电视台）", Region: "451000"},
	}
	out := make([]*intake.Need, len(list))
	for i, n := range list {
		out[i] = &intake.Need{Value: n, Source: zhuanhua.Source{File: "data/needs.jsonl", Row: i + 1, Cells: cells(
			"id", n.ID, "title", n.Title, "text", n.Text, "background", n.Background, "objective", n.Objective, "indicators", n.Indicators)}}
	}
	return out
}

func sampleAchievements() map[string]*intake.Achievement {
	list := []zhuanhua.Achievement{
		{ID: "CG-1007", Title: "真空压铸铝合金气孔在线抑制技术", Units: []string{"示例理工大学", "示例轻金属研究院"}, TechField: "先进制造", Stage: zhuanhua.StagePilot, Maturity: 6, Price: wanYuan(180),
			Abstract: "在充型末段将型腔真空度稳定在5 kPa以下，铸件内部气孔率由4.1%降至0.9%。连续3个批次共6,400件，综合良率72%，较改造前提高13个百分点；加装真空模块即可，不需要更换压铸机。数据来自1,250吨机型。"},
		{ID: "CG-1012", Title: "铝合金半固态流变压铸成套工艺", Units: []string{"示例金属研究所"}, TechField: "新材料及其应用", Maturity: 7, Price: wanYuan(260),
			Abstract: "采用半固态浆料流变压铸，薄壁件良率达到69%，气孔率降至1.4%。需要更换熔炼与浇注单元，适合新建产线。"},
		{ID: "CG-1044", Title: "压铸模流场仿真与浇道优化服务", Units: []string{"示例技术转移中心"}, TechField: "先进制造", Stage: zhuanhua.StageMature,
			Abstract: "用流场仿真找出卷气位置，优化浇道与排气槽，已服务两家压铸企业，没有公开良率数据。"},
		{ID: "CG-2003", Title: "高浓度有机废水厌氧膜生物反应器及钾盐回收", Units: []string{"示例环境工程大学", "示例水务装备有限公司", "示例农业科学院", "示例分析测试中心"}, TechField: "环境保护与资源综合利用", Stage: zhuanhua.StagePilot, Maturity: 6,
			Abstract: "面向糖蜜酒精废液，采用厌氧膜生物反应器与电渗析组合，COD去除率达到96.5%，钾回收率78%，吨水运行成本16.2元。已完成一个榨季90天的中试。"},
		{ID: "CG-2010", Title: "糖厂锅炉烟气余热浓缩酒精废液装置", Units: []string{"示例热能研究所"}, TechField: "新能源与高效节能", Maturity: 8, Price: wanYuan(420),
			Abstract: "利用烟气余热对酒精废液进行多效蒸发，浓缩倍数4倍，解决锅炉结焦问题。"},
		{ID: "CG-3001", Title: "膜分离耦合结晶提取罗汉果甜苷的方法", Units: []string{"示例药用植物研究所"}, TechField: "生物、医药和医疗器械", Maturity: 5, Price: wanYuan(95),
			Abstract: "以纳滤膜分离代替大孔树脂吸附，罗汉果甜苷V收率82%，纯度99.1%，乙醇用量减少六成。"},
		{ID: "CG-4002", Title: "浮标式海洋环境监测终端", Units: []string{"示例海洋大学"}, TechField: "电子信息", Maturity: 7,
			Abstract: "浮标监测风速、浪高与海流，数据经北斗短报文回传，可用于台风来临前的预警。"},
		{ID: "CG-5005", Title: "电解锰渣固化稳定化制备路面基层材料", Units: []string{"示例资源环境学院"}, TechField: "环境保护与资源综合利用", Stage: zhuanhua.StagePilot, Maturity: 6, Price: wanYuan(650),
			Abstract: "锰渣经石灰与磷酸盐协同固化后用作路面基层，浸出液锰低于1.2 mg/L，氨氮低于12 mg/L，7天无侧限抗压强度4.8 MPa。"},
	}
	out := map[string]*intake.Achievement{}
	for i, a := range list {
		out[a.ID] = &intake.Achievement{Value: a, Source: zhuanhua.Source{File: "data/achievements.jsonl", Row: i + 1, Cells: cells(
			"id", a.ID, "title", a.Title, "abstract", a.Abstract, "field", a.TechField)}}
	}
	return out
}

func samplePairs() []samplePair {
	return []samplePair{
		{"XQ-0001", "CG-1007", 0.91, match.Strong, [][5]string{
			{match.ReasonNumber, "良率≥67%", "综合良率72%", "要求≥67%，成果为72%，高出5个百分点", "indicators|abstract"},
			{match.ReasonNumber, "气孔率≤1.0%", "气孔率由4.1%降至0.9%", "要求≤1.0%，成果为0.9%", "indicators|abstract"},
			{match.ReasonPhrase, "不更换现有800吨压铸机", "不需要更换压铸机", "双方都写明不更换压铸机", "indicators|abstract"},
			{match.ReasonPassage, "铝合金压铸件气孔多，良率只有58%", "真空压铸铝合金气孔在线抑制技术", "", "background|title"},
		}, [][2]string{{match.AgainstThin, "良率数据来自1,250吨机型，需求方的设备为800吨，效果可能不同"}, {match.AgainstRight, "一件核心专利将于2028年3月到期"}}},
		{"XQ-0001", "CG-1012", 0.78, match.Fair, [][5]string{
			{match.ReasonNumber, "良率≥67%", "良率达到69%", "要求≥67%，成果为69%", "indicators|abstract"},
			{match.ReasonPhrase, "铝合金压铸件气孔多", "气孔率降至1.4%", "都针对铝合金压铸件的气孔", "title|abstract"},
		}, [][2]string{{match.AgainstMode, "需要更换熔炼与浇注单元，与“不更换现有压铸机”部分冲突"}, {match.AgainstNumber, "气孔率要求≤1.0%，成果为1.4%"}}},
		{"XQ-0001", "CG-1044", 0.41, match.Weak, [][5]string{
			{match.ReasonPassage, "返工占去三成工时", "优化浇道与排气槽", "都与压铸缺陷的来源有关", "background|abstract"},
		}, [][2]string{{match.AgainstMissing, "没有给出良率数据"}}},
		{"XQ-0002", "CG-2003", 0.88, match.Strong, [][5]string{
			{match.ReasonNumber, "COD去除率≥95%", "COD去除率达到96.5%", "要求≥95%，成果为96.5%", "indicators|abstract"},
			{match.ReasonNumber, "吨水运行成本≤18元", "吨水运行成本16.2元", "要求≤18元，成果为16.2元", "indicators|abstract"},
			{match.ReasonPhrase, "回收钾盐", "钾盐回收", "", "text|title"},
			{match.ReasonPassage, "引进厌氧与膜分离组合的工艺", "采用厌氧膜生物反应器与电渗析组合", "工艺路线相同", "text|abstract"},
			{match.ReasonField, "环境保护", "环境保护与资源综合利用", "同属环境保护与资源综合利用", "field|field"},
		}, [][2]string{{match.AgainstNumber, "钾回收率要求≥80%，成果为78%，差2个百分点"}, {match.AgainstMissing, "中试运行90天，要求连续运行120天"}}},
		{"XQ-0002", "CG-2010", 0.37, match.Weak, [][5]string{
			{match.ReasonPhrase, "锅炉结焦", "锅炉结焦", "", "text|abstract"},
		}, nil},
		{"XQ-0003", "CG-3001", 0.74, match.Fair, [][5]string{
			{match.ReasonNumber, "纯度≥98.5%", "纯度99.1%", "要求≥98.5%，成果为99.1%", "indicators|abstract"},
			{match.ReasonPhrase, "罗汉果甜苷V收率", "罗汉果甜苷V收率", "", "indicators|abstract"},
			{match.ReasonPhrase, "大孔树脂", "大孔树脂", "都要替代大孔树脂", "objective|abstract"},
		}, [][2]string{{match.AgainstNumber, "收率要求≥85%，成果为82%，差3个百分点"}, {match.AgainstMaturity, "成果为初样级（TRL 5），需求希望尽快投产"}}},
		{"XQ-0004", "CG-4002", 0.33, match.Weak, [][5]string{
			{match.ReasonPhrase, "台风预警", "台风来临前的预警", "", "title|abstract"},
		}, [][2]string{{match.AgainstMissing, "没有提到自动下潜"}}},
		{"XQ-0005", "CG-5005", 0.86, match.Strong, [][5]string{
			{match.ReasonNumber, "浸出液锰≤2 mg/L", "浸出液锰低于1.2 mg/L", "要求≤2 mg/L，成果为1.2 mg/L", "indicators|abstract"},
			{match.ReasonNumber, "氨氮≤15 mg/L", "氨氮低于12 mg/L", "要求≤15 mg/L，成果为12 mg/L", "indicators|abstract"},
			{match.ReasonPassage, "锰渣无害化后制备路基材料", "电解锰渣固化稳定化制备路面基层材料", "", "title|title"},
		}, [][2]string{{match.AgainstPrice, "报价650.00万元，高于预算500.00万元"}}},
	}
}

// large repeats the sample's pairs until there are needs × pairs of them.
func large(needs, pairs int) Input {
	base := sample()
	in := base
	in.Results = nil
	for i := range needs {
		r := NeedResult{Need: base.Results[i%len(base.Results)].Need}
		for j := range pairs {
			from := base.Results[(i+j)%5].Pairs
			p := from[j%len(from)]
			p.Match.Score = 1 - float64(j)/float64(pairs+1)
			r.Pairs = append(r.Pairs, p)
		}
		in.Results = append(in.Results, r)
	}
	return in
}

func TestSampleQuotesItsTexts(t *testing.T) {
	for _, r := range sample().Results {
		for _, p := range r.Pairs {
			for _, reason := range p.Match.Reasons {
				if reason.Kind == match.ReasonField {
					continue // its value is a list in the file
				}
				if reason.Need.End == 0 || reason.Achievement.End == 0 {
					t.Errorf("%s %s: %q or %q stands nowhere", r.Need.Value.ID, p.Match.AchievementID, reason.Need.Text, reason.Achievement.Text)
				}
			}
		}
	}
}
