package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/plan"
)

// Bounds of what is read.
const (
	maxFile  = 64 << 20
	maxCases = 100_000
)

// Case is one situation to try: a contract, a project, an application.
type Case struct {
	ID    string
	Where string // file, and line where it has several cases
	Rules []string
	On    zhuanhua.Date
	known []field
}

// field is one key of a JSON object with its value as written.
type field struct {
	key   string
	value json.RawMessage
}

// ReadCases reads the cases of a folder. A file ending in .json holds one case, one ending in .jsonl a
// case a line. A case is {"id", "rule", "on", "facts"}: without a rule it is asked of all of them,
// without an id it is called after its file, without a day it is of the day on. An object without
// "facts" is taken for the facts themselves. Everything that is wrong in the folder is said at once.
func ReadCases(files fs.FS, shown string, on zhuanhua.Date) ([]*Case, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, zhuanhua.Unavailable(shown, "读不出文件夹 (the folder cannot be read)", "写案例所在的文件夹 (name the folder of the cases)", err)
	}
	var out []*Case
	var wrong []error
	for _, e := range entries {
		kind := path.Ext(e.Name())
		if e.IsDir() || kind != ".json" && kind != ".jsonl" {
			if !e.IsDir() && !strings.HasPrefix(e.Name(), "README") {
				wrong = append(wrong, invalid(path.Join(shown, e.Name()), "不是案例文件 (this is no file of cases)", "案例写成 .json 或 .jsonl (write cases as .json or .jsonl)"))
			}
			continue
		}
		cases, err := readFile(files, shown, e.Name(), on)
		out = append(out, cases...)
		wrong = append(wrong, err...)
	}
	out, twice := once(out)
	wrong = append(wrong, twice...)
	switch {
	case len(wrong) > 0:
		return nil, errors.Join(wrong...)
	case len(out) == 0:
		return nil, invalid(shown, "没有案例 (there are no cases)", "放入 .json 或 .jsonl 文件，格式见 examples/plan-cases/README.md (put in .json or .jsonl files; examples/plan-cases/README.md shows the form)")
	case len(out) > maxCases:
		return nil, invalid(shown, fmt.Sprintf("案例超过 %d 个 (more than %d cases)", maxCases, maxCases), "分几次试算 (try them in parts)")
	}
	return out, nil
}

func invalid(where, what, do string) error { return zhuanhua.Invalid(where, what, do) }

// readFile reads the cases of one file.
func readFile(files fs.FS, shown, name string, on zhuanhua.Date) (out []*Case, wrong []error) {
	where := path.Join(shown, name)
	data, err := readBounded(files, name)
	if err != nil {
		return nil, []error{zhuanhua.Unavailable(where, "文件读不出 (the file cannot be read)", "检查权限和大小，最大 64 MiB (check permission and size, at most 64 MiB)", err)}
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) || !utf8.Valid(data) {
		return nil, []error{invalid(where, "不是不带 BOM 的 UTF-8 (this is not UTF-8 without a byte order mark)", "另存为不带 BOM 的 UTF-8 (save it so)")}
	}
	base := strings.TrimSuffix(name, path.Ext(name))
	if path.Ext(name) == ".json" {
		c, err := readCase(data, base, where, on)
		if err != nil {
			return nil, []error{err}
		}
		return []*Case{c}, nil
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c, err := readCase(line, fmt.Sprintf("%s:%d", base, i+1), fmt.Sprintf("%s:%d", where, i+1), on)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		out = append(out, c)
	}
	return out, wrong
}

// readBounded reads one byte more than is allowed, which shows that a file is too large without reading it
// all.
func readBounded(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		return nil, errors.New("more than 64 MiB")
	}
	return data, err
}

// once refuses cases of one name: their answers could not be told apart.
func once(cases []*Case) (out []*Case, wrong []error) {
	seen := map[string]string{}
	for _, c := range cases {
		if first, ok := seen[c.ID]; ok {
			wrong = append(wrong, invalid(c.Where, fmt.Sprintf("案例 %q 重复，已见于 %s (the case %q is there twice, first in %s)", c.ID, first, c.ID, first), "改 id (rename it)"))
			continue
		}
		seen[c.ID] = c.Where
		out = append(out, c)
	}
	return out, wrong
}

