package plan

import (
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"

	"zhuanhua"
)

// node is a place in a file that is being read, with the list that takes its faults.
type node struct {
	file string
	y    *yaml.Node
	list *faultList
}

// pos is where the node stands.
func (n node) pos() Pos { return Pos{n.file, n.y.Line, n.y.Column} }

// fault records what is wrong with the node.
func (n node) fault(what, do Text) { n.list.add(n.pos(), what, do) }

// field is one key of an object and what reads its value.
type field struct {
	key    string
	needed bool
	read   func(node)
}

// must is a key that has to be there.
func must(key string, read func(node)) field { return field{key, true, read} }

// may is a key that may be left out.
func may(key string, read func(node)) field { return field{key, false, read} }

// object reads a mapping with exactly these keys, in the order in which they are listed here.
func (n node) object(fields ...field) {
	if n.y.Kind != yaml.MappingNode {
		n.fault(say("这里应是若干“键: 值”", "keys with values belong here"), keysText(fields))
		return
	}
	// Fields are read in the order listed, not in that of the file: a value is read after what it needs.
	values := map[string]node{}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		k := n.y.Content[i]
		if !known(fields, k.Value) {
			// A mistyped key would otherwise be a value that silently is not there.
			n.at(k).fault(say(fmt.Sprintf("未知的键 %q", k.Value), fmt.Sprintf("unknown key %q", k.Value)), meant(k.Value, keys(fields)))
			continue
		}
		values[k.Value] = n.at(n.y.Content[i+1])
	}
	for _, f := range fields {
		v, ok := values[f.key]
		switch {
		case !ok && f.needed:
			n.fault(say(fmt.Sprintf("缺少 %q", f.key), fmt.Sprintf("%q is missing", f.key)), say("补上这一项", "add it"))
		case ok && isNull(v.y):
			v.fault(say(fmt.Sprintf("%q 没有内容", f.key), fmt.Sprintf("%q is empty", f.key)), say("填写或删去", "fill it in or remove it"))
		case ok:
			f.read(v)
		}
	}
}

func (n node) at(y *yaml.Node) node { return node{n.file, y, n.list} }

// isNull reports whether a key stands without a value, which YAML takes for null and people for a slip.
func isNull(y *yaml.Node) bool { return y.Kind == yaml.ScalarNode && y.Tag == "!!null" }

func keys(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.key)
	}
	return out
}

func keysText(fields []field) Text { return meant("", keys(fields)) }

func known(fields []field, key string) bool {
	for _, f := range fields {
		if f.key == key {
			return true
		}
	}
	return false
}

// has reports whether an object has a key.
func (n node) has(key string) bool {
	for i := 0; n.y.Kind == yaml.MappingNode && i+1 < len(n.y.Content); i += 2 {
		if n.y.Content[i].Value == key {
			return true
		}
	}
	return false
}

// each reads a mapping whose keys are free, in the order of the file.
func (n node) each(read func(key node, value node)) {
	if n.y.Kind != yaml.MappingNode {
		n.fault(say("这里应是若干“名称: 内容”", "names with contents belong here"), say("每行写一个“名称: 内容”", "write one name with its contents a line"))
		return
	}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		read(n.at(n.y.Content[i]), n.at(n.y.Content[i+1]))
	}
}

// items reads a list.
func (n node) items(read func(node)) {
	if n.y.Kind != yaml.SequenceNode {
		n.fault(say("这里应是列表", "a list belongs here"), say("每项以 - 开头", "begin each entry with -"))
		return
	}
	for _, c := range n.y.Content {
		read(n.at(c))
	}
}

// scalar is a single value as it is written; false (with a fault) when the node is none.
func (n node) scalar() (string, bool) {
	// The text as written: whether YAML takes 450100 for a number and 否 for a truth does not matter here.
	if n.y.Kind != yaml.ScalarNode || isNull(n.y) || n.y.Value == "" {
		n.fault(say("这里应是一个值", "a single value belongs here"), say("只写一个值，不写列表或下级的键", "write one value, no list and no keys below it"))
		return "", false
	}
	return n.y.Value, true
}

// text reads {zh, en}; both must be there.
func (n node) text() (t Text) {
	n.object(
		must("zh", func(v node) { t.ZH, _ = v.scalar() }),
		must("en", func(v node) { t.EN, _ = v.scalar() }))
	return t
}

// idForm is narrow on purpose: ids stand in file names, in flags, in formulas and in URLs.
var idForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$`)

// id reads an identifier: letters, digits, - _ and dots inside.
func (n node) id() string {
	s, ok := n.scalar()
	// The bound also bounds what comparing words in a formula can cost.
	if ok && (!idForm.MatchString(s) || len(s) > 60) {
		n.fault(say(fmt.Sprintf("%q 不是标识符", s), fmt.Sprintf("%q is no identifier", s)), say("只用字母、数字、- 和 _", "use letters, digits, - and _ only"))
		return ""
	}
	return s
}

// ref reads the name of something defined elsewhere.
func (n node) ref() Ref { return Ref{n.id(), n.pos()} }

// refs reads a list of names.
func (n node) refs() (out []Ref) {
	n.items(func(v node) { out = append(out, v.ref()) })
	return out
}

// choice reads one of a few words.
func (n node) choice(words ...string) string {
	s, ok := n.scalar()
	if !ok {
		return ""
	}
	for _, w := range words {
		if s == w {
			return s
		}
	}
	n.fault(say(fmt.Sprintf("%q 不在可选值之内", s), fmt.Sprintf("%q is none of the allowed values", s)), meant(s, words))
	return ""
}

// flag reads true or false.
func (n node) flag() bool { return n.choice("true", "false") == "true" }

// date reads a day written 2027-12-31.
func (n node) date() zhuanhua.Date {
	s, ok := n.scalar()
	if !ok {
		return zhuanhua.Date{}
	}
	d, ok := parseDay(s)
	if !ok {
		n.fault(say(fmt.Sprintf("%q 不是日期", s), fmt.Sprintf("%q is no date", s)), say("写成 2027-12-31", "write it as 2027-12-31"))
	}
	return d
}

// source reads where a value is written.
func (n node) source() (s Source) {
	s.At = n.pos()
	n.object(
		must("doc", func(v node) { s.Doc = v.id() }),
		may("article", func(v node) { s.Article, _ = v.scalar() }),
		may("item", func(v node) { s.Item = v.id() }))
	return s
}

// notSet reads why a value is not set and who may set it.
func (n node) notSet() *NotSet {
	x := &NotSet{At: n.pos()}
	n.object(
		must("note", func(v node) { x.Note = v.text() }),
		must("set_by", func(v node) { x.SetBy = v.refs() }))
	return x
}

// period holds the two keys of a validity while an object is read.
func (n node) period(p *zhuanhua.Period) []field {
	return []field{
		may("from", func(v node) { p.From = v.date() }),
		may("to", func(v node) { p.To = v.date() }),
	}
}
