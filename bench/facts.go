package main

import (
	"fmt"

	"zhuanhua"
	"zhuanhua/match"
)

// Facts are made, not drawn from anywhere: which document has which depends on its number alone.
var (
	factRegions = []zhuanhua.Region{"450100", "450200", "450300", "110000", "310000", "440300", "440100", "330100", "420100", "510100"}
	factFields  = []string{"电子信息", "生物与新医药", "航空航天", "新材料", "高技术服务", "新能源与节能", "资源与环境", "先进制造与自动化"}
)

// spread makes a number look drawn.
func spread(i, salt int) int {
	h := (uint64(i) + uint64(salt)<<40) * 0x9e3779b97f4a7c15
	return int(h >> 33)
}

// factsOf are the facts of the i-th document.
func factsOf(i int) match.Facts {
	region := factRegions[spread(i, 1)%len(factRegions)]
	price := zhuanhua.Money(1+spread(i, 2)%500) * zhuanhua.WanYuan
	return match.Facts{
		Landing: region, Regions: []zhuanhua.Region{region},
		TechField: match.Fact{Value: factFields[spread(i, 3)%len(factFields)]},
		Maturity:  zhuanhua.TRL(1 + spread(i, 4)%9),
		Modes:     zhuanhua.Modes()[spread(i, 5)%4 : spread(i, 5)%4+1+spread(i, 6)%3],
		Price:     &price,
	}
}

// filterFor is a filter that a document passes, of four kinds: between one in fifty and one in two do.
func filterFor(i int) *match.Filter {
	f := factsOf(i)
	switch i % 4 {
	case 0:
		return &match.Filter{Regions: []zhuanhua.Region{f.Landing.Province()}}
	case 1:
		return &match.Filter{MinMaturity: min(f.Maturity, 6)}
	case 2:
		return &match.Filter{TechFields: []string{f.TechField.Value[:6]}}
	}
	return &match.Filter{Regions: []zhuanhua.Region{f.Landing.Province()}, MinMaturity: min(f.Maturity, 4), Modes: f.Modes[:1], MaxPrice: f.Price}
}

// needOf is a query as a need.
func needOf(i int, q query) match.Document {
	d := queryDoc(q)
	d.ID = fmt.Sprintf("q%04d", i)
	return d
}
