package book

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/plan"
)

// TestRequired: a target's bound is said with the operator that the plan states, in words and figures.
func TestRequired(t *testing.T) {
	money := func(m zhuanhua.Money) plan.Value { return plan.Value{Type: plan.TypeMoney, Money: m} }
	count := func(n int64) plan.Value { return plan.Value{Type: plan.TypeCount, Count: n} }
	stations := plan.Text{ZH: "个", EN: "stations"}
	for _, x := range []struct {
		op            string
		value         plan.Value
		unit          plan.Text
		zh, en, bound string
	}{
		{">", money(2500 * zhuanhua.YiYuan), plan.Text{ZH: "fen", EN: "fen"}, "超过2500亿元", "more than CNY 250 billion", "> 250,000,000,000.00 元"},
		{">=", money(20 * zhuanhua.YiYuan), plan.Text{ZH: "fen", EN: "fen"}, "20亿元以上", "CNY 2 billion or more", "≥ 2,000,000,000.00 元"},
		{">=", count(1200), stations, "1200个以上", "1,200 or more stations", "≥ 1,200"},
		{">", count(30), stations, "超过30个", "more than 30 stations", "> 30"},
	} {
		target := &plan.Target{Op: x.op, Value: x.value, Unit: x.unit}
		zh, en := &builder{lang: plan.ZH}, &builder{lang: plan.EN}
		if a, b, c := zh.required(target), en.required(target), zh.bound(target); a != x.zh || b != x.en || c != x.bound {
			t.Errorf("%q, %q, %q", a, b, c)
		}
	}
}

// TestShort: amounts are said shortly only where that is exact.
func TestShort(t *testing.T) {
	for _, x := range []struct {
		fen    zhuanhua.Money
		zh, en string
	}{
		{5_000_000 * zhuanhua.Yuan, "500万元", "CNY 5 million"},
		{1_250_000 * zhuanhua.Yuan, "125万元", "CNY 1.25 million"},
		{10_000 * zhuanhua.Yuan, "1万元", "10,000.00 yuan"},
		{zhuanhua.YiYuan, "1亿元", "CNY 100 million"},
		{5_000_000*zhuanhua.Yuan + 1, "5,000,000.01 元", "5,000,000.01 yuan"},
		{1, "0.01 元", "0.01 yuan"},
		{0, "0.00 元", "0.00 yuan"},
	} {
		if a, b := (&builder{lang: plan.ZH}).short(x.fen), (&builder{lang: plan.EN}).short(x.fen); a != x.zh || b != x.en {
			t.Errorf("%d: %q, %q", x.fen, a, b)
		}
	}
}

// TestBrackets: only what stands in brackets at the very end is parted off.
func TestBrackets(t *testing.T) {
	for _, x := range [][3]string{
		{"行动方案（2025—2027年）", "行动方案", "（2025—2027年）"}, {"Plan (2026)", "Plan ", "(2026)"},
		{"方案（试行）实施细则", "方案（试行）实施细则", ""}, {"（草案）", "（草案）", ""}, {"", "", ""},
	} {
		if head, tail := brackets(x[0]); head != x[1] || tail != x[2] {
			t.Errorf("%q: %q and %q", x[0], head, tail)
		}
	}
}

// TestPlain: nothing that could end a string of a style is kept.
func TestPlain(t *testing.T) {
	if s := plain("a-b_1.2\"\\\n;}</style>*/甲"); s != "a-b_1.2style甲" {
		t.Errorf("%q", s)
	}
}

// quoted makes a trial and what a rule answered to it.
func quoted(name string, q plan.Quote, set ...string) plan.TrialResult {
	t := &plan.Trial{Name: plan.Text{ZH: name}, Set: map[string]string{}}
	for _, s := range set {
		t.Set[s] = "1"
	}
	q.Conditions = append([]plan.Answer{{ID: "in_force", Met: true}}, q.Conditions...)
	return plan.TrialResult{Trial: t, Quote: &q}
}

// TestChosen: the examples show an amount, a bound and a shortfall; trials without settings come first,
// and no trial twice.
func TestChosen(t *testing.T) {
	fen := func(n plan.Fen) *plan.Fen { return &n }
	one := "1"
	paid := quoted("paid", plan.Quote{Eligible: true, AmountFen: fen(5), MaxFen: fen(9)})
	set := quoted("set", plan.Quote{Eligible: true, AmountFen: fen(5), MaxFen: fen(9)}, "R1.rate")
	capped := quoted("capped", plan.Quote{Eligible: true, AmountFen: fen(9), MaxFen: fen(9)})
	open := quoted("open", plan.Quote{Eligible: true})
	short := quoted("short", plan.Quote{Conditions: []plan.Answer{{ID: "paid", ShortBy: &one}}})
	refused := quoted("refused", plan.Quote{Conditions: []plan.Answer{{ID: "kind"}}})
	for _, x := range []struct {
		from []plan.TrialResult
		want string
	}{
		{[]plan.TrialResult{refused, set, short, capped, paid}, "paid capped short"},
		{[]plan.TrialResult{refused, set, open}, "set open refused"},
		{[]plan.TrialResult{open, refused}, "open refused"},
		{[]plan.TrialResult{open}, "open"},
		{nil, ""},
	} {
		var got []string
		for _, c := range chosen(x.from) {
			got = append(got, c.Trial.Name.ZH)
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%v, should be %s", got, x.want)
		}
	}
}

// TestContrast computes the contrast of the style's own colours: text 4.5 on every ground it stands on,
// in both themes and on paper.
func TestContrast(t *testing.T) {
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(styleSheet, -1)
	themes := map[string]map[string]string{"light": tokens(blocks[0][1]), "dark": tokens(blocks[1][1])}
	themes["paper"] = tokens(blocks[0][1] + blocks[len(blocks)-1][1])
	for name, c := range themes {
		pairs := [][2]string{{"ok", "ok-soft"}, {"warn", "warn-soft"}, {"bad", "bad-soft"}, {"idle", "idle-soft"}, {"ink", "mark"}, {"accent", "accent-soft"}, {"ok", "paper"}}
		for _, ink := range []string{"ink", "ink-2", "ink-3", "accent"} {
			for _, ground := range []string{"paper", "surface", "sunken"} {
				pairs = append(pairs, [2]string{ink, ground})
			}
		}
		for _, p := range pairs {
			if r := contrast(t, c[p[0]], c[p[1]]); r < 4.5 {
				t.Errorf("%s: %s on %s is %.2f", name, p[0], p[1], r)
			}
		}
	}
}

// tokens reads the colours of a block; later ones win.
func tokens(block string) map[string]string {
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]{3,6});`).FindAllStringSubmatch(block, -1) {
		hex := m[2]
		if len(hex) == 3 {
			hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
		}
		out[m[1]] = hex
	}
	return out
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
