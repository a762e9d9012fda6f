package flow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// counting lists the bids that count: not withdrawn, and not found unqualified.
func (d *decision) counting() []int {
	var out []int
	for _, b := range d.c.Bids {
		if !b.Withdrawn && b.Qualified != "no" {
			out = append(out, b.N)
		}
	}
	return out
}

// keys is what seals, or an error where the caller handed nothing in.
func (d *decision) keys() (Keys, error) {
	if d.s.Keys == nil {
		return nil, fmt.Errorf("case %s: %s needs keys", d.c.ID, d.a.ID)
	}
	return d.s.Keys, nil
}

// drawKey makes the key of sealed bids for three persons, none of whom has an interest in the case.
func (d *decision) drawKey(e *plan.Effect) error {
	if d.c.Seal != nil && len(d.c.Bids) > 0 {
		return d.invalid("draw_key", say("已有揭榜，不能更换密钥", "there are bids: the key cannot be changed"), say("另行发榜", "post it anew"))
	}
	form := e.Form.ID
	if form == "" && d.form != nil {
		form = d.form.ID
	}
	holders, ids := map[string]string{}, []string(nil)
	for _, f := range e.Fields {
		id, _ := d.field(form, f.ID)
		u := d.user(id)
		switch {
		case u == nil:
			return d.invalid(f.ID, say("没有用户 "+id, "there is no user "+id), say("填写在册用户的编号", "name a user that exists"))
		case u.Recipient == "":
			return d.invalid(f.ID, say(u.Name+"（"+id+"）没有密钥", u.Name+" ("+id+") has no key"), say("先运行 zhuanhua user key "+id, "run zhuanhua user key "+id+" first"))
		case slices.ContainsFunc(ids, func(o string) bool { return d.same(o, id) }):
			return d.invalid(f.ID, say("三名持有人须是三个人", "three holders are three persons"), say("换一人", "name another person"))
		case slices.Contains(d.parties(), u.Organisation), applies(u, d.today):
			return d.refuse(zhuanhua.KindForbidden, f.ID, say(u.Name+"（"+id+"）与揭榜有利害关系", u.Name+" ("+id+") has an interest in the bids"), say("换一名主管部门的人员", "name somebody of the authority"))
		}
		holders[id] = u.Recipient
		ids = append(ids, id)
	}
	keys, err := d.keys()
	if err != nil {
		return err
	}
	seal, err := keys.Draw(holders)
	if err != nil {
		return err
	}
	d.c.Seal, d.c.Officers = &seal, ids
	return nil
}

// takeBid seals a bid. Its contents go to the keys and nowhere else.
func (d *decision) takeBid() error {
	u := d.by.User
	switch {
	case d.c.Seal == nil || len(d.c.Officers) == 0:
		return d.invalid("seal", say("还没有生成揭榜密钥", "there is no key for bids yet"), say("先由经办人指定三名密钥持有人", "name three holders of the key first"))
	case !d.c.Seal.Opened.IsZero() || d.entered():
		return d.refuse(zhuanhua.KindConflict, "seal", say("揭榜材料已在开启，不再接受揭榜", "the bids are being opened: no more are taken"), plan.Text{ZH: "请关注下一次发榜", EN: "wait for the next call"})
	case u.ID == d.c.User || u.Organisation != "" && slices.Contains(append(d.c.Parties, d.c.Organisation), u.Organisation):
		return d.refuse(zhuanhua.KindForbidden, "interest", say("发榜方不能自己揭榜", "who posts a challenge cannot bid for it"), say("由无关联的单位揭榜", "let an unrelated organisation bid"))
	case slices.Contains(u.Relations, d.c.Organisation):
		return d.refuse(zhuanhua.KindForbidden, "interest", say("您已申报与发榜方有关联", "you have declared a relation to who posted it"), say("由无关联的单位揭榜", "let an unrelated organisation bid"))
	case slices.ContainsFunc(d.c.Bids, func(b zhuanhua.Bid) bool { return !b.Withdrawn && ofBidder(b, u) }):
		return d.refuse(zhuanhua.KindConflict, "bid", say("贵单位已揭榜", "your organisation has bid already"), say("要修改，先撤回再重新提交", "withdraw it first to change it"))
	}
	// From here on the contents exist only as ciphertext: neither the case nor the step has ever held them.
	keys, err := d.keys()
	if err != nil {
		return err
	}
	file, err := keys.Seal(*d.c.Seal, d.loose, d.act.Files)
	if err != nil {
		return err
	}
	d.c.Bids = append(d.c.Bids, zhuanhua.Bid{N: len(d.c.Bids) + 1, User: u.ID, Organisation: u.Organisation, At: d.by.Now.UTC(), File: file})
	return nil
}

