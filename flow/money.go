package flow

import (
	"fmt"
	"math/big"
	"slices"

	"zhuanhua"
	"zhuanhua/plan"
)

// The states of a tranche.
const (
	tranchePlanned   = "planned"
	trancheOrdered   = "ordered"
	tranchePaid      = "paid"
	trancheReleased  = "released"
	trancheClaimed   = "claimed_back"
	trancheRecovered = "recovered"
)

// budget is the budget of the case's programme in a year, on a copy that the change will carry.
func (d *decision) budget(year int) *BudgetSeen {
	id := zhuanhua.BudgetID(d.programme(), year, zhuanhua.UnitCNY)
	if b := d.budgets[id]; b != nil {
		return b
	}
	for _, b := range d.s.Budgets {
		if b.ID == id {
			copied := b
			copied.Balance = map[zhuanhua.Account]int64{}
			for a, n := range b.Balance {
				copied.Balance[a] = n
			}
			d.budgets[id] = &copied
			return &copied
		}
	}
	return nil
}

// noBudget says that nothing is appropriated.
func (d *decision) noBudget(year int) (what, do plan.Text) {
	return say(fmt.Sprintf("%s 没有 %d 年预算", d.programme(), year), fmt.Sprintf("%s has no budget of %d", d.programme(), year)),
		say(fmt.Sprintf("先下达预算：ledger appropriate --programme %s --year %d", d.programme(), year), fmt.Sprintf("appropriate first: ledger appropriate --programme %s --year %d", d.programme(), year))
}

// post writes one entry of the ledger and moves the budget with it.
func (d *decision) post(debit, credit zhuanhua.Account, amount zhuanhua.Money, year int, tranche int, note string) (*zhuanhua.Entry, error) {
	b := d.budget(year)
	if b == nil {
		what, do := d.noBudget(year)
		return nil, d.invalid("funds", what, do)
	}
	if left := b.Balance[credit]; credit != zhuanhua.Appropriation && zhuanhua.Money(left) < amount {
		return nil, d.invalid("funds", say(fmt.Sprintf("预算 %s 的 %s 余额 %s 不足 %s", b.ID, credit, plan.MoneyText(zhuanhua.Money(left)).ZH, plan.MoneyText(amount).ZH), fmt.Sprintf("the budget %s has %s in %s, less than %s", b.ID, plan.MoneyText(zhuanhua.Money(left)).EN, credit, plan.MoneyText(amount).EN)),
			say("追加预算，或核对台账", "appropriate more, or look at the ledger"))
	}
	// The balance moves with the entry, on the version that was read: two approvals at once cannot both take
	// the last of a budget.
	step := zhuanhua.StepID(d.c.ID, d.c.Steps+1)
	e := zhuanhua.Entry{ID: fmt.Sprintf("%s/%d", step, len(d.entries)+1), At: d.by.Now.UTC(), Unit: zhuanhua.UnitCNY, Amount: int64(amount), Debit: debit, Credit: credit,
		Programme: d.programme(), Year: year, Organisation: d.c.Organisation, Case: d.c.ID, Step: step, Tranche: tranche, By: d.actor(), Note: note}
	b.Balance[debit] += int64(amount)
	b.Balance[credit] -= int64(amount)
	b.Entries++
	d.entries = append(d.entries, e)
	return &d.entries[len(d.entries)-1], nil
}

// moveTranche moves a tranche from one account to another and puts it into a state.
func (d *decision) moveTranche(t *zhuanhua.Tranche, debit, credit zhuanhua.Account, state string) (*zhuanhua.Entry, error) {
	e, err := d.post(debit, credit, t.Amount, t.Budget, t.N, "")
	if err != nil {
		return nil, err
	}
	e.Payment = t.Payment
	t.State, t.Entry, t.At = state, e.ID, d.by.Now.UTC()
	return e, nil
}

// pending is what of the decided amount has no tranche yet, in the current year of support.
func (d *decision) pending() zhuanhua.Money {
	if d.c.Amount == nil {
		return 0
	}
	left := *d.c.Amount
	for _, t := range d.c.Tranches {
		if t.Year == d.c.Year && t.State != trancheReleased {
			left -= t.Amount
		}
	}
	return left
}

// bound is what binds a budget in the year of support that the action decides.
func (d *decision) bound() zhuanhua.Money {
	var sum zhuanhua.Money
	if d.a.Effect("next_year") != nil {
		return 0 // that year is new
	}
	for _, t := range d.c.Tranches {
		if t.Year == d.c.Year && t.Budget != 0 && t.State != trancheReleased {
			sum += t.Amount
		}
	}
	return sum
}

