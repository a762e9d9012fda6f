package book

import (
	"fmt"
	"strings"

	"zhuanhua/plan"
)

// registerView is a register as officials read it: who is in it, how one comes in, how long that holds, how it
// is evaluated.
type registerView struct {
	*plan.Register
	Who    string // may apply
	Ways   string // what changes an entry
	Holds  string
	Rounds string // how often it is evaluated; "" never
	Judged []string
	Grades []string
	Rungs  []rungView // of its ladder
	Bars   string     // whom a revocation keeps away, and where
}

// registers are the plan's registers in words.
func (b *builder) registers() []registerView {
	var out []registerView
	for _, r := range b.pack.Registers {
		v := registerView{Register: r, Who: b.actors(r.Begins), Holds: b.holds(r), Bars: b.bars(r)}
		var ways []string
		for _, c := range r.Changes {
			if w := b.pack.Workflow(c.Workflow.ID); w != nil {
				ways = append(ways, b.in(w.Title))
			}
		}
		v.Ways = strings.Join(compact(ways), b.say("、", ", "))
		if e := r.Evaluation; e != nil {
			v.Rounds = b.say("每 ", "every ") + b.long(e.Every.Value, e.Unit)
			for _, c := range e.Criteria {
				v.Judged = append(v.Judged, b.in(c.Title)+" "+plan.Percent(c.Weight))
			}
			for _, g := range e.Grades {
				v.Grades = append(v.Grades, b.in(g.Title)+b.say(fmt.Sprintf("：%d 分起", g.From), fmt.Sprintf(": from %d points", g.From)))
			}
		}
		v.Rungs = b.rungs(r)
		out = append(out, v)
	}
	return out
}

// rungView is one step of a ladder: what it asks, or what the plan leaves open about it.
type rungView struct {
	ID, Title, Open string
	Asks            []string
}

// rungs are the steps of a register's ladder, with the bounds of the plan's last day.
func (b *builder) rungs(r *plan.Register) []rungView {
	if r.Ladder == nil {
		return nil
	}
	var out []rungView
	for _, s := range r.Ladder.Steps {
		v := rungView{ID: r.ID + "." + s.Grade.ID, Title: b.in(b.pack.Vocabulary(r.Grades.ID).Find(s.Grade.ID).Name)}
		asks, err := b.pack.Asks(s, b.pack.Valid.To)
		if err != nil {
			continue // only settings can be wrong, and there are none
		}
		for _, a := range asks {
			v.Asks = append(v.Asks, b.in(a.Text)+b.say("：", ": ")+b.in(a.Need))
		}
		if s.NotSet != nil {
			v.Open = b.in(s.NotSet.Note)
		}
		out = append(out, v)
	}
	return out
}

// bars says what tells a revoked one again, and in which registers.
func (b *builder) bars(r *plan.Register) string {
	var marks, in []string
	for _, k := range r.BarredBy() {
		word := map[string]plan.Text{"organisation": {ZH: "单位", EN: "the body"}, "person": {ZH: "人", EN: "the person"}, "name": {ZH: "名称", EN: "the name"}}[k]
		if f := r.Field(k); word.IsZero() && f != nil {
			word = f.Title
		}
		marks = append(marks, b.in(word))
	}
	for _, id := range r.BarredIn() {
		if o := b.pack.Register(id); o != nil {
			in = append(in, b.in(o.Title))
		}
	}
	join := func(list []string) string { return strings.Join(list, b.say("、", ", ")) }
	return b.say("按"+join(marks)+"认，看名录："+join(in), "told by "+join(marks)+", in "+join(in))
}

// holds is how long an entry holds.
func (b *builder) holds(r *plan.Register) string {
	switch v := r.Validity; {
	case v.Unit != "":
		return b.long(v.Length.Value, v.Unit)
	case v.Until.ID != "":
		return b.say("至条目所写的日期", "until the day that the entry says")
	default:
		return b.in(v.None)
	}
}

func (b *builder) long(n int, unit string) string { return fmt.Sprintf("%d %s", n, b.unit(unit)) }

// compact drops repetitions, wherever they stand.
func compact(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}

// registerTitle names what a register leaves open.
func (b *builder) registerTitle(r *plan.Register, name string) string {
	if step, _, _ := strings.Cut(name, "."); r.Ladder != nil && r.Ladder.Step(step) != nil {
		return b.in(r.Title) + b.say("：", ": ") + b.in(b.pack.Vocabulary(r.Grades.ID).Find(step).Name)
	}
	what := b.word(map[string]plan.Text{"validity": {ZH: "有效期", EN: "how long an entry holds"}, "every": {ZH: "评价周期", EN: "how often it is evaluated"},
		"evaluation": {ZH: "评价权重和等次", EN: "weights and grades of the evaluation"},
		"barred":     {ZH: "被撤销后重新申请", EN: "applying again after a revocation"}, "ascends": {ZH: "级别的先后", EN: "the order of grades"}}, name)
	return b.in(r.Title) + b.say("：", ": ") + what
}
