package match

import (
	"zhuanhua"
	"zhuanhua/match/text"
)

// stage is how far an achievement has come, or has to have come, from what a text says: three steps,
// which the levels of readiness and the stages of the registration form are read as too.
type stage uint8

const (
	unstated stage = iota
	laboratory
	pilot
	industrial
)

// chinese and english are the stage in words.
func (s stage) chinese() string {
	return [...]string{"", "实验室（小试）阶段", "中试阶段", "产业化阶段"}[s]
}

func (s stage) english() string {
	return [...]string{"", "laboratory stage", "pilot stage", "industrial use"}[s]
}

// stageWords name stages in folded texts.
var stageWords = []struct {
	word  []rune
	stage stage
}{
	{[]rune("产业化"), industrial}, {[]rune("工业化"), industrial}, {[]rune("规模化生产"), industrial}, {[]rune("规模化应用"), industrial}, {[]rune("量产"), industrial}, {[]rune("批量生产"), industrial}, {[]rune("投产"), industrial},
	{[]rune("industrial scale"), industrial}, {[]rune("industrial-scale"), industrial}, {[]rune("industriali"), industrial}, {[]rune("mass production"), industrial}, {[]rune("commercial scale"), industrial}, {[]rune("full scale"), industrial},
	{[]rune("中试"), pilot}, {[]rune("试生产"), pilot}, {[]rune("工程化验证"), pilot}, {[]rune("pilot"), pilot},
	{[]rune("小试"), laboratory}, {[]rune("实验室阶段"), laboratory}, {[]rune("实验室规模"), laboratory}, {[]rune("实验室水平"), laboratory}, {[]rune("实验室研究"), laboratory}, {[]rune("概念验证"), laboratory}, {[]rune("原理样机"), laboratory}, {[]rune("研发阶段"), laboratory},
	{[]rune("lab scale"), laboratory}, {[]rune("lab-scale"), laboratory}, {[]rune("laboratory scale"), laboratory}, {[]rune("laboratory stage"), laboratory}, {[]rune("bench scale"), laboratory}, {[]rune("bench-scale"), laboratory}, {[]rune("proof of concept"), laboratory},
}

// said is a stage that a text names, and where.
type said struct {
	stage      stage
	part       *analysedPart
	start, end int // folded characters
}

// span quotes the words, nil where nothing is said.
func (s said) span() *Span {
	if s.part == nil {
		return nil
	}
	q := s.part.span(s.start, s.end)
	return &q
}

// furthest finds the furthest stage that the texts of a document name as reached or wanted.
func furthest(d *analysed) (best said) {
	for i := range d.parts {
		p := &d.parts[i]
		if p.Listed || p.Role == RoleKeywords {
			continue
		}
		r := p.folded.Runes
		for at := range r {
			if s, n := stageAt(r, at); s > best.stage && !denied(r, at) {
				best = said{s, p, at, at + n}
			}
		}
	}
	return best
}

// stageAt is the stage whose word begins at a place, and the word's length.
func stageAt(r []rune, at int) (stage, int) {
	switch r[at] {
	case '产', '工', '规', '量', '批', '投', '中', '试', '小', '实', '概', '原', '研', 'i', 'm', 'c', 'f', 'p', 'l', 'b':
	default:
		return unstated, 0 // most characters begin no such word
	}
	for _, w := range stageWords {
		if at+len(w.word) <= len(r) && equalRunes(r[at:at+len(w.word)], w.word) && (r[at] > 0x7f || at == 0 || !text.IsWord(r[at-1])) {
			return w.stage, len(w.word)
		}
	}
	return unstated, 0
}

func equalRunes(a, b []rune) bool {
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// denyReach is how far before a word what denies it may stand: 尚未进行中试, not yet at pilot scale.
const denyReach = 12

// denied reports whether a stage is named as not reached.
func denied(r []rune, at int) bool {
	for i := at - 1; i >= max(0, at-denyReach); i-- {
		switch r[i] {
		case '，', '。', '；', ',', ';', '.', '\n':
			return false
		case '未', '没', '无', '待', '拟':
			return true
		case 't': // not yet
			if i >= 2 && r[i-2] == 'n' && r[i-1] == 'o' {
				return true
			}
		}
	}
	return false
}

// stageOfLevel reads a level of readiness (GB/T 22900) as a stage.
func stageOfLevel(t zhuanhua.TRL) stage {
	switch {
	case t == 0:
		return unstated
	case t <= lowMaturity:
		return laboratory
	case t <= 6:
		return pilot
	}
	return industrial
}

// reached is how far an achievement has come: by its level, else by its stage, else by its own words.
func reached(a *analysed) (stage, *Span) {
	f := &a.doc.Facts
	quoted := func() *Span {
		if f.Stage.Column == "" {
			return nil
		}
		q := f.Stage.span()
		return &q
	}
	switch {
	case f.Maturity != 0:
		return stageOfLevel(f.Maturity), quoted()
	case f.Stage.Value == string(zhuanhua.StageEarly):
		return laboratory, quoted()
	case f.Stage.Value == string(zhuanhua.StagePilot):
		return pilot, quoted()
	case f.Stage.Value != "":
		return industrial, quoted()
	}
	return a.stage.stage, a.stage.span()
}
