package match

import "zhuanhua/match/text"

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

// leastUnclear is how alike two labels must be for figures that cannot be compared to be named.
const leastUnclear = 0.6

// compareNumbers sets each figure that the need binds (≥, ≤, a range) beside the achievement's figure
// for the same thing: in the same dimension where there is one, else one that people have to compare.
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
	best, unclear := compared{likeness: leastLikeness}, compared{likeness: leastUnclear}
	for i := range ach.parts {
		ap := &ach.parts[i]
		if ap.Listed {
			continue
		}
		for _, o := range ap.quantities {
			l := labelLikeness(w.Label, o.Label)
			v := text.Judge(w, o)
			into := &best
			if v == text.Incomparable {
				if w.Dims == "" || o.Dims == "" {
					continue // a unit that is not known
				}
				into = &unclear
			}
			if l > into.likeness || l == into.likeness && into.ach == nil {
				*into = compared{need: np, ach: ap, wanted: w, offered: o, verdict: v, likeness: l}
			}
		}
	}
	if best.ach == nil {
		best = unclear
	}
	return best, best.ach != nil
}

// labelLikeness compares two names of measures by their ends, where Chinese puts the head of a name:
// the share of the longer name's pairs of characters that a common ending and common pairs cover.
func labelLikeness(a, b string) float64 {
	x, y := []rune(text.Measured(a)), []rune(text.Measured(b))
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
	common := 0
	for i := 0; i+1 < len(x); i++ {
		for j := 0; j+1 < len(y); j++ {
			if x[i] == y[j] && x[i+1] == y[j+1] {
				common++
				break
			}
		}
	}
	longest := max(1, max(len(x), len(y))-1)
	return float64(max(common, end-1, 1)) / float64(longest)
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
	o := Objection{Kind: AgainstNumber, Need: &n, Achievement: &a,
		Message: "指标未达到：要求“" + n.Text + "”，成果为“" + a.Text + "”", English: "figure not reached: wanted “" + n.Text + "”, offered “" + a.Text + "”"}
	if c.verdict == text.Incomparable {
		o.Kind = AgainstUnclear
		o.Message = "指标不能直接比较，需核实：要求“" + n.Text + "”，成果为“" + a.Text + "”"
		o.English = "figures not comparable, to be asked: wanted “" + n.Text + "”, offered “" + a.Text + "”"
	}
	return o
}
