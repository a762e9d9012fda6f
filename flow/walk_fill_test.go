package flow_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/plan"
)

// fill makes an act with a form filled in at random.
func (x *walker) fill(id, by string, a *plan.Action) flow.Act {
	c := x.cases[id]
	act := flow.Act{Action: a.ID, Values: map[string]string{}, Files: map[string][]string{}}
	if a.Note == "required" || x.dice.IntN(3) == 0 {
		act.Note = "示例理由"
	}
	if a.Effect("mark_fields") != nil {
		var list []zhuanhua.Mark
		for _, form := range slices.Sorted(maps.Keys(c.Forms)) {
			for _, field := range slices.Sorted(maps.Keys(c.Forms[form].Values)) {
				list = append(list, zhuanhua.Mark{Form: form, Field: field, Note: "示例补正"})
			}
		}
		if len(list) > 0 {
			act.Marks = []zhuanhua.Mark{list[x.dice.IntN(len(list))]}
		}
	}
	form := x.p.FormFor(a, c)
	if form == nil {
		return act
	}
	facts := x.facts(c.Rule)
	for _, f := range form.Fields {
		if !f.Required && f.Fact.ID == "" && x.dice.IntN(2) == 0 {
			continue
		}
		if !x.mayChange(c, form, f) {
			continue
		}
		if f.Type == plan.FieldFiles {
			act.Files[f.ID] = []string{x.attachment(f)}
			continue
		}
		if v := x.value(c, by, form, f, facts); v != "" {
			act.Values[f.ID] = v
		}
	}
	if a.Effect("take_bid") != nil {
		x.secrets++
		for _, f := range form.Fields {
			if f.Type == plan.FieldLong {
				act.Values[f.ID] = fmt.Sprintf("SECRET-%d", x.secrets)
			}
		}
	}
	return act
}

// mayChange reports whether a field was sent back, where any was; now and then another is tried.
func (x *walker) mayChange(c *zhuanhua.Case, form *plan.Form, f *plan.Field) bool {
	marked := slices.ContainsFunc(c.Marks, func(m zhuanhua.Mark) bool { return m.Form == form.ID })
	return !marked || x.dice.IntN(100) == 0 || slices.ContainsFunc(c.Marks, func(m zhuanhua.Mark) bool { return m.Form == form.ID && m.Field == f.ID })
}

// attachment is a file, at times one that the field does not take.
func (x *walker) attachment(f *plan.Field) string {
	typ := "pdf"
	if len(f.Types) > 0 {
		typ = f.Types[0]
	}
	size := int64(1000)
	switch x.dice.IntN(40) {
	case 0:
		typ = "exe"
	case 1:
		size = 0
	case 2:
		size = 2 << 30
	}
	return x.attach("示例."+typ, typ, size)
}

