package match

import (
	"fmt"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/match/text"
)

// lowMaturity is the readiness up to which an achievement has only been shown in a laboratory
// (GB/T 22900: 4 is the laboratory level), which an enterprise should know.
const lowMaturity = 4

// thinText is how many characters an achievement needs before its text can be judged.
const thinText = 30

// objections lists what speaks against a pair; name gives the name of a region. What either side does not state raises none.
func objections(need, ach *analysed, numbers []compared, name func(zhuanhua.Region) string) []Objection {
	out := []Objection{}
	for i := range numbers {
		if numbers[i].verdict == text.Misses {
			out = append(out, numbers[i].objection())
		}
	}
	n, a := &need.doc.Facts, &ach.doc.Facts
	byRegion := func(n, a *Facts) (Objection, bool) { return againstRegion(n, a, name) }
	for _, check := range []func(n, a *Facts) (Objection, bool){againstMaturity, againstMode, againstPrice, byRegion, againstRight} {
		if o, ok := check(n, a); ok {
			out = append(out, o)
		}
	}
	if o, ok := againstMissing(need, ach); ok {
		out = append(out, o)
	}
	if ach.length() < thinText {
		out = append(out, Objection{AgainstThin, "成果材料只有简短文字，判断依据有限，请向持有单位索取详情"})
	}
	return out
}

func againstMaturity(n, a *Facts) (Objection, bool) {
	switch {
	case a.Maturity == 0:
		return Objection{}, false
	case n.Maturity > a.Maturity:
		return Objection{AgainstMaturity, fmt.Sprintf("成熟度不足：需求要求TRL%d以上，成果为TRL%d", n.Maturity, a.Maturity)}, true
	case n.Maturity == 0 && a.Maturity <= lowMaturity:
		return Objection{AgainstMaturity, fmt.Sprintf("成熟度较低：成果为TRL%d，尚处实验室阶段", a.Maturity)}, true
	}
	return Objection{}, false
}

func againstMode(n, a *Facts) (Objection, bool) {
	if len(n.Modes) == 0 || len(a.Modes) == 0 || slices.ContainsFunc(n.Modes, func(m zhuanhua.Mode) bool { return slices.Contains(a.Modes, m) }) {
		return Objection{}, false
	}
	return Objection{AgainstMode, "合作方式不一致：需求希望" + modeWords(n.Modes) + "，成果方提供" + modeWords(a.Modes)}, true
}

func modeWords(modes []zhuanhua.Mode) string {
	words := make([]string, len(modes))
	for i, m := range modes {
		words[i] = string(m)
	}
	return strings.Join(words, "、")
}

func againstPrice(n, a *Facts) (Objection, bool) {
	if n.Budget == nil || a.Price == nil || *a.Price <= *n.Budget {
		return Objection{}, false
	}
	return Objection{AgainstPrice, fmt.Sprintf("价格高于预算：意向价格%s万元，预算%s万元", a.Price.Wan(), n.Budget.Wan())}, true
}

func againstRegion(n, a *Facts, name func(zhuanhua.Region) string) (Objection, bool) {
	if n.Region == "" || a.Landing == "" || n.Region.Province() == a.Landing.Province() {
		return Objection{}, false
	}
	return Objection{AgainstRegion, "落地地区不同：成果落地" + name(a.Landing) + "，需求在" + name(n.Region)}, true
}

func againstRight(_, a *Facts) (Objection, bool) {
	if len(a.Expired) == 0 {
		return Objection{}, false
	}
	return Objection{AgainstRight, "知识产权已失效：" + strings.Join(a.Expired, "；")}, true
}

// againstMissing names the need's own keywords of which the achievement says nothing at all.
func againstMissing(need, ach *analysed) (Objection, bool) {
	said := map[text.Term]bool{}
	for i := range ach.parts {
		for _, t := range ach.parts[i].tokens {
			said[t.Term] = true
		}
	}
	var missing []string
	for i := range need.parts {
		p := &need.parts[i]
		if p.Role != RoleKeywords {
			continue
		}
		for _, word := range strings.FieldsFunc(p.Raw, func(r rune) bool { return strings.ContainsRune("；;，,、|/ \t\n", r) }) {
			terms := text.Terms(word)
			if len(terms) > 0 && !slices.ContainsFunc(terms, func(t text.Term) bool { return said[t] }) {
				missing = append(missing, word)
			}
		}
	}
	if len(missing) == 0 {
		return Objection{}, false
	}
	return Objection{AgainstMissing, "成果未提及：" + strings.Join(missing[:min(5, len(missing))], "、")}, true
}

// length is the number of folded characters of all parts.
func (a *analysed) length() int {
	n := 0
	for i := range a.parts {
		n += len(a.parts[i].folded.Runes)
	}
	return n
}
