package plan

import (
	"math/big"
	"slices"
	"testing"

	"zhuanhua"
)

func TestParseAmount(t *testing.T) {
	for s, want := range map[string]zhuanhua.Money{
		"500 万元": 500_000_000, "500万元": 500_000_000, "0.01 元": 1, "1 分": 1, "0 元": 0, "2500 亿元": 25_000_000_000_000,
		"1.5 亿元": 15_000_000_000, "9223372036854775807 分": 1<<63 - 1, "0.0001 万元": 100,
	} {
		if got, bad := parseAmount(s); !bad.IsZero() || got != want {
			t.Errorf("%s is %d (%v) and should be %d", s, got, bad, want)
		}
	}
	for _, s := range []string{"", "500", "元", "500 美元", "-5 元", "+5 元", "1,000 元", "0.001 元", "1.5 分", "1e3 元", "0x10 元", "1/2 元", "9223372036854775808 分", "92233720368547759 元", "01 元", "1. 元", ".5 元", "5  元", "五百万元"} {
		if got, bad := parseAmount(s); bad.IsZero() {
			t.Errorf("%q is taken for %d fen", s, got)
		}
	}
}

func TestParseRate(t *testing.T) {
	for s, want := range map[string]*big.Rat{"25 %": big.NewRat(1, 4), "25%": big.NewRat(1, 4), "0.25": big.NewRat(1, 4), "0": new(big.Rat), "1": big.NewRat(1, 1), "100%": big.NewRat(1, 1), "0.05 %": big.NewRat(1, 2000)} {
		if got, bad := parseRate(s); !bad.IsZero() || got.Cmp(want) != 0 {
			t.Errorf("%s is %v (%v) and should be %v", s, got, bad, want)
		}
	}
	for _, s := range []string{"", "%", "25", "1.01", "101%", "-0.1", "1e-2", "1/4", "0.25%%", "百分之五", "0x1", "Inf", "NaN", "0." + string(slices.Repeat([]byte("1"), 31))} {
		if got, bad := parseRate(s); bad.IsZero() {
			t.Errorf("%q is taken for the rate %v", s, got)
		}
	}
}

// TestMoneyText: the quick way for whole fen and the exact way for parts of a fen write the same.
func TestMoneyText(t *testing.T) {
	for _, c := range []struct {
		fen  *big.Rat
		want string
	}{
		{big.NewRat(0, 1), "0.00 元"}, {big.NewRat(1, 1), "0.01 元"}, {big.NewRat(99, 1), "0.99 元"}, {big.NewRat(100, 1), "1.00 元"},
		{big.NewRat(123456789, 1), "1,234,567.89 元"}, {big.NewRat(1<<63-1, 1), "92,233,720,368,547,758.07 元"},
		{big.NewRat(1, 4), "0.0025 元"}, {big.NewRat(12345678, 100), "1,234.5678 元"}, {big.NewRat(1, 3), "0.00333333… 元"},
		{new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 64)), "184,467,440,737,095,516.16 元"}, {big.NewRat(-150, 1), "-1.50 元"},
	} {
		if got := ratMoneyText(c.fen).ZH; got != c.want {
			t.Errorf("%v fen is %q and should be %q", c.fen, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"beneficiary", "parameters", "conditions", "rate", "cap"}
	for word, want := range map[string]string{"benefciary": "beneficiary", "parametres": "parameters", "Conditions": "conditions", "rat": "rate", "cpa": "cap", "workflow": "", "": ""} {
		if got := nearest(word, words); got != want {
			t.Errorf("nearest to %q is %q and should be %q", word, got, want)
		}
	}
}

func TestDaysBetween(t *testing.T) {
	day := func(s string) zhuanhua.Date { d, _ := parseDay(s); return d }
	for _, c := range []struct {
		a, b string
		want int64
	}{{"2026-01-01", "2026-01-01", 0}, {"2024-02-28", "2024-03-01", 2}, {"2025-02-28", "2025-03-01", 1}, {"2027-12-31", "2028-01-01", 1}, {"1900-01-01", "2200-12-31", 109937}} {
		if got := daysBetween(day(c.a), day(c.b)); got != c.want {
			t.Errorf("%s to %s: %d days, should be %d", c.a, c.b, got, c.want)
		}
	}
}
