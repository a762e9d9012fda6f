package zhuanhua

// Achievement is a scientific or technological achievement (科技成果) as its holder offers it:
// what the matching engine reads, and the part of the registration form (科技成果登记办法;
// fields after the Guangxi form) that is entered once and used everywhere.
type Achievement struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Abstract   string    `json:"abstract,omitempty"`
	Body       string    `json:"body,omitempty"`
	Keywords   []string  `json:"keywords,omitempty"`
	TechField  string    `json:"field,omitempty"`    // one of TechFields, or as the holder wrote it
	IPC        []string  `json:"ipc,omitempty"`      // International Patent Classification, "C13K13/00"
	Industries []string  `json:"industry,omitempty"` // GB/T 4754-2017, letter and digits, "C1340"
	Class      Class     `json:"class,omitempty"`
	Units      []string  `json:"units,omitempty"`   // completing organisations in order, the lead first
	Persons    []string  `json:"persons,omitempty"` // completers in order of contribution
	Rights     []IPRight `json:"rights,omitempty"`
	Maturity   TRL       `json:"maturity,omitempty"`
	Stage      Stage     `json:"stage,omitempty"`
	Modes      []Mode    `json:"modes,omitempty"`
	Price      *Money    `json:"price_fen,omitempty"` // nil: not stated or to be agreed (面议)
	Regions    Geography `json:"regions,omitzero"`
	// DuplicateOf names the record of which this one is known to be another wording.
	DuplicateOf string `json:"duplicate_of,omitempty"`
}

// Geography holds the three geographic roles of the plan (P.3): where the achievement comes
// from (来源地), where it lands (落地), and where its products are used (应用地).
type Geography struct {
	Source      Region `json:"source,omitempty"`
	Landing     Region `json:"landing,omitempty"`
	Application Region `json:"application,omitempty"`
}

// Class is the kind of achievement by the registration rules (科技成果登记办法).
type Class string

// The three classes of registration.
const (
	ClassApplied Class = "应用技术类"
	ClassBasic   Class = "基础理论类"
	ClassSoft    Class = "软科学类"
)

// TRL is a technology readiness level, 1 (报告级) to 9 (系统级), after GB/T 22900; 0 is not stated.
type TRL int

// Valid reports whether t is a level of the scale.
func (t TRL) Valid() bool { return t >= 1 && t <= 9 }

// Stage is how far an applied achievement has come, as the registration form words it.
type Stage string

// The stages of the registration form.
const (
	StageEarly  Stage = "初期"
	StagePilot  Stage = "中试"
	StageMature Stage = "成熟应用"
)

// Mode is a way to bring an achievement to use (促进科技成果转化法 art. 16 and contract types).
type Mode string

// The modes of cooperation.
const (
	ModeAssignment Mode = "转让"
	ModeLicence    Mode = "许可"
	ModeEquity     Mode = "作价投资"
	ModeJoint      Mode = "合作开发"
	ModeService    Mode = "技术服务"
	ModeConsulting Mode = "技术咨询"
)

// Modes lists every mode in the order of the law.
func Modes() []Mode {
	return []Mode{ModeAssignment, ModeLicence, ModeEquity, ModeJoint, ModeService, ModeConsulting}
}

// TechFields lists the eleven technology fields of the national contract statistics.
func TechFields() []string {
	return []string{"电子信息", "航空航天", "先进制造", "生物、医药和医疗器械", "新材料及其应用", "新能源与高效节能",
		"环境保护与资源综合利用", "核应用", "农业", "现代交通", "城市建设与社会发展"}
}

// IPRight is one intellectual-property right (知识产权) on an achievement.
type IPRight struct {
	Kind    string `json:"kind,omitempty"`    // 发明专利, 实用新型, 外观设计, 软件著作权, 植物新品种权, 集成电路布图设计, 技术秘密
	Text    string `json:"text,omitempty"`    // as the holder wrote it
	Expired bool   `json:"expired,omitempty"` // the text says that the right has ended (失效, 届满, 终止, 放弃)
	ValidTo Date   `json:"valid_to,omitzero"` // zero when not stated
}
