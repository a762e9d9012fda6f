package flow

import (
	"maps"
	"slices"

	"zhuanhua"
	"zhuanhua/plan"
)

// may checks whether the actor may take the action: as whom, and without an interest in the case.
func (d *decision) may() error {
	if d.by.User == nil {
		return d.mayClock()
	}
	if d.by.User.Disabled {
		return d.refuse(zhuanhua.KindForbidden, "user", say("账号已停用", "the account is disabled"), say("请系统管理员处理", "ask the system administrator"))
	}
	// The first that fits, in the order of the plan: a step says as whom somebody acted, and that must not hang
	// on the order of their roles.
	for _, b := range d.a.By {
		if d.is(b.ID) {
			d.role = b.ID
			break
		}
	}
	if d.role == "" {
		return d.refuse(zhuanhua.KindForbidden, "by", say("“"+d.a.Title.ZH+"”由"+actorNames(d.a.By).ZH+"办理，您不是", "\""+d.a.Title.EN+"\" is for "+actorNames(d.a.By).EN+", which you are not"),
			say("请有此身份的人办理", "let one of them do it"))
	}
	why := d.otherSide()
	if why.IsZero() && d.sideOfRole() != sideApplicant {
		why = d.interest()
	}
	if !why.IsZero() {
		return d.refuse(zhuanhua.KindForbidden, "interest", why, say("请回避，由他人办理", "step back and let somebody else do it"))
	}
	return nil
}

// mayClock checks that a period has run out whose consequence the action is.
func (d *decision) mayClock() error {
	d.role = zhuanhua.ByClock
	if d.a.IsBy("clock") {
		for _, k := range d.c.Clocks {
			if a := thenOf(d.w, k.ID); a == d.a && isOver(k, d.by.Now) && !k.Stopped && !k.Over {
				return nil
			}
		}
	}
	return d.refuse(zhuanhua.KindForbidden, "by", say("没有到期的时限办理“"+d.a.Title.ZH+"”", "no clock that has run out does \""+d.a.Title.EN+"\""), say("由人办理，或等待到期", "let a person do it, or wait"))
}

// is reports whether the actor is of a sort, or holds a role.
func (d *decision) is(who string) bool {
	u := d.by.User
	switch who {
	case "clock":
		return false
	case "anyone":
		return true
	case "applicant":
		// Who has left the organisation does not act for it any more.
		return u.Organisation == d.c.Organisation && (u.ID == d.c.User || u.Organisation != "" && applies(u, d.today))
	case "bidder":
		return d.bids(u)
	case "winner":
		return slices.ContainsFunc(d.c.Bids, func(b zhuanhua.Bid) bool { return b.Won && ofBidder(b, u) })
	case "assigned":
		return slices.ContainsFunc(d.c.Reviews, func(r zhuanhua.Review) bool { return r.Expert == u.ID && Owed(&d.c, r) })
	case "holder":
		return slices.Contains(d.c.Officers, u.ID)
	case "subject":
		return d.holds(u)
	case "employer":
		return u.Organisation != "" && u.Organisation == d.c.Organisation && u.Has(zhuanhua.RoleOrganisationAdmin, d.today)
	}
	return u.Has(zhuanhua.Role(who), d.today)
}

// bids reports whether the actor may bid, or has bid: an action that takes bids is for those who have none
// in the case, any other for those who have one.
func (d *decision) bids(u *zhuanhua.User) bool {
	has := slices.ContainsFunc(d.c.Bids, func(b zhuanhua.Bid) bool { return !b.Withdrawn && ofBidder(b, u) })
	if d.a.Effect("take_bid") != nil {
		return applies(u, d.today)
	}
	return has
}

// ofBidder reports whether a bid is the user's or their organisation's.
func ofBidder(b zhuanhua.Bid, u *zhuanhua.User) bool {
	return b.User == u.ID || b.Organisation != "" && b.Organisation == u.Organisation
}

// applies reports whether a user holds a role of those who apply.
func applies(u *zhuanhua.User, on zhuanhua.Date) bool {
	return slices.ContainsFunc(zhuanhua.Roles(), func(r zhuanhua.Role) bool { return r.Applies() && u.Has(r, on) })
}

// official reports whether a user holds a role of the authority.
func official(u *zhuanhua.User, on zhuanhua.Date) bool {
	return slices.ContainsFunc(zhuanhua.Roles(), func(r zhuanhua.Role) bool { return r.Decides() && u.Has(r, on) })
}

// interest is why the actor must keep out of the case, zero when nothing is known: an organisation in
// common with a party, or a declared relation.
func (d *decision) interest() plan.Text {
	// An organisation in common is enough. Whether it matters is not for who has the interest to weigh.
	u := d.by.User
	for _, o := range d.parties() {
		switch {
		case o == u.Organisation:
			return say("您所在单位 "+o+" 是当事方", "your organisation "+o+" is a party")
		case slices.Contains(u.Relations, o):
			return say("您已申报与 "+o+" 有关联", "you have declared a relation to "+o)
		}
	}
	if d.c.Person != "" && u.Person == d.c.Person {
		return say("办件是关于您本人的", "the case is about you")
	}
	for _, r := range d.c.Recusals {
		if d.same(r.User, u.ID) {
			return say("您已申请回避："+r.Why, "you have stepped back: "+r.Why)
		}
	}
	return plan.Text{}
}

