package plan

import (
	"math/big"
	"strconv"
	"strings"

	"zhuanhua"
)

// yuanText writes an exact number of fen in yuan with separators: "5,000,000.00". Parts of a fen show
// as further decimals; a fraction that no decimal ends is cut after eight and marked with ….
func yuanText(fen *big.Rat) string {
	if fen.IsInt() && fen.Num().IsInt64() && fen.Sign() >= 0 { // nearly always, and many times faster
		n := fen.Num().Int64()
		return grouped(strconv.FormatInt(n/100, 10)) + "." + strconv.Itoa(int(n%100/10)) + strconv.Itoa(int(n%10))
	}
	// A step may hold parts of a fen; showing them is the point of a trace.
	r := new(big.Rat).Quo(fen, big.NewRat(100, 1))
	digits, exact := r.FloatPrec()
	more := ""
	if !exact {
		digits, more = 8, "…"
	}
	whole, part, _ := strings.Cut(r.FloatString(max(digits, 2)), ".")
	return grouped(whole) + "." + part + more
}

// grouped sets separators between thousands.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// MoneyText is an amount in words for people: "5,000,000.00 元", "5,000,000.00 yuan".
func MoneyText(m zhuanhua.Money) Text { return ratMoneyText(fenRat(m)) }

// ExactMoneyText is MoneyText for sums and differences, which may be negative or too large for an amount.
func ExactMoneyText(fen *big.Rat) Text { return ratMoneyText(fen) }

func ratMoneyText(fen *big.Rat) Text {
	s := yuanText(fen)
	return say(s+" 元", s+" yuan")
}

func fenRat(m zhuanhua.Money) *big.Rat { return new(big.Rat).SetInt64(int64(m)) }

// notStated is what stands in place of a fact that is missing.
func notStated() Text { return say("未说明", "not stated") }

// yesNo is true and false in words.
func yesNo(b bool) Text {
	if b {
		return say("是", "yes")
	}
	return say("否", "no")
}

// same is a text that is the same in both languages.
func same(s string) Text { return Text{ZH: s, EN: s} }

// valueText is a value in words. Codes are looked up in the pack.
func (p *Pack) valueText(v Value, vocabulary string) Text {
	switch v.Type {
	case TypeMoney:
		return MoneyText(v.Money)
	case TypeShare:
		return same(Percent(v.Share))
	case TypeBool:
		return yesNo(v.Bool)
	case TypeNamed:
		if v.Code == "" {
			return yesNo(v.Bool)
		}
	case TypeRegion:
		return p.regionText(v.Code)
	case TypeEnum:
		if word := p.Vocabulary(vocabulary).Find(v.Code); word != nil {
			return say(word.Name.ZH, word.Name.EN)
		}
	}
	return same(v.String())
}

// regionText is a region with its name and its code: names repeat across provinces, codes say nothing
// to people. An invented region stands in no table but its own plan's, so the plan's list is asked too.
func (p *Pack) regionText(code string) Text {
	if name := p.regionName(zhuanhua.Region(code)); name != "" {
		return say(name+" "+code, code+" "+name)
	}
	if word := p.Vocabulary("region").Find(code); word != nil {
		return say(word.Name.ZH+" "+code, word.Name.EN+" "+code)
	}
	return same(code)
}

// SourceText says in words where something is written: the document's title, the article, the item.
func (p *Pack) SourceText(s Source) Text {
	t := same(s.Doc)
	if d := p.Document(s.Doc); d != nil {
		t = say("《"+d.Title.ZH+"》", d.Title.EN)
	}
	if s.Article != "" {
		t = say(t.ZH+s.Article, t.EN+", "+s.Article)
	}
	if s.Item != "" {
		t = say(t.ZH+"（"+s.Item+"）", t.EN+" ("+s.Item+")")
	}
	return t
}
