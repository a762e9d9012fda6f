package plan

import (
	"regexp"
	"slices"
	"strconv"
)

// readForm reads one file of forms/.
func (l *loader) readForm(n node) {
	f := &Form{At: n.pos()}
	n.object(
		must("form", func(v node) { f.ID = v.id() }),
		must("title", func(v node) { f.Title = v.text() }),
		must("source", func(v node) { f.Source = v.source() }),
		must("fields", func(v node) {
			v.items(func(v node) { f.Fields = append(f.Fields, l.field(v, false)) })
		}))
	l.pack.Forms = append(l.pack.Forms, f)
}

// fieldTypes lists what a field can be; a column of a table can be less.
func fieldTypes(column bool) []string {
	simple := []FieldType{FieldText, FieldLong, FieldMoney, FieldShare, FieldCount, FieldScore, FieldDate, FieldYear, FieldRegion, FieldEnum, FieldBool,
		FieldOrganisation, FieldContract, FieldAchievement, FieldNeed, FieldCase, FieldUser, FieldPerson, FieldRegister}
	if !column {
		simple = append(simple, FieldFiles, FieldRows)
	}
	var out []string
	for _, t := range simple {
		out = append(out, string(t))
	}
	return out
}

// field reads one field. One that is of a fact has the fact's type and words, so that a question is never
// asked in two ways.
func (l *loader) field(n node, column bool) *Field {
	f := &Field{At: n.pos()}
	if n.has("fact") == n.has("type") {
		n.fault(say("字段应有且只有 fact、type 之一", "a field needs exactly one of fact and type"), say("规则要用的写 fact，其他的写 type", "fact for what a rule asks, type for anything else"))
	}
	n.object(
		must("id", func(v node) { f.ID = v.id() }),
		may("fact", func(v node) { l.fieldFact(v, f) }),
		may("type", func(v node) { f.Type = FieldType(v.choice(fieldTypes(column)...)) }),
		may("title", func(v node) { f.Title = v.text() }),
		may("help", func(v node) { f.Help = v.text() }),
		may("vocabulary", func(v node) { f.Vocabulary = v.ref() }),
		may("of", func(v node) { f.Of = v.ref() }),
		may("required", func(v node) { f.Required = v.flag() }),
		may("private", func(v node) { f.Private = v.flag() }),
		may("min", func(v node) { f.Min = v.bound(f) }),
		may("max", func(v node) { f.Max = v.bound(f) }),
		may("max_length", func(v node) { f.MaxLength = v.whole(1, 100_000) }),
		may("types", func(v node) {
			v.items(func(v node) { f.Types = append(f.Types, v.choice(fileTypes()...)) })
		}),
		may("max_size", func(v node) { f.MaxSize = v.size() }),
		may("columns", func(v node) {
			v.items(func(v node) { f.Columns = append(f.Columns, l.field(v, true)) })
		}),
		may("prefill", func(v node) { f.Prefill = v.choice(prefills()...) }))
	if f.Title.IsZero() && f.Fact.ID == "" {
		n.fault(say(`缺少 "title"`, `"title" is missing`), say("补上这一项", "add it"))
	}
	n.belongs(f)
	return f
}

// fieldFact takes the type and the words of a field from a fact.
func (l *loader) fieldFact(n node, f *Field) {
	f.Fact = n.ref()
	fact := l.pack.Fact(f.Fact.ID)
	if fact == nil {
		n.fault(say("事实 "+f.Fact.ID+" 不存在", "there is no fact "+f.Fact.ID), meant(f.Fact.ID, factIDs(l.pack.Facts)).or(say("可用的事实见 facts.yaml", "facts.yaml lists the facts")))
		return
	}
	f.Type, f.Title, f.Help, f.Vocabulary = FieldType(fact.Type), fact.Title, fact.Question, fact.Vocabulary
}

// belongs refuses keys that mean nothing for the type: they look as if they held.
func (n node) belongs(f *Field) {
	for _, k := range []struct {
		key   string
		types []FieldType
	}{
		{"max_length", []FieldType{FieldText, FieldLong}},
		{"types", []FieldType{FieldFiles}},
		{"max_size", []FieldType{FieldFiles}},
		{"columns", []FieldType{FieldRows}},
		{"vocabulary", []FieldType{FieldEnum}},
		{"of", []FieldType{FieldRegister}},
		{"min", []FieldType{FieldMoney, FieldShare, FieldCount, FieldScore, FieldDate, FieldYear}},
		{"max", []FieldType{FieldMoney, FieldShare, FieldCount, FieldScore, FieldDate, FieldYear}},
	} {
		if n.has(k.key) && f.Type != "" && !slices.Contains(k.types, f.Type) {
			n.fault(say(string(f.Type)+" 类型的字段没有 "+k.key, "a field of type "+string(f.Type)+" has no "+k.key), say("删去 "+k.key, "remove "+k.key))
		}
	}
	for key, typ := range map[string]FieldType{"vocabulary": FieldEnum, "columns": FieldRows} {
		if f.Type == typ && f.Fact.ID == "" && !n.has(key) {
			n.fault(say(string(typ)+" 类型的字段缺少 "+key, "a field of type "+string(typ)+" needs "+key), say("补上 "+key, "add "+key))
		}
	}
}

// bound reads the least or the most that a field takes, written as the field's own values are.
func (n node) bound(f *Field) *Bound {
	b := &Bound{At: n.pos()}
	s, ok := n.scalar()
	if !ok {
		return b
	}
	switch f.Type {
	case FieldMoney:
		b.Value = n.value(TypeMoney, s)
	case FieldShare:
		b.Value = n.value(TypeShare, s)
	case FieldDate:
		b.Value = Value{Type: TypeDate, Date: n.date()}
	case FieldCount, FieldScore, FieldYear:
		b.Value = n.value(TypeCount, s)
	}
	return b
}

// fileTypes are the sorts of attachments that the program can tell by their contents.
func fileTypes() []string {
	return []string{"pdf", "ofd", "docx", "xlsx", "pptx", "csv", "txt", "png", "jpg", "zip"}
}

// prefills are what a field can be filled from before anybody types.
func prefills() []string {
	return []string{"organisation.name", "organisation.region", "organisation.uscc",
		"contract.id", "contract.title", "contract.amount", "contract.tech_verified", "contract.registered", "contract.signed", "contract.buyer", "contract.seller",
		"need.id", "need.title", "need.indicators", "need.budget", "achievement.id", "achievement.title", "case.year", "case.next_year"}
}

// sizeForm is a size as people write it.
var sizeForm = regexp.MustCompile(`^([1-9][0-9]{0,3}) ?(KB|MB)$`)

// size reads the most that an attachment may weigh.
func (n node) size() int64 {
	s, ok := n.scalar()
	if !ok {
		return 0
	}
	m := sizeForm.FindStringSubmatch(s)
	if m == nil {
		n.fault(say("“"+s+"”不是文件大小", "\""+s+"\" is no size of a file"), say("写成 20 MB 或 500 KB", "write it as 20 MB or 500 KB"))
		return 0
	}
	i, _ := strconv.ParseInt(m[1], 10, 64)
	if m[2] == "MB" {
		return i << 20
	}
	return i << 10
}
