package book

import (
	"fmt"
	"strings"

	"zhuanhua/plan"
)

// word says a term of the closed lists; one that is not known stands as it is, and a test refuses it.
func (b *builder) word(list map[string]plan.Text, id string) string {
	if t, ok := list[id]; ok {
		return b.in(t)
	}
	return id
}

// actor is who may act.
func (b *builder) actor(id string) string {
	return b.word(map[string]plan.Text{
		"inventor": {ZH: "科研人员", EN: "researcher"}, "organisation_admin": {ZH: "单位管理员", EN: "organisation's administrator"}, "enterprise": {ZH: "企业", EN: "enterprise"},
		"broker": {ZH: "技术经纪人", EN: "broker"}, "recommender": {ZH: "推荐单位", EN: "recommending body"}, "officer": {ZH: "经办人", EN: "officer"},
		"reviewer": {ZH: "审核人", EN: "reviewer"}, "approver": {ZH: "审批人", EN: "approver"}, "finance": {ZH: "财务", EN: "finance"}, "expert": {ZH: "专家", EN: "expert"},
		"applicant": {ZH: "申请人", EN: "applicant"}, "bidder": {ZH: "揭榜（意向）单位", EN: "bidder"}, "winner": {ZH: "中榜单位", EN: "winner"}, "employer": {ZH: "所在单位", EN: "employer"}, "subject": {ZH: "名录条目的主体", EN: "whom the entry is about"}, "assigned": {ZH: "受邀专家", EN: "assigned expert"},
		"holder": {ZH: "密钥持有人", EN: "holder of the key"}, "anyone": {ZH: "任何人（实名）", EN: "anybody, by name"}, "clock": {ZH: "到期自动", EN: "by itself, in time"},
	}, id)
}

// waits is what a state waits for, or how a case ended.
func (b *builder) waits(s *plan.State) string {
	if s.Kind == "end" {
		return b.word(map[string]plan.Text{
			"granted": {ZH: "办结：给予", EN: "ends: granted"}, "refused": {ZH: "办结：不予", EN: "ends: refused"}, "withdrawn": {ZH: "办结：撤回", EN: "ends: withdrawn"},
			"failed": {ZH: "办结：未成", EN: "ends: failed"}, "revoked": {ZH: "办结：撤销", EN: "ends: revoked"}, "done": {ZH: "办结", EN: "ends"},
		}, s.Outcome)
	}
	return b.word(map[string]plan.Text{
		"": {ZH: "—", EN: "–"}, "applicant": {ZH: "等申请人", EN: "waits for the applicant"}, "authority": {ZH: "等主管部门", EN: "waits for the authority"},
		"experts": {ZH: "等专家", EN: "waits for experts"}, "public": {ZH: "向社会", EN: "open to the public"}, "bank": {ZH: "等银行", EN: "waits for the bank"}, "time": {ZH: "到期", EN: "waits for a day"},
	}, s.WaitsFor)
}

// unit is the unit of a period.
func (b *builder) unit(u string) string {
	return b.word(map[string]plan.Text{"workdays": {ZH: "个工作日", EN: "working days"}, "days": {ZH: "日", EN: "days"}, "months": {ZH: "个月", EN: "months"}, "years": {ZH: "年", EN: "years"}}, u)
}

// decision is what an action decides, "" where it decides nothing.
func (b *builder) decision(a *plan.Action) string {
	return b.word(map[string]plan.Text{"none": {}, "grant": {ZH: "给予", EN: "grants"}, "refuse": {ZH: "不予", EN: "refuses"}, "return": {ZH: "退回", EN: "returns"}}, a.Decides)
}

// fieldType is what a field takes.
func (b *builder) fieldType(t plan.FieldType) string {
	return b.word(map[string]plan.Text{
		"text": {ZH: "文字", EN: "text"}, "long": {ZH: "长文", EN: "long text"}, "money": {ZH: "金额", EN: "amount"}, "share": {ZH: "比例", EN: "rate"}, "count": {ZH: "数量", EN: "number"},
		"score": {ZH: "分数", EN: "points"}, "date": {ZH: "日期", EN: "date"}, "year": {ZH: "年", EN: "year"}, "region": {ZH: "地区", EN: "region"}, "enum": {ZH: "选项", EN: "choice"},
		"bool": {ZH: "是或否", EN: "yes or no"}, "named": {ZH: "是否或名称", EN: "yes, no or a name"}, "organisation": {ZH: "单位", EN: "organisation"}, "contract": {ZH: "技术合同", EN: "contract"},
		"achievement": {ZH: "成果", EN: "achievement"}, "need": {ZH: "需求", EN: "need"}, "case": {ZH: "办件", EN: "case"}, "user": {ZH: "人员", EN: "user"}, "files": {ZH: "附件", EN: "files"}, "rows": {ZH: "表格", EN: "table"},
		"register": {ZH: "名录条目", EN: "entry of a register"}, "person": {ZH: "人员档案", EN: "record of a person"},
	}, string(t))
}