// entered reports whether a holder has entered a part: the parts of one are then readable for others.
func (d *decision) entered() bool {
	return d.c.Seal != nil && slices.ContainsFunc(d.c.Seal.Parts, func(p zhuanhua.SealedPart) bool { return p.Of != p.For })
}

// withdrawBid takes the actor's own bid back.
func (d *decision) withdrawBid() error {
	for i := range d.c.Bids {
		b := &d.c.Bids[i]
		if !b.Withdrawn && ofBidder(*b, d.by.User) {
			b.Withdrawn = true
			return nil
		}
	}
	return d.invalid("bid", say("没有可以撤回的揭榜", "there is no bid to withdraw"), plan.Text{ZH: "核对单位", EN: "look at the organisation"})
}

// closedForBids checks that the time for bids is over, whatever the workflow says: nothing opens a bid before.
func (d *decision) closedForBids() error {
	// The checker asks the same of the plan; a plan that was checked by an older program must not open bids.
	for _, a := range d.w.Actions {
		g := a.Guard("clock_running")
		if a.Effect("take_bid") == nil || g == nil {
			continue
		}
		if k := d.clock(g.Clock.ID); k == nil || !isOver(*k, d.by.Now) {
			return d.refuse(zhuanhua.KindForbidden, "seal", say("揭榜尚未截止，不能开启", "bids are still taken: nothing is opened"), say("截止后由两名密钥持有人录入密钥", "after the deadline let two holders enter their parts"))
		}
	}
	return nil
}

// enterPart takes the part of one holder of the key.
func (d *decision) enterPart() error {
	if err := d.closedForBids(); err != nil {
		return err
	}
	if d.c.Seal == nil || !d.c.Seal.Opened.IsZero() {
		return d.invalid("seal", say("没有待开启的揭榜", "there is nothing to open"), plan.Text{ZH: "查看办件", EN: "look at the case"})
	}
	handed := func(p zhuanhua.SealedPart) bool { return p.Of == d.by.User.ID && p.For != d.by.User.ID }
	if slices.ContainsFunc(d.c.Seal.Parts, handed) {
		return d.invalid("seal", say("您的份额已经输入过了", "your part has been entered already"), say("请另一名持有人输入", "let another holder enter theirs"))
	}
	keys, err := d.keys()
	if err != nil {
		return err
	}
	seal, whole, err := keys.Enter(*d.c.Seal, d.by.User.ID)
	if err != nil {
		return err
	}
	d.c.Seal, d.whole = &seal, whole
	return nil
}

// openBids reads the bids while the key is whole. With the first holder's part alone nothing happens.
func (d *decision) openBids() error {
	if err := d.closedForBids(); err != nil {
		return err
	}
	if d.a.Effect("enter_part") != nil && !d.whole {
		return nil
	}
	keys, err := d.keys()
	if err != nil {
		return err
	}
	for i := range d.c.Bids {
		b := &d.c.Bids[i]
		if b.Withdrawn {
			continue
		}
		if b.Values, b.Files, err = keys.Open(b.File); err != nil {
			return err
		}
	}
	d.c.Seal.Opened = d.by.Now.UTC()
	return nil
}

