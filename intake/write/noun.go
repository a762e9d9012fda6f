package write

import (
	"path/filepath"
	"strings"

	"zhuanhua"
	"zhuanhua/intake"
)

// title is how people call the records of a noun.
var titles = map[zhuanhua.Noun]string{
	zhuanhua.NounAchievement: "科技成果", zhuanhua.NounNeed: "技术需求", zhuanhua.NounOrganisation: "机构",
	zhuanhua.NounPerson: "人员", zhuanhua.NounContract: "技术合同",
}

// NounOf tells the noun from the name of a file, achievements.xlsx or 成果.xlsx; "" when it does not say.
func NounOf(path string) zhuanhua.Noun {
	base := filepath.Base(path)
	base = strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
	for _, n := range zhuanhua.Nouns() {
		if strings.HasPrefix(base, string(n)) {
			return n
		}
	}
	for _, w := range []struct {
		word string
		noun zhuanhua.Noun
	}{{"合同", zhuanhua.NounContract}, {"成果", zhuanhua.NounAchievement}, {"需求", zhuanhua.NounNeed}, {"机构", zhuanhua.NounOrganisation},
		{"单位", zhuanhua.NounOrganisation}, {"人员", zhuanhua.NounPerson}, {"专家", zhuanhua.NounPerson}, {"organization", zhuanhua.NounOrganisation}} {
		if strings.Contains(base, w.word) {
			return w.noun
		}
	}
	return ""
}

const (
	noteID     = "必填；本单位自定的编号，同一编号再次导入即为更新"
	noteList   = "多项用“；”分开"
	noteMoney  = "写明单位，如 200万元；面议可不填"
	noteDate   = "如 2027-12-31"
	noteRegion = "可从列表选，也可写县区名称或六位代码"
)

// fieldsOf lists the columns of a noun in the order in which tables show them.
func fieldsOf(n zhuanhua.Noun) []field {
	switch n {
	case zhuanhua.NounAchievement:
		return achievementFields()
	case zhuanhua.NounNeed:
		return needFields()
	case zhuanhua.NounOrganisation:
		return organisationFields()
	case zhuanhua.NounPerson:
		return personFields()
	case zhuanhua.NounContract:
		return contractFields()
	}
	return nil
}

func achievementFields() []field {
	type a = zhuanhua.Achievement
	places := intake.Regions()
	return []field{
		{key: "id", heading: "成果编号", get: of(func(r a) value { return text(r.ID) }), note: noteID, sample: intake.SampleID},
		{key: "title", heading: "成果名称", get: of(func(r a) value { return text(r.Title) }), note: "必填", sample: "示例：糖厂滤泥制备缓释肥", wide: true},
		{key: "abstract", heading: "成果简介", get: of(func(r a) value { return text(r.Abstract) }), sample: "示例：以糖厂滤泥为原料……", wide: true},
		{key: "body", heading: "详细介绍", get: of(func(r a) value { return text(r.Body) }), sample: "示例：工艺、指标、应用情况……", wide: true},
		{key: "keywords", heading: "关键词", get: of(func(r a) value { return words(r.Keywords) }), note: noteList, sample: "滤泥；缓释肥"},
		{key: "field", heading: "技术领域", get: of(func(r a) value { return text(r.TechField) }), words: zhuanhua.TechFields(), sample: "农业"},
		{key: "ipc", heading: "IPC分类号", get: of(func(r a) value { return list(r.IPC) }), note: noteList, sample: "C05F5/00"},
		{key: "industry", heading: "所属行业", get: of(func(r a) value { return list(r.Industries) }), note: "国民经济行业代码（GB/T 4754）；" + noteList, sample: "C2625"},
		{key: "class", heading: "成果类型", get: of(func(r a) value { return named(r.Class) }),
			words: plain([]zhuanhua.Class{zhuanhua.ClassApplied, zhuanhua.ClassBasic, zhuanhua.ClassSoft}), sample: string(zhuanhua.ClassApplied)},
		{key: "units", heading: "完成单位", get: of(func(r a) value { return list(r.Units) }), note: "第一完成单位在前；" + noteList, sample: "示例研究院"},
		{key: "persons", heading: "完成人", get: of(func(r a) value { return words(r.Persons) }), note: "按贡献排序；" + noteList, sample: "示例完成人甲"},
		{key: "ip", heading: "知识产权", get: of(func(r a) value { return rights(r.Rights) }), note: "每项写明类型、状态、有效期；" + noteList, sample: "发明专利1件（已授权，有效期至2040-06）"},
		{key: "maturity", heading: "技术成熟度", get: of(func(r a) value { return level(r.Maturity) }), words: intake.Levels(), note: "1–9级，GB/T 22900", sample: "7"},
		{key: "stage", heading: "所处阶段", get: of(func(r a) value { return named(r.Stage) }),
			words: plain([]zhuanhua.Stage{zhuanhua.StageEarly, zhuanhua.StagePilot, zhuanhua.StageMature}), sample: string(zhuanhua.StagePilot)},
		{key: "modes", heading: "转化方式", get: of(func(r a) value { return modes(r.Modes) }), words: plain(zhuanhua.Modes()), several: true, note: noteList, sample: "许可；技术服务"},
		{key: "price", heading: "意向价格", get: of(func(r a) value { return money(r.Price) }), note: noteMoney, sample: "120万元"},
		{key: "source_region", heading: "来源地", get: of(func(r a) value { return named(r.Regions.Source) }), words: places, several: true, note: noteRegion, sample: "450100"},
		{key: "landing_region", heading: "落地地区", get: of(func(r a) value { return named(r.Regions.Landing) }), words: places, several: true, note: noteRegion, sample: "450200"},
		{key: "application_region", heading: "应用地区", get: of(func(r a) value { return named(r.Regions.Application) }), words: places, several: true, note: noteRegion, sample: "450000"},
		{key: "duplicate_of", heading: "重复成果编号", get: of(func(r a) value { return text(r.DuplicateOf) }), note: "已知与哪一项成果相同时填其编号"},
	}
}