// guard is what must hold before an action.
func (b *builder) guard(w *plan.Workflow, g *plan.Guard) string {
	clock := func() string {
		if k := w.Clock(g.Clock.ID); k != nil {
			return b.in(k.Title)
		}
		return g.Clock.ID
	}
	switch g.Kind {
	case "different_from":
		return b.say("不是办过这些步骤的人：", "nobody who did these: ") + b.titles(w, g.Actions)
	case "clock_running":
		return b.say("“"+clock()+"”之内", "within \""+clock()+"\"")
	case "clock_over":
		return b.say("“"+clock()+"”期满", "\""+clock()+"\" is over")
	case "reviews":
		return b.say(fmt.Sprintf("至少 %d 份评审意见", g.AtLeast), fmt.Sprintf("at least %d sheets are in", g.AtLeast))
	case "bids":
		return b.say(fmt.Sprintf("至少 %d 份有效揭榜", g.AtLeast), fmt.Sprintf("at least %d bids count", g.AtLeast))
	case "value":
		return b.says(g)
	case "entitled":
		return b.say(g.Rule.ID+" 须有前一办件给予的资格", g.Rule.ID+" needs the right that an earlier case gives")
	case "linked":
		return b.say("已关联", "linked: ") + b.fieldType(plan.FieldType(g.Link))
	}
	return b.word(guardWords(), g.Kind)
}

// says is the guard that a field of a form says something.
func (b *builder) says(g *plan.Guard) string {
	f := b.pack.Form(g.Form.ID).Field(g.Field.ID)
	if f == nil {
		return g.Field.ID
	}
	var words []string
	for _, is := range g.Is {
		words = append(words, b.code(f, is.ID))
	}
	return b.in(f.Title) + b.say("为“", ": ") + strings.Join(words, b.say("、", ", ")) + b.say("”", "")
}

// code is one value of a field in words.
func (b *builder) code(f *plan.Field, id string) string {
	if v := b.pack.Vocabulary(f.Vocabulary.ID); v != nil {
		for _, w := range v.Values {
			if w.Code == id {
				return b.in(w.Name)
			}
		}
	}
	return b.word(map[string]plan.Text{"true": {ZH: "是", EN: "yes"}, "false": {ZH: "否", EN: "no"}}, id)
}

// guardWords are the guards that need nothing said.
func guardWords() map[string]plan.Text {
	return map[string]plan.Text{
		"rule_met": {ZH: "符合规则的全部条件", EN: "every condition of the rule is met"}, "rule_open_told": {ZH: "告知规则的测算结果（不符合也可提交）", EN: "what the rule says is told (it may be handed in all the same)"},
		"unrelated": {ZH: "与申请人、参与单位没有利害关系", EN: "no interest in the case"}, "no_open_objection": {ZH: "没有未答复的异议", EN: "no objection is open"},
		"reviews_closed": {ZH: "评审已汇总", EN: "the review is closed"}, "funds": {ZH: "预算足够", EN: "the budget suffices"}, "single_claim": {ZH: "同一事项没有重复申请", EN: "the same thing is not claimed twice"},
		"no_bids": {ZH: "没有有效揭榜", EN: "no bid counts"}, "opened": {ZH: "揭榜材料已开封", EN: "the bids are open"}, "tranche_left": {ZH: "还有待拨付的款项", EN: "a tranche is left to pay"},
		"tranches_done": {ZH: "款项已全部拨付", EN: "every tranche is paid"}, "year_left": {ZH: "支持年限未满", EN: "a year is left"}, "years_done": {ZH: "支持年限已满", EN: "the years are used"},
		"milestones_done": {ZH: "里程碑全部完成", EN: "every milestone is reached"}, "milestone_due": {ZH: "有到期的里程碑", EN: "a milestone is due"},
		"entry": {ZH: "名录条目处于可办理的状态", EN: "the entry is in a state that allows it"}, "no_overlap": {ZH: "同一主体在名录中没有重叠的有效期", EN: "no other term of the same body overlaps"},
		"not_revoked_before": {ZH: "近年未被撤销", EN: "was not revoked in the years before"}, "exclusive_relation": {ZH: "没有同时占用的其他关系", EN: "is not tied elsewhere at the same time"},
		"evaluated": {ZH: "评价结果符合", EN: "the evaluation came out so"}, "change_allowed": {ZH: "名录允许这项变更", EN: "the register allows this change"},
	}
}

