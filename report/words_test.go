package report

import (
	"testing"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
)

func TestRegionName(t *testing.T) {
	for code, want := range map[zhuanhua.Region]string{
		"": "", "450000": "广西壮族自治区", "450200": "广西柳州市", "450205": "广西柳州市柳北区", "440300": "广东深圳市", "VN": "越南", "FR": "FR", "990000": "990000", "坏\n码": "坏 码",
	} {
		if got := regionName(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

func TestMoneyAndNumbers(t *testing.T) {
	for m, want := range map[zhuanhua.Money]string{
		0: "0.00", 1240 * zhuanhua.WanYuan: "1,240.00", -1_234_567_890_000: "-1,234,567.89", 999_999: "1.00", 12 * zhuanhua.YiYuan: "120,000.00",
	} {
		if got := wan(m); got != want {
			t.Errorf("%d: %q, want %q", m, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 6715: "6,715", 1000000: "1,000,000"} {
		if got := number(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestPrice(t *testing.T) {
	row := &intake.Achievement{}
	if got := price(row); got != "未提供" {
		t.Errorf("nothing stated: %q", got)
	}
	row.Source.Cells = []zhuanhua.Cell{{Column: "报价", Noun: "price_fen", Raw: " 面议 "}}
	if got := price(row); got != "面议" {
		t.Errorf("to be agreed: %q", got)
	}
	row.Value.Price = wanYuan(180)
	if got := price(row); got != "180.00万元" {
		t.Errorf("stated: %q", got)
	}
}

func TestWordsCoverTheKinds(t *testing.T) {
	for _, k := range []string{match.ReasonPhrase, match.ReasonPassage, match.ReasonNumber, match.ReasonField} {
		if kindWord(k) == kindWord("?") {
			t.Errorf("no word for the reason %q", k)
		}
	}
	for _, k := range []string{match.AgainstRegion, match.AgainstMaturity, match.AgainstMode, match.AgainstPrice, match.AgainstRight,
		match.AgainstNumber, match.AgainstMissing, match.AgainstThin} {
		if againstWord(k) == againstWord("?") {
			t.Errorf("no word for the objection %q", k)
		}
	}
	if maturity("", 99) != "" || maturity("中试", 99) != "中试" || maturity("", 9) != "系统级（TRL 9）" {
		t.Error("maturity in words")
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"甲\r\n乙\r丙\t丁": "甲\n乙\n丙 丁", "a\x00b\x1fc\x7f": "abc", "\ufeff题": "题", "反\u202e向": "反向", "坏\xff": "坏\uFFFD", "\u2028": "\n", "𠮷\uFFFE": "𠮷",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := limit("一二三", 2); got != "一二…" {
		t.Errorf("limit: %q", got)
	}
	if got := limit("一二", 2); got != "一二" {
		t.Errorf("limit: %q", got)
	}
}