// otherSide is what the actor did in the case on another side than the one they take now, zero when nothing.
func (d *decision) otherSide() plan.Text {
	for _, action := range slices.Sorted(maps.Keys(d.c.Actors)) {
		if d.sideOf(action) == d.sideOfRole() {
			continue
		}
		for _, id := range d.c.Actors[action] {
			if id != zhuanhua.ByClock && d.same(id, d.by.User.ID) {
				return say("您在本办件中办理过“"+d.titleOf(action).ZH+"”", "in this case you did \""+d.titleOf(action).EN+"\"")
			}
		}
	}
	return plan.Text{}
}

// The sides of a case. Nobody stands on two.
const (
	sideApplicant = "applicant"
	sideExpert    = "expert"
	sideAuthority = "authority"
)

// sideOfRole is the side that the actor takes.
func (d *decision) sideOfRole() string {
	switch {
	case d.role == "assigned":
		return sideExpert
	case d.role == "holder", zhuanhua.Role(d.role).Decides(), d.role == "applicant" && d.begunByAuthority():
		return sideAuthority
	}
	return sideApplicant
}

// sideOf is the side of who took an action.
func (d *decision) sideOf(action string) string {
	a := d.w.Action(action)
	switch {
	// An authority that poses a question of its own handles it too; its officers are on one side only.
	case (a == nil || a.IsBy("applicant")) && d.begunByAuthority(): // its beginning, or what its own side did
		return sideAuthority
	case a == nil:
		return sideApplicant
	case a.Official(), a.IsBy("holder"):
		return sideAuthority
	case a.IsBy("assigned"):
		return sideExpert
	}
	return sideApplicant
}

// begunByAuthority reports whether the case is one that an authority brought in itself: then its own
// organisation is no party that officers have to keep out for.
func (d *decision) begunByAuthority() bool {
	u := d.s.Users[d.c.User]
	return u != nil && official(u, zhuanhua.DateOf(d.c.Opened))
}

// titleOf is the title of an action.
func (d *decision) titleOf(action string) plan.Text {
	if a := d.w.Action(action); a != nil {
		return a.Title
	}
	return say("开办", "begin")
}

// parties are the organisations that have a stake in the case: the applicant, its partners, who has bid,
// and every organisation that a form names.
func (d *decision) parties() []string {
	var out []string
	if !d.begunByAuthority() {
		out = append(out, d.c.Organisation)
	}
	out = append(out, d.c.Parties...)
	// Who bids is known before what they bid: nobody of a bidder may compare the bids.
	for _, b := range d.c.Bids {
		if !b.Withdrawn {
			out = append(out, b.Organisation)
		}
	}
	for id, filled := range d.c.Forms {
		f := d.s.Plan.Form(id)
		if f == nil {
			continue
		}
		for _, x := range f.Fields {
			if x.Type == plan.FieldOrganisation {
				out = append(out, filled.Values[x.ID])
			}
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(o string) bool { return o == "" })
}

// same reports whether two users are one person: the same login, or two logins of one person.
func (d *decision) same(a, b string) bool {
	if a == b {
		return true
	}
	x, y := d.user(a), d.user(b)
	return x != nil && y != nil && x.Person != "" && x.Person == y.Person
}

// user is a user that was gathered, or the actor.
func (d *decision) user(id string) *zhuanhua.User {
	if d.by.User != nil && d.by.User.ID == id {
		return d.by.User
	}
	return d.s.Users[id]
}

// actorNames names who may act, for people.
func actorNames(by []plan.Ref) plan.Text {
	var t plan.Text
	for i, b := range by {
		zh, en := actorName(b.ID)
		if i > 0 {
			t = say(t.ZH+"、", t.EN+", ")
		}
		t = say(t.ZH+zh, t.EN+en)
	}
	return t
}

// actorName is the name of a role or a sort of actor.
func actorName(who string) (zh, en string) {
	for _, n := range [][3]string{
		{"applicant", "申请人", "the applicant"}, {"bidder", "揭榜方", "a bidder"}, {"winner", "中榜方", "the winner"}, {"assigned", "受邀专家", "an assigned expert"},
		{"holder", "密钥持有人", "a holder of the key"}, {"subject", "条目持有人", "whose entry it is"}, {"employer", "所在单位管理员", "the employer's administrator"}, {"anyone", "任何实名用户", "any named user"}, {"clock", "到期自动", "the clock"},
		{"inventor", "科研人员", "an inventor"}, {"organisation_admin", "单位管理员", "an organisation's administrator"}, {"enterprise", "企业", "an enterprise"},
		{"broker", "技术经纪人", "a broker"}, {"recommender", "推荐单位", "a recommending body"}, {"officer", "经办人", "an officer"}, {"reviewer", "审核人", "a reviewer"},
		{"approver", "审批人", "an approver"}, {"finance", "财务人员", "finance"}, {"expert", "专家", "an expert"},
	} {
		if n[0] == who {
			return n[1], n[2]
		}
	}
	return who, who
}
