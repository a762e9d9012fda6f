package report

import (
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/match"
)

func TestQuoteSpan(t *testing.T) {
	long := strings.Repeat("一二三四五六七八九十", 8)
	tests := []struct {
		name, raw, text   string
		start             int
		before, after     string
		cutLeft, cutRight bool
		mark, tail        string
	}{
		{name: "whole", raw: "气孔率", text: "气孔率", mark: "气孔率"},
		{name: "sides", raw: "铸件气孔率高", text: "气孔率", start: 2, before: "铸件", after: "高", mark: "气孔率"},
		{name: "cut", raw: long + "气孔率" + long, text: "气孔率", start: 80, before: strings.Repeat("一二三四五六七八九十", 3),
			after: strings.Repeat("一二三四五六七八九十", 3), cutLeft: true, cutRight: true, mark: "气孔率"},
		{name: "sentence", raw: "前一句话说别的事情。" + long[:60] + "气孔率下降，达到了设计时所要求的水平。后一句", text: "气孔率", start: 30,
			before: long[:60], after: "下降，达到了设计时所要求的水平。", mark: "气孔率"},
		{name: "number kept", raw: strings.Repeat("字", 40) + "123456.75" + strings.Repeat("字", 26) + "气孔", text: "气孔", start: 75,
			before: "123456.75" + strings.Repeat("字", 26), cutLeft: true, mark: "气孔"},
		{name: "not there", raw: "别的文字", text: "气孔率", start: 1, mark: "气孔率"},
		{name: "beyond", raw: "短", text: "短", start: 7, mark: "短"},
		{name: "negative", raw: "短", text: "短", start: -1, mark: "短"},
		{name: "astral", raw: "𠮷𠮷气孔", text: "气孔", start: 2, before: "𠮷𠮷", mark: "气孔"},
		{name: "long span", raw: strings.Repeat("长", 500), text: strings.Repeat("长", 500), mark: strings.Repeat("长", 140), tail: strings.Repeat("长", 60)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sp := match.Span{Field: "text", Start: tt.start, End: tt.start + len([]rune(tt.text)), Text: tt.text}
			q := quoteSpan([]zhuanhua.Cell{{Column: "other", Raw: tt.raw}, {Column: "text", Noun: "text", Raw: tt.raw}}, sp)
			if q.Before != tt.before || q.After != tt.after || q.CutLeft != tt.cutLeft || q.CutRight != tt.cutRight {
				t.Errorf("got %q %v … %q %v", q.Before, q.CutLeft, q.After, q.CutRight)
			}
			if q.Mark != tt.mark || q.Tail != tt.tail || q.Column != "正文" {
				t.Errorf("mark %q tail %q column %q", q.Mark, q.Tail, q.Column)
			}
		})
	}
}

func TestQuoteSpanTakesTheCellThatHoldsIt(t *testing.T) {
	cells := []zhuanhua.Cell{{Column: "指标", Raw: "无"}, {Column: "指标", Raw: "良率≥67%"}}
	q := quoteSpan(cells, match.Span{Field: "指标", Start: 2, End: 6, Text: "≥67%"})
	if q.Before != "良率" || q.Column != "指标" {
		t.Errorf("got %+v", q)
	}
}

func FuzzQuoteSpan(f *testing.F) {
	f.Add("铸件气孔率高。", 2, 3)
	f.Add("a\xffb\r\n", 1, 1)
	f.Fuzz(func(t *testing.T, raw string, start, length int) {
		runes := []rune(raw)
		if start < 0 || length < 1 || start > len(runes) || length > len(runes)-start {
			return
		}
		sp := match.Span{Field: "x", Start: start, End: start + length, Text: string(runes[start : start+length])}
		q := quoteSpan([]zhuanhua.Cell{{Column: "x", Raw: raw}}, sp)
		if len([]rune(q.Before)) > contextRunes+wordMax+1 || len([]rune(q.After)) > contextRunes+wordMax+1 {
			t.Errorf("the context of %+v is too long", q)
		}
	})
}
