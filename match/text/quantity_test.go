package text

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestQuantities(t *testing.T) {
	for raw, want := range map[string]string{
		"木糖收率≥67%":          "木糖收率 ≥ 67 % [share:1 0.67]",
		"纯度不低于 98.5 %":      "纯度 ≥ 98.5 % [share:1 0.985]",
		"密度≤1.80 g/cm³":     "密度 ≤ 1.8 g/cm3 [g:1 m:-3 1.8e+06]",
		"密度1800 kg/m³":      "密度 = 1800 kg/m3 [g:1 m:-3 1.8e+06]",
		"温度120～130℃":        "温度 ~ 120–130 °c [kelvin:1 393.15–403.15]",
		"水分10-12%":          "水分 ~ 10–12 % [share:1 0.1–0.12]",
		"合格率95%~99%":        "合格率 ~ 95–99 % [share:1 0.95–0.99]",
		"强度达到520MPa以上":      "强度 ≥ 520 mpa [pa:1 5.2e+08]",
		"活菌数1.2×10⁹ CFU/mL": "活菌数 = 1.2e+09 cfu/ml [cfu:1 m:-3 1.2e+15]",
		"年处理量>3万吨":          "年处理量 > 3 万吨 [g:1 3e+10]",
		"产值1,200.50万元":      "产值 = 1200.5 万元 [yuan:1 1.2005e+07]",
		"吨糖耗电≤28 kWh/t":     "吨糖耗电 ≤ 28 kwh/t [g:-1 j:1 100.8]",
		"寿命3000次以上":         "寿命 ≥ 3000 次 [次:1 3000]",
		"不超过30个":            " ≤ 30 个 [个:1 30]",
		"H2O":               "",
		"2026年":             " = 2026 年 [month:1 24312]",
		"编号12345":           "", // neither unit nor comparison
		"≥5":                " ≥ 5  [ 5]",
	} {
		f := Fold(raw)
		var got []string
		for _, q := range Quantities(&f) {
			value, base := fmt.Sprintf("%g", q.Low), fmt.Sprintf("%.6g", q.BaseLow)
			if q.Comparator == Between {
				value, base = value+fmt.Sprintf("–%g", q.High), base+fmt.Sprintf("–%.6g", q.BaseHigh)
			}
			got = append(got, fmt.Sprintf("%s %s %s %s [%s %s]", q.Label, q.Comparator, value, q.Unit, q.Dims, base))
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%q: %q, want %q", raw, s, want)
		}
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		wanted, offered string
		want            Verdict
	}{
		{"≥67%", "72%", Meets},
		{"≥67%", "67%", Meets},
		{"≥67%", "66.9%", Misses},
		{">67%", "67%", Misses},
		{"≤1.80 g/cm³", "1750 kg/m³", Meets},
		{"≤1.80 g/cm³", "1.81 g/cm³", Misses},
		{"120～130℃", "125℃", Meets},
		{"120～130℃", "135℃", Misses},
		{"≥300 K", "30℃", Meets},
		{"≥0.5 MPa", "600 kPa", Meets},
		{"≥67%", "72 kg", Incomparable},
		{"≥67%", "≤72%", Incomparable},
		{"67%", "72%", Incomparable}, // nothing bound, nothing missed
		{"≥2 h", "150 min", Meets},
	} {
		w, o := one(t, c.wanted), one(t, c.offered)
		if got := Judge(w, o); got != c.want {
			t.Errorf("wanted %s, offered %s: verdict %d, want %d", c.wanted, c.offered, got, c.want)
		}
	}
}

func one(t *testing.T, s string) Quantity {
	t.Helper()
	f := Fold(s)
	q := Quantities(&f)
	if len(q) != 1 {
		t.Fatalf("%q holds %d quantities", s, len(q))
	}
	return q[0]
}

// TestUnitsConvert: every simple unit reads back as itself, and squares and quotients multiply.
func TestUnitsConvert(t *testing.T) {
	for name, u := range simpleUnits {
		got, ok := parseUnit(name)
		if !ok || got.factor != u.factor || got.dims != u.dims {
			t.Errorf("unit %s reads as %+v", name, got)
		}
		if len([]rune(name)) > longestUnit {
			t.Errorf("unit %s is longer than longestUnit", name)
		}
	}
	for _, c := range []struct {
		unit, dims string
		factor     float64
	}{{"g/cm3", "g:1 m:-3", 1e6}, {"mm2", "m:2", 1e-6}, {"w/m·k", "kelvin:-1 m:-1 w:1", 1}, {"mg/l", "g:1 m:-3", 1}, {"s-1", "s:-1", 1}} {
		u, ok := parseUnit(c.unit)
		if !ok || u.dims != c.dims || math.Abs(u.factor/c.factor-1) > 1e-9 {
			t.Errorf("%s is %+v, want %s %g", c.unit, u, c.dims, c.factor)
		}
	}
}
