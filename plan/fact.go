package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"zhuanhua"
)

// Facts are what is known of a case, by the ids of the facts. What is missing is not stated.
type Facts map[string]Value

// maxFactsBytes bounds a file of facts.
// A case has a few dozen facts; a megabyte is a mistake or an attack.
const maxFactsBytes = 1 << 20

// raw is a value as a giver wrote it.
type raw struct {
	kind byte // 's' text, 'n' number, 'b' true or false, 'o' anything else
	text string
}

// problem is why a value is refused, and how to write it.
// Both parts are needed: what is wrong alone leaves a person alone.
type problem struct{ what, do Text }

func refuse(what, do Text) *problem { return &problem{what, do} }

// ReadFacts reads a JSON object of facts. Every fact must be one of the plan's, of its type and
// sign; null and a missing key both mean that it is not stated. where names the file in errors.
func (p *Pack) ReadFacts(data []byte, where string) (Facts, error) {
	values, err := rawObject(data, where)
	if err != nil {
		return nil, err
	}
	out := Facts{}
	for _, kv := range values {
		f := p.Fact(kv.key)
		if f == nil {
			return nil, invalid(where, say("未知的事实 "+raw{'s', kv.key}.shown(), "unknown fact "+raw{'s', kv.key}.shown()), p.factHint(kv.key))
		}
		if kv.null {
			continue
		}
		v, bad := p.parseFact(f, kv.raw)
		if bad != nil {
			return nil, invalid(where+": "+f.ID, bad.what, bad.do)
		}
		out[f.ID] = v
	}
	return out, nil
}

func (p *Pack) factHint(id string) Text {
	if t := meant(id, factIDs(p.Facts)); !t.IsZero() {
		return t
	}
	return say("zhuanhua plan facts 规则编号 列出可用的事实", "zhuanhua plan facts RULE lists the facts of a rule")
}

// invalid is an error in both languages that the giver can mend.
func invalid(where string, what, do Text) error {
	return zhuanhua.Invalid(where, what.Both(), do.Both())
}

// keyValue is one key of a file of facts; null is kept apart from a missing key only to be read as one.
type keyValue struct {
	key  string
	raw  raw
	null bool
}

// rawObject reads the keys of one flat JSON object; a key written twice is refused, which
// encoding/json alone would pass over.
func rawObject(data []byte, where string) ([]keyValue, error) {
	bad := func(zh, en string) ([]keyValue, error) {
		return nil, invalid(where, say(zh, en), say("写一个 JSON 对象，如 {\"contract_registered\": true}，存为不带 BOM 的 UTF-8", "write one JSON object such as {\"contract_registered\": true}, as UTF-8 without a byte order mark"))
	}
	switch {
	case len(data) > maxFactsBytes:
		return bad("文件超过 1 MiB", "the file is larger than 1 MiB")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return bad("文件以 BOM 开头", "the file begins with a byte order mark")
	case !utf8.Valid(data):
		return bad("文件不是 UTF-8", "the file is not UTF-8")
	}
	// Token by token, as only that shows a key written twice and the place where the text breaks.
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return bad("内容不是 JSON 对象", "this is no JSON object")
	}
	var out []keyValue
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		var message json.RawMessage
		if err == nil {
			err = d.Decode(&message)
		}
		if err != nil || !ok {
			return bad(fmt.Sprintf("JSON 在第 %d 字节处有误", d.InputOffset()), fmt.Sprintf("the JSON is broken at byte %d", d.InputOffset()))
		}
		if seen[key] {
			return bad("键 "+raw{'s', key}.shown()+" 重复", "the key "+raw{'s', key}.shown()+" is written twice")
		}
		seen[key] = true
		out = append(out, readRaw(key, message))
	}
	if _, err := d.Token(); err != nil {
		return bad("JSON 没有写完", "the JSON ends too early")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad("JSON 对象之后还有内容", "something follows the JSON object")
	}
	return out, nil
}

// readRaw keeps a value as it was written: 1 and "1" differ, 1e3 is no whole number of fen, and a large
// number must not pass through a float on its way.
func readRaw(key string, m json.RawMessage) keyValue {
	text := string(bytes.TrimSpace(m))
	switch {
	case text == "null":
		return keyValue{key: key, null: true}
	case text == "true", text == "false":
		return keyValue{key: key, raw: raw{'b', text}}
	case text[0] == '"':
		var s string
		if json.Unmarshal(m, &s) == nil {
			return keyValue{key: key, raw: raw{'s', s}}
		}
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		return keyValue{key: key, raw: raw{'n', text}}
	}
	return keyValue{key: key, raw: raw{'o', text}}
}