func needFields() []field {
	type n = zhuanhua.Need
	return []field{
		{key: "id", heading: "需求编号", get: of(func(r n) value { return text(r.ID) }), note: noteID, sample: intake.SampleID},
		{key: "title", heading: "需求名称", get: of(func(r n) value { return text(r.Title) }), note: "必填", sample: "示例：降低蒸发工段汽耗", wide: true},
		{key: "text", heading: "需求内容", get: of(func(r n) value { return text(r.Text) }), wide: true},
		{key: "background", heading: "需求背景", get: of(func(r n) value { return text(r.Background) }), sample: "示例：现有设备……", wide: true},
		{key: "objective", heading: "需求目标", get: of(func(r n) value { return text(r.Objective) }), sample: "示例：……", wide: true},
		{key: "indicators", heading: "技术指标", get: of(func(r n) value { return text(r.Indicators) }), sample: "汽耗≤35%；收率≥98%", wide: true},
		{key: "keywords", heading: "关键词", get: of(func(r n) value { return words(r.Keywords) }), note: noteList, sample: "蒸发；节能"},
		{key: "field", heading: "技术领域", get: of(func(r n) value { return text(r.TechField) }), words: zhuanhua.TechFields(), sample: "新能源与高效节能"},
		{key: "industry", heading: "所属行业", get: of(func(r n) value { return list(r.Industries) }), note: "国民经济行业代码（GB/T 4754）；" + noteList, sample: "C1340"},
		{key: "organisation", heading: "需求单位", get: of(func(r n) value { return text(r.Organisation) }), sample: "示例糖业公司"},
		{key: "budget", heading: "预算", get: of(func(r n) value { return money(r.Budget) }), note: noteMoney, sample: "300万元"},
		{key: "deadline", heading: "截止日期", get: of(func(r n) value { return date(r.Deadline) }), note: noteDate, sample: "2027-12-31"},
		{key: "region", heading: "需求地区", get: of(func(r n) value { return named(r.Region) }), words: intake.Regions(), several: true, note: noteRegion, sample: "450200"},
		{key: "modes", heading: "合作方式", get: of(func(r n) value { return modes(r.Modes) }), words: plain(zhuanhua.Modes()), several: true, note: noteList, sample: "许可；合作开发"},
		{key: "maturity", heading: "成熟度要求", get: of(func(r n) value { return level(r.MinMaturity) }), words: intake.Levels(), note: "可接受的最低级别，1–9", sample: "6"},
	}
}

