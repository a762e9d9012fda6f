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

// objections lists what speaks against a pair; name gives the name of a region. What either side does
// not state raises none.
func objections(need, ach *analysed, numbers []compared, name func(zhuanhua.Region) string) []Objection {
	out := []Objection{}
	unclear := 0
	for i := range numbers {
		switch numbers[i].verdict {
		case text.Misses:
			out = append(out, numbers[i].objection())
		case text.Incomparable:
			if unclear++; unclear <= mostUnclear {
				out = append(out, numbers[i].objection())
			}
		}
	}
	n, a := &need.doc.Facts, &ach.doc.Facts
	for _, check := range []func() (Objection, bool){
		func() (Objection, bool) { return againstMaturity(need, ach) },
		func() (Objection, bool) { return againstMode(n, a) },
		func() (Objection, bool) { return againstPrice(n, a) },
		func() (Objection, bool) { return againstRegion(n, a, name) },
		func() (Objection, bool) { return againstRight(n, a) },
		func() (Objection, bool) { return againstMissing(need, ach) },
	} {
		if o, ok := check(); ok {
			out = append(out, o)
		}
	}
	if ach.length() < thinText {
		out = append(out, Objection{Kind: AgainstThin, Message: "成果材料只有简短文字，判断依据有限，请向持有单位索取详情",
			English: "the achievement's text is too short to judge by; ask its holder for more"})
	}
	return out
}

// mostUnclear is how many figures that cannot be compared are named.
const mostUnclear = 2

// againstMaturity sets what the need asks for, as a level or in words, beside how far the achievement
// has come.
func againstMaturity(need, ach *analysed) (Objection, bool) {
	n, a := &need.doc.Facts, &ach.doc.Facts
	if n.Maturity > a.Maturity && a.Maturity != 0 {
		return Objection{Kind: AgainstMaturity, Message: fmt.Sprintf("成熟度不足：需求要求TRL%d以上，成果为TRL%d", n.Maturity, a.Maturity),
			English: fmt.Sprintf("not mature enough: wanted TRL %d or more, offered TRL %d", n.Maturity, a.Maturity)}, true
	}
	has, quoted := reached(ach)
	wants := need.stage
	if n.Maturity != 0 {
		wants = said{stage: stageOfLevel(n.Maturity)}
	}
	switch {
	case has != unstated && wants.stage > has:
		return Objection{Kind: AgainstMaturity, Need: wants.span(), Achievement: quoted,
			Message: "成熟度不足：需求要" + wants.stage.chinese() + inQuotes(wants.span()) + "，成果处于" + has.chinese() + levelIn(a) + inQuotes(quoted),
			English: "not mature enough: wanted " + wants.stage.english() + ", offered " + has.english()}, true
	case n.Maturity == 0 && a.Maturity != 0 && a.Maturity <= lowMaturity:
		return Objection{Kind: AgainstMaturity, Achievement: quoted, Message: fmt.Sprintf("成熟度较低：成果为TRL%d，尚处实验室阶段", a.Maturity),
			English: fmt.Sprintf("of low maturity: TRL %d, shown in a laboratory only", a.Maturity)}, true
	}
	return Objection{}, false
}

func inQuotes(s *Span) string {
	if s == nil {
		return ""
	}
	return "“" + s.Text + "”"
}

func levelIn(a *Facts) string {
	if a.Maturity == 0 {
		return ""
	}
	return fmt.Sprintf("TRL%d", a.Maturity)
}

func againstMode(n, a *Facts) (Objection, bool) {
	if len(n.Modes) == 0 || len(a.Modes) == 0 || slices.ContainsFunc(n.Modes, func(m zhuanhua.Mode) bool { return slices.Contains(a.Modes, m) }) {
		return Objection{}, false
	}
	return Objection{Kind: AgainstMode, Message: "合作方式不一致：需求希望" + modeWords(n.Modes, "、", false) + "，成果方提供" + modeWords(a.Modes, "、", false),
		English: "no common way of cooperation: wanted " + modeWords(n.Modes, ", ", true) + "; offered " + modeWords(a.Modes, ", ", true)}, true
}

