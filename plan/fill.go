package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhuanhua"
)

// FieldProblem is what is wrong with one field of a form, and how to mend it.
type FieldProblem struct {
	Form, Field string
	What, Do    Text
}

// Fill reads what somebody filled into a form: every value in its machine form (fen, decimals, codes, days),
// or all problems at once. A draft (partial) may leave required fields out. What is not a field of the form
// is a problem: the plan may have got a new version meanwhile.
func (p *Pack) Fill(f *Form, values map[string]string, files map[string][]string, partial bool) (map[string]string, []FieldProblem) {
	out := map[string]string{}
	var problems []FieldProblem
	tell := func(field string, what, do Text) {
		problems = append(problems, FieldProblem{f.ID, field, what, do})
	}
	var ids []string
	for _, x := range f.Fields {
		ids = append(ids, x.ID)
		given := strings.TrimSpace(values[x.ID])
		switch {
		case x.Type == FieldFiles && given != "":
			tell(x.ID, say("“"+x.Title.ZH+"”是附件，不填文字", "\""+x.Title.EN+"\" takes attachments, no words"), say("用附件上传", "attach the file"))
		case x.Required && !partial && given == "" && len(files[x.ID]) == 0:
			tell(x.ID, say("“"+x.Title.ZH+"”没有填写", "\""+x.Title.EN+"\" is not filled in"), x.Help.or(say("填写后再提交", "fill it in")))
		case given != "":
			v, bad := p.fieldValue(x, given)
			if bad != nil {
				tell(x.ID, say("“"+x.Title.ZH+"”："+bad.what.ZH, "\""+x.Title.EN+"\": "+bad.what.EN), bad.do)
				continue
			}
			out[x.ID] = v
		}
	}
	given := append(sortedKeys(values), sortedKeys(files)...)
	slices.Sort(given)
	for _, id := range slices.Compact(given) {
		x := f.Field(id)
		switch {
		case x == nil:
			tell(id, say("表单“"+f.Title.ZH+"”没有字段 "+raw{'s', id}.shown(), "the form \""+f.Title.EN+"\" has no field "+raw{'s', id}.shown()),
				meant(id, ids).or(say("方案可能已更新，按现在的表单填写", "the plan may have changed: fill in the form as it is now")))
		case x.Type != FieldFiles && len(files[id]) > 0:
			tell(id, say("“"+x.Title.ZH+"”不是附件", "\""+x.Title.EN+"\" takes no attachments"), say("填写文字", "write it"))
		}
	}
	return out, problems
}

// fieldValue reads one value of a field as people write it, and gives it in its machine form.
func (p *Pack) fieldValue(f *Field, s string) (string, *problem) {
	v := Value{Type: Type(f.Type)}
	var bad *problem
	switch f.Type {
	case FieldText, FieldLong:
		return f.words(s)
	case FieldMoney:
		v, bad = (&Parameter{Type: TypeMoney}).parse(s)
	case FieldShare:
		v, bad = (&Parameter{Type: TypeShare}).parse(s)
	case FieldCount, FieldYear:
		v.Count, bad = parseCount(raw{'n', s})
		v.Type = TypeCount
	case FieldScore:
		return f.score(s)
	case FieldDate:
		v.Date, bad = parseDate(raw{'s', s})
	case FieldRegion:
		v.Code, bad = p.parseRegion(raw{'s', s})
	case FieldEnum:
		v.Code, bad = p.code(f, s)
	case FieldBool:
		v.Bool, bad = parseYesNo(s)
	case FieldNamed:
		r := raw{'s', s}
		if s == "true" || s == "false" {
			r.kind = 'b'
		}
		v.Bool, v.Code, bad = parseNamed(r)
	case FieldRows:
		return p.rows(f, s)
	default:
		return recordID(s)
	}
	if bad == nil {
		bad = f.inBounds(v)
	}
	return v.String(), bad
}

// words checks a text: what is too long for its place is not cut.
func (f *Field) words(s string) (string, *problem) {
	most := f.MaxLength
	if most == 0 {
		most = map[FieldType]int{FieldText: 200, FieldLong: 5000}[f.Type]
	}
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }):
		return "", refuse(say("含有控制字符或不是 UTF-8", "it holds control characters or is not UTF-8"), say("删去看不见的字符", "remove what cannot be seen"))
	case n > most:
		return "", refuse(say(fmt.Sprintf("有 %d 字，超过 %d 字", n, most), fmt.Sprintf("%d characters, more than %d", n, most)), say("缩短内容，详细材料作为附件", "shorten it; attach what is long"))
	}
	return s, nil
}

// score reads points with at most two decimals.
func (f *Field) score(s string) (string, *problem) {
	whole, cents, _ := strings.Cut(s, ".")
	r, ok := parseDecimal(s)
	if !ok || len(cents) > 2 || len(whole) > 6 {
		return "", refuse(raw{'s', s}.isNot("分数", "score"), say("写数字，最多两位小数，如 85 或 85.5", "write a number with two decimals at most, such as 85 or 85.5"))
	}
	for _, b := range []struct {
		bound *Bound
		sign  int
	}{{f.Min, -1}, {f.Max, 1}} {
		if b.bound != nil && r.Cmp(new(big.Rat).SetInt64(b.bound.Value.Count)) == b.sign {
			return "", f.outside(s)
		}
	}
	return decimal(r), nil
}