// fact reads a fact of a trial. People write money with its unit and shares in percent; YAML's own
// guess whether 450100 is a number does not matter.
func (n node) fact(p *Pack, f *Fact) (Value, bool) {
	s, ok := n.scalar()
	if !ok {
		return Value{}, false
	}
	r := raw{'s', s}
	switch {
	case f.Type == TypeMoney || f.Type == TypeShare:
		v := n.value(f.Type, s)
		return v, true
	// YAML has decided that a plain true is a truth and "true" a text; in trials as in facts, a truth is
	// never a text.
	case n.y.Tag == "!!bool":
		r.kind = 'b'
	case n.y.Tag == "!!int" && n.y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && f.Type != TypeRegion:
		r.kind = 'n'
	}
	v, bad := p.parseFact(f, r)
	if bad != nil {
		n.fault(say(f.ID+"："+bad.what.ZH, f.ID+": "+bad.what.EN), bad.do)
		return Value{}, false
	}
	return v, true
}

// parseFact reads one fact as programs write it: money in fen, shares as decimals.
func (p *Pack) parseFact(f *Fact, r raw) (Value, *problem) {
	v := Value{Type: f.Type}
	var bad *problem
	switch f.Type {
	case TypeMoney:
		v.Money, bad = parseFen(r)
	case TypeShare:
		v.Share, bad = parseShare(r)
	case TypeCount, TypeYear:
		v.Count, bad = parseCount(r)
	case TypeBool:
		v.Bool, bad = parseBool(r)
	case TypeRegion:
		v.Code, bad = p.parseRegion(r)
	case TypeDate:
		v.Date, bad = parseDate(r)
	case TypeEnum:
		v.Code, bad = p.parseCode(f, r)
	case TypeNamed:
		v.Bool, v.Code, bad = parseNamed(r)
	}
	return v, bad
}

// shown is a value as it was found, cut short.
func (r raw) shown() string {
	text := []rune(r.text)
	// Messages go to terminals and logs; a megabyte of somebody's value does not belong there.
	if len(text) > 60 {
		text = append(text[:60], '…')
	}
	if r.kind == 's' {
		return fmt.Sprintf("%q", string(text))
	}
	return string(text)
}

// isNot is the usual complaint about a value.
func (r raw) isNot(zh, en string) Text { return say(r.shown()+" 不是"+zh, r.shown()+" is no "+en) }

// parseFen reads whole fen. A unit is refused rather than read: in a file of facts 500 万元 and 500 must
// not both be possible.
func parseFen(r raw) (zhuanhua.Money, *problem) {
	do := say(`金额写分，整数或字符串：1 元写 100 或 "100"`, `write money in whole fen, as an integer or a string: 1 yuan is 100 or "100"`)
	digits, negative := strings.CutPrefix(r.text, "-")
	n := new(big.Int)
	if len(digits) <= 400 { // reading longer ones would cost more than refusing them
		n.SetString(digits, 10)
	}
	switch {
	case r.kind != 's' && r.kind != 'n':
		return 0, refuse(r.isNot("金额", "amount"), do)
	// A sum with its unit is the likeliest slip, and gets words of its own.
	case len(digits) > 400 || !wholeForm.MatchString(digits):
		if _, what := parseAmount(r.text); what.IsZero() {
			return 0, refuse(say(r.shown()+" 带有单位，这里以分为单位", r.shown()+" carries a unit; the unit here is fen"), do)
		}
		return 0, refuse(r.isNot("以分为单位的整数", "whole number of fen"), do)
	case negative:
		return 0, refuse(say("金额 "+r.shown()+" 为负", "the amount "+r.shown()+" is negative"), say("金额不能小于 0", "money is never below 0"))
	case !n.IsInt64():
		return 0, refuse(say("金额 "+r.shown()+" 超出范围", "the amount "+r.shown()+" is out of range"), say("最多 9223372036854775807 分", "at most 9223372036854775807 fen"))
	}
	return zhuanhua.Money(n.Int64()), nil
}

