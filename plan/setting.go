package plan

import (
	"math/big"
	"strings"

	"zhuanhua"
)

// Settings are values that an officer sets for parameters, by their full names ("R01.rate").
type Settings map[string]string

// ReadSettings reads "R01.rate=0.05" pairs, as a command line gives them. A name given twice is
// refused; names and values are checked where they are used.
func ReadSettings(pairs []string) (Settings, error) {
	out := Settings{}
	// Twice the same name is a contradiction, and taking the last would hide it.
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if _, twice := out[name]; !ok || name == "" || value == "" || twice {
			return nil, invalid("--set "+raw{'s', pair}.shown(), say("设定写法不对或重复", "this setting is not written rightly, or given twice"), say("写成 R01.rate=0.05", "write it as R01.rate=0.05"))
		}
		out[name] = value
	}
	return out, nil
}

// setting reads one setting of a rule's parameter.
func (p *Pack) setting(r *Rule, name, value string) (Value, *problem) {
	id, param, _ := strings.Cut(name, ".")
	x := r.Parameter(param)
	// A setting that changes nothing would be believed.
	if id != r.ID || x == nil {
		var names []string
		for _, q := range parameterNames(r) {
			names = append(names, r.ID+"."+q)
		}
		do := meant(name, names)
		if do.IsZero() {
			do = say("规则 "+r.ID+" 没有可设定的参数", "the rule "+r.ID+" has no parameters")
		}
		shown := raw{'s', name}.shown()
		return Value{}, refuse(say("规则 "+r.ID+" 没有参数 "+shown, "the rule "+r.ID+" has no parameter "+shown), do)
	}
	v, bad := x.parse(value)
	if bad != nil {
		bad.what = say(name+"："+bad.what.ZH, name+": "+bad.what.EN)
	}
	return v, bad
}

// parse reads a value for a parameter, as an officer writes it: a rate as 0.05 or 5%, money in fen
// or with its unit.
func (p *Parameter) parse(s string) (Value, *problem) {
	v := Value{Type: p.Type}
	var what, do Text
	switch p.Type {
	case TypeShare:
		if v.Share, what = parseRate(s); v.Share == nil {
			v.Share = new(big.Rat)
		}
		do = rateForm()
	case TypeMoney:
		// Officers write 500 万元, programs fen.
		if v.Money, what = parseAmount(s); what.IsZero() {
			break
		}
		var bad *problem
		if v.Money, bad = parseFen(raw{'s', s}); bad == nil {
			what = Text{}
		} else {
			return v, bad
		}
	case TypeCount:
		n, bad := parseCount(raw{'s', s})
		v.Count = n
		return v, bad
	case TypeBool:
		v.Bool = s == "true"
		if s != "true" && s != "false" {
			shown := raw{'s', s}.shown()
			what, do = say(shown+" 不是 true 或 false", shown+" is neither true nor false"), say("写 true 或 false", "write true or false")
		}
	case TypeEnum:
		codes := (&Vocabulary{Values: p.Choices}).Codes()
		if v.Code = s; (&Vocabulary{Values: p.Choices}).Find(s) == nil {
			shown := raw{'s', s}.shown()
			what, do = say(shown+" 不是可选值", shown+" is none of the allowed values"), meant(s, codes)
		}
	}
	if !what.IsZero() {
		return v, refuse(what, do)
	}
	return v, nil
}

// parameters are the values of a rule's parameters on a day: set by an officer, stated by the plan,
// or assumed; those without a value are listed in unset.
func (p *Pack) parameters(r *Rule, on zhuanhua.Date, set Settings) (values map[string]Value, unset []string, err error) {
	// What an officer sets goes before what the plan states or assumes: that is what setting is for, and the
	// answer shows it.
	values = make(map[string]Value, len(r.Parameters))
	for _, name := range sortedKeys(set) {
		v, bad := p.setting(r, name, set[name])
		if bad != nil {
			return nil, nil, invalid("--set", bad.what, bad.do)
		}
		_, param, _ := strings.Cut(name, ".")
		values[param] = v
	}
	for _, x := range r.Parameters {
		if _, ok := values[x.Name]; ok {
			continue
		}
		// The day chooses: a rate that changed in March leaves February as it was.
		if s := x.On(on); s != nil {
			values[x.Name] = s.Value
		} else {
			unset = append(unset, r.ID+"."+x.Name)
		}
	}
	return values, unset, nil
}
