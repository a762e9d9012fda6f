package book

import (
	"fmt"
	"html/template"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// builder says things in one language.
type builder struct {
	pack   *plan.Pack
	lang   plan.Lang
	states map[string]plan.ItemState
}

// funcs are what the pages call.
func (b *builder) funcs() template.FuncMap {
	return template.FuncMap{
		"head": b.head, "t": b.say, "in": b.in, "src": b.source, "money": b.exact, "day": b.longDay, "period": b.period,
		"dept": b.pack.Department, "by": b.offices, "state": b.state, "kind": b.kind, "carrier": b.carrier, "type": b.typeName,
		"percent": plan.Percent, "anchor": b.anchor, "sources": sources, "dict": dict,
		"there": b.there, "asked": b.asked,
	}
}

// dict hands several values to a part of a page.
func dict(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

// say chooses the words of the language.
func (b *builder) say(zh, en string) string { return plan.Text{ZH: zh, EN: en}.In(b.lang) }

func (b *builder) in(t plan.Text) string { return t.In(b.lang) }

// state is an item's state.
func (b *builder) state(item string) string { return b.states[item].State }

// kind is what sort of thing an item is.
func (b *builder) kind(k string) string {
	switch k {
	case "system":
		return b.say("体系", "System")
	case "people":
		return b.say("队伍", "People")
	case "data":
		return b.say("数据", "Data")
	case "ai":
		return b.say("智能", "AI")
	case "money":
		return b.say("资金", "Money")
	case "process":
		return b.say("流程", "Process")
	case "rule":
		return b.say("规则", "Rule")
	case "target":
		return b.say("目标", "Target")
	case "text":
		return b.say("说明", "Text")
	}
	return k
}

// carrier is the part of the program that carries an item.
func (b *builder) carrier(k string) string {
	switch k {
	case "register":
		return b.say("登记册", "register")
	case "workflow":
		return b.say("办理流程", "workflow")
	case "form":
		return b.say("表单", "form")
	case "indicator":
		return b.say("指标", "indicator")
	case "text":
		return b.say("文字", "text")
	}
	return strings.ToLower(b.kind(k))
}

// typeName is what sort of value a fact or a parameter holds.
func (b *builder) typeName(t plan.Type) string {
	switch t {
	case plan.TypeMoney:
		return b.say("金额", "amount")
	case plan.TypeShare:
		return b.say("比例", "rate")
	case plan.TypeCount:
		return b.say("数量", "number")
	case plan.TypeYear:
		return b.say("第几年", "year")
	case plan.TypeBool:
		return b.say("是或否", "yes or no")
	case plan.TypeRegion:
		return b.say("地区", "region")
	case plan.TypeDate:
		return b.say("日期", "date")
	case plan.TypeEnum:
		return b.say("选项", "choice")
	case plan.TypeNamed:
		return b.say("是否或名称", "yes, no or a name")
	}
	return string(t)
}

// exact is an amount to the fen: 5,000,000.00 元.
func (b *builder) exact(m zhuanhua.Money) string { return plan.MoneyText(m).In(b.lang) }

// short is an amount as people say it, and still exact: 500万元, CNY 5 million. Amounts that are not
// round stay in yuan.
func (b *builder) short(m zhuanhua.Money) string {
	units := []struct {
		size zhuanhua.Money
		name string
	}{{zhuanhua.YiYuan, "亿元"}, {zhuanhua.WanYuan, "万元"}}
	if b.lang == plan.EN {
		units[0].size, units[0].name = 1000*1000*1000*zhuanhua.Yuan, " billion"
		units[1].size, units[1].name = 1000*1000*zhuanhua.Yuan, " million"
	}
	for _, u := range units {
		n := big.NewRat(int64(m), int64(u.size))
		if digits, ends := n.FloatPrec(); m >= u.size && ends && digits <= 2 {
			return b.say("", "CNY ") + n.FloatString(digits) + u.name
		}
	}
	return b.exact(m)
}

// value is a parameter's or a target's value as people say it.
func (b *builder) value(x *plan.Parameter, v plan.Value) string {
	if v.Type == plan.TypeMoney {
		return b.short(v.Money)
	}
	return b.in(b.pack.ParameterText(x, v))
}

// longDay is a day as documents write it.
func (b *builder) longDay(d zhuanhua.Date) string {
	if d.IsZero() {
		return b.say("未写明", "not stated")
	}
	return b.say(fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day), fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year))
}

// period is the first and the last day on which something holds. A bound that is not given is the
// plan's own.
func (b *builder) period(p zhuanhua.Period) string {
	if p.From.IsZero() {
		p.From = b.pack.Valid.From
	}
	if p.To.IsZero() {
		p.To = b.pack.Valid.To
	}
	if p.To.IsZero() {
		return b.say(p.From.String()+" 起", "from "+p.From.String())
	}
	return b.say(p.From.String()+" 至 "+p.To.String(), p.From.String()+" to "+p.To.String())
}

// required is a target's bound in words, with the operator as the plan states it: 超过 leaves the number
// itself out, 以上 includes it.
func (b *builder) required(t *plan.Target) string {
	amount := t.Value.String() // as the plan states it, without separators
	if b.lang == plan.EN {
		amount = grouped(amount)
	}
	unit := b.in(t.Unit)
	if t.Value.Type == plan.TypeMoney {
		amount, unit = b.short(t.Value.Money), ""
	}
	if unit != "" {
		unit = b.say(unit, " "+unit)
	}
	if t.Op == ">" {
		return b.say("超过"+amount+unit, "more than "+amount+unit)
	}
	return b.say(amount+unit+"以上", amount+" or more"+unit)
}

// bound is the same in figures.
func (b *builder) bound(t *plan.Target) string {
	sign := "≥ "
	if t.Op == ">" {
		sign = "> "
	}
	if t.Value.Type == plan.TypeMoney {
		return sign + b.exact(t.Value.Money)
	}
	return sign + grouped(t.Value.String())
}

// grouped sets separators between thousands of a whole number; anything else stays as it is.
func grouped(s string) string {
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		return s
	}
	var out strings.Builder
	for i, d := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(d)
	}
	return out.String()
}

// office is a department named somewhere.
type office struct{ Code, Name string }

// offices are the departments that references name; one that the plan does not know keeps its code.
func (b *builder) offices(refs []plan.Ref) []office {
	var out []office
	for _, r := range refs {
		o := office{r.ID, r.ID}
		if d := b.pack.Department(r.ID); d != nil {
			o.Name = b.in(d.Name)
		}
		out = append(out, o)
	}
	return out
}

// cite is a source as the pages show it.
type cite struct{ Doc, Title, Article, Item string }

// source says where something is written. The plan itself is called "this plan": its title stands on
// the cover.
func (b *builder) source(s plan.Source) cite {
	c := cite{Doc: s.Doc, Title: s.Doc, Article: s.Article, Item: s.Item}
	switch d := b.pack.Document(s.Doc); {
	case s.Doc == b.pack.ValidSource.Doc:
		c.Title = b.say("本方案", "This plan")
	case d != nil:
		c.Title = b.say("《"+d.Title.ZH+"》", d.Title.EN)
	}
	if b.pack.Item(s.Item) == nil {
		c.Item = ""
	}
	return c
}

// sources lists where the words of a vocabulary are written, each place once.
func sources(v *plan.Vocabulary) []plan.Source {
	var out []plan.Source
	for _, w := range v.Values {
		s := w.Source
		s.At = plan.Pos{}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
