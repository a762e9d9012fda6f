package match

import (
	"strings"

	"zhuanhua/match/text"
)

// compared is a wanted figure beside an offered one.
type compared struct {
	need, ach       *analysedPart
	wanted, offered text.Quantity
	verdict         text.Verdict
	likeness        float64 // how alike the two names of what is measured are, 0–1
}

// leastLikeness is how alike two labels must be before their figures are compared at all: 木糖收率 and
// 木糖纯度 share a word and measure different things.
const leastLikeness = 0.5

// compareNumbers sets each figure that the need binds (≥, ≤, a range) beside the achievement's figure
// for the same thing in the same dimension.
func compareNumbers(need, ach *analysed) []compared {
	var out []compared
	for i := range need.parts {
		np := &need.parts[i]
		if np.Listed {
			continue
		}
		for _, w := range np.quantities {
			if w.Comparator == text.Equal || w.Label == "" {
				continue
			}
			if c, ok := bestOffer(np, w, ach); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// bestOffer finds the achievement's figure whose name is most like the wanted one's.
func bestOffer(np *analysedPart, w text.Quantity, ach *analysed) (compared, bool) {
	best := compared{likeness: leastLikeness}
	found := false
	for i := range ach.parts {
		ap := &ach.parts[i]
		if ap.Listed {
			continue
		}
		for _, o := range ap.quantities {
			v := text.Judge(w, o)
			if v == text.Incomparable {
				continue
			}
			if l := labelLikeness(w.Label, o.Label); l > best.likeness || l == best.likeness && !found {
				best, found = compared{need: np, ach: ap, wanted: w, offered: o, verdict: v, likeness: l}, true
			}
		}
	}
	return best, found
}

// labelLikeness compares two names of measures by their ends, where Chinese puts the head of a name:
// the share of the shorter name's characters that a common ending and common pairs cover.
func labelLikeness(a, b string) float64 {
	x, y := []rune(trimVerbs(a)), []rune(trimVerbs(b))
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	end := 0
	for end < len(x) && end < len(y) && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	if end < 2 && end < min(len(x), len(y)) {
		return 0
	}
	pairs := map[[2]rune]bool{}
	for i := 0; i+1 < len(y); i++ {
		pairs[[2]rune{y[i], y[i+1]}] = true
	}
	common := 0
	for i := 0; i+1 < len(x); i++ {
		if pairs[[2]rune{x[i], x[i+1]}] {
			common++
		}
	}
	longest := max(1, max(len(x), len(y))-1)
	return float64(max(common, end-1, 1)) / float64(longest)
}

// trimVerbs takes off the words that lead from a name to its figure ("收率可达到", "成本降低了").
func trimVerbs(s string) string {
	for changed := true; changed; {
		changed = false
		for _, w := range []string{"达到", "可达", "达", "为", "约", "可", "应", "须", "需", "的", "在", "了", "均", "控制"} {
			if t := strings.TrimSuffix(s, w); t != s && t != "" {
				s, changed = t, true
			}
		}
	}
	return s
}

func (c *compared) spans() (Span, Span) {
	return c.need.span(c.wanted.LabelStart, c.wanted.End), c.ach.span(c.offered.LabelStart, c.offered.End)
}

func (c *compared) reason() Reason {
	n, a := c.spans()
	return Reason{Kind: ReasonNumber, Need: n, Achievement: a, Note: "要求“" + n.Text + "”，成果为“" + a.Text + "”"}
}

func (c *compared) objection() Objection {
	n, a := c.spans()
	return Objection{AgainstNumber, "指标未达到：要求“" + n.Text + "”，成果为“" + a.Text + "”"}
}