// funds checks that the budget of this year holds what is to be committed.
func (d *decision) funds() zhuanhua.Reason {
	m, err := d.proposed()
	if err != nil || m == nil {
		return unmet("funds", say("金额尚未核定", "no amount is set"), say("先核定金额", "set the amount first"))
	}
	need := *m - d.bound()
	year := d.today.Year
	var b *BudgetSeen
	for i := range d.s.Budgets {
		if d.s.Budgets[i].ID == zhuanhua.BudgetID(d.programme(), year, zhuanhua.UnitCNY) {
			b = &d.s.Budgets[i]
		}
	}
	if b == nil {
		return unmet2("funds", d.noBudget, year)
	}
	left := zhuanhua.Money(b.Balance[zhuanhua.Available])
	if left < need {
		return unmet("funds", say(fmt.Sprintf("%d 年可用预算 %s，不足 %s", year, plan.MoneyText(left).ZH, plan.MoneyText(need).ZH), fmt.Sprintf("the budget of %d has %s left, less than %s", year, plan.MoneyText(left).EN, plan.MoneyText(need).EN)), say("追加预算，或转下一年度", "appropriate more, or wait for the next year"))
	}
	return met("funds", say(fmt.Sprintf("%d 年可用预算 %s", year, plan.MoneyText(left).ZH), fmt.Sprintf("the budget of %d has %s left", year, plan.MoneyText(left).EN)))
}

// unmet2 is an unmet check whose words are made for a year.
func unmet2(check string, words func(int) (plan.Text, plan.Text), year int) zhuanhua.Reason {
	what, do := words(year)
	return unmet(check, what, do)
}

// setAmount sets the amount that the authority decides.
func (d *decision) setAmount() error {
	m, err := d.proposed()
	if err != nil {
		return err
	}
	// What was planned under another amount and binds no budget yet is planned anew.
	d.c.Tranches = slices.DeleteFunc(d.c.Tranches, func(t zhuanhua.Tranche) bool { return t.State == tranchePlanned && t.Budget == 0 })
	if m == nil {
		return d.invalid("amount", say("没有金额", "there is no amount"), say("先核定金额", "set it first"))
	}
	amount := *m
	d.c.Amount, d.step.Amount = &amount, &amount
	return nil
}

// commit binds the budget for what is decided: the tranches that are planned, or the whole amount in one.
func (d *decision) commit() error {
	// The budget is that of the year in which it is bound, and stays it: money committed in December and paid
	// in January was December's.
	year := d.today.Year
	if left := d.pending(); left > 0 {
		d.addTranche(left, "")
	}
	done := 0
	for i := range d.c.Tranches {
		t := &d.c.Tranches[i]
		if t.State != tranchePlanned || t.Budget != 0 {
			continue
		}
		t.Budget = year
		if _, err := d.moveTranche(t, zhuanhua.Committed, zhuanhua.Available, tranchePlanned); err != nil {
			return err
		}
		done++
	}
	if done == 0 || d.pending() != 0 {
		return d.invalid("commit", say("没有待批复的金额", "there is nothing to commit"), say("先核定金额；已批复的不能再次批复", "set the amount first; what is committed is not committed again"))
	}
	return nil
}

// addTranche plans a tranche.
func (d *decision) addTranche(m zhuanhua.Money, waits string) *zhuanhua.Tranche {
	n := 0
	for _, t := range d.c.Tranches {
		n = max(n, t.N)
	}
	d.c.Tranches = append(d.c.Tranches, zhuanhua.Tranche{N: n + 1, Year: d.c.Year, Amount: m, For: waits, State: tranchePlanned})
	return &d.c.Tranches[len(d.c.Tranches)-1]
}

// split cuts what is planned and not ordered in this year of support into tranches. What is committed stays
// committed: the parts add up to what was there.
func (d *decision) split(e *plan.Effect) error {
	total, budget, entry := d.pending(), 0, ""
	kept := d.c.Tranches[:0:0]
	for _, t := range d.c.Tranches {
		if t.State == tranchePlanned && t.Year == d.c.Year && t.Payment == "" {
			total, budget, entry = total+t.Amount, max(budget, t.Budget), t.Entry
			continue
		}
		kept = append(kept, t)
	}
	parts, waits, err := d.parts(e, total)
	if err != nil {
		return err
	}
	d.c.Tranches = kept
	for i, m := range parts {
		t := d.addTranche(m, waits[i])
		t.Budget, t.Entry = budget, entry
	}
	return nil
}

