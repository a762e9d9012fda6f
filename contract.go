package zhuanhua

// Contract is a technology contract (技术合同) as a plain record: what its registration shows, not the
// case by which an authority decides about it.
type Contract struct {
	ID           string       `json:"id"`
	NationalNo   string       `json:"national_no,omitempty"` // 合同登记编号; assigned by the national system alone
	Type         ContractType `json:"type,omitempty"`
	Title        string       `json:"title"`
	Seller       string       `json:"seller,omitempty"` // 卖方, the side that registers; id or name
	Buyer        string       `json:"buyer,omitempty"`  // 买方
	Signed       Date         `json:"signed,omitzero"`
	Term         Period       `json:"term,omitzero"`               // 合同有效期
	Amount       *Money       `json:"amount_fen,omitempty"`        // 合同成交额; nil: not stated
	TechDeclared *Money       `json:"tech_declared_fen,omitempty"` // 技术交易额 as the applicant states it
	TechVerified *Money       `json:"tech_verified_fen,omitempty"` // 技术交易额 as the registry set it (核定)
	Region       Region       `json:"region,omitempty"`            // where the seller is
	TechField    string       `json:"field,omitempty"`             // one of TechFields
	Achievements []string     `json:"achievements,omitempty"`      // ids of the achievements it is about
}

// ContractType is the type of a technology contract by the civil code (民法典 arts. 843–887).
type ContractType string

// The five types with the codes of the national statistics.
const (
	ContractDevelopment ContractType = "DEV" // 技术开发
	ContractTransfer    ContractType = "TRF" // 技术转让
	ContractLicence     ContractType = "LIC" // 技术许可
	ContractConsulting  ContractType = "CON" // 技术咨询
	ContractService     ContractType = "SVC" // 技术服务
)

// ContractTypes lists the types in the order of the law.
func ContractTypes() []ContractType {
	return []ContractType{ContractDevelopment, ContractTransfer, ContractLicence, ContractConsulting, ContractService}
}

// Chinese is the type as the law words it, "" for an unknown code.
func (t ContractType) Chinese() string {
	switch t {
	case ContractDevelopment:
		return "技术开发"
	case ContractTransfer:
		return "技术转让"
	case ContractLicence:
		return "技术许可"
	case ContractConsulting:
		return "技术咨询"
	case ContractService:
		return "技术服务"
	}
	return ""
}
