package flow

import (
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
)

// Refused is why an act is not allowed: every check that was made, met or not. Its kind is invalid,
// forbidden or conflict.
type Refused struct {
	Kind    zhuanhua.Kind
	Action  string
	Reasons []zhuanhua.Reason
}

// Error says what is missing, in both languages.
func (r *Refused) Error() string {
	var out []string
	for _, x := range r.Reasons {
		if !x.Met {
			out = append(out, x.ZH+" ("+x.EN+")")
		}
	}
	return r.Action + ": " + strings.Join(out, "; ")
}

// Unwrap gives the error its kind.
func (r *Refused) Unwrap() error {
	return &zhuanhua.Error{Kind: r.Kind, Where: r.Action, What: "not allowed"}
}

// say makes a text in both languages.
func say(zh, en string) plan.Text { return plan.Text{ZH: zh, EN: en} }

// met is a check that holds.
func met(check string, t plan.Text) zhuanhua.Reason {
	return zhuanhua.Reason{Check: check, Met: true, ZH: t.ZH, EN: t.EN}
}

// unmet is a check that does not hold: what is wrong, and what to do.
func unmet(check string, what, do plan.Text) zhuanhua.Reason {
	r := zhuanhua.Reason{Check: check, ZH: what.ZH, EN: what.EN}
	if !do.IsZero() {
		r.ZH, r.EN = r.ZH+"；"+do.ZH, r.EN+"; "+do.EN
	}
	return r
}

// refuse is a refusal for one reason.
func (d *decision) refuse(kind zhuanhua.Kind, check string, what, do plan.Text) error {
	return &Refused{Kind: kind, Action: d.act.Action, Reasons: []zhuanhua.Reason{unmet(check, what, do)}}
}

// invalid refuses what its giver can mend.
func (d *decision) invalid(check string, what, do plan.Text) error {
	return d.refuse(zhuanhua.KindInvalid, check, what, do)
}

// megabytes is a size for people.
func megabytes(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt((n+1023)>>10, 10) + " KB"
	}
	return strconv.FormatInt((n+1<<20-1)>>20, 10) + " MB"
}
