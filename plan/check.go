package plan

import (
	"fmt"
	"slices"
	"strings"

	"zhuanhua"
)

// checker looks at a pack that has been read: whatever refers to something must find it, whatever has
// days must not overlap, whatever has a number must be able to hold it.
type checker struct {
	*Pack
	faults *faultList
}

// check checks a pack and compiles its rules.
func check(p *Pack, faults *faultList) {
	c := &checker{p, faults}
	// In the order of the files: who mends a pack from the top sees causes before their consequences.
	c.plan()
	c.once()
	c.vocabularies()
	c.facts()
	c.measures()
	c.targets()
	for _, r := range p.Rules {
		c.rule(r)
	}
	c.stacking()
	c.calendar()
	for _, f := range p.Forms {
		c.form(f)
	}
	for _, r := range p.Registers {
		c.register(r)
	}
	for _, w := range p.Workflows {
		c.workflow(w)
	}
	c.uses()
	c.carriers()
	for _, t := range p.Trials {
		c.trial(t)
	}
	compile(p, faults)
}

// plan checks plan.yaml.
func (c *checker) plan() {
	// The days of the plan are the figure that everything else leans on.
	c.source(c.ValidSource)
	for _, b := range c.LegalBases {
		c.document(b)
	}
	for _, d := range c.Documents {
		for _, a := range d.Amends {
			c.document(a)
		}
	}
	circle(c, c.Documents, func(d *Document) (string, []Ref) { return d.ID, d.Amends })
	c.setBy(c.Stacking.NotSet)
	for _, i := range c.Items {
		c.source(i.Source)
	}
}

// circle refuses references that come back to where they began.
func circle[T any](c *checker, all []*T, refs func(*T) (string, []Ref)) {
	// A walk in depth from every element; an id that occurs on its own way closes a circle. The place of the
	// reference that closes it is the one to cut.
	next := map[string][]Ref{}
	for _, x := range all {
		id, to := refs(x)
		next[id] = to
	}
	done := map[string]bool{}
	var visit func(id string, path []string)
	visit = func(id string, path []string) {
		path = append(path, id)
		for _, r := range next[id] {
			if i := slices.Index(path, r.ID); i >= 0 {
				way := strings.Join(append(slices.Clone(path[i:]), r.ID), " → ")
				c.faults.add(r.At, say("循环引用："+way, "references go in a circle: "+way), say("断开其中一处", "cut one of them"))
				continue
			}
			if !done[r.ID] {
				visit(r.ID, path)
			}
		}
		done[id] = true
	}
	for _, x := range all {
		if id, _ := refs(x); !done[id] {
			visit(id, nil)
		}
	}
}

// missing reports a reference that finds nothing.
func (c *checker) missing(kind Text, r Ref, choices []string) {
	// One fault a mistake: what could not be read has been said already.
	if r.ID == "" {
		return // refused when it was read
	}
	do := meant(r.ID, choices)
	if do.IsZero() {
		do = say("先定义它，或改正名称", "define it first, or mend the name")
	}
	c.faults.add(r.At, say(kind.ZH+" "+r.ID+" 不存在", "there is no "+kind.EN+" "+r.ID), do)
}

// document checks that a document exists; a value whose source is a name nobody can look up has none.
func (c *checker) document(r Ref) {
	if c.Document(r.ID) == nil {
		var ids []string
		for _, d := range c.Documents {
			ids = append(ids, d.ID)
		}
		c.missing(say("文件", "document"), r, ids)
	}
}

// source checks that a source is given and names a document, and an item where it names one.
func (c *checker) source(s Source) {
	if s.IsZero() {
		return // its absence is a fault of reading
	}
	c.document(Ref{s.Doc, s.At})
	if s.Item != "" && c.Item(s.Item) == nil {
		c.missing(say("条目", "item"), Ref{s.Item, s.At}, c.itemIDs())
	}
}

// itemIDs are for suggestions.
func (c *checker) itemIDs() []string {
	var out []string
	for _, i := range c.AllItems() {
		out = append(out, i.ID)
	}
	return out
}

// setBy checks that a value which is not set names who may set it. An open value that is nobody's task
// stays open.
func (c *checker) setBy(n *NotSet) {
	if n == nil {
		return
	}
	if len(n.SetBy) == 0 {
		c.faults.add(n.At, say("没有写明由谁设定", "it is not said who may set this"), say("在 set_by 写部门代码", "name departments in set_by"))
	}
	c.departments(n.SetBy)
}

// departments checks codes of offices; a duty given to an office that does not exist is given to nobody.
func (c *checker) departments(refs []Ref) {
	for _, r := range refs {
		if c.Department(r.ID) == nil {
			var codes []string
			for _, d := range c.Departments {
				codes = append(codes, d.Code)
			}
			c.missing(say("部门", "department"), r, codes)
		}
	}
}