// parts are the amounts of tranches: by the shares of the rule, in one, or as a table says.
func (d *decision) parts(e *plan.Effect, total zhuanhua.Money) (parts []zhuanhua.Money, waits []string, err error) {
	if total <= 0 {
		return nil, nil, d.invalid("tranches", say("没有可以分期的金额", "there is nothing to split"), say("先核定金额", "set the amount first"))
	}
	if e.From == "form" {
		return d.partsOfTable(e, total)
	}
	if e.From == "year" || d.rule == nil || len(d.rule.Tranches) == 0 {
		return []zhuanhua.Money{total}, []string{""}, nil
	}
	left := total
	for i, t := range d.rule.Tranches {
		// Rounded down to the fen each, and the rest with the last: the parts are the whole, to the fen.
		x := new(big.Rat).Mul(t.Share, new(big.Rat).SetInt64(int64(total)))
		m := zhuanhua.Money(new(big.Int).Quo(x.Num(), x.Denom()).Int64())
		if i == len(d.rule.Tranches)-1 {
			m = left // what rounding down left over
		}
		left -= m
		if m > 0 {
			parts, waits = append(parts, m), append(waits, t.When.ZH)
		}
	}
	return parts, waits, nil
}

// partsOfTable are the tranches that a form lists. They are the whole.
func (d *decision) partsOfTable(e *plan.Effect, total zhuanhua.Money) (parts []zhuanhua.Money, waits []string, err error) {
	rows, err := d.table(e)
	if err != nil {
		return nil, nil, err
	}
	var sum zhuanhua.Money
	for _, r := range rows {
		var m plan.Fen
		if err := m.UnmarshalText([]byte(r["amount"])); err != nil || m == 0 {
			return nil, nil, d.invalid("tranches", say("分期金额须大于 0", "a tranche is above 0"), say("改正表格", "mend the table"))
		}
		sum += zhuanhua.Money(m)
		parts, waits = append(parts, zhuanhua.Money(m)), append(waits, r["for"])
	}
	if sum != total {
		return nil, nil, d.invalid("tranches", say("各期合计 "+plan.MoneyText(sum).ZH+"，不是核定的 "+plan.MoneyText(total).ZH, "the tranches add up to "+plan.MoneyText(sum).EN+" and not to "+plan.MoneyText(total).EN), say("改正表格", "mend the table"))
	}
	return parts, waits, nil
}

// table reads the table that an effect names.
func (d *decision) table(e *plan.Effect) (plan.Rows, error) {
	form := e.Form.ID
	if form == "" && d.form != nil {
		form = d.form.ID
	}
	s, _ := d.field(form, e.Field.ID)
	if s == "" {
		return nil, d.invalid(e.Kind, say("表格 "+e.Field.ID+" 没有填写", "the table "+e.Field.ID+" is not filled in"), say("填写后再办理", "fill it in"))
	}
	return plan.ReadRows(s)
}

// tranche finds the tranche that an effect is about: the one that the actor names, or the first in a state.
func (d *decision) tranche(state string) (*zhuanhua.Tranche, error) {
	named := d.act.Values["tranche"]
	for i := range d.c.Tranches {
		t := &d.c.Tranches[i]
		if t.State == state && t.Budget != 0 && (named == "" || named == fmt.Sprint(t.N)) {
			return t, nil
		}
	}
	return nil, d.invalid("tranche", say("没有处于 "+state+" 的款项 "+named, "no tranche "+named+" is "+state), say("查看办件的拨付情况", "look at the case's tranches"))
}

// order puts the next tranche into the open batch of payments.
func (d *decision) order() error {
	t, err := d.tranche(tranchePlanned)
	if err != nil {
		return err
	}
	for _, m := range d.c.Milestones {
		if m.ID == t.For && m.State != milestoneDone {
			return d.invalid("milestone", say("里程碑 "+m.ID+"“"+m.Title+"”未完成，不能拨付第 "+fmt.Sprint(t.N)+" 笔", "the milestone "+m.ID+" is not reached, so tranche "+fmt.Sprint(t.N)+" is not paid"), say("先验收里程碑", "examine it first"))
		}
	}
	p, err := d.batch("")
	if err != nil {
		return err
	}
	payee := d.payee()
	if payee.Account == "" {
		return d.invalid("payee", say("没有收款账户", "there is no account to pay to"), say("请申请人填写收款账户", "let the applicant fill it in"))
	}
	t.Payment = p.ID
	e, err := d.moveTranche(t, zhuanhua.Ordered, zhuanhua.Committed, trancheOrdered)
	if err != nil {
		return err
	}
	p.Lines = append(p.Lines, zhuanhua.PaymentLine{N: len(p.Lines) + 1, Case: d.c.ID, Tranche: t.N, Entry: e.ID, Organisation: d.c.Organisation,
		Name: payee.Name, Account: payee.Account, Amount: t.Amount, State: trancheOrdered, At: d.by.Now.UTC()})
	return nil
}