// parseShare reads a share as a decimal text: a JSON number would have been a binary fraction somewhere.
func parseShare(r raw) (*big.Rat, *problem) {
	do := say(`写 0 到 1 之间的小数字符串，如 "0.7"`, `write a decimal string from 0 to 1, such as "0.7"`)
	x, ok := parseDecimal(r.text)
	switch {
	case r.kind != 's' || !ok:
		return new(big.Rat), refuse(r.isNot("小数字符串", "decimal string"), do)
	case x.Cmp(big.NewRat(1, 1)) > 0:
		return x, refuse(say(r.shown()+" 大于 1", r.shown()+" is above 1"), do)
	}
	return x, nil
}

// parseCount reads a whole number, of years or jobs: nothing counted here reaches a billion.
func parseCount(r raw) (int64, *problem) {
	n, ok := parseWhole(r.text)
	if r.kind != 's' && r.kind != 'n' || !ok || n > 1_000_000_000 {
		return 0, refuse(r.isNot("整数", "whole number"), say("写整数，如 3", "write a whole number such as 3"))
	}
	return n, nil
}

// parseBool takes true and false alone: "no" and 0 are guesses, and a guess could make somebody eligible.
func parseBool(r raw) (bool, *problem) {
	if r.kind != 'b' {
		return false, refuse(r.isNot(" true 或 false", "true or false"), say("不加引号写 true 或 false", "write true or false without quotes"))
	}
	return r.text == "true", nil
}

// parseDate reads a day that exists.
func parseDate(r raw) (zhuanhua.Date, *problem) {
	d, ok := parseDay(r.text)
	if r.kind != 's' || !ok {
		return d, refuse(r.isNot("日期", "date"), say(`写成 "2026-03-01"，须为 1900 至 2200 年间存在的一天`, `write it as "2026-03-01", a day that exists, from 1900 to 2200`))
	}
	return d, nil
}

// parseCode reads a word of the fact's list.
func (p *Pack) parseCode(f *Fact, r raw) (string, *problem) {
	vocabulary := p.Vocabulary(f.Vocabulary.ID)
	if vocabulary == nil && r.kind == 's' {
		return r.text, nil // only while a pack is being read: the checker refuses the fact, where the fault lies
	}
	if r.kind != 's' || vocabulary.Find(r.text) == nil {
		return "", refuse(say(r.shown()+" 不在“"+f.Title.ZH+"”的可选值之内", r.shown()+" is no value of \""+f.Title.EN+"\""), meant(r.text, vocabulary.Codes()).or(say("可用的词见 vocabularies.yaml 的 "+f.Vocabulary.ID, "vocabularies.yaml lists the words, under "+f.Vocabulary.ID)))
	}
	return r.text, nil
}

// parseRegion reads a code and suggests the one that belongs to a name; it never guesses by itself, as
// names repeat across provinces.
func (p *Pack) parseRegion(r raw) (string, *problem) {
	do := say(`写 6 位行政区划代码的字符串（如 "450100"）或两位大写国家代码（如 "VN"）`, `write six digits of GB/T 2260 as a string ("450100") or a country in two capitals ("VN")`)
	region := zhuanhua.Region(r.text)
	switch {
	// Inside or outside of a province is what rules ask, and the country alone does not answer it.
	case r.kind == 's' && region == "CN":
		return "", refuse(say(`"CN" 没有说明是哪个省`, `"CN" does not say which province`), do)
	case r.kind == 's' && p.knows(region):
		return r.text, nil
	case r.kind == 's' && p.regions != nil:
		if code, ok := p.regions.RegionOf(r.text); ok {
			do = say(fmt.Sprintf("是不是 %q？", code), fmt.Sprintf("did you mean %q?", code))
		}
	}
	return "", refuse(say(r.shown()+" 不是已知地区的代码", r.shown()+" is no code of a known region"), do)
}

// parseNamed reads whether there is a thing: true, false, or its name. Words for yes and no are
// refused: "no" must not pass for a name.
func parseNamed(r raw) (bool, string, *problem) {
	switch {
	case r.kind == 'b':
		return r.text == "true", "", nil
	// Four characters keep "否", "no" and "none" from passing for the name of a document.
	case r.kind == 's' && utf8.RuneCountInString(r.text) >= 4 && utf8.RuneCountInString(r.text) <= 200 && !strings.EqualFold(r.text, "true") && !strings.EqualFold(r.text, "false") && strings.TrimSpace(r.text) == r.text:
		return true, r.text, nil
	}
	return false, "", refuse(r.isNot(" true、false 或名称", "true, false or name"), say("写 true、false，或写出名称、文号（至少 4 个字）", "write true, false, or the name or number (4 characters at least)"))
}