// facts are those of a trial of the rule in which everything is met, mostly.
func (x *walker) facts(rule string) plan.Facts {
	var good, all []plan.Facts
	for _, t := range x.p.TrialsOf(rule) {
		all = append(all, t.Facts)
		if t.Expect.Eligible != nil && *t.Expect.Eligible {
			good = append(good, t.Facts)
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case len(good) == 0 || x.dice.IntN(8) == 0:
		return all[x.dice.IntN(len(all))]
	}
	return good[x.dice.IntN(len(good))]
}

// value is a random value of a field, mostly one that leads on.
func (x *walker) value(c *zhuanhua.Case, by string, form *plan.Form, f *plan.Field, facts plan.Facts) string {
	if v, ok := facts[f.Fact.ID]; ok && f.Fact.ID != "" {
		if v.Type == plan.TypeMoney && f.Min != nil {
			v.Money = max(v.Money, f.Min.Value.Money)
		}
		if v.Type == plan.TypeMoney {
			return v.String() + " 分"
		}
		return v.String()
	}
	if v := x.conventional(c, by, f); v != "" {
		return v
	}
	want := append(slices.Clone(x.wants[form.ID+"."+f.ID]), x.wants["."+f.ID]...)
	if len(want) > 0 && x.dice.IntN(6) > 0 {
		return want[x.dice.IntN(len(want))]
	}
	n := func(least, most int) string {
		if f.Min != nil {
			least = int(f.Min.Value.Count)
		}
		if f.Max != nil {
			most = int(f.Max.Value.Count)
		}
		return strconv.Itoa(least + x.dice.IntN(max(1, most-least+1)))
	}
	switch f.Type {
	case plan.FieldPerson, plan.FieldRegister:
		return x.reference(c, f)
	case plan.FieldMoney:
		return strconv.Itoa(1+x.dice.IntN(900)) + " 万元"
	case plan.FieldShare:
		return "50 %"
	case plan.FieldCount, plan.FieldYear:
		return n(1, 5)
	case plan.FieldScore:
		return n(0, 100)
	case plan.FieldDate:
		return x.date(c, f).String()
	case plan.FieldRegion:
		return string(x.p.Region)
	case plan.FieldEnum:
		codes := x.p.Vocabulary(f.Vocabulary.ID).Codes()
		return codes[x.dice.IntN(len(codes))]
	case plan.FieldBool:
		return strconv.FormatBool(x.dice.IntN(8) > 0)
	case plan.FieldNamed:
		return "true"
	case plan.FieldOrganisation:
		return "示例合作单位"
	case plan.FieldContract, plan.FieldAchievement, plan.FieldNeed, plan.FieldCase:
		return fmt.Sprintf("示例-%d", x.dice.IntN(400))
	case plan.FieldUser:
		return x.users[x.dice.IntN(len(x.users))]
	case plan.FieldRows:
		return x.rows(c, f)
	}
	return fmt.Sprintf("示例%d", x.dice.IntN(400))
}

// date is a day of the next two months; mostly, an entry begins today and ends next year.
func (x *walker) date(c *zhuanhua.Case, f *plan.Field) zhuanhua.Date {
	days := x.dice.IntN(60)
	if r := x.p.Register(c.Register); r != nil && x.dice.IntN(10) > 0 {
		switch f.ID {
		case r.Effective.ID:
			days = 0
		case r.Validity.Until.ID:
			days += 300
		}
	}
	return zhuanhua.DateOf(x.now.AddDate(0, 0, days))
}

// conventional is the value of a field that an effect reads by its name.
func (x *walker) conventional(c *zhuanhua.Case, by string, f *plan.Field) string {
	switch f.ID {
	case "holder_1", "holder_2", "holder_3", "h1", "h2", "h3":
		return map[byte]string{'1': "officer-1", '2': "reviewer-2", '3': "finance-3"}[f.ID[len(f.ID)-1]]
	case "bid":
		for _, r := range c.Reviews {
			if r.Expert == by && flow.Owed(c, r) {
				return strconv.Itoa(r.Bid)
			}
		}
		if len(c.Bids) > 0 {
			return strconv.Itoa(1 + x.dice.IntN(len(c.Bids)))
		}
	case "winners":
		for _, b := range c.Bids {
			if b.Rank == 1 || b.Rank == 0 && !b.Withdrawn && b.Qualified != "no" {
				return strconv.Itoa(b.N)
			}
		}
	case "n":
		for _, o := range c.Objections {
			if o.Closed.IsZero() {
				return strconv.Itoa(o.N)
			}
		}
	case "milestone":
		for _, m := range c.Milestones {
			if m.State != "done" {
				return m.ID
			}
		}
	}
	return ""
}

// rows is a table of two lines; sums of money add up to the amount of the case, where it has one.
func (x *walker) rows(c *zhuanhua.Case, f *plan.Field) string {
	var lines []map[string]string
	for n := range 2 {
		line := map[string]string{}
		for _, col := range f.Columns {
			v := fmt.Sprintf("示例%d", n+1)
			switch col.Type {
			case plan.FieldDate:
				v = zhuanhua.DateOf(x.now.AddDate(0, 0, 30*(n+1))).String()
			case plan.FieldMoney:
				if v = "10 万元"; c.Amount != nil {
					v = fmt.Sprintf("%d 分", (*c.Amount+zhuanhua.Money(n))/2)
				}
			case plan.FieldCount, plan.FieldScore:
				v = "1"
			case plan.FieldEnum:
				v = x.p.Vocabulary(col.Vocabulary.ID).Codes()[0]
			}
			line[col.ID] = v
		}
		lines = append(lines, line)
	}
	return zhuanhua.CanonicalJSON(lines)
}