// payee is where the money goes: what the caller gathered, or else what the newest form says.
func (d *decision) payee() Payee {
	p := d.s.Payee
	if p.Account == "" {
		p.Account, _ = d.field("", "payee_account")
		if bank, _ := d.field("", "payee_bank"); bank != "" && p.Account != "" {
			p.Account = bank + " " + p.Account
		}
	}
	if p.Name == "" {
		p.Name, _ = d.field("", "payee_name")
	}
	return p
}

// batch is the batch of payments that was gathered, on a copy: the open one (id "") or one by its id.
func (d *decision) batch(id string) (*zhuanhua.Payment, error) {
	// Not gathered is the program's fault and not the actor's: there is nothing that they could mend.
	if d.payment == nil {
		if d.s.Payment == nil || id != "" && d.s.Payment.ID != id {
			return nil, fmt.Errorf("case %s: the batch of payments %q was not gathered", d.c.ID, id)
		}
		p := *d.s.Payment
		p.Lines = slices.Clone(p.Lines)
		d.payment = &p
	}
	if id == "" && !d.payment.Exported.IsZero() {
		return nil, d.refuse(zhuanhua.KindConflict, "payment", say("支付批次 "+d.payment.ID+" 已导出", "the batch "+d.payment.ID+" is exported"), say("列入新的批次", "use a new one"))
	}
	return d.payment, nil
}

// line moves the line of a tranche in its batch.
func (d *decision) line(t *zhuanhua.Tranche, state, reason string) error {
	p, err := d.batch(t.Payment)
	if err != nil {
		return err
	}
	open := 0
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Case == d.c.ID && l.Tranche == t.N && l.State == trancheOrdered {
			l.State, l.Reason, l.At = state, reason, d.by.Now.UTC()
		}
		open += count(l.State == trancheOrdered)
	}
	if open == 0 && !p.Exported.IsZero() {
		p.Settled = d.by.Now.UTC()
	}
	return nil
}

// paid books what the bank has paid.
func (d *decision) paid() error {
	t, err := d.tranche(trancheOrdered)
	if err != nil {
		return err
	}
	if err := d.line(t, tranchePaid, ""); err != nil {
		return err
	}
	_, err = d.moveTranche(t, zhuanhua.Paid, zhuanhua.Ordered, tranchePaid)
	return err
}

// bankReturned takes back the order of a payment that the bank returned; the tranche can be ordered again.
func (d *decision) bankReturned() error {
	t, err := d.tranche(trancheOrdered)
	if err != nil {
		return err
	}
	if err := d.line(t, "returned", d.act.Note); err != nil {
		return err
	}
	// The opposite entry names the one that it takes back; neither is ever changed.
	ordered := t.Entry
	e, err := d.moveTranche(t, zhuanhua.Committed, zhuanhua.Ordered, tranchePlanned)
	if err != nil {
		return err
	}
	e.Reverses, e.Note, t.Payment = ordered, d.act.Note, ""
	return nil
}

// releaseRest gives back what is committed and not ordered.
func (d *decision) releaseRest() error {
	for i := range d.c.Tranches {
		t := &d.c.Tranches[i]
		switch {
		case t.State != tranchePlanned:
		case t.Budget == 0:
			t.State, t.At = trancheReleased, d.by.Now.UTC()
		default:
			if _, err := d.moveTranche(t, zhuanhua.Available, zhuanhua.Committed, trancheReleased); err != nil {
				return err
			}
		}
	}
	return nil
}

// shift moves every tranche of one state to another, such as everything that was paid to what is claimed
// back.
func (d *decision) shift(from, to string, debit, credit zhuanhua.Account) error {
	n := 0
	for i := range d.c.Tranches {
		t := &d.c.Tranches[i]
		if t.State != from {
			continue
		}
		if _, err := d.moveTranche(t, debit, credit, to); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return d.invalid("tranches", say("没有处于 "+from+" 的款项", "no tranche is "+from), say("查看办件的拨付情况", "look at the case's tranches"))
	}
	return nil
}
