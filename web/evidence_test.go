package web_test

import (
	"strings"
	"testing"

	"zhuanhua/match"
	"zhuanhua/web"
)

// TestContextEndsWhereAReaderPauses: what stands around a quotation begins and ends at a comma near by, never within a
// number or a Latin word, and always holds the quotation.
func TestContextEndsWhereAReaderPauses(t *testing.T) {
	const s = "千吨线运行11个月，木糖得率71.4%，加氢转化率99.6%，催化剂寿命4200 h，每吨排水由38 m³降到14 m³。"
	at := func(word string) int { return len([]rune(s[:strings.Index(s, word)])) }
	quote := match.Span{Start: at("加氢"), End: at("，催化剂")}
	for _, c := range []struct {
		name     string
		from, to int
		want     string
	}{
		{"a comma on both sides", at("线运行"), at("降到"), "木糖得率71.4%，加氢转化率99.6%，催化剂寿命4200 h"},
		{"within a number", at("1个月"), at("00 h"), "木糖得率71.4%，加氢转化率99.6%"},
		{"a unit cut in two", at("4%"), at("³降"), "加氢转化率99.6%，催化剂寿命4200 h"},
		{"the whole sentence", 0, len([]rune(s)), s},
		{"the quotation alone", quote.Start, quote.End, "加氢转化率99.6%"},
	} {
		if got := web.Trimmed(s, quote, c.from, c.to); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for from := range quote.Start + 1 {
		for to := quote.End; to <= len([]rune(s)); to++ {
			if got := web.Trimmed(s, quote, from, to); !strings.Contains(s, got) || !strings.Contains(got, "加氢转化率99.6%") {
				t.Fatalf("%d–%d: %q", from, to, got)
			}
		}
	}
}