func organisationFields() []field {
	type o = zhuanhua.Organisation
	kinds := []zhuanhua.OrgKind{zhuanhua.OrgUniversity, zhuanhua.OrgInstitute, zhuanhua.OrgEnterprise, zhuanhua.OrgBroker, zhuanhua.OrgAuthority, zhuanhua.OrgOther}
	return []field{
		{key: "id", heading: "机构编号", get: of(func(r o) value { return text(r.ID) }), note: "不填则用统一社会信用代码", sample: intake.SampleID},
		{key: "name", heading: "机构名称", get: of(func(r o) value { return text(r.Name) }), note: "必填；全称", sample: "示例研究院", wide: true},
		{key: "uscc", heading: "统一社会信用代码", get: of(func(r o) value { return text(r.USCC) }), note: "18位，末位为校验码（GB 32100）", sample: "91350100M000100Y43"},
		{key: "kind", heading: "机构类型", get: of(func(r o) value { return named(r.Kind) }), words: plain(kinds), sample: string(zhuanhua.OrgInstitute)},
		{key: "region", heading: "所在地", get: of(func(r o) value { return named(r.Region) }), words: intake.Regions(), several: true, note: noteRegion, sample: "450100"},
	}
}

func personFields() []field {
	type p = zhuanhua.Person
	return []field{
		{key: "id", heading: "人员编号", get: of(func(r p) value { return text(r.ID) }), note: "必填；工号等自定编号，不得用身份证号", sample: intake.SampleID},
		{key: "name", heading: "姓名", get: of(func(r p) value { return text(r.Name) }), note: "必填", sample: "示例人员甲"},
		{key: "organisation", heading: "工作单位", get: of(func(r p) value { return text(r.Organisation) }), sample: "示例研究院", wide: true},
		{key: "title", heading: "职称", get: of(func(r p) value { return text(r.Title) }), sample: "高级工程师"},
		{key: "fields", heading: "专业领域", get: of(func(r p) value { return words(r.Fields) }), note: noteList, sample: "制糖工程；节能"},
		{key: "contact", heading: "联系方式", get: of(func(r p) value { return text(r.Contact) }), note: "个人信息，加密保存，可应本人要求删除", sample: "示例（电话或邮箱）"},
	}
}

func contractFields() []field {
	type c = zhuanhua.Contract
	var types []string
	for _, t := range zhuanhua.ContractTypes() {
		types = append(types, t.Chinese())
	}
	kind := func(r c) value {
		if s := r.Type.Chinese(); s != "" {
			return text(s)
		}
		return named(r.Type)
	}
	return []field{
		{key: "id", heading: "合同编号", get: of(func(r c) value { return text(r.ID) }), note: "不填则用合同登记编号", sample: intake.SampleID},
		{key: "national_no", heading: "合同登记编号", get: of(func(r c) value { return text(r.NationalNo) }), note: "由全国技术合同登记系统给出"},
		{key: "type", heading: "合同类型", get: of(kind), words: types, sample: types[0]},
		{key: "title", heading: "合同名称", get: of(func(r c) value { return text(r.Title) }), note: "必填", sample: "示例：蒸发系统节能改造技术服务", wide: true},
		{key: "seller", heading: "卖方", get: of(func(r c) value { return text(r.Seller) }), note: "技术输出方", sample: "示例研究院"},
		{key: "buyer", heading: "买方", get: of(func(r c) value { return text(r.Buyer) }), note: "技术吸纳方", sample: "示例糖业公司"},
		{key: "signed", heading: "签订日期", get: of(func(r c) value { return date(r.Signed) }), note: noteDate, sample: "2026-03-01"},
		{key: "term_from", heading: "有效期起", get: of(func(r c) value { return date(r.Term.From) }), note: noteDate, sample: "2026-03-01"},
		{key: "term_to", heading: "有效期止", get: of(func(r c) value { return date(r.Term.To) }), note: noteDate, sample: "2027-12-31"},
		{key: "amount", heading: "合同成交额", get: of(func(r c) value { return money(r.Amount) }), note: noteMoney, sample: "200万元"},
		{key: "tech_declared", heading: "技术交易额", get: of(func(r c) value { return money(r.TechDeclared) }), note: "申报数，不大于成交额；" + noteMoney, sample: "180万元"},
		{key: "tech_verified", heading: "核定技术交易额", get: of(func(r c) value { return money(r.TechVerified) }), note: "登记机构核定后填"},
		{key: "region", heading: "卖方所在地", get: of(func(r c) value { return named(r.Region) }), words: intake.Regions(), several: true, note: noteRegion, sample: "450100"},
		{key: "field", heading: "技术领域", get: of(func(r c) value { return text(r.TechField) }), words: zhuanhua.TechFields(), sample: "新能源与高效节能"},
		{key: "achievements", heading: "成果编号", get: of(func(r c) value { return words(r.Achievements) }), note: "所涉成果的编号；" + noteList},
	}
}
