package flow

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// round is the number of the round of reviews that runs or ran last, 0 when there was none.
func (d *decision) round() int { return roundOf(&d.c) }

func roundOf(c *zhuanhua.Case) int {
	n := 0
	for _, r := range c.Reviews {
		n = max(n, r.Round)
	}
	return n
}

// Owed reports whether an expert still owes a sheet: it is not in, they did not step back, and its round is
// not closed.
func Owed(c *zhuanhua.Case, r zhuanhua.Review) bool {
	closed := slices.ContainsFunc(c.Rounds, func(x zhuanhua.ReviewRound) bool { return x.Round == r.Round && x.Bid == r.Bid })
	return r.At.IsZero() && r.Recused == "" && !closed
}

// handedIn counts the sheets of the current round; of the bid that has the fewest, where bids are reviewed.
func (d *decision) handedIn() int {
	by := map[int]int{}
	for _, r := range d.c.Reviews {
		if r.Round == d.round() && r.Recused == "" {
			by[r.Bid] += count(!r.At.IsZero())
		}
	}
	least := -1
	for _, n := range by {
		if least < 0 || n < least {
			least = n
		}
	}
	return max(0, least)
}

// assign asks experts for sheets: those who have no interest in the case, those with the least work first,
// and among equals by the seed, so that nobody can choose and everybody can check.
func (d *decision) assign(e *plan.Effect) error {
	if d.running(e) {
		return d.fillUp(e)
	}
	if n := d.round(); n > 0 && slices.ContainsFunc(d.c.Reviews, func(r zhuanhua.Review) bool { return Owed(&d.c, r) }) {
		return d.invalid("assign", say("本轮评审还没有汇总", "the review that runs is not closed"), say("先汇总", "close it first"))
	}
	var bids []int
	// A case may have experts again, at its acceptance: then their sheet does not ask for a bid.
	compared := d.c.Seal != nil && d.sheetsOfBids()
	if compared {
		bids = d.counting()
	}
	if compared && len(bids) == 0 {
		return d.invalid("assign", say("没有有效的揭榜可评", "there is no bid to review"), say("按流榜处理", "end the call without a winner"))
	}
	chosen, err := d.draw(e, e.Experts, nil)
	if err != nil {
		return err
	}
	round := d.round() + 1
	for _, u := range chosen {
		d.invite(u, round, bids)
	}
	return nil
}

// sheetsOfBids reports whether the sheet of the state that the action leads to is about one bid.
func (d *decision) sheetsOfBids() bool {
	return slices.ContainsFunc(d.w.Actions, func(a *plan.Action) bool {
		return a.IsBy("assigned") && a.IsFrom(d.a.To.ID) && d.s.Plan.FormFor(a, &d.c).Field("bid") != nil
	})
}

// invite asks one expert for a sheet, or for one a bid.
func (d *decision) invite(expert string, round int, bids []int) {
	review := zhuanhua.Review{Expert: expert, Round: round, Assigned: d.by.Now.UTC()}
	if len(bids) == 0 {
		d.c.Reviews = append(d.c.Reviews, review)
	}
	for _, n := range bids {
		review.Bid = n
		d.c.Reviews = append(d.c.Reviews, review)
	}
}

// draw chooses experts.
func (d *decision) draw(e *plan.Effect, n int, not []string) ([]string, error) {
	field, _ := d.field("", e.Field.ID)
	if e.Field.ID == "" {
		field = ""
	}
	// The case and its step go into the dice, so that one seed does not draw the same panel for every case.
	h := fnv.New64a()
	h.Write([]byte(d.c.ID))
	dice := rand.New(rand.NewPCG(d.s.Seed, h.Sum64()+uint64(d.c.Steps)))
	type candidate struct {
		id   string
		open int
		luck uint64
	}
	var fit []candidate
	out := map[string]int{}
	experts := slices.Clone(d.s.Experts)
	slices.SortFunc(experts, func(a, b ExpertLoad) int { return strings.Compare(a.User.ID, b.User.ID) })
	// Everybody throws, fit or not: whether one expert is left out must not change what the others have thrown.
	for _, x := range experts {
		luck := dice.Uint64()
		if why := d.unfit(&x.User, field, not); why != "" {
			out[why]++
			continue
		}
		fit = append(fit, candidate{x.User.ID, x.Open, luck})
	}
	if len(fit) < n {
		return nil, d.invalid("assign", say(fmt.Sprintf("需要 %d 名专家，符合条件的只有 %d 名（%s）", n, len(fit), excluded(out)), fmt.Sprintf("%d experts are needed and %d are fit (%s)", n, len(fit), excluded(out))),
			say("增加专家库中与当事方无关的专家", "add experts without a relation to the parties"))
	}
	slices.SortStableFunc(fit, func(a, b candidate) int {
		if a.open != b.open {
			return a.open - b.open
		}
		if a.luck < b.luck {
			return -1
		}
		return 1
	})
	var ids []string
	for _, c := range fit[:n] {
		ids = append(ids, c.id)
	}
	slices.Sort(ids)
	d.step.Reasons = append(d.step.Reasons, met("assign", say(fmt.Sprintf("从 %d 名专家中抽取 %d 名；回避或不符：%s", len(experts), n, excluded(out)), fmt.Sprintf("%d of %d experts drawn; left out: %s", n, len(experts), excluded(out)))))
	return ids, nil
}