// once refuses ids that occur twice.
func (c *checker) once() {
	// The first place is named in the message: one of the two has to go, and only a person knows which.
	seen := map[string]Pos{}
	twice := func(kind Text, id string, at Pos) {
		if id == "" {
			return
		}
		key := kind.EN + " " + id
		if first, ok := seen[key]; ok {
			c.faults.add(at, say(fmt.Sprintf("%s %s 重复，已见于 %s:%d", kind.ZH, id, first.File, first.Line), fmt.Sprintf("the %s is there twice, first in %s:%d", key, first.File, first.Line)), say("改名或删去其一", "rename or remove one"))
			return
		}
		seen[key] = at
	}
	for _, d := range c.Departments {
		twice(say("部门", "department"), d.Code, d.At)
	}
	for _, f := range c.Facts {
		twice(say("事实", "fact"), f.ID, f.At)
	}
	for _, m := range c.Measures {
		twice(say("措施", "measure"), m.ID, m.At)
	}
	for _, i := range c.AllItems() {
		twice(say("条目", "item"), i.ID, i.At)
	}
	for _, t := range c.Targets {
		twice(say("目标", "target"), t.ID, t.At)
	}
	for _, r := range c.Rules {
		twice(say("规则", "rule"), r.ID, r.At)
	}
	for _, f := range c.Forms {
		twice(say("表单", "form"), f.ID, f.At)
	}
	for _, w := range c.Workflows {
		twice(say("流程", "workflow"), w.ID, w.At)
	}
	for _, r := range c.Registers {
		twice(say("名录", "register"), r.ID, r.At)
	}
	// Two trials of one name cannot be told apart in a report, nor compared between versions.
	for _, t := range c.Trials {
		twice(say("试例", "trial"), t.Rule.ID+" "+t.Name.ZH, t.At)
	}
}

// vocabularies checks that a code and a name each mean one thing: people type names, records keep codes,
// and either has to lead back to the other.
func (c *checker) vocabularies() {
	for _, d := range c.Departments {
		c.source(d.Source)
	}
	for _, v := range c.Vocabularies {
		// A name may repeat only where it is the same word written twice, which the codes tell.
		names := map[string]string{}
		codes := map[string]bool{}
		for _, w := range v.Values {
			c.source(w.Source)
			if codes[w.Code] && w.Code != "" {
				c.faults.add(w.At, say("代码 "+w.Code+" 重复", "the code "+w.Code+" is there twice"), say("改正其一", "mend one of them"))
			}
			if other, ok := names[w.Name.ZH]; ok && other != w.Code {
				c.faults.add(w.At, say("名称“"+w.Name.ZH+"”不明确：已用于 "+other, "the name "+w.Name.ZH+" is not clear: "+other+" has it too"), say("写出能区分的名称", "write names that differ"))
			}
			codes[w.Code], names[w.Name.ZH] = true, w.Code
			if v.ID == "region" {
				c.region(w)
			}
		}
		c.parents(v)
	}
}

// region checks a city of the plan: a code that exists, inside the plan's region, under its own name.
func (c *checker) region(w *Word) {
	code := zhuanhua.Region(w.Code)
	switch {
	case len(w.Code) != 6 || !c.knows(code):
		c.faults.add(w.At, say("地区代码 "+w.Code+" 不明确", "the region "+w.Code+" is not clear"), say("写 6 位行政区划代码", "write the six digits of GB/T 2260"))
	// A city of another province in the plan's own list is a slip: cases there would count as inside by name
	// and as outside by code.
	case !c.inside(w.Code):
		c.faults.add(w.At, say("地区 "+w.Code+" 不在本方案的地区 "+string(c.Region)+" 之内", "the region "+w.Code+" does not lie in the plan's region "+string(c.Region)), say("改正代码", "mend the code"))
	// A right code under a wrong name is a slip that no other check would find. The table writes the whole
	// name, the pack the last part of it.
	case !strings.HasSuffix(c.regionName(code), w.Name.ZH) && c.regions != nil && !c.Example:
		c.faults.add(w.At, say("地区 "+w.Code+" 是"+c.regionName(code)+"，不是"+w.Name.ZH, "the region "+w.Code+" is "+c.regionName(code)+" and not "+w.Name.ZH), say("改正代码或名称", "mend the code or the name"))
	}
}

// parents checks that a word stands under one that exists, and not under itself.
func (c *checker) parents(v *Vocabulary) {
	for _, w := range v.Values {
		if w.Parent != "" && v.Find(w.Parent) == nil {
			c.missing(say("上级代码", "parent"), Ref{w.Parent, w.At}, v.Codes())
		}
	}
	circle(c, v.Values, func(w *Word) (string, []Ref) {
		if w.Parent == "" {
			return w.Code, nil
		}
		return w.Code, []Ref{{w.Parent, w.At}}
	})
}

