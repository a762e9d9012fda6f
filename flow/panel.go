package flow

import (
	"errors"
	"fmt"
	"slices"

	"zhuanhua"
	"zhuanhua/plan"
)

// running reports whether an action that asks experts is taken again in the state that it has led to, while the round
// is not closed: then it fills the places of those who stepped back and whom nobody could replace at once.
func (d *decision) running(e *plan.Effect) bool {
	open := d.round() > 0 && !slices.ContainsFunc(d.c.Rounds, func(r zhuanhua.ReviewRound) bool { return r.Round == d.round() })
	return open && d.a.To.ID == d.c.State && d.a.Effect("assign") == e
}

// places is how many experts the round that runs lacks, by bid; 0 is the bid of a review that is about none.
func (d *decision) places(e *plan.Effect) map[int]int {
	lacking := map[int]int{}
	for _, r := range d.c.Reviews {
		if r.Round != d.round() {
			continue
		}
		if _, ok := lacking[r.Bid]; !ok {
			lacking[r.Bid] = e.Experts
		}
		lacking[r.Bid] -= count(r.Recused == "")
	}
	return lacking
}

// most is the most places that are free for one bid.
func (d *decision) most(e *plan.Effect) int {
	n := 0
	for _, free := range d.places(e) {
		n = max(n, free)
	}
	return n
}

// placeFree checks that there is a place to fill.
func (d *decision) placeFree(e *plan.Effect) zhuanhua.Reason {
	n := d.most(e)
	if n > 0 {
		return met("assign", say(fmt.Sprintf("本轮评审缺 %d 名专家", n), fmt.Sprintf("the review lacks %d experts", n)))
	}
	return unmet("assign", say("本轮评审的专家已足", "the review has all its experts"), say("等待专家提交", "wait for the experts"))
}

// fillUp asks experts in the places of those who stepped back: as many as are fit, one at least.
func (d *decision) fillUp(e *plan.Effect) error {
	lacking, round := d.places(e), d.round()
	var took []string
	for _, r := range d.c.Reviews {
		if r.Round == round {
			took = append(took, r.Expert)
		}
	}
	var chosen []string
	var err error
	for n := d.most(e); n > 0 && len(chosen) == 0; n-- {
		chosen, err = d.draw(e, n, took)
	}
	if len(chosen) == 0 {
		return err
	}
	for _, u := range chosen {
		for _, bid := range sortedBids(lacking) {
			if lacking[bid]--; lacking[bid] < 0 {
				continue
			}
			var of []int
			if bid != 0 {
				of = []int{bid}
			}
			d.invite(u, round, of)
		}
	}
	return nil
}

func sortedBids(by map[int]int) []int {
	var list []int
	for bid := range by {
		list = append(list, bid)
	}
	slices.Sort(list)
	return list
}

// why is what an error says to people about the experts that there are.
func (d *decision) why(err error) plan.Text {
	var r *Refused
	if !errors.As(err, &r) || len(r.Reasons) == 0 {
		return say(err.Error(), err.Error())
	}
	last := r.Reasons[len(r.Reasons)-1]
	return say(last.ZH, last.EN)
}

// howToFillUp says how the place of an expert who stepped back is filled.
func (d *decision) howToFillUp() plan.Text {
	for _, a := range d.w.Actions {
		if a.Effect("assign") != nil && a.IsFrom(d.c.State) && a.To.ID == d.c.State {
			return say("专家库补充后，由经办人再办“"+a.Title.ZH+"”补抽", "once there are more experts, the officer does \""+a.Title.EN+"\" again")
		}
	}
	return say("增加专家库中与当事方无关的专家", "add experts without a relation to the parties")
}

// howToGetSheets is what to do where sheets are missing: wait, or fill the place of an expert who stepped back.
func (d *decision) howToGetSheets(wait plan.Text) plan.Text {
	e := d.assignment()
	if e == nil || d.most(e) == 0 {
		return wait
	}
	n, do := d.most(e), d.howToFillUp()
	return say(fmt.Sprintf("本轮评审缺 %d 名专家，%s", n, do.ZH), fmt.Sprintf("the review lacks %d experts: %s", n, do.EN))
}