// bid finds an opened bid by its number.
func (d *decision) bid(number string) (*zhuanhua.Bid, error) {
	if d.c.Seal == nil || d.c.Seal.Opened.IsZero() {
		return nil, d.invalid("seal", say("揭榜材料尚未开启", "the bids are still sealed"), say("由两名密钥持有人录入密钥", "let two holders enter their parts of the key"))
	}
	n, _ := strconv.Atoi(strings.TrimSpace(number))
	for i := range d.c.Bids {
		if b := &d.c.Bids[i]; b.N == n && !b.Withdrawn {
			return b, nil
		}
	}
	return nil, d.invalid("bid", say("没有有效的揭榜 "+number, "there is no bid "+number), say("写揭榜的编号", "write the number of a bid"))
}

// qualify says whether a bid meets what was asked.
func (d *decision) qualify() error {
	b, err := d.bid(d.value("bid"))
	if err != nil {
		return err
	}
	b.Qualified, b.Note = "no", d.value("reason")
	if d.value("qualified") == "true" {
		b.Qualified = "yes"
	}
	if b.Qualified == "no" && b.Note == "" && d.act.Note == "" {
		return d.invalid("reason", say("不合格须写明理由", "an unqualified bid needs reasons"), say("填写 reason", "fill in reason"))
	}
	return nil
}

// rankBids orders the bids that count by the mean of their sheets; of equals, who bid first comes first.
func (d *decision) rankBids() error {
	if _, err := d.bid(fmt.Sprint(first(d.counting()))); err != nil {
		return err
	}
	var ranked []*zhuanhua.Bid
	for i := range d.c.Bids {
		b := &d.c.Bids[i]
		if !slices.Contains(d.counting(), b.N) {
			continue
		}
		var sheets []zhuanhua.Review
		for _, r := range d.c.Reviews {
			if r.Bid == b.N && !r.At.IsZero() && r.Recused == "" && r.Round == d.round() {
				sheets = append(sheets, r)
			}
		}
		if len(sheets) == 0 {
			return d.invalid("reviews", say(fmt.Sprintf("揭榜 %d 没有评审意见", b.N), fmt.Sprintf("the bid %d has no review sheet", b.N)), say("先完成评审", "have it reviewed first"))
		}
		b.Score = Aggregate(sheets).Mean
		ranked = append(ranked, b)
	}
	slices.SortStableFunc(ranked, func(a, b *zhuanhua.Bid) int {
		switch {
		case a.Score != b.Score:
			return int(b.Score - a.Score)
		case !a.At.Equal(b.At):
			return a.At.Compare(b.At)
		}
		return a.N - b.N
	})
	for i, b := range ranked {
		b.Rank = i + 1
	}
	return nil
}

// first is the first of some numbers, 0 when there are none.
func first(xs []int) int {
	if len(xs) == 0 {
		return 0
	}
	return xs[0]
}

// chooseWinner names the bids that win; their organisations are parties from then on.
func (d *decision) chooseWinner() error {
	for i := range d.c.Bids {
		d.c.Bids[i].Won = false
	}
	for _, n := range strings.FieldsFunc(d.value("winners"), func(r rune) bool { return r == ',' || r == '，' || r == ' ' || r == '、' }) {
		b, err := d.bid(n)
		if err != nil {
			return err
		}
		if b.Qualified == "no" {
			return d.invalid("winners", say("揭榜 "+n+" 资格审查未通过", "the bid "+n+" is not qualified"), say("从合格的揭榜中选", "choose among those that are"))
		}
		b.Won = true
		if !slices.Contains(d.c.Parties, b.Organisation) && b.Organisation != "" {
			d.c.Parties = append(d.c.Parties, b.Organisation)
		}
	}
	if !slices.ContainsFunc(d.c.Bids, func(b zhuanhua.Bid) bool { return b.Won }) {
		return d.invalid("winners", say("没有写中榜的编号", "no winner is named"), say("写揭榜编号，如 1 或 1,3", "write numbers of bids, such as 1 or 1,3"))
	}
	return nil
}