// effect is what an action does.
func (b *builder) effect(w *plan.Workflow, e *plan.Effect) string {
	clock := func() string {
		if k := w.Clock(e.Clock.ID); k != nil {
			return b.in(k.Title)
		}
		return e.Clock.ID
	}
	switch e.Kind {
	case "start":
		return b.say("“"+clock()+"”起算", "\""+clock()+"\" begins")
	case "stop":
		return b.say("“"+clock()+"”停止", "\""+clock()+"\" ends")
	case "assign":
		words := b.say(fmt.Sprintf("抽取 %d 名没有利害关系、任务最少的专家，至少 %d 份意见", e.Experts, e.MinReviews), fmt.Sprintf("%d unrelated experts with the least to do are drawn, at least %d sheets", e.Experts, e.MinReviews))
		if e.NotSet != nil {
			words += b.say("（人数暂定）", " (the number is assumed)")
		}
		return words
	case "amount":
		return b.word(map[string]plan.Text{"rule": {ZH: "金额按规则计算", EN: "the amount is the rule's"}, "form": {ZH: "金额按表填写，不得超出规则的上下限", EN: "the amount is the form's, within the rule's bounds"}}, e.From)
	case "tranches":
		return b.word(map[string]plan.Text{"rule": {ZH: "按规则分期", EN: "tranches by the rule"}, "year": {ZH: "列入当年一期", EN: "a tranche of the year"}, "form": {ZH: "按表分期", EN: "tranches of the form"}}, e.From)
	case "number":
		return b.say("编号 ", "number ") + e.Pattern
	case "entitle":
		return b.say("给予 "+e.Rule.ID+" 的申请资格", "gives the right to apply under "+e.Rule.ID)
	case "link":
		return b.say("关联", "links the ") + b.fieldType(plan.FieldType(e.Link))
	}
	return b.word(effectWords(), e.Kind)
}

// effectWords are the effects that need nothing more said.
func effectWords() map[string]plan.Text {
	return map[string]plan.Text{
		"mark_fields": {ZH: "标出要补正的字段", EN: "marks what is to be mended"}, "close_reviews": {ZH: "汇总评审意见", EN: "adds the sheets up"}, "publish": {ZH: "向社会公示，公示期起算", EN: "shown to the public, the period begins"},
		"object": {ZH: "登记异议，停钟", EN: "the objection is recorded, the period stands"}, "answer_objection": {ZH: "答复异议", EN: "the objection is answered"},
		"claim": {ZH: "登记占用，防止重复申请", EN: "the claim is taken"}, "release_claim": {ZH: "解除占用", EN: "the claim is free again"}, "commit": {ZH: "占用预算", EN: "commits the budget"},
		"order": {ZH: "列入支付批次", EN: "into the payment batch"}, "paid": {ZH: "登记已支付", EN: "recorded as paid"}, "bank_returned": {ZH: "登记退票", EN: "recorded as returned"},
		"release_rest": {ZH: "释放未支付的预算", EN: "gives back what was not paid"}, "claw_back": {ZH: "登记应追回", EN: "what was paid is claimed back"}, "recovered": {ZH: "登记已追回", EN: "recorded as recovered"},
		"next_year": {ZH: "进入下一支持年度", EN: "the next year of support"}, "use_entitlement": {ZH: "用去申请资格", EN: "uses the right to apply"}, "draw_key": {ZH: "生成密钥，分由三人持有", EN: "a key is drawn, held by three"},
		"take_bid": {ZH: "加密收存", EN: "sealed and kept"}, "withdraw_bid": {ZH: "撤回", EN: "withdrawn"}, "enter_part": {ZH: "输入一份密钥", EN: "a part of the key is entered"}, "open_bids": {ZH: "两份齐全即开封", EN: "opened once two parts are in"},
		"qualify": {ZH: "登记资格", EN: "the qualification is recorded"}, "rank_bids": {ZH: "按得分排序", EN: "ranked by points"}, "choose_winner": {ZH: "登记中选单位", EN: "the winners are recorded"},
		"milestones": {ZH: "列入里程碑", EN: "sets the milestones"}, "milestone_done": {ZH: "里程碑完成", EN: "the milestone is reached"}, "milestone_failed": {ZH: "里程碑未完成", EN: "the milestone is missed"},
		"suspend_clocks": {ZH: "全部时限停钟", EN: "every period stands"}, "resume_clocks": {ZH: "时限继续", EN: "the periods go on"}, "archive": {ZH: "归档", EN: "archived"},
		"accredit": {ZH: "列入名录", EN: "enters the register"}, "amend_entry": {ZH: "更新名录条目", EN: "the entry is amended"}, "renew": {ZH: "延续有效期", EN: "the term is renewed"},
		"suspend_entry": {ZH: "暂停资格", EN: "the entry is suspended"}, "resume_entry": {ZH: "恢复资格", EN: "the entry is active again"}, "revoke_entry": {ZH: "撤销资格", EN: "the entry is revoked"},
		"rename_entry": {ZH: "更名", EN: "the entry is renamed"}, "merge_entry": {ZH: "并入另一条目", EN: "the entry is merged into another"}, "close_entry": {ZH: "注销", EN: "the entry is closed"},
		"evaluate": {ZH: "按权重汇总评分", EN: "the scores are added up by weight"}, "evaluate_entry": {ZH: "评价结果记入名录", EN: "the evaluation is kept with the entry"},
		"rectify": {ZH: "限期整改", EN: "it has to be put right in time"}, "admit": {ZH: "准予知悉", EN: "may know of it from now on"}, "relate": {ZH: "登记与其他记录的关系", EN: "the tie to another record is kept"}, "recuse": {ZH: "另抽一名专家", EN: "another expert is drawn"},
	}
}