// excluded says how many were left out, and why.
func excluded(by map[string]int) string {
	var out []string
	for why, n := range by {
		out = append(out, why+" "+strconv.Itoa(n))
	}
	slices.Sort(out)
	if len(out) == 0 {
		return "0"
	}
	return strings.Join(out, ", ")
}

// unfit says why an expert cannot review the case, "" when they can.
func (d *decision) unfit(u *zhuanhua.User, field string, not []string) string {
	parties := d.parties()
	switch {
	case !u.Has(zhuanhua.RoleExpert, d.today):
		return "非在册 not listed"
	case slices.ContainsFunc(not, func(id string) bool { return id == u.ID || d.samePerson(u, id) }):
		return "已参加 took part"
	case slices.Contains(parties, u.Organisation):
		return "同单位 same organisation"
	case slices.ContainsFunc(u.Relations, func(o string) bool { return slices.Contains(parties, o) }):
		return "已申报关联 declared relation"
	case slices.ContainsFunc(d.c.Recusals, func(r zhuanhua.Recusal) bool { return d.samePerson(u, r.User) }):
		return "已回避 stepped back"
	case d.acted(u):
		return "已参与办理 acted in the case"
	case field != "" && !slices.Contains(u.Fields, field):
		return "领域不符 other field"
	}
	return ""
}

// acted reports whether a person has done anything in the case but review it.
func (d *decision) acted(u *zhuanhua.User) bool {
	for action, who := range d.c.Actors {
		if d.sideOf(action) == sideExpert {
			continue
		}
		for _, id := range who {
			if d.samePerson(u, id) {
				return true
			}
		}
	}
	return false
}

// samePerson reports whether an expert is the person behind a user of the case.
func (d *decision) samePerson(u *zhuanhua.User, id string) bool {
	x := d.user(id)
	return u.ID == id || x != nil && x.Person != "" && x.Person == u.Person
}

// handIn keeps an expert's sheet: the score is the sum of its score fields.
func (d *decision) handIn() error {
	bid, _ := strconv.Atoi(d.value("bid"))
	for i := range d.c.Reviews {
		r := &d.c.Reviews[i]
		if r.Expert != d.by.User.ID || !Owed(&d.c, *r) || r.Bid != bid {
			continue
		}
		r.Values, r.At, r.Opinion, r.Score = d.loose, d.by.Now.UTC(), d.act.Note, 0
		for _, f := range d.form.Fields {
			if f.Type == plan.FieldScore {
				r.Score += plan.Centi(d.loose[f.ID])
			}
		}
		if d.a.EvaluationForm {
			if err := d.weigh(r); err != nil {
				return err
			}
		}
		return nil
	}
	return d.invalid("bid", say("没有待您评审的揭榜 "+d.value("bid"), "you owe no sheet about the bid "+d.value("bid")), say("在评审表里写揭榜编号", "say in the sheet which bid it is about"))
}

