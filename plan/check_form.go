package plan

import "fmt"

// form checks one form.
func (c *checker) form(f *Form) {
	c.source(f.Source)
	c.fields(f.Fields)
	if len(f.Fields) == 0 {
		c.faults.add(f.At, say("表单 "+f.ID+" 没有字段", "the form "+f.ID+" has no fields"), say("补上字段", "add fields"))
	}
}

// fields checks the fields of a form or the columns of a table.
func (c *checker) fields(fields []*Field) {
	seen := map[string]bool{}
	for _, x := range fields {
		if seen[x.ID] && x.ID != "" {
			c.faults.add(x.At, say("字段 "+x.ID+" 重复", "the field "+x.ID+" is there twice"), say("改名或删去其一", "rename or remove one"))
		}
		seen[x.ID] = true
		if x.Type == FieldEnum && x.Vocabulary.ID != "" && c.Vocabulary(x.Vocabulary.ID) == nil {
			var ids []string
			for _, v := range c.Vocabularies {
				ids = append(ids, v.ID)
			}
			c.missing(say("词表", "vocabulary"), x.Vocabulary, ids)
		}
		if x.Min != nil && x.Max != nil && x.Max.Value.less(x.Min.Value) {
			c.faults.add(x.Max.At, say("字段 "+x.ID+" 的 max 小于 min", "max of "+x.ID+" is below its min"), say("对调", "swap them"))
		}
		if x.Of.ID != "" && c.Register(x.Of.ID) == nil {
			c.missing(say("名录", "register"), x.Of, c.registerIDs())
		}
		c.fields(x.Columns)
	}
}

// less reports whether one value of a field's bounds lies below another of the same type.
func (v Value) less(w Value) bool {
	switch v.Type {
	case TypeMoney:
		return v.Money < w.Money
	case TypeShare:
		return v.Share.Cmp(w.Share) < 0
	case TypeDate:
		return v.Date.Before(w.Date)
	}
	return v.Count < w.Count
}

// ruleForm checks the form of a rule: it asks for what the rule looks at and for nothing that the rule
// does not know.
func (c *checker) ruleForm(r *Rule) {
	f := c.Form(r.Form.ID)
	if f == nil {
		return
	}
	for _, x := range f.Fields {
		if x.Fact.ID != "" && c.Fact(x.Fact.ID) != nil && !r.Asks(x.Fact.ID) {
			c.faults.add(x.Fact.At, say(fmt.Sprintf("表单 %s 的字段 %s 取自事实 %s，规则 %s 不问它", f.ID, x.ID, x.Fact.ID, r.ID), fmt.Sprintf("the field %s of form %s is of the fact %s, which rule %s does not ask for", x.ID, f.ID, x.Fact.ID, r.ID)),
				meant(x.Fact.ID, r.factIDs()).or(say("改用 type，或从表单删去", "use type, or remove it from the form")))
		}
	}
}

// uses checks that rules name workflows and forms that exist and serve them, and that nothing lies about
// that nobody uses.
func (c *checker) uses() {
	workflows, forms := map[string]bool{}, map[string]bool{}
	for _, i := range c.AllItems() {
		switch i.Carried.Kind {
		case "workflow":
			workflows[i.Carried.Ref.ID] = true
		case "form":
			forms[i.Carried.Ref.ID] = true
		}
	}
	for _, r := range c.Rules {
		workflows[r.Workflow.ID], forms[r.Form.ID] = true, true
		c.served(r)
		c.ruleForm(r)
	}
	for _, r := range c.Registers {
		workflows[r.Enters.ID] = true
		for _, x := range r.Changes {
			workflows[x.Workflow.ID] = true
		}
	}
	for _, w := range c.Workflows {
		for _, a := range w.Actions {
			forms[a.Form.ID] = true
		}
		if !workflows[w.ID] && w.ID != "" {
			c.faults.add(w.At, say("没有规则、条目或名录用到流程 "+w.ID, "no rule, item or register uses the workflow "+w.ID), say("在规则的 workflow、条目的 carried_by 或名录的 enters、changes 里写它，或删去", "name it in a rule's workflow, an item's carried_by or a register's enters or changes, or remove it"))
		}
	}
	for _, f := range c.Forms {
		if !forms[f.ID] && f.ID != "" {
			c.faults.add(f.At, say("没有动作、规则或条目用到表单 "+f.ID, "no action, rule or item uses the form "+f.ID), say("在动作或规则的 form 里写它，或删去", "name it in the form of an action or a rule, or remove it"))
		}
	}
}

// served checks that a rule and its workflow name each other.
func (c *checker) served(r *Rule) {
	if r.Form.ID != "" && c.Form(r.Form.ID) == nil {
		c.missing(say("表单", "form"), r.Form, c.formIDs())
	}
	if r.Workflow.ID == "" {
		return
	}
	w := c.Workflow(r.Workflow.ID)
	switch {
	case w == nil:
		var ids []string
		for _, w := range c.Workflows {
			ids = append(ids, w.ID)
		}
		c.missing(say("流程", "workflow"), r.Workflow, ids)
	case !holds(w.Serves, r.ID):
		c.faults.add(r.Workflow.At, say("流程 "+w.ID+" 的 serves 里没有规则 "+r.ID, "the workflow "+w.ID+" does not serve the rule "+r.ID), say("在 serves 里写 "+r.ID, "name "+r.ID+" in its serves"))
	}
}

// formIDs are for suggestions.
func (c *checker) formIDs() []string {
	var out []string
	for _, f := range c.Forms {
		out = append(out, f.ID)
	}
	return out
}