func modeWords(modes []zhuanhua.Mode, between string, english bool) string {
	words := make([]string, len(modes))
	for i, m := range modes {
		words[i] = string(m)
		if e := modeEnglish[m]; english && e != "" {
			words[i] = e
		}
	}
	return strings.Join(words, between)
}

var modeEnglish = map[zhuanhua.Mode]string{
	zhuanhua.ModeAssignment: "assignment", zhuanhua.ModeLicence: "licence", zhuanhua.ModeEquity: "equity for technology",
	zhuanhua.ModeJoint: "joint development", zhuanhua.ModeService: "technical service", zhuanhua.ModeConsulting: "technical consulting",
}

func againstPrice(n, a *Facts) (Objection, bool) {
	if n.Budget == nil || a.Price == nil || *a.Price <= *n.Budget {
		return Objection{}, false
	}
	return Objection{Kind: AgainstPrice, Message: fmt.Sprintf("价格高于预算：意向价格%s万元，预算%s万元", a.Price.Wan(), n.Budget.Wan()),
		English: fmt.Sprintf("dearer than the budget: %s against %s (10,000 yuan)", a.Price.Wan(), n.Budget.Wan())}, true
}

func againstRegion(n, a *Facts, name func(zhuanhua.Region) string) (Objection, bool) {
	if n.Region == "" || a.Landing == "" || n.Region.Province() == a.Landing.Province() {
		return Objection{}, false
	}
	return Objection{Kind: AgainstRegion, Message: "落地地区不同：成果落地" + name(a.Landing) + "，需求在" + name(n.Region),
		English: "elsewhere: landed in " + string(a.Landing) + ", needed in " + string(n.Region)}, true
}

// againstRight names rights that have ended, and those that end before the need's own deadline.
func againstRight(n, a *Facts) (Objection, bool) {
	if len(a.Expired) > 0 {
		return Objection{Kind: AgainstRight, Message: "知识产权已失效：" + strings.Join(a.Expired, "；"),
			English: fmt.Sprintf("%d intellectual-property rights have ended", len(a.Expired))}, true
	}
	for _, r := range a.Rights {
		if !r.Until.IsZero() && !n.Deadline.IsZero() && r.Until.Before(n.Deadline) {
			return Objection{Kind: AgainstRight, Message: "知识产权将在需求截止（" + n.Deadline.String() + "）之前到期：" + r.Text,
				English: "a right ends on " + r.Until.String() + ", before the need's deadline"}, true
		}
	}
	return Objection{}, false
}

// againstMissing names the need's own keywords of which the achievement says nothing at all.
func againstMissing(need, ach *analysed) (Objection, bool) {
	words := need.keywords()
	if len(words) == 0 {
		return Objection{}, false
	}
	said := map[text.Term]bool{}
	for i := range ach.parts {
		for _, t := range ach.parts[i].tokens {
			said[t.Term] = true
		}
	}
	var missing []string
	for _, word := range words {
		terms := text.Terms(word)
		if len(terms) > 0 && !slices.ContainsFunc(terms, func(t text.Term) bool { return said[t] }) {
			missing = append(missing, word)
		}
	}
	if len(missing) == 0 {
		return Objection{}, false
	}
	named := strings.Join(missing[:min(5, len(missing))], "、")
	return Objection{Kind: AgainstMissing, Message: "成果未提及：" + named, English: "not mentioned by the achievement: " + named}, true
}

// keywords are those that a document has by itself.
func (a *analysed) keywords() (words []string) {
	for i := range a.parts {
		if p := &a.parts[i]; p.Role == RoleKeywords {
			words = append(words, strings.FieldsFunc(p.Raw, func(r rune) bool { return strings.ContainsRune("；;，,、|/ \t\n", r) })...)
		}
	}
	return words
}

// length is the number of folded characters of all parts.
func (a *analysed) length() int {
	n := 0
	for i := range a.parts {
		n += len(a.parts[i].folded.Runes)
	}
	return n
}