// recuse takes an expert out of the case and asks another one in their place.
func (d *decision) recuse() error {
	u := d.by.User.ID
	d.c.Recusals = append(d.c.Recusals, zhuanhua.Recusal{User: u, Why: d.act.Note, At: d.by.Now.UTC()})
	var bids, took []string
	round := 0
	for i := range d.c.Reviews {
		r := &d.c.Reviews[i]
		if r.Expert == u && Owed(&d.c, *r) {
			r.Recused, round = d.act.Note, r.Round
			bids = append(bids, strconv.Itoa(r.Bid))
		}
		took = append(took, r.Expert)
	}
	e := d.assignment()
	if e == nil || round == 0 {
		return nil
	}
	next, err := d.draw(e, 1, took)
	if err != nil {
		// Nobody is held to a review because no other expert is fit; the officer sees what is missing.
		why, do := d.why(err), d.howToFillUp()
		d.step.Reasons = append(d.step.Reasons, met("assign", say("没有可以替补的专家："+why.ZH+"；"+do.ZH, "there is no expert to take the place: "+why.EN+"; "+do.EN)))
		return nil
	}
	for _, b := range bids {
		n, _ := strconv.Atoi(b)
		if n == 0 {
			d.invite(next[0], round, nil)
		} else {
			d.invite(next[0], round, []int{n})
		}
	}
	return nil
}

// assignment is the effect by which experts were asked for the state that the case is in, nil when none
// were. A workflow may ask some for a selection and others, fewer, for each year.
func (d *decision) assignment() *plan.Effect {
	var found *plan.Effect
	for _, a := range d.w.Actions {
		if e := a.Effect("assign"); e != nil && (found == nil || a.To.ID == d.c.State) {
			found = e
		}
	}
	return found
}

// closeReviews adds the sheets of a round up: mean, median, and which sheets lie far from the others.
func (d *decision) closeReviews() error {
	round := d.round()
	if e := d.assignment(); e != nil && d.handedIn() < e.MinReviews {
		return d.invalid("reviews", say(fmt.Sprintf("评审意见只有 %d 份，至少 %d 份", d.handedIn(), e.MinReviews), fmt.Sprintf("only %d review sheets of %d are in", d.handedIn(), e.MinReviews)), d.howToGetSheets(say("等待专家提交", "wait for the experts")))
	}
	var bids []int
	for _, r := range d.c.Reviews {
		if r.Round == round && !slices.Contains(bids, r.Bid) {
			bids = append(bids, r.Bid)
		}
	}
	slices.Sort(bids)
	for _, bid := range bids {
		var sheets []zhuanhua.Review
		for _, r := range d.c.Reviews {
			if r.Round == round && r.Bid == bid && !r.At.IsZero() && r.Recused == "" {
				sheets = append(sheets, r)
			}
		}
		x := Aggregate(sheets)
		x.Round, x.Bid, x.Closed = round, bid, d.by.Now.UTC()
		d.c.Rounds = append(d.c.Rounds, x)
		if len(x.Outliers) > 0 {
			d.step.Reasons = append(d.step.Reasons, met("close_reviews", say(fmt.Sprintf("%d 份评审意见与其他相差悬殊（中位数 %s 分），请人工复核", len(x.Outliers), centi(x.Median)), fmt.Sprintf("%d sheets lie far from the median of %s; somebody should look at them", len(x.Outliers), centi(x.Median)))))
		}
	}
	return nil
}

// leastSpread is how far, in hundredths of a point, a sheet may always lie from the median: where the others
// agree to the point, a point more is no outlier.
const leastSpread = 500

// Aggregate adds sheets up. A sheet is noted as an outlier when it lies farther from the median than twice
// the median of all such distances (and than five points). It is noted and not taken out: whether an
// expert is wrong or the only one who saw it, a person decides.
func Aggregate(sheets []zhuanhua.Review) zhuanhua.ReviewRound {
	x := zhuanhua.ReviewRound{Sheets: len(sheets)}
	if len(sheets) == 0 {
		return x
	}
	var scores, far []int64
	var sum int64
	for _, s := range sheets {
		scores = append(scores, s.Score)
		sum += s.Score
	}
	x.Mean = (2*sum + int64(len(sheets))) / (2 * int64(len(sheets))) // rounded to the nearest
	x.Median = median(scores)
	for _, s := range scores {
		far = append(far, distance(s, x.Median))
	}
	limit := max(2*median(far), leastSpread)
	for _, s := range sheets {
		if len(sheets) > 2 && distance(s.Score, x.Median) > limit {
			x.Outliers = append(x.Outliers, s.Expert)
		}
	}
	return x
}

// median is the middle of some numbers; between two, the lower of the halves.
func median(xs []int64) int64 {
	s := slices.Sorted(slices.Values(xs))
	n := len(s)
	if n%2 == 1 {
		return s[n/2]
	}
	return (s[n/2-1] + s[n/2]) / 2
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// centi is a score for people.
func centi(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