// facts checks what rules may ask for. Names of money end in _fen and nothing else does: whoever fills in
// facts reads the unit off the name, and a program cannot mistake yuan for fen.
func (c *checker) facts() {
	var ids []string
	for _, v := range c.Vocabularies {
		ids = append(ids, v.ID)
	}
	for _, f := range c.Facts {
		c.source(f.Source)
		switch {
		// An enumeration without its words would take any text; a list on anything else would be ignored.
		case f.Type == TypeEnum && f.Vocabulary.ID == "":
			c.faults.add(f.At, say("枚举 "+f.ID+" 没有词表", "the enumeration "+f.ID+" has no vocabulary"), say("用 enum 指明词表", "name it with enum"))
		case f.Type == TypeEnum && c.Vocabulary(f.Vocabulary.ID) == nil:
			c.missing(say("词表", "vocabulary"), f.Vocabulary, ids)
		case f.Type != TypeEnum && f.Vocabulary.ID != "":
			c.faults.add(f.Vocabulary.At, say("只有枚举才有词表", "only an enumeration has a vocabulary"), say("删去 enum，或改 type", "remove enum, or change the type"))
		case (f.Type == TypeMoney) != strings.HasSuffix(f.ID, "_fen"):
			c.faults.add(f.At, say("金额的名称以 _fen 结尾，其他的不以它结尾："+f.ID, "money ends in _fen and nothing else does: "+f.ID), say("改名或改 type", "rename it or change its type"))
		case f.Type == TypeMoney && f.Unit.EN != "fen":
			c.faults.add(f.At, say("金额 "+f.ID+" 的单位是分，不是"+f.Unit.ZH, "the unit of "+f.ID+" is fen, not "+f.Unit.EN), say("写 unit: {zh: 分, en: fen}", "write unit: {zh: 分, en: fen}"))
		}
	}
}

// measures checks duties: someone leads, every office exists, nobody leads and takes part at once, which
// would leave open what is asked of it.
func (c *checker) measures() {
	for _, m := range c.Measures {
		c.source(m.Source)
		if len(m.Lead) == 0 {
			c.faults.add(m.At, say("措施 "+m.ID+" 没有牵头部门", "the measure "+m.ID+" has no lead"), say("在 lead 写部门代码", "name a department in lead"))
		}
		c.departments(m.Lead)
		c.departments(m.With)
		for _, r := range m.With {
			if slices.ContainsFunc(m.Lead, func(l Ref) bool { return l.ID == r.ID }) {
				c.faults.add(r.At, say(r.ID+" 既牵头又配合", r.ID+" leads and takes part"), say("只写一次", "name it once"))
			}
		}
		c.within(m.Valid, m.At)
		for _, i := range m.Items {
			c.document(Ref{i.Source.Doc, i.Source.At})
			c.within(i.Valid, i.At)
			// The number of an item is its address in the plan; in another measure's file nobody would find it.
			if !strings.HasPrefix(i.ID, m.ID+".") && i.ID != "" {
				c.faults.add(i.At, say("条目 "+i.ID+" 不属于措施 "+m.ID, "the item "+i.ID+" does not belong to "+m.ID), say("编号以 "+m.ID+". 开头", "its id begins with "+m.ID+"."))
			}
		}
	}
}

// within refuses days outside the plan's own.
func (c *checker) within(p zhuanhua.Period, at Pos) {
	if zeroPeriod(p) {
		return
	}
	// Either end may be missing, and either may lie on the wrong side by itself.
	if !p.From.IsZero() && p.From.Before(c.Valid.From) || !p.To.IsZero() && c.Valid.To.Before(p.To) || !p.From.IsZero() && c.Valid.To.Before(p.From) || !p.To.IsZero() && p.To.Before(c.Valid.From) {
		c.faults.add(at, say(fmt.Sprintf("期间超出方案的有效期 %s 至 %s", c.Valid.From, c.Valid.To), fmt.Sprintf("the period leaves the plan's own, %s to %s", c.Valid.From, c.Valid.To)), say("改正日期", "mend the dates"))
	}
}

// targets checks that a target belongs to an item, is due while the plan holds, and asks for something: a
// target of zero is reached by doing nothing.
func (c *checker) targets() {
	for _, t := range c.Targets {
		c.source(t.Source)
		c.setBy(t.Counts.Open)
		c.within(t.Valid, t.At)
		if c.Item(t.Measure.ID) == nil {
			c.missing(say("条目", "item"), t.Measure, c.itemIDs())
		}
		if !t.By.IsZero() && !c.Valid.Holds(t.By) {
			c.faults.add(t.At, say(fmt.Sprintf("目标 %s 的期限 %s 不在方案有效期内", t.ID, t.By), fmt.Sprintf("the target %s is due on %s, outside the plan's validity", t.ID, t.By)), say("改正 by", "mend by"))
		}
		if t.Value.Type == TypeMoney && t.Value.Money == 0 || t.Value.Type == TypeCount && t.Value.Count == 0 {
			c.faults.add(t.At, say("目标 "+t.ID+" 的数值为零", "the target "+t.ID+" is zero"), say("写出目标数值", "write the number to reach"))
		}
	}
}
