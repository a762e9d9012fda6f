package report

import (
	"fmt"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
)

// notGiven is the word for what a record does not say: never 0, a dash or a blank.
const notGiven = "未提供"

// noMatch is the sentence for a need without a proposal.
const noMatch = "库中暂无合适成果"

// noGood is the sentence for a need with proposals of which none is a good match.
const noGood = "没有较强相关以上的成果，下列仅供参考"

// lacks says in words what the library lacks for a need.
func lacks(n *match.NoGood) []string {
	if n == nil {
		return nil
	}
	var out []string
	if len(n.Missing) > 0 {
		out = append(out, "库中没有任何成果提到："+brief(strings.Join(n.Missing, "、"), maxLine))
	}
	if len(n.Indicators) > 0 {
		out = append(out, "库中没有任何成果给出这些指标："+brief(strings.Join(n.Indicators, "、"), maxLine))
	}
	return out
}

// fallWords says by how much a score falls without a passage.
func fallWords(fall *float64) string {
	switch {
	case fall == nil:
		return ""
	case *fall >= 0.005:
		return fmt.Sprintf("去掉这一段，匹配度下降%.2f", *fall)
	case *fall <= -0.005:
		return fmt.Sprintf("去掉这一段，匹配度反而上升%.2f", -*fall)
	}
	return "去掉这一段，匹配度几乎不变"
}

// levelWord is what a reader is told about one level.
type levelWord struct {
	Level   match.Level
	Chinese string
	English string
	Best    string // the heading of the needs whose best match has this level
	Meaning string
}

func levels() []levelWord {
	return []levelWord{
		{match.Strong, match.Strong.Chinese(), "Strong match", "有强相关成果", "要解决的和能提供的是同一件事，关键表述或指标能对上，可优先联系"},
		{match.Fair, match.Fair.Chinese(), "Fair match", "最好为较强相关", "主题一致，部分要点能对上，先核对差异再联系"},
		{match.Weak, match.Weak.Chinese(), "Weak match", "只有弱相关", "只有局部相近，用来拓宽思路，不宜直接对接"},
		{match.None, "暂无", "No match", "暂无合适成果", "库中没有比“无相关”更好的成果"},
	}
}

func wordOf(l match.Level) levelWord {
	for _, w := range levels() {
		if w.Level == l {
			return w
		}
	}
	return levels()[3]
}

// shown reports whether a level is a proposal.
func shown(l match.Level) bool { return l == match.Strong || l == match.Fair || l == match.Weak }

func kindWord(kind string) string {
	switch kind {
	case match.ReasonPhrase:
		return "共同表述"
	case match.ReasonPassage:
		return "语义相近"
	case match.ReasonNumber:
		return "指标对比"
	case match.ReasonField:
		return "领域一致"
	}
	return "其他依据"
}

func againstWord(kind string) string {
	switch kind {
	case match.AgainstRegion:
		return "地域"
	case match.AgainstMaturity:
		return "成熟度"
	case match.AgainstMode:
		return "合作方式"
	case match.AgainstPrice:
		return "价格"
	case match.AgainstRight:
		return "权利"
	case match.AgainstNumber:
		return "指标"
	case match.AgainstUnclear:
		return "待核实"
	case match.AgainstMissing:
		return "未提及"
	case match.AgainstThin:
		return "材料少"
	}
	return "其他"
}

// columnWord names a column for readers: a Chinese header as it stands, a key by the field of the
// noun it was read into.
func columnWord(column, noun string) string {
	for _, r := range column {
		if r >= 0x2E80 {
			return column
		}
	}
	words := map[string]string{
		"id": "编号", "title": "名称", "text": "正文", "abstract": "摘要", "body": "正文", "keywords": "关键词",
		"background": "背景", "objective": "目标", "indicators": "技术指标", "field": "技术领域", "industry": "行业",
		"ipc": "专利分类", "units": "完成单位", "organisation": "单位", "modes": "合作方式", "maturity": "成熟度",
	}
	if w, ok := words[noun]; ok {
		return w
	}
	if w, ok := words[strings.ToLower(column)]; ok {
		return w
	}
	return column
}

// maturity is the stage and the readiness level in words, or "" when neither is stated.
func maturity(stage zhuanhua.Stage, trl zhuanhua.TRL) string {
	names := []string{"", "报告级", "方案级", "功能级", "仿真级", "初样级", "正样级", "环境级", "产品级", "系统级"}
	switch {
	case trl.Valid() && stage != "":
		return fmt.Sprintf("%s（TRL %d）", brief(string(stage), 30), trl)
	case trl.Valid():
		return fmt.Sprintf("%s（TRL %d）", names[trl], trl)
	}
	return brief(string(stage), 30)
}

// price is the asking price for the page: the amount, what the holder wrote instead, or 未提供.
func price(a *intake.Achievement) string {
	if a.Value.Price != nil {
		return wan(*a.Value.Price) + "万元"
	}
	for _, c := range a.Source.Cells {
		if strings.HasPrefix(c.Noun, "price") && strings.TrimSpace(c.Raw) == "面议" {
			return "面议"
		}
	}
	return notGiven
}

// wan is an amount in 万元 with thousands commas.
func wan(m zhuanhua.Money) string {
	s := m.Wan()
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", rest
	}
	whole, frac, _ := strings.Cut(s, ".")
	return sign + commas(whole) + "." + frac
}

// number writes a count with thousands commas.
func number(n int) string { return commas(strconv.Itoa(n)) }

func commas(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// place says where a record stands in the file handed in.
func place(s zhuanhua.Source) string {
	file := s.File
	if i := strings.LastIndexAny(file, `/\`); i >= 0 {
		file = file[i+1:]
	}
	switch {
	case file == "" || s.Row <= 0:
		return brief(file, 60)
	default:
		return fmt.Sprintf("%s 第%s条", brief(file, 60), number(s.Row))
	}
}

// someOf joins the first n values and says how many there are.
func someOf(values []string, n int) string {
	var kept []string
	for _, v := range values {
		if v = brief(v, 60); v != "" {
			kept = append(kept, v)
		}
	}
	if len(kept) <= n {
		return strings.Join(kept, "、")
	}
	return fmt.Sprintf("%s等%d家", strings.Join(kept[:n], "、"), len(kept))
}

// mostWordings is how many other wordings are named in a sentence.
const mostWordings = 5

// OtherWordings says in one sentence which other records word an achievement anew.
func OtherWordings(same []match.Same) string {
	var ids []string
	for _, s := range same[:min(mostWordings, len(same))] {
		ids = append(ids, brief(s.ID, 60))
	}
	more := ""
	if len(same) > mostWordings {
		more = " 等"
	}
	return fmt.Sprintf("另有 %s 条同一成果的不同表述：%s%s", number(len(same)), strings.Join(ids, "、"), more)
}

// wordingLines are the other wordings with their titles, one a line.
func wordingLines(p Pair) string {
	var lines []string
	for i, s := range p.Match.Same {
		line := brief(s.ID, 60)
		if i < len(p.Same) && p.Same[i] != nil {
			line += " " + brief(p.Same[i].Value.Title, maxTitle)
		}
		lines = append(lines, line)
	}
	return limit(strings.Join(lines, "\n"), maxTextColumn)
}