// Centi is a score in hundredths of a point, of a value in its machine form.
func Centi(s string) int64 {
	r, ok := parseDecimal(s)
	if !ok {
		return 0
	}
	r.Mul(r, big.NewRat(100, 1))
	return r.Num().Int64()
}

// inBounds checks a value against the field's least and most.
func (f *Field) inBounds(v Value) *problem {
	if f.Min != nil && v.less(f.Min.Value) || f.Max != nil && f.Max.Value.less(v) {
		return f.outside(v.String())
	}
	return nil
}

// outside says which bounds a value does not keep.
func (f *Field) outside(s string) *problem {
	zh, en := "", ""
	shown := func(b *Bound) Text {
		if f.Type == FieldMoney {
			return MoneyText(b.Value.Money)
		}
		return same(b.Value.String())
	}
	if f.Min != nil {
		zh, en = "不小于 "+shown(f.Min).ZH, "at least "+shown(f.Min).EN
	}
	if f.Max != nil {
		zh, en = strings.Trim(zh+"，不大于 "+shown(f.Max).ZH, "，"), strings.Trim(en+", at most "+shown(f.Max).EN, ", ")
	}
	return refuse(say(raw{'n', s}.shown()+" 超出范围", raw{'n', s}.shown()+" is out of range"), say("应"+zh, "it should be "+en))
}

// code reads a word of a vocabulary by its code or by its name in either language.
func (p *Pack) code(f *Field, s string) (string, *problem) {
	v := p.Vocabulary(f.Vocabulary.ID)
	if v == nil {
		return "", refuse(say("没有词表", "there is no vocabulary"), say("请管理员检查方案", "ask the owner of the plan"))
	}
	for _, w := range v.Values {
		if s == w.Code || s == w.Name.ZH || s == w.Name.EN {
			return w.Code, nil
		}
	}
	return "", refuse(say(raw{'s', s}.shown()+" 不在可选值之内", raw{'s', s}.shown()+" is none of the values"), v.choices(s).or(say("可用的词见表单", "the form lists the words")))
}

// choices says which word of the list was meant, or which there are: by their names, with the codes behind them.
func (v *Vocabulary) choices(word string) Text {
	var codes, zh, en []string
	for _, w := range v.Values {
		codes, zh, en = append(codes, w.Code), append(zh, w.Name.ZH+"（"+w.Code+"）"), append(en, w.Code+" ("+w.Name.EN+")")
	}
	if nearest(word, codes) != "" {
		return meant(word, codes)
	}
	return Text{ZH: meant(word, zh).ZH, EN: meant(word, en).EN}
}

// parseYesNo reads a truth as people write it: in a form, unlike in facts, there is no name to mistake it for.
func parseYesNo(s string) (bool, *problem) {
	switch strings.ToLower(s) {
	case "true", "是", "yes":
		return true, nil
	case "false", "否", "no":
		return false, nil
	}
	return false, refuse(raw{'s', s}.isNot("是或否", "yes or no"), say("写 是 或 否（true、false）", "write true or false"))
}

// recordID reads the id of a record.
func recordID(s string) (string, *problem) {
	if what := zhuanhua.CheckID(s); what != "" {
		return "", refuse(say(raw{'s', s}.shown()+" 不是编号", what), say("填写记录的编号", "write the id of the record"))
	}
	return s, nil
}

// Rows are the lines of a table, by the ids of its columns.
type Rows []map[string]string

// ReadRows reads a table from the machine form of its field.
func ReadRows(s string) (Rows, error) {
	var out Rows
	d := json.NewDecoder(strings.NewReader(s))
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	return out, nil
}

// maxRows bounds a table.
const maxRows = 200

// rows reads a table: a JSON list of objects by the ids of the columns.
func (p *Pack) rows(f *Field, s string) (string, *problem) {
	var given []map[string]any
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&given); err != nil || d.More() || len(given) > maxRows {
		return "", refuse(say("不是表格，或超过 200 行", "this is no table, or has more than 200 lines"), say(`写成 [{"列": "值"}, …]，一行一个对象`, `write [{"column": "value"}, …], an object a line`))
	}
	columns := &Form{ID: f.ID, Title: f.Title, Fields: f.Columns}
	out := make(Rows, 0, len(given))
	for i, g := range given {
		line := map[string]string{}
		for k, v := range g {
			line[k] = cell(v)
		}
		filled, problems := p.Fill(columns, line, nil, false)
		if len(problems) > 0 {
			at := strconv.Itoa(i + 1)
			return "", refuse(say("第 "+at+" 行"+problems[0].What.ZH, "line "+at+": "+problems[0].What.EN), problems[0].Do)
		}
		out = append(out, filled)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		return "", refuse(say("表格无法保存", "the table cannot be kept"), say("检查内容", "look at its contents"))
	}
	return strings.TrimSpace(b.String()), nil
}

// cell is one value of a table as text.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return fmt.Sprint(v) // a list or an object, which no column takes
}

// FactValue reads a fact from the machine form of a field.
func (p *Pack) FactValue(fact, s string) (Value, error) {
	f := p.Fact(fact)
	if f == nil {
		return Value{}, invalid(fact, say("未知的事实", "unknown fact"), p.factHint(fact))
	}
	r := raw{'s', s}
	if slices.Contains([]Type{TypeBool, TypeNamed}, f.Type) && (s == "true" || s == "false") {
		r.kind = 'b'
	}
	v, bad := p.parseFact(f, r)
	if bad != nil {
		return v, invalid(fact, bad.what, bad.do)
	}
	return v, nil
}
