package zhuanhua

import (
	"fmt"
	"slices"
)

// User is who may act (用户): a login with roles. What is personal about them stands in the Person that
// they are.
type User struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Person       string   `json:"person,omitempty"`       // id of a Person
	Organisation string   `json:"organisation,omitempty"` // id of an Organisation
	Roles        []Grant  `json:"roles,omitempty"`
	Fields       []string `json:"fields,omitempty"`    // of an expert: fields of technology
	Relations    []string `json:"relations,omitempty"` // organisations that they have declared a relation to
	Recipient    string   `json:"recipient,omitempty"` // age recipient to which parts of keys are encrypted
	Disabled     bool     `json:"disabled,omitempty"`
}

// Noun says that it is a user.
func (u User) Noun() Noun { return NounUser }

// Key is the id.
func (u User) Key() string { return u.ID }

// Grant is a role that was given to a user.
type Grant struct {
	Role       Role   `json:"role"`
	Department string `json:"department,omitempty"` // code of the plan's department; "" every one
	Region     Region `json:"region,omitempty"`     // of a recommending body; "" every region
	Period
}

// Role is what a user may do (角色).
type Role string

// The roles. The side of the applicants, the authority's, and the three administrators are kept apart.
const (
	RoleInventor          Role = "inventor"           // 科研人员
	RoleOrganisationAdmin Role = "organisation_admin" // 单位管理员
	RoleEnterprise        Role = "enterprise"         // 企业
	RoleBroker            Role = "broker"             // 技术经纪人
	RoleRecommender       Role = "recommender"        // 推荐单位
	RoleOfficer           Role = "officer"            // 经办
	RoleReviewer          Role = "reviewer"           // 审核
	RoleApprover          Role = "approver"           // 审批
	RoleFinance           Role = "finance"            // 财务
	RoleExpert            Role = "expert"             // 评审专家
	RoleAuditor           Role = "auditor"            // 审计
	RoleSystemAdmin       Role = "system_admin"       // 系统管理员
	RoleSecurityAdmin     Role = "security_admin"     // 安全管理员
	RoleAuditAdmin        Role = "audit_admin"        // 审计管理员
)

// Roles lists every role in the order in which they are shown.
func Roles() []Role {
	return []Role{RoleInventor, RoleOrganisationAdmin, RoleEnterprise, RoleBroker, RoleRecommender, RoleOfficer, RoleReviewer,
		RoleApprover, RoleFinance, RoleExpert, RoleAuditor, RoleSystemAdmin, RoleSecurityAdmin, RoleAuditAdmin}
}

// Applies reports whether the role is one of those who apply.
func (r Role) Applies() bool {
	return r == RoleInventor || r == RoleOrganisationAdmin || r == RoleEnterprise || r == RoleBroker
}

// Decides reports whether the role is one of the authority that examines, decides and pays.
func (r Role) Decides() bool {
	return r == RoleOfficer || r == RoleReviewer || r == RoleApprover || r == RoleFinance
}

// Administers reports whether the role is one of the three administrators (三员), of whom nobody is two
// (GB/T 22239-2019, level 3).
func (r Role) Administers() bool {
	return r == RoleSystemAdmin || r == RoleSecurityAdmin || r == RoleAuditAdmin
}

// Has reports whether the user holds a role on a day.
func (u *User) Has(r Role, on Date) bool {
	return !u.Disabled && slices.ContainsFunc(u.Roles, func(g Grant) bool { return g.Role == r && g.Holds(on) })
}

// Clash says which two of the user's roles nobody may hold together, "" when there are none.
func (u *User) Clash() string {
	for i, a := range u.Roles {
		for _, b := range u.Roles[:i] {
			if clash(a.Role, b.Role) || clash(b.Role, a.Role) {
				return fmt.Sprintf("%s and %s", b.Role, a.Role)
			}
		}
	}
	return ""
}

func clash(a, b Role) bool {
	switch {
	case a == b:
		return false
	case a.Administers(), a == RoleAuditor:
		return true
	}
	return a.Applies() && b.Decides()
}