// readCase reads one case, or plain facts. Facts alone are what `plan quote` takes, so a folder of such
// files can be tried as it is.
func readCase(data []byte, id, where string, on zhuanhua.Date) (*Case, error) {
	fields, err := object(data, where)
	if err != nil {
		return nil, err
	}
	c := &Case{ID: id, Where: where, On: on}
	if !slices.ContainsFunc(fields, func(f field) bool { return f.key == "facts" }) {
		c.known = fields
		return c, nil
	}
	for _, f := range fields {
		if err := c.take(f); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// take reads one key of a case.
func (c *Case) take(f field) (err error) {
	var text string
	if f.key != "facts" && json.Unmarshal(f.value, &text) != nil {
		return invalid(c.Where, fmt.Sprintf("%q 应是文字 (%q should be a text)", f.key, f.key), "加上引号 (put it in quotes)")
	}
	switch f.key {
	case "facts":
		c.known, err = object(f.value, c.Where+": facts")
		return err
	case "id":
		if c.ID = strings.TrimSpace(text); c.ID == "" || utf8.RuneCountInString(c.ID) > 100 {
			return invalid(c.Where, "id 是空的或太长 (the id is empty or too long)", "写 1 至 100 个字 (write 1 to 100 characters)")
		}
	case "rule":
		if text != "all" {
			c.Rules = []string{text}
		}
	case "on":
		day, ok := plan.ParseDay(text)
		if !ok {
			return invalid(c.Where, fmt.Sprintf("%q 不是日期 (%q is no date)", text, text), "写成 2026-06-30 (write it as 2026-06-30)")
		}
		c.On = day
	default:
		return invalid(c.Where, fmt.Sprintf("未知的键 %q (unknown key %q)", f.key, f.key), "可用的是 id、rule、on、facts (there are id, rule, on and facts)")
	}
	return nil
}

// object reads the keys of one JSON object in their order; a key written twice is refused.
func object(data []byte, where string) ([]field, error) {
	broken := func(why string) ([]field, error) {
		return nil, invalid(where, "不是正确的 JSON 对象 (this is no JSON object): "+why, `写成 {"id": "…", "rule": "R04", "on": "2026-06-30", "facts": {…}} (write it so)`)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return broken("no { at its beginning")
	}
	var out []field
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil || !ok {
			return broken(fmt.Sprintf("byte %d", d.InputOffset()))
		}
		if slices.ContainsFunc(out, func(f field) bool { return f.key == key }) {
			return nil, invalid(where, fmt.Sprintf("键 %q 重复 (the key %q is written twice)", key, key), "删去其中一个 (remove one of them)")
		}
		out = append(out, field{key, value})
	}
	if _, err := d.Token(); err != nil {
		return broken("it ends too early")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return broken("something follows it")
	}
	return out, nil
}

// rules are the rules that a case is asked of: the one it names, else all of either plan that ask for
// something it states. Of the others there is nothing to say but that everything is missing.
func (c *Case) rules(old, new *plan.Pack) ([]string, error) {
	if len(c.Rules) > 0 {
		if old.Rule(c.Rules[0]) == nil && new.Rule(c.Rules[0]) == nil {
			_, err := new.FactsOf(c.Rules[0]) // for the words and the suggestion
			return nil, c.wrong(err)
		}
		return c.Rules, nil
	}
	var out []string
	for _, r := range slices.Concat(new.Rules, old.Rules) {
		asks := slices.ContainsFunc(c.known, func(f field) bool { return r.Asks(f.key) })
		if asks && !slices.Contains(out, r.ID) {
			out = append(out, r.ID)
		}
	}
	return out, nil
}

// wrong puts the place of the case before what is wrong with it.
func (c *Case) wrong(err error) error { return fmt.Errorf("%s: %w", c.Where, err) }

// facts reads the facts as each plan knows them. What only one plan understands is not stated to the
// other, and noted; what neither understands is an error.
func (c *Case) facts(old, new *plan.Pack) (was, is plan.Facts, notes []plan.Text, err error) {
	was, is = plan.Facts{}, plan.Facts{}
	// Fact by fact: each plan takes what it understands, and one word that is new to the old plan does not
	// take the whole case away from the comparison.
	for _, f := range c.known {
		one := []byte(`{` + quoted(f.key) + `:` + string(f.value) + `}`)
		a, oldErr := old.ReadFacts(one, c.Where)
		b, newErr := new.ReadFacts(one, c.Where)
		switch {
		case oldErr != nil && newErr != nil:
			return nil, nil, nil, newErr
		case oldErr != nil:
			notes = append(notes, say("旧方案不认识 "+f.key+"，按未说明处理", "the old plan does not understand "+f.key+": not stated there"))
		case newErr != nil:
			notes = append(notes, say("新方案不认识 "+f.key+"，按未说明处理", "the new plan does not understand "+f.key+": not stated there"))
		}
		for id, v := range a {
			was[id] = v
		}
		for id, v := range b {
			is[id] = v
		}
	}
	return was, is, notes, nil
}

// quoted writes a key as JSON.
func quoted(key string) string {
	b, err := json.Marshal(key)
	if err != nil {
		return `""`
	}
	return string(b)
}
