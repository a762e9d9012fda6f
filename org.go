package zhuanhua

// Organisation is a legal person or body (机构): university, institute, enterprise, broker, authority.
type Organisation struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	USCC   string  `json:"uscc,omitempty"` // unified social credit code (统一社会信用代码), GB 32100
	Kind   OrgKind `json:"kind,omitempty"`
	Region Region  `json:"region,omitempty"`
}

// OrgKind is what sort of body an organisation is.
type OrgKind string

// The kinds of organisation that the plan names.
const (
	OrgUniversity OrgKind = "高等院校"
	OrgInstitute  OrgKind = "科研院所"
	OrgEnterprise OrgKind = "企业"
	OrgBroker     OrgKind = "技术转移机构"
	OrgAuthority  OrgKind = "主管部门"
	OrgOther      OrgKind = "其他"
)
