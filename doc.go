// Package zhuanhua is the vocabulary of the platform: what every other package speaks of. It
// imports only the standard library.
//
//	noun              Chinese     where it lives
//	Achievement       科技成果     achievement.go; read by intake, ranked by match
//	Need              技术需求     need.go; read by intake, ranked by match
//	Organisation      机构         org.go
//	Person            人员         person.go
//	Contract          技术合同     contract.go; as a plain record
//	IPRight           知识产权     achievement.go
//	Mode              合作方式     achievement.go
//	TRL               技术就绪度   achievement.go
//	Stage, Class      阶段, 类型   achievement.go
//	User, Role        用户, 角色   user.go; who may act
//	Case, Step        办件, 办理记录 case.go, step.go; decided by flow
//	Entry, Budget     台账, 预算   entry.go, budget.go; double entry
//	Claim             申领占用     claim.go; one record is claimed once
//	Payment           支付批次     payment.go
//	Setting           设置         setting.go; what a data directory remembers of itself
//	Region, Geography 地区         region.go; names are looked up in intake
//	Money             金额(分)     money.go
//	Date, Period      日期, 期间   period.go
//	Event             留痕         event.go; who did what, chained by hashes in store
//	Change, Item      变更         change.go; all that one decision alters, recorded by store
//	Source, Cell      出处         source.go; where each value stood in the file it came from
//	Pack, Rule, Quote 方案, 规则, 测算 package plan; with Item 条目, Target 目标, Trial 试例
//	Workflow, Form    流程, 表单    package plan; decided along by package flow
//	Error, Kind       错误         error.go; what is wrong, where, and what to do
//
// Matching speaks of a Document (either noun as the engine sees it), a Result of Matches with a Score
// and a Level (强相关, 较强相关, 弱相关, 无相关), Reasons and Objections; see package match.
package zhuanhua
